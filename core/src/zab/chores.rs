//! What the main thread does one after another when it has to wait for the disk in between. The order of these
//! lists is the order of the writes, and several famous bugs are nothing but another order (dossier §8.5).

use super::{Applicable, SyncMethod, Work};
use crate::effects::Effects;
use crate::ids::{Epoch, Zxid};
use crate::packet::Packet;
use crate::rules::Fault;
use crate::server::{Activity, Server};
use crate::storage::{DiskOp, Thread};
use crate::trace::{Exit, Fact};

/// One thing to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chore {
    /// Write `acceptedEpoch`.
    PromiseEpoch(Epoch),
    /// Leader: report its own acceptedEpoch to itself.
    ReportEpoch,
    /// Leader: announce the epoch to everybody who waits for it.
    AnnounceEpoch,
    /// Learner: answer LEADERINFO.
    AcknowledgeEpoch {
        /// Whether it is a new promise; an old one is not counted again.
        newly: bool,
    },
    /// Write `currentEpoch`.
    JoinEpoch(Epoch),
    /// Leader: bring in step everybody who has promised.
    BeginSynchronization,
    /// Learner: cut the log after a zxid and build the database anew from what is left.
    Truncate(Zxid),
    /// The second half of it.
    Rebuild(Zxid),
    /// Write the database as a snapshot: a learner after SNAP and TRUNC, a leader before it begins.
    WriteSnapshot,
    /// Learner: append what was committed while it was brought in step, and apply it.
    LogCommitted,
    /// Learner, historical: hand it to the logging thread instead, and do not wait.
    HandToLogger,
    /// Learner, historical: the logging thread is faster than the main thread.
    LetLoggerRun,
    /// Wait until the log is flushed.
    Flush,
    /// Learner: answer NEWLEADER.
    AcknowledgeNewLeader,
}

impl Server {
    /// Goes on with the main thread's chores until it has to wait for the disk or nothing is left.
    pub(crate) fn proceed(&mut self, out: &mut Effects) {
        // A chore may have begun another one that waits: a leader that is a quorum alone goes on at once.
        while !self.disk.is_busy_for(Thread::Main) {
            let Some(chore) = self.chores.pop_front() else { return };
            match chore {
                Chore::PromiseEpoch(epoch) => return self.wait_for(DiskOp::AcceptedEpoch(epoch), out),
                Chore::JoinEpoch(epoch) => return self.wait_for(DiskOp::CurrentEpoch(epoch), out),
                Chore::Truncate(zxid) => return self.wait_for(DiskOp::Truncate(zxid), out),
                Chore::Rebuild(zxid) => self.rebuild(zxid),
                Chore::WriteSnapshot => {
                    let snapshot = self.database.snapshot();
                    let received = self.learner().is_some_and(|learner| learner.method == Some(SyncMethod::Snap));
                    let op = if received { DiskOp::ReceivedSnapshot } else { DiskOp::Snapshot };
                    return self.wait_for(op(snapshot), out);
                }
                Chore::Flush if self.disk.flushed < self.disk.log.len() => {
                    return self.wait_for(DiskOp::Flush(self.disk.log.len()), out);
                }
                Chore::Flush => {}
                Chore::AnnounceEpoch => self.announce_epoch(out),
                Chore::AcknowledgeEpoch { newly } => self.acknowledge_epoch(newly, out),
                Chore::BeginSynchronization => self.begin_synchronization(out),
                Chore::LogCommitted => self.log_committed(out),
                Chore::HandToLogger => self.hand_to_logger(out),
                Chore::LetLoggerRun if self.pipeline.to_log.is_empty() => {}
                Chore::LetLoggerRun => {
                    self.chores.push_front(chore);
                    return out.work(Work::Main);
                }
                Chore::ReportEpoch => self.report_epoch(out),
                Chore::AcknowledgeNewLeader => self.acknowledge_new_leader(out),
            }
        }
    }

    fn wait_for(&mut self, op: DiskOp, out: &mut Effects) {
        self.disk.begin(Thread::Main, op, out);
    }

    /// Whether the main thread is waiting, so that packets stay in the socket.
    pub(crate) fn main_thread_waits(&self) -> bool {
        self.disk.is_busy_for(Thread::Main) || !self.chores.is_empty()
    }

    /// The disk has done what the main thread waited for: a step of its own, so that a crash can fall in between.
    pub(crate) fn handle_main_work(&mut self, out: &mut Effects) {
        self.proceed(out);
        while !self.main_thread_waits() {
            let Some(next) = self.learner_mut().and_then(|learner| learner.backlog.pop_front()) else { return };
            match next {
                Some(packet) => self.handle_leaders_packet(packet, out),
                None => self.lose_leader(out),
            }
        }
    }

    /// TRUNC has cut the log: the database is built anew, and stands where the leader said.
    fn rebuild(&mut self, zxid: Zxid) {
        self.database = crate::database::Database::load(&self.disk);
        self.database.last_processed = zxid;
        self.write_own_config();
    }

    /// What was committed goes to the log and into the database, in order. What was not stays queued.
    fn log_committed(&mut self, out: &mut Effects) {
        let cached = !self.ensemble.rules.faults.has(Fault::CacheHole);
        let (Activity::Following(learner) | Activity::Observing(learner)) = &mut self.activity else { return };
        while let Some(zxid) = learner.commits.pop_front() {
            let Some(txn) = learner.queued.pop_front().filter(|txn| txn.zxid == zxid) else {
                return self.exit(Exit::CommitMismatch(zxid), out);
            };
            self.disk.log.push(txn.clone());
            out.note(Fact::Appended { zxid });
            self.database.apply(txn, cached);
            out.note(Fact::Applied { zxid });
        }
    }

    /// As before ZOOKEEPER-4646 and 4685: all that was received goes to the logging thread, committed or not.
    fn hand_to_logger(&mut self, out: &mut Effects) {
        let (Activity::Following(learner) | Activity::Observing(learner)) = &mut self.activity else { return };
        for txn in std::mem::take(&mut learner.queued) {
            if learner.commits.front() == Some(&txn.zxid) {
                learner.commits.pop_front();
                self.pipeline.apply(Applicable::Txn(txn.clone()), out);
            } else {
                learner.pending.push_back(txn.clone());
            }
            self.pipeline.log(txn, out);
        }
    }

    /// One thing a thread does.
    pub(crate) fn handle_work(&mut self, work: Work, out: &mut Effects) {
        match work {
            Work::Main => self.handle_main_work(out),
            Work::Log => self.append_next(out),
            Work::Acknowledge => self.acknowledge_next(out),
            Work::Apply => self.apply_next(out),
        }
    }

    /// Sends a packet to the leader.
    pub(crate) fn tell_leader(&self, packet: Packet, out: &mut Effects) {
        if let Some(learner) = self.learner().filter(|learner| learner.connected) {
            out.send_packet(learner.leader, packet);
        }
    }
}
