//! Recordings of real elections, replayed. `tests/recordings/README.md` says what they are; `cargo xtask conform
//! elections DIR` does the same with any folder.

use std::path::Path;
use zooscope_core::conformance::{Disagreement, Recording, Verdict, check};
use zooscope_core::ids::Sid;
use zooscope_core::rules::Faults;

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
            Verdict::Passed { checkpoints, found, faults } => {
                seen += checkpoints;
                if !faults.is_empty() {
                    println!("{folder}/{name}: with the faults of its version: {faults}");
                }
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
fn every_recording_agrees() {
    assert_eq!(all_pass("elections"), (38, 410));
}

#[test]
fn a_recording_that_did_not_happen_fails() {
    let passed = |checkpoints| Verdict::Passed { checkpoints, found: None, faults: Faults::default() };
    assert_eq!(verdict("checker", "right.json"), passed(3));
    assert_eq!(verdict("checker", "write.json"), passed(4));
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
    let (disagreement, _) = failed("wrong-zxid.json");
    assert_eq!(disagreement.to_string(), "checkpoint 4 at 7000ms: server 1 is at zxid 1.3, recorded is 1.4");
    let (disagreement, _) = failed("wrong-epoch.json");
    let epochs = "server 1 has accepted epoch 1 and current epoch 1, recorded are 1 and 2";
    assert_eq!(disagreement.to_string(), format!("checkpoint 4 at 7000ms: {epochs}"));
    // Servers 1, 2 and 3 at once: many schedules are tried, and in none can 1 win over 3.
    let (disagreement, tried) = failed("wrong-race.json");
    assert!(matches!(disagreement, Disagreement::Leader { recorded: Some(Sid(1)), .. }), "{disagreement}");
    assert!(tried > 1_000, "{tried}");
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
    assert_eq!(refused(|r| r.servers[2].id = Sid(1)), "server id 1 appears twice or is not between 1 and 63");
    assert_eq!(refused(|r| r.servers.truncate(2)), "an event names server 3, which is no member");
    assert_eq!(refused(|r| r.leaders.truncate(2)), "there are 2 leaders and 3 checkpoints");
    assert_eq!(refused(|r| r.checkpoints[1].after = 2), "checkpoint 2 does not come after a settle of its own");
    assert_eq!(refused(|r| r.servers.clear()), "there is no server with a vote");
}
