//! The story: where we are, what is going on, and why.

use super::PageProps;
use super::ask::{open_question, verdicts};
use super::attributes::num;
use super::config_card::config_card;
use super::prose::{Filling, paragraph, plain};
use super::rule_card::rule_card;
use super::{run_story, sandbox};
use crate::catalog::LESSONS;
use crate::route::{Place, Route};
use crate::show::Kind;
use crate::state::Action;
use crate::text::{Lang, Ui};
use yew::prelude::*;
use zooscope_core::invariants::check_moment;
use zooscope_core::lesson::Prose;

/// The left column.
pub fn story(props: &PageProps) -> Html {
    let state = &props.state;
    let body = match &state.show.kind {
        Kind::Lesson { .. } => lesson(props),
        Kind::Run { .. } => run_story::run_story(props),
        Kind::Sandbox => html! { <sandbox::Sandbox state={state.clone()} act={props.act.clone()} /> },
    };
    html! {
        <section class="story" aria-label={state.lang.pick("讲解", "Story")} tabindex="-1">
            { body }
            { invariants_line(props) }
        </section>
    }
}

/// The title of the stage that a moment lies in, or of the lesson before the first.
pub fn heading(props: &PageProps) -> String {
    let state = &props.state;
    let performance = &state.show.performance;
    let stage = performance.stage_at(state.index);
    let filling = Filling { lang: state.lang, moment: performance.moment(state.index), param: performance.param };
    let Some(mark) = stage.checked_sub(1).and_then(|index| performance.stages.get(index)) else {
        return state.show.prose(state.lang).map_or_else(String::new, |prose| plain(&prose.title, filling));
    };
    let own = state.show.prose(state.lang).and_then(|prose| prose.stages.iter().find(|text| text.name == mark.name));
    match (own, state.show.started_by(mark)) {
        (Some(text), _) => plain(&text.title, filling),
        (None, Some(sid)) => state.lang.starts(sid),
        (None, None) => String::new(),
    }
}

/// Where we are: the stage, its title, and how far it is.
pub fn stage_head(props: &PageProps) -> Html {
    let state = &props.state;
    let performance = &state.show.performance;
    let stages = performance.stages.len();
    let stage = performance.stage_at(state.index);
    let part = |number: usize| {
        let class = match number {
            _ if number < stage => "part done",
            _ if number == stage => "part now",
            _ => "part",
        };
        html! { <span class={class}></span> }
    };
    html! {
        <>
            <p class="stage-label muted">{ state.lang.stage_of(stage, stages) }</p>
            <h1>{ heading(props) }</h1>
            <div class="parts" aria-hidden="true">{ for (1..=stages).map(part) }</div>
        </>
    }
}

fn lesson(props: &PageProps) -> Html {
    let state = &props.state;
    let performance = &state.show.performance;
    let position = performance.beat_at(state.index);
    let at = performance.beats.get(position).map_or(0, |mark| mark.at);
    let filling = Filling { lang: state.lang, moment: performance.moment(at), param: performance.param };
    let text = state.show.beat_text(state.index, state.lang);
    let at_end = state.index == state.show.count();
    html! {
        <>
            { stage_head(props) }
            <div class="prose">
                if let Some(text) = text {
                    { for text.paragraphs.iter().map(|sentences| paragraph(sentences, filling)) }
                }
            </div>
            if state.index == 0 {
                { config_card(state.show.history().ensemble(), state.lang) }
            }
            { parameter(props) }
            { verdicts(props) }
            { rule_card(state.show.history().step(state.index), state.lang) }
            { open_question(props) }
            if at_end {
                { what_next(props) }
            }
        </>
    }
}

/// The lesson's parameter and what came of the values that were tried.
fn parameter(props: &PageProps) -> Html {
    let state = &props.state;
    let Kind::Lesson { script, .. } = &state.show.kind else { return html! {} };
    let (Some(param), Some(value)) = (&script.param, state.show.performance.param) else { return html! {} };
    let lang = state.lang;
    let change = props.act.reform(|event: InputEvent| {
        let input: web_sys::HtmlInputElement = event.target_unchecked_into();
        let ms = input.value().parse().unwrap_or(0);
        Action::Param(zooscope_core::time::Duration::from_millis(ms))
    });
    let tried = |(value, leader): (&zooscope_core::time::Duration, &Option<zooscope_core::ids::Sid>)| {
        let leader = leader.map_or_else(|| lang.ui(Ui::Nobody).to_string(), |sid| format!("{sid}: LEADING"));
        html! { <li>{ format!("{} ms → {leader}", value.as_millis()) }</li> }
    };
    html! {
        <section class="parameter">
            <label for="parameter">{ lang.ui(Ui::Delay) }{ lang.pick("：", ": ") }<strong>{ format!("{} ms", value.as_millis()) }</strong></label>
            <input id="parameter" type="range" data-parameter={param.name.clone()} min={num(param.min.as_millis())}
                max={num(param.max.as_millis())} step={num(param.step.as_millis())}
                value={num(value.as_millis())} oninput={change} />
            if !state.trials.is_empty() {
                <p class="muted small">{ lang.ui(Ui::Tried) }</p>
                <ul class="trials">{ for state.trials.iter().map(tried) }</ul>
            }
        </section>
    }
}

/// What to do after the end of a lesson.
fn what_next(props: &PageProps) -> Html {
    let state = &props.state;
    let lang = state.lang;
    let Place::Lesson(id) = state.show.place() else { return html! {} };
    let here = LESSONS.iter().position(|lesson| lesson.id == id).unwrap_or(0);
    let next = LESSONS.get(here + 1).map(|lesson| (lesson.id, title(lesson.id, lang)));
    html! {
        <nav class="next">
            <a class="button primary" data-your-turn="true" href={address(Place::Sandbox, lang)}>{ lang.ui(Ui::TryYourself) }</a>
            if let Some((id, title)) = next {
                <a class="button" href={address(Place::Lesson(id.to_string()), lang)}>{ lang.ui(Ui::NextLesson) }{ title }</a>
            }
            <p class="muted small">{ lang.ui(Ui::Simplified) }</p>
        </nav>
    }
}

/// The address of a place in a language.
pub fn address(place: Place, lang: Lang) -> String {
    Route { lang: Some(lang), ..Route::to(place) }.format()
}

/// A lesson's title without its placeholders, for lists.
pub fn title(id: &str, lang: Lang) -> String {
    let Some(files) = crate::catalog::LessonFiles::find(id) else { return String::new() };
    let text = lang.pick(files.zh, files.en);
    let line = text.lines().next().unwrap_or("");
    let (prose, _) = Prose::parse(line);
    let words = prose.title.iter().filter_map(|inline| match inline {
        zooscope_core::lesson::Inline::Text(text) => Some(text.as_str()),
        _ => None,
    });
    words.collect()
}

fn invariants_line(props: &PageProps) -> Html {
    let state = &props.state;
    let lang = state.lang;
    let broken = check_moment(state.show.history(), state.index);
    let (class, words) = if broken.is_empty() {
        ("invariants", lang.ui(Ui::InvariantsHold))
    } else {
        ("invariants broken", lang.ui(Ui::InvariantsBroken))
    };
    html! {
        <p class={class}>
            <span class="dot" aria-hidden="true"></span>
            { words }
            { for broken.iter().map(|violation| html! { <code>{ violation.invariant.statement() }</code> }) }
        </p>
    }
}

/// The text of a step, spoken.
pub fn spoken(props: &PageProps) -> String {
    let state = &props.state;
    match state.show.history().step(state.index) {
        Some(step) => state.lang.step(step),
        None => state.lang.ui(Ui::Unstarted).to_string(),
    }
}
