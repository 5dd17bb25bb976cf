//! What a server's disk holds, and what is being written to it. Appending, flushing, epoch files and snapshots are
//! separate operations that take time, so that a crash can fall between any two of them (dossier §13).

use crate::effects::Effects;
use crate::ids::{Epoch, Zxid};
use crate::trace::Fact;
use crate::tree::DataTree;
use crate::txn::TxnList;
use std::collections::VecDeque;

/// The whole database at one zxid.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// The zxid it stands for; `e.0` when it was taken before the first transaction of an epoch.
    pub zxid: Zxid,
    /// Everything that was applied up to then.
    pub history: TxnList,
    /// What that has made of the tree.
    pub tree: DataTree,
}

/// Something that takes the disk a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DiskOp {
    /// Make the first `n` transactions of the log durable.
    Flush(usize),
    /// Write the file `acceptedEpoch`.
    AcceptedEpoch(Epoch),
    /// Write the file `currentEpoch`.
    CurrentEpoch(Epoch),
    /// Write a snapshot.
    Snapshot(Snapshot),
    /// Write a snapshot that a leader sent. The log before it is of no use any more: between its end and the
    /// snapshot something may be missing, and a DIFF must never walk over that (ZOOKEEPER-2846).
    ReceivedSnapshot(Snapshot),
    /// Cut the log after a zxid.
    Truncate(Zxid),
}

/// A disk. What is in the queue is lost when the process ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Disk {
    /// The highest epoch that was promised to a leader (`acceptedEpoch`).
    pub accepted_epoch: Epoch,
    /// The epoch of the last leader that was joined (`currentEpoch`).
    pub current_epoch: Epoch,
    /// Whether an epoch is being joined (the file `updatingEpoch`): a crash may leave data of that epoch on the disk
    /// before `currentEpoch` says so.
    pub joining: bool,
    /// The newest snapshot.
    pub snapshot: Snapshot,
    /// The log, what is not flushed yet included.
    pub log: TxnList,
    /// How many transactions of the log are durable.
    pub flushed: usize,
    /// What is being written, the operation in progress first, each with the thread that asked for it.
    pub queue: VecDeque<(Thread, DiskOp)>,
}

/// Who asks the disk for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thread {
    /// The main thread, which waits until it is done.
    Main,
    /// The logging thread, which does so too.
    Logger,
}

impl Disk {
    /// Begins an operation, behind those that are in progress.
    pub(crate) fn begin(&mut self, thread: Thread, op: DiskOp, out: &mut Effects) {
        if self.queue.is_empty() {
            out.disk_works();
        }
        self.queue.push_back((thread, op));
    }

    /// The operation in progress is done, and the disk holds what it wrote. Returns who asked for it.
    pub(crate) fn done(&mut self, dirty_snapshot: bool, out: &mut Effects) -> Option<Thread> {
        let (thread, op) = self.queue.pop_front()?;
        match &op {
            DiskOp::Flush(count) => {
                self.flushed = self.flushed.max(*count).min(self.log.len());
                let zxid = self.flushed.checked_sub(1).and_then(|last| self.log.get(last)).map(|txn| txn.zxid);
                out.note(Fact::Flushed { zxid: zxid.unwrap_or_default() });
            }
            DiskOp::AcceptedEpoch(epoch) => {
                self.accepted_epoch = *epoch;
                out.note(Fact::EpochPromised { epoch: *epoch });
            }
            DiskOp::CurrentEpoch(epoch) => {
                self.current_epoch = *epoch;
                self.joining = false;
                out.note(Fact::EpochJoined { epoch: *epoch });
            }
            DiskOp::Snapshot(snapshot) => {
                self.snapshot = snapshot.clone();
                out.note(Fact::SnapshotWritten { zxid: snapshot.zxid, received: false });
            }
            DiskOp::ReceivedSnapshot(snapshot) => {
                self.snapshot = snapshot.clone();
                let kept = self.log.len() - self.log.up_to(snapshot.zxid);
                self.flushed = self.flushed.saturating_sub(self.log.len() - kept);
                self.log.keep_last(kept);
                out.note(Fact::SnapshotWritten { zxid: snapshot.zxid, received: true });
            }
            DiskOp::Truncate(zxid) => {
                let removed = self.truncate(*zxid, dirty_snapshot);
                out.note(Fact::Truncated { to: *zxid, removed });
            }
        }
        if !self.queue.is_empty() {
            out.disk_works();
        }
        Some(thread)
    }

    /// Forgets what came after `zxid`; returns how many transactions that were. A real snapshot cannot be cut
    /// (ZOOKEEPER-1549); ours can, as if an older one and the log after it had been kept, unless `dirty_snapshot`
    /// asks for the real thing.
    fn truncate(&mut self, zxid: Zxid, dirty_snapshot: bool) -> usize {
        let kept = self.log.up_to(zxid);
        let removed = self.log.len() - kept;
        self.log.truncate(kept);
        self.flushed = self.flushed.min(kept);
        if self.snapshot.zxid > zxid && !dirty_snapshot {
            self.snapshot.history.truncate(self.snapshot.history.up_to(zxid));
            self.snapshot.zxid = zxid;
            self.snapshot.tree = self.snapshot.tree.emptied();
            for txn in self.snapshot.history.iter() {
                self.snapshot.tree.apply(txn);
            }
        }
        removed
    }

    /// Whether a thread waits for something.
    pub fn is_busy_for(&self, thread: Thread) -> bool {
        self.queue.iter().any(|(by, _)| *by == thread)
    }

    /// Zxid of the last transaction that would be there after a crash now.
    pub fn last_durable(&self) -> Zxid {
        let logged = self.flushed.checked_sub(1).and_then(|last| self.log.get(last)).map(|txn| txn.zxid);
        logged.unwrap_or_default().max(self.snapshot.zxid)
    }

    /// What is left when the process ends; a process that stops in good order flushes its log first.
    #[must_use]
    pub fn after_end(mut self, cleanly: bool) -> Disk {
        self.queue.clear();
        if !cleanly {
            self.log.truncate(self.flushed);
        }
        self.flushed = self.log.len();
        self
    }
}
