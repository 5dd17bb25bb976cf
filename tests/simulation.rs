//! A seeded sweep: random ensembles, random starts, crashes, cuts, holds and pauses, all invariants after every
//! event, and an elected leader once everything is mended. `ZOOSCOPE_SEEDS=A..B` runs other seeds than the usual
//! ones; a seed that fails prints the script that repeats it (`cargo xtask script FILE`).

use std::fmt::Write as _;
use std::sync::Arc;
use zooscope_core::effects::{Effect, Effects, Input, Message};
use zooscope_core::election::{Notification, Prefer, ServerState, Vote, VoteOrder};
use zooscope_core::ensemble::{Ensemble, Role};
use zooscope_core::history::{History, is_settled, serves};
use zooscope_core::ids::{Epoch, Round, Sid, Zxid};
use zooscope_core::invariants::{Invariant, Violation, check_by, check_moment};
use zooscope_core::query;
use zooscope_core::script::{Session, Words, ensemble};
use zooscope_core::server::{Durable, Server};
use zooscope_core::sim::{Command, Process};
use zooscope_core::time::{Duration, Instant};

/// SplitMix64: the choices of the test are its own, not those of the engine under test.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from `low` to `high`, both included.
    fn roll(&mut self, low: u64, high: u64) -> u64 {
        low + self.next() % (high - low + 1)
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.roll(1, 100) <= percent
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.roll(0, of.len() as u64 - 1) as usize]
    }
}

/// An ensemble as the line of a script, so that every run can be written down.
fn draw_ensemble(dice: &mut Dice, seed: u64) -> String {
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
        // Epochs are drawn at or above those of the zxids, as no disk holds anything else.
        let (mut zxids, mut epochs) = (Vec::new(), Vec::new());
        for id in 1..=voters {
            let epoch = dice.roll(0, 2);
            zxids.push(format!("{id}:{epoch}.{}", dice.roll(0, 3)));
            epochs.push(format!("{id}:{}", epoch + dice.roll(0, 1)));
        }
        let _ = write!(line, " zxid={} epoch={}", zxids.join(","), epochs.join(","));
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

fn parse(line: &str) -> Ensemble {
    ensemble(&mut Words::of(1, line)).unwrap_or_else(|error| panic!("{line}: {error}"))
}

fn draw_command(dice: &mut Dice, servers: &[Sid]) -> Command {
    let one = dice.pick(servers);
    let other = dice.pick(servers);
    match dice.roll(0, 99) {
        0..=17 => Command::Start(one),
        18..=19 => Command::StartAll,
        20..=26 => Command::Crash(one),
        27..=29 => Command::Stop(one),
        30..=32 => Command::Restart(one),
        33..=37 => Command::Pause(one),
        38..=41 => Command::Resume(one),
        42..=46 => Command::Cut(one, other),
        47..=48 => {
            let (left, right) = servers.split_at(dice.roll(1, servers.len() as u64 - 1) as usize);
            Command::Partition(vec![left.iter().copied().collect(), right.iter().copied().collect()])
        }
        49..=52 => Command::Heal,
        53..=56 => Command::Hold(one, other),
        57..=60 => Command::Release(one, other),
        61..=70 => Command::Step(dice.roll(1, 20) as u32),
        // About as long as a final wait, so that faults fall into it.
        71..=84 => Command::Advance(Duration::from_millis(dice.roll(0, 300))),
        85..=95 => Command::Advance(Duration::from_millis(dice.roll(0, 3_000))),
        _ => Command::Advance(Duration::from_millis(dice.roll(5_000, 45_000))),
    }
}

/// A run that is checked event by event and can be written down.
struct Run {
    line: String,
    history: History,
    checked: usize,
}

impl Run {
    fn new(line: String) -> Run {
        let history = History::new(parse(&line));
        Run { line, history, checked: 0 }
    }

    /// The run as a script.
    fn script(&self) -> String {
        let commands: String = self.history.commands().iter().map(|command| format!("{command}\n")).collect();
        format!("{}\n{commands}", self.line)
    }

    /// Carries out a command and checks every event of it. A command that is not possible now is left out.
    fn apply(&mut self, command: &Command) -> Result<(), String> {
        if self.history.apply(command).is_err() {
            return Ok(());
        }
        while self.checked < self.history.len() {
            self.checked += 1;
            let found = check_moment(&self.history, self.checked);
            if !found.is_empty() {
                return Err(format!("event {}: {}", self.checked, tell(&found)));
            }
        }
        Ok(())
    }

    /// Mends everything and starts everybody.
    fn mend(&mut self) -> Result<(), String> {
        self.apply(&Command::Heal)?;
        let holds: Vec<_> = self.history.latest().network().holds().collect();
        for (from, to) in holds {
            self.apply(&Command::Release(from, to))?;
        }
        let paused: Vec<Sid> =
            self.history.latest().nodes().filter(|(_, node)| node.is_paused()).map(|(sid, _)| sid).collect();
        for sid in paused {
            self.apply(&Command::Resume(sid))?;
        }
        self.apply(&Command::StartAll)?;
        self.apply(&Command::Settle)
    }

    /// One leader serves, and everybody is connected with it.
    fn is_united(&self) -> Result<(), String> {
        let world = self.history.latest();
        let idle: Vec<Sid> = world.ensemble().servers().filter(|sid| !serves(world, *sid)).collect();
        if !is_settled(world) || query::leader(world).is_none() || !idle.is_empty() {
            return Err(format!("after ten minutes without a fault these servers do not serve: {idle:?}"));
        }
        Ok(())
    }
}

fn tell(found: &[Violation]) -> String {
    found
        .iter()
        .map(|violation| {
            format!("{:?} {:?}: {}", violation.invariant, violation.servers, violation.invariant.statement())
        })
        .collect::<Vec<_>>()
        .join("; ")
}

fn storm(seed: u64) -> (Run, Result<(), String>) {
    let mut dice = Dice(seed);
    let mut run = Run::new(draw_ensemble(&mut dice, seed));
    let servers: Vec<Sid> = run.history.ensemble().servers().collect();
    let mut go = || {
        for _ in 0..dice.roll(10, 60) {
            run.apply(&draw_command(&mut dice, &servers))?;
        }
        run.mend()?;
        run.is_united()
    };
    let result = go();
    (run, result)
}

/// The seeds to run: `ZOOSCOPE_SEEDS=A..B`, or the usual ones.
fn seeds() -> std::ops::Range<u64> {
    let Ok(text) = std::env::var("ZOOSCOPE_SEEDS") else { return 0..200 };
    let range = text.split_once("..").and_then(|(from, to)| Some(from.parse().ok()?..to.parse().ok()?));
    range.unwrap_or_else(|| panic!("ZOOSCOPE_SEEDS must be like 0..1000, not `{text}`"))
}

#[test]
fn every_invariant_holds_and_a_leader_is_elected_once_all_is_mended() {
    let (mut events, mut elections) = (0, 0);
    for seed in seeds() {
        let (run, result) = storm(seed);
        if let Err(what) = result {
            panic!(
                "seed {seed}: {what}\nZOOSCOPE_SEEDS={seed}..{} repeats it, and so does this script:\n{}",
                seed + 1,
                run.script()
            );
        }
        events += run.history.len();
        elections += run.history.latest().servers().filter(|server| server.round().0 > 1).count();
    }
    println!("{} seeds, {events} events, {} invariants", seeds().count(), Invariant::ALL.len());
    // A sweep in which nobody ever needs a second round would prove little.
    assert!(std::env::var("ZOOSCOPE_SEEDS").is_ok() || elections > 200, "{elections}");
}

#[test]
fn a_failing_run_can_be_repeated_from_its_script() {
    let (run, _) = storm(7);
    let mut session = Session::default();
    let (_, result) = session.run(&run.script());
    assert_eq!(result, Ok(()));
    assert_eq!(session.history().map(History::steps), Some(run.history.steps()));
}

#[test]
fn the_best_vote_wins_when_all_start_at_once_and_nothing_fails() {
    for seed in 0..100 {
        let mut dice = Dice(seed);
        let drawn = draw_ensemble(&mut dice, seed);
        // A vote travels by way of one other server at most while a quorum forms. That is far below finalizeWait
        // when the latency is, so nobody decides before having heard the best vote.
        let line = drawn.split(' ').map(|word| if word.starts_with("latency=") { "latency=1ms..20ms" } else { word });
        let mut run = Run::new(line.collect::<Vec<_>>().join(" "));
        run.apply(&Command::StartAll)
            .and_then(|()| run.apply(&Command::Settle))
            .and_then(|()| run.is_united())
            .unwrap();
        let ensemble = run.history.ensemble();
        let electable = ensemble
            .members
            .iter()
            .filter(|(sid, role)| **role == Role::Voter && ensemble.quorum().weight(**sid) > 0)
            .map(|(sid, _)| *sid);
        let vote = |sid: Sid| {
            let data = ensemble.data.get(&sid).copied().unwrap_or_default();
            Vote { leader: sid, zxid: data.zxid, peer_epoch: data.epoch }
        };
        let best = electable.max_by_key(|sid| (vote(*sid).peer_epoch, vote(*sid).zxid, *sid));
        assert_eq!(query::leader(run.history.latest()), best, "{}", run.script());
    }
}

/// The checker must be able to find something: in a world whose servers prefer the smaller id, votes get worse
/// by ZooKeeper's order, and the sweep has to notice.
#[test]
fn a_planted_fault_is_found() {
    let found = (0..20).filter(|seed| {
        let mut dice = Dice(*seed);
        let mut ensemble = parse(&draw_ensemble(&mut dice, *seed));
        ensemble.rules.order.leader = Prefer::Smaller;
        let mut history = History::new(ensemble);
        history.apply(&Command::StartAll).expect("everybody is down");
        history.apply(&Command::Settle).expect("time can pass");
        let own: usize = (1..=history.len()).map(|index| check_moment(&history, index).len()).sum();
        assert_eq!(own, 0, "by its own order nothing is wrong");
        let by_the_book = |index: usize| check_by(history.world(index), VoteOrder::default());
        (1..=history.len()).flat_map(by_the_book).any(|violation| violation.invariant == Invariant::VoteNotWorse)
    });
    let found = found.count();
    assert!(found >= 5, "{found}");
}

#[test]
fn frozen_processes_are_part_of_the_sweep() {
    let frozen = (0..50).filter(|seed| {
        let (run, _) = storm(*seed);
        let paused = |step: &zooscope_core::history::Step| {
            step.world
                .nodes()
                .any(|(_, node)| matches!(&node.process, Process::Paused { inbox, .. } if inbox.len() > 2))
        };
        run.history.steps().iter().any(paused)
    });
    assert!(frozen.count() > 10);
}

/// Its own vote can come back to a server when it has left the election by an answer in between. It answers itself
/// as anybody, but through its own queue: once it called its own port, for ever.
#[test]
fn a_server_never_calls_itself() {
    let ensemble = Arc::new(Ensemble::of(3));
    let mut server = Server::new(Sid(1), ensemble, Durable::default(), Instant::default());
    let vote = |leader| Vote { leader: Sid(leader), zxid: Zxid::default(), peer_epoch: Epoch(0) };
    server.step(Instant::default(), Input::Boot, &mut Effects::new(Sid(1)));
    let mut hear = |from, leader, state| {
        let message = Message::Notification(Notification { vote: vote(leader), round: Round(1), state });
        let mut out = Effects::new(Sid(1));
        server.step(Instant::default(), Input::Deliver { from: Sid(from), message }, &mut out);
        (server.state(), out.effects)
    };
    let _ = hear(2, 3, ServerState::Following);
    assert_eq!(hear(3, 3, ServerState::Leading).0, ServerState::Following);
    let (_, effects) = hear(1, 1, ServerState::Looking);
    assert!(matches!(effects[..], [Effect::Loopback(_)]), "{effects:?}");
}
