//! The stage: discs, lines and envelopes, in SVG.

use super::PageProps;
use super::element::{Part, class, click, el, key, list, nothing, translate};
use crate::flight;
use crate::scene::ballots::{TallyRow, tally};
use crate::scene::clients::short_name;
use crate::scene::ring::{
    Disc, Envelope, EnvelopeId, EnvelopeKind, Flight, Guest, HEIGHT, Line, LineKind, Ring, WIDTH, flights,
};
use crate::state::{Action, AppState, Dialog, Selected, Tab};
use crate::text::{Lang, Ui};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, EventTarget};
use yew::html::onkeydown;
use yew::prelude::*;
use zooscope_core::client::ClientState;
use zooscope_core::election::ServerState;
use zooscope_core::query::state_word;
use zooscope_core::sim::World;
use zooscope_core::zab::ZabPhase;

/// The most flights that are shown at once; a longer way is a jump.
const MOST_FLIGHTS: usize = 14;

/// With more envelopes than this on the stage nobody sees their flaps.
const CROWD: usize = 64;

/// The flights that lead from the last position to this one, unless it is a jump.
pub fn moving(state: &AppState) -> Vec<Flight> {
    if state.index == state.came_from {
        return Vec::new();
    }
    let (world, before) = (state.show.world(state.index), state.show.world(state.came_from));
    let moving = flights(&before, &world, state.index > state.came_from);
    if moving.len() > MOST_FLIGHTS { Vec::new() } else { moving }
}

/// The centre column.
pub fn stage(props: &PageProps) -> Html {
    let state = &props.state;
    let world = &*state.show.world(state.index);
    let ring = Ring::of(world);
    let moving = moving(state);
    let leaving = moving.iter().filter(|flight| flight.leaves).map(|flight| &flight.envelope);
    let lang = state.lang;
    let crowd = ring.envelopes.len() > CROWD;
    let envelope = |envelope: &Envelope| {
        let selected = state.selected == Some(Selected::Message(envelope.id));
        envelope_view(&ring, envelope, selected, lang, crowd)
    };
    let select_under = select_under(props, &ring);
    let disc = |disc: &Disc| {
        let selected = state.selected == Some(Selected::Server(disc.sid));
        let select = props.act.reform({
            let sid = disc.sid;
            move |()| Action::Select(Some(Selected::Server(sid)))
        });
        disc_view(disc, selected, lang, select)
    };
    // At the projector the slips are larger, and stand out to the right.
    let width = if state.projector { WIDTH + 64 } else { WIDTH };
    let kinds = [LineKind::Idle, LineKind::Election, LineKind::Quorum, LineKind::Cut];
    let lines = kinds.map(|kind| lines_view(&ring.lines, kind)).to_vec();
    let discs: Vec<Html> = ring.discs.iter().map(disc).collect();
    let envelopes: Vec<Html> = ring.envelopes.iter().map(envelope).collect();
    let ghosts: Vec<Html> = leaving.map(|envelope| ghost_view(envelope, lang)).collect();
    let guest_lines: Vec<Html> = ring.guests.iter().filter_map(guest_line).collect();
    let guests: Vec<Html> = ring.guests.iter().map(|guest| guest_view(props, guest)).collect();
    el!("section", "class" = "stage", "aria-label" = lang.pick("服务器", "The ensemble");
        el!("div", "class" = "ring-room"; el!("svg", "class" = "ring", "viewBox" = format!("0 0 {width} {HEIGHT}"), "role" = "group",
            "aria-label" = lang.pick("服务器环", "Ring of servers");
            el!("g", "aria-hidden" = "true"; lines, guest_lines),
            el!("g"; discs),
            el!("g"; guests),
            el!("g"; click(select_under.reform(|event: MouseEvent| event.target())), on_enter(select_under), envelopes),
            el!("g", "aria-hidden" = "true"; ghosts))),
        tally_strip(world, lang))
}

/// The classroom tally in one line, where the rail does not fit. Those who do not see it have it from the rail.
fn tally_strip(world: &World, lang: Lang) -> Html {
    let tally = tally(world);
    let count = |row: &TallyRow| {
        let class = if row.votes >= tally.quorum { "count enough" } else { "count" };
        el!("span", "class" = class; format!("{}: {}", row.candidate, row.votes))
    };
    let counts: Vec<Html> = tally.rows.iter().map(count).collect();
    el!("p", "class" = "tally-strip", "aria-hidden" = "true";
        format!("{} · {}", lang.ui(Ui::Tally), lang.quorum_needs(tally.quorum)), counts)
}

/// All lines of a kind in one: nine servers have 36.
fn lines_view(lines: &[Line], kind: LineKind) -> Html {
    let class = match kind {
        LineKind::Idle => "line idle",
        LineKind::Election => "line",
        LineKind::Quorum => "line quorum",
        LineKind::Cut => "line cut",
    };
    let path = |line: &Line| format!("M{} {}L{} {}", line.from.0, line.from.1, line.to.0, line.to.1);
    let path: String = lines.iter().filter(|line| line.kind == kind).map(path).collect();
    el!("path", "class" = class, "d" = path)
}

/// The class that gives a state its colour.
pub fn state_class(state: Option<ServerState>) -> &'static str {
    match state {
        Some(ServerState::Looking) => "looking",
        Some(ServerState::Following) => "following",
        Some(ServerState::Leading) => "leading",
        Some(ServerState::Observing) => "observing",
        None => "down",
    }
}

/// The sign that stands before a state's word.
pub fn state_sign(state: Option<ServerState>, fresh: bool) -> &'static str {
    match state {
        Some(ServerState::Looking) => "?",
        Some(ServerState::Following) => "●",
        Some(ServerState::Leading) => "★",
        Some(ServerState::Observing) => "○",
        None if fresh => "◌",
        None => "✕",
    }
}

fn disc_view(disc: &Disc, selected: bool, lang: Lang, select: Callback<()>) -> Html {
    // Elected is not yet serving.
    let preparing = matches!(disc.phase, Some(ZabPhase::Discovery | ZabPhase::Synchronization));
    let word = match (disc.state, preparing) {
        (Some(ServerState::Leading), true) => lang.ui(Ui::LeadingPreparing),
        (state, _) => lang.state(state, disc.fresh),
    };
    let word = if disc.paused { &format!("{word} · {}", lang.ui(Ui::FrozenShort)) } else { word };
    let label = lang.disc_label(disc.sid, word, disc.vote, disc.supporters, disc.quorum);
    let class = class(&[
        "disc",
        state_class(disc.state),
        if selected { "selected" } else { "" },
        if disc.paused { "paused" } else { "" },
        if preparing { "preparing" } else { "" },
    ]);
    let sign = state_sign(disc.state, disc.fresh);
    let slip = disc
        .vote
        .map(|vote| slip_view(lang.say(format_args!("投 → {vote}"), format_args!("vote → {vote}")), disc.radius));
    el!("g", "class" = class, "transform" = translate(disc.at.0, disc.at.1), "tabindex" = "0", "role" = "button",
        "aria-label" = label, "aria-pressed" = selected, "data-server" = disc.sid,
        "data-state" = disc.state.map_or("DOWN", ServerState::word),
        "data-vote" = disc.vote.map_or_else(String::new, |vote| vote.to_string()), "data-phase" = disc.phase.map_or("", ZabPhase::word);
        key(usize::from(disc.sid.0)),
        click(select.reform(|_: MouseEvent| ())),
        on_enter(select.reform(|_| ())),
        el!("circle", "class" = "hit", "r" = disc.radius + 9),
        disc.state.map(|_| support_view(disc)),
        el!("circle", "class" = "body", "r" = disc.radius),
        // The name says all of this already. The blanks keep the words apart for those who read them in one go.
        el!("g", "aria-hidden" = "true";
            el!("text", "class" = "number", "dy" = "0.35em"; format!("{} ", disc.sid)),
            el!("text", "class" = "word", "y" = disc.radius + 30; format!("{sign} {word} ")),
            slip))
}

/// The ring round a disc: it fills with the supporters of the server's vote in its own table; a notch marks the
/// quorum.
fn support_view(disc: &Disc) -> Html {
    let (outer, voters) = (disc.radius + 9, disc.voters.max(1));
    // A full turn has length 1000; each supporter fills one part of it, clockwise from the top.
    let filled = format!("{} 1000", 1_000 * disc.supporters.min(voters) / voters);
    let turn = format!("rotate({})", 360 * disc.quorum / voters);
    list(vec![
        el!("circle", "class" = "halo", "r" = outer),
        el!(
            "circle",
            "class" = "support",
            "r" = outer,
            "pathLength" = "1000",
            "stroke-dasharray" = filled,
            "transform" = "rotate(-90)"
        ),
        el!(
            "line",
            "class" = "notch",
            "transform" = turn,
            "x1" = "0",
            "x2" = "0",
            "y1" = -outer - 6,
            "y2" = -outer + 6
        ),
    ])
}

fn slip_view(text: String, radius: i32) -> Html {
    let width = 14 + text.chars().map(|letter| if letter.is_ascii() { 8 } else { 15 }).sum::<i32>();
    el!("g", "class" = "slip", "transform" = translate(radius * 6 / 10, -radius - 12);
        el!("g", "class" = "scaled";
            el!("rect", "width" = width, "height" = "25", "rx" = "4"),
            el!("text", "x" = width / 2, "y" = "17.5"; text)))
}

fn guest_line(guest: &Guest) -> Option<Html> {
    let end = guest.line?;
    Some(
        el!("line", "class" = "line client", "x1" = guest.at.0, "y1" = guest.at.1, "x2" = end.0, "y2" = end.1; key(usize::from(guest.id.0))),
    )
}

/// A client beside its server. It leads to its card.
fn guest_view(props: &PageProps, guest: &Guest) -> Html {
    let lang = props.state.lang;
    let state = state_word(guest.state);
    let class = class(&[
        "guest",
        if guest.server.is_some() { "" } else { "alone" },
        if guest.paused || guest.cut { "off" } else { "" },
    ]);
    let act = props.act.clone();
    let select = Callback::from(move |()| {
        act.emit(Action::Tab(Tab::Clients));
        // On a phone the cards lie in a sheet.
        act.emit(Action::Dialog(Some(Dialog::Rail)));
    });
    let sign = match guest.state {
        ClientState::SyncConnected => "",
        ClientState::Connecting => " …",
        _ => " ?",
    };
    let name = short_name(&guest.name);
    let half = (10 + 5 * name.chars().count() as i32 + 4 * sign.chars().count() as i32).max(24);
    let at = guest
        .server
        .map_or_else(String::new, |sid| lang.say(format_args!("，在服务器 {sid}"), format_args!(", at server {sid}")));
    let mark = match (guest.paused, guest.cut) {
        (true, _) => Some(lang.ui(Ui::FrozenShort)),
        (false, true) => Some(lang.ui(Ui::CutShort)),
        (false, false) => None,
    };
    let off = mark.map_or_else(String::new, |mark| format!("{}{mark}", lang.pick("，", ", ")));
    // Below the box, but where that is the disc of the topmost server.
    let (class_of_mark, x, y) = if guest.at.1 < HEIGHT / 4 { ("mark beside", half + 6, 5) } else { ("mark", 0, 32) };
    let mark = mark.map(|mark| el!("text", "class" = class_of_mark, "x" = x, "y" = y, "aria-hidden" = "true"; mark));
    el!("g", "class" = class, "transform" = translate(guest.at.0, guest.at.1), "tabindex" = "0", "role" = "button",
        "aria-label" = format!("{}, {state}{at}{off}", lang.client(&guest.name)), "data-client" = guest.name.to_string(),
        "data-client-state" = state, "data-connected" = guest.server.map_or_else(String::new, |sid| sid.to_string());
        key(usize::from(guest.id.0)),
        click(select.reform(|_: MouseEvent| ())),
        on_enter(select.reform(|_| ())),
        el!("rect", "x" = -half, "y" = "-16", "width" = 2 * half, "height" = "32", "rx" = "8"),
        el!("text", "dy" = "0.35em", "aria-hidden" = "true"; format!("{name}{sign}")),
        mark)
}

/// What is written on an envelope, for those who see it and for those who do not.
fn words(envelope: &Envelope, lang: Lang) -> (String, String) {
    match envelope.kind {
        EnvelopeKind::Notification(leader, ServerState::Looking) => (lang.for_leader(leader), lang.for_leader(leader)),
        EnvelopeKind::Notification(leader, state) => {
            let sign = state_sign(Some(state), false);
            (format!("{sign} {}", lang.for_leader(leader)), format!("{state}, {}", lang.for_leader(leader)))
        }
        EnvelopeKind::Packet(packet) if packet.name == "PING" => ("·".into(), packet.to_string()),
        EnvelopeKind::Ping => ("·".into(), "ping".into()),
        EnvelopeKind::Request(name) => (name.into(), name.into()),
        EnvelopeKind::Reply(code) => (code.to_string(), code.to_string()),
        EnvelopeKind::Event(kind) => ("!".into(), kind.to_string()),
        EnvelopeKind::Packet(packet) => (packet.to_string(), packet.to_string()),
        EnvelopeKind::Connect => ("↔".into(), lang.ui(Ui::Connect).into()),
        EnvelopeKind::Closed => ("×".into(), lang.ui(Ui::ConnectionEnd).into()),
    }
}

fn envelope_picture(short: String, crowd: bool) -> Html {
    // What carries nothing is a small disc.
    if short.chars().count() == 1 {
        return list(vec![el!("circle", "r" = "10"), el!("text", "dy" = "0.35em"; short)]);
    }
    let half = 12 + short.chars().map(|letter| if letter.is_ascii() { 4 } else { 8 }).sum::<i32>();
    list(vec![
        el!("rect", "x" = -half, "y" = "-13", "width" = 2 * half, "height" = "26", "rx" = "5"),
        if crowd { nothing() } else { el!("path", "d" = format!("M{} -11 L0 0 L{} -11", -half + 2, half - 2)) },
        el!("text", "dy" = "0.4em"; short),
    ])
}

fn envelope_view(ring: &Ring, envelope: &Envelope, selected: bool, lang: Lang, crowd: bool) -> Html {
    let (short, what) = words(envelope, lang);
    let (from, to) = (ring.name(envelope.from), ring.name(envelope.to));
    let label = format!("{from} → {to}{}{what}", lang.pick("：", ": "));
    let class = class(&["envelope", if selected { "selected" } else { "" }, if envelope.held { "held" } else { "" }]);
    el!("g", "class" = class, "transform" = translate(envelope.at.0, envelope.at.1), "tabindex" = "0",
        "role" = "button", "aria-label" = label, "data-message" = envelope.id.to_string(), "data-from" = from, "data-to" = to,
        "data-kind" = envelope.kind.name();
        key(envelope.id.number()),
        envelope_picture(short, crowd))
}

/// An envelope that has left the stage in this step. It is seen only while it flies.
fn ghost_view(envelope: &Envelope, lang: Lang) -> Html {
    let (short, _) = words(envelope, lang);
    el!("g", "id" = flight::ghost_id(envelope.id), "class" = "envelope ghost",
        "transform" = translate(envelope.at.0, envelope.at.1);
        key(envelope.id.number()),
        envelope_picture(short, false))
}

/// Selects the envelope that an event has met. One listener for all: there may be hundreds.
fn select_under(props: &PageProps, ring: &Ring) -> Callback<Option<EventTarget>> {
    let act = props.act.clone();
    let ids: Vec<EnvelopeId> = ring.envelopes.iter().map(|envelope| envelope.id).collect();
    Callback::from(move |target: Option<EventTarget>| {
        let element = target.and_then(|target| target.dyn_into::<Element>().ok());
        let met = element.and_then(|element| element.closest("[data-message]").ok().flatten());
        let name = met.and_then(|envelope| envelope.get_attribute("data-message")).unwrap_or_default();
        if let Some(id) = ids.iter().find(|id| id.to_string() == name) {
            act.emit(Action::Select(Some(Selected::Message(*id))));
        }
    })
}

/// Enter and space select, as they would press a button.
fn on_enter(select: Callback<Option<EventTarget>>) -> Part {
    let press = Callback::from(move |event: KeyboardEvent| {
        if event.key() == "Enter" || event.key() == " " {
            event.prevent_default();
            event.stop_propagation();
            select.emit(event.target());
        }
    });
    Part::Listener(Rc::new(onkeydown::Wrapper::new(press)))
}
