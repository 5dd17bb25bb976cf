//! The rule that fired in a step, with its values.

use zooscope_core::election::{Comparison, Criterion, ServerState};
use zooscope_core::history::Step;
use zooscope_core::ids::{Epoch, Sid, Zxid};
use zooscope_core::sids::Sids;
use zooscope_core::time::Duration;
use zooscope_core::trace::{CommitWait, DecisionReason, Fact, IgnoredReason, NotYet};
use zooscope_core::zab::SyncMethod;
use zooscope_core::zab::sync_choice::SyncReason;

/// A rule and the values it was applied to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The order of votes.
    Compare {
        /// Who compared.
        server: Sid,
        /// What.
        comparison: Comparison,
    },
    /// A tally.
    Count {
        /// Who counted.
        server: Sid,
        /// For whom.
        candidate: Sid,
        /// The known supporters.
        have: Sids,
        /// The smallest quorum.
        need: usize,
        /// Whether it is one.
        quorum: bool,
    },
    /// Silence after a quorum.
    Silence {
        /// Who decided.
        server: Sid,
        /// What it became.
        state: ServerState,
        /// Its leader.
        leader: Sid,
        /// Those who agree.
        supporters: Sids,
        /// How long it was silent.
        silence: Duration,
    },
    /// An established leader is confirmed.
    Confirmed {
        /// Who joined.
        server: Sid,
        /// The leader.
        leader: Sid,
        /// Those who name it.
        supporters: Sids,
    },
    /// An established leader is not confirmed yet.
    NotConfirmed {
        /// Who asked.
        server: Sid,
        /// The leader.
        leader: Sid,
        /// Those who name it.
        have: Sids,
        /// The smallest quorum.
        need: usize,
        /// What is missing.
        why: NotYet,
    },
    /// Something of Zab is counted against a quorum.
    Acks {
        /// Who counts.
        server: Sid,
        /// What.
        what: Counted,
        /// Who has answered.
        have: Sids,
        /// The smallest quorum.
        need: usize,
        /// Whether it suffices.
        quorum: bool,
    },
    /// How a learner is brought in step.
    Sync {
        /// The leader.
        leader: Sid,
        /// The learner.
        learner: Sid,
        /// How.
        method: SyncMethod,
        /// Why.
        why: SyncReason,
        /// The learner's last zxid.
        peer: Zxid,
        /// What the leader has in memory.
        cache: (Zxid, Zxid),
    },
    /// The final silence was broken by a better vote.
    Broken {
        /// Whose silence.
        server: Sid,
        /// Whose vote.
        by: Sid,
    },
    /// A vote that is not better came into the final silence.
    Drained {
        /// Whose silence.
        server: Sid,
        /// Whose vote.
        from: Sid,
    },
}

/// What is counted against a quorum after the election.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Reports of epochs.
    Reports,
    /// Promises of an epoch.
    Promises(Epoch),
    /// Answers to NEWLEADER.
    Joined(Epoch),
    /// Acknowledgements of a proposal.
    Proposal(Zxid),
}

/// The most telling rule that fired in a step, if one did.
pub fn rule_of(step: &Step) -> Option<Rule> {
    let fired = step.trace.iter().filter_map(|event| rule(event.server, &event.fact));
    fired.min_by_key(|(rank, _)| *rank).map(|(_, rule)| rule)
}

fn rule(server: Sid, fact: &Fact) -> Option<(u8, Rule)> {
    Some(match fact {
        Fact::Decided { state, leader, why: DecisionReason::QuorumThenSilence { supporters, silence } } => {
            let supporters = *supporters;
            (0, Rule::Silence { server, state: *state, leader: *leader, supporters, silence: *silence })
        }
        Fact::Decided { leader, why: DecisionReason::EstablishedLeader { supporters, .. }, .. } => {
            (0, Rule::Confirmed { server, leader: *leader, supporters: *supporters })
        }
        Fact::FinalWaitBroken { by } => (1, Rule::Broken { server, by: *by }),
        Fact::VoteChanged { comparison, .. } => (2, Rule::Compare { server, comparison: *comparison }),
        Fact::NotConfirmed { leader, have, need, why } => {
            (2, Rule::NotConfirmed { server, leader: *leader, have: *have, need: *need, why: *why })
        }
        Fact::Ignored { from, why: IgnoredReason::Drained } => (2, Rule::Drained { server, from: *from }),
        Fact::VoteKept { comparison, .. } if comparison.by != Criterion::Equal => {
            (3, Rule::Compare { server, comparison: *comparison })
        }
        Fact::Tallied { candidate, have, need, quorum } => {
            let rank = if *quorum { 2 } else { 4 };
            (rank, Rule::Count { server, candidate: *candidate, have: *have, need: *need, quorum: *quorum })
        }
        Fact::EpochWaits { have, need } => (3, acks(server, Counted::Reports, *have, *need, false)),
        Fact::EpochChosen { have, .. } => (3, acks(server, Counted::Reports, *have, have.len(), true)),
        Fact::EpochAcks { epoch, have, need, quorum } => {
            (3, acks(server, Counted::Promises(*epoch), *have, *need, *quorum))
        }
        Fact::NewLeaderAcks { epoch, have, need, quorum } => {
            (3, acks(server, Counted::Joined(*epoch), *have, *need, *quorum))
        }
        Fact::NotCommitted { zxid, have, need, why: CommitWait::NoQuorum } => {
            (3, acks(server, Counted::Proposal(*zxid), *have, *need, false))
        }
        Fact::Committed { zxid, acks: have } => (2, acks(server, Counted::Proposal(*zxid), *have, have.len(), true)),
        Fact::SyncChosen { learner, method, why, peer, min, max, .. } => {
            let (learner, method, why, peer, cache) = (*learner, *method, *why, *peer, (*min, *max));
            (2, Rule::Sync { leader: server, learner, method, why, peer, cache })
        }
        _ => return None,
    })
}

fn acks(server: Sid, what: Counted, have: Sids, need: usize, quorum: bool) -> Rule {
    Rule::Acks { server, what, have, need, quorum }
}
