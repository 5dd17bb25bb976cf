//! How a connection begins and what travels on it (dossier §5, §11.2).

use super::{Operation, Reply, WatchEvent};
use crate::ids::{SessionId, Zxid};
use crate::time::Duration;

/// What a session's client proves itself with: a number that follows from the session's id, so that any server can
/// check it. It keeps mistakes out, not attackers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Password(pub u64);

impl Password {
    /// The password of a session.
    pub fn of(session: SessionId) -> Password {
        Password(session.0.rotate_left(17) ^ 0xb3_41_5c_00)
    }
}

/// A client's first message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectRequest {
    /// The last zxid it has seen.
    pub seen: Zxid,
    /// The timeout it wishes.
    pub timeout: Duration,
    /// The session it goes on with, or none for a new one.
    pub session: SessionId,
    /// Its password.
    pub password: Password,
}

/// The answer to it. Without a session and a timeout it says that the session is no more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConnectResponse {
    /// The session.
    pub session: SessionId,
    /// The timeout it was granted.
    pub timeout: Duration,
    /// Its password.
    pub password: Password,
}

/// From a client to its server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToServer {
    /// The first message.
    Connect(ConnectRequest),
    /// A request, with the client's number for it.
    Request(i32, Operation),
    /// I am there.
    Ping,
}

/// From a server to its client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToClient {
    /// The answer to the first message.
    Connected(ConnectResponse),
    /// A reply.
    Reply(Box<Reply>),
    /// A watch has fired.
    Event(WatchEvent),
    /// So am I; with the last zxid applied.
    Ping(Zxid),
}
