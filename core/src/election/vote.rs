//! A vote and the order of votes (dossier §1.2, §1.3).

use crate::ids::{Epoch, Sid, Zxid};
use core::cmp::Ordering;
use core::fmt;

/// Whom a server wants as leader, and how fresh that server's data is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Vote {
    /// The proposed leader.
    pub leader: Sid,
    /// The proposed leader's last zxid.
    pub zxid: Zxid,
    /// The proposed leader's `currentEpoch`.
    pub peer_epoch: Epoch,
}

impl Vote {
    /// The vote of a server that may not be voted for. It loses every comparison.
    pub const BLANK: Vote = Vote { leader: Sid::NOBODY, zxid: Zxid::new(0, 0), peer_epoch: Epoch(0) };
}

impl fmt::Display for Vote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({}, {}, {})", self.peer_epoch, self.zxid, self.leader)
    }
}

/// Which value of one component of a vote is preferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prefer {
    /// ZooKeeper's rule.
    Larger,
    /// The opposite: a "what if" that shows what the rule is good for.
    Smaller,
}

/// The order of votes as data: which value wins in each of the three comparisons, made in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VoteOrder {
    /// Compared first.
    pub peer_epoch: Prefer,
    /// Compared when the epochs are equal.
    pub zxid: Prefer,
    /// The tie-break.
    pub leader: Prefer,
}

impl Default for VoteOrder {
    fn default() -> VoteOrder {
        VoteOrder { peer_epoch: Prefer::Larger, zxid: Prefer::Larger, leader: Prefer::Larger }
    }
}

/// What decided a comparison of two votes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Criterion {
    /// The new vote names a server of weight 0, which can never be elected.
    Weight,
    /// The epochs differ.
    PeerEpoch,
    /// The epochs are equal and the zxids differ.
    Zxid,
    /// Only the ids differ.
    Leader,
    /// Both votes are the same.
    Equal,
}

/// A comparison of an offered vote with an own one, and what decided it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// The vote that was received.
    pub offered: Vote,
    /// The vote it was held against.
    pub own: Vote,
    /// The component that decided.
    pub by: Criterion,
    /// Whether the offered vote is the better one.
    pub better: bool,
}

impl VoteOrder {
    /// Holds `offered` against `own` (`totalOrderPredicate`). `weight` is that of the offered leader.
    pub fn compare(&self, offered: Vote, own: Vote, weight: u32) -> Comparison {
        let (by, better) = if weight == 0 && offered.leader != Sid::NOBODY {
            (Criterion::Weight, false)
        } else {
            let wins = |prefer: Prefer, ordering: Ordering| match prefer {
                Prefer::Larger => ordering == Ordering::Greater,
                Prefer::Smaller => ordering == Ordering::Less,
            };
            let epoch = offered.peer_epoch.cmp(&own.peer_epoch);
            let zxid = offered.zxid.cmp(&own.zxid);
            let leader = offered.leader.cmp(&own.leader);
            if offered.leader == Sid::NOBODY || own.leader == Sid::NOBODY {
                // A blank vote stands for the smallest of all, whatever is preferred among real ones.
                (Criterion::Leader, offered.leader != Sid::NOBODY)
            } else if epoch != Ordering::Equal {
                (Criterion::PeerEpoch, wins(self.peer_epoch, epoch))
            } else if zxid != Ordering::Equal {
                (Criterion::Zxid, wins(self.zxid, zxid))
            } else if leader != Ordering::Equal {
                (Criterion::Leader, wins(self.leader, leader))
            } else {
                (Criterion::Equal, false)
            }
        };
        Comparison { offered, own, by, better }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn epoch_then_zxid_then_id() {
        let vote = |epoch, counter, leader| Vote {
            leader: Sid(leader),
            zxid: Zxid::new(1, counter),
            peer_epoch: Epoch(epoch),
        };
        let order = VoteOrder::default();
        let by = |offered, own| {
            let c = order.compare(offered, own, 1);
            (c.by, c.better)
        };
        assert_eq!(by(vote(1, 1, 3), vote(1, 1, 2)), (Criterion::Leader, true));
        assert_eq!(by(vote(1, 2, 1), vote(1, 1, 5)), (Criterion::Zxid, true));
        assert_eq!(by(vote(1, 9, 5), vote(2, 1, 1)), (Criterion::PeerEpoch, false));
        assert_eq!(by(vote(1, 1, 2), vote(1, 1, 2)), (Criterion::Equal, false));
        assert_eq!(order.compare(vote(9, 9, 9), vote(0, 0, 1), 0).by, Criterion::Weight);
        assert!(!order.compare(Vote::BLANK, vote(0, 0, 1), 1).better);
        assert!(order.compare(vote(0, 0, 1), Vote::BLANK, 1).better);
    }
}
