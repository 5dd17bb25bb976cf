//! `cargo xtask simulate --seeds A..B`: random runs under faults with all invariants, and an honest summary.

use crate::arguments::{Arguments, UsageError};
use crate::input::Ended;
use anyhow::{Result, ensure};
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use zooscope_core::rules::Faults;
use zooscope_core::simulation::{Coverage, Profile, run};

/// Seeds that are run when none are named.
const USUAL_SEEDS: Range<u64> = 0..200;
/// What the tests run: about a minute on two cores.
const TESTED: [(Profile, Range<u64>); 3] =
    [(Profile::Mixed, 1_000..2_500), (Profile::Sharp, 10_000..25_000), (Profile::Clients, 30_000..36_000)];
/// How often progress is told.
const PROGRESS: Duration = Duration::from_secs(10);
/// Stack of a thread: a long run keeps many moments.
const STACK: usize = 16 << 20;

/// What has been found so far.
#[derive(Default)]
struct Found {
    failures: Vec<(u64, String)>,
    coverage: Coverage,
}

/// Runs the command.
pub fn command(mut arguments: Arguments) -> Result<()> {
    let seeds = match arguments.value::<String>("--seeds")? {
        None => USUAL_SEEDS,
        Some(text) => {
            range(&text).ok_or_else(|| UsageError(format!("`{text}` is no range of seeds such as 0..500")))?
        }
    };
    let profile = match arguments.value::<String>("--profile")? {
        None => Profile::Mixed,
        Some(name) => {
            let known = Profile::ALL.iter().find(|(_, known)| *known == name);
            known
                .ok_or_else(|| UsageError(format!("there is no profile `{name}`; there are mixed, sharp and clients")))?
                .0
        }
    };
    let faults = match arguments.value::<String>("--faults")? {
        None => Faults::default(),
        Some(names) => {
            Faults::parse(&names).ok_or_else(|| UsageError(format!("`{names}` names no fault; README lists them")))?
        }
    };
    arguments.finish()?;
    let failed = sweep(seeds, profile, faults)?;
    if failed == 0 { Ok(()) } else { Err(Ended(1).into()) }
}

/// The stage of `test`: seeds beyond those of the native tests.
pub fn usual() -> Result<()> {
    for (profile, seeds) in TESTED {
        let failed = sweep(seeds, profile, Faults::default())?;
        ensure!(failed == 0, "{failed} seeds failed");
    }
    Ok(())
}

fn range(text: &str) -> Option<Range<u64>> {
    let (from, to) = text.split_once("..")?;
    let range = from.parse().ok()?..to.parse().ok()?;
    (!range.is_empty()).then_some(range)
}

/// Runs all seeds on all cores; returns how many failed.
fn sweep(seeds: Range<u64>, profile: Profile, faults: Faults) -> Result<usize> {
    let (next, found) = (AtomicU64::new(seeds.start), Mutex::new(Found::default()));
    let (started, told) = (Instant::now(), Mutex::new(Instant::now()));
    let total = seeds.end - seeds.start;
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds.end {
                return;
            }
            let result = run(seed, profile, faults);
            let mut found = found.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            for (name, count) in &result.coverage {
                *found.coverage.entry(name).or_default() += count;
            }
            *found.coverage.entry("events").or_default() += result.history.len() as u64;
            if let Some(failure) = &result.failure {
                let link = result.link();
                let replay = format!(
                    "{failure}\n--- script for `cargo xtask script`:\n{}\n--- in the page: {link}",
                    result.script()
                );
                found.failures.push((seed, replay));
            }
            let mut told = told.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            if told.elapsed() > PROGRESS {
                *told = Instant::now();
                println!("{} of {total} seeds, {} failed", seed - seeds.start + 1, found.failures.len());
            }
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work)?;
        }
        std::io::Result::Ok(())
    })?;
    let Found { mut failures, coverage } = found.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    failures.sort();
    if let Some((seed, replay)) = failures.first() {
        println!("seed {seed} failed: {replay}");
    }
    println!("\nWhat happened in these runs:");
    for (name, count) in &coverage {
        println!("{count:>10}  {name}");
    }
    let seeds: Vec<String> = failures.iter().take(20).map(|(seed, _)| seed.to_string()).collect();
    if !seeds.is_empty() {
        println!("\nfailing seeds: {}", seeds.join(" "));
    }
    println!(
        "\n{total} seeds in {:.1} s: {} passed, {} failed",
        started.elapsed().as_secs_f64(),
        total as usize - failures.len(),
        failures.len()
    );
    Ok(failures.len())
}
