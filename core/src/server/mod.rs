//! One server: a pure state machine. [`Server::step`] takes one input and writes effects; it reads no clock,
//! opens no socket and rolls no dice. The election is in [`crate::election`], what comes after it in [`crate::zab`];
//! here is what ties them together: which input goes where, and how a server comes into a role and leaves it.

mod roles;

use crate::database::Database;
use crate::effects::{Effects, Input, Message, Plane, Timer};
use crate::election::{Connections, Election, Here, Notification, Outcome, ServerState, Verdict, Vote};
use crate::ensemble::Ensemble;
use crate::ids::{Epoch, Round, Sid};
use crate::rules::Fault;
use crate::session::ClientPort;
use crate::storage::{Disk, DiskOp, Thread};
use crate::time::{Duration, Instant};
use crate::trace::{BroadcastReason, DecisionReason, Exit, Fact, IgnoredReason, LookingReason, ReplyReason};
use crate::zab::{Chore, Leader, Learner, Pipeline, SyncMethod, ZabPhase};
use std::collections::VecDeque;
use std::sync::Arc;

/// An observer waits a random time below this before it looks for a new leader (`observer.election.DelayMs`).
const OBSERVER_DELAY: Duration = Duration::from_millis(200);

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

/// A running server process. All of it is lost when the process ends, except what the disk keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    pub(crate) id: Sid,
    pub(crate) ensemble: Arc<Ensemble>,
    pub(crate) disk: Disk,
    pub(crate) database: Database,
    pub(crate) activity: Activity,
    /// Its clients.
    pub(crate) port: ClientPort,
    /// The threads behind the main one.
    pub(crate) pipeline: Pipeline,
    /// What the main thread has to do next.
    pub(crate) chores: VecDeque<Chore>,
    /// Why it is going to look for a leader, as soon as its log is flushed.
    leaving: Option<LookingReason>,
    /// The moment of the input that it works on, or worked on last.
    pub(crate) now: Instant,
    /// Since when the state is what it is.
    state_since: Instant,
    round: Round,
    /// The vote it last left an election with, and its round: what latecomers are told. At first itself.
    pub(crate) current_vote: (Vote, Round),
    /// The tables of the last election, kept for the reader after it is over.
    last_election: Option<Box<Election>>,
    connections: Connections,
}

impl Server {
    /// A process that has just been started on what its disk holds. Feed it [`Input::Boot`] first.
    pub fn new(id: Sid, ensemble: Arc<Ensemble>, mut disk: Disk, now: Instant) -> Server {
        // The first process writes a snapshot of the empty tree, its configuration included (`FileTxnSnapLog.restore`).
        if !disk.snapshot.tree.has_own_config() {
            disk.snapshot.tree.write_own_config(now.wall_clock());
        }
        let database = Database::load(&disk);
        let mut server = Server {
            id,
            activity: Activity::Looking(Box::new(Election::new(Vote::BLANK, &ensemble))),
            ensemble,
            disk,
            database,
            port: ClientPort::new(id.0, now.wall_clock()),
            pipeline: Pipeline::default(),
            chores: VecDeque::new(),
            leaving: None,
            now,
            state_since: now,
            round: Round(0),
            current_vote: (Vote::BLANK, Round(0)),
            last_election: None,
            connections: Connections::default(),
        };
        let vote = server.initial_vote();
        server.current_vote.0 = vote;
        server.activity = Activity::Looking(Box::new(Election::new(vote, &server.ensemble)));
        server
    }

    /// Takes one input.
    pub fn step(&mut self, now: Instant, input: Input, out: &mut Effects) {
        self.now = now;
        match input {
            Input::Boot => self.boot(now, out),
            Input::Deliver { from, message: Message::Notification(heard) } => {
                self.handle_notification(now, from, heard, out)
            }
            Input::Deliver { from, message: Message::Packet(packet) } => self.handle_packet(now, from, packet, out),
            Input::TimerFired(timer) => self.handle_timer(now, timer, out),
            Input::Dialled { plane: Plane::Election, by } => self.connections.dialled(self.id, by, out),
            Input::Dialled { plane: Plane::Quorum, by } => self.handle_learner_dialled(by, out),
            Input::LinkUp { plane, peer } => self.handle_link_up(now, plane, peer, out),
            Input::LinkDown { plane, peer } => self.handle_link_down(plane, peer, out),
            Input::Refused { by } => self.handle_refused(by, out),
            Input::DiskDone => self.handle_disk_done(out),
            Input::Work(work) => self.handle_work(work, out),
            Input::Write(request) => self.handle_write(now, *request, out),
            Input::Sync(call) => self.handle_sync_request(call, out),
            Input::FromClient { connection, message } => self.handle_client(now, connection, message, out),
            Input::ClientGone(connection) => self.port.forget(connection),
        }
        self.look_when_left(now, out);
    }

    /// Refuses to run on a disk that cannot be right (dossier §1.1).
    fn boot(&mut self, now: Instant, out: &mut Effects) {
        let (last, current, accepted) =
            (self.database.last_processed, self.disk.current_epoch, self.disk.accepted_epoch);
        if self.ensemble.rules.faults.has(Fault::EpochFromZxid) {
            // There are no epoch files to compare with.
        } else if last.epoch > current.0 && self.disk.joining {
            // The process ended between the data and the epoch file (ZOOKEEPER-1653): it may finish that now.
            self.disk.current_epoch = Epoch(last.epoch);
            self.disk.joining = false;
            out.note(Fact::EpochJoined { epoch: self.disk.current_epoch });
        } else if last.epoch > current.0 {
            return self.exit(Exit::EpochBehindLog { last, current }, out);
        } else if accepted < current {
            return self.exit(Exit::PromiseBehindEpoch { accepted, current }, out);
        }
        self.look_for_leader(now, LookingReason::Started, out);
    }

    // ---- election ----

    fn look_for_leader(&mut self, now: Instant, why: LookingReason, out: &mut Effects) {
        for timer in Timer::ALL.into_iter().filter(|timer| !matches!(timer, Timer::Silence | Timer::Finalize)) {
            out.cancel_timer(timer);
        }
        self.round = self.round.next();
        let vote = self.initial_vote();
        let election = Election::new(vote, &self.ensemble);
        out.note(Fact::ElectionEntered { round: self.round, vote, why });
        out.set_timer(Timer::Silence, election.silence);
        self.enter(now, Activity::Looking(Box::new(election)));
        self.last_election = None;
        self.broadcast(vote, BroadcastReason::NewRound, out);
    }

    /// Ends a role: connections close, the logging thread finishes what it has, and the database catches up with the
    /// log, before the server looks for a leader. That order cost several bugs (ZOOKEEPER-2845, 3642, 4712).
    pub(crate) fn leave(&mut self, why: LookingReason, out: &mut Effects) {
        if self.leaving.is_some() {
            return;
        }
        match &mut self.activity {
            Activity::Leading(leader) => {
                for learner in leader.learners() {
                    out.close(Plane::Quorum, learner);
                }
                leader.handlers.clear();
            }
            // An attempt that still waits for an answer must not be accepted later, by then as somebody else.
            Activity::Following(learner) | Activity::Observing(learner) => {
                out.close(Plane::Quorum, learner.leader);
                learner.connected = false;
            }
            Activity::Looking(_) => return,
        }
        let faults = self.ensemble.rules.faults;
        self.port.close_all(out);
        self.chores.clear();
        self.pipeline.to_flush.clear();
        self.pipeline.to_acknowledge.clear();
        self.pipeline.to_apply.clear();
        if !faults.has(Fault::UndeadLogger) {
            for txn in std::mem::take(&mut self.pipeline.to_log) {
                out.note(Fact::Appended { zxid: txn.zxid });
                self.disk.log.push(txn);
            }
            if self.disk.flushed < self.disk.log.len() && !self.disk.is_busy_for(Thread::Main) {
                self.disk.begin(Thread::Main, DiskOp::Flush(self.disk.log.len()), out);
            }
        }
        self.leaving = Some(why);
    }

    /// A server that has left its role begins to look once the disk has done what was asked of it.
    fn look_when_left(&mut self, now: Instant, out: &mut Effects) {
        let faults = self.ensemble.rules.faults;
        let waits = !self.disk.queue.is_empty() && !faults.has(Fault::UndeadLogger);
        let Some(why) = self.leaving.take_if(|_| !waits) else { return };
        let torn = self.learner().is_some_and(|learner| {
            !learner.joined && matches!(learner.method, Some(SyncMethod::Snap | SyncMethod::Trunc))
        });
        if torn && !faults.has(Fault::PartialSnap) {
            self.database = Database::load(&self.disk);
        } else if !faults.has(Fault::MemoryVote) {
            self.database.fast_forward(&self.disk);
        }
        match &mut self.activity {
            Activity::Observing(_) if matches!(why, LookingReason::LostLeader(_)) => {
                out.cancel_timer(Timer::ReadLimit);
                out.set_timer_within(Timer::ObserverDelay, OBSERVER_DELAY);
            }
            _ => self.look_for_leader(now, why, out),
        }
    }

    /// The process ends by itself.
    pub(crate) fn exit(&mut self, why: Exit, out: &mut Effects) {
        out.note(Fact::Exits(why));
        out.exit();
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
            (Timer::InitLimit, Activity::Leading(leader)) if !leader.is_established() => {
                self.leave(LookingReason::NoQuorumInTime, out);
            }
            (Timer::InitLimit, Activity::Following(learner) | Activity::Observing(learner)) if !learner.connected => {
                // The port neither refused nor answered: its process is frozen, or the line is held.
                let silent = learner.leader;
                self.leave(LookingReason::LeaderSilent(silent), out);
            }
            (Timer::ReadLimit, Activity::Following(_) | Activity::Observing(_)) => self.check_leader_is_heard(now, out),
            (Timer::Tick, Activity::Leading(_)) => self.handle_tick(now, out),
            (Timer::Sessions, Activity::Leading(_)) if self.leaving.is_none() => self.expire_sessions(now, out),
            (Timer::Containers, Activity::Leading(_)) if self.leaving.is_none() => self.reap_containers(now, out),
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
        let learner = Learner::new(leader, now);
        let activity = if leader == self.id {
            let supporters = match &outcome.why {
                DecisionReason::QuorumThenSilence { supporters, .. }
                | DecisionReason::EstablishedLeader { supporters, .. } => *supporters,
            };
            Activity::Leading(Leader::new(supporters, (self.current_epoch(), self.database.last_processed)))
        } else if self.ensemble.is_voter(self.id) {
            Activity::Following(learner)
        } else {
            Activity::Observing(learner)
        };
        if let Activity::Looking(election) = self.enter(now, activity) {
            self.last_election = Some(election);
        }
        out.note(Fact::Decided { state: self.state(), leader, why: outcome.why });
        if leader == self.id {
            self.begin_discovery(out);
        } else {
            out.set_timer(Timer::InitLimit, self.ensemble.init_time());
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
    pub fn disk(&self) -> &Disk {
        &self.disk
    }

    /// Its disk, when the process ends.
    pub fn into_disk(self, cleanly: bool) -> Disk {
        let mut disk = self.disk;
        if cleanly {
            self.pipeline.to_log.into_iter().for_each(|txn| disk.log.push(txn));
        }
        disk.after_end(cleanly)
    }

    /// Its clients.
    pub fn port(&self) -> &ClientPort {
        &self.port
    }

    /// What it has in memory.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// The queues of its threads.
    pub fn pipeline(&self) -> &Pipeline {
        &self.pipeline
    }

    /// How far it is on the way to serving.
    pub fn phase(&self) -> ZabPhase {
        match &self.activity {
            Activity::Looking(_) => ZabPhase::Election,
            Activity::Leading(leader) => leader.phase,
            Activity::Following(learner) | Activity::Observing(learner) => learner.phase,
        }
    }

    /// Whether it has given up its role and only waits for its disk before it looks for a leader.
    pub fn is_leaving(&self) -> bool {
        self.leaving.is_some()
    }

    /// Its learner's view, if it is one.
    pub fn learner(&self) -> Option<&Learner> {
        match &self.activity {
            Activity::Following(learner) | Activity::Observing(learner) => Some(learner),
            _ => None,
        }
    }

    pub(crate) fn learner_mut(&mut self) -> Option<&mut Learner> {
        match &mut self.activity {
            Activity::Following(learner) | Activity::Observing(learner) => Some(learner),
            _ => None,
        }
    }

    /// The epoch it has joined.
    pub fn current_epoch(&self) -> Epoch {
        // Before ZOOKEEPER-335 there was no other record of it than the last zxid.
        let derived = self.ensemble.rules.faults.has(Fault::EpochFromZxid);
        if derived { Epoch(self.database.last_processed.epoch) } else { self.disk.current_epoch }
    }

    fn initial_vote(&self) -> Vote {
        if self.ensemble.is_voter(self.id) {
            Vote { leader: self.id, zxid: self.database.last_processed, peer_epoch: self.current_epoch() }
        } else {
            Vote::BLANK
        }
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
