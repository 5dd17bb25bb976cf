//! Recordings of real clients' operations, replayed. `tests/recordings/ops/README.md` says what they are;
//! `cargo xtask conform ops DIR` does the same with any folder.

use serde_json::Value;
use std::path::{Path, PathBuf};
use zooscope_core::conformance::ops::{Recording, Unusable, Verdict, check};
use zooscope_core::rules::{Fault, Faults};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings").join(name)
}

fn text(folder_name: &str, name: &str) -> String {
    std::fs::read_to_string(folder(folder_name).join(name)).expect("a recording is readable")
}

fn read(text: &str) -> Result<Recording, Unusable> {
    Recording::read(text, |line| serde_json::from_str(line))
}

fn verdict(text: &str) -> Verdict {
    check(&read(text).unwrap_or_else(|unusable| panic!("{unusable}")))
}

/// Replays a whole folder; every recording must agree. Returns the number of files and of steps.
fn all_pass(folder_name: &str, faults_of: impl Fn(&str) -> Faults) -> (usize, usize) {
    let entries = std::fs::read_dir(folder(folder_name)).expect("the folder is there").flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.retain(|name| name.ends_with(".jsonl"));
    names.sort();
    let mut seen = 0;
    for name in &names {
        match verdict(&text(folder_name, name)) {
            Verdict::Passed { steps, faults } if faults == faults_of(name) => seen += steps,
            Verdict::Failed(disagreement) => panic!("{folder_name}/{name}: {disagreement}"),
            other => panic!("{folder_name}/{name}: {other:?}"),
        }
    }
    println!("{folder_name}: {} recordings, {seen} steps, all agree", names.len());
    (names.len(), seen)
}

fn only(fault: Fault) -> Faults {
    let mut faults = Faults::default();
    faults.switch_on(fault);
    faults
}

/// What 3.8.0 did otherwise than 3.8.4 is named.
#[test]
fn every_recording_agrees() {
    let faults = |name: &str| if name == "acl-world.jsonl" { only(Fault::UncheckedExists) } else { Faults::default() };
    assert_eq!(all_pass("ops", faults), (142, 7_809));
}

#[test]
fn steps_that_no_recording_has_go_by_the_rules() {
    let faults = |name: &str| match name {
        "unfiltered.jsonl" => only(Fault::UnfilteredWatches),
        _ => Faults::default(),
    };
    assert_eq!(all_pass("ops-checker", faults).0, 7);
}

/// Every place in a value where something can be said otherwise.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| {
            let name = name.replace('~', "~0").replace('/', "~1");
            places(value, &format!("{at}/{name}"), found);
        }),
        Value::Array(items) if !items.is_empty() => {
            items.iter().enumerate().for_each(|(place, item)| places(item, &format!("{at}/{place}"), found));
        }
        _ => found.push(at.to_string()),
    }
}

fn otherwise(value: &Value) -> Value {
    match value {
        Value::Bool(value) => Value::from(!value),
        Value::Number(number) => Value::from(number.as_i64().unwrap_or_default() + 1),
        Value::String(text) => Value::from(format!("{text}x")),
        _ => Value::from(77),
    }
}

#[test]
fn a_recording_that_did_not_happen_fails() {
    let mut changed = 0;
    for name in ["session-close.jsonl", "reconnect.jsonl", "multi-other.jsonl", "failover.jsonl", "acl-world.jsonl"] {
        let lines: Vec<String> = text("ops", name).lines().map(str::to_string).collect();
        for (place, line) in lines.iter().enumerate().skip(1) {
            let value: Value = serde_json::from_str(line).expect("a recording is JSON");
            let mut found = Vec::new();
            ["r", "ev", "final"].iter().for_each(|part| {
                if let Some(part_of) = value.get(part) {
                    places(part_of, &format!("/{part}"), &mut found);
                }
            });
            // What is left out says nothing.
            found.retain(|at| !at.ends_with("/config"));
            for at in found.into_iter().step_by(3) {
                let mut wrong = value.clone();
                if let Some(leaf) = wrong.pointer_mut(&at) {
                    *leaf = otherwise(leaf);
                }
                let mut lines = lines.clone();
                lines[place] = wrong.to_string();
                match verdict(&lines.join("\n")) {
                    Verdict::Failed(disagreement) => assert_eq!(disagreement.line, place + 1, "{name}, {at}"),
                    passed => panic!("{name}, line {}, {at}: {passed:?}", place + 1),
                }
                changed += 1;
            }
        }
    }
    println!("{changed} changes, all found");
    assert!(changed > 500, "{changed}");
}

#[test]
fn what_is_missing_or_too_much_is_found() {
    let right = text("ops", "session-close.jsonl");
    let said = |from: &str, to: &str| {
        assert!(right.contains(from), "{from}");
        match verdict(&right.replacen(from, to, 1)) {
            Verdict::Failed(disagreement) => disagreement.to_string(),
            passed => panic!("{from} -> {to}: {passed:?}"),
        }
    };
    assert_eq!(
        said(r#","ephemerals":["/p/e1","/p/e2","/top"]"#, ""),
        r#"line 9, step 7 (A getEphemerals): ephemerals is ["/top","/p/e2","/p/e1"], recorded is nothing"#
    );
    assert_eq!(
        said(r#"["NodeDeleted","/top"],"#, ""),
        "line 19, step 17 (A close): what B is told is [[\"NodeDeleted\",\"/p/e1\"],[\"NodeChildrenChanged\",\"/p\"],\
         [\"NodeDeleted\",\"/top\"]], recorded is [[\"NodeChildrenChanged\",\"/p\"],[\"NodeDeleted\",\"/p/e1\"]]"
    );
    let place = right.find("\"/p/keep\":{").expect("the final tree has it");
    let renamed = format!("{}{}", &right[..place], right[place..].replacen("/p/keep", "/p/kept", 1));
    match verdict(&renamed) {
        Verdict::Failed(disagreement) => {
            assert!(disagreement.to_string().contains("the final /p/kept: the znode is nothing"))
        }
        passed => panic!("{passed:?}"),
    }
}

#[test]
fn a_file_that_cannot_be_used_says_where_and_why() {
    let right = text("ops", "fresh.jsonl");
    let refused = |from: &str, to: &str| {
        assert!(right.contains(from), "{from}");
        read(&right.replacen(from, to, 1)).expect_err("the file is damaged").to_string()
    };
    assert_eq!(refused("zk-ops-1", "zk-ops-2"), "line 1: the format is \"zk-ops-2\", expected \"zk-ops-1\"");
    assert_eq!(refused(r#""leader":3"#, r#""leader":1"#), "line 1: of 3 fresh servers, server 1 cannot come to lead");
    assert_eq!(refused(r#""op":"exists""#, r#""op":"exist""#), "line 3: there is no operation `exist`");
    assert_eq!(refused(r#""s":"A","op":"exists""#, r#""s":"Z","op":"exists""#), "line 3: there is no session Z");
    assert_eq!(refused(r#""server":3"#, r#""server":4"#), "line 2: there is no server 4");
    assert_eq!(refused(r#""op":"exists","path":"/","#, r#""op":"exists","#), "line 3: `path` is missing");
    assert!(refused(r#"{"i":1,"#, r#"{"i":1"#).starts_with("line 3: "), "it is no JSON");
    assert_eq!(read("").expect_err("there is nothing").to_string(), "line 1: the file is empty");
    let (steps, _) = right.trim_end().rsplit_once('\n').expect("a file has lines");
    let lines = steps.lines().count();
    assert_eq!(
        read(steps).expect_err("it ends too early").to_string(),
        format!("line {lines}: there is no final state")
    );
}
