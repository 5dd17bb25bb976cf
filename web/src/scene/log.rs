//! Every server's log: what it has of each transaction, and the epochs on its disk.

use zooscope_core::election::ServerState;
use zooscope_core::ids::{Epoch, Sid, Zxid};
use zooscope_core::sim::{Node, World};
use zooscope_core::zab::{Applicable, ZabPhase};

/// The most transactions shown of one log.
const MOST_ENTRIES: usize = 16;

/// How far a transaction is at one server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// At the end of the log, and a crash would take it.
    Appended,
    /// Safe on the disk.
    Flushed,
    /// Known to be committed.
    Committed,
    /// In effect.
    Applied,
}

impl Mark {
    /// Its name in the page's contract.
    pub fn word(self) -> &'static str {
        match self {
            Mark::Appended => "appended",
            Mark::Flushed => "flushed",
            Mark::Committed => "committed",
            Mark::Applied => "applied",
        }
    }
}

/// One transaction in one log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The transaction.
    pub zxid: Zxid,
    /// How far it is here.
    pub mark: Mark,
    /// Whether it is safe on this server's disk, whatever else is known of it.
    pub durable: bool,
}

/// One server's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// The server.
    pub sid: Sid,
    /// What it is; `None` when it is down.
    pub state: Option<ServerState>,
    /// `acceptedEpoch` on its disk.
    pub accepted: Epoch,
    /// `currentEpoch` on its disk.
    pub current: Epoch,
    /// The zxid of its snapshot, if it has one that is worth telling.
    pub snapshot: Option<Zxid>,
    /// How many earlier transactions are not shown.
    pub earlier: usize,
    /// The last transactions, oldest first.
    pub entries: Vec<Entry>,
}

/// The logs of all servers that have ever run, by ascending id.
pub fn logs(world: &World) -> Vec<Log> {
    let known =
        |node: &Node| node.server().is_some() || !node.disk().log.is_empty() || node.disk().accepted_epoch.0 > 0;
    world.nodes().filter(|(_, node)| known(node)).map(|(sid, node)| log(sid, node)).collect()
}

fn log(sid: Sid, node: &Node) -> Log {
    let disk = node.disk();
    let server = node.server();
    let earlier = disk.log.len().saturating_sub(MOST_ENTRIES);
    let entry = |(place, zxid): (usize, Zxid)| {
        let durable = place < disk.flushed;
        // What was only read back from the disk is in memory, too, but nobody has said that it is committed.
        let serves = server.is_some_and(|server| server.phase() == ZabPhase::Broadcast);
        let applied = serves && server.is_some_and(|server| server.database().history.contains(zxid));
        let committed = server.is_some_and(|server| {
            server.pipeline().to_apply.iter().any(|what| matches!(what, Applicable::Txn(txn) if txn.zxid == zxid))
        });
        let mark = match (applied, committed, durable) {
            (true, ..) => Mark::Applied,
            (_, true, _) => Mark::Committed,
            (_, _, true) => Mark::Flushed,
            _ => Mark::Appended,
        };
        Entry { zxid, mark, durable }
    };
    let zxids = disk.log.range(earlier).map(|txn| txn.zxid);
    Log {
        sid,
        state: server.map(|server| server.state()),
        accepted: disk.accepted_epoch,
        current: disk.current_epoch,
        snapshot: Some(disk.snapshot.zxid).filter(|zxid| *zxid > Zxid::default()),
        earlier,
        entries: (earlier..).zip(zxids).map(entry).collect(),
    }
}
