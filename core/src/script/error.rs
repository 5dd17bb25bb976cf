//! Where a text is wrong, and what was expected there. Data, not prose: the page says it in the reader's language.

use super::configuration::{LONGEST_FIRST_LOG, MOST_SERVERS};
use super::grammar::{COMMANDS, MOST_STEPS};
use super::predicate::{names, questions};
use crate::ids::Sid;
use crate::query::Kind;
use crate::rules::Fault;
use crate::sim::CommandError;
use core::fmt;
use std::borrow::Cow;

/// What could stand at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// A command word.
    Command,
    /// The same, where one of a script's own stands.
    NoQuestion,
    /// The same, where zkCli's stands.
    NoClientLine,
    /// `ensemble …` before anything else.
    EnsembleFirst,
    /// The number of servers, 1 to 9.
    ServerCount,
    /// A server's id.
    Server,
    /// The same, or several of them.
    SeveralServers,
    /// The same, where a client is named.
    ServerNotClient,
    /// The server that writes, and what.
    ServerThatWrites,
    /// A whole number.
    Number,
    /// A span of time such as `200ms` or `2s`.
    Span,
    /// The same, and not nothing.
    SpanAboveZero,
    /// A range of spans such as `5ms..30ms`.
    Latency,
    /// A range of timeouts such as `4s..40s`.
    SessionBounds,
    /// A line between two servers, `1-3`.
    Line,
    /// What can be mended: a line, a client, or everything.
    Healed,
    /// A direction, `3->2`.
    Direction,
    /// Sides of a partition, `1,2 | 3,4,5`.
    Sides,
    /// A setting of the ensemble, `name=value`.
    Setting,
    /// The number of observers, few enough.
    ObserverCount,
    /// A seed.
    Seed,
    /// How many events happen at once.
    StepCount,
    /// A list of `server:weight`.
    Weights,
    /// A list of `server:zxid`.
    FirstZxids,
    /// A list of `server:epoch`.
    FirstEpochs,
    /// Groups of voters, `1,2,3|4,5,6`.
    Groups,
    /// A zxid such as `1.8`.
    Zxid,
    /// A question such as `votes 3`.
    Query,
    /// A relation and an answer of the kind that the question has.
    Comparison(Kind),
    /// An answer of the kind that the question has.
    Answer(Kind),
    /// What a list holds, or `none`.
    List,
    /// A row of a table, `1->3`.
    Row,
    /// A name: letters, digits and hyphens.
    Name,
    /// A client's name.
    Client,
    /// What `show` can show.
    View,
    /// How much of a run is told.
    Telling,
    /// A path.
    Path,
    /// `connect`.
    Connect,
    /// A list of servers, `1,2`.
    Servers,
    /// `timeout=6s`.
    Timeout,
    /// `yes` or `no`.
    YesOrNo,
    /// `slow` or `fast`.
    DiskSpeed,
    /// Names of faults, `epoch-first,undead-logger`.
    Fault,
    /// A point at which a server may crash, `flush 1.8`.
    CrashPoint,
    /// The name of an invariant, or `none`.
    Invariant,
    /// The closing quote of a text, and inside it nothing that cannot be read.
    ClosingQuote,
    /// The end of the line.
    EndOfLine,
}

/// What does not fit together in a configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// A setting stands there twice.
    Again,
    /// There are weights, and no groups.
    WeightsWithoutGroups,
    /// There are groups, and a voter is in none.
    InNoGroup(Sid),
    /// A server in a group does not vote.
    NoVoter(Sid),
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unfit::Again => f.write_str("this setting stands there already"),
            Unfit::WeightsWithoutGroups => {
                f.write_str("weights need groups=: no server starts, because with a weight each must be in a group")
            }
            Unfit::InNoGroup(sid) => write!(f, "there are groups, and server {sid} is in none"),
            Unfit::NoVoter(sid) => write!(f, "server {sid} does not vote, so it is in no group"),
        }
    }
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Something else was expected here.
    Expected(Expected),
    /// A configuration does not fit together.
    Unfit(Unfit),
    /// The command is well formed but cannot be carried out now.
    Refused(CommandError),
    /// An expectation is not met; the answer is given.
    NotSo {
        /// What was expected.
        expected: String,
        /// What is.
        found: String,
    },
}

/// An error in a text, with its place. Line and column count from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// Line.
    pub line: usize,
    /// Column, in characters.
    pub column: usize,
    /// What stands there; empty at the end of a line.
    pub found: String,
    /// What is wrong.
    pub cause: Cause,
}

fn an_answer(kind: Kind) -> Cow<'static, str> {
    Cow::Borrowed(match kind {
        Kind::Number => "a whole number",
        Kind::Count => "a whole number, or none",
        Kind::Server => "the id of a server, or none",
        Kind::Zxid => "a zxid such as 1.8 or 0x100000008",
        Kind::Epoch => "an epoch such as 2",
        Kind::Span => "a span of time such as 200ms, or none",
        Kind::Word => "a word, or none",
        Kind::Data => {
            "data such as new, in quotes with blanks or a sign in front such as \"two words\", null where there is no data, or none where there is no znode"
        }
        Kind::State | Kind::Flag | Kind::Reason | Kind::ClientState | Kind::Code => {
            return Cow::Owned(format!("one of {}", kind.words().join(", ")));
        }
    })
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Expected::Command => {
                "a command: start, stop, crash, restart, pause, resume, cut, partition, heal, hold, release, disk, write, sync, client, expire, advance, step, settle or until; in scripts also expect, show and trace; or a client's line such as `a> ls /`"
            }
            Expected::NoQuestion => "a command to the ensemble; `expect`, `show` and `trace` are for scripts, and the page shows all of that",
            Expected::NoClientLine => "a command to the ensemble; what a client is asked stands behind its name, such as `a> ls /`",
            Expected::EnsembleFirst => "`ensemble` with the number of servers as the first command, and only there",
            Expected::ServerCount => "a number of servers from 1 to 9",
            Expected::Server => "the id of a server of this ensemble",
            Expected::SeveralServers => "the id of a server of this ensemble, several such as 1,2, or `all`",
            Expected::ServerNotClient => {
                "the id of a server of this ensemble; with a client there are `client a connect 1`, `a> close`, and pause, resume, cut, heal, crash and expire with its name"
            }
            Expected::ServerThatWrites => {
                "the id of a server of this ensemble and what is written, such as `write 1 hello`; a client writes by `a> create /x hello`"
            }
            Expected::Number => return write!(f, "a whole number up to {}", u32::MAX),
            Expected::Span => "a span of time such as 200ms, 2s, 5m or 1h, at most 27h",
            Expected::SpanAboveZero => "a span of time longer than 0, such as 200ms or 2s, at most 27h",
            Expected::Latency => "a latency such as 20ms or 5ms..30ms, at most one minute",
            Expected::SessionBounds => "the shortest and the longest timeout of a session such as 4s..40s, at least one millisecond",
            Expected::Line => "a line between two servers such as 1-3, or a client's name for its lines to all servers",
            Expected::Healed => "a line between two servers such as 1-3, a client's name, or nothing for all lines",
            Expected::Direction => "a direction such as 3->2, or a->2 and 2->a for a client",
            Expected::Sides => "at least two sides such as 1,2 | 3,4,5",
            Expected::Setting => {
                "a setting: observers=, seed=, latency=, tick=, initLimit=, syncLimit=, sessionTimeout=, finalizeWait=, weights=, groups=, zxid=, epoch=, disk=, extendedTypes=, enforceQuota=, containerCheck=, digest= or faults="
            }
            Expected::ObserverCount => return write!(f, "a number of observers; with the voters there are at most {MOST_SERVERS} servers"),
            Expected::Seed => return write!(f, "a whole number up to {}", u64::MAX),
            Expected::StepCount => return write!(f, "a number of events up to {MOST_STEPS}"),
            Expected::Weights => "a list of server:weight such as 1:2,3:0",
            Expected::FirstZxids => return write!(f, "a list of server:zxid such as 3:1.6,5:1.4, with counters up to {LONGEST_FIRST_LOG}"),
            Expected::FirstEpochs => "a list of server:epoch such as 1:2",
            Expected::Groups => "groups of all voters such as groups=1,2,3|4,5,6",
            Expected::Zxid => "a zxid such as 1.8 or 0x100000008",
            Expected::Query => return write!(f, "a question such as `state 3`, `leading 3` or `leader`; there are: {}; and after `expect` also table, log, data and broken", questions()),
            Expected::Comparison(kind) if kind.is_ordered() => return write!(f, "=, !=, < or >= and {}", an_answer(*kind)),
            Expected::Comparison(kind) => return write!(f, "= or != and {}", an_answer(*kind)),
            Expected::Answer(kind) => return f.write_str(&an_answer(*kind)),
            Expected::List => "what should stand there, such as 1.1 1.2 or 1->3 2->3, or none",
            Expected::Row => "a row such as 1->3",
            Expected::Name => "a name of letters, digits and hyphens",
            Expected::Invariant => "names of invariants such as `ProcessConsistency`, or `none`",
            Expected::Client => "a client's name: a letter, then letters, digits and hyphens, and not `all`",
            Expected::View => "what to show: state, network, tally, clients, or table, log or tree with a server",
            Expected::Telling => "how much to tell: all, story, prompt or off",
            Expected::Path => "a path that a znode can have, such as /app/config, or in quotes with blanks such as \"/a b\"",
            Expected::Connect => "`connect` and the servers that the client knows",
            Expected::Servers => "servers of this ensemble with commas between them: 1,2, or their hosts and client ports as `config` shows them; a chroot is not simulated",
            Expected::Timeout => "the timeout that the client wishes for, such as timeout=6s",
            Expected::YesOrNo => "`yes` or `no`",
            Expected::DiskSpeed => "`slow` or `fast`",
            Expected::Fault => {
                let names: Vec<&str> = Fault::ALL.iter().map(|(_, name)| *name).collect();
                return write!(f, "names of faults with commas between them; there are: {}", names.join(", "));
            }
            Expected::CrashPoint => {
                "`after` and a point: promise or epoch with an epoch, snapshot, or propose, append, flush, ack, commit or apply with a zxid"
            }
            Expected::ClosingQuote => "a text in quotes such as \"two words\", in which \\\" is a quote and \\\\ a backslash",
            Expected::EndOfLine => "the end of the line",
        })
    }
}

impl ParseError {
    /// The word that was probably meant, where a command or a question is mistyped.
    pub fn meant(&self) -> Option<&'static str> {
        let words: Vec<&str> = match self.cause {
            Cause::Expected(Expected::Command) => COMMANDS.to_vec(),
            Cause::Expected(Expected::Query) => names().collect(),
            _ => return None,
        };
        let near = words.into_iter().map(|word| (strsim::osa_distance(word, &self.found), word)).min()?;
        // One letter in four may be wrong, and one in any case.
        Some(near).filter(|(letters, word)| *letters <= 1 + word.len() / 5 && word.len() > 2).map(|(_, word)| word)
    }

    /// Whether nothing is wrong with the text: the run went another way than it says.
    pub fn is_verdict(&self) -> bool {
        use CommandError::{NeverCame, NeverExpired, NeverTrue};
        matches!(self.cause, Cause::NotSo { .. } | Cause::Refused(NeverTrue { .. } | NeverCame(..) | NeverExpired))
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: ", self.line, self.column)?;
        match &self.cause {
            Cause::Expected(expected) if self.found.is_empty() => {
                write!(f, "expected {expected}, found the end of the line")
            }
            Cause::Expected(expected @ (Expected::Command | Expected::Query)) => match self.meant() {
                Some(word) => write!(f, "`{}` is unknown here; did you mean `{word}`?", self.found),
                // What can stand there is a long list.
                None => write!(f, "`{}` is unknown here, expected {expected}", self.found),
            },
            Cause::Expected(expected) => write!(f, "expected {expected}, found `{}`", self.found),
            Cause::Unfit(unfit) => write!(f, "{unfit}"),
            Cause::Refused(error) => write!(f, "{error}"),
            Cause::NotSo { expected, found } => write!(f, "expected {expected}, but it is {found}"),
        }
    }
}

impl std::error::Error for ParseError {}
