//! What must be true after every event of an election, whatever was crashed, cut, held or frozen. The simulation
//! sweep checks all of it after every step, and the page shows that all of it holds.
//!
//! The round (`logicalclock`) needs care: it never decreases while a server searches, but a server that joins an
//! established ensemble through `outofelection` takes over that ensemble's round, which may be the smaller one.

use crate::effects::{Plane, Timer};
use crate::election::VoteOrder;
use crate::history::History;
use crate::ids::Sid;
use crate::maps::sids;
use crate::server::{Activity, Server};
use crate::sim::{Content, Node, Planned, Process, World};

/// A property of every moment, or of every step from one moment to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Invariant {
    /// One leader at a time. [`Invariant::statement`] says it precisely, as for all of these.
    OneLeader,
    /// An established leader has its quorum.
    LeaderHasQuorum,
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
}

impl Invariant {
    /// All of them.
    pub const ALL: [Invariant; 15] = [
        Invariant::OneLeader,
        Invariant::LeaderHasQuorum,
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
    ];

    /// What it says, in one technical line.
    pub fn statement(self) -> &'static str {
        match self {
            Invariant::OneLeader => "no two leaders have a quorum that is connected with them and follows them",
            Invariant::LeaderHasQuorum => "an established leader and the voters among its learners are a quorum",
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
}

/// Checks one moment of a run and the step that led to it.
pub fn check_moment(history: &History, index: usize) -> Vec<Violation> {
    let mut found = check(history.world(index));
    if let Some(before) = index.checked_sub(1) {
        found.extend(check_step(history.world(before), history.world(index)));
    }
    found
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
    report.found
}

/// Checks what must be true of two moments, one event apart.
pub fn check_step(before: &World, after: &World) -> Vec<Violation> {
    let mut found = Vec::new();
    if after.now() < before.now() {
        found.push(Violation { invariant: Invariant::TimeGrows, servers: Vec::new() });
    }
    let rules = &after.ensemble().rules;
    let quorum = after.ensemble().quorum();
    for now in after.servers() {
        let sid = now.id();
        // A frozen process that runs on does in one step what took place in many.
        let resumed = before.node(sid).is_some_and(Node::is_paused);
        let Some(then) = before.server(sid).filter(|_| !resumed) else { continue };
        let (Activity::Looking(old), Activity::Looking(new)) = (then.activity(), now.activity()) else { continue };
        if now.round() < then.round() {
            found.push(Violation { invariant: Invariant::RoundGrows, servers: vec![sid] });
        }
        let weight = quorum.weight(old.proposal.leader);
        if now.round() == then.round() && rules.order.compare(old.proposal, new.proposal, weight).better {
            found.push(Violation { invariant: Invariant::ProposalGrows, servers: vec![sid] });
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
            self.found.push(Violation { invariant, servers: servers.to_vec() });
        }
    }

    fn is_quorum(&self, servers: impl Iterator<Item = Sid>) -> bool {
        let ensemble = self.world.ensemble();
        ensemble.quorum().is_quorum(&sids(servers.filter(|sid| ensemble.is_voter(*sid))))
    }

    fn leaders(&mut self) {
        let follows = |server: &Server, leader: Sid| matches!(server.activity(), Activity::Following(learner) if learner.connected && learner.leader == leader);
        let mut with_quorum = Vec::new();
        let world = self.world;
        for leader in world.servers() {
            let Activity::Leading(leading) = leader.activity() else { continue };
            let me = leader.id();
            let own_view = self.is_quorum(leading.learners.iter().copied().chain([me]));
            self.demand(!leading.established || own_view, Invariant::LeaderHasQuorum, &[me]);
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
        let only = |allowed: &[Timer]| {
            let all = [Timer::Silence, Timer::Finalize, Timer::RetryLeader, Timer::InitLimit, Timer::ObserverDelay];
            all.iter().all(|timer| !set(*timer) || allowed.contains(timer))
        };
        let fits = match &node.process {
            Process::Down { .. } => only(&[]),
            // It finds what ran out meanwhile when it runs on.
            Process::Paused { .. } => true,
            Process::Up(server) => match server.activity() {
                Activity::Looking(election) if election.final_wait.is_some() => {
                    set(Timer::Finalize) && only(&[Timer::Finalize])
                }
                Activity::Looking(_) => set(Timer::Silence) && only(&[Timer::Silence]),
                Activity::Leading(leader) => set(Timer::InitLimit) != leader.established && only(&[Timer::InitLimit]),
                Activity::Following(learner) if learner.connected => only(&[]),
                Activity::Following(_) => set(Timer::InitLimit) && only(&[Timer::InitLimit, Timer::RetryLeader]),
                Activity::Observing(learner) if learner.connected => only(&[]),
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
        (Plane::Quorum, Activity::Leading(leader)) => leader.learners.contains(&peer),
        (Plane::Quorum, Activity::Following(learner) | Activity::Observing(learner)) => {
            learner.connected && learner.leader == peer
        }
        (Plane::Quorum, Activity::Looking(_)) => false,
    }
}
