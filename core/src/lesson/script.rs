//! A lesson's script: what happens and what is true. The words are elsewhere, in one prose file per language.
//!
//! ```text
//! ensemble 5                          the run
//! stage one                           a stage begins with the next event
//! start 1                             any command; what is done before the first beat is there when the lesson begins
//! beat alone                          a moment that the prose speaks about: here, after what was done so far
//! beat adopts when vote 1 = 2         … or the first moment from the last beat on at which this is true, and what
//!                                     follows behind commas
//! beat? other-end when leader = 4     a beat that need not be reached with every setting of the parameter
//!   claim tally: votes 2 = 2          true from this beat until the next one
//!   moment change: reason 1 = id      true at this beat
//!   ask who judged settled            a question; the engine judges it at a later beat (`a|b`: whichever comes)
//!   option none: leader = none        exactly one option must be true there
//! param delay 100ms 0ms..400ms step 20ms    a span the learner can change; written {delay} in a command
//! ```

use crate::query::Predicate;
use crate::script::{Cause, Expected, ParseError, Words, name, predicate, span};
use crate::time::Duration;

/// A span of time that the learner may change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Param {
    /// How commands and prose name it.
    pub name: String,
    /// What the lesson begins with.
    pub default: Duration,
    /// Smallest.
    pub min: Duration,
    /// Largest.
    pub max: Duration,
    /// From one value to the next.
    pub step: Duration,
}

impl Param {
    /// Every value it can take, ascending.
    pub fn values(&self) -> impl Iterator<Item = Duration> + use<> {
        let (min, max, step) = (self.min.0, self.max.0, self.step.0);
        (min..=max).step_by(step as usize).map(Duration)
    }
}

/// A named group of statements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// How the prose names it.
    pub name: String,
    /// All must be true.
    pub predicates: Vec<Predicate>,
    /// Whether they stay true until the next beat.
    pub lasting: bool,
    /// Line of the script.
    pub line: usize,
}

/// A question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// How the prose names it.
    pub name: String,
    /// The beats at which the answer is plain to see; the first one that is reached judges.
    pub judged: Vec<String>,
    /// The options and what must be true for each to be right.
    pub options: Vec<(String, Predicate)>,
    /// Line of the script.
    pub line: usize,
}

/// A moment that the prose speaks about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beat {
    /// Its name.
    pub name: String,
    /// What must all be true there; nothing when its place in the script makes it.
    pub when: Vec<Predicate>,
    /// Whether it may be missed with some settings of the parameter.
    pub optional: bool,
    /// What is true there.
    pub claims: Vec<Claim>,
    /// What is asked there.
    pub ask: Option<Ask>,
    /// Line of the script.
    pub line: usize,
}

/// One element of a script, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// A stage begins with the next event.
    Stage(String),
    /// A beat.
    Beat(Beat),
    /// A command, as text: its parameter is filled in when it is run.
    Command(String),
}

/// A parsed script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// The `ensemble` line and its line number.
    pub ensemble: (usize, String),
    /// The parameter, if there is one.
    pub param: Option<Param>,
    /// Everything else with its line number.
    pub items: Vec<(usize, Item)>,
}

impl Script {
    /// Reads a script.
    ///
    /// # Errors
    /// The first line that is not understood. Commands are understood when they are run.
    pub fn parse(text: &str) -> Result<Script, ParseError> {
        let mut ensemble = None;
        let mut param = None;
        let mut items: Vec<(usize, Item)> = Vec::new();
        for (index, raw) in text.lines().enumerate() {
            let line = index + 1;
            let mut words = Words::of(line, raw);
            let Some(first) = words.peek() else { continue };
            if ensemble.is_none() {
                if first != "ensemble" {
                    return Err(words.error(Expected::EnsembleFirst));
                }
                ensemble = Some((line, raw.to_string()));
                continue;
            }
            words.take();
            let last_beat = items.iter_mut().rev().find_map(|(_, item)| match item {
                Item::Beat(beat) => Some(beat),
                _ => None,
            });
            match (first, last_beat) {
                ("stage", _) => items.push((line, Item::Stage(words.read(Expected::Name, name)?))),
                ("beat" | "beat?", _) => {
                    let beat_name = words.read(Expected::Name, name)?;
                    let when = if words.take_if("when") { predicates(line, raw, " when ")? } else { Vec::new() };
                    let awaited = !when.is_empty();
                    let beat =
                        Beat { name: beat_name, when, optional: first == "beat?", claims: Vec::new(), ask: None, line };
                    items.push((line, Item::Beat(beat)));
                    if awaited {
                        continue;
                    }
                }
                ("claim" | "moment", Some(beat)) => {
                    let name = words.read(Expected::Name, |word| word.strip_suffix(':').and_then(name))?;
                    let predicates = predicates(line, raw, ":")?;
                    beat.claims.push(Claim { name, predicates, lasting: first == "claim", line });
                    continue;
                }
                ("ask", Some(beat)) => {
                    let name_of = words.read(Expected::Name, name)?;
                    if !words.take_if("judged") {
                        return Err(words.error(Expected::Name));
                    }
                    let judged = words.read(Expected::Name, |word| word.split('|').map(name).collect())?;
                    beat.ask = Some(Ask { name: name_of, judged, options: Vec::new(), line });
                }
                ("option", Some(Beat { ask: Some(ask), .. })) => {
                    let option = words.read(Expected::Name, |word| word.strip_suffix(':').and_then(name))?;
                    let right = predicate(&mut words)?;
                    ask.options.push((option, right));
                }
                ("param", _) if param.is_none() => param = Some(read_param(&mut words)?),
                ("claim" | "moment" | "ask" | "option" | "param" | "ensemble", _) => {
                    return Err(Words::of(line, raw).error(Expected::Command));
                }
                _ => {
                    items.push((line, Item::Command(raw.to_string())));
                    continue;
                }
            }
            words.finish()?;
        }
        let ensemble = ensemble.ok_or_else(|| Words::of(1, "").error(Expected::EnsembleFirst))?;
        Ok(Script { ensemble, param, items })
    }

    /// All beats in order.
    pub fn beats(&self) -> impl Iterator<Item = &Beat> {
        self.items.iter().filter_map(|(_, item)| match item {
            Item::Beat(beat) => Some(beat),
            _ => None,
        })
    }

    /// All beats in order, to be changed (the mutation test does).
    pub fn beats_mut(&mut self) -> impl Iterator<Item = &mut Beat> {
        self.items.iter_mut().filter_map(|(_, item)| match item {
            Item::Beat(beat) => Some(beat),
            _ => None,
        })
    }

    /// The names of all stages in order.
    pub fn stages(&self) -> impl Iterator<Item = &str> {
        self.items.iter().filter_map(|(_, item)| match item {
            Item::Stage(name) => Some(name.as_str()),
            _ => None,
        })
    }
}

/// The statements behind a mark, with commas between them.
fn predicates(line: usize, raw: &str, mark: &str) -> Result<Vec<Predicate>, ParseError> {
    let start = raw.find(mark).map_or(raw.len(), |found| found + mark.len());
    let mut column = raw[..start].chars().count() + 1;
    let mut found = Vec::new();
    for part in raw[start..].split(',') {
        let mut words = Words::from_column(line, column, part);
        found.push(predicate(&mut words)?);
        words.finish()?;
        column += part.chars().count() + 1;
    }
    Ok(found)
}

fn read_param(words: &mut Words<'_>) -> Result<Param, ParseError> {
    let name = words.read(Expected::Name, name)?;
    let default = words.read(Expected::Span, span)?;
    let (min, max) = words.read(Expected::Latency, |word| {
        let (min, max) = word.split_once("..")?;
        Some((span(min)?, span(max)?))
    })?;
    if !words.take_if("step") {
        return Err(words.error(Expected::Name));
    }
    let step = words.read(Expected::Span, |word| span(word).filter(|step| *step > Duration::ZERO))?;
    let fits = min <= default && default <= max && (max - min).0 / step.0 <= 1_000;
    if !fits {
        return Err(words.cause(Cause::Expected(Expected::Latency)));
    }
    Ok(Param { name, default, min, max, step })
}
