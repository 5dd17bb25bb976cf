//! The rail: tabs beside the stage, a sheet on a phone.

use super::PageProps;
use super::attributes::flag;
use super::ballots::ballots;
use super::lists::{events, just_now, messages};
use super::real_log::RealLog;
use crate::show::Kind;
use crate::state::{Action, Dialog, Tab};
use crate::text::Ui;
use yew::prelude::*;

/// The right column.
pub fn rail(props: &PageProps) -> Html {
    let state = &props.state;
    let lang = state.lang;
    let real_log = match &state.show.kind {
        Kind::Lesson { real_log, .. } => *real_log,
        _ => None,
    };
    let mut tabs = vec![(Tab::Ballots, Ui::Ballots), (Tab::Messages, Ui::Messages), (Tab::Trace, Ui::Trace)];
    if real_log.is_some() {
        tabs.push((Tab::RealLog, Ui::RealLog));
    }
    let order: Vec<Tab> = tabs.iter().map(|(tab, _)| *tab).collect();
    let tab = |(tab, label): &(Tab, Ui)| {
        let selected = state.tab == *tab;
        html! {
            <button role="tab" id={tab_id(*tab)} aria-selected={flag(selected)} aria-controls="rail-panel" tabindex={if selected { "0" } else { "-1" }}
                onclick={props.on_click(Action::Tab(*tab))} onkeydown={along(props, &order, *tab)}>{ lang.ui(*label) }</button>
        }
    };
    let ballots_class = if state.tab == Tab::Ballots { "panel" } else { "panel offscreen" };
    let other = match state.tab {
        Tab::Ballots => just_now(props),
        Tab::Messages => messages(props),
        Tab::Trace => events(props),
        Tab::RealLog => html! {},
    };
    let class = if state.dialog == Some(Dialog::Rail) { "rail open" } else { "rail" };
    html! {
        <aside class={class} aria-label={lang.pick("细节", "Details")}>
            <div class="tabs" role="tablist">
                { for tabs.iter().map(tab) }
                <button class="close phone-only" aria-label={lang.ui(Ui::Close)} onclick={props.on_click(Action::Dialog(None))}>{ "×" }</button>
            </div>
            <div id="rail-panel" role="tabpanel" aria-labelledby={tab_id(state.tab)} tabindex="0">
                <div class={ballots_class}>{ ballots(props) }</div>
                <div class="panel">{ other }</div>
                if let (Tab::RealLog, Some(asset)) = (state.tab, real_log) {
                    <RealLog state={state.clone()} act={props.act.clone()} asset={asset} />
                }
            </div>
        </aside>
    }
}

fn tab_id(tab: Tab) -> &'static str {
    match tab {
        Tab::Ballots => "tab-ballots",
        Tab::Messages => "tab-messages",
        Tab::Trace => "tab-trace",
        Tab::RealLog => "tab-real-log",
    }
}

/// Arrows move along the tabs while one of them has the focus.
fn along(props: &PageProps, order: &[Tab], here: Tab) -> Callback<KeyboardEvent> {
    let place = order.iter().position(|tab| *tab == here).unwrap_or(0);
    let previous = order[(place + order.len() - 1) % order.len()];
    let next = order[(place + 1) % order.len()];
    let act = props.act.clone();
    Callback::from(move |event: KeyboardEvent| {
        let target = match event.key().as_str() {
            "ArrowLeft" => previous,
            "ArrowRight" => next,
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        act.emit(Action::Tab(target));
        crate::persist::focus(tab_id(target));
    })
}
