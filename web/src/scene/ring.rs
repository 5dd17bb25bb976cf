//! The ensemble as a ring of discs, with what is on its way between them.

use super::places::{Places, disc_radius};
use litemap::LiteMap;
use zooscope_core::client::{ClientName, ClientState};
use zooscope_core::effects::{Message, Plane};
use zooscope_core::election::ServerState;
use zooscope_core::ids::{ClientId, Sid};
use zooscope_core::packet::PacketHead;
use zooscope_core::query::current_vote;
use zooscope_core::session::{Code, EventKind, ToClient, ToServer};
use zooscope_core::sim::{ClientContent, ClientFrame, ClientFrameId, ClientNode, Content, Frame, FrameId, World};
use zooscope_core::time::Instant;
use zooscope_core::zab::ZabPhase;

pub use super::places::{HEIGHT, Point, WIDTH};

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
    /// What a client asks.
    Request(&'static str),
    /// The code of what it is answered.
    Reply(Code),
    /// A watch has fired.
    Event(EventKind),
    /// Are you there?
    Ping,
}

impl EnvelopeKind {
    /// Its name in the page's contract.
    pub fn name(self) -> &'static str {
        match self {
            EnvelopeKind::Notification(..) => "NOTIFICATION",
            EnvelopeKind::Packet(packet) => packet.name,
            EnvelopeKind::Connect => "CONNECT",
            EnvelopeKind::Closed => "CLOSED",
            EnvelopeKind::Request(name) => name,
            EnvelopeKind::Reply(_) => "REPLY",
            EnvelopeKind::Event(_) => "EVENT",
            EnvelopeKind::Ping => "PING",
        }
    }
}

/// An end of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// A server.
    Server(Sid),
    /// A client.
    Client(ClientId),
}

impl std::fmt::Display for End {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            End::Server(sid) => write!(f, "{}", sid.0),
            End::Client(id) => write!(f, "c{}", id.0),
        }
    }
}

/// The number of something on its way: between servers, and between clients and servers, they are counted apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnvelopeId {
    /// Between servers.
    Frame(FrameId),
    /// Between a client and a server.
    OnLine(ClientFrameId),
}

impl EnvelopeId {
    /// A number among all elements on the stage.
    pub fn number(self) -> usize {
        match self {
            EnvelopeId::Frame(id) => id.0 as usize * 2,
            EnvelopeId::OnLine(id) => id.0 as usize * 2 + 1,
        }
    }
}

impl std::fmt::Display for EnvelopeId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            EnvelopeId::Frame(id) => write!(f, "{}", id.0),
            EnvelopeId::OnLine(id) => write!(f, "c{}", id.0),
        }
    }
}

/// Everything that is on its way in a world.
pub fn envelopes_of(world: &World) -> impl Iterator<Item = EnvelopeId> + '_ {
    let frames = world.network().frames().map(|frame| EnvelopeId::Frame(frame.id));
    frames.chain(world.lines().frames().map(|frame| EnvelopeId::OnLine(frame.id)))
}

/// A client beside its server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guest {
    /// Its number in the run.
    pub id: ClientId,
    /// Its name.
    pub name: ClientName,
    /// Its centre.
    pub at: Point,
    /// What it knows of its session.
    pub state: ClientState,
    /// The server that it is connected with.
    pub server: Option<Sid>,
    /// Where its line ends, when it is connected.
    pub line: Option<Point>,
    /// Whether it is frozen.
    pub paused: bool,
    /// Whether it is cut off.
    pub cut: bool,
}

/// Something on its way, at rest where it is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// Its number in the run.
    pub id: EnvelopeId,
    /// Its sender.
    pub from: End,
    /// Its receiver.
    pub to: End,
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
    /// The clients whose story is not over.
    pub guests: Vec<Guest>,
}

impl Ring {
    /// How an end is named.
    pub fn name(&self, end: End) -> String {
        match end {
            End::Server(sid) => sid.to_string(),
            End::Client(id) => {
                self.guests.iter().find(|guest| guest.id == id).map_or_else(String::new, |guest| guest.name.to_string())
            }
        }
    }

    /// The stage at one moment.
    pub fn of(world: &World) -> Ring {
        let places = Places::of(world);
        let radius = disc_radius(places.servers.len());
        let discs = world.nodes().map(|(sid, _)| disc(world, sid, places.servers[&sid], radius)).collect();
        let lines = lines(world, &places.servers);
        Ring { discs, lines, envelopes: envelopes(world, &places), guests: guests(world, &places) }
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

fn guests(world: &World, places: &Places) -> Vec<Guest> {
    let guest = |(id, node): (ClientId, &ClientNode)| {
        let client = &node.client;
        let server = client.connection.map(|_| client.server());
        Some(Guest {
            id,
            name: client.name.clone(),
            at: *places.guests.get(&id)?,
            state: client.state,
            server,
            line: server.and_then(|sid| places.servers.get(&sid).copied()),
            paused: node.is_paused(),
            cut: node.is_cut,
        })
    };
    world.clients().filter_map(guest).collect()
}

/// What travels between a client and its server.
fn on_line(world: &World, frame: &ClientFrame, places: &Places, ahead: i32) -> Option<Envelope> {
    let (client, server) = (End::Client(frame.client), End::Server(frame.server));
    let (from, to) = if frame.content.is_to_server() { (client, server) } else { (server, client) };
    let kind = match &frame.content {
        ClientContent::ToServer(ToServer::Connect(_)) | ClientContent::ToClient(ToClient::Connected(_)) => {
            EnvelopeKind::Connect
        }
        ClientContent::ToServer(ToServer::Request(_, operation)) => EnvelopeKind::Request(operation.name()),
        ClientContent::ToServer(ToServer::Ping) | ClientContent::ToClient(ToClient::Ping(_)) => EnvelopeKind::Ping,
        ClientContent::ToClient(ToClient::Reply(reply)) => EnvelopeKind::Reply(reply.code),
        ClientContent::ToClient(ToClient::Event(event)) => EnvelopeKind::Event(event.kind),
        ClientContent::ClientClosed | ClientContent::ServerClosed => EnvelopeKind::Closed,
    };
    let ends = (places.of_end(from)?, places.of_end(to)?);
    let (x, y) = between(ends, part_passed(world, (frame.sent_at, frame.arrives_at)), 34, ahead);
    // What is written on it is wide. Beside a client that stands left or right of its server it would cover the client, and
    // below the line the server's word, so both directions go above.
    let (dx, dy) = (ends.1.0 - ends.0.0, ends.1.1 - ends.0.1);
    let length = (dx * dx + dy * dy).isqrt().max(1);
    let at = (x, y - (dx * SIDE + dx.abs() * ABOVE) / length);
    Some(Envelope { id: EnvelopeId::OnLine(frame.id), from, to, kind, held: frame.arrives_at.is_none(), at })
}

fn envelopes(world: &World, places: &Places) -> Vec<Envelope> {
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
        let (from, to) = (End::Server(frame.from), End::Server(frame.to));
        Envelope { id: EnvelopeId::Frame(frame.id), from, to, kind, held: frame.arrives_at.is_none(), at }
    };
    let mut all: Vec<Envelope> = world.network().frames().map(envelope).collect();
    let mut ahead: LiteMap<(ClientId, bool), i32> = LiteMap::new();
    all.extend(world.lines().frames().filter_map(|frame| {
        let queue = ahead.entry((frame.client, frame.content.is_to_server())).or_default();
        *queue += 1;
        on_line(world, frame, places, *queue - 1)
    }));
    all
}

/// Where a frame rests: on the free part of its line, by the time that has passed; beside the disc when it is in the sender's own queue. Those behind it in the same direction stand a little back.
fn rest(world: &World, frame: &Frame, places: &Places, ahead: i32) -> Point {
    let (from, to) = (places.servers[&frame.from], places.servers[&frame.to]);
    if frame.from == frame.to {
        let side = if from.0 > WIDTH / 2 { 1 } else { -1 };
        return (from.0 + side * 78, from.1 + 14 + ahead * 10);
    }
    // The discs and their words are left free at both ends.
    let free = disc_radius(places.servers.len()) + 56;
    between((from, to), part_passed(world, (frame.sent_at, frame.arrives_at)), free, ahead)
}

/// How much of its way something has behind it, in thousandths; half of it when it is held.
fn part_passed(world: &World, (sent_at, arrives_at): (Instant, Option<Instant>)) -> i32 {
    let Some(arrives) = arrives_at else { return 500 };
    let whole = arrives.since(sent_at).0.max(1);
    let part = world.now().since(sent_at).0.min(whole);
    (part * 1_000 / whole) as i32
}

/// How far beside their line envelopes are.
const SIDE: i32 = 14;
/// How far above a level line to a client they are.
const ABOVE: i32 = 32;

/// A place on the free part of a line.
fn between((from, to): (Point, Point), passed: i32, free: i32, ahead: i32) -> Point {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = (dx * dx + dy * dy).isqrt().max(1);
    let free = free.min(length / 2 - 6);
    let room = length - 2 * free;
    let along = free + room * passed / 1_000 - ahead * 22;
    // The two directions of a line keep to their own side of it.
    (from.0 + (dx * along - dy * SIDE) / length, from.1 + (dy * along + dx * SIDE) / length)
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
    let places = Places::of(after);
    let old = envelopes(before, &places);
    let new = envelopes(after, &places);
    let mut flights = Vec::new();
    for envelope in &new {
        let known = old.iter().find(|known| known.id == envelope.id);
        let start = places.of_end(if forward { envelope.from } else { envelope.to }).unwrap_or(envelope.at);
        let from = known.map_or(start, |known| known.at);
        if from != envelope.at {
            flights.push(Flight { envelope: *envelope, from, to: envelope.at, leaves: false });
        }
    }
    for envelope in old.iter().filter(|envelope| !new.iter().any(|other| other.id == envelope.id)) {
        let to = places.of_end(if forward { envelope.to } else { envelope.from }).unwrap_or(envelope.at);
        flights.push(Flight { envelope: *envelope, from: envelope.at, to, leaves: true });
    }
    flights
}
