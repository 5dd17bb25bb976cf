//! The inspector: what is selected, and why it is so. It stands beside what it explains, never on it.

use super::PageProps;
use crate::scene::why::{Because, why};
use crate::state::{Action, Selected};
use crate::text::Ui;
use yew::prelude::*;
use zooscope_core::effects::Message;
use zooscope_core::ids::Sid;
use zooscope_core::query::current_vote;
use zooscope_core::sim::{Content, FrameId};

/// The inspector, when something is selected.
pub fn inspector(props: &PageProps) -> Html {
    let lang = props.state.lang;
    let (name, body) = match props.state.selected {
        Some(Selected::Server(sid)) => (lang.server(sid), server(props, sid)),
        Some(Selected::Message(id)) => match message(props, id) {
            Some(found) => found,
            None => return html! {},
        },
        None => return html! {},
    };
    html! {
        <section class="inspector" aria-label={name.clone()} data-inspector="true">
            <header>
                <h2>{ name }</h2>
                <button class="close" aria-label={lang.ui(Ui::Close)} onclick={props.on_click(Action::Select(None))}>{ "×" }</button>
            </header>
            { body }
        </section>
    }
}

fn server(props: &PageProps, sid: Sid) -> Html {
    let state = &props.state;
    let (lang, history) = (state.lang, state.show.history());
    let world = state.show.world(state.index);
    let server_state = world.server(sid).map(|server| server.state());
    let answers = why(history, state.index, sid);
    let vote_question = lang.why_vote_question(sid.0, current_vote(world, sid).map(|vote| vote.0));
    let state_question = lang.why_state_question(sid.0, server_state);
    let cause = |because: &Because| {
        html! {
            <li>
                { lang.because(sid.0, &because.cause) }
                if because.index != state.index {
                    <button class="link" onclick={props.on_click(Action::Seek(because.index))}>{ format!("{} {}", lang.ui(Ui::Event), because.index) }</button>
                }
            </li>
        }
    };
    html! {
        <>
            <h3>{ vote_question }</h3>
            <ul class="causes">{ for answers.vote.iter().map(cause) }</ul>
            <h3>{ state_question }</h3>
            <ul class="causes">{ for answers.state.iter().map(cause) }</ul>
        </>
    }
}

fn message(props: &PageProps, id: FrameId) -> Option<(String, Html)> {
    let state = &props.state;
    let lang = state.lang;
    let frame = state.show.world(state.index).network().frames().find(|frame| frame.id == id)?;
    let mut facts: Vec<(String, String)> = Vec::new();
    let title = match frame.content {
        Content::Message(Message::Notification(heard)) => {
            facts.push(("leader".into(), heard.vote.leader.to_string()));
            facts.push(("zxid".into(), heard.vote.zxid.to_string()));
            facts.push(("peerEpoch".into(), heard.vote.peer_epoch.to_string()));
            facts.push((lang.pick("轮次 round", "round").into(), heard.round.to_string()));
            facts.push((lang.ui(Ui::SenderState).into(), heard.state.word().into()));
            lang.ui(Ui::Notification)
        }
        Content::Dial => lang.ui(Ui::Connect),
        Content::Closed => lang.ui(Ui::ConnectionEnd),
    };
    let arrives = frame.arrives_at.map_or_else(|| lang.ui(Ui::Held).to_string(), |at| at.to_string());
    facts.push((lang.ui(Ui::Arrives).into(), arrives));
    let fact = |(name, value): &(String, String)| html! { <><dt>{ name }</dt><dd>{ value }</dd></> };
    let body = html! { <dl>{ for facts.iter().map(fact) }</dl> };
    Some((format!("{title} {} → {}", frame.from, frame.to), body))
}
