//! Answers to "why?" about a server.

use super::Lang;
use crate::scene::why::Cause;
use zooscope_core::election::{Comparison, ServerState};

impl Lang {
    /// Why does it vote so?
    pub fn why_vote_question(self, sid: u8, vote: Option<u8>) -> String {
        match vote {
            Some(vote) => {
                self.say(format_args!("{sid} 为什么投 {vote}？"), format_args!("Why does {sid} vote for {vote}?"))
            }
            None => self.say(format_args!("{sid} 为什么没有选票？"), format_args!("Why has {sid} no vote?")),
        }
    }

    /// Why is it what it is, or why is it not the leader?
    pub fn why_state_question(self, sid: u8, state: Option<ServerState>) -> String {
        match state {
            Some(ServerState::Leading) => {
                self.say(format_args!("为什么是 {sid} 领导？"), format_args!("Why does {sid} lead?"))
            }
            Some(ServerState::Looking) => {
                self.say(format_args!("{sid} 为什么还没有结果？"), format_args!("Why has {sid} not decided yet?"))
            }
            Some(_) => self.say(format_args!("{sid} 为什么没有当选？"), format_args!("Why did {sid} not win?")),
            None => self.say(format_args!("{sid} 为什么没有参加？"), format_args!("Why does {sid} not take part?")),
        }
    }

    /// Why one vote beats another.
    pub fn won_by(self, comparison: Comparison) -> String {
        let (offered, own, by) = (comparison.offered, comparison.own, self.criterion(comparison));
        self.say(format_args!("{offered} > {own}：{by}更大"), format_args!("{offered} > {own}: the {by} is larger"))
    }

    /// A cause in words.
    pub fn because(self, sid: u8, cause: &Cause) -> String {
        match cause {
            Cause::Down => self.pick("它没有运行。".into(), "It does not run.".into()),
            Cause::Observer => self.pick(
                "它是观察者：没有票，也不能当选。".into(),
                "It is an observer: it has no vote and cannot be elected.".into(),
            ),
            Cause::BeganWithItself(why) => {
                let why = self.looking(*why);
                self.say(
                    format_args!("它{why}后先投自己，之后没有收到更好的票。"),
                    format_args!("A server that {why} votes for itself first; no better vote has come since."),
                )
            }
            Cause::FoundBetter(c) => self.say(
                format_args!("{}，所以改投。", self.won_by(*c)),
                format_args!("{}, so it changed.", self.won_by(*c)),
            ),
            Cause::OfferedWorse(from, c) => self.say(
                format_args!("{from} 的票不更好：{} < {}，所以不改。", c.offered, c.own),
                format_args!("The vote of {from} is not better: {} < {}, so it kept its own.", c.offered, c.own),
            ),
            Cause::TooFew { candidate, have, need } => self.say(
                format_args!("在它自己的表里，投 {candidate} 的只有 {{{}}}，需要 {need} 票。", self.list(*have)),
                format_args!("In its own table only {{{}}} support {candidate}; {need} are needed.", self.list(*have)),
            ),
            Cause::StillListening(candidate) => self.say(
                format_args!("投 {candidate} 的已过半，还在静听有没有更好的票。"),
                format_args!("A quorum supports {candidate}; it is still listening for a better vote."),
            ),
            Cause::QuorumAndSilence(leader, supporters) => {
                let list = self.list(*supporters);
                if leader.0 == sid {
                    self.say(
                        format_args!("在它自己的表里，{{{list}}} 都投它，过半；之后的静默期里没有更好的票。"),
                        format_args!("In its own table {{{list}}} vote for it, a quorum; no better vote came in the silence after that."))
                } else {
                    self.say(
                        format_args!("它自己也投了 {leader}：{{{list}}} 都投 {leader}，过半，静默期里没有更好的票。"),
                        format_args!("It voted for {leader} itself: {{{list}}} vote for {leader}, a quorum, and no better vote came in the silence."))
                }
            }
            Cause::CameLate { leader, supporters, own_was_better } => {
                let list = self.list(*supporters);
                match own_was_better {
                    Some(c) => self.say(
                        format_args!("论票它更好：{} > {}，没有被比下去。但它来得晚：{{{list}}} 已经认 {leader} 为 Leader，{leader} 自己也确认，他们不再改票。", c.offered, c.own),
                        format_args!("Its vote was the better one: {} > {}; it was never outvoted. But it came late: {{{list}}} already had {leader} as leader, {leader} itself confirmed it, and they no longer change their votes.", c.offered, c.own)),
                    None => self.say(
                        format_args!("它来得晚：{{{list}}} 已经认 {leader} 为 Leader，{leader} 自己也确认。"),
                        format_args!("It came late: {{{list}}} already had {leader} as leader, and {leader} itself confirmed it.")),
                }
            }
            Cause::NotConfirmed(leader, why) => {
                let why = self.not_yet(*why, leader.0);
                self.say(
                    format_args!("它已听说 Leader 是 {leader}，但{why}。"),
                    format_args!("It has heard that {leader} leads, but {why}."),
                )
            }
            Cause::AnotherLeads(leader) => self.say(
                format_args!("现在 {leader} 在领导，它还不知道或还没确认。"),
                format_args!("{leader} leads now; it does not know or has not confirmed it yet."),
            ),
        }
    }
}
