//! Which way a learner is brought in step: decided by its leader from the learner's last zxid, the cache of
//! committed proposals and the log on the disk (`LearnerHandler.syncFollower`, dossier §2.4).

use super::SyncMethod;
use crate::database::Database;
use crate::ids::Zxid;
use crate::rules::{Fault, Faults};
use crate::storage::Disk;
use crate::txn::Txn;

/// Why a learner is brought in step this way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyncReason {
    /// Both have the same last zxid: nothing is to be sent.
    Same,
    /// The learner's zxid is beyond everything that the leader has committed.
    Ahead,
    /// What it lacks is in the leader's memory.
    InCache,
    /// What it lacks reaches back into the leader's log.
    InLog,
    /// It has transactions that its leader does not have.
    Unknown,
    /// It has a transaction of an older epoch that its leader does not have: how much more of that epoch it has
    /// cannot be told.
    UnknownOldEpoch,
    /// Neither memory nor log reaches back so far.
    TooFarBack,
    /// The log reaches back, but ends before memory begins: the leader started from a snapshot.
    Gap,
}

/// What a learner is sent before NEWLEADER.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncPlan {
    /// The method.
    pub method: SyncMethod,
    /// Why.
    pub why: SyncReason,
    /// The zxid in the packet that begins it.
    pub zxid: Zxid,
    /// What follows, each as a PROPOSAL and a COMMIT.
    pub history: Vec<Txn>,
    /// What the learner will have then.
    pub reaches: Zxid,
}

/// Decides for a learner whose last zxid is `peer`.
pub fn choose(peer: Zxid, database: &Database, disk: &Disk, faults: Faults) -> SyncPlan {
    let last = database.last_processed;
    let (min, max) = database.cached_range();
    let epoch_start = peer.counter == 0;
    let snap = |why| SyncPlan { method: SyncMethod::Snap, why, zxid: last, history: Vec::new(), reaches: last };
    if last == peer {
        let (method, why) = (SyncMethod::Diff, SyncReason::Same);
        return SyncPlan { method, why, zxid: peer, history: Vec::new(), reaches: peer };
    }
    if peer > max && !epoch_start {
        if faults.has(Fault::SnapOnEmptyCache) && database.cache.is_empty() {
            return snap(SyncReason::TooFarBack);
        }
        let (method, why) = (SyncMethod::Trunc, SyncReason::Ahead);
        return SyncPlan { method, why, zxid: max, history: Vec::new(), reaches: max };
    }
    if min <= peer && peer <= max {
        return match walk(peer, max, database.cache.iter(), SyncReason::InCache, faults) {
            Ok(plan) => plan,
            Err(why) => snap(why),
        };
    }
    // The log must really reach back to the learner's zxid; from where memory begins, memory goes on.
    let reaches_back = disk.log.first().is_some_and(|first| first.zxid <= peer);
    if peer < min && reaches_back {
        if !disk.log.contains(min) {
            return snap(SyncReason::Gap);
        }
        let from = disk.log.up_to(peer).saturating_sub(1);
        let old = disk.log.range(from).take_while(|txn| txn.zxid <= min);
        let new = database.cache.iter().filter(|txn| txn.zxid > min);
        return match walk(peer, max, old.chain(new), SyncReason::InLog, faults) {
            Ok(plan) => plan,
            Err(why) => snap(why),
        };
    }
    snap(SyncReason::TooFarBack)
}

/// Walks along a list of transactions to the learner's place in it and takes what comes after. `Err` says why it
/// cannot be done (`LearnerHandler.queueCommittedProposals`).
fn walk<'a>(
    peer: Zxid,
    max: Zxid,
    list: impl Iterator<Item = &'a Txn>,
    why: SyncReason,
    faults: Faults,
) -> Result<SyncPlan, SyncReason> {
    let mut plan: Option<SyncPlan> = None;
    let mut before = Zxid::default();
    let diff = || SyncPlan { method: SyncMethod::Diff, why, zxid: max, history: Vec::new(), reaches: peer };
    for txn in list {
        if txn.zxid < peer {
            before = txn.zxid;
        } else if txn.zxid == peer {
            plan = Some(diff());
        } else {
            let plan = match &mut plan {
                Some(plan) => plan,
                none => none.insert(if peer.counter == 0 || faults.has(Fault::RangeDiff) {
                    diff()
                } else if txn.zxid.epoch == peer.epoch {
                    let (method, why) = (SyncMethod::Trunc, SyncReason::Unknown);
                    SyncPlan { method, why, zxid: before, history: Vec::new(), reaches: before }
                } else {
                    return Err(SyncReason::UnknownOldEpoch);
                }),
            };
            plan.history.push(txn.clone());
            plan.reaches = txn.zxid;
        }
    }
    // An epoch start is in no list; without a transaction after it there is nothing to send.
    plan.or_else(|| (peer.counter == 0).then(diff)).ok_or(SyncReason::UnknownOldEpoch)
}
