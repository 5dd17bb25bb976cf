//! The part of `zk-election-1` that a replay needs, as types. Fields that are not named here are skipped.

use crate::ensemble::{Ensemble, Latency, Role};
use crate::ids::Sid;
use crate::sids::Sids;
use crate::time::{Duration, Instant};
use core::fmt;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The name and version of the format.
const FORMAT: &str = "zk-election-1";

/// A recording.
#[derive(Clone, Debug, Deserialize)]
pub struct Recording {
    /// Name and version of the format.
    pub format: String,
    /// What the recording calls itself.
    #[serde(default)]
    pub name: String,
    /// Version of the recorded ZooKeeper.
    #[serde(default)]
    pub version: String,
    /// The members of the ensemble.
    pub servers: Vec<Member>,
    /// Groups of a hierarchical quorum by name; empty for a majority.
    #[serde(default)]
    pub groups: BTreeMap<String, BTreeSet<Sid>>,
    /// Milliseconds of a tick.
    pub tick_ms: u64,
    /// Ticks.
    pub init_limit: u32,
    /// Ticks.
    pub sync_limit: u32,
    /// The serving leader at each checkpoint.
    pub leaders: Vec<Option<Sid>>,
    /// What was done, in order.
    pub events: Vec<Event>,
    /// What was seen after each settling, in order.
    pub checkpoints: Vec<Checkpoint>,
    /// What each server logged; the key is its id in digits.
    pub log: BTreeMap<String, Vec<LogEntry>>,
}

/// A member of the ensemble.
#[derive(Clone, Debug, Deserialize)]
pub struct Member {
    /// Its id.
    pub id: Sid,
    /// `voter` or `observer`.
    pub role: MemberRole,
    /// Its weight in its group.
    #[serde(default = "one")]
    pub weight: u32,
}

fn one() -> u32 {
    1
}

/// How a recording writes a [`Role`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MemberRole {
    /// With a vote.
    Voter,
    /// Without.
    Observer,
}

/// One thing the recorder did.
#[derive(Clone, Debug, Deserialize)]
pub struct Event {
    /// Milliseconds since the start of the recording.
    pub t: u64,
    /// What.
    #[serde(flatten)]
    pub op: Op,
}

/// What a recorder can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Op {
    /// A process is started.
    Start {
        /// Which.
        server: Sid,
    },
    /// A process is killed.
    Kill {
        /// Which.
        server: Sid,
    },
    /// A process is frozen.
    Pause {
        /// Which.
        server: Sid,
    },
    /// A frozen process runs on.
    Resume {
        /// Which.
        server: Sid,
    },
    /// Time passes.
    Gap,
    /// The recorder waits until nothing changes, and looks.
    Settle,
    /// A client opens a session, writes and closes the session.
    Write {
        /// With which server it is connected.
        server: Sid,
        /// How many transactions that makes.
        txns: u32,
    },
    /// A client opens a session.
    OpenSession {
        /// With which server.
        server: Sid,
        /// How many transactions that makes.
        txns: u32,
    },
    /// A client writes and gets no answer.
    WriteUnacked {
        /// The server, which leads.
        server: Sid,
        /// How many times.
        count: u32,
    },
}

/// What was seen after a settling.
#[derive(Clone, Debug, Deserialize)]
pub struct Checkpoint {
    /// Index of the settling among the events.
    pub after: usize,
    /// When, in milliseconds.
    pub t: u64,
    /// The serving leader.
    pub leader: Option<Sid>,
    /// Every server.
    pub servers: Vec<ServerReport>,
}

/// What was seen of one server.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct ServerReport {
    /// Which.
    pub server: Sid,
    /// What it is.
    pub mode: Mode,
    /// Epoch and counter of the last zxid it has processed, as it says itself while it serves.
    pub zxid: Option<(u32, u32)>,
    /// The content of the file `acceptedEpoch`, once there is one.
    #[serde(rename = "acceptedEpoch")]
    pub accepted_epoch: Option<u32>,
    /// The content of the file `currentEpoch`.
    #[serde(rename = "currentEpoch")]
    pub current_epoch: Option<u32>,
}

/// What a server is, seen from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Serves as leader.
    Leader,
    /// Serves as follower.
    Follower,
    /// Serves as observer.
    Observer,
    /// Runs and does not serve.
    Looking,
    /// Its process does not answer yet.
    Starting,
    /// Its process is frozen.
    Paused,
    /// It has no process.
    Down,
}

impl Mode {
    /// Whether two observations agree: a process that does not answer yet does not serve, and no more can be said
    /// of either.
    pub fn agrees(self, other: Mode) -> bool {
        let seen = |mode| if mode == Mode::Starting { Mode::Looking } else { mode };
        seen(self) == seen(other)
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Mode::Leader => "leader",
            Mode::Follower => "follower",
            Mode::Observer => "observer",
            Mode::Looking => "looking",
            Mode::Starting => "starting",
            Mode::Paused => "paused",
            Mode::Down => "down",
        })
    }
}

/// One line of a server's log. Only starts and states are needed here.
#[derive(Clone, Debug, Deserialize)]
pub struct LogEntry {
    /// When, in milliseconds.
    pub t: u64,
    /// Its kind.
    pub k: String,
    /// Of a `boot`: how often the process has been started by now.
    #[serde(default)]
    pub run: Option<u32>,
    /// Of a `state`: which.
    #[serde(default)]
    pub state: Option<String>,
}

/// Why a recording cannot be used, though it is well-formed JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// It is in another format.
    Format(String),
    /// It has no server with a vote.
    NoVoters,
    /// A server's id is 0 or appears twice.
    BadId(Sid),
    /// Something names a server that is no member; the text says what.
    UnknownServer(&'static str, Sid),
    /// The list of leaders and the checkpoints differ in number.
    Lengths {
        /// Entries of `leaders`.
        leaders: usize,
        /// Checkpoints.
        checkpoints: usize,
    },
    /// A checkpoint (counted from 1) does not come after a settling, or does not come in order.
    Misplaced(usize),
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unusable::Format(found) => write!(f, "the format is `{found}`, expected `{FORMAT}`"),
            Unusable::NoVoters => write!(f, "there is no server with a vote"),
            Unusable::BadId(sid) => {
                write!(f, "server id {} appears twice or is not between 1 and {}", sid.0, Sids::LARGEST)
            }
            Unusable::UnknownServer(place, sid) => write!(f, "{place} names server {}, which is no member", sid.0),
            Unusable::Lengths { leaders, checkpoints } => {
                write!(f, "there are {leaders} leaders and {checkpoints} checkpoints")
            }
            Unusable::Misplaced(number) => write!(f, "checkpoint {number} does not come after a settle of its own"),
        }
    }
}

impl Op {
    /// The server it is done to.
    pub fn server(self) -> Option<Sid> {
        match self {
            Op::Start { server }
            | Op::Kill { server }
            | Op::Pause { server }
            | Op::Resume { server }
            | Op::Write { server, .. }
            | Op::OpenSession { server, .. }
            | Op::WriteUnacked { server, .. } => Some(server),
            Op::Gap | Op::Settle => None,
        }
    }
}

impl Recording {
    /// Makes sure that a replay can rely on what the recording says of itself.
    ///
    /// # Errors
    /// The first thing that does not fit.
    pub fn validate(&self) -> Result<(), Unusable> {
        if self.format != FORMAT {
            return Err(Unusable::Format(self.format.clone()));
        }
        let mut ids = BTreeSet::new();
        if let Some(bad) =
            self.servers.iter().find(|member| !(1..=Sids::LARGEST).contains(&member.id.0) || !ids.insert(member.id))
        {
            return Err(Unusable::BadId(bad.id));
        }
        if !self.servers.iter().any(|member| member.role == MemberRole::Voter) {
            return Err(Unusable::NoVoters);
        }
        let known = |place: &'static str, sid: Sid| {
            if ids.contains(&sid) { Ok(()) } else { Err(Unusable::UnknownServer(place, sid)) }
        };
        for sid in self.groups.values().flatten() {
            known("a group", *sid)?;
        }
        for sid in self.events.iter().filter_map(|event| event.op.server()) {
            known("an event", sid)?;
        }
        if self.leaders.len() != self.checkpoints.len() {
            return Err(Unusable::Lengths { leaders: self.leaders.len(), checkpoints: self.checkpoints.len() });
        }
        let mut previous = None;
        for (checkpoint, number) in self.checkpoints.iter().zip(1..) {
            let settle = self.events.get(checkpoint.after).is_some_and(|event| event.op == Op::Settle);
            if !settle || previous.is_some_and(|previous| checkpoint.after <= previous) {
                return Err(Unusable::Misplaced(number));
            }
            previous = Some(checkpoint.after);
            for report in &checkpoint.servers {
                known("a checkpoint", report.server)?;
            }
        }
        Ok(())
    }

    /// The configuration of the recorded ensemble, with fresh disks, on a network of the given kind.
    pub fn ensemble(&self, latency: Latency, seed: u64) -> Ensemble {
        let role = |role| if role == MemberRole::Voter { Role::Voter } else { Role::Observer };
        Ensemble {
            members: self.servers.iter().map(|member| (member.id, role(member.role))).collect(),
            weights: self.servers.iter().map(|member| (member.id, member.weight)).collect(),
            groups: self.groups.values().map(|group| group.iter().copied().collect()).collect(),
            tick_time: Duration::from_millis(self.tick_ms),
            init_limit: self.init_limit,
            sync_limit: self.sync_limit,
            latency,
            seed,
            ..Ensemble::of(1)
        }
    }

    /// When the `run`-th process of a server first went LOOKING; `None` if it never came so far.
    pub fn first_looking(&self, server: Sid, run: u32) -> Option<Instant> {
        let log = self.log.get(&server.0.to_string())?;
        let boot = log.iter().position(|entry| entry.k == "boot" && entry.run == Some(run))?;
        log[boot + 1..]
            .iter()
            .take_while(|entry| entry.k != "boot")
            .find(|entry| entry.k == "state" && entry.state.as_deref() == Some("LOOKING"))
            .map(|entry| moment(entry.t))
    }
}

/// A recorded time as a moment of a run.
pub fn moment(t: u64) -> Instant {
    Instant::default() + Duration::from_millis(t)
}
