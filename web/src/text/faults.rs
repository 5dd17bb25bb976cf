//! What can be broken: the faults that a reader may switch on, and the promises that break by them.

use super::Lang;
use zooscope_core::invariants::{Invariant, Violation};
use zooscope_core::rules::Fault;
use zooscope_core::sids::Sids;

impl Lang {
    /// What a fault does, in one sentence.
    pub fn fault(self, fault: Fault) -> &'static str {
        let (zh, en) = match fault {
            Fault::EpochFromZxid => (
                "新纪元只由最后一个 zxid 推算，没有谁承诺过它，两个 Leader 可能用上同一个纪元。",
                "A new epoch is only derived from the last zxid and promised by nobody, so two leaders can end up in the same one.",
            ),
            Fault::RangeDiff => (
                "只要跟随者的 zxid 落在 Leader 的范围里就用 DIFF，哪怕 Leader 根本没有这个事务。",
                "A follower whose zxid lies within the leader's range gets a DIFF, even if the leader has no such transaction.",
            ),
            Fault::DirtySnapshot => (
                "TRUNC 只截断日志，不管快照，而快照里可能有从未提交的事务。",
                "TRUNC cuts the log and leaves the snapshot alone, which may hold what was never committed.",
            ),
            Fault::MemoryVote => (
                "服务器按内存里的数据投票，尽管它的日志里还有更新的事务。",
                "A server votes with what it has in memory, although its log holds more.",
            ),
            Fault::PartialSnap => (
                "还没等到 NEWLEADER 就失去了 Leader，收到的快照却留在内存里。",
                "The leader is lost before its NEWLEADER, yet its snapshot stays in memory.",
            ),
            Fault::AckBeforeFlush => (
                "跟随者的日志还没刷盘，就先回答了 NEWLEADER。",
                "A follower answers NEWLEADER before its log is flushed.",
            ),
            Fault::EpochFirst => (
                "跟随者先加入新纪元，之后才把日志刷盘；在这中间崩溃，就有了纪元却没有历史。",
                "A follower joins the epoch before its log is flushed; a crash in between leaves it the epoch without its history.",
            ),
            Fault::EarlyAcks => (
                "跟随者还在同步，就已经确认收到的提案。",
                "A follower acknowledges proposals while it is still being brought in step.",
            ),
            Fault::UndeadLogger => (
                "跟随者失去 Leader 之后，写日志的线程还自顾自地写下去。",
                "When a follower has lost its leader, its logging thread still goes on by itself.",
            ),
            Fault::CacheHole => (
                "同步期间提交的事务没有进入内存缓存，缓存里就缺了一段。",
                "What is committed while a follower is brought in step never gets into its cache, which then has a hole.",
            ),
            Fault::SnapOnEmptyCache => (
                "缓存为空的 Leader 给比它超前的跟随者发 SNAP，跟随者日志里多出的事务就留了下来。",
                "A leader with an empty cache sends SNAP to a follower that is ahead, and what the follower's log holds too much stays there.",
            ),
            Fault::UnfilteredWatches => {
                ("监听者会收到它无权读取的节点的通知。", "Watchers are told of changes to what they may not read.")
            }
            Fault::UncheckedExists => (
                "exists 会把会话无权读取的节点的 Stat 也告诉它。",
                "exists tells the Stat even of what may not be read.",
            ),
            Fault::UnflushedAcks => ("提案还没刷盘，就先确认。", "Proposals are acknowledged before they are flushed."),
            Fault::SmallQuorum => ("比过半少一票，也算够，就提交。", "One less than a majority is enough to commit."),
            Fault::CommitUnordered => (
                "一个提案凑够了过半，提交的却是最新的那个。",
                "When a proposal has its quorum, the newest one is committed in its place.",
            ),
        };
        self.pick(zh, en)
    }

    /// What should always hold, without a full stop.
    pub fn promise(self, invariant: Invariant) -> &'static str {
        let zh = match invariant {
            Invariant::OneLeader => "同一时刻，至多一个 Leader 有过半的服务器连着它、跟随它",
            Invariant::OnlyVotersLead => "当 Leader 的都有投票权，权重也大于 0",
            Invariant::FollowsAnother => "跟随的对象总是另一台有投票权的服务器",
            Invariant::ObserversUncounted => "没有一张表记着观察者的票，只有观察者才是 OBSERVING",
            Invariant::VoteNotWorse => "LOOKING 的服务器，现在的票不会比本轮开始时差",
            Invariant::OneRoundPerTable => "LOOKING 的服务器，recvset 里的票都属于它现在的轮次",
            Invariant::WaitHasQuorum => "只有自己表里过半的票都同意，才静听 finalizeWait",
            Invariant::VoteIsLeader => "选举结束后，服务器的票就投给它的 Leader",
            Invariant::TimersFit => "每台服务器只有它正做的事所需的定时器，每种至多一个",
            Invariant::ConnectionsAgree => "一条连接两端都知道，除非断开的消息还在路上；两端不会都是 Leader",
            Invariant::ConnectionsPossible => "连接只在运行的进程之间、没断的线路上",
            Invariant::RoundGrows => "LOOKING 时，轮次不会变小",
            Invariant::ProposalGrows => "同一轮里，LOOKING 的服务器的票不会变差",
            Invariant::TimeGrows => "时间不会倒流",
            Invariant::Leadership1 => "同一时刻，没有两台服务器领导同一个纪元",
            Invariant::Leadership2 => "一个纪元自始至终只有一台服务器开始领导",
            Invariant::PrefixConsistency => "服务中的服务器，已生效的事务正是已提交历史的开头一段",
            Invariant::Integrity => "生效的事务都由 Leader 提出，或在运行之前就有",
            Invariant::LocalPrimaryOrder => "前一个提案提交了，后一个才能提交",
            Invariant::LeaderLogCompleteness => "开始服务的 Leader 拥有它的纪元之前提交的所有事务",
            Invariant::CommittedLogDurability => "Leader 不会用 TRUNC 截掉已经提交的事务",
            Invariant::ProcessConsistency => "服务中的跟随者，日志里的事务它的 Leader 都有",
            Invariant::OneZxidOneContent => "一个 zxid 不会给两个提案",
            Invariant::AckAfterFlush => "提案刷盘之后才能确认",
            Invariant::JoinedWithHistory => "历史和 currentEpoch 都在磁盘上了，才能回答 NEWLEADER",
            Invariant::CommitOnQuorum => "提案在过半服务器的磁盘上了，才能提交",
            Invariant::LogIncreases => "每份日志里的 zxid 都是递增的",
            Invariant::CommitConsistent => "COMMIT 总是给等着提交的最早一个提案",
            Invariant::AckConsistent => "跟随者的第一个 ACK 是对 NEWLEADER 的回答",
            Invariant::MessageLegal => "每种消息只在它该来的阶段到来",
            Invariant::SameTree => "最后的 zxid 相同，数据树就相同",
            Invariant::EphemeralHasSession => "临时节点的主人（会话）还活着",
            Invariant::EventsFirst => "客户端先收到变化的通知，再看到含有这个变化的回答",
            Invariant::NeverBack => "客户端收到的回答，不会比它见过的状态更旧",
            Invariant::RepliesInOrder => "同一个会话的请求，按发出的顺序得到回答",
            Invariant::EventsReadable => "监听不会把会话无权读取的变化告诉它",
            Invariant::StatReadable => "会话拿不到它无权读取的节点的 Stat",
        };
        self.pick(zh, invariant.statement())
    }

    /// Whom and which transaction a broken promise concerns: `服务器 2、3，zxid 1.2`.
    pub fn concerned(self, violation: &Violation) -> String {
        let servers: Sids = violation.servers.iter().copied().collect();
        let list = self.list(servers);
        let servers = match servers.len() {
            0 => None,
            1 => Some(self.say(format_args!("服务器 {list}"), format_args!("server {list}"))),
            _ => Some(self.say(format_args!("服务器 {list}"), format_args!("servers {list}"))),
        };
        let zxid = violation.zxid.map(|zxid| format!("zxid {zxid}"));
        servers.into_iter().chain(zxid).collect::<Vec<_>>().join(self.pick("，", ", "))
    }
}
