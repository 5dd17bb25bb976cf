//! Recordings of real elections, replayed. `tests/recordings/README.md` says what they are; `cargo xtask conform
//! elections DIR` does the same with any folder.

use std::path::Path;
use zooscope_core::conformance::{Disagreement, Pending, Recording, Verdict, check};
use zooscope_core::ids::Sid;

fn load(file: &Path) -> Recording {
    let text = std::fs::read_to_string(file).expect("a recording is readable");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn verdict(folder: &str, name: &str) -> Verdict {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings").join(folder).join(name);
    check(&load(&file)).unwrap_or_else(|unusable| panic!("{name}: {unusable}"))
}

/// Replays a whole folder; every recording must agree. Returns the number of files and of checkpoints.
fn all_pass(folder: &str) -> (usize, usize) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings").join(folder);
    let mut names: Vec<String> = std::fs::read_dir(&path)
        .expect("the folder is there")
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    let mut seen = 0;
    for name in &names {
        match verdict(folder, name) {
            Verdict::Passed { checkpoints, found } => {
                seen += checkpoints;
                if let Some((schedule, tried)) = found {
                    println!("{folder}/{name}: timing-dependent, agrees with {schedule} ({tried} tried)");
                }
            }
            other => panic!("{folder}/{name}: {other:?}"),
        }
    }
    println!("{folder}: {} recordings, {seen} checkpoints, all agree", names.len());
    (names.len(), seen)
}

#[test]
fn every_whole_recording_of_elections_alone_agrees() {
    assert_eq!(all_pass("elections"), (8, 30));
}

#[test]
fn every_recording_agrees_up_to_its_first_write_or_kill_of_a_served_ensemble() {
    assert_eq!(all_pass("beginnings"), (30, 115));
}

#[test]
fn a_recording_that_did_not_happen_fails() {
    assert_eq!(verdict("checker", "right.json"), Verdict::Passed { checkpoints: 3, found: None });
    let failed = |name: &str| match verdict("checker", name) {
        Verdict::Failed { disagreement, tried } => (disagreement, tried),
        other => panic!("{name}: {other:?}"),
    };
    let (disagreement, tried) = failed("wrong-leader.json");
    assert_eq!(disagreement.to_string(), "checkpoint 2 at 4000ms: the leader is 2, recorded is 1");
    assert_eq!(tried, 1, "nothing in it depends on timing");
    let (disagreement, _) = failed("wrong-list.json");
    assert_eq!(disagreement.to_string(), "checkpoint 3 at 6000ms: the leader is 2, recorded is 3");
    let (disagreement, _) = failed("wrong-mode.json");
    assert_eq!(disagreement.to_string(), "checkpoint 3 at 6000ms: server 3 is follower, recorded is looking");
    // Servers 1, 2 and 3 at once: many schedules are tried, and in none can 1 win over 3.
    let (disagreement, tried) = failed("wrong-race.json");
    assert!(matches!(disagreement, Disagreement::Leader { recorded: Some(Sid(1)), .. }), "{disagreement}");
    assert!(tried > 1_000, "{tried}");
}

#[test]
fn a_recording_that_needs_more_than_elections_is_pending() {
    assert_eq!(verdict("checker", "write.json"), Verdict::Pending(Pending::Write));
    assert_eq!(verdict("checker", "session.json"), Verdict::Pending(Pending::Session));
    assert_eq!(verdict("checker", "kill-after-leader.json"), Verdict::Pending(Pending::KillAfterLeader(Sid(1))));
}

#[test]
fn a_recording_that_contradicts_itself_is_refused() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings/checker/right.json");
    let refused = |change: fn(&mut Recording)| {
        let mut recording = load(&file);
        change(&mut recording);
        check(&recording).expect_err("the recording is damaged").to_string()
    };
    assert_eq!(refused(|r| r.format = "zk-ops-1".into()), "the format is `zk-ops-1`, expected `zk-election-1`");
    assert_eq!(refused(|r| r.servers[2].id = Sid(1)), "server id 1 is 0 or appears twice");
    assert_eq!(refused(|r| r.servers.truncate(2)), "an event names server 3, which is no member");
    assert_eq!(refused(|r| r.leaders.truncate(2)), "there are 2 leaders and 3 checkpoints");
    assert_eq!(refused(|r| r.checkpoints[1].after = 2), "checkpoint 2 does not come after a settle of its own");
    assert_eq!(refused(|r| r.servers.clear()), "there is no server with a vote");
}
