//! What is going to happen, in order. Equal moments are ordered by when they were planned.

use super::network::FrameId;
use crate::effects::Timer;
use crate::ids::Sid;
use crate::time::Instant;
use litemap::LiteMap;

/// Something planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Planned {
    /// A frame arrives.
    Arrival(FrameId),
    /// A server's timer runs out.
    Timer(Sid, Timer),
    /// A connection attempt at a quorum port comes back without success.
    Refusal {
        /// Who tried.
        dialler: Sid,
        /// Whom.
        by: Sid,
    },
    /// The peers of a frozen server lose patience.
    FreezeNoticed(Sid),
}

/// The place of an entry: its moment, then a running number.
pub type Slot = (Instant, u64);

/// The queue of the simulation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agenda {
    entries: LiteMap<Slot, Planned>,
    planned_so_far: u64,
}

impl Agenda {
    /// Plans something and returns its slot.
    pub fn plan(&mut self, at: Instant, what: Planned) -> Slot {
        self.planned_so_far += 1;
        let slot = (at, self.planned_so_far);
        self.entries.insert(slot, what);
        slot
    }

    /// Takes an entry back.
    pub fn cancel(&mut self, slot: Slot) {
        self.entries.remove(&slot);
    }

    /// Takes back every entry that does not satisfy `keep`.
    pub fn retain(&mut self, keep: impl Fn(&Planned) -> bool) {
        self.entries.retain(|_, planned| keep(planned));
    }

    /// The next entry, without removing it.
    pub fn peek(&self) -> Option<(Instant, Planned)> {
        self.entries.first().map(|(slot, planned)| (slot.0, *planned))
    }

    /// Removes the next entry.
    pub fn pop(&mut self) -> Option<(Instant, Planned)> {
        let slot = *self.entries.first()?.0;
        self.entries.remove(&slot).map(|planned| (slot.0, planned))
    }

    /// All entries in order.
    pub fn iter(&self) -> impl Iterator<Item = (Instant, Planned)> + '_ {
        self.entries.iter().map(|(slot, planned)| (slot.0, *planned))
    }
}
