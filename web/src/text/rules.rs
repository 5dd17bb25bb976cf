//! The rule that fired, with its values filled in.

use super::Lang;
use crate::scene::explain::{Counted, Rule};
use zooscope_core::election::{Criterion, ServerState};
use zooscope_core::sids::Sids;
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
                        self.say(format_args!("服务器 {server} 为什么改票 · 选票比较规则"), format_args!("Why server {server} changes its vote: the order of votes"))
                    } else {
                        self.say(format_args!("服务器 {server} 为什么不改票 · 选票比较规则"), format_args!("Why server {server} keeps its vote: the order of votes"))
                    },
                    values: vec![
                        ("(peerEpoch, zxid, id)".into(), None),
                        (format!("{offered} {sign} {own}"), Some(comparison.better)),
                    ],
                    meaning: meaning.into(),
                }
            }
            Rule::Count { server, candidate, have, need, quorum } => {
                let against = self.against(*have, *need);
                RuleText {
                    heading: self.say(format_args!("服务器 {server} 数自己的表"), format_args!("Server {server} counts its own table")),
                    values: vec![(
                        self.say(format_args!("投 {candidate}：{against}"), format_args!("for {candidate}: {against}")),
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
                heading: self.say(format_args!("服务器 {server} 为什么现在决定"), format_args!("Why server {server} decides now")),
                values: vec![
                    (format!("{{{}}} → {leader}", self.list(*supporters)), Some(true)),
                    (self.say(format_args!("静默 {} ms", silence.as_millis()), format_args!("{} ms of silence", silence.as_millis())), Some(true)),
                ],
                meaning: if *state == ServerState::Leading {
                    self.pick("过半的票都投它自己，所以它是 Leader。", "The quorum voted for itself, so it leads.").into()
                } else {
                    self.say(format_args!("过半的票投 {leader}，所以它跟随 {leader}。"), format_args!("The quorum voted for {leader}, so it follows."))
                },
            },
            Rule::Confirmed { server, leader, supporters } => RuleText {
                heading: self.say(format_args!("服务器 {server} 为什么加入"), format_args!("Why server {server} joins")),
                values: vec![
                    (format!("{{{}}} → {leader}", self.list(*supporters)), Some(true)),
                    (format!("{leader}: LEADING"), Some(true)),
                ],
                meaning: self
                    .pick("已有 Leader：过半的服务器指认它，它自己也确认。不比票，也不再等。", "There is a leader: a quorum names it and it confirms it itself. No votes are compared, no silence is needed.")
                    .into(),
            },
            Rule::NotConfirmed { server, leader, have, need, why } => {
                let (against, why_not) = (self.against(*have, *need), self.not_yet(*why, leader.0));
                RuleText {
                    heading: self.say(format_args!("服务器 {server} 为什么还不加入"), format_args!("Why server {server} does not join yet")),
                    values: vec![
                        (
                            self.say(format_args!("指认 {leader}：{against}"), format_args!("naming {leader}: {against}")),
                            Some(*why == NotYet::LeaderSilent),
                        ),
                        (format!("{leader}: LEADING"), Some(false)),
                    ],
                    meaning: self.say(format_args!("{why_not}。"), format_args!("It waits: {why_not}.")),
                }
            }
            Rule::Acks { server, what, have, need, quorum } => {
                let (heading, meaning) = self.counted(server.0, *what, *quorum);
                RuleText { heading, values: vec![(self.against(*have, *need), Some(*quorum))], meaning }
            }
            Rule::Sync { leader, learner, method, why, peer, cache: (min, max) } => {
                let method = method.word();
                RuleText {
                    heading: self.say(
                        format_args!("Leader {leader} 为什么用 {method} 同步服务器 {learner}"),
                        format_args!("Why leader {leader} brings server {learner} in step by {method}")),
                    values: vec![(
                        self.say(
                            format_args!("服务器 {learner}：{peer}　Leader 内存：{min} … {max}"),
                            format_args!("server {learner}: {peer}   leader's memory: {min} … {max}")),
                        None,
                    )],
                    meaning: self.say(format_args!("{}。", self.sync_reason(*why)), format_args!("Because {}.", self.sync_reason(*why))),
                }
            }
            Rule::Broken { server, by } => RuleText {
                heading: self.say(format_args!("服务器 {server} 的静默被打破"), format_args!("The silence of server {server} is broken")),
                values: vec![(self.say(format_args!("{by} 的票更好"), format_args!("the vote of {by} is better")), Some(false))],
                meaning: self.pick("改投更好的票，从头计票。", "It takes the better vote and counts anew.").into(),
            },
            Rule::Drained { server, from } => RuleText {
                heading: self.say(format_args!("服务器 {server} 还在静听"), format_args!("Server {server} is still listening")),
                values: vec![(self.say(format_args!("{from} 的票不更好"), format_args!("the vote of {from} is not better")), Some(false))],
                meaning: self.pick("这张票被丢掉，静默重新计时。", "It is dropped, and the silence starts anew.").into(),
            },
        }
    }

    /// A count against what is needed: `{1、2} = 2　需要 3`.
    fn against(self, have: Sids, need: usize) -> String {
        let (list, count) = (self.list(have), have.len());
        self.say(format_args!("{{{list}}} = {count}　需要 {need}"), format_args!("{{{list}}} = {count}   need {need}"))
    }

    /// What is counted after the election, and what follows from it.
    fn counted(self, server: u8, what: Counted, quorum: bool) -> (String, String) {
        let heading = match what {
            Counted::Reports => self.say(
                format_args!("Leader {server} 等过半的服务器报告纪元"),
                format_args!("Leader {server} waits for a quorum to report its epochs"),
            ),
            Counted::Promises(epoch) => self.say(
                format_args!("Leader {server} 数谁承诺了纪元 {epoch}"),
                format_args!("Leader {server} counts the promises of epoch {epoch}"),
            ),
            Counted::Joined(epoch) => self.say(
                format_args!("Leader {server} 数谁加入了纪元 {epoch}"),
                format_args!("Leader {server} counts who has joined epoch {epoch}"),
            ),
            Counted::Proposal(zxid) => self.say(
                format_args!("Leader {server} 数谁确认了 {zxid}"),
                format_args!("Leader {server} counts who has acknowledged {zxid}"),
            ),
        };
        let meaning = match (what, quorum) {
            (_, false) => self.pick("还不过半，继续等。", "Not a quorum yet: it waits."),
            (Counted::Reports, true) => self.pick(
                "过半了：新纪元比报告过的都大一。",
                "A quorum: the new epoch is one more than the largest reported.",
            ),
            (Counted::Promises(_), true) => {
                self.pick("过半了：旧 Leader 再也凑不够过半。", "A quorum: no older leader can find one any more.")
            }
            (Counted::Joined(_), true) => self.pick(
                "过半了：它的全部历史都算已提交，可以服务。",
                "A quorum: all of its history counts as committed, and it serves.",
            ),
            (Counted::Proposal(_), true) => self.pick(
                "过半已刷盘：无论谁崩溃，它都不会丢。",
                "A quorum has it on disk: whoever crashes, it cannot be lost.",
            ),
        };
        (heading, meaning.into())
    }
}
