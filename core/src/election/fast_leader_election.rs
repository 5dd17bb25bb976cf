//! Fast Leader Election: one server's search for a leader (dossier §1.5 to §1.9). The functions here are called
//! by [`crate::server::Server`], which owns what outlives an election: the round and the last vote.

use super::ballots::Ballots;
use super::notification::{Notification, ServerState};
use super::vote::Vote;
use crate::effects::{Effects, Timer};
use crate::ensemble::Ensemble;
use crate::ids::{Round, Sid};
use crate::time::{Duration, Instant};
use crate::trace::{BroadcastReason, DecisionReason, Fact, IgnoredReason, NotYet, Table};

/// The state of one election at one server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Election {
    /// The vote this server pushes now.
    pub proposal: Vote,
    /// The vote it began the round with: itself, or nobody for an observer.
    pub initial: Vote,
    /// Votes of this round.
    pub recvset: Ballots,
    /// Votes of settled servers.
    pub outofelection: Ballots,
    /// The silence timer now in force. It doubles and is never reset within one election.
    pub silence: Duration,
    /// When the final wait began, once a quorum agrees.
    pub final_wait: Option<Instant>,
}

/// The result of an election at one server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The vote it ends with.
    pub vote: Vote,
    /// The round of that vote.
    pub round: Round,
    /// Why.
    pub why: DecisionReason,
}

/// What handlers need to know of the server whose election it is.
pub struct Here<'a> {
    /// The own id.
    pub me: Sid,
    /// The configuration.
    pub ensemble: &'a Ensemble,
    /// The present moment.
    pub now: Instant,
    /// The own round, which an election may raise.
    pub round: &'a mut Round,
}

/// What a handler asks its server to do beside its effects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Go on waiting.
    Wait,
    /// Send the proposal to every voter, then go on.
    Broadcast(BroadcastReason),
    /// The election is over.
    Done(Outcome),
}

impl Election {
    /// A new election that begins with `initial`.
    pub fn new(initial: Vote, ensemble: &Ensemble) -> Election {
        Election {
            proposal: initial,
            initial,
            recvset: Ballots::default(),
            outofelection: Ballots::default(),
            silence: ensemble.rules.min_notification_interval,
            final_wait: None,
        }
    }

    /// A notification from a voter, as the main loop takes it from its queue.
    pub fn handle_notification(
        &mut self,
        here: &mut Here<'_>,
        from: Sid,
        heard: Notification,
        out: &mut Effects,
    ) -> Verdict {
        if self.final_wait.is_some() {
            let better = self.compare(here, heard.vote, self.proposal).better;
            if !better {
                // Polled and forgotten, whoever sent it; every poll starts the wait anew.
                out.note(Fact::Ignored { from, why: IgnoredReason::Drained });
                out.set_timer(Timer::Finalize, here.ensemble.rules.finalize_wait);
                return Verdict::Wait;
            }
            self.final_wait = None;
            out.cancel_timer(Timer::Finalize);
            out.note(Fact::FinalWaitBroken { by: from });
        }
        let verdict = match heard.state {
            _ if !here.ensemble.is_voter(heard.vote.leader) => {
                out.note(Fact::Ignored { from, why: IgnoredReason::NotAVoter });
                Verdict::Wait
            }
            ServerState::Looking => self.handle_looking(here, from, heard, out),
            ServerState::Observing => {
                out.note(Fact::Ignored { from, why: IgnoredReason::Observing });
                Verdict::Wait
            }
            ServerState::Following | ServerState::Leading => self.handle_settled(here, from, heard, out),
        };
        if self.final_wait.is_none() && !matches!(verdict, Verdict::Done(_)) {
            // Each poll of the queue waits for the whole silence timer again.
            out.set_timer(Timer::Silence, self.silence);
        }
        verdict
    }

    fn handle_looking(&mut self, here: &mut Here<'_>, from: Sid, heard: Notification, out: &mut Effects) -> Verdict {
        let mut verdict = Verdict::Wait;
        if heard.round < *here.round {
            out.note(Fact::Ignored { from, why: IgnoredReason::LowerRound });
            return verdict;
        }
        if heard.round > *here.round {
            out.note(Fact::RoundRaised { from: *here.round, to: heard.round, because_of: from });
            *here.round = heard.round;
            self.recvset.clear();
            // The new round begins from the own *initial* vote, not from what was pushed in the old one.
            self.proposal = self.initial;
            self.consider(here, from, heard, out);
            verdict = Verdict::Broadcast(BroadcastReason::Changed);
        } else if self.consider(here, from, heard, out) {
            verdict = Verdict::Broadcast(BroadcastReason::Changed);
        }
        let new = self.recvset.store(from, heard, here.now);
        out.note(Fact::Stored { sender: from, heard, table: Table::Recvset, new });
        self.tally(here, out);
        verdict
    }

    /// Adopts the offered vote if it beats the proposal. Returns whether it did.
    fn consider(&mut self, here: &Here<'_>, from: Sid, heard: Notification, out: &mut Effects) -> bool {
        let comparison = self.compare(here, heard.vote, self.proposal);
        if comparison.better {
            self.proposal = heard.vote;
            out.note(Fact::VoteChanged { because_of: from, comparison });
        } else if from != here.me {
            out.note(Fact::VoteKept { offered_by: from, comparison });
        }
        comparison.better
    }

    fn tally(&mut self, here: &Here<'_>, out: &mut Effects) {
        let rule = here.ensemble.quorum();
        let have = self.recvset.supporters_of_looking(self.proposal, *here.round);
        let quorum = rule.is_quorum(have);
        out.note(Fact::Tallied { candidate: self.proposal.leader, have, need: rule.smallest(), quorum });
        if quorum {
            let wait = here.ensemble.rules.finalize_wait;
            self.final_wait = Some(here.now);
            out.note(Fact::FinalWaitBegins { candidate: self.proposal.leader, wait });
            out.cancel_timer(Timer::Silence);
            out.set_timer(Timer::Finalize, wait);
        }
    }

    fn handle_settled(&mut self, here: &mut Here<'_>, from: Sid, heard: Notification, out: &mut Effects) -> Verdict {
        let rule = here.ensemble.quorum();
        let outcome = |why| Outcome { vote: heard.vote, round: heard.round, why };
        let mut missing = None;
        if heard.round == *here.round {
            let new = self.recvset.store(from, heard, here.now);
            out.note(Fact::Stored { sender: from, heard, table: Table::Recvset, new });
            let supporters = self.recvset.supporters_same_round(heard);
            if !rule.is_quorum(supporters) {
                missing = Some((NotYet::NoQuorum, supporters));
            } else if self.check_leader(here, Table::Recvset, heard) {
                return Verdict::Done(outcome(DecisionReason::EstablishedLeader { supporters, table: Table::Recvset }));
            } else {
                missing = Some((NotYet::LeaderSilent, supporters));
            }
        }
        let new = self.outofelection.store(from, heard, here.now);
        out.note(Fact::Stored { sender: from, heard, table: Table::OutOfElection, new });
        let supporters = self.outofelection.supporters_settled(heard);
        let quorum = rule.is_quorum(supporters);
        if quorum && self.check_leader(here, Table::OutOfElection, heard) {
            *here.round = heard.round;
            return Verdict::Done(outcome(DecisionReason::EstablishedLeader {
                supporters,
                table: Table::OutOfElection,
            }));
        }
        let why = if quorum { NotYet::LeaderSilent } else { NotYet::NoQuorum };
        let (why, have) = missing.unwrap_or((why, supporters));
        out.note(Fact::NotConfirmed { leader: heard.vote.leader, have, need: rule.smallest(), why });
        Verdict::Wait
    }

    /// A leader other than me must have said LEADING itself; I can be the leader only in my own round. This
    /// keeps a dead server from being elected again and again on hearsay.
    fn check_leader(&self, here: &Here<'_>, table: Table, heard: Notification) -> bool {
        if heard.vote.leader == here.me {
            return heard.round == *here.round;
        }
        let ballots = match table {
            Table::Recvset => &self.recvset,
            Table::OutOfElection => &self.outofelection,
        };
        ballots.of(heard.vote.leader).is_some_and(|ballot| ballot.heard.state == ServerState::Leading)
    }

    /// The silence timer has run out: nothing was heard.
    pub fn handle_silence(&mut self, here: &Here<'_>, have_delivered: bool, out: &mut Effects) -> Verdict {
        self.silence = (self.silence * 2).min(here.ensemble.rules.max_notification_interval);
        out.note(Fact::Silence { resent: have_delivered, next: self.silence });
        out.set_timer(Timer::Silence, self.silence);
        if have_delivered { Verdict::Broadcast(BroadcastReason::Silence) } else { Verdict::Wait }
    }

    /// The final wait has passed in silence.
    pub fn handle_final_silence(&mut self, here: &Here<'_>) -> Verdict {
        let supporters = self.recvset.supporters_of_looking(self.proposal, *here.round);
        let silence = here.ensemble.rules.finalize_wait;
        let why = DecisionReason::QuorumThenSilence { supporters, silence };
        Verdict::Done(Outcome { vote: self.proposal, round: *here.round, why })
    }

    fn compare(&self, here: &Here<'_>, offered: Vote, own: Vote) -> super::vote::Comparison {
        here.ensemble.rules.order.compare(offered, own, here.ensemble.quorum().weight(offered.leader))
    }
}
