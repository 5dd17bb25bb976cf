//! What leader and learners say to each other over the quorum port, under ZooKeeper's own names (`Leader.java`,
//! dossier §2.2).

use crate::ids::{Epoch, SessionId, Zxid};
use crate::storage::Snapshot;
use crate::time::Duration;
use crate::txn::{Request, RequestId, Txn};
use core::fmt;

/// One packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Packet {
    /// A follower introduces itself with its acceptedEpoch.
    FollowerInfo(Epoch),
    /// An observer introduces itself with its acceptedEpoch.
    ObserverInfo(Epoch),
    /// The leader names the new epoch.
    LeaderInfo(Epoch),
    /// A learner has promised the epoch.
    AckEpoch {
        /// Its last zxid.
        last: Zxid,
        /// Its currentEpoch; `None` when it had promised this epoch before and must not be counted again.
        current: Option<Epoch>,
    },
    /// What the learner lacks follows, up to this zxid.
    Diff(Zxid),
    /// The learner must forget everything after this zxid.
    Trunc(Zxid),
    /// The learner gets everything.
    Snap(Box<Snapshot>),
    /// The learner has all that the leader's history holds: it may join the epoch.
    NewLeader(Epoch),
    /// NEWLEADER (counter 0) or a logged proposal is acknowledged.
    Ack(Zxid),
    /// The learner may serve.
    UpToDate,
    /// A learner passes a client's write on.
    Request(Box<Request>),
    /// A transaction to be logged.
    Proposal(Txn),
    /// A proposal is committed.
    Commit(Zxid),
    /// A committed transaction, for an observer.
    Inform(Txn),
    /// A learner asks to be told when it has all that is committed by now; the answer names the same request.
    Sync(RequestId),
    /// A learner asks whether a session lives, whose client has come to it, with the timeout that it shall have.
    Revalidate(SessionId, Duration),
    /// The answer.
    Revalidated(SessionId, bool),
    /// Are you there? The leader says its last proposed zxid, the learner says it back, with the sessions that it has
    /// heard of since, and their timeouts.
    Ping(Zxid, Vec<(SessionId, Duration)>),
}

/// The name of a packet and the zxid in its head, for traces and pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PacketHead {
    /// Its name, as ZooKeeper writes it.
    pub name: &'static str,
    /// The zxid it carries, where it carries one.
    pub zxid: Option<Zxid>,
}

impl Packet {
    /// Name and zxid (dossier §2.2, columns "name" and "zxid field").
    pub fn head(&self) -> PacketHead {
        let start = |epoch: &Epoch| Some(Zxid::new(epoch.0, 0));
        let (name, zxid) = match self {
            Packet::FollowerInfo(epoch) => ("FOLLOWERINFO", start(epoch)),
            Packet::ObserverInfo(epoch) => ("OBSERVERINFO", start(epoch)),
            Packet::LeaderInfo(epoch) => ("LEADERINFO", start(epoch)),
            Packet::AckEpoch { last, .. } => ("ACKEPOCH", Some(*last)),
            Packet::Diff(zxid) => ("DIFF", Some(*zxid)),
            Packet::Trunc(zxid) => ("TRUNC", Some(*zxid)),
            Packet::Snap(snapshot) => ("SNAP", Some(snapshot.zxid)),
            Packet::NewLeader(epoch) => ("NEWLEADER", start(epoch)),
            Packet::Ack(zxid) => ("ACK", Some(*zxid)),
            Packet::UpToDate => ("UPTODATE", None),
            Packet::Request(_) => ("REQUEST", None),
            Packet::Proposal(txn) => ("PROPOSAL", Some(txn.zxid)),
            Packet::Commit(zxid) => ("COMMIT", Some(*zxid)),
            Packet::Inform(txn) => ("INFORM", Some(txn.zxid)),
            Packet::Sync(_) => ("SYNC", None),
            Packet::Revalidate(..) | Packet::Revalidated(..) => ("REVALIDATE", None),
            Packet::Ping(zxid, _) => ("PING", Some(*zxid)),
        };
        PacketHead { name, zxid }
    }
}

impl fmt::Display for PacketHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)?;
        self.zxid.map_or(Ok(()), |zxid| write!(f, " {zxid}"))
    }
}
