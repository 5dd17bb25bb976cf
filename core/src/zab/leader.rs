//! The state of a leader (`Leader`, `LearnerHandler`).

use super::ZabPhase;
use crate::effects::Effects;
use crate::ids::{Epoch, Sid, Zxid};
use crate::session::SessionTracker;
use crate::sids::Sids;
use crate::time::Instant;
use crate::trace::Fact;
use crate::tree::DataTree;
use crate::txn::{RequestId, Txn};
use litemap::LiteMap;
use std::collections::VecDeque;

/// A leader's view of its ensemble.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leader {
    /// The servers whose votes made it leader.
    pub supporters: Sids,
    /// How far it is.
    pub phase: ZabPhase,
    /// currentEpoch and last zxid with which it began: no learner of its quorum may be ahead of them.
    pub summary: (Epoch, Zxid),
    /// The acceptedEpochs reported so far, its own included. A report stays when its sender goes.
    pub reports: LiteMap<Sid, Epoch>,
    /// The new epoch, once a quorum has reported.
    pub epoch: Option<Epoch>,
    /// Whether the new epoch has been announced.
    pub announced: bool,
    /// Voters that acknowledged the epoch, itself included.
    pub epoch_acks: Sids,
    /// Voters that acknowledged NEWLEADER, itself included.
    pub new_leader_acks: Sids,
    /// The connected learners.
    pub handlers: LiteMap<Sid, LearnerHandler>,
    /// The last zxid it gave to a proposal; `e.0` at first.
    pub last_proposed: Zxid,
    /// The last zxid it committed.
    pub last_committed: Zxid,
    /// Proposals that are not committed yet, in order.
    pub outstanding: VecDeque<Proposal>,
    /// The tree as it will be when all proposals have been applied; requests are checked against it.
    pub projected: DataTree,
    /// The book of all sessions.
    pub tracker: SessionTracker,
    /// When it will look into that book.
    pub sessions_timer: Option<Instant>,
    /// Whether it will look for containers.
    pub waits_for_containers: bool,
    /// Calls of `sync` that wait for a zxid to be committed: zxid, learner, call.
    pub waiting_syncs: Vec<(Zxid, Sid, RequestId)>,
    /// Ticks since it began to serve.
    pub tick: u32,
    /// Whether half of the present tick has passed.
    pub half_tick: bool,
}

/// A proposal on its way to being committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The transaction.
    pub txn: Txn,
    /// Voters that have it on their disks.
    pub acks: Sids,
}

/// What a leader knows of one connected learner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LearnerHandler {
    /// How far it is.
    pub stage: HandlerStage,
    /// Its last zxid, once it has acknowledged the epoch.
    pub last_zxid: Zxid,
    /// Whether new proposals are sent to it.
    pub forwarding: bool,
    /// When it was last heard.
    pub heard_at: Instant,
    /// It counts as in step up to this tick.
    pub deadline: u32,
    /// The oldest proposal it has not acknowledged, and the newest one after that (`SyncLimitCheck`).
    pub unacknowledged: [Option<(Zxid, Instant)>; 2],
    /// Acknowledgements that wait until the leader serves.
    pub early_acks: Vec<Zxid>,
}

/// How far a learner is, as its leader sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HandlerStage {
    /// Connected.
    Connected,
    /// It has introduced itself and waits for the epoch.
    Introduced,
    /// LEADERINFO is on its way.
    Informed,
    /// It has acknowledged the epoch and waits for its history.
    Promised,
    /// History and NEWLEADER are on their way.
    Syncing,
    /// It has answered NEWLEADER and waits for UPTODATE.
    Acknowledged,
    /// It serves.
    UpToDate,
}

impl Leader {
    /// A leader that was just elected.
    pub fn new(supporters: Sids, summary: (Epoch, Zxid)) -> Leader {
        Leader {
            supporters,
            phase: ZabPhase::Discovery,
            summary,
            reports: LiteMap::new(),
            epoch: None,
            announced: false,
            epoch_acks: Sids::EMPTY,
            new_leader_acks: Sids::EMPTY,
            handlers: LiteMap::new(),
            last_proposed: Zxid::default(),
            last_committed: Zxid::default(),
            outstanding: VecDeque::new(),
            projected: DataTree::default(),
            tracker: SessionTracker::default(),
            sessions_timer: None,
            waits_for_containers: false,
            waiting_syncs: Vec::new(),
            tick: 0,
            half_tick: false,
        }
    }

    /// Whether it serves.
    pub fn is_established(&self) -> bool {
        self.phase == ZabPhase::Broadcast
    }

    /// A learner is gone, with what it was waiting for.
    pub(crate) fn forget(&mut self, learner: Sid, out: &mut Effects) {
        self.waiting_syncs.retain(|(_, waiting, _)| *waiting != learner);
        if self.handlers.remove(&learner).is_some() {
            out.note(Fact::LearnerLeft { learner });
        }
    }

    /// The connected learners.
    pub fn learners(&self) -> Sids {
        self.handlers.keys().copied().collect()
    }
}

impl LearnerHandler {
    /// A learner that has just connected. It gets `initLimit` and `syncLimit` ticks before it counts as lost.
    pub fn new(now: Instant, deadline: u32) -> LearnerHandler {
        LearnerHandler {
            stage: HandlerStage::Connected,
            last_zxid: Zxid::default(),
            forwarding: false,
            heard_at: now,
            deadline,
            unacknowledged: [None; 2],
            early_acks: Vec::new(),
        }
    }

    /// A proposal is sent to it.
    pub fn proposed(&mut self, zxid: Zxid, now: Instant) {
        let slot = usize::from(self.unacknowledged[0].is_some());
        self.unacknowledged[slot] = Some((zxid, now));
    }

    /// It has acknowledged a proposal.
    pub fn acknowledged(&mut self, zxid: Zxid) {
        let is = |slot: &Option<(Zxid, Instant)>| slot.is_some_and(|(known, _)| known == zxid);
        if is(&self.unacknowledged[0]) {
            self.unacknowledged = [self.unacknowledged[1], None];
        } else if is(&self.unacknowledged[1]) {
            self.unacknowledged[1] = None;
        }
    }
}
