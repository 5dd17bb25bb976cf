//! The space-time diagram is the timeline: lanes, slanted messages, stage flags and a playhead that can be
//! dragged. What lies beyond the furthest position visited is blank but for the flags.

use super::PageProps;
use super::attributes::{class, num, text, translate};
use super::stage::state_class;
use crate::scene::spacetime::{Flag, Flight, Lane, SpaceTime, WIDTH};
use crate::state::Action;
use crate::text::{Lang, Ui};
use yew::prelude::*;

/// Width of the column of lane names.
const NAMES: i32 = 96;
/// Height of the row of flags.
const FLAGS: i32 = 24;

/// The diagram.
#[component]
pub fn Timeline(props: &PageProps) -> Html {
    let state = &props.state;
    let lang = state.lang;
    let diagram = &state.show.spacetime;
    let pitch = if state.projector { 30 } else { 17 };
    let height = FLAGS + pitch * diagram.lanes.len() as i32 + 4;
    let here = diagram.positions[state.index];
    let known = diagram.positions[state.furthest];
    let node = use_node_ref();
    let drag = {
        let (act, node, show) = (props.act.clone(), node.clone(), state.show.clone());
        Callback::from(move |event: PointerEvent| {
            let pressed = event.buttons() & 1 == 1 || event.type_() == "pointerdown";
            if pressed && let Some(index) = position_under(&event, &node, &show.spacetime) {
                act.emit(Action::Seek(index));
            }
        })
    };
    let drawing =
        use_memo((state.show.clone(), lang, pitch), |(show, lang, pitch)| drawing(&show.spacetime, *lang, *pitch));
    html! {
        <svg ref={node} class="timeline" viewBox={text(format!("0 0 {} {height}", NAMES + WIDTH))} role="img" aria-label={lang.ui(Ui::Timeline)}
            onpointerdown={drag.clone()} onpointermove={drag}>
            { (*drawing).clone() }
            <g transform={translate(NAMES, 0)}>
                <rect class="later" x={num(here)} y={num(FLAGS)} width={num((known - here).max(0))} height={num(height - FLAGS)} />
                <rect class="unknown" x={num(known + 1)} y={num(FLAGS - 2)} width={num((WIDTH - known).max(0))} height={num(height - FLAGS + 2)} />
                { flags(props, diagram, height) }
                <g class="playhead" transform={translate(here, 0)}>
                    <line y1="6" y2={num(height)} /><path d="M-6 0 H6 V8 L0 14 L-6 8 Z" />
                </g>
            </g>
        </svg>
    }
}

/// Everything that is the same at every position.
fn drawing(diagram: &SpaceTime, lang: Lang, pitch: i32) -> Html {
    let row = |index: usize| FLAGS + pitch * index as i32 + pitch / 2;
    let y = |sid| diagram.lanes.iter().position(|lane| lane.sid == sid).map_or(0, row);
    let lane = |(index, lane): (usize, &Lane)| {
        let at = num(row(index));
        html! {
            <g key={index}>
                <line class="lane" x1="0" x2={num(WIDTH)} y1={at.clone()} y2={at.clone()} />
                { for lane.stretches.iter().map(|stretch| html! {
                    <line class={class(&["stretch", state_class(Some(stretch.state))])} x1={num(stretch.from)} x2={num(stretch.to)} y1={at.clone()} y2={at.clone()} />
                }) }
                { for lane.dots.iter().map(|dot| html! { <circle class="dot" cx={num(*dot)} cy={at.clone()} r="3.5" /> }) }
            </g>
        }
    };
    let flight = |flight: &Flight| {
        let class = if flight.vote { "flight" } else { "flight aside" };
        html! {
            <line class={class} x1={num(flight.left)} y1={num(y(flight.from))} x2={num(flight.arrived)} y2={num(y(flight.to))} />
        }
    };
    let bottom = row(diagram.lanes.len().saturating_sub(1)) + pitch / 2;
    let fold = |(at, span): &(i32, zooscope_core::time::Duration)| {
        html! {
            <g class="fold">
                <title>{ span.to_string() }</title>
                <rect x={num(at - 4)} y={num(FLAGS)} width="8" height={num(bottom - FLAGS)} />
                <path d={text(format!("M{} {} l3 -5 l3 10 l3 -5", at - 4, bottom - 4))} />
            </g>
        }
    };
    let name = |(index, lane): (usize, &Lane)| {
        html! { <text class="name" x={num(NAMES - 12)} y={num(row(index))} dy="0.35em">{ lang.server(lane.sid) }</text> }
    };
    html! {
        <g aria-hidden="true">
            { for diagram.lanes.iter().enumerate().map(name) }
            <g transform={translate(NAMES, 0)}>
                { for diagram.lanes.iter().enumerate().map(lane) }
                { for diagram.flights.iter().map(flight) }
                { for diagram.folds.iter().map(fold) }
            </g>
        </g>
    }
}

/// Stage flags stay visible before they are reached: they say no more than who starts.
fn flags(props: &PageProps, diagram: &SpaceTime, height: i32) -> Html {
    let state = &props.state;
    let flag = |flag: &Flag| {
        let reached =
            state.show.performance.stages.get(flag.stage - 1).is_some_and(|stage| stage.from <= state.furthest);
        let label = flag.starts.map(|sid| state.lang.starts_short(sid)).unwrap_or_default();
        let class = if reached { "flag" } else { "flag ahead" };
        html! {
            <g key={flag.stage} class={class} transform={translate(flag.at, 0)}>
                <line y1="16" y2={num(height)} />
                <text x="6" y="15">{ format!("{} {label}", circled(flag.stage)) }</text>
            </g>
        }
    };
    diagram.flags.iter().map(flag).collect()
}

/// ①, ② …
fn circled(number: usize) -> char {
    u32::try_from(number)
        .ok()
        .and_then(|number| char::from_u32(0x245f + number))
        .filter(|_| number <= 20)
        .unwrap_or('•')
}

/// The position nearest to the pointer.
fn position_under(event: &PointerEvent, node: &NodeRef, diagram: &SpaceTime) -> Option<usize> {
    let element: web_sys::Element = node.cast()?;
    let bounds = element.get_bounding_client_rect();
    let scale = f64::from(NAMES + WIDTH) / bounds.width().max(1.0);
    let x = (f64::from(event.client_x()) - bounds.left()) * scale - f64::from(NAMES);
    let near = |position: &i32| (f64::from(*position) - x).abs() as i64;
    (0..diagram.positions.len()).min_by_key(|index| near(&diagram.positions[*index]))
}
