//! Lessons cannot lie: every claim is replayed, every sentence must rest on something, and nothing may be missing.

use super::performance::{PerformError, Performance};
use super::prose::{FREE_TAGS, Inline, Paragraph, Prose};
use super::script::{Beat, Script};
use crate::rules::Rules;
use crate::sim::World;
use crate::time::Duration;
use core::fmt;
use std::collections::BTreeSet;

/// Something wrong with a lesson. `file` is `script.txt` or a prose file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub file: String,
    /// The line, 0 for the whole file.
    pub line: usize,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 {
            write!(f, "{}: {}", self.file, self.what)
        } else {
            write!(f, "{}:{}: {}", self.file, self.line, self.what)
        }
    }
}

fn problem(file: &str, line: usize, what: impl Into<String>) -> Problem {
    Problem { file: file.to_string(), line, what: what.into() }
}

/// The script's file name.
pub const SCRIPT: &str = "script.txt";

/// Checks a lesson: its script's text, and its prose files as (file name, text).
pub fn check(script: &str, prose: &[(&str, &str)]) -> Vec<Problem> {
    let script = match Script::parse(script) {
        Ok(script) => script,
        Err(error) => return vec![problem(SCRIPT, error.line, error.to_string())],
    };
    let mut problems = check_run(&script, None);
    let performance = Performance::of(&script, None).ok();
    let told = Told { script: &script, world: performance.as_ref().map(|performance| performance.history.latest()) };
    for (file, text) in prose {
        let (prose, errors) = Prose::parse(text);
        problems.extend(errors.iter().map(|error| problem(file, error.line, error.cause_text())));
        problems.extend(check_prose(told, file, &prose));
    }
    problems
}

impl super::prose::ProseError {
    fn cause_text(&self) -> String {
        let text = self.to_string();
        text.split_once(": ").map_or(text.clone(), |(_, cause)| cause.to_string())
    }
}

/// Replays every claim with every setting of the parameter, under the given rules.
pub fn check_run(script: &Script, rules: Option<Rules>) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut reached = BTreeSet::new();
    let settings: Vec<Option<Duration>> = match &script.param {
        Some(param) => param.values().map(Some).collect(),
        None => vec![None],
    };
    for setting in settings {
        let performance = match Performance::under(script, setting, rules.clone()) {
            Ok(performance) => performance,
            Err(PerformError::Script(error)) => {
                problems.push(problem(SCRIPT, error.line, error.to_string()));
                return problems;
            }
            Err(PerformError::NotReached { line, beat }) => {
                problems.push(problem(SCRIPT, line, format!("beat `{beat}` is not reached{}", with(script, setting))));
                continue;
            }
        };
        reached.extend(performance.beats.iter().map(|mark| mark.beat.name.clone()));
        problems.extend(check_claims(&performance, &with(script, setting)));
    }
    let missed = |beat: &&Beat| beat.optional && !reached.contains(&beat.name);
    problems.extend(
        script
            .beats()
            .filter(missed)
            .map(|beat| problem(SCRIPT, beat.line, format!("beat `{}` is not reached with any setting", beat.name))),
    );
    problems
}

fn with(script: &Script, setting: Option<Duration>) -> String {
    match (&script.param, setting) {
        (Some(param), Some(value)) => format!(" with {} = {value}", param.name),
        _ => String::new(),
    }
}

fn check_claims(performance: &Performance, setting: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (position, mark) in performance.beats.iter().enumerate() {
        for claim in &mark.beat.claims {
            let end = if claim.lasting { performance.beat_end(position) } else { mark.at };
            for predicate in &claim.predicates {
                if let Some(index) = (mark.at..=end).find(|index| !predicate.holds(performance.moment(*index))) {
                    let found = performance.moment(index).ask(&predicate.query);
                    let what = format!("`{predicate}` is not true at event {index}: it is {found}{setting}");
                    problems.push(problem(SCRIPT, claim.line, what));
                }
            }
        }
        let Some(ask) = &mark.beat.ask else { continue };
        if let Some(at) = performance.judged_at(ask) {
            let right = ask.options.iter().filter(|(_, right)| right.holds(performance.moment(at))).count();
            if right != 1 {
                let what = format!(
                    "question `{}` has {right} right options at beat `{}`{setting}",
                    ask.name,
                    ask.judged.join("|")
                );
                problems.push(problem(SCRIPT, ask.line, what));
            }
            if at <= mark.at {
                problems.push(problem(
                    SCRIPT,
                    ask.line,
                    format!("question `{}` is judged before it is asked{setting}", ask.name),
                ));
            }
        } else {
            problems.push(problem(
                SCRIPT,
                ask.line,
                format!("question `{}` is judged at a beat that is not there", ask.name),
            ));
        }
    }
    problems
}

/// What prose may speak of.
#[derive(Clone, Copy)]
struct Told<'a> {
    script: &'a Script,
    /// The world at the end, in which everybody is known who was ever there; `None` when the script fails.
    world: Option<&'a World>,
}

fn check_prose(told: Told<'_>, file: &str, prose: &Prose) -> Vec<Problem> {
    let script = told.script;
    let mut problems = Vec::new();
    if prose.title.is_empty() {
        problems.push(problem(file, 0, "the lesson has no title (`# …`)"));
    }
    for stage in script.stages().filter(|name| !prose.stages.iter().any(|text| text.name == **name)) {
        problems.push(problem(file, 0, format!("stage `{stage}` has no title (`## {stage}: …`)")));
    }
    for text in prose.stages.iter().filter(|text| !script.stages().any(|name| name == text.name)) {
        problems.push(problem(file, text.line, format!("the script has no stage `{}`", text.name)));
    }
    for beat in script.beats() {
        match prose.beats.iter().find(|text| text.name == beat.name) {
            None => problems.push(problem(file, 0, format!("beat `{}` has no text (`### {}`)", beat.name, beat.name))),
            Some(text) => {
                for paragraph in &text.paragraphs {
                    problems.extend(check_tags(told, beat, file, paragraph));
                }
            }
        }
        if let Some(ask) = &beat.ask {
            problems.extend(check_ask(told, ask, file, prose));
        }
    }
    let beats: BTreeSet<&str> = script.beats().map(|beat| beat.name.as_str()).collect();
    for text in prose.beats.iter().filter(|text| !beats.contains(text.name.as_str())) {
        problems.push(problem(file, text.line, format!("the script has no beat `{}`", text.name)));
    }
    let asks: BTreeSet<&str> =
        script.beats().filter_map(|beat| beat.ask.as_ref()).map(|ask| ask.name.as_str()).collect();
    for text in prose.asks.iter().filter(|text| !asks.contains(text.name.as_str())) {
        problems.push(problem(file, text.line, format!("the script has no question `{}`", text.name)));
    }
    problems
}

fn check_ask(told: Told<'_>, ask: &super::script::Ask, file: &str, prose: &Prose) -> Vec<Problem> {
    let Some(text) = prose.asks.iter().find(|text| text.name == ask.name) else {
        return vec![problem(file, 0, format!("question `{}` has no text (`### ?{}`)", ask.name, ask.name))];
    };
    let mut problems = Vec::new();
    for (option, _) in &ask.options {
        if !text.labels.iter().any(|(name, _)| name == option) {
            problems.push(problem(file, text.line, format!("option `{option}` has no label (`- {option}: …`)")));
        }
        if !text.explanations.iter().any(|(name, _)| name == option) {
            problems.push(problem(file, text.line, format!("option `{option}` has no explanation (`> {option}: …`)")));
        }
    }
    let names = text.labels.iter().map(|(name, _)| name).chain(text.explanations.iter().map(|(name, _)| name));
    for name in names.filter(|name| !ask.options.iter().any(|(option, _)| option == *name)) {
        problems.push(problem(file, text.line, format!("question `{}` has no option `{name}`", ask.name)));
    }
    // An explanation speaks about the moment of the judgement, so it rests on the claims made there.
    for judged in told.script.beats().filter(|other| ask.judged.contains(&other.name)) {
        for (_, paragraph) in &text.explanations {
            problems.extend(check_tags(told, judged, file, paragraph));
        }
    }
    problems
}

fn check_tags(told: Told<'_>, beat: &Beat, file: &str, paragraph: &Paragraph) -> Vec<Problem> {
    let mut problems = Vec::new();
    for sentence in paragraph {
        for tag in &sentence.tags {
            let known = FREE_TAGS.contains(&tag.as_str()) || beat.claims.iter().any(|claim| claim.name == *tag);
            if !known {
                problems.push(problem(file, sentence.line, format!("beat `{}` makes no claim `{tag}`", beat.name)));
            }
        }
        if let Some(param) = sentence.words.iter().find_map(unknown_param(told.script)) {
            problems.push(problem(
                file,
                sentence.line,
                format!("`{{{param}}}` is neither a question nor the parameter"),
            ));
        }
        if let Some(stranger) = told.world.and_then(|world| sentence.words.iter().find_map(stranger(world))) {
            problems.push(problem(file, sentence.line, stranger));
        }
    }
    problems
}

fn unknown_param(script: &Script) -> impl Fn(&Inline) -> Option<String> + '_ {
    move |inline| match inline {
        Inline::Param(name) if script.param.as_ref().is_none_or(|param| param.name != *name) => Some(name.clone()),
        Inline::Strong(inner) => inner.iter().find_map(unknown_param(script)),
        _ => None,
    }
}

/// A question about somebody who was never there.
fn stranger(world: &World) -> impl Fn(&Inline) -> Option<String> + '_ {
    move |inline| match inline {
        Inline::Answer(query) => query.check_names(world).err().map(|error| format!("`{{{query}}}`: {error}")),
        Inline::Strong(inner) => inner.iter().find_map(stranger(world)),
        _ => None,
    }
}
