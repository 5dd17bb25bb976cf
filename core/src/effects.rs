//! What goes into a server and what comes out. A server performs nothing itself: it is told one [`Input`] and
//! writes what shall happen into [`Effects`].

use crate::election::Notification;
use crate::ids::{ConnectionId, Sid};
use crate::packet::Packet;
use crate::session::{ToClient, ToServer};
use crate::time::Duration;
use crate::trace::{Fact, TraceEvent};
use crate::txn::{Request, RequestId};
use crate::zab::Work;

/// The two networks of an ensemble (dossier §13): each has its own port and its own rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Plane {
    /// The election port: a mesh in which the larger id dials.
    Election,
    /// The quorum port: each learner dials its leader.
    Quorum,
}

/// What one server sends to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// A vote, over the election plane.
    Notification(Notification),
    /// Leader and learner, over the quorum plane.
    Packet(Packet),
}

/// The timers of a server. Setting one that runs already replaces it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Timer {
    /// Nothing was heard for a while during the election.
    Silence,
    /// A quorum agreed and no better vote came (`finalizeWait`).
    Finalize,
    /// Try the leader's quorum port again.
    RetryLeader,
    /// A prospective leader has waited long enough for a quorum in one of its phases, or a learner for the leader
    /// to take its call.
    InitLimit,
    /// A leader pings its learners, and counts those in step every second time.
    Tick,
    /// A learner has perhaps not heard its leader for too long.
    ReadLimit,
    /// An observer that lost its leader begins to look for the next.
    ObserverDelay,
    /// A leader looks whether sessions are over.
    Sessions,
    /// A leader looks for containers and znodes whose time is up.
    Containers,
}

impl Timer {
    /// All of them.
    pub const ALL: [Timer; 9] = [
        Timer::Silence,
        Timer::Finalize,
        Timer::RetryLeader,
        Timer::InitLimit,
        Timer::Tick,
        Timer::ReadLimit,
        Timer::ObserverDelay,
        Timer::Sessions,
        Timer::Containers,
    ];
}

/// One thing that happens to a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// The process has started.
    Boot,
    /// A message has arrived.
    Deliver {
        /// Who sent it.
        from: Sid,
        /// What it says.
        message: Message,
    },
    /// A timer has run out.
    TimerFired(Timer),
    /// Somebody's connection attempt has arrived.
    Dialled {
        /// On which port.
        plane: Plane,
        /// By whom.
        by: Sid,
    },
    /// A connection stands.
    LinkUp {
        /// On which plane.
        plane: Plane,
        /// With whom.
        peer: Sid,
    },
    /// A connection is gone.
    LinkDown {
        /// On which plane.
        plane: Plane,
        /// With whom.
        peer: Sid,
    },
    /// The leader's quorum port did not answer.
    Refused {
        /// The server that was called.
        by: Sid,
    },
    /// The disk has done what it was working on.
    DiskDone,
    /// A thread goes on.
    Work(Work),
    /// Somebody without a session writes.
    Write(Box<Request>),
    /// Somebody without a session calls `sync`.
    Sync(RequestId),
    /// A client has sent something.
    FromClient {
        /// Over which connection.
        connection: ConnectionId,
        /// What.
        message: ToServer,
    },
    /// A client's connection is gone.
    ClientGone(ConnectionId),
}

/// One thing a server wants to happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Send over a standing connection.
    Send {
        /// Which network.
        plane: Plane,
        /// To whom.
        to: Sid,
        /// What.
        message: Message,
    },
    /// Put a message into the own incoming queue.
    Loopback(Message),
    /// Try to open a connection.
    Dial {
        /// Which network.
        plane: Plane,
        /// To whom.
        to: Sid,
    },
    /// Accept a connection attempt.
    Accept {
        /// Which network.
        plane: Plane,
        /// Whose attempt.
        by: Sid,
    },
    /// Refuse a connection attempt at the quorum port.
    Refuse {
        /// Whose attempt.
        by: Sid,
    },
    /// Close a connection, or take an attempt at one back.
    Close {
        /// Which network.
        plane: Plane,
        /// With whom.
        with: Sid,
    },
    /// Start a timer.
    SetTimer {
        /// Which one.
        timer: Timer,
        /// When it runs out.
        after: Duration,
    },
    /// Start a timer that runs out at a random moment below `within`.
    SetTimerWithin {
        /// Which one.
        timer: Timer,
        /// The latest moment.
        within: Duration,
    },
    /// Stop a timer.
    CancelTimer(Timer),
    /// The disk works on the first operation in its queue.
    DiskWorks,
    /// A thread goes on at this moment, in a step of its own.
    Work(Work),
    /// Send to a client.
    ToClient {
        /// Over which connection.
        connection: ConnectionId,
        /// What.
        message: ToClient,
    },
    /// End a client's connection.
    CloseClient(ConnectionId),
    /// The process ends.
    Exit,
}

/// Collects what one step of one server brings about, in order.
#[derive(Debug)]
pub struct Effects {
    server: Sid,
    /// Whether somebody wants to know what was decided.
    watched: bool,
    /// What shall happen.
    pub effects: Vec<Effect>,
    /// What was decided, and why.
    pub trace: Vec<TraceEvent>,
}

impl Effects {
    /// An empty collector for a step of `server`.
    pub fn new(server: Sid) -> Effects {
        Effects { server, watched: true, effects: Vec::new(), trace: Vec::new() }
    }

    /// A collector that keeps no trace, for whoever only drives servers.
    pub fn unwatched(server: Sid) -> Effects {
        Effects { watched: false, ..Effects::new(server) }
    }

    /// Records a fact about this server.
    pub fn note(&mut self, fact: Fact) {
        if self.watched {
            // Most steps have one thing to tell, and a run keeps thousands of them.
            if self.trace.is_empty() {
                self.trace.reserve_exact(1);
            }
            self.trace.push(TraceEvent { server: self.server, fact });
        }
    }

    pub(crate) fn send(&mut self, plane: Plane, to: Sid, message: Message) {
        self.effects.push(Effect::Send { plane, to, message });
    }

    pub(crate) fn send_packet(&mut self, to: Sid, packet: Packet) {
        self.send(Plane::Quorum, to, Message::Packet(packet));
    }

    pub(crate) fn tell_client(&mut self, connection: ConnectionId, message: ToClient) {
        self.effects.push(Effect::ToClient { connection, message });
    }

    pub(crate) fn close_client(&mut self, connection: ConnectionId) {
        self.effects.push(Effect::CloseClient(connection));
    }

    pub(crate) fn disk_works(&mut self) {
        self.effects.push(Effect::DiskWorks);
    }

    pub(crate) fn work(&mut self, work: Work) {
        self.effects.push(Effect::Work(work));
    }

    pub(crate) fn exit(&mut self) {
        self.effects.push(Effect::Exit);
    }

    pub(crate) fn loopback(&mut self, message: Message) {
        self.effects.push(Effect::Loopback(message));
    }

    pub(crate) fn dial(&mut self, plane: Plane, to: Sid) {
        self.effects.push(Effect::Dial { plane, to });
    }

    pub(crate) fn accept(&mut self, plane: Plane, by: Sid) {
        self.effects.push(Effect::Accept { plane, by });
    }

    pub(crate) fn refuse(&mut self, by: Sid) {
        self.effects.push(Effect::Refuse { by });
    }

    pub(crate) fn close(&mut self, plane: Plane, with: Sid) {
        self.effects.push(Effect::Close { plane, with });
    }

    pub(crate) fn set_timer(&mut self, timer: Timer, after: Duration) {
        self.effects.push(Effect::SetTimer { timer, after });
    }

    pub(crate) fn set_timer_within(&mut self, timer: Timer, within: Duration) {
        self.effects.push(Effect::SetTimerWithin { timer, within });
    }

    pub(crate) fn cancel_timer(&mut self, timer: Timer) {
        self.effects.push(Effect::CancelTimer(timer));
    }
}
