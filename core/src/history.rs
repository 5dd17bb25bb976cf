//! A run with time travel: every step is kept, so any moment can be looked at again. The truth of a run is its
//! configuration and its list of commands; everything else follows from them.

use crate::effects::Timer;
use crate::ensemble::Ensemble;
use crate::ids::Sid;
use crate::maps::sids;
use crate::query::{Moment, Predicate};
use crate::server::Activity;
use crate::sim::{Cause, Command, CommandError, Planned, Process, World};
use crate::time::{Duration, Instant};
use crate::trace::TraceEvent;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The longest simulated time that `settle` and `until` let pass.
const PATIENCE: Duration = Duration::from_millis(600_000);

/// One event of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// When it happened.
    pub at: Instant,
    /// What caused it.
    pub cause: Cause,
    /// What was decided, and why.
    pub trace: Vec<TraceEvent>,
    /// The world afterwards.
    pub world: World,
}

impl Step {
    /// Whether the step belongs to the story.
    pub fn is_story(&self) -> bool {
        self.trace.iter().any(|event| event.fact.is_story()) || matches!(self.cause, Cause::Command(_))
    }
}

/// A run and all its moments. Moment 0 lies before the first event, moment `n` after the `n`-th.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    initial: World,
    steps: Vec<Step>,
    commands: Vec<Command>,
    clock: Instant,
}

impl History {
    /// A run in which nothing has happened yet.
    pub fn new(ensemble: Ensemble) -> History {
        let initial = World::new(Arc::new(ensemble));
        History { initial, steps: Vec::new(), commands: Vec::new(), clock: Instant::default() }
    }

    /// The configuration.
    pub fn ensemble(&self) -> &Ensemble {
        self.initial.ensemble()
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
    pub fn world(&self, index: usize) -> &World {
        self.step(index.min(self.len())).map_or(&self.initial, |step| &step.world)
    }

    /// The world now.
    pub fn latest(&self) -> &World {
        self.world(self.len())
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
        match command {
            Command::StartAll => {
                let down =
                    |(sid, node): (Sid, &crate::sim::Node)| matches!(node.process, Process::Down { .. }).then_some(sid);
                let sids: Vec<Sid> = self.latest().nodes().filter_map(down).collect();
                for sid in sids {
                    self.act(&Command::Start(sid))?;
                }
            }
            Command::Advance(span) => self.advance(*span),
            Command::Step(count) => {
                for _ in 0..*count {
                    if !self.run_one(None) {
                        break;
                    }
                }
            }
            Command::Settle => self.settle(),
            Command::Until(predicate) => self.until(predicate)?,
            _ => self.act(command)?,
        }
        self.commands.push(command.clone());
        Ok(())
    }

    fn act(&mut self, command: &Command) -> Result<(), CommandError> {
        let mut world = self.latest().clone();
        world.pass_to(self.clock);
        let trace = world.apply(command)?;
        self.steps.push(Step { at: self.clock, cause: Cause::Command(command.clone()), trace, world });
        Ok(())
    }

    /// Runs the next planned event, unless it lies beyond `limit`. Returns whether there was one.
    fn run_one(&mut self, limit: Option<Instant>) -> bool {
        let next = self.latest().agenda().peek();
        if next.is_none_or(|(at, _)| limit.is_some_and(|limit| at > limit)) {
            return false;
        }
        let mut world = self.latest().clone();
        let Some((cause, trace)) = world.step() else { return false };
        self.clock = self.clock.max(world.now());
        self.steps.push(Step { at: world.now(), cause, trace, world });
        true
    }

    fn advance(&mut self, span: Duration) {
        let end = self.clock + span;
        while self.run_one(Some(end)) {}
        self.clock = end;
    }

    fn settle(&mut self) {
        let limit = self.clock + PATIENCE;
        while !is_settled(self.latest()) && self.run_one(Some(limit)) {}
    }

    fn until(&mut self, predicate: &Predicate) -> Result<(), CommandError> {
        let (steps, clock) = (self.len(), self.clock);
        let limit = clock + PATIENCE;
        while !predicate.holds(self.moment(self.len())) {
            if !self.run_one(Some(limit)) {
                self.steps.truncate(steps);
                self.clock = clock;
                return Err(CommandError::NeverTrue);
            }
        }
        Ok(())
    }
}

/// Whether nothing but waiting is left, and a leader serves wherever a quorum can talk to each other.
pub fn is_settled(world: &World) -> bool {
    let busy = world.network().frames().any(|frame| frame.arrives_at.is_some())
        || world.agenda().iter().any(|(_, planned)| matches!(planned, Planned::Refusal { .. }));
    if busy {
        return false;
    }
    let sides = sides(world);
    let quorum = world.ensemble().quorum();
    let is_quorum = |side: &BTreeSet<Sid>| {
        quorum.is_quorum(&sids(side.iter().copied().filter(|sid| world.ensemble().is_voter(*sid))))
    };
    match sides.iter().find(|side| is_quorum(side)) {
        Some(side) => side.iter().all(|sid| serves(world, *sid)),
        None => !world.nodes().any(|(_, node)| {
            !node.is_paused()
                && [Timer::Finalize, Timer::RetryLeader, Timer::ObserverDelay]
                    .iter()
                    .any(|timer| node.timer(*timer).is_some())
        }),
    }
}

/// Whether a server serves: it leads a quorum, or it is connected with a leader that does.
pub fn serves(world: &World, sid: Sid) -> bool {
    let leads = |sid: Sid| {
        world.node(sid).is_some_and(|node| !node.is_paused())
            && matches!(world.server(sid).map(|server| server.activity()), Some(Activity::Leading(leader)) if leader.established)
    };
    match world.server(sid).map(|server| server.activity()) {
        Some(Activity::Following(learner) | Activity::Observing(learner)) => learner.connected && leads(learner.leader),
        Some(Activity::Leading(_)) => leads(sid),
        _ => false,
    }
}

/// The running servers, grouped by who can reach whom over lines that are not cut.
fn sides(world: &World) -> Vec<BTreeSet<Sid>> {
    let mut rest =
        sids(world.nodes().filter(|(_, node)| node.server().is_some() && !node.is_paused()).map(|(sid, _)| sid));
    let mut sides = Vec::new();
    while let Some(first) = rest.pop_first() {
        let mut side = BTreeSet::from([first]);
        let mut frontier = vec![first];
        while let Some(a) = frontier.pop() {
            let near: Vec<Sid> = rest.iter().copied().filter(|b| !world.network().is_cut(a, *b)).collect();
            for b in near {
                rest.remove(&b);
                side.insert(b);
                frontier.push(b);
            }
        }
        sides.push(side);
    }
    sides
}
