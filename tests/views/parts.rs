//! Parts of the screen, drawn natively, and the texts of a lesson with their placeholders filled in.

use std::rc::Rc;
use yew::prelude::*;
use zooscope_core::lesson::{Inline, Sentence};
use zooscope_core::query::{Moment, Value};
use zooscope_web::components::{PageProps, Timeline, dialog, inspector, rail, stage, story, transport};
use zooscope_web::route::{Place, Route};
use zooscope_web::show::Show;
use zooscope_web::state::{Action, AppState, Dialog, Selected};
use zooscope_web::text::Lang;

/// A part of the screen.
#[derive(Clone, Copy, PartialEq)]
pub enum Part {
    Stage,
    Story,
    Rail,
    Inspector,
    Transport,
    Timeline,
    Dialog,
}

#[derive(Clone, PartialEq, Properties)]
struct ScreenProps {
    part: Part,
    page: PageProps,
}

/// Most parts are plain functions; a renderer wants a component.
#[component]
fn Screen(props: &ScreenProps) -> Html {
    let (page, state, act) = (&props.page, props.page.state.clone(), props.page.act.clone());
    match props.part {
        Part::Stage => stage(page),
        Part::Timeline => html! { <Timeline {state} {act} /> },
        Part::Story => story(page),
        Part::Rail => rail(page),
        Part::Inspector => inspector(page).unwrap_or_default(),
        Part::Transport => transport(page),
        Part::Dialog => dialog(page),
    }
}

/// A place as a reader sees it who came to a position of it step by step.
fn reader(place: &Place, index: usize, lang: Lang) -> AppState {
    let mut state = Rc::new(AppState::at(Some(Route::to(place.clone())), lang));
    while state.index < index {
        state = state.reduce(Action::StepForward);
    }
    assert_eq!(state.index, index, "the story stops at every beat, and wherever something is broken");
    Rc::unwrap_or_clone(state)
}

/// Draws a part of the screen at a position of a place, with something selected or a dialog open.
pub fn draw(part: Part, (place, index): (&Place, usize), lang: Lang, selected: Option<Selected>) -> String {
    let dialog = (part == Part::Dialog).then_some(Dialog::Faults);
    let state = AppState { selected, dialog, ..reader(place, index, lang) };
    let page = PageProps { state: Rc::new(state), act: Callback::noop() };
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime without threads starts");
    let renderer = yew::LocalServerRenderer::<Screen>::with_props(ScreenProps { part, page }).hydratable(false);
    tokio::task::LocalSet::new().block_on(&runtime, renderer.render())
}

/// A text of a lesson by its place, filled in, or why it cannot be.
pub type Text = (String, Result<String, String>);

/// Every text of a lesson where the page shows it: titles where their stage begins, a beat's sentences at the beat,
/// questions where they are asked and explanations where they are judged.
pub fn texts(show: &Show, lang: Lang) -> Vec<Text> {
    let performance = &show.performance;
    let prose = show.prose(lang).expect("a lesson has its words");
    let filled = |words: &[Inline], index: usize| fill(words, performance.moment(index), show, lang);
    let mut texts = vec![("the title".to_string(), filled(&prose.title, 0))];
    for stage in &performance.stages {
        let own = prose.stages.iter().find(|text| text.name == stage.name);
        let title = own.map_or_else(|| Err("no title".into()), |text| filled(&text.title, stage.from));
        texts.push((format!("stage {}", stage.name), title));
    }
    for mark in &performance.beats {
        let Some(text) = show.beat_text(mark.at, lang) else {
            texts.push((format!("beat {}", mark.beat.name), Err("no text".into())));
            continue;
        };
        let sentences = |sentences: &[Sentence], place: String, index: usize| -> Vec<Text> {
            sentences.iter().map(|sentence| (place.clone(), filled(&sentence.words, index))).collect()
        };
        for paragraph in &text.paragraphs {
            texts.extend(sentences(paragraph, format!("beat {}", text.name), mark.at));
        }
        let Some(ask) = &mark.beat.ask else { continue };
        let Some(words) = prose.asks.iter().find(|text| text.name == ask.name) else {
            texts.push((format!("question {}", ask.name), Err("no text".into())));
            continue;
        };
        texts.push((format!("question {}", ask.name), filled(&words.question, mark.at)));
        for (option, label) in &words.labels {
            texts.push((format!("question {}, option {option}", ask.name), filled(label, mark.at)));
        }
        // With some settings a question is never judged; then it is never asked either.
        let Some(judged) = performance.judged_at(ask) else { continue };
        for (option, paragraph) in &words.explanations {
            texts.extend(sentences(paragraph, format!("question {}, answer to {option}", ask.name), judged));
        }
    }
    texts
}

/// Fills placeholders in. An answer that says that there is none would read as a gap.
fn fill(words: &[Inline], moment: Moment<'_>, show: &Show, lang: Lang) -> Result<String, String> {
    let piece = |inline: &Inline| match inline {
        Inline::Text(text) | Inline::Code(text) => Ok(text.clone()),
        Inline::Strong(inner) => fill(inner, moment, show, lang),
        Inline::Answer(query) => match moment.ask(query) {
            Value::Server(None) | Value::State(None) | Value::Span(None) => Err(format!("`{query}` has no answer")),
            value => Ok(lang.value(&value)),
        },
        Inline::Param(name) => match show.performance.param {
            None => Err(format!("there is no parameter {name}")),
            param => Ok(lang.value(&Value::Span(param))),
        },
    };
    words.iter().map(piece).collect()
}
