//! What must be true after every event of a run, whatever was crashed, cut, held or frozen. The simulation checks
//! all of it after every step, and the page shows that all of it holds. What concerns elections and connections is
//! here, what concerns Zab in [`zab`], and trees and clients in `clients`.
//!
//! The round (`logicalclock`) needs care: it never decreases while a server searches, but a server that joins an
//! established ensemble through `outofelection` takes over that ensemble's round, which may be the smaller one.

mod clients;
pub mod zab;

use crate::effects::{Plane, Timer};
use crate::election::{Vote, VoteOrder};
use crate::history::History;
use crate::ids::{Round, Sid, Zxid};
use crate::server::{Activity, Server};
use crate::sim::{Content, Ghost, Node, Planned, Process, World};
use crate::time::Instant;
use crate::trace::{Fact, TraceEvent};
use std::sync::Arc;

/// A property of every moment, or of every step from one moment to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Invariant {
    /// One leader at a time. [`Invariant::statement`] says it precisely, as for all of these.
    OneLeader,
    /// Who may lead.
    OnlyVotersLead,
    /// Whom a learner follows.
    FollowsAnother,
    /// Observers do not vote.
    ObserversUncounted,
    /// Votes only get better.
    VoteNotWorse,
    /// Tables hold one round.
    OneRoundPerTable,
    /// The final wait rests on a quorum.
    WaitHasQuorum,
    /// A settled server's vote is its leader.
    VoteIsLeader,
    /// Timers fit what a server does.
    TimersFit,
    /// Both ends agree about a connection.
    ConnectionsAgree,
    /// Nothing is connected over a cut line or with a process that is not there.
    ConnectionsPossible,
    /// Rounds only grow during a search.
    RoundGrows,
    /// Votes only get better from step to step.
    ProposalGrows,
    /// Time does not run back.
    TimeGrows,
    /// One established leader per epoch at a time.
    Leadership1,
    /// One established leader per epoch, ever.
    Leadership2,
    /// What is delivered has one order.
    PrefixConsistency,
    /// What is delivered was proposed.
    Integrity,
    /// A leader's own order is kept.
    LocalPrimaryOrder,
    /// A leader knows all that was ever committed.
    LeaderLogCompleteness,
    /// What was committed is never cut off.
    CommittedLogDurability,
    /// A follower's log holds nothing that its leader does not have.
    ProcessConsistency,
    /// A zxid means one thing.
    OneZxidOneContent,
    /// Acknowledged is flushed.
    AckAfterFlush,
    /// Whoever has joined an epoch has its history on the disk.
    JoinedWithHistory,
    /// Committed is on the disks of a quorum.
    CommitOnQuorum,
    /// Logs only grow at their ends.
    LogIncreases,
    /// COMMIT fits what waits for it.
    CommitConsistent,
    /// ACK fits what waits for it.
    AckConsistent,
    /// No packet comes where it cannot come.
    MessageLegal,
    /// The same transactions make the same tree.
    SameTree,
    /// Ephemeral znodes have living owners.
    EphemeralHasSession,
    /// An event comes before what shows the change.
    EventsFirst,
    /// A client never goes back in time.
    NeverBack,
    /// A session's requests are answered in order.
    RepliesInOrder,
    /// Nobody is told of what it may not read.
    EventsReadable,
    /// Nobody gets the Stat of what it may not read.
    StatReadable,
}

impl Invariant {
    /// All of them.
    pub const ALL: [Invariant; 37] = [
        Invariant::OneLeader,
        Invariant::OnlyVotersLead,
        Invariant::FollowsAnother,
        Invariant::ObserversUncounted,
        Invariant::VoteNotWorse,
        Invariant::OneRoundPerTable,
        Invariant::WaitHasQuorum,
        Invariant::VoteIsLeader,
        Invariant::TimersFit,
        Invariant::ConnectionsAgree,
        Invariant::ConnectionsPossible,
        Invariant::RoundGrows,
        Invariant::ProposalGrows,
        Invariant::TimeGrows,
        Invariant::Leadership1,
        Invariant::Leadership2,
        Invariant::PrefixConsistency,
        Invariant::Integrity,
        Invariant::LocalPrimaryOrder,
        Invariant::LeaderLogCompleteness,
        Invariant::CommittedLogDurability,
        Invariant::ProcessConsistency,
        Invariant::OneZxidOneContent,
        Invariant::AckAfterFlush,
        Invariant::JoinedWithHistory,
        Invariant::CommitOnQuorum,
        Invariant::LogIncreases,
        Invariant::CommitConsistent,
        Invariant::AckConsistent,
        Invariant::MessageLegal,
        Invariant::SameTree,
        Invariant::EphemeralHasSession,
        Invariant::EventsFirst,
        Invariant::NeverBack,
        Invariant::RepliesInOrder,
        Invariant::EventsReadable,
        Invariant::StatReadable,
    ];

    /// What it says, in one technical line.
    pub fn statement(self) -> &'static str {
        match self {
            Invariant::OneLeader => "no two leaders have a quorum that is connected with them and follows them",
            Invariant::OnlyVotersLead => "whoever leads has a vote and a weight above 0",
            Invariant::FollowsAnother => "a learner follows a voter other than itself",
            Invariant::ObserversUncounted => {
                "no table holds the vote of an observer, and only an observer is OBSERVING"
            }
            Invariant::VoteNotWorse => "a LOOKING server's vote is not worse than the one it began the round with",
            Invariant::OneRoundPerTable => "every vote in the recvset of a LOOKING server is of that server's round",
            Invariant::WaitHasQuorum => {
                "a server waits out finalizeWait only while a quorum in its table agrees with it"
            }
            Invariant::VoteIsLeader => "a settled server's vote names its leader",
            Invariant::TimersFit => "each server has the timers of what it does, each at most once",
            Invariant::ConnectionsAgree => {
                "both ends know of a connection, unless its end is on its way to one of them, and never do both lead"
            }
            Invariant::ConnectionsPossible => "a connection stands between running processes and on a whole line only",
            Invariant::RoundGrows => "the round of a server never decreases while it is LOOKING",
            Invariant::ProposalGrows => "within a round a LOOKING server's vote never gets worse",
            Invariant::TimeGrows => "time never runs back",
            Invariant::Leadership1 => "no two servers lead the same epoch at one time",
            Invariant::Leadership2 => "no two servers ever establish themselves as leaders of the same epoch",
            Invariant::PrefixConsistency => {
                "whatever a serving server has delivered is the beginning of what was committed"
            }
            Invariant::Integrity => "whatever is delivered was proposed by a leader, or was there before the run",
            Invariant::LocalPrimaryOrder => "a proposal is committed only after the one before it",
            Invariant::LeaderLogCompleteness => {
                "an established leader has everything that was committed before its epoch"
            }
            Invariant::CommittedLogDurability => "no leader sends TRUNC for what was committed",
            Invariant::ProcessConsistency => "a serving follower's log holds only what its leader has",
            Invariant::OneZxidOneContent => "no zxid is ever given to two proposals",
            Invariant::AckAfterFlush => "a server acknowledges a proposal only when it is flushed",
            Invariant::JoinedWithHistory => {
                "a server answers NEWLEADER only with its history and its currentEpoch on the disk"
            }
            Invariant::CommitOnQuorum => "a proposal is committed only when it is on the disks of a quorum",
            Invariant::LogIncreases => "each log has ascending zxids",
            Invariant::CommitConsistent => "COMMIT is for the oldest proposal that waits for one",
            Invariant::AckConsistent => "the first ACK of a learner answers NEWLEADER",
            Invariant::MessageLegal => "no packet comes in a phase to which it does not belong",
            Invariant::SameTree => "servers with the same last zxid have the same tree",
            Invariant::EphemeralHasSession => "the session that owns an ephemeral znode lives",
            Invariant::EventsFirst => "a client is told of a change before it gets a reply that shows it",
            Invariant::NeverBack => "no reply comes from an older state than its client has seen",
            Invariant::EventsReadable => "a watch tells of nothing that its session may not read",
            Invariant::StatReadable => "a session gets no Stat of a znode that it may not read",
            Invariant::RepliesInOrder => "the requests of a session are answered in the order in which they were sent",
        }
    }
}

/// A broken invariant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which.
    pub invariant: Invariant,
    /// The servers concerned.
    pub servers: Vec<Sid>,
    /// The transaction concerned, if it is one.
    pub zxid: Option<Zxid>,
}

impl Violation {
    fn of(invariant: Invariant, servers: &[Sid], zxid: Option<Zxid>) -> Violation {
        Violation { invariant, servers: servers.to_vec(), zxid }
    }
}

/// What must be known of a moment to check the step that leads from it to the next.
#[derive(Clone, Debug)]
pub struct Before {
    now: Instant,
    /// The LOOKING servers that are not frozen, with their rounds and votes.
    looking: Vec<(Sid, Round, Vote)>,
    ghost: Arc<Ghost>,
    clients: Vec<clients::ClientBefore>,
}

impl Before {
    /// What must be known of this moment.
    pub fn of(world: &World) -> Before {
        // A frozen process that runs on does in one step what took place in many.
        let awake = |server: &&Server| !world.node(server.id()).is_some_and(Node::is_paused);
        let looking = |server: &Server| match server.activity() {
            Activity::Looking(election) => Some((server.id(), server.round(), election.proposal)),
            _ => None,
        };
        Before {
            now: world.now(),
            looking: world.servers().filter(awake).filter_map(looking).collect(),
            ghost: world.ghost().clone(),
            clients: clients::before(world),
        }
    }
}

/// Checks one moment of a run and the step that led to it.
pub fn check_moment(history: &History, index: usize) -> Vec<Violation> {
    let before = index.checked_sub(1).map(|before| Before::of(&history.world(before)));
    let mut found = check(&history.world(index));
    if let (Some(before), Some(step)) = (before, history.step(index)) {
        found.extend(check_step(&before, &history.world(index), &step.trace));
    }
    found
}

/// The invariants that a run has broken by moment `up_to`, each once, with the first moment at which it was broken.
pub fn first_broken(history: &History, up_to: usize) -> Vec<(usize, Violation)> {
    let mut world = history.world(0);
    let mut broken: Vec<(usize, Violation)> = Vec::new();
    for (step, index) in history.steps().iter().take(up_to).zip(1..) {
        let before = Before::of(&world);
        world = history.world(index);
        for violation in check(&world).into_iter().chain(check_step(&before, &world, &step.trace)) {
            if broken.iter().all(|(_, known)| known.invariant != violation.invariant) {
                broken.push((index, violation));
            }
        }
    }
    broken
}

/// Checks a world by the order of votes that it is configured with.
pub fn check(world: &World) -> Vec<Violation> {
    check_by(world, world.ensemble().rules.order)
}

/// Checks a world by a given order of votes.
pub fn check_by(world: &World, order: VoteOrder) -> Vec<Violation> {
    let mut report = Report { world, order, found: Vec::new() };
    report.leaders();
    for (sid, node) in world.nodes() {
        if let Some(server) = node.server() {
            report.role(server);
            report.tables(server);
        }
        report.timers(sid, node);
    }
    report.agenda();
    report.connections();
    report.found.extend(zab::check_moment(world));
    report.found.extend(clients::check_moment(world));
    report.found
}

/// Checks a step: what must be true of two moments, one event apart, and of what was decided in between.
pub fn check_step(before: &Before, after: &World, trace: &[TraceEvent]) -> Vec<Violation> {
    let mut found = zab::check_facts(&before.ghost, after, trace);
    found.extend(clients::check_facts(before, after, trace));
    if after.now() < before.now {
        found.push(Violation::of(Invariant::TimeGrows, &[], None));
    }
    let rules = &after.ensemble().rules;
    let quorum = after.ensemble().quorum();
    for (sid, round, vote) in &before.looking {
        let Some(now) = after.server(*sid) else { continue };
        let Activity::Looking(new) = now.activity() else { continue };
        // A process that ended and began again in one step counts its rounds from the start.
        let began = |event: &TraceEvent| event.server == *sid && event.fact == Fact::Started;
        if trace.iter().any(began) {
            continue;
        }
        if now.round() < *round {
            found.push(Violation::of(Invariant::RoundGrows, &[*sid], None));
        }
        let weight = quorum.weight(vote.leader);
        if now.round() == *round && rules.order.compare(*vote, new.proposal, weight).better {
            found.push(Violation::of(Invariant::ProposalGrows, &[*sid], None));
        }
    }
    found
}

struct Report<'a> {
    world: &'a World,
    order: VoteOrder,
    found: Vec<Violation>,
}

impl Report<'_> {
    fn demand(&mut self, holds: bool, invariant: Invariant, servers: &[Sid]) {
        if !holds {
            self.found.push(Violation::of(invariant, servers, None));
        }
    }

    fn is_quorum(&self, servers: impl Iterator<Item = Sid>) -> bool {
        let ensemble = self.world.ensemble();
        ensemble.quorum().is_quorum(servers.filter(|sid| ensemble.is_voter(*sid)).collect())
    }

    fn leaders(&mut self) {
        let follows = |server: &Server, leader: Sid| matches!(server.activity(), Activity::Following(learner) if learner.connected && learner.leader == leader);
        let mut with_quorum = Vec::new();
        let world = self.world;
        for leader in world.servers() {
            let Activity::Leading(_) = leader.activity() else { continue };
            let me = leader.id();
            let followers = world.servers().filter(|server| follows(server, me)).map(Server::id);
            if self.is_quorum(followers.chain([me])) {
                with_quorum.push(me);
            }
        }
        self.demand(with_quorum.len() < 2, Invariant::OneLeader, &with_quorum);
    }

    fn role(&mut self, server: &Server) {
        let (sid, ensemble) = (server.id(), self.world.ensemble());
        let voter = ensemble.is_voter(sid);
        let leader = match server.activity() {
            Activity::Looking(_) => return,
            Activity::Leading(_) => {
                let may = voter && ensemble.quorum().weight(sid) > 0;
                self.demand(may, Invariant::OnlyVotersLead, &[sid]);
                sid
            }
            Activity::Following(learner) => {
                self.demand(voter, Invariant::ObserversUncounted, &[sid]);
                learner.leader
            }
            Activity::Observing(learner) => {
                self.demand(!voter, Invariant::ObserversUncounted, &[sid]);
                learner.leader
            }
        };
        let leads = matches!(server.activity(), Activity::Leading(_));
        let another = leads || leader != sid && ensemble.is_voter(leader);
        self.demand(another, Invariant::FollowsAnother, &[sid, leader]);
        self.demand(server.vote().leader == leader, Invariant::VoteIsLeader, &[sid, leader]);
    }

    fn tables(&mut self, server: &Server) {
        let (sid, ensemble) = (server.id(), self.world.ensemble());
        let Some(election) = server.election() else { return };
        for (sender, _) in election.recvset.iter().chain(election.outofelection.iter()) {
            self.demand(ensemble.is_voter(sender), Invariant::ObserversUncounted, &[sid, sender]);
        }
        let Activity::Looking(election) = server.activity() else { return };
        let weight = ensemble.quorum().weight(election.initial.leader);
        let worse = self.order.compare(election.initial, election.proposal, weight).better;
        self.demand(!worse, Invariant::VoteNotWorse, &[sid]);
        for (sender, ballot) in election.recvset.iter() {
            self.demand(ballot.heard.round == server.round(), Invariant::OneRoundPerTable, &[sid, sender]);
        }
        let agree = election.recvset.supporters_of_looking(election.proposal, server.round());
        let quorum = self.is_quorum(agree.into_iter());
        self.demand(election.final_wait.is_none() || quorum, Invariant::WaitHasQuorum, &[sid]);
    }

    fn timers(&mut self, sid: Sid, node: &Node) {
        let set = |timer: Timer| node.timer(timer).is_some();
        let only = |allowed: &[Timer]| Timer::ALL.iter().all(|timer| !set(*timer) || allowed.contains(timer));
        let fits = match &node.process {
            Process::Down { .. } => only(&[]),
            // It finds what ran out meanwhile when it runs on.
            Process::Paused { .. } => true,
            // It only waits for its disk, and ends up LOOKING.
            Process::Up(server) if server.is_leaving() => true,
            Process::Up(server) => match server.activity() {
                Activity::Looking(election) if election.final_wait.is_some() => {
                    set(Timer::Finalize) && only(&[Timer::Finalize])
                }
                Activity::Looking(_) => set(Timer::Silence) && only(&[Timer::Silence]),
                Activity::Leading(leader) if leader.is_established() => {
                    set(Timer::Tick) && only(&[Timer::Tick, Timer::Sessions, Timer::Containers])
                }
                Activity::Leading(_) => set(Timer::InitLimit) && only(&[Timer::InitLimit]),
                // The end of the stream may wait behind the disk.
                Activity::Following(learner) | Activity::Observing(learner)
                    if learner.connected || !learner.backlog.is_empty() =>
                {
                    set(Timer::ReadLimit) && only(&[Timer::ReadLimit])
                }
                Activity::Following(_) => set(Timer::InitLimit) && only(&[Timer::InitLimit, Timer::RetryLeader]),
                Activity::Observing(_) => {
                    set(Timer::InitLimit) != set(Timer::ObserverDelay)
                        && only(&[Timer::InitLimit, Timer::RetryLeader, Timer::ObserverDelay])
                }
            },
        };
        self.demand(fits, Invariant::TimersFit, &[sid]);
    }

    /// What is planned for a timer is what its server believes, once.
    fn agenda(&mut self) {
        let mut planned: Vec<(Sid, Timer)> = Vec::new();
        for (at, entry) in self.world.agenda().iter() {
            if let Planned::Timer(sid, timer) = entry {
                let believed = self.world.node(sid).and_then(|node| node.timer(timer));
                let once = !planned.contains(&(sid, timer));
                planned.push((sid, timer));
                self.demand(once && believed == Some(at), Invariant::TimersFit, &[sid]);
            }
        }
    }

    fn connections(&mut self) {
        let network = self.world.network();
        for (_, a, b) in network.links() {
            let both = self.world.server(a).is_some() && self.world.server(b).is_some();
            self.demand(both && !network.is_cut(a, b), Invariant::ConnectionsPossible, &[a, b]);
        }
        let ending: Vec<(Plane, Sid, Sid)> = network
            .frames()
            .filter(|frame| frame.content == Content::Closed)
            .map(|frame| (frame.plane, frame.from, frame.to))
            .collect();
        // A frozen process has not looked yet.
        let awake = |sid: Sid| matches!(self.world.node(sid).map(|node| &node.process), Some(Process::Up(_)));
        let leads =
            |sid: Sid| awake(sid) && matches!(self.world.server(sid).map(Server::activity), Some(Activity::Leading(_)));
        let mut apart: Vec<[Sid; 2]> = network
            .links()
            .filter(|(plane, a, b)| *plane == Plane::Quorum && leads(*a) && leads(*b))
            .map(|(_, a, b)| [a, b])
            .collect();
        for server in self.world.servers().filter(|server| awake(server.id())) {
            let me = server.id();
            for peer in self.world.ensemble().servers().filter(|peer| *peer != me) {
                for plane in [Plane::Election, Plane::Quorum] {
                    let linked = network.is_linked(plane, me, peer);
                    let believed = believes(server, plane, peer);
                    if linked != believed && !(believed && ending.contains(&(plane, peer, me))) {
                        apart.push([me, peer]);
                    }
                }
            }
        }
        for pair in apart {
            self.demand(false, Invariant::ConnectionsAgree, &pair);
        }
    }
}

/// Whether a server believes that it is connected with a peer.
fn believes(server: &Server, plane: Plane, peer: Sid) -> bool {
    match (plane, server.activity()) {
        (Plane::Election, _) => server.connections().iter().any(|(sid, state)| sid == peer && state.up),
        (Plane::Quorum, Activity::Leading(leader)) => leader.handlers.contains_key(&peer),
        (Plane::Quorum, Activity::Following(learner) | Activity::Observing(learner)) => {
            learner.connected && learner.leader == peer
        }
        (Plane::Quorum, Activity::Looking(_)) => false,
    }
}
