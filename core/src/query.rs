//! Questions about one moment of a run, and statements about the answers. Lessons fill their placeholders with
//! the answers and rest their claims on the statements; golden files use them as expectations.

mod clients;
mod kind;
mod reason;

pub use clients::{ClientQuery, Holder, ZnodeQuery, holder, state_word};
pub use kind::Kind;
pub(crate) use kind::SERVER_STATES;
pub use reason::Reason;

use crate::client::ClientName;
use crate::election::ServerState;
use crate::history::{History, serves};
use crate::ids::{Epoch, Sid, Zxid};
use crate::server::Activity;
use crate::sids::Sids;
use crate::sim::{Cause, Command, World};
use crate::time::{Duration, Instant};
use crate::trace::{DecisionReason, Fact};
use crate::tree::Path;
use core::fmt;
use std::sync::Arc;

/// One moment of a run.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    /// The run.
    pub history: &'a History,
    /// Number of events that have happened.
    pub index: usize,
}

/// A question. The words in brackets are how it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Query {
    /// The id itself (`id 3`), so that prose need not type digits.
    Id(Sid),
    /// What a server is (`state 3`): LOOKING, FOLLOWING, LEADING, OBSERVING or DOWN.
    State(Sid),
    /// Whom a server votes for now (`vote 3`).
    Vote(Sid),
    /// How many running voters vote for a server now, as an all-seeing observer counts (`votes 3`).
    Votes(Sid),
    /// How many more votes would be a majority (`missing 3`).
    Missing(Sid),
    /// How many votes for the second server the first has in its own table (`own 4 for 3`).
    Own(Sid, Sid),
    /// The largest number of votes for a server in any one server's own table (`known 3`).
    Known(Sid),
    /// Whom the second server votes for, as far as the first has heard (`row 5 from 4`).
    Row(Sid, Sid),
    /// What the second server is, as far as the first has heard (`told 4 by 3`).
    Told(Sid, Sid),
    /// Whether that row says something its sender no longer says (`stale 5 from 4`): yes or no.
    Stale(Sid, Sid),
    /// How many settled servers have told a server that they follow its leader or lead (`confirmed 4`).
    Confirmed(Sid),
    /// The smallest quorum (`quorum`).
    Quorum,
    /// The number of voters (`voters`).
    Voters,
    /// The number of running servers (`running`).
    Running,
    /// The number of servers that search (`looking`).
    Looking,
    /// The number of servers that call themselves leader (`leaders`).
    Leaders,
    /// The one server that calls itself leader, or none (`leader`).
    Leader,
    /// Whether a server leads or follows an ensemble with a quorum (`serves 3`): yes or no.
    Serves(Sid),
    /// The round a server is in (`round 3`).
    Round(Sid),
    /// A server's last zxid (`zxid 3`).
    Zxid(Sid),
    /// A server's currentEpoch (`epoch 3`).
    Epoch(Sid),
    /// The highest epoch that a server has promised (`accepted 3`).
    Accepted(Sid),
    /// How many servers have promised the epoch that the leader has chosen (`promised`).
    Promised,
    /// How many transactions stand in a server's log, flushed or not (`logged 3`).
    Logged(Sid),
    /// How many of them a crash could not take (`flushed 3`).
    Flushed(Sid),
    /// How many transactions have taken effect at a server (`applied 3`).
    Applied(Sid),
    /// How many voters have the leader's last proposal on their disks (`durable`).
    Durable,
    /// How many transactions have ever been committed (`committed`).
    Committed,
    /// Which of two servers' own votes is better (`winner 1 2`).
    Winner(Sid, Sid),
    /// What decides between two servers' own votes (`criterion 1 2`): epoch, zxid, id or weight.
    Criterion(Sid, Sid),
    /// Why a server last changed its mind or decided (`reason 3`): epoch, zxid, id, silence or leader.
    Reason(Sid),
    /// How often a server has changed its vote for a better one since it started (`changes 4`).
    Changes(Sid),
    /// Whether a server was ever LEADING up to now (`led 5`): yes or no.
    Led(Sid),
    /// Whether a server has started up to now (`started 5`): yes or no.
    Started(Sid),
    /// Whether the final silence of a server is running (`waiting 3`): yes or no.
    Waiting(Sid),
    /// How long a quorum must be silent before a server decides (`wait`).
    Wait,
    /// From the last better vote that a server heard, or its own start, to its decision (`quiet 3`).
    Quiet(Sid),
    /// The time from the start of the first server to the start of the second (`gap 3 4`).
    Gap(Sid, Sid),
    /// The time from the first server's start to the second server's decision (`decided 3 2`).
    Decided(Sid, Sid),
    /// Whether all running servers have the same tree (`same-tree`): yes or no.
    SameTree,
    /// Something about a client.
    Client(ClientQuery, ClientName),
    /// Something about a znode at a server.
    Znode(ZnodeQuery, Sid, Path),
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A count.
    Number(u64),
    /// A server, or none.
    Server(Option<Sid>),
    /// A server's state; `None` is DOWN.
    State(Option<ServerState>),
    /// A transaction id.
    Zxid(Zxid),
    /// An epoch.
    Epoch(Epoch),
    /// A span of time.
    Span(Option<Duration>),
    /// Yes or no.
    Flag(bool),
    /// What decided.
    Reason(Reason),
    /// A word: a client's state or name, or a code.
    Word(Arc<str>),
    /// What a znode holds.
    Data(Held),
}

/// What a znode holds. Three answers that zkCli tells apart as well: an error, `null`, and the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    /// There is no such znode.
    NoNode,
    /// The znode is there and has no data.
    Null,
    /// The znode has data, which may be empty.
    Text(Arc<str>),
}

/// How an answer is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// `=`
    Equal,
    /// `!=`
    Different,
    /// `<`
    Less,
    /// `>=`
    AtLeast,
}

impl Relation {
    /// The relation that holds exactly when this one does not.
    #[must_use]
    pub fn flipped(self) -> Relation {
        match self {
            Relation::Equal => Relation::Different,
            Relation::Different => Relation::Equal,
            Relation::Less => Relation::AtLeast,
            Relation::AtLeast => Relation::Less,
        }
    }

    /// How it is written.
    pub fn sign(self) -> &'static str {
        match self {
            Relation::Equal => "=",
            Relation::Different => "!=",
            Relation::Less => "<",
            Relation::AtLeast => ">=",
        }
    }
}

/// A statement that is true or false at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Predicate {
    /// The question.
    pub query: Query,
    /// The comparison.
    pub relation: Relation,
    /// What the answer is compared with.
    pub value: Value,
}

impl Predicate {
    /// Whether it is true at this moment.
    pub fn holds(&self, moment: Moment<'_>) -> bool {
        let answer = moment.ask(&self.query);
        let less = || match (&answer, &self.value) {
            (Value::Number(a), Value::Number(b)) => a < b,
            (Value::Zxid(a), Value::Zxid(b)) => a < b,
            (Value::Epoch(a), Value::Epoch(b)) => a < b,
            // What is not there is less than everything.
            (Value::Span(a), Value::Span(b)) => a < b,
            (Value::Word(_), Value::Number(_)) => true,
            _ => false,
        };
        match self.relation {
            Relation::Equal => answer == self.value,
            Relation::Different => answer != self.value,
            Relation::Less => less(),
            Relation::AtLeast => !less(),
        }
    }

    /// The statement that is true exactly when this one is not.
    #[must_use]
    pub fn flipped(&self) -> Predicate {
        Predicate { relation: self.relation.flipped(), ..self.clone() }
    }
}

impl Moment<'_> {
    /// The world at this moment.
    pub fn world(&self) -> Arc<World> {
        self.history.world(self.index)
    }

    /// Answers a question.
    pub fn ask(self, query: &Query) -> Value {
        let world = &*self.world();
        let server = |sid: Sid| world.server(sid);
        let rule = world.ensemble().quorum();
        let states = |state: ServerState| world.servers().filter(|server| server.state() == state).count() as u64;
        match *query {
            Query::Id(sid) => Value::Server(Some(sid)),
            Query::State(sid) => Value::State(server(sid).map(|server| server.state())),
            Query::Vote(sid) => Value::Server(current_vote(world, sid)),
            Query::Votes(sid) => Value::Number(classroom_tally(world, sid)),
            Query::Missing(sid) => Value::Number((rule.smallest() as u64).saturating_sub(classroom_tally(world, sid))),
            Query::Own(of, candidate) => Value::Number(own_count(world, of, candidate)),
            Query::Known(candidate) => {
                Value::Number(world.ensemble().servers().map(|of| own_count(world, of, candidate)).max().unwrap_or(0))
            }
            Query::Row(of, from) => Value::Server(row(world, of, from).map(|ballot| ballot.heard.vote.leader)),
            Query::Told(of, from) => Value::State(row(world, of, from).map(|ballot| ballot.heard.state)),
            Query::Stale(of, from) => Value::Flag(is_stale(world, of, from)),
            Query::Confirmed(of) => Value::Number(confirmations(world, of)),
            Query::Quorum => Value::Number(rule.smallest() as u64),
            Query::Voters => Value::Number(world.ensemble().voters().count() as u64),
            Query::Running => Value::Number(world.servers().count() as u64),
            Query::Looking => Value::Number(states(ServerState::Looking)),
            Query::Leaders => Value::Number(states(ServerState::Leading)),
            Query::Leader => Value::Server(leader(world)),
            Query::Serves(sid) => Value::Flag(serves(world, sid)),
            Query::Round(sid) => Value::Number(server(sid).map_or(0, |server| u64::from(server.round().0))),
            Query::Zxid(sid) => Value::Zxid(last_zxid(world, sid)),
            Query::Epoch(sid) => {
                Value::Epoch(world.node(sid).map(|node| node.disk().current_epoch).unwrap_or_default())
            }
            Query::Accepted(sid) => {
                Value::Epoch(world.node(sid).map(|node| node.disk().accepted_epoch).unwrap_or_default())
            }
            Query::Promised => Value::Number(promised(world)),
            Query::Logged(sid) => Value::Number(world.node(sid).map_or(0, |node| node.disk().log.len() as u64)),
            Query::Flushed(sid) => Value::Number(world.node(sid).map_or(0, |node| node.disk().flushed as u64)),
            Query::Applied(sid) => {
                Value::Number(server(sid).map_or(0, |server| server.database().history.len() as u64))
            }
            Query::Durable => Value::Number(durable(world)),
            Query::Committed => Value::Number(world.ghost().committed.len() as u64),
            Query::Winner(a, b) => {
                let comparison = compare_own(world, a, b);
                Value::Server(Some(if comparison.better { a } else { b }))
            }
            Query::Criterion(a, b) => Value::Reason(compare_own(world, a, b).by.into()),
            Query::Reason(sid) => Value::Reason(self.reason(sid)),
            Query::Changes(sid) => Value::Number(self.changes(sid)),
            Query::Led(sid) => Value::Flag(
                self.facts(sid).any(|(_, fact)| matches!(fact, Fact::Decided { state: ServerState::Leading, .. })),
            ),
            Query::Started(sid) => Value::Flag(self.started_at(sid).is_some()),
            Query::Waiting(sid) => Value::Flag(matches!(
                server(sid).map(|server| server.activity()),
                Some(Activity::Looking(election)) if election.final_wait.is_some()
            )),
            Query::Wait => Value::Span(Some(world.ensemble().rules.finalize_wait)),
            Query::Quiet(sid) => Value::Span(self.quiet(sid)),
            Query::Gap(a, b) => Value::Span(match (self.started_at(a), self.started_at(b)) {
                (Some(a), Some(b)) => Some(b.since(a)),
                _ => None,
            }),
            Query::SameTree => Value::Flag(clients::same_tree(world)),
            Query::Client(query, ref name) => self.ask_client(query, name),
            Query::Znode(query, sid, ref path) => self.ask_znode(query, sid, path),
            Query::Decided(from, sid) => Value::Span(match (self.started_at(from), self.decided_at(sid)) {
                (Some(start), Some(end)) => Some(end.since(start)),
                _ => None,
            }),
        }
    }

    /// The facts about one server up to this moment, latest first, each with its time.
    fn facts(&self, sid: Sid) -> impl Iterator<Item = (Instant, &Fact)> {
        self.history.steps()[..self.index].iter().rev().flat_map(move |step| {
            step.trace.iter().rev().filter(move |event| event.server == sid).map(|event| (step.at, &event.fact))
        })
    }

    fn reason(&self, sid: Sid) -> Reason {
        self.facts(sid)
            .take_while(|(_, fact)| !matches!(fact, Fact::Started))
            .find_map(|(_, fact)| match fact {
                Fact::VoteChanged { comparison, .. } => Some(comparison.by.into()),
                Fact::Decided { why: DecisionReason::QuorumThenSilence { .. }, .. } => Some(Reason::Silence),
                Fact::Decided { why: DecisionReason::EstablishedLeader { .. }, .. } => Some(Reason::Leader),
                _ => None,
            })
            .unwrap_or(Reason::None)
    }

    fn changes(&self, sid: Sid) -> u64 {
        self.facts(sid)
            .take_while(|(_, fact)| !matches!(fact, Fact::Started))
            .filter(|(_, fact)| matches!(fact, Fact::VoteChanged { .. }))
            .count() as u64
    }

    fn started_at(&self, sid: Sid) -> Option<Instant> {
        self.facts(sid).find(|(_, fact)| matches!(fact, Fact::Started)).map(|(at, _)| at)
    }

    fn decided_at(&self, sid: Sid) -> Option<Instant> {
        self.facts(sid).find(|(_, fact)| matches!(fact, Fact::Decided { .. })).map(|(at, _)| at)
    }

    /// From the beginning of the last final wait to the decision that ended it.
    fn quiet(&self, sid: Sid) -> Option<Duration> {
        let mut decided = None;
        for (at, fact) in self.facts(sid) {
            match fact {
                Fact::Decided { .. } => decided = decided.or(Some(at)),
                Fact::FinalWaitBegins { .. } | Fact::Ignored { why: crate::trace::IgnoredReason::Drained, .. } => {
                    return decided.map(|end| end.since(at));
                }
                Fact::Started => return None,
                _ => {}
            }
        }
        None
    }
}

/// Whom a running voter votes for now. Observers and servers that are down vote for nobody.
pub fn current_vote(world: &World, sid: Sid) -> Option<Sid> {
    world.server(sid).map(|server| server.vote().leader).filter(|leader| *leader != Sid::NOBODY)
}

/// How many running voters vote for `candidate` now.
pub fn classroom_tally(world: &World, candidate: Sid) -> u64 {
    let votes =
        world.servers().filter(|server| world.ensemble().is_voter(server.id()) && server.vote().leader == candidate);
    votes.count() as u64
}

/// How many votes for `candidate` stand in the own table of `of`.
pub fn own_count(world: &World, of: Sid, candidate: Sid) -> u64 {
    let election = world.server(of).and_then(|server| server.election());
    election.map_or(0, |election| election.recvset.naming(candidate).len() as u64)
}

/// The last zxid that a running server has processed, or that a stopped one would start with.
pub fn last_zxid(world: &World, sid: Sid) -> Zxid {
    match world.server(sid) {
        Some(server) => server.database().last_processed,
        None => world.node(sid).map(|node| node.disk().last_durable()).unwrap_or_default(),
    }
}

/// The one server that calls itself leader; none when there is none or more than one.
pub fn leader(world: &World) -> Option<Sid> {
    let mut leading = world.servers().filter(|server| server.state() == ServerState::Leading).map(|server| server.id());
    match (leading.next(), leading.next()) {
        (Some(one), None) => Some(one),
        _ => None,
    }
}

/// What the one leader is doing.
fn leading(world: &World) -> Option<&crate::zab::Leader> {
    match world.server(leader(world)?)?.activity() {
        Activity::Leading(leading) => Some(leading),
        _ => None,
    }
}

fn promised(world: &World) -> u64 {
    let epoch = leading(world).and_then(|leading| leading.epoch);
    epoch.map_or(0, |epoch| world.nodes().filter(|(_, node)| node.disk().accepted_epoch >= epoch).count() as u64)
}

fn durable(world: &World) -> u64 {
    let Some(last) = leading(world).map(|leading| leading.last_proposed) else { return 0 };
    let has = |sid: &Sid| world.node(*sid).is_some_and(|node| node.disk().last_durable() >= last);
    world.ensemble().voters().filter(has).count() as u64
}

fn row(world: &World, of: Sid, from: Sid) -> Option<&crate::election::Ballot> {
    let election = world.server(of)?.election()?;
    election.recvset.of(from).or_else(|| election.outofelection.of(from))
}

/// Whether the row of `from` in the table of `of` says something that its sender no longer says: its vote has
/// changed since, or it had already left the election when the row arrived, or its process is gone.
pub fn is_stale(world: &World, of: Sid, from: Sid) -> bool {
    if of == from {
        return false;
    }
    let Some(ballot) = row(world, of, from) else { return false };
    let Some(sender) = world.server(from) else { return true };
    let other_vote = sender.vote().leader != ballot.heard.vote.leader;
    let late = sender.state() != ballot.heard.state && sender.state_since() <= ballot.at;
    other_vote || late
}

fn confirmations(world: &World, of: Sid) -> u64 {
    let Some(election) = world.server(of).and_then(|server| server.election()) else { return 0 };
    let settled = |ballot: &&crate::election::Ballot| ballot.heard.state != ServerState::Looking;
    let both = election.recvset.iter().chain(election.outofelection.iter());
    both.filter(|(_, ballot)| settled(ballot)).map(|(sid, _)| sid).collect::<Sids>().len() as u64
}

fn compare_own(world: &World, a: Sid, b: Sid) -> crate::election::Comparison {
    // The vote with which a running server began its last election; what its disk says when it is down.
    let vote = |sid: Sid| {
        let began = world.server(sid).and_then(|server| server.election()).map(|election| election.initial);
        let peer_epoch = world.node(sid).map(|node| node.disk().current_epoch).unwrap_or_default();
        began.unwrap_or(crate::election::Vote { leader: sid, zxid: last_zxid(world, sid), peer_epoch })
    };
    world.ensemble().rules.order.compare(vote(a), vote(b), world.ensemble().quorum().weight(a))
}

/// Whether a step is the start of a server.
pub fn starts(cause: &Cause) -> Option<Sid> {
    match cause {
        Cause::Command(Command::Start(sid) | Command::Restart(sid)) => Some(*sid),
        _ => None,
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Number(number) => write!(f, "{number}"),
            Value::Server(Some(sid)) => write!(f, "{sid}"),
            Value::Server(None) | Value::Span(None) => f.write_str("none"),
            Value::State(Some(state)) => write!(f, "{state}"),
            Value::State(None) => f.write_str("DOWN"),
            Value::Zxid(zxid) => write!(f, "{zxid}"),
            Value::Epoch(epoch) => write!(f, "{epoch}"),
            Value::Span(Some(span)) => write!(f, "{span}"),
            Value::Flag(flag) => f.write_str(if *flag { "yes" } else { "no" }),
            Value::Reason(reason) => f.write_str(reason.word()),
            Value::Word(word) => f.write_str(word),
            Value::Data(Held::NoNode) => f.write_str("none"),
            Value::Data(Held::Null) => f.write_str("null"),
            Value::Data(Held::Text(text)) => write!(f, "{text:?}"),
        }
    }
}

impl fmt::Display for Predicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.query, self.relation.sign(), self.value)
    }
}
