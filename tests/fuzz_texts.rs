//! Texts that nobody would write: whatever a learner types, pastes or opens as a link is answered with a value or with
//! an error that says where, and never with a panic.

use proptest::prelude::*;
use zooscope_core::recording::{DecodeError, Recording};
use zooscope_core::script::{ParseError, Session, Words, command, ensemble, predicate};
use zooscope_core::sim::Command;
use zooscope_core::tree::path;

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
            "groups=1,2|3",
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
    fn a_link_is_opened_or_refused(text in prop_oneof![".{0,80}", "2;ensemble_3(;[a-z~_*0-9A-F,.-]{0,12}){0,5}"]) {
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
    fn a_path_is_valid_or_its_mistake_has_a_place(text in prop_oneof!["(/[a-z.]{0,3}){0,4}/?", ".{0,12}"]) {
        match path::validate(&text) {
            Ok(()) => prop_assert!(text.starts_with('/') && !text.contains("//")),
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
    }
}
