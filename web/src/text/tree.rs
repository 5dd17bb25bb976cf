//! Words about clients and trees in the rail.

use super::Lang;
use crate::scene::clients::{ClientCard, Left};
use zooscope_core::ids::{SessionId, Sid, Zxid};
use zooscope_core::query::Holder;
use zooscope_core::time::Duration;

impl Lang {
    /// `服务器 1、2、3`.
    pub fn servers(self, servers: &[Sid]) -> String {
        let list = self.list(servers.iter().copied().collect());
        match servers.len() {
            1 => self.say(format_args!("服务器 {list}"), format_args!("Server {list}")),
            _ => self.say(format_args!("服务器 {list}，内容相同"), format_args!("Servers {list}, all the same")),
        }
    }

    /// `已应用到 1.8`.
    pub fn applied_to(self, zxid: Zxid) -> String {
        self.say(format_args!("已应用到 {zxid}"), format_args!("applied up to {zxid}"))
    }

    /// `临时节点 · a`.
    pub fn ephemeral(self, owner: &Holder) -> String {
        let word = self.pick("临时节点", "ephemeral");
        match owner {
            Holder::Client(client) => format!("{word} · {client}"),
            Holder::OldSession(session) => format!("{word} · {} {session}", self.pick("旧会话", "old session")),
        }
    }

    /// `被 a 监听`.
    pub fn watched_by(self, who: &str) -> String {
        self.say(format_args!("{who} 在监听"), format_args!("watched by {who}"))
    }

    /// `客户端 a`.
    pub fn client(self, name: &str) -> String {
        self.say(format_args!("客户端 {name}"), format_args!("Client {name}"))
    }

    /// Where a client is, and what was done to it.
    pub fn client_whereabouts(self, card: &ClientCard) -> String {
        let mut parts: Vec<String> = Vec::new();
        if let Some(sid) = card.server {
            parts.push(self.say(format_args!("在服务器 {sid}"), format_args!("at server {sid}")));
        }
        if card.gone {
            parts.push(self.pick("进程已结束", "its process has ended").to_string());
        }
        if card.paused {
            parts.push(self.pick("进程冻结中", "frozen").to_string());
        }
        if card.cut {
            parts.push(self.pick("网络已切断", "cut off").to_string());
        }
        parts.join(self.pick("，", ", "))
    }

    /// What a session has left, as the leader counts.
    pub fn session_left(self, session: SessionId, left: Left) -> String {
        let Left { left, timeout, closing, .. } = left;
        let seconds = |span: Duration| format!("{}.{}", span.as_millis() / 1_000, span.as_millis() % 1_000 / 100);
        let (seconds, timeout) = (seconds(left), seconds(timeout));
        match closing {
            true => self.say(format_args!("会话 {session}：正在关闭"), format_args!("Session {session}: being closed")),
            false => self.say(
                format_args!("会话 {session}：若再没有消息，{seconds} 秒后过期（超时 {timeout} 秒，按 tick 检查）"),
                format_args!("Session {session}: expires in {seconds} s if nothing is heard (timeout {timeout} s, checked each tick)"),
            ),
        }
    }

    /// `新客户端 b，连到服务器`.
    pub fn new_client(self, name: &str) -> String {
        self.say(format_args!("新客户端 {name}，连接服务器："), format_args!("New client {name}, at server:"))
    }
}
