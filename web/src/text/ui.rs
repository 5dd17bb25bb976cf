//! Labels and headings.

use super::Lang;
use zooscope_core::ids::Sid;

macro_rules! labels {
    ($($(#[doc = $doc:literal])? $name:ident: $zh:literal, $en:literal;)*) => {
        /// A label of the page.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Ui { $(#[doc = $en] $name,)* }

        impl Lang {
            /// A label.
            pub fn ui(self, label: Ui) -> &'static str {
                match label { $(Ui::$name => self.pick($zh, $en),)* }
            }
        }
    };
}

labels! {
    Course: "课程", "Course";
    Inside: "内部原理", "How it works";
    YourTurn: "轮到你了", "Your turn";
    ARun: "一次运行", "A run";
    Share: "分享这一步", "Share this moment";
    Copied: "链接已复制", "The link is copied";
    CopyFailed: "请手动复制这个链接：", "Copy this link by hand:";
    Language: "EN：切换到英文", "中文: switch to Chinese";
    ThemeLabel: "切换深色或浅色", "Switch between dark and light";
    Help: "帮助与快捷键", "Help and keys";
    More: "更多", "More";
    Close: "关闭", "Close";
    StagePrevious: "上一阶段", "Last stage";
    StepPrevious: "上一步", "Step back";
    Play: "播放", "Play";
    Pause: "暂停", "Pause";
    StepNext: "下一步", "Step";
    StageNext: "下一阶段", "Next stage";
    Space: "空格", "space";
    Speed: "速度", "Speed";
    Grain: "步长", "Steps";
    GrainStory: "情节", "story";
    GrainEvery: "每个事件", "every event";
    Event: "事件", "event";
    Timeline: "时空图：每台服务器一条泳道，斜线是消息", "Space-time diagram: a lane for each server, slanted lines are messages";
    Position: "时间线位置", "Position on the timeline";
    Diagram: "时空图", "Diagram";
    Ballots: "选票箱", "Ballots";
    BallotsShort: "选票", "Ballots";
    Log: "日志", "Log";
    Appended: "已追加", "appended";
    Flushed: "已刷盘", "flushed";
    CommittedHere: "已提交", "committed";
    AppliedHere: "已生效", "applied";
    Snapshot: "快照", "snapshot";
    Messages: "消息", "Messages";
    Trace: "事件", "Events";
    RealLog: "真实日志", "Real log";
    Tally: "全场统计", "Classroom tally";
    TallyGloss: "旁观者清点每台运行中服务器的当前选票", "every running server's current vote, as an all-seeing observer counts it";
    Knows: "每台服务器各自知道的", "What each server knows";
    KnowsGloss: "它自己的表：听谁说过什么", "its own table: what it has heard from whom";
    Server: "服务器", "Server";
    State: "状态", "State";
    Vote: "选票", "Vote";
    Round: "轮次", "Round";
    Stale: "旧票", "stale";
    StaleGloss: "旧票：发送者现在已经不这么说了", "stale: its sender no longer says this";
    CutShort: "断网", "cut off";
    FrozenShort: "已冻结", "frozen";
    Frozen: "进程冻结了：它什么也不处理，连接却还开着。别的服务器只能从沉默中发现。", "Its process is frozen: it does nothing, and its connections stay open. Only silence tells the others.";
    GoToEnd: "走到最后", "Go to the end";
    OnlySigns: "时间过去了，除了心跳什么也没有发生。", "Time has passed, and nothing happened but signs of life.";
    Empty: "表还是空的", "The table is still empty";
    EmptyLog: "日志还是空的", "The log is still empty";
    SessionOver: "会话已经结束，客户端自己还不知道。", "The session is over, and the client does not know yet.";
    SessionEnded: "它的会话已经结束。", "Its session is over.";
    SessionUnled: "没有 Leader 在服务，会话不会过期。", "No leader serves, so no session expires.";
    JustNow: "刚刚发生", "Just happened";
    NoMessages: "现在没有消息在路上。", "Nothing is on its way now.";
    NothingYet: "还没有发生任何事。", "Nothing has happened yet.";
    Arrives: "到达", "Arrives";
    Held: "暂扣", "held";
    SenderState: "发送者状态", "Sender's state";
    Meaning: "意思", "It says";
    LeadingPreparing: "LEADING · 准备中", "LEADING · preparing";
    Notification: "选票通知", "Notification";
    Connect: "连接请求", "Connection attempt";
    ConnectionEnd: "连接结束", "End of a connection";
    Predict: "先猜一猜：", "Predict: ";
    Remembered: "记住了。往下走，看引擎怎么说。", "Noted. Step on and see what the engine does.";
    Right: "猜对了：", "Right: ";
    Elected: "选举结果：", "Elected: ";
    Wrong: "不是这样：", "Not so: ";
    Skipped: "答案：", "The answer: ";
    WhatYouSaid: "你猜的是：", "You said: ";
    InvariantsHold: "不变式成立", "Invariants hold";
    InvariantsBroken: "不变式被破坏", "An invariant is broken";
    ConfigHeading: "每台服务器上都一样的 zoo.cfg", "zoo.cfg, the same on every server";
    ConfigMyid: "只有 myid 不同", "Only myid differs";
    ConfigNoMaster: "没有一行指定谁是主。", "No line names a master.";
    Unstarted: "还没有服务器启动", "No server has started yet";
    NextLesson: "下一课：", "Next lesson: ";
    TryCommands: "轮到你了：接着自己输入命令", "Your turn: go on with your own commands";
    TryYourself: "轮到你了：自己安排启动顺序", "Your turn: choose the order yourself";
    Servers: "服务器数量", "Number of servers";
    Order: "启动顺序（按点击先后）", "Order of starting (click one after another)";
    Wait: "每次启动之后", "After each start";
    WaitSettle: "等稳定下来", "wait until settled";
    WaitNone: "马上启动下一台", "start the next at once";
    WhoLeads: "你猜谁会当 Leader？", "Who will lead?";
    Nobody: "没有 Leader", "Nobody";
    Run: "开始", "Run it";
    Undo: "撤销一台", "Undo one";
    AllOthers: "其余按编号补齐", "Add the rest by id";
    OrderFirst: "先选至少一台服务器和你的预测。", "Choose at least one server and your prediction first.";
    Simplified: "简化说明：客户端只用一条消息就能连上服务器，网络被切断时两端马上知道；没有只读模式、本地会话、chroot 和 SASL，reconfig 一律被拒绝；不指定时会话超时是 10 秒（zkCli 是 30 秒）；服务器编号最大 63；日志不会大到需要定期快照，TRUNC 也会撤销快照里多出的内容。", "Simplifications: a client connects by a single message, and both ends notice a cut at once; there is no read-only mode, no local session, no chroot and no SASL, and reconfig is refused; unless told otherwise a session times out after 10 s (zkCli asks for 30); ids of servers end at 63; a log never grows so large that it needs a snapshot, and TRUNC also undoes what a snapshot holds too much.";
    SimplifiedShort: "简化说明", "Simplification";
    Keys: "快捷键", "Keys";
    KeyStep: "上一步 / 下一步", "step back / step";
    KeyStage: "上一阶段 / 下一阶段", "last stage / next stage";
    KeyPlay: "播放 / 暂停", "play / pause";
    KeyEnds: "开头 / 结尾", "beginning / end";
    KeySelect: "选择服务器", "select a server";
    KeyLanguage: "语言", "language";
    KeyTheme: "深色 / 浅色", "dark / light";
    KeyGrain: "情节 / 每个事件", "story / every event";
    KeyProjector: "投影大字", "projector scale";
    KeyHelp: "帮助", "help";
    LetterKeys: "允许单字母快捷键", "Single letters are keys";
    Projector: "投影大字", "Projector scale";
    Terms: "名词", "Words";
    Lessons: "课程", "Lessons";
    Loading: "正在载入…", "Loading…";
    LoadFailed: "载入失败，请检查网络后重试。", "Loading failed. Check the network and try again.";
    RealLogIntro: "真实 ZooKeeper 3.8.0 的五台服务器，按同样顺序启动时各自写下的日志。每一行都链接到我们的引擎做同一件事的那一步。", "What five real ZooKeeper 3.8.0 servers logged when they were started in the same order. Each line links to the step in which our engine did the same.";
    OrderDiffers: "顺序不同", "order differs";
    NoCounterpart: "这次运行里没有对应的一步", "no such step in this run";
    Details: "细节", "Details";
    Tree: "数据树", "Tree";
    Clients: "客户端", "Clients";
    Differs: "与 Leader 不同", "not as the leader's";
    Container: "容器", "container";
    NoClients: "还没有客户端。", "There is no client yet.";
    NobodyServes: "还没有服务器在提供服务。", "No server serves yet.";
    NobodyServesHere: "这一刻还没有服务器在提供服务；走到后面再来新建客户端。", "No server serves at this moment; a client can connect later in this run.";
    EnsembleCommands: "对集群的命令", "Commands to the ensemble";
    AllCommands: "全部命令", "All commands";
    CommandsWhere: "在自己的运行里（“轮到你了”，或任何一次分享的运行），“客户端”一栏最下面可以输入；从当前这一刻继续。每条命令之后，时间会自己走到安静下来为止（最多 10 秒）；pause、hold、advance、step 之后不会。", "In a run of your own (Your turn, or any shared run), at the end of the tab Clients. They go on from the moment that is shown. After each command time goes on until it is quiet (10 s at most), but not after pause, hold, advance or step.";
    CommandExamples: "例如：crash 3　start 3　cut 1-3　heal　pause a　restart all　advance 2s　client b connect zk2", "Such as: crash 3 · start 3 · cut 1-3 · heal · pause a · restart all · advance 2s · client b connect zk2";
    BranchHere: "从这里输入命令，会从这一刻分叉出一次新的运行，后面的事件不会带过去；按浏览器的后退键可以回来。", "A command typed here opens a run of its own: it goes on from this moment, without what comes after it. The browser's back button leads here again.";
    ConnectAnewWhileKept: "客户端不再用这个会话了，服务器会把它留到过期；输入 connect 可以开始新的会话。", "The client no longer uses this session, which the servers keep until it expires; connect begins another.";
    ConnectAnew: "这个客户端已经没有会话；输入 connect 可以开始新的会话。", "The client is in no session any more; connect begins another.";
    WaitsFrozen: "客户端冻结着，输入的命令要等它“继续”才会执行。", "The client is frozen: what is typed is carried out when it runs on.";
    AnsweredLater: "这一刻还没有回复，往后走（→）就能看到后来怎样。", "No answer at this moment. Step on (→) to see what comes of it.";
    WaitsForAnswer: "还没有回复。如果一直等不到，可以在“对集群的命令”里输入 advance 10s，让时间过去。", "No answer yet. If none comes, let time pass: advance 10s among the commands to the ensemble.";
    PauseClient: "冻结", "Freeze";
    ResumeClient: "继续", "Run on";
    CutClient: "断网", "Cut off";
    HealClient: "联网", "Mend";
    ExpireClient: "会话过期", "Expire";
    CrashClient: "杀掉", "Kill";
    KeyConsole: "命令行", "command line";
    Tried: "试过的", "Tried so far";
    Delay: "服务器 4 比 3 晚", "Server 4 starts this long after server 3";
    Faults: "故障", "Faults";
    FaultsOn: "已打开故障", "Fault switched on";
    FaultsGloss: "每个开关打开 ZooKeeper 曾经有过的一个缺陷，或去掉一条规则；平时全部关闭。打开后，同样的命令会重新运行一遍。多数故障要在关键时刻崩溃才显出后果，所以每个都配了一次出错的运行。", "Each switch brings back a bug that ZooKeeper once had, or leaves out a rule; normally all are off. The same commands are then run again. Most faults do harm only when a server crashes at the wrong moment, so each comes with a run that it breaks.";
    FaultsNone: "没有打开", "none is on";
    WhatIf: "故障：如果少了一条规则？", "Faults: what if a rule were missing?";
    RuleLeftOut: "去掉的规则", "a rule left out";
    SeeItBreak: "看它出错", "See it break";
    ShouldHold: "本应始终成立：", "This should always hold: ";
}

impl Lang {
    /// `第 3 阶段 · 共 5 阶段`.
    pub fn stage_of(self, stage: usize, stages: usize) -> String {
        if stages == 0 {
            self.pick("开始之前", "Before the start").to_string()
        } else if stage == 0 {
            self.say(format_args!("开始之前 · 共 {stages} 个阶段"), format_args!("Before the start · {stages} stages"))
        } else {
            self.say(format_args!("第 {stage} 阶段 · 共 {stages} 阶段"), format_args!("Stage {stage} of {stages}"))
        }
    }

    /// `服务器 3 启动`.
    pub fn starts(self, sid: Sid) -> String {
        self.say(format_args!("服务器 {sid} 启动"), format_args!("Server {sid} starts"))
    }

    /// `3 启动`, for a flag.
    pub fn starts_short(self, sid: Sid) -> String {
        self.say(format_args!("{sid} 启动"), format_args!("{sid} starts"))
    }

    /// `服务器 3`.
    pub fn server(self, sid: Sid) -> String {
        self.say(format_args!("服务器 {sid}"), format_args!("Server {sid}"))
    }

    /// `投 3`.
    pub fn for_leader(self, sid: Sid) -> String {
        self.say(format_args!("投 {sid}"), format_args!("for {sid}"))
    }

    /// `推举 3`.
    pub fn candidate(self, sid: Sid) -> String {
        self.say(format_args!("推举 {sid}"), format_args!("for {sid}"))
    }

    /// `2 票`.
    pub fn votes(self, votes: u64) -> String {
        match votes {
            1 => self.pick("1 票".into(), "1 vote".into()),
            _ => self.say(format_args!("{votes} 票"), format_args!("{votes} votes")),
        }
    }

    /// `过半需要 3 票`.
    pub fn quorum_needs(self, quorum: u64) -> String {
        self.say(format_args!("过半需要 {quorum} 票"), format_args!("a quorum is {quorum}"))
    }

    /// What a server is, for those who do not see it.
    pub fn disc_label(self, sid: Sid, state: &str, vote: Option<Sid>, supporters: u32, quorum: u32) -> String {
        match vote {
            Some(vote) => self.say(
                format_args!("服务器 {sid}，{state}，投 {vote}；自己表里 {vote} 有 {supporters} 票，过半需要 {quorum}"),
                format_args!(
                    "Server {sid}, {state}, vote {vote}; in its own table {vote} has {supporters}, a quorum is {quorum}"
                ),
            ),
            None => self.say(format_args!("服务器 {sid}，{state}"), format_args!("Server {sid}, {state}")),
        }
    }

    /// The table of one server.
    pub fn table_of(self, sid: Sid) -> String {
        self.say(format_args!("服务器 {sid} 的表"), format_args!("Table of server {sid}"))
    }
}
