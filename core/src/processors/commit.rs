//! Where requests wait, so that each session is answered in the order in which it asked: a read waits for the writes
//! before it, and for nobody else's (`CommitProcessor`, dossier §3.2). Reads are answered by the server that the client
//! is connected with, from what it has applied.

use super::finish;
use crate::effects::Effects;
use crate::ids::{ConnectionId, SessionId, Zxid};
use crate::packet::Packet;
use crate::rules::Fault;
use crate::server::{Activity, Server};
use crate::session::port::ConnectionStage;
use crate::session::size::MAX_PACKET;
use crate::session::{Answer, Code, ConnectRequest, Operation, Password, ToClient, ToServer, WatchMode};
use crate::time::{Duration, Instant};
use crate::trace::Fact;
use crate::tree::{Applied, Identity, Outcome};
use crate::txn::{Request, RequestId, Txn, TxnBody};
use crate::zab::ZabPhase;
use std::sync::Arc;

/// The client's number of a ping.
const PING_XID: i32 = -2;
/// The client's number of a proof of identity.
const AUTH_XID: i32 = -4;

impl Server {
    // ---- what clients send ----

    /// Something from a client. A server that does not serve has nothing to say to it.
    pub(crate) fn handle_client(
        &mut self,
        now: Instant,
        connection: ConnectionId,
        message: ToServer,
        out: &mut Effects,
    ) {
        // An observer that has lost its leader rests a while before it looks for the next.
        let leaderless = self.learner().is_some_and(|learner| !learner.connected);
        if self.phase() != ZabPhase::Broadcast || self.is_leaving() || leaderless {
            out.close_client(connection);
            return;
        }
        if let ToServer::Connect(request) = message {
            self.handle_connect(now, connection, request, out);
            return;
        }
        // What is too long is not even read.
        if let ToServer::Request(_, operation) = &message
            && operation.packet_length() > MAX_PACKET
        {
            out.note(Fact::RequestTooLong { length: operation.packet_length() });
            self.port.close(connection, out);
            return;
        }
        let Some(known) = self.port.connections.get(&connection) else { return out.close_client(connection) };
        if known.stage != ConnectionStage::Open {
            return;
        }
        let (session, timeout) = (known.session, known.timeout);
        self.touch(session, timeout, now);
        match message {
            ToServer::Request(_, Operation::Auth { scheme, auth }) => {
                self.handle_auth(connection, &scheme, auth.as_deref(), out)
            }
            ToServer::Request(xid, Operation::Unknown) => {
                self.port.reply(connection, xid, None, Err(Code::Unimplemented), out);
                self.port.close(connection, out);
            }
            ToServer::Request(xid, operation) => self.handle_request(now, connection, xid, operation, out),
            ToServer::Ping => self.queue(connection, PING_XID, Operation::Ping, out),
            ToServer::Connect(_) => {}
        }
    }

    /// A client introduces itself (`processConnectRequest`). One that has seen more than this server is sent away: it
    /// must never go back in time.
    fn handle_connect(&mut self, now: Instant, connection: ConnectionId, request: ConnectRequest, out: &mut Effects) {
        let last = self.database.last_processed;
        if request.seen > last {
            out.note(Fact::ClientAhead { seen: request.seen, last });
            out.close_client(connection);
            return;
        }
        if let Some(older) = self.port.of_session(request.session).filter(|_| request.session != SessionId::NONE) {
            self.port.close(older, out);
        }
        let timeout = self.ensemble.session_timeout(request.timeout);
        let opened = self.port.open(connection, request, timeout);
        let (session, stage) = (opened.session, opened.stage);
        if stage == ConnectionStage::Opening {
            let id = RequestId { server: self.id, session, cxid: 0 };
            let operation = Operation::CreateSession { timeout: timeout.as_millis() as u32 };
            self.submit(now, Request { id, operation, who: Arc::from([]) }, out);
        } else if request.password != Password::of(session) {
            self.port.welcome(connection, false, out);
        } else if let Activity::Leading(leader) = &mut self.activity {
            let valid = leader.tracker.touch(session, timeout, now);
            leader.tracker.set_owner(session, self.id);
            self.port.welcome(connection, valid, out);
        } else {
            self.tell_leader(Packet::Revalidate(session, timeout), out);
        }
    }

    /// An identity is proved. This is no request: it is answered at once, and takes no zxid.
    fn handle_auth(&mut self, connection: ConnectionId, scheme: &str, auth: Option<&str>, out: &mut Effects) {
        let proved = match scheme {
            // A real server stumbles over a proof that is missing (`DigestAuthenticationProvider` makes a text of it), and
            // answers as to a wrong one (`ZooKeeperServer.processPacket`).
            "digest" => auth.map(Identity::digest),
            "ip" => Some(Identity::new("ip", "127.0.0.1")),
            _ => None,
        };
        let result = if proved.is_some() { Ok(Answer::Nothing) } else { Err(Code::AuthFailed) };
        self.port.reply(connection, AUTH_XID, Some(Zxid::default()), result, out);
        match (proved, self.port.connections.get_mut(&connection)) {
            (Some(identity), Some(known)) if !known.who.contains(&identity) => {
                known.who = known.who.iter().cloned().chain([identity]).collect();
            }
            (None, _) => self.port.close(connection, out),
            _ => {}
        }
    }

    /// Writes go to the leader at once; everything waits for its turn here.
    fn handle_request(
        &mut self,
        now: Instant,
        connection: ConnectionId,
        xid: i32,
        operation: Operation,
        out: &mut Effects,
    ) {
        let known = &self.port.connections[&connection];
        let (who, session) = (Arc::clone(&known.who), known.session);
        let id = RequestId { server: self.id, session, cxid: xid };
        if operation.is_write() {
            out.note(Fact::Requested { request: id });
            self.submit(now, Request { id, operation: operation.clone(), who }, out);
        } else if matches!(operation, Operation::Sync { .. }) && !self.leads() {
            self.tell_leader(Packet::Sync(id), out);
        }
        self.queue(connection, xid, operation, out);
    }

    fn queue(&mut self, connection: ConnectionId, xid: i32, operation: Operation, out: &mut Effects) {
        if let Some(known) = self.port.connections.get_mut(&connection) {
            known.queue.push_back((xid, operation));
            self.answer_reads(connection, out);
        }
    }

    /// A request on its way to become a transaction.
    pub(crate) fn submit(&mut self, now: Instant, request: Request, out: &mut Effects) {
        match &self.activity {
            Activity::Leading(_) => self.propose(now, request, out),
            _ => self.tell_leader(Packet::Request(Box::new(request)), out),
        }
    }

    fn leads(&self) -> bool {
        matches!(self.activity, Activity::Leading(_))
    }

    /// A session was heard of. A learner tells its leader with the next ping.
    fn touch(&mut self, session: SessionId, timeout: Duration, now: Instant) {
        match &mut self.activity {
            Activity::Leading(leader) => {
                leader.tracker.touch(session, timeout, now);
            }
            _ => {
                self.port.touched.insert(session, timeout);
            }
        }
    }

    // ---- what they are answered ----

    /// Answers what is first in line, as long as that waits for nothing.
    fn answer_reads(&mut self, connection: ConnectionId, out: &mut Effects) {
        let leads = self.leads();
        loop {
            let Some(known) = self.port.connections.get_mut(&connection) else { return };
            let waits =
                |operation: &Operation| operation.is_write() || matches!(operation, Operation::Sync { .. }) && !leads;
            let Some((xid, operation)) = known.queue.pop_front_if(|(_, operation)| !waits(operation)) else { return };
            self.answer_read(connection, xid, &operation, out);
        }
    }

    fn answer_read(&mut self, connection: ConnectionId, xid: i32, operation: &Operation, out: &mut Effects) {
        let known = &self.port.connections[&connection];
        let (session, who, zxid) = (known.session, Arc::clone(&known.who), self.database.last_processed);
        // A leader looks at the session of its own clients' reads as well; a learner does not.
        if let Activity::Leading(leader) = &mut self.activity
            && let Err(code) = leader.tracker.check(session, self.id)
        {
            match code {
                Code::SessionMoved => self.port.close(connection, out),
                _ if *operation == Operation::Ping => {}
                code => self.port.reply(connection, xid, Some(zxid), Err(code), out),
            }
            return;
        }
        if *operation == Operation::Ping {
            out.tell_client(connection, ToClient::Ping(zxid));
            return;
        }
        let result = match operation {
            Operation::AddWatch { path, mode } => self.port.add_watch(connection, path, *mode),
            Operation::RemoveWatches { path, kind } => self.port.remove_watches(connection, path, *kind),
            Operation::CheckWatches { path, kind } => self.port.check_watches(path, *kind),
            Operation::SetWatches(lists) => {
                self.port.set_watches(connection, lists, (&self.database.tree, zxid), out);
                Ok(Answer::Nothing)
            }
            Operation::Exists { path, .. } => {
                let result = finish::read(&self.database.tree, operation, &who, session);
                let disclosed =
                    self.database.tree.get(path).filter(|_| {
                        result == Err(Code::NoAuth) && self.ensemble.rules.faults.has(Fault::UncheckedExists)
                    });
                match disclosed {
                    Some(znode) => {
                        out.note(Fact::StatDisclosed { session, path: path.clone() });
                        Ok(Answer::Stat(znode.shown_stat()))
                    }
                    None => result,
                }
            }
            operation => finish::read(&self.database.tree, operation, &who, session),
        };
        match operation {
            // What does not exist may be watched as well, the rest only if it could be read.
            Operation::Exists { path, watch: true } if matches!(result, Ok(_) | Err(Code::NoNode)) => {
                self.port.data_watches.add(path, connection, WatchMode::Standard);
            }
            Operation::GetData { path, watch: true } if result.is_ok() => {
                self.port.data_watches.add(path, connection, WatchMode::Standard);
            }
            Operation::GetChildren { path, watch: true, .. } if result.is_ok() => {
                self.port.child_watches.add(path, connection, WatchMode::Standard);
            }
            _ => {}
        }
        self.port.reply(connection, xid, Some(zxid), result, out);
    }

    /// A transaction has taken effect: watches fire, then whoever asked for it is answered, and what that session has
    /// asked since.
    pub(crate) fn finish(&mut self, txn: &Txn, applied: Applied, out: &mut Effects) {
        let Applied { outcome, changes } = applied;
        let digest = self.database.tree.digest();
        if txn.digest != digest {
            out.note(Fact::DigestDiffers { zxid: txn.zxid, expected: txn.digest, found: digest });
        }
        for change in &changes {
            self.port.fire(change, txn.zxid, self.ensemble.rules.faults, &self.database.tree, out);
        }
        let session = txn.request.session;
        if session != SessionId::NONE {
            self.answer_write(txn, &outcome, out);
        }
        if matches!(*txn.body, TxnBody::CloseSession { .. }) {
            if let Activity::Leading(leader) = &mut self.activity {
                leader.tracker.remove(session);
            }
            if let Some(connection) = self.port.of_session(session) {
                self.port.close(connection, out);
            }
        }
    }

    fn answer_write(&mut self, txn: &Txn, outcome: &Outcome, out: &mut Effects) {
        let RequestId { server, session, cxid } = txn.request;
        let Some(connection) = self.port.of_session(session).filter(|_| server == self.id) else { return };
        if let TxnBody::CreateSession { .. } = *txn.body {
            self.port.welcome(connection, true, out);
            return;
        }
        let Some(known) = self.port.connections.get_mut(&connection) else { return };
        let Some((xid, operation)) = known.queue.pop_front_if(|(xid, operation)| *xid == cxid && operation.is_write())
        else {
            return;
        };
        let moved = Outcome::Failed(Code::SessionMoved);
        // Of a multi only the leader still knows why it was refused.
        let parts_moved = matches!(outcome, Outcome::Multi(parts) if parts.contains(&moved));
        if *outcome == moved || parts_moved && self.leads() {
            // Its client has gone elsewhere; who is still here must not go on.
            self.port.close(connection, out);
            return;
        }
        out.note(Fact::Answered { request: txn.request, zxid: txn.zxid });
        let result = finish::written(&operation, outcome);
        self.port.reply(connection, xid, Some(txn.zxid), result, out);
        self.answer_reads(connection, out);
    }

    /// All that was committed before a `sync` is applied here.
    pub(crate) fn finish_sync(&mut self, id: RequestId, out: &mut Effects) {
        let zxid = self.database.last_processed;
        out.note(Fact::Synced { request: id, zxid });
        let Some(connection) = self.port.of_session(id.session).filter(|_| id.session != SessionId::NONE) else {
            return;
        };
        let Some(known) = self.port.connections.get_mut(&connection) else { return };
        let is =
            |(xid, operation): &mut (i32, Operation)| *xid == id.cxid && matches!(operation, Operation::Sync { .. });
        if let Some((xid, Operation::Sync { path })) = known.queue.pop_front_if(is) {
            self.port.reply(connection, xid, Some(zxid), Ok(Answer::Path(path)), out);
            self.answer_reads(connection, out);
        }
    }
}
