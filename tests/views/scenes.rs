//! A scene as compact text, one thing a line.

use std::fmt::Write as _;
use zooscope_core::election::ServerState;
use zooscope_web::scene::ballots::{own_tables, servers, tally};
use zooscope_web::scene::explain::rule_of;
use zooscope_web::scene::ring::{Disc, Envelope, EnvelopeKind, Line, LineKind, Ring, flights};
use zooscope_web::scene::why::why;
use zooscope_web::show::{Grain, Show};
use zooscope_web::text::Lang;

/// Tells what is to be seen at a moment: the ring, what flew since the position before, both layers of votes, the
/// rule that fired, and why each running server votes so and is what it is.
pub fn tell(out: &mut String, show: &Show, index: usize) {
    let (world, before) = &(show.world(index), show.world(show.before(index, Grain::Story)));
    let ring = Ring::of(world);
    ring.discs.iter().for_each(|seen| disc(out, seen));
    ring.lines.iter().filter(|line| line.kind != LineKind::Idle).for_each(|seen| line(out, seen));
    ring.envelopes.iter().for_each(|seen| envelope(out, seen));
    for flight in flights(before, world, true) {
        let leaves = if flight.leaves { " and is gone" } else { "" };
        let _ = writeln!(out, "flight   {}: {:?} to {:?}{leaves}", flight.envelope.id, flight.from, flight.to);
    }
    votes(out, show, index);
    rule(out, show, index);
    reasons(out, show, index);
}

fn word(state: Option<ServerState>) -> &'static str {
    state.map_or("DOWN", ServerState::word)
}

fn disc(out: &mut String, disc: &Disc) {
    let Disc { sid, at, state, vote, supporters, quorum, voters, .. } = disc;
    let _ = write!(out, "disc     {sid} at {at:?} {}", word(*state));
    if disc.fresh {
        out.push_str(" never started");
    }
    if disc.paused {
        out.push_str(" paused");
    }
    if let Some(vote) = vote {
        let _ = write!(out, ", votes for {vote}, knows {supporters} of {voters}, needs {quorum}");
    }
    out.push('\n');
}

fn line(out: &mut String, line: &Line) {
    let _ = writeln!(out, "line     {}-{} {:?}", line.a, line.b, line.kind);
}

fn envelope(out: &mut String, envelope: &Envelope) {
    let Envelope { id, from, to, kind, held, at } = envelope;
    let what = match kind {
        EnvelopeKind::Notification(leader, state) => format!(" for {leader}, {state}"),
        EnvelopeKind::Packet(packet) => packet.zxid.map_or(String::new(), |zxid| format!(" {zxid}")),
        EnvelopeKind::Reply(code) => format!(" {code}"),
        EnvelopeKind::Event(event) => format!(" {event}"),
        EnvelopeKind::Connect | EnvelopeKind::Closed | EnvelopeKind::Request(_) | EnvelopeKind::Ping => String::new(),
    };
    let held = if *held { ", held" } else { "" };
    let _ = writeln!(out, "envelope {id} {from}->{to} at {at:?} {}{what}{held}", kind.name());
}

fn votes(out: &mut String, show: &Show, index: usize) {
    let (world, before) = &(show.world(index), show.world(show.before(index, Grain::Story)));
    let tally = tally(world);
    let rows: Vec<String> = tally.rows.iter().map(|row| format!("{}:{}", row.candidate, row.votes)).collect();
    let _ = writeln!(out, "tally    [{}], {} of {} needed", rows.join(" "), tally.quorum, tally.voters);
    for row in servers(world, before) {
        let vote = row.vote.map_or("-".to_string(), |vote| vote.to_string());
        let was = row.was.map_or(String::new(), |was| format!(", was {was}"));
        let _ = writeln!(
            out,
            "server   {} {} votes {vote}{was}, zxid {}, round {}",
            row.sid,
            word(row.state),
            row.zxid,
            row.round
        );
    }
    for table in own_tables(world) {
        let rows: Vec<String> = table
            .rows
            .iter()
            .map(|row| {
                let stale = if row.stale { " STALE" } else { "" };
                format!("{}->{} {} r{}{stale}", row.sender, row.vote, row.state, row.round)
            })
            .collect();
        let rows = if rows.is_empty() { "empty".to_string() } else { rows.join(" | ") };
        let _ = writeln!(out, "table    of {}: {rows}", table.of);
    }
}

fn rule(out: &mut String, show: &Show, index: usize) {
    let Some(rule) = show.history().step(index).and_then(rule_of) else { return };
    for lang in [Lang::Zh, Lang::En] {
        let text = lang.rule(&rule);
        let mark = |verdict: &Option<bool>| match verdict {
            Some(true) => " ✓",
            Some(false) => " ✗",
            None => "",
        };
        let values: Vec<String> =
            text.values.iter().map(|(value, verdict)| format!("{value}{}", mark(verdict))).collect();
        let _ = writeln!(out, "rule     {} | {} | {}", text.heading, values.join(" | "), text.meaning);
    }
}

fn reasons(out: &mut String, show: &Show, index: usize) {
    for server in show.world(index).servers() {
        let sid = server.id();
        let answers = why(show.history(), index, sid);
        for (question, causes) in [("vote", answers.vote), ("state", answers.state)] {
            for because in causes {
                let told = Lang::En.because(sid.0, &because.cause);
                let _ = writeln!(out, "why      {sid} {question}: {told} (event {})", because.index);
            }
        }
    }
}
