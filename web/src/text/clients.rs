//! Sentences about clients, their sessions and their requests.

use super::Lang;
use zooscope_core::client::{ClientState, ClientTimer};
use zooscope_core::describe;
use zooscope_core::ids::{SessionId, Sid};
use zooscope_core::session::size::MAX_PACKET;
use zooscope_core::session::{Code, EventKind, Operation, Reply, ToClient, ToServer};
use zooscope_core::sim::{ClientContent, ClientFrame};
use zooscope_core::trace::{ClientFact, Fact};

impl Lang {
    /// A fact about sessions, clients or the tree; `None` for any other.
    pub(super) fn client_fact(self, me: Sid, fact: &Fact) -> Option<String> {
        Some(match fact {
            Fact::Refused { zxid, code } => self.say(
                format_args!("Leader {me} 检查后拒绝了请求（{code}）：{zxid} 仍会复制到所有服务器，但什么也不改。"),
                format_args!("Leader {me} refuses the request ({code}): {zxid} goes to all servers and changes nothing."),
            ),
            Fact::DigestDiffers { zxid, .. } => self.say(
                format_args!("应用 {zxid} 之后，服务器 {me} 的数据树与 Leader 预告的摘要不一致。"),
                format_args!("After {zxid} the tree of server {me} is not the one that its leader announced."),
            ),
            Fact::RequestTooLong { length } => self.say(
                format_args!("请求有 {length} 字节，超过 jute.maxbuffer（{MAX_PACKET}）：服务器 {me} 不读它，直接关闭连接。"),
                format_args!("A request of {length} bytes is longer than jute.maxbuffer ({MAX_PACKET}): server {me} does not read it and closes the connection."),
            ),
            Fact::ClientAhead { seen, last } => self.say(
                format_args!("服务器 {me} 只应用到 {last}，而客户端已见过 {seen}：为了不让它倒退，拒绝连接。"),
                format_args!("Server {me} has applied {last} only, the client has seen {seen}: it sends it away, so that it never goes back."),
            ),
            Fact::SessionReady { session } => self.say(
                format_args!("会话 {session} 可以在服务器 {me} 上使用。"),
                format_args!("Session {session} can be used at server {me}."),
            ),
            Fact::SessionRefused { session } => self.say(
                format_args!("服务器 {me}：会话 {session} 已不存在。"),
                format_args!("Server {me}: session {session} is no more."),
            ),
            Fact::SessionExpires { session } => self.say(
                format_args!("Leader {me} 太久没有会话 {session} 的消息，宣布它过期，并提议关闭它。"),
                format_args!("Leader {me} has heard nothing of session {session} for too long: it expires, and its end is proposed."),
            ),
            Fact::WatchFired { kind, path, readable, .. } => {
                let what = self.event(*kind);
                let unseen = if *readable { "" } else { self.pick("（它本来无权读取）", ", which it may not even read") };
                self.say(
                    format_args!("服务器 {me} 上的监听触发：{path} {what}，通知它的客户端{unseen}。"),
                    format_args!("A watch at server {me} fires: {path} {what}; its client is told{unseen}."),
                )
            }
            Fact::StatDisclosed { path, .. } => self.say(
                format_args!("服务器 {me} 把 {path} 的 Stat 告诉了一个会话，它本来无权读取。"),
                format_args!("Server {me} tells a session the Stat of {path}, which it may not even read."),
            ),
            Fact::Client { client, fact } => self.of_client(client, fact),
            _ => return None,
        })
    }

    fn of_client(self, client: &str, fact: &ClientFact) -> String {
        match fact {
            ClientFact::State(state) => {
                let what = match state {
                    ClientState::Connecting => self.pick("正在连接", "is connecting"),
                    ClientState::SyncConnected => {
                        self.pick("已连上，会话可用", "is connected, its session can be used")
                    }
                    ClientState::Disconnected => self.pick(
                        "断开了连接：会话是否还在，它不知道",
                        "is disconnected: whether its session lives it does not know",
                    ),
                    ClientState::Expired => self.pick("得知自己的会话已过期", "learns that its session has expired"),
                    ClientState::AuthFailed => self.pick("身份验证失败", "has failed to prove who it is"),
                    ClientState::Closed => self.pick("关闭了自己的会话", "has closed its session"),
                };
                self.say(format_args!("客户端 {client} {what}。"), format_args!("Client {client} {what}."))
            }
            ClientFact::Replied(call) => self.answered(client, &call.0, &call.1),
            ClientFact::Event(event) => {
                let (what, path) = (self.event(event.kind), &event.path);
                self.say(
                    format_args!("客户端 {client} 收到通知 {}：{path} {what}。", event.kind),
                    format_args!("Client {client} is told {}: {path} {what}.", event.kind),
                )
            }
            ClientFact::NobodyAt { address, known } => {
                let why = self.nobody_at(address, known);
                self.say(
                    format_args!("客户端 {client} 连不上：{why}"),
                    format_args!("Client {client} tries in vain: {why}"),
                )
            }
            ClientFact::ReplyTooLong { length } => {
                let why = self.reply_too_long(*length);
                self.say(format_args!("客户端 {client}：{why}"), format_args!("Client {client}: {why}"))
            }
            ClientFact::Printed(line) => format!("{client}: {}", line.text),
        }
    }

    /// That no server has an address, and which addresses there are.
    pub fn nobody_at(self, address: &str, known: &str) -> String {
        self.say(
            format_args!("没有服务器的地址是 {address}。这里的地址：{known}。"),
            format_args!("No server is at {address}. Servers here are at {known}."),
        )
    }

    /// That a client does not read a reply of so many bytes.
    pub fn reply_too_long(self, length: usize) -> String {
        self.say(
            format_args!("回答有 {length} 字节，超过 jute.maxbuffer（{MAX_PACKET}）：客户端不读它，关闭连接。"),
            format_args!("A reply of {length} bytes is longer than jute.maxbuffer ({MAX_PACKET}): the client does not read it and closes the connection."),
        )
    }

    fn answered(self, client: &str, operation: &Operation, reply: &Reply) -> String {
        let (request, code) = (describe::request(operation), reply.code);
        match code {
            Code::Ok => self.say(
                format_args!("客户端 {client} 得到 {request} 的回答。"),
                format_args!("Client {client} has the answer to {request}."),
            ),
            Code::ConnectionLoss if !operation.is_write() => self.say(
                format_args!("连接断了：客户端 {client} 没有得到 {request} 的回答。"),
                format_args!("The connection is lost: client {client} gets no answer to {request}."),
            ),
            Code::ConnectionLoss => self.say(
                format_args!("连接断了：{request} 有没有执行，客户端 {client} 不知道。"),
                format_args!("The connection is lost: client {client} does not know whether {request} was done."),
            ),
            _ => self.say(
                format_args!("客户端 {client} 得到 {request} 的回答：{code}。"),
                format_args!("Client {client} has the answer to {request}: {code}."),
            ),
        }
    }

    /// What an event says about its path.
    pub fn event(self, kind: EventKind) -> &'static str {
        match kind {
            EventKind::NodeCreated => self.pick("被创建了", "was created"),
            EventKind::NodeDeleted => self.pick("被删除了", "was deleted"),
            EventKind::NodeDataChanged => self.pick("的数据变了", "has new data"),
            EventKind::NodeChildrenChanged => self.pick("的子节点变了", "has other children"),
            EventKind::DataWatchRemoved | EventKind::ChildWatchRemoved | EventKind::PersistentWatchRemoved => {
                self.pick("不再被监听", "is watched no longer")
            }
        }
    }

    /// Something that has arrived at a client or from one.
    pub(super) fn on_line(self, client: &str, frame: &ClientFrame) -> String {
        let server = frame.server;
        let up = |what: &str, what_en: &str| {
            self.say(
                format_args!("服务器 {server} 收到客户端 {client} 的{what}。"),
                format_args!("{what_en} of client {client} reaches server {server}."),
            )
        };
        let down = |what: &str, what_en: &str| {
            self.say(
                format_args!("客户端 {client} 收到服务器 {server} 的{what}。"),
                format_args!("{what_en} of server {server} reaches client {client}."),
            )
        };
        match &frame.content {
            ClientContent::ToServer(ToServer::Connect(request)) if request.session == SessionId::NONE => {
                up("连接请求，要一个新会话", "A call for a new session")
            }
            ClientContent::ToServer(ToServer::Connect(_)) => up("连接请求，带着原来的会话", "A call with a session"),
            ClientContent::ToServer(ToServer::Request(_, operation)) => {
                let request = describe::request(operation);
                up(&format!("请求 {request}"), &format!("Request {request}"))
            }
            ClientContent::ToServer(ToServer::Ping) | ClientContent::ToClient(ToClient::Ping(_)) => self.say(
                format_args!("客户端 {client} 与服务器 {server} 互报平安（ping）。"),
                format_args!("Client {client} and server {server} exchange a ping."),
            ),
            ClientContent::ToClient(ToClient::Connected(_)) => down("会话答复", "The answer about its session"),
            ClientContent::ToClient(ToClient::Reply(_)) => down("回答", "A reply"),
            ClientContent::ToClient(ToClient::Event(_)) => down("通知", "An event"),
            ClientContent::ClientClosed => self.say(
                format_args!("服务器 {server} 发现客户端 {client} 断开了连接。"),
                format_args!("Server {server} finds that client {client} has hung up."),
            ),
            ClientContent::ServerClosed => self.say(
                format_args!("客户端 {client} 发现服务器 {server} 断开了连接。"),
                format_args!("Client {client} finds that server {server} has hung up."),
            ),
        }
    }

    /// A timer of a client has run out.
    pub(super) fn client_timer(self, client: &str, timer: ClientTimer) -> String {
        let what = match timer {
            ClientTimer::Ping => self.pick("该发 ping 了", "it is time for a ping"),
            ClientTimer::Silence => self.pick("看看是否太久没有听到服务器", "has its server been silent for too long?"),
            ClientTimer::Reconnect => self.pick("再试下一台服务器", "it tries the next server"),
        };
        self.say(format_args!("客户端 {client}：{what}。"), format_args!("Client {client}: {what}."))
    }
}
