//! The replay of a recording.
//!
//! **Time.** Everything happens at its recorded moment, but a `start` takes effect when that process first logged
//! LOOKING: before that a JVM was booting, which we do not simulate. A checkpoint is held against our world at the
//! checkpoint's own moment and not after a settling of ours, because what comes next must meet the state in
//! which the recorded ensemble was; the recorder has waited for at least 0.6 s without a change, so a few
//! milliseconds between their clock and ours make no difference.
//!
//! **Chance.** A checkpoint is timing-dependent when several servers were started without a settling in between,
//! and so is every checkpoint after it. Such a recording passes if one of [`schedules`] leads to all that was
//! recorded. Every other checkpoint must agree under the first schedule.

use super::recording::{Mode, Op, Recording, Unusable, moment};
use crate::ensemble::Latency;
use crate::history::serves;
use crate::ids::{Sid, Zxid};
use crate::query::last_zxid;
use crate::rules::{Fault, Faults};
use crate::server::Activity;
use crate::sim::{Command, CommandError, World};
use crate::time::{Duration, Instant};
use core::fmt;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The chance of one replay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// How long messages travel.
    pub latency: Latency,
    /// Where the latencies are drawn from.
    pub seed: u64,
}

/// The longest latency of each group of schedules, in milliseconds; the shortest is 1 ms. A notification between
/// two JVMs on one machine takes a few milliseconds, but more than a hundred right after their start.
const LONGEST_LATENCIES: [u64; 7] = [5, 20, 60, 100, 150, 250, 400];
/// Schedules per group. Some recorded races are rare: the first round of one broke up because a vote reached two
/// servers and missed the third by a few milliseconds, which one schedule in some thousands repeats.
const SEEDS: u64 = 2000;

/// Every schedule that is tried, in order.
pub fn schedules() -> impl Iterator<Item = Schedule> {
    LONGEST_LATENCIES.into_iter().flat_map(|longest| {
        let latency = Latency { min: Duration::from_millis(1), max: Duration::from_millis(longest) };
        (1..=SEEDS).map(move |seed| Schedule { latency, seed })
    })
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "latency {}..{}, seed {}", self.latency.min, self.latency.max, self.seed)
    }
}

/// The result for one recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All checkpoints agree.
    Passed {
        /// Number of checkpoints.
        checkpoints: usize,
        /// For a timing-dependent recording the schedule that agrees, and how many were tried to find it.
        found: Option<(Schedule, usize)>,
        /// Faults of the recorded version that later versions have mended, without which it does not agree.
        faults: Faults,
    },
    /// Something does not agree.
    Failed {
        /// What, under the schedule that came farthest.
        disagreement: Disagreement,
        /// How many schedules were tried.
        tried: usize,
    },
}

/// The first thing that does not agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Disagreement {
    /// Another leader than recorded, or one where none was, or the reverse.
    Leader {
        /// The checkpoint, from 1.
        checkpoint: usize,
        /// Its moment.
        at: Instant,
        /// Recorded.
        recorded: Option<Sid>,
        /// Ours.
        ours: Option<Sid>,
    },
    /// A server is something else than recorded.
    Mode {
        /// The checkpoint, from 1.
        checkpoint: usize,
        /// Its moment.
        at: Instant,
        /// The server.
        server: Sid,
        /// Recorded.
        recorded: Mode,
        /// Ours.
        ours: Mode,
    },
    /// A server has processed another zxid than recorded.
    Zxid {
        /// The checkpoint, from 1.
        checkpoint: usize,
        /// Its moment.
        at: Instant,
        /// The server.
        server: Sid,
        /// Recorded.
        recorded: Zxid,
        /// Ours.
        ours: Zxid,
    },
    /// A server's epoch files differ from those recorded.
    Epochs {
        /// The checkpoint, from 1.
        checkpoint: usize,
        /// Its moment.
        at: Instant,
        /// The server.
        server: Sid,
        /// `acceptedEpoch` and `currentEpoch` as recorded.
        recorded: (u32, u32),
        /// Ours.
        ours: (u32, u32),
    },
    /// A recorded event is not possible.
    Refused {
        /// The checkpoint it leads to, from 1.
        checkpoint: usize,
        /// Its moment.
        at: Instant,
        /// Why.
        error: CommandError,
    },
}

impl Disagreement {
    /// The checkpoint, from 1.
    fn checkpoint(&self) -> usize {
        match self {
            Disagreement::Leader { checkpoint, .. }
            | Disagreement::Mode { checkpoint, .. }
            | Disagreement::Zxid { checkpoint, .. }
            | Disagreement::Epochs { checkpoint, .. }
            | Disagreement::Refused { checkpoint, .. } => *checkpoint,
        }
    }
}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |leader: &Option<Sid>| leader.map_or("none".to_string(), |sid| sid.to_string());
        match self {
            Disagreement::Leader { checkpoint, at, recorded, ours } => {
                write!(
                    f,
                    "checkpoint {checkpoint} at {at}: the leader is {}, recorded is {}",
                    name(ours),
                    name(recorded)
                )
            }
            Disagreement::Mode { checkpoint, at, server, recorded, ours } => {
                write!(f, "checkpoint {checkpoint} at {at}: server {server} is {ours}, recorded is {recorded}")
            }
            Disagreement::Zxid { checkpoint, at, server, recorded, ours } => {
                write!(f, "checkpoint {checkpoint} at {at}: server {server} is at zxid {ours}, recorded is {recorded}")
            }
            Disagreement::Epochs { checkpoint, at, server, recorded, ours } => {
                write!(
                    f,
                    "checkpoint {checkpoint} at {at}: server {server} has accepted epoch {} and current epoch {}, recorded are {} and {}",
                    ours.0, ours.1, recorded.0, recorded.1
                )
            }
            Disagreement::Refused { checkpoint, at, error } => {
                write!(f, "before checkpoint {checkpoint} at {at}: the recorded event is not possible: {error}")
            }
        }
    }
}

/// Replays a recording.
///
/// # Errors
/// When the recording contradicts itself so that it cannot be replayed.
pub fn check(recording: &Recording) -> Result<Verdict, Unusable> {
    recording.validate()?;
    let plan = plan(recording);
    let verdict = try_schedules(recording, &plan, Faults::default());
    if let Verdict::Failed { .. } = verdict
        && let Some(faults) = faults_of(&recording.version)
        && let passed @ Verdict::Passed { .. } = try_schedules(recording, &plan, faults)
    {
        return Ok(passed);
    }
    Ok(verdict)
}

/// What a recorded version did otherwise than ours, which is 3.9.4 in this: before 3.8.5 a learner could
/// acknowledge proposals before NEWLEADER (ZOOKEEPER-4685), and its leader then waited in vain.
fn faults_of(version: &str) -> Option<Faults> {
    let mut numbers = version.split('.').map(|number| number.parse::<u32>());
    let number = (numbers.next()?.ok()?, numbers.next()?.ok()?, numbers.next()?.ok()?);
    let mut faults = Faults::default();
    faults.switch_on(Fault::EarlyAcks);
    (number < (3, 8, 5)).then_some(faults)
}

fn try_schedules(recording: &Recording, plan: &[(Instant, Act)], faults: Faults) -> Verdict {
    let first_by_chance = first_timing_dependent(recording);
    let mut farthest: Option<Disagreement> = None;
    let mut tried = 0;
    for schedule in schedules() {
        tried += 1;
        let Err(disagreement) = Replay::new(recording, schedule, faults).run(plan) else {
            let found = first_by_chance.map(|_| (schedule, tried));
            return Verdict::Passed { checkpoints: recording.checkpoints.len(), found, faults };
        };
        let by_chance = first_by_chance.is_some_and(|first| disagreement.checkpoint() >= first);
        if farthest.as_ref().is_none_or(|farthest| farthest.checkpoint() < disagreement.checkpoint()) {
            farthest = Some(disagreement.clone());
        }
        if !by_chance {
            return Verdict::Failed { disagreement, tried };
        }
    }
    let disagreement = farthest.expect("at least one schedule has been tried");
    Verdict::Failed { disagreement, tried }
}

/// The first checkpoint (from 1) that depends on timing.
fn first_timing_dependent(recording: &Recording) -> Option<usize> {
    let mut starts = 0;
    for (index, event) in recording.events.iter().enumerate() {
        match event.op {
            Op::Start { .. } => starts += 1,
            Op::Settle => starts = 0,
            _ => {}
        }
        if starts > 1 {
            return recording
                .checkpoints
                .iter()
                .zip(1..)
                .find(|(seen, _)| seen.after > index)
                .map(|(_, number)| number);
        }
    }
    None
}

/// One thing a replay does.
#[derive(Clone, Copy, Debug)]
enum Act {
    /// A process is started for the n-th time; it is not LOOKING yet.
    Launch(Sid, u32),
    /// That process goes LOOKING.
    Look(Sid, u32),
    Kill(Sid),
    Pause(Sid),
    Resume(Sid),
    /// So many writes with a server, one behind the other without waiting for answers.
    Write(Sid, u32),
    /// Hold the world against a checkpoint, by its index.
    Compare(usize),
}

fn plan(recording: &Recording) -> Vec<(Instant, Act)> {
    let mut plan = Vec::new();
    let mut runs: BTreeMap<Sid, u32> = BTreeMap::new();
    let mut now = Instant::default();
    for (index, event) in recording.events.iter().enumerate() {
        now = now.max(moment(event.t));
        match event.op {
            Op::Start { server } => {
                let run = runs.entry(server).or_default();
                *run += 1;
                plan.push((now, Act::Launch(server, *run)));
                if let Some(looking) = recording.first_looking(server, *run) {
                    plan.push((now.max(looking), Act::Look(server, *run)));
                }
            }
            Op::Kill { server } => plan.push((now, Act::Kill(server))),
            Op::Pause { server } => plan.push((now, Act::Pause(server))),
            Op::Resume { server } => plan.push((now, Act::Resume(server))),
            Op::Settle => {
                for (number, seen) in recording.checkpoints.iter().enumerate().filter(|(_, seen)| seen.after == index) {
                    now = now.max(moment(seen.t));
                    plan.push((now, Act::Compare(number)));
                }
            }
            Op::Write { server, txns } | Op::OpenSession { server, txns } => plan.push((now, Act::Write(server, txns))),
            Op::WriteUnacked { server, count } => plan.push((now, Act::Write(server, count))),
            Op::Gap => {}
        }
    }
    // Stable: what was done in one millisecond stays in the order in which it was done.
    plan.sort_by_key(|(at, _)| *at);
    plan
}

/// A replay under one schedule.
struct Replay<'a> {
    recording: &'a Recording,
    world: World,
    /// Processes that are not LOOKING yet, and which run of their server they are.
    booting: BTreeMap<Sid, u32>,
    /// Those of them that are frozen.
    frozen_at_boot: BTreeSet<Sid>,
    /// Checkpoints passed.
    passed: usize,
}

impl Replay<'_> {
    fn new(recording: &Recording, schedule: Schedule, faults: Faults) -> Replay<'_> {
        let mut ensemble = recording.ensemble(schedule.latency, schedule.seed);
        ensemble.rules.faults = faults;
        let world = World::new(Arc::new(ensemble));
        Replay { recording, world, booting: BTreeMap::new(), frozen_at_boot: BTreeSet::new(), passed: 0 }
    }

    fn run(mut self, plan: &[(Instant, Act)]) -> Result<(), Disagreement> {
        for (at, act) in plan {
            while self.world.agenda().peek().is_some_and(|(next, _)| next <= *at) {
                self.world.step();
            }
            self.world.pass_to(*at);
            match *act {
                Act::Compare(index) => {
                    self.compare(index)?;
                    self.passed += 1;
                }
                _ => self.act(*act).map_err(|error| Disagreement::Refused {
                    checkpoint: self.passed + 1,
                    at: *at,
                    error,
                })?,
            }
        }
        Ok(())
    }

    fn act(&mut self, act: Act) -> Result<(), CommandError> {
        let command = match act {
            Act::Launch(sid, run) => {
                let running = self.world.server(sid).is_some() || self.booting.insert(sid, run).is_some();
                return if running { Err(CommandError::AlreadyRunning(sid)) } else { Ok(()) };
            }
            Act::Look(sid, run) if self.booting.get(&sid) == Some(&run) => {
                self.booting.remove(&sid);
                Command::Start(sid)
            }
            // It was killed before it came so far.
            Act::Look(..) => return Ok(()),
            Act::Kill(sid) if self.booting.remove(&sid).is_some() => {
                self.frozen_at_boot.remove(&sid);
                return Ok(());
            }
            Act::Kill(sid) => Command::Crash(sid),
            Act::Pause(sid) if self.booting.contains_key(&sid) => {
                let frozen = self.frozen_at_boot.insert(sid);
                return if frozen { Ok(()) } else { Err(CommandError::AlreadyPaused(sid)) };
            }
            Act::Pause(sid) => Command::Pause(sid),
            Act::Resume(sid) if self.frozen_at_boot.remove(&sid) => return Ok(()),
            Act::Resume(sid) => Command::Resume(sid),
            Act::Write(server, count) => {
                // What is written matters to nobody here, only that every write is a transaction.
                let write = Command::Write { server, payload: Arc::from("") };
                return (0..count).try_for_each(|_| self.world.apply(&write).map(|_| ()));
            }
            Act::Compare(_) => return Ok(()),
        };
        self.world.apply(&command).map(|_| ())
    }

    fn mode(&self, sid: Sid) -> Mode {
        let server = self.world.server(sid);
        if self.frozen_at_boot.contains(&sid) || self.world.node(sid).is_some_and(|node| node.is_paused()) {
            return Mode::Paused;
        }
        match server.map(|server| server.activity()) {
            None if self.booting.contains_key(&sid) => Mode::Starting,
            None => Mode::Down,
            Some(_) if !serves(&self.world, sid) => Mode::Looking,
            Some(Activity::Looking(_)) => Mode::Looking,
            Some(Activity::Leading(_)) => Mode::Leader,
            Some(Activity::Following(_)) => Mode::Follower,
            Some(Activity::Observing(_)) => Mode::Observer,
        }
    }

    fn compare(&self, index: usize) -> Result<(), Disagreement> {
        let (checkpoint, at) = (index + 1, self.world.now());
        let seen = &self.recording.checkpoints[index];
        let leading = self.world.ensemble().servers().filter(|sid| self.mode(*sid) == Mode::Leader);
        let leading: Vec<Sid> = leading.collect();
        let ours = match leading[..] {
            [one] => Some(one),
            _ => None,
        };
        // The list of leaders says the same a second time; a recording in which it does not agrees with nobody.
        if let Some(recorded) = [seen.leader, self.recording.leaders[index]].into_iter().find(|leader| *leader != ours)
        {
            return Err(Disagreement::Leader { checkpoint, at, recorded, ours });
        }
        for report in &seen.servers {
            let (server, recorded, ours) = (report.server, report.mode, self.mode(report.server));
            if !ours.agrees(recorded) {
                return Err(Disagreement::Mode { checkpoint, at, server, recorded, ours });
            }
            let zxid = report.zxid.map(|(epoch, counter)| Zxid::new(epoch, counter));
            if let Some(recorded) = zxid.filter(|zxid| *zxid != last_zxid(&self.world, server)) {
                return Err(Disagreement::Zxid {
                    checkpoint,
                    at,
                    server,
                    recorded,
                    ours: last_zxid(&self.world, server),
                });
            }
            // A process that has not come so far has no files yet; so has a server that was never started.
            let files = report.accepted_epoch.zip(report.current_epoch).filter(|_| ours != Mode::Starting);
            let disk = self.world.node(server).map(|node| node.disk());
            let ours = disk.map(|disk| (disk.accepted_epoch.0, disk.current_epoch.0)).unwrap_or_default();
            if let Some(recorded) = files.filter(|recorded| *recorded != ours) {
                return Err(Disagreement::Epochs { checkpoint, at, server, recorded, ours });
            }
        }
        Ok(())
    }
}
