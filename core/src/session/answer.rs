//! What a client is told: codes (dossier §4.9), replies and watch events (§6.2).

use crate::ids::Zxid;
use crate::tree::acl::AclList;
use crate::tree::{Data, Identity, Path, Stat};
use core::fmt;
use std::sync::Arc;

/// The code of a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
#[expect(missing_docs, reason = "these are ZooKeeper's own names, and the names say it")]
pub enum Code {
    Ok = 0,
    RuntimeInconsistency = -2,
    ConnectionLoss = -4,
    MarshallingError = -5,
    Unimplemented = -6,
    OperationTimeout = -7,
    BadArguments = -8,
    NoNode = -101,
    NoAuth = -102,
    BadVersion = -103,
    NoChildrenForEphemerals = -108,
    NodeExists = -110,
    NotEmpty = -111,
    SessionExpired = -112,
    InvalidAcl = -114,
    AuthFailed = -115,
    SessionMoved = -118,
    NoWatcher = -121,
    ReconfigDisabled = -123,
    QuotaExceeded = -125,
}

impl Code {
    /// All of them.
    pub const ALL: [Code; 20] = [
        Code::Ok,
        Code::RuntimeInconsistency,
        Code::ConnectionLoss,
        Code::MarshallingError,
        Code::Unimplemented,
        Code::OperationTimeout,
        Code::BadArguments,
        Code::NoNode,
        Code::NoAuth,
        Code::BadVersion,
        Code::NoChildrenForEphemerals,
        Code::NodeExists,
        Code::NotEmpty,
        Code::SessionExpired,
        Code::InvalidAcl,
        Code::AuthFailed,
        Code::SessionMoved,
        Code::NoWatcher,
        Code::ReconfigDisabled,
        Code::QuotaExceeded,
    ];

    /// The number on the wire.
    pub fn number(self) -> i32 {
        self as i32
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Code::Ok => f.write_str("OK"),
            Code::InvalidAcl => f.write_str("InvalidACL"),
            _ => write!(f, "{self:?}"),
        }
    }
}

/// What a reply says beside its code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Nothing more.
    Nothing,
    /// A path: of what was created, or of a `sync`.
    Path(Path),
    /// What was created.
    Created(Path, Stat),
    /// A stat.
    Stat(Stat),
    /// Data.
    Data(Option<Data>, Stat),
    /// An ACL.
    Acl(AclList, Stat),
    /// Names of children by order, with the stat of their parent if it was wanted.
    Children(Vec<Arc<str>>, Option<Stat>),
    /// Paths of ephemeral znodes.
    Ephemerals(Vec<Path>),
    /// A number.
    Number(i32),
    /// Whom the server takes the client for: scheme and user.
    Who(Vec<Identity>),
    /// What came of each operation of a multi.
    Multi(Vec<OpResult>),
}

/// What came of one operation of a multi.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpResult {
    /// The name of the answer: `error`, or that of the operation.
    pub name: &'static str,
    /// Its code.
    pub code: Code,
    /// The rest.
    pub answer: Answer,
}

/// The reply to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The client's number of the request.
    pub xid: i32,
    /// The last zxid that the server had applied; `None` when it says none.
    pub zxid: Option<Zxid>,
    /// The code.
    pub code: Code,
    /// The rest; nothing when the code is not OK.
    pub answer: Answer,
}

/// The kinds of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "these are ZooKeeper's own names, and the names say it")]
pub enum EventKind {
    NodeCreated,
    NodeDeleted,
    NodeDataChanged,
    NodeChildrenChanged,
    DataWatchRemoved,
    ChildWatchRemoved,
    PersistentWatchRemoved,
}

/// What a watcher is told. There is no data in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchEvent {
    /// What happened.
    pub kind: EventKind,
    /// To which path.
    pub path: Path,
    /// The transaction that it follows from. A 3.8 server does not say it; it is kept for checks and for the page.
    pub zxid: Zxid,
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}
