//! What is going to happen, in order. Equal moments are ordered by when they were planned.

use super::lines::ClientFrameId;
use super::network::FrameId;
use crate::client::ClientTimer;
use crate::effects::Timer;
use crate::ids::{ClientId, Sid};
use crate::time::Instant;
use crate::zab::Work;
use std::collections::VecDeque;

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
    /// A server's disk has done what it was working on.
    DiskDone(Sid),
    /// A thread of a server goes on.
    Work(Sid, Work),
    /// A frame between a client and a server arrives.
    ClientArrival(ClientFrameId),
    /// A client's timer runs out.
    ClientTimer(ClientId, ClientTimer),
    /// A client's connection attempt comes back without success.
    ClientRefusal(ClientId),
}

/// The place of an entry: its moment, then a running number.
pub type Slot = (Instant, u64);

/// The queue of the simulation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agenda {
    /// By ascending slot. What happens next is taken from the front, and most of what is planned goes near one end.
    entries: VecDeque<(Slot, Planned)>,
    planned_so_far: u64,
}

impl Agenda {
    /// Plans something and returns its slot.
    pub fn plan(&mut self, at: Instant, what: Planned) -> Slot {
        self.planned_so_far += 1;
        let slot = (at, self.planned_so_far);
        let place = self.entries.partition_point(|(earlier, _)| *earlier < slot);
        self.entries.insert(place, (slot, what));
        slot
    }

    /// Takes an entry back.
    pub fn cancel(&mut self, slot: Slot) {
        if let Ok(place) = self.entries.binary_search_by_key(&slot, |(known, _)| *known) {
            self.entries.remove(place);
        }
    }

    /// Takes back every entry that does not satisfy `keep`.
    pub fn retain(&mut self, keep: impl Fn(&Planned) -> bool) {
        self.entries.retain(|(_, planned)| keep(planned));
    }

    /// The next entry, without removing it.
    pub fn peek(&self) -> Option<(Instant, Planned)> {
        self.iter().next()
    }

    /// Removes the next entry.
    pub fn pop(&mut self) -> Option<(Instant, Planned)> {
        self.entries.pop_front().map(|(slot, planned)| (slot.0, planned))
    }

    /// All entries in order.
    pub fn iter(&self) -> impl Iterator<Item = (Instant, Planned)> + '_ {
        self.entries.iter().map(|(slot, planned)| (slot.0, *planned))
    }
}
