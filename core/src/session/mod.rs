//! Sessions: what clients and servers say to each other, and what a server keeps of its clients (dossier §5, §6).
//!
//! | where | what |
//! | --- | --- |
//! | [`operation`] | what a client may ask for |
//! | [`answer`] | what it is told: codes, replies, events |
//! | [`protocol`] | how a connection begins and what travels on it |
//! | [`watches`] | the two tables of watches of a server |
//! | [`size`] | how long a request is on its way |
//! | [`tracker`] | when a session ends: the leader's book of all sessions |
//! | [`port`] | the connections of a server |

pub mod answer;
pub mod operation;
pub mod port;
pub mod protocol;
pub mod size;
pub mod tracker;
pub mod watches;

pub use answer::{Answer, Code, EventKind, OpResult, Reply, WatchEvent};
pub use operation::{Create, CreateKind, Operation, WatchLists};
pub use port::{ClientPort, Connection, ConnectionStage};
pub use protocol::{ConnectRequest, ConnectResponse, Password, ToClient, ToServer};
pub use tracker::SessionTracker;
pub use watches::{WatchMode, WatchTable};
