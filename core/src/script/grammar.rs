//! The grammar of commands.

use super::error::{Cause, Expected, ParseError};
use super::predicate::predicate;
use super::words::{self, Words};
use crate::client::{ClientName, shell};
use crate::ensemble::Ensemble;
use crate::ids::{Sid, Zxid};
use crate::sids::Sids;
use crate::sim::{ClientAct, ClientWay, Command, CommandError, CrashPoint, ProcessAct};
use std::sync::Arc;

/// The most events that `step` lets happen at once: each is kept, and nobody looks at more.
pub const MOST_STEPS: u32 = 100_000;

/// The words that a line can begin with, a client's line apart.
pub(super) const COMMANDS: [&str; 22] = [
    "start",
    "stop",
    "crash",
    "restart",
    "pause",
    "resume",
    "cut",
    "partition",
    "heal",
    "hold",
    "release",
    "disk",
    "write",
    "sync",
    "client",
    "expire",
    "advance",
    "step",
    "settle",
    "until",
    "expect",
    "show",
];

/// What a script can say beside commands.
const IN_SCRIPTS: [&str; 3] = ["expect", "show", "trace"];

/// Reads one command.
pub fn command(words: &mut Words<'_>, ensemble: &Ensemble) -> Result<Command, ParseError> {
    let line = |words: &mut Words<'_>, expected| two_servers(words, ensemble, "-", expected);
    let word = words.peek().unwrap_or("");
    let server = |words: &mut Words<'_>| {
        let is_client = words.peek().is_some_and(|word| client_name(word).is_some());
        server(words, ensemble, if is_client { Expected::ServerNotClient } else { Expected::Server })
    };
    let mut after = words.clone();
    after.take();
    if let Some(client) = word.split_once('>').and_then(|(name, _)| client_name(name)) {
        let line = words.behind('>');
        *words = after.at_end();
        return Ok(Command::Client { client, act: ClientAct::Type(Arc::from(line)) });
    }
    let command = match word {
        "client" => connect(&mut after, ensemble)?,
        "crash" | "pause" | "resume" | "cut" | "heal" | "expire"
            if after.peek().is_some_and(|word| client_name(word).is_some()) =>
        {
            let act = match word {
                "crash" => ClientAct::Crash,
                "pause" => ClientAct::Pause,
                "resume" => ClientAct::Resume,
                "cut" => ClientAct::Cut,
                "heal" => ClientAct::Heal,
                _ => ClientAct::Expire,
            };
            Command::Client { client: after.read(Expected::Client, client_name)?, act }
        }
        "expire" => return Err(after.error(Expected::Client)),
        "write" => {
            let server = self::server(&mut after, ensemble, Expected::ServerThatWrites)?;
            let payload = after.take().unwrap_or("x").into();
            Command::Write { server, payload }
        }
        "sync" => Command::Sync(server(&mut after)?),
        "disk" => {
            let server = server(&mut after)?;
            let slow = after.read(Expected::DiskSpeed, |word| match word {
                "slow" => Some(true),
                "fast" => Some(false),
                _ => None,
            })?;
            Command::DiskSpeed { server, slow }
        }
        "cut" => line(&mut after, Expected::Line).map(|(a, b)| Command::Cut(a, b))?,
        "partition" => partition(&mut after, ensemble)?,
        "heal" if after.is_empty() => Command::Heal,
        "heal" => line(&mut after, Expected::Healed).map(|(a, b)| Command::HealLine(a, b))?,
        "hold" | "release" => held(word == "hold", &mut after, ensemble)?,
        "advance" => Command::Advance(after.read(Expected::Span, words::span)?),
        "step" if after.is_empty() => Command::Step(1),
        "step" => {
            let fits = |count: &u32| *count <= MOST_STEPS;
            Command::Step(after.read(Expected::StepCount, |word| word.parse().ok().filter(fits))?)
        }
        "settle" if after.is_empty() => Command::Settle,
        "settle" => Command::SettleWithin(after.read(Expected::Span, words::span)?),
        "until" => Command::Until(predicate(&mut after)?),
        _ => match ProcessAct::named(word) {
            Some(act) => process(act, &mut after, ensemble)?,
            None if IN_SCRIPTS.contains(&word) => return Err(words.error(Expected::NoQuestion)),
            None if shell::usage::Command::find(word).is_some() => return Err(words.error(Expected::NoClientLine)),
            None => return Err(words.error(Expected::Command)),
        },
    };
    after.finish()?;
    *words = after;
    Ok(command)
}

/// A server of this ensemble.
fn server(words: &mut Words<'_>, ensemble: &Ensemble, expected: Expected) -> Result<Sid, ParseError> {
    let at = words.clone();
    let sid = words.read(expected, words::sid)?;
    is_member(sid, ensemble, &at).map(|()| sid)
}

pub(super) fn is_member(sid: Sid, ensemble: &Ensemble, at: &Words<'_>) -> Result<(), ParseError> {
    let unknown = || at.cause(Cause::Refused(CommandError::UnknownServer(sid)));
    ensemble.members.contains_key(&sid).then_some(()).ok_or_else(unknown)
}

/// Two different servers of this ensemble with `mark` between them.
fn two_servers(
    words: &mut Words<'_>,
    ensemble: &Ensemble,
    mark: &str,
    expected: Expected,
) -> Result<(Sid, Sid), ParseError> {
    let at = words.clone();
    let (a, b) = words.read(expected, |word| words::two_sids(word, mark))?;
    is_member(a, ensemble, &at)?;
    is_member(b, ensemble, &at)?;
    if a == b { Err(at.cause(Cause::Refused(CommandError::SameServer(a)))) } else { Ok((a, b)) }
}

/// `1,2`, `1, 2` or `1 2`, up to a word that is no number, in words that are divided at their commas. `others` are named
/// already, on another side.
pub(super) fn servers(
    words: &mut Words<'_>,
    ensemble: &Ensemble,
    expected: Expected,
    others: Sids,
) -> Result<Sids, ParseError> {
    let mut servers = Sids::EMPTY;
    loop {
        let at = words.clone();
        let sid = server(words, ensemble, expected)?;
        if others.contains(sid) {
            return Err(at.cause(Cause::Refused(CommandError::TwoSides(sid))));
        }
        if !servers.insert(sid) {
            return Err(at.cause(Cause::Refused(CommandError::Twice(sid))));
        }
        if !words.take_if(",") && words.peek().and_then(words::sid).is_none() {
            return Ok(servers);
        }
    }
}

/// `start 1`, `stop 1,2`, `crash all`, `crash 3 after flush 1.8`.
fn process(act: ProcessAct, words: &mut Words<'_>, ensemble: &Ensemble) -> Result<Command, ParseError> {
    if words.take_if("all") {
        return Ok(Command::All(act));
    }
    let expected = match words.peek().and_then(client_name) {
        Some(_) => Expected::ServerNotClient,
        None => Expected::SeveralServers,
    };
    let mut list = words.divided();
    let servers = servers(&mut list, ensemble, expected, Sids::EMPTY)?;
    *words = list;
    match (act, servers.first().filter(|_| servers.len() == 1)) {
        (ProcessAct::Crash, Some(sid)) => crash(sid, words),
        (_, Some(sid)) => Ok(act.of(sid)),
        (_, None) => Ok(Command::Each(act, servers)),
    }
}

/// `hold 3->2`, `release a->2`.
fn held(holds: bool, words: &mut Words<'_>, ensemble: &Ensemble) -> Result<Command, ParseError> {
    if let Some((client, way)) = words.peek().and_then(client_way) {
        is_member(way.server, ensemble, words)?;
        words.take();
        return Ok(Command::Client { client, act: if holds { ClientAct::Hold(way) } else { ClientAct::Release(way) } });
    }
    let (from, to) = two_servers(words, ensemble, "->", Expected::Direction)?;
    Ok(if holds { Command::Hold(from, to) } else { Command::Release(from, to) })
}

/// `client a connect 1`, `client a connect 2,3 timeout=6s`.
fn connect(words: &mut Words<'_>, ensemble: &Ensemble) -> Result<Command, ParseError> {
    let client = words.read(Expected::Client, client_name)?;
    words.read(Expected::Connect, |word| (word == "connect").then_some(()))?;
    let mut list = words.divided();
    let mut servers = Vec::new();
    let known = |address: &str| ensemble.server_at(address);
    loop {
        servers.push(list.read(Expected::Servers, known)?);
        if !list.take_if(",") && list.peek().and_then(known).is_none() {
            break;
        }
    }
    *words = list;
    let mut timeout = ClientAct::USUAL_TIMEOUT;
    if !words.is_empty() {
        timeout = words.read(Expected::Timeout, |word| word.strip_prefix("timeout=").and_then(words::span))?;
    }
    Ok(Command::Client { client, act: ClientAct::Connect { servers, timeout } })
}

/// A client's name: a letter, then letters, digits and hyphens. `all` is all servers.
pub fn client_name(word: &str) -> Option<ClientName> {
    let fits = word.starts_with(|letter: char| letter.is_ascii_alphabetic()) && words::name(word).is_some();
    (fits && word != "all").then(|| Arc::from(word))
}

/// `a->2`, `2->a`
fn client_way(word: &str) -> Option<(ClientName, ClientWay)> {
    let (from, to) = word.split_once("->")?;
    let way =
        |client, server, to_server| Some((client_name(client)?, ClientWay { server: words::sid(server)?, to_server }));
    way(from, to, true).or_else(|| way(to, from, false))
}

/// `crash 3`, or `crash 3 after flush 1.8`.
fn crash(server: Sid, words: &mut Words<'_>) -> Result<Command, ParseError> {
    if words.is_empty() {
        return Ok(Command::Crash(server));
    }
    if !words.take_if("after") {
        return Err(words.error(Expected::CrashPoint));
    }
    let point = words.peek().unwrap_or("");
    let mut after = words.clone();
    after.take();
    let mut epoch = || after.read(Expected::Number, words::epoch);
    let point = match point {
        "promise" => CrashPoint::Promise(epoch()?),
        "epoch" => CrashPoint::Epoch(epoch()?),
        "snapshot" => CrashPoint::Snapshot,
        _ => {
            let of: fn(Zxid) -> CrashPoint = match point {
                "propose" => CrashPoint::Propose,
                "append" => CrashPoint::Append,
                "flush" => CrashPoint::Flush,
                "ack" => CrashPoint::Ack,
                "commit" => CrashPoint::Commit,
                "apply" => CrashPoint::Apply,
                _ => return Err(words.error(Expected::CrashPoint)),
            };
            of(after.read(Expected::Zxid, words::zxid)?)
        }
    };
    *words = after;
    Ok(Command::CrashAfter { server, point })
}

/// `1,2 | 3,4,5`
fn partition(words: &mut Words<'_>, ensemble: &Ensemble) -> Result<Command, ParseError> {
    if words.is_empty() {
        return Err(words.error(Expected::Sides));
    }
    let (mut list, mut sides, mut named) = (words.divided(), Vec::new(), Sids::EMPTY);
    loop {
        let side = servers(&mut list, ensemble, Expected::Server, named)?;
        named = named.union(side);
        sides.push(side);
        if !list.take_if("|") {
            break;
        }
    }
    *words = list;
    if sides.len() < 2 { Err(words.error(Expected::Sides)) } else { Ok(Command::Partition(sides)) }
}
