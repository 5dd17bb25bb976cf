//! One sentence for each step: what is spoken, and what stands in the list of events.

use super::{Lang, Ui};
use zooscope_core::effects::Plane;
use zooscope_core::election::{Comparison, Criterion, ServerState};
use zooscope_core::history::Step;
use zooscope_core::sim::{Cause, Command, Content};
use zooscope_core::time::Instant;
use zooscope_core::trace::{
    ClientFact, DecisionReason, Fact, IgnoredReason, LookingReason, NotYet, ReplyReason, Table, TraceEvent,
};

/// How telling a fact is; the least number speaks for the step.
fn rank(fact: &Fact) -> u8 {
    match fact {
        Fact::Decided { .. } => 0,
        Fact::Started | Fact::Ended { .. } | Fact::Paused | Fact::Resumed => 1,
        Fact::ElectionEntered { .. } => 2,
        Fact::RoundRaised { .. } => 3,
        Fact::FinalWaitBroken { .. } => 4,
        Fact::VoteChanged { .. } => 5,
        Fact::FinalWaitBegins { .. } => 6,
        Fact::Exits(_) => 0,
        Fact::Established { .. } | Fact::Serves { .. } => 5,
        Fact::Answered { .. } => 5,
        Fact::Committed { .. } | Fact::Proposed { .. } => 6,
        Fact::EpochChosen { .. } | Fact::LearnerAhead { .. } | Fact::SyncChosen { .. } | Fact::AckUnexpected { .. } => {
            6
        }
        Fact::Truncated { .. } | Fact::SyncBegins { .. } => 6,
        Fact::Requested { .. } | Fact::Synced { .. } => 6,
        Fact::NewLeaderAcks { .. } | Fact::EpochAcks { .. } | Fact::EpochWaits { .. } | Fact::NotCommitted { .. } => 7,
        Fact::EpochPromised { .. } | Fact::EpochJoined { .. } | Fact::SnapshotWritten { .. } | Fact::Flushed { .. } => {
            7
        }
        Fact::Appended { .. } | Fact::Applied { .. } | Fact::Acknowledged { .. } => 8,
        Fact::FollowsLeader { .. } => 8,
        Fact::LearnerJoined { .. } | Fact::LearnerLeft { .. } | Fact::LeaderRefused { .. } => 9,
        Fact::NotConfirmed { .. } => 10,
        Fact::VoteKept { .. } => 11,
        Fact::Stored { .. } => 12,
        Fact::Replied { .. } => 13,
        Fact::Ignored { .. } => 14,
        Fact::Silence { .. } => 15,
        Fact::LinkUp { .. } | Fact::LinkDown { .. } => 16,
        Fact::Tallied { .. } | Fact::Broadcast { .. } | Fact::Received { .. } | Fact::Unreachable { .. } => 17,
        Fact::PacketReceived { .. } => 18,
        Fact::SessionExpires { .. } | Fact::ClientAhead { .. } | Fact::DigestDiffers { .. } => 0,
        Fact::RequestTooLong { .. } | Fact::Client { fact: ClientFact::ReplyTooLong { .. }, .. } => 0,
        Fact::Client { fact: ClientFact::Event(_), .. } => 3,
        Fact::Client { fact: ClientFact::State(_) | ClientFact::Replied(_), .. } => 4,
        Fact::Client { .. } => 18,
        Fact::WatchFired { .. } | Fact::StatDisclosed { .. } => 2,
        Fact::Refused { .. } | Fact::SessionReady { .. } | Fact::SessionRefused { .. } => 5,
    }
}

impl Lang {
    /// When something arrives, or that it is held.
    pub fn arrival(self, arrives_at: Option<Instant>) -> String {
        arrives_at.map_or_else(|| self.ui(Ui::Held).to_string(), |at| at.to_string())
    }

    /// One sentence for a step.
    pub fn step(self, step: &Step) -> String {
        let heard = step.trace.iter().find_map(|event| match &event.fact {
            Fact::Received { from, heard } if *from != event.server => Some((*from, heard.vote.leader, heard.state)),
            _ => None,
        });
        // Of what is printed the last line counts: after all that a mistake brings, it says what was wrong.
        let order = |place: usize, fact: &Fact| match fact {
            Fact::Client { fact: ClientFact::Printed(_), .. } => usize::MAX - place,
            _ => place,
        };
        let facts = step.trace.iter().enumerate();
        let telling = facts.min_by_key(|(place, event)| (rank(&event.fact), order(*place, &event.fact)));
        match telling {
            Some((_, event)) => self.fact(event, heard.map(|(from, leader, state)| (from.0, leader.0, state))),
            None => self.cause(&step.cause),
        }
    }

    fn cause(self, cause: &Cause) -> String {
        match cause {
            Cause::Command(Command::Heal) => self.pick("网络恢复。", "The network is whole again.").into(),
            Cause::Command(Command::Cut(a, b)) => self.say(
                format_args!("{a} 与 {b} 之间的连线被切断。"),
                format_args!("The line between {a} and {b} is cut."),
            ),
            Cause::Command(Command::HealLine(a, b)) => self.say(
                format_args!("{a} 与 {b} 之间的连线恢复。"),
                format_args!("The line between {a} and {b} is mended."),
            ),
            Cause::Command(command) => self.say(format_args!("命令：{command}。"), format_args!("Command: {command}.")),
            Cause::Arrived(frame) => match &frame.content {
                Content::Dial => self.say(
                    format_args!("服务器 {} 连接服务器 {}。", frame.from, frame.to),
                    format_args!("Server {} connects to server {}.", frame.from, frame.to),
                ),
                _ => self.say(
                    format_args!("服务器 {} 的消息到达服务器 {}。", frame.from, frame.to),
                    format_args!("A message of server {} reaches server {}.", frame.from, frame.to),
                ),
            },
            Cause::Timer(sid, _) => {
                self.say(format_args!("服务器 {sid} 的定时器到时。"), format_args!("A timer of server {sid} runs out."))
            }
            Cause::DiskDone(sid) => {
                self.say(format_args!("服务器 {sid} 的磁盘写完了。"), format_args!("The disk of server {sid} is done."))
            }
            Cause::Work(sid, _) => self
                .say(format_args!("服务器 {sid} 的线程继续工作。"), format_args!("A thread of server {sid} goes on.")),
            Cause::Refused { dialler, by } => self.say(
                format_args!("服务器 {by} 拒绝了服务器 {dialler} 的连接。"),
                format_args!("Server {by} refuses the connection of server {dialler}."),
            ),
            Cause::OnLine(client, frame) => self.on_line(client, frame),
            Cause::ClientTimer(client, timer) => self.client_timer(client, *timer),
            Cause::ClientRefused(client) => self.say(
                format_args!("客户端 {client} 没能连上服务器。"),
                format_args!("Client {client} cannot connect with a server."),
            ),
        }
    }

    /// `heard` is the notification that led to the fact: sender, its vote, its state.
    fn fact(self, event: &TraceEvent, heard: Option<(u8, u8, ServerState)>) -> String {
        let me = event.server;
        let heard_zh = heard.map_or(String::new(), |(from, vote, state)| match state {
            ServerState::Looking => format!("收到 {from} 的选票（投 {vote}），"),
            _ => format!("收到 {from} 的回答（{state}，Leader 是 {vote}），"),
        });
        let heard_en = heard.map_or(String::new(), |(from, vote, state)| match state {
            ServerState::Looking => format!(" hears {from} vote for {vote} and"),
            _ => format!(" hears from {from} ({state}, leader {vote}) and"),
        });
        match &event.fact {
            Fact::Started => self.say(
                format_args!("服务器 {me} 启动，进入 LOOKING，先投自己一票，发给所有服务器。"),
                format_args!("Server {me} starts, is LOOKING, votes for itself and tells everyone.")),
            Fact::Ended { cleanly: true } => self.say(format_args!("服务器 {me} 正常停止。"), format_args!("Server {me} stops.")),
            Fact::Ended { cleanly: false } => self.say(format_args!("服务器 {me} 崩溃。"), format_args!("Server {me} crashes.")),
            Fact::Paused => self.say(format_args!("服务器 {me} 的进程被冻结。"), format_args!("The process of server {me} freezes.")),
            Fact::Resumed => self.say(format_args!("服务器 {me} 的进程继续运行。"), format_args!("The process of server {me} runs on.")),
            Fact::ElectionEntered { round, why, .. } => {
                let why = self.looking(*why);
                self.say(
                    format_args!("服务器 {me} {why}，进入第 {round} 轮选举，先投自己。"),
                    format_args!("Server {me} {why}: it enters round {round} and votes for itself."))
            }
            Fact::RoundRaised { to, because_of, .. } => self.say(
                format_args!("服务器 {me} 发现 {because_of} 已在第 {to} 轮，于是清空选票，跳到第 {to} 轮。"),
                format_args!("Server {me} learns that {because_of} is in round {to}: it forgets its votes and jumps to round {to}.")),
            Fact::FinalWaitBroken { by } => self.say(
                format_args!("服务器 {me} 在静默期内收到 {by} 的更好的选票，改投并重新计票。"),
                format_args!("Server {me} hears a better vote from {by} before its silence is over: it changes its vote and counts again.")),
            Fact::VoteChanged { because_of, comparison } => {
                let (was, now) = (comparison.own.leader, comparison.offered.leader);
                let by = self.criterion(*comparison);
                self.say(
                    format_args!("服务器 {me} 收到 {because_of} 的选票：{now} 的{by}更大，从 {was} 改投 {now}。"),
                    format_args!("Server {me} hears the vote of {because_of}: {now} has the larger {by}, so it changes from {was} to {now}."))
            }
            Fact::FinalWaitBegins { candidate, wait } => {
                let ms = wait.as_millis();
                self.say(
                    format_args!("服务器 {me} {heard_zh}在自己的表里凑够了 {candidate} 的过半选票，再静听 {ms} ms。"),
                    format_args!("Server {me}{heard_en} now has a quorum for {candidate} in its own table: it listens for another {ms} ms."))
            }
            Fact::Decided { state, leader, why } => self.decided(me.0, *state, leader.0, why),
            Fact::FollowsLeader { leader } => {
                self.say(format_args!("服务器 {me} 连上了 Leader {leader}。"), format_args!("Server {me} is connected with leader {leader}."))
            }
            Fact::LearnerJoined { learner } => {
                self.say(format_args!("服务器 {learner} 连上了 Leader {me}。"), format_args!("Server {learner} is connected with leader {me}."))
            }
            Fact::LearnerLeft { learner } => {
                self.say(format_args!("Leader {me} 失去了服务器 {learner}。"), format_args!("Leader {me} loses server {learner}."))
            }
            Fact::LeaderRefused { leader, attempts } => self.say(
                format_args!("服务器 {me} 第 {attempts} 次连接 {leader} 被拒绝：它还不是 Leader。"),
                format_args!("Server {me} is refused by {leader} (attempt {attempts}): that is no leader yet.")),
            Fact::NotConfirmed { leader, why, .. } => {
                let why = self.not_yet(*why, leader.0);
                self.say(format_args!("服务器 {me} {heard_zh}但{why}。"), format_args!("Server {me}{heard_en} waits: {why}."))
            }
            Fact::VoteKept { comparison, .. } => {
                let (own, same) = (comparison.own.leader, comparison.by == Criterion::Equal);
                self.pick(
                    if same { format!("服务器 {me} {heard_zh}与自己的一样，记下。") } else { format!("服务器 {me} {heard_zh}不如自己投的 {own}，不改票，只记下。") },
                    if same {
                        format!("Server {me}{heard_en} notes it: the same as its own vote.")
                    } else {
                        format!("Server {me}{heard_en} keeps its own vote for {own}, which is better; it notes the other.")
                    },
                )
            }
            Fact::Stored { sender, heard, table, .. } if *sender == me && *table == Table::Recvset => {
                let vote = heard.vote.leader;
                self.say(
                    format_args!("服务器 {me} 把自己的一票（投 {vote}）记进自己的表。"),
                    format_args!("Server {me} enters its own vote for {vote} into its table."))
            }
            Fact::Stored { .. } => self.say(format_args!("服务器 {me} {heard_zh}记下。"), format_args!("Server {me}{heard_en} notes it.")),
            Fact::Replied { to, told, why } => self.replied(me.0, to.0, told.state, told.vote.leader.0, *why),
            Fact::Ignored { why, .. } => {
                let why = self.ignored(*why);
                self.say(format_args!("服务器 {me} {heard_zh}{why}。"), format_args!("Server {me}{heard_en} {why}."))
            }
            Fact::Silence { resent, next } => {
                let ms = next.as_millis();
                self.pick(
                    if *resent {
                        format!("服务器 {me} 一直没听到消息，重发选票；下次等 {ms} ms。")
                    } else {
                        format!("服务器 {me} 一直没听到消息，再试着连接其他服务器；下次等 {ms} ms。")
                    },
                    if *resent {
                        format!("Server {me} has heard nothing: it sends its vote again and will wait {ms} ms.")
                    } else {
                        format!("Server {me} has heard nothing: it tries to connect again and will wait {ms} ms.")
                    },
                )
            }
            Fact::LinkUp { plane, peer } => {
                let port = self.port(*plane);
                self.say(format_args!("服务器 {me} 与 {peer} 的{port}连接建立。"), format_args!("The {port} connection of {me} and {peer} stands."))
            }
            Fact::LinkDown { plane, peer } => {
                let port = self.port(*plane);
                self.say(format_args!("服务器 {me} 发现与 {peer} 的{port}连接断了。"), format_args!("Server {me} loses its {port} connection with {peer}."))
            }
            Fact::Tallied { candidate, have, need, .. } => {
                let count = have.len();
                self.say(
                    format_args!("服务器 {me} 计票：{candidate} 有 {count} 票，需要 {need} 票。"),
                    format_args!("Server {me} counts {count} for {candidate} and needs {need}."))
            }
            Fact::Broadcast { vote, .. } => {
                let leader = vote.leader;
                self.say(format_args!("服务器 {me} 广播选票：投 {leader}。"), format_args!("Server {me} tells everyone its vote for {leader}."))
            }
            Fact::Received { from, .. } => {
                self.say(format_args!("服务器 {me} 收到 {from} 的消息。"), format_args!("Server {me} hears from {from}."))
            }
            Fact::Unreachable { peer } => {
                self.say(format_args!("服务器 {me} 连不上 {peer}。"), format_args!("Server {me} cannot reach {peer}."))
            }
            other => self.zab(me.0, other).or_else(|| self.client_fact(me, other)).unwrap_or_default(),
        }
    }

    fn decided(self, me: u8, state: ServerState, leader: u8, why: &DecisionReason) -> String {
        match why {
            DecisionReason::QuorumThenSilence { silence, .. } => {
                let ms = silence.as_millis();
                self.say(
                    format_args!("服务器 {me} 静听 {ms} ms 没有更好的选票，自行决定：{state}，Leader 是 {leader}。"),
                    format_args!("Server {me} has heard no better vote for {ms} ms and decides by itself: {state}, the leader is {leader}."))
            }
            DecisionReason::EstablishedLeader { supporters, .. } => {
                let list = self.list(*supporters);
                self.say(
                    format_args!("服务器 {me} 听到 {list} 都说 Leader 是 {leader}，{leader} 自己也确认，于是加入：{state}。"),
                    format_args!("Server {me} hears {list} name {leader} as leader, {leader} itself confirms it, so {me} joins: {state}."))
            }
        }
    }

    fn replied(self, me: u8, to: u8, state: ServerState, leader: u8, why: ReplyReason) -> String {
        match why {
            ReplyReason::Settled => self.say(
                format_args!("服务器 {me} 已经不在选举，只回答 {to}：{state}，Leader 是 {leader}。"),
                format_args!(
                    "Server {me} is no longer electing; it only answers {to}: {state}, the leader is {leader}."
                ),
            ),
            ReplyReason::LowerRound => self.say(
                format_args!("服务器 {me} 发现 {to} 的轮次较低，把自己的选票（投 {leader}）告诉它。"),
                format_args!("Server {me} sees that {to} is in a lower round and tells it its own vote for {leader}."),
            ),
            ReplyReason::NotAVoter => self.say(
                format_args!("服务器 {to} 没有投票权：{me} 只回答它，不计它的票。"),
                format_args!("Server {to} has no vote: {me} answers it and counts nothing."),
            ),
        }
    }

    pub(super) fn looking(self, why: LookingReason) -> String {
        match why {
            LookingReason::Started => self.pick("启动".into(), "starts".into()),
            LookingReason::LostLeader(sid) => {
                self.say(format_args!("与 Leader {sid} 断开"), format_args!("has lost its leader {sid}"))
            }
            LookingReason::LeaderSilent(sid) => self.say(
                format_args!("太久没有听到 Leader {sid}"),
                format_args!("has not heard its leader {sid} for too long"),
            ),
            LookingReason::LeaderUnreachable(sid, times) => {
                self.say(format_args!("连接 {sid} 失败 {times} 次"), format_args!("was refused by {sid} {times} times"))
            }
            LookingReason::LostQuorum => self.pick("失去了过半的跟随者".into(), "has lost its quorum".into()),
            LookingReason::EpochTooOld { offered, accepted } => self.say(
                format_args!("发现 Leader 的纪元 {offered} 比自己承诺过的 {accepted} 还旧"),
                format_args!("finds the leader's epoch {offered} older than its promise {accepted}"),
            ),
            LookingReason::GapInHistory(zxid) => self.say(
                format_args!("发现 Leader 发来的历史在 {zxid} 前有缺口"),
                format_args!("finds a gap before {zxid} in the leader's history"),
            ),
            LookingReason::Unexpected(packet) => self.say(
                format_args!("收到不该出现的 {packet}"),
                format_args!("gets {packet}, which does not belong here"),
            ),
            LookingReason::CounterUsedUp => {
                self.pick("用完了本纪元的计数器".into(), "has used up the counter of its epoch".into())
            }
            LookingReason::NoQuorumInTime => self
                .pick("在 initLimit 内没等到过半的跟随者".into(), "got no quorum of followers within initLimit".into()),
        }
    }

    fn ignored(self, why: IgnoredReason) -> &'static str {
        match why {
            IgnoredReason::LowerRound => self.pick("轮次较低，不计", "does not count it: its round is lower"),
            IgnoredReason::NotAVoter => self.pick("没有投票权，不计", "does not count it: it has no vote"),
            IgnoredReason::Observing => self.pick("来自观察者，不计", "does not count it: an observer"),
            IgnoredReason::BothSettled => {
                self.pick("双方都已有 Leader，不必理会", "needs to do nothing: both have a leader")
            }
            IgnoredReason::Drained => self.pick(
                "不比现在的好；静默重新计时，这张票不再记录",
                "listens anew: it is not better, and is not even noted",
            ),
        }
    }

    pub(super) fn not_yet(self, why: NotYet, leader: u8) -> String {
        match why {
            NotYet::NoQuorum => {
                self.say(format_args!("说 {leader} 是 Leader 的还不过半"), format_args!("too few name {leader}"))
            }
            NotYet::LeaderSilent => self.say(
                format_args!("{leader} 自己还没确认是 LEADING"),
                format_args!("{leader} itself has not said LEADING yet"),
            ),
        }
    }

    pub(super) fn criterion(self, comparison: Comparison) -> &'static str {
        match comparison.by {
            Criterion::PeerEpoch => self.pick("纪元", "epoch"),
            Criterion::Zxid => " zxid ",
            Criterion::Leader => self.pick("编号", "id"),
            Criterion::Weight => self.pick("权重", "weight"),
            Criterion::Equal => self.pick("票", "vote"),
        }
        .trim_matches(self.pick('\0', ' '))
    }

    fn port(self, plane: Plane) -> &'static str {
        match plane {
            Plane::Election => self.pick("选举", "election"),
            Plane::Quorum => self.pick("跟随", "quorum"),
        }
    }
}
