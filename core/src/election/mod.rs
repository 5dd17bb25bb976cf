//! Fast Leader Election as Apache ZooKeeper runs it.

mod ballots;
mod connections;
mod fast_leader_election;
mod notification;
mod vote;

pub use ballots::{Ballot, Ballots};
pub use connections::{Connections, Peer};
pub use fast_leader_election::{Election, Here, Outcome, Verdict};
pub use notification::{Notification, ServerState};
pub use vote::{Comparison, Criterion, Prefer, Vote, VoteOrder};
