//! Why something was decided, or not yet.

use crate::ids::{Epoch, Sid, Zxid};
use crate::packet::PacketHead;
use crate::sids::Sids;
use crate::time::Duration;

/// Which table a vote is stored in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// Votes of this round (`recvset`).
    Recvset,
    /// Votes of settled servers, of any round (`outofelection`).
    OutOfElection,
}

/// Why a server begins to look for a leader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LookingReason {
    /// Its process has just started.
    Started,
    /// The connection to its leader is gone.
    LostLeader(Sid),
    /// Its leader's quorum port refused it this many times.
    LeaderUnreachable(Sid, u32),
    /// Its leader was not heard within `initLimit`, or `syncLimit` once it had joined.
    LeaderSilent(Sid),
    /// It led, and fewer than a quorum are in step.
    LostQuorum,
    /// It was elected, but one of its phases got no quorum within `initLimit`.
    NoQuorumInTime,
    /// Its leader's epoch is older than one that it has promised.
    EpochTooOld {
        /// The leader's.
        offered: Epoch,
        /// The promised one.
        accepted: Epoch,
    },
    /// Its leader's history has a gap before this zxid.
    GapInHistory(Zxid),
    /// Its leader sent something that does not belong here.
    Unexpected(PacketHead),
    /// It led, and the counter of its epoch is used up.
    CounterUsedUp,
}

/// Why a process ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// A COMMIT is not for the oldest proposal that waits.
    CommitMismatch(Zxid),
    /// The last zxid is of a later epoch than `currentEpoch` (ZOOKEEPER-1653).
    EpochBehindLog {
        /// The last zxid.
        last: Zxid,
        /// `currentEpoch`.
        current: Epoch,
    },
    /// `acceptedEpoch` is smaller than `currentEpoch`.
    PromiseBehindEpoch {
        /// `acceptedEpoch`.
        accepted: Epoch,
        /// `currentEpoch`.
        current: Epoch,
    },
}

/// Why a proposal is not committed yet although somebody has acknowledged it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommitWait {
    /// Too few have it on their disks.
    NoQuorum,
    /// The proposal before it is not committed.
    Predecessor,
}

/// Why a vote is sent to everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BroadcastReason {
    /// A round begins.
    NewRound,
    /// The own vote or round has changed.
    Changed,
    /// Nothing was heard, and something had been handed over before.
    Silence,
}

/// Why one server alone is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplyReason {
    /// The sender has no vote; it is told and not heard.
    NotAVoter,
    /// The sender is LOOKING in a lower round.
    LowerRound,
    /// The sender is LOOKING and this server has a leader.
    Settled,
}

/// Why a notification changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IgnoredReason {
    /// It is LOOKING in a lower round.
    LowerRound,
    /// Its sender or its candidate has no vote here.
    NotAVoter,
    /// An observer has nothing to say about the leader.
    Observing,
    /// This server has a leader, and the sender is not looking for one.
    BothSettled,
    /// It came during the last silence and is not better; it is not even stored.
    Drained,
}

/// What ends an election for one server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecisionReason {
    /// A quorum agreed, and the final silence passed.
    QuorumThenSilence {
        /// The servers whose votes agreed.
        supporters: Sids,
        /// How long it was silent.
        silence: Duration,
    },
    /// A quorum of settled servers names a leader who confirms it.
    EstablishedLeader {
        /// The servers that name it.
        supporters: Sids,
        /// Where their answers are stored.
        table: Table,
    },
}

/// Why the answers of settled servers do not end an election yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotYet {
    /// Too few name the same leader.
    NoQuorum,
    /// Enough name it, but it has not said LEADING itself (`checkLeader`).
    LeaderSilent,
}
