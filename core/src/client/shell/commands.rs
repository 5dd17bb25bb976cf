//! What each command asks for first.

use super::jobs::{Job, Then, Walk, WalkThen};
use super::tokens::Parsed;
use super::usage::Usage;
use super::{Line, Progress, print, quota};
use crate::session::{Create, CreateKind, Operation};
use crate::tree::acl::{self, Permissions};
use crate::tree::{Acl, Data, Identity, Path, path};
use std::sync::Arc;

/// Why a command asks for nothing: the lines that it prints.
pub(super) type Mistake = Vec<Line>;

/// Begins a command.
pub(super) fn start(usage: &Usage, words: &[String]) -> Progress {
    let begun = Parsed::of(words, usage.options).map_err(|text| vec![print::err(text)]).and_then(|parsed| {
        if parsed.arguments.len() < usage.least {
            return Err(vec![print::err(usage.line())]);
        }
        begin(usage, &parsed)
    });
    begun.unwrap_or_else(Progress::says)
}

fn begin(usage: &Usage, parsed: &Parsed) -> Result<Progress, Mistake> {
    let has = |option| parsed.has(option);
    let raw = parsed.argument(0).unwrap_or("");
    let valid = || valid(raw);
    let one = |path: Path, then: Then, operation: Operation| {
        Ok(Progress::asks(Job::One { path: Some(path), then }, operation))
    };
    let alone = |then: Then, operation: Operation| Ok(Progress::asks(Job::One { path: None, then }, operation));
    match usage.name {
        "ls" => {
            let (path, watch) = (valid()?, has('w'));
            let operation = Operation::GetChildren { path: path.clone(), watch, with_stat: has('s') };
            match has('R') {
                true => Ok(Walk::begin(path, watch, WalkThen::Print)),
                false => one(path, Then::Names, operation),
            }
        }
        "get" => {
            let path = valid()?;
            one(path.clone(), Then::Data { stat: has('s') }, Operation::GetData { path, watch: has('w') })
        }
        "stat" => {
            let path = valid()?;
            one(path.clone(), Then::Stat, Operation::Exists { path, watch: has('w') })
        }
        "create" => create(parsed),
        "set" => {
            let (path, version) = (valid()?, version(parsed)?);
            let data = parsed.argument(1).map(bytes);
            let then = if has('s') { Then::Stat } else { Then::Nothing };
            one(path.clone(), then, Operation::SetData { path, data, version })
        }
        "delete" => {
            let version = version(parsed)?;
            let path = valid()?;
            one(path.clone(), Then::Nothing, Operation::Delete { path, version })
        }
        "deleteall" => {
            let batch = match parsed.value('b') {
                None => 1_000,
                Some(word) => word.parse().map_err(|_| vec![print::err("-b argument must be an int value")])?,
            };
            Ok(Walk::begin(valid()?, false, WalkThen::Delete { batch }))
        }
        "getAcl" => {
            let path = valid()?;
            one(path.clone(), Then::Acl { stat: has('s') }, Operation::GetAcl { path })
        }
        "setAcl" => {
            let (list, mut lines) = read_acl(parsed.argument(1).unwrap_or(""));
            let version = version(parsed)?;
            let path = valid()?;
            if list.is_empty() {
                lines.push(print::failure(crate::session::Code::InvalidAcl, Some(&path)));
                return Err(lines);
            }
            if has('R') {
                return Ok(Walk::begin(path, false, WalkThen::SetAcl { acl: list, version }));
            }
            let then = if has('s') { Then::Stat } else { Then::Nothing };
            one(path.clone(), then, Operation::SetAcl { path, acl: Some(list), version })
        }
        "addauth" => {
            let auth = Arc::from(parsed.argument(1).unwrap_or(""));
            alone(Then::Nothing, Operation::Auth { scheme: Arc::from(raw), auth })
        }
        "sync" => {
            let path = valid()?;
            one(path.clone(), Then::Synced, Operation::Sync { path })
        }
        "addWatch" => {
            let mode = match parsed.value('m') {
                Some("PERSISTENT") => 0,
                None | Some("PERSISTENT_RECURSIVE") => 1,
                Some(_) => return Err(vec![print::err(usage.line())]),
            };
            let path = valid()?;
            one(path.clone(), Then::Nothing, Operation::AddWatch { path, mode })
        }
        "removewatches" => {
            let kind = if has('c') {
                1
            } else if has('d') {
                2
            } else {
                3
            };
            let path = valid()?;
            one(path.clone(), Then::Nothing, Operation::RemoveWatches { path, kind })
        }
        "getEphemerals" => {
            let prefix = match parsed.argument(0) {
                Some(_) => valid()?,
                None => Path::from("/"),
            };
            alone(Then::Names, Operation::GetEphemerals { prefix })
        }
        "getAllChildrenNumber" => {
            let path = valid()?;
            one(path.clone(), Then::Number, Operation::GetAllChildrenNumber { path })
        }
        "whoami" => alone(Then::Who, Operation::WhoAmI),
        "config" => {
            let path = Path::from(path::CONFIG);
            let operation = Operation::GetData { path: path.clone(), watch: has('w') };
            one(path, Then::Data { stat: has('s') }, operation)
        }
        "close" | "quit" => alone(Then::Nothing, Operation::CloseSession),
        "version" => Err(vec![print::out("ZooKeeper CLI version: 3.8, simulated")]),
        "reconfig" => Err(vec![print::err("KeeperErrorCode = Reconfig is disabled")]),
        "listquota" => quota::list(raw),
        "setquota" => quota::set(usage, parsed),
        "delquota" => quota::remove(parsed),
        _ => Ok(Progress::default()),
    }
}

fn create(parsed: &Parsed) -> Result<Progress, Mistake> {
    let [container, ephemeral, sequential, ttl] = ['c', 'e', 's', 't'].map(|option| parsed.has(option));
    let refused = |text: &str| Err(vec![print::err(text)]);
    if container && (ephemeral || sequential) {
        return refused("-c cannot be combined with -s or -e. Containers cannot be ephemeral or sequential.");
    }
    if ttl && ephemeral {
        return refused("TTLs cannot be used with Ephemeral znodes");
    }
    if ttl && container {
        return refused("TTLs cannot be used with Container znodes");
    }
    let ttl = match parsed.value('t') {
        None => None,
        Some(word) => match word.parse::<i64>() {
            Ok(ttl) => Some(ttl),
            Err(_) => return refused("-t argument must be a long value"),
        },
    };
    let flags = match (ephemeral, sequential) {
        _ if container => 4,
        (_, false) if ttl.is_some() => 5,
        (_, true) if ttl.is_some() => 6,
        (false, false) => 0,
        (true, false) => 1,
        (false, true) => 2,
        (true, true) => 3,
    };
    let raw = parsed.argument(0).unwrap_or("");
    let (mut list, mut lines) = (acl::open().to_vec(), Vec::new());
    if let Some(text) = parsed.argument(2) {
        (list, lines) = read_acl(text);
    }
    // The number comes behind the path, so that the path may end with a slash.
    valid(if sequential { format!("{raw}1") } else { raw.to_string() }.as_str())?;
    if list.is_empty() {
        let code = crate::session::Code::InvalidAcl;
        lines.extend([print::err(print::exception(code, None)), print::failure(code, None)]);
        return Err(lines);
    }
    let kind = match (container, ttl) {
        (true, _) => CreateKind::Container,
        (_, Some(_)) => CreateKind::Ttl,
        _ => CreateKind::Create,
    };
    let (path, data) = (Path::from(raw), parsed.argument(1).map(bytes));
    let operation = Operation::Create(Create { kind, path: path.clone(), data, acl: Some(list), flags, ttl });
    let next = Some((Job::One { path: Some(path), then: Then::Created }, operation));
    Ok(Progress { lines, next })
}

/// A path as the client library checks it before anything is sent.
pub(super) fn valid(raw: &str) -> Result<Path, Mistake> {
    path::validate(raw).map_err(|error| vec![print::err(error.to_string())])?;
    Ok(Path::from(raw))
}

fn version(parsed: &Parsed) -> Result<i32, Mistake> {
    match parsed.value('v') {
        None => Ok(-1),
        Some(word) => word.parse().map_err(|_| vec![no_number(word)]),
    }
}

/// The last words of the real process.
pub(super) fn no_number(word: &str) -> Line {
    print::err(format!("Exception in thread \"main\" java.lang.NumberFormatException: For input string: \"{word}\""))
}

pub(super) fn bytes(text: &str) -> Data {
    Arc::from(text.as_bytes())
}

/// Reads `world:anyone:r,digest:u:x:rw`. What is no entry is named and left out.
fn read_acl(text: &str) -> (Vec<Acl>, Vec<Line>) {
    let (mut list, mut lines) = (Vec::new(), Vec::new());
    for part in text.split(',') {
        let parts = part.split_once(':').and_then(|(scheme, rest)| Some((scheme, rest.rsplit_once(':')?)));
        let Some((scheme, (id, letters))) = parts else {
            lines.push(print::err(format!("{part} does not have the form scheme:id:perm")));
            continue;
        };
        let mut bits = 0;
        for letter in letters.chars() {
            match Permissions::parse(letter.encode_utf8(&mut [0; 4])) {
                Some(permission) => bits |= permission.0,
                None => lines.push(print::err(format!("Unknown perm type: {letter}"))),
            }
        }
        list.push(Acl { permissions: Permissions(bits), who: Identity::new(scheme, id) });
    }
    (list, lines)
}
