//! A lesson's script, performed: the run with its stages and beats.

use super::script::{Ask, Beat, Item, Script};
use crate::history::History;
use crate::query::{Moment, Predicate};
use crate::rules::Rules;
use crate::script::{Expected, ParseError, Words, command, ensemble};
use crate::time::Duration;

/// A stage of a performance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageMark {
    /// Its name.
    pub name: String,
    /// Its first event.
    pub from: usize,
}

/// A beat of a performance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BeatMark {
    /// The beat.
    pub beat: Beat,
    /// The moment it was reached at.
    pub at: usize,
}

/// A lesson's run, its stages and its beats.
#[derive(Clone, Debug, PartialEq)]
pub struct Performance {
    /// The run.
    pub history: History,
    /// Stages in order.
    pub stages: Vec<StageMark>,
    /// Beats that were reached, in order.
    pub beats: Vec<BeatMark>,
    /// The parameter's value in this performance.
    pub param: Option<Duration>,
}

/// Why a script cannot be performed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PerformError {
    /// A line of the script is wrong.
    Script(ParseError),
    /// A beat was not reached.
    NotReached {
        /// Line of the beat.
        line: usize,
        /// Its name.
        beat: String,
    },
}

impl Performance {
    /// Performs a script with its parameter at `param` (its default when `None`).
    ///
    /// # Errors
    /// A command that is not understood or refused, or a beat that is not reached.
    pub fn of(script: &Script, param: Option<Duration>) -> Result<Performance, PerformError> {
        Performance::under(script, param, None)
    }

    /// The same under other rules than the script's own: what the mutation test needs.
    ///
    /// # Errors
    /// As [`Performance::of`].
    pub fn under(script: &Script, param: Option<Duration>, rules: Option<Rules>) -> Result<Performance, PerformError> {
        let value = script.param.as_ref().map(|own| param.unwrap_or(own.default));
        let fill = |text: &str| match (&script.param, value) {
            (Some(own), Some(value)) => text.replace(&format!("{{{}}}", own.name), &value.to_string()),
            _ => text.to_string(),
        };
        let (line, text) = &script.ensemble;
        let mut configuration = ensemble(&mut Words::of(*line, &fill(text))).map_err(PerformError::Script)?;
        if let Some(rules) = rules {
            configuration.rules = rules;
        }
        let mut history = History::new(configuration);
        let mut stages = Vec::new();
        let mut places: Vec<(usize, &Beat)> = Vec::new();
        for (line, item) in &script.items {
            match item {
                Item::Stage(name) => stages.push(StageMark { name: name.clone(), from: history.len() + 1 }),
                Item::Beat(beat) => places.push((history.len(), beat)),
                Item::Command(text) => {
                    let filled = fill(text);
                    let mut words = Words::of(*line, &filled);
                    let at = words.clone();
                    let command = command(&mut words, history.ensemble()).map_err(PerformError::Script)?;
                    history.apply(&command).map_err(|error| PerformError::Script(at.refused(error)))?;
                }
            }
        }
        let mut beats: Vec<BeatMark> = Vec::new();
        for (place, beat) in places {
            check_statements(beat, &history).map_err(PerformError::Script)?;
            let earliest = beats.last().map_or(0, |last| last.at);
            let reached = match &beat.when[..] {
                [] => Some(place),
                when => first_moment(&history, earliest, when),
            };
            match reached {
                Some(at) => beats.push(BeatMark { beat: beat.clone(), at }),
                None if beat.optional => {}
                None => return Err(PerformError::NotReached { line: beat.line, beat: beat.name.clone() }),
            }
        }
        let begins = beats.first().map(|first| first.at);
        if begins.is_none_or(|begins| stages.iter().any(|stage| stage.from <= begins)) {
            let error = Words::of(*line, text).error(Expected::Command);
            return Err(PerformError::Script(ParseError { found: "no beat before the first stage".into(), ..error }));
        }
        Ok(Performance { history, stages, beats, param: value })
    }

    /// The moment with which the lesson begins: its first beat. What happened before is there from the start.
    pub fn begins(&self) -> usize {
        self.beats.first().map_or(0, |first| first.at)
    }

    /// The stage that moment `index` lies in, counted from 1; 0 before the first.
    pub fn stage_at(&self, index: usize) -> usize {
        self.stages.iter().take_while(|stage| stage.from <= index).count()
    }

    /// The position of the beat that speaks about moment `index`.
    pub fn beat_at(&self, index: usize) -> usize {
        self.beats.iter().rposition(|mark| mark.at <= index).unwrap_or(0)
    }

    /// Where a beat was reached.
    pub fn find_beat(&self, name: &str) -> Option<&BeatMark> {
        self.beats.iter().find(|mark| mark.beat.name == name)
    }

    /// The last moment that beat number `position` speaks about.
    pub fn beat_end(&self, position: usize) -> usize {
        self.beats
            .get(position + 1)
            .map_or(self.history.len(), |next| next.at.saturating_sub(1).max(self.beats[position].at))
    }

    /// The moment at which a question is judged, if its beat is reached.
    pub fn judged_at(&self, ask: &Ask) -> Option<usize> {
        ask.judged.iter().find_map(|beat| self.find_beat(beat)).map(|mark| mark.at)
    }

    /// The option that the engine finds right.
    pub fn right_option<'a>(&self, ask: &'a Ask) -> Option<&'a str> {
        let moment = self.history.moment(self.judged_at(ask)?);
        ask.options.iter().find(|(_, right)| right.holds(moment)).map(|(option, _)| option.as_str())
    }

    /// A moment of the run.
    pub fn moment(&self, index: usize) -> Moment<'_> {
        self.history.moment(index)
    }
}

/// Makes sure that the statements of a beat speak of nobody who was never there.
fn check_statements(beat: &Beat, history: &History) -> Result<(), ParseError> {
    let when = beat.when.iter().map(|statement| (beat.line, statement));
    let claimed = beat.claims.iter().flat_map(|claim| claim.predicates.iter().map(|statement| (claim.line, statement)));
    let asked = beat.ask.iter().flat_map(|ask| ask.options.iter().map(|(_, statement)| (ask.line, statement)));
    when.chain(claimed).chain(asked).try_for_each(|(line, statement)| {
        let refused = |error| Words::of(line, &statement.to_string()).refused(error);
        statement.check_names(history.latest()).map_err(refused)
    })
}

fn first_moment(history: &History, from: usize, when: &[Predicate]) -> Option<usize> {
    let all_hold = |index: &usize| when.iter().all(|statement| statement.holds(history.moment(*index)));
    (from..=history.len()).find(all_hold)
}
