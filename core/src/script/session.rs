//! Runs a script line by line and says what happens, in the words of the golden files.

use super::error::{Cause, Expected, ParseError};
use super::grammar;
use super::predicate::predicate;
use super::words::{self, Words};
use crate::describe;
use crate::history::History;
use crate::ids::Sid;
use crate::query::{Moment, Predicate, Query};
use core::fmt::Write as _;

/// How much of a run is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Telling {
    /// Every event.
    #[default]
    All,
    /// Only steps that belong to the story.
    Story,
    /// Nothing (set-up).
    Off,
}

/// A script being run.
#[derive(Clone, Debug, Default)]
pub struct Session {
    history: Option<History>,
    telling: Telling,
}

impl Session {
    /// The run so far.
    pub fn history(&self) -> Option<&History> {
        self.history.as_ref()
    }

    /// Runs a whole text. Returns what it tells; on an error also how far it came.
    ///
    /// # Errors
    /// The first line that is not understood, cannot be carried out, or expects what is not so.
    pub fn run(&mut self, text: &str) -> (String, Result<(), ParseError>) {
        let mut told = String::new();
        for (number, line) in text.lines().enumerate() {
            match self.line(number + 1, line) {
                Ok(more) => told.push_str(&more),
                Err(error) => return (told, Err(error)),
            }
        }
        (told, Ok(()))
    }

    /// Runs one line and returns what it tells.
    ///
    /// # Errors
    /// As [`Session::run`]; nothing has changed then.
    pub fn line(&mut self, number: usize, text: &str) -> Result<String, ParseError> {
        let mut words = Words::of(number, text);
        let Some(first) = words.peek() else { return Ok(String::new()) };
        let Some(history) = &mut self.history else {
            self.history = Some(History::new(grammar::ensemble(&mut words)?));
            return Ok(String::new());
        };
        match first {
            "ensemble" => Err(words.error(Expected::EnsembleFirst)),
            "trace" => {
                words.take();
                let telling = |word: &str| match word {
                    "all" => Some(Telling::All),
                    "story" => Some(Telling::Story),
                    "off" => Some(Telling::Off),
                    _ => None,
                };
                self.telling = words.read(Expected::Name, telling)?;
                words.finish()?;
                Ok(String::new())
            }
            "expect" => {
                words.take();
                expect(&mut words, history.moment(history.len()))?;
                Ok(String::new())
            }
            "show" => {
                words.take();
                show(&mut words, history.moment(history.len()))
            }
            _ => {
                let at = words.clone();
                let command = grammar::command(&mut words, history.ensemble())?;
                let before = history.len();
                history.apply(&command).map_err(|error| at.cause(Cause::Refused(error)))?;
                Ok(tell(history, before, self.telling))
            }
        }
    }
}

fn tell(history: &History, from: usize, telling: Telling) -> String {
    let mut told = String::new();
    for step in &history.steps()[from..] {
        if telling == Telling::All || telling == Telling::Story && step.is_story() {
            told.push_str(&describe::step(step));
        }
    }
    told
}

/// `expect table 4: 1->3 2->3` holds when exactly these rows stand in the table; anything else is a statement.
fn expect(words: &mut Words<'_>, moment: Moment<'_>) -> Result<(), ParseError> {
    let start = words.clone();
    if words.take_if("table") {
        let of = words.read(Expected::Server, |word| words::sid(word.trim_end_matches(':')))?;
        let mut rows: Vec<(Sid, Sid)> = Vec::new();
        while !words.is_empty() {
            rows.push(words.read(Expected::Row, |word| words::two_sids(word, "->"))?);
        }
        let found = table(moment, of);
        rows.sort_unstable();
        if rows == found {
            return Ok(());
        }
        let line = |rows: &[(Sid, Sid)]| rows.iter().map(|(a, b)| format!("{a}->{b}")).collect::<Vec<_>>().join(" ");
        let cause = Cause::NotSo { expected: format!("table {of}: {}", line(&rows)), found: line(&found) };
        return Err(start.cause(cause));
    }
    let statement: Predicate = predicate(words)?;
    words.finish()?;
    if statement.holds(moment) {
        return Ok(());
    }
    let cause = Cause::NotSo { expected: statement.to_string(), found: moment.ask(statement.query).to_string() };
    Err(start.cause(cause))
}

fn table(moment: Moment<'_>, of: Sid) -> Vec<(Sid, Sid)> {
    let election = moment.world().server(of).and_then(|server| server.election());
    election.map_or_else(Vec::new, |election| {
        election.recvset.iter().map(|(sender, ballot)| (sender, ballot.heard.vote.leader)).collect()
    })
}

/// `show state`, `show tally`, `show table 4` print a view.
fn show(words: &mut Words<'_>, moment: Moment<'_>) -> Result<String, ParseError> {
    let mut out = String::new();
    let world = moment.world();
    let view =
        words.read(Expected::Name, |word| ["state", "tally", "table"].contains(&word).then(|| word.to_string()))?;
    match view.as_str() {
        "state" => {
            for (sid, node) in world.nodes() {
                let _ = writeln!(out, "{}", describe::node(sid, node));
            }
        }
        "tally" => {
            let votes: Vec<String> = world
                .servers()
                .filter(|server| world.ensemble().is_voter(server.id()))
                .map(|server| format!("{}:{}", server.id(), moment.ask(Query::Votes(server.id()))))
                .collect();
            let _ = writeln!(out, "{} (quorum {})", votes.join(" "), moment.ask(Query::Quorum));
        }
        _ => {
            let of = words.read(Expected::Server, words::sid)?;
            out.push_str(&describe::table(moment, of));
        }
    }
    words.finish()?;
    Ok(out)
}
