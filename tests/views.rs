//! What the page shows, without a browser. Golden files hold the decisive moments as plain scenes and the parts of
//! the screen as HTML, one element a line; `UPDATE_EXPECT=1 cargo test --test views` rewrites them, and the diff is
//! the review. Every sentence of every lesson is read in both languages besides.

use expect_test::expect_file;
use std::fmt::Write as _;
use zooscope_core::history::Step;
use zooscope_core::invariants::Invariant;
use zooscope_core::recording::Recording;
use zooscope_core::rules::Fault;
use zooscope_core::script::Session;
use zooscope_core::sim::{Cause, ClientAct, Command};
use zooscope_core::time::Duration;
use zooscope_web::catalog::{FLAGSHIP, LESSONS};
use zooscope_web::examples::example;
use zooscope_web::route::Place;
use zooscope_web::scene::spacetime::{SpaceTime, Whose};
use zooscope_web::show::Show;
use zooscope_web::state::Selected;
use zooscope_web::text::{Lang, Ui};

#[path = "views/html.rs"]
mod html;
#[path = "views/parts.rs"]
mod parts;
#[path = "views/scenes.rs"]
mod scenes;

use parts::Part;

const LANGUAGES: [Lang; 2] = [Lang::Zh, Lang::En];

fn lesson(id: &str, param: Option<Duration>) -> Show {
    Show::open(&Place::Lesson(id.to_string()), param).expect("the lesson opens")
}

/// The position of a beat.
fn at(show: &Show, beat: &str) -> usize {
    let mark = show.performance.find_beat(beat);
    mark.unwrap_or_else(|| panic!("there is no beat {beat}: these moments must follow the lesson")).at
}

/// The scenes of some moments of a lesson.
fn moments(show: &Show, beats: &[&str]) -> String {
    let mut told = String::new();
    for beat in beats {
        let index = at(show, beat);
        let _ = writeln!(told, "=== {beat}: event {index} at {}", show.world(index).now());
        scenes::tell(&mut told, show, index);
        told.push('\n');
    }
    told
}

#[test]
fn the_decisive_moments_of_the_flagship() {
    let show = lesson(FLAGSHIP, None);
    let beats = [
        "ready",
        "two-up",
        "two-agree",
        "one-follows-suit",
        "third-vote",
        "quorum-seen",
        "first-decides",
        "three-leads",
        "four-up",
        "four-table",
        "four-hears",
        "four-joins",
        "five-stale",
        "five-joins",
        "end",
    ];
    expect_file!["views/flagship.txt"].assert_eq(&moments(&show, &beats));
}

#[test]
fn the_decisive_moments_of_the_other_lessons() {
    let early = lesson("two-hundred-milliseconds", Some(Duration::from_millis(100)));
    let late = lesson("two-hundred-milliseconds", Some(Duration::from_millis(300)));
    let data = lesson("what-decides", None);
    let told = [
        moments(&early, &["four-up", "four-wins"]),
        moments(&late, &["three-stays"]),
        moments(&data, &["three-alone", "zxid-wins", "epoch-wins", "one-leads"]),
    ];
    expect_file!["views/other_lessons.txt"].assert_eq(&told.concat());
}

/// Before anything has happened, in the middle of the election, and when all is over.
const MOMENTS: [&str; 3] = ["ready", "one-follows-suit", "end"];

/// A part of the screen at three moments in both languages.
fn screen(part: Part, selected: Option<Selected>) -> String {
    let show = lesson(FLAGSHIP, None);
    let mut told = String::new();
    for lang in LANGUAGES {
        for beat in MOMENTS {
            let drawn = parts::draw(part, (&show.place(), at(&show, beat)), lang, selected);
            let _ = write!(told, "=== {beat}, {}\n{}\n", lang.tag(), html::one_element_a_line(&drawn));
        }
    }
    told
}

#[test]
fn the_stage() {
    expect_file!["views/stage.txt"].assert_eq(&screen(Part::Stage, None));
}

#[test]
fn the_story() {
    expect_file!["views/story.txt"].assert_eq(&screen(Part::Story, None));
}

#[test]
fn the_rail() {
    expect_file!["views/rail.txt"].assert_eq(&screen(Part::Rail, None));
}

#[test]
fn the_transport() {
    expect_file!["views/transport.txt"].assert_eq(&screen(Part::Transport, None));
}

#[test]
fn the_inspector() {
    let selected = Some(Selected::Server(zooscope_core::ids::Sid(4)));
    expect_file!["views/inspector.txt"].assert_eq(&screen(Part::Inspector, selected));
}

/// The drawing of the whole run is the same at every position, so it is told once, and then only what changes.
#[test]
fn the_timeline() {
    let show = lesson(FLAGSHIP, None);
    let draw = |beat: &str, lang| parts::draw(Part::Timeline, (&show.place(), at(&show, beat)), lang, None);
    let drawn = |beat: &str, lang| html::one_element_a_line(&draw(beat, lang));
    let first = drawn(MOMENTS[0], Lang::En);
    let mut told = format!("=== {}, en\n{first}\n", MOMENTS[0]);
    for (beat, lang) in [(MOMENTS[1], Lang::En), (MOMENTS[2], Lang::En), (MOMENTS[2], Lang::Zh)] {
        let _ = write!(
            told,
            "=== {beat}, {}: what is different\n{}\n",
            lang.tag(),
            html::changes(&first, &drawn(beat, lang))
        );
    }
    expect_file!["views/timeline.txt"].assert_eq(&told);
}

/// Clients have lanes below the servers': they begin when a client comes, are broken off when it loses its server, and
/// end with its process or its session.
#[test]
fn the_lanes_of_clients() {
    let diagram = lesson("ephemeral-node", None).spacetime;
    let servers = diagram.lanes.iter().filter(|lane| matches!(lane.whose, Whose::Server(_))).count();
    let mut told = String::new();
    for (place, lane) in diagram.lanes.iter().enumerate().skip(servers) {
        let _ = writeln!(told, "{:?}", lane.whose);
        for stretch in &lane.stretches {
            let _ = writeln!(told, "  {:?} {}..{}", stretch.state, stretch.from, stretch.to);
        }
        let _ = writeln!(told, "  dots {:?}", lane.dots);
        let (mut to, mut from): (Vec<_>, Vec<_>) = (Vec::new(), Vec::new());
        for flight in &diagram.flights {
            if flight.from == place {
                to.push((flight.left, flight.arrived));
            } else if flight.to == place {
                from.push((flight.left, flight.arrived));
            }
        }
        let _ = writeln!(told, "  to its server {to:?}\n  from its server {from:?}");
    }
    expect_file!["views/client_lanes.txt"].assert_eq(&told);
}

/// Minutes in which nothing happens but signs of life take no more room than one fold, so that what was done stays
/// legible.
#[test]
fn idle_time_is_one_fold_however_long_it_is() {
    let mut session = Session::default();
    let script = "ensemble 3\nstart all\nsettle\nclient a connect 1\nclient b connect 2 timeout=4s\nsettle\n\
        a> create /m\nsettle\ncut b\nadvance 5m\na> set /m x\nsettle";
    session.run(script).1.expect("the script runs");
    let history = session.history().expect("it began");
    let idle =
        history.commands().iter().position(|command| matches!(command, Command::Advance(_))).expect("time passes");
    let (from, to) = (history.end_of_command(idle - 1), history.end_of_command(idle));
    let show = Show::open(&Place::Run(Recording::of(history).encode()), None).expect("it opens");
    let SpaceTime { positions, folds, .. } = &show.spacetime;
    assert!(to - from > 1_000, "{} events", to - from);
    let long: Vec<_> = folds.iter().filter(|(_, span)| *span > Duration::from_millis(60_000)).collect();
    assert_eq!(long.len(), 1, "{folds:?}");
    assert!(folds.len() < 8, "{folds:?}");
    assert!(
        (positions[to] - positions[from]) * 3 < positions[show.count()],
        "{} to {}",
        positions[from],
        positions[to]
    );
    assert!(positions.is_sorted());
}

/// A line that was typed at a client stays without an answer while its server is frozen; the card says so, and what to do.
#[test]
fn a_line_without_an_answer_does_not_look_like_one_that_is_done() {
    let mut session = Session::default();
    let script = "ensemble 3 latency=2ms\nstart all\nsettle\nclient a connect 1\nsettle\npause 1\na> ls /\nsettle";
    for (lines, waits) in [(script, true), ("advance 10s", false)] {
        session.run(lines).1.expect("the script runs");
        let history = session.history().expect("it began");
        let place = Place::Run(Recording::of(history).encode());
        for lang in LANGUAGES {
            let drawn = parts::draw(Part::Rail, (&place, history.len()), lang, None);
            assert_eq!(drawn.contains(lang.ui(Ui::WaitsForAnswer)), waits, "{}: {drawn}", lang.tag());
            assert_eq!(drawn.contains("KeeperErrorCode = ConnectionLoss for /"), !waits, "{}: {drawn}", lang.tag());
        }
    }
}

/// What helps with a line that has no answer is different where it comes later in this run, and where a client is frozen.
#[test]
fn what_is_said_of_a_missing_answer_fits_the_moment() {
    let mut session = Session::default();
    let script = "ensemble 3 latency=2ms\nstart all\nsettle\nclient a connect 1\nsettle\na> ls /\nsettle";
    session.run(script).1.expect("the script runs");
    let mut hint_after = |more: &str, typed: bool, lang: Lang| {
        session.run(more).1.expect("the script runs");
        let history = session.history().expect("it began");
        let place = Place::Run(Recording::of(history).encode());
        let types = |step: &Step| matches!(step.cause, Cause::Command(Command::Client { act: ClientAct::Type(_), .. }));
        let typed_at = history.steps().iter().position(types).expect("a line is typed") + 1;
        let drawn = parts::draw(Part::Rail, (&place, if typed { typed_at } else { history.len() }), lang, None);
        let hints = [Ui::WaitsForAnswer, Ui::AnsweredLater, Ui::WaitsFrozen];
        hints.into_iter().filter(|hint| drawn.contains(lang.ui(*hint))).collect::<Vec<Ui>>()
    };
    for lang in LANGUAGES {
        assert_eq!(hint_after("trace off", false, lang), []);
        assert_eq!(hint_after("trace off", true, lang), [Ui::AnsweredLater]);
        assert_eq!(hint_after("pause a\na> ls /", false, lang), [Ui::WaitsFrozen]);
        assert_eq!(hint_after("resume a\nsettle", false, lang), []);
    }
}

/// A word that is no command makes zkCli print its whole usage; the story says what was wrong.
#[test]
fn the_story_of_a_mistyped_line_is_its_error() {
    let mut session = Session::default();
    session.run("ensemble 1\nstart 1\nsettle\nclient a connect 1\nsettle\na> lsx /").1.expect("the script runs");
    let last = session.history().and_then(|history| history.steps().last()).expect("a step");
    for lang in LANGUAGES {
        assert_eq!(lang.step(last), "a: Command not found: Command not found lsx");
    }
}

/// A run with a fault: before anything has happened, when the first promise breaks, and at the end; then the switches.
#[test]
fn a_broken_run() {
    let place = example(Fault::AckBeforeFlush);
    let show = Show::open(&place, None).expect("the example opens");
    let broken: Vec<usize> = show.broken(show.count()).iter().map(|(at, _)| *at).collect();
    let mut told = String::new();
    for lang in LANGUAGES {
        for (part, index) in [0, broken[0], show.count()].map(|index| (Part::Story, index)) {
            let drawn = html::one_element_a_line(&parts::draw(part, (&place, index), lang, None));
            let _ = write!(told, "=== story at event {index}, {}\n{drawn}\n", lang.tag());
        }
        let drawn = html::one_element_a_line(&parts::draw(Part::Dialog, (&place, 0), lang, None));
        let _ = write!(told, "=== switches, {}\n{drawn}\n", lang.tag());
    }
    expect_file!["views/broken.txt"].assert_eq(&told);
}

#[test]
fn every_fault_and_every_promise_is_a_sentence_in_both_languages() {
    for lang in LANGUAGES {
        for (each, name) in Fault::ALL {
            assert_eq!(fault(lang.fault(each), lang), None, "{name}, {}", lang.tag());
        }
        for invariant in Invariant::ALL {
            let sentence = format!("{}{}", lang.promise(invariant), lang.pick("。", "."));
            assert_eq!(fault(&sentence, lang), None, "{invariant:?}, {}", lang.tag());
        }
    }
}

/// Every lesson with every setting of its parameter.
fn all_shows() -> Vec<(String, Show)> {
    let mut shows = Vec::new();
    for files in &LESSONS {
        let script = files.script().expect("the lesson check keeps unreadable scripts out");
        let settings: Vec<_> = script.param.iter().flat_map(|param| param.values()).map(Some).collect();
        for setting in if settings.is_empty() { vec![None] } else { settings } {
            let name = setting.map_or_else(|| files.id.to_string(), |value| format!("{} at {value}", files.id));
            shows.push((name, lesson(files.id, setting)));
        }
    }
    shows
}

/// What is wrong with a sentence for a reader of `lang`, if anything is.
fn fault(sentence: &str, lang: Lang) -> Option<&'static str> {
    let is_han = |letter: char| ('一'..='龥').contains(&letter);
    let ends = lang.pick(['。', '？', '！'], ['.', '?', '!']);
    if sentence.trim().is_empty() {
        return Some("it is empty");
    }
    if sentence.contains(['{', '}']) {
        return Some("a placeholder is left over");
    }
    if sentence.contains("  ") {
        return Some("something is missing between two spaces");
    }
    if !sentence.ends_with(ends) {
        return Some("it does not end as a sentence does");
    }
    if sentence.chars().any(is_han) != (lang == Lang::Zh) {
        return Some("it is in the other language");
    }
    None
}

#[test]
fn every_step_has_a_sentence_of_its_own_in_both_languages() {
    let (mut read, mut faults) = (0, Vec::new());
    for (name, show) in all_shows() {
        for lang in LANGUAGES {
            let mut before = String::new();
            for (position, step) in show.history().steps().iter().enumerate() {
                let sentence = lang.step(step);
                read += 1;
                if let Some(fault) = fault(&sentence, lang) {
                    faults.push(format!("{name}, event {}: {fault}: {sentence:?}", position + 1));
                }
                if step.is_story() {
                    if sentence == before {
                        faults.push(format!("{name}, event {}: said twice in a row: {sentence:?}", position + 1));
                    }
                    before = sentence;
                }
            }
        }
    }
    println!("{read} sentences for steps");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_text_of_every_lesson_is_filled_in() {
    let (mut read, mut faults) = (0, Vec::new());
    for (name, show) in all_shows() {
        for lang in LANGUAGES {
            for (place, text) in parts::texts(&show, lang) {
                read += 1;
                let cause = match text {
                    Ok(text) if text.trim().is_empty() => "it is empty".to_string(),
                    Ok(text) if text.contains(['{', '}']) => format!("a placeholder is left over: {text}"),
                    Ok(_) => continue,
                    Err(cause) => cause,
                };
                faults.push(format!("{name}, {}, {place}: {cause}", lang.tag()));
            }
        }
    }
    println!("{read} texts filled in");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What the engine judges right, with the reason that is given, to be read as a learner reads it: the check of a lesson
/// cannot know what its author meant.
#[test]
fn the_answers_to_all_questions() {
    let mut told = String::new();
    for (name, show) in all_shows() {
        for lang in LANGUAGES {
            let texts = parts::texts(&show, lang);
            let text = |place: String| -> String {
                let said =
                    texts.iter().filter(|(at, _)| *at == place).map(|(_, text)| text.as_deref().unwrap_or_default());
                said.collect::<Vec<&str>>().join(" ")
            };
            for ask in show.performance.beats.iter().filter_map(|mark| mark.beat.ask.as_ref()) {
                let Some(right) = show.performance.right_option(ask) else { continue };
                let question = text(format!("question {}", ask.name));
                let answer = text(format!("question {}, option {right}", ask.name));
                let reason = text(format!("question {}, answer to {right}", ask.name));
                let _ = writeln!(told, "{name}, {}\n  {question}\n  {answer}\n  {reason}", lang.tag());
            }
        }
    }
    expect_file!["views/answers.txt"].assert_eq(&told);
}
