//! The client port of a server: its connections, and what each is waiting for (`ServerCnxn`, `CommitProcessor`).

use super::answer::{EventKind, Reply, WatchEvent};
use super::protocol::{ConnectRequest, ConnectResponse, Password, ToClient};
use super::watches::{WatchMode, WatchTable};
use super::{Answer, Code, Operation, WatchLists};
use crate::effects::Effects;
use crate::ids::{ConnectionId, SessionId, Zxid};
use crate::rules::{Fault, Faults};
use crate::time::Duration;
use crate::trace::Fact;
use crate::tree::acl::{self, Permissions};
use crate::tree::{Change, ChangeKind, DataTree, Identity, path};
use litemap::LiteMap;
use std::collections::VecDeque;
use std::sync::Arc;

/// How far a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionStage {
    /// A new session is on its way through the ensemble.
    Opening,
    /// The leader is asked whether an old session still lives.
    Revalidating,
    /// Requests are taken.
    Open,
    /// The session's end is under way; nothing more is taken.
    Closing,
}

/// A connection with a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// How far it is.
    pub stage: ConnectionStage,
    /// Its session.
    pub session: SessionId,
    /// The session's timeout.
    pub timeout: Duration,
    /// Whom the server takes the client for.
    pub who: Arc<[Identity]>,
    /// Requests that are not answered yet, in the order in which they came: each waits for those before it.
    pub queue: VecDeque<(i32, Operation)>,
}

/// All connections of a server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientPort {
    /// By connection.
    pub connections: LiteMap<ConnectionId, Connection>,
    /// Watches of data: `getData`, `exists`.
    pub data_watches: WatchTable,
    /// Watches of children: `getChildren`.
    pub child_watches: WatchTable,
    /// Sessions heard of since the leader was last told, with their timeouts.
    pub touched: LiteMap<SessionId, Duration>,
    /// The number of the next session.
    next_session: u64,
}

impl ClientPort {
    /// The port of a process that starts at a moment, in milliseconds since 1970: its sessions get numbers that no
    /// earlier process has used.
    pub fn new(sid: u8, millis: u64) -> ClientPort {
        let next_session = u64::from(sid) << 56 | millis << 24 >> 8;
        ClientPort { next_session, ..ClientPort::default() }
    }

    // ---- connections ----

    /// A client introduces itself. Its session is new, or is to be looked up.
    pub fn open(&mut self, connection: ConnectionId, request: ConnectRequest, timeout: Duration) -> &Connection {
        let (session, stage) = match request.session {
            SessionId::NONE => {
                self.next_session += 1;
                (SessionId(self.next_session - 1), ConnectionStage::Opening)
            }
            session => (session, ConnectionStage::Revalidating),
        };
        let who = Arc::from([Identity::new("ip", "127.0.0.1")]);
        let opened = Connection { stage, session, timeout, who, queue: VecDeque::new() };
        self.connections.insert(connection, opened);
        &self.connections[&connection]
    }

    /// The connection of a session.
    pub fn of_session(&self, session: SessionId) -> Option<ConnectionId> {
        self.connections.iter().find(|(_, known)| known.session == session).map(|(connection, _)| *connection)
    }

    /// A session is ready, or is no more: its client is told, and in the second case the connection ends.
    pub fn welcome(&mut self, connection: ConnectionId, valid: bool, out: &mut Effects) {
        let Some(known) = self.connections.get_mut(&connection) else { return };
        let (session, timeout) = (known.session, known.timeout);
        if valid {
            known.stage = ConnectionStage::Open;
            let response = ConnectResponse { session, timeout, password: Password::of(session) };
            out.tell_client(connection, ToClient::Connected(response));
            out.note(Fact::SessionReady { session });
        } else {
            out.tell_client(connection, ToClient::Connected(ConnectResponse::default()));
            out.note(Fact::SessionRefused { session });
            self.close(connection, out);
        }
    }

    /// The server ends a connection.
    pub fn close(&mut self, connection: ConnectionId, out: &mut Effects) {
        self.forget(connection);
        out.close_client(connection);
    }

    /// A connection is gone, and its watches with it.
    pub fn forget(&mut self, connection: ConnectionId) {
        self.connections.remove(&connection);
        self.data_watches.remove_all(connection);
        self.child_watches.remove_all(connection);
    }

    /// The server serves no longer: all connections end.
    pub fn close_all(&mut self, out: &mut Effects) {
        let connections: Vec<ConnectionId> = self.connections.keys().copied().collect();
        for connection in connections {
            self.close(connection, out);
        }
        self.touched.clear();
    }

    // ---- answers ----

    /// Replies to the oldest request of a connection.
    pub fn reply(
        &mut self,
        connection: ConnectionId,
        xid: i32,
        zxid: Option<Zxid>,
        result: Result<Answer, Code>,
        out: &mut Effects,
    ) {
        let (code, answer) = match result {
            Ok(answer) => (Code::Ok, answer),
            Err(code) => (code, Answer::Nothing),
        };
        out.tell_client(connection, ToClient::Reply(Box::new(Reply { xid, zxid, code, answer })));
    }

    // ---- watches ----

    /// A znode has changed: watches fire. First those of the znode itself, then those of its parent's children
    /// (dossier §6.2).
    pub fn fire(&mut self, change: &Change, zxid: Zxid, faults: Faults, tree: &DataTree, out: &mut Effects) {
        let Change { kind, path, acl, parent_acl } = change;
        let parent = path::parent_or_root(path);
        let own = match kind {
            ChangeKind::Created => EventKind::NodeCreated,
            ChangeKind::Deleted => EventKind::NodeDeleted,
            ChangeKind::DataChanged => EventKind::NodeDataChanged,
        };
        let mut tell = |connections: Vec<ConnectionId>, kind, path: &str, acl: &[acl::Acl], port: &ClientPort| {
            for connection in connections {
                let Some(known) = port.connections.get(&connection) else { continue };
                let readable = acl::allows(acl, Permissions::READ, &known.who);
                if readable || faults.has(Fault::UnfilteredWatches) {
                    let event = WatchEvent { kind, path: Arc::from(path), zxid };
                    out.note(Fact::WatchFired { session: known.session, kind, path: event.path.clone(), readable });
                    out.tell_client(connection, ToClient::Event(event));
                }
            }
        };
        let told = self.data_watches.trigger(path, own);
        let mut children = Vec::new();
        if *kind == ChangeKind::Deleted {
            children = self.child_watches.trigger(path, own);
            children.retain(|connection| !told.contains(connection));
        }
        tell(told, own, path, acl, self);
        tell(children, own, path, acl, self);
        if *kind != ChangeKind::DataChanged {
            let told = self.child_watches.trigger(parent, EventKind::NodeChildrenChanged);
            // The parent may have been deleted within the same multi.
            let acl = tree.get(parent).map_or(parent_acl, |parent| &parent.acl);
            tell(told, EventKind::NodeChildrenChanged, parent, acl, self);
        }
    }

    /// `addWatch`.
    ///
    /// # Errors
    /// The mode is unknown.
    pub fn add_watch(&mut self, connection: ConnectionId, path: &Arc<str>, mode: i32) -> Result<Answer, Code> {
        let mode = match mode {
            0 => WatchMode::Persistent,
            1 => WatchMode::Recursive,
            _ => return Err(Code::MarshallingError),
        };
        self.data_watches.add(path, connection, mode);
        self.child_watches.add(path, connection, mode);
        Ok(Answer::Nothing)
    }

    /// `removeWatches`.
    ///
    /// # Errors
    /// There is none, or the kind is unknown.
    pub fn remove_watches(&mut self, connection: ConnectionId, path: &str, kind: i32) -> Result<Answer, Code> {
        let (child, data) = tables_of(kind)?;
        let of_children = child && self.child_watches.remove(path, connection);
        let of_data = data && self.data_watches.remove(path, connection);
        if of_children || of_data { Ok(Answer::Nothing) } else { Err(Code::NoWatcher) }
    }

    /// `checkWatches`. A 3.8 server says whether anybody watches.
    ///
    /// # Errors
    /// There is none, or the kind is unknown.
    pub fn check_watches(&self, path: &str, kind: i32) -> Result<Answer, Code> {
        let (child, data) = tables_of(kind)?;
        let any = child && self.child_watches.has_any(path) || data && self.data_watches.has_any(path);
        if any { Ok(Answer::Nothing) } else { Err(Code::NoWatcher) }
    }

    /// `setWatches`: what the client watched elsewhere. Whatever has changed since it last saw is told at once, the
    /// rest is watched here (dossier §6.4).
    pub fn set_watches(
        &mut self,
        connection: ConnectionId,
        lists: &WatchLists,
        (tree, last): (&DataTree, Zxid),
        out: &mut Effects,
    ) {
        let mut tell = |kind, path: &Arc<str>, zxid| {
            let event = WatchEvent { kind, path: path.clone(), zxid };
            out.tell_client(connection, ToClient::Event(event));
        };
        for path in &lists.data {
            match tree.get(path).map(|znode| znode.stat) {
                None => tell(EventKind::NodeDeleted, path, last),
                Some(stat) if stat.mzxid > lists.seen => tell(EventKind::NodeDataChanged, path, stat.mzxid),
                Some(_) => self.data_watches.add(path, connection, WatchMode::Standard),
            }
        }
        for path in &lists.exist {
            match tree.get(path).map(|znode| znode.stat) {
                Some(stat) => tell(EventKind::NodeCreated, path, stat.czxid),
                None => self.data_watches.add(path, connection, WatchMode::Standard),
            }
        }
        for path in &lists.child {
            match tree.get(path).map(|znode| znode.stat) {
                None => tell(EventKind::NodeDeleted, path, last),
                Some(stat) if stat.pzxid > lists.seen => tell(EventKind::NodeChildrenChanged, path, stat.pzxid),
                Some(_) => self.child_watches.add(path, connection, WatchMode::Standard),
            }
        }
        for (paths, mode) in [(&lists.persistent, WatchMode::Persistent), (&lists.recursive, WatchMode::Recursive)] {
            for path in paths {
                self.data_watches.add(path, connection, mode);
                self.child_watches.add(path, connection, mode);
            }
        }
    }
}

/// Which tables a kind of watches means: children, data.
fn tables_of(kind: i32) -> Result<(bool, bool), Code> {
    match kind {
        1 => Ok((true, false)),
        2 => Ok((false, true)),
        3 => Ok((true, true)),
        _ => Err(Code::MarshallingError),
    }
}
