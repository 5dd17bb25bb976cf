//! The space-time diagram is the timeline: lanes, slanted messages, stage flags and a playhead that can be
//! dragged. What lies beyond the furthest position visited is blank but for the flags.

use super::PageProps;
use super::element::{class, el, list, translate};
use super::stage::state_class;
use crate::scene::clients::short_name;
use crate::scene::shortened;
use crate::scene::spacetime::{Flag, Flight, Lane, LaneState, SpaceTime, Stretch, WIDTH, Whose};
use crate::show::{Kind, SharedShow};
use crate::state::Action;
use crate::text::{Lang, Ui};
use gloo::render::{AnimationFrame, request_animation_frame};
use yew::prelude::*;
use zooscope_core::time::Duration;

/// Width of the column of lane names.
const NAMES: i32 = 96;
/// As many letters of a command a flag has at most.
const FLAG_LETTERS: usize = 24;
/// Height below the last lane, for the marks of folded time: they are nobody's.
const CREASE: i32 = 8;
/// Height of the row of flags.
const FLAGS: i32 = 24;

/// The diagram.
#[component]
pub fn Timeline(props: &PageProps) -> Html {
    let state = &props.state;
    let lang = state.lang;
    let diagram = &state.show.spacetime;
    let pitch = if state.projector { 30 } else { 17 };
    let height = FLAGS + pitch * diagram.lanes.len() as i32 + CREASE;
    let here = diagram.positions[state.index];
    let known = diagram.positions[state.furthest];
    let node = use_node_ref();
    let seeking = use_mut_ref(|| None::<AnimationFrame>);
    let drag = {
        let (act, node, show) = (props.act.clone(), node.clone(), state.show.clone());
        Callback::from(move |event: PointerEvent| {
            let pressed = event.buttons() & 1 == 1 || event.type_() == "pointerdown";
            if pressed && let Some(index) = position_under(&event, &node, &show.spacetime) {
                let act = act.clone();
                // At once the page would be laid out twice: browsers look again at what lies under a pointer that has
                // been pressed. And what comes faster than frames is seen by nobody.
                seeking.replace(Some(request_animation_frame(move |_| act.emit(Action::Seek(index)))));
            }
        })
    };
    let covered = |class: &'static str, x: i32, y: i32, width: i32| {
        el!("rect", "class" = class, "x" = x, "y" = y, "width" = width.max(0), "height" = height - y)
    };
    let playhead = el!("g", "class" = "playhead", "transform" = translate(here, 0);
        el!("line", "y1" = "6", "y2" = height),
        el!("path", "d" = "M-6 0 H6 V8 L0 14 L-6 8 Z"));
    let view_box = format!("0 0 {} {height}", NAMES + WIDTH);
    let whole = html! { <Drawing show={state.show.clone()} {lang} {pitch} /> };
    let reached = state.show.performance.stage_at(state.furthest);
    let flags = html! { <Flags show={state.show.clone()} {lang} {reached} {height} wide={state.projector} /> };
    // What moves is a picture of its own that lies on the other: the browser need not paint that one again.
    let moving = el!("svg", "class" = "moment", "viewBox" = view_box.clone(), "aria-hidden" = "true";
        el!("g", "transform" = translate(NAMES, 0);
            covered("later", here, FLAGS, known - here),
            covered("unknown", known + 1, FLAGS - 2, WIDTH - known),
            flags,
            playhead));
    html! {
        <div ref={node} class="spacetime" onpointerdown={drag.clone()} onpointermove={drag}>
            { el!("svg", "class" = "timeline", "viewBox" = view_box, "role" = "img", "aria-label" = lang.ui(Ui::Timeline); whole) }
            { moving }
        </div>
    }
}

/// What the unchanging part of the diagram follows from.
#[derive(Clone, PartialEq, Properties)]
struct DrawingProps {
    show: SharedShow,
    lang: Lang,
    pitch: i32,
}

/// Everything that is the same at every position. A component of its own: a step must not compare it again.
#[component]
fn Drawing(props: &DrawingProps) -> Html {
    drawing(&props.show.spacetime, props.lang, props.pitch)
}

fn drawing(diagram: &SpaceTime, lang: Lang, pitch: i32) -> Html {
    let row = |index: usize| FLAGS + pitch * index as i32 + pitch / 2;
    let line = |class: String, from: (i32, i32), to: (i32, i32)| {
        el!("line", "class" = class, "x1" = from.0, "x2" = to.0, "y1" = from.1, "y2" = to.1)
    };
    let lane = |(index, lane): (usize, &Lane)| {
        let at = row(index);
        let stretch = |stretch: &Stretch| {
            line(class(&["stretch", lane_class(stretch.state)]), (stretch.from, at), (stretch.to, at))
        };
        let mut parts = vec![line("lane".into(), (0, at), (WIDTH, at))];
        parts.extend(lane.stretches.iter().map(stretch));
        // A dot is a stroke of no length with round ends.
        let dots = lane.dots.iter().map(|dot| format!("M{dot} {at}h0")).collect::<String>();
        parts.push(el!("path", "class" = "dot", "d" = dots));
        list(parts)
    };
    // All lines of a kind are one element: a long run has thousands, and each would be laid out and painted alone.
    let flights = |class: &'static str, votes: bool| {
        let path =
            |flight: &Flight| format!("M{} {}L{} {}", flight.left, row(flight.from), flight.arrived, row(flight.to));
        let path = diagram.flights.iter().filter(|flight| flight.vote == votes).map(path).collect::<String>();
        el!("path", "class" = class, "d" = path)
    };
    let bottom = row(diagram.lanes.len().saturating_sub(1)) + pitch / 2;
    let fold = |(at, span): &(i32, Duration)| {
        el!("rect", "class" = "fold", "x" = at - 4, "y" = FLAGS, "width" = "8", "height" = bottom - FLAGS;
            el!("title"; span.to_string()))
    };
    let crease = |(at, _): &(i32, Duration)| format!("M{} {}l3 -5l3 10l3 -5", at - 4, bottom + 2);
    let creases = diagram.folds.iter().map(crease).collect::<String>();
    let name = |(index, lane): (usize, &Lane)| {
        let name = match &lane.whose {
            Whose::Server(sid) => lang.server(*sid),
            Whose::Client(name) => lang.client(&short_name(name)),
        };
        el!("text", "class" = "name", "x" = NAMES - 12, "y" = row(index), "dy" = "0.35em"; name)
    };
    let names: Vec<Html> = diagram.lanes.iter().enumerate().map(name).collect();
    let mut parts: Vec<Html> = diagram.lanes.iter().enumerate().map(lane).collect();
    parts.extend([flights("flight", true), flights("flight aside", false)]);
    parts.extend(diagram.folds.iter().map(fold));
    parts.push(el!("path", "class" = "creases", "d" = creases));
    el!("g", "aria-hidden" = "true"; names, el!("g", "transform" = translate(NAMES, 0); parts))
}

fn lane_class(state: LaneState) -> &'static str {
    match state {
        LaneState::Server(state) => state_class(Some(state)),
        LaneState::Connected => "connected",
        LaneState::Away => "away",
    }
}

/// What the flags follow from.
#[derive(Clone, PartialEq, Properties)]
struct FlagsProps {
    show: SharedShow,
    lang: Lang,
    /// How many stages have been reached.
    reached: usize,
    /// How far down a flag goes.
    height: i32,
    /// Whether letters are large.
    wide: bool,
}

/// Stage flags stay visible before they are reached: they say no more than who starts. A component of its own: most
/// steps reach no stage, and a long run has many.
#[component]
fn Flags(props: &FlagsProps) -> Html {
    let FlagsProps { show, lang, height, .. } = props;
    let diagram = &show.spacetime;
    let wide = |width: i32| if props.wide { width * 3 / 2 } else { width };
    let end = |flag: &Flag| diagram.flags.get(flag.stage).map_or(WIDTH, |next| next.at);
    let in_a_run = !matches!(show.kind, Kind::Lesson { .. });
    // The last of those that have no room for their own numbers speaks for all.
    let mut heap = Vec::new();
    let mut text = |flag: &Flag| {
        heap.push(number(flag.stage));
        let numbers = match &heap[..] {
            [first, .., last] => format!("{first}–{last}"),
            heap => heap.concat(),
        };
        let room = end(flag) - flag.at;
        if room < wide(letters(&numbers)) && flag.stage < diagram.flags.len() {
            return None;
        }
        let told = match flag.starts {
            Some(sid) => lang.starts_short(sid),
            None if in_a_run && flag.stage <= props.reached => shortened(&flag.name, FLAG_LETTERS),
            None => String::new(),
        };
        let labelled = format!("{numbers} {told}");
        let alone = std::mem::take(&mut heap).len() == 1;
        let text = if alone && wide(letters(&labelled)) <= room { labelled } else { numbers };
        Some(el!("text", "x" = flag.at + 6, "y" = "15"; text))
    };
    // All poles are one element: a long run has hundreds. The many commands of a run must not hide it.
    let pole = |flag: &Flag| {
        let foot = if in_a_run && flag.starts.is_none() { FLAGS } else { *height };
        format!("M{} 16V{foot}", flag.at)
    };
    let mut kind = |class: &'static str, flags: &[Flag]| {
        let texts: Vec<Html> = flags.iter().filter_map(&mut text).collect();
        el!("g", "class" = class; el!("path", "d" = flags.iter().map(pole).collect::<String>()), texts)
    };
    let (reached, ahead) = diagram.flags.split_at(props.reached);
    list(vec![kind("flag", reached), kind("flag ahead", ahead)])
}

/// ①, ② …, as far as there are signs for it.
fn number(stage: usize) -> String {
    let sign =
        |first: u32, before: usize| u32::try_from(stage - before).ok().and_then(|place| char::from_u32(first + place));
    let sign = match stage {
        1..=20 => sign(0x2460, 1),
        21..=35 => sign(0x3251, 21),
        36..=50 => sign(0x32b1, 36),
        _ => None,
    };
    sign.map_or_else(|| stage.to_string(), String::from)
}

/// About how much room the text of a flag needs.
fn letters(text: &str) -> i32 {
    text.chars().map(|letter| if letter.is_ascii() { 7 } else { 13 }).sum::<i32>() + 5
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
