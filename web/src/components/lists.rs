//! Lists in the rail: what is on its way, and what has happened.

use super::PageProps;
use super::attributes::flag;
use crate::state::{Action, Selected};
use crate::text::{Lang, Ui};
use yew::prelude::*;
use zooscope_core::effects::Message;
use zooscope_core::sim::{Content, Frame};

/// The most events that the list shows.
const MOST_EVENTS: usize = 60;

/// What is on its way now.
pub fn messages(props: &PageProps) -> Html {
    let state = &props.state;
    let lang = state.lang;
    let world = state.show.world(state.index);
    let frames: Vec<&Frame> = world.network().frames().collect();
    if frames.is_empty() {
        return html! { <p class="muted">{ lang.ui(Ui::NoMessages) }</p> };
    }
    let row = |frame: &&Frame| {
        let selected = state.selected == Some(Selected::Message(frame.id));
        let when = frame.arrives_at.map_or_else(|| lang.ui(Ui::Held).to_string(), |at| at.to_string());
        html! {
            <li key={frame.id.0 as usize}>
                <button class="row" aria-pressed={flag(selected)} onclick={props.on_click(Action::Select(Some(Selected::Message(frame.id))))}>
                    <span class="pair">{ format!("{} → {}", frame.from, frame.to) }</span>
                    <span>{ content(frame, lang) }</span>
                    <span class="muted">{ when }</span>
                </button>
            </li>
        }
    };
    html! { <ul class="rows">{ for frames.iter().map(row) }</ul> }
}

/// What a frame carries, in a few words.
pub fn content(frame: &Frame, lang: Lang) -> String {
    match frame.content {
        Content::Message(Message::Notification(heard)) => {
            format!("{} · {}", lang.for_leader(heard.vote.leader), heard.state)
        }
        Content::Dial => lang.ui(Ui::Connect).to_string(),
        Content::Closed => lang.ui(Ui::ConnectionEnd).to_string(),
    }
}

/// What has happened up to now, latest first. Each line leads to its moment.
pub fn events(props: &PageProps) -> Html {
    let state = &props.state;
    let lang = state.lang;
    if state.index == 0 {
        return html! { <p class="muted">{ lang.ui(Ui::NothingYet) }</p> };
    }
    let first = state.index.saturating_sub(MOST_EVENTS) + 1;
    let row = |index: usize| {
        let Some(step) = state.show.history().step(index) else { return html! {} };
        let class = if step.is_story() { "row" } else { "row aside" };
        html! {
            <li key={index}>
                <button class={class} aria-current={(index == state.index).then_some("step")} onclick={props.on_click(Action::Seek(index))}>
                    <span class="muted time">{ step.at.to_string() }</span>
                    <span>{ lang.step(step) }</span>
                </button>
            </li>
        }
    };
    html! { <ol class="rows events">{ for (first..=state.index).rev().map(row) }</ol> }
}

/// The last two events, under the ballots.
pub fn just_now(props: &PageProps) -> Html {
    let state = &props.state;
    let lang = state.lang;
    let latest = (state.index.saturating_sub(2) + 1..=state.index).rev();
    let line = |index: usize| {
        let Some(step) = state.show.history().step(index) else { return html! {} };
        html! { <li key={index}><span class="muted time">{ step.at.to_string() }</span>{ lang.step(step) }</li> }
    };
    html! {
        <section class="just-now">
            <h2>{ lang.ui(Ui::JustNow) }</h2>
            if state.index == 0 {
                <p class="muted">{ lang.ui(Ui::NothingYet) }</p>
            }
            <ol>{ for latest.map(line) }</ol>
        </section>
    }
}
