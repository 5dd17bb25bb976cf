//! Broadcast: requests become proposals, proposals are logged and acknowledged, a quorum of acknowledgements
//! commits them, and everybody applies them in the order of their zxids (dossier §2.7, §2.8).

use super::leader::Proposal;
use super::{Applicable, HandlerStage, Leader, Pipeline, Work};
use crate::effects::{Effects, Plane, Timer};
use crate::ids::{SessionId, Sid, Zxid};
use crate::packet::Packet;
use crate::processors::prepare::prepare;
use crate::quorum::QuorumRule;
use crate::rules::Fault;
use crate::server::{Activity, Server};
use crate::session::Operation;
use crate::sids::Sids;
use crate::storage::{DiskOp, Thread};
use crate::time::{Duration, Instant};
use crate::trace::{CommitWait, Exit, Fact, LookingReason};
use crate::txn::{Request, RequestId, Txn, TxnBody};

impl Server {
    // ---- requests ----

    /// Somebody writes here without a session.
    pub(crate) fn handle_write(&mut self, now: Instant, request: Request, out: &mut Effects) {
        out.note(Fact::Requested { request: request.id });
        match &mut self.activity {
            Activity::Leading(_) => self.propose(now, request, out),
            Activity::Following(learner) | Activity::Observing(learner) => {
                learner.requests.push(request.id);
                self.tell_leader(Packet::Request(Box::new(request)), out);
            }
            Activity::Looking(_) => {}
        }
    }

    /// Somebody without a session asks to see all that is committed. At the leader that is seen anyway.
    pub(crate) fn handle_sync_request(&mut self, number: RequestId, out: &mut Effects) {
        match self.activity {
            Activity::Leading(_) => self.pipeline.apply(Applicable::Sync(number), out),
            _ => self.tell_leader(Packet::Sync(number), out),
        }
    }

    /// SYNC at the leader: answered at once, or when what is outstanding now has been committed.
    pub(crate) fn handle_sync(&mut self, from: Sid, number: RequestId, out: &mut Effects) {
        let Activity::Leading(leader) = &mut self.activity else { return };
        if leader.outstanding.is_empty() {
            out.send_packet(from, Packet::Sync(number));
        } else {
            leader.waiting_syncs.push((leader.last_proposed, from, number));
        }
    }

    /// The leader gives a request its zxid, makes a transaction of it, logs it and sends PROPOSAL, all at once. When the counter is used up, a
    /// new epoch must be begun instead (ZOOKEEPER-1277).
    pub(crate) fn propose(&mut self, now: Instant, request: Request, out: &mut Effects) {
        // Whoever has given up its role proposes nothing more, whatever timer still runs out.
        if self.is_leaving() {
            return;
        }
        let Activity::Leading(leader) = &mut self.activity else { return };
        let Zxid { epoch, counter } = leader.last_proposed;
        if counter >= u32::MAX - 1 {
            self.leave(LookingReason::CounterUsedUp, out);
            return;
        }
        let zxid = Zxid::new(epoch, counter + 1);
        leader.last_proposed = zxid;
        let id = request.id;
        out.note(Fact::Proposed { zxid, request: id });
        let session = leader.tracker.check(id.session, id.server);
        match request.operation {
            Operation::CreateSession { timeout } => {
                let timeout = Duration::from_millis(u64::from(timeout));
                leader.tracker.add(id.session, timeout, Some(id.server), now);
            }
            Operation::CloseSession => leader.tracker.close(id.session),
            _ => {}
        }
        let txn = prepare(&mut leader.projected, request, zxid, now.wall_clock(), session, self.ensemble.requests);
        if let TxnBody::Error(code) = *txn.body {
            out.note(Fact::Refused { zxid, code });
        }
        self.pipeline.log(txn.clone(), out);
        for (learner, handler) in leader.handlers.iter_mut() {
            if handler.forwarding && self.ensemble.is_voter(*learner) {
                handler.proposed(zxid, now);
                out.send_packet(*learner, Packet::Proposal(txn.clone()));
            }
        }
        leader.outstanding.push_back(Proposal { txn, acks: Sids::EMPTY });
        self.wait_for_sessions(now, out);
    }

    // ---- the leader counts ----

    /// An ACK of a learner, for NEWLEADER or for a proposal.
    pub(crate) fn handle_ack(&mut self, from: Sid, zxid: Zxid, out: &mut Effects) {
        let Activity::Leading(leader) = &mut self.activity else { return };
        let Some(handler) = leader.handlers.get_mut(&from) else { return };
        match handler.stage {
            HandlerStage::Syncing => self.handle_new_leader_ack(from, zxid, out),
            // Its handler waits for the leader to serve and reads nothing more until then.
            HandlerStage::Acknowledged => handler.early_acks.push(zxid),
            // The second ACK of the epoch's start, after UPTODATE.
            _ if zxid.counter == 0 => {}
            _ => {
                handler.acknowledged(zxid);
                self.count_ack(from, zxid, out);
            }
        }
    }

    /// Counts an acknowledgement and commits what has its quorum, in order.
    pub(crate) fn count_ack(&mut self, from: Sid, zxid: Zxid, out: &mut Effects) {
        let faults = self.ensemble.rules.faults;
        let voter = self.ensemble.is_voter(from);
        let rule = self.ensemble.quorum();
        let Activity::Leading(leader) = &mut self.activity else { return };
        // What is committed already needs no more acknowledgements.
        let Some(place) = place_of(leader, zxid).filter(|_| voter) else { return };
        let proposal = &mut leader.outstanding[place];
        proposal.acks.insert(from);
        let have = proposal.acks;
        let enough = |acks: Sids| match rule {
            QuorumRule::Majority { voters } if faults.has(Fault::SmallQuorum) => acks.len() * 2 + 1 >= voters,
            _ => rule.is_quorum(acks),
        };
        let need = rule.smallest();
        if !enough(have) {
            out.note(Fact::NotCommitted { zxid, have, need, why: CommitWait::NoQuorum });
        } else if faults.has(Fault::CommitUnordered) {
            commit(leader, leader.outstanding.len() - 1, &mut self.pipeline, &self.ensemble, out);
        } else if place > 0 {
            out.note(Fact::NotCommitted { zxid, have, need, why: CommitWait::Predecessor });
        } else {
            while leader.outstanding.front().is_some_and(|first| enough(first.acks)) {
                commit(leader, 0, &mut self.pipeline, &self.ensemble, out);
            }
        }
    }

    // ---- a learner that serves ----

    /// PROPOSAL: to the log, and to those that wait for COMMIT.
    pub(crate) fn handle_proposal(&mut self, txn: Txn, out: &mut Effects) {
        let Some(learner) = self.learner_mut() else { return };
        learner.pending.push_back(txn.clone());
        self.pipeline.log(txn, out);
    }

    /// COMMIT: it must be for the oldest proposal that waits, or the process ends.
    pub(crate) fn handle_commit(&mut self, zxid: Zxid, out: &mut Effects) {
        let Some(learner) = self.learner_mut() else { return };
        match learner.pending.pop_front() {
            Some(txn) if txn.zxid == zxid => self.pipeline.apply(Applicable::Txn(txn), out),
            _ => self.exit(Exit::CommitMismatch(zxid), out),
        }
    }

    /// INFORM: an observer logs and applies what others have committed.
    pub(crate) fn handle_inform(&mut self, txn: Txn, out: &mut Effects) {
        self.pipeline.log(txn.clone(), out);
        self.pipeline.apply(Applicable::Txn(txn), out);
    }

    // ---- the threads behind ----

    /// The logging thread appends the next transaction, and flushes when no more are waiting.
    pub(crate) fn append_next(&mut self, out: &mut Effects) {
        if self.disk.is_busy_for(Thread::Logger) {
            return;
        }
        let Some(txn) = self.pipeline.to_log.pop_front() else { return };
        let zxid = txn.zxid;
        self.disk.log.push(txn);
        out.note(Fact::Appended { zxid });
        if self.ensemble.rules.faults.has(Fault::UnflushedAcks) {
            self.pipeline.acknowledge(zxid, out);
        } else {
            self.pipeline.to_flush.push_back(zxid);
        }
        if self.pipeline.to_log.is_empty() {
            self.disk.begin(Thread::Logger, DiskOp::Flush(self.disk.log.len()), out);
        } else {
            out.work(Work::Log);
        }
    }

    /// The disk has flushed for the logging thread: now may be acknowledged.
    pub(crate) fn handle_flushed(&mut self, out: &mut Effects) {
        let durable = self.disk.last_durable();
        while let Some(zxid) = self.pipeline.to_flush.pop_front_if(|zxid| *zxid <= durable) {
            self.pipeline.acknowledge(zxid, out);
        }
        if !self.pipeline.to_log.is_empty() {
            out.work(Work::Log);
        }
    }

    /// Acknowledges the next flushed transaction: to the leader, or the leader to itself.
    pub(crate) fn acknowledge_next(&mut self, out: &mut Effects) {
        let Some(zxid) = self.pipeline.to_acknowledge.pop_front() else { return };
        if !self.pipeline.to_acknowledge.is_empty() {
            out.work(Work::Acknowledge);
        }
        match &self.activity {
            Activity::Leading(_) => {
                out.note(Fact::Acknowledged { zxid });
                self.count_ack(self.id, zxid, out);
            }
            Activity::Following(_) => {
                out.note(Fact::Acknowledged { zxid });
                self.tell_leader(Packet::Ack(zxid), out);
            }
            Activity::Observing(_) | Activity::Looking(_) => {}
        }
    }

    /// Applies the next committed transaction, and answers the client if it is one of this server's.
    pub(crate) fn apply_next(&mut self, out: &mut Effects) {
        let Some(next) = self.pipeline.to_apply.pop_front() else { return };
        if !self.pipeline.to_apply.is_empty() {
            out.work(Work::Apply);
        }
        match next {
            Applicable::Txn(txn) => {
                let (zxid, request) = (txn.zxid, txn.request);
                let applied = self.database.apply(txn.clone(), true);
                out.note(Fact::Applied { zxid });
                self.finish(&txn, applied, out);
                self.settle_projection(out);
                let leads = matches!(self.activity, Activity::Leading(_));
                let waited = self.learner_mut().and_then(|learner| {
                    let place = learner.requests.iter().position(|waiting| *waiting == request)?;
                    Some(learner.requests.remove(place))
                });
                let without_session = request.session == SessionId::NONE;
                if waited.is_some() || without_session && leads && request.server == self.id {
                    out.note(Fact::Answered { request, zxid });
                }
            }
            Applicable::Sync(id) => self.finish_sync(id, out),
        }
    }

    // ---- liveness ----

    /// Half a tick has passed: the leader pings its learners; at each full tick it makes sure of its quorum.
    pub(crate) fn handle_tick(&mut self, now: Instant, out: &mut Effects) {
        let (me, ensemble) = (self.id, self.ensemble.clone());
        let Activity::Leading(leader) = &mut self.activity else { return };
        if leader.half_tick {
            leader.tick += 1;
            let in_step = leader.handlers.iter().filter(|(_, handler)| leader.tick <= handler.deadline);
            let synced: Sids = in_step.map(|(sid, _)| *sid).chain([me]).filter(|sid| ensemble.is_voter(*sid)).collect();
            if !ensemble.quorum().is_quorum(synced) {
                self.leave(LookingReason::LostQuorum, out);
                return;
            }
        }
        leader.half_tick = !leader.half_tick;
        let mut lost = Sids::EMPTY;
        for (learner, handler) in leader.handlers.iter() {
            let settled = handler.stage == HandlerStage::UpToDate;
            let limit = if settled { ensemble.sync_time() } else { ensemble.init_time() };
            let late = |(_, since): (Zxid, Instant)| now.since(since) >= ensemble.sync_time();
            if now.since(handler.heard_at) > limit || handler.unacknowledged[0].is_some_and(late) {
                lost.insert(*learner);
            } else if handler.forwarding {
                out.send_packet(*learner, Packet::Ping(leader.last_proposed, Vec::new()));
            }
        }
        for learner in lost {
            leader.forget(learner, out);
            out.close(Plane::Quorum, learner);
        }
        out.set_timer(Timer::Tick, ensemble.half_tick());
    }
}

/// The place of a zxid among the outstanding proposals, which follow each other without a gap.
fn place_of(leader: &Leader, zxid: Zxid) -> Option<usize> {
    let first = leader.outstanding.front()?.txn.zxid;
    let guess = zxid.counter.checked_sub(first.counter).filter(|_| zxid.epoch == first.epoch)? as usize;
    let is = |place: &usize| leader.outstanding.get(*place).is_some_and(|proposal| proposal.txn.zxid == zxid);
    // Only a leader that commits out of order has gaps.
    Some(guess).filter(is).or_else(|| leader.outstanding.iter().position(|proposal| proposal.txn.zxid == zxid))
}

/// Commits one proposal: COMMIT to followers, INFORM to observers, and to the own applying thread.
fn commit(
    leader: &mut Leader,
    place: usize,
    pipeline: &mut Pipeline,
    ensemble: &crate::ensemble::Ensemble,
    out: &mut Effects,
) {
    let Some(Proposal { txn, acks }) = leader.outstanding.remove(place) else { return };
    let zxid = txn.zxid;
    leader.last_committed = zxid;
    out.note(Fact::Committed { zxid, acks });
    for (learner, _) in leader.handlers.iter().filter(|(_, handler)| handler.forwarding) {
        let packet = if ensemble.is_voter(*learner) { Packet::Commit(zxid) } else { Packet::Inform(txn.clone()) };
        out.send_packet(*learner, packet);
    }
    pipeline.apply(Applicable::Txn(txn), out);
    leader.waiting_syncs.retain(|(until, learner, number)| {
        if *until <= zxid {
            out.send_packet(*learner, Packet::Sync(*number));
        }
        *until > zxid
    });
}
