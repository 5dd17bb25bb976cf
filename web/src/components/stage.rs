//! The stage: discs, lines and envelopes, in SVG.

use super::PageProps;
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
    let moving = if state.index == state.came_from {
        Vec::new()
    } else {
        flights(before, world, state.index > state.came_from)
    };
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
            <svg class="ring" viewBox={format!("0 0 {WIDTH} {HEIGHT}")} role="group" aria-label={lang.pick("服务器环", "Ring of servers")}>
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
        <line key={format!("{}-{}", line.a, line.b)} class={class}
            x1={line.from.0.to_string()} y1={line.from.1.to_string()} x2={line.to.0.to_string()} y2={line.to.1.to_string()} />
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
        None => "⏻",
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
    let class = classes!("disc", state_class(disc.state), selected.then_some("selected"), disc.paused.then_some("paused"));
    let (outer, voters) = (disc.radius + 9, disc.voters.max(1));
    // A full turn has length 1000; each supporter fills one part of it, clockwise from the top.
    let filled = format!("{} 1000", 1_000 * disc.supporters.min(voters) / voters);
    let turn = 360 * disc.quorum / voters;
    let below = disc.radius + 30;
    let slip = disc.vote.map(|vote| slip_view(lang.pick(format!("投 → {vote}"), format!("vote → {vote}")), disc.radius));
    html! {
        <g key={disc.sid.0} class={class} transform={format!("translate({} {})", disc.at.0, disc.at.1)}
            tabindex="0" role="button" aria-label={label} aria-pressed={selected.to_string()}
            data-server={disc.sid.to_string()} data-state={disc.state.map_or("DOWN", ServerState::word)}
            data-vote={disc.vote.map(|vote| vote.to_string()).unwrap_or_default()} data-phase={phase(disc.state)}
            onclick={select.reform(|_: MouseEvent| ())} onkeydown={on_enter(select)}>
            if disc.state.is_some() {
                <circle class="halo" r={outer.to_string()} />
                <circle class="support" r={outer.to_string()} pathLength="1000" stroke-dasharray={filled} transform="rotate(-90)" />
                <line class="notch" transform={format!("rotate({turn})")} x1="0" x2="0"
                    y1={(-outer - 6).to_string()} y2={(-outer + 6).to_string()} />
            }
            <circle class="body" r={disc.radius.to_string()} />
            <text class="number" dy="0.35em">{ disc.sid.to_string() }</text>
            <text class="word" y={below.to_string()}>{ format!("{} {word}", state_sign(disc.state)) }</text>
            { for slip }
        </g>
    }
}

fn slip_view(text: String, radius: i32) -> Html {
    let width = 14 + text.chars().map(|letter| if letter.is_ascii() { 8 } else { 15 }).sum::<i32>();
    html! {
        <g class="slip" transform={format!("translate({} {})", radius * 6 / 10, -radius - 12)}>
            <rect width={width.to_string()} height="25" rx="4" />
            <text x={(width / 2).to_string()} y="17.5">{ text }</text>
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
            <rect x={(-half).to_string()} y="-13" width={(2 * half).to_string()} height="26" rx="5" />
            <path d={format!("M{} -11 L0 0 L{} -11", -half + 2, half - 2)} />
            <text dy="0.4em">{ short }</text>
        </>
    }
}

fn envelope_view(envelope: &Envelope, selected: bool, lang: Lang, select: Callback<()>) -> Html {
    let (_, label) = words(envelope, lang);
    let class = classes!("envelope", selected.then_some("selected"), envelope.held.then_some("held"));
    html! {
        <g key={envelope.id.0.to_string()} class={class} transform={format!("translate({} {})", envelope.at.0, envelope.at.1)}
            tabindex="0" role="button" aria-label={label}
            data-message={envelope.id.0.to_string()} data-from={envelope.from.to_string()} data-to={envelope.to.to_string()}
            data-kind={envelope.kind.name()} onclick={select.reform(|_: MouseEvent| ())} onkeydown={on_enter(select)}>
            <g id={flight::element_id(envelope.id, false)}>{ envelope_picture(envelope, lang) }</g>
        </g>
    }
}

/// An envelope that has left the stage in this step. It is seen only while it flies.
fn ghost_view(envelope: &Envelope, lang: Lang) -> Html {
    html! {
        <g key={format!("ghost-{}", envelope.id.0)} class="envelope ghost" transform={format!("translate({} {})", envelope.at.0, envelope.at.1)}>
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
