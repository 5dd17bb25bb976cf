//! What a recorder can do, done in our world, and what comes of it in the words of a recording.

use super::compare::{self, Difference};
use super::json::Json;
use super::reader::{Act, Fields, Step};
use super::replay::{QUIET, Replay, Seat, Session};
use crate::client::{Client, ClientState};
use crate::ids::{ClientId, SessionId, Sid, Zxid};
use crate::query;
use crate::session::{Answer, Code, Operation, Password, Reply};
use crate::sim::Command;
use crate::time::Duration;

impl Replay<'_> {
    /// Does what was done, and returns what came of it at once.
    pub(super) fn act(&mut self, step: &Step) -> Result<Fields, Difference> {
        match &step.act {
            Act::Open { alias, server, timeout } => {
                let client = self.seat(alias, |name| Client::new(name, vec![*server], *timeout, false));
                self.connect(alias, client)
            }
            Act::Reopen { alias, server, keep, wrong_password } => {
                if *keep {
                    self.rename(alias);
                } else {
                    self.hang_up(alias);
                }
                let Some(session) = self.sessions.iter().find(|session| session.alias == *alias) else {
                    return Err(unanswered());
                };
                let (id, Password(right)) = (session.id, session.password);
                let password = Password(if *wrong_password { !right } else { right });
                // As much as a client asks for that has lost its connection, and the server keeps it within its bounds.
                let (timeout, seen) = (self.timeout_of(id), Zxid::default());
                let client = self
                    .seat(alias, |name| Client::new(name, vec![*server], timeout, false).resuming(id, password, seen));
                self.connect(alias, client)
            }
            Act::Disconnect(alias) => {
                self.hang_up(alias);
                Ok(fields(compare::code(Code::Ok)))
            }
            Act::Expire(alias) => {
                self.hang_up(alias);
                let ended = self.sessions.iter().find(|session| session.alias == *alias).map(|session| session.id);
                let gone = |replay: &Replay| {
                    let knows = |session| {
                        replay.world.servers().any(|server| server.database().tree.session(session).is_some())
                    };
                    !ended.is_some_and(knows)
                };
                if self.run_until(gone) { Ok(fields(compare::code(Code::Ok))) } else { Err(unanswered()) }
            }
            Act::Wait(span) => {
                self.pass(*span);
                Ok(fields(compare::code(Code::Ok)))
            }
            Act::KillLeader => {
                let Some(old) = query::leader(&self.world) else { return Err(unanswered()) };
                if let Ok(trace) = self.world.apply(&Command::Crash(old)) {
                    self.read(trace);
                }
                let next = |replay: &Replay| query::leader(&replay.world).is_some() && replay.all_serve();
                if self.run_until(next) { Ok(fields(compare::code(Code::Ok))) } else { Err(unanswered()) }
            }
            Act::Request(alias, operation) => self.ask(alias, operation),
        }
    }

    /// A request, up to its answer or to the end of the connection.
    fn ask(&mut self, alias: &str, operation: &Operation) -> Result<Fields, Difference> {
        let connected = self.client_of(alias).filter(|client| self.is_connected(*client));
        let Some(client) = connected else {
            // The server has ended this connection before.
            let lost = fields(compare::code(Code::ConnectionLoss)).into_iter();
            return Ok(lost.chain([("closed".to_string(), Json::Bool(true))]).collect());
        };
        let mut trace = Vec::new();
        self.world.call(client, operation.clone(), &mut trace);
        self.read(trace);
        // The answer to a ping is none to a request.
        if *operation == Operation::Ping {
            self.pass(QUIET);
            let seen = self.world.client_node(client).map(|node| node.client.seen);
            let reply = Reply { xid: 0, zxid: seen, code: Code::Ok, answer: Answer::Nothing };
            return Ok(compare::reply(&reply, !self.is_connected(client), &self.sessions));
        }
        let of_client = move |replay: &Replay| replay.replies.iter().any(|(known, _)| *known == client);
        if !self.run_until(of_client) {
            return Err(unanswered());
        }
        self.pass(QUIET);
        let closed = !self.is_connected(client);
        let reply = self.replies.iter().find(|(known, _)| *known == client).map(|(_, reply)| reply);
        reply.map(|reply| compare::reply(reply, closed, &self.sessions)).ok_or_else(unanswered)
    }

    /// A new connection: waits for the answer to its first message.
    fn connect(&mut self, alias: &str, client: ClientId) -> Result<Fields, Difference> {
        let answered = move |replay: &Replay| {
            replay
                .world
                .client_node(client)
                .is_some_and(|node| node.client.state != ClientState::Connecting || node.client.connection.is_none())
        };
        if !self.run_until(answered) {
            return Err(unanswered());
        }
        let Some(node) = self.world.client_node(client) else { return Err(unanswered()) };
        let (session, password, timeout) = (node.client.session, node.client.password, node.client.timeout);
        match node.client.state {
            ClientState::SyncConnected => {
                let known = self.sessions.iter().find(|known| known.alias == alias).map(|known| known.id);
                let mut ours = fields(compare::code(Code::Ok));
                ours.insert("timeout".to_string(), Json::Number(timeout.as_millis() as i64));
                match known {
                    Some(known) => {
                        ours.insert("same_session".to_string(), Json::Bool(known == session));
                    }
                    None => self.sessions.push(Session { alias: alias.to_string(), id: session, password }),
                }
                Ok(ours)
            }
            ClientState::Expired => {
                let mut ours = fields(compare::code(Code::SessionExpired));
                ours.insert("timeout".to_string(), Json::Number(0));
                ours.insert("session".to_string(), Json::text("0"));
                Ok(ours)
            }
            _ => {
                let mut ours = fields(compare::code(Code::ConnectionLoss));
                ours.insert("closed".to_string(), Json::Bool(true));
                Ok(ours)
            }
        }
    }

    /// What can only be said when everything has come to rest: how far the server is.
    pub(super) fn afterwards(&self, step: &Step, mut ours: Fields) -> Fields {
        let leader = query::leader(&self.world);
        let of = |server: Option<Sid>| server.map(|server| query::last_zxid(&self.world, server));
        let zxid = match &step.act {
            Act::Open { server, .. } | Act::Reopen { server, .. } => of(Some(*server)),
            Act::Expire(_) | Act::Wait(_) => of(leader),
            Act::KillLeader => {
                ours.insert("leader".to_string(), leader.map_or(Json::Null, |sid| Json::Number(i64::from(sid.0))));
                Some(self.last_transaction())
            }
            Act::Disconnect(_) | Act::Request(..) => return ours,
        };
        ours.insert("zxid".to_string(), compare::zxid(zxid));
        ours
    }

    /// The last transaction there is: what a new leader is at, unlike the start of its epoch.
    pub(super) fn last_transaction(&self) -> Zxid {
        self.world.servers().map(|server| server.database().history.last_zxid()).max().unwrap_or_default()
    }

    // ---- connections ----

    fn seat(&mut self, alias: &str, client: impl FnOnce(&str) -> Client) -> ClientId {
        let name = format!("{alias} {}", self.world.clients().count());
        let mut trace = Vec::new();
        let client = self.world.add_client(client(&name), &mut trace);
        self.seats.push(Seat { alias: alias.to_string(), client });
        self.read(trace);
        client
    }

    fn client_of(&self, alias: &str) -> Option<ClientId> {
        self.seats.iter().find(|seat| seat.alias == alias).map(|seat| seat.client)
    }

    pub(super) fn is_connected(&self, client: ClientId) -> bool {
        self.world.client_node(client).is_some_and(|node| node.client.is_connected())
    }

    fn hang_up(&mut self, alias: &str) {
        while let Some(place) = self.seats.iter().position(|seat| seat.alias == alias) {
            self.world.end_client(self.seats.remove(place).client);
        }
    }

    fn rename(&mut self, alias: &str) {
        let kept = format!("{alias}'");
        self.hang_up(&kept);
        for seat in self.seats.iter_mut().filter(|seat| seat.alias == alias) {
            seat.alias.clone_from(&kept);
        }
    }

    fn timeout_of(&self, session: SessionId) -> Duration {
        let known = self.world.servers().find_map(|server| server.database().tree.session(session));
        known.map_or(Duration::ZERO, |millis| Duration::from_millis(u64::from(millis)))
    }
}

fn fields<const N: usize>(fields: [(&'static str, Json); N]) -> Fields {
    fields.into_iter().map(|(name, value)| (name.to_string(), value)).collect()
}

/// Nothing came of it in simulated minutes.
pub(super) fn unanswered() -> Difference {
    ("the answer".to_string(), Some(Json::text("there is one")), None)
}
