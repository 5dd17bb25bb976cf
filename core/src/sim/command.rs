//! What a person or a test may do to a run.

use super::World;
use crate::client::ClientName;
use crate::ids::{Epoch, Sid, Zxid};
use crate::query::Predicate;
use crate::sids::Sids;
use crate::time::Duration;
use crate::trace::Fact;
use core::fmt;
use std::sync::Arc;

/// One command of the command language. A run is its configuration and a list of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Start a server that is down.
    Start(Sid),
    /// Do something to every server for which it is possible, by ascending id, at one moment.
    All(ProcessAct),
    /// Do something to each of these servers, by ascending id, at one moment.
    Each(ProcessAct, Sids),
    /// End a process in good order: it closes its sockets itself.
    Stop(Sid),
    /// End a process at once; what was not flushed is lost.
    Crash(Sid),
    /// Start a server again that was running before; one that still runs is stopped first.
    Restart(Sid),
    /// Freeze a process. Its sockets stay open.
    Pause(Sid),
    /// Let a frozen process run on.
    Resume(Sid),
    /// Cut the line between two servers: both ends drop their connections, and what is on its way is lost.
    Cut(Sid, Sid),
    /// Cut every line between servers of different sides, and mend every line within a side.
    Partition(Vec<Sids>),
    /// Mend the line between two servers.
    HealLine(Sid, Sid),
    /// Mend every line, those of clients too.
    Heal,
    /// Hold back everything from one server to another.
    Hold(Sid, Sid),
    /// Let go what is held.
    Release(Sid, Sid),
    /// A client of this server writes something.
    Write {
        /// The server.
        server: Sid,
        /// What is written.
        payload: Arc<str>,
    },
    /// A client of this server calls `sync`.
    Sync(Sid),
    /// Something about a client.
    Client {
        /// Its name.
        client: ClientName,
        /// What.
        act: ClientAct,
    },
    /// Make a disk slow, or as fast as before.
    DiskSpeed {
        /// The server.
        server: Sid,
        /// Whether it is slow.
        slow: bool,
    },
    /// Run until a server has come to a point, and crash it there.
    CrashAfter {
        /// The server.
        server: Sid,
        /// The point.
        point: CrashPoint,
    },
    /// Let time pass.
    Advance(Duration),
    /// Run this many events.
    Step(u32),
    /// Run until no message is on its way and only silence timers and ticks are pending; with a quorum that can
    /// talk to each other, until one leader serves; and until every line that waits for a connection has its answer.
    Settle,
    /// The same, but at most for so long.
    SettleWithin(Duration),
    /// Run until something is true.
    Until(Predicate),
}

/// What a person may do to the processes of all servers at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProcessAct {
    /// As [`Command::Start`].
    Start,
    /// As [`Command::Stop`].
    Stop,
    /// As [`Command::Crash`].
    Crash,
    /// As [`Command::Restart`].
    Restart,
    /// As [`Command::Pause`].
    Pause,
    /// As [`Command::Resume`].
    Resume,
}

impl ProcessAct {
    /// The same for one server.
    pub fn of(self, sid: Sid) -> Command {
        match self {
            ProcessAct::Start => Command::Start(sid),
            ProcessAct::Stop => Command::Stop(sid),
            ProcessAct::Crash => Command::Crash(sid),
            ProcessAct::Restart => Command::Restart(sid),
            ProcessAct::Pause => Command::Pause(sid),
            ProcessAct::Resume => Command::Resume(sid),
        }
    }

    /// Its word in the command language.
    pub fn word(self) -> &'static str {
        match self {
            ProcessAct::Start => "start",
            ProcessAct::Stop => "stop",
            ProcessAct::Crash => "crash",
            ProcessAct::Restart => "restart",
            ProcessAct::Pause => "pause",
            ProcessAct::Resume => "resume",
        }
    }

    /// The act of this word.
    pub fn named(word: &str) -> Option<ProcessAct> {
        use ProcessAct::{Crash, Pause, Restart, Resume, Start, Stop};
        [Start, Stop, Crash, Restart, Pause, Resume].into_iter().find(|act| act.word() == word)
    }
}

/// What a person may do with a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientAct {
    /// It begins, and connects with the first of these servers.
    Connect {
        /// The servers it knows.
        servers: Vec<Sid>,
        /// The timeout it wishes for.
        timeout: Duration,
    },
    /// Somebody types a line at its zkCli.
    Type(Arc<str>),
    /// Freeze its process. Its connection stays open.
    Pause,
    /// Let it run on.
    Resume,
    /// Cut it off from all servers.
    Cut,
    /// Mend its line.
    Heal,
    /// Hold back everything from it to a server, or from the server to it.
    Hold(ClientWay),
    /// Let go what is held.
    Release(ClientWay),
    /// End its process: the connection closes, the session does not.
    Crash,
    /// Cut it off until its session has expired, and mend its line: then a server tells it.
    Expire,
}

/// One of the two directions between a client and a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClientWay {
    /// The server.
    pub server: Sid,
    /// Whether it leads there.
    pub to_server: bool,
}

impl ClientWay {
    /// How it is written, for a client.
    fn of(self, client: &str) -> String {
        let server = self.server;
        if self.to_server { format!("{client}->{server}") } else { format!("{server}->{client}") }
    }
}

impl ClientAct {
    /// The timeout that a client wishes for when nothing is said.
    pub const USUAL_TIMEOUT: Duration = Duration::from_millis(10_000);
}

/// A point in the life of a transaction or an epoch after which a server may crash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CrashPoint {
    /// `acceptedEpoch` is written.
    Promise(Epoch),
    /// `currentEpoch` is written.
    Epoch(Epoch),
    /// A snapshot is written.
    Snapshot,
    /// The leader has made a proposal.
    Propose(Zxid),
    /// The transaction stands in the log, not flushed.
    Append(Zxid),
    /// It is flushed.
    Flush(Zxid),
    /// It is acknowledged.
    Ack(Zxid),
    /// The leader has committed it.
    Commit(Zxid),
    /// It has taken effect.
    Apply(Zxid),
}

impl CrashPoint {
    /// Whether a fact is this point.
    pub fn is(self, fact: &Fact) -> bool {
        match (self, fact) {
            (CrashPoint::Promise(own), Fact::EpochPromised { epoch })
            | (CrashPoint::Epoch(own), Fact::EpochJoined { epoch }) => own == *epoch,
            (CrashPoint::Snapshot, Fact::SnapshotWritten { .. }) => true,
            (CrashPoint::Propose(own), Fact::Proposed { zxid, .. })
            | (CrashPoint::Append(own), Fact::Appended { zxid })
            | (CrashPoint::Ack(own), Fact::Acknowledged { zxid })
            | (CrashPoint::Commit(own), Fact::Committed { zxid, .. })
            | (CrashPoint::Apply(own), Fact::Applied { zxid }) => own == *zxid,
            // A flush covers everything before it.
            (CrashPoint::Flush(own), Fact::Flushed { zxid }) => own <= *zxid,
            _ => false,
        }
    }
}

impl fmt::Display for CrashPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CrashPoint::Promise(epoch) => write!(f, "promise {epoch}"),
            CrashPoint::Epoch(epoch) => write!(f, "epoch {epoch}"),
            CrashPoint::Snapshot => write!(f, "snapshot"),
            CrashPoint::Propose(zxid) => write!(f, "propose {zxid}"),
            CrashPoint::Append(zxid) => write!(f, "append {zxid}"),
            CrashPoint::Flush(zxid) => write!(f, "flush {zxid}"),
            CrashPoint::Ack(zxid) => write!(f, "ack {zxid}"),
            CrashPoint::Commit(zxid) => write!(f, "commit {zxid}"),
            CrashPoint::Apply(zxid) => write!(f, "apply {zxid}"),
        }
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Command::Start(sid) => write!(f, "start {sid}"),
            Command::All(act) => write!(f, "{} all", act.word()),
            Command::Each(act, servers) => write!(f, "{} {}", act.word(), list(*servers)),
            Command::Stop(sid) => write!(f, "stop {sid}"),
            Command::Crash(sid) => write!(f, "crash {sid}"),
            Command::Restart(sid) => write!(f, "restart {sid}"),
            Command::Pause(sid) => write!(f, "pause {sid}"),
            Command::Resume(sid) => write!(f, "resume {sid}"),
            Command::Cut(a, b) => write!(f, "cut {a}-{b}"),
            Command::Partition(sides) => {
                write!(f, "partition {}", sides.iter().map(|side| list(*side)).collect::<Vec<_>>().join(" | "))
            }
            Command::HealLine(a, b) => write!(f, "heal {a}-{b}"),
            Command::Heal => write!(f, "heal"),
            Command::Hold(from, to) => write!(f, "hold {from}->{to}"),
            Command::Release(from, to) => write!(f, "release {from}->{to}"),
            Command::Write { server, payload } => write!(f, "write {server} {payload}"),
            Command::Sync(sid) => write!(f, "sync {sid}"),
            Command::Client { client, act } => match act {
                ClientAct::Connect { servers, timeout } => {
                    let list = servers.iter().map(Sid::to_string).collect::<Vec<_>>().join(",");
                    write!(f, "client {client} connect {list}")?;
                    match *timeout {
                        ClientAct::USUAL_TIMEOUT => Ok(()),
                        timeout => write!(f, " timeout={timeout}"),
                    }
                }
                ClientAct::Type(line) => write!(f, "{client}> {line}"),
                ClientAct::Pause => write!(f, "pause {client}"),
                ClientAct::Resume => write!(f, "resume {client}"),
                ClientAct::Cut => write!(f, "cut {client}"),
                ClientAct::Heal => write!(f, "heal {client}"),
                ClientAct::Hold(way) => write!(f, "hold {}", way.of(client)),
                ClientAct::Release(way) => write!(f, "release {}", way.of(client)),
                ClientAct::Crash => write!(f, "crash {client}"),
                ClientAct::Expire => write!(f, "expire {client}"),
            },
            Command::DiskSpeed { server, slow: true } => write!(f, "disk {server} slow"),
            Command::DiskSpeed { server, slow: false } => write!(f, "disk {server} fast"),
            Command::CrashAfter { server, point } => write!(f, "crash {server} after {point}"),
            Command::Advance(span) => write!(f, "advance {span}"),
            Command::Step(count) => write!(f, "step {count}"),
            Command::Settle => write!(f, "settle"),
            Command::SettleWithin(span) => write!(f, "settle {span}"),
            Command::Until(predicate) => write!(f, "until {predicate}"),
        }
    }
}

/// `1,2`
fn list(sids: Sids) -> String {
    sids.into_iter().map(|sid| sid.to_string()).collect::<Vec<_>>().join(",")
}

/// Why a command cannot be carried out. Nothing has changed then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommandError {
    /// There is no such server.
    UnknownServer(Sid),
    /// It runs already.
    AlreadyRunning(Sid),
    /// It does not run.
    NotRunning(Sid),
    /// It has never been started, so it cannot be started again.
    NeverStarted(Sid),
    /// It is frozen already.
    AlreadyPaused(Sid),
    /// It is not frozen.
    NotPaused(Sid),
    /// A line needs two different servers.
    SameServer(Sid),
    /// The line is cut already.
    AlreadyCut(Sid, Sid),
    /// The line is whole.
    NotCut(Sid, Sid),
    /// A server stands on two sides of a partition.
    TwoSides(Sid),
    /// A server is named twice.
    Twice(Sid),
    /// The direction is held already.
    AlreadyHeld(Sid, Sid),
    /// The direction is not held.
    NotHeld(Sid, Sid),
    /// There is no such client.
    UnknownClient(ClientName),
    /// There is a client of this name, and its session is not over.
    ClientExists(ClientName),
    /// Its process has ended.
    ClientGone,
    /// It is frozen already.
    ClientPaused,
    /// It is not frozen.
    ClientNotPaused,
    /// It is not frozen but cut off.
    ClientCutNotPaused,
    /// It is cut off already.
    ClientCut,
    /// It is not cut off.
    ClientNotCut,
    /// The direction is held already.
    ClientHeld,
    /// The direction is not held.
    ClientNotHeld,
    /// It has no session that could expire.
    NoSession,
    /// There are as many clients as a run may have.
    TooManyClients,
    /// It does not serve, so no client can be connected with it.
    NotServing(Sid),
    /// The run ended or went on for ten simulated minutes without this becoming true.
    NeverTrue {
        /// The statement, as it is written.
        statement: String,
        /// What was so instead at the end of that time.
        found: String,
    },
    /// The run ended or went on for ten simulated minutes, and the server did not come to this point.
    NeverCame(Sid, CrashPoint),
    /// The run ended or went on for ten simulated minutes, and no leader was there to let the session expire.
    NeverExpired,
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CommandError::UnknownServer(sid) => write!(f, "there is no server {sid} in this ensemble"),
            CommandError::AlreadyRunning(sid) => write!(f, "server {sid} is running already"),
            CommandError::NotRunning(sid) => write!(f, "server {sid} is not running"),
            CommandError::NeverStarted(sid) => write!(f, "server {sid} has never been started; use start {sid}"),
            CommandError::AlreadyPaused(sid) => write!(f, "server {sid} is paused already"),
            CommandError::NotPaused(sid) => write!(f, "server {sid} is not paused"),
            CommandError::SameServer(sid) => write!(f, "a line needs two different servers, not {sid} twice"),
            CommandError::AlreadyCut(a, b) => write!(f, "the line {a}-{b} is cut already"),
            CommandError::NotCut(a, b) => write!(f, "the line {a}-{b} is not cut"),
            CommandError::Twice(sid) => write!(f, "server {sid} is named twice"),
            CommandError::TwoSides(sid) => write!(f, "server {sid} stands on two sides"),
            CommandError::AlreadyHeld(from, to) => write!(f, "{from}->{to} is held already"),
            CommandError::NotHeld(from, to) => write!(f, "{from}->{to} is not held"),
            CommandError::UnknownClient(name) => {
                write!(f, "there is no client `{name}` (servers have numbers); `client {name} connect 1` starts one")
            }
            CommandError::ClientExists(name) => {
                write!(f, "client `{name}` is there already; `{name}> close` or `crash {name}` makes room for another")
            }
            CommandError::ClientGone => {
                write!(f, "the process of this client has ended; `client`, its name and `connect 1` start another")
            }
            CommandError::ClientPaused => write!(f, "this client is paused already"),
            CommandError::ClientNotPaused => write!(f, "this client is not paused"),
            CommandError::ClientCutNotPaused => {
                write!(f, "this client is not paused but cut off; `heal` and its name mend that")
            }
            CommandError::ClientCut => write!(f, "this client is cut off already"),
            CommandError::ClientHeld => write!(f, "this is held already"),
            CommandError::ClientNotHeld => write!(f, "this is not held"),
            CommandError::ClientNotCut => write!(f, "this client is not cut off"),
            CommandError::NoSession => write!(f, "this client is in no session that could expire"),
            CommandError::TooManyClients => write!(f, "a run may have {} clients", World::MOST_CLIENTS),
            CommandError::NotServing(sid) => write!(f, "server {sid} does not serve clients now"),
            CommandError::NeverTrue { statement, found } => {
                write!(f, "`{statement}` did not become true within ten simulated minutes; at their end it was {found}")
            }
            CommandError::NeverCame(sid, point) => {
                write!(
                    f,
                    "server {sid} did not come to `{point}` within ten simulated minutes; what came before does not count"
                )
            }
            CommandError::NeverExpired => write!(f, "no leader let this session expire within ten simulated minutes"),
        }
    }
}
