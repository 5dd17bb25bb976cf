//! Zab: from an elected leader to replicated transactions (dossier §2, "Zab 1.0"; phases as in the Zab paper).
//!
//! | where | what |
//! | --- | --- |
//! | [`leader`], [`learner`] | the state of each side |
//! | `discovery` | a quorum promises an epoch: FOLLOWERINFO, LEADERINFO, ACKEPOCH |
//! | [`sync_choice`] | what a learner is sent to be brought in step: DIFF, TRUNC or SNAP |
//! | `synchronization` | histories in step, the epoch joined: NEWLEADER, ACK, UPTODATE |
//! | `broadcast` | REQUEST, PROPOSAL, ACK, COMMIT, INFORM, SYNC, PING |
//! | [`pipeline`] | the threads behind the main one: log, acknowledge, apply |
//! | `chores` | what the main thread does one after another when it has to wait for the disk |
//!
//! Synchronisation is that of ZooKeeper 3.9.4. Simplifications: a snapshot is taken by a new leader and by a learner
//! that got SNAP or TRUNC, never because the log has grown (`snapCount`); the log is never too large for a DIFF
//! (`snapshotSizeFactor`); TRUNC undoes what a snapshot holds, and takes back the acknowledgements of what it cuts off
//! (the simulation found a commit that rested on one); and a leader looks at its learners' time limits at each half
//! tick.

mod broadcast;
mod chores;
mod discovery;
pub mod leader;
pub mod learner;
pub mod pipeline;
pub mod sync_choice;
mod synchronization;

pub use chores::Chore;
pub use leader::{HandlerStage, Leader, LearnerHandler};
pub use learner::{Learner, SyncMethod};
pub use pipeline::{Applicable, Pipeline, Work};

/// The phase a server is in (`QuorumPeer.ZabState`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ZabPhase {
    /// It looks for a leader.
    Election,
    /// A quorum agrees on an epoch.
    Discovery,
    /// Histories are brought in step.
    Synchronization,
    /// Transactions are replicated.
    Broadcast,
}

impl ZabPhase {
    /// Its name in the page's contract.
    pub fn word(self) -> &'static str {
        match self {
            ZabPhase::Election => "election",
            ZabPhase::Discovery => "discovery",
            ZabPhase::Synchronization => "synchronization",
            ZabPhase::Broadcast => "broadcast",
        }
    }
}
