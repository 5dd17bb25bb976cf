//! Questions: predict, then see, then why. The engine judges, and every option has its own explanation.

use super::PageProps;
use super::attributes::flag;
use super::prose::{Filling, inlines, paragraph};
use crate::state::Action;
use crate::text::Ui;
use yew::prelude::*;
use zooscope_core::lesson::{Ask, AskText};

/// The question that is open at this moment.
pub fn open_question(props: &PageProps) -> Html {
    let state = &props.state;
    let Some(ask) = state.show.ask_at(state.index) else { return html! {} };
    let Some(text) = text_of(props, ask) else { return html! {} };
    if state.show.performance.judged_at(ask).is_none() {
        return html! {};
    }
    let given = state.answers.get(&ask.name).filter(|answer| !answer.is_empty());
    let option = |(name, label): &(String, Vec<zooscope_core::lesson::Inline>)| {
        let pressed = given == Some(name);
        let action = Action::Answer { ask: ask.name.clone(), option: name.clone() };
        html! {
            <button class="option" data-option={name.clone()} aria-pressed={flag(pressed)} onclick={props.on_click(action)}>
                { inlines(label, filling(props, state.index)) }
            </button>
        }
    };
    html! {
        <section class="ask" data-ask={ask.name.clone()}>
            <p><strong>{ state.lang.ui(Ui::Predict) }</strong>{ inlines(&text.question, filling(props, state.index)) }</p>
            <div class="options">{ for text.labels.iter().map(option) }</div>
            if given.is_some() {
                <p class="muted">{ state.lang.ui(Ui::Remembered) }</p>
            }
        </section>
    }
}

/// The questions that this moment answers.
pub fn verdicts(props: &PageProps) -> Html {
    let state = &props.state;
    let judged = state.show.judged_at(state.index);
    judged.into_iter().map(|ask| verdict(props, ask)).collect()
}

fn verdict(props: &PageProps, ask: &Ask) -> Html {
    let state = &props.state;
    let (Some(text), Some(right)) = (text_of(props, ask), state.show.performance.right_option(ask)) else {
        return html! {};
    };
    let Some(at) = state.show.performance.judged_at(ask) else { return html! {} };
    let filling = filling(props, at);
    let given = state.answers.get(&ask.name).map(String::as_str).unwrap_or("");
    let label = |name: &str| {
        let found = text.labels.iter().find(|(option, _)| option == name);
        found.map_or(html! {}, |(_, label)| inlines(label, filling))
    };
    let explain = |name: &str| {
        let found = text.explanations.iter().find(|(option, _)| option == name);
        found.map_or(html! {}, |(_, words)| paragraph(words, filling))
    };
    let lang = state.lang;
    let (class, heading) = match given {
        "" => ("verdict", Ui::Skipped),
        given if given == right => ("verdict right", Ui::Right),
        _ => ("verdict wrong", Ui::Wrong),
    };
    let shown = if given.is_empty() { right } else { given };
    html! {
        <section class={class} data-verdict={ask.name.clone()} data-right={right.to_string()}>
            <p class="muted small">{ inlines(&text.question, filling) }</p>
            <div><strong>{ lang.ui(heading) }</strong>{ label(shown) }</div>
            { explain(shown) }
            if !given.is_empty() && given != right {
                <div><strong>{ lang.ui(Ui::Skipped) }</strong>{ label(right) }</div>
            }
        </section>
    }
}

fn text_of<'a>(props: &'a PageProps, ask: &Ask) -> Option<&'a AskText> {
    props.state.show.prose(props.state.lang)?.asks.iter().find(|text| text.name == ask.name)
}

fn filling(props: &PageProps, index: usize) -> Filling<'_> {
    let performance = &props.state.show.performance;
    Filling { lang: props.state.lang, moment: performance.moment(index), param: performance.param }
}
