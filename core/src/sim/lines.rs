//! The lines between clients and servers: each connection is an ordered stream, made by its first message and never
//! used again after its end.

use super::command::ClientWay;
use crate::ids::{ClientId, ConnectionId, Sid};
use crate::session::{ToClient, ToServer};
use crate::time::Instant;
use litemap::LiteMap;
use std::collections::VecDeque;
use std::sync::Arc;

/// Running number of a frame between a client and a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientFrameId(pub u64);

/// What travels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientContent {
    /// From the client.
    ToServer(ToServer),
    /// From the server.
    ToClient(ToClient),
    /// The client has ended the connection.
    ClientClosed,
    /// The server has ended the connection, or its process is gone.
    ServerClosed,
}

impl ClientContent {
    /// Whether it goes to the server.
    pub fn is_to_server(&self) -> bool {
        matches!(self, ClientContent::ToServer(_) | ClientContent::ClientClosed)
    }

    /// Whether it only says that somebody is there.
    pub fn is_ping(&self) -> bool {
        matches!(self, ClientContent::ToServer(ToServer::Ping) | ClientContent::ToClient(ToClient::Ping(_)))
    }
}

/// Something on its way between a client and a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientFrame {
    /// Its number.
    pub id: ClientFrameId,
    /// Its connection.
    pub connection: ConnectionId,
    /// The client.
    pub client: ClientId,
    /// The server.
    pub server: Sid,
    /// When it left.
    pub sent_at: Instant,
    /// When it arrives; `None` while it is held.
    pub arrives_at: Option<Instant>,
    /// What it is.
    pub content: ClientContent,
}

impl ClientFrame {
    /// Whether it goes this way.
    fn goes(&self, client: ClientId, way: ClientWay) -> bool {
        (self.client, self.server, self.content.is_to_server()) == (client, way.server, way.to_server)
    }
}

/// One connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// The client.
    pub client: ClientId,
    /// The server.
    pub server: Sid,
    /// When the last frame in each direction arrives: to the server, to the client.
    last_arrival: [Instant; 2],
}

/// All connections between clients and servers, and what is on its way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    lines: LiteMap<ConnectionId, Line>,
    frames: VecDeque<Arc<ClientFrame>>,
    /// Directions in which everything waits.
    holds: LiteMap<(ClientId, ClientWay), ()>,
    lines_so_far: u32,
    frames_so_far: u64,
}

impl Lines {
    /// A new connection.
    pub fn open(&mut self, client: ClientId, server: Sid) -> ConnectionId {
        self.lines_so_far += 1;
        let connection = ConnectionId(self.lines_so_far);
        self.lines.insert(connection, Line { client, server, last_arrival: [Instant::default(); 2] });
        connection
    }

    /// A connection that still stands at one of its ends.
    pub fn get(&self, connection: ConnectionId) -> Option<&Line> {
        self.lines.get(&connection)
    }

    /// All connections.
    pub fn iter(&self) -> impl Iterator<Item = (ConnectionId, &Line)> {
        self.lines.iter().map(|(connection, line)| (*connection, line))
    }

    /// Everything on its way, in the order in which it was sent.
    pub fn frames(&self) -> impl Iterator<Item = &ClientFrame> {
        self.frames.iter().map(|frame| &**frame)
    }

    /// Sends something; it never overtakes what was sent before it. Returns its number and its moment of arrival, if it is
    /// not held.
    pub fn send(
        &mut self,
        connection: ConnectionId,
        content: ClientContent,
        now: Instant,
        earliest: Instant,
    ) -> Option<(ClientFrameId, Option<Instant>)> {
        let to_server = content.is_to_server();
        let Line { client, server, .. } = *self.lines.get(&connection)?;
        let held = self.is_held(client, ClientWay { server, to_server });
        let arrives_at = if held { None } else { self.arrival(connection, to_server, earliest) };
        self.frames_so_far += 1;
        let id = ClientFrameId(self.frames_so_far);
        let frame = ClientFrame { id, connection, client, server, sent_at: now, arrives_at, content };
        self.frames.push_back(Arc::new(frame));
        Some((id, arrives_at))
    }

    /// The moment at which the next frame of a connection arrives: none overtakes another.
    fn arrival(&mut self, connection: ConnectionId, to_server: bool, earliest: Instant) -> Option<Instant> {
        let last = &mut self.lines.get_mut(&connection)?.last_arrival[usize::from(!to_server)];
        *last = earliest.max(*last);
        Some(*last)
    }

    /// Whether a direction is held.
    pub fn is_held(&self, client: ClientId, way: ClientWay) -> bool {
        self.holds.contains_key(&(client, way))
    }

    /// All held directions.
    pub fn holds(&self) -> impl Iterator<Item = (ClientId, ClientWay)> + '_ {
        self.holds.keys().copied()
    }

    /// Holds a direction, whatever connection it is of: what is on its way there, and what will be sent, waits. Returns the
    /// frames stopped.
    pub fn hold(&mut self, client: ClientId, way: ClientWay) -> Vec<ClientFrameId> {
        self.holds.insert((client, way), ());
        let mut stopped = Vec::new();
        for frame in self.frames.iter_mut().filter(|frame| frame.goes(client, way)) {
            Arc::make_mut(frame).arrives_at = None;
            stopped.push(frame.id);
        }
        stopped
    }

    /// Lets a held direction go. Returns the frames that start moving, with their moments of arrival; `earliest` draws the
    /// moment at which each would arrive alone.
    pub fn release(
        &mut self,
        client: ClientId,
        way: ClientWay,
        mut earliest: impl FnMut() -> Instant,
    ) -> Vec<(ClientFrameId, Instant)> {
        self.holds.remove(&(client, way));
        let mut moving = Vec::new();
        for place in 0..self.frames.len() {
            let frame = &self.frames[place];
            if !frame.goes(client, way) || frame.arrives_at.is_some() {
                continue;
            }
            let (id, connection) = (frame.id, frame.connection);
            // What comes behind the end of a connection at the other side is read by nobody, and is not kept.
            if let Some(at) = self.arrival(connection, way.to_server, earliest()) {
                Arc::make_mut(&mut self.frames[place]).arrives_at = Some(at);
                moving.push((id, at));
            }
        }
        moving
    }

    /// Takes an arriving frame out.
    pub fn take(&mut self, id: ClientFrameId) -> Option<Arc<ClientFrame>> {
        let place = self.frames.binary_search_by_key(&id, |frame| frame.id).ok()?;
        self.frames.remove(place)
    }

    /// Whether a frame is still on its way.
    pub fn carries(&self, id: ClientFrameId) -> bool {
        self.frames.binary_search_by_key(&id, |frame| frame.id).is_ok()
    }

    /// Forgets what is on its way to one end of a connection: nobody reads there any more.
    pub fn drop_frames(&mut self, connection: ConnectionId, to_server: bool) {
        self.frames.retain(|frame| frame.connection != connection || frame.content.is_to_server() != to_server);
    }

    /// Forgets a connection, with all that is on its way.
    pub fn close(&mut self, connection: ConnectionId) {
        self.lines.remove(&connection);
        self.frames.retain(|frame| frame.connection != connection);
    }
}
