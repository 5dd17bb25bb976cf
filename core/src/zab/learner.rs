//! The state of a learner: a follower or an observer (`Learner`, `Follower`, `Observer`).

use super::ZabPhase;
use crate::ids::{Epoch, Sid, Zxid};
use crate::packet::Packet;
use crate::time::Instant;
use crate::txn::{RequestId, Txn};
use std::collections::VecDeque;

/// A learner's view of its leader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Learner {
    /// Whom it follows.
    pub leader: Sid,
    /// Connection attempts made so far.
    pub attempts: u32,
    /// Whether the connection stands.
    pub connected: bool,
    /// How far it is.
    pub phase: ZabPhase,
    /// The leader's epoch, once it was named.
    pub epoch: Option<Epoch>,
    /// How it is brought in step, once that was said.
    pub method: Option<SyncMethod>,
    /// Whether it has acknowledged NEWLEADER.
    pub joined: bool,
    /// Proposals received while it was brought in step, not logged yet.
    pub queued: VecDeque<Txn>,
    /// Commits received for them.
    pub commits: VecDeque<Zxid>,
    /// Proposals received since it serves and not committed yet, the oldest first (`pendingTxns`).
    pub pending: VecDeque<Txn>,
    /// Requests without a session that wait for an answer.
    pub requests: Vec<RequestId>,
    /// When it last heard the leader.
    pub heard_at: Instant,
    /// What arrived while the main thread was waiting for the disk; `None` is the end of the stream.
    pub backlog: VecDeque<Option<Packet>>,
}

/// How a learner is brought in step with its leader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyncMethod {
    /// It is sent what it lacks.
    Diff,
    /// It must forget what the leader does not have, and is sent what it lacks.
    Trunc,
    /// It is sent everything.
    Snap,
}

impl SyncMethod {
    /// The name of the packet.
    pub fn word(self) -> &'static str {
        match self {
            SyncMethod::Diff => "DIFF",
            SyncMethod::Trunc => "TRUNC",
            SyncMethod::Snap => "SNAP",
        }
    }
}

impl Learner {
    /// A learner that is about to connect.
    pub fn new(leader: Sid, now: Instant) -> Learner {
        Learner {
            leader,
            attempts: 0,
            connected: false,
            phase: ZabPhase::Discovery,
            epoch: None,
            method: None,
            joined: false,
            queued: VecDeque::new(),
            commits: VecDeque::new(),
            pending: VecDeque::new(),
            requests: Vec::new(),
            heard_at: now,
            backlog: VecDeque::new(),
        }
    }
}
