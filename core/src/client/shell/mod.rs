//! zkCli: what is typed becomes requests, and what is answered becomes lines (dossier §9.3).

use super::ClientState;
use crate::session::{Operation, Reply, WatchEvent};

/// A line that is printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it says.
    pub text: String,
    /// Whether it goes to the standard error.
    pub is_error: bool,
}

/// Something that the shell wants to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Print a line.
    Print(Line),
    /// Ask the server for something, and come back with its answer.
    Ask(Operation),
    /// Begin a new session.
    Connect,
}

/// Something that happens without having been asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The state of the connection has changed.
    State(ClientState),
    /// A watch has fired, or was taken back.
    Event(WatchEvent),
}

/// The command line of one client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shell {}

impl Shell {
    /// Whether a command waits for an answer.
    pub fn is_busy(&self) -> bool {
        false
    }

    /// A line is typed. `open` is false after the session was closed.
    pub fn enter(&mut self, _line: &str, _open: bool) -> Vec<Act> {
        Vec::new()
    }

    /// What was asked is answered.
    pub fn answered(&mut self, _operation: &Operation, _reply: &Reply) -> Vec<Act> {
        Vec::new()
    }

    /// Something happens by itself.
    pub fn notified(&mut self, _notice: Notice) -> Vec<Act> {
        Vec::new()
    }
}
