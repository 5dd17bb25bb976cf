//! What is drawn: ensembles, and what happens to them.

use super::{Dice, Failure, Profile, Storm};
use crate::ids::Sid;
use crate::query::leader;
use crate::rules::Faults;
use crate::server::Activity;
use crate::sim::{Command, Process, ProcessAct};
use crate::time::Duration;
use crate::trace::Fact;
use crate::zab::ZabPhase;
use std::fmt::Write as _;
use std::sync::Arc;

/// The most steps until a crash at a chosen point; when the point does not come, the crash does not either.
const STEPS_TO_A_CRASH: u32 = 400;

/// An ensemble as the line of a script, so that every run can be written down.
pub fn draw_ensemble(dice: &mut Dice, profile: Profile, seed: u64, faults: Faults) -> String {
    let mut line = match profile {
        Profile::Mixed => mixed_ensemble(dice, seed),
        Profile::Clients => super::visitors::draw_ensemble(dice, seed),
        Profile::Sharp => {
            let latency = dice.pick(&["1ms..3ms", "5ms", "1ms..30ms"]);
            format!("ensemble 3 seed={seed} latency={latency} tick=200ms")
        }
    };
    if !faults.is_empty() {
        let _ = write!(line, " faults={faults}");
    }
    line
}

fn mixed_ensemble(dice: &mut Dice, seed: u64) -> String {
    let voters = dice.roll(3, 7);
    let mut line = format!("ensemble {voters} seed={seed}");
    let shortest = dice.roll(1, 30);
    let longest = shortest + dice.pick(&[0, 5, 40, 300]);
    let _ = write!(line, " latency={shortest}ms..{longest}ms tick={}ms", dice.pick(&[100, 500, 2000]));
    let observers = if dice.chance(30) { dice.roll(1, 2) } else { 0 };
    if observers > 0 {
        let _ = write!(line, " observers={observers}");
    }
    if dice.chance(50) {
        // What a leader of epoch 1 may have left behind: some have less of its log than others. Anything more must
        // come about by itself, or it could not have come about at all.
        let zxids: Vec<String> = (1..=voters).map(|id| format!("{id}:1.{}", dice.roll(0, 3))).collect();
        let _ = write!(line, " zxid={}", zxids.join(","));
    }
    if dice.chance(25) {
        let groups = dice.roll(1, 3.min(voters - 1)) as usize;
        let mut members = vec![Vec::new(); groups];
        for id in 1..=voters {
            members[(id as usize - 1) % groups].push(id.to_string());
        }
        // The first member of a group always has weight, so that every group counts.
        let weights: Vec<String> = (1..=voters)
            .filter(|id| *id > groups as u64)
            .map(|id| format!("{id}:{}", dice.pick(&[0, 1, 1, 2])))
            .collect();
        let sides: Vec<String> = members.iter().map(|side| side.join(",")).collect();
        let _ = write!(line, " groups={} weights={}", sides.join("|"), weights.join(","));
    }
    line
}

/// What the sharp profile does in one go.
#[derive(Clone, Copy)]
enum Move {
    /// Let the ensemble come to rest, at most for some seconds.
    Rest,
    /// Write with the leader.
    Write,
    /// Crash a server at its next decisive point.
    CrashSoon,
    /// Crash a server now.
    Crash,
    /// Start a server that is down.
    Start,
    /// Let one server miss a write.
    Lag,
    /// Crash everybody, and start two of them.
    Reshuffle,
    /// Cut one server off.
    Isolate,
    /// Mend the network.
    Heal,
    /// Make a disk slow or fast.
    Disk,
    /// Let a little time pass.
    Wait,
}

impl Storm {
    /// The safety phase, then the liveness phase.
    pub(super) fn play(&mut self, dice: &mut Dice, profile: Profile) -> Result<(), Failure> {
        match profile {
            Profile::Mixed => {
                for _ in 0..dice.roll(10, 60) {
                    let command = self.draw_command(dice);
                    self.apply(&command)?;
                }
            }
            Profile::Clients => self.play_with_clients(dice)?,
            Profile::Sharp => {
                self.apply(&Command::All(ProcessAct::Start))?;
                self.rest(3_000)?;
                for _ in 0..dice.roll(8, 40) {
                    self.make_move(dice)?;
                }
            }
        }
        self.end()
    }

    fn draw_command(&mut self, dice: &mut Dice) -> Command {
        let servers: Vec<Sid> = self.history.ensemble().servers().collect();
        let (one, other) = (dice.pick(&servers), dice.pick(&servers));
        match dice.roll(0, 99) {
            0..=15 => Command::Start(one),
            16..=17 => Command::All(ProcessAct::Start),
            18..=23 => Command::Crash(one),
            24..=26 => Command::Stop(one),
            27..=29 => Command::Restart(one),
            30..=33 => Command::Pause(one),
            34..=37 => Command::Resume(one),
            38..=41 => Command::Cut(one, other),
            42..=43 => {
                let (left, right) = servers.split_at(dice.roll(1, servers.len() as u64 - 1) as usize);
                Command::Partition(vec![left.iter().copied().collect(), right.iter().copied().collect()])
            }
            44..=47 => Command::Heal,
            48..=50 => Command::Hold(one, other),
            51..=53 => Command::Release(one, other),
            54..=56 => Command::DiskSpeed { server: one, slow: dice.chance(60) },
            57..=66 => Command::Write { server: one, payload: Arc::from("x") },
            67..=68 => Command::Sync(one),
            69..=76 => Command::Step(dice.roll(1, 20) as u32),
            // About as long as a final wait, so that faults fall into it.
            77..=87 => Command::Advance(Duration::from_millis(dice.roll(0, 300))),
            88..=96 => Command::Advance(Duration::from_millis(dice.roll(0, 3_000))),
            _ => Command::Advance(Duration::from_millis(dice.roll(5_000, 45_000))),
        }
    }

    fn make_move(&mut self, dice: &mut Dice) -> Result<(), Failure> {
        use Move::{Crash, CrashSoon, Disk, Heal, Isolate, Lag, Reshuffle, Rest, Start, Wait, Write};
        const MOVES: [Move; 24] = [
            Rest, Rest, Rest, Write, Write, Write, CrashSoon, CrashSoon, CrashSoon, Crash, Start, Start, Start, Lag,
            Lag, Lag, Reshuffle, Reshuffle, Reshuffle, Reshuffle, Isolate, Heal, Disk, Wait,
        ];
        let servers: Vec<Sid> = self.history.ensemble().servers().collect();
        let one = dice.pick(&servers);
        match dice.pick(&MOVES) {
            Rest => self.rest(4_000),
            Write => self.write(dice),
            CrashSoon => self.crash_soon(dice, one),
            Crash => self.apply(&Command::Crash(one)),
            Start => {
                let down = |sid: &Sid| {
                    matches!(self.history.latest().node(*sid).map(|node| &node.process), Some(Process::Down { .. }))
                };
                let down: Vec<Sid> = servers.iter().copied().filter(down).collect();
                if down.is_empty() { Ok(()) } else { self.apply(&Command::Start(dice.pick(&down))) }
            }
            Lag => {
                self.apply(&Command::Crash(one))?;
                self.rest(2_000)?;
                self.write(dice)?;
                self.rest(400)
            }
            Reshuffle => {
                servers.iter().try_for_each(|sid| self.apply(&Command::Crash(*sid)))?;
                let up: Vec<Sid> = servers.iter().copied().filter(|sid| *sid != one).collect();
                up.iter().try_for_each(|sid| self.apply(&Command::Start(*sid)))?;
                if dice.chance(50) { self.crash_soon(dice, dice.clone().pick(&up)) } else { self.rest(2_000) }
            }
            Isolate => {
                let others = servers.iter().copied().filter(|sid| *sid != one).collect();
                self.apply(&Command::Partition(vec![[one].into(), others]))
            }
            Heal => self.apply(&Command::Heal),
            Disk => self.apply(&Command::DiskSpeed { server: one, slow: dice.chance(50) }),
            Wait => self.apply(&Command::Advance(Duration::from_millis(dice.roll(0, 60)))),
        }
    }

    /// Lets time pass until a leader serves, at most so long.
    fn rest(&mut self, most_ms: u64) -> Result<(), Failure> {
        for _ in 0..most_ms / 200 {
            self.apply(&Command::Advance(Duration::from_millis(200)))?;
            let serving = |server: &crate::server::Server| server.phase() == ZabPhase::Broadcast;
            let world = self.history.latest();
            if world.servers().count() > 1 && world.servers().all(serving) {
                break;
            }
        }
        Ok(())
    }

    fn write(&mut self, dice: &mut Dice) -> Result<(), Failure> {
        let world = self.history.latest();
        let leads = |server: &&crate::server::Server| matches!(server.activity(), Activity::Leading(_));
        let serving = |server: &&crate::server::Server| server.phase() == ZabPhase::Broadcast;
        let of = |leading: bool| -> Vec<Sid> {
            world
                .servers()
                .filter(serving)
                .filter(|server| !leading || leads(server))
                .map(|server| server.id())
                .collect()
        };
        let candidates = if dice.chance(70) { of(true) } else { of(false) };
        if candidates.is_empty() {
            return Ok(());
        }
        let server = dice.pick(&candidates);
        for _ in 0..dice.roll(1, 2) {
            self.apply(&Command::Write { server, payload: Arc::from("x") })?;
        }
        Ok(())
    }

    /// Runs until the server has come to its next point of a kind, and crashes it there, or its leader.
    fn crash_soon(&mut self, dice: &mut Dice, watched: Sid) -> Result<(), Failure> {
        let kind = dice.roll(0, 8);
        let is_point = |fact: &Fact| match fact {
            Fact::EpochPromised { .. } => kind == 0,
            Fact::EpochJoined { .. } => kind <= 2,
            Fact::SnapshotWritten { .. } => kind == 3,
            Fact::Proposed { .. } => kind == 4,
            Fact::Appended { .. } => kind == 5,
            Fact::Flushed { .. } => kind == 6,
            Fact::Acknowledged { .. } => kind == 7,
            Fact::SyncBegins { .. } => kind == 8,
            _ => false,
        };
        for _ in 0..dice.roll(20, u64::from(STEPS_TO_A_CRASH)) {
            self.apply(&Command::Step(1))?;
            let Some(step) = self.history.steps().last() else { break };
            if step.trace.iter().any(|event| event.server == watched && is_point(&event.fact)) {
                let leader = leader(self.history.latest()).filter(|_| dice.chance(30));
                return self.apply(&Command::Crash(leader.unwrap_or(watched)));
            }
        }
        Ok(())
    }
}
