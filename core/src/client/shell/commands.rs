//! From words to requests: what each command that needs a server asks for first.

use super::job::{DeleteAll, Format, Job, Next, Show};
use super::options::{self, Given, crash};
use super::print::{self, Output};
use super::quota::{DelQuota, Limit, ListQuota, SetQuota};
use super::usage::{Command, Verb};
use super::walk::{Visit, Walk};
use crate::session::{Code, Create, CreateKind, Operation};
use crate::tree::quota::{self, StatsTrack};
use crate::tree::{Acl, Data, Identity, Path, Permissions, acl, path};
use std::sync::Arc;

/// The longest time to live in milliseconds.
const LONGEST_TTL: i64 = (1 << 40) - 1;

/// The two modes of `addWatch`. zkCli keeps the last one that was named for all that come after it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AddWatchMode {
    /// `PERSISTENT`: the znode and its children.
    Persistent,
    /// `PERSISTENT_RECURSIVE`: everything below it too.
    #[default]
    Recursive,
}

/// Begins a command. `mode` is that of the last `addWatch`.
///
/// # Errors
/// What is said when it is not understood.
pub fn start(command: &Command, words: &[String], mode: &mut AddWatchMode, out: &mut Output) -> Result<Next, String> {
    let given = read(command, words, out)?;
    let path = given.word(1);
    let watch = given.has("w");
    let with_stat = given.has("s");
    let once = |operation, show| Ok(Next::Ask(operation, Job::Once(show)));
    match command.verb {
        Verb::AddAuth => {
            let auth = given.words.get(2).map(|auth| Arc::from(auth.as_str()));
            Ok(Next::Send(Operation::Auth { scheme: Arc::from(path), auth }))
        }
        Verb::AddWatch => {
            match given.value("m").map(str::to_ascii_uppercase).as_deref() {
                Some("PERSISTENT") => *mode = AddWatchMode::Persistent,
                Some("PERSISTENT_RECURSIVE") => *mode = AddWatchMode::Recursive,
                Some(_) => return Err(command.line()),
                None => {}
            }
            let mode = i32::from(*mode == AddWatchMode::Recursive);
            // zkCli does not catch this one.
            let path = valid(path).map_err(|message| crash("IllegalArgument", &message))?;
            once(Operation::AddWatch { path, mode }, Show::Nothing)
        }
        Verb::Close => Ok(Next::Ask(Operation::CloseSession, Job::Close)),
        Verb::Config => {
            let format = if given.has("c") { Format::Addresses } else { Format::Plain };
            once(Operation::GetData { path: Path::from(path::CONFIG), watch }, Show::Data(format, with_stat))
        }
        Verb::Create => create(&given, out),
        Verb::Delete => {
            let version = version(&given)?;
            once(Operation::Delete { path: valid(path)?, version }, Show::Nothing)
        }
        Verb::DeleteAll => {
            let batch = given.value("b").map_or(Ok(1_000), str::parse);
            let batch = batch.map_err(|_| "-b argument must be an int value")?;
            Ok(DeleteAll::start(valid(path)?, batch))
        }
        Verb::DelQuota => {
            let limits = [("n", Limit::Count), ("b", Limit::Bytes), ("N", Limit::CountHard), ("B", Limit::BytesHard)];
            let limit = limits.into_iter().find(|(name, _)| given.has(name)).map(|(_, limit)| limit);
            valid(&quota::limits_path(path))?;
            let (job, first) = DelQuota::start(Path::from(path), limit);
            Ok(Next::Ask(first, Job::DelQuota(job)))
        }
        Verb::Get => {
            let format = match (given.has("x"), given.has("b")) {
                (true, _) => Format::Hex,
                (false, true) => Format::Base64,
                (false, false) => Format::Plain,
            };
            once(Operation::GetData { path: valid(path)?, watch }, Show::Data(format, with_stat))
        }
        Verb::GetAcl => once(Operation::GetAcl { path: valid(path)? }, Show::Acl(with_stat)),
        Verb::GetAllChildrenNumber => once(Operation::GetAllChildrenNumber { path: valid(path)? }, Show::Number),
        Verb::GetEphemerals => {
            let prefix = valid(if given.words.len() < 2 { "/" } else { path })?;
            once(Operation::GetEphemerals { prefix }, Show::Ephemerals)
        }
        Verb::ListQuota => {
            let limits = quota::limits_path(path);
            out.complain(&format!("absolute path is {limits}"));
            valid(&limits)?;
            let (job, first) = ListQuota::start(Path::from(path));
            Ok(Next::Ask(first, Job::ListQuota(job)))
        }
        Verb::Ls if given.has("R") => {
            let (walk, first) = Walk::start(valid(path)?, watch, Visit::Print);
            Ok(Next::Ask(first, Job::Walk(walk)))
        }
        Verb::Ls => once(Operation::GetChildren { path: valid(path)?, watch, with_stat }, Show::Children),
        Verb::Reconfig => reconfig(command, &given),
        Verb::RemoveWatches => {
            let kind = if given.has("c") { 1 } else { 2 + i32::from(!given.has("d")) };
            let job = if given.has("l") { Job::Forget } else { Job::Once(Show::Nothing) };
            Ok(Next::Ask(Operation::RemoveWatches { path: valid(path)?, kind }, job))
        }
        Verb::Set => {
            let (data, version) = (Some(data(given.word(2))), version(&given)?);
            once(Operation::SetData { path: valid(path)?, data, version }, Show::Stat(with_stat))
        }
        Verb::SetAcl => set_acl(&given, out),
        Verb::SetQuota => set_quota(&given),
        Verb::Stat => once(Operation::Exists { path: valid(path)?, watch }, Show::Stat(true)),
        Verb::Sync => once(Operation::Sync { path: valid(path)? }, Show::Sync),
        Verb::Version => {
            out.say("ZooKeeper CLI version: 3.8.0, simulated by ZooScope");
            Ok(Next::Done)
        }
        Verb::WhoAmI => once(Operation::WhoAmI, Show::Who),
        // These need no server; the shell has dealt with them.
        Verb::Connect | Verb::History | Verb::PrintWatches | Verb::Quit | Verb::Redo => Ok(Next::Done),
    }
}

/// Takes the options out and sees to it that there are enough words. A third word of the commands that read is an old
/// way to ask for a watch.
fn read(command: &Command, words: &[String], out: &mut Output) -> Result<Given, String> {
    if matches!(command.verb, Verb::Close | Verb::WhoAmI) {
        return Ok(Given::default());
    }
    let mut given = options::parse(command.options, words)?;
    let few = |given: &Given| given.words.len() < command.least;
    if given.has("?") {
        out.say("usage: ls [options] path\n -?   help\n -R   recurse\n -s   stat\n -w   watch");
    }
    if few(&given) || command.verb == Verb::AddWatch && given.words.len() > 2 {
        return Err(command.line());
    }
    let (old, new) = match command.verb {
        Verb::Ls => ("watch", "[-w]"),
        Verb::Get => ("watch", "[-s] [-w]"),
        Verb::Stat => ("watch", "[-w]"),
        Verb::Delete => ("version", "[-v version]"),
        _ => return Ok(given),
    };
    if given.words.len() > 2 {
        let name = command.name;
        out.complain(&format!("'{name} path [{old}]' has been deprecated. Please use '{name} {new} path' instead."));
        if old == "watch" {
            let mut rewritten = words.to_vec();
            rewritten[2] = "-w".to_string();
            given = options::parse(command.options, &rewritten)?;
        }
    }
    if few(&given) { Err(command.line()) } else { Ok(given) }
}

fn valid(text: &str) -> Result<Path, String> {
    path::validate(text).map_err(|error| error.to_string())?;
    Ok(Path::from(text))
}

fn data(text: &str) -> Data {
    Data::from(text.as_bytes())
}

fn version(given: &Given) -> Result<i32, String> {
    let Some(text) = given.value("v") else { return Ok(-1) };
    text.parse().map_err(|_| crash("NumberFormat", &format!("For input string: \"{text}\"")))
}

fn create(given: &Given, out: &mut Output) -> Result<Next, String> {
    let [ephemeral, sequential, container] = ["e", "s", "c"].map(|name| given.has(name));
    if container && (ephemeral || sequential) {
        return Err("-c cannot be combined with -s or -e. Containers cannot be ephemeral or sequential.".to_string());
    }
    let ttl: Option<i64> = match given.value("t").map(str::parse) {
        Some(parsed) => Some(parsed.map_err(|_| "-t argument must be a long value")?),
        None => None,
    };
    if ttl.is_some() && (ephemeral || container) {
        let kind = if ephemeral { "Ephemeral" } else { "Container" };
        return Err(format!("TTLs cannot be used with {kind} znodes"));
    }
    if ttl.is_some_and(|ttl| !(1..=LONGEST_TTL).contains(&ttl)) {
        return Err(format!("ttl must be positive and cannot be larger than: {LONGEST_TTL}"));
    }
    let (kind, flags) = match ttl {
        Some(_) => (CreateKind::Ttl, 5 + i32::from(sequential)),
        None if container => (CreateKind::Container, 4),
        None => (CreateKind::Create, i32::from(ephemeral) + 2 * i32::from(sequential)),
    };
    let data = given.words.get(2).map(|text| data(text));
    let list = match given.words.get(3) {
        Some(text) => acl_of(text, out),
        None => acl::open().to_vec(),
    };
    let path = given.word(1);
    // The number of a sequential one makes a path valid that ends with a slash.
    valid(&if sequential { format!("{path}1") } else { path.to_string() })?;
    if list.is_empty() {
        out.complain(&print::exception(Code::InvalidAcl, None));
        return Err(print::error(Code::InvalidAcl, None));
    }
    let create = Create { kind, path: Path::from(path), data, acl: Some(list), flags, ttl };
    Ok(Next::Ask(Operation::Create(create), Job::Once(Show::Created)))
}

fn set_acl(given: &Given, out: &mut Output) -> Result<Next, String> {
    let acl = acl_of(given.word(2), out);
    let version = version(given)?;
    let path = valid(given.word(1))?;
    if given.has("R") {
        let (walk, first) = Walk::start(path, false, Visit::SetAcl { acl, version, failed: String::new() });
        return Ok(Next::Ask(first, Job::Walk(walk)));
    }
    if acl.is_empty() {
        return Err(print::error(Code::InvalidAcl, None));
    }
    let show = Show::Stat(given.has("s"));
    Ok(Next::Ask(Operation::SetAcl { path, acl: Some(acl), version }, Job::Once(show)))
}

fn set_quota(given: &Given) -> Result<Next, String> {
    let path = given.word(1);
    if path.starts_with(path::QUOTA) {
        return Err(format!("cannot set a quota under the path: {}", path::QUOTA));
    }
    let number = |name: &str, least: i64, most: i64, refusal: &str| match given.value(name).map(str::parse::<i64>) {
        None => Ok(-1),
        Some(Ok(value)) if value < least && value >= -most - 1 => Err(refusal.to_string()),
        Some(Ok(value)) if value <= most && value >= least => Ok(value),
        Some(_) => Err("NumberFormatException happens when parsing the option value".to_string()),
    };
    let count = |name| number(name, 1, i64::from(i32::MAX), "the num quota must be greater than zero");
    let bytes = |name| number(name, 0, i64::MAX, "the bytes quota must be greater than or equal to zero");
    let limits = StatsTrack {
        count: count("n")?,
        bytes: bytes("b")?,
        count_hard_limit: Some(count("N")?),
        byte_hard_limit: Some(bytes("B")?),
    };
    let (job, first) = SetQuota::start(valid(path)?, limits);
    Ok(Next::Ask(first, Job::SetQuota(job)))
}

/// Everything that can be wrong with the words; the rest the servers refuse.
fn reconfig(command: &Command, given: &Given) -> Result<Next, String> {
    let [file, members, add, remove] = ["file", "members", "add", "remove"].map(|name| given.has(name));
    Err(if !(file || members || add || remove) {
        command.line()
    } else if given.value("v").is_some_and(|version| i64::from_str_radix(version, 16).is_err()) {
        "-v must be followed by a long (configuration version)".to_string()
    } else if (file || members) && (add || remove) {
        "Can't use -file or -members together with -add or -remove (mixing incremental and non-incremental modes is \
         not allowed)"
            .to_string()
    } else if file && members {
        "Can't use -file and -members together (conflicting non-incremental modes)".to_string()
    } else if let Some(file) = given.value("file") {
        // There are no files here. zkCli puts no blank between the name and what Java says.
        format!("Error processing {file}{file} (No such file or directory)")
    } else {
        return Ok(Next::Ask(Operation::Reconfig, Job::Once(Show::Nothing)));
    })
}

/// An ACL as it is typed: entries `scheme:id:perms` parted by commas. What is not understood is left out, and told.
fn acl_of(text: &str, out: &mut Output) -> Vec<Acl> {
    let mut list = Vec::new();
    // Java leaves out empty parts at the end, unless the whole text is empty.
    let entries = text.trim_end_matches(',');
    for entry in entries.split(',').filter(|_| text.is_empty() || !entries.is_empty()) {
        let ends = entry.split_once(':').and_then(|(scheme, rest)| Some((scheme, rest.rsplit_once(':')?)));
        let Some((scheme, (id, letters))) = ends else {
            out.complain(&format!("{entry} does not have the form scheme:id:perm"));
            continue;
        };
        let mut permissions = Permissions(0);
        for letter in letters.chars() {
            match Permissions::parse(letter.encode_utf8(&mut [0; 4])) {
                Some(known) => permissions.0 |= known.0,
                None => out.complain(&format!("Unknown perm type: {letter}")),
            }
        }
        list.push(Acl { permissions, who: Identity::new(scheme, id) });
    }
    list
}
