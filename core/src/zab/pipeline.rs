//! The threads behind the main one, each with its queue: one logs and flushes, one acknowledges what is flushed,
//! one applies what is committed (`SyncRequestProcessor`, `SendAckRequestProcessor`, `FinalRequestProcessor`). They
//! advance one piece of work at a time, so that a crash can fall between any two.

use crate::effects::Effects;
use crate::ids::Zxid;
use crate::txn::{RequestId, Txn};
use std::collections::VecDeque;

/// Which thread has something to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Work {
    /// The main thread goes on after the disk has done what it waited for.
    Main,
    /// The next transaction is appended to the log.
    Log,
    /// The next flushed transaction is acknowledged.
    Acknowledge,
    /// The next committed transaction is applied.
    Apply,
}

/// Something for the applying thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Applicable {
    /// A committed transaction.
    Txn(Txn),
    /// The answer to a `sync`: all that was committed before it is applied by now.
    Sync(RequestId),
}

/// The queues.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pipeline {
    /// To be appended to the log.
    pub to_log: VecDeque<Txn>,
    /// Appended, to be acknowledged when flushed.
    pub to_flush: VecDeque<Zxid>,
    /// Flushed, to be acknowledged.
    pub to_acknowledge: VecDeque<Zxid>,
    /// Committed, to be applied.
    pub to_apply: VecDeque<Applicable>,
}

impl Pipeline {
    /// Queues a transaction for the log.
    pub(crate) fn log(&mut self, txn: Txn, out: &mut Effects) {
        if self.to_log.is_empty() {
            out.work(Work::Log);
        }
        self.to_log.push_back(txn);
    }

    /// Queues something for the applying thread.
    pub(crate) fn apply(&mut self, what: Applicable, out: &mut Effects) {
        if self.to_apply.is_empty() {
            out.work(Work::Apply);
        }
        self.to_apply.push_back(what);
    }

    /// Queues an acknowledgement.
    pub(crate) fn acknowledge(&mut self, zxid: Zxid, out: &mut Effects) {
        if self.to_acknowledge.is_empty() {
            out.work(Work::Acknowledge);
        }
        self.to_acknowledge.push_back(zxid);
    }
}
