//! Clients in the world: their connections, their timers, and what may be done to them.

use super::{Process, World, draw};
use crate::client::{Client, ClientEffect, ClientEffects, ClientInput, ClientName, ClientTimer};
use crate::effects::Input;
use crate::ids::{ClientId, ConnectionId, SessionId, Sid};
use crate::session::{Code, Operation, ToServer};
use crate::sim::agenda::{Planned, Slot};
use crate::sim::command::{ClientAct, ClientWay, CommandError};
use crate::sim::lines::{ClientContent, ClientFrame, Lines};
use crate::time::{Duration, Instant};
use crate::trace::TraceEvent;
use litemap::LiteMap;
use std::sync::Arc;

/// A client's machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientNode {
    /// The client.
    pub client: Client,
    /// What it will find when it runs on, while it is frozen.
    pub(super) inbox: Option<Vec<ClientInput>>,
    /// Whether it is cut off from all servers.
    pub is_cut: bool,
    /// Whether its process has ended.
    pub is_gone: bool,
    timers: LiteMap<ClientTimer, Slot>,
}

impl ClientNode {
    /// Whether it is frozen.
    pub fn is_paused(&self) -> bool {
        self.inbox.is_some()
    }

    /// Whether it is on its way to a server, and nothing keeps it from getting there but time.
    pub fn looks_for_server(&self) -> bool {
        let waits = !self.client.is_connected() && !self.client.is_over();
        waits && !self.is_gone && !self.is_cut && !self.is_paused()
    }

    /// Whether it waits for an answer, and will get one as soon as a connection is made or cannot be made.
    pub fn is_about_to_connect_or_fail(&self) -> bool {
        self.client.waits_without_connection() && !self.is_gone && !self.is_paused()
    }

    /// Whether a line was typed that it has not read, because it is frozen.
    pub fn has_unread_line(&self) -> bool {
        self.inbox.iter().flatten().any(|input| matches!(input, ClientInput::Typed(_)))
    }

    /// As [`Client::code`]; what was not read has no answer.
    pub fn code(&self) -> Option<Code> {
        self.client.code().filter(|_| !self.has_unread_line())
    }

    /// When a timer will run out, if it is set.
    pub fn timer(&self, timer: ClientTimer) -> Option<Instant> {
        self.timers.get(&timer).map(|slot| slot.0)
    }
}

impl World {
    /// The most clients of a run, those whose sessions are over included.
    pub const MOST_CLIENTS: usize = 64;

    /// All clients, in the order in which they came.
    pub fn clients(&self) -> impl Iterator<Item = (ClientId, &ClientNode)> {
        (0..).map(ClientId).zip(self.clients.iter().map(|node| &**node))
    }

    /// The client of a name; the latest if there were several.
    pub fn client(&self, name: &str) -> Option<(ClientId, &ClientNode)> {
        self.clients().filter(|(_, node)| *node.client.name == *name).last()
    }

    /// A client by its number.
    pub fn client_node(&self, id: ClientId) -> Option<&ClientNode> {
        self.clients.get(usize::from(id.0)).map(|node| &**node)
    }

    /// The connections between clients and servers.
    pub fn lines(&self) -> &Lines {
        &self.lines
    }

    /// A client begins.
    pub fn add_client(&mut self, mut client: Client, trace: &mut Vec<TraceEvent>) -> ClientId {
        let id = ClientId(self.clients.len() as u8);
        client.ensemble = Arc::clone(&self.ensemble);
        let node = ClientNode { client, inbox: None, is_cut: false, is_gone: false, timers: LiteMap::new() };
        self.clients.push(Arc::new(node));
        self.give_client(id, ClientInput::Begin, trace);
        id
    }

    /// A client's application asks for something.
    pub fn call(&mut self, id: ClientId, operation: Operation, trace: &mut Vec<TraceEvent>) {
        self.give_client(id, ClientInput::Call(operation), trace);
    }

    /// Somebody types a line at a client.
    pub fn type_line(&mut self, id: ClientId, line: Arc<str>, trace: &mut Vec<TraceEvent>) {
        self.give_client(id, ClientInput::Typed(line), trace);
    }

    /// What a person does with a client.
    pub(super) fn act_on_client(&mut self, name: &str, act: &ClientAct, trace: &mut Vec<TraceEvent>) {
        if let ClientAct::Connect { servers, timeout } = act {
            self.add_client(Client::new(name, servers.clone(), *timeout, true), trace);
            return;
        }
        let Some((id, _)) = self.client(name) else { return };
        match act {
            ClientAct::Connect { .. } | ClientAct::Expire => {}
            ClientAct::Type(line) => self.type_line(id, line.clone(), trace),
            ClientAct::Pause => self.pause_client(id),
            ClientAct::Resume => self.resume_client(id, trace),
            ClientAct::Cut => self.cut_client(id, trace),
            ClientAct::Heal => self.node_of(id).is_cut = false,
            ClientAct::Hold(way) => self.hold_client(id, *way),
            ClientAct::Release(way) => self.release_client(id, *way),
            ClientAct::Crash => self.end_client(id),
        }
    }

    /// Whether that can be done now.
    pub(super) fn check_client(&self, name: &str, act: &ClientAct) -> Result<(), CommandError> {
        let known = self.client(name).map(|(_, node)| node);
        if let ClientAct::Connect { servers, .. } = act {
            let unknown = servers.iter().find(|sid| self.node(**sid).is_none());
            return match (unknown, known) {
                (Some(sid), _) => Err(CommandError::UnknownServer(*sid)),
                (None, Some(node)) if !node.is_gone && !node.client.is_over() => {
                    Err(CommandError::ClientExists(Arc::from(name)))
                }
                _ if self.clients.len() >= World::MOST_CLIENTS => Err(CommandError::TooManyClients),
                _ => Ok(()),
            };
        }
        let unknown = || CommandError::UnknownClient(Arc::from(name));
        let node = known.ok_or_else(unknown)?;
        if let ClientAct::Hold(way) | ClientAct::Release(way) = act {
            self.node(way.server).ok_or(CommandError::UnknownServer(way.server))?;
            let id = self.client(name).map(|(id, _)| id).ok_or_else(unknown)?;
            return match (act, self.lines.is_held(id, *way)) {
                (ClientAct::Hold(_), _) if node.is_gone => Err(CommandError::ClientGone),
                (ClientAct::Hold(_), true) => Err(CommandError::ClientHeld),
                (ClientAct::Release(_), false) => Err(CommandError::ClientNotHeld),
                _ => Ok(()),
            };
        }
        match act {
            _ if node.is_gone => Err(CommandError::ClientGone),
            ClientAct::Pause if node.is_paused() => Err(CommandError::ClientPaused),
            ClientAct::Resume if !node.is_paused() && node.is_cut => Err(CommandError::ClientCutNotPaused),
            ClientAct::Resume if !node.is_paused() => Err(CommandError::ClientNotPaused),
            ClientAct::Cut if node.is_cut => Err(CommandError::ClientCut),
            ClientAct::Heal if !node.is_cut => Err(CommandError::ClientNotCut),
            ClientAct::Expire if node.client.session == SessionId::NONE || node.client.is_over() => {
                Err(CommandError::NoSession)
            }
            _ => Ok(()),
        }
    }

    /// A client's process ends: its connection closes, its session does not.
    pub fn end_client(&mut self, id: ClientId) {
        if let Some(connection) = self.node_of(id).client.connection.take() {
            self.hang_up_client(connection);
        }
        for (_, slot) in std::mem::take(&mut self.node_of(id).timers) {
            Arc::make_mut(&mut self.agenda).cancel(slot);
        }
        Arc::make_mut(&mut self.agenda).retain(|planned| *planned != Planned::ClientRefusal(id));
        let node = self.node_of(id);
        (node.is_gone, node.inbox) = (true, None);
    }

    pub(super) fn pause_client(&mut self, id: ClientId) {
        self.node_of(id).inbox.get_or_insert_default();
    }

    pub(super) fn resume_client(&mut self, id: ClientId, trace: &mut Vec<TraceEvent>) {
        for input in self.node_of(id).inbox.take().unwrap_or_default() {
            self.give_client(id, input, trace);
        }
    }

    /// Cuts a client off: both ends of its connection notice at this moment.
    pub(super) fn cut_client(&mut self, id: ClientId, trace: &mut Vec<TraceEvent>) {
        self.node_of(id).is_cut = true;
        if let Some(connection) = self.node_of(id).client.connection {
            self.break_line(connection, trace);
        }
    }

    fn hold_client(&mut self, id: ClientId, way: ClientWay) {
        let stopped = Arc::make_mut(&mut self.lines).hold(id, way);
        let still = |planned: &Planned| !matches!(planned, Planned::ClientArrival(id) if stopped.contains(id));
        Arc::make_mut(&mut self.agenda).retain(still);
    }

    fn release_client(&mut self, id: ClientId, way: ClientWay) {
        let (now, latency, chance) = (self.now, self.ensemble.latency, &mut self.chance);
        let moving = Arc::make_mut(&mut self.lines).release(id, way, || now + draw(chance, latency.min, latency.max));
        for (id, at) in moving {
            Arc::make_mut(&mut self.agenda).plan(at, Planned::ClientArrival(id));
        }
    }

    pub(super) fn mend_clients(&mut self) {
        for place in 0..self.clients.len() {
            if self.clients[place].is_cut {
                Arc::make_mut(&mut self.clients[place]).is_cut = false;
            }
        }
    }

    fn break_line(&mut self, connection: ConnectionId, trace: &mut Vec<TraceEvent>) {
        let Some(line) = self.lines.get(connection).copied() else { return };
        self.forget_line(connection);
        self.give(line.server, Input::ClientGone(connection), trace);
        self.give_client(line.client, ClientInput::LinkDown(Some(connection)), trace);
    }

    /// The server's process is gone: its clients learn it from the end of the stream.
    pub(super) fn end_lines_of(&mut self, sid: Sid) {
        let ended: Vec<ConnectionId> =
            self.lines.iter().filter(|(_, line)| line.server == sid).map(|(connection, _)| connection).collect();
        for connection in ended {
            self.close_line(connection);
        }
    }

    // ---- what clients and servers want ----

    fn node_of(&mut self, id: ClientId) -> &mut ClientNode {
        let node = self.clients.get_mut(usize::from(id.0)).expect("only clients that began have a number");
        Arc::make_mut(node)
    }

    /// Hands an input to a client, or leaves it for a frozen one, and carries out what follows.
    fn give_client(&mut self, id: ClientId, input: ClientInput, trace: &mut Vec<TraceEvent>) {
        let now = self.now;
        let node = self.node_of(id);
        if node.is_gone {
            return;
        }
        if let Some(inbox) = &mut node.inbox {
            inbox.push(input);
            return;
        }
        let mut out = ClientEffects::default();
        node.client.step(now, input, &mut out);
        trace.append(&mut out.trace);
        for effect in out.effects {
            self.carry_out_client(id, effect);
        }
    }

    fn carry_out_client(&mut self, id: ClientId, effect: ClientEffect) {
        let connection = self.node_of(id).client.connection;
        match effect {
            ClientEffect::Connect(server, request) => {
                let reachable = self.node(server).is_some_and(|node| !matches!(node.process, Process::Down { .. }));
                if reachable && !self.node_of(id).is_cut {
                    let connection = Arc::make_mut(&mut self.lines).open(id, server);
                    self.node_of(id).client.connection = Some(connection);
                    self.send_on_line(connection, ClientContent::ToServer(ToServer::Connect(request)));
                } else {
                    let back = self.now + self.ensemble.latency.max;
                    Arc::make_mut(&mut self.agenda).plan(back, Planned::ClientRefusal(id));
                }
            }
            ClientEffect::Send(message) => {
                if let Some(connection) = connection {
                    self.send_on_line(connection, ClientContent::ToServer(message));
                }
            }
            ClientEffect::HangUp(connection) => self.hang_up_client(connection),
            ClientEffect::SetTimer(timer, after) => self.set_client_timer(id, timer, after),
            ClientEffect::SetTimerWithin(timer, within) => {
                let after = draw(&mut self.chance, Duration::ZERO, within);
                self.set_client_timer(id, timer, after);
            }
            ClientEffect::CancelTimer(timer) => {
                if let Some(slot) = self.node_of(id).timers.remove(&timer) {
                    Arc::make_mut(&mut self.agenda).cancel(slot);
                }
            }
        }
    }

    fn set_client_timer(&mut self, id: ClientId, timer: ClientTimer, after: Duration) {
        self.carry_out_client(id, ClientEffect::CancelTimer(timer));
        let slot = Arc::make_mut(&mut self.agenda).plan(self.now + after, Planned::ClientTimer(id, timer));
        self.node_of(id).timers.insert(timer, slot);
    }

    pub(super) fn send_on_line(&mut self, connection: ConnectionId, content: ClientContent) {
        let latency = self.ensemble.latency;
        let earliest = self.now + draw(&mut self.chance, latency.min, latency.max);
        if let Some((id, Some(at))) = Arc::make_mut(&mut self.lines).send(connection, content, self.now, earliest) {
            Arc::make_mut(&mut self.agenda).plan(at, Planned::ClientArrival(id));
        }
    }

    /// The client's end closes: it reads nothing more, and the server finds the end of the stream.
    fn hang_up_client(&mut self, connection: ConnectionId) {
        Arc::make_mut(&mut self.lines).drop_frames(connection, false);
        self.forget_lost_client_frames();
        self.send_on_line(connection, ClientContent::ClientClosed);
    }

    /// The server's end closes: it reads nothing more, and the client finds the end of the stream.
    pub(super) fn close_line(&mut self, connection: ConnectionId) {
        Arc::make_mut(&mut self.lines).drop_frames(connection, true);
        self.forget_lost_client_frames();
        let closed = self
            .lines
            .frames()
            .any(|frame| frame.connection == connection && frame.content == ClientContent::ServerClosed);
        if !closed {
            self.send_on_line(connection, ClientContent::ServerClosed);
        }
    }

    fn forget_line(&mut self, connection: ConnectionId) {
        Arc::make_mut(&mut self.lines).close(connection);
        self.forget_lost_client_frames();
    }

    fn forget_lost_client_frames(&mut self) {
        let lines = &self.lines;
        Arc::make_mut(&mut self.agenda)
            .retain(|planned| !matches!(planned, Planned::ClientArrival(id) if !lines.carries(*id)));
    }

    // ---- what is planned ----

    pub(super) fn arrive_on_line(&mut self, frame: &ClientFrame, trace: &mut Vec<TraceEvent>) {
        let ClientFrame { connection, client, server, content, .. } = frame;
        match content.clone() {
            ClientContent::ToServer(message) => {
                if matches!(self.node(*server).map(|node| &node.process), Some(Process::Down { .. })) {
                    self.close_line(*connection);
                } else {
                    self.give(*server, Input::FromClient { connection: *connection, message }, trace);
                }
            }
            ClientContent::ClientClosed => {
                self.forget_line(*connection);
                self.give(*server, Input::ClientGone(*connection), trace);
            }
            // A client that has hung up reads nothing more.
            ClientContent::ToClient(message) => {
                if self.node_of(*client).client.connection == Some(*connection) {
                    self.give_client(*client, ClientInput::FromServer(*connection, message), trace);
                }
            }
            ClientContent::ServerClosed => {
                self.forget_line(*connection);
                // A client that has gone on to another connection does not look at the old one.
                if self.node_of(*client).client.connection == Some(*connection) {
                    self.give_client(*client, ClientInput::LinkDown(Some(*connection)), trace);
                }
            }
        }
    }

    pub(super) fn fire_client_timer(&mut self, id: ClientId, timer: ClientTimer, trace: &mut Vec<TraceEvent>) {
        self.node_of(id).timers.remove(&timer);
        self.give_client(id, ClientInput::TimerFired(timer), trace);
    }

    pub(super) fn refuse_client(&mut self, id: ClientId, trace: &mut Vec<TraceEvent>) {
        self.give_client(id, ClientInput::LinkDown(None), trace);
    }

    /// The name of a client.
    pub fn client_name(&self, id: ClientId) -> ClientName {
        self.client_node(id).map(|node| Arc::clone(&node.client.name)).unwrap_or_else(|| Arc::from(""))
    }
}
