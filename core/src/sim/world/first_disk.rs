//! What disks hold before anything was started, and what is written without a session.

use crate::ensemble::Ensemble;
use crate::ids::{Sid, Zxid};
use crate::processors::prepare::prepare;
use crate::session::{Create, CreateKind, Operation};
use crate::storage::{Disk, Snapshot};
use crate::time::Instant;
use crate::tree::{DataTree, acl};
use crate::txn::{Request, RequestId, TxnList};
use litemap::LiteMap;
use std::sync::Arc;

/// The disk of a server before its first start: fresh, or with the history that the configuration gives it. It is one
/// history for all, which has everything of an epoch before the next one begins. Everybody has promised the largest
/// epoch there is: nobody could have joined it without a quorum of promises.
pub(super) fn first_disk(ensemble: &Ensemble, sid: Sid) -> Disk {
    let data = ensemble.data.get(&sid).copied().unwrap_or_default();
    let mut last_of: LiteMap<u32, u32> = LiteMap::new();
    for zxid in ensemble.data.values().map(|data| data.zxid).filter(|zxid| zxid.epoch < data.zxid.epoch) {
        let last = last_of.entry(zxid.epoch).or_default();
        *last = zxid.counter.max(*last);
    }
    last_of.insert(data.zxid.epoch, data.zxid.counter);
    let mut log = TxnList::default();
    let fresh = DataTree::new(&ensemble.config_text(), ensemble.digest);
    let mut tree = fresh.clone();
    for (epoch, last) in last_of.iter() {
        for counter in 1..=*last {
            let request = RequestId::without_session(Sid::NOBODY, counter);
            let zxid = Zxid::new(*epoch, counter);
            let write = Request { id: request, operation: unowned_write(""), who: Arc::from([]) };
            log.push(prepare(&mut tree, write, zxid, Instant::default().wall_clock(), Ok(()), ensemble.requests));
        }
    }
    let flushed = log.len();
    let accepted_epoch = ensemble.data.values().map(|data| data.epoch).max().unwrap_or_default();
    // Before its first transaction an epoch is known from a snapshot only.
    let start = Zxid::new(data.zxid.epoch, 0);
    let snapshot = match data.zxid == start {
        true => Snapshot { zxid: start, history: log.clone(), tree },
        false => Snapshot { tree: fresh, ..Snapshot::default() },
    };
    Disk { accepted_epoch, current_epoch: data.epoch, snapshot, log, flushed, ..Disk::default() }
}

/// What somebody without a session writes: a new znode below the root, with a number in its name.
pub(super) fn unowned_write(payload: &str) -> Operation {
    let data: Arc<[u8]> = Arc::from(payload.as_bytes());
    let (kind, path, flags) = (CreateKind::Create, Arc::from("/w"), 2);
    Operation::Create(Create { kind, path, data: Some(data), acl: Some(acl::open().to_vec()), flags, ttl: None })
}
