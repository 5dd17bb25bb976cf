//! What one server knows of the others' votes: `recvset` and `outofelection` (dossier §1.1, §1.4).

use super::notification::{Notification, ServerState};
use super::vote::Vote;
use crate::ids::{Round, Sid};
use crate::sids::Sids;
use crate::time::Instant;
use litemap::LiteMap;

/// One sender's vote as it was last heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ballot {
    /// The notification that was stored.
    pub heard: Notification,
    /// When it arrived.
    pub at: Instant,
}

/// Sender by sender, the votes one server has stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ballots(LiteMap<Sid, Ballot>);

impl Ballots {
    /// Stores what `sender` said. Returns whether that differs from what was stored before.
    pub fn store(&mut self, sender: Sid, heard: Notification, at: Instant) -> bool {
        let before = self.0.insert(sender, Ballot { heard, at });
        before.is_none_or(|ballot| ballot.heard != heard)
    }

    /// Forgets everything (a new round).
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// What `sender` was last heard to say.
    pub fn of(&self, sender: Sid) -> Option<&Ballot> {
        self.0.get(&sender)
    }

    /// All ballots by ascending sender.
    pub fn iter(&self) -> impl Iterator<Item = (Sid, &Ballot)> {
        self.0.iter().map(|(sid, ballot)| (*sid, ballot))
    }

    /// The senders whose stored vote names `leader`, whatever else it says: what a person counts.
    pub fn naming(&self, leader: Sid) -> Sids {
        self.senders(|ballot| ballot.heard.vote.leader == leader)
    }

    /// The senders whose stored vote is the same as a LOOKING vote: leader, zxid, round and epoch all agree.
    pub fn supporters_of_looking(&self, vote: Vote, round: Round) -> Sids {
        self.senders(|ballot| ballot.heard.vote == vote && ballot.heard.round == round)
    }

    /// The senders in `recvset` whose vote is the same as one that a settled server told. A settled server's
    /// ballot needs to name the same leader only: stored votes carry format version 0 there and the vote
    /// compared does not (a quirk of `Vote.equals`, ZOOKEEPER-1805). A LOOKING one must agree in full.
    pub fn supporters_same_round(&self, told: Notification) -> Sids {
        self.senders(|ballot| match ballot.heard.state {
            ServerState::Looking => ballot.heard.vote == told.vote && ballot.heard.round == told.round,
            _ => ballot.heard.vote.leader == told.vote.leader,
        })
    }

    /// The senders in `outofelection` whose vote is the same as one that a settled server told: leader and
    /// epoch agree; zxid and round legitimately differ between members of one ensemble.
    pub fn supporters_settled(&self, told: Notification) -> Sids {
        self.senders(|ballot| {
            let vote = ballot.heard.vote;
            vote.leader == told.vote.leader && vote.peer_epoch == told.vote.peer_epoch
        })
    }

    fn senders(&self, counts: impl Fn(&Ballot) -> bool) -> Sids {
        self.0.iter().filter(|(_, ballot)| counts(ballot)).map(|(sid, _)| *sid).collect()
    }
}
