//! The same script gives the same run, always and everywhere. `tests/determinism/fingerprints.txt` holds what the
//! runs of these scripts must come to; `web/tests/determinism.rs` holds the engine in a browser against the same
//! file. `UPDATE_EXPECT=1 cargo test --test determinism` writes it anew when the engine is meant to have changed;
//! then [`zooscope_core::recording::TRACE_VERSION`] must change as well, or old links would show other runs.

use expect_test::expect_file;
use std::fmt::Write as _;
use zooscope_core::fingerprint::fingerprint;
use zooscope_core::history::History;
use zooscope_core::script::Session;

const SCRIPTS: [(&str, &str); 5] = [
    ("in_order", include_str!("determinism/in_order.txt")),
    ("chance", include_str!("determinism/chance.txt")),
    ("faults", include_str!("determinism/faults.txt")),
    ("writes", include_str!("determinism/writes.txt")),
    ("clients", include_str!("determinism/clients.txt")),
];

fn run(script: &str) -> Session {
    let mut session = Session::default();
    let (_, result) = session.run(script);
    assert_eq!(result, Ok(()));
    session
}

fn steps(session: &Session) -> &[zooscope_core::history::Step] {
    session.history().map(History::steps).unwrap_or_default()
}

#[test]
fn the_same_script_gives_the_recorded_run() {
    let mut found = String::new();
    for (name, script) in SCRIPTS {
        let session = run(script);
        let _ = writeln!(found, "{name} {} {:016x}", steps(&session).len(), fingerprint(steps(&session)));
    }
    expect_file!["determinism/fingerprints.txt"].assert_eq(&found);
}

#[test]
fn a_run_repeats_in_every_detail() {
    for (name, script) in SCRIPTS {
        let (first, second) = (run(script), run(script));
        assert_eq!(steps(&first), steps(&second), "{name}");
    }
}

#[test]
fn another_seed_is_another_run() {
    let (_, script) = SCRIPTS[1];
    let other = script.replace("seed=42", "seed=43");
    assert_ne!(fingerprint(steps(&run(script))), fingerprint(steps(&run(&other))));
}
