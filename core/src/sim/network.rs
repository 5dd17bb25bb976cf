//! The simulated network: ordered connections, each of which can be held, cut and healed. A link between two
//! servers is a TCP stream: it delivers in order or it breaks; a single message in the middle is never lost.

use crate::effects::{Message, Plane};
use crate::ids::Sid;
use crate::packet::Packet;
use crate::time::Instant;
use litemap::LiteMap;
use std::collections::VecDeque;
use std::sync::Arc;

/// Running number of a frame within a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FrameId(pub u64);

/// What travels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A connection attempt.
    Dial,
    /// A message over a standing connection.
    Message(Message),
    /// The end of a connection.
    Closed,
}

/// Something on its way from one server to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Its number.
    pub id: FrameId,
    /// Which network.
    pub plane: Plane,
    /// The sender.
    pub from: Sid,
    /// The receiver; the sender itself for a message put into the own queue.
    pub to: Sid,
    /// When it left.
    pub sent_at: Instant,
    /// When it arrives; `None` while it is held.
    pub arrives_at: Option<Instant>,
    /// What it is.
    pub content: Content,
}

impl Frame {
    /// Whether it is this connection attempt.
    pub fn is_dial(&self, plane: Plane, from: Sid, to: Sid) -> bool {
        (self.plane, self.from, self.to) == (plane, from, to) && self.content == Content::Dial
    }

    /// Whether it only says that somebody is there; nothing follows from it.
    pub fn is_ping(&self) -> bool {
        matches!(self.content, Content::Message(Message::Packet(Packet::Ping(..))))
    }
}

/// A direction of a link.
type Direction = (Plane, Sid, Sid);

/// All links and everything on its way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Network {
    links: LiteMap<Direction, ()>,
    /// By ascending number, so that a new one goes to the end. They are shared with other moments of the run.
    frames: VecDeque<Arc<Frame>>,
    last_arrival: LiteMap<Direction, Instant>,
    cuts: LiteMap<(Sid, Sid), ()>,
    holds: LiteMap<(Sid, Sid), ()>,
    frames_so_far: u64,
}

fn pair(a: Sid, b: Sid) -> (Sid, Sid) {
    (a.min(b), a.max(b))
}

impl Network {
    /// Puts something on its way. `earliest` is when it would arrive alone; it never overtakes what was sent
    /// before it in the same direction. Returns the frame and its arrival, which is `None` when the direction is held.
    pub fn send(
        &mut self,
        plane: Plane,
        from: Sid,
        to: Sid,
        content: Content,
        now: Instant,
        earliest: Instant,
    ) -> (FrameId, Option<Instant>) {
        let held = from != to && self.holds.contains_key(&(from, to));
        let arrives_at = (!held).then(|| self.arrival((plane, from, to), earliest));
        self.frames_so_far += 1;
        let frame = Frame { id: FrameId(self.frames_so_far), plane, from, to, sent_at: now, arrives_at, content };
        let (id, arrives_at) = (frame.id, frame.arrives_at);
        self.frames.push_back(Arc::new(frame));
        (id, arrives_at)
    }

    fn arrival(&mut self, direction: Direction, earliest: Instant) -> Instant {
        let last = self.last_arrival.entry(direction).or_default();
        *last = earliest.max(*last);
        *last
    }

    /// Tells `to` at this very moment that its connection with `from` is gone. This is no message: a held line
    /// does not stop it, and nothing is left on its way that it could overtake.
    pub fn notice_end(&mut self, plane: Plane, from: Sid, to: Sid, now: Instant) -> FrameId {
        self.frames_so_far += 1;
        let id = FrameId(self.frames_so_far);
        let frame = Frame { id, plane, from, to, sent_at: now, arrives_at: Some(now), content: Content::Closed };
        self.frames.push_back(Arc::new(frame));
        id
    }

    /// Whether a frame is still on its way.
    pub fn carries(&self, id: FrameId) -> bool {
        self.place_of(id).is_some()
    }

    /// Takes an arriving frame out.
    pub fn take(&mut self, id: FrameId) -> Option<Arc<Frame>> {
        let place = self.place_of(id)?;
        self.frames.remove(place)
    }

    fn place_of(&self, id: FrameId) -> Option<usize> {
        self.frames.binary_search_by_key(&id, |frame| frame.id).ok()
    }

    /// Everything on its way, in the order in which it was sent.
    pub fn frames(&self) -> impl Iterator<Item = &Frame> {
        self.frames.iter().map(|frame| &**frame)
    }

    /// Whether a connection stands.
    pub fn is_linked(&self, plane: Plane, a: Sid, b: Sid) -> bool {
        let (a, b) = pair(a, b);
        self.links.contains_key(&(plane, a, b))
    }

    /// All standing connections as (plane, smaller id, larger id).
    pub fn links(&self) -> impl Iterator<Item = (Plane, Sid, Sid)> + '_ {
        self.links.keys().copied()
    }

    /// Takes a connection attempt back.
    pub fn hang_up(&mut self, plane: Plane, from: Sid, to: Sid) {
        self.frames.retain(|frame| !frame.is_dial(plane, from, to));
    }

    /// Sets a connection up. It takes the place of an earlier one whose end is still on its way: that news would
    /// be taken for the end of this one. A learner that calls again has also closed its old socket and will not read
    /// what is left in it.
    pub fn link(&mut self, plane: Plane, a: Sid, b: Sid) {
        let (a, b) = pair(a, b);
        self.links.insert((plane, a, b), ());
        let old = |frame: &Frame| {
            let ends_or_unread = match frame.content {
                Content::Closed => true,
                Content::Message(_) => plane == Plane::Quorum,
                Content::Dial => false,
            };
            ends_or_unread && frame.plane == plane && pair(frame.from, frame.to) == (a, b)
        };
        self.frames.retain(|frame| !old(frame));
    }

    /// Takes a connection down, with everything on its way to `lost_to`.
    pub fn unlink(&mut self, plane: Plane, peer: Sid, lost_to: Sid) {
        let (a, b) = pair(peer, lost_to);
        self.links.remove(&(plane, a, b));
        self.frames.retain(|frame| frame.plane != plane || (frame.from, frame.to) != (peer, lost_to));
    }

    /// Drops what ends with a process: everything on its way to it, its own queue included, and its own
    /// connection attempts. Those of others go on: they find out that nobody, or somebody new, is there.
    pub fn end_process(&mut self, sid: Sid) {
        self.frames.retain(|frame| if frame.content == Content::Dial { frame.from != sid } else { frame.to != sid });
    }

    /// Drops everything on its way between two servers.
    pub fn drop_frames_between(&mut self, a: Sid, b: Sid) {
        self.frames.retain(|frame| pair(frame.from, frame.to) != pair(a, b));
    }

    /// Whether the line between two servers is cut.
    pub fn is_cut(&self, a: Sid, b: Sid) -> bool {
        self.cuts.contains_key(&pair(a, b))
    }

    /// Cuts the line between two servers. Returns whether it was whole.
    pub fn cut(&mut self, a: Sid, b: Sid) -> bool {
        self.cuts.insert(pair(a, b), ()).is_none()
    }

    /// All cut lines.
    pub fn cuts(&self) -> impl Iterator<Item = (Sid, Sid)> + '_ {
        self.cuts.keys().copied()
    }

    /// Mends the line between two servers.
    pub fn mend(&mut self, a: Sid, b: Sid) {
        self.cuts.remove(&pair(a, b));
    }

    /// Mends every line.
    pub fn heal(&mut self) {
        self.cuts.clear();
    }

    /// Whether a direction is held.
    pub fn is_held(&self, from: Sid, to: Sid) -> bool {
        self.holds.contains_key(&(from, to))
    }

    /// All held directions.
    pub fn holds(&self) -> impl Iterator<Item = (Sid, Sid)> + '_ {
        self.holds.keys().copied()
    }

    /// Holds a direction: what is on its way there, and what will be sent, waits. Returns the frames stopped.
    pub fn hold(&mut self, from: Sid, to: Sid) -> Vec<FrameId> {
        self.holds.insert((from, to), ());
        let mut stopped = Vec::new();
        for frame in self.frames.iter_mut().filter(|frame| (frame.from, frame.to) == (from, to)) {
            Arc::make_mut(frame).arrives_at = None;
            stopped.push(frame.id);
        }
        stopped
    }

    /// Lets a held direction go. Returns the frames that start moving, with their moments of arrival; `earliest`
    /// draws the moment at which each would arrive alone.
    pub fn release(&mut self, from: Sid, to: Sid, mut earliest: impl FnMut() -> Instant) -> Vec<(FrameId, Instant)> {
        self.holds.remove(&(from, to));
        let mut moving = Vec::new();
        for place in 0..self.frames.len() {
            let Frame { id, plane, arrives_at, .. } = *self.frames[place];
            if (self.frames[place].from, self.frames[place].to) == (from, to) && arrives_at.is_none() {
                let arrival = self.arrival((plane, from, to), earliest());
                Arc::make_mut(&mut self.frames[place]).arrives_at = Some(arrival);
                moving.push((id, arrival));
            }
        }
        moving
    }
}
