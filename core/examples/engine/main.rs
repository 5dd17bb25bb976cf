//! What the engine costs. `cargo xtask bench` runs this program and reads its lines: each holds a name, a budget, a
//! value and whether the budget is kept, with tabs between them.
//!
//! ```text
//! cargo run --release --package zooscope-core --example engine
//! ```
//!
//! Compiled for WebAssembly it prints nothing: it runs the same events once, and whoever starts it takes the time.

#[cfg(not(target_arch = "wasm32"))]
mod trees;

use std::sync::Arc;
use zooscope_core::ensemble::Ensemble;
use zooscope_core::history::History;
use zooscope_core::ids::Sid;
use zooscope_core::query::leader;
use zooscope_core::sim::{ClientAct, Command, Process, World};

const SERVERS: u8 = 9;
/// The run ends with the first round of the script that comes this far.
const EVENTS: usize = 10_000;
/// Events between two commands: about one election.
const STRIDE: u32 = 300;
/// Who connects, where there are clients.
#[cfg(not(target_arch = "wasm32"))]
const CLIENTS: [&str; 5] = ["a", "b", "c", "d", "e"];

/// A run, whether it remembers its moments or not.
trait Run {
    fn apply(&mut self, command: &Command);
    fn world(&self) -> &World;
    fn events(&self) -> usize;
}

impl Run for History {
    fn apply(&mut self, command: &Command) {
        History::apply(self, command).expect("the script only asks for what can be done");
    }

    fn world(&self) -> &World {
        self.latest()
    }

    fn events(&self) -> usize {
        self.len()
    }
}

/// All start, then the leader crashes and comes back, again and again. Each of the `clients` knows all servers; between
/// two commands each of them writes and watches.
fn play(run: &mut impl Run, clients: &[&str]) {
    for id in 1..=SERVERS {
        run.apply(&Command::Start(Sid(id)));
    }
    let act = |name: &&str, act: ClientAct| Command::Client { client: Arc::from(*name), act };
    let mut servers: Vec<Sid> = (1..=SERVERS).map(Sid).collect();
    for name in clients {
        run.apply(&act(name, ClientAct::Connect { servers: servers.clone(), timeout: ClientAct::USUAL_TIMEOUT }));
        servers.rotate_left(1);
    }
    while run.events() < EVENTS {
        for name in clients {
            for line in ["create -s /task- work", "ls -w /"] {
                run.apply(&act(name, ClientAct::Type(Arc::from(line))));
            }
        }
        run.apply(&Command::Step(STRIDE));
        let down = run.world().nodes().find(|(_, node)| matches!(node.process, Process::Down { .. }));
        match (down.map(|(sid, _)| sid), leader(run.world())) {
            (Some(sid), _) => run.apply(&Command::Restart(sid)),
            (None, Some(sid)) => run.apply(&Command::Crash(sid)),
            (None, None) => {}
        }
    }
}

fn with_history(clients: &[&str]) -> History {
    let mut history = History::new(Ensemble::of(SERVERS));
    play(&mut history, clients);
    history
}

#[cfg(target_arch = "wasm32")]
fn main() {
    std::hint::black_box(with_history(&[]));
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    // Memory comes first, while the process has none that it could use again.
    measure::memory("", &[]);
    measure::memory(" with 5 clients", &CLIENTS);
    trees::measure();
    measure::speed();
    measure::seeking("", &[]);
    measure::seeking(" with 5 clients", &CLIENTS);
    measure::share_link();
}

#[cfg(not(target_arch = "wasm32"))]
mod measure {
    use super::{EVENTS, Run, SERVERS, play, with_history};
    use std::hint::black_box;
    use std::sync::Arc;
    use std::time::{Duration, Instant};
    use zooscope_core::ensemble::Ensemble;
    use zooscope_core::ids::Sid;
    use zooscope_core::query::leader;
    use zooscope_core::recording::Recording;
    use zooscope_core::sim::{Command, World};

    /// A world that forgets.
    struct Forgetful {
        world: World,
        events: usize,
    }

    impl Run for Forgetful {
        fn apply(&mut self, command: &Command) {
            if let Command::Step(count) = command {
                self.events += (0..*count).take_while(|_| self.world.step().is_some()).count();
            } else {
                self.world.apply(command).expect("the script only asks for what can be done");
                self.events += 1;
            }
        }

        fn world(&self) -> &World {
            &self.world
        }

        fn events(&self) -> usize {
            self.events
        }
    }

    const RUNS: usize = 9;
    const SEEKS: u64 = 10_000;
    const SEEK_BUDGET: Duration = Duration::from_millis(16);
    const MEMORY_BUDGET: u64 = 32 << 20;
    const LINK_BUDGET: usize = 200;

    pub fn row(what: &str, measured: String) {
        println!("row\t{what}\t\t{measured}\t");
    }

    fn limited(what: &str, budget: &str, measured: String, kept: bool) {
        println!("row\t{what}\t{budget}\t{measured}\t{kept}");
    }

    /// Kilobytes that the process holds; only Linux tells without `unsafe`.
    pub fn resident() -> Option<u64> {
        let text = std::fs::read_to_string("/proc/self/status").ok()?;
        let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.trim().trim_end_matches(" kB").parse().ok()
    }

    /// What the process has grown by while a run was kept, by the number of its steps.
    pub fn memory(whose: &str, clients: &[&str]) {
        let before = resident();
        let history = with_history(clients);
        if let (Some(before), Some(after)) = (before, resident()) {
            let bytes = (after - before) * 1024 / history.len() as u64;
            let all = bytes * EVENTS as u64;
            row(&format!("memory of a kept step{whose}"), format!("{bytes} bytes"));
            let what = format!("memory of 10,000 kept steps{whose}");
            limited(&what, "≤ 32 MiB", format!("{} MiB", all >> 20), all <= MEMORY_BUDGET);
        }
        // What is given back could be used again, and would be missing in the next measurement.
        std::mem::forget(history);
    }

    /// The median time of some runs.
    fn median(run: impl Fn() -> Duration) -> Duration {
        let mut times: Vec<Duration> = (0..RUNS).map(|_| run()).collect();
        times.sort_unstable();
        times[RUNS / 2]
    }

    /// Simulated events by the second.
    pub fn speed() {
        let events = with_history(&[]).len();
        let rate = |time: Duration| format!("{:.0} per second", events as f64 / time.as_secs_f64());
        let kept = median(|| {
            let start = Instant::now();
            let history = with_history(&[]);
            let time = start.elapsed();
            // What it takes to forget is not part of running.
            drop(black_box(history));
            time
        });
        let forgotten = median(|| {
            let world = World::new(Arc::new(Ensemble::of(SERVERS)));
            let mut run = Forgetful { world, events: 0 };
            let start = Instant::now();
            play(&mut run, &[]);
            let time = start.elapsed();
            assert_eq!(run.events(), events, "both runs are the same");
            time
        });
        row("events with history", rate(kept));
        row("events without history", rate(forgotten));
        println!("events\t{events}");
    }

    /// Jumps to positions all over a run and looks at every server there.
    pub fn seeking(whose: &str, clients: &[&str]) {
        let history = with_history(clients);
        let mut times: Vec<Duration> = (0..SEEKS)
            .map(|seek| {
                // The golden section leaves no two jumps close to each other.
                let index = (seek.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize % (history.len() + 1);
                let start = Instant::now();
                let world = &*black_box(&history).world(index);
                black_box((leader(world), world.now()));
                start.elapsed()
            })
            .collect();
        times.sort_unstable();
        let p95 = times[times.len() * 95 / 100];
        let measured = format!("{:.1} µs", p95.as_secs_f64() * 1e6);
        limited(&format!("seek to any step{whose}, p95"), "≤ 16 ms", measured, p95 <= SEEK_BUDGET);
    }

    /// The flagship as a link: five servers, started one after another.
    pub fn share_link() {
        let starts = (1..=5).map(|id| Command::Start(Sid(id)));
        let wait = Command::Advance(zooscope_core::time::Duration::from_millis(2_000));
        let commands = starts.flat_map(|start| [start, wait.clone()]).collect();
        let length = Recording { ensemble: Ensemble::of(5), commands }.encode().len();
        let (what, budget) = ("share link of five starts", format!("≤ {LINK_BUDGET} characters"));
        limited(what, &budget, format!("{length} characters"), length <= LINK_BUDGET);
    }
}
