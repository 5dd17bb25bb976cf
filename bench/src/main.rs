//! Replication by ZooScope's servers beside raft-rs: the same work, in one process and one thread. `cargo xtask bench`
//! runs this program and reads its lines: each holds a name, a budget, a value and whether the budget is kept, with
//! tabs between them.
//!
//! ```text
//! cargo run --profile bench-native --package zooscope-bench
//! ```
//!
//! The work: a client hands the leader as many writes as the window has, and the next ones when all five replicas have
//! applied them. Nothing is sent or written but in memory, and a write is applied by keeping it in a list.

#![forbid(unsafe_code)]

mod kept;
mod raft_rs;
mod zooscope;

use std::time::Instant;

/// Replicas of each competitor.
const REPLICAS: usize = 5;
/// Commits of one measurement.
const COMMITS: usize = 20_000;
/// Events of a run with history.
const STEPS: usize = 10_000;
/// Measurements of each competitor, taken in turns so that a slow moment of the machine meets all of them.
const ROUNDS: usize = 15;

/// Replicas that commit what a client writes.
trait Competitor {
    /// A fresh group that has elected its leader.
    fn established() -> Self;
    /// Hands a write to the leader.
    fn write(&mut self, payload: &str);
    /// Goes on until nothing is left to do.
    fn run(&mut self);
    /// How many writes all replicas have applied.
    fn applied(&self) -> usize;
}

/// Writes until it is enough; returns commits per second.
fn measure<C: Competitor>(window: usize, enough: impl Fn(&C) -> bool) -> f64 {
    let payload = "x".repeat(100);
    let mut group = C::established();
    let mut written = 0;
    let start = Instant::now();
    while !enough(&group) {
        for _ in 0..window {
            group.write(&payload);
        }
        written += window;
        group.run();
        assert_eq!(group.applied(), written, "a window is applied everywhere before the next one");
    }
    written as f64 / start.elapsed().as_secs_f64()
}

/// Measures commits per second with a window of so many.
type Measure = fn(usize) -> f64;

/// Who takes part, in the order of the rows: the servers, the run that is remembered, and raft-rs as it comes, against
/// which the budgets are, and with entries gathered into messages.
const COMPETITORS: [(&str, Measure); 4] = [
    ("ZooScope's servers", many::<zooscope::Direct>),
    ("ZooScope with trace and history", remembered),
    ("raft-rs", many::<raft_rs::Group<false>>),
    ("raft-rs, entries gathered", many::<raft_rs::Group<true>>),
];

fn many<C: Competitor>(window: usize) -> f64 {
    measure(window, |group: &C| group.applied() >= COMMITS)
}

fn remembered(window: usize) -> f64 {
    measure(window, |run: &kept::Kept| run.steps() >= STEPS)
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_unstable_by(f64::total_cmp);
    rates[rates.len() / 2]
}

fn main() {
    for window in [1, 100] {
        let mut rates = COMPETITORS.map(|_| Vec::new());
        for _ in 0..ROUNDS {
            for (rates, (_, measure)) in rates.iter_mut().zip(COMPETITORS) {
                rates.push(measure(window));
            }
        }
        let medians = rates.map(median);
        let raft = medians[2];
        let budgets = [Some(("≥ raft-rs", raft)), Some(("≥ a quarter of raft-rs", raft / 4.0)), None, None];
        for (((name, _), rate), budget) in COMPETITORS.iter().zip(medians).zip(budgets) {
            let text = budget.map_or("", |(text, _)| text);
            let kept = budget.map_or(String::new(), |(_, least)| (rate >= least).to_string());
            println!("row\twindow {window}: {name}\t{text}\t{rate:.0} commits per second\t{kept}");
        }
    }
}
