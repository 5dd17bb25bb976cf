//! The only message of an election (dossier §1.2).

use super::vote::Vote;
use crate::ids::Round;
use core::fmt;

/// What a server is, as it tells its peers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ServerState {
    /// Searching for a leader.
    Looking,
    /// Follows a leader.
    Following,
    /// Is the leader.
    Leading,
    /// Follows a leader without a vote.
    Observing,
}

impl ServerState {
    /// ZooKeeper's word for it.
    pub fn word(self) -> &'static str {
        match self {
            ServerState::Looking => "LOOKING",
            ServerState::Following => "FOLLOWING",
            ServerState::Leading => "LEADING",
            ServerState::Observing => "OBSERVING",
        }
    }
}

impl fmt::Display for ServerState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A notification: the sender's vote, the round it was cast in, and what the sender is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Notification {
    /// The vote.
    pub vote: Vote,
    /// The election round the vote belongs to.
    pub round: Round,
    /// The sender's state when it sent this.
    pub state: ServerState,
}
