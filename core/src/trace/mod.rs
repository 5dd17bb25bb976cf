//! What happened and why, as data. Each decision records its reason at the place where it is made; nobody has
//! to guess it later. There is no prose in here: `describe` turns a fact into one technical line, and the page
//! turns it into a sentence in the reader's language.

mod clients;
mod reasons;
mod story;

use crate::client::ClientName;
use crate::effects::Plane;
use crate::election::{Comparison, Notification, ServerState, Vote};
use crate::ids::{Epoch, Round, SessionId, Sid, Zxid};
use crate::packet::PacketHead;
use crate::session::{Code, EventKind};
use crate::sids::Sids;
use crate::time::Duration;
use crate::tree::Path;
use crate::txn::RequestId;
use crate::zab::SyncMethod;
use crate::zab::sync_choice::SyncReason;

pub use clients::ClientFact;
pub use reasons::{
    BroadcastReason, CommitWait, DecisionReason, Exit, IgnoredReason, LookingReason, NotYet, ReplyReason, Table,
};

/// A fact about one server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceEvent {
    /// The server it is about.
    pub server: Sid,
    /// What happened.
    pub fact: Fact,
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
        have: Sids,
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
        have: Sids,
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
    /// A packet has arrived.
    PacketReceived {
        /// From whom.
        from: Sid,
        /// What it is.
        packet: PacketHead,
    },
    /// Too few have reported an epoch.
    EpochWaits {
        /// Those that have.
        have: Sids,
        /// The smallest quorum.
        need: usize,
    },
    /// A quorum has reported: the leader chooses the new epoch.
    EpochChosen {
        /// One more than the largest.
        epoch: Epoch,
        /// Those that have reported.
        have: Sids,
        /// The largest acceptedEpoch among the reports.
        largest: Epoch,
    },
    /// `acceptedEpoch` is on the disk.
    EpochPromised {
        /// The epoch.
        epoch: Epoch,
    },
    /// `currentEpoch` is on the disk.
    EpochJoined {
        /// The epoch.
        epoch: Epoch,
    },
    /// The promises are counted.
    EpochAcks {
        /// The epoch.
        epoch: Epoch,
        /// Those that have promised.
        have: Sids,
        /// The smallest quorum.
        need: usize,
        /// Whether they are a quorum.
        quorum: bool,
    },
    /// A learner is ahead of its leader and is sent away.
    LearnerAhead {
        /// The learner.
        learner: Sid,
        /// Its currentEpoch.
        current: Epoch,
        /// Its last zxid.
        last: Zxid,
    },
    /// The leader decides how a learner is brought in step.
    SyncChosen {
        /// The learner.
        learner: Sid,
        /// How.
        method: SyncMethod,
        /// Why.
        why: SyncReason,
        /// The learner's last zxid.
        peer: Zxid,
        /// The zxid in the packet that begins it: for TRUNC, from where on the learner must forget.
        zxid: Zxid,
        /// The oldest zxid in the leader's cache.
        min: Zxid,
        /// The newest.
        max: Zxid,
        /// How many transactions are sent.
        sent: usize,
    },
    /// A learner is being brought in step.
    SyncBegins {
        /// How.
        method: SyncMethod,
        /// The zxid from which it goes on.
        zxid: Zxid,
    },
    /// The log is cut.
    Truncated {
        /// After this zxid.
        to: Zxid,
        /// How many transactions are gone.
        removed: usize,
    },
    /// A snapshot is on the disk.
    SnapshotWritten {
        /// The zxid it stands for.
        zxid: Zxid,
        /// Whether a leader sent it, so that it takes the place of the log before it.
        received: bool,
    },
    /// The answers to NEWLEADER are counted.
    NewLeaderAcks {
        /// The epoch.
        epoch: Epoch,
        /// Those that have answered.
        have: Sids,
        /// The smallest quorum.
        need: usize,
        /// Whether they are a quorum.
        quorum: bool,
    },
    /// A first ACK that does not answer NEWLEADER.
    AckUnexpected {
        /// Whose.
        from: Sid,
        /// For which zxid.
        zxid: Zxid,
    },
    /// A quorum has joined: the leader really leads.
    Established {
        /// Its epoch.
        epoch: Epoch,
    },
    /// The learner serves.
    Serves {
        /// The epoch.
        epoch: Epoch,
    },
    /// A client asks for a write.
    Requested {
        /// Which.
        request: RequestId,
    },
    /// The leader makes a proposal of a request.
    Proposed {
        /// Its zxid.
        zxid: Zxid,
        /// The request.
        request: RequestId,
    },
    /// A transaction stands at the end of the log, not safe from a crash yet.
    Appended {
        /// Its zxid.
        zxid: Zxid,
    },
    /// The log is safe from a crash up to here.
    Flushed {
        /// The last zxid.
        zxid: Zxid,
    },
    /// A server says that it has something on its disk.
    Acknowledged {
        /// A transaction, or the start of an epoch.
        zxid: Zxid,
    },
    /// An acknowledgement is counted and does not suffice.
    NotCommitted {
        /// The proposal.
        zxid: Zxid,
        /// Those that have acknowledged it.
        have: Sids,
        /// The smallest quorum.
        need: usize,
        /// What is missing.
        why: CommitWait,
    },
    /// The leader commits a proposal.
    Committed {
        /// Its zxid.
        zxid: Zxid,
        /// Those that have acknowledged it.
        acks: Sids,
    },
    /// The leader has refused a request; its transaction changes nothing.
    Refused {
        /// Its zxid.
        zxid: Zxid,
        /// Why.
        code: Code,
    },
    /// A transaction takes effect at a server.
    Applied {
        /// Its zxid.
        zxid: Zxid,
    },
    /// A client gets the answer to its write.
    Answered {
        /// Which write.
        request: RequestId,
        /// The zxid it became.
        zxid: Zxid,
    },
    /// A client's `sync` is done.
    Synced {
        /// The call.
        request: RequestId,
        /// The last zxid that is applied here.
        zxid: Zxid,
    },
    /// The tree is not as its leader said that it would be.
    DigestDiffers {
        /// After which transaction.
        zxid: Zxid,
        /// What the leader said.
        expected: u64,
        /// What it is.
        found: u64,
    },
    /// A request is longer than a server reads (`jute.maxbuffer`), so the server ends the connection.
    RequestTooLong {
        /// How many bytes.
        length: usize,
    },
    /// A client has seen more than this server, which sends it away.
    ClientAhead {
        /// The last zxid that the client has seen.
        seen: Zxid,
        /// The last zxid that is applied here.
        last: Zxid,
    },
    /// A client's session can be used at this server.
    SessionReady {
        /// The session.
        session: SessionId,
    },
    /// A client asks for a session that is no more, or with a wrong password.
    SessionRefused {
        /// The session.
        session: SessionId,
    },
    /// The leader has heard nothing of a session for too long.
    SessionExpires {
        /// The session.
        session: SessionId,
    },
    /// A watch of a session fires here.
    WatchFired {
        /// Whose.
        session: SessionId,
        /// What it is told.
        kind: EventKind,
        /// About which path.
        path: Path,
        /// Whether it may read that.
        readable: bool,
    },
    /// `exists` tells a session the Stat of a znode that it may not read.
    StatDisclosed {
        /// Who is told.
        session: SessionId,
        /// Of which znode.
        path: Path,
    },
    /// Something at a client; the event names no server.
    Client {
        /// Which.
        client: ClientName,
        /// What.
        fact: ClientFact,
    },
    /// The process ends by itself.
    Exits(Exit),
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
