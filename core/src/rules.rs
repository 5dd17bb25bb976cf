//! The rules of the protocol as data, so that "what if this rule were different?" needs no second code path. The
//! default is ZooKeeper.

use crate::election::VoteOrder;
use crate::time::Duration;
use core::fmt;

/// The rules of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Which of two votes is better.
    pub order: VoteOrder,
    /// How long a server waits for a better vote after a quorum agreed, 200 ms (`finalizeWait`).
    pub finalize_wait: Duration,
    /// The first silence timer of an election, 200 ms (`fastleader.minNotificationInterval`).
    pub min_notification_interval: Duration,
    /// The longest silence timer, 60 s (`fastleader.maxNotificationInterval`).
    pub max_notification_interval: Duration,
    /// Faults that are switched on.
    pub faults: Faults,
}

impl Default for Rules {
    fn default() -> Rules {
        Rules {
            order: VoteOrder::default(),
            finalize_wait: Duration::from_millis(200),
            min_notification_interval: Duration::from_millis(200),
            max_notification_interval: Duration::from_millis(60_000),
            faults: Faults::default(),
        }
    }
}

/// A fault that ZooKeeper once had, or a rule left out. Each breaks a promise; all are off by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A new epoch is derived from the last zxid and promised nowhere (ZOOKEEPER-335).
    EpochFromZxid,
    /// A learner whose zxid lies within the leader's range gets a DIFF, whether or not the leader knows that
    /// zxid (ZOOKEEPER-1154).
    RangeDiff,
    /// TRUNC cuts the log and does not undo a snapshot, which may hold what was never committed (ZOOKEEPER-1549).
    DirtySnapshot,
    /// A server votes with what it has in memory, although its log holds more (ZOOKEEPER-2845).
    MemoryVote,
    /// A snapshot from a leader that was lost before NEWLEADER stays in memory (ZOOKEEPER-3642).
    PartialSnap,
    /// A learner acknowledges NEWLEADER before its log is flushed (ZOOKEEPER-3911, 4646).
    AckBeforeFlush,
    /// A learner joins the epoch before its log is flushed (ZOOKEEPER-4643).
    EpochFirst,
    /// A learner acknowledges proposals while it is still being brought up to date (ZOOKEEPER-4685).
    EarlyAcks,
    /// The logging thread of a follower that lost its leader goes on by itself (ZOOKEEPER-4712).
    UndeadLogger,
    /// What is committed during synchronisation is not put into the cache (ZOOKEEPER-4925).
    CacheHole,
    /// A leader with an empty cache sends a snapshot to whoever is ahead, which leaves that learner's log as it
    /// is (ZOOKEEPER-2832).
    SnapOnEmptyCache,
    /// Watchers are told of what they may not read (CVE-2024-23944, before 3.8.4).
    UnfilteredWatches,
    /// `exists` tells the Stat of what may not be read (ZOOKEEPER-2590, before 3.8.4).
    UncheckedExists,
    /// Proposals are acknowledged before they are flushed.
    UnflushedAcks,
    /// One less than a majority is enough to commit.
    SmallQuorum,
    /// When a proposal has its quorum, the newest one is committed in its place.
    CommitUnordered,
}

impl Fault {
    /// All of them, with their names in the command language.
    pub const ALL: [(Fault, &'static str); 16] = [
        (Fault::EpochFromZxid, "epoch-from-zxid"),
        (Fault::RangeDiff, "range-diff"),
        (Fault::DirtySnapshot, "dirty-snapshot"),
        (Fault::MemoryVote, "memory-vote"),
        (Fault::PartialSnap, "partial-snap"),
        (Fault::AckBeforeFlush, "ack-before-flush"),
        (Fault::EpochFirst, "epoch-first"),
        (Fault::EarlyAcks, "early-acks"),
        (Fault::UndeadLogger, "undead-logger"),
        (Fault::CacheHole, "cache-hole"),
        (Fault::SnapOnEmptyCache, "snap-on-empty-cache"),
        (Fault::UnfilteredWatches, "unfiltered-watches"),
        (Fault::UncheckedExists, "unchecked-exists"),
        (Fault::UnflushedAcks, "unflushed-acks"),
        (Fault::SmallQuorum, "small-quorum"),
        (Fault::CommitUnordered, "commit-unordered"),
    ];

    /// The fault of this name.
    pub fn named(word: &str) -> Option<Fault> {
        Fault::ALL.iter().find(|(_, name)| *name == word).map(|(fault, _)| *fault)
    }

    /// The issue in which ZooKeeper had the fault; `None` for a rule left out, which it never had.
    pub fn issue(self) -> Option<&'static str> {
        Some(match self {
            Fault::EpochFromZxid => "ZOOKEEPER-335",
            Fault::RangeDiff => "ZOOKEEPER-1154",
            Fault::DirtySnapshot => "ZOOKEEPER-1549",
            Fault::MemoryVote => "ZOOKEEPER-2845",
            Fault::PartialSnap => "ZOOKEEPER-3642",
            Fault::AckBeforeFlush => "ZOOKEEPER-3911, 4646",
            Fault::EpochFirst => "ZOOKEEPER-4643",
            Fault::EarlyAcks => "ZOOKEEPER-4685",
            Fault::UndeadLogger => "ZOOKEEPER-4712",
            Fault::CacheHole => "ZOOKEEPER-4925",
            Fault::SnapOnEmptyCache => "ZOOKEEPER-2832",
            Fault::UnfilteredWatches => "CVE-2024-23944",
            Fault::UncheckedExists => "ZOOKEEPER-2590",
            Fault::UnflushedAcks | Fault::SmallQuorum | Fault::CommitUnordered => return None,
        })
    }
}

/// A set of faults.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults(u32);

impl Faults {
    /// Whether a fault is switched on.
    pub fn has(self, fault: Fault) -> bool {
        self.0 & 1 << fault as u32 != 0
    }

    /// Switches a fault on.
    pub fn switch_on(&mut self, fault: Fault) {
        self.0 |= 1 << fault as u32;
    }

    /// Switches a fault on when it is off, and off when it is on.
    pub fn toggle(&mut self, fault: Fault) {
        self.0 ^= 1 << fault as u32;
    }

    /// Whether none is switched on.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Reads `epoch-first,undead-logger`.
    pub fn parse(text: &str) -> Option<Faults> {
        let mut faults = Faults::default();
        for name in text.split(',') {
            faults.switch_on(Fault::named(name)?);
        }
        Some(faults)
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let on = Fault::ALL.iter().filter(|(fault, _)| self.has(*fault)).map(|(_, name)| *name);
        f.write_str(&on.collect::<Vec<_>>().join(","))
    }
}
