//! The log of a real ensemble beside a run of ours: the lines as data, and for each the step of our run in which the
//! same server did the same. The head of `web/assets/real/seq5-12345.txt` describes the text format.
//!
//! Two lines are the same when server, kind and fields agree, and the j-th of them belongs to our j-th. The epoch
//! inside a vote is left out of the comparison, since the recorded lines of some kinds do not have it. Times are never
//! compared.

use crate::election::{Notification, ServerState, Vote};
use crate::history::History;
use crate::ids::{Epoch, Round, Sid, Zxid};
use crate::sids::Sids;
use crate::time::Duration;
use crate::trace::{Fact, Table, TraceEvent};
use core::fmt;
use core::str::FromStr;
use litemap::LiteMap;

/// One line of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// Milliseconds since the start of the recording.
    pub t: u64,
    /// Whose log it is.
    pub server: Sid,
    /// What the server did.
    pub entry: Entry,
}

/// What a server logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// The process started for the n-th time.
    Boot(u32),
    /// It goes into a state.
    State(ServerState),
    /// It begins an election with this own zxid.
    NewElection(Zxid),
    /// It sets its own vote.
    Propose {
        /// For whom.
        leader: Sid,
        /// That server's zxid.
        zxid: Zxid,
        /// Whom it voted for before.
        old: Option<Sid>,
    },
    /// It queues its vote for a peer, or for itself.
    Send {
        /// For whom.
        to: Sid,
        /// The vote.
        vote: Vote,
        /// Its round.
        round: Round,
    },
    /// It hears a notification.
    Recv {
        /// From whom.
        from: Sid,
        /// What it says.
        heard: Notification,
        /// What the receiver is.
        own: ServerState,
    },
    /// It stores a vote of this round.
    Count {
        /// Whose.
        sender: Sid,
        /// For whom.
        leader: Sid,
        /// That server's zxid.
        zxid: Zxid,
        /// The round.
        round: Round,
    },
    /// It answers one peer.
    Reply {
        /// Whom.
        to: Sid,
        /// Its leader.
        leader: Sid,
        /// The zxid of its vote.
        zxid: Zxid,
    },
    /// It heard nothing in time; the next timer.
    Timeout(Duration),
    /// Its election is over.
    Decide {
        /// Its leader.
        leader: Sid,
        /// The zxid of its vote.
        zxid: Zxid,
        /// What it becomes.
        state: ServerState,
    },
    /// A phase after the election.
    Phase(String),
    /// How a learner is brought up to date.
    Sync(String),
}

/// Why a log cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogError {
    /// The line, from 1.
    pub line: usize,
    /// What was expected there.
    pub expected: &'static str,
    /// What stands there; empty at the end of the line.
    pub found: String,
}

impl fmt::Display for LogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let LogError { line, expected, found } = self;
        let found = if found.is_empty() { "the end of the line".to_string() } else { format!("`{found}`") };
        write!(f, "line {line}: expected {expected}, found {found}")
    }
}

impl std::error::Error for LogError {}

/// Reads a log. Lines that begin with `#` and empty ones are skipped.
///
/// # Errors
/// The first line that is not understood.
pub fn parse(text: &str) -> Result<Vec<LogLine>, LogError> {
    let lines = text.lines().zip(1..).filter(|(line, _)| !line.is_empty() && !line.starts_with('#'));
    lines.map(|(text, line)| Fields { line, rest: text }.log_line()).collect()
}

struct Fields<'a> {
    line: usize,
    rest: &'a str,
}

impl<'a> Fields<'a> {
    fn word(&mut self) -> &'a str {
        let (word, rest) = self.rest.split_once(' ').unwrap_or((self.rest, ""));
        self.rest = rest;
        word
    }

    fn error<T>(&self, expected: &'static str, found: &str) -> Result<T, LogError> {
        Err(LogError { line: self.line, expected, found: found.to_string() })
    }

    fn read<T>(&mut self, expected: &'static str, read: impl FnOnce(&str) -> Option<T>) -> Result<T, LogError> {
        let word = self.word();
        read(word).map_or_else(|| self.error(expected, word), Ok)
    }

    fn number<T: FromStr>(&mut self) -> Result<T, LogError> {
        self.read("a number", |word| word.parse().ok())
    }

    fn server(&mut self) -> Result<Sid, LogError> {
        self.read("a server's id", |word| word.parse().ok().filter(|id| *id > 0).map(Sid))
    }

    fn zxid(&mut self) -> Result<Zxid, LogError> {
        self.read("a zxid such as 1.8", |word| {
            let (epoch, counter) = word.split_once('.')?;
            Some(Zxid::new(epoch.parse().ok()?, counter.parse().ok()?))
        })
    }

    fn state(&mut self) -> Result<ServerState, LogError> {
        let states = [ServerState::Looking, ServerState::Following, ServerState::Leading, ServerState::Observing];
        self.read("a state", |word| states.into_iter().find(|state| state.word() == word))
    }

    fn round(&mut self) -> Result<Round, LogError> {
        self.number().map(Round)
    }

    fn vote(&mut self) -> Result<(Vote, Round), LogError> {
        let (leader, zxid, round) = (self.server()?, self.zxid()?, self.round()?);
        let peer_epoch = Epoch(self.number()?);
        Ok((Vote { leader, zxid, peer_epoch }, round))
    }

    fn log_line(mut self) -> Result<LogLine, LogError> {
        let (t, server) = (self.number()?, self.server()?);
        let kind = self.word();
        let entry = match kind {
            "boot" => Entry::Boot(self.number()?),
            "state" => Entry::State(self.state()?),
            "new_election" => Entry::NewElection(self.zxid()?),
            "propose" => {
                let (leader, zxid) = (self.server()?, self.zxid()?);
                let old = self.read("a server's id or -", |word| match word {
                    "-" => Some(None),
                    _ => word.parse().ok().map(|id| Some(Sid(id))),
                })?;
                Entry::Propose { leader, zxid, old }
            }
            "send" => {
                let to = self.server()?;
                let (vote, round) = self.vote()?;
                Entry::Send { to, vote, round }
            }
            "recv" => {
                let (from, state) = (self.server()?, self.state()?);
                let (vote, round) = self.vote()?;
                Entry::Recv { from, heard: Notification { vote, round, state }, own: self.state()? }
            }
            "count" => {
                let (sender, leader) = (self.server()?, self.server()?);
                Entry::Count { sender, leader, zxid: self.zxid()?, round: self.round()? }
            }
            "reply" => Entry::Reply { to: self.server()?, leader: self.server()?, zxid: self.zxid()? },
            "timeout" => Entry::Timeout(Duration::from_millis(self.number::<u32>()?.into())),
            "decide" => Entry::Decide { leader: self.server()?, zxid: self.zxid()?, state: self.state()? },
            "phase" => Entry::Phase(std::mem::take(&mut self.rest).to_string()),
            "sync" => Entry::Sync(self.word().to_string()),
            _ => return self.error("a kind of entry such as `send` or `recv`", kind),
        };
        if self.rest.is_empty() {
            Ok(LogLine { t, server, entry })
        } else {
            self.error("the end of the line", self.rest)
        }
    }
}

/// What a line and a step must have in common, without the server.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Deed {
    Boot,
    State(ServerState),
    NewElection(Zxid),
    Propose(Sid, Zxid),
    Send(Sid, Sid, Zxid, Round),
    Recv(Sid, ServerState, Sid, Zxid, Round),
    Count(Sid, Sid, Zxid, Round),
    Reply(Sid, Sid, Zxid),
    Timeout(Duration),
    Decide(Sid, ServerState),
    Phase(String),
    Sync(String),
}

impl Entry {
    fn deed(&self) -> Deed {
        match self {
            Entry::Boot(_) => Deed::Boot,
            Entry::State(state) => Deed::State(*state),
            Entry::NewElection(zxid) => Deed::NewElection(*zxid),
            Entry::Propose { leader, zxid, .. } => Deed::Propose(*leader, *zxid),
            Entry::Send { to, vote, round } => Deed::Send(*to, vote.leader, vote.zxid, *round),
            Entry::Recv { from, heard, .. } => received(*from, *heard),
            Entry::Count { sender, leader, zxid, round } => Deed::Count(*sender, *leader, *zxid, *round),
            Entry::Reply { to, leader, zxid } => Deed::Reply(*to, *leader, *zxid),
            Entry::Timeout(next) => Deed::Timeout(*next),
            Entry::Decide { leader, state, .. } => Deed::Decide(*leader, *state),
            Entry::Phase(text) => Deed::Phase(text.clone()),
            Entry::Sync(method) => Deed::Sync(method.clone()),
        }
    }
}

fn phase(text: &str) -> Deed {
    Deed::Phase(text.to_string())
}

fn received(from: Sid, heard: Notification) -> Deed {
    Deed::Recv(from, heard.state, heard.vote.leader, heard.vote.zxid, heard.round)
}

/// What a real server would have logged for a fact of ours.
fn deeds(event: &TraceEvent, voters: &[Sid], leads: bool) -> Vec<Deed> {
    match &event.fact {
        Fact::Started => vec![Deed::Boot],
        Fact::ElectionEntered { vote, .. } => {
            vec![Deed::State(ServerState::Looking), Deed::Propose(vote.leader, vote.zxid), Deed::NewElection(vote.zxid)]
        }
        Fact::VoteChanged { comparison, .. } => {
            vec![Deed::Propose(comparison.offered.leader, comparison.offered.zxid)]
        }
        Fact::Broadcast { vote, round, .. } => {
            voters.iter().map(|to| Deed::Send(*to, vote.leader, vote.zxid, *round)).collect()
        }
        Fact::Received { from, heard } => vec![received(*from, *heard)],
        Fact::Stored { sender, heard, table: Table::Recvset, .. } if heard.state == ServerState::Looking => {
            vec![Deed::Count(*sender, heard.vote.leader, heard.vote.zxid, heard.round)]
        }
        Fact::Replied { to, told, .. } => vec![Deed::Reply(*to, told.vote.leader, told.vote.zxid)],
        Fact::Silence { next, .. } => vec![Deed::Timeout(*next)],
        Fact::Decided { state, leader, .. } => {
            let mut deeds =
                vec![Deed::Decide(*leader, *state), Deed::State(*state), phase(&state.word().to_ascii_lowercase())];
            deeds.extend((*leader == event.server).then(|| phase("leading - discovery")));
            deeds
        }
        Fact::FollowsLeader { .. } => vec![phase("following - discovery")],
        // A leader's own promise is no phase of its own.
        Fact::EpochPromised { .. } if !leads => vec![phase("following - synchronization")],
        Fact::EpochJoined { .. } if leads => vec![phase("leading - synchronization")],
        Fact::EpochJoined { .. } => vec![phase("following - synchronization")],
        Fact::SyncBegins { method, .. } => {
            let way = format!("following - synchronization - {}", method.word().to_ascii_lowercase());
            vec![Deed::Sync(method.word().to_string()), Deed::Phase(way)]
        }
        Fact::Established { .. } => vec![phase("leading - broadcast")],
        Fact::Serves { .. } => vec![phase("following - broadcast")],
        _ => Vec::new(),
    }
}

/// Where a line of the log has its place in our run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aligned {
    /// The same server did the same in the step that led to this moment.
    Moment {
        /// The moment, as [`History::step`] counts.
        index: usize,
        /// In our run this came before what the line above it on this server stands for: the order differs.
        reordered: bool,
    },
    /// In our run that server did not do this, or not so often.
    Missing,
}

/// Finds the place of every line in a run.
pub fn align(lines: &[LogLine], history: &History) -> Vec<Aligned> {
    let voters: Vec<Sid> = history.ensemble().voters().collect();
    let mut ours: LiteMap<(Sid, Deed), Vec<usize>> = LiteMap::new();
    let mut leading: Sids = Sids::EMPTY;
    for (step, index) in history.steps().iter().zip(1..) {
        for event in &step.trace {
            match event.fact {
                Fact::Decided { state: ServerState::Leading, .. } => {
                    leading.insert(event.server);
                }
                Fact::ElectionEntered { .. } => {
                    leading.remove(event.server);
                }
                _ => {}
            }
            for deed in deeds(event, &voters, leading.contains(event.server)) {
                ours.entry((event.server, deed)).or_default().push(index);
            }
        }
    }
    // What is taken first has to be at the end.
    ours.iter_mut().for_each(|(_, indices)| indices.reverse());
    let mut above: LiteMap<Sid, usize> = LiteMap::new();
    let place = |line: &LogLine| match ours.get_mut(&(line.server, line.entry.deed())).and_then(Vec::pop) {
        Some(index) => {
            let above = above.insert(line.server, index);
            Aligned::Moment { index, reordered: above.is_some_and(|above| index < above) }
        }
        None => Aligned::Missing,
    };
    lines.iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_line_is_named() {
        let error = |text: &str| parse(text).expect_err("the line is bad").to_string();
        assert_eq!(error("# head\n\n266 1 boot"), "line 3: expected a number, found the end of the line");
        assert_eq!(error("266 1 boot 1 2"), "line 1: expected the end of the line, found `2`");
        assert_eq!(error("266 0 boot 1"), "line 1: expected a server's id, found `0`");
        assert_eq!(error("9 1 state LOKING"), "line 1: expected a state, found `LOKING`");
        assert_eq!(error("9 1 send 2 1 0x1 1 0"), "line 1: expected a zxid such as 1.8, found `0x1`");
        assert_eq!(error("9 1 shout"), "line 1: expected a kind of entry such as `send` or `recv`, found `shout`");
    }

    #[test]
    fn no_line_makes_it_panic() {
        let line = "2651 2 recv 1 LOOKING 1 0.0 1 0 LOOKING";
        for end in 0..line.len() {
            assert!(parse(&line[..end]).is_err() || end == 0, "{}", &line[..end]);
        }
        assert!(parse(line).is_ok());
        let _ = parse("é\u{1F980} - . .. 99999999999999999999 -1\n1 1 send é . 9 9 9\n1 1 propose 1 0.0 999");
    }
}
