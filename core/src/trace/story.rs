//! Which facts make the story of a run.

use super::{ClientFact, Fact, Table};

impl Fact {
    /// Whether a step with this fact belongs to the story: somebody starts or ends, a vote or a role changes, a server
    /// learns something new about the votes, a learner is brought in step, or a write or a session goes on its way.
    pub fn is_story(&self) -> bool {
        match self {
            Fact::Started
            | Fact::Ended { .. }
            | Fact::Paused
            | Fact::Resumed
            | Fact::ElectionEntered { .. }
            | Fact::VoteChanged { .. }
            | Fact::Decided { .. }
            | Fact::Established { .. }
            | Fact::LearnerAhead { .. }
            | Fact::SyncChosen { .. }
            | Fact::Serves { .. }
            | Fact::Truncated { .. }
            | Fact::SnapshotWritten { received: true, .. }
            | Fact::Requested { .. }
            | Fact::Proposed { .. }
            | Fact::Flushed { .. }
            | Fact::Committed { .. }
            | Fact::Applied { .. }
            | Fact::Answered { .. }
            | Fact::Synced { .. }
            | Fact::Refused { .. }
            | Fact::DigestDiffers { .. }
            | Fact::RequestTooLong { .. }
            | Fact::ClientAhead { .. }
            | Fact::SessionReady { .. }
            | Fact::SessionRefused { .. }
            | Fact::SessionExpires { .. }
            | Fact::WatchFired { .. }
            | Fact::StatDisclosed { .. }
            | Fact::Exits(_) => true,
            Fact::Client { fact, .. } => !matches!(fact, ClientFact::Printed(_)),
            Fact::Stored { new, table, .. } => *new && *table == Table::Recvset,
            _ => false,
        }
    }
}
