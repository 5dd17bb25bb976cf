//! One stable technical line for anything: traces, golden files, tooltips. Not meant for learners.

use crate::client::ClientTimer;
use crate::effects::{Message, Plane, Timer};
use crate::election::{Comparison, Criterion, Notification};
use crate::history::{Step, serves};
use crate::ids::{SessionId, Sid};
use crate::query::{Moment, is_stale};
use crate::session::{Answer, Operation, Reply, ToClient, ToServer};
use crate::sids::Sids;
use crate::sim::{Cause, ClientAct, ClientContent, ClientFrame, Command, Content, Frame, Node};
use crate::trace::{
    BroadcastReason, ClientFact, CommitWait, DecisionReason, Exit, Fact, IgnoredReason, LookingReason, NotYet,
    ReplyReason, Table, TraceEvent,
};
use crate::txn::{Txn, TxnBody};
use crate::zab::Work;
use crate::zab::sync_choice::SyncReason;
use core::fmt::Write as _;

/// A step: its time and cause, then a line for each fact.
pub fn step(step: &Step) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{:>9} {}", step.at.to_string(), cause(&step.cause));
    for event in &step.trace {
        // The cause has said it already.
        if !matches!(event.fact, Fact::Received { .. } | Fact::PacketReceived { .. }) {
            let _ = writeln!(out, "{:>9}   {}", "", fact(event));
        }
    }
    out
}

/// What a step leaves on the screens of clients: a line that was typed, and what is printed.
pub fn prompt(step: &Step) -> String {
    let mut out = String::new();
    if let Cause::Command(command @ Command::Client { act: ClientAct::Type(_), .. }) = &step.cause {
        let _ = writeln!(out, "{command}");
    }
    for event in &step.trace {
        let seen = matches!(
            &event.fact,
            Fact::Client {
                fact: ClientFact::Printed(_) | ClientFact::NobodyAt { .. } | ClientFact::ReplyTooLong { .. },
                ..
            }
        );
        if seen {
            let _ = writeln!(out, "{}", fact(event));
        }
    }
    out
}

/// What caused a step.
pub fn cause(cause: &Cause) -> String {
    match cause {
        Cause::Command(command) => format!("> {command}"),
        Cause::Arrived(frame) => arrived(frame),
        Cause::Timer(sid, timer) => format!("S{sid} timer {}", self::timer(*timer)),
        Cause::Refused { dialler, by } => format!("S{by}→S{dialler} refused at the quorum port"),
        Cause::DiskDone(sid) => format!("S{sid} disk"),
        Cause::OnLine(client, frame) => on_line(client, frame),
        Cause::ClientTimer(client, timer) => format!(
            "{client} timer {}",
            match timer {
                ClientTimer::Ping => "ping",
                ClientTimer::Silence => "silence",
                ClientTimer::Reconnect => "reconnect",
            }
        ),
        Cause::ClientRefused(client) => format!("{client} cannot connect"),
        Cause::Work(sid, work) => format!(
            "S{sid} {} thread",
            match work {
                Work::Main => "main",
                Work::Log => "logging",
                Work::Acknowledge => "acknowledging",
                Work::Apply => "applying",
            }
        ),
    }
}

fn arrived(frame: &Frame) -> String {
    let Frame { from, to, plane, .. } = frame;
    match &frame.content {
        Content::Message(Message::Notification(heard)) => {
            format!("S{from}→S{to} NOTIFICATION {}", notification(*heard))
        }
        Content::Message(Message::Packet(packet)) => format!("S{from}→S{to} {}", packet.head()),
        Content::Dial => format!("S{from}→S{to} connects to the {} port", self::plane(*plane)),
        Content::Closed => format!("S{from}→S{to} end of the {} connection", self::plane(*plane)),
    }
}

fn on_line(client: &str, frame: &ClientFrame) -> String {
    let server = frame.server;
    match &frame.content {
        ClientContent::ToServer(message) => format!(
            "{client}→S{server} {}",
            match message {
                ToServer::Connect(request) if request.session == SessionId::NONE => "connect".to_string(),
                ToServer::Connect(request) => format!("connect, session {}, seen {}", request.session, request.seen),
                ToServer::Request(xid, operation) => format!("#{xid} {}", request(operation)),
                ToServer::Ping => "ping".to_string(),
            }
        ),
        ClientContent::ToClient(message) => format!(
            "S{server}→{client} {}",
            match message {
                ToClient::Connected(response) if response.session == SessionId::NONE => "no such session".to_string(),
                ToClient::Connected(response) => format!("session {}, timeout {}", response.session, response.timeout),
                ToClient::Reply(reply) => format!("#{} {}", reply.xid, self::reply(reply)),
                ToClient::Event(event) => format!("event {} {}", event.kind, event.path),
                ToClient::Ping(_) => "ping".to_string(),
            }
        ),
        ClientContent::ClientClosed => format!("{client}→S{server} end of the connection"),
        ClientContent::ServerClosed => format!("S{server}→{client} end of the connection"),
    }
}

/// A request: its name and its path.
pub fn request(operation: &Operation) -> String {
    operation.path().map_or_else(|| operation.name().to_string(), |path| format!("{} {path}", operation.name()))
}

/// A reply: its code, or what it is about.
pub fn reply(reply: &Reply) -> String {
    let zxid = reply.zxid.map_or_else(String::new, |zxid| format!(" at {zxid}"));
    match &reply.answer {
        Answer::Path(path) | Answer::Created(path, _) => format!("{}{zxid} {path}", reply.code),
        _ => format!("{}{zxid}", reply.code),
    }
}

/// What a transaction does.
pub fn txn(txn: &Txn) -> String {
    match &*txn.body {
        TxnBody::CreateSession { .. } | TxnBody::CloseSession { .. } => {
            format!("{} {}", txn_body(&txn.body), txn.request.session)
        }
        body => txn_body(body),
    }
}

fn txn_body(body: &TxnBody) -> String {
    match body {
        TxnBody::Create(node) => format!("create {}", node.path),
        TxnBody::Delete(path) => format!("delete {path}"),
        TxnBody::SetData { path, version, .. } => format!("setData {path} version={version}"),
        TxnBody::SetAcl { path, version, .. } => format!("setACL {path} aversion={version}"),
        TxnBody::Check => "check".to_string(),
        TxnBody::CreateSession { .. } => "createSession".to_string(),
        TxnBody::CloseSession { .. } => "closeSession".to_string(),
        TxnBody::Multi(parts) => format!("multi [{}]", parts.iter().map(txn_body).collect::<Vec<_>>().join(", ")),
        TxnBody::Error(code) => format!("error {code}"),
    }
}

fn client_fact(fact: &ClientFact) -> String {
    match fact {
        ClientFact::State(state) => format!("is {state:?}"),
        ClientFact::Replied(call) => format!("has its answer to {}: {}", request(&call.0), reply(&call.1)),
        ClientFact::Event(event) => format!("is told {} {}", event.kind, event.path),
        ClientFact::NobodyAt { address, known } => format!("knows nobody at {address}; servers are {known}"),
        ClientFact::ReplyTooLong { length } => format!("closes the connection: a reply of {length} bytes is too long"),
        ClientFact::Printed(line) if line.is_error => format!("! {}", line.text),
        ClientFact::Printed(line) => format!("| {}", line.text),
    }
}

/// A notification: state, round and vote.
pub fn notification(heard: Notification) -> String {
    format!("{} round={} vote={}", heard.state, heard.round, heard.vote)
}

fn plane(plane: Plane) -> &'static str {
    match plane {
        Plane::Election => "election",
        Plane::Quorum => "quorum",
    }
}

fn timer(timer: Timer) -> &'static str {
    match timer {
        Timer::Silence => "silence",
        Timer::Finalize => "finalizeWait",
        Timer::RetryLeader => "retry leader",
        Timer::InitLimit => "initLimit",
        Timer::ObserverDelay => "observer delay",
        Timer::Tick => "half tick",
        Timer::ReadLimit => "read limit",
        Timer::Sessions => "sessions",
        Timer::Containers => "containers",
    }
}

fn enough(quorum: bool) -> &'static str {
    if quorum { ", a quorum" } else { "" }
}

fn set(servers: Sids) -> String {
    format!("{{{}}}", servers.into_iter().map(|sid| format!("S{sid}")).collect::<Vec<_>>().join(" "))
}

fn comparison(comparison: Comparison) -> String {
    let Comparison { offered, own, by, better } = comparison;
    let sign = if better { ">" } else { "≤" };
    let by = match by {
        Criterion::Weight => "weight 0",
        Criterion::PeerEpoch => "peerEpoch",
        Criterion::Zxid => "zxid",
        Criterion::Leader => "id",
        Criterion::Equal => "equal",
    };
    format!("{offered} {sign} {own} by {by}")
}

/// One fact, with its server in front.
pub fn fact(event: &TraceEvent) -> String {
    let text = match &event.fact {
        Fact::Started => "process starts".to_string(),
        Fact::Ended { cleanly: true } => "process stops".to_string(),
        Fact::Ended { cleanly: false } => "process crashes".to_string(),
        Fact::Paused => "process is frozen".to_string(),
        Fact::Resumed => "process runs on".to_string(),
        Fact::ElectionEntered { round, vote, why } => {
            let why = match why {
                LookingReason::Started => "started".to_string(),
                LookingReason::LostLeader(sid) => format!("lost leader S{sid}"),
                LookingReason::LeaderUnreachable(sid, attempts) => format!("leader S{sid} refused {attempts} times"),
                LookingReason::LeaderSilent(sid) => format!("leader S{sid} was not heard in time"),
                LookingReason::LostQuorum => "lost its quorum".to_string(),
                LookingReason::NoQuorumInTime => "no quorum within initLimit".to_string(),
                LookingReason::EpochTooOld { offered, accepted } => {
                    format!("epoch {offered} is older than the promised {accepted}")
                }
                LookingReason::GapInHistory(zxid) => format!("the leader's history has a gap before {zxid}"),
                LookingReason::Unexpected(packet) => format!("{packet} does not belong here"),
                LookingReason::CounterUsedUp => "the counter of the epoch is used up".to_string(),
            };
            format!("LOOKING round={round} initial vote {vote} because {why}")
        }
        Fact::Broadcast { vote, round, why } => {
            let why = match why {
                BroadcastReason::NewRound => "new round",
                BroadcastReason::Changed => "changed",
                BroadcastReason::Silence => "silence",
            };
            format!("→all round={round} vote={vote} because {why}")
        }
        Fact::Received { from, heard } => format!("hears S{from}: {}", notification(*heard)),
        Fact::Replied { to, told, why } => {
            let why = match why {
                ReplyReason::NotAVoter => "it has no vote",
                ReplyReason::LowerRound => "its round is lower",
                ReplyReason::Settled => "settled already",
            };
            format!("answers S{to}: {} because {why}", notification(*told))
        }
        Fact::Ignored { from, why } => {
            let why = match why {
                IgnoredReason::LowerRound => "lower round",
                IgnoredReason::NotAVoter => "not a voter",
                IgnoredReason::Observing => "an observer",
                IgnoredReason::BothSettled => "both settled",
                IgnoredReason::Drained => "not better, inside finalizeWait",
            };
            format!("ignores S{from}: {why}")
        }
        Fact::RoundRaised { from, to, because_of } => format!("round {from} → {to} because of S{because_of}"),
        Fact::VoteChanged { because_of, comparison: c } => {
            format!("vote {} → {} because of S{because_of}: {}", c.own.leader, c.offered.leader, comparison(*c))
        }
        Fact::VoteKept { offered_by, comparison: c } => {
            format!("keeps vote {}; S{offered_by}: {}", c.own.leader, comparison(*c))
        }
        Fact::Stored { sender, heard, table, new } => {
            let table = match table {
                Table::Recvset => "recvset",
                Table::OutOfElection => "outofelection",
            };
            let again = if *new { "" } else { " again" };
            format!("{table}[S{sender}] = {}→{}{again}", heard.state, heard.vote.leader)
        }
        Fact::Tallied { candidate, have, need, quorum } => {
            let enough = if *quorum { "quorum" } else { "no quorum" };
            format!("tally for {candidate}: {} have {} need {need}, {enough}", set(*have), have.len())
        }
        Fact::NotConfirmed { leader, have, need, why } => {
            let why = match why {
                NotYet::NoQuorum => "no quorum",
                NotYet::LeaderSilent => "the leader itself has not said LEADING",
            };
            format!("leader {leader} not confirmed: {} have {} need {need}, {why}", set(*have), have.len())
        }
        Fact::FinalWaitBegins { candidate, wait } => format!("quorum for {candidate}: waits {wait} for a better vote"),
        Fact::FinalWaitBroken { by } => format!("wait broken: better vote from S{by}"),
        Fact::Silence { resent: true, next } => format!("heard nothing: sends again, next timer {next}"),
        Fact::Silence { resent: false, next } => format!("heard nothing: reconnects, next timer {next}"),
        Fact::Decided { state, leader, why } => {
            let why = match why {
                DecisionReason::QuorumThenSilence { supporters, silence } => {
                    format!("{} agree, {silence} of silence", set(*supporters))
                }
                DecisionReason::EstablishedLeader { supporters, table: Table::Recvset } => {
                    format!("{} name it in this round and it says LEADING", set(*supporters))
                }
                DecisionReason::EstablishedLeader { supporters, table: Table::OutOfElection } => {
                    format!("{} name it in another round and it says LEADING", set(*supporters))
                }
            };
            format!("LOOKING → {state} leader {leader} because {why}")
        }
        Fact::LeaderRefused { leader, attempts } => format!("leader S{leader} refused, attempt {attempts}"),
        Fact::FollowsLeader { leader } => format!("is connected with leader S{leader}"),
        Fact::LearnerJoined { learner } => format!("accepts learner S{learner}"),
        Fact::LearnerLeft { learner } => format!("loses learner S{learner}"),
        Fact::PacketReceived { from, packet } => format!("receives {packet} from S{from}"),
        Fact::EpochWaits { have, need } => format!("epochs reported by {} have {} need {need}", set(*have), have.len()),
        Fact::EpochChosen { epoch, have, largest } => {
            format!("new epoch {epoch}: largest acceptedEpoch of {} is {largest}", set(*have))
        }
        Fact::EpochPromised { epoch } => format!("acceptedEpoch={epoch} written"),
        Fact::EpochJoined { epoch } => format!("currentEpoch={epoch} written"),
        Fact::EpochAcks { epoch, have, need, quorum } => {
            format!("epoch {epoch} promised by {} have {} need {need}{}", set(*have), have.len(), enough(*quorum))
        }
        Fact::LearnerAhead { learner, current, last } => {
            format!("sends S{learner} away: it is ahead, epoch {current} zxid {last}")
        }
        Fact::SyncChosen { learner, method, why, peer, min, max, sent, .. } => {
            let why = match why {
                SyncReason::Same => "it has the same last zxid",
                SyncReason::Ahead => "it is beyond the last committed",
                SyncReason::InCache => "its zxid lies within the cache",
                SyncReason::InLog => "the log reaches back to its zxid",
                SyncReason::Unknown => "its zxid is unknown here",
                SyncReason::UnknownOldEpoch => "its zxid is of an older epoch and unknown here",
                SyncReason::Gap => "between log and cache there is a gap",
                SyncReason::TooFarBack => "neither cache nor log reaches back to its zxid",
            };
            let method = method.word();
            format!("{method} for S{learner} at {peer}, cache {min}..{max}, {sent} sent, because {why}")
        }
        Fact::SyncBegins { method, zxid } => format!("{} from {zxid}", method.word()),
        Fact::Truncated { to, removed } => format!("log cut after {to}, {removed} removed"),
        Fact::SnapshotWritten { zxid, received: false } => format!("snapshot {zxid} written"),
        Fact::SnapshotWritten { zxid, received: true } => {
            format!("snapshot {zxid} written, which counts instead of the log before")
        }
        Fact::NewLeaderAcks { epoch, have, need, quorum } => {
            format!("NEWLEADER {epoch} answered by {} have {} need {need}{}", set(*have), have.len(), enough(*quorum))
        }
        Fact::AckUnexpected { from, zxid } => format!("first ACK of S{from} is for {zxid}, not for NEWLEADER"),
        Fact::Established { epoch } => format!("leads epoch {epoch}: BROADCAST"),
        Fact::Serves { epoch } => format!("serves in epoch {epoch}: BROADCAST"),
        Fact::Requested { request } => format!("request {request}"),
        Fact::Proposed { zxid, request } => format!("proposes {zxid} for request {request}"),
        Fact::Appended { zxid } => format!("{zxid} appended"),
        Fact::Flushed { zxid } => format!("flushed up to {zxid}"),
        Fact::Acknowledged { zxid } => format!("acknowledges {zxid}"),
        Fact::NotCommitted { zxid, have, need, why } => {
            let why = match why {
                CommitWait::NoQuorum => "no quorum yet",
                CommitWait::Predecessor => "its predecessor is not committed",
            };
            format!("{zxid} not committed: acks {} have {} need {need}, {why}", set(*have), have.len())
        }
        Fact::Committed { zxid, acks } => format!("commits {zxid}: acks {}", set(*acks)),
        Fact::Applied { zxid } => format!("applies {zxid}"),
        Fact::Answered { request, zxid } => format!("answers request {request}: {zxid}"),
        Fact::Synced { request, zxid } => match request.session {
            SessionId::NONE => format!("sync #{} done at {zxid}", request.cxid),
            _ => format!("sync {request} done at {zxid}"),
        },
        Fact::Refused { zxid, code } => format!("refuses {zxid}: {code}"),
        Fact::DigestDiffers { zxid, expected, found } => {
            format!("digest after {zxid} is {found:#x}, its leader said {expected:#x}")
        }
        Fact::RequestTooLong { length } => format!("sends a client away: a request of {length} bytes is too long"),
        Fact::ClientAhead { seen, last } => format!("sends a client away that has seen {seen}; it has {last}"),
        Fact::SessionReady { session } => format!("session {session} is ready"),
        Fact::SessionRefused { session } => format!("session {session} is no more"),
        Fact::SessionExpires { session } => format!("session {session} expires"),
        Fact::WatchFired { session, kind, path, readable } => {
            let unseen = if *readable { "" } else { ", which it may not read" };
            format!("watch of {session} fires: {kind} {path}{unseen}")
        }
        Fact::StatDisclosed { session, path } => format!("tells {session} the Stat of {path}, which it may not read"),
        Fact::Client { client, fact } => return format!("{client} {}", client_fact(fact)),
        Fact::Exits(why) => match why {
            Exit::CommitMismatch(zxid) => format!("exits: COMMIT {zxid} is not for its oldest proposal"),
            Exit::EpochBehindLog { last, current } => format!("refuses to run: zxid {last}, currentEpoch {current}"),
            Exit::PromiseBehindEpoch { accepted, current } => {
                format!("refuses to run: acceptedEpoch {accepted}, currentEpoch {current}")
            }
        },
        Fact::LinkUp { plane: p, peer } => format!("{} connection with S{peer} stands", plane(*p)),
        Fact::LinkDown { plane: p, peer } => format!("{} connection with S{peer} is gone", plane(*p)),
        Fact::Unreachable { peer } => format!("cannot reach S{peer}"),
    };
    format!("S{} {text}", event.server)
}

/// One line about a machine.
pub fn node(sid: Sid, node: &Node) -> String {
    match node.server() {
        None => format!("S{sid} DOWN"),
        Some(server) => {
            let paused = if node.is_paused() { " paused" } else { "" };
            format!("S{sid} {} vote={} round={}{paused}", server.state(), server.vote(), server.round())
        }
    }
}

/// A server's own table, a line for each sender.
pub fn table(moment: Moment<'_>, of: Sid) -> String {
    let mut out = String::new();
    let world = &*moment.world();
    if let Some(election) = world.server(of).and_then(|server| server.election()) {
        for (sender, ballot) in election.recvset.iter() {
            let stale = if is_stale(world, of, sender) { " stale" } else { "" };
            let _ = writeln!(out, "S{of} recvset[S{sender}] = {}{stale}", notification(ballot.heard));
        }
    }
    if serves(world, of) {
        let _ = writeln!(out, "S{of} serves");
    }
    out
}
