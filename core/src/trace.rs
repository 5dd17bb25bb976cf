//! What happened and why, as data. Each decision records its reason at the place where it is made; nobody has
//! to guess it later. There is no prose in here: `describe` turns a fact into one technical line, and the page
//! turns it into a sentence in the reader's language.

use crate::effects::Plane;
use crate::election::{Comparison, Notification, ServerState, Vote};
use crate::ids::{Round, Sid};
use crate::time::Duration;
use std::collections::BTreeSet;

/// A fact about one server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceEvent {
    /// The server it is about.
    pub server: Sid,
    /// What happened.
    pub fact: Fact,
}

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
    /// Its leader did not answer within `initLimit`.
    LeaderSilent(Sid),
    /// It led, and fewer than a quorum follow.
    LostQuorum,
    /// It was elected, but no quorum came within `initLimit`.
    NoQuorumInTime,
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
        supporters: BTreeSet<Sid>,
        /// How long it was silent.
        silence: Duration,
    },
    /// A quorum of settled servers names a leader who confirms it.
    EstablishedLeader {
        /// The servers that name it.
        supporters: BTreeSet<Sid>,
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

/// One fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// The process starts.
    Started,
    /// The process ends; `cleanly` when it closed its sockets itself.
    Ended {
        /// Stopped rather than crashed.
        cleanly: bool,
    },
    /// The process is frozen.
    Paused,
    /// The process runs again.
    Resumed,
    /// A new election begins here.
    ElectionEntered {
        /// Its number.
        round: Round,
        /// The vote this server begins with.
        vote: Vote,
        /// Why.
        why: LookingReason,
    },
    /// The own vote goes to every voter.
    Broadcast {
        /// The vote.
        vote: Vote,
        /// Its round.
        round: Round,
        /// Why.
        why: BroadcastReason,
    },
    /// A notification has arrived.
    Received {
        /// From whom.
        from: Sid,
        /// What it says.
        heard: Notification,
    },
    /// A notification is answered.
    Replied {
        /// To whom.
        to: Sid,
        /// What is said.
        told: Notification,
        /// Why.
        why: ReplyReason,
    },
    /// A notification changes nothing.
    Ignored {
        /// Whose.
        from: Sid,
        /// Why.
        why: IgnoredReason,
    },
    /// The own round jumps forward; the votes of the old round are forgotten.
    RoundRaised {
        /// The old round.
        from: Round,
        /// The new round.
        to: Round,
        /// Whose notification was ahead.
        because_of: Sid,
    },
    /// The own vote changes.
    VoteChanged {
        /// Whose vote was better.
        because_of: Sid,
        /// The comparison: offered is the new vote, own the old one.
        comparison: Comparison,
    },
    /// An offered vote is not better.
    VoteKept {
        /// Whose vote it was.
        offered_by: Sid,
        /// The comparison.
        comparison: Comparison,
    },
    /// A vote is stored.
    Stored {
        /// Whose.
        sender: Sid,
        /// What it says.
        heard: Notification,
        /// Where.
        table: Table,
        /// Whether this says something else than what was stored of this sender before.
        new: bool,
    },
    /// The votes for the own candidate are counted.
    Tallied {
        /// The candidate.
        candidate: Sid,
        /// The servers known to support it.
        have: BTreeSet<Sid>,
        /// The smallest quorum.
        need: usize,
        /// Whether they are a quorum.
        quorum: bool,
    },
    /// The answers of settled servers are counted and do not suffice.
    NotConfirmed {
        /// The leader they name.
        leader: Sid,
        /// The servers that name it.
        have: BTreeSet<Sid>,
        /// The smallest quorum.
        need: usize,
        /// What is missing.
        why: NotYet,
    },
    /// A quorum agrees; from now on silence is waited for.
    FinalWaitBegins {
        /// The candidate.
        candidate: Sid,
        /// How long.
        wait: Duration,
    },
    /// A better vote comes into the final silence.
    FinalWaitBroken {
        /// Whose.
        by: Sid,
    },
    /// The silence timer has run out.
    Silence {
        /// Whether votes are sent again (otherwise connections are tried again).
        resent: bool,
        /// The next silence timer, twice as long.
        next: Duration,
    },
    /// The election is over for this server.
    Decided {
        /// What it becomes.
        state: ServerState,
        /// Its leader.
        leader: Sid,
        /// Why.
        why: DecisionReason,
    },
    /// The connection attempt to the leader's quorum port failed.
    LeaderRefused {
        /// The leader.
        leader: Sid,
        /// How often it has been tried.
        attempts: u32,
    },
    /// This learner is connected with its leader.
    FollowsLeader {
        /// The leader.
        leader: Sid,
    },
    /// A learner has connected with this leader.
    LearnerJoined {
        /// The learner.
        learner: Sid,
    },
    /// A learner's connection is gone.
    LearnerLeft {
        /// The learner.
        learner: Sid,
    },
    /// A quorum follows this leader.
    QuorumFollows {
        /// The leader itself and its followers.
        followers: BTreeSet<Sid>,
    },
    /// A connection stands.
    LinkUp {
        /// Which network.
        plane: Plane,
        /// With whom.
        peer: Sid,
    },
    /// A connection is gone.
    LinkDown {
        /// Which network.
        plane: Plane,
        /// With whom.
        peer: Sid,
    },
    /// A connection attempt cannot reach its peer.
    Unreachable {
        /// The peer.
        peer: Sid,
    },
}

impl Fact {
    /// Whether a step with this fact belongs to the story: somebody starts or ends, a vote or a role changes, or a
    /// server learns something new about the votes.
    pub fn is_story(&self) -> bool {
        match self {
            Fact::Started
            | Fact::Ended { .. }
            | Fact::Paused
            | Fact::Resumed
            | Fact::ElectionEntered { .. }
            | Fact::VoteChanged { .. }
            | Fact::Decided { .. } => true,
            Fact::Stored { new, table, .. } => *new && *table == Table::Recvset,
            _ => false,
        }
    }
}
