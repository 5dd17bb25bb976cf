//! The ensemble as a ring of discs, with what is on its way between them.

use litemap::LiteMap;
use zooscope_core::effects::{Message, Plane};
use zooscope_core::election::ServerState;
use zooscope_core::ids::Sid;
use zooscope_core::maps::map_of;
use zooscope_core::packet::PacketHead;
use zooscope_core::query::current_vote;
use zooscope_core::sim::{Content, Frame, FrameId, World};
use zooscope_core::zab::ZabPhase;

/// The stage is drawn in a view box of this width …
pub const WIDTH: i32 = 640;
/// … and this height.
pub const HEIGHT: i32 = 440;

/// A place on the stage.
pub type Point = (i32, i32);

/// A server's disc.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disc {
    /// The server.
    pub sid: Sid,
    /// Its centre.
    pub at: Point,
    /// Its radius.
    pub radius: i32,
    /// What it is; `None` when it is down.
    pub state: Option<ServerState>,
    /// How far it is on the way to serving; `None` when it is down.
    pub phase: Option<ZabPhase>,
    /// Whether it has never been started.
    pub fresh: bool,
    /// Whether it is frozen.
    pub paused: bool,
    /// Whom it votes for.
    pub vote: Option<Sid>,
    /// How many votes for that server stand in its own table.
    pub supporters: u32,
    /// How many are a majority.
    pub quorum: u32,
    /// How many there are at most.
    pub voters: u32,
}

/// What a message is, as far as its picture is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnvelopeKind {
    /// A notification with its vote and its sender's state.
    Notification(Sid, ServerState),
    /// A packet between leader and learner.
    Packet(PacketHead),
    /// A connection attempt.
    Connect,
    /// The end of a connection.
    Closed,
}

impl EnvelopeKind {
    /// Its name in the page's contract.
    pub fn name(self) -> &'static str {
        match self {
            EnvelopeKind::Notification(..) => "NOTIFICATION",
            EnvelopeKind::Packet(packet) => packet.name,
            EnvelopeKind::Connect => "CONNECT",
            EnvelopeKind::Closed => "CLOSED",
        }
    }
}

/// Something on its way, at rest where it is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// Its number in the run.
    pub id: FrameId,
    /// Its sender.
    pub from: Sid,
    /// Its receiver.
    pub to: Sid,
    /// What it is.
    pub kind: EnvelopeKind,
    /// Whether it is held back.
    pub held: bool,
    /// Where it is.
    pub at: Point,
}

/// A line between two servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// One end.
    pub a: Sid,
    /// The other end.
    pub b: Sid,
    /// Where it begins.
    pub from: Point,
    /// Where it ends.
    pub to: Point,
    /// How it stands.
    pub kind: LineKind,
}

/// How a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// Nothing is connected.
    Idle,
    /// The election connection stands.
    Election,
    /// The follower is connected with its leader.
    Quorum,
    /// The line is cut.
    Cut,
}

/// The stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ring {
    /// Discs by ascending id.
    pub discs: Vec<Disc>,
    /// Lines between them.
    pub lines: Vec<Line>,
    /// What is on its way, in the order in which it was sent.
    pub envelopes: Vec<Envelope>,
}

/// The unit circle in 1/1000, for one to nine places: whole numbers, so that no trigonometry comes into the page.
const CIRCLE: [&[Point]; 9] = [
    &[(0, -1000)],
    &[(0, -1000), (0, 1000)],
    &[(0, -1000), (866, 500), (-866, 500)],
    &[(0, -1000), (1000, 0), (0, 1000), (-1000, 0)],
    &[(0, -1000), (951, -309), (588, 809), (-588, 809), (-951, -309)],
    &[(0, -1000), (866, -500), (866, 500), (0, 1000), (-866, 500), (-866, -500)],
    &[(0, -1000), (782, -623), (975, 223), (434, 901), (-434, 901), (-975, 223), (-782, -623)],
    &[(0, -1000), (707, -707), (1000, 0), (707, 707), (0, 1000), (-707, 707), (-1000, 0), (-707, -707)],
    &[
        (0, -1000),
        (643, -766),
        (985, -174),
        (866, 500),
        (342, 940),
        (-342, 940),
        (-866, 500),
        (-985, -174),
        (-643, -766),
    ],
];

/// Where the discs stand: server 1 at the top, then clockwise.
pub fn places(servers: impl Iterator<Item = Sid>) -> LiteMap<Sid, Point> {
    let sids: Vec<Sid> = servers.collect();
    let circle = CIRCLE[sids.len().clamp(1, CIRCLE.len()) - 1];
    let radius_x = if sids.len() > 6 { 236 } else { 212 };
    let place =
        |(sid, (x, y)): (&Sid, &Point)| (*sid, (WIDTH / 2 + radius_x * x / 1_000, HEIGHT / 2 - 14 + 150 * y / 1_000));
    map_of(sids.iter().zip(circle.iter().cycle()).map(place))
}

/// The radius of a disc when there are `count`.
pub fn disc_radius(count: usize) -> i32 {
    match count {
        0..=5 => 42,
        6..=7 => 36,
        _ => 30,
    }
}

impl Ring {
    /// The stage at one moment.
    pub fn of(world: &World) -> Ring {
        let places = places(world.ensemble().servers());
        let radius = disc_radius(places.len());
        let discs = world.nodes().map(|(sid, _)| disc(world, sid, places[&sid], radius)).collect();
        Ring { discs, lines: lines(world, &places), envelopes: envelopes(world, &places) }
    }
}

fn disc(world: &World, sid: Sid, at: Point, radius: i32) -> Disc {
    let server = world.server(sid);
    let supporters = server.and_then(|server| {
        let election = server.election()?;
        Some(election.recvset.naming(server.vote().leader).len() as u32)
    });
    let fresh =
        world.node(sid).is_some_and(|node| node.process == zooscope_core::sim::Process::Down { started_before: false });
    Disc {
        sid,
        at,
        radius,
        state: server.map(|server| server.state()),
        phase: server.map(|server| server.phase()),
        fresh,
        paused: world.node(sid).is_some_and(|node| node.is_paused()),
        vote: current_vote(world, sid),
        supporters: supporters.unwrap_or(0),
        quorum: world.ensemble().quorum().smallest() as u32,
        voters: world.ensemble().voters().count() as u32,
    }
}

fn lines(world: &World, places: &LiteMap<Sid, Point>) -> Vec<Line> {
    let mut lines = Vec::new();
    let sids: Vec<Sid> = places.keys().copied().collect();
    for (index, a) in sids.iter().enumerate() {
        for b in &sids[index + 1..] {
            let network = world.network();
            let kind = if network.is_cut(*a, *b) {
                LineKind::Cut
            } else if network.is_linked(Plane::Quorum, *a, *b) {
                LineKind::Quorum
            } else if network.is_linked(Plane::Election, *a, *b) {
                LineKind::Election
            } else {
                LineKind::Idle
            };
            lines.push(Line { a: *a, b: *b, from: places[a], to: places[b], kind });
        }
    }
    lines
}

fn envelopes(world: &World, places: &LiteMap<Sid, Point>) -> Vec<Envelope> {
    let mut ahead: LiteMap<(Sid, Sid), i32> = LiteMap::new();
    let envelope = |frame: &Frame| {
        let kind = match &frame.content {
            Content::Message(Message::Notification(heard)) => {
                EnvelopeKind::Notification(heard.vote.leader, heard.state)
            }
            Content::Message(Message::Packet(packet)) => EnvelopeKind::Packet(packet.head()),
            Content::Dial => EnvelopeKind::Connect,
            Content::Closed => EnvelopeKind::Closed,
        };
        let queue = ahead.entry((frame.from, frame.to)).or_default();
        let at = rest(world, frame, places, *queue);
        *queue += 1;
        Envelope { id: frame.id, from: frame.from, to: frame.to, kind, held: frame.arrives_at.is_none(), at }
    };
    world.network().frames().map(envelope).collect()
}

/// Where a frame rests: on the free part of its line, by the time that has passed; beside the disc when it is in the sender's own queue. Those behind it in the same direction stand a little back.
fn rest(world: &World, frame: &Frame, places: &LiteMap<Sid, Point>, ahead: i32) -> Point {
    let (from, to) = (places[&frame.from], places[&frame.to]);
    if frame.from == frame.to {
        let side = if from.0 > WIDTH / 2 { 1 } else { -1 };
        return (from.0 + side * 78, from.1 + 14 + ahead * 10);
    }
    let passed = match frame.arrives_at {
        Some(arrives) => {
            let whole = arrives.since(frame.sent_at).0.max(1);
            let part = world.now().since(frame.sent_at).0.min(whole);
            (part * 1_000 / whole) as i32
        }
        None => 500,
    };
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = (dx * dx + dy * dy).isqrt().max(1);
    // The discs and their words are left free at both ends.
    let free = (disc_radius(places.len()) + 56).min(length / 2 - 6);
    let room = length - 2 * free;
    let along = free + room * passed / 1_000 - ahead * 22;
    // The two directions of a line keep to their own side of it.
    (from.0 + (dx * along - dy * 14) / length, from.1 + (dy * along + dx * 14) / length)
}

/// How an envelope comes to its place, or leaves the stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flight {
    /// The envelope.
    pub envelope: Envelope,
    /// Where it starts.
    pub from: Point,
    /// Where it ends.
    pub to: Point,
    /// Whether it is gone afterwards.
    pub leaves: bool,
}

/// The flights between two moments of a run. Stepping back plays them reversed.
pub fn flights(before: &World, after: &World, forward: bool) -> Vec<Flight> {
    let places = places(after.ensemble().servers());
    let old = envelopes(before, &places);
    let new = envelopes(after, &places);
    let mut flights = Vec::new();
    for envelope in &new {
        let known = old.iter().find(|known| known.id == envelope.id);
        let start = if forward { places[&envelope.from] } else { places[&envelope.to] };
        let from = known.map_or(start, |known| known.at);
        if from != envelope.at {
            flights.push(Flight { envelope: *envelope, from, to: envelope.at, leaves: false });
        }
    }
    for envelope in old.iter().filter(|envelope| !new.iter().any(|other| other.id == envelope.id)) {
        let to = if forward { places[&envelope.to] } else { places[&envelope.from] };
        flights.push(Flight { envelope: *envelope, from: envelope.at, to, leaves: true });
    }
    flights
}
