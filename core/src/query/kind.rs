//! What kind of answer a question has, and whom it asks about.

use super::clients::ENDED;
use super::{ClientQuery, Query, Reason, Value, ZnodeQuery, state_word};
use crate::client::{ClientName, ClientState};
use crate::election::ServerState;
use crate::ids::Sid;
use crate::session::Code;
use crate::sim::{CommandError, World};
use std::borrow::Cow;

/// The kind of a question's answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A count.
    Number,
    /// A count, or none.
    Count,
    /// A server's id, or none.
    Server,
    /// What a server is.
    State,
    /// Yes or no.
    Flag,
    /// A transaction id.
    Zxid,
    /// An epoch.
    Epoch,
    /// What decided.
    Reason,
    /// A span of time, or none.
    Span,
    /// What a client knows of its session.
    ClientState,
    /// The code of a reply, or none.
    Code,
    /// Any word: a name, or none.
    Word,
    /// What a znode holds: a word, a text in quotes, `null`, or none.
    Data,
}

/// All states of a server that runs.
pub(crate) const SERVER_STATES: [ServerState; 4] =
    [ServerState::Looking, ServerState::Following, ServerState::Leading, ServerState::Observing];

/// All states of a client.
const CLIENT_STATES: [ClientState; 6] = [
    ClientState::Connecting,
    ClientState::SyncConnected,
    ClientState::Disconnected,
    ClientState::Expired,
    ClientState::AuthFailed,
    ClientState::Closed,
];

impl Kind {
    /// Whether one answer can be less than another.
    pub fn is_ordered(self) -> bool {
        matches!(self, Kind::Number | Kind::Count | Kind::Zxid | Kind::Epoch | Kind::Span)
    }

    /// The words of which an answer is one; empty where there are too many to list.
    pub fn words(self) -> Vec<Cow<'static, str>> {
        fn list(words: impl IntoIterator<Item = &'static str>) -> Vec<Cow<'static, str>> {
            words.into_iter().map(Cow::Borrowed).collect()
        }
        match self {
            Kind::State => list(SERVER_STATES.into_iter().map(ServerState::word).chain(["DOWN"])),
            Kind::Flag => list(["yes", "no"]),
            Kind::Reason => list(Reason::ALL.into_iter().map(Reason::word)),
            Kind::ClientState => list(CLIENT_STATES.into_iter().map(state_word).chain([ENDED, "none"])),
            Kind::Code => {
                Code::ALL.iter().map(|code| Cow::Owned(code.to_string())).chain([Cow::Borrowed("none")]).collect()
            }
            Kind::Number
            | Kind::Count
            | Kind::Server
            | Kind::Zxid
            | Kind::Epoch
            | Kind::Span
            | Kind::Word
            | Kind::Data => Vec::new(),
        }
    }
}

impl Query {
    /// The kind of its answers.
    pub fn kind(&self) -> Kind {
        match self {
            Query::Id(_)
            | Query::Vote(_)
            | Query::Row(..)
            | Query::Leader
            | Query::Winner(..)
            | Query::Client(ClientQuery::Server, _) => Kind::Server,
            Query::State(_) | Query::Told(..) => Kind::State,
            Query::SameTree
            | Query::Client(ClientQuery::Alive, _)
            | Query::Znode(ZnodeQuery::Exists, ..)
            | Query::Stale(..)
            | Query::Serves(_)
            | Query::Led(_)
            | Query::Started(_)
            | Query::Waiting(_) => Kind::Flag,
            Query::Zxid(_) => Kind::Zxid,
            Query::Epoch(_) | Query::Accepted(_) => Kind::Epoch,
            Query::Criterion(..) | Query::Reason(_) => Kind::Reason,
            Query::Wait
            | Query::Quiet(_)
            | Query::Gap(..)
            | Query::Decided(..)
            | Query::Client(ClientQuery::Timeout | ClientQuery::Left, _) => Kind::Span,
            Query::Znode(ZnodeQuery::Children, ..) => Kind::Count,
            Query::Client(ClientQuery::State, _) => Kind::ClientState,
            Query::Client(ClientQuery::Reply, _) => Kind::Code,
            Query::Client(ClientQuery::Name, _) | Query::Znode(ZnodeQuery::Owner, ..) => Kind::Word,
            Query::Znode(ZnodeQuery::Data, ..) => Kind::Data,
            Query::Client(ClientQuery::Events | ClientQuery::Ephemerals, _)
            | Query::Znode(ZnodeQuery::Watchers, ..)
            | Query::Votes(_)
            | Query::Missing(_)
            | Query::Own(..)
            | Query::Known(_)
            | Query::Confirmed(_)
            | Query::Quorum
            | Query::Voters
            | Query::Running
            | Query::Looking
            | Query::Leaders
            | Query::Round(_)
            | Query::Promised
            | Query::Logged(_)
            | Query::Flushed(_)
            | Query::Applied(_)
            | Query::Durable
            | Query::Committed
            | Query::Changes(_) => Kind::Number,
        }
    }

    /// The servers that it asks about, in the order in which they are written.
    pub fn servers(&self) -> impl Iterator<Item = Sid> + use<> {
        let (first, second) = match *self {
            Query::Quorum
            | Query::Voters
            | Query::Running
            | Query::Looking
            | Query::Leaders
            | Query::Leader
            | Query::Promised
            | Query::Durable
            | Query::Committed
            | Query::Wait
            | Query::SameTree
            | Query::Client(..) => (None, None),
            Query::Id(sid)
            | Query::State(sid)
            | Query::Vote(sid)
            | Query::Votes(sid)
            | Query::Missing(sid)
            | Query::Known(sid)
            | Query::Confirmed(sid)
            | Query::Serves(sid)
            | Query::Round(sid)
            | Query::Zxid(sid)
            | Query::Epoch(sid)
            | Query::Accepted(sid)
            | Query::Logged(sid)
            | Query::Flushed(sid)
            | Query::Applied(sid)
            | Query::Reason(sid)
            | Query::Changes(sid)
            | Query::Led(sid)
            | Query::Started(sid)
            | Query::Waiting(sid)
            | Query::Quiet(sid)
            | Query::Znode(_, sid, _) => (Some(sid), None),
            Query::Own(a, b)
            | Query::Row(a, b)
            | Query::Told(a, b)
            | Query::Stale(a, b)
            | Query::Winner(a, b)
            | Query::Criterion(a, b)
            | Query::Gap(a, b)
            | Query::Decided(a, b) => (Some(a), Some(b)),
        };
        first.into_iter().chain(second)
    }

    /// The client that it asks about.
    pub fn client(&self) -> Option<&ClientName> {
        match self {
            Query::Client(_, name) => Some(name),
            _ => None,
        }
    }

    /// Makes sure that there is whom it asks about: nobody has no votes and gets no events, so a statement about nobody
    /// could not fail.
    ///
    /// # Errors
    /// The server or the client that is not there.
    pub fn check_names(&self, world: &World) -> Result<(), CommandError> {
        if let Some(stranger) = self.servers().find(|sid| world.node(*sid).is_none()) {
            return Err(CommandError::UnknownServer(stranger));
        }
        match self.client().filter(|name| world.client(name).is_none()) {
            Some(stranger) => Err(CommandError::UnknownClient(stranger.clone())),
            None => Ok(()),
        }
    }
}

impl super::Predicate {
    /// Makes sure that it can be true or false now: a server that is down has no tree to look into.
    ///
    /// # Errors
    /// As [`Predicate::check_names`](super::Predicate::check_names); a server that is down.
    pub fn check(&self, world: &World) -> Result<(), CommandError> {
        self.check_names(world)?;
        match self.query {
            Query::Znode(_, sid, _) if world.server(sid).is_none() => Err(CommandError::NotRunning(sid)),
            _ => Ok(()),
        }
    }

    /// Makes sure that there is whom it speaks of.
    ///
    /// # Errors
    /// As [`Query::check_names`], for its answer too.
    pub fn check_names(&self, world: &World) -> Result<(), CommandError> {
        self.query.check_names(world)?;
        match &self.value {
            Value::Server(Some(sid)) if world.node(*sid).is_none() => Err(CommandError::UnknownServer(*sid)),
            Value::Word(name) if matches!(self.query, Query::Znode(ZnodeQuery::Owner, ..)) => {
                // A session is written as a number.
                let is_known = **name == *"none" || name.starts_with("0x") || world.client(name).is_some();
                is_known.then_some(()).ok_or_else(|| CommandError::UnknownClient(name.clone()))
            }
            _ => Ok(()),
        }
    }
}
