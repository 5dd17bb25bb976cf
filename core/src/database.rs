//! A server's database in memory: what has been applied, and the cache of committed proposals from which lagging
//! learners are brought up to date (`ZKDatabase`). The tree is what transactions make of it; the list of those that were applied
//! is kept for whoever wants to see it.

use crate::ids::Zxid;
use crate::storage::{Disk, Snapshot};
use crate::tree::{Applied, DataTree};
use crate::txn::{Txn, TxnList};

/// How many committed proposals are kept in memory (`zookeeper.commitLogCount`).
pub const COMMIT_LOG_COUNT: usize = 500;

/// The database in memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Database {
    /// Everything that was applied, in order.
    pub history: TxnList,
    /// What it has made of the tree.
    pub tree: DataTree,
    /// The last zxid that was processed; a leader sets its own to `e.0` when its epoch begins.
    pub last_processed: Zxid,
    /// The last committed proposals.
    pub cache: TxnList,
}

impl Database {
    /// Snapshot and log from the disk, committed or not (dossier §4.12). The cache holds what was replayed.
    pub fn load(disk: &Disk) -> Database {
        let mut database = Database::default();
        database.install(disk.snapshot.clone());
        database.fast_forward(disk);
        database
    }

    /// Applies what the log has and memory has not.
    pub fn fast_forward(&mut self, disk: &Disk) {
        for txn in disk.log.range(disk.log.up_to(self.last_processed)) {
            self.apply(txn.clone(), true);
        }
    }

    /// Applies a transaction. `cached` is false only under a historical fault (ZOOKEEPER-4925).
    pub fn apply(&mut self, txn: Txn, cached: bool) -> Applied {
        let applied = self.tree.apply(&txn);
        self.last_processed = txn.zxid;
        if cached {
            self.cache.push(txn.clone());
            self.cache.keep_last(COMMIT_LOG_COUNT);
        }
        self.history.push(txn);
        applied
    }

    /// Takes the place of everything there was.
    pub fn install(&mut self, snapshot: Snapshot) {
        self.last_processed = snapshot.zxid;
        self.history = snapshot.history;
        self.tree = snapshot.tree;
        self.cache = TxnList::default();
    }

    /// The whole database as it is now.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot { zxid: self.last_processed, history: self.history.clone(), tree: self.tree.clone() }
    }

    /// The range of zxids in the cache; the last processed one alone when it is empty.
    pub fn cached_range(&self) -> (Zxid, Zxid) {
        match (self.cache.first(), self.cache.last()) {
            (Some(first), Some(last)) => (first.zxid, last.zxid),
            _ => (self.last_processed, self.last_processed),
        }
    }
}
