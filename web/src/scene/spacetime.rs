//! The space-time diagram: a lane for each server and for each client below them, a slanted line for each message, the
//! run from left to right.
//! It is laid out once for a whole run; what lies beyond the furthest position visited is covered by the view.

use litemap::LiteMap;
use zooscope_core::client::ClientName;
use zooscope_core::effects::{Message, Timer};
use zooscope_core::election::ServerState;
use zooscope_core::history::Step;
use zooscope_core::ids::Sid;
use zooscope_core::lesson::Performance;
use zooscope_core::query::starts;
use zooscope_core::sim::{Cause, Content, World};
use zooscope_core::time::Duration;
use zooscope_core::trace::{ClientFact, Fact, TraceEvent};

/// Width of the diagram in view-box units.
pub const WIDTH: i32 = 1_200;
/// Where the first event stands.
pub const LEFT: i32 = 16;
/// What is free behind the last event, for the number of its flag.
const RIGHT: i32 = 28;
/// Idle time longer than this is folded.
const FOLD: Duration = Duration::from_millis(150);

/// A stretch of a lane in one state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// From here …
    pub from: i32,
    /// … to here.
    pub to: i32,
    /// In this state.
    pub state: LaneState,
}

/// Whose lane it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// A server's.
    Server(Sid),
    /// A client's; those that had the same name one after another share it.
    Client(ClientName),
}

/// What somebody is on a stretch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LaneState {
    /// A server in this state.
    Server(ServerState),
    /// A client whose session can be used.
    Connected,
    /// A client that has no server, or has not been answered yet.
    Away,
}

/// A lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// Whose.
    pub whose: Whose,
    /// Its stretches; where there is none, the server is down, or the client is not there or its session is over.
    pub stretches: Vec<Stretch>,
    /// Where something was decided here.
    pub dots: Vec<i32>,
}

/// A message, from lane to lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flight {
    /// Its sender's lane, from the top.
    pub from: usize,
    /// Where it left.
    pub left: i32,
    /// Its receiver's lane.
    pub to: usize,
    /// Where it arrived.
    pub arrived: i32,
    /// Whether it carried a vote.
    pub vote: bool,
}

/// A flag at the beginning of a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag {
    /// The stage, from 1.
    pub stage: usize,
    /// Where.
    pub at: i32,
    /// The server that starts.
    pub starts: Option<Sid>,
    /// The stage's name; in a run the command that it begins with.
    pub name: String,
}

/// The diagram of a whole run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpaceTime {
    /// Where each position stands; the first is before the first event.
    pub positions: Vec<i32>,
    /// The servers' lanes by ascending id, then those of the clients in the order in which they came.
    pub lanes: Vec<Lane>,
    /// Messages.
    pub flights: Vec<Flight>,
    /// Stage flags.
    pub flags: Vec<Flag>,
    /// Where idle time was folded, and how much.
    pub folds: Vec<(i32, Duration)>,
}

impl SpaceTime {
    /// Lays a run out.
    pub fn of(performance: &Performance) -> SpaceTime {
        let (positions, folds) = positions(performance);
        let stages = performance.stages.iter().enumerate();
        let flags = stages.map(|(index, stage)| Flag {
            stage: index + 1,
            at: positions.get(stage.from).copied().unwrap_or(WIDTH),
            starts: performance.history.step(stage.from).and_then(|step| starts(&step.cause)),
            name: stage.name.clone(),
        });
        let lanes = lanes(performance, &positions);
        SpaceTime { flags: flags.collect(), flights: flights(performance, &positions, &lanes), lanes, positions, folds }
    }
}

/// Events at one moment stand close together, a little time makes a little space, and idle time is folded: one in which
/// there is nothing but the signs of life that go to and fro.
fn positions(performance: &Performance) -> (Vec<i32>, Vec<(i32, Duration)>) {
    let steps = performance.history.steps();
    let mut before = zooscope_core::time::Instant::default();
    let mut measure = |steps: &[Step]| {
        let end = steps.last().map_or(before, |step| step.at);
        let gap = end.since(std::mem::replace(&mut before, end));
        let quiet = (steps.len() - 1).min(22) as i64;
        let width = 10 + gap.as_millis().min(50) as i64 * 3 / 10 + if gap > FOLD { 22 + quiet } else { quiet };
        (steps.len() as i64, width, gap)
    };
    // What is quiet lies on the way to what comes after it.
    let spans: Vec<_> = steps.chunk_by(|step, _| is_quiet(step)).map(&mut measure).collect();
    let total: i64 = spans.iter().map(|(_, width, _)| width).sum::<i64>().max(1);
    let room = i64::from(WIDTH - LEFT - RIGHT);
    let mut positions = vec![LEFT];
    let mut folds = Vec::new();
    let mut begin = 0;
    for (steps, width, gap) in spans {
        let at = |part: i64, parts: i64| LEFT + ((begin * parts + width * part) * room / (total * parts)) as i32;
        positions.extend((1..=steps).map(|step| at(step, steps)));
        if gap > FOLD {
            folds.push((at(1, 2), gap));
        }
        begin += width;
    }
    (positions, folds)
}

/// Whether a step is nothing but a sign of life, a look at the clock that changes nothing, or a vain knock.
fn is_quiet(step: &Step) -> bool {
    let idle = match &step.cause {
        Cause::Arrived(frame) => frame.is_ping(),
        Cause::OnLine(_, frame) => frame.content.is_ping(),
        Cause::Timer(_, timer) => {
            matches!(timer, Timer::Tick | Timer::ReadLimit | Timer::Sessions | Timer::Containers)
        }
        Cause::ClientTimer(..) | Cause::ClientRefused(_) => true,
        _ => false,
    };
    idle && !step.trace.iter().any(|event| event.fact.is_story())
}

fn lanes(performance: &Performance, positions: &[i32]) -> Vec<Lane> {
    let history = &performance.history;
    let lane = |whose| Lane { whose, stretches: Vec::new(), dots: Vec::new() };
    let mut lanes: Vec<Lane> = history.ensemble().servers().map(|sid| lane(Whose::Server(sid))).collect();
    for (_, node) in history.latest().clients() {
        let whose = Whose::Client(node.client.name.clone());
        if !lanes.iter().any(|known| known.whose == whose) {
            lanes.push(lane(whose));
        }
    }
    // Moment by moment and not lane by lane: the history computes each world from the one before.
    for index in 0..=history.len() {
        let (from, to) = (positions[index], positions.get(index + 1).copied().unwrap_or(positions[index] + 10));
        let world = history.world(index);
        let trace = history.step(index).map_or(&[][..], |step| &step.trace);
        for Lane { whose, stretches, dots } in &mut lanes {
            if let Some(state) = state(&world, whose) {
                match stretches.last_mut() {
                    Some(last) if last.to == from && last.state == state => last.to = to,
                    _ => stretches.push(Stretch { from, to, state }),
                }
            }
            if trace.iter().any(|event| tells(event, whose)) {
                dots.push(from);
            }
        }
    }
    lanes
}

fn state(world: &World, whose: &Whose) -> Option<LaneState> {
    match whose {
        Whose::Server(sid) => world.server(*sid).map(|server| LaneState::Server(server.state())),
        Whose::Client(name) => {
            let (_, node) = world.client(name).filter(|(_, node)| !node.is_gone && !node.client.is_over())?;
            Some(if node.client.is_connected() { LaneState::Connected } else { LaneState::Away })
        }
    }
}

/// Whether an event is worth a dot: a server has decided something, a client has learned something.
fn tells(event: &TraceEvent, whose: &Whose) -> bool {
    match (&event.fact, whose) {
        (Fact::Started | Fact::VoteChanged { .. } | Fact::Decided { .. }, Whose::Server(sid)) => event.server == *sid,
        (Fact::Client { client, fact }, Whose::Client(name)) => {
            client == name && matches!(fact, ClientFact::State(_) | ClientFact::Event(_))
        }
        _ => false,
    }
}

fn flights(performance: &Performance, positions: &[i32], lanes: &[Lane]) -> Vec<Flight> {
    let history = &performance.history;
    let server = |sid: Sid| lanes.iter().position(|lane| lane.whose == Whose::Server(sid));
    let client = |name: &ClientName| lanes.iter().position(|lane| lane.whose == Whose::Client(name.clone()));
    // A frame is first seen in the world of the step that sent it.
    let mut left: LiteMap<u64, usize> = LiteMap::new();
    let mut left_on_line: LiteMap<u64, usize> = LiteMap::new();
    let mut flights = Vec::new();
    for index in 0..=history.len() {
        let (between, sent, vote) = match history.step(index).map(|step| &step.cause) {
            Some(Cause::Arrived(frame)) if frame.from != frame.to && !frame.is_ping() => {
                let vote = matches!(frame.content, Content::Message(Message::Notification(_)));
                ((server(frame.from), server(frame.to)), left.get(&frame.id.0), vote)
            }
            Some(Cause::OnLine(name, frame)) if !frame.content.is_ping() => {
                let (client, server) = (client(name), server(frame.server));
                let between = if frame.content.is_to_server() { (client, server) } else { (server, client) };
                (between, left_on_line.get(&frame.id.0), false)
            }
            _ => ((None, None), None, false),
        };
        if let ((Some(from), Some(to)), Some(sent)) = (between, sent) {
            flights.push(Flight { from, left: positions[*sent], to, arrived: positions[index], vote });
        }
        let world = history.world(index);
        for frame in world.network().frames() {
            left.entry(frame.id.0).or_insert(index);
        }
        for frame in world.lines().frames() {
            left_on_line.entry(frame.id.0).or_insert(index);
        }
    }
    flights
}
