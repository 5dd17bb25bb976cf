//! Texts that nobody would write: whatever a learner types, pastes or opens as a link is answered with a value or with
//! an error that says where, and never with a panic.

use proptest::prelude::*;
use zooscope_core::ids::Sid;
use zooscope_core::query::{Held, Predicate, Query, Relation, Value, ZnodeQuery};
use zooscope_core::recording::{DecodeError, Recording, TRACE_VERSION};
use zooscope_core::script::{ParseError, Session, Words, command, ensemble, predicate};
use zooscope_core::sim::Command;
use zooscope_core::tree::path;
use zooscope_core::zoo_cfg::zoo_cfg;

/// Words of the language and of no language, with blanks and marks between them.
fn line() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        proptest::sample::select(vec![
            "ensemble",
            "start",
            "crash",
            "after",
            "flush",
            "cut",
            "1-3",
            "partition",
            "1,2",
            "|",
            "3->2",
            "hold",
            "client",
            "a",
            "a>",
            "connect",
            "timeout=6s",
            "ls",
            "/",
            "advance",
            "2s",
            "settle",
            "until",
            "votes",
            "=",
            "9",
            "1.1",
            "expect",
            "zxid=1:1.3",
            "weights=1:2",
            "sessionTimeout=1ms..2ms",
            "groups=1,2|3",
            "groups=1,213|3",
            "faults=epoch-first",
            "#",
            "show",
            "table",
            "-1",
            "99999999999999999999",
        ])
        .prop_map(str::to_string),
        ".{0,6}",
    ];
    proptest::collection::vec(word, 0..8).prop_map(|words| words.join(" "))
}

/// Lines of a `zoo.cfg`, most of them nearly right.
fn zoo_cfg_line() -> impl Strategy<Value = String> {
    prop_oneof![
        "server\\.[0-9]{1,2} ?[=:] ?[a-z:\\[\\]动|]{0,6}:[0-9]{1,4}:[0-9]{1,4}(:observer|:x)?(;[0-9:]{0,5})?",
        "(group|weight)\\.[0-9] ?[= :] ?[0-9:]{1,5}",
        "(tickTime|initLimit|syncLimit|clientPort|electionAlg)[=: ][0-9]{1,3}",
        proptest::sample::select(vec!["dataDir=/d", "tickTime=2000", "initLimit=10", "syncLimit=5", "server.1=h:1:2"])
            .prop_map(str::to_string),
        ".{0,12}",
    ]
}

/// Links, most of them of this version.
fn link() -> impl Strategy<Value = String> {
    let commands = "(;[a-z~_*0-9A-F,.-]{0,12}){0,5}";
    prop_oneof![".{0,80}", commands.prop_map(|commands| format!("{TRACE_VERSION};ensemble_3{commands}"))]
}

/// The place of an error lies within its line, or right behind it.
fn lies_within(error: &ParseError, text: &str) -> bool {
    (1..=text.chars().count() + 1).contains(&error.column)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_line_of_the_command_language_is_read_or_its_mistake_has_a_place(text in line()) {
        let three = ensemble(&mut Words::of(1, "ensemble 3")).expect("a good line");
        if let Err(error) = command(&mut Words::of(1, &text), &three) {
            prop_assert!(lies_within(&error, &text), "{error} in {text:?}");
        }
        if let Err(error) = ensemble(&mut Words::of(1, &text)) {
            prop_assert!(lies_within(&error, &text), "{error} in {text:?}");
        }
        if let Err(error) = predicate(&mut Words::of(1, &text)) {
            prop_assert!(lies_within(&error, &text), "{error} in {text:?}");
        }
    }

    #[test]
    fn what_was_read_is_written_so_that_it_is_read_again(text in line()) {
        let three = ensemble(&mut Words::of(1, "ensemble 3")).expect("a good line");
        if let Ok(read) = predicate(&mut Words::of(1, &text)) {
            let written = read.to_string();
            let again = predicate(&mut Words::of(1, &written));
            prop_assert_eq!(again.as_ref(), Ok(&read), "{} became {}", text, written);
        }
        if let Ok(read) = command(&mut Words::of(1, &text), &three) {
            let written = read.to_string();
            let again = command(&mut Words::of(1, &written), &three);
            prop_assert_eq!(again.as_ref(), Ok(&read), "{} became {}", text, written);
            let recording = Recording { ensemble: three, commands: vec![read.clone()] };
            let bounded = !matches!(read, Command::Advance(_) | Command::SettleWithin(_) | Command::Step(_));
            if bounded {
                let opened = Recording::decode(&recording.encode());
                prop_assert_eq!(opened.as_ref(), Ok(&recording));
            }
        }
    }

    #[test]
    fn any_data_can_be_waited_for(data in prop_oneof![".{0,12}", "[\"\\\\# \n{}nu]{0,6}", "none|null"]) {
        let three = ensemble(&mut Words::of(1, "ensemble 3")).expect("a good line");
        let value = Value::Data(Held::Text(data.into()));
        let query = Query::Znode(ZnodeQuery::Data, Sid(1), "/m".into());
        let until = Command::Until(Predicate { query, relation: Relation::Equal, value });
        let written = format!("{until} # a comment");
        let again = command(&mut Words::of(1, &written), &three);
        prop_assert_eq!(again.as_ref(), Ok(&until), "{}", written);
        let recording = Recording { ensemble: three, commands: vec![until] };
        let opened = Recording::decode(&recording.encode());
        prop_assert_eq!(opened.as_ref(), Ok(&recording));
    }

    #[test]
    fn a_link_is_opened_or_refused(text in link()) {
        match Recording::decode(&text) {
            Ok(recording) => prop_assert!(recording.commands.len() <= 6),
            Err(DecodeError::Line(error)) => prop_assert!(error.column > 0 && error.line > 0),
            Err(_) => {}
        }
    }

    #[test]
    fn a_script_stops_at_its_first_mistake(lines in proptest::collection::vec(line(), 0..4)) {
        let text = format!("ensemble 3 latency=1ms\n{}", lines.iter().filter(|line| !line.contains("until")).cloned().collect::<Vec<_>>().join("\n"));
        let mut session = Session::default();
        if let (_, Err(error)) = session.run(&text) {
            prop_assert!(error.line <= text.lines().count());
        }
    }

    #[test]
    fn a_zoo_cfg_is_read_or_its_mistake_has_a_place(lines in proptest::collection::vec(zoo_cfg_line(), 0..9)) {
        let text = lines.join("\n");
        match zoo_cfg(&text) {
            Ok(read) => prop_assert!(read.ensemble.voters().count() > 0),
            Err(error) => {
                let line = text.lines().nth(error.line - 1).unwrap_or("");
                prop_assert!(error.line <= text.lines().count() + 1, "{error} in {text:?}");
                prop_assert!((1..=line.chars().count() + 1).contains(&error.column), "{error} in {text:?}");
            }
        }
    }

    #[test]
    fn a_path_is_valid_or_its_mistake_has_a_place(text in prop_oneof!["(/[a-z.]{0,3}){0,4}/?", ".{0,12}"]) {
        match path::validate(&text) {
            Ok(()) => prop_assert!(text.starts_with('/') && !text.contains("//")),
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
    }
}

#[test]
fn what_the_fuzzer_has_found_stays_mended() {
    let read = |text: &str| predicate(&mut Words::of(1, text));
    assert!(read("client a").is_err(), "only a question of yes or no can stand alone");
    assert!(read("left t 48888888s").is_err(), "too long, whatever its unit");
    let longest = read("left t 99999s").expect("a day and some hours");
    assert_eq!(read(&longest.to_string()), Ok(longest));
    let large = ensemble(&mut Words::of(1, "ensemble 5 groups=1,213|2,3,4,5"));
    assert_eq!(large.map_err(|error| error.column), Err(21));
}
