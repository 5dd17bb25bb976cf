//! The steps of a recording on a simulated ensemble.
//!
//! **Time.** A recording says nothing of when its steps were made, only that each had come to its end before the next
//! one began. So does a replay: after each answer it runs until all that follows from it has arrived. As the recorder
//! did, it lets every connected session say now and then that it is there, so that only those end that shall. Whether
//! it did so on connections that were kept when their session went on elsewhere is not recorded, and a leader ends such
//! a connection when it hears of it; a recording that has some passes if it agrees in one of the two ways.
//!
//! **Versions.** Our rules are those of later versions where these have mended a fault. If a recording does not agree,
//! it is replayed once more with the faults of its version, and passes if that agrees; the verdict names them.

use super::compare::{self, Aliases, Difference, Disagreement};
use super::json::Json;
use super::reader::{Act, Fields, Recording, Step};
use crate::client::{Client, ClientState};
use crate::history::serves;
use crate::ids::{ClientId, SessionId, Sid, Zxid};
use crate::query;
use crate::rules::{Fault, Faults};
use crate::session::{Code, Operation, Password, Reply};
use crate::sim::{Command, World};
use crate::time::Duration;
use crate::trace::{ClientFact, Fact, TraceEvent};
use crate::tree::Identity;
use std::sync::Arc;

/// Everything that follows from a step has arrived after this time: it is some dozen times as long as a message
/// travels.
const QUIET: Duration = Duration::from_millis(5);
/// While time passes, connected sessions say so often that they are there. The shortest timeout is a second.
const KEEP_ALIVE: Duration = Duration::from_millis(100);
/// What has not come true after this time never will.
const PATIENCE: Duration = Duration::from_millis(60_000);

/// The result for one recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Everything agrees.
    Passed {
        /// Number of steps.
        steps: usize,
        /// Faults of the recorded version that later versions have mended, without which it does not agree.
        faults: Faults,
    },
    /// Something does not.
    Failed(Box<Disagreement>),
}

/// Replays a recording.
pub fn check(recording: &Recording) -> Verdict {
    let keeps = recording.steps.iter().any(|step| matches!(step.act, Act::Reopen { keep: true, .. }));
    let run = |faults| {
        let replay = |pings_kept| Replay::new(recording, faults, pings_kept).run();
        match replay(true).or_else(|first| if keeps { replay(false).map_err(|_| first) } else { Err(first) }) {
            Ok(()) => Verdict::Passed { steps: recording.steps.len(), faults },
            Err(disagreement) => Verdict::Failed(Box::new(disagreement)),
        }
    };
    let verdict = run(Faults::default());
    if let Verdict::Failed(_) = verdict
        && let Some(faults) = faults_of(&recording.version)
        && let passed @ Verdict::Passed { .. } = run(faults)
    {
        return passed;
    }
    verdict
}

/// What a recorded version did otherwise than ours: before 3.8.4 it told watchers of what they may not read
/// (CVE-2024-23944).
fn faults_of(version: &str) -> Option<Faults> {
    let mut numbers = version.split('.').map(|number| number.parse::<u32>());
    let number = (numbers.next()?.ok()?, numbers.next()?.ok()?, numbers.next()?.ok()?);
    let mut faults = Faults::default();
    faults.switch_on(Fault::UnfilteredWatches);
    (number < (3, 8, 4)).then_some(faults)
}

/// A connection of a session. One that was kept when its session went on elsewhere has an alias of its own.
struct Seat {
    alias: String,
    client: ClientId,
}

/// A session under its alias.
struct Session {
    alias: String,
    id: SessionId,
    password: Password,
}

struct Replay<'a> {
    recording: &'a Recording,
    world: World,
    /// Whether connections say that they are there after their session has gone on elsewhere.
    pings_kept: bool,
    /// Open connections, and those whose end nobody has asked for.
    seats: Vec<Seat>,
    sessions: Vec<Session>,
    /// Replies since the step began.
    replies: Vec<(ClientId, Reply)>,
    /// Events since the step began, by alias.
    events: Fields,
}

impl Aliases for Vec<Session> {
    fn alias(&self, session: SessionId) -> Option<&str> {
        self.iter().find(|known| known.id == session).map(|known| known.alias.as_str())
    }
}

impl<'a> Replay<'a> {
    fn new(recording: &'a Recording, faults: Faults, pings_kept: bool) -> Replay<'a> {
        let world = World::new(Arc::new(recording.ensemble(faults)));
        Replay {
            recording,
            world,
            pings_kept,
            seats: Vec::new(),
            sessions: Vec::new(),
            replies: Vec::new(),
            events: Fields::new(),
        }
    }

    fn run(mut self) -> Result<(), Disagreement> {
        self.start();
        for step in &self.recording.steps {
            self.replies.clear();
            self.events.clear();
            let disagreement = |(field, recorded, ours): Difference| {
                let who = match &step.act {
                    Act::Wait(_) | Act::KillLeader => String::new(),
                    Act::Open { alias, .. }
                    | Act::Reopen { alias, .. }
                    | Act::Disconnect(alias)
                    | Act::Expire(alias)
                    | Act::Request(alias, _) => format!("{alias} "),
                };
                let place = format!("step {} ({who}{})", step.number, step.act.name());
                Disagreement { line: step.line, place, field, recorded, ours }
            };
            let ours = self.act(step).map_err(disagreement)?;
            self.settle();
            let whole = matches!(step.act, Act::Request(..));
            compare::results(&step.result, &self.afterwards(step, ours), whole).map_err(disagreement)?;
            compare::events(&step.events, &self.events, step.act.is_unordered()).map_err(disagreement)?;
        }
        self.compare_last()
    }

    // ---- the world ----

    /// Starts the servers so that the recorded leader leads: the largest of a quorum on fresh disks wins, and who comes
    /// later follows.
    fn start(&mut self) {
        let leader = self.recording.leader.0;
        let quorum = self.world.ensemble().quorum().smallest() as u8;
        let first = leader + 1 - quorum..=leader;
        let (early, late): (Vec<u8>, Vec<u8>) = (1..=self.recording.servers).partition(|id| first.contains(id));
        for group in [early, late] {
            for id in group {
                // Nothing runs yet that could refuse it.
                let _ = self.world.apply(&Command::Start(Sid(id)));
            }
            self.run_until(|replay| replay.all_serve());
        }
    }

    fn all_serve(&self) -> bool {
        self.world.servers().all(|server| serves(&self.world, server.id()))
    }

    /// Lets time pass until something is true, but not longer than there is patience.
    fn run_until(&mut self, reached: impl Fn(&Replay) -> bool) -> bool {
        let end = self.world.now() + PATIENCE;
        while !reached(self) {
            if self.world.now() >= end {
                return false;
            }
            let next = self.world.agenda().peek().map(|(next, _)| next);
            let ping = self.world.now() + KEEP_ALIVE;
            match next.filter(|next| *next < ping) {
                Some(_) => self.step(),
                None => {
                    self.world.pass_to(ping);
                    self.keep_alive();
                }
            }
        }
        true
    }

    fn step(&mut self) {
        if let Some((_, trace)) = self.world.step() {
            self.read(trace);
        }
    }

    /// Lets time pass.
    fn pass(&mut self, span: Duration) {
        let end = self.world.now() + span;
        let mut ping = self.world.now() + KEEP_ALIVE;
        loop {
            let next = ping.min(end);
            while self.world.agenda().peek().is_some_and(|(at, _)| at <= next) {
                self.step();
            }
            self.world.pass_to(next);
            if next == end {
                return;
            }
            self.keep_alive();
            ping = next + KEEP_ALIVE;
        }
    }

    /// Every connected session says that it is there.
    fn keep_alive(&mut self) {
        let pings = |seat: &&Seat| self.pings_kept || !seat.alias.ends_with('\'');
        let seats = self.seats.iter().filter(pings).map(|seat| seat.client);
        let connected: Vec<ClientId> = seats.filter(|client| self.is_connected(*client)).collect();
        let mut trace = Vec::new();
        for client in connected {
            self.world.call(client, Operation::Ping, &mut trace);
        }
        self.read(trace);
    }

    /// Runs until all that follows from a step has arrived.
    fn settle(&mut self) {
        self.pass(QUIET);
        self.keep_alive();
        self.pass(QUIET);
    }

    /// Takes replies and events out of what has happened.
    fn read(&mut self, trace: Vec<TraceEvent>) {
        for event in trace {
            let Fact::Client { client: name, fact } = event.fact else { continue };
            let Some((client, _)) = self.world.client(&name) else { continue };
            match fact {
                ClientFact::Replied(call) => self.replies.push((client, call.1)),
                ClientFact::Event(event) => {
                    let alias = self.seats.iter().find(|seat| seat.client == client).map(|seat| seat.alias.clone());
                    let told = Json::List(vec![Json::text(event.kind.to_string()), Json::text(&*event.path)]);
                    if let Json::List(list) =
                        self.events.entry(alias.unwrap_or_default()).or_insert_with(|| Json::List(Vec::new()))
                    {
                        list.push(told);
                    }
                }
                _ => {}
            }
        }
    }

    // ---- what was done ----

    /// Does what was done, and returns what came of it at once.
    fn act(&mut self, step: &Step) -> Result<Fields, Difference> {
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
                Ok(Fields::new())
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
                if self.run_until(next) { Ok(Fields::new()) } else { Err(unanswered()) }
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
    fn afterwards(&self, step: &Step, mut ours: Fields) -> Fields {
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
    fn last_transaction(&self) -> Zxid {
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

    fn is_connected(&self, client: ClientId) -> bool {
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

    // ---- the end ----

    fn compare_last(&self) -> Result<(), Disagreement> {
        let Some((line, last)) = &self.recording.last else { return Ok(()) };
        let disagreement = |place: String, (field, recorded, ours): Difference| Disagreement {
            line: *line,
            place,
            field,
            recorded,
            ours,
        };
        let Some(server) = query::leader(&self.world).and_then(|leader| self.world.server(leader)) else {
            return Err(disagreement("the final state".to_string(), unanswered()));
        };
        if let Some(recorded) = last.get("zxid") {
            // A new leader is at the start of its epoch, and its followers are not before somebody writes.
            let ours =
                [server.database().last_processed, self.last_transaction()].map(|zxid| compare::zxid(Some(zxid)));
            if !ours.contains(recorded) {
                let [ours, _] = ours;
                let difference = ("zxid".to_string(), Some(recorded.clone()), Some(ours));
                return Err(disagreement("the final state".to_string(), difference));
            }
        }
        let recorded = last.get("tree").and_then(Json::fields).cloned().unwrap_or_default();
        let compared = |who: &[Identity]| {
            compare::tree(&recorded, &server.database().tree, who, &self.sessions)
                .map_err(|(path, difference)| disagreement(format!("the final {path}"), difference))
        };
        // Which session has read the tree is not recorded: a new one, or one that may see more.
        let readers = self.world.servers().flat_map(|server| server.port().connections.values());
        let first = compared(&[Identity::new("ip", "127.0.0.1")]);
        if first.is_ok() || readers.into_iter().any(|reader| compared(&reader.who).is_ok()) { Ok(()) } else { first }
    }
}

fn fields<const N: usize>(fields: [(&'static str, Json); N]) -> Fields {
    fields.into_iter().map(|(name, value)| (name.to_string(), value)).collect()
}

/// Nothing came of it in simulated minutes.
fn unanswered() -> Difference {
    ("the answer".to_string(), Some(Json::text("there is one")), None)
}
