//! Leading and following, as far as connections and packets are concerned: who may connect, what is lost with a
//! connection, and which packet goes to which handler in which phase. The handlers are in [`crate::zab`].

use super::{Activity, Server};
use crate::effects::{Effects, Plane, Timer};
use crate::ids::Sid;
use crate::packet::Packet;
use crate::rules::Fault;
use crate::storage::Thread;
use crate::time::{Duration, Instant};
use crate::trace::{Fact, LookingReason};
use crate::zab::{Applicable, Work, ZabPhase};

/// How often a learner tries its leader's quorum port (`Learner.connectToLeader`).
const LEADER_ATTEMPTS: u32 = 5;
/// The pause between two of these attempts.
const LEADER_RETRY: Duration = Duration::from_millis(100);

impl Server {
    pub(super) fn handle_learner_dialled(&mut self, by: Sid, out: &mut Effects) {
        match &self.activity {
            Activity::Leading(_) if self.leaving.is_none() => out.accept(Plane::Quorum, by),
            _ => out.refuse(by),
        }
    }

    pub(super) fn handle_link_up(&mut self, now: Instant, plane: Plane, peer: Sid, out: &mut Effects) {
        out.note(Fact::LinkUp { plane, peer });
        match (plane, &mut self.activity) {
            (Plane::Election, _) => self.connections.link_up(peer, out),
            (Plane::Quorum, Activity::Leading(_)) if self.leaving.is_none() => {
                self.handle_learner_connected(now, peer, out)
            }
            (Plane::Quorum, Activity::Following(learner) | Activity::Observing(learner))
                if learner.leader == peer && self.leaving.is_none() =>
            {
                self.handle_leader_connected(now, out)
            }
            (Plane::Quorum, _) => out.close(Plane::Quorum, peer),
        }
    }

    pub(super) fn handle_link_down(&mut self, plane: Plane, peer: Sid, out: &mut Effects) {
        out.note(Fact::LinkDown { plane, peer });
        if plane == Plane::Election {
            self.connections.link_down(peer);
            return;
        }
        let waits = self.main_thread_waits();
        match &mut self.activity {
            Activity::Leading(leader) => leader.forget(peer, out),
            Activity::Following(learner) | Activity::Observing(learner) if learner.leader == peer => {
                learner.connected = false;
                // A thread that waits for the disk does not see yet that its socket is closed.
                if waits {
                    learner.backlog.push_back(None);
                } else {
                    self.lose_leader(out);
                }
            }
            _ => {}
        }
    }

    /// The connection to the leader is gone.
    pub(crate) fn lose_leader(&mut self, out: &mut Effects) {
        if let Some(leader) = self.learner().map(|learner| learner.leader) {
            self.leave(LookingReason::LostLeader(leader), out);
        }
    }

    pub(super) fn handle_refused(&mut self, by: Sid, out: &mut Effects) {
        let (Activity::Following(learner) | Activity::Observing(learner)) = &mut self.activity else { return };
        if learner.leader != by || learner.connected || self.leaving.is_some() {
            return;
        }
        learner.attempts += 1;
        let attempts = learner.attempts;
        out.note(Fact::LeaderRefused { leader: by, attempts });
        if attempts >= LEADER_ATTEMPTS {
            self.leave(LookingReason::LeaderUnreachable(by, attempts), out);
        } else {
            out.set_timer(Timer::RetryLeader, LEADER_RETRY);
        }
    }

    /// The learner's socket gives up when nothing was heard for `initLimit`, or `syncLimit` once it has joined.
    pub(super) fn check_leader_is_heard(&mut self, now: Instant, out: &mut Effects) {
        let (init, sync) = (self.ensemble.init_time(), self.ensemble.sync_time());
        let waits = self.main_thread_waits();
        let Some(learner) = self.learner_mut() else { return };
        let limit = if learner.joined { sync } else { init };
        let quiet = now.since(learner.heard_at);
        if quiet >= limit && !waits {
            let silent = learner.leader;
            self.leave(LookingReason::LeaderSilent(silent), out);
        } else {
            // Whoever waits for the disk does not read, and finds out in another while.
            out.set_timer(Timer::ReadLimit, if quiet < limit { limit - quiet } else { sync });
        }
    }

    pub(super) fn handle_packet(&mut self, now: Instant, from: Sid, packet: Packet, out: &mut Effects) {
        out.note(Fact::PacketReceived { from, packet: packet.head() });
        if self.leaving.is_some() {
            return;
        }
        let waits = self.main_thread_waits();
        match &mut self.activity {
            Activity::Leading(leader) => {
                let deadline = leader.tick + self.ensemble.sync_limit;
                if let Some(handler) = leader.handlers.get_mut(&from) {
                    handler.heard_at = now;
                    handler.deadline = handler.deadline.max(deadline);
                    self.handle_learners_packet(now, from, packet, out);
                }
            }
            Activity::Following(learner) | Activity::Observing(learner) if learner.leader == from => {
                learner.heard_at = now;
                if waits || !learner.backlog.is_empty() {
                    learner.backlog.push_back(Some(packet));
                } else {
                    self.handle_leaders_packet(packet, out);
                }
            }
            _ => {}
        }
    }

    /// A packet at the leader.
    fn handle_learners_packet(&mut self, now: Instant, from: Sid, packet: Packet, out: &mut Effects) {
        match packet {
            Packet::FollowerInfo(epoch) | Packet::ObserverInfo(epoch) => self.handle_learner_info(from, epoch, out),
            Packet::AckEpoch { last, current } => self.handle_ack_epoch(from, last, current, out),
            Packet::Ack(zxid) => self.handle_ack(from, zxid, out),
            Packet::Request(request) => self.propose(now, *request, out),
            Packet::Sync(call) => self.handle_sync(from, call, out),
            Packet::Revalidate(session, timeout) => self.handle_revalidate(now, from, session, timeout, out),
            Packet::Ping(_, touched) => self.handle_touched(now, &touched),
            // A leader has nothing to learn.
            _ => {}
        }
    }

    /// A packet at a learner, in the phase it is in.
    pub(crate) fn handle_leaders_packet(&mut self, packet: Packet, out: &mut Effects) {
        let Some(learner) = self.learner() else { return };
        let (phase, head) = (learner.phase, packet.head());
        match (phase, packet) {
            (_, Packet::Ping(zxid, _)) => {
                let touched = std::mem::take(&mut self.port.touched).into_iter().collect();
                self.tell_leader(Packet::Ping(zxid, touched), out);
            }
            (ZabPhase::Discovery, Packet::LeaderInfo(epoch)) => self.handle_leader_info(epoch, out),
            (ZabPhase::Synchronization, packet @ (Packet::Diff(_) | Packet::Trunc(_) | Packet::Snap(_))) => {
                self.handle_sync_method(packet, out)
            }
            (ZabPhase::Synchronization, Packet::Proposal(txn)) => self.queue_proposal(txn, out),
            (ZabPhase::Synchronization, Packet::Commit(zxid)) => self.queue_commit(zxid, out),
            (ZabPhase::Synchronization, Packet::Inform(txn)) => {
                let zxid = txn.zxid;
                self.queue_proposal(txn, out);
                self.queue_commit(zxid, out);
            }
            (ZabPhase::Synchronization, Packet::NewLeader(epoch)) => self.handle_new_leader(epoch, out),
            (ZabPhase::Synchronization, Packet::UpToDate) => self.handle_up_to_date(out),
            (ZabPhase::Broadcast, Packet::Proposal(txn)) => self.handle_proposal(txn, out),
            (ZabPhase::Broadcast, Packet::Commit(zxid)) => self.handle_commit(zxid, out),
            (ZabPhase::Broadcast, Packet::Inform(txn)) => self.handle_inform(txn, out),
            (ZabPhase::Broadcast, Packet::Sync(call)) => self.pipeline.apply(Applicable::Sync(call), out),
            (ZabPhase::Broadcast, Packet::Revalidated(session, valid)) => self.handle_revalidated(session, valid, out),
            _ => self.leave(LookingReason::Unexpected(head), out),
        }
    }

    pub(super) fn handle_disk_done(&mut self, out: &mut Effects) {
        let dirty = self.ensemble.rules.faults.has(Fault::DirtySnapshot);
        match self.disk.done(dirty, out) {
            Some(Thread::Main) if self.leaving.is_none() => out.work(Work::Main),
            Some(Thread::Logger) if self.leaving.is_none() => self.handle_flushed(out),
            _ => {}
        }
    }
}
