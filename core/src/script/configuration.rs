//! The grammar of the `ensemble` line.

use super::error::{Cause, Expected, ParseError, Unfit};
use super::grammar::{is_member, servers};
use super::words::{self, Words};
use crate::ensemble::{Ensemble, InitialData, Latency, Role, SessionBounds};
use crate::ids::{Sid, Zxid};
use crate::rules::{Fault, Faults};
use crate::sids::Sids;
use crate::sim::CommandError;
use crate::time::Duration;
use litemap::LiteMap;

/// The most servers an ensemble may have.
pub const MOST_SERVERS: u8 = 9;
/// The longest latency.
const LONGEST_LATENCY: Duration = Duration::from_millis(60_000);
/// The most transactions that a disk may hold before its server's first start.
pub const LONGEST_FIRST_LOG: u32 = 10_000;

/// Reads `ensemble 5 observers=1 seed=7 latency=20ms`. A list may have blanks beside its commas and bars.
pub fn ensemble(words: &mut Words<'_>) -> Result<Ensemble, ParseError> {
    if !words.take_if("ensemble") {
        return Err(words.error(Expected::EnsembleFirst));
    }
    *words = words.divided();
    let count = |word: &str| word.parse().ok().filter(|count| (1..=MOST_SERVERS).contains(count));
    let voters = words.read(Expected::ServerCount, count)?;
    let mut ensemble = Ensemble::of(voters);
    // First of all who is there: the other settings may name everybody, wherever they stand.
    for id in voters + 1..=voters + observers(words.clone(), voters)? {
        ensemble.members.insert(Sid(id), Role::Observer);
    }
    let (mut given, mut weighted) = (Vec::new(), None);
    while !words.is_empty() {
        let at = words.clone();
        let name = words.take_name().ok_or_else(|| at.error(Expected::Setting))?;
        if given.contains(&name) {
            return Err(at.cause(Cause::Unfit(Unfit::Again)));
        }
        given.push(name);
        if name == "weights" {
            weighted = Some(words.clone());
        }
        setting(&mut ensemble, name, words, &at)?;
    }
    // A weight alone makes the quorum a hierarchical one, and there everybody must be in a group (QuorumHierarchical).
    match weighted.filter(|_| ensemble.groups.is_empty()) {
        Some(at) => Err(at.cause(Cause::Unfit(Unfit::WeightsWithoutGroups))),
        None => Ok(ensemble),
    }
}

/// The number of observers that the settings ask for.
fn observers(mut words: Words<'_>, voters: u8) -> Result<u8, ParseError> {
    let fits = |observers: &u8| voters.checked_add(*observers).is_some_and(|all| all <= MOST_SERVERS);
    while !words.is_empty() {
        if words.take_name() == Some("observers") {
            return words.read(Expected::ObserverCount, |word| word.parse().ok().filter(fits));
        }
        words.take();
    }
    Ok(0)
}

/// Reads one setting and applies it. `at` is its whole word.
fn setting(ensemble: &mut Ensemble, name: &str, words: &mut Words<'_>, at: &Words<'_>) -> Result<(), ParseError> {
    let number = |word: &str| word.parse().ok();
    let positive = |word: &str| words::span(word).filter(|span| *span > Duration::ZERO);
    let yes_or_no = words::yes_or_no;
    match name {
        // They are there already.
        "observers" => drop(words.take()),
        "seed" => ensemble.seed = words.read(Expected::Seed, |word| word.parse().ok())?,
        "latency" => ensemble.latency = words.read(Expected::Latency, latency)?,
        "tick" => ensemble.tick_time = words.read(Expected::SpanAboveZero, positive)?,
        "initLimit" => ensemble.init_limit = words.read(Expected::Number, number)?,
        "syncLimit" => ensemble.sync_limit = words.read(Expected::Number, number)?,
        "sessionTimeout" => ensemble.session_bounds = Some(words.read(Expected::SessionBounds, session_bounds)?),
        "finalizeWait" => ensemble.rules.finalize_wait = words.read(Expected::SpanAboveZero, positive)?,
        "weights" => ensemble.weights = assignments(words, ensemble, Expected::Weights, number)?,
        "groups" => ensemble.groups = groups(words, ensemble)?,
        "disk" => ensemble.disk_time = words.read(Expected::SpanAboveZero, positive)?,
        "extendedTypes" => ensemble.requests.extended_types = words.read(Expected::YesOrNo, yes_or_no)?,
        "enforceQuota" => ensemble.requests.enforce_quota = words.read(Expected::YesOrNo, yes_or_no)?,
        "containerCheck" => ensemble.container_check = words.read(Expected::SpanAboveZero, positive)?,
        "digest" => ensemble.digest = words.read(Expected::YesOrNo, yes_or_no)?,
        "faults" => ensemble.rules.faults = faults(words)?,
        "zxid" => {
            for (sid, zxid) in assignments(words, ensemble, Expected::FirstZxids, first_zxid)? {
                let data: &mut InitialData = ensemble.data.entry(sid).or_default();
                data.zxid = zxid;
                data.epoch.0 = data.epoch.0.max(zxid.epoch);
            }
        }
        "epoch" => {
            for (sid, epoch) in assignments(words, ensemble, Expected::FirstEpochs, words::epoch)? {
                ensemble.data.entry(sid).or_default().epoch = epoch;
            }
        }
        _ => return Err(at.error(Expected::Setting)),
    }
    Ok(())
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

/// `1:2,3:0`: something for each of some servers.
fn assignments<T>(
    words: &mut Words<'_>,
    ensemble: &Ensemble,
    expected: Expected,
    read: fn(&str) -> Option<T>,
) -> Result<LiteMap<Sid, T>, ParseError> {
    let mut list = LiteMap::new();
    loop {
        let at = words.clone();
        let one = |word: &str| {
            let (sid, value) = word.split_once(':')?;
            Some((words::sid(sid)?, read(value)?))
        };
        let (sid, value) = words.read(expected, one)?;
        is_member(sid, ensemble, &at)?;
        if list.insert(sid, value).is_some() {
            return Err(at.cause(Cause::Refused(CommandError::Twice(sid))));
        }
        if !words.take_if(",") {
            return Ok(list);
        }
    }
}

/// `1,2,3|4,5,6`: disjoint groups that hold all voters.
fn groups(words: &mut Words<'_>, ensemble: &Ensemble) -> Result<Vec<Sids>, ParseError> {
    let start = words.clone();
    let (mut groups, mut named) = (Vec::new(), Sids::EMPTY);
    loop {
        let group = servers(words, ensemble, Expected::Groups, named)?;
        named = named.union(group);
        groups.push(group);
        if !words.take_if("|") {
            break;
        }
    }
    let voters: Sids = ensemble.voters().collect();
    let (outside, observer) = (voters.without(named).first(), named.without(voters).first());
    match outside.map(Unfit::InNoGroup).or(observer.map(Unfit::NoVoter)) {
        Some(unfit) => Err(start.cause(Cause::Unfit(unfit))),
        None => Ok(groups),
    }
}

fn faults(words: &mut Words<'_>) -> Result<Faults, ParseError> {
    let mut faults = Faults::default();
    loop {
        faults.switch_on(words.read(Expected::Fault, Fault::named)?);
        if !words.take_if(",") {
            return Ok(faults);
        }
    }
}
