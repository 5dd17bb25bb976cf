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

use super::acts::unanswered;
use super::compare::{self, Aliases, Difference, Disagreement};
use super::json::Json;
use super::reader::{Act, Fields, Recording};
use crate::history::serves;
use crate::ids::{ClientId, SessionId, Sid};
use crate::query;
use crate::rules::{Fault, Faults};
use crate::session::{Operation, Password, Reply};
use crate::sim::{Command, World};
use crate::time::Duration;
use crate::trace::{ClientFact, Fact, TraceEvent};
use crate::tree::Identity;
use std::sync::Arc;

/// Everything that follows from a step has arrived after this time: it is some dozen times as long as a message
/// travels.
pub(super) const QUIET: Duration = Duration::from_millis(5);
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
    let mut furthest = run(Faults::default());
    for faults in faults_of(&recording.version) {
        let Verdict::Failed(first) = &furthest else { break };
        match run(faults) {
            Verdict::Failed(disagreement) if disagreement.line <= first.line => {}
            verdict => furthest = verdict,
        }
    }
    furthest
}

/// What a recorded version did otherwise than ours: before 3.8.4 it told watchers of what they may not read
/// (CVE-2024-23944), and `exists` needed no permission (ZOOKEEPER-2590).
/// Each alone and both: what a recording does not need is not said of it.
fn faults_of(version: &str) -> Vec<Faults> {
    let numbers: Vec<u32> = version.split('.').map_while(|number| number.parse().ok()).collect();
    if numbers.len() != 3 || numbers[..] >= [3, 8, 4][..] {
        return Vec::new();
    }
    let (mut watches, mut exists) = (Faults::default(), Faults::default());
    watches.switch_on(Fault::UnfilteredWatches);
    exists.switch_on(Fault::UncheckedExists);
    let mut both = watches;
    both.switch_on(Fault::UncheckedExists);
    vec![watches, exists, both]
}

/// A connection of a session. One that was kept when its session went on elsewhere has an alias of its own.
pub(super) struct Seat {
    pub(super) alias: String,
    pub(super) client: ClientId,
}

/// A session under its alias.
pub(super) struct Session {
    pub(super) alias: String,
    pub(super) id: SessionId,
    pub(super) password: Password,
}

/// A replay under way.
pub(super) struct Replay<'a> {
    recording: &'a Recording,
    pub(super) world: World,
    /// Whether connections say that they are there after their session has gone on elsewhere.
    pings_kept: bool,
    /// Open connections, and those whose end nobody has asked for.
    pub(super) seats: Vec<Seat>,
    pub(super) sessions: Vec<Session>,
    /// Replies since the step began.
    pub(super) replies: Vec<(ClientId, Reply)>,
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

    pub(super) fn all_serve(&self) -> bool {
        self.world.servers().all(|server| serves(&self.world, server.id()))
    }

    /// Lets time pass until something is true, but not longer than there is patience.
    pub(super) fn run_until(&mut self, reached: impl Fn(&Replay) -> bool) -> bool {
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
    pub(super) fn pass(&mut self, span: Duration) {
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
    pub(super) fn read(&mut self, trace: Vec<TraceEvent>) {
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
