//! What a client may ask for (dossier §11.3). Everything is as it was sent: a server checks it, nobody before.

use crate::ids::Zxid;
use crate::tree::{Acl, Data, Path};
use std::sync::Arc;

/// One request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Create a znode.
    Create(Create),
    /// Delete a znode without children.
    Delete {
        /// Which.
        path: Path,
        /// The version it must have; -1 for any.
        version: i32,
    },
    /// Write a znode's data.
    SetData {
        /// Which.
        path: Path,
        /// What it shall hold.
        data: Option<Data>,
        /// The version it must have; -1 for any.
        version: i32,
    },
    /// Write a znode's ACL.
    SetAcl {
        /// Which.
        path: Path,
        /// The list; `None` when none was sent.
        acl: Option<Vec<Acl>>,
        /// The `aversion` it must have; -1 for any.
        version: i32,
    },
    /// Make sure of a version, within a multi.
    Check {
        /// Which znode.
        path: Path,
        /// The version; -1 for any.
        version: i32,
    },
    /// Several writes, all or none.
    Multi(Vec<Operation>),
    /// Several reads, each by itself.
    MultiRead(Vec<Operation>),
    /// The stat of a znode, or that there is none.
    Exists {
        /// Which.
        path: Path,
        /// Whether to watch it.
        watch: bool,
    },
    /// A znode's data.
    GetData {
        /// Which.
        path: Path,
        /// Whether to watch it.
        watch: bool,
    },
    /// A znode's ACL.
    GetAcl {
        /// Which.
        path: Path,
    },
    /// The names of a znode's children.
    GetChildren {
        /// Whose.
        path: Path,
        /// Whether to watch them.
        watch: bool,
        /// Whether the stat is wanted as well (`getChildren2`).
        with_stat: bool,
    },
    /// Wait until this server has all that is committed by now.
    Sync {
        /// A path, which is said back and means nothing.
        path: Path,
    },
    /// The own session's ephemeral znodes.
    GetEphemerals {
        /// How their paths begin.
        prefix: Path,
    },
    /// How many znodes there are below one.
    GetAllChildrenNumber {
        /// Which.
        path: Path,
    },
    /// Who am I to this server?
    WhoAmI,
    /// Watch for longer than one event.
    AddWatch {
        /// What.
        path: Path,
        /// 0 persistent, 1 persistent and recursive.
        mode: i32,
    },
    /// Watch no longer.
    RemoveWatches {
        /// What.
        path: Path,
        /// 1 children, 2 data, 3 both.
        kind: i32,
    },
    /// Is there a watch?
    CheckWatches {
        /// On what.
        path: Path,
        /// 1 children, 2 data, 3 both.
        kind: i32,
    },
    /// What a client watched at another server, and up to where it had seen.
    SetWatches(Box<WatchLists>),
    /// Prove an identity.
    Auth {
        /// How.
        scheme: Arc<str>,
        /// The proof; `None` is not the same as an empty one.
        auth: Option<Arc<str>>,
    },
    /// End the session.
    CloseSession,
    /// Begin a session; a server asks this of the leader for its client.
    CreateSession {
        /// Its timeout in milliseconds.
        timeout: u32,
    },
    /// Delete a container or a znode whose time is up; the leader asks this of itself.
    DeleteContainer {
        /// Which.
        path: Path,
    },
    /// Change who is a member. Servers refuse it unless they are told to allow it, and ours are not.
    Reconfig,
    /// I am there.
    Ping,
    /// A request whose body cannot be read.
    Unreadable {
        /// Whether its code is that of a write.
        write: bool,
    },
    /// A request whose code no server knows.
    Unknown,
}

/// What `create` asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Create {
    /// Which of the four requests it is.
    pub kind: CreateKind,
    /// Where; a sequential one gets its number at the end.
    pub path: Path,
    /// What it shall hold.
    pub data: Option<Data>,
    /// Who may do what; `None` when no list was sent.
    pub acl: Option<Vec<Acl>>,
    /// The mode: 0 persistent, 1 ephemeral, 2 persistent and sequential, 3 ephemeral and sequential, 4 container, 5
    /// with a TTL, 6 sequential with a TTL.
    pub flags: i32,
    /// The time to live in milliseconds, for a request that has one.
    pub ttl: Option<i64>,
}

impl Create {
    /// What it is within a multi: there the flags decide, not the request.
    pub fn kind_within_multi(&self) -> CreateKind {
        match (self.flags, self.kind) {
            (4, _) => CreateKind::Container,
            (5 | 6, CreateKind::Ttl) => CreateKind::Ttl,
            _ => CreateKind::Create,
        }
    }
}

/// The requests that create: they differ in what they carry and what they are answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreateKind {
    /// `create`: answered with the path.
    Create,
    /// `create2`: answered with path and stat.
    Create2,
    /// `createContainer`: answered with path and stat.
    Container,
    /// `createTTL`: carries a time to live, answered with path and stat.
    Ttl,
}

/// A client's watches by kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WatchLists {
    /// The last zxid that the client has seen.
    pub seen: Zxid,
    /// Set by `getData`, and by `exists` on what was there.
    pub data: Vec<Path>,
    /// Set by `exists` on what was not there.
    pub exist: Vec<Path>,
    /// Set by `getChildren`.
    pub child: Vec<Path>,
    /// Persistent ones.
    pub persistent: Vec<Path>,
    /// Persistent and recursive ones.
    pub recursive: Vec<Path>,
}

impl WatchLists {
    /// Whether there are watches that stay, for which `setWatches` has no place (ZOOKEEPER-1416).
    pub fn has_persistent(&self) -> bool {
        !self.persistent.is_empty() || !self.recursive.is_empty()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        [&self.data, &self.exist, &self.child, &self.persistent, &self.recursive].iter().all(|list| list.is_empty())
    }
}

impl Operation {
    /// Whether it becomes a transaction, and so takes a zxid, whatever comes of it (dossier §3.4).
    pub fn is_write(&self) -> bool {
        matches!(
            self,
            Operation::Create(_)
                | Operation::Delete { .. }
                | Operation::SetData { .. }
                | Operation::SetAcl { .. }
                | Operation::Check { .. }
                | Operation::Multi(_)
                | Operation::CloseSession
                | Operation::CreateSession { .. }
                | Operation::DeleteContainer { .. }
                | Operation::Reconfig
                | Operation::Unreadable { write: true }
        )
    }

    /// Its name, as ZooKeeper writes it.
    pub fn name(&self) -> &'static str {
        match self {
            Operation::Create(Create { kind, .. }) => match kind {
                CreateKind::Create => "create",
                CreateKind::Create2 => "create2",
                CreateKind::Container => "createContainer",
                CreateKind::Ttl => "createTTL",
            },
            Operation::Delete { .. } => "delete",
            Operation::SetData { .. } => "setData",
            Operation::SetAcl { .. } => "setACL",
            Operation::Check { .. } => "check",
            Operation::Multi(_) => "multi",
            Operation::MultiRead(_) => "multiRead",
            Operation::Exists { .. } => "exists",
            Operation::GetData { .. } => "getData",
            Operation::GetAcl { .. } => "getACL",
            Operation::GetChildren { with_stat: false, .. } => "getChildren",
            Operation::GetChildren { with_stat: true, .. } => "getChildren2",
            Operation::Sync { .. } => "sync",
            Operation::GetEphemerals { .. } => "getEphemerals",
            Operation::GetAllChildrenNumber { .. } => "getAllChildrenNumber",
            Operation::WhoAmI => "whoAmI",
            Operation::AddWatch { .. } => "addWatch",
            Operation::RemoveWatches { .. } => "removeWatches",
            Operation::CheckWatches { .. } => "checkWatches",
            Operation::SetWatches(lists) if lists.has_persistent() => "setWatches2",
            Operation::SetWatches(_) => "setWatches",
            Operation::Auth { .. } => "auth",
            Operation::CloseSession => "closeSession",
            Operation::CreateSession { .. } => "createSession",
            Operation::DeleteContainer { .. } => "deleteContainer",
            Operation::Reconfig => "reconfig",
            Operation::Ping => "ping",
            Operation::Unreadable { .. } => "unreadable",
            Operation::Unknown => "unknown",
        }
    }

    /// The path it is about, where it is about one.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Operation::Create(Create { path, .. })
            | Operation::Delete { path, .. }
            | Operation::SetData { path, .. }
            | Operation::SetAcl { path, .. }
            | Operation::Check { path, .. }
            | Operation::Exists { path, .. }
            | Operation::GetData { path, .. }
            | Operation::GetAcl { path }
            | Operation::GetChildren { path, .. }
            | Operation::Sync { path }
            | Operation::GetEphemerals { prefix: path }
            | Operation::GetAllChildrenNumber { path }
            | Operation::AddWatch { path, .. }
            | Operation::RemoveWatches { path, .. }
            | Operation::CheckWatches { path, .. }
            | Operation::DeleteContainer { path } => Some(path),
            _ => None,
        }
    }
}
