//! What is wrong with a command, in the reader's language.

use super::Lang;
use std::borrow::Cow;
use zooscope_core::query::Kind;
use zooscope_core::rules::Fault;
use zooscope_core::script::{
    Cause, Expected, LONGEST_FIRST_LOG, MOST_SERVERS, MOST_STEPS, ParseError, Unfit, questions,
};
use zooscope_core::sim::{CommandError, World};

impl Lang {
    /// The cause of an error in a text, without its place.
    pub(super) fn script_error(self, error: &ParseError) -> String {
        match (&error.cause, self) {
            (Cause::Refused(why), Lang::Zh) => refused(why),
            (Cause::Refused(why), Lang::En) => why.to_string(),
            (Cause::Unfit(unfit), Lang::Zh) => does_not_fit(*unfit),
            (Cause::Unfit(unfit), Lang::En) => unfit.to_string(),
            (Cause::NotSo { expected, found }, _) => self.say(
                format_args!("应该是 {expected}，实际是 {found}"),
                format_args!("expected {expected}, but it is {found}"),
            ),
            (Cause::Expected(_), _) if error.meant().is_some() => {
                let (found, meant) = (&error.found, error.meant().unwrap_or_default());
                self.say(
                    format_args!("没有“{found}”，是不是 {meant}？客户端的一行这样写：a> ls /"),
                    format_args!(
                        "`{found}` is unknown here; did you mean `{meant}`? A client's line is written `a> ls /`"
                    ),
                )
            }
            (Cause::Expected(expected), Lang::En) => match error.found.as_str() {
                "" => format!("expected {expected}, found the end of the line"),
                found => format!("`{found}` does not fit, expected {expected}"),
            },
            (Cause::Expected(expected), Lang::Zh) => match error.found.as_str() {
                "" => format!("这里还缺：{}", wanted(*expected)),
                found => format!("“{found}”不对，应该是：{}", wanted(*expected)),
            },
        }
    }
}

fn refused(why: &CommandError) -> String {
    match why {
        CommandError::UnknownServer(sid) => format!("集群里没有服务器 {sid}"),
        CommandError::AlreadyRunning(sid) => format!("服务器 {sid} 已经在运行"),
        CommandError::NotRunning(sid) => format!("服务器 {sid} 没有在运行"),
        CommandError::NeverStarted(sid) => format!("服务器 {sid} 从没启动过，请用 start {sid}"),
        CommandError::AlreadyPaused(sid) => format!("服务器 {sid} 已经冻结"),
        CommandError::NotPaused(sid) => format!("服务器 {sid} 没有冻结"),
        CommandError::SameServer(sid) => format!("一条连线需要两台不同的服务器，不能两端都是 {sid}"),
        CommandError::AlreadyCut(a, b) => format!("{a} 与 {b} 之间已经切断"),
        CommandError::NotCut(a, b) => format!("{a} 与 {b} 之间没有切断"),
        CommandError::Twice(sid) => format!("服务器 {sid} 写了两次"),
        CommandError::TwoSides(sid) => format!("服务器 {sid} 同时在两边"),
        CommandError::AlreadyHeld(from, to) => format!("{from}->{to} 已经暂扣"),
        CommandError::NotHeld(from, to) => format!("{from}->{to} 没有暂扣"),
        CommandError::UnknownClient(name) => {
            format!("没有客户端 {name}（服务器只有编号），用 client {name} connect 1 可以新建")
        }
        CommandError::ClientExists(name) => {
            format!("客户端 {name} 已经在了，先 {name}> close 或 crash {name}，再新建")
        }
        CommandError::ClientGone => "这个客户端的进程已经结束，用 client 名字 connect 1 可以重新开始".to_string(),
        CommandError::ClientPaused => "这个客户端已经冻结".to_string(),
        CommandError::ClientNotPaused => "这个客户端没有冻结".to_string(),
        CommandError::ClientCutNotPaused => "这个客户端没有冻结，是网络断了，用 heal 加名字恢复".to_string(),
        CommandError::ClientHeld => "这个方向已经暂扣".to_string(),
        CommandError::ClientNotHeld => "这个方向没有暂扣".to_string(),
        CommandError::ClientNotCut => "这个客户端的网络没有切断".to_string(),
        CommandError::NoSession => "这个客户端现在没有可以过期的会话".to_string(),
        CommandError::ClientCut => "这个客户端的网络已经切断".to_string(),
        CommandError::TooManyClients => format!("一次运行最多 {} 个客户端", World::MOST_CLIENTS),
        CommandError::NotServing(sid) => format!("服务器 {sid} 现在不提供服务"),
        CommandError::NeverTrue { statement, found } => {
            format!("{statement} 在十分钟（模拟时间）内一直没有成立，最后是 {found}")
        }
        CommandError::NeverCame(sid, point) => {
            format!("服务器 {sid} 在十分钟（模拟时间）内没有走到 {point}（之前走过的不算）")
        }
        CommandError::NeverExpired => "十分钟（模拟时间）内没有 Leader 宣布这个会话过期".to_string(),
    }
}

fn does_not_fit(unfit: Unfit) -> String {
    match unfit {
        Unfit::Again => "这项设置已经写过了".to_string(),
        Unfit::WeightsWithoutGroups => {
            "有权重就要有 groups=：设了权重，每台服务器都必须在一个组里，否则都启动不了".to_string()
        }
        Unfit::InNoGroup(sid) => format!("有分组，但服务器 {sid} 不在任何组里"),
        Unfit::NoVoter(sid) => format!("服务器 {sid} 不投票，不能放进组里"),
    }
}

fn wanted(expected: Expected) -> Cow<'static, str> {
    Cow::Borrowed(match expected {
        Expected::Command => {
            "命令（start、stop、crash、restart、pause、resume、cut、partition、heal、hold、release、disk、write、sync、client、expire、advance、step、settle、until），或客户端的一行，例如 a> ls /"
        }
        Expected::NoQuestion => "对集群的命令；expect、show 和 trace 只用在脚本里，它们说的在页面上都能看到",
        Expected::NoClientLine => "对集群的命令；客户端的命令写在它的名字后面，例如 a> ls /",
        Expected::EnsembleFirst => "ensemble 和服务器数量，而且只在开头",
        Expected::ServerCount => "服务器数量，1 到 9",
        Expected::Server => "集群里的服务器编号",
        Expected::SeveralServers => "集群里的服务器编号，几台写成 1,2，全部写成 all",
        Expected::ServerNotClient => {
            "集群里的服务器编号（客户端用 client a connect 1 新建，用 a> close 关闭；pause、resume、cut、heal、crash、expire 后面可以写客户端的名字）"
        }
        Expected::ServerThatWrites => {
            "集群里的服务器编号和要写的内容，例如 write 1 hello；客户端写入用 a> create /x hello"
        }
        Expected::Number => return Cow::Owned(format!("不大于 {} 的整数", u32::MAX)),
        Expected::Span => "一段时间，例如 200ms、2s、5m 或 1h，最长 27h",
        Expected::SpanAboveZero => "大于 0 的一段时间，例如 200ms 或 2s，最长 27h",
        Expected::Latency => "延迟，例如 20ms 或 5ms..30ms",
        Expected::SessionBounds => "会话超时的下限和上限，例如 4s..40s，至少一毫秒",
        Expected::Line => "两台服务器之间的连线，例如 1-3，或客户端的名字（它与所有服务器之间）",
        Expected::Healed => "两台服务器之间的连线（例如 1-3）、客户端的名字，或什么都不写（全部恢复）",
        Expected::Direction => "方向，例如 3->2；客户端是 a->2 或 2->a",
        Expected::Sides => "至少两边，例如 1,2 | 3,4,5",
        Expected::Setting => "集群的一项设置，例如 latency=20ms",
        Expected::ObserverCount => {
            return Cow::Owned(format!("Observer 的数量，加上投票的服务器最多 {MOST_SERVERS} 台"));
        }
        Expected::Seed => return Cow::Owned(format!("不大于 {} 的整数", u64::MAX)),
        Expected::StepCount => return Cow::Owned(format!("事件个数，最多 {MOST_STEPS}")),
        Expected::Weights => "服务器:权重 的列表，例如 1:2,3:0",
        Expected::FirstZxids => {
            return Cow::Owned(format!("服务器:zxid 的列表，例如 3:1.6,5:1.4，计数器最大 {LONGEST_FIRST_LOG}"));
        }
        Expected::FirstEpochs => "服务器:epoch 的列表，例如 1:2",
        Expected::Groups => "所有投票服务器的分组，例如 groups=1,2,3|4,5,6",
        Expected::Zxid => "zxid，例如 1.8 或 0x100000008",
        Expected::Query => {
            return Cow::Owned(format!("一个问题，例如 state 3、leading 3 或 leader；可以问的有：{}", questions()));
        }
        Expected::Comparison(kind) => {
            let relations = if kind.is_ordered() { "=、!=、< 或 >=" } else { "= 或 !=" };
            return Cow::Owned(format!("{relations}，后面是{}", an_answer(kind)));
        }
        Expected::Answer(kind) => return an_answer(kind),
        Expected::List => "里面应该有什么，例如 1.1 1.2 或 1->3 2->3；什么都没有写 none",
        Expected::Row => "表里的一行，例如 1->3",
        Expected::Name => "名字：字母、数字和连字符",
        Expected::Client => "客户端的名字：字母开头，后面是字母、数字和连字符，不能叫 all",
        Expected::View => "要看的内容：state、network、tally、clients，或者 table、log、tree 加服务器编号",
        Expected::Telling => "要讲多少：all、story、prompt 或 off",
        Expected::Path => "znode 可以有的路径，例如 /app/config；有空格时加双引号，例如 \"/a b\"",
        Expected::Connect => "connect 和客户端认识的服务器",
        Expected::Servers => "用逗号隔开的服务器：编号，例如 1,2；或者 config 里的主机名和客户端端口；不模拟 chroot",
        Expected::Timeout => "会话超时，例如 timeout=6s",
        Expected::YesOrNo => "yes 或 no",
        Expected::DiskSpeed => "slow 或 fast",
        Expected::Fault => {
            let names: Vec<&str> = Fault::ALL.iter().map(|(_, name)| *name).collect();
            return Cow::Owned(format!("用逗号隔开的缺陷名字，可以用的有：{}", names.join("、")));
        }
        Expected::CrashPoint => "崩溃的时刻，例如 after flush 1.8",
        Expected::Invariant => "不变式的名字，或 none",
        Expected::ClosingQuote => "用引号括起来的文字，例如 \"two words\"；其中 \\\" 表示引号，\\\\ 表示反斜杠",
        Expected::EndOfLine => "到此为止，后面不该再有内容",
    })
}

fn an_answer(kind: Kind) -> Cow<'static, str> {
    Cow::Borrowed(match kind {
        Kind::Number => "整数",
        Kind::Count => "整数，或 none",
        Kind::Server => "服务器编号，或 none",
        Kind::Zxid => "zxid，例如 1.8 或 0x100000008",
        Kind::Epoch => "epoch，例如 2",
        Kind::Span => "一段时间，例如 200ms，或 none",
        Kind::Word => "一个词，或 none",
        Kind::Data => {
            "znode 的数据，例如 new；有空格或以符号开头时加双引号，例如 \"two words\"；没有数据写 null，没有这个 znode 写 none"
        }
        Kind::State | Kind::Flag | Kind::Reason | Kind::ClientState | Kind::Code => {
            return Cow::Owned(format!("{} 之一", kind.words().join("、")));
        }
    })
}
