//! Random runs under faults. A seed draws an ensemble and a storm of starts, writes, crashes, cuts, holds, pauses and
//! slow disks, with all invariants checked after every event (the safety phase). Then everything is mended, and
//! everybody must serve and hold the same log, the storm's answered writes and new ones included (the liveness phase).
//!
//! A seed and a profile are a bug report: they always give the same run.

mod dice;
mod storm;
mod visitors;

use crate::client::{ClientName, ClientState};
use crate::history::{History, serves};
use crate::ids::{Sid, Zxid};
use crate::invariants::{Before, Violation, check, check_step};
use crate::query::leader;
use crate::recording::Recording;
use crate::rules::Faults;
use crate::script::{Words, ensemble};
use crate::sim::{ClientAct, Command, ProcessAct};
use crate::trace::{ClientFact, DecisionReason, Fact};
use crate::zab::SyncMethod;
use core::fmt;
pub use dice::Dice;
use std::collections::BTreeMap;
use std::sync::Arc;
pub use storm::draw_ensemble;

/// What kind of runs are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Three to seven voters, observers, groups, all kinds of faults.
    Mixed,
    /// Three voters, few writes, many crashes at chosen points: where the famous bugs live (dossier §8.4).
    Sharp,
    /// Three to five voters, and clients that read, write, watch, move and expire.
    Clients,
}

impl Profile {
    /// All of them, with their names.
    pub const ALL: [(Profile, &'static str); 3] =
        [(Profile::Mixed, "mixed"), (Profile::Sharp, "sharp"), (Profile::Clients, "clients")];
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Something untrue after an event.
    Broken {
        /// The event.
        event: usize,
        /// What.
        violations: Vec<Violation>,
    },
    /// After ten minutes without a fault these servers do not serve, or there is not one leader.
    NotUnited(Vec<Sid>),
    /// An answered write is not in the log of this server in the end.
    Lost(Sid, Zxid),
    /// This client is not connected, or waits for an answer, in the end.
    Unanswered(ClientName),
    /// This server's log differs from what was committed, in the end.
    Differs(Sid),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |servers: &[Sid]| servers.iter().map(|sid| format!("S{sid}")).collect::<Vec<_>>().join(" ");
        match self {
            Failure::Broken { event, violations } => {
                write!(f, "event {event}")?;
                for violation in violations {
                    let zxid = violation.zxid.map_or(String::new(), |zxid| format!(" at {zxid}"));
                    let (name, servers) = (violation.invariant, list(&violation.servers));
                    write!(f, "; {name:?}, {servers}{zxid}: not true that {}", violation.invariant.statement())?;
                }
                Ok(())
            }
            Failure::NotUnited(servers) => {
                write!(
                    f,
                    "ten minutes without a fault, and not one leader serves with everybody; idle: {}",
                    list(servers)
                )
            }
            Failure::Lost(sid, zxid) => write!(f, "the answered write {zxid} is not in the log of S{sid}"),
            Failure::Unanswered(client) => write!(f, "client {client} is left without a server or an answer"),
            Failure::Differs(sid) => write!(f, "S{sid} has another log than was committed"),
        }
    }
}

/// How often things happened, by name.
pub type Coverage = BTreeMap<&'static str, u64>;

/// A run and its verdict.
#[derive(Debug)]
pub struct Run {
    /// The run.
    pub history: History,
    /// What went wrong, if something did.
    pub failure: Option<Failure>,
    /// What happened.
    pub coverage: Coverage,
}

/// Runs a seed.
pub fn run(seed: u64, profile: Profile, faults: Faults) -> Run {
    let mut dice = Dice(seed);
    let line = storm::draw_ensemble(&mut dice, profile, seed, faults);
    let ensemble = ensemble(&mut Words::of(1, &line)).expect("the line is drawn by the grammar");
    let mut storm = Storm::new(History::new(ensemble));
    let failure = storm.play(&mut dice, profile).err();
    Run { history: storm.history, failure, coverage: storm.coverage }
}

impl Run {
    /// The run as a script: the steps that were taken one by one together.
    pub fn script(&self) -> String {
        let mut text = self.history.ensemble().to_string();
        let mut steps = 0;
        for command in self.history.commands() {
            if let Command::Step(count) = command {
                steps += count;
                continue;
            }
            if steps > 0 {
                text.push_str(&format!("\nstep {steps}"));
                steps = 0;
            }
            text.push_str(&format!("\n{command}"));
        }
        if steps > 0 {
            text.push_str(&format!("\nstep {steps}"));
        }
        text
    }

    /// The run as the end of a link to the page.
    pub fn link(&self) -> String {
        format!("#/r/{}", Recording::of(&self.history).encode())
    }
}

/// A run that is checked event by event.
struct Storm {
    history: History,
    before: Before,
    events: usize,
    coverage: Coverage,
    answered: Vec<Zxid>,
}

impl Storm {
    fn new(history: History) -> Storm {
        let before = Before::of(history.latest());
        Storm { history, before, events: 0, coverage: Coverage::new(), answered: Vec::new() }
    }

    /// Carries out a command and checks every event of it. One that is not possible now is left out.
    fn apply(&mut self, command: &Command) -> Result<(), Failure> {
        let mut failure = None;
        let Storm { history, before, events, coverage, answered } = self;
        let mut watch = |run: &History| {
            *events += 1;
            let (Some(step), world) = (run.steps().last(), run.latest()) else { return };
            for event in &step.trace {
                count(coverage, &event.fact);
                if let Fact::Answered { zxid, .. } = event.fact {
                    answered.push(zxid);
                }
            }
            if failure.is_none() {
                let mut violations = check(world);
                violations.extend(check_step(before, world, &step.trace));
                if !violations.is_empty() {
                    failure = Some(Failure::Broken { event: run.len(), violations });
                }
            }
            *before = Before::of(world);
        };
        // A refused command has changed nothing, so there is nothing to check.
        let _ = history.apply_watched(command, &mut watch);
        failure.map_or(Ok(()), Err)
    }

    /// Mends everything, starts everybody, writes once more, and looks at what everybody has.
    fn end(&mut self) -> Result<(), Failure> {
        self.apply(&Command::Heal)?;
        let holds: Vec<_> = self.history.latest().network().holds().collect();
        for (from, to) in holds {
            self.apply(&Command::Release(from, to))?;
        }
        let world = self.history.latest();
        let of_clients = world.lines().holds().map(|(id, way)| (world.client_name(id), way));
        for (client, way) in of_clients.collect::<Vec<_>>() {
            self.apply(&Command::Client { client, act: ClientAct::Release(way) })?;
        }
        let nodes = self.history.latest().nodes();
        let (mut paused, mut slow) = (Vec::new(), Vec::new());
        for (sid, node) in nodes {
            paused.extend(node.is_paused().then_some(sid));
            slow.extend(node.slow_disk.then_some(sid));
        }
        for server in slow {
            self.apply(&Command::DiskSpeed { server, slow: false })?;
        }
        for sid in paused {
            self.apply(&Command::Resume(sid))?;
        }
        for (client, act) in self.idle_clients() {
            self.apply(&Command::Client { client, act })?;
        }
        self.apply(&Command::All(ProcessAct::Start))?;
        self.apply(&Command::Settle)?;
        self.united()?;
        for server in self.history.ensemble().servers().collect::<Vec<_>>() {
            self.apply(&Command::Write { server, payload: Arc::from("last") })?;
        }
        self.apply(&Command::Settle)?;
        self.united()?;
        self.agrees()
    }

    /// Frozen clients, which shall run on.
    fn idle_clients(&self) -> Vec<(ClientName, ClientAct)> {
        let clients = self.history.latest().clients();
        let paused = clients.filter(|(_, node)| node.is_paused() && !node.is_gone);
        paused.map(|(_, node)| (node.client.name.clone(), ClientAct::Resume)).collect()
    }

    /// One leader serves, and everybody with it, but for those whom a promise keeps out: whoever has promised a later
    /// epoch to a leader that failed must refuse this one until the next election (as in ZooKeeper).
    fn united(&mut self) -> Result<(), Failure> {
        let world = self.history.latest();
        let led = leader(world).and_then(|leader| world.server(leader)).map(|leader| leader.disk().accepted_epoch);
        let kept_out = |sid: &Sid| {
            let promised = world.node(*sid).map(|node| node.disk().accepted_epoch);
            led.zip(promised).is_some_and(|(led, promised)| promised > led)
        };
        let idle: Vec<Sid> = world.ensemble().servers().filter(|sid| !serves(world, *sid)).collect();
        if idle.iter().any(|sid| !kept_out(sid)) || led.is_none() {
            return Err(Failure::NotUnited(idle));
        }
        if !idle.is_empty() {
            *self.coverage.entry("runs that end with a server kept out by its promise").or_default() += 1;
        }
        Ok(())
    }

    fn agrees(&self) -> Result<(), Failure> {
        let world = self.history.latest();
        for (_, node) in world.clients().filter(|(_, node)| !node.is_gone && !node.client.is_over()) {
            let served = node.client.servers.iter().any(|sid| serves(world, *sid));
            if served && !(node.client.is_connected() && node.client.is_idle()) {
                return Err(Failure::Unanswered(node.client.name.clone()));
            }
        }
        for server in world.servers().filter(|server| serves(world, server.id())) {
            let history = &server.database().history;
            if let Some(lost) = self.answered.iter().find(|zxid| !history.contains(**zxid)) {
                return Err(Failure::Lost(server.id(), *lost));
            }
            if *history != world.ghost().committed {
                return Err(Failure::Differs(server.id()));
            }
        }
        Ok(())
    }
}

fn count(coverage: &mut Coverage, fact: &Fact) {
    let name = match fact {
        Fact::Decided { why: DecisionReason::QuorumThenSilence { .. }, .. } => "elections decided by a quorum",
        Fact::Decided { .. } => "elections ended by a settled ensemble",
        Fact::Established { .. } => "leaders established",
        Fact::SyncBegins { method: SyncMethod::Diff, .. } => "learners synchronised by DIFF",
        Fact::SyncBegins { method: SyncMethod::Trunc, .. } => "learners synchronised by TRUNC",
        Fact::SyncBegins { method: SyncMethod::Snap, .. } => "learners synchronised by SNAP",
        Fact::Truncated { .. } => "logs cut",
        Fact::Proposed { .. } => "proposals",
        Fact::Committed { .. } => "commits",
        Fact::Answered { .. } => "answered writes",
        Fact::Ended { cleanly: false } => "crashes",
        Fact::Paused => "pauses",
        Fact::LearnerAhead { .. } => "learners ahead of their leader",
        Fact::Exits(_) => "processes that ended by themselves",
        Fact::Refused { .. } => "refused writes",
        Fact::SessionExpires { .. } => "sessions expired",
        Fact::SessionRefused { .. } => "sessions refused",
        Fact::ClientAhead { .. } => "clients ahead of their server",
        Fact::Client { fact: ClientFact::Event(_), .. } => "watch events",
        Fact::Client { fact: ClientFact::State(ClientState::Disconnected), .. } => "clients disconnected",
        _ => return,
    };
    *coverage.entry(name).or_default() += 1;
}
