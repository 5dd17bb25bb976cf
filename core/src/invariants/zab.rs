//! What must be true of Zab after every event (dossier §8.2 to §8.4): the properties of the official specifications,
//! and the stronger ones that have found real bugs. Whatever is delivered is held against the one log that was ever
//! committed, which decides Agreement, TotalOrder and GlobalPrimaryOrder together with PrefixConsistency.

use super::{Invariant, Violation};
use crate::ids::{Sid, Zxid};
use crate::server::{Activity, Server};
use crate::sids::Sids;
use crate::sim::{Ghost, World};
use crate::storage::Disk;
use crate::trace::{Exit, Fact, LookingReason, TraceEvent};
use crate::txn::TxnList;
use crate::zab::{Applicable, SyncMethod, ZabPhase};

/// Checks the facts of one step: `before` is what was remembered when it began, `world` what it led to.
pub fn check_facts(before: &Ghost, world: &World, trace: &[TraceEvent]) -> Vec<Violation> {
    let mut check = Check { before, world, found: Vec::new() };
    for event in trace {
        if let Some(server) = world.server(event.server) {
            check.fact(server, &event.fact);
        } else if let Fact::Exits(Exit::CommitMismatch(zxid)) = event.fact {
            check.report(false, Invariant::CommitConsistent, &[event.server], Some(zxid));
        }
    }
    check.found
}

/// Checks one moment.
pub fn check_moment(world: &World) -> Vec<Violation> {
    let mut found = Vec::new();
    let leading = |server: &&Server| matches!(server.activity(), Activity::Leading(leader) if leader.phase >= ZabPhase::Synchronization);
    let epoch = |server: &Server| match server.activity() {
        Activity::Leading(leader) => leader.epoch,
        _ => None,
    };
    let leaders: Vec<&Server> = world.servers().filter(leading).collect();
    for (index, one) in leaders.iter().enumerate() {
        for other in leaders[index + 1..].iter().filter(|other| epoch(other) == epoch(one)) {
            found.push(Violation::of(Invariant::Leadership1, &[one.id(), other.id()], None));
        }
    }
    found
}

struct Check<'a> {
    before: &'a Ghost,
    world: &'a World,
    found: Vec<Violation>,
}

impl Check<'_> {
    fn report(&mut self, holds: bool, invariant: Invariant, servers: &[Sid], zxid: Option<Zxid>) {
        if !holds {
            self.found.push(Violation::of(invariant, servers, zxid));
        }
    }

    fn fact(&mut self, server: &Server, fact: &Fact) {
        let me = server.id();
        match fact {
            Fact::Proposed { zxid, .. } => {
                let fresh = self.before.proposed(*zxid).is_none();
                self.report(fresh, Invariant::OneZxidOneContent, &[me], Some(*zxid));
            }
            Fact::Committed { zxid, acks } => self.committed(me, *zxid, *acks),
            Fact::Acknowledged { zxid } if zxid.counter > 0 => {
                let durable = is_durable(server.disk(), *zxid);
                self.report(durable, Invariant::AckAfterFlush, &[me], Some(*zxid));
            }
            Fact::Acknowledged { zxid } => {
                let disk = server.disk();
                let all = disk.last_durable() >= server.database().history.last_zxid();
                let joined = all && disk.current_epoch.0 == zxid.epoch && self.has_leaders_history(server);
                self.report(joined, Invariant::JoinedWithHistory, &[me], Some(*zxid));
            }
            Fact::Established { epoch } => {
                let another = self.before.epoch_leaders.get(epoch).filter(|leader| **leader != me);
                self.report(another.is_none(), Invariant::Leadership2, &[me], None);
                // A leader that was frozen on its way may find its old quorum when another epoch has begun already. It
                // cannot know what that has committed, and can commit nothing itself.
                let mut earlier = self.before.committed.clone();
                earlier.truncate(earlier.up_to(Zxid::new(epoch.0, u32::MAX)));
                let complete = is_prefix(&earlier, &server.database().history);
                self.report(complete, Invariant::LeaderLogCompleteness, &[me], Some(earlier.last_zxid()));
            }
            Fact::Serves { .. } => self.serves(server),
            Fact::Applied { zxid } if server.phase() == ZabPhase::Broadcast => {
                let history = &server.database().history;
                let last = history.len().checked_sub(1);
                let delivered = last.and_then(|last| history.get(last));
                let committed = last.and_then(|last| self.world.ghost().committed.get(last));
                self.report(delivered == committed, Invariant::PrefixConsistency, &[me], Some(*zxid));
                let ours = self.world.ghost();
                let known = ours.proposed(*zxid).is_some() || ours.committed.contains(*zxid);
                self.report(known, Invariant::Integrity, &[me], Some(*zxid));
            }
            Fact::Appended { zxid } if server.phase() == ZabPhase::Broadcast => {
                // A step may append several.
                let log = &server.disk().log;
                let end: Vec<Zxid> = log.range(log.len().saturating_sub(8)).map(|txn| txn.zxid).collect();
                let increasing = end.windows(2).all(|pair| pair[0] < pair[1]);
                self.report(increasing, Invariant::LogIncreases, &[me], Some(*zxid));
                self.known_to_leader(server, *zxid);
            }
            Fact::SyncChosen { learner, method: SyncMethod::Trunc, peer, zxid, .. } => {
                let committed = &self.before.committed;
                let next = committed.get(committed.up_to(*zxid)).map(|txn| txn.zxid);
                let lost = next.filter(|next| next <= peer);
                self.report(lost.is_none(), Invariant::CommittedLogDurability, &[me, *learner], lost);
            }
            Fact::AckUnexpected { from, zxid } => {
                self.report(false, Invariant::AckConsistent, &[me, *from], Some(*zxid));
            }
            Fact::ElectionEntered { why: LookingReason::Unexpected(_), .. } => {
                self.report(false, Invariant::MessageLegal, &[me], None);
            }
            _ => {}
        }
    }

    /// A commit follows the last one of its epoch, and a quorum has it on its disks.
    fn committed(&mut self, me: Sid, zxid: Zxid, acks: Sids) {
        let previous = Zxid::new(zxid.epoch, zxid.counter - 1);
        let in_order = zxid.counter == 1 || self.world.ghost().committed.contains(previous);
        self.report(in_order, Invariant::LocalPrimaryOrder, &[me], Some(zxid));
        let ensemble = self.world.ensemble();
        let has = |sid: &Sid| self.world.node(*sid).is_some_and(|node| is_durable(node.disk(), zxid));
        let durable: Sids = ensemble.voters().filter(has).collect();
        let quorum = ensemble.quorum().is_quorum(durable.intersection(acks));
        self.report(quorum, Invariant::CommitOnQuorum, &[me], Some(zxid));
    }

    /// What a learner begins to serve with: nothing that was not committed, and on its disk nothing that its leader
    /// does not know.
    fn serves(&mut self, server: &Server) {
        let me = server.id();
        let history = &server.database().history;
        let committed = &self.world.ghost().committed;
        let agrees = is_prefix(history, committed);
        self.report(agrees, Invariant::PrefixConsistency, &[me], Some(history.last_zxid()));
        let log: Vec<Zxid> = server.disk().log.iter().map(|txn| txn.zxid).collect();
        for zxid in log {
            self.known_to_leader(server, zxid);
        }
    }

    /// Whether a learner has all that its leader began with.
    fn has_leaders_history(&self, learner: &Server) -> bool {
        let leader = learner.learner().and_then(|state| self.world.server(state.leader));
        let Some((leader, Activity::Leading(state))) = leader.map(|leader| (leader, leader.activity())) else {
            return true;
        };
        let began = state.summary.1;
        let known = |server: &Server| server.database().history.up_to(began);
        known(learner) >= known(leader)
    }

    /// ProcessConsistency: a follower's log holds only what its leader has.
    fn known_to_leader(&mut self, server: &Server, zxid: Zxid) {
        let Some((leader, epoch)) = server.learner().map(|learner| (learner.leader, learner.epoch)) else { return };
        let Some(leading) = self.world.server(leader) else { return };
        let Activity::Leading(state) = leading.activity() else { return };
        // It may have crashed and lead anew while its last words were on their way.
        if state.epoch != epoch {
            return;
        }
        let outstanding = state.outstanding.iter().any(|proposal| proposal.txn.zxid == zxid);
        let committed = leading.pipeline().to_apply.iter().any(|what| match what {
            Applicable::Txn(txn) => txn.zxid == zxid,
            Applicable::Sync(_) => false,
        });
        let known = outstanding || committed || leading.database().history.contains(zxid);
        self.report(known, Invariant::ProcessConsistency, &[server.id(), leader], Some(zxid));
    }
}

fn is_durable(disk: &Disk, zxid: Zxid) -> bool {
    let logged = disk.log.up_to(zxid);
    disk.snapshot.zxid >= zxid || disk.log.contains(zxid) && logged <= disk.flushed
}

/// Whether the shorter of two logs is the beginning of the longer one, and the first one is not the longer.
fn is_prefix(short: &TxnList, long: &TxnList) -> bool {
    short.len() <= long.len() && short.iter().eq(long.iter().take(short.len()))
}
