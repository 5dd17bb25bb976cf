//! Whatever is typed at the command line of a client, in whatever order: nothing panics, and no command waits for ever.

use proptest::prelude::*;
use proptest::sample::select;
use std::sync::LazyLock;
use zooscope_core::script::Session;
use zooscope_core::sim::World;
use zooscope_core::time::{Duration, Instant};
use zooscope_core::trace::{ClientFact, Fact, TraceEvent};

/// Time for everything that the lines of one case can ask for.
const LONG: Duration = Duration::from_millis(60_000);

/// An ensemble that serves, and a client that is connected with it.
static SERVING: LazyLock<World> = LazyLock::new(|| {
    let mut session = Session::default();
    let script = "ensemble 3 latency=1ms\ntrace off\nstart all\nsettle\nclient a connect 1,2\nsettle";
    session.run(script).1.expect("an ensemble serves");
    session.history().expect("it began").latest().clone()
});

const COMMANDS: [&str; 29] = [
    "addWatch",
    "addauth",
    "close",
    "config",
    "connect",
    "create",
    "delete",
    "deleteall",
    "delquota",
    "get",
    "getAcl",
    "getAllChildrenNumber",
    "getEphemerals",
    "history",
    "listquota",
    "ls",
    "printwatches",
    "quit",
    "reconfig",
    "redo",
    "removewatches",
    "set",
    "setAcl",
    "setquota",
    "stat",
    "sync",
    "version",
    "whoami",
    "nosuch",
];

const WORDS: [&str; 40] = [
    "/",
    "/a",
    "/a/b",
    "/a/",
    "/zookeeper/quota",
    "/zookeeper/quota/a",
    "/节点",
    "a",
    "-",
    "--",
    "-s",
    "-e",
    "-c",
    "-t",
    "-v",
    "-w",
    "-R",
    "-b",
    "-x",
    "-n",
    "-N",
    "-B",
    "-se",
    "-t=5",
    "-=",
    "-",
    "5",
    "-1",
    "0",
    "99999999999",
    "0x1",
    "world:anyone:cdrwa",
    "auth::r",
    "nosuch",
    "digest",
    "u:p",
    "on",
    "off",
    "\"two words\"",
    "'",
];

fn line() -> impl Strategy<Value = String> {
    let words = prop::collection::vec(select(&WORDS[..]), 0..5);
    let sensible = (select(&COMMANDS[..]), words).prop_map(|(name, words)| format!("{name} {}", words.join(" ")));
    prop_oneof![8 => sensible, 1 => any::<String>(), 1 => "[ '\"a-c/=:-]{0,12}"]
}

/// What a session prints, and whether it still waits for something at the end.
fn type_all(lines: &[String]) -> (Vec<String>, bool) {
    let mut world = SERVING.clone();
    let (id, _) = world.client("a").expect("it is connected");
    let mut printed = Vec::new();
    let mut note = |trace: Vec<TraceEvent>| {
        printed.extend(trace.into_iter().filter_map(|event| match event.fact {
            Fact::Client { fact: ClientFact::Printed(line), .. } => Some(line.text),
            _ => None,
        }));
    };
    let run_to = |world: &mut World, end: Instant, note: &mut dyn FnMut(Vec<TraceEvent>)| {
        while world.now() < end
            && let Some((_, trace)) = world.step()
        {
            note(trace);
        }
    };
    for (number, line) in lines.iter().enumerate() {
        let mut trace = Vec::new();
        world.type_line(id, line.as_str().into(), &mut trace);
        note(trace);
        // Some lines are typed while those before them are not done.
        if number % 3 != 0 {
            let end = world.now() + Duration::from_millis(50);
            run_to(&mut world, end, &mut note);
        }
    }
    let end = world.now() + LONG;
    run_to(&mut world, end, &mut note);
    let waits = world.client_node(id).is_some_and(|node| !node.client.is_idle());
    (printed, waits)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_line_hangs_or_breaks_the_command_line(lines in prop::collection::vec(line(), 1..24)) {
        let (_, waits) = type_all(&lines);
        prop_assert!(!waits);
    }
}

#[test]
fn the_lines_of_one_session_do_what_they_say() {
    let lines = [
        "create /a x",
        "create -s /a/n y",
        "ls -R /a",
        "get -x /a",
        "setquota -n 1 /a",
        "listquota /a",
        "setquota -n 9 /a/n0000000000",
        "delquota /a",
        "deleteall -b 1 /a",
        "ls /zookeeper/quota",
        "ls /",
    ];
    let (printed, waits) = type_all(&lines.map(String::from));
    assert!(!waits);
    expect_test::expect![[r#"
        Created /a
        Created /a/n0000000000
        /a
        /a/n0000000000
                 +-------------------------------------------------+
                 |  0  1  2  3  4  5  6  7  8  9  a  b  c  d  e  f |
        +--------+-------------------------------------------------+----------------+
        |00000000| 78                                              |x               |
        +--------+-------------------------------------------------+----------------+
        [Warning]: the count quota you create is less than the existing count:2
        absolute path is /zookeeper/quota/a/zookeeper_limits
        Output quota for /a count=1,bytes=-1=;byteHardLimit=-1;countHardLimit=-1
        Output stat for /a count=2,bytes=2
        /a/n0000000000 has a parent /a which has a quota
        []
        [zookeeper]"#]]
    .assert_eq(&printed.join("\n"));
}
