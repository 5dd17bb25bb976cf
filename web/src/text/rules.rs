//! The rule that fired, with its values filled in.

use super::Lang;
use crate::scene::explain::Rule;
use zooscope_core::election::{Criterion, ServerState};
use zooscope_core::trace::NotYet;

/// A rule in words: a heading, the values in code type, and a line below.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleText {
    /// What kind of rule.
    pub heading: String,
    /// The values, and whether the rule says yes, if it says either.
    pub values: Vec<(String, Option<bool>)>,
    /// What it means.
    pub meaning: String,
}

impl Lang {
    /// A rule in words.
    pub fn rule(self, rule: &Rule) -> RuleText {
        match rule {
            Rule::Compare { server, comparison } => {
                let (offered, own) = (self.vote(comparison.offered), self.vote(comparison.own));
                let meaning = match comparison.by {
                    Criterion::PeerEpoch => self.pick("纪元不同，先比纪元。", "The epochs differ: they are compared first."),
                    Criterion::Zxid => self.pick("纪元相同，再比 zxid：谁的数据更新。", "The epochs are equal: the zxid decides, whose data is fresher."),
                    Criterion::Leader => self.pick("先比纪元，再比数据新旧，最后才比编号。", "First the epoch, then how fresh the data is; the id only breaks the tie."),
                    Criterion::Weight => self.pick("权重为零的服务器不能当选。", "A server without weight cannot be elected."),
                    Criterion::Equal => self.pick("两张票相同。", "Both votes are the same."),
                };
                let sign = if comparison.better { ">" } else { "<" };
                RuleText {
                    heading: if comparison.better {
                        self.pick(format!("服务器 {server} 为什么改票 · 选票比较规则"), format!("Why server {server} changes its vote: the order of votes"))
                    } else {
                        self.pick(format!("服务器 {server} 为什么不改票 · 选票比较规则"), format!("Why server {server} keeps its vote: the order of votes"))
                    },
                    values: vec![
                        ("(peerEpoch, zxid, id)".into(), None),
                        (format!("{offered} {sign} {own}"), Some(comparison.better)),
                    ],
                    meaning: meaning.into(),
                }
            }
            Rule::Count { server, candidate, have, need, quorum } => {
                let count = have.len();
                RuleText {
                    heading: self.pick(format!("服务器 {server} 数自己的表"), format!("Server {server} counts its own table")),
                    values: vec![(
                        self.pick(
                            format!("投 {candidate}：{{{}}} = {count}　需要 {need}", self.list(have)),
                            format!("for {candidate}: {{{}}} = {count}   need {need}", self.list(have)),
                        ),
                        Some(*quorum),
                    )],
                    meaning: if *quorum {
                        self.pick("过半了，但还要静听一会儿，看有没有更好的票。", "A quorum; but it listens a while longer for a better vote.").into()
                    } else {
                        self.pick("还不过半，继续等。", "Not a quorum yet: it waits.").into()
                    },
                }
            }
            Rule::Silence { server, state, leader, supporters, silence } => RuleText {
                heading: self.pick(format!("服务器 {server} 为什么现在决定"), format!("Why server {server} decides now")),
                values: vec![
                    (format!("{{{}}} → {leader}", self.list(supporters)), Some(true)),
                    (self.pick(format!("静默 {} ms", silence.as_millis()), format!("{} ms of silence", silence.as_millis())), Some(true)),
                ],
                meaning: if *state == ServerState::Leading {
                    self.pick("过半的票都投它自己，所以它是 Leader。", "The quorum voted for itself, so it leads.").into()
                } else {
                    self.pick(format!("过半的票投 {leader}，所以它跟随 {leader}。"), format!("The quorum voted for {leader}, so it follows."))
                },
            },
            Rule::Confirmed { server, leader, supporters } => RuleText {
                heading: self.pick(format!("服务器 {server} 为什么加入"), format!("Why server {server} joins")),
                values: vec![
                    (format!("{{{}}} → {leader}", self.list(supporters)), Some(true)),
                    (format!("{leader}: LEADING"), Some(true)),
                ],
                meaning: self
                    .pick("已有 Leader：过半的服务器指认它，它自己也确认。不比票，也不再等。", "There is a leader: a quorum names it and it confirms it itself. No votes are compared, no silence is needed.")
                    .into(),
            },
            Rule::NotConfirmed { server, leader, have, need, why } => RuleText {
                heading: self.pick(format!("服务器 {server} 为什么还不加入"), format!("Why server {server} does not join yet")),
                values: vec![
                    (
                        self.pick(
                            format!("指认 {leader}：{{{}}} = {}　需要 {need}", self.list(have), have.len()),
                            format!("naming {leader}: {{{}}} = {}   need {need}", self.list(have), have.len()),
                        ),
                        Some(*why == NotYet::LeaderSilent),
                    ),
                    (format!("{leader}: LEADING"), Some(false)),
                ],
                meaning: self.pick(format!("{}。", self.not_yet(*why, leader.0)), format!("It waits: {}.", self.not_yet(*why, leader.0))),
            },
            Rule::Broken { server, by } => RuleText {
                heading: self.pick(format!("服务器 {server} 的静默被打破"), format!("The silence of server {server} is broken")),
                values: vec![(self.pick(format!("{by} 的票更好"), format!("the vote of {by} is better")), Some(false))],
                meaning: self.pick("改投更好的票，从头计票。", "It takes the better vote and counts anew.").into(),
            },
            Rule::Drained { server, from } => RuleText {
                heading: self.pick(format!("服务器 {server} 还在静听"), format!("Server {server} is still listening")),
                values: vec![(self.pick(format!("{from} 的票不更好"), format!("the vote of {from} is not better")), Some(false))],
                meaning: self.pick("这张票被丢掉，静默重新计时。", "It is dropped, and the silence starts anew.").into(),
            },
        }
    }
}
