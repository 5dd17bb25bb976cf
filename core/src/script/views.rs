//! What `show` prints: the state of things at the end of the run so far.

use super::error::{Expected, ParseError};
use super::words::{self, Words};
use crate::describe;
use crate::ids::{SessionId, Sid};
use crate::query::{Moment, Query, owner};
use crate::sim::{Node, World};
use crate::tree::Znode;
use core::fmt::Write as _;

/// `show state`, `show tally` and `show clients` are about all; `show table 4`, `show log 4` and `show tree 4` about one
/// server.
pub fn show(words: &mut Words<'_>, moment: Moment<'_>) -> Result<String, ParseError> {
    let world = moment.world();
    let of_all: Option<fn(Moment<'_>) -> String> = match words.peek() {
        Some("state") => Some(state),
        Some("tally") => Some(tally),
        Some("clients") => Some(|moment| clients(&moment.world())),
        _ => None,
    };
    if let Some(view) = of_all {
        words.take();
        words.finish()?;
        return Ok(view(moment));
    }
    let view: fn(Moment<'_>, Sid, &Node) -> String = words.read(Expected::View, |word| match word {
        "table" => Some((|moment, sid, _| describe::table(moment, sid)) as fn(Moment<'_>, Sid, &Node) -> String),
        "log" => Some(|_, sid, node| log(sid, node)),
        "tree" => Some(|moment, sid, node| tree(&moment.world(), sid, node)),
        _ => None,
    })?;
    let known = |word: &str| words::sid(word).and_then(|sid| Some((sid, world.node(sid)?)));
    let (sid, node) = words.read(Expected::Server, known)?;
    words.finish()?;
    Ok(view(moment, sid, node))
}

fn state(moment: Moment<'_>) -> String {
    moment.world().nodes().map(|(sid, node)| format!("{}\n", describe::node(sid, node))).collect()
}

fn tally(moment: Moment<'_>) -> String {
    let world = moment.world();
    let votes: Vec<String> = world
        .servers()
        .filter(|server| world.ensemble().is_voter(server.id()))
        .map(|server| format!("{}:{}", server.id(), moment.ask(&Query::Votes(server.id()))))
        .collect();
    format!("{} (quorum {})\n", votes.join(" "), moment.ask(&Query::Quorum))
}

/// The clients, with what each knows of its session.
fn clients(world: &World) -> String {
    let mut out = String::new();
    for (_, node) in world.clients() {
        let client = &node.client;
        let _ = write!(out, "{} {:?}", client.name, client.state);
        if client.connection.is_some() {
            let _ = write!(out, " at S{}", client.server());
        }
        if client.session != SessionId::NONE {
            let _ = write!(out, " session {} timeout {}", client.session, client.timeout);
        }
        let marks = [(node.is_paused(), "paused"), (node.is_cut, "cut off"), (node.is_gone, "ended")];
        for (_, mark) in marks.iter().filter(|(is_so, _)| *is_so) {
            let _ = write!(out, ", {mark}");
        }
        out.push('\n');
    }
    out
}

/// The log on a server's disk, whether it runs or not.
fn log(sid: Sid, node: &Node) -> String {
    let disk = node.disk();
    let mut out = format!("S{sid} acceptedEpoch {} currentEpoch {}\n", disk.accepted_epoch, disk.current_epoch);
    for (place, txn) in disk.log.iter().enumerate() {
        let flushed = if place < disk.flushed { "" } else { ", not flushed" };
        let _ = writeln!(out, "S{sid} {} {}{flushed}", txn.zxid, describe::txn(txn));
    }
    out
}

/// The tree that a server shows its clients, from the root down; nothing when it is down.
fn tree(world: &World, sid: Sid, node: &Node) -> String {
    let mut out = String::new();
    if let Some(server) = node.server() {
        branch(world, sid, "/", server.database().tree.root(), &mut out);
    }
    out
}

fn branch(world: &World, sid: Sid, path: &str, znode: &Znode, out: &mut String) {
    let _ = write!(out, "S{sid} {path} version={}", znode.stat.version);
    if let Some(owner) = owner(world, znode) {
        let _ = write!(out, " owner={owner}");
    }
    if let Some(data) = &znode.data {
        let _ = write!(out, " {:?}", String::from_utf8_lossy(data));
    }
    out.push('\n');
    for (name, child) in &znode.children {
        branch(world, sid, &format!("{}/{name}", path.trim_end_matches('/')), child, out);
    }
}
