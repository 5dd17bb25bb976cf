//! The grammar of commands and of the `ensemble` line.

use super::error::{Cause, Expected, ParseError};
use super::predicate::predicate;
use super::words::{self, Words};
use crate::client::ClientName;
use crate::ensemble::{Ensemble, InitialData, Latency, Role, SessionBounds};
use crate::ids::{Sid, Zxid};
use crate::rules::Faults;
use crate::sids::Sids;
use crate::sim::{ClientAct, ClientWay, Command, CommandError, CrashPoint, ProcessAct};
use crate::time::Duration;
use litemap::LiteMap;
use std::sync::Arc;

/// The most servers an ensemble may have.
pub const MOST_SERVERS: u8 = 9;
/// The longest latency.
const LONGEST_LATENCY: Duration = Duration::from_millis(60_000);
/// The most transactions that a disk may hold before its server's first start.
const LONGEST_FIRST_LOG: u32 = 10_000;

/// Reads `ensemble 5 observers=1 seed=7 latency=20ms`.
pub fn ensemble(words: &mut Words<'_>) -> Result<Ensemble, ParseError> {
    if !words.take_if("ensemble") {
        return Err(words.error(Expected::EnsembleFirst));
    }
    let count = |word: &str| word.parse().ok().filter(|count| (1..=MOST_SERVERS).contains(count));
    let voters = words.read(Expected::ServerCount, count)?;
    let mut ensemble = Ensemble::of(voters);
    while let Some(word) = words.peek() {
        let (name, value) = word.split_once('=').ok_or_else(|| words.error(Expected::Setting))?;
        let expected = setting(&mut ensemble, voters, name, value);
        if let Some(expected) = expected {
            return Err(words.error(expected));
        }
        words.take();
    }
    Ok(ensemble)
}

/// Applies one setting; returns what was expected instead if it does not fit.
fn setting(ensemble: &mut Ensemble, voters: u8, name: &str, value: &str) -> Option<Expected> {
    fn set<T>(target: &mut T, value: Option<T>, expected: Expected) -> Option<Expected> {
        match value {
            Some(value) => {
                *target = value;
                None
            }
            None => Some(expected),
        }
    }
    let positive = |value: &str| words::span(value).filter(|span| *span > Duration::ZERO);
    match name {
        "observers" => {
            match value.parse::<u8>().ok().filter(|observers| voters.saturating_add(*observers) <= MOST_SERVERS) {
                Some(observers) => {
                    for id in voters + 1..=voters + observers {
                        ensemble.members.insert(Sid(id), Role::Observer);
                    }
                    None
                }
                None => Some(Expected::Number),
            }
        }
        "seed" => set(&mut ensemble.seed, value.parse().ok(), Expected::Number),
        "latency" => set(&mut ensemble.latency, latency(value), Expected::Latency),
        "tick" => set(&mut ensemble.tick_time, positive(value), Expected::Span),
        "initLimit" => set(&mut ensemble.init_limit, value.parse().ok(), Expected::Number),
        "syncLimit" => set(&mut ensemble.sync_limit, value.parse().ok(), Expected::Number),
        "sessionTimeout" => set(&mut ensemble.session_bounds, session_bounds(value).map(Some), Expected::SessionBounds),
        "finalizeWait" => set(&mut ensemble.rules.finalize_wait, positive(value), Expected::Span),
        "weights" => set(&mut ensemble.weights, assignments(value, |weight| weight.parse().ok()), Expected::Assignment),
        "groups" => set(&mut ensemble.groups, groups(value, &ensemble.members), Expected::Sides),
        "disk" => set(&mut ensemble.disk_time, positive(value), Expected::Span),
        "extendedTypes" => set(&mut ensemble.requests.extended_types, words::yes_or_no(value), Expected::YesOrNo),
        "enforceQuota" => set(&mut ensemble.requests.enforce_quota, words::yes_or_no(value), Expected::YesOrNo),
        "containerCheck" => set(&mut ensemble.container_check, positive(value), Expected::Span),
        "digest" => set(&mut ensemble.digest, words::yes_or_no(value), Expected::YesOrNo),
        "faults" => set(&mut ensemble.rules.faults, Faults::parse(value), Expected::Fault),
        "zxid" => data(ensemble, value, first_zxid, |data, zxid| {
            data.zxid = zxid;
            data.epoch.0 = data.epoch.0.max(zxid.epoch);
        }),
        "epoch" => data(ensemble, value, words::epoch, |data, epoch| data.epoch = epoch),
        _ => Some(Expected::Setting),
    }
}

fn data<T>(
    ensemble: &mut Ensemble,
    value: &str,
    read: fn(&str) -> Option<T>,
    put: fn(&mut InitialData, T),
) -> Option<Expected> {
    let Some(list) = assignments(value, read) else { return Some(Expected::Assignment) };
    for (sid, value) in list {
        put(ensemble.data.entry(sid).or_default(), value);
    }
    None
}

/// A zxid that a disk may hold at first: the history before it is made up, so it has its limits.
fn first_zxid(word: &str) -> Option<Zxid> {
    words::zxid(word).filter(|zxid| zxid.counter <= LONGEST_FIRST_LOG)
}

fn latency(word: &str) -> Option<Latency> {
    let (min, max) = word.split_once("..").unwrap_or((word, word));
    let (min, max) = (words::span(min)?, words::span(max)?);
    (min <= max && max <= LONGEST_LATENCY).then_some(Latency { min, max })
}

fn session_bounds(word: &str) -> Option<SessionBounds> {
    let (min, max) = word.split_once("..")?;
    let (min, max) = (words::span(min)?, words::span(max)?);
    (min >= Duration::from_millis(1) && min <= max).then_some(SessionBounds { min, max })
}

fn assignments<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> Option<LiteMap<Sid, T>> {
    let mut map = LiteMap::new();
    for part in text.split(',') {
        let (sid, value) = part.split_once(':')?;
        map.insert(words::sid(sid)?, read(value)?);
    }
    Some(map)
}

fn sids(text: &str) -> Option<Sids> {
    let mut sids = Sids::EMPTY;
    for word in text.split(',') {
        sids.insert(words::sid(word.trim())?);
    }
    Some(sids)
}

/// Disjoint groups that cover all voters.
fn groups(text: &str, members: &LiteMap<Sid, Role>) -> Option<Vec<Sids>> {
    let groups: Vec<Sids> = text.split('|').map(sids).collect::<Option<_>>()?;
    let all = groups.iter().copied().fold(Sids::EMPTY, Sids::union);
    let disjoint = all.len() == groups.iter().map(|group| group.len()).sum::<usize>();
    let voters: Sids = members.iter().filter(|(_, role)| **role == Role::Voter).map(|(sid, _)| *sid).collect();
    (disjoint && all == voters).then_some(groups)
}

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
        "step" => Command::Step(after.read(Expected::Number, |word| word.parse().ok())?),
        "settle" if after.is_empty() => Command::Settle,
        "settle" => Command::SettleWithin(after.read(Expected::Span, words::span)?),
        "until" => Command::Until(predicate(&mut after)?),
        _ => match ProcessAct::named(word) {
            Some(act) => process(act, &mut after, ensemble)?,
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

fn is_member(sid: Sid, ensemble: &Ensemble, at: &Words<'_>) -> Result<(), ParseError> {
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
fn servers(words: &mut Words<'_>, ensemble: &Ensemble, expected: Expected, others: Sids) -> Result<Sids, ParseError> {
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
    loop {
        servers.push(list.read(Expected::Servers, |address| ensemble.server_at(address))?);
        if !list.take_if(",") {
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
    if !words.take_if("after") {
        return Ok(Command::Crash(server));
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
