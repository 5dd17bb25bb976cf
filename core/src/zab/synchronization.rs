//! Synchronisation: every learner gets the leader's history before it joins the epoch (dossier §2.4 to §2.6; the
//! paper's NEWLEADER, ACK-LD, COMMIT-LD).

use super::sync_choice::{self, SyncPlan};
use super::{Applicable, Chore, HandlerStage, SyncMethod, ZabPhase};
use crate::effects::{Effects, Timer};
use crate::ids::{Epoch, Sid, Zxid};
use crate::packet::Packet;
use crate::rules::Fault;
use crate::server::{Activity, Server};
use crate::session::SessionTracker;
use crate::trace::{Exit, Fact, LookingReason};
use crate::txn::Txn;

impl Server {
    // ---- the leader ----

    /// A quorum has promised and the leader has joined its own epoch.
    pub(crate) fn begin_synchronization(&mut self, out: &mut Effects) {
        let me = self.id;
        let Activity::Leading(leader) = &mut self.activity else { return };
        leader.phase = ZabPhase::Synchronization;
        leader.new_leader_acks.insert(me);
        let ready: Vec<Sid> = leader
            .handlers
            .iter()
            .filter(|(_, handler)| handler.stage == HandlerStage::Promised)
            .map(|(sid, _)| *sid)
            .collect();
        out.set_timer(Timer::InitLimit, self.ensemble.init_time());
        for learner in ready {
            self.synchronize(learner, out);
        }
        self.count_new_leader_acks(out);
    }

    /// Brings one learner in step: the plan, what is committed and not applied yet, what is outstanding, NEWLEADER.
    /// From then on it gets everything that is proposed.
    pub(crate) fn synchronize(&mut self, learner: Sid, out: &mut Effects) {
        let voter = self.ensemble.is_voter(learner);
        let Activity::Leading(leader) = &mut self.activity else { return };
        let Some(handler) = leader.handlers.get_mut(&learner) else { return };
        let peer = handler.last_zxid;
        let plan = sync_choice::choose(peer, &self.database, &self.disk, self.ensemble.rules.faults);
        let SyncPlan { method, why, zxid, history, reaches } = plan;
        let (sent, (min, max)) = (history.len(), self.database.cached_range());
        out.note(Fact::SyncChosen { learner, method, why, peer, zxid, min, max, sent });
        out.send_packet(
            learner,
            match method {
                SyncMethod::Diff => Packet::Diff(zxid),
                SyncMethod::Trunc => Packet::Trunc(zxid),
                SyncMethod::Snap => Packet::Snap(Box::new(self.database.snapshot())),
            },
        );
        let unapplied = self.pipeline.to_apply.iter().filter_map(|what| match what {
            Applicable::Txn(txn) if txn.zxid > reaches => Some(txn.clone()),
            _ => None,
        });
        for txn in history.into_iter().chain(unapplied) {
            let zxid = txn.zxid;
            out.send_packet(learner, Packet::Proposal(txn));
            out.send_packet(learner, Packet::Commit(zxid));
        }
        if method == SyncMethod::Trunc {
            // What it must forget it has not acknowledged any more, or a commit could rest on what it no longer has.
            for proposal in leader.outstanding.iter_mut().filter(|proposal| proposal.txn.zxid > zxid) {
                proposal.acks.remove(learner);
            }
        }
        if voter {
            for proposal in leader.outstanding.iter().filter(|proposal| proposal.txn.zxid > reaches) {
                out.send_packet(learner, Packet::Proposal(proposal.txn.clone()));
            }
        }
        handler.forwarding = true;
        handler.stage = HandlerStage::Syncing;
        out.send_packet(learner, Packet::NewLeader(leader.epoch.unwrap_or_default()));
    }

    /// The first ACK of a learner is taken for its answer to NEWLEADER; its handler then waits until the leader
    /// serves.
    pub(crate) fn handle_new_leader_ack(&mut self, from: Sid, zxid: Zxid, out: &mut Effects) {
        let voter = self.ensemble.is_voter(from);
        let Activity::Leading(leader) = &mut self.activity else { return };
        let Some(handler) = leader.handlers.get_mut(&from) else { return };
        handler.stage = HandlerStage::Acknowledged;
        if zxid != Zxid::new(leader.epoch.unwrap_or_default().0, 0) {
            out.note(Fact::AckUnexpected { from, zxid });
        } else if voter {
            leader.new_leader_acks.insert(from);
        }
        if leader.is_established() {
            self.welcome(from, out);
        } else {
            self.count_new_leader_acks(out);
        }
    }

    fn count_new_leader_acks(&mut self, out: &mut Effects) {
        let Activity::Leading(leader) = &self.activity else { return };
        let rule = self.ensemble.quorum();
        let (have, epoch) = (leader.new_leader_acks, leader.epoch.unwrap_or_default());
        let quorum = rule.is_quorum(have);
        out.note(Fact::NewLeaderAcks { epoch, have, need: rule.smallest(), quorum });
        if quorum {
            self.establish(epoch, out);
        }
    }

    /// A quorum has the leader's history and has joined its epoch: all of that history counts as committed.
    fn establish(&mut self, epoch: Epoch, out: &mut Effects) {
        let start = Zxid::new(epoch.0, 0);
        let half_tick = self.ensemble.half_tick();
        let Activity::Leading(leader) = &mut self.activity else { return };
        leader.phase = ZabPhase::Broadcast;
        leader.last_committed = start;
        let waiting: Vec<Sid> = leader
            .handlers
            .iter()
            .filter(|(_, handler)| handler.stage == HandlerStage::Acknowledged)
            .map(|(sid, _)| *sid)
            .collect();
        leader.projected = self.database.tree.clone();
        let (tick, now) = (self.ensemble.tick_time, self.now);
        leader.tracker = SessionTracker::new(self.database.tree.sessions(), tick, now);
        self.database.last_processed = start;
        self.current_vote.0.peer_epoch = epoch;
        out.note(Fact::Established { epoch });
        self.wait_for_sessions(now, out);
        self.wait_for_containers(out);
        out.cancel_timer(Timer::InitLimit);
        out.set_timer(Timer::Tick, half_tick);
        for learner in waiting {
            self.welcome(learner, out);
        }
    }

    /// UPTODATE, and what this learner acknowledged too early.
    fn welcome(&mut self, learner: Sid, out: &mut Effects) {
        let Activity::Leading(leader) = &mut self.activity else { return };
        let Some(handler) = leader.handlers.get_mut(&learner) else { return };
        handler.stage = HandlerStage::UpToDate;
        out.send_packet(learner, Packet::UpToDate);
        for zxid in std::mem::take(&mut handler.early_acks) {
            self.handle_ack(learner, zxid, out);
        }
    }

    // ---- a learner ----

    /// DIFF, TRUNC or SNAP.
    pub(crate) fn handle_sync_method(&mut self, packet: Packet, out: &mut Effects) {
        let (method, zxid) = match &packet {
            Packet::Trunc(zxid) => (SyncMethod::Trunc, *zxid),
            Packet::Snap(snapshot) => (SyncMethod::Snap, snapshot.zxid),
            _ => (SyncMethod::Diff, self.database.last_processed),
        };
        let Some(learner) = self.learner_mut() else { return };
        learner.method = Some(method);
        out.note(Fact::SyncBegins { method, zxid });
        match packet {
            Packet::Snap(snapshot) => {
                self.database.install(*snapshot);
                self.write_own_config();
            }
            Packet::Trunc(zxid) => {
                self.chores.extend([Chore::Flush, Chore::Truncate(zxid), Chore::Rebuild(zxid)]);
                self.proceed(out);
            }
            _ => self.write_own_config(),
        }
    }

    /// Whatever a leader has sent, the configuration is the server's own (ZOOKEEPER-2819).
    pub(crate) fn write_own_config(&mut self) {
        self.database.tree.write_own_config(self.now.wall_clock());
    }

    /// A proposal while the learner is brought in step: it waits. A gap within an epoch ends the attempt.
    pub(crate) fn queue_proposal(&mut self, txn: Txn, out: &mut Effects) {
        let lenient = self.ensemble.rules.faults.has(Fault::CacheHole);
        let Some(learner) = self.learner_mut() else { return };
        let last = learner.queued.back().map(|queued| queued.zxid);
        let gap = last.is_some_and(|last| last.epoch == txn.zxid.epoch && last.counter + 1 != txn.zxid.counter);
        if gap && !lenient {
            self.leave(LookingReason::GapInHistory(txn.zxid), out);
        } else {
            learner.queued.push_back(txn);
        }
    }

    /// A commit while the learner is brought in step. After a DIFF it waits for the log, after SNAP and TRUNC the
    /// snapshot of NEWLEADER will cover it.
    pub(crate) fn queue_commit(&mut self, zxid: Zxid, out: &mut Effects) {
        let cached = !self.ensemble.rules.faults.has(Fault::CacheHole);
        let (Activity::Following(learner) | Activity::Observing(learner)) = &mut self.activity else { return };
        if learner.joined || learner.method == Some(SyncMethod::Diff) {
            learner.commits.push_back(zxid);
        } else if let Some(txn) = learner.queued.pop_front().filter(|txn| txn.zxid == zxid) {
            self.database.apply(txn, cached);
            out.note(Fact::Applied { zxid });
        } else {
            self.exit(Exit::CommitMismatch(zxid), out);
        }
    }

    /// NEWLEADER: snapshot, log, epoch and answer, in this order. Other orders lost data (ZOOKEEPER-3911, 4643,
    /// 4646) or time (4685).
    pub(crate) fn handle_new_leader(&mut self, epoch: Epoch, out: &mut Effects) {
        let faults = self.ensemble.rules.faults;
        let join = self.joins(epoch);
        self.disk.joining = true;
        let Some(learner) = self.learner_mut() else { return };
        let snapshot = (learner.method != Some(SyncMethod::Diff)).then_some(Chore::WriteSnapshot);
        let logged = [Chore::LogCommitted, Chore::Flush];
        self.chores.extend(snapshot);
        if faults.has(Fault::EarlyAcks) {
            self.chores.extend([Chore::HandToLogger, Chore::LetLoggerRun]);
            self.chores.extend(join);
            self.chores.push_back(Chore::AcknowledgeNewLeader);
        } else if faults.has(Fault::AckBeforeFlush) {
            self.chores.extend(join);
            self.chores.extend([Chore::AcknowledgeNewLeader, Chore::HandToLogger]);
        } else if faults.has(Fault::EpochFirst) {
            self.chores.extend(join.into_iter().chain(logged));
            self.chores.push_back(Chore::AcknowledgeNewLeader);
        } else {
            self.chores.extend(logged.into_iter().chain(join));
            self.chores.push_back(Chore::AcknowledgeNewLeader);
        }
        self.proceed(out);
    }

    /// ACK of NEWLEADER: the learner has joined.
    pub(crate) fn acknowledge_new_leader(&mut self, out: &mut Effects) {
        let Some(learner) = self.learner_mut() else { return };
        learner.joined = true;
        let zxid = Zxid::new(learner.epoch.unwrap_or_default().0, 0);
        // From now on its socket gives up after syncLimit.
        out.set_timer(Timer::ReadLimit, self.ensemble.sync_time());
        out.note(Fact::Acknowledged { zxid });
        self.tell_leader(Packet::Ack(zxid), out);
    }

    /// UPTODATE: the learner serves. What waited goes to the logging thread, then what was committed of it is
    /// applied, in order.
    pub(crate) fn handle_up_to_date(&mut self, out: &mut Effects) {
        let voter = self.ensemble.is_voter(self.id);
        let Some(learner) = self.learner_mut() else { return };
        learner.phase = ZabPhase::Broadcast;
        let epoch = learner.epoch.unwrap_or_default();
        let (queued, commits) = (std::mem::take(&mut learner.queued), std::mem::take(&mut learner.commits));
        self.current_vote.0.peer_epoch = epoch;
        out.note(Fact::Serves { epoch });
        self.tell_leader(Packet::Ack(Zxid::new(epoch.0, 0)), out);
        for txn in queued {
            if voter {
                self.handle_proposal(txn, out);
            } else {
                self.handle_inform(txn, out);
            }
        }
        // To an observer INFORM has said both already.
        for zxid in commits.into_iter().filter(|_| voter) {
            self.handle_commit(zxid, out);
        }
    }
}
