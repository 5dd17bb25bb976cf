//! The command line of a real ZooKeeper, line by line: the same input gives the same output. What makes no sense in a
//! simulated ensemble is listed with its reason. `ZOOSCOPE_ZKCLI=DIR` names another folder of such recordings.

use serde_json::Value;
use std::path::{Path, PathBuf};
use zooscope_core::client::{Client, ClientState};
use zooscope_core::history::History;
use zooscope_core::ids::Sid;
use zooscope_core::script::Session;
use zooscope_core::sim::{Cause, ClientAct, Command};
use zooscope_core::time::Duration;
use zooscope_core::trace::{ClientFact, Fact};

/// Inputs whose output cannot be the same, and why.
const ELSEWHERE: [(&str, &str); 1] = [("version", "it names the build of the real package")];

/// The recorder waited until nothing more was printed: about so long after each line.
const PAUSE: Duration = Duration::from_millis(500);

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings/zkcli")
}

/// The recordings in a folder, with their names.
fn recordings(folder: &Path) -> Vec<(String, String)> {
    let files = std::fs::read_dir(folder).expect("the folder is there").flatten().map(|entry| entry.path());
    let mut found: Vec<(String, String)> = files
        .filter(|file| file.extension().is_some_and(|extension| extension == "json"))
        .map(|file| (file.display().to_string(), std::fs::read_to_string(&file).expect("a recording is readable")))
        .collect();
    found.sort();
    found
}

/// Whether a line is as recorded; a placeholder stands for anything but nothing.
fn fits(recorded: &str, ours: &str) -> bool {
    let mut parts = recorded.split(['<', '>']);
    let first = parts.next().unwrap_or("");
    if !recorded.contains("<TIME>") && !recorded.contains("<SESSION>") && !recorded.contains("<HOST>") {
        return recorded == ours;
    }
    let Some(mut rest) = ours.strip_prefix(first) else { return false };
    while let (Some(_), Some(text)) = (parts.next(), parts.next()) {
        let at = if text.is_empty() { Some(rest.len()) } else { rest.find(text) };
        let Some(at) = at.filter(|at| *at > 0) else { return false };
        rest = &rest[at + text.len()..];
    }
    rest.is_empty()
}

fn lines(entry: &Value, name: &str) -> Vec<String> {
    let list = entry[name].as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().map(|line| line.as_str().unwrap_or_default().to_string()).collect()
}

/// The lines that the newest client has printed since an event: output, errors.
fn printed(history: &History, from: usize) -> [Vec<String>; 2] {
    let mut found = [Vec::new(), Vec::new()];
    for event in history.steps()[from..].iter().flat_map(|step| &step.trace) {
        if let Fact::Client { fact: ClientFact::Printed(line), .. } = &event.fact {
            found[usize::from(line.is_error)].push(line.text.clone());
        }
    }
    found
}

fn typed(history: &mut History, client: &str, line: &str) {
    let act = ClientAct::Type(line.into());
    history.apply(&Command::Client { client: client.into(), act }).expect("the client is there");
    history.apply(&Command::Settle).expect("it comes to rest");
    history.apply(&Command::Advance(PAUSE)).expect("time passes");
}

/// No packet may be longer than `jute.maxbuffer`. Of the data of a znode a request takes 22 bytes more with it, and the reply
/// to it 88: what lies between can be written and never read again.
#[test]
fn what_is_too_long_to_be_read_ends_the_connection() {
    const MAX_PACKET: usize = 1_048_575;
    let mut session = Session::default();
    let begin =
        "ensemble 3 latency=1ms\ntrace off\nstart all\nsettle\nclient a connect 1,2\nsettle\na> create /a\nsettle";
    session.run(begin).1.expect("an ensemble serves");
    let mut history = session.history().expect("it began").clone();
    let mut answer = |line: &str| {
        let from = history.len();
        typed(&mut history, "a", line);
        history.apply(&Command::Settle).expect("it comes to rest");
        let [_, errors] = printed(&history, from);
        let facts = history.steps()[from..].iter().flat_map(|step| &step.trace);
        let refusal = facts.into_iter().find_map(|event| match event.fact {
            Fact::RequestTooLong { length } => Some(("server", length)),
            Fact::Client { fact: ClientFact::ReplyTooLong { length }, .. } => Some(("client", length)),
            _ => None,
        });
        (errors.concat(), refusal)
    };
    let lost = "KeeperErrorCode = ConnectionLoss for /a";
    let data = |length: usize| format!("set /a {}", "x".repeat(length));
    let (longest_read, longest_sent) = (MAX_PACKET - 88, MAX_PACKET - 22);
    assert_eq!(answer(&data(longest_read)), (String::new(), None));
    assert_eq!(answer("get /a"), (String::new(), None));
    assert_eq!(answer(&data(longest_read + 1)), (String::new(), None));
    assert_eq!(answer("get /a"), (lost.to_string(), Some(("client", MAX_PACKET + 1))));
    assert_eq!(answer(&data(longest_sent)), (String::new(), None));
    assert_eq!(answer(&data(longest_sent + 1)), (lost.to_string(), Some(("server", MAX_PACKET + 1))));
    // The session has lived on, and short replies are read.
    assert_eq!(answer("stat /a"), (String::new(), None));
}

/// Replays a recording and returns what differs.
fn differences(text: &str) -> Vec<String> {
    let recording: Value = serde_json::from_str(text).expect("a recording is JSON");
    let mut session = Session::default();
    session.run("ensemble 3 latency=1ms tick=500ms\ntrace off\nstart all\nsettle").1.expect("an ensemble serves");
    let mut history = session.history().expect("it began").clone();
    let mut differences = Vec::new();
    let mut client = String::new();
    let mut processes = 0;
    for entry in recording["session"].as_array().expect("a session is a list") {
        let Some(line) = entry["in"].as_str() else {
            // A process that a mistake ended has not closed its session, which expires some lines later.
            if history.latest().client(&client).is_some_and(|(_, node)| !node.client.is_over()) {
                let act = ClientAct::Crash;
                history.apply(&Command::Client { client: client.as_str().into(), act }).expect("it was running");
            }
            processes += 1;
            client = format!("c{processes}");
            let act = ClientAct::Connect { servers: vec![Sid(1)], timeout: ClientAct::USUAL_TIMEOUT };
            history.apply(&Command::Client { client: client.as_str().into(), act }).expect("it connects");
            history.apply(&Command::Settle).expect("it comes to rest");
            continue;
        };
        let from = history.len();
        typed(&mut history, &client, line);
        if ELSEWHERE.iter().any(|(name, _)| *name == line) {
            continue;
        }
        let ours = printed(&history, from);
        for (name, ours) in ["out", "err"].into_iter().zip(ours) {
            let recorded = lines(entry, name);
            let same = recorded.len() == ours.len() && recorded.iter().zip(&ours).all(|(a, b)| fits(a, b));
            if !same {
                differences.push(format!("{line:?} {name}: recorded {recorded:#?}, ours {ours:#?}"));
            }
        }
    }
    differences
}

#[test]
fn the_same_lines_are_answered_in_the_same_words() {
    let recordings = recordings(&std::env::var("ZOOSCOPE_ZKCLI").map_or_else(|_| folder(), PathBuf::from));
    assert!(!recordings.is_empty());
    for (line, reason) in ELSEWHERE {
        println!("not compared: {line:?}, because {reason}");
    }
    for (name, text) in recordings {
        let differences = differences(&text);
        assert!(differences.is_empty(), "{name}: {} differ:\n{}", differences.len(), differences.join("\n"));
    }
}

#[test]
fn another_answer_would_be_noticed() {
    let text = std::fs::read_to_string(folder().join("zkcli.json")).expect("the recording is there");
    for (recorded, other) in
        [("Node already exists: /a", "Node exists: /a"), ("mZxid = 0x10000001c", "mZxid = 0x10000001d")]
    {
        assert!(text.contains(recorded));
        assert!(!differences(&text.replacen(recorded, other, 1)).is_empty(), "{recorded} became {other}");
    }
}

#[test]
fn a_client_at_its_command_line_is_a_client_like_any_other() {
    let mut session = Session::default();
    let script =
        "ensemble 3\ntrace off\nstart all\nsettle\nclient a connect 2\nsettle\na> create -e /mine x\na> ls /\nsettle";
    session.run(script).1.expect("the script runs");
    let history = session.history().expect("it began");
    let [out, err] = printed(history, 0);
    assert!(out.contains(&"[mine, zookeeper]".to_string()) && err == ["Created /mine"]);
    let (_, node) = history.latest().client("a").expect("it is there");
    let Client { state, .. } = &node.client;
    assert_eq!(*state, ClientState::SyncConnected);
    let begins = history.steps().iter().filter(|step| matches!(step.cause, Cause::Command(Command::Client { .. })));
    assert_eq!(begins.count(), 3);
}
