//! The configuration of a run: who takes part, the limits, the rules, the network and the first contents of the
//! disks. Everything that a run depends on beside its commands is in here.

use crate::addresses::Addresses;
use crate::ids::{Epoch, Sid, Zxid};
use crate::maps::map_of;
use crate::processors::prepare::Settings;
use crate::quorum::QuorumRule;
use crate::rules::Rules;
use crate::sids::Sids;
use crate::time::Duration;
use core::fmt::{self, Write as _};
use litemap::LiteMap;
use std::sync::Arc;

/// Whether a server votes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Votes and may lead (`participant`).
    Voter,
    /// Follows without a vote.
    Observer,
}

/// How long messages travel, one way. Each message draws a value from the range; a later message on the same
/// connection never overtakes an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Latency {
    /// Shortest.
    pub min: Duration,
    /// Longest.
    pub max: Duration,
}

/// What a server's disk holds before its first start. The default is a fresh data folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InitialData {
    /// Last transaction in the log.
    pub zxid: Zxid,
    /// `currentEpoch`; `acceptedEpoch` is the largest of all servers.
    pub epoch: Epoch,
}

/// Between what a session's timeout is kept (`minSessionTimeout`, `maxSessionTimeout`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionBounds {
    /// Shortest; a whole number of milliseconds, so at least one.
    pub min: Duration,
    /// Longest.
    pub max: Duration,
}

/// The configuration of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ensemble {
    /// Every server's role.
    pub members: LiteMap<Sid, Role>,
    /// What the servers are called.
    pub addresses: Arc<Addresses>,
    /// Voting weights; 1 where absent.
    pub weights: LiteMap<Sid, u32>,
    /// Groups of a hierarchical quorum; empty for a majority.
    pub groups: Vec<Sids>,
    /// The unit of `initLimit` and `syncLimit`.
    pub tick_time: Duration,
    /// Ticks a leader waits for a quorum of followers.
    pub init_limit: u32,
    /// Ticks after which a silent connection is given up.
    pub sync_limit: u32,
    /// Between what the timeouts of sessions are kept; 2 and 20 ticks when nothing is configured.
    pub session_bounds: Option<SessionBounds>,
    /// The rules of the protocol.
    pub rules: Rules,
    /// The network.
    pub latency: Latency,
    /// How long a disk takes for one operation.
    pub disk_time: Duration,
    /// What is configured about requests.
    pub requests: Settings,
    /// How often the leader looks for containers and znodes whose time is up, 60 s
    /// (`znode.container.checkIntervalMs`).
    pub container_check: Duration,
    /// Whether every server keeps a digest of its tree (`zookeeper.digest.enabled`).
    pub digest: bool,
    /// Where all chance comes from.
    pub seed: u64,
    /// Disks that are not empty at first.
    pub data: LiteMap<Sid, InitialData>,
}

impl Ensemble {
    /// `voters` servers with the ids 1, 2, 3 … and ZooKeeper's sample configuration.
    pub fn of(voters: u8) -> Ensemble {
        Ensemble {
            members: map_of((1..=voters).map(|id| (Sid(id), Role::Voter))),
            addresses: Arc::default(),
            weights: LiteMap::new(),
            groups: Vec::new(),
            tick_time: Duration::from_millis(2_000),
            init_limit: 10,
            sync_limit: 5,
            session_bounds: None,
            rules: Rules::default(),
            latency: Latency { min: Duration::from_millis(20), max: Duration::from_millis(20) },
            disk_time: Duration::from_millis(1),
            requests: Settings::default(),
            container_check: Duration::from_millis(60_000),
            digest: true,
            seed: 1,
            data: LiteMap::new(),
        }
    }

    /// The ids of all servers, ascending.
    pub fn servers(&self) -> impl Iterator<Item = Sid> + '_ {
        self.members.keys().copied()
    }

    /// The server that a client means by an address, `zk2:2181`, or by the bare id. `None` if there is none.
    pub fn server_at(&self, address: &str) -> Option<Sid> {
        self.addresses.server_at(address).filter(|sid| self.members.contains_key(sid))
    }

    /// The ids of the servers with a vote, ascending.
    pub fn voters(&self) -> impl Iterator<Item = Sid> + '_ {
        self.members.iter().filter(|(_, role)| **role == Role::Voter).map(|(sid, _)| *sid)
    }

    /// Whether `sid` has a vote.
    pub fn is_voter(&self, sid: Sid) -> bool {
        self.members.get(&sid) == Some(&Role::Voter)
    }

    /// The quorum rule that follows from voters, groups and weights.
    pub fn quorum(&self) -> QuorumRule {
        if self.groups.is_empty() {
            return QuorumRule::Majority { voters: self.voters().count() };
        }
        let members = self.groups.iter().zip(0u8..).flat_map(|(members, group)| {
            members.into_iter().filter(|sid| self.is_voter(*sid)).map(move |sid| (sid, group))
        });
        QuorumRule::Hierarchical { group_of: map_of(members), weight_of: self.weights.clone() }
    }

    /// Time a prospective leader waits for its quorum.
    pub fn init_time(&self) -> Duration {
        self.tick_time * u64::from(self.init_limit)
    }

    /// How often a leader pings its learners.
    pub fn half_tick(&self) -> Duration {
        Duration(self.tick_time.0 / 2)
    }

    /// The timeout that a session is granted: the wish, kept within bounds (`ZooKeeperServer.processConnectRequest`).
    pub fn session_timeout(&self, wish: Duration) -> Duration {
        let of_ticks = || SessionBounds { min: self.tick_time * 2, max: self.tick_time * 20 };
        let SessionBounds { min, max } = self.session_bounds.unwrap_or_else(of_ticks);
        wish.clamp(min, max)
    }

    /// The text of `/zookeeper/config`: who is a member, under which address (`QuorumMaj.toString`,
    /// `QuorumHierarchical.toString`). Lines of a kind stand by ascending id; Java lists them in the order of its hash
    /// map, which is the same for ids below 16.
    pub fn config_text(&self) -> String {
        let mut text = String::new();
        for (sid, role) in self.members.iter() {
            let role = if *role == Role::Voter { ":participant" } else { ":observer" };
            let _ = writeln!(text, "server.{sid}={}", self.addresses.line(*sid, role));
        }
        for (group, number) in self.groups.iter().zip(1..) {
            let ids: Vec<String> = group.into_iter().map(|sid| sid.to_string()).collect();
            let _ = writeln!(text, "group.{number}={}", ids.join(":"));
        }
        // Every participant has a weight as soon as there are groups, and who was given one.
        let weighs = |sid: &Sid| self.is_voter(*sid) || self.weights.contains_key(sid);
        for sid in self.servers().filter(|sid| !self.groups.is_empty() && weighs(sid)) {
            let _ = writeln!(text, "weight.{sid}={}", self.weights.get(&sid).copied().unwrap_or(1));
        }
        text.push_str("version=0");
        text
    }

    /// Time after which a silent connection is given up.
    pub fn sync_time(&self) -> Duration {
        self.tick_time * u64::from(self.sync_limit)
    }
}

/// The `ensemble` line of the command language; what is as by default is left out. Roles are written as a number of
/// observers with the largest ids, the order of votes and the addresses of servers are not written: the language has no
/// words for more.
impl fmt::Display for Ensemble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let voters = self.voters().count();
        let default = Ensemble::of(0);
        write!(f, "ensemble {voters}")?;
        if self.members.len() > voters {
            write!(f, " observers={}", self.members.len() - voters)?;
        }
        if self.seed != default.seed {
            write!(f, " seed={}", self.seed)?;
        }
        if self.latency != default.latency {
            write!(f, " latency={}", self.latency.min)?;
            if self.latency.max != self.latency.min {
                write!(f, "..{}", self.latency.max)?;
            }
        }
        if self.tick_time != default.tick_time {
            write!(f, " tick={}", self.tick_time)?;
        }
        if self.init_limit != default.init_limit {
            write!(f, " initLimit={}", self.init_limit)?;
        }
        if self.sync_limit != default.sync_limit {
            write!(f, " syncLimit={}", self.sync_limit)?;
        }
        if let Some(SessionBounds { min, max }) = self.session_bounds {
            write!(f, " sessionTimeout={min}..{max}")?;
        }
        if self.rules.finalize_wait != default.rules.finalize_wait {
            write!(f, " finalizeWait={}", self.rules.finalize_wait)?;
        }
        if self.disk_time != default.disk_time {
            write!(f, " disk={}", self.disk_time)?;
        }
        if self.requests.extended_types {
            f.write_str(" extendedTypes=yes")?;
        }
        if self.requests.enforce_quota {
            f.write_str(" enforceQuota=yes")?;
        }
        if self.container_check != default.container_check {
            write!(f, " containerCheck={}", self.container_check)?;
        }
        if !self.digest {
            f.write_str(" digest=no")?;
        }
        if !self.rules.faults.is_empty() {
            write!(f, " faults={}", self.rules.faults)?;
        }
        assignments(f, "weights", self.weights.iter())?;
        if !self.groups.is_empty() {
            let group = |group: &Sids| group.into_iter().map(|sid| sid.to_string()).collect::<Vec<_>>().join(",");
            write!(f, " groups={}", self.groups.iter().map(group).collect::<Vec<_>>().join("|"))?;
        }
        assignments(f, "zxid", self.data.iter().map(|(sid, data)| (sid, &data.zxid)))?;
        assignments(f, "epoch", self.data.iter().map(|(sid, data)| (sid, &data.epoch)))
    }
}

/// ` name=1:x,2:y`, or nothing when there is nothing to assign.
fn assignments<'a, T: fmt::Display + 'a>(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    values: impl Iterator<Item = (&'a Sid, &'a T)>,
) -> fmt::Result {
    let values: Vec<String> = values.map(|(sid, value)| format!("{sid}:{value}")).collect();
    if values.is_empty() { Ok(()) } else { write!(f, " {name}={}", values.join(",")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::{Cause, Expected, Session};

    const MS: fn(u64) -> Duration = Duration::from_millis;

    #[test]
    fn a_wish_is_kept_within_bounds() {
        let mut ensemble = Ensemble::of(3);
        for (wish, granted) in [(1, 4_000), (10_000, 10_000), (90_000, 40_000)] {
            assert_eq!(ensemble.session_timeout(MS(wish)), MS(granted), "2 to 20 ticks of 2 s");
        }
        ensemble.session_bounds = Some(SessionBounds { min: MS(1), max: MS(60_000) });
        for (wish, granted) in [(0, 1), (100, 100), (90_000, 60_000)] {
            assert_eq!(ensemble.session_timeout(MS(wish)), MS(granted));
        }
    }

    #[test]
    fn bounds_that_let_no_session_live_are_refused() {
        for bounds in ["5s..3s", "0s..3s", "0.5ms..3s", "3s", "..3s", "3s.."] {
            let error = Session::default().line(1, &format!("ensemble 3 sessionTimeout={bounds}"));
            let expected = error.expect_err(bounds).cause;
            assert_eq!(expected, Cause::Expected(Expected::SessionBounds), "{bounds}");
        }
    }
}
