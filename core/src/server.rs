//! One server: a pure state machine. [`Server::step`] takes one input and writes effects; it reads no clock,
//! opens no socket and rolls no dice.
//!
//! Until Zab is here, a decided leader and its followers hold as long as their connections on the quorum port
//! do: no epoch is agreed on and no data is brought in step.

use crate::effects::{Effects, Input, Message, Plane, Timer};
use crate::election::{Connections, Election, Here, Notification, Outcome, ServerState, Verdict, Vote};
use crate::ensemble::Ensemble;
use crate::ids::{Epoch, Round, Sid, Zxid};
use crate::maps::sids;
use crate::time::{Duration, Instant};
use crate::trace::{BroadcastReason, DecisionReason, Fact, IgnoredReason, LookingReason, ReplyReason};
use std::collections::BTreeSet;
use std::sync::Arc;

/// How often a learner tries its leader's quorum port (`Learner.connectToLeader`).
const LEADER_ATTEMPTS: u32 = 5;
/// The pause between two of these attempts.
const LEADER_RETRY: Duration = Duration::from_millis(100);
/// An observer waits a random time below this before it looks for a new leader (`observer.election.DelayMs`).
const OBSERVER_DELAY: Duration = Duration::from_millis(200);

/// What survives the end of a process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Durable {
    /// Last transaction in the log.
    pub last_zxid: Zxid,
    /// The epoch this server last joined (`currentEpoch`).
    pub current_epoch: Epoch,
    /// The highest epoch this server has promised to join (`acceptedEpoch`).
    pub accepted_epoch: Epoch,
}

/// A leader's view of its ensemble.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leader {
    /// The servers whose votes made it leader.
    pub supporters: BTreeSet<Sid>,
    /// The learners connected to its quorum port.
    pub learners: BTreeSet<Sid>,
    /// Whether a quorum follows: from now on it is more than a prospective leader.
    pub established: bool,
}

/// A learner's view of its leader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Learner {
    /// Whom it follows.
    pub leader: Sid,
    /// Connection attempts made so far.
    pub attempts: u32,
    /// Whether the connection stands.
    pub connected: bool,
}

/// What a server is doing, with all that belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Activity {
    /// Searching for a leader.
    Looking(Box<Election>),
    /// Leading.
    Leading(Leader),
    /// Following.
    Following(Learner),
    /// Following without a vote.
    Observing(Learner),
}

/// A running server process. All of it is lost when the process ends, except [`Durable`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    id: Sid,
    ensemble: Arc<Ensemble>,
    durable: Durable,
    activity: Activity,
    /// Since when the state is what it is.
    state_since: Instant,
    round: Round,
    /// The vote it last left an election with, and its round: what latecomers are told. At first itself.
    current_vote: (Vote, Round),
    /// The tables of the last election, kept for the reader after it is over.
    last_election: Option<Box<Election>>,
    connections: Connections,
}

impl Server {
    /// A process that has just been started on what its disk holds. Feed it [`Input::Boot`] first.
    pub fn new(id: Sid, ensemble: Arc<Ensemble>, durable: Durable, now: Instant) -> Server {
        let vote = initial_vote(id, &ensemble, durable);
        let election = Box::new(Election::new(vote, &ensemble));
        Server {
            id,
            ensemble,
            durable,
            activity: Activity::Looking(election),
            state_since: now,
            round: Round(0),
            current_vote: (vote, Round(0)),
            last_election: None,
            connections: Connections::default(),
        }
    }

    /// Takes one input.
    pub fn step(&mut self, now: Instant, input: Input, out: &mut Effects) {
        match input {
            Input::Boot => self.look_for_leader(now, LookingReason::Started, out),
            Input::Deliver { from, message: Message::Notification(heard) } => {
                self.handle_notification(now, from, heard, out)
            }
            Input::TimerFired(timer) => self.handle_timer(now, timer, out),
            Input::Dialled { plane: Plane::Election, by } => self.connections.dialled(self.id, by, out),
            Input::Dialled { plane: Plane::Quorum, by } => self.handle_learner_dialled(by, out),
            Input::LinkUp { plane, peer } => self.handle_link_up(plane, peer, out),
            Input::LinkDown { plane, peer } => self.handle_link_down(now, plane, peer, out),
            Input::Refused { by } => self.handle_refused(now, by, out),
        }
    }

    // ---- election ----

    fn look_for_leader(&mut self, now: Instant, why: LookingReason, out: &mut Effects) {
        for timer in [Timer::RetryLeader, Timer::InitLimit, Timer::ObserverDelay] {
            out.cancel_timer(timer);
        }
        if let Activity::Following(learner) | Activity::Observing(learner) = &self.activity {
            // An attempt that is still waiting for an answer must not be accepted later, by then as somebody else.
            out.close(Plane::Quorum, learner.leader);
        }
        self.round = self.round.next();
        let vote = initial_vote(self.id, &self.ensemble, self.durable);
        let election = Election::new(vote, &self.ensemble);
        out.note(Fact::ElectionEntered { round: self.round, vote, why });
        out.set_timer(Timer::Silence, election.silence);
        self.enter(now, Activity::Looking(Box::new(election)));
        self.last_election = None;
        self.broadcast(vote, BroadcastReason::NewRound, out);
    }

    fn handle_notification(&mut self, now: Instant, from: Sid, heard: Notification, out: &mut Effects) {
        out.note(Fact::Received { from, heard });
        let told_by_settled = |server: &Server| Notification {
            vote: server.current_vote.0,
            round: server.current_vote.1,
            state: server.state(),
        };
        if !self.ensemble.is_voter(from) {
            let told = Notification { round: self.round, ..told_by_settled(self) };
            self.reply(from, told, ReplyReason::NotAVoter, out);
            return;
        }
        let (round, voter_looks) = (self.round, heard.state == ServerState::Looking);
        match &mut self.activity {
            Activity::Looking(election) => {
                if voter_looks && heard.round < round {
                    let told = Notification { vote: election.proposal, round, state: ServerState::Looking };
                    out.note(Fact::Replied { to: from, told, why: ReplyReason::LowerRound });
                    tell(self.id, &mut self.connections, from, told, out);
                }
                let mut here = Here { me: self.id, ensemble: &self.ensemble, now, round: &mut self.round };
                let verdict = election.handle_notification(&mut here, from, heard, out);
                self.obey(now, verdict, out);
            }
            _ if voter_looks => {
                let told = told_by_settled(self);
                self.reply(from, told, ReplyReason::Settled, out);
            }
            _ => out.note(Fact::Ignored { from, why: IgnoredReason::BothSettled }),
        }
    }

    fn handle_timer(&mut self, now: Instant, timer: Timer, out: &mut Effects) {
        match (timer, &mut self.activity) {
            (Timer::Silence, Activity::Looking(election)) => {
                let here = Here { me: self.id, ensemble: &self.ensemble, now, round: &mut self.round };
                let verdict = election.handle_silence(&here, self.connections.have_delivered(), out);
                if verdict == Verdict::Wait {
                    self.connections.connect_all(out);
                }
                self.obey(now, verdict, out);
            }
            (Timer::Finalize, Activity::Looking(election)) => {
                let here = Here { me: self.id, ensemble: &self.ensemble, now, round: &mut self.round };
                let verdict = election.handle_final_silence(&here);
                self.obey(now, verdict, out);
            }
            (Timer::RetryLeader, Activity::Following(learner) | Activity::Observing(learner)) => {
                out.dial(Plane::Quorum, learner.leader);
            }
            (Timer::InitLimit, Activity::Leading(leader)) if !leader.established => {
                self.give_up_leading(now, LookingReason::NoQuorumInTime, out);
            }
            (Timer::InitLimit, Activity::Following(learner) | Activity::Observing(learner)) if !learner.connected => {
                // The port neither refused nor answered: its process is frozen, or the line is held.
                let silent = learner.leader;
                self.look_for_leader(now, LookingReason::LeaderSilent(silent), out);
            }
            (Timer::ObserverDelay, Activity::Observing(learner)) => {
                let lost = learner.leader;
                self.look_for_leader(now, LookingReason::LostLeader(lost), out);
            }
            // A timer of an activity that is over says nothing any more.
            _ => {}
        }
    }

    fn obey(&mut self, now: Instant, verdict: Verdict, out: &mut Effects) {
        match verdict {
            Verdict::Wait => {}
            Verdict::Broadcast(why) => {
                let proposal = self.vote();
                self.broadcast(proposal, why, out);
            }
            Verdict::Done(outcome) => self.leave_election(now, outcome, out),
        }
    }

    fn leave_election(&mut self, now: Instant, outcome: Outcome, out: &mut Effects) {
        out.cancel_timer(Timer::Silence);
        out.cancel_timer(Timer::Finalize);
        self.current_vote = (outcome.vote, outcome.round);
        let leader = outcome.vote.leader;
        let learner = Learner { leader, attempts: 0, connected: false };
        let activity = if leader == self.id {
            let supporters = match &outcome.why {
                DecisionReason::QuorumThenSilence { supporters, .. }
                | DecisionReason::EstablishedLeader { supporters, .. } => supporters.clone(),
            };
            Activity::Leading(Leader { supporters, learners: BTreeSet::new(), established: false })
        } else if self.ensemble.is_voter(self.id) {
            Activity::Following(learner)
        } else {
            Activity::Observing(learner)
        };
        if let Activity::Looking(election) = self.enter(now, activity) {
            self.last_election = Some(election);
        }
        out.note(Fact::Decided { state: self.state(), leader, why: outcome.why });
        out.set_timer(Timer::InitLimit, self.ensemble.init_time());
        if leader == self.id {
            self.check_quorum_follows(out);
        } else {
            out.dial(Plane::Quorum, leader);
        }
    }

    fn broadcast(&mut self, vote: Vote, why: BroadcastReason, out: &mut Effects) {
        out.note(Fact::Broadcast { vote, round: self.round, why });
        let notification = Notification { vote, round: self.round, state: ServerState::Looking };
        let ensemble = Arc::clone(&self.ensemble);
        for to in ensemble.voters() {
            tell(self.id, &mut self.connections, to, notification, out);
        }
    }

    fn reply(&mut self, to: Sid, told: Notification, why: ReplyReason, out: &mut Effects) {
        out.note(Fact::Replied { to, told, why });
        tell(self.id, &mut self.connections, to, told, out);
    }

    // ---- leading and following, until Zab is here ----

    fn handle_learner_dialled(&mut self, by: Sid, out: &mut Effects) {
        match &self.activity {
            Activity::Leading(_) => out.accept(Plane::Quorum, by),
            _ => out.refuse(by),
        }
    }

    fn handle_link_up(&mut self, plane: Plane, peer: Sid, out: &mut Effects) {
        out.note(Fact::LinkUp { plane, peer });
        match (plane, &mut self.activity) {
            (Plane::Election, _) => self.connections.link_up(peer, out),
            (Plane::Quorum, Activity::Leading(leader)) => {
                leader.learners.insert(peer);
                out.note(Fact::LearnerJoined { learner: peer });
                self.check_quorum_follows(out);
            }
            (Plane::Quorum, Activity::Following(learner) | Activity::Observing(learner)) if learner.leader == peer => {
                learner.connected = true;
                out.cancel_timer(Timer::InitLimit);
                out.note(Fact::FollowsLeader { leader: peer });
            }
            (Plane::Quorum, _) => out.close(Plane::Quorum, peer),
        }
    }

    fn handle_link_down(&mut self, now: Instant, plane: Plane, peer: Sid, out: &mut Effects) {
        out.note(Fact::LinkDown { plane, peer });
        if plane == Plane::Election {
            self.connections.link_down(peer);
            return;
        }
        match &mut self.activity {
            Activity::Leading(leader) if leader.learners.contains(&peer) => {
                leader.learners.remove(&peer);
                out.note(Fact::LearnerLeft { learner: peer });
                let followers = followers(self.id, &self.ensemble, leader);
                if leader.established && !self.ensemble.quorum().is_quorum(&followers) {
                    self.give_up_leading(now, LookingReason::LostQuorum, out);
                }
            }
            Activity::Following(learner) if learner.leader == peer => {
                self.look_for_leader(now, LookingReason::LostLeader(peer), out);
            }
            Activity::Observing(learner) if learner.leader == peer => {
                learner.connected = false;
                out.set_timer_within(Timer::ObserverDelay, OBSERVER_DELAY);
            }
            _ => {}
        }
    }

    fn handle_refused(&mut self, now: Instant, by: Sid, out: &mut Effects) {
        let (Activity::Following(learner) | Activity::Observing(learner)) = &mut self.activity else { return };
        if learner.leader != by || learner.connected {
            return;
        }
        learner.attempts += 1;
        let attempts = learner.attempts;
        out.note(Fact::LeaderRefused { leader: by, attempts });
        if attempts < LEADER_ATTEMPTS {
            out.set_timer(Timer::RetryLeader, LEADER_RETRY);
        } else {
            self.look_for_leader(now, LookingReason::LeaderUnreachable(by, attempts), out);
        }
    }

    fn check_quorum_follows(&mut self, out: &mut Effects) {
        let Activity::Leading(leader) = &mut self.activity else { return };
        let followers = followers(self.id, &self.ensemble, leader);
        if !leader.established && self.ensemble.quorum().is_quorum(&followers) {
            leader.established = true;
            out.note(Fact::QuorumFollows { followers });
            out.cancel_timer(Timer::InitLimit);
        }
    }

    fn give_up_leading(&mut self, now: Instant, why: LookingReason, out: &mut Effects) {
        if let Activity::Leading(leader) = &self.activity {
            for learner in &leader.learners {
                out.close(Plane::Quorum, *learner);
            }
        }
        self.look_for_leader(now, why, out);
    }

    // ---- what may be known about a server ----

    fn enter(&mut self, now: Instant, activity: Activity) -> Activity {
        let before = std::mem::replace(&mut self.activity, activity);
        self.state_since = now;
        before
    }

    /// Its id.
    pub fn id(&self) -> Sid {
        self.id
    }

    /// What its disk holds.
    pub fn durable(&self) -> Durable {
        self.durable
    }

    /// What it is doing.
    pub fn activity(&self) -> &Activity {
        &self.activity
    }

    /// Its state as it tells its peers.
    pub fn state(&self) -> ServerState {
        match self.activity {
            Activity::Looking(_) => ServerState::Looking,
            Activity::Leading(_) => ServerState::Leading,
            Activity::Following(_) => ServerState::Following,
            Activity::Observing(_) => ServerState::Observing,
        }
    }

    /// Since when it is in this state.
    pub fn state_since(&self) -> Instant {
        self.state_since
    }

    /// The vote it holds now: what it proposes while LOOKING, afterwards what it settled on.
    pub fn vote(&self) -> Vote {
        match &self.activity {
            Activity::Looking(election) => election.proposal,
            _ => self.current_vote.0,
        }
    }

    /// Its round.
    pub fn round(&self) -> Round {
        self.round
    }

    /// The running election, or the last one after it is over.
    pub fn election(&self) -> Option<&Election> {
        match &self.activity {
            Activity::Looking(election) => Some(election),
            _ => self.last_election.as_deref(),
        }
    }

    /// Its connections for the election.
    pub fn connections(&self) -> &Connections {
        &self.connections
    }
}

/// Sends a notification. One to the server itself goes straight into its own queue; there may be an answer among
/// these, when its own vote comes back to it after it has left the election.
fn tell(me: Sid, connections: &mut Connections, to: Sid, notification: Notification, out: &mut Effects) {
    if to == me {
        out.loopback(Message::Notification(notification));
    } else {
        connections.send(to, notification, out);
    }
}

fn followers(me: Sid, ensemble: &Ensemble, leader: &Leader) -> BTreeSet<Sid> {
    sids(leader.learners.iter().copied().chain([me]).filter(|sid| ensemble.is_voter(*sid)))
}

fn initial_vote(id: Sid, ensemble: &Ensemble, durable: Durable) -> Vote {
    if ensemble.is_voter(id) {
        Vote { leader: id, zxid: durable.last_zxid, peer_epoch: durable.current_epoch }
    } else {
        Vote::BLANK
    }
}
