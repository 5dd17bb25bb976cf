//! zkCli: what is typed becomes requests, and what is answered becomes lines (dossier §9.3). Words, order and streams
//! are those of ZooKeeper 3.8.0, as recorded in `tests/recordings/zkcli`.
//!
//! | where | what |
//! | --- | --- |
//! | `mod` | the shell itself: history, and the commands that need no server |
//! | [`tokens`] | how a line is cut into words |
//! | [`options`] | options among the words |
//! | [`usage`] | the table of all commands |
//! | [`commands`] | what each command asks for |
//! | [`job`] | what comes after an answer |
//! | [`walk`] | walks through a subtree |
//! | [`quota`] | the three commands about quotas |
//! | [`mod@print`] | stats, dates, lists and errors as text |
//!
//! It departs from zkCli in these points: an exception that ends the process of zkCli is printed, and the prompt goes
//! on; after `quit` one can `connect` again; `reconfig` is refused, since the members of an ensemble are fixed;
//! `version` names the simulator; and `connect` knows no chroot and says so.

pub mod commands;
pub mod job;
pub mod options;
pub mod print;
pub mod quota;
pub mod tokens;
pub mod usage;
pub mod walk;

use super::ClientState;
use crate::session::{Code, Operation, Reply, WatchEvent};
use commands::AddWatchMode;
use job::{Job, Next};
use print::Output;
use std::sync::Arc;
use usage::{Command, Verb};

/// How many lines before the last one `history` shows.
const SHOWN_HISTORY: usize = 10;

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
    /// Begin a new session, at one of the servers of this connect string; at those known before if it is empty.
    Connect(Arc<str>),
}

/// Something that happens without having been asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The state of the connection has changed.
    State(ClientState),
    /// A watch has fired, or was taken back; with the state that is said of the connection.
    Event(ClientState, WatchEvent),
}

/// The command line of one client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shell {
    /// Whether events are not printed (`printwatches off`).
    is_muted: bool,
    /// Whether there is a session that may still be used.
    is_open: bool,
    /// Every line that was typed; one that repeats another stands as that.
    history: Vec<Arc<str>>,
    /// The words of the last line that had any.
    words: Vec<String>,
    /// What the last line has asked and has no answer to.
    asked: Option<Operation>,
    /// What comes after the answer; until then the prompt waits. Nothing waits for some (`addauth`).
    job: Option<Job>,
    /// The code of the last answer to the last line.
    code: Option<Code>,
    /// Whether it is repeated by `redo`.
    is_redone: bool,
    /// How the last `addWatch` watched.
    watch_mode: AddWatchMode,
}

impl Shell {
    /// Whether a command waits for an answer.
    pub fn is_busy(&self) -> bool {
        self.job.is_some()
    }

    /// The code of the last answer to the last line; none while it waits for one, and when it has asked no server.
    pub fn code(&self) -> Option<Code> {
        self.code.filter(|_| self.asked.is_none())
    }

    /// Whether it waits for an answer to this that lets it forget a watch, whatever the answer is (`removewatches -l`).
    pub fn forgets_in_any_case(&self, operation: &Operation) -> bool {
        matches!(self.job, Some(Job::Forget)) && self.asked.as_ref() == Some(operation)
    }

    /// A line is typed. `open` is false after the session was closed or has expired.
    pub fn enter(&mut self, line: &str, open: bool) -> Vec<Act> {
        self.is_open = open;
        (self.asked, self.code) = (None, None);
        let mut out = Output::default();
        if !line.is_empty() {
            self.read(line);
            self.history.push(Arc::from(line));
            self.process(&mut out);
        }
        out.0
    }

    /// What was asked is answered. Answers to others that use the same client are left alone.
    pub fn answered(&mut self, operation: &Operation, reply: &Reply) -> Vec<Act> {
        let mut out = Output::default();
        if self.asked.take_if(|asked| asked == operation).is_some() {
            self.code = Some(reply.code);
            if let Some(job) = self.job.take() {
                let next = job.go_on(operation, reply, &mut out);
                self.go(next, &mut out);
            }
        }
        out.0
    }

    /// Something happens by itself.
    pub fn notified(&mut self, notice: Notice) -> Vec<Act> {
        let (state, kind, path) = match &notice {
            Notice::State(state) => {
                self.is_open = matches!(state, ClientState::SyncConnected | ClientState::Disconnected);
                (*state, None, "null")
            }
            Notice::Event(state, event) => (*state, Some(event.kind), &*event.path),
        };
        let mut out = Output::default();
        if !self.is_muted {
            let kind = kind.map_or("None".to_string(), |kind| kind.to_string());
            out.say(&format!("\nWATCHER::\n\nWatchedEvent state:{state:?} type:{kind} path:{path}"));
        }
        out.0
    }

    /// A line in which no word can be found runs the words before it once more, as in zkCli.
    fn read(&mut self, line: &str) {
        let words = tokens::words(line);
        if !words.is_empty() {
            self.words = words;
        }
    }

    fn process(&mut self, out: &mut Output) {
        let words = self.words.clone();
        let next = self.run(&words, out);
        self.go(next, out);
    }

    /// Does what a command wants next, or says why it has failed.
    fn go(&mut self, next: Result<Next, String>, out: &mut Output) {
        match next {
            Ok(Next::Done) => {}
            Ok(Next::Ask(operation, job)) => {
                self.job = Some(job);
                self.ask(operation, out);
            }
            Ok(Next::Send(operation)) => self.ask(operation, out),
            Ok(Next::Connect(hosts)) => {
                self.is_open = true;
                out.0.push(Act::Connect(hosts));
            }
            Err(message) => out.complain(&message),
        }
        // `redo` looks for the session once more when what it has repeated is done.
        if self.is_redone && !self.is_busy() {
            self.is_redone = false;
            self.require_session(out);
        }
    }

    fn ask(&mut self, operation: Operation, out: &mut Output) {
        self.asked = Some(operation.clone());
        out.0.push(Act::Ask(operation));
    }

    fn require_session(&self, out: &mut Output) -> bool {
        if !self.is_open {
            out.say("Not connected");
        }
        self.is_open
    }

    fn run(&mut self, words: &[String], out: &mut Output) -> Result<Next, String> {
        let Some(name) = words.first() else { return Err(options::crash("NullPointer", "null")) };
        let Some(command) = Command::find(name) else {
            usage::print(out);
            return Err(format!("Command not found: Command not found {name}"));
        };
        match (command.verb, words.get(1)) {
            (Verb::Quit, _) if !self.is_open => return Ok(Next::Done),
            (Verb::Quit, _) => return Ok(Next::Ask(Operation::CloseSession, Job::Close)),
            (Verb::Redo, Some(number)) => return self.redo(number, out),
            (Verb::History, _) => {
                let last = self.history.len().saturating_sub(1);
                let from = last.saturating_sub(SHOWN_HISTORY);
                for (number, line) in self.history.iter().enumerate().skip(from) {
                    out.say(&format!("{number} - {line}"));
                }
            }
            (Verb::PrintWatches, None) => {
                out.say(&format!("printwatches is {}", if self.is_muted { "off" } else { "on" }));
            }
            (Verb::PrintWatches, Some(wish)) => self.is_muted = wish != "on",
            (Verb::Connect, hosts) => {
                let hosts = hosts.map_or("", String::as_str);
                if let Some((_, chroot)) = hosts.split_once('/') {
                    return Err(format!("A chroot is not simulated: /{chroot}"));
                }
                return Ok(match self.is_open {
                    true => Next::Ask(Operation::CloseSession, Job::Reconnect(Arc::from(hosts))),
                    false => Next::Connect(Arc::from(hosts)),
                });
            }
            _ => {}
        }
        if self.require_session(out) {
            commands::start(command, words, &mut self.watch_mode, out)
        } else {
            Ok(Next::Done)
        }
    }

    /// Runs a line of the history again, which then stands in the history in place of `redo`.
    fn redo(&mut self, number: &str, out: &mut Output) -> Result<Next, String> {
        let current = self.history.len().saturating_sub(1);
        let number = decode(number)?;
        let line = usize::try_from(number).ok().filter(|number| *number < current);
        let Some(line) = line.and_then(|number| self.history.get(number).cloned()) else {
            return Err("Command index out of range".to_string());
        };
        self.read(&line);
        if self.words.first().is_some_and(|name| name == "redo") {
            return Err("No redoing redos".to_string());
        }
        self.history[current] = line;
        self.is_redone = true;
        self.process(out);
        Ok(Next::Done)
    }
}

/// A whole number as Java's `Integer.decode` reads it: decimal, hexadecimal or octal.
fn decode(text: &str) -> Result<i32, String> {
    let fail = |message: &str| Err(options::crash("NumberFormat", message));
    let (sign, rest) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (if text.starts_with('-') { "-" } else { "" }, rest),
        None => ("", text),
    };
    let hexadecimal = ["0x", "0X", "#"].iter().find_map(|prefix| rest.strip_prefix(prefix));
    let (digits, radix) = match (hexadecimal, rest.strip_prefix('0')) {
        (Some(digits), _) => (digits, 16),
        (None, Some(digits)) if !digits.is_empty() => (digits, 8),
        _ => (rest, 10),
    };
    if text.is_empty() {
        return fail("Zero length string");
    }
    if digits.starts_with(['-', '+']) {
        return fail("Sign character in wrong position");
    }
    let digits = format!("{sign}{digits}");
    i32::from_str_radix(&digits, radix).or_else(|_| {
        let under = if radix == 10 { String::new() } else { format!(" under radix {radix}") };
        fail(&format!("For input string: \"{digits}\"{under}"))
    })
}

#[cfg(test)]
mod tests;
