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

/// Transactions or pieces per shared piece. After each kept moment of a run every list copies its last piece once, so
/// that larger ones cost more than the longer way down to them that smaller ones make.
const PIECE: usize = 16;

/// A part of a list.
#[derive(Debug, PartialEq, Eq)]
enum Piece {
    Txns(Vec<Txn>),
    Pieces(Vec<Arc<Piece>>),
}

impl Clone for Piece {
    /// A plain copy would have no room for what comes next and would have to move at once.
    fn clone(&self) -> Piece {
        fn with_room<T: Clone>(of: &[T]) -> Vec<T> {
            let mut copy = Vec::with_capacity(PIECE);
            copy.extend_from_slice(of);
            copy
        }
        match self {
            Piece::Txns(txns) => Piece::Txns(with_room(txns)),
            Piece::Pieces(pieces) => Piece::Pieces(with_room(pieces)),
        }
    }
}

impl Piece {
    /// An empty piece for so many transactions.
    fn empty(size: usize) -> Arc<Piece> {
        Arc::new(if size > PIECE { Piece::Pieces(Vec::new()) } else { Piece::Txns(Vec::with_capacity(PIECE)) })
    }

    /// Keeps what is before `end`, of a piece for `size` transactions.
    fn truncate(&mut self, end: usize, size: usize) {
        match self {
            Piece::Txns(txns) => txns.truncate(end),
            Piece::Pieces(pieces) => {
                let size = size / PIECE;
                pieces.truncate(end.div_ceil(size));
                if let Some(last) = pieces.last_mut().filter(|_| !end.is_multiple_of(size)) {
                    Arc::make_mut(last).truncate(end % size, size);
                }
            }
        }
    }

    /// Empties all pieces that lie wholly before `begin`.
    fn forget(&mut self, begin: usize, size: usize) {
        let Piece::Pieces(pieces) = self else { return };
        let (size, whole) = (size / PIECE, begin / (size / PIECE));
        // All before the last one that was emptied are empty already.
        for gone in pieces.iter_mut().take(whole).rev().take_while(|piece| !piece.is_empty()) {
            *gone = Piece::empty(size);
        }
        if let Some(first) = pieces.get_mut(whole) {
            Arc::make_mut(first).forget(begin % size, size);
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            Piece::Txns(txns) => txns.is_empty(),
            Piece::Pieces(pieces) => pieces.is_empty(),
        }
    }
}

/// Transactions by ascending zxid, as a tree that keeps its order by itself: a copy shares all pieces, and a change
/// copies those on the way to it, so that neither costs much more for a longer list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TxnList {
    root: Arc<Piece>,
    /// How many transactions the root has room for.
    size: usize,
    /// How many were dropped from the front.
    dropped: usize,
    len: usize,
}

impl Default for TxnList {
    fn default() -> TxnList {
        TxnList { root: Piece::empty(PIECE), size: PIECE, dropped: 0, len: 0 }
    }
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
        let place = self.dropped + self.len;
        self.len += 1;
        if place == self.size {
            let below = std::mem::replace(&mut self.root, Piece::empty(self.size * PIECE));
            if let Piece::Pieces(pieces) = Arc::make_mut(&mut self.root) {
                pieces.push(below);
            }
            self.size *= PIECE;
        }
        let (mut piece, mut size) = (Arc::make_mut(&mut self.root), self.size);
        loop {
            match piece {
                Piece::Txns(txns) => return txns.push(txn),
                Piece::Pieces(pieces) => {
                    let index = place % size / (size / PIECE);
                    size /= PIECE;
                    if index == pieces.len() {
                        pieces.push(Piece::empty(size));
                    }
                    piece = Arc::make_mut(&mut pieces[index]);
                }
            }
        }
    }

    /// The transaction at a place, counted from 0.
    pub fn get(&self, index: usize) -> Option<&Txn> {
        let place = self.dropped + index;
        let (mut piece, mut size) = (&*self.root, self.size);
        if place >= size {
            return None;
        }
        loop {
            match piece {
                Piece::Txns(txns) => return txns.get(place % PIECE),
                Piece::Pieces(pieces) => {
                    piece = pieces.get(place % size / (size / PIECE))?;
                    size /= PIECE;
                }
            }
        }
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
        if len == 0 {
            *self = TxnList::default();
            return;
        }
        let end = self.dropped + len;
        Arc::make_mut(&mut self.root).truncate(end, self.size);
        self.len = len;
        // A list is the same whether or not it was longer before.
        while self.size > PIECE && end <= self.size / PIECE {
            let Piece::Pieces(pieces) = &*self.root else { return };
            self.root = Arc::clone(&pieces[0]);
            self.size /= PIECE;
        }
    }

    /// Keeps the last `len`.
    pub fn keep_last(&mut self, len: usize) {
        let surplus = self.len.saturating_sub(len);
        let before = self.dropped;
        self.dropped += surplus;
        self.len -= surplus;
        if self.len == 0 {
            *self = TxnList::default();
        } else if before / PIECE < self.dropped / PIECE {
            Arc::make_mut(&mut self.root).forget(self.dropped, self.size);
        }
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
    fn a_list_is_the_same_whether_or_not_it_was_longer() {
        for len in [1, 15, 16, 17, 255, 256, 257, 300] {
            let (mut long, mut short) = (TxnList::default(), TxnList::default());
            (1..=4_200).for_each(|counter| long.push(txn(counter)));
            (1..=len).for_each(|counter| short.push(txn(counter)));
            long.truncate(len as usize);
            assert_eq!(long, short, "{len}");
        }
    }

    #[test]
    fn what_is_dropped_at_the_front_is_given_back() {
        fn kept(piece: &Piece) -> usize {
            match piece {
                Piece::Txns(txns) => txns.len(),
                Piece::Pieces(pieces) => pieces.iter().map(|piece| kept(piece)).sum(),
            }
        }
        let mut list = TxnList::default();
        for counter in 1..=10_000 {
            list.push(txn(counter));
            list.keep_last(500);
            assert!(kept(&list.root) < 500 + PIECE, "after {counter}");
        }
        assert_eq!(list.first().map(|txn| txn.zxid), Some(Zxid::new(1, 9_501)));
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
