//! Why a server votes as it does and is what it is: also why it did *not* change its vote and is *not* leader.

use zooscope_core::election::{Comparison, Criterion, ServerState};
use zooscope_core::history::History;
use zooscope_core::ids::Sid;
use zooscope_core::query::leader;
use zooscope_core::sids::Sids;
use zooscope_core::trace::{DecisionReason, Fact, LookingReason, NotYet};

/// A cause, with the event at which it can be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Because {
    /// The event.
    pub index: usize,
    /// The cause.
    pub cause: Cause,
}

/// What a fact about a server rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// It does not run.
    Down,
    /// It began this round with a vote for itself.
    BeganWithItself(LookingReason),
    /// It found a better vote.
    FoundBetter(Comparison),
    /// It was offered a vote that is not better.
    OfferedWorse(Sid, Comparison),
    /// For its candidate it knows too few.
    TooFew {
        /// The candidate.
        candidate: Sid,
        /// Who supports it, as far as is known.
        have: Sids,
        /// The smallest quorum.
        need: usize,
    },
    /// A quorum agrees; the final silence is running.
    StillListening(Sid),
    /// It decided after a quorum and silence.
    QuorumAndSilence(Sid, Sids),
    /// It came too late: a leader was established and confirmed by those who follow it.
    CameLate {
        /// The leader.
        leader: Sid,
        /// Who named it.
        supporters: Sids,
        /// Its own vote against the leader's, by the order of votes.
        own_was_better: Option<Comparison>,
    },
    /// Settled servers name a leader, but something is missing.
    NotConfirmed(Sid, NotYet),
    /// Another leads.
    AnotherLeads(Sid),
    /// It has no vote.
    Observer,
}

/// A question about a server and the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// Why this vote?
    pub vote: Vec<Because>,
    /// Why this state, or why not leader?
    pub state: Vec<Because>,
}

/// Why server `sid` votes as it does and is what it is at a moment.
pub fn why(history: &History, index: usize, sid: Sid) -> Why {
    let world = &*history.world(index);
    let Some(server) = world.server(sid) else {
        let down = Because { index, cause: Cause::Down };
        return Why { vote: vec![down.clone()], state: vec![down] };
    };
    if !world.ensemble().is_voter(sid) {
        let observer = Because { index, cause: Cause::Observer };
        return Why { vote: vec![observer.clone()], state: vec![observer] };
    }
    let facts = Facts { history, index, sid };
    let vote = why_vote(&facts);
    let mut state = why_state(&facts, server.state());
    if server.state() != ServerState::Leading
        && let Some(other) = leader(world).filter(|other| *other != sid)
        && server.state() == ServerState::Looking
    {
        state.push(Because { index, cause: Cause::AnotherLeads(other) });
    }
    Why { vote, state }
}

struct Facts<'a> {
    history: &'a History,
    index: usize,
    sid: Sid,
}

impl Facts<'_> {
    /// The latest fact of this process that `pick` wants, with its event.
    fn last<T>(&self, pick: impl Fn(&Fact) -> Option<T>) -> Option<(usize, T)> {
        for index in (1..=self.index).rev() {
            let step = self.history.step(index)?;
            for event in step.trace.iter().rev().filter(|event| event.server == self.sid) {
                if let Some(found) = pick(&event.fact) {
                    return Some((index, found));
                }
                if matches!(event.fact, Fact::Started) {
                    return None;
                }
            }
        }
        None
    }

    fn last_because(&self, pick: impl Fn(&Fact) -> Option<Cause>) -> Option<Because> {
        self.last(pick).map(|(index, cause)| Because { index, cause })
    }
}

fn why_vote(facts: &Facts<'_>) -> Vec<Because> {
    let late = late(facts);
    let changed = facts.last(|fact| match fact {
        Fact::VoteChanged { comparison, .. } => Some(Some(Cause::FoundBetter(*comparison))),
        // A new round forgets what was found better before it.
        Fact::ElectionEntered { .. } => Some(None),
        _ => None,
    });
    let began = facts.last_because(|fact| match fact {
        Fact::ElectionEntered { why, .. } => Some(Cause::BeganWithItself(*why)),
        _ => None,
    });
    let worse = facts.last_because(|fact| match fact {
        Fact::VoteKept { offered_by, comparison } if comparison.by != Criterion::Equal => {
            Some(Cause::OfferedWorse(*offered_by, *comparison))
        }
        _ => None,
    });
    match (late, changed) {
        (Some(late), _) => vec![late],
        (None, Some((index, Some(cause)))) => {
            let changed = Because { index, cause };
            let later = worse.filter(|worse| worse.index > index);
            std::iter::once(changed).chain(later).collect()
        }
        _ => began.into_iter().chain(worse).collect(),
    }
}

fn late(facts: &Facts<'_>) -> Option<Because> {
    let order = facts.history.ensemble().rules.order;
    facts.last_because(|fact| match fact {
        Fact::Decided { leader, why: DecisionReason::EstablishedLeader { supporters, .. }, .. } => {
            let world = &*facts.history.world(facts.index);
            let election = world.server(facts.sid).and_then(|server| server.election());
            let leaders_vote =
                election.and_then(|election| election.recvset.of(*leader)).map(|ballot| ballot.heard.vote);
            let own_was_better = election
                .zip(leaders_vote)
                .map(|(election, vote)| order.compare(election.proposal, vote, 1))
                .filter(|comparison| comparison.better);
            Some(Cause::CameLate { leader: *leader, supporters: *supporters, own_was_better })
        }
        _ => None,
    })
}

fn why_state(facts: &Facts<'_>, state: ServerState) -> Vec<Because> {
    if state == ServerState::Looking {
        let tally = facts.last_because(|fact| match fact {
            Fact::Tallied { candidate, quorum: true, .. } => Some(Cause::StillListening(*candidate)),
            Fact::Tallied { candidate, have, need, .. } => {
                Some(Cause::TooFew { candidate: *candidate, have: *have, need: *need })
            }
            _ => None,
        });
        let confirmed = facts.last_because(|fact| match fact {
            Fact::NotConfirmed { leader, why, .. } => Some(Cause::NotConfirmed(*leader, *why)),
            _ => None,
        });
        return tally.into_iter().chain(confirmed).collect();
    }
    let decided = facts.last_because(|fact| match fact {
        Fact::Decided { leader, why: DecisionReason::QuorumThenSilence { supporters, .. }, .. } => {
            Some(Cause::QuorumAndSilence(*leader, *supporters))
        }
        _ => None,
    });
    late(facts).or(decided).into_iter().collect()
}
