//! Runs a script line by line and says what happens, in the words of the golden files.

use super::configuration::ensemble;
use super::error::{Cause, Expected, ParseError};
use super::grammar;
use super::predicate::predicate;
use super::views::show;
use super::words::{self, Words};
use crate::database::Database;
use crate::describe;
use crate::ensemble::Ensemble;
use crate::history::History;
use crate::ids::{Sid, Zxid};
use crate::invariants::{Invariant, first_broken};
use crate::query::{Moment, Predicate};
use crate::sim::CommandError;

/// How much of a run is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Telling {
    /// Every event.
    #[default]
    All,
    /// Only steps that belong to the story.
    Story,
    /// Only what clients are asked and what they print: a screen with all their command lines.
    Prompt,
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
    /// A script whose ensemble is configured already: it begins with a command.
    pub fn with(ensemble: Ensemble) -> Session {
        Session { history: Some(History::new(ensemble)), telling: Telling::default() }
    }

    /// The run so far.
    pub fn history(&self) -> Option<&History> {
        self.history.as_ref()
    }

    /// Runs a whole text. Returns what it tells; on an error also how far it came.
    ///
    /// # Errors
    /// The first line that is not understood, cannot be carried out, or expects what is not so; a text without an
    /// ensemble.
    pub fn run(&mut self, text: &str) -> (String, Result<(), ParseError>) {
        let mut told = String::new();
        for (number, line) in text.lines().enumerate() {
            match self.line(number + 1, line) {
                Ok(more) => told.push_str(&more),
                Err(error) => return (told, Err(error)),
            }
        }
        let end = || Words::of(text.lines().count().max(1), "").error(Expected::EnsembleFirst);
        (told, self.history.is_some().then_some(()).ok_or_else(end))
    }

    /// Runs one line and returns what it tells.
    ///
    /// # Errors
    /// As [`Session::run`]; nothing has changed then.
    pub fn line(&mut self, number: usize, text: &str) -> Result<String, ParseError> {
        let mut words = Words::of(number, text);
        let Some(first) = words.peek() else { return Ok(String::new()) };
        let Some(history) = &mut self.history else {
            self.history = Some(History::new(ensemble(&mut words)?));
            return Ok(String::new());
        };
        match first {
            "ensemble" => Err(words.error(Expected::EnsembleFirst)),
            "trace" => {
                words.take();
                let telling = |word: &str| match word {
                    "all" => Some(Telling::All),
                    "story" => Some(Telling::Story),
                    "prompt" => Some(Telling::Prompt),
                    "off" => Some(Telling::Off),
                    _ => None,
                };
                self.telling = words.read(Expected::Telling, telling)?;
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
                history.apply(&command).map_err(|error| at.refused(error))?;
                Ok(tell(history, before, self.telling))
            }
        }
    }
}

fn tell(history: &History, from: usize, telling: Telling) -> String {
    let mut told = String::new();
    for step in &history.steps()[from..] {
        match telling {
            Telling::All => told.push_str(&describe::step(step)),
            Telling::Story if step.is_story() => told.push_str(&describe::step(step)),
            Telling::Prompt => told.push_str(&describe::prompt(step)),
            Telling::Story | Telling::Off => {}
        }
    }
    told
}

/// Some expectations compare whole lists; anything else is a statement.
fn expect(words: &mut Words<'_>, moment: Moment<'_>) -> Result<(), ParseError> {
    let start = words.clone();
    let (expected, found) = match words.peek() {
        Some("table") => table_row(words, moment)?,
        Some("log" | "data") => zxids(words, moment)?,
        Some("broken") => broken(words, moment)?,
        _ => {
            let statement: Predicate = predicate(words)?;
            words.finish()?;
            statement.check(&moment.world()).map_err(|error| start.refused(error))?;
            let answer =
                if statement.holds(moment) { statement.to_string() } else { moment.ask(&statement.query).to_string() };
            (statement.to_string(), answer)
        }
    };
    if expected == found { Ok(()) } else { Err(start.cause(Cause::NotSo { expected, found })) }
}

/// The server, `4:`, whose list is compared. Where nothing comes behind it, the colon or `none` says that this is meant.
fn whose(words: &mut Words<'_>, moment: Moment<'_>) -> Result<Sid, ParseError> {
    let at = words.clone();
    let has_colon = words.peek().is_some_and(|word| word.ends_with(':'));
    let of = words.read(Expected::Server, |word| words::sid(word.trim_end_matches(':')))?;
    if moment.world().node(of).is_none() {
        return Err(at.cause(Cause::Refused(CommandError::UnknownServer(of))));
    }
    if words.is_empty() && !has_colon {
        return Err(words.error(Expected::List));
    }
    Ok(of)
}

/// Reads a list up to the end of the line; `none` is an empty one.
fn list<T>(words: &mut Words<'_>, expected: Expected, read: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, ParseError> {
    let mut list = Vec::new();
    if !words.take_if("none") {
        while !words.is_empty() {
            list.push(words.read(expected, &read)?);
        }
    }
    words.finish()?;
    Ok(list)
}

/// A list that is compared, as it is told.
fn listed<T>(what: &str, of: Sid, list: &[T], word: impl Fn(&T) -> String) -> String {
    let words: Vec<String> = list.iter().map(word).collect();
    format!("{what} {of}: {}", if words.is_empty() { "none".to_string() } else { words.join(" ") })
}

/// `expect table 4: 1->3 2->3`: exactly these rows stand in the server's own table.
fn table_row(words: &mut Words<'_>, moment: Moment<'_>) -> Result<(String, String), ParseError> {
    words.take();
    let of = whose(words, moment)?;
    let mut rows = list(words, Expected::Row, |word| words::two_sids(word, "->"))?;
    rows.sort_unstable();
    let line = |rows: &[(Sid, Sid)]| listed("table", of, rows, |(a, b)| format!("{a}->{b}"));
    Ok((line(&rows), line(&table(moment, of))))
}

/// `expect log 3: 1.1 1.2`: exactly these transactions would be left on the server's disk after a crash now; `data` is
/// what it has applied in memory.
fn zxids(words: &mut Words<'_>, moment: Moment<'_>) -> Result<(String, String), ParseError> {
    let what = words.take().unwrap_or_default();
    let of = whose(words, moment)?;
    let expected = list(words, Expected::Zxid, words::zxid)?;
    let world = moment.world();
    let disk = world.node(of).map(|node| node.disk().clone().after_end(false)).unwrap_or_default();
    let history = match world.server(of).filter(|_| what == "data") {
        Some(server) => server.database().history.clone(),
        None => Database::load(&disk).history,
    };
    let found: Vec<Zxid> = history.iter().map(|txn| txn.zxid).collect();
    let line = |zxids: &[Zxid]| listed(what, of, zxids, Zxid::to_string);
    Ok((line(&expected), line(&found)))
}

/// `expect broken none`, `expect broken ProcessConsistency`: exactly these invariants have been broken up to now.
fn broken(words: &mut Words<'_>, moment: Moment<'_>) -> Result<(String, String), ParseError> {
    words.take();
    let named = |word: &str| Invariant::ALL.iter().copied().find(|invariant| format!("{invariant:?}") == word);
    if words.is_empty() {
        return Err(words.error(Expected::Invariant));
    }
    let mut expected = list(words, Expected::Invariant, named)?;
    let broken = first_broken(moment.history, moment.index).into_iter();
    let mut found: Vec<Invariant> = broken.map(|(_, violation)| violation.invariant).collect();
    expected.sort_unstable();
    found.sort_unstable();
    let line = |list: &[Invariant]| match list {
        [] => "broken none".to_string(),
        list => format!("broken {}", list.iter().map(|each| format!("{each:?}")).collect::<Vec<_>>().join(" ")),
    };
    Ok((line(&expected), line(&found)))
}

fn table(moment: Moment<'_>, of: Sid) -> Vec<(Sid, Sid)> {
    let world = moment.world();
    let election = world.server(of).and_then(|server| server.election());
    election.map_or_else(Vec::new, |election| {
        election.recvset.iter().map(|(sender, ballot)| (sender, ballot.heard.vote.leader)).collect()
    })
}
