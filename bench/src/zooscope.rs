//! ZooScope's servers with the least there can be around them: one queue for all, disks that are done at once, and
//! nobody who watches.

use crate::{Competitor, REPLICAS};
use std::collections::VecDeque;
use std::sync::Arc;
use zooscope_core::effects::{Effect, Effects, Input, Plane, Timer};
use zooscope_core::ensemble::Ensemble;
use zooscope_core::ids::Sid;
use zooscope_core::server::{Activity, Server};
use zooscope_core::session::Operation;
use zooscope_core::storage::{Disk, Snapshot};
use zooscope_core::time::Instant;
use zooscope_core::tree::DataTree;
use zooscope_core::txn::{Request, RequestId};
use zooscope_core::zab::ZabPhase;

/// Ids begin with 1.
const PLACES: usize = REPLICAS + 1;

/// An ensemble whose messages arrive in the order in which they were sent.
pub struct Direct {
    servers: Vec<Server>,
    /// What each server brings about in its steps, kept so that its vectors need not be made anew.
    outs: Vec<Effects>,
    queue: VecDeque<(Sid, Input)>,
    /// Who is connected with whom, on both planes.
    links: [[[bool; PLACES]; PLACES]; 2],
    timers: Vec<(Instant, Sid, Timer)>,
    now: Instant,
    leader: usize,
    written: u32,
}

impl Competitor for Direct {
    fn established() -> Direct {
        let ensemble = Arc::new(Ensemble::of(REPLICAS as u8));
        let now = Instant::default();
        // The competitor keeps no digest of its state either.
        let snapshot = Snapshot { tree: DataTree::new("", false), ..Snapshot::default() };
        let disk = || Disk { snapshot: snapshot.clone(), ..Disk::default() };
        let server = |sid| Server::new(sid, Arc::clone(&ensemble), disk(), now);
        let mut direct = Direct {
            servers: ensemble.servers().map(server).collect(),
            outs: ensemble.servers().map(Effects::unwatched).collect(),
            queue: ensemble.servers().map(|sid| (sid, Input::Boot)).collect(),
            links: [[[false; PLACES]; PLACES]; 2],
            timers: Vec::new(),
            now,
            leader: 0,
            written: 0,
        };
        direct.run();
        while !direct.servers.iter().all(|server| server.phase() == ZabPhase::Broadcast) {
            direct.pass_time();
            direct.run();
        }
        let leads = |server: &Server| matches!(server.activity(), Activity::Leading(_));
        direct.leader = direct.servers.iter().position(leads).expect("those that serve have a leader");
        direct
    }

    fn write(&mut self, payload: &str) {
        self.written += 1;
        let server = self.servers[self.leader].id();
        let id = RequestId::without_session(server, self.written);
        let data: Arc<[u8]> = Arc::from(payload.as_bytes());
        let operation = Operation::SetData { path: Arc::from("/"), data: Some(data), version: -1 };
        let request = Request { id, operation, who: Arc::from([]) };
        self.queue.push_back((server, Input::Write(Box::new(request))));
    }

    fn run(&mut self) {
        while let Some((sid, input)) = self.queue.pop_front() {
            let place = place(sid);
            self.servers[place].step(self.now, input, &mut self.outs[place]);
            // The vector goes back afterwards: nothing that is carried out here takes another step.
            let mut effects = std::mem::take(&mut self.outs[place].effects);
            for effect in effects.drain(..) {
                self.carry_out(sid, effect);
            }
            self.outs[place].effects = effects;
        }
    }

    fn applied(&self) -> usize {
        self.servers.iter().map(|server| server.database().history.len()).min().unwrap_or(0)
    }
}

fn place(sid: Sid) -> usize {
    usize::from(sid.0) - 1
}

impl Direct {
    /// Nothing else is to be done: the next timer runs out. After the election none is needed any more.
    fn pass_time(&mut self) {
        let next = (0..self.timers.len()).min_by_key(|index| self.timers[*index]);
        let (at, sid, timer) = self.timers.swap_remove(next.expect("an election under way has a timer"));
        self.now = at;
        self.queue.push_back((sid, Input::TimerFired(timer)));
    }

    fn carry_out(&mut self, sid: Sid, effect: Effect) {
        match effect {
            Effect::Send { plane, to, message } => {
                if *self.link(plane, sid, to) {
                    self.queue.push_back((to, Input::Deliver { from: sid, message }));
                }
            }
            Effect::Loopback(message) => self.queue.push_back((sid, Input::Deliver { from: sid, message })),
            Effect::Dial { plane, to } => {
                if !*self.link(plane, sid, to) {
                    self.queue.push_back((to, Input::Dialled { plane, by: sid }));
                }
            }
            Effect::Accept { plane, by } => {
                if !std::mem::replace(self.link(plane, sid, by), true) {
                    self.queue.push_back((sid, Input::LinkUp { plane, peer: by }));
                    self.queue.push_back((by, Input::LinkUp { plane, peer: sid }));
                }
            }
            Effect::Refuse { by } => self.queue.push_back((by, Input::Refused { by: sid })),
            Effect::Close { plane, with } => {
                if std::mem::take(self.link(plane, sid, with)) {
                    self.queue.push_back((with, Input::LinkDown { plane, peer: sid }));
                }
            }
            // A random moment below a limit may as well be the limit.
            Effect::SetTimer { timer, after } | Effect::SetTimerWithin { timer, within: after } => {
                self.cancel(sid, timer);
                self.timers.push((self.now + after, sid, timer));
            }
            Effect::CancelTimer(timer) => self.cancel(sid, timer),
            Effect::DiskWorks => self.queue.push_back((sid, Input::DiskDone)),
            Effect::Work(work) => self.queue.push_back((sid, Input::Work(work))),
            Effect::ToClient { .. } | Effect::CloseClient(_) => unreachable!("there are no clients"),
            Effect::Exit => unreachable!("nothing fails here"),
        }
    }

    fn link(&mut self, plane: Plane, a: Sid, b: Sid) -> &mut bool {
        &mut self.links[plane as usize][usize::from(a.0.min(b.0))][usize::from(a.0.max(b.0))]
    }

    fn cancel(&mut self, sid: Sid, timer: Timer) {
        self.timers.retain(|(_, owner, set)| (*owner, *set) != (sid, timer));
    }
}
