//! The commands to the ensemble by example: in the help, and beside the field where they are typed.

use super::element::{el, pairs};
use crate::text::Lang;
use yew::Html;

/// What can be typed, and what it does.
pub fn command_list(lang: Lang) -> Html {
    let commands = commands(lang).into_iter().map(|(command, meaning)| (el!("code"; command), meaning)).collect();
    el!("div", "class" = "stacked"; pairs(commands))
}

fn commands(lang: Lang) -> [(&'static str, &'static str); 13] {
    lang.pick(
        [
            ("start 3　stop 1,2　restart all", "启动、停止、重启；all 是全部"),
            ("crash 3　crash 3 after flush 1.4", "崩溃；或在它做到这一步时崩溃"),
            ("pause 2　resume 2", "冻结进程，再让它继续"),
            ("cut 1-3　heal 1-3　heal", "切断、恢复一条连线；heal 恢复全部"),
            ("partition 1,2 | 3,4,5", "网络分区"),
            ("hold 3->2　release 3->2", "暂扣一个方向的消息，再放行；客户端写 2->a"),
            ("client b connect 2,3 timeout=6s", "新建客户端，先连服务器 2"),
            ("a> create -e /m x", "在客户端 a 的 zkCli 里输入"),
            ("pause a　cut a　crash a　expire a", "冻结、切断、结束客户端，或让它的会话过期"),
            ("write 1 hello　sync 2", "不用客户端，在服务器 1 写；在服务器 2 同步"),
            ("disk 3 slow", "磁盘变慢；fast 恢复"),
            ("advance 2s　step 10　settle", "让时间过去；走 10 个事件；直到安静下来"),
            ("until leader = 3", "一直走到这句话成立"),
        ],
        [
            ("start 3 · stop 1,2 · restart all", "start, stop, start anew; all means all of them"),
            ("crash 3 · crash 3 after flush 1.4", "crash; or as soon as it has done this"),
            ("pause 2 · resume 2", "freeze a process, and let it run on"),
            ("cut 1-3 · heal 1-3 · heal", "cut a line and mend it; heal alone mends all"),
            ("partition 1,2 | 3,4,5", "divide the network"),
            ("hold 3->2 · release 3->2", "keep messages of one direction back, and let them go; 2->a for a client"),
            ("client b connect 2,3 timeout=6s", "a new client, at server 2 first"),
            ("a> create -e /m x", "what client a types into its zkCli"),
            ("pause a · cut a · crash a · expire a", "freeze, cut off or end a client, or let its session expire"),
            ("write 1 hello · sync 2", "write at server 1 without a client; sync at server 2"),
            ("disk 3 slow", "a slow disk; fast again by fast"),
            ("advance 2s · step 10 · settle", "let time pass; 10 events; until it is quiet"),
            ("until leader = 3", "go on until this is true"),
        ],
    )
}
