//! What a tree costs, by its size: to prepare a create and to apply it, as the leader does, and the memory of all znodes.

use crate::measure::{resident, row};
use std::sync::Arc;
use std::time::{Duration, Instant};
use zooscope_core::ids::{Sid, Zxid};
use zooscope_core::processors::prepare::{Settings, prepare};
use zooscope_core::session::{Create, CreateKind, Operation};
use zooscope_core::tree::{DataTree, acl};
use zooscope_core::txn::{Request, RequestId, Txn};

/// How many znodes there are when it is measured.
const SIZES: [u32; 3] = [1_000, 10_000, 100_000];
/// Creates of one measurement.
const CREATES: u32 = 500;
/// Children of one parent.
const FAMILY: u32 = 100;

/// A leader's tree and what it has prepared.
struct Grown {
    tree: DataTree,
    projected: DataTree,
    znodes: u32,
}

impl Grown {
    fn create(&mut self) {
        let (parent, child) = (self.znodes / FAMILY, self.znodes % FAMILY);
        let path = if child == 0 { format!("/p{parent:05}") } else { format!("/p{parent:05}/c{child:03}") };
        self.znodes += 1;
        let (kind, acl) = (CreateKind::Create, Some(acl::open().to_vec()));
        let data = Some(Arc::from([b'x'; 100]));
        let operation = Operation::Create(Create { kind, path: Arc::from(path), data, acl, flags: 0, ttl: None });
        let id = RequestId::without_session(Sid(1), self.znodes);
        let request = Request { id, operation, who: Arc::from([]) };
        let zxid = Zxid::new(1, self.znodes);
        let txn: Txn = prepare(&mut self.projected, request, zxid, 0, Ok(()), Settings::default());
        self.tree.apply(&txn);
    }
}

/// Prints the rows.
pub fn measure() {
    let before = resident();
    let tree = DataTree::default();
    let mut grown = Grown { projected: tree.clone(), tree, znodes: 0 };
    for size in SIZES {
        while grown.znodes < size {
            grown.create();
        }
        if let (Some(before), Some(after)) = (before, resident().filter(|_| size == SIZES[SIZES.len() - 1])) {
            row("memory of the two trees of a leader with 100,000 znodes", format!("{} MiB", (after - before) >> 10));
        }
        let mut times: Vec<Duration> = (0..CREATES)
            .map(|_| {
                // As between two kept moments: somebody else still has the tree as it was.
                let kept = grown.tree.clone();
                let start = Instant::now();
                grown.create();
                let time = start.elapsed();
                drop(kept);
                time
            })
            .collect();
        times.sort_unstable();
        let median = times[times.len() / 2].as_secs_f64() * 1e6;
        row(&format!("prepare and apply a create among {size} znodes, median"), format!("{median:.1} µs"));
    }
}
