//! A server's database in memory: what has been applied, and the cache of committed proposals from which lagging
//! learners are brought up to date (`ZKDatabase`). Until the tree arrives, the state is the list of what was applied.

use crate::ids::Zxid;
use crate::storage::{Disk, Snapshot};
use crate::txn::{Txn, TxnList};

/// How many committed proposals are kept in memory (`zookeeper.commitLogCount`).
pub const COMMIT_LOG_COUNT: usize = 500;

/// The database in memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Database {
    /// Everything that was applied, in order.
    pub history: TxnList,
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
    pub fn apply(&mut self, txn: Txn, cached: bool) {
        self.last_processed = txn.zxid;
        if cached {
            self.cache.push(txn.clone());
            self.cache.keep_last(COMMIT_LOG_COUNT);
        }
        self.history.push(txn);
    }

    /// Takes the place of everything there was.
    pub fn install(&mut self, snapshot: Snapshot) {
        self.last_processed = snapshot.zxid;
        self.history = snapshot.history;
        self.cache = TxnList::default();
    }

    /// The whole database as it is now.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot { zxid: self.last_processed, history: self.history.clone() }
    }

    /// The range of zxids in the cache; the last processed one alone when it is empty.
    pub fn cached_range(&self) -> (Zxid, Zxid) {
        match (self.cache.first(), self.cache.last()) {
            (Some(first), Some(last)) => (first.zxid, last.zxid),
            _ => (self.last_processed, self.last_processed),
        }
    }
}
