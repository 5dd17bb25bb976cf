//! A client of the ensemble: a pure state machine like a server, with what ZooKeeper's client library does by itself
//! (`ClientCnxn`, `ZKWatchManager`, dossier §5, §6.4). It keeps its session alive, goes to another server when its own
//! is gone, brings its watches along, and learns of the end of its session only there.
//!
//! | where | what |
//! | --- | --- |
//! | `mod` | what happens to it, its requests and their answers |
//! | `connection` | its connection, and what it knows of its session |
//! | `prompt` | what comes of typed lines |
//! | [`watched`] | which watches it has set |
//! | [`shell`] | the command line on top: zkCli |

mod connection;
mod prompt;
pub mod shell;
pub mod watched;

use crate::ensemble::Ensemble;
use crate::ids::{ConnectionId, SessionId, Sid, Zxid};
use crate::session::size::MAX_PACKET;
use crate::session::{Answer, Code, ConnectRequest, Operation, Password, Reply, ToClient, ToServer, WatchEvent};
use crate::time::{Duration, Instant};
use crate::trace::{ClientFact, Fact, TraceEvent};
use crate::tree::Path;
use shell::{Notice, Shell};
use std::collections::VecDeque;
use std::sync::Arc;
use watched::Watched;

/// A client's name.
pub type ClientName = Arc<str>;

/// The client waits a random time below this before it tries the next server.
const RECONNECT_PAUSE: Duration = Duration::from_millis(1_000);
/// The number of the request that brings the watches along.
pub(crate) const SET_WATCHES_XID: i32 = -8;
/// The number of a proof of identity.
const AUTH_XID: i32 = -4;

/// What the client library tells the application about the connection (`KeeperState`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientState {
    /// No server has answered yet.
    Connecting,
    /// The session can be used.
    SyncConnected,
    /// The connection is gone; whether the session lives is not known.
    Disconnected,
    /// The session is no more.
    Expired,
    /// The server has not accepted a proof of identity.
    AuthFailed,
    /// The client has closed its session.
    Closed,
}

/// The timers of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClientTimer {
    /// Nothing was sent for a while: time for a ping.
    Ping,
    /// Nothing was heard for too long.
    Silence,
    /// Try the next server.
    Reconnect,
}

/// One thing that happens to a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientInput {
    /// It begins.
    Begin,
    /// Its server has sent something over a connection.
    FromServer(ConnectionId, ToClient),
    /// A connection is gone; without one, it could not be made.
    LinkDown(Option<ConnectionId>),
    /// A timer has run out.
    TimerFired(ClientTimer),
    /// Somebody types a line.
    Typed(Arc<str>),
    /// The application asks for something.
    Call(Operation),
}

/// One thing a client wants to happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientEffect {
    /// Connect with a server, and send the first message.
    Connect(Sid, ConnectRequest),
    /// Send over the standing connection.
    Send(ToServer),
    /// End a connection.
    HangUp(ConnectionId),
    /// Start a timer.
    SetTimer(ClientTimer, Duration),
    /// Start a timer that runs out at a random moment below this.
    SetTimerWithin(ClientTimer, Duration),
    /// Stop a timer.
    CancelTimer(ClientTimer),
}

/// Collects what one step of a client brings about.
#[derive(Debug, Default)]
pub struct ClientEffects {
    /// What shall happen.
    pub effects: Vec<ClientEffect>,
    /// What happened.
    pub trace: Vec<TraceEvent>,
}

/// A client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// Its name.
    pub name: ClientName,
    /// The servers it knows, in the order in which it tries them.
    pub servers: Vec<Sid>,
    /// The place of the one that it tries or has.
    place: usize,
    /// Which servers there are, and what they are called; set by the world that it comes into.
    pub ensemble: Arc<Ensemble>,
    /// Whether it looks for another server by itself, and keeps its session alive.
    automatic: bool,
    wish: Duration,
    /// What it knows of its session.
    pub state: ClientState,
    /// Its connection, set by the world that makes it.
    pub connection: Option<ConnectionId>,
    /// Its session.
    pub session: SessionId,
    /// Its password.
    pub password: Password,
    /// The timeout it was granted.
    pub timeout: Duration,
    /// The last zxid it has seen.
    pub seen: Zxid,
    /// The last zxid that a reply has shown it: no event of an earlier change may come after that.
    pub shown: Zxid,
    last_xid: i32,
    /// Requests that are not answered yet, in the order in which they were sent.
    pub calls: VecDeque<(i32, Operation)>,
    /// Requests that wait for a connection.
    waiting: VecDeque<Operation>,
    /// Identities it has proved: each connection needs the proof anew.
    proofs: Vec<Operation>,
    /// Its watches.
    pub watched: Watched,
    heard_at: Instant,
    sent_at: Instant,
    /// The command line, if somebody sits at one.
    pub shell: Shell,
    /// Lines that wait until the command before them is done.
    typed: VecDeque<Arc<str>>,
}

impl Client {
    /// A client that will connect with the first of `servers`, and wishes for a timeout.
    pub fn new(name: &str, servers: Vec<Sid>, wish: Duration, automatic: bool) -> Client {
        Client {
            name: Arc::from(name),
            servers,
            place: 0,
            ensemble: Arc::new(Ensemble::of(0)),
            automatic,
            wish,
            state: ClientState::Connecting,
            connection: None,
            session: SessionId::NONE,
            password: Password::default(),
            timeout: wish,
            seen: Zxid::default(),
            shown: Zxid::default(),
            last_xid: 0,
            calls: VecDeque::new(),
            waiting: VecDeque::new(),
            proofs: Vec::new(),
            watched: Watched::default(),
            heard_at: Instant::default(),
            sent_at: Instant::default(),
            shell: Shell::default(),
            typed: VecDeque::new(),
        }
    }

    /// The same, going on with a session that it had elsewhere.
    #[must_use]
    pub fn resuming(mut self, session: SessionId, password: Password, seen: Zxid) -> Client {
        (self.session, self.password, self.seen) = (session, password, seen);
        self
    }

    /// The server that it is connected with or tries.
    pub fn server(&self) -> Sid {
        self.servers.get(self.place).copied().unwrap_or(Sid::NOBODY)
    }

    /// Whether its session can be used, as far as it knows.
    pub fn is_connected(&self) -> bool {
        self.state == ClientState::SyncConnected
    }

    /// Whether its story is over.
    pub fn is_over(&self) -> bool {
        matches!(self.state, ClientState::Expired | ClientState::AuthFailed | ClientState::Closed)
    }

    /// Whether it waits for nothing but time.
    pub fn is_idle(&self) -> bool {
        self.calls.is_empty() && self.waiting.is_empty() && !self.shell.is_busy()
    }

    /// The code of the last reply to the line typed last; none while it waits for one, and when it asked no server.
    pub fn code(&self) -> Option<Code> {
        self.shell.code().filter(|_| self.typed.is_empty())
    }

    /// Whether somebody waits for an answer and there is no connection: then one is made, or the answer is that there is
    /// none. A client that does nothing by itself does not come that far.
    pub fn waits_without_connection(&self) -> bool {
        self.automatic && !self.is_connected() && !self.is_over() && !self.is_idle()
    }

    /// Takes one input.
    pub fn step(&mut self, now: Instant, input: ClientInput, out: &mut ClientEffects) {
        match input {
            ClientInput::Begin => self.connect(out),
            // A frozen client finds what came in over connections that it has given up since.
            ClientInput::FromServer(connection, _) if self.connection != Some(connection) => {}
            ClientInput::LinkDown(connection) if self.connection != connection => {}
            ClientInput::FromServer(_, message) => {
                self.heard_at = now;
                match message {
                    ToClient::Reply(reply) if self.automatic && reply.packet_length() > MAX_PACKET => {
                        self.refuse(now, reply.packet_length(), out);
                    }
                    ToClient::Connected(response) => self.handle_connected(now, response, out),
                    ToClient::Reply(reply) => self.handle_reply(now, *reply, out),
                    ToClient::Event(event) => self.handle_event(event, out),
                    ToClient::Ping(zxid) => self.seen = self.seen.max(zxid),
                }
            }
            ClientInput::LinkDown(_) => self.lose_connection(now, out),
            ClientInput::TimerFired(timer) => self.handle_timer(now, timer, out),
            ClientInput::Typed(line) => {
                self.typed.push_back(line);
                self.run_shell(now, out);
            }
            ClientInput::Call(operation) => self.call(now, operation, out),
        }
    }

    // ---- requests ----

    fn call(&mut self, now: Instant, operation: Operation, out: &mut ClientEffects) {
        // A proof is kept also where it cannot be sent yet (`ClientCnxn.addAuthInfo`).
        if matches!(operation, Operation::Auth { .. }) && !self.is_over() && !self.proofs.contains(&operation) {
            self.proofs.push(operation.clone());
        }
        match self.state {
            // Nobody waits for an answer to this.
            ClientState::SyncConnected if operation == Operation::Ping => {
                self.sent_at = now;
                out.effects.push(ClientEffect::Send(ToServer::Ping));
            }
            ClientState::SyncConnected => {
                let xid = if let Operation::Auth { .. } = operation {
                    AUTH_XID
                } else {
                    self.last_xid += 1;
                    self.last_xid
                };
                self.send(now, xid, operation, out);
            }
            // Without a connection nobody can be told of the end, and the client does not wait for one.
            ClientState::Connecting | ClientState::Disconnected if operation == Operation::CloseSession => {
                self.fail(now, 0, &operation, Code::ConnectionLoss, out);
            }
            ClientState::Connecting | ClientState::Disconnected => self.waiting.push_back(operation),
            ClientState::Expired | ClientState::AuthFailed | ClientState::Closed => {
                let code = if self.state == ClientState::AuthFailed { Code::AuthFailed } else { Code::SessionExpired };
                self.fail(now, 0, &operation, code, out);
            }
        }
    }

    fn send(&mut self, now: Instant, xid: i32, operation: Operation, out: &mut ClientEffects) {
        self.sent_at = now;
        self.calls.push_back((xid, operation.clone()));
        out.effects.push(ClientEffect::Send(ToServer::Request(xid, operation)));
    }

    /// What was sent is not answered any more, and what waited for a connection has waited long enough.
    fn fail_calls(&mut self, now: Instant, code: Code, out: &mut ClientEffects) {
        let waiting = std::mem::take(&mut self.waiting).into_iter().map(|operation| (0, operation));
        for (xid, operation) in std::mem::take(&mut self.calls).into_iter().chain(waiting) {
            self.fail(now, xid, &operation, code, out);
        }
    }

    /// What was asked gets an answer that no server has given.
    fn fail(&mut self, now: Instant, xid: i32, operation: &Operation, code: Code, out: &mut ClientEffects) {
        let reply = Reply { xid, zxid: None, code, answer: Answer::Nothing };
        self.answered(now, operation, reply, out);
    }

    fn handle_reply(&mut self, now: Instant, reply: Reply, out: &mut ClientEffects) {
        // The answer to a proof does not wait in line at the server.
        let place = self.calls.iter().position(|(xid, _)| *xid == reply.xid);
        let Some((_, operation)) = place.and_then(|place| self.calls.remove(place)) else { return };
        if let Some(zxid) = reply.zxid {
            self.seen = self.seen.max(zxid);
            self.shown = self.shown.max(zxid);
        }
        self.answered(now, &operation, reply, out);
    }

    /// A request has its answer: the watch it asked for is noted, and whoever waits for it goes on.
    fn answered(&mut self, now: Instant, operation: &Operation, mut reply: Reply, out: &mut ClientEffects) {
        // What is typed next must find the session as it is now. Whatever came of its end, the client is done with it.
        let over = match operation {
            _ if self.is_over() => None,
            Operation::Auth { .. } if reply.code == Code::AuthFailed => Some((ClientState::AuthFailed, reply.code)),
            Operation::CloseSession => Some((ClientState::Closed, Code::SessionExpired)),
            _ => None,
        };
        if let Some((state, code)) = over {
            self.enter(state, out);
            self.end(now, code, out);
        }
        let call = (operation.clone(), reply.clone());
        self.note(ClientFact::Replied(Box::new(call)), out);
        match operation {
            Operation::RemoveWatches { path, kind } => self.take_back(operation, (path, *kind), &mut reply.code, out),
            _ => self.watched.answered(operation, reply.code),
        }
        if reply.xid != SET_WATCHES_XID {
            let acts = self.shell.answered(operation, &reply);
            self.perform(now, acts, out);
            self.run_shell(now, out);
        }
    }

    /// A watch is taken back, or not, and the code becomes what the user is told (`ClientCnxn.finishPacket`,
    /// `ZKWatchManager.removeWatcher`): first of all the client itself must know of one. It knows a persistent watch only
    /// as a whole, of which a server may have taken back a half.
    fn take_back(
        &mut self,
        operation: &Operation,
        (path, kind): (&Path, i32),
        code: &mut Code,
        out: &mut ClientEffects,
    ) {
        if !self.watched.has(path, kind) {
            *code = Code::NoWatcher;
        } else if *code == Code::Ok || self.shell.forgets_in_any_case(operation) {
            let lost = matches!(code, Code::ConnectionLoss | Code::SessionExpired);
            let state = if lost { ClientState::Disconnected } else { ClientState::SyncConnected };
            for event in self.watched.remove(path, kind) {
                let acts = self.shell.notified(Notice::Event(state, event));
                self.act(acts, out);
            }
            *code = Code::Ok;
        }
    }

    fn handle_event(&mut self, event: WatchEvent, out: &mut ClientEffects) {
        self.seen = self.seen.max(event.zxid);
        // After a reconnection a server may tell of one deletion twice, for its lists of data and of children. A client
        // that does nothing by itself keeps no account, and takes what comes.
        if !self.watched.fired(&event) && self.automatic {
            return;
        }
        self.note(ClientFact::Event(event.clone()), out);
        let acts = self.shell.notified(Notice::Event(ClientState::SyncConnected, event));
        self.act(acts, out);
    }

    fn note(&self, fact: ClientFact, out: &mut ClientEffects) {
        let client = Arc::clone(&self.name);
        out.trace.push(TraceEvent { server: Sid::NOBODY, fact: Fact::Client { client, fact } });
    }
}
