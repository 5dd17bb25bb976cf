//! Facts about clients.

use crate::client::ClientState;
use crate::client::shell::Line;
use crate::session::{Operation, Reply, WatchEvent};

/// One fact about a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientFact {
    /// What it knows of its session changes.
    State(ClientState),
    /// What it has asked is answered.
    Replied(Box<(Operation, Reply)>),
    /// A watch of its has fired.
    Event(WatchEvent),
    /// Its command line prints something.
    Printed(Line),
}
