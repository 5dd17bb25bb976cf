//! The log of a real ensemble beside our run of the same starts: how much of it has its place there. The numbers
//! are golden; `UPDATE_EXPECT=1 cargo test --test real_log` rewrites them, and the diff is the review.

use expect_test::expect;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use zooscope_core::history::History;
use zooscope_core::real_log::{Aligned, Entry, LogLine, align, parse};
use zooscope_core::script::Session;

const LOG: &str = include_str!("../web/assets/real/seq5-12345.txt");

fn lines() -> Vec<LogLine> {
    parse(LOG).unwrap_or_else(|error| panic!("{error}"))
}

/// The starts of the recording at their recorded distances, on the network of the lesson.
fn our_run(latency: &str) -> Session {
    let mut session = Session::default();
    let script = format!(
        "ensemble 5 latency={latency}\nstart 1\nadvance 1938ms\nstart 2\nadvance 1994ms\nstart 3\nadvance 1653ms\n\
         start 4\nadvance 1447ms\nstart 5\nadvance 1s\n"
    );
    assert_eq!(session.run(&script).1, Ok(()));
    session
}

fn history(session: &Session) -> &History {
    session.history().expect("a run has begun")
}

fn kind(entry: &Entry) -> &'static str {
    match entry {
        Entry::Boot(_) => "boot",
        Entry::State(_) => "state",
        Entry::NewElection(_) => "new_election",
        Entry::Propose { .. } => "propose",
        Entry::Send { .. } => "send",
        Entry::Recv { .. } => "recv",
        Entry::Count { .. } => "count",
        Entry::Reply { .. } => "reply",
        Entry::Timeout(_) => "timeout",
        Entry::Decide { .. } => "decide",
        Entry::Phase(_) => "phase",
        Entry::Sync(_) => "sync",
    }
}

fn summary(lines: &[LogLine], aligned: &[Aligned]) -> String {
    let mut kinds: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    for (line, place) in lines.iter().zip(aligned) {
        let column = match place {
            Aligned::Moment { reordered: false, .. } => 0,
            Aligned::Moment { reordered: true, .. } => 1,
            Aligned::Missing => 2,
        };
        kinds.entry(kind(&line.entry)).or_default()[column] += 1;
        kinds.entry("~ all").or_default()[column] += 1;
    }
    let mut out = String::from("kind          same  reordered  no counterpart\n");
    for (kind, [same, reordered, none]) in kinds {
        let _ = writeln!(out, "{kind:<13} {same:>4}  {reordered:>9}  {none:>14}");
    }
    out
}

#[test]
fn most_of_the_real_log_has_its_place_in_our_run() {
    let (lines, session) = (lines(), our_run("20ms"));
    let aligned = align(&lines, history(&session));
    expect![[r#"
        kind          same  reordered  no counterpart
        boot             5          0               0
        count           27          5               0
        decide           5          0               0
        new_election     5          0               0
        phase           28          0               0
        propose          8          0               0
        recv            41          5               0
        reply            7          0               0
        send            45         10               0
        state           10          0               0
        sync             4          0               0
        timeout          6          0               0
        ~ all          191         20               0
    "#]]
    .assert_eq(&summary(&lines, &aligned));
}

#[test]
fn a_line_is_aligned_with_what_the_same_server_did() {
    let (lines, session) = (lines(), our_run("20ms"));
    let history = history(&session);
    let aligned = align(&lines, history);
    assert_eq!(lines.len(), aligned.len());
    for (line, place) in lines.iter().zip(&aligned) {
        if let Aligned::Moment { index, .. } = place {
            let step = history.step(*index).expect("a moment of the run");
            assert!(step.trace.iter().any(|event| event.server == line.server), "{line:?} {step:?}");
        }
    }
    // S3 decided to lead in both.
    let leads = |line: &LogLine| line.server.0 == 3 && kind(&line.entry) == "decide";
    let at = lines.iter().position(leads).expect("S3 decides");
    assert!(matches!(aligned[at], Aligned::Moment { .. }), "{:?}", aligned[at]);
}

#[test]
fn nothing_is_aligned_with_a_run_in_which_nothing_happens() {
    let mut session = Session::default();
    assert_eq!(session.run("ensemble 5\n").1, Ok(()));
    let aligned = align(&lines(), history(&session));
    assert!(aligned.iter().all(|place| *place == Aligned::Missing));
}
