//! One sentence for each fact of Zab: how an elected leader becomes one that serves, and how a write comes about.

use super::Lang;
use zooscope_core::packet::PacketHead;
use zooscope_core::sids::Sids;
use zooscope_core::trace::{CommitWait, Exit, Fact};
use zooscope_core::zab::SyncMethod;
use zooscope_core::zab::sync_choice::SyncReason;

impl Lang {
    /// The sentence for a fact of Zab about server `me`; nothing for other facts.
    pub(super) fn zab(self, me: u8, fact: &Fact) -> Option<String> {
        Some(match fact {
            Fact::PacketReceived { from, packet } => self.say(
                format_args!("服务器 {me} 收到服务器 {from} 的 {packet}。"),
                format_args!("Server {me} receives {packet} from server {from}."),
            ),
            Fact::EpochWaits { have, need } => {
                let (list, count) = (self.list(*have), have.len());
                self.say(
                    format_args!("Leader {me} 还在等：报告了纪元的只有 {list}（{count}/{need}）。"),
                    format_args!(
                        "Leader {me} waits: only {list} have reported their epochs ({count} of {need} needed)."
                    ),
                )
            }
            Fact::EpochChosen { epoch, have, largest } => {
                let list = self.list(*have);
                self.say(
                    format_args!("过半的服务器（{list}）报告了纪元，最大是 {largest}，Leader {me} 定下新纪元 {epoch}。"),
                    format_args!("A quorum ({list}) has reported; the largest epoch is {largest}, so leader {me} chooses epoch {epoch}."))
            }
            Fact::EpochPromised { epoch } => self.say(
                format_args!("服务器 {me} 把 acceptedEpoch={epoch} 写进磁盘：它承诺不再接受更旧的纪元。"),
                format_args!("Server {me} has acceptedEpoch={epoch} on its disk: it promises to take no older epoch."),
            ),
            Fact::EpochJoined { epoch } => self.say(
                format_args!("服务器 {me} 把 currentEpoch={epoch} 写进磁盘：它加入纪元 {epoch}。"),
                format_args!("Server {me} has currentEpoch={epoch} on its disk: it has joined epoch {epoch}."),
            ),
            Fact::EpochAcks { epoch, have, need, quorum } => {
                let so_far = self.so_far(*have, *need, *quorum);
                self.say(
                    format_args!("承诺纪元 {epoch} 的有 {so_far}。"),
                    format_args!("Epoch {epoch} is promised by {so_far}."),
                )
            }
            Fact::LearnerAhead { learner, current, last } => self.say(
                format_args!("服务器 {learner} 的数据（纪元 {current}，zxid {last}）比 Leader {me} 还新，连接被断开。"),
                format_args!(
                    "Server {learner} (epoch {current}, zxid {last}) is ahead of leader {me}, which sends it away."
                ),
            ),
            Fact::SyncChosen { learner, method, why, peer, sent, .. } => {
                let (method, why) = (method.word(), self.sync_reason(*why));
                self.say(
                    format_args!("Leader {me} 用 {method} 同步服务器 {learner}（它的 zxid 是 {peer}）：{why}；要补发 {sent} 个事务。"),
                    format_args!("Leader {me} brings server {learner} (zxid {peer}) in step by {method}: {why}; {sent} transactions are sent."))
            }
            Fact::SyncBegins { method, zxid } => match method {
                SyncMethod::Diff => self.say(
                    format_args!("服务器 {me} 收到 DIFF：在 {zxid} 之后接着补齐。"),
                    format_args!("Server {me} gets DIFF: what it lacks after {zxid} follows."),
                ),
                SyncMethod::Trunc => self.say(
                    format_args!("服务器 {me} 收到 TRUNC：必须丢掉 {zxid} 之后的日志。"),
                    format_args!("Server {me} gets TRUNC: it must forget everything after {zxid}."),
                ),
                SyncMethod::Snap => self.say(
                    format_args!("服务器 {me} 收到 SNAP：用 Leader 的整份数据（{zxid}）替换自己的。"),
                    format_args!(
                        "Server {me} gets SNAP: all of the leader's data ({zxid}) takes the place of its own."
                    ),
                ),
            },
            Fact::Truncated { to, removed } => self.say(
                format_args!("服务器 {me} 截断日志到 {to}，丢掉 {removed} 个从未提交的事务。"),
                format_args!(
                    "Server {me} cuts its log after {to}; {removed} transactions are gone that were never committed."
                ),
            ),
            Fact::SnapshotWritten { zxid, received: false } => self.say(
                format_args!("服务器 {me} 写好快照（{zxid}）。"),
                format_args!("Server {me} has written a snapshot ({zxid})."),
            ),
            Fact::SnapshotWritten { zxid, received: true } => self.say(
                format_args!("服务器 {me} 写好收到的快照（{zxid}）；从此以快照为准，之前的日志不再有用。"),
                format_args!(
                    "Server {me} has written the snapshot it was sent ({zxid}); it counts now, the log before it does not."
                ),
            ),
            Fact::NewLeaderAcks { epoch, have, need, quorum } => {
                let so_far = self.so_far(*have, *need, *quorum);
                self.say(
                    format_args!("确认 NEWLEADER（纪元 {epoch}）的有 {so_far}。"),
                    format_args!("NEWLEADER of epoch {epoch} is answered by {so_far}."),
                )
            }
            Fact::AckUnexpected { from, zxid } => self.say(
                format_args!("Leader {me} 等的是服务器 {from} 对 NEWLEADER 的 ACK，先到的却是 {zxid} 的。"),
                format_args!(
                    "Leader {me} waits for server {from} to answer NEWLEADER, but its first ACK is for {zxid}."
                ),
            ),
            Fact::Established { epoch } => self.say(
                format_args!("过半的服务器已和 Leader {me} 一致：它开始服务，纪元 {epoch}。"),
                format_args!("A quorum is in step with leader {me}: it serves now, in epoch {epoch}."),
            ),
            Fact::Serves { epoch } => self.say(
                format_args!("服务器 {me} 收到 UPTODATE，开始服务，纪元 {epoch}。"),
                format_args!("Server {me} gets UPTODATE and serves, in epoch {epoch}."),
            ),
            Fact::Requested { request } => {
                let number = request.cxid;
                self.say(
                    format_args!("服务器 {me} 的客户端发来写请求 #{number}。"),
                    format_args!("A client of server {me} asks for write #{number}."),
                )
            }
            Fact::Proposed { zxid, request } => {
                let number = request.cxid;
                self.say(
                    format_args!("Leader {me} 把写请求 #{number} 变成提案 {zxid}，发给所有跟随者，自己也开始写日志。"),
                    format_args!("Leader {me} makes write #{number} proposal {zxid}, sends it to all followers and logs it itself."))
            }
            Fact::Appended { zxid } => self.say(
                format_args!("服务器 {me} 把 {zxid} 追加到日志末尾，还没刷盘。"),
                format_args!("Server {me} appends {zxid} to its log; it is not flushed yet."),
            ),
            Fact::Flushed { zxid } => self.say(
                format_args!("服务器 {me} 的日志刷盘到 {zxid}：崩溃也不会丢。"),
                format_args!("Server {me} has flushed its log up to {zxid}: a crash cannot take it any more."),
            ),
            Fact::Acknowledged { zxid } => self
                .say(format_args!("服务器 {me} 确认（ACK）{zxid}。"), format_args!("Server {me} acknowledges {zxid}.")),
            Fact::NotCommitted { zxid, have, need, why: CommitWait::NoQuorum } => {
                let so_far = self.so_far(*have, *need, false);
                self.say(
                    format_args!("{zxid} 还不能提交：已刷盘确认的有 {so_far}。"),
                    format_args!("{zxid} is not committed yet: acknowledged by {so_far}."),
                )
            }
            Fact::NotCommitted { zxid, why: CommitWait::Predecessor, .. } => self.say(
                format_args!("{zxid} 还不能提交：它前面的提案还没提交。"),
                format_args!("{zxid} is not committed yet: the proposal before it is not."),
            ),
            Fact::Committed { zxid, acks } => {
                let list = self.list(*acks);
                self.say(
                    format_args!("{list} 都已确认 {zxid}，过半：Leader {me} 提交它，并通知大家。"),
                    format_args!(
                        "{list} have acknowledged {zxid}, a quorum: leader {me} commits it and tells everyone."
                    ),
                )
            }
            Fact::Applied { zxid } => self.say(
                format_args!("服务器 {me} 应用了 {zxid}。"),
                format_args!("Server {me} applies {zxid}."),
            ),
            Fact::Answered { request, zxid } => {
                let number = request.cxid;
                self.say(
                    format_args!("服务器 {me} 回答客户端的写请求 #{number}（{zxid}）。"),
                    format_args!("Server {me} answers write #{number} of its client ({zxid})."),
                )
            }
            Fact::Synced { request, zxid } => {
                let number = request.cxid;
                self.say(
                    format_args!("服务器 {me} 的 sync #{number} 完成：已应用到 {zxid}。"),
                    format_args!("Sync #{number} of server {me} is done: {zxid} is applied."),
                )
            }
            Fact::Exits(why) => {
                let why = self.exit(*why);
                self.say(
                    format_args!("服务器 {me} 的进程退出：{why}。"),
                    format_args!("The process of server {me} ends: {why}."),
                )
            }
            _ => return None,
        })
    }

    /// Who has answered, against how many must: `1、2（2/3）`.
    fn so_far(self, have: Sids, need: usize, quorum: bool) -> String {
        let (list, count) = (self.list(have), have.len());
        let (zh, en) = if quorum { ("，已过半", ", a quorum") } else { ("", "") };
        self.say(format_args!("{list}（{count}/{need}）{zh}"), format_args!("{list} ({count} of {need} needed){en}"))
    }

    /// Why a learner is brought in step this way.
    pub(super) fn sync_reason(self, why: SyncReason) -> &'static str {
        match why {
            SyncReason::Same => self.pick("两边的最后一个 zxid 相同", "both have the same last zxid"),
            SyncReason::Ahead => self.pick("它有 Leader 从未提交过的事务", "it has what its leader never committed"),
            SyncReason::InCache => self.pick("它缺的都还在 Leader 的内存里", "what it lacks is in the leader's memory"),
            SyncReason::InLog => self.pick("它缺的在 Leader 的日志里找得到", "what it lacks is in the leader's log"),
            SyncReason::Unknown => self.pick("它有 Leader 没有的事务", "it has transactions that its leader lacks"),
            SyncReason::UnknownOldEpoch => self.pick(
                "它有旧纪元里 Leader 没有的事务，说不清还有多少",
                "it has some of an older epoch that its leader lacks, nobody knows how many",
            ),
            SyncReason::TooFarBack => {
                self.pick("内存和日志都追溯不到它那里", "neither memory nor log of the leader reaches back so far")
            }
            SyncReason::Gap => {
                self.pick("Leader 的日志和内存之间接不上", "between the leader's log and its memory there is a gap")
            }
        }
    }

    fn exit(self, why: Exit) -> String {
        match why {
            Exit::CommitMismatch(zxid) => self.say(
                format_args!("要提交的 {zxid} 不是它等着的第一个提案"),
                format_args!("COMMIT {zxid} is not for the first proposal that waits"),
            ),
            Exit::EpochBehindLog { last, current } => self.say(
                format_args!("最后的 zxid 是 {last}，currentEpoch 却只到 {current}"),
                format_args!("its last zxid is {last}, but currentEpoch says {current}"),
            ),
            Exit::PromiseBehindEpoch { accepted, current } => self.say(
                format_args!("acceptedEpoch {accepted} 小于 currentEpoch {current}"),
                format_args!("acceptedEpoch {accepted} is smaller than currentEpoch {current}"),
            ),
        }
    }

    /// The heading of a group of events that are no part of the story.
    pub fn details(self, count: usize) -> String {
        self.say(format_args!("{count} 个细节事件"), format_args!("{count} events in detail"))
    }

    /// What a packet is for, in a few words.
    pub fn packet_gloss(self, packet: PacketHead) -> &'static str {
        match packet.name {
            "FOLLOWERINFO" | "OBSERVERINFO" => {
                self.pick("自报家门：我承诺过的纪元", "introduces itself: the epoch it has promised")
            }
            "LEADERINFO" => self.pick("Leader 宣布新纪元", "the leader names the new epoch"),
            "ACKEPOCH" => self.pick("承诺新纪元，并报上自己的 zxid", "promises the epoch and tells its zxid"),
            "DIFF" => self.pick("下面补上你缺的", "what you lack follows"),
            "TRUNC" => self.pick("丢掉这之后的日志", "forget what comes after this"),
            "SNAP" => self.pick("整份数据", "all of the data"),
            "NEWLEADER" => self.pick("历史已发完，请加入本纪元", "that was the history: join the epoch"),
            "ACK" => self.pick("已写入磁盘", "it is on my disk"),
            "UPTODATE" => self.pick("可以开始服务了", "you may serve"),
            "REQUEST" => self.pick("把客户端的写请求转给 Leader", "passes a client's write on"),
            "PROPOSAL" => self.pick("提案：请写入日志", "a proposal: log it"),
            "COMMIT" => self.pick("提交：可以生效了", "committed: it may take effect"),
            "INFORM" => self.pick("告诉观察者已提交的事务", "a committed transaction, for an observer"),
            "SYNC" => self.pick("追上此刻已提交的内容", "catch up with what is committed by now"),
            _ => self.pick("还在吗？", "are you there?"),
        }
    }
}
