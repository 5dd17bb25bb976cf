//! The stage: discs, lines and envelopes, in SVG.

use super::PageProps;
use super::attributes::{class, flag, num, text, translate};
use crate::flight;
use crate::scene::ring::{Disc, Envelope, EnvelopeKind, HEIGHT, Line, LineKind, Ring, WIDTH, flights};
use crate::state::{Action, Selected};
use crate::text::{Lang, Ui};
use yew::prelude::*;
use zooscope_core::election::ServerState;

/// The most flights that are shown at once; a longer way is a jump.
const MOST_FLIGHTS: usize = 14;

/// The centre column.
#[component]
pub fn Stage(props: &PageProps) -> Html {
    let state = &props.state;
    let (world, before) = (state.show.world(state.index), state.show.world(state.came_from));
    let ring = Ring::of(world);
    let moving =
        if state.index == state.came_from { Vec::new() } else { flights(before, world, state.index > state.came_from) };
    let moving = if moving.len() > MOST_FLIGHTS { Vec::new() } else { moving };
    let leaving: Vec<Envelope> = moving.iter().filter(|flight| flight.leaves).map(|flight| flight.envelope).collect();
    {
        let speed = state.speed;
        use_effect_with((state.show.clone(), state.index), move |_| flight::play(&moving, speed));
    }
    let lang = state.lang;
    let envelope = |envelope: &Envelope| {
        let selected = state.selected == Some(Selected::Message(envelope.id));
        let select = props.act.reform({
            let id = envelope.id;
            move |()| Action::Select(Some(Selected::Message(id)))
        });
        envelope_view(envelope, selected, lang, select)
    };
    let disc = |disc: &Disc| {
        let selected = state.selected == Some(Selected::Server(disc.sid));
        let select = props.act.reform({
            let sid = disc.sid;
            move |()| Action::Select(Some(Selected::Server(sid)))
        });
        disc_view(disc, selected, lang, select)
    };
    html! {
        <section class="stage" aria-label={lang.pick("服务器", "The ensemble")}>
            <svg class="ring" viewBox={text(format!("0 0 {WIDTH} {HEIGHT}"))} role="group" aria-label={lang.pick("服务器环", "Ring of servers")}>
                <g aria-hidden="true">{ for ring.lines.iter().map(line_view) }</g>
                { for ring.discs.iter().map(disc) }
                { for ring.envelopes.iter().map(envelope) }
                <g aria-hidden="true">{ for leaving.iter().map(|envelope| ghost_view(envelope, lang)) }</g>
            </svg>
        </section>
    }
}

fn line_view(line: &Line) -> Html {
    let class = match line.kind {
        LineKind::Idle => "line idle",
        LineKind::Election => "line",
        LineKind::Quorum => "line quorum",
        LineKind::Cut => "line cut",
    };
    html! {
        <line key={usize::from(line.a.0) * 256 + usize::from(line.b.0)} class={class}
            x1={num(line.from.0)} y1={num(line.from.1)} x2={num(line.to.0)} y2={num(line.to.1)} />
    }
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
pub fn state_sign(state: Option<ServerState>) -> &'static str {
    match state {
        Some(ServerState::Looking) => "?",
        Some(ServerState::Following) => "●",
        Some(ServerState::Leading) => "★",
        Some(ServerState::Observing) => "○",
        None => "✕",
    }
}

/// The phase of the protocol a server is in. After its election a leader is prospective: discovery comes next.
fn phase(state: Option<ServerState>) -> &'static str {
    match state {
        Some(ServerState::Looking) => "election",
        Some(_) => "discovery",
        None => "",
    }
}

fn disc_view(disc: &Disc, selected: bool, lang: Lang, select: Callback<()>) -> Html {
    let word = lang.state(disc.state, disc.fresh);
    let label = lang.disc_label(disc.sid, word, disc.vote, disc.supporters, disc.quorum);
    let class = class(&[
        "disc",
        state_class(disc.state),
        if selected { "selected" } else { "" },
        if disc.paused { "paused" } else { "" },
    ]);
    let (outer, voters) = (disc.radius + 9, disc.voters.max(1));
    // A full turn has length 1000; each supporter fills one part of it, clockwise from the top.
    let filled = format!("{} 1000", 1_000 * disc.supporters.min(voters) / voters);
    let turn = 360 * disc.quorum / voters;
    let below = disc.radius + 30;
    let slip =
        disc.vote.map(|vote| slip_view(lang.pick(format!("投 → {vote}"), format!("vote → {vote}")), disc.radius));
    html! {
        <g key={disc.sid.0} class={class} transform={translate(disc.at.0, disc.at.1)}
            tabindex="0" role="button" aria-label={label} aria-pressed={flag(selected)}
            data-server={num(disc.sid.0)} data-state={disc.state.map_or("DOWN", ServerState::word)}
            data-vote={disc.vote.map(|vote| vote.to_string()).unwrap_or_default()} data-phase={phase(disc.state)}
            onclick={select.reform(|_: MouseEvent| ())} onkeydown={on_enter(select)}>
            if disc.state.is_some() {
                <circle class="halo" r={num(outer)} />
                <circle class="support" r={num(outer)} pathLength="1000" stroke-dasharray={filled} transform="rotate(-90)" />
                <line class="notch" transform={text(format!("rotate({turn})"))} x1="0" x2="0"
                    y1={num(-outer - 6)} y2={num(-outer + 6)} />
            }
            <circle class="body" r={num(disc.radius)} />
            <text class="number" dy="0.35em">{ disc.sid.to_string() }</text>
            <text class="word" y={num(below)}>{ format!("{} {word}", state_sign(disc.state)) }</text>
            { for slip }
        </g>
    }
}

fn slip_view(text: String, radius: i32) -> Html {
    let width = 14 + text.chars().map(|letter| if letter.is_ascii() { 8 } else { 15 }).sum::<i32>();
    html! {
        <g class="slip" transform={translate(radius * 6 / 10, -radius - 12)}>
            <rect width={num(width)} height="25" rx="4" />
            <text x={num(width / 2)} y="17.5">{ text }</text>
        </g>
    }
}

/// What is written on an envelope, for those who see it and for those who do not.
fn words(envelope: &Envelope, lang: Lang) -> (String, String) {
    let (from, to) = (envelope.from, envelope.to);
    let (short, what) = match envelope.kind {
        EnvelopeKind::Notification(leader, ServerState::Looking) => (lang.for_leader(leader), lang.for_leader(leader)),
        EnvelopeKind::Notification(leader, state) => {
            let sign = state_sign(Some(state));
            (format!("{sign} {}", lang.for_leader(leader)), format!("{state}, {}", lang.for_leader(leader)))
        }
        EnvelopeKind::Connect => ("↔".into(), lang.ui(Ui::Connect).into()),
        EnvelopeKind::Closed => ("×".into(), lang.ui(Ui::ConnectionEnd).into()),
    };
    (short, format!("{from} → {to}{}{what}", lang.pick("：", ": ")))
}

fn envelope_picture(envelope: &Envelope, lang: Lang) -> Html {
    let (short, _) = words(envelope, lang);
    if matches!(envelope.kind, EnvelopeKind::Connect | EnvelopeKind::Closed) {
        return html! { <><circle r="10" /><text dy="0.35em">{ short }</text></> };
    }
    let half = 12 + short.chars().map(|letter| if letter.is_ascii() { 4 } else { 8 }).sum::<i32>();
    html! {
        <>
            <rect x={num(-half)} y="-13" width={num(2 * half)} height="26" rx="5" />
            <path d={text(format!("M{} -11 L0 0 L{} -11", -half + 2, half - 2))} />
            <text dy="0.4em">{ short }</text>
        </>
    }
}

fn envelope_view(envelope: &Envelope, selected: bool, lang: Lang, select: Callback<()>) -> Html {
    let (_, label) = words(envelope, lang);
    let class = class(&["envelope", if selected { "selected" } else { "" }, if envelope.held { "held" } else { "" }]);
    html! {
        <g key={envelope.id.0 as usize} class={class} transform={translate(envelope.at.0, envelope.at.1)}
            tabindex="0" role="button" aria-label={label}
            data-message={num(envelope.id.0)} data-from={num(envelope.from.0)} data-to={num(envelope.to.0)}
            data-kind={envelope.kind.name()} onclick={select.reform(|_: MouseEvent| ())} onkeydown={on_enter(select)}>
            <g id={flight::element_id(envelope.id, false)}>{ envelope_picture(envelope, lang) }</g>
        </g>
    }
}

/// An envelope that has left the stage in this step. It is seen only while it flies.
fn ghost_view(envelope: &Envelope, lang: Lang) -> Html {
    html! {
        <g key={envelope.id.0 as usize} class="envelope ghost" transform={translate(envelope.at.0, envelope.at.1)}>
            <g id={flight::element_id(envelope.id, true)}>{ envelope_picture(envelope, lang) }</g>
        </g>
    }
}

fn on_enter(select: Callback<()>) -> Callback<KeyboardEvent> {
    Callback::from(move |event: KeyboardEvent| {
        if event.key() == "Enter" || event.key() == " " {
            event.prevent_default();
            event.stop_propagation();
            select.emit(());
        }
    })
}
