//! Lessons cannot lie. The lessons of the page pass their check, and the check is no rubber stamp: every statement
//! that is turned around, every rule of the protocol that is changed and every slip in the prose is found, in the
//! right file and at the right line.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use zooscope_core::election::{Prefer, VoteOrder};
use zooscope_core::lesson::{FREE_TAGS, Problem, Prose, SCRIPT, Script, check, check_run};
use zooscope_core::rules::Rules;
use zooscope_core::time::Duration;
use zooscope_web::catalog::{LESSONS, LessonFiles, Texts};

/// The very command that a teacher runs, because the search for missing files is its own.
#[path = "../xtask/src/lesson.rs"]
mod command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn script(lesson: &LessonFiles) -> Script {
    lesson.script().expect("the lesson check keeps unreadable scripts out")
}

/// Both prose files of a lesson.
fn prose_files(lesson: &LessonFiles) -> [(&'static str, &'static str); 2] {
    let Texts { zh, en, .. } = (lesson.texts)();
    [("zh.md", zh), ("en.md", en)]
}

#[test]
fn the_lessons_of_the_page_tell_the_truth() {
    assert_eq!(command::run(root(), &[]), Ok(true));
    for lesson in &LESSONS {
        assert_eq!(check((lesson.texts)().script, &prose_files(lesson)), [], "{}", lesson.id);
    }
    let folders = std::fs::read_dir(root().join("web/lessons")).expect("the folder is there").flatten();
    let written: BTreeSet<String> = folders.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    let offered: BTreeSet<String> = LESSONS.iter().map(|lesson| lesson.id.to_string()).collect();
    assert_eq!(offered, written, "every lesson that is written can be opened");
}

/// A statement that was turned around, and the line that must be blamed for it.
struct Lie {
    what: String,
    line: usize,
    script: Script,
}

/// Every lie that one turned statement makes of a lesson.
fn lies(truth: &Script) -> Vec<Lie> {
    let mut lies = Vec::new();
    let mut lie = |beat: usize, tell: &dyn Fn(&mut zooscope_core::lesson::Beat) -> (String, usize)| {
        let mut script = truth.clone();
        let (what, line) = tell(script.beats_mut().nth(beat).expect("a clone has the same beats"));
        lies.push(Lie { what, line, script });
    };
    for (at, beat) in truth.beats().enumerate() {
        for (claim, truth) in beat.claims.iter().enumerate() {
            for statement in 0..truth.predicates.len() {
                lie(at, &|beat| {
                    let claim = &mut beat.claims[claim];
                    let turned = claim.predicates[statement].flipped();
                    claim.predicates[statement] = turned.clone();
                    (format!("beat {}, claim {}: {turned}", beat.name, claim.name), claim.line)
                });
            }
        }
        for option in 0..beat.ask.as_ref().map_or(0, |ask| ask.options.len()) {
            lie(at, &|beat| {
                let ask = beat.ask.as_mut().expect("this beat asks");
                let (name, right) = &mut ask.options[option];
                *right = right.flipped();
                (format!("question {}, option {name}: {right}", ask.name), ask.line)
            });
        }
    }
    lies
}

#[test]
fn every_statement_that_is_turned_around_is_found() {
    let (mut told, mut believed) = (0, Vec::new());
    for lesson in &LESSONS {
        let lies = lies(&script(lesson));
        println!("{}: {} statements turned around", lesson.id, lies.len());
        assert!(lies.len() >= 10, "{} states next to nothing", lesson.id);
        told += lies.len();
        for Lie { what, line, script } in lies {
            let problems = check_run(&script, None);
            if !problems.iter().any(|problem| problem.file == SCRIPT && problem.line == line) {
                believed.push(format!("{}, line {line}: {what}\n  but found {problems:?}", lesson.id));
            }
        }
    }
    println!("{told} statements turned around, {} of them believed", believed.len());
    assert!(believed.is_empty(), "{}", believed.join("\n"));
}

/// A claim holds until the next beat, not only at its own: what is true for a moment must not pass for lasting.
#[test]
fn what_is_true_for_a_moment_does_not_pass_for_lasting() {
    let (mut moments, mut found) = (0, 0);
    for lesson in &LESSONS {
        let truth = script(lesson);
        let lines = truth.beats().flat_map(|beat| &beat.claims).filter(|claim| !claim.lasting).map(|claim| claim.line);
        for line in lines.collect::<Vec<_>>() {
            let mut lie = truth.clone();
            let claims = lie.beats_mut().flat_map(|beat| &mut beat.claims);
            claims.filter(|claim| claim.line == line).for_each(|claim| claim.lasting = true);
            moments += 1;
            // Some moments happen to last; the lessons must hold others that do not.
            found += usize::from(check_run(&lie, None).iter().any(|problem| problem.line == line));
        }
    }
    println!("{moments} moments, {found} of them cannot be claimed to last");
    assert!(found > 0, "{found} of {moments}");
}

#[test]
fn every_rule_of_the_protocol_is_what_some_lesson_rests_on() {
    let zookeeper = VoteOrder::default();
    let ordered = |order: VoteOrder| Rules { order, ..Rules::default() };
    let mutants = [
        ("the smaller epoch wins", ordered(VoteOrder { peer_epoch: Prefer::Smaller, ..zookeeper })),
        ("the smaller zxid wins", ordered(VoteOrder { zxid: Prefer::Smaller, ..zookeeper })),
        ("the smaller id wins", ordered(VoteOrder { leader: Prefer::Smaller, ..zookeeper })),
        ("no silence", Rules { finalize_wait: Duration::from_millis(1), ..Rules::default() }),
        ("twice the silence", Rules { finalize_wait: Duration::from_millis(400), ..Rules::default() }),
    ];
    // The mutants replace all rules of a script, so what they are held against must be the default.
    for lesson in &LESSONS {
        assert_eq!(check_run(&script(lesson), Some(Rules::default())), [], "{}", lesson.id);
    }
    for (what, rules) in mutants {
        let fails = |lesson: &&LessonFiles| !check_run(&script(lesson), Some(rules.clone())).is_empty();
        let failing: Vec<&str> = LESSONS.iter().filter(fails).map(|lesson| lesson.id).collect();
        println!("{what}: noticed by {failing:?}");
        assert!(!failing.is_empty(), "no lesson notices that {what}");
    }
}

/// A slip in a prose file, and what must be said about it.
struct Slip {
    what: &'static str,
    text: String,
    /// The line that must be blamed, 0 where something is missing altogether.
    line: usize,
    /// What the problem must name.
    names: String,
}

/// Whether a line is made of sentences with tags: the text of a beat, or the explanation of an option.
fn has_tags(line: &str) -> bool {
    !line.starts_with('#') && !line.starts_with("- ") && line.contains('[')
}

/// Every slip of the pen that each line of a prose file allows.
fn slips(text: &str) -> Vec<Slip> {
    let lines: Vec<&str> = text.lines().collect();
    let mut slips = Vec::new();
    let mut slip = |what: &'static str, at: usize, line: usize, names: &str, new: Option<String>| {
        let mut lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
        match new {
            Some(new) => lines[at] = new,
            None => drop(lines.remove(at)),
        }
        slips.push(Slip { what, text: lines.join("\n"), line, names: names.to_string() });
    };
    for (at, line) in lines.iter().enumerate() {
        let number = at + 1;
        if has_tags(line) {
            let (words, tags) = line.rsplit_once('[').expect("it has a tag");
            slip("a typed digit", at, number, "`3`", Some(format!("{words} 3 [{tags}")));
            slip("a typed state", at, number, "`LEADING`", Some(format!("{words} LEADING [{tags}")));
            slip("an unknown claim", at, number, "`no-such-claim`", Some(format!("{words}[no-such-claim]")));
            slip("a sentence without a tag", at, number, "names no claim", Some(words.to_string()));
            slip("a sentence after the tag", at, number, "names no claim", Some(format!("{line} And so on.")));
            slip("a question nobody can answer", at, number, "`{whim 3}`", Some(format!("{words} {{whim 3}} [{tags}")));
            slip("a question about nobody", at, number, "no server 63", Some(format!("{words} {{votes 63}} [{tags}")));
            let bold = format!("{words} **{{events zed}}** [{tags}");
            slip("a question about no client", at, number, "no client `zed`", Some(bold));
            slip("an open mark", at, number, "`*`", Some(format!("{words} **never closed [{tags}")));
        }
        if line.starts_with("> ") || line.starts_with("- ") {
            let option = line[2..].split(':').next().unwrap_or_default();
            let question =
                lines[..at].iter().rposition(|line| line.starts_with("### ?")).expect("options are asked for");
            let missing = if line.starts_with("> ") { "no explanation" } else { "no label" };
            slip("an option without its words", at, question + 1, missing, None);
            let other = line.replacen(option, "other", 1);
            slip("an option that is not there", at, question + 1, "no option `other`", Some(other));
        }
        if let Some(name) = line.strip_prefix("### ") {
            // The words below a heading that is gone go to the beat before, so only the missing one is asked for.
            slip("a text that is missing", at, 0, &format!("`{}`", name.trim_start_matches('?')), None);
            slip("a text for nothing", at, number, "`elsewhere`", Some(line.replace(name, "elsewhere")));
        } else if let Some((name, _)) = line.strip_prefix("## ").and_then(|heading| heading.split_once(':')) {
            slip("a stage without a title", at, 0, &format!("`{name}`"), None);
            slip("a title for nothing", at, number, "`elsewhere`", Some(line.replacen(name, "elsewhere", 1)));
        } else if line.starts_with("# ") {
            slip("a lesson without a title", at, 0, "no title", None);
        }
    }
    slips
}

#[test]
fn every_slip_in_the_prose_is_found_where_it_is() {
    let (mut made, mut missed) = (0, Vec::new());
    for lesson in &LESSONS {
        for (file, text) in prose_files(lesson) {
            let slips = slips(text);
            println!("{}/{file}: {} slips", lesson.id, slips.len());
            made += slips.len();
            for Slip { what, text, line, names } in slips {
                let problems = check((lesson.texts)().script, &[(file, &text)]);
                let found = |problem: &Problem| {
                    problem.file == file && problem.line == line && problem.to_string().contains(&names)
                };
                if !problems.iter().any(found) {
                    missed.push(format!("{}/{file}:{line}: {what} ({names})\n  but found {problems:?}", lesson.id));
                }
            }
        }
    }
    println!("{made} slips, {} of them missed", missed.len());
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

/// Nobody has no votes and gets no events, so a statement about nobody would always be true.
#[test]
fn a_statement_about_nobody_is_found_where_it_is() {
    let mut tried = 0;
    for lesson in &LESSONS {
        let text = (lesson.texts)().script;
        for (at, line) in text.lines().enumerate() {
            let word = line.split_whitespace().next().unwrap_or_default();
            let mut lines: Vec<String> = text.lines().map(str::to_string).collect();
            match word {
                "claim" | "moment" => lines[at].push_str(", events zed = 0"),
                "option" => {
                    let (option, _) = line.split_once(':').expect("an option has a colon");
                    lines[at] = format!("{option}: alive zed");
                }
                _ => continue,
            }
            let problems = check(&lines.join("\n"), &[]);
            let [found] = problems.as_slice() else { panic!("{}: {problems:?}", lesson.id) };
            // An option is part of its question, which has the place.
            let asked = text.lines().take(at).collect::<Vec<_>>();
            let asked = asked.iter().rposition(|line| line.trim_start().starts_with("ask "));
            let place = if word == "option" { asked.expect("options are asked for") } else { at };
            assert!(found.line == place + 1 && found.what.contains("no client `zed`"), "{}: {found}", lesson.id);
            tried += 1;
        }
    }
    assert!(tried > 20, "{tried}");
}

/// A sentence may only rest on what is claimed where it stands: the claims of another beat do not count.
#[test]
fn a_claim_of_another_beat_is_no_reason() {
    let mut tried = 0;
    for lesson in &LESSONS {
        let script = script(lesson);
        for (file, text) in prose_files(lesson) {
            let (prose, _) = Prose::parse(text);
            let sentences = prose
                .beats
                .iter()
                .flat_map(|beat| beat.paragraphs.iter().flatten().map(move |sentence| (&beat.name, sentence)));
            for (beat, sentence) in sentences {
                let own = script.beats().find(|own| own.name == *beat).expect("every text has its beat");
                let made_here = |name: &str| own.claims.iter().any(|claim| claim.name == name);
                let elsewhere = script.beats().flat_map(|beat| &beat.claims).find(|claim| !made_here(&claim.name));
                let Some(foreign) = elsewhere else { continue };
                let Some(tag) = sentence.tags.iter().find(|tag| !FREE_TAGS.contains(&tag.as_str())) else { continue };
                let mut lines: Vec<String> = text.lines().map(str::to_string).collect();
                let line = &mut lines[sentence.line - 1];
                *line = line.replacen(&format!("[{tag}"), &format!("[{}", foreign.name), 1);
                let problems = check((lesson.texts)().script, &[(file, &lines.join("\n"))]);
                let found = problems.iter().any(|problem| problem.file == file && problem.line == sentence.line);
                assert!(found, "{}/{file}:{}: {} is believed in {beat}", lesson.id, sentence.line, foreign.name);
                tried += 1;
            }
        }
    }
    println!("{tried} sentences with the claim of another beat");
    assert!(tried > 50, "{tried}");
}

#[test]
fn a_lesson_without_one_of_its_files_is_refused() {
    let lesson = &LESSONS[0];
    let Texts { script, zh, en } = (lesson.texts)();
    let files = [(SCRIPT, script), ("zh.md", zh), ("en.md", en)];
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("lessons");
    for missing in [None, Some("zh.md"), Some("en.md"), Some(SCRIPT)] {
        let own = folder.join(missing.unwrap_or("whole"));
        let _ = std::fs::remove_dir_all(&own);
        std::fs::create_dir_all(&own).expect("the folder for temporary files can be written");
        for (name, text) in files.iter().filter(|(name, _)| Some(*name) != missing) {
            std::fs::write(own.join(name), text).expect("the folder for temporary files can be written");
        }
        let result = command::run(root(), &[own.display().to_string()]);
        match missing {
            None => assert_eq!(result, Ok(true)),
            Some(SCRIPT) => assert!(result.is_err_and(|cause| cause.contains(SCRIPT))),
            Some(_) => assert_eq!(result, Ok(false)),
        }
    }
}
