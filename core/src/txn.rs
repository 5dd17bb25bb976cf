//! Requests, the transactions that a leader makes of them, and lists of these that many moments of a run can share.

use crate::ids::{SessionId, Sid, Zxid};
use crate::session::{Code, Operation};
use crate::tree::acl::AclList;
use crate::tree::{Data, Identity, Owner, Path};
use core::fmt;
use std::sync::Arc;

/// Which request a transaction comes from: the session that asked, and its running number there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestId {
    /// The server that took it.
    pub server: Sid,
    /// The session; [`SessionId::NONE`] for a write without one.
    pub session: SessionId,
    /// The client's number for it; without a session, a running number of the run.
    pub cxid: i32,
}

impl RequestId {
    /// A request of nobody's session.
    pub fn without_session(server: Sid, number: u32) -> RequestId {
        RequestId { server, session: SessionId::NONE, cxid: number as i32 }
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.session {
            SessionId::NONE => write!(f, "{}#{}", self.server, self.cxid),
            session => write!(f, "{session}#{}", self.cxid),
        }
    }
}

/// What a client asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Which request.
    pub id: RequestId,
    /// What for.
    pub operation: Operation,
    /// Whom the server takes the client for.
    pub who: Arc<[Identity]>,
}

/// A transaction: what a leader made of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Txn {
    /// Its place in the order of everything.
    pub zxid: Zxid,
    /// The request.
    pub request: RequestId,
    /// When, by the leader's clock, in milliseconds since 1970.
    pub time: u64,
    /// What it does.
    pub body: Arc<TxnBody>,
    /// The digest that the tree must have afterwards; 0 when none is kept.
    pub digest: u64,
}

/// What a transaction does. Everything is absolute: the name with its number, the version that results.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TxnBody {
    /// A znode comes into being.
    Create(NewNode),
    /// A znode goes.
    Delete(Path),
    /// A znode is written.
    SetData {
        /// Which.
        path: Path,
        /// What it holds then.
        data: Option<Data>,
        /// Its version then.
        version: i32,
    },
    /// A znode's ACL is written.
    SetAcl {
        /// Which.
        path: Path,
        /// The list.
        acl: AclList,
        /// Its `aversion` then.
        version: i32,
    },
    /// Nothing: a version was as expected.
    Check,
    /// A session begins.
    CreateSession {
        /// Its timeout in milliseconds.
        timeout: u32,
    },
    /// A session ends, and its ephemeral znodes with it.
    CloseSession {
        /// Those that the leader knew of.
        ephemerals: Vec<Path>,
    },
    /// Several at once.
    Multi(Vec<TxnBody>),
    /// Nothing: the request was refused. It has its zxid all the same (dossier §3.4).
    Error(Code),
}

/// A znode that comes into being.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewNode {
    /// Its path.
    pub path: Path,
    /// What it holds.
    pub data: Option<Data>,
    /// Who may do what.
    pub acl: AclList,
    /// Who owns it.
    pub owner: Owner,
    /// How many children its parent has ever had then.
    pub parent_cversion: i32,
}

/// Transactions per shared piece. After each kept moment of a run every list copies its last piece once, so that larger
/// ones cost more than the longer lists of pieces that smaller ones make.
const PIECE: usize = 16;

/// Transactions by ascending zxid. A copy shares all pieces but the last one that is changed afterwards.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TxnList {
    /// All but the first and the last hold [`PIECE`] transactions; none is empty.
    pieces: Vec<Arc<Vec<Txn>>>,
    /// How many were dropped from the front of the first piece.
    dropped: usize,
    len: usize,
}

impl TxnList {
    /// Number of transactions.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Adds a transaction at the end.
    pub fn push(&mut self, txn: Txn) {
        if (self.dropped + self.len).is_multiple_of(PIECE) {
            self.pieces.push(Arc::new(Vec::with_capacity(PIECE)));
        }
        if let Some(last) = self.pieces.last_mut() {
            match Arc::get_mut(last) {
                Some(own) => own.push(txn),
                // A plain copy has no room for the next transaction and would have to move at once.
                None => {
                    let mut copy = Vec::with_capacity(PIECE);
                    copy.extend_from_slice(last);
                    copy.push(txn);
                    *last = Arc::new(copy);
                }
            }
            self.len += 1;
        }
    }

    /// The transaction at a place, counted from 0.
    pub fn get(&self, index: usize) -> Option<&Txn> {
        let place = self.dropped + index;
        self.pieces.get(place / PIECE)?.get(place % PIECE)
    }

    /// The first.
    pub fn first(&self) -> Option<&Txn> {
        self.get(0)
    }

    /// The last.
    pub fn last(&self) -> Option<&Txn> {
        self.len.checked_sub(1).and_then(|index| self.get(index))
    }

    /// Zxid of the last; 0.0 when there is none.
    pub fn last_zxid(&self) -> Zxid {
        self.last().map(|txn| txn.zxid).unwrap_or_default()
    }

    /// All in order.
    pub fn iter(&self) -> impl Iterator<Item = &Txn> {
        self.range(0)
    }

    /// Those from a place on.
    pub fn range(&self, from: usize) -> impl Iterator<Item = &Txn> {
        (from..self.len).filter_map(|index| self.get(index))
    }

    /// How many have a zxid up to this one.
    pub fn up_to(&self, zxid: Zxid) -> usize {
        let (mut low, mut high) = (0, self.len);
        while low < high {
            let middle = (low + high) / 2;
            if self.get(middle).is_some_and(|txn| txn.zxid <= zxid) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// The transaction with this zxid.
    pub fn at(&self, zxid: Zxid) -> Option<&Txn> {
        self.up_to(zxid).checked_sub(1).and_then(|index| self.get(index)).filter(|txn| txn.zxid == zxid)
    }

    /// Whether a transaction with this zxid is in the list.
    pub fn contains(&self, zxid: Zxid) -> bool {
        self.at(zxid).is_some()
    }

    /// Keeps the first `len`.
    pub fn truncate(&mut self, len: usize) {
        if len >= self.len {
            return;
        }
        let end = self.dropped + len;
        self.pieces.truncate(end.div_ceil(PIECE));
        if let Some(last) = self.pieces.last_mut().filter(|_| !end.is_multiple_of(PIECE)) {
            Arc::make_mut(last).truncate(end % PIECE);
        }
        self.len = len;
    }

    /// Keeps the last `len`.
    pub fn keep_last(&mut self, len: usize) {
        let surplus = self.len.saturating_sub(len);
        self.dropped += surplus;
        self.len -= surplus;
        let whole = (self.dropped / PIECE).min(self.pieces.len());
        self.pieces.drain(..whole);
        self.dropped -= whole * PIECE;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn txn(counter: u32) -> Txn {
        let request = RequestId::without_session(Sid(1), counter);
        Txn { zxid: Zxid::new(1, counter), request, time: 0, body: Arc::new(TxnBody::Check), digest: 0 }
    }

    #[test]
    fn it_is_a_list_whatever_is_cut_off_at_either_end() {
        let mut list = TxnList::default();
        let mut plain: Vec<Txn> = Vec::new();
        for counter in 1..=1_000 {
            list.push(txn(counter));
            plain.push(txn(counter));
            if counter % 37 == 0 {
                list.truncate(list.len() - 5);
                plain.truncate(plain.len() - 5);
            }
            if counter % 50 == 0 {
                list.keep_last(90);
                plain.drain(..plain.len().saturating_sub(90));
            }
            assert!(list.iter().eq(plain.iter()), "after {counter}");
            assert_eq!(list.last_zxid(), plain.last().map(|txn| txn.zxid).unwrap_or_default());
        }
        let middle = plain[40].zxid;
        assert_eq!(list.up_to(middle), 41);
        assert!(list.contains(middle) && !list.contains(Zxid::new(2, 1)));
    }

    #[test]
    fn a_copy_does_not_change_with_the_original() {
        let mut list = TxnList::default();
        (1..=100).for_each(|counter| list.push(txn(counter)));
        let copy = list.clone();
        list.truncate(70);
        list.push(txn(101));
        assert_eq!((copy.len(), copy.last_zxid()), (100, Zxid::new(1, 100)));
        assert_eq!((list.len(), list.last_zxid()), (71, Zxid::new(1, 101)));
    }
}
