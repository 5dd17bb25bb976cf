//! Reads a `zoo.cfg` as a server does (`QuorumPeerConfig.parseProperties`, dossier 9.1): what of it an ensemble here can
//! follow becomes its configuration, and what it cannot is named. A file that a server would refuse is refused, with
//! the place.
//!
//! * `properties`: lines become keys and values with their places.
//! * `members`: `server.N`, `group.N` and `weight.N` become members and a quorum rule.
//! * `address`: the value of `server.N`.
//! * `error`: what can be wrong.

mod address;
mod error;
mod members;
mod properties;

pub use error::{ZooCfgCause, ZooCfgError};

use crate::ensemble::{Ensemble, SessionBounds};
use crate::time::Duration;
use core::fmt;
use members::Members;
use properties::{Entry, Properties};

/// What a configuration has said.
#[derive(Clone, Debug, PartialEq)]
pub struct ZooCfg {
    /// The ensemble that it describes, with this simulation's own values for what a `zoo.cfg` does not say.
    pub ensemble: Ensemble,
    /// What its author may want to know, in the order of the file.
    pub notes: Vec<Note>,
}

/// Something that is no mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// The key is taken, but nothing follows from it here; with its line.
    NotSimulated {
        /// Where.
        line: usize,
        /// Which.
        key: String,
    },
    /// Two voters tolerate no failure at all.
    TwoVoters,
    /// An even number of voters tolerates no more failures than one voter less.
    EvenVoters(usize),
    /// There is no `clientPort`, and not every server has one in its line: a real one would take no clients.
    NoClientPort,
    /// One voter: a real server would not elect anybody, but run alone (`standaloneEnabled`).
    Standalone,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Note::NotSimulated { line, key } => write!(f, "line {line}: nothing follows from `{key}` here"),
            Note::TwoVoters => write!(f, "two voters: no failure is tolerated"),
            Note::EvenVoters(voters) => {
                write!(f, "{voters} voters tolerate no more failures than {} do", voters - 1)
            }
            Note::NoClientPort => write!(f, "no clientPort: a real server would take no clients"),
            Note::Standalone => write!(f, "one voter: a real server would run alone, without an election"),
        }
    }
}

/// Keys that mean something to a server and whose values must be one of two words.
const BOOLEANS: [&str; 6] = [
    "localSessionsEnabled",
    "localSessionsUpgradingEnabled",
    "reconfigEnabled",
    "syncEnabled",
    "quorumListenOnAllIPs",
    "sslQuorum",
];

/// Reads a whole file.
///
/// # Errors
/// The first thing for which a server, or this simulation, would not start, with its line and column.
pub fn zoo_cfg(text: &str) -> Result<ZooCfg, ZooCfgError> {
    let properties = Properties::read(text)?;
    let mut notes = Vec::new();
    let mut members = Members::new();
    // ZooKeeper's own default, not that of its sample file.
    let mut ensemble =
        Ensemble { tick_time: Duration::from_millis(3_000), init_limit: 0, sync_limit: 0, ..Ensemble::of(0) };
    let (mut data_dir, mut port, mut port_address) = (false, None, None);
    let (mut min_session, mut max_session) = (None, None);
    for entry in properties.entries() {
        let key = entry.key.as_str();
        match key {
            "tickTime" => ensemble.tick_time = Duration::from_millis(positive(entry)?),
            "initLimit" => ensemble.init_limit = limit(entry)?,
            "syncLimit" => ensemble.sync_limit = limit(entry)?,
            "extendedTypesEnabled" => ensemble.requests.extended_types = is_true(entry),
            "enforceQuota" => ensemble.requests.enforce_quota = is_true(entry),
            "digest.enabled" => ensemble.digest = is_true(entry),
            "znode.container.checkIntervalMs" => ensemble.container_check = Duration::from_millis(positive(entry)?),
            "standaloneEnabled" => members.standalone = boolean(entry)?,
            "electionAlg" if entry.value != "3" => return Err(entry.wrong(ZooCfgCause::ElectionAlg)),
            "peerType" if !matches!(entry.value.to_lowercase().as_str(), "participant" | "observer") => {
                return Err(entry.wrong(ZooCfgCause::PeerType));
            }
            // What concerns one machine only does not change the ensemble.
            "electionAlg" | "peerType" | "dataLogDir" => {}
            "dataDir" => data_dir = true,
            "clientPort" => port = Some(address::port(entry, 0, &entry.value)?),
            "clientPortAddress" => port_address = Some(entry),
            // The value that stands for none.
            "minSessionTimeout" | "maxSessionTimeout" if entry.value == "-1" => {}
            "minSessionTimeout" => min_session = Some((number(entry)?, entry)),
            "maxSessionTimeout" => match number(entry)? {
                0 => return Err(entry.wrong(ZooCfgCause::NoSessions)),
                millis => max_session = Some((millis, entry)),
            },
            _ if members.take(entry)? => {}
            _ => {
                if BOOLEANS.contains(&key) {
                    boolean(entry)?;
                }
                notes.push(Note::NotSimulated { line: entry.line, key: entry.key.clone() });
            }
        }
    }
    if !data_dir {
        return Err(properties.lacks("dataDir"));
    }
    if let (None, Some(entry)) = (port, port_address) {
        return Err(entry.at_key(ZooCfgCause::AddressWithoutPort));
    }
    ensemble.session_bounds = session_bounds(min_session, max_session, ensemble.tick_time)?;
    let standalone = members.standalone;
    let takes_clients = port.is_some()
        || members.all_have_client_addresses()
        || properties.entries().iter().any(|entry| entry.key == "secureClientPort");
    let voters = members.install(&mut ensemble, port, &properties)?;
    for (missing, key) in [(ensemble.init_limit, "initLimit"), (ensemble.sync_limit, "syncLimit")] {
        if missing == 0 {
            return Err(properties.lacks(key));
        }
    }
    if !takes_clients {
        notes.push(Note::NoClientPort);
    }
    match voters {
        1 if standalone => notes.push(Note::Standalone),
        2 => notes.push(Note::TwoVoters),
        voters if voters % 2 == 0 => notes.push(Note::EvenVoters(voters)),
        _ => {}
    }
    Ok(ZooCfg { ensemble, notes })
}

/// The bounds of sessions' timeouts: what is set, and 2 and 20 ticks for what is not.
fn session_bounds(
    min: Option<(u64, &Entry)>,
    max: Option<(u64, &Entry)>,
    tick: Duration,
) -> Result<Option<SessionBounds>, ZooCfgError> {
    let millis = |bound: Option<(u64, &Entry)>| bound.map(|(millis, _)| Duration::from_millis(millis.max(1)));
    let bounds = SessionBounds { min: millis(min).unwrap_or(tick * 2), max: millis(max).unwrap_or(tick * 20) };
    match max.or(min) {
        Some((_, entry)) if bounds.min > bounds.max => Err(entry.wrong(ZooCfgCause::SessionTimeouts)),
        set => Ok(set.map(|_| bounds)),
    }
}

fn number(entry: &Entry) -> Result<u64, ZooCfgError> {
    // Larger values would overflow ZooKeeper's own `int` too.
    let parsed = entry.value.parse::<u64>().ok().filter(|value| *value <= i32::MAX as u64);
    parsed.ok_or_else(|| entry.wrong(ZooCfgCause::Number))
}

fn positive(entry: &Entry) -> Result<u64, ZooCfgError> {
    match number(entry)? {
        0 => Err(entry.wrong(ZooCfgCause::Zero)),
        value => Ok(value),
    }
}

fn limit(entry: &Entry) -> Result<u32, ZooCfgError> {
    Ok(positive(entry)? as u32)
}

fn boolean(entry: &Entry) -> Result<bool, ZooCfgError> {
    match entry.value.to_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(entry.wrong(ZooCfgCause::Boolean)),
    }
}

/// A key that becomes a system property is true only for the word, and never a mistake.
fn is_true(entry: &Entry) -> bool {
    entry.value.eq_ignore_ascii_case("true")
}
