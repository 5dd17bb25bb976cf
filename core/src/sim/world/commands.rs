//! What a person or a test may do to the world at one moment.

use super::first_disk::unowned_write;
use super::{Process, World, draw};
use crate::effects::{Input, Plane};
use crate::ids::Sid;
use crate::server::Server;
use crate::sids::Sids;
use crate::sim::agenda::Planned;
use crate::sim::command::{Command, CommandError};
use crate::sim::network::{Content, Frame};
use crate::trace::{Fact, TraceEvent};
use crate::txn::{Request, RequestId};
use crate::zab::ZabPhase;
use std::sync::Arc;

impl World {
    /// Carries out a command that happens at one moment. Commands that let time pass belong to the history.
    pub fn apply(&mut self, command: &Command) -> Result<Vec<TraceEvent>, CommandError> {
        self.check(command)?;
        let mut trace = Vec::new();
        match command {
            Command::Start(sid) | Command::Restart(sid) => self.start(*sid, &mut trace),
            Command::Stop(sid) => self.end(*sid, true, &mut trace),
            Command::Crash(sid) => self.end(*sid, false, &mut trace),
            Command::Pause(sid) => self.pause(*sid, &mut trace),
            Command::Resume(sid) => self.resume(*sid, &mut trace),
            Command::Cut(a, b) => self.cut(*a, *b, &mut trace),
            Command::Partition(sides) => {
                for (a, b) in crossing(sides) {
                    self.cut(a, b, &mut trace);
                }
                let network = Arc::make_mut(&mut self.network);
                for side in sides {
                    side.into_iter().for_each(|a| side.into_iter().for_each(|b| network.mend(a, b)));
                }
            }
            Command::HealLine(a, b) => {
                Arc::make_mut(&mut self.network).mend(*a, *b);
            }
            Command::Heal => {
                Arc::make_mut(&mut self.network).heal();
                self.mend_clients();
            }
            Command::Hold(from, to) => {
                let stopped = Arc::make_mut(&mut self.network).hold(*from, *to);
                let still = |planned: &Planned| !matches!(planned, Planned::Arrival(id) if stopped.contains(id));
                Arc::make_mut(&mut self.agenda).retain(still);
            }
            Command::Release(from, to) => {
                let (now, latency, chance) = (self.now, self.ensemble.latency, &mut self.chance);
                let moving = Arc::make_mut(&mut self.network)
                    .release(*from, *to, || now + draw(chance, latency.min, latency.max));
                for (id, at) in moving {
                    Arc::make_mut(&mut self.agenda).plan(at, Planned::Arrival(id));
                }
            }
            Command::DiskSpeed { server, slow } => self.node_mut(*server).slow_disk = *slow,
            Command::Write { server, payload } => {
                self.requests_so_far += 1;
                let id = RequestId::without_session(*server, self.requests_so_far);
                let request = Request { id, operation: unowned_write(payload), who: Arc::from([]) };
                self.give(*server, Input::Write(Box::new(request)), &mut trace);
            }
            Command::Sync(server) => {
                self.requests_so_far += 1;
                let call = RequestId::without_session(*server, self.requests_so_far);
                self.give(*server, Input::Sync(call), &mut trace);
            }
            Command::Client { client, act } => self.act_on_client(client, act, &mut trace),
            Command::All(_)
            | Command::Each(..)
            | Command::Advance(_)
            | Command::Step(_)
            | Command::Settle
            | Command::SettleWithin(_)
            | Command::Until(_)
            | Command::CrashAfter { .. } => {}
        }
        Ok(trace)
    }

    /// Whether a command can be carried out now.
    pub(crate) fn check(&self, command: &Command) -> Result<(), CommandError> {
        let process = |sid: &Sid| self.node(*sid).map(|node| &node.process).ok_or(CommandError::UnknownServer(*sid));
        let line = |a: &Sid, b: &Sid| {
            process(a).and(process(b))?;
            if a == b { Err(CommandError::SameServer(*a)) } else { Ok(()) }
        };
        match command {
            Command::Start(sid) => match process(sid)? {
                Process::Down { .. } => Ok(()),
                _ => Err(CommandError::AlreadyRunning(*sid)),
            },
            Command::Restart(sid) => match process(sid)? {
                Process::Down { started_before: true } => Ok(()),
                Process::Down { started_before: false } => Err(CommandError::NeverStarted(*sid)),
                _ => Err(CommandError::AlreadyRunning(*sid)),
            },
            Command::Stop(sid) | Command::Crash(sid) => match process(sid)? {
                Process::Down { .. } => Err(CommandError::NotRunning(*sid)),
                _ => Ok(()),
            },
            Command::Pause(sid) => match process(sid)? {
                Process::Down { .. } => Err(CommandError::NotRunning(*sid)),
                Process::Paused { .. } => Err(CommandError::AlreadyPaused(*sid)),
                Process::Up(_) => Ok(()),
            },
            Command::Resume(sid) => match process(sid)? {
                Process::Paused { .. } => Ok(()),
                Process::Down { .. } => Err(CommandError::NotRunning(*sid)),
                Process::Up(_) => Err(CommandError::NotPaused(*sid)),
            },
            Command::Cut(a, b) => {
                line(a, b)?;
                if self.network.is_cut(*a, *b) { Err(CommandError::AlreadyCut(*a, *b)) } else { Ok(()) }
            }
            Command::HealLine(a, b) => {
                line(a, b)?;
                if self.network.is_cut(*a, *b) { Ok(()) } else { Err(CommandError::NotCut(*a, *b)) }
            }
            Command::Partition(sides) => {
                let mut seen = Sids::EMPTY;
                for sid in sides.iter().copied().flatten() {
                    process(&sid)?;
                    if !seen.insert(sid) {
                        return Err(CommandError::TwoSides(sid));
                    }
                }
                Ok(())
            }
            Command::Hold(from, to) => {
                line(from, to)?;
                if self.network.is_held(*from, *to) { Err(CommandError::AlreadyHeld(*from, *to)) } else { Ok(()) }
            }
            Command::Release(from, to) => {
                line(from, to)?;
                if self.network.is_held(*from, *to) { Ok(()) } else { Err(CommandError::NotHeld(*from, *to)) }
            }
            Command::DiskSpeed { server, .. } => process(server).map(|_| ()),
            Command::CrashAfter { server, .. } => match process(server)? {
                Process::Down { .. } => Err(CommandError::NotRunning(*server)),
                _ => Ok(()),
            },
            Command::Write { server, .. } | Command::Sync(server) => {
                process(server)?;
                let open = self.server(*server).is_some_and(|running| running.phase() == ZabPhase::Broadcast);
                if open { Ok(()) } else { Err(CommandError::NotServing(*server)) }
            }
            Command::Client { client, act } => self.check_client(client, act),
            Command::Heal
            | Command::All(_)
            | Command::Each(..)
            | Command::Advance(_)
            | Command::Step(_)
            | Command::Settle
            | Command::SettleWithin(_) => Ok(()),
            Command::Until(statement) => statement.check(self),
        }
    }

    fn start(&mut self, sid: Sid, trace: &mut Vec<TraceEvent>) {
        let (ensemble, now) = (Arc::clone(&self.ensemble), self.now);
        let node = self.node_mut(sid);
        let disk = std::mem::take(&mut node.idle_disk);
        node.process = Process::Up(Server::new(sid, ensemble, disk, now));
        trace.push(TraceEvent { server: sid, fact: Fact::Started });
        self.give(sid, Input::Boot, trace);
    }

    pub(super) fn end(&mut self, sid: Sid, cleanly: bool, trace: &mut Vec<TraceEvent>) {
        self.cancel_timers(sid);
        let ended = std::mem::replace(&mut self.node_mut(sid).process, Process::Down { started_before: true });
        trace.push(TraceEvent { server: sid, fact: Fact::Ended { cleanly } });
        let (server, inbox) = match ended {
            Process::Down { .. } => return,
            Process::Up(server) => (server, Vec::new()),
            Process::Paused { server, inbox, .. } => (server, inbox),
        };
        self.node_mut(sid).idle_disk = server.into_disk(cleanly);
        for input in inbox {
            if let Input::Dialled { plane, by } = input {
                self.fail_dial(plane, by, sid, trace);
            }
        }
        // An attempt of its own that a frozen peer has not looked at yet ends with it.
        for (_, node) in self.nodes.iter_mut() {
            if matches!(&node.process, Process::Paused { inbox, .. } if inbox.iter().any(|input| is_dial_of(input, sid)))
                && let Process::Paused { inbox, .. } = &mut Arc::make_mut(node).process
            {
                inbox.retain(|input| !is_dial_of(input, sid));
            }
        }
        // The peers learn it from the end of the stream, behind everything that was sent before.
        for (plane, peer) in self.links_of(sid) {
            Arc::make_mut(&mut self.network).unlink(plane, peer, sid);
            self.send(plane, sid, peer, Content::Closed);
        }
        Arc::make_mut(&mut self.network).end_process(sid);
        self.end_lines_of(sid);
        self.forget_lost_frames();
        Arc::make_mut(&mut self.agenda).retain(|planned| match planned {
            Planned::Refusal { dialler, .. } => *dialler != sid,
            Planned::DiskDone(gone) | Planned::Work(gone, _) => *gone != sid,
            _ => true,
        });
    }

    /// A frozen process keeps its sockets open. Election connections outlast any freeze, since they are read without a
    /// timeout (`QuorumCnxManager.RecvWorker`); leader and learners give each other up by their own clocks.
    fn pause(&mut self, sid: Sid, trace: &mut Vec<TraceEvent>) {
        let now = self.now;
        let node = self.node_mut(sid);
        if let Process::Up(server) = &node.process {
            node.process = Process::Paused { server: server.clone(), inbox: Vec::new(), since: now };
        }
        trace.push(TraceEvent { server: sid, fact: Fact::Paused });
    }

    fn resume(&mut self, sid: Sid, trace: &mut Vec<TraceEvent>) {
        trace.push(TraceEvent { server: sid, fact: Fact::Resumed });
        let node = self.node_mut(sid);
        let Process::Paused { server, inbox, .. } = &mut node.process else { return };
        let (server, inbox) = (server.clone(), std::mem::take(inbox));
        node.process = Process::Up(server);
        let ran_out = node.timers.clone();
        for input in inbox {
            if let Input::TimerFired(timer) = input {
                // What came in before has stopped this timer or set it anew.
                if self.nodes[&sid].timers.get(&timer) != ran_out.get(&timer) {
                    continue;
                }
                self.node_mut(sid).timers.remove(&timer);
            }
            self.give(sid, input, trace);
        }
    }

    fn cut(&mut self, a: Sid, b: Sid, trace: &mut Vec<TraceEvent>) {
        let network = Arc::make_mut(&mut self.network);
        network.cut(a, b);
        let between = |frame: &&Frame| [(a, b), (b, a)].contains(&(frame.from, frame.to));
        let lost: Vec<Frame> = network.frames().filter(between).cloned().collect();
        network.drop_frames_between(a, b);
        self.forget_lost_frames();
        for Frame { plane, from, to, content, .. } in lost {
            match content {
                Content::Message(_) => {}
                Content::Dial => self.fail_dial(plane, from, to, trace),
                // The connection was gone already, and the end that did not know it learns it now.
                Content::Closed => self.notice_end(plane, from, to),
            }
        }
        for plane in [Plane::Election, Plane::Quorum] {
            if self.network.is_linked(plane, a, b) {
                self.break_link(plane, a, b);
            }
        }
    }
}

fn is_dial_of(input: &Input, sid: Sid) -> bool {
    matches!(input, Input::Dialled { by, .. } if *by == sid)
}

/// Every pair of servers that stand on different sides.
fn crossing(sides: &[Sids]) -> Vec<(Sid, Sid)> {
    let mut pairs = Vec::new();
    for (index, side) in sides.iter().enumerate() {
        for other in &sides[index + 1..] {
            pairs.extend(side.into_iter().flat_map(|a| other.into_iter().map(move |b| (a, b))));
        }
    }
    pairs
}
