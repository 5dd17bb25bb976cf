//! The whole simulated world as one value: servers, disks, network and what is planned. Copying it copies
//! pointers; a step changes only what it touches.

mod clients;
mod commands;
mod first_disk;

pub use clients::ClientNode;

use super::agenda::{Agenda, Planned, Slot};
use super::command::Command;
use super::ghost::Ghost;
use super::lines::{ClientContent, ClientFrame, Lines};
use super::network::{Content, Frame, Network};
use crate::client::{ClientName, ClientTimer};
use crate::effects::{Effect, Effects, Input, Plane, Timer};
use crate::ensemble::Ensemble;
use crate::ids::Sid;
use crate::maps::map_of;
use crate::server::Server;
use crate::storage::Disk;
use crate::time::{Duration, Instant};
use crate::trace::{Fact, TraceEvent};
use crate::zab::Work;
use first_disk::first_disk;
use litemap::LiteMap;
use std::sync::Arc;

/// What caused a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// A command.
    Command(Command),
    /// Something arrived.
    Arrived(Arc<Frame>),
    /// A timer ran out.
    Timer(Sid, Timer),
    /// A connection attempt at a quorum port failed.
    Refused {
        /// Who had tried.
        dialler: Sid,
        /// Whom.
        by: Sid,
    },
    /// A disk has done what it was working on.
    DiskDone(Sid),
    /// A thread went on.
    Work(Sid, Work),
    /// Something arrived at a client or from one; with the client's name.
    OnLine(ClientName, Arc<ClientFrame>),
    /// A client's timer ran out.
    ClientTimer(ClientName, ClientTimer),
    /// A client's connection attempt failed.
    ClientRefused(ClientName),
}

/// Whether a server's process runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Process {
    /// It does not.
    Down {
        /// Whether it ever did.
        started_before: bool,
    },
    /// It does.
    Up(Server),
    /// It is frozen, and what happens to it waits.
    Paused {
        /// Its state.
        server: Server,
        /// What it will find when it runs on.
        inbox: Vec<Input>,
        /// Since when.
        since: Instant,
    },
}

/// A machine: a disk and perhaps a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// What the disk holds while no process uses it; a running process has it.
    idle_disk: Disk,
    /// The process.
    pub process: Process,
    /// Whether the disk is slow.
    pub slow_disk: bool,
    timers: LiteMap<Timer, Slot>,
}

/// A slow disk takes so many times as long.
const SLOW_DISK: u64 = 100;

impl Node {
    /// The running or frozen server process.
    pub fn server(&self) -> Option<&Server> {
        match &self.process {
            Process::Down { .. } => None,
            Process::Up(server) | Process::Paused { server, .. } => Some(server),
        }
    }

    /// The disk.
    pub fn disk(&self) -> &Disk {
        self.server().map_or(&self.idle_disk, Server::disk)
    }

    /// Whether the process is frozen.
    pub fn is_paused(&self) -> bool {
        matches!(self.process, Process::Paused { .. })
    }

    /// When a timer will run out, if it is set.
    pub fn timer(&self, timer: Timer) -> Option<Instant> {
        self.timers.get(&timer).map(|slot| slot.0)
    }
}

/// The world.
#[derive(Clone, Debug, PartialEq)]
pub struct World {
    ensemble: Arc<Ensemble>,
    now: Instant,
    nodes: LiteMap<Sid, Arc<Node>>,
    network: Arc<Network>,
    clients: Vec<Arc<ClientNode>>,
    lines: Arc<Lines>,
    agenda: Arc<Agenda>,
    chance: oorandom::Rand32,
    requests_so_far: u32,
    ghost: Arc<Ghost>,
}

impl World {
    /// The world before anything was started.
    pub fn new(ensemble: Arc<Ensemble>) -> World {
        let node = |sid: Sid| {
            let process = Process::Down { started_before: false };
            Arc::new(Node { idle_disk: first_disk(&ensemble, sid), process, slow_disk: false, timers: LiteMap::new() })
        };
        World {
            now: Instant::default(),
            nodes: map_of(ensemble.servers().map(|sid| (sid, node(sid)))),
            network: Arc::default(),
            clients: Vec::new(),
            lines: Arc::default(),
            agenda: Arc::default(),
            chance: oorandom::Rand32::new(ensemble.seed),
            requests_so_far: 0,
            ghost: Arc::default(),
            ensemble,
        }
    }

    /// The configuration.
    pub fn ensemble(&self) -> &Arc<Ensemble> {
        &self.ensemble
    }

    /// The present moment.
    pub fn now(&self) -> Instant {
        self.now
    }

    /// All machines by ascending id.
    pub fn nodes(&self) -> impl Iterator<Item = (Sid, &Node)> {
        self.nodes.iter().map(|(sid, node)| (*sid, &**node))
    }

    /// One machine.
    pub fn node(&self, sid: Sid) -> Option<&Node> {
        self.nodes.get(&sid).map(|node| &**node)
    }

    /// A running or frozen server.
    pub fn server(&self, sid: Sid) -> Option<&Server> {
        self.node(sid).and_then(Node::server)
    }

    /// All running and frozen servers by ascending id.
    pub fn servers(&self) -> impl Iterator<Item = &Server> {
        self.nodes.values().filter_map(|node| node.server())
    }

    /// The network.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// What an all-seeing observer remembers.
    pub fn ghost(&self) -> &Arc<Ghost> {
        &self.ghost
    }

    /// What is planned.
    pub fn agenda(&self) -> &Agenda {
        &self.agenda
    }

    /// Lets time pass in which nothing happens.
    pub fn pass_to(&mut self, moment: Instant) {
        self.now = self.now.max(moment);
    }

    /// Runs the next planned event. `None` when nothing is planned.
    pub fn step(&mut self) -> Option<(Cause, Vec<TraceEvent>)> {
        let (at, planned) = Arc::make_mut(&mut self.agenda).pop()?;
        self.pass_to(at);
        let mut trace = Vec::new();
        let cause = match planned {
            Planned::Arrival(id) => {
                let frame =
                    Arc::make_mut(&mut self.network).take(id).expect("the agenda names frames on their way only");
                self.arrive(&frame, &mut trace);
                Cause::Arrived(frame)
            }
            Planned::Timer(sid, timer) => {
                let node = self.node_mut(sid);
                // A frozen process finds its timer only when it runs on, unless something sets it anew before.
                if !node.is_paused() {
                    node.timers.remove(&timer);
                }
                self.give(sid, Input::TimerFired(timer), &mut trace);
                Cause::Timer(sid, timer)
            }
            Planned::Refusal { dialler, by } => {
                self.give(dialler, Input::Refused { by }, &mut trace);
                Cause::Refused { dialler, by }
            }
            Planned::DiskDone(sid) => {
                self.give(sid, Input::DiskDone, &mut trace);
                Cause::DiskDone(sid)
            }
            Planned::Work(sid, work) => {
                self.give(sid, Input::Work(work), &mut trace);
                Cause::Work(sid, work)
            }
            Planned::ClientArrival(id) => {
                let frame = Arc::make_mut(&mut self.lines).take(id).expect("the agenda names frames on their way only");
                self.arrive_on_line(&frame, &mut trace);
                Cause::OnLine(self.client_name(frame.client), frame)
            }
            Planned::ClientTimer(id, timer) => {
                self.fire_client_timer(id, timer, &mut trace);
                Cause::ClientTimer(self.client_name(id), timer)
            }
            Planned::ClientRefusal(id) => {
                self.refuse_client(id, &mut trace);
                Cause::ClientRefused(self.client_name(id))
            }
        };
        Some((cause, trace))
    }

    fn arrive(&mut self, frame: &Frame, trace: &mut Vec<TraceEvent>) {
        let Frame { plane, from, to, .. } = *frame;
        match &frame.content {
            Content::Message(message) => self.give(to, Input::Deliver { from, message: message.clone() }, trace),
            Content::Closed => self.give(to, Input::LinkDown { plane, peer: from }, trace),
            Content::Dial if self.nodes[&to].server().is_some() => {
                self.give(to, Input::Dialled { plane, by: from }, trace)
            }
            Content::Dial => self.fail_dial(plane, from, to, trace),
        }
    }

    /// Takes a connection down so that both ends notice at this moment.
    fn break_link(&mut self, plane: Plane, a: Sid, b: Sid) {
        for (from, to) in [(a, b), (b, a)] {
            Arc::make_mut(&mut self.network).unlink(plane, from, to);
            self.notice_end(plane, from, to);
        }
        self.forget_lost_frames();
    }

    fn notice_end(&mut self, plane: Plane, from: Sid, to: Sid) {
        let now = self.now;
        let id = Arc::make_mut(&mut self.network).notice_end(plane, from, to, now);
        Arc::make_mut(&mut self.agenda).plan(now, Planned::Arrival(id));
    }

    /// What will never arrive is not planned any more: an entry for it would let `step` run past the moment that
    /// its caller has seen as the next one.
    fn forget_lost_frames(&mut self) {
        let network = &self.network;
        Arc::make_mut(&mut self.agenda)
            .retain(|planned| !matches!(planned, Planned::Arrival(id) if !network.carries(*id)));
    }

    fn links_of(&self, sid: Sid) -> Vec<(Plane, Sid)> {
        self.network
            .links()
            .filter(|(_, a, b)| *a == sid || *b == sid)
            .map(|(plane, a, b)| (plane, if a == sid { b } else { a }))
            .collect()
    }

    /// Hands an input to a server, or leaves it for a frozen one, and carries out what follows.
    fn give(&mut self, sid: Sid, input: Input, trace: &mut Vec<TraceEvent>) {
        let now = self.now;
        let mut out = Effects::new(sid);
        match &mut self.node_mut(sid).process {
            Process::Down { .. } => return,
            Process::Paused { inbox, .. } => inbox.push(input),
            Process::Up(server) => server.step(now, input, &mut out),
        }
        if let Process::Up(server) = &self.nodes[&sid].process {
            let telling =
                |fact: &Fact| matches!(fact, Fact::Proposed { .. } | Fact::Committed { .. } | Fact::Established { .. });
            for event in out.trace.iter().filter(|event| telling(&event.fact)) {
                Arc::make_mut(&mut self.ghost).remember(&event.fact, server);
            }
        }
        // Most steps tell one server one thing, whose trace need not be copied.
        if trace.is_empty() {
            *trace = out.trace;
        } else {
            trace.append(&mut out.trace);
        }
        for effect in out.effects {
            self.carry_out(sid, effect, trace);
        }
    }

    fn carry_out(&mut self, sid: Sid, effect: Effect, trace: &mut Vec<TraceEvent>) {
        match effect {
            // The other end may be gone already while the news of it is on its way: then this is lost, as what is
            // written into a dead TCP connection is. A new process there must not find it.
            Effect::Send { plane, to, message } => {
                if self.network.is_linked(plane, sid, to) {
                    self.send(plane, sid, to, Content::Message(message));
                }
            }
            Effect::Loopback(message) => {
                let now = self.now;
                let (id, _) = Arc::make_mut(&mut self.network).send(
                    Plane::Election,
                    sid,
                    sid,
                    Content::Message(message),
                    now,
                    now,
                );
                Arc::make_mut(&mut self.agenda).plan(now, Planned::Arrival(id));
            }
            Effect::Dial { plane, to } => self.dial(plane, sid, to, trace),
            Effect::Accept { plane, by } => {
                let reachable = self.nodes[&by].server().is_some() && !self.network.is_cut(sid, by);
                if reachable && !self.network.is_linked(plane, sid, by) {
                    Arc::make_mut(&mut self.network).link(plane, sid, by);
                    self.forget_lost_frames();
                    self.give(sid, Input::LinkUp { plane, peer: by }, trace);
                    self.give(by, Input::LinkUp { plane, peer: sid }, trace);
                }
            }
            Effect::Refuse { by } => self.fail_dial(Plane::Quorum, by, sid, trace),
            Effect::Close { plane, with } => {
                if self.network.is_linked(plane, sid, with) {
                    Arc::make_mut(&mut self.network).unlink(plane, with, sid);
                    self.forget_lost_frames();
                    self.send(plane, sid, with, Content::Closed);
                } else {
                    self.hang_up(plane, sid, with);
                }
            }
            Effect::SetTimer { timer, after } => self.set_timer(sid, timer, after),
            Effect::SetTimerWithin { timer, within } => {
                let after = draw(&mut self.chance, Duration::ZERO, within);
                self.set_timer(sid, timer, after);
            }
            Effect::CancelTimer(timer) => self.cancel_timer(sid, timer),
            Effect::DiskWorks => {
                let slow = if self.nodes[&sid].slow_disk { SLOW_DISK } else { 1 };
                let done = self.now + self.ensemble.disk_time * slow;
                Arc::make_mut(&mut self.agenda).plan(done, Planned::DiskDone(sid));
            }
            Effect::Work(work) => {
                let now = self.now;
                Arc::make_mut(&mut self.agenda).plan(now, Planned::Work(sid, work));
            }
            Effect::ToClient { connection, message } => {
                self.send_on_line(connection, ClientContent::ToClient(message));
            }
            Effect::CloseClient(connection) => self.close_line(connection),
            Effect::Exit => self.end(sid, false, trace),
        }
    }

    fn send(&mut self, plane: Plane, from: Sid, to: Sid, content: Content) {
        let latency = self.ensemble.latency;
        let earliest = self.now + draw(&mut self.chance, latency.min, latency.max);
        let (id, arrives_at) = Arc::make_mut(&mut self.network).send(plane, from, to, content, self.now, earliest);
        if let Some(at) = arrives_at {
            Arc::make_mut(&mut self.agenda).plan(at, Planned::Arrival(id));
        }
    }

    fn dial(&mut self, plane: Plane, from: Sid, to: Sid, trace: &mut Vec<TraceEvent>) {
        let on_its_way = self.network.frames().any(|frame| frame.is_dial(plane, from, to));
        if on_its_way || self.network.is_linked(plane, from, to) {
            return;
        }
        if self.network.is_cut(from, to) || self.nodes[&to].server().is_none() {
            self.fail_dial(plane, from, to, trace);
        } else {
            self.send(plane, from, to, Content::Dial);
        }
    }

    /// Takes a connection attempt back, wherever it is: on its way, with a frozen process, or on its way back.
    fn hang_up(&mut self, plane: Plane, from: Sid, to: Sid) {
        Arc::make_mut(&mut self.network).hang_up(plane, from, to);
        self.forget_lost_frames();
        if let Process::Paused { inbox, .. } = &mut self.node_mut(to).process {
            inbox.retain(|input| *input != Input::Dialled { plane, by: from });
        }
        let refusal = Planned::Refusal { dialler: from, by: to };
        Arc::make_mut(&mut self.agenda).retain(|planned| *planned != refusal);
    }

    fn fail_dial(&mut self, plane: Plane, from: Sid, to: Sid, trace: &mut Vec<TraceEvent>) {
        trace.push(TraceEvent { server: from, fact: Fact::Unreachable { peer: to } });
        // On the election plane a failed attempt is silently repeated later; a learner counts its attempts.
        if plane == Plane::Quorum {
            let latency = self.ensemble.latency;
            let back = self.now + draw(&mut self.chance, latency.min, latency.max);
            Arc::make_mut(&mut self.agenda).plan(back, Planned::Refusal { dialler: from, by: to });
        }
    }

    fn set_timer(&mut self, sid: Sid, timer: Timer, after: Duration) {
        self.cancel_timer(sid, timer);
        let slot = Arc::make_mut(&mut self.agenda).plan(self.now + after, Planned::Timer(sid, timer));
        self.node_mut(sid).timers.insert(timer, slot);
    }

    fn cancel_timer(&mut self, sid: Sid, timer: Timer) {
        if let Some(slot) = self.node_mut(sid).timers.remove(&timer) {
            Arc::make_mut(&mut self.agenda).cancel(slot);
        }
    }

    fn cancel_timers(&mut self, sid: Sid) {
        for (_, slot) in std::mem::take(&mut self.node_mut(sid).timers) {
            Arc::make_mut(&mut self.agenda).cancel(slot);
        }
    }

    fn node_mut(&mut self, sid: Sid) -> &mut Node {
        let node = self.nodes.get_mut(&sid).expect("commands and frames name servers of the ensemble only");
        Arc::make_mut(node)
    }
}

fn draw(chance: &mut oorandom::Rand32, min: Duration, max: Duration) -> Duration {
    let spread = (max - min).0;
    if spread == 0 {
        return min;
    }
    // Spans below an hour fit 32 bits in microseconds.
    let spread = u32::try_from(spread).unwrap_or(u32::MAX - 1);
    min + Duration(u64::from(chance.rand_range(0..spread + 1)))
}
