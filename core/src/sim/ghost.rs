//! What an all-seeing observer remembers of a run, beside its state and only for checking it: history variables, as
//! the specifications call them (dossier §8.1).

use crate::ids::{Epoch, Sid, Zxid};
use crate::server::{Activity, Server};
use crate::trace::Fact;
use crate::txn::{Txn, TxnList};
use litemap::LiteMap;

/// The observer's memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ghost {
    /// Every proposal that any leader ever made, by epoch: a leader that was deposed and has not noticed goes on in
    /// its own.
    pub proposals: LiteMap<u32, TxnList>,
    /// The longest log that was ever committed. Nothing in it may ever be lost.
    pub committed: TxnList,
    /// Who established itself as leader of an epoch.
    pub epoch_leaders: LiteMap<Epoch, Sid>,
}

impl Ghost {
    /// What was proposed under a zxid.
    pub fn proposed(&self, zxid: Zxid) -> Option<&Txn> {
        self.proposals.get(&zxid.epoch)?.at(zxid)
    }

    /// Remembers a fact about a server, whose state is the one after the step.
    pub fn remember(&mut self, fact: &Fact, server: &Server) {
        match fact {
            Fact::Proposed { zxid, .. } => {
                let known = self.proposals.entry(zxid.epoch).or_default();
                if let Some(txn) = proposal(server, *zxid).filter(|_| *zxid > known.last_zxid()) {
                    known.push(txn);
                }
            }
            Fact::Committed { zxid, .. } if *zxid > self.committed.last_zxid() => {
                if let Some(txn) = self.proposed(*zxid).cloned() {
                    self.committed.push(txn);
                }
            }
            Fact::Established { epoch } => {
                self.epoch_leaders.entry(*epoch).or_insert(server.id());
                // Whatever a leader begins with is committed from the moment at which it serves.
                let history = &server.database().history;
                for txn in history.range(history.up_to(self.committed.last_zxid())) {
                    self.committed.push(txn.clone());
                }
            }
            _ => {}
        }
    }
}

/// A proposal that its leader has just made.
fn proposal(leader: &Server, zxid: Zxid) -> Option<Txn> {
    let Activity::Leading(leading) = leader.activity() else { return None };
    let mut outstanding = leading.outstanding.iter().rev();
    outstanding.find(|proposal| proposal.txn.zxid == zxid).map(|proposal| proposal.txn.clone())
}
