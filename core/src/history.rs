//! A run with time travel: any moment can be looked at again. The truth of a run is its configuration and its
//! list of commands; everything else follows from them, so of the worlds only every 256th is kept, and those
//! between are run again when they are asked for.

use crate::client::{Client, ClientName};
use crate::effects::Timer;
use crate::ensemble::Ensemble;
use crate::ids::Sid;
use crate::query::Moment;
use crate::server::{Activity, Server};
use crate::sids::Sids;
use crate::sim::{Cause, ClientAct, ClientWay, Command, CommandError, Node, Planned, World};
use crate::time::{Duration, Instant};
use crate::trace::TraceEvent;
use crate::zab::ZabPhase;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::Arc;

/// The longest simulated time that `settle` and `until` let pass.
const PATIENCE: Duration = Duration::from_millis(600_000);

/// Of so many worlds one is kept. Running 255 events again takes some hundred microseconds; keeping more would cost
/// every event more, which has to copy what it changes of a world that is kept.
const STRIDE: usize = 256;

/// How many of the worlds that were run again are remembered: a picture asks for a moment and for the one it came from.
const REVISITED: usize = 4;

/// Somebody who looks at a run after each event.
pub type Watch<'a> = &'a mut dyn FnMut(&History);

/// One event of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// When it happened.
    pub at: Instant,
    /// What caused it.
    pub cause: Cause,
    /// What was decided, and why.
    pub trace: Vec<TraceEvent>,
}

impl Step {
    /// Whether the step belongs to the story.
    pub fn is_story(&self) -> bool {
        self.trace.iter().any(|event| event.fact.is_story()) || matches!(self.cause, Cause::Command(_))
    }
}

/// A run and all its moments. Moment 0 lies before the first event, moment `n` after the `n`-th.
#[derive(Clone, Debug)]
pub struct History {
    steps: Vec<Step>,
    commands: Vec<Command>,
    /// How many events there were after each command.
    ends: Vec<usize>,
    clock: Instant,
    latest: Arc<World>,
    /// The worlds of the moments 0, 256, 512 …
    kept: Vec<Arc<World>>,
    /// The last worlds that were run again, with their moments, the newest at the end: readers mostly go on from where
    /// they are.
    revisited: RefCell<VecDeque<(usize, Arc<World>)>>,
}

/// Two runs are the same when they have the same configuration and went the same way.
impl PartialEq for History {
    fn eq(&self, other: &History) -> bool {
        self.commands == other.commands
            && self.clock == other.clock
            && self.steps == other.steps
            && self.ensemble() == other.ensemble()
    }
}

impl History {
    /// A run in which nothing has happened yet.
    pub fn new(ensemble: Ensemble) -> History {
        let initial = Arc::new(World::new(Arc::new(ensemble)));
        History {
            steps: Vec::new(),
            commands: Vec::new(),
            ends: Vec::new(),
            clock: Instant::default(),
            latest: initial.clone(),
            kept: vec![initial],
            revisited: RefCell::default(),
        }
    }

    /// The configuration.
    pub fn ensemble(&self) -> &Ensemble {
        self.latest.ensemble()
    }

    /// The commands so far.
    pub fn commands(&self) -> &[Command] {
        &self.commands
    }

    /// Number of events so far.
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// Whether nothing has happened yet.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// All events in order; the first leads to moment 1.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The event that led to moment `index`; `None` for moment 0 and beyond the end.
    pub fn step(&self, index: usize) -> Option<&Step> {
        index.checked_sub(1).and_then(|index| self.steps.get(index))
    }

    /// The world at moment `index`; the last one when the index lies beyond the end.
    pub fn world(&self, index: usize) -> Arc<World> {
        if index >= self.len() {
            return self.latest.clone();
        }
        let kept = index / STRIDE * STRIDE;
        let mut revisited = self.revisited.borrow_mut();
        let known = revisited.iter().filter(|(moment, _)| (kept..=index).contains(moment)).max_by_key(|known| known.0);
        let (moment, mut world) = known.cloned().unwrap_or_else(|| (kept, self.kept[index / STRIDE].clone()));
        if moment < index {
            for step in &self.steps[moment..index] {
                run_again(Arc::make_mut(&mut world), step);
            }
            revisited.push_back((index, world.clone()));
            if revisited.len() > REVISITED {
                revisited.pop_front();
            }
        }
        world
    }

    /// The world now.
    pub fn latest(&self) -> &World {
        &self.latest
    }

    /// How many commands were over after so many events.
    pub fn commands_before(&self, index: usize) -> usize {
        self.ends.partition_point(|end| *end <= index)
    }

    /// How many events there were when a command was over.
    pub fn end_of_command(&self, place: usize) -> usize {
        self.ends.get(place).copied().unwrap_or_default()
    }

    /// How far time has passed; later than the last event after an `advance`.
    pub fn clock(&self) -> Instant {
        self.clock
    }

    /// A moment of this run, to ask questions of.
    pub fn moment(&self, index: usize) -> Moment<'_> {
        Moment { history: self, index: index.min(self.len()) }
    }

    /// Carries out a command. On an error nothing has changed.
    pub fn apply(&mut self, command: &Command) -> Result<(), CommandError> {
        self.apply_watched(command, &mut |_| {})
    }

    /// Carries out a command, and calls `watch` after each event of it.
    pub fn apply_watched(&mut self, command: &Command, watch: Watch<'_>) -> Result<(), CommandError> {
        match command {
            Command::All(act) => {
                let sids: Vec<Sid> = self.ensemble().servers().collect();
                for sid in sids {
                    let parts = self.parts(act.of(sid));
                    if parts.first().is_some_and(|part| self.latest.check(part).is_ok()) {
                        parts.iter().try_for_each(|part| self.act(part, watch))?;
                    }
                }
            }
            Command::Each(act, sids) => {
                let parts: Vec<Vec<Command>> = sids.into_iter().map(|sid| self.parts(act.of(sid))).collect();
                // What becomes of one server does not change what can be done with another, so nothing is half done.
                parts.iter().flat_map(|parts| parts.first()).try_for_each(|first| self.latest.check(first))?;
                parts.iter().flatten().try_for_each(|part| self.act(part, watch))?;
            }
            Command::Restart(_) => {
                self.parts(command.clone()).iter().try_for_each(|part| self.act(part, watch))?;
            }
            Command::Advance(span) => self.advance(*span, watch),
            Command::Step(count) => {
                for _ in 0..*count {
                    if !self.run_one(None, watch) {
                        break;
                    }
                }
            }
            Command::Settle => self.settle(PATIENCE, watch),
            Command::SettleWithin(span) => self.settle(*span, watch),
            Command::Until(predicate) => {
                self.latest.check(command)?;
                let holds = |run: &History| predicate.holds(run.moment(run.len()));
                self.or_undo(|run| {
                    run.run_until(holds, watch).then_some(()).ok_or_else(|| CommandError::NeverTrue {
                        statement: predicate.to_string(),
                        found: run.moment(run.len()).ask(&predicate.query).to_string(),
                    })
                })?;
            }
            Command::CrashAfter { server, point } => {
                self.latest.check(command)?;
                let came = |run: &History| {
                    let last = run.steps.last();
                    last.is_some_and(|step| {
                        step.trace.iter().any(|event| event.server == *server && point.is(&event.fact))
                    })
                };
                let never = CommandError::NeverCame(*server, *point);
                self.or_undo(|run| run.run_until(came, watch).then_some(()).ok_or(never))?;
                self.act(&Command::Crash(*server), watch)?;
            }
            Command::Client { client, act: ClientAct::Expire } => {
                self.latest.check(command)?;
                self.or_undo(|run| run.expire(client, watch))?;
            }
            _ => self.act(command, watch)?,
        }
        self.commands.push(command.clone());
        self.ends.push(self.len());
        Ok(())
    }

    fn act(&mut self, command: &Command, watch: Watch<'_>) -> Result<(), CommandError> {
        self.latest.check(command)?;
        let world = Arc::make_mut(&mut self.latest);
        world.pass_to(self.clock);
        let trace = world.apply(command)?;
        self.record(self.clock, Cause::Command(command.clone()), trace);
        watch(self);
        Ok(())
    }

    /// A session expires when its client is silent for long enough, and the client learns of that when it is connected
    /// again: from a server that knows it, if it runs and there is one.
    fn expire(&mut self, client: &ClientName, watch: Watch<'_>) -> Result<(), CommandError> {
        let act = |act| Command::Client { client: Arc::clone(client), act };
        if self.latest.client(client).is_some_and(|(_, node)| !node.is_cut) {
            self.act(&act(ClientAct::Cut), watch)?;
        }
        if !self.run_until(|run| has_expired(&run.latest, client), watch) {
            return Err(CommandError::NeverExpired);
        }
        self.act(&act(ClientAct::Heal), watch)?;
        self.run_until(|run| knows_of_its_end(&run.latest, client), watch);
        Ok(())
    }

    /// A restart of a server that runs is an end in good order and a start, and is seen as these two.
    fn parts(&self, command: Command) -> Vec<Command> {
        match command {
            Command::Restart(sid) if self.latest.check(&Command::Stop(sid)).is_ok() => {
                vec![Command::Stop(sid), Command::Start(sid)]
            }
            other => vec![other],
        }
    }

    /// Runs the next planned event, unless it lies beyond `limit`. Returns whether there was one.
    fn run_one(&mut self, limit: Option<Instant>, watch: Watch<'_>) -> bool {
        let next = self.latest.agenda().peek();
        if next.is_none_or(|(at, _)| limit.is_some_and(|limit| at > limit)) {
            return false;
        }
        let world = Arc::make_mut(&mut self.latest);
        let Some((cause, trace)) = world.step() else { return false };
        let at = world.now();
        self.clock = self.clock.max(at);
        self.record(at, cause, trace);
        watch(self);
        true
    }

    fn record(&mut self, at: Instant, cause: Cause, trace: Vec<TraceEvent>) {
        self.steps.push(Step { at, cause, trace });
        if self.len().is_multiple_of(STRIDE) {
            self.kept.push(self.latest.clone());
        }
    }

    /// Goes back to an earlier moment and forgets what came after it.
    fn forget_after(&mut self, steps: usize, clock: Instant) {
        self.latest = self.world(steps);
        self.clock = clock;
        self.steps.truncate(steps);
        self.kept.truncate(steps / STRIDE + 1);
        self.revisited.take();
    }

    fn advance(&mut self, span: Duration, watch: Watch<'_>) {
        let end = self.clock + span;
        while self.run_one(Some(end), watch) {}
        self.clock = end;
    }

    fn settle(&mut self, patience: Duration, watch: Watch<'_>) {
        let limit = self.clock + patience;
        while !is_settled(self.latest()) && self.run_one(Some(limit), watch) {}
    }

    /// Runs until something is so, and returns whether it has become so.
    fn run_until(&mut self, is_so: impl Fn(&History) -> bool, watch: Watch<'_>) -> bool {
        let limit = self.clock + PATIENCE;
        while !is_so(self) {
            if !self.run_one(Some(limit), watch) {
                return false;
            }
        }
        true
    }

    /// Does something that takes time. On an error nothing has changed.
    fn or_undo(&mut self, act: impl FnOnce(&mut History) -> Result<(), CommandError>) -> Result<(), CommandError> {
        let (steps, clock) = (self.len(), self.clock);
        act(self).inspect_err(|_| self.forget_after(steps, clock))
    }
}

/// Whether a serving leader knows the session of a client no longer.
fn has_expired(world: &World, client: &str) -> bool {
    let Some((_, node)) = world.client(client) else { return true };
    let leads = |server: &&Server| matches!(server.activity(), Activity::Leading(leader) if leader.is_established());
    let mut leaders = world.servers().filter(leads);
    leaders.any(|leader| leader.database().tree.session(node.client.session).is_none())
}

/// Whether a client knows that its session is over, or nobody will tell it: it is frozen or gone, or no server that it
/// knows serves.
fn knows_of_its_end(world: &World, client: &str) -> bool {
    let Some((_, node)) = world.client(client) else { return true };
    let Client { servers, .. } = &node.client;
    node.client.is_over() || node.is_paused() || node.is_gone || !servers.iter().any(|sid| serves(world, *sid))
}

/// Lets the world of the moment before go through a step once more. It goes the same way, since all chance is
/// part of the world.
fn run_again(world: &mut World, step: &Step) {
    if let Cause::Command(command) = &step.cause {
        world.pass_to(step.at);
        world.apply(command).expect("it could be carried out the first time");
    } else {
        world.step();
    }
}

/// Whether nothing but waiting is left, no client without a connection owes somebody an answer, and the servers are where
/// they will stay: a leader serves where a quorum can talk to each other; where none can, everybody who is not frozen
/// searches.
pub fn is_settled(world: &World) -> bool {
    let working = |planned| matches!(planned, Planned::Refusal { .. } | Planned::DiskDone(_) | Planned::Work(..));
    let busy = world.network().frames().any(|frame| frame.arrives_at.is_some() && !frame.is_ping())
        || world.agenda().iter().any(|(_, planned)| working(planned))
        || world.lines().frames().any(|frame| frame.arrives_at.is_some() && !frame.content.is_ping())
        || world.clients().any(|(_, node)| node.is_about_to_connect_or_fail());
    if busy {
        return false;
    }
    let sides = sides(world);
    let quorum = world.ensemble().quorum();
    // Who leads must reach a quorum itself: nobody passes on what others say.
    let voters = |side: Sids| side.into_iter().filter(|sid| world.ensemble().is_voter(*sid));
    let reached = |hub: Sid, side| voters(side).filter(|sid| !world.network().is_cut(hub, *sid)).collect();
    let has_quorum = |side: &Sids| voters(*side).any(|hub| quorum.is_quorum(reached(hub, *side)));
    match sides.into_iter().find(has_quorum) {
        // A leader that has lost its quorum and not noticed yet still serves reads.
        Some(side) => {
            let leads = |sid: &Sid| matches!(world.server(*sid).map(Server::activity), Some(Activity::Leading(_)));
            let mut leaders = side.into_iter().filter(leads);
            let (Some(leader), None) = (leaders.next(), leaders.next()) else { return false };
            // Who hears of the leader from others and cannot reach it looks for ever, and so does who gets no answer.
            let (network, held) =
                (world.network(), |a, b| world.network().is_held(a, b) || world.network().is_held(b, a));
            let reach = |sid: &Sid| *sid == leader || !(network.is_cut(leader, *sid) || held(leader, *sid));
            let side: Sids = side.into_iter().filter(reach).collect();
            side.into_iter().all(|sid| serves(world, sid))
                && !world.clients().any(|(id, node)| {
                    let heard = |server: Sid| {
                        let ways = [true, false].map(|to_server| ClientWay { server, to_server });
                        !ways.into_iter().any(|way| world.lines().is_held(id, way))
                    };
                    let mut servers = node.client.servers.iter();
                    node.looks_for_server() && servers.any(|sid| side.contains(*sid) && heard(*sid))
                })
        }
        // Without a quorum nobody serves in the end.
        None => !world.nodes().any(|(_, node)| {
            let looks = node.server().is_none_or(|server| matches!(server.activity(), Activity::Looking(_)));
            !node.is_paused() && (!looks || node.timer(Timer::Finalize).is_some())
        }),
    }
}

/// Whether a server serves: it leads a quorum, or it is connected with a leader that does.
pub fn serves(world: &World, sid: Sid) -> bool {
    let leads = |sid: Sid| {
        world.node(sid).is_some_and(|node| !node.is_paused())
            && matches!(world.server(sid).map(|server| server.activity()), Some(Activity::Leading(leader)) if leader.is_established())
    };
    match world.server(sid).map(|server| server.activity()) {
        Some(Activity::Following(learner) | Activity::Observing(learner)) => {
            learner.connected && learner.phase == ZabPhase::Broadcast && leads(learner.leader)
        }
        Some(Activity::Leading(_)) => leads(sid),
        _ => false,
    }
}

/// The running servers, grouped by who can reach whom over lines that are not cut.
fn sides(world: &World) -> Vec<Sids> {
    let runs = |(sid, node): (Sid, &Node)| (node.server().is_some() && !node.is_paused()).then_some(sid);
    let mut rest: Sids = world.nodes().filter_map(runs).collect();
    let mut sides = Vec::new();
    while let Some(first) = rest.pop_first() {
        let mut side = Sids::from([first]);
        let mut frontier = vec![first];
        while let Some(a) = frontier.pop() {
            let near: Sids = rest.into_iter().filter(|b| !world.network().is_cut(a, *b)).collect();
            for b in near {
                rest.remove(b);
                side.insert(b);
                frontier.push(b);
            }
        }
        sides.push(side);
    }
    sides
}
