//! The story: where we are, what is going on, and why.

use super::PageProps;
use super::ask::{is_answered_or_asked, open_question, verdicts};
use super::config_card::config_card;
use super::element::{el, list, nothing};
use super::faults::fault_badge;
use super::invariants::{breaches, newly_broken, unbroken};
use super::prose::{Filling, paragraph, plain};
use super::rule_card::rule_card;
use super::{run_story, sandbox};
use crate::catalog::{LESSONS, LessonFiles};
use crate::route::{At, Place, Route};
use crate::scene::shortened;
use crate::show::{Grain, Kind};
use crate::state::Action;
use crate::text::{Lang, Ui};
use std::cmp::Ordering;
use yew::{Html, InputEvent, TargetCast, html};
use zooscope_core::ids::Sid;
use zooscope_core::lesson::{Inline, Prose};
use zooscope_core::recording::Recording;
use zooscope_core::time::Duration;

/// The element that takes the focus when the one that had it leaves.
pub const STORY: &str = "story";

/// The left column.
pub fn story(props: &PageProps) -> Html {
    let state = &props.state;
    let body = match &state.show.kind {
        Kind::Lesson { .. } => lesson(props),
        Kind::Run { .. } => run_story::run_story(props),
        Kind::Sandbox => html! { <sandbox::Sandbox state={state.clone()} act={props.act.clone()} /> },
    };
    let label = state.lang.pick("讲解", "Story");
    // It can scroll when the window is low, so the keyboard must be able to reach it.
    let class = if is_answered_or_asked(props) { "story crowded" } else { "story" };
    el!("section", "id" = STORY, "class" = class, "aria-label" = label, "tabindex" = "0"; body, unbroken(props))
}

/// As many letters of a command as a title has room for.
const TITLE_LETTERS: usize = 60;

/// The bar above the story has a part for each stage, but no more than this.
const PARTS: usize = 12;

/// The title of the stage that a moment lies in, or of the lesson before the first. In a run it is the command that the
/// stage begins with.
fn heading(props: &PageProps) -> String {
    let state = &props.state;
    let performance = &state.show.performance;
    let stage = performance.stage_at(state.index);
    let filling = Filling { lang: state.lang, moment: performance.moment(state.index), param: performance.param };
    let prose = state.show.prose(state.lang);
    let Some(mark) = stage.checked_sub(1).and_then(|index| performance.stages.get(index)) else {
        let title = prose.map(|prose| plain(&prose.title, filling));
        return title.unwrap_or_else(|| state.lang.ui(Ui::ARun).to_string());
    };
    let own = prose.and_then(|prose| prose.stages.iter().find(|text| text.name == mark.name));
    match (own, state.show.started_by(mark)) {
        (Some(text), _) => plain(&text.title, filling),
        (None, Some(sid)) => state.lang.starts(sid),
        (None, None) => shortened(&mark.name, TITLE_LETTERS),
    }
}

/// Where we are: the stage, its title, how far it is, and which faults are switched on.
pub fn stage_head(props: &PageProps) -> Html {
    let state = &props.state;
    let stages = state.show.performance.stages.len();
    let stage = state.show.performance.stage_at(state.index);
    let parts = stages.min(PARTS);
    let now = (stage * parts).div_ceil(stages.max(1));
    let part = |number: usize| {
        let class = match number.cmp(&now) {
            Ordering::Less => "part done",
            Ordering::Equal => "part now",
            Ordering::Greater => "part",
        };
        el!("span", "class" = class)
    };
    list(vec![
        el!("p", "class" = "stage-label muted"; state.lang.stage_of(stage, stages)),
        el!("h1"; heading(props)),
        el!("div", "class" = "parts", "aria-hidden" = "true"; (1..=parts).map(part).collect::<Vec<Html>>()),
        fault_badge(props),
    ])
}

fn lesson(props: &PageProps) -> Html {
    let state = &props.state;
    let performance = &state.show.performance;
    let at = performance.beats.get(performance.beat_at(state.index)).map_or(0, |mark| mark.at);
    let filling = Filling { lang: state.lang, moment: performance.moment(at), param: performance.param };
    let text = state.show.beat_text(state.index, state.lang);
    let paragraphs = text.map(|text| text.paragraphs.iter().map(|sentences| paragraph(sentences, filling)).collect());
    let at_start = state.index == 0;
    let at_end = state.index == state.show.count();
    list(vec![
        stage_head(props),
        el!("div", "class" = "prose"; paragraphs.map(list)),
        breaches(props),
        if at_start { config_card(state.show.history().ensemble(), state.lang) } else { nothing() },
        parameter(props),
        verdicts(props),
        open_question(props),
        rule_card(state.show.history().step(state.index), state.lang),
        if at_end { what_next(props) } else { nothing() },
    ])
}

/// The lesson's parameter and what came of the values that were tried.
fn parameter(props: &PageProps) -> Html {
    let state = &props.state;
    let Kind::Lesson { script, .. } = &state.show.kind else { return nothing() };
    let (Some(param), Some(value)) = (&script.param, state.show.performance.param) else { return nothing() };
    let lang = state.lang;
    let change = props.act.reform(|event: InputEvent| {
        let input: web_sys::HtmlInputElement = event.target_unchecked_into();
        Action::Param(Duration::from_millis(input.value().parse().unwrap_or(0)))
    });
    let tried = |(value, leader): (&Duration, &Option<Sid>)| {
        let leader = leader.map_or_else(|| lang.ui(Ui::Nobody).to_string(), |sid| format!("{sid}: LEADING"));
        el!("li"; format!("{} ms → {leader}", value.as_millis()))
    };
    let trials: Vec<Html> = state.trials.iter().map(tried).collect();
    let [min, max, step, now] = [param.min, param.max, param.step, value].map(|span| span.as_millis().to_string());
    el!("section", "class" = "parameter";
    el!("label", "for" = "parameter"; lang.ui(Ui::Delay), lang.pick("：", ": "), el!("strong"; format!("{now} ms"))),
    html! { <input id="parameter" type="range" data-parameter={param.name.clone()} {min} {max} {step} value={now} oninput={change} /> },
    (!trials.is_empty()).then(|| list(vec![
        el!("p", "class" = "muted small"; lang.ui(Ui::Tried)),
        el!("ul", "class" = "trials"; trials.clone()),
    ])))
}

/// What to do after the end of a lesson.
fn what_next(props: &PageProps) -> Html {
    let lang = props.state.lang;
    let Place::Lesson(id) = props.state.show.place() else { return nothing() };
    let here = LESSONS.iter().position(|lesson| lesson.id == id).unwrap_or(0);
    let next = LESSONS.get(here + 1).map(|lesson| {
        el!("a", "class" = "button", "href" = address(Place::Lesson(lesson.id.to_string()), lang);
            lang.ui(Ui::NextLesson), title(lesson.id, lang))
    });
    // Whoever has met clients goes on at their command lines, where the lesson ends.
    let state = &props.state;
    let (turn, label) = match state.has_clients() {
        true => {
            let at = At { beat: String::new(), offset: state.show.count() };
            let link = Recording::of(state.show.history()).encode();
            (Route { lang: Some(lang), at, ..Route::to(Place::Run(link)) }.format(), Ui::TryCommands)
        }
        false => (address(Place::Sandbox, lang), Ui::TryYourself),
    };
    el!("nav", "class" = "next";
        el!("a", "class" = "button primary", "data-your-turn" = "true", "href" = turn; lang.ui(label)),
        next,
        el!("p", "class" = "muted small"; lang.ui(Ui::Simplified)))
}

/// The address of a place in a language.
pub fn address(place: Place, lang: Lang) -> String {
    Route { lang: Some(lang), ..Route::to(place) }.format()
}

/// A lesson's title, for lists.
pub fn title(id: &str, lang: Lang) -> String {
    let Some(files) = LessonFiles::find(id) else { return String::new() };
    let (prose, _) = Prose::parse(files.title(lang));
    let words = prose.title.iter().filter_map(|inline| match inline {
        Inline::Text(text) => Some(text.as_str()),
        _ => None,
    });
    words.collect()
}

/// What is spoken: the sentence of the step, and what it broke, if it broke something.
pub fn spoken(props: &PageProps) -> String {
    sentence(props) + &newly_broken(props)
}

/// The sentence of a step. Where the story jumped over signs of life, to the end of a run that let time pass, it is that
/// of the last step that tells something in this stage.
pub fn sentence(props: &PageProps) -> String {
    let state = &props.state;
    let (show, lang) = (&state.show, state.lang);
    let Some(step) = show.history().step(state.index) else { return lang.ui(Ui::Unstarted).to_string() };
    let is_the_end = state.index == show.count() && matches!(show.kind, Kind::Run { .. });
    if step.is_story() || state.grain == Grain::Every || !is_the_end {
        return lang.step(step);
    }
    let stages = &show.performance.stages;
    let from = show.performance.stage_at(state.index).checked_sub(1).map_or(1, |stage| stages[stage].from);
    let told = show.history().steps()[from - 1..state.index].iter().rfind(|step| step.is_story());
    told.map_or_else(|| lang.ui(Ui::OnlySigns).to_string(), |step| lang.step(step))
}
