//! What `show` prints: the state of things at the end of the run so far.

use super::error::{Expected, ParseError};
use super::words::{self, Words};
use crate::client::ClientState;
use crate::describe;
use crate::ids::{SessionId, Sid, Zxid};
use crate::query::{Moment, Query, holder};
use crate::sim::{ClientAct, Command, Node, World};
use crate::tree::Znode;
use core::fmt::Write as _;

/// What there is to show; the last three of one server.
const VIEWS: [&str; 7] = ["state", "network", "tally", "clients", "table", "log", "tree"];

/// `show state`, `show table 4`.
pub fn show(words: &mut Words<'_>, moment: Moment<'_>) -> Result<String, ParseError> {
    let world = &*moment.world();
    let view = words.read(Expected::View, |word| VIEWS.into_iter().find(|view| *view == word))?;
    let known = |word: &str| words::sid(word).and_then(|sid| Some((sid, world.node(sid)?)));
    let mut server = || words.read(Expected::Server, known);
    let out = match view {
        "state" => state(world),
        "network" => network(world),
        "tally" => tally(world, moment),
        "clients" => clients(world),
        "table" => describe::table(moment, server()?.0),
        "log" => server().map(|(sid, node)| log(sid, node))?,
        _ => server().map(|(sid, node)| tree(world, sid, node))?,
    };
    words.finish()?;
    Ok(out)
}

fn state(world: &World) -> String {
    world.nodes().map(|(sid, node)| format!("{}\n", describe::node(sid, node))).collect()
}

/// What is cut and what is held, as the commands that have done it.
fn network(world: &World) -> String {
    let of_client = |client, act| Command::Client { client, act };
    let cut = world.network().cuts().map(|(a, b)| Command::Cut(a, b));
    let cut_off = world.clients().filter(|(_, node)| node.is_cut && !node.is_gone);
    let cut_off = cut_off.map(|(_, node)| of_client(node.client.name.clone(), ClientAct::Cut));
    let held = world.network().holds().map(|(from, to)| Command::Hold(from, to));
    let held_there = world.lines().holds().map(|(id, way)| of_client(world.client_name(id), ClientAct::Hold(way)));
    let out: String = cut.chain(cut_off).chain(held).chain(held_there).map(|command| format!("{command}\n")).collect();
    if out.is_empty() { "every line is whole\n".to_string() } else { out }
}

fn tally(world: &World, moment: Moment<'_>) -> String {
    let votes: Vec<String> = world
        .servers()
        .filter(|server| world.ensemble().is_voter(server.id()))
        .map(|server| format!("{}:{}", server.id(), moment.ask(&Query::Votes(server.id()))))
        .collect();
    format!("{} (quorum {})\n", votes.join(" "), moment.ask(&Query::Quorum))
}

/// The clients, the latest of each name, with what each knows of its session while its process lives.
fn clients(world: &World) -> String {
    let mut out = String::new();
    for (id, node) in world.clients() {
        let client = &node.client;
        if world.client(&client.name).is_some_and(|(latest, _)| latest != id) {
            continue;
        }
        let _ = write!(out, "{}", client.name);
        match node.is_gone {
            true => out.push_str(" ended"),
            false => {
                let _ = write!(out, " {:?}", client.state);
            }
        }
        // A connection stands before the server has answered.
        if client.connection.is_some() {
            let verb = if client.state == ClientState::SyncConnected { "at" } else { "trying" };
            let _ = write!(out, " {verb} S{}", client.server());
        }
        if client.session != SessionId::NONE {
            let _ = write!(out, " session {} timeout {}", client.session, client.timeout);
        }
        for (_, mark) in [(node.is_paused(), "paused"), (node.is_cut, "cut off")].iter().filter(|(is_so, _)| *is_so) {
            let _ = write!(out, ", {mark}");
        }
        out.push('\n');
    }
    out
}

/// What stands on a server's disk, whether it runs or not: the snapshot, what it alone still has of the transactions that
/// made it, and the log behind.
fn log(sid: Sid, node: &Node) -> String {
    let disk = node.disk();
    let mut out = format!("S{sid} acceptedEpoch {} currentEpoch {}", disk.accepted_epoch, disk.current_epoch);
    let snapshot = &disk.snapshot;
    if snapshot.zxid > Zxid::default() {
        let _ = write!(out, " snapshot {}", snapshot.zxid);
    }
    out.push('\n');
    let first = disk.log.first().map(|txn| txn.zxid);
    for txn in snapshot.history.iter().take_while(|txn| first.is_none_or(|first| txn.zxid < first)) {
        let _ = writeln!(out, "S{sid} {} {}, from the snapshot", txn.zxid, describe::txn(txn));
    }
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
    if let Some(session) = znode.stat.owner.session() {
        let _ = write!(out, " owner={}", holder(world, session));
    }
    if let Some(data) = &znode.data {
        let _ = write!(out, " {:?}", String::from_utf8_lossy(data));
    }
    out.push('\n');
    for (name, child) in &znode.children {
        branch(world, sid, &format!("{}/{name}", path.trim_end_matches('/')), child, out);
    }
}
