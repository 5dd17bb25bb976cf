//! The names of things: servers, rounds, epochs and transactions. Each is a type of its own, so that a round
//! can never be passed where an epoch is meant.

use core::fmt;
use serde::{Deserialize, Serialize};

/// A server's id: the number in its `myid` file (1 to 255).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Sid(pub u8);

impl Sid {
    /// The leader named by a vote that can never win: what an observer "proposes" (dossier §1.2).
    pub const NOBODY: Sid = Sid(0);
}

impl fmt::Display for Sid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Sid::NOBODY { f.write_str("nobody") } else { write!(f, "{}", self.0) }
    }
}

/// A transaction id, ordered by epoch first and written `epoch.counter`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Zxid {
    /// Epoch of the leader that proposed the transaction.
    pub epoch: u32,
    /// Position within that epoch; 0 stands for the start of the epoch itself.
    pub counter: u32,
}

impl Zxid {
    /// The transaction id `epoch.counter`.
    pub const fn new(epoch: u32, counter: u32) -> Zxid {
        Zxid { epoch, counter }
    }

    /// The 64 bits as ZooKeeper's own tools print them, `0x100000008` for 1.8.
    pub fn to_bits(self) -> u64 {
        u64::from(self.epoch) << 32 | u64::from(self.counter)
    }

    /// The same backwards.
    pub fn from_bits(bits: u64) -> Zxid {
        Zxid { epoch: (bits >> 32) as u32, counter: bits as u32 }
    }
}

impl fmt::Display for Zxid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.epoch, self.counter)
    }
}

/// A Zab epoch: the reign of one leader. Not to be confused with a [`Round`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Epoch(pub u32);

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// The number of an election as one server counts them (`logicalclock`, `electionEpoch`). It lives in memory
/// only and starts at 0 with each process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Round(pub u32);

impl Round {
    /// The round after this one.
    #[must_use]
    pub fn next(self) -> Round {
        Round(self.0 + 1)
    }
}

impl fmt::Display for Round {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A client's session: the server that opened it in the top byte, then a number that no other session has
/// (dossier §5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(pub u64);

impl SessionId {
    /// Nobody's session: what the ensemble does for itself.
    pub const NONE: SessionId = SessionId(0);
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}

/// A connection between a client and a server. No two of a run have the same number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub u32);

/// A client of a run, counted from 0 in the order in which they first appear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientId(pub u8);
