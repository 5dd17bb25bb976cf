//! Questions: predict, then see, then why. The engine judges, and every option has its own explanation.

use super::PageProps;
use super::element::{click, el, list, nothing};
use super::prose::{Filling, inlines, paragraph};
use crate::state::Action;
use crate::text::Ui;
use yew::Html;
use zooscope_core::lesson::{Ask, AskText, Inline};

/// The question that is open at this moment.
pub fn open_question(props: &PageProps) -> Html {
    let state = &props.state;
    let Some(ask) = open_ask(props) else { return nothing() };
    let Some(text) = text_of(props, ask) else { return nothing() };
    let given = state.answers.get(&ask.name).filter(|answer| !answer.is_empty());
    let filling = filling(props, state.index);
    let option = |(name, label): &(String, Vec<Inline>)| {
        let action = Action::Answer { ask: ask.name.clone(), option: name.clone() };
        el!("button", "class" = "option", "data-option" = name.clone(), "aria-pressed" = given == Some(name);
            click(props.on_click(action)), inlines(label, filling))
    };
    let options: Vec<Html> = text.labels.iter().map(option).collect();
    el!("section", "class" = "ask", "data-ask" = ask.name.clone();
        el!("p"; el!("strong"; state.lang.ui(Ui::Predict)), inlines(&text.question, filling)),
        el!("div", "class" = "options"; options),
        given.map(|_| el!("p", "class" = "muted"; state.lang.ui(Ui::Remembered))))
}

fn open_ask(props: &PageProps) -> Option<&Ask> {
    let state = &props.state;
    state.show.ask_at(state.index).filter(|ask| state.show.performance.judged_at(ask).is_some())
}

/// The questions that this moment answers.
pub fn verdicts(props: &PageProps) -> Html {
    let state = &props.state;
    list(state.show.judged_at(state.index).into_iter().map(|ask| verdict(props, ask)).collect())
}

/// Whether a question takes room in the story.
pub fn is_answered_or_asked(props: &PageProps) -> bool {
    open_ask(props).is_some() || !props.state.show.judged_at(props.state.index).is_empty()
}

fn verdict(props: &PageProps, ask: &Ask) -> Html {
    let performance = &props.state.show.performance;
    let (Some(text), Some(right)) = (text_of(props, ask), performance.right_option(ask)) else { return nothing() };
    let Some(at) = performance.judged_at(ask) else { return nothing() };
    let filling = filling(props, at);
    let given = props.state.answers.get(&ask.name).map(String::as_str).unwrap_or("");
    let label = |name: &str| {
        let found = text.labels.iter().find(|(option, _)| option == name);
        found.map(|(_, label)| inlines(label, filling))
    };
    let explain = |name: &str| {
        let found = text.explanations.iter().find(|(option, _)| option == name);
        found.map(|(_, words)| paragraph(words, filling))
    };
    let lang = props.state.lang;
    let (class, heading) = match given {
        "" => ("verdict", Ui::Skipped),
        given if given == right => ("verdict right", Ui::Right),
        _ => ("verdict wrong", Ui::Wrong),
    };
    let shown = if given.is_empty() { right } else { given };
    let answer = (shown != right).then(|| el!("div"; el!("strong"; lang.ui(Ui::Skipped)), label(right)));
    let several = open_ask(props).is_some() || props.state.show.judged_at(props.state.index).len() > 1;
    let brief = if several { "brief" } else { "" };
    el!("section", "class" = super::element::class(&[class, brief]), "data-verdict" = ask.name.clone(), "data-right" = right.to_string();
        el!("p", "class" = "muted small"; inlines(&text.question, filling)),
        el!("div"; el!("strong"; lang.ui(heading)), label(shown)),
        explain(shown),
        answer)
}

fn text_of<'a>(props: &'a PageProps, ask: &Ask) -> Option<&'a AskText> {
    props.state.show.prose(props.state.lang)?.asks.iter().find(|text| text.name == ask.name)
}

fn filling(props: &PageProps, index: usize) -> Filling<'_> {
    let performance = &props.state.show.performance;
    Filling { lang: props.state.lang, moment: performance.moment(index), param: performance.param }
}
