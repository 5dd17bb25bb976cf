//! The space-time diagram: a lane for each server, a slanted line for each message, the run from left to right.
//! It is laid out once for a whole run; what lies beyond the furthest position visited is covered by the view.

use litemap::LiteMap;
use zooscope_core::effects::Message;
use zooscope_core::election::ServerState;
use zooscope_core::ids::Sid;
use zooscope_core::lesson::Performance;
use zooscope_core::sim::{Cause, Content};
use zooscope_core::time::Duration;
use zooscope_core::trace::Fact;

/// Width of the diagram in view-box units.
pub const WIDTH: i32 = 1_200;
/// Where the first event stands.
pub const LEFT: i32 = 16;
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
    pub state: ServerState,
}

/// A server's lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// Whose.
    pub sid: Sid,
    /// Its stretches; where there is none, the server is down.
    pub stretches: Vec<Stretch>,
    /// Where something was decided here.
    pub dots: Vec<i32>,
}

/// A message, from lane to lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flight {
    /// Its sender.
    pub from: Sid,
    /// Where it left.
    pub left: i32,
    /// Its receiver.
    pub to: Sid,
    /// Where it arrived.
    pub arrived: i32,
    /// Whether it carried a vote.
    pub vote: bool,
}

/// A flag at the beginning of a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flag {
    /// The stage, from 1.
    pub stage: usize,
    /// Where.
    pub at: i32,
    /// The server that starts.
    pub starts: Option<Sid>,
}

/// The diagram of a whole run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpaceTime {
    /// Where each position stands; the first is before the first event.
    pub positions: Vec<i32>,
    /// Lanes by ascending id.
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
            starts: performance.history.step(stage.from).and_then(|step| zooscope_core::query::starts(&step.cause)),
        });
        SpaceTime {
            flags: flags.collect(),
            lanes: lanes(performance, &positions),
            flights: flights(performance, &positions),
            positions,
            folds,
        }
    }
}

/// Events at one moment stand close together, a little time makes a little space, and idle time is folded.
fn positions(performance: &Performance) -> (Vec<i32>, Vec<(i32, Duration)>) {
    let steps = performance.history.steps();
    let mut widths = Vec::with_capacity(steps.len());
    let mut before = zooscope_core::time::Instant::default();
    for step in steps {
        let gap = step.at.since(before);
        before = step.at;
        let millis = gap.as_millis();
        widths.push((10 + millis.min(50) as i64 * 3 / 10 + i64::from(gap > FOLD) * 22, gap));
    }
    let total: i64 = widths.iter().map(|(width, _)| width).sum::<i64>().max(1);
    let room = i64::from(WIDTH - LEFT - 14);
    let mut positions = vec![LEFT];
    let mut folds = Vec::new();
    let mut sum = 0;
    for (width, gap) in widths {
        let begin = sum;
        sum += width;
        let at = LEFT + (sum * room / total) as i32;
        if gap > FOLD {
            folds.push((LEFT + ((begin + sum) * room / total / 2) as i32, gap));
        }
        positions.push(at);
    }
    (positions, folds)
}

fn lanes(performance: &Performance, positions: &[i32]) -> Vec<Lane> {
    let history = &performance.history;
    let telling = |fact: &Fact| matches!(fact, Fact::Started | Fact::VoteChanged { .. } | Fact::Decided { .. });
    let lane = |sid| Lane { sid, stretches: Vec::new(), dots: Vec::new() };
    let mut lanes: Vec<Lane> = history.ensemble().servers().map(lane).collect();
    // Moment by moment and not lane by lane: the history computes each world from the one before.
    for index in 0..=history.len() {
        let (from, to) = (positions[index], positions.get(index + 1).copied().unwrap_or(positions[index] + 10));
        let world = history.world(index);
        let trace = history.step(index).map_or(&[][..], |step| &step.trace);
        for Lane { sid, stretches, dots } in &mut lanes {
            if let Some(server) = world.server(*sid) {
                match stretches.last_mut() {
                    Some(last) if last.to == from && last.state == server.state() => last.to = to,
                    _ => stretches.push(Stretch { from, to, state: server.state() }),
                }
            }
            if trace.iter().any(|event| event.server == *sid && telling(&event.fact)) {
                dots.push(from);
            }
        }
    }
    lanes
}

fn flights(performance: &Performance, positions: &[i32]) -> Vec<Flight> {
    let history = &performance.history;
    // A frame is first seen in the world of the step that sent it.
    let mut left: LiteMap<u64, usize> = LiteMap::new();
    let mut flights = Vec::new();
    for index in 0..=history.len() {
        if let Some(Cause::Arrived(frame)) = history.step(index).map(|step| &step.cause)
            && frame.from != frame.to
            && !frame.is_ping()
            && let Some(sent) = left.get(&frame.id.0)
        {
            let vote = matches!(frame.content, Content::Message(Message::Notification(_)));
            flights.push(Flight {
                from: frame.from,
                left: positions[*sent],
                to: frame.to,
                arrived: positions[index],
                vote,
            });
        }
        for frame in history.world(index).network().frames() {
            left.entry(frame.id.0).or_insert(index);
        }
    }
    flights
}
