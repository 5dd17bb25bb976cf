//! zkCli of 3.8: what is typed becomes requests, and what is answered becomes lines (dossier §9.3). Everything it prints
//! is worded as the real one does; where a mistake would end the real process, this one goes on with the next line.
//!
//! | where | what |
//! | --- | --- |
//! | `tokens` | words, options and arguments |
//! | `usage` | the table of commands |
//! | `commands` | what each command asks for first |
//! | `jobs` | how its answers lead on |
//! | `quota` | the commands about quotas, which take many requests |
//! | `print` | stats, dates, lists and errors |

mod commands;
mod jobs;
mod print;
mod quota;
mod tokens;
mod usage;

use super::ClientState;
use crate::session::{Operation, Reply, WatchEvent};
use jobs::Job;

/// A line that is printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it says.
    pub text: String,
    /// Whether it goes to the standard error.
    pub is_error: bool,
}

/// Something that the shell wants to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Print a line.
    Print(Line),
    /// Ask the server for something, and come back with its answer.
    Ask(Operation),
    /// Begin a new session.
    Connect,
}

/// Something that happens without having been asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The state of the connection has changed.
    State(ClientState),
    /// A watch has fired, or was taken back.
    Event(WatchEvent),
}

/// The command line of one client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shell {
    /// What was typed.
    history: Vec<String>,
    /// Whether events are kept from the screen (`printwatches off`).
    mute: bool,
    /// The command that waits for an answer.
    job: Option<Job>,
}

/// How far a command has come: what it prints, and what it asks next.
#[derive(Debug, Default)]
struct Progress {
    lines: Vec<Line>,
    next: Option<(Job, Operation)>,
}

impl Progress {
    fn asks(job: Job, operation: Operation) -> Progress {
        Progress { lines: Vec::new(), next: Some((job, operation)) }
    }

    fn says(lines: Vec<Line>) -> Progress {
        Progress { lines, next: None }
    }
}

impl Shell {
    /// Whether a command waits for an answer.
    pub fn is_busy(&self) -> bool {
        self.job.is_some()
    }

    /// A line is typed. `open` is false when there is no session.
    pub fn enter(&mut self, line: &str, open: bool) -> Vec<Act> {
        if line.is_empty() {
            return Vec::new();
        }
        self.history.push(line.to_string());
        self.run(line.to_string(), open)
    }

    fn run(&mut self, line: String, open: bool) -> Vec<Act> {
        let words = tokens::split(&line);
        let name = words.first().map_or("", String::as_str);
        let usage = usage::Usage::find(name);
        if name == "redo"
            && let Some(number) = words.get(1)
        {
            return self.redo(number, open);
        }
        let print = |lines: Vec<Line>| lines.into_iter().map(Act::Print).collect::<Vec<Act>>();
        match name {
            "redo" => Vec::new(),
            "history" => {
                let from = self.history.len().saturating_sub(11);
                let entry = |(number, line): (usize, &String)| print::out(format!("{number} - {line}"));
                print((from..).zip(&self.history[from..]).map(entry).collect())
            }
            "printwatches" => match words.get(1) {
                None => print(vec![print::out(format!("printwatches is {}", if self.mute { "off" } else { "on" }))]),
                Some(word) => {
                    self.mute = word != "on";
                    Vec::new()
                }
            },
            "connect" => vec![Act::Connect],
            _ if usage.is_none() => {
                let mut lines: Vec<Line> = usage::text().into_iter().map(print::err).collect();
                lines.push(print::err(format!("Command not found: Command not found {name}")));
                print(lines)
            }
            _ if !open => print(vec![print::out("Not connected")]),
            _ => {
                let progress = usage.map(|usage| commands::start(usage, &words[1..])).unwrap_or_default();
                self.go_on(progress)
            }
        }
    }

    /// A line is typed once more.
    fn redo(&mut self, number: &str, open: bool) -> Vec<Act> {
        let Ok(place) = number.parse::<i64>() else { return vec![Act::Print(commands::no_number(number))] };
        let here = self.history.len() - 1;
        let line = usize::try_from(place).ok().filter(|place| *place < here).map(|place| self.history[place].clone());
        let error = |text: &str| vec![Act::Print(print::err(text))];
        match line {
            None => error("Command index out of range"),
            Some(line) if line.starts_with("redo") => error("No redoing redos"),
            Some(line) => {
                self.history[here] = line.clone();
                self.run(line, open)
            }
        }
    }

    /// What was asked is answered.
    pub fn answered(&mut self, operation: &Operation, reply: &Reply) -> Vec<Act> {
        let Some(job) = self.job.take() else { return Vec::new() };
        let progress = job.answered(operation, reply);
        self.go_on(progress)
    }

    fn go_on(&mut self, progress: Progress) -> Vec<Act> {
        let mut acts: Vec<Act> = progress.lines.into_iter().map(Act::Print).collect();
        if let Some((job, operation)) = progress.next {
            self.job = Some(job);
            acts.push(Act::Ask(operation));
        }
        acts
    }

    /// Something happens by itself.
    pub fn notified(&mut self, notice: Notice) -> Vec<Act> {
        let lines = match &notice {
            _ if self.mute => Vec::new(),
            Notice::State(ClientState::Connecting) => Vec::new(),
            Notice::State(state) => print::watcher(crate::query::state_word(*state), None),
            Notice::Event(event) => print::watcher("SyncConnected", Some(event)),
        };
        lines.into_iter().map(Act::Print).collect()
    }
}
