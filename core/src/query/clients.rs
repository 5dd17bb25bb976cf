//! Questions about clients, their sessions, and the tree.

use super::{Held, Moment, Value, leading};
use crate::client::{ClientName, ClientState};
use crate::ids::{ClientId, SessionId, Sid};
use crate::sim::{Cause, ClientAct, ClientNode, Command, World};
use crate::trace::{ClientFact, Fact};
use core::fmt;
use std::sync::Arc;

/// The state of a client whose process has crashed. What it believed is no more.
pub(super) const ENDED: &str = "ended";

/// What may be asked about a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientQuery {
    /// Its name itself (`name a`), so that prose need not repeat it.
    Name,
    /// What it knows of its session (`client a`): Connecting, SyncConnected, Disconnected, Expired, AuthFailed or Closed;
    /// `ended` when its process has crashed, `none` before it began.
    State,
    /// The server that it is connected with, or none (`connected a`).
    Server,
    /// Whether its session lives, as far as the leader has applied (`alive a`): yes or no.
    Alive,
    /// How many events its watches have brought it since its process began (`events a`).
    Events,
    /// The code of the last reply to the line typed last (`reply a`): OK, NoNode …; `none` while it waits for one, and when
    /// no server was asked.
    Reply,
    /// The timeout that its session was granted (`timeout a`).
    Timeout,
    /// How long its session still has, if nothing is heard of it (`left a`).
    Left,
    /// The number of its ephemeral znodes at the leader (`ephemerals a`).
    Ephemerals,
}

/// What may be asked about a znode at a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ZnodeQuery {
    /// Whether it is there (`exists 3 /m`): yes or no.
    Exists,
    /// What it holds (`holds 3 /m`): its data, null when it has none, or none when it is not there.
    Data,
    /// The client whose session owns it (`owner 3 /m`), or none; the session's id when no client is in it any more.
    Owner,
    /// The number of its children (`children 3 /m`), or none when it is not there.
    Children,
    /// How many clients of that server watch it (`watchers 3 /m`).
    Watchers,
}

impl Moment<'_> {
    pub(super) fn ask_client(self, query: ClientQuery, name: &ClientName) -> Value {
        let world = &*self.world();
        let node = world.client(name).map(|(_, node)| node);
        let client = node.map(|node| &node.client);
        let session = client.map_or(SessionId::NONE, |client| client.session);
        let word = |word: Option<String>| Value::Word(Arc::from(word.unwrap_or_else(|| "none".to_string())));
        match query {
            ClientQuery::Name => Value::Word(name.clone()),
            ClientQuery::State => word(node.map(|node| match node.is_gone {
                true => ENDED.to_string(),
                false => state_word(node.client.state).to_string(),
            })),
            ClientQuery::Server => {
                Value::Server(client.filter(|client| client.connection.is_some()).map(|client| client.server()))
            }
            ClientQuery::Alive => Value::Flag(leaders_tree(world).is_some_and(|tree| tree.session(session).is_some())),
            ClientQuery::Events => {
                let steps = &self.history.steps()[..self.index];
                let began = steps.iter().rposition(|step| begins(&step.cause, name)).unwrap_or(0);
                let facts = steps[began..].iter().flat_map(|step| &step.trace).map(|event| &event.fact);
                Value::Number(facts.filter(|fact| tells(fact, name)).count() as u64)
            }
            ClientQuery::Reply => word(node.and_then(|node| node.code()).map(|code| code.to_string())),
            ClientQuery::Timeout => Value::Span(client.map(|client| client.timeout)),
            ClientQuery::Left => {
                let tracked = leading(world).and_then(|leader| leader.tracker.get(session));
                Value::Span(tracked.map(|tracked| tracked.expires_at.since(world.now())))
            }
            ClientQuery::Ephemerals => {
                Value::Number(leaders_tree(world).map_or(0, |tree| tree.ephemerals_of(session).count() as u64))
            }
        }
    }

    pub(super) fn ask_znode(self, query: ZnodeQuery, sid: Sid, path: &str) -> Value {
        let world = &*self.world();
        let server = world.server(sid);
        let znode = server.and_then(|server| server.database().tree.get(path));
        let none = || Value::Word(Arc::from("none"));
        match query {
            ZnodeQuery::Exists => Value::Flag(znode.is_some()),
            ZnodeQuery::Data => Value::Data(match znode.map(|znode| znode.data.as_ref()) {
                None => Held::NoNode,
                Some(None) => Held::Null,
                Some(Some(data)) => Held::Text(Arc::from(&*String::from_utf8_lossy(data))),
            }),
            ZnodeQuery::Owner => match znode.and_then(|znode| znode.stat.owner.session()) {
                Some(session) => Value::Word(Arc::from(holder(world, session).to_string())),
                None => none(),
            },
            ZnodeQuery::Children => znode.map_or_else(none, |znode| Value::Number(znode.children.size() as u64)),
            ZnodeQuery::Watchers => Value::Number(server.map_or(0, |server| {
                let port = server.port();
                let all = port.data_watches.iter().chain(port.child_watches.iter());
                let mut who: Vec<_> = all.filter(|(at, ..)| ***at == *path).map(|(_, who, _)| who).collect();
                who.sort_unstable();
                who.dedup();
                who.len() as u64
            })),
        }
    }
}

/// Whether an event is the beginning of a client's process.
fn begins(cause: &Cause, name: &str) -> bool {
    matches!(cause, Cause::Command(Command::Client { client, act: ClientAct::Connect { .. } }) if **client == *name)
}

/// Whether a client is told that one of its watches has fired.
fn tells(fact: &Fact, name: &str) -> bool {
    matches!(fact, Fact::Client { client, fact: ClientFact::Event(_) } if **client == *name)
}

/// Who owns an ephemeral znode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    /// A client, whose session this is.
    Client(ClientName),
    /// A session in which no client is any more: the one that was has begun anew, as a process or by `connect`. To take
    /// it for one's own is the mistake that locks die of.
    OldSession(SessionId),
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Holder::Client(name) => f.write_str(name),
            Holder::OldSession(session) => write!(f, "{session}"),
        }
    }
}

/// Who is behind the session that owns an ephemeral znode.
pub fn holder(world: &World, session: SessionId) -> Holder {
    let holds = |(id, node): &(ClientId, &ClientNode)| {
        let is_latest = world.client(&node.client.name).is_some_and(|(latest, _)| latest == *id);
        is_latest && node.client.session == session
    };
    let client = world.clients().find(holds).map(|(_, node)| node.client.name.clone());
    client.map_or(Holder::OldSession(session), Holder::Client)
}

/// Whether all running servers have the same tree; nobody has one where none runs.
pub(super) fn same_tree(world: &World) -> bool {
    let seen: Vec<_> = world.servers().map(|server| &server.database().tree).collect();
    !seen.is_empty() && seen.windows(2).all(|pair| pair[0].has_same_znodes(pair[1]))
}

fn leaders_tree(world: &World) -> Option<&crate::tree::DataTree> {
    Some(&world.server(super::leader(world)?)?.database().tree)
}

/// How the state of a client is written.
pub fn state_word(state: ClientState) -> &'static str {
    match state {
        ClientState::Connecting => "Connecting",
        ClientState::SyncConnected => "SyncConnected",
        ClientState::Disconnected => "Disconnected",
        ClientState::Expired => "Expired",
        ClientState::AuthFailed => "AuthFailed",
        ClientState::Closed => "Closed",
    }
}
