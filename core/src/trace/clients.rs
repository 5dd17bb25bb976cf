//! Facts about clients.

use crate::client::ClientState;
use crate::client::shell::Line;
use crate::session::{Operation, Reply, WatchEvent};
use std::sync::Arc;

/// One fact about a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientFact {
    /// What it knows of its session changes.
    State(ClientState),
    /// What it has asked is answered.
    Replied(Box<(Operation, Reply)>),
    /// A watch of its has fired.
    Event(WatchEvent),
    /// It shall connect with an address that is no server's, and will try in vain.
    NobodyAt {
        /// The address, as it was typed.
        address: Arc<str>,
        /// The addresses that there are.
        known: Arc<str>,
    },
    /// A reply is longer than it reads (`jute.maxbuffer`), so it ends the connection.
    ReplyTooLong {
        /// How many bytes.
        length: usize,
    },
    /// Its command line prints something.
    Printed(Line),
}
