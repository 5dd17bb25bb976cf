//! The story of a run that a reader put together or was sent: who leads, and which comparison decided it.

use super::PageProps;
use super::element::{el, list};
use super::faults::open_faults;
use super::invariants::breaches;
use super::rule_card::rule_card;
use super::story::{address, sentence, stage_head};
use crate::route::Place;
use crate::scene::why::{Cause, why};
use crate::text::{Lang, Ui};
use yew::Html;
use zooscope_core::history::History;
use zooscope_core::ids::Sid;
use zooscope_core::query::leader;
use zooscope_core::trace::{Fact, TraceEvent};

/// The left column for a run. A function of its own, which can come after the first view.
#[inline(never)]
pub fn run_story(props: &PageProps) -> Html {
    let state = &props.state;
    let lang = state.lang;
    let at_end = state.index == state.show.count();
    // Where clients have come, the election is long past.
    let is_about_election = state.show.history().latest().clients().next().is_none();
    let faults = el!("button", "class" = "button", "data-action" = "faults"; open_faults(props), lang.ui(Ui::WhatIf));
    let again = el!("a", "class" = "button", "href" = address(Place::Sandbox, lang); lang.ui(Ui::TryYourself));
    list(vec![
        stage_head(props),
        el!("div", "class" = "prose"; el!("p"; sentence(props))),
        breaches(props),
        rule_card(state.show.history().step(state.index), lang),
        if at_end && (is_about_election || state.prediction.is_some()) { outcome(props) } else { list(Vec::new()) },
        el!("nav", "class" = "next"; faults, again),
    ])
}

/// Who leads at the end, against what was expected, and why.
fn outcome(props: &PageProps) -> Html {
    let state = &props.state;
    let lang = state.lang;
    let leads = leader(state.show.history().latest());
    let (class, heading) = match state.prediction.map(|prediction| prediction.0 == leads) {
        Some(true) => ("verdict right", Ui::Right),
        Some(false) => ("verdict wrong", Ui::Wrong),
        None => ("verdict", Ui::Elected),
    };
    let names = |sid: Option<Sid>| sid.map_or_else(|| lang.ui(Ui::Nobody).to_string(), |sid| lang.server(sid));
    let said = state
        .prediction
        .map(|prediction| el!("p", "class" = "muted small"; lang.ui(Ui::WhatYouSaid), names(prediction.0)));
    let outcome = leads.map_or_else(|| "none".to_string(), |sid| sid.to_string());
    el!("section", "class" = class, "data-outcome" = outcome;
        el!("div"; el!("strong"; lang.ui(heading)), names(leads)),
        el!("p"; reason(props, leads)),
        said)
}

/// The deciding comparison, or the quorum that was there already.
fn reason(props: &PageProps, leads: Option<Sid>) -> String {
    let state = &props.state;
    let (lang, history) = (state.lang, state.show.history());
    let world = history.latest();
    let quorum = world.ensemble().quorum().smallest();
    let Some(leads) = leads else {
        let running = world.servers().count();
        return lang.say(
            format_args!("只有 {running} 台服务器在运行，过半需要 {quorum} 台。"),
            format_args!("Only {running} servers run; a quorum is {quorum}."),
        );
    };
    let larger = world.servers().map(|server| server.id());
    let larger = larger.filter(|sid| *sid > leads && world.ensemble().is_voter(*sid)).max();
    match larger {
        Some(larger) => late_or_outvoted(lang, history, larger, leads),
        None => lang.say(
            format_args!("过半的服务器凑齐时，{leads} 的票最好，它在其中编号最大：{}", deciding(lang, history, leads)),
            format_args!(
                "When a quorum was complete, {leads} had the best vote, with the largest id in it: {}",
                deciding(lang, history, leads)
            ),
        ),
    }
}

/// Why a larger id did not win: it came when the ensemble had its leader, or another vote was better than its own.
fn late_or_outvoted(lang: Lang, history: &History, larger: Sid, leads: Sid) -> String {
    let causes = why(history, history.len(), larger).state;
    match causes.iter().find(|because| matches!(because.cause, Cause::CameLate { .. })) {
        Some(late) => lang.say(
            format_args!(
                "{larger} 的编号更大，但它来的时候 {leads} 已经有了过半的支持。{}",
                lang.because(larger.0, &late.cause)
            ),
            format_args!(
                "{larger} has the larger id, but {leads} already had its quorum when it came. {}",
                lang.because(larger.0, &late.cause)
            ),
        ),
        None => lang.say(
            format_args!("{larger} 的编号更大，但 {leads} 的票更好：{}", deciding(lang, history, leads)),
            format_args!(
                "{larger} has the larger id, but {leads} had the better vote: {}",
                deciding(lang, history, leads)
            ),
        ),
    }
}

/// The last comparison that a vote for `leads` won.
fn deciding(lang: Lang, history: &History, leads: Sid) -> String {
    let won = |event: &TraceEvent| match &event.fact {
        Fact::VoteChanged { comparison, .. } if comparison.offered.leader == leads => Some(*comparison),
        _ => None,
    };
    let last = history.steps().iter().rev().flat_map(|step| &step.trace).find_map(won);
    match last {
        Some(comparison) => format!("{}{}", lang.won_by(comparison), lang.pick("。", ".")),
        None => lang.pick("没有别的候选。".into(), "nobody else was proposed.".into()),
    }
}
