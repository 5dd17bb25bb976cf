//! Discovery: a quorum promises a new epoch (dossier §2.3; the paper's CEPOCH, NEWEPOCH, ACK-E).

use super::{Chore, HandlerStage, Leader, LearnerHandler, ZabPhase};
use crate::effects::{Effects, Plane, Timer};
use crate::ids::{Epoch, Sid, Zxid};
use crate::packet::Packet;
use crate::rules::Fault;
use crate::server::{Activity, Server};
use crate::sids::Sids;
use crate::time::Instant;
use crate::trace::{Fact, LookingReason};

impl Server {
    // ---- the leader ----

    /// The election is won: the leader writes a snapshot of what it has, then a quorum must come.
    pub(crate) fn begin_discovery(&mut self, out: &mut Effects) {
        out.set_timer(Timer::InitLimit, self.ensemble.init_time());
        self.chores.extend([Chore::WriteSnapshot, Chore::ReportEpoch]);
        self.proceed(out);
    }

    /// The leader counts as the first of its quorum.
    pub(crate) fn report_epoch(&mut self, out: &mut Effects) {
        let (me, accepted) = (self.id, self.disk.accepted_epoch);
        if let Activity::Leading(leader) = &mut self.activity {
            leader.reports.insert(me, accepted);
        }
        self.choose_epoch(out);
    }

    /// A learner's connection stands.
    pub(crate) fn handle_learner_connected(&mut self, now: Instant, learner: Sid, out: &mut Effects) {
        let limits = self.ensemble.init_limit + self.ensemble.sync_limit;
        let Activity::Leading(leader) = &mut self.activity else { return };
        leader.handlers.insert(learner, LearnerHandler::new(now, leader.tick + limits));
        out.note(Fact::LearnerJoined { learner });
    }

    /// FOLLOWERINFO or OBSERVERINFO.
    pub(crate) fn handle_learner_info(&mut self, from: Sid, accepted: Epoch, out: &mut Effects) {
        let Activity::Leading(leader) = &mut self.activity else { return };
        let Some(handler) = leader.handlers.get_mut(&from) else { return };
        handler.stage = HandlerStage::Introduced;
        if leader.announced {
            inform(leader, from, out);
        } else if leader.epoch.is_none() {
            leader.reports.insert(from, accepted);
            self.choose_epoch(out);
        }
    }

    /// With a quorum of reports the new epoch is one more than the largest. Observers' reports count for the
    /// largest, not for the quorum.
    fn choose_epoch(&mut self, out: &mut Effects) {
        let faulty = self.ensemble.rules.faults.has(Fault::EpochFromZxid);
        let Activity::Leading(leader) = &mut self.activity else { return };
        let rule = self.ensemble.quorum();
        let have: Sids = leader.reports.keys().copied().filter(|sid| self.ensemble.is_voter(*sid)).collect();
        // A learner may come before the leader has written its snapshot.
        if !rule.is_quorum(have) || !leader.reports.contains_key(&self.id) {
            out.note(Fact::EpochWaits { have, need: rule.smallest() });
            return;
        }
        let largest = leader.reports.values().copied().max().unwrap_or_default();
        let from_zxid = Epoch(leader.summary.1.epoch);
        let epoch = Epoch(if faulty { from_zxid.0 } else { largest.0 } + 1);
        leader.epoch = Some(epoch);
        out.note(Fact::EpochChosen { epoch, have, largest });
        self.chores.extend((!faulty).then_some(Chore::PromiseEpoch(epoch)));
        self.chores.push_back(Chore::AnnounceEpoch);
        self.proceed(out);
    }

    /// LEADERINFO to everybody who has reported; the leader itself has promised already.
    pub(crate) fn announce_epoch(&mut self, out: &mut Effects) {
        let me = self.id;
        let Activity::Leading(leader) = &mut self.activity else { return };
        leader.announced = true;
        leader.last_proposed = Zxid::new(leader.epoch.unwrap_or_default().0, 0);
        leader.epoch_acks.insert(me);
        let waiting = leader.handlers.iter().filter(|(_, handler)| handler.stage == HandlerStage::Introduced);
        for learner in waiting.map(|(sid, _)| *sid).collect::<Sids>() {
            inform(leader, learner, out);
        }
        out.set_timer(Timer::InitLimit, self.ensemble.init_time());
        self.count_epoch_acks(out);
    }

    /// ACKEPOCH. While the quorum forms, a learner that is ahead of its leader must not be led: the election would have
    /// been wrong. A latecomer may be ahead by what was never committed, and is brought in step.
    pub(crate) fn handle_ack_epoch(&mut self, from: Sid, last: Zxid, current: Option<Epoch>, out: &mut Effects) {
        let voter = self.ensemble.is_voter(from);
        let Activity::Leading(leader) = &mut self.activity else { return };
        let Some(handler) = leader.handlers.get_mut(&from) else { return };
        let forms = leader.phase < ZabPhase::Synchronization;
        if let Some(current) = current.filter(|current| forms && (*current, last) > leader.summary) {
            out.note(Fact::LearnerAhead { learner: from, current, last });
            leader.forget(from, out);
            out.close(Plane::Quorum, from);
            return;
        }
        handler.last_zxid = last;
        handler.stage = HandlerStage::Promised;
        if leader.phase >= ZabPhase::Synchronization {
            self.synchronize(from, out);
            return;
        }
        if voter && current.is_some() {
            leader.epoch_acks.insert(from);
        }
        self.count_epoch_acks(out);
    }

    fn count_epoch_acks(&mut self, out: &mut Effects) {
        let Activity::Leading(leader) = &self.activity else { return };
        let rule = self.ensemble.quorum();
        let (have, epoch) = (leader.epoch_acks, leader.epoch.unwrap_or_default());
        let quorum = rule.is_quorum(have);
        out.note(Fact::EpochAcks { epoch, have, need: rule.smallest(), quorum });
        if quorum && !self.main_thread_waits() {
            self.chores.extend(self.joins(epoch));
            self.chores.push_back(Chore::BeginSynchronization);
            self.proceed(out);
        }
    }

    /// Writing `currentEpoch`, which the ensembles of ZOOKEEPER-335 did not do yet.
    pub(crate) fn joins(&self, epoch: Epoch) -> Option<Chore> {
        (!self.ensemble.rules.faults.has(Fault::EpochFromZxid)).then_some(Chore::JoinEpoch(epoch))
    }

    // ---- a learner ----

    /// The connection to the leader stands: the learner introduces itself.
    pub(crate) fn handle_leader_connected(&mut self, now: Instant, out: &mut Effects) {
        let accepted = self.disk.accepted_epoch;
        let voter = self.ensemble.is_voter(self.id);
        let limit = self.ensemble.init_time();
        let Some(learner) = self.learner_mut() else { return };
        learner.connected = true;
        learner.heard_at = now;
        out.cancel_timer(Timer::InitLimit);
        out.set_timer(Timer::ReadLimit, limit);
        out.note(Fact::FollowsLeader { leader: learner.leader });
        let info = if voter { Packet::FollowerInfo(accepted) } else { Packet::ObserverInfo(accepted) };
        self.tell_leader(info, out);
    }

    /// LEADERINFO: a larger epoch is promised on the disk before it is acknowledged, a smaller one is refused.
    pub(crate) fn handle_leader_info(&mut self, epoch: Epoch, out: &mut Effects) {
        let accepted = self.disk.accepted_epoch;
        let faulty = self.ensemble.rules.faults.has(Fault::EpochFromZxid);
        let Some(learner) = self.learner_mut() else { return };
        learner.epoch = Some(epoch);
        if epoch < accepted && !faulty {
            self.leave(LookingReason::EpochTooOld { offered: epoch, accepted }, out);
            return;
        }
        let newly = epoch > accepted;
        if newly && !faulty {
            self.chores.push_back(Chore::PromiseEpoch(epoch));
        }
        self.chores.push_back(Chore::AcknowledgeEpoch { newly: newly || faulty });
        self.proceed(out);
    }

    /// ACKEPOCH.
    pub(crate) fn acknowledge_epoch(&mut self, newly: bool, out: &mut Effects) {
        let current = newly.then(|| self.current_epoch());
        if let Some(learner) = self.learner_mut() {
            learner.phase = ZabPhase::Synchronization;
        }
        self.tell_leader(Packet::AckEpoch { last: self.database.last_processed, current }, out);
    }
}

fn inform(leader: &mut Leader, learner: Sid, out: &mut Effects) {
    if let Some(handler) = leader.handlers.get_mut(&learner) {
        handler.stage = HandlerStage::Informed;
        out.send_packet(learner, Packet::LeaderInfo(leader.epoch.unwrap_or_default()));
    }
}
