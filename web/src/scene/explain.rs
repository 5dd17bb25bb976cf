//! The rule that fired in a step, with its values.

use std::collections::BTreeSet;
use zooscope_core::election::{Comparison, Criterion, ServerState};
use zooscope_core::history::Step;
use zooscope_core::ids::Sid;
use zooscope_core::time::Duration;
use zooscope_core::trace::{DecisionReason, Fact, IgnoredReason, NotYet};

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
        have: BTreeSet<Sid>,
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
        supporters: BTreeSet<Sid>,
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
        supporters: BTreeSet<Sid>,
    },
    /// An established leader is not confirmed yet.
    NotConfirmed {
        /// Who asked.
        server: Sid,
        /// The leader.
        leader: Sid,
        /// Those who name it.
        have: BTreeSet<Sid>,
        /// The smallest quorum.
        need: usize,
        /// What is missing.
        why: NotYet,
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

/// The most telling rule that fired in a step, if one did.
pub fn rule_of(step: &Step) -> Option<Rule> {
    let fired = step.trace.iter().filter_map(|event| rule(event.server, &event.fact));
    fired.min_by_key(|(rank, _)| *rank).map(|(_, rule)| rule)
}

fn rule(server: Sid, fact: &Fact) -> Option<(u8, Rule)> {
    Some(match fact {
        Fact::Decided { state, leader, why: DecisionReason::QuorumThenSilence { supporters, silence } } => {
            let supporters = supporters.clone();
            (0, Rule::Silence { server, state: *state, leader: *leader, supporters, silence: *silence })
        }
        Fact::Decided { leader, why: DecisionReason::EstablishedLeader { supporters, .. }, .. } => {
            (0, Rule::Confirmed { server, leader: *leader, supporters: supporters.clone() })
        }
        Fact::FinalWaitBroken { by } => (1, Rule::Broken { server, by: *by }),
        Fact::VoteChanged { comparison, .. } => (2, Rule::Compare { server, comparison: *comparison }),
        Fact::NotConfirmed { leader, have, need, why } => {
            (2, Rule::NotConfirmed { server, leader: *leader, have: have.clone(), need: *need, why: *why })
        }
        Fact::Ignored { from, why: IgnoredReason::Drained } => (2, Rule::Drained { server, from: *from }),
        Fact::VoteKept { comparison, .. } if comparison.by != Criterion::Equal => {
            (3, Rule::Compare { server, comparison: *comparison })
        }
        Fact::Tallied { candidate, have, need, quorum } => {
            let rank = if *quorum { 2 } else { 4 };
            (rank, Rule::Count { server, candidate: *candidate, have: have.clone(), need: *need, quorum: *quorum })
        }
        _ => return None,
    })
}
