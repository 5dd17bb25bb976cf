//! The rail: tabs beside the stage, a sheet on a phone.

use super::PageProps;
use super::ballots::ballots;
use super::clients::client_panel;
use super::element::{Part, click, el};
use super::lists::{events, just_now, messages};
use super::log::log;
use super::prompt::{bring_back, drawn};
use super::real_log::RealLog;
use super::story::STORY;
use super::tree::tree;
use crate::once_drawn::once_drawn;
use crate::persist::{keep_focus, scroll, scrolled};
use crate::show::Kind;
use crate::state::{Action, Dialog, Tab};
use crate::text::Ui;
use std::rc::Rc;
use yew::html::onkeydown;
use yew::prelude::*;

/// A jump over more events than this is one within a long run, where all of the page changes.
const NEAR: usize = 512;

/// The element that shows the chosen tab.
const PANEL: &str = "rail-panel";

/// The right column. It is half of the page, so after a jump in a long run it follows when the stage is on the screen.
#[component]
pub fn Rail(props: &PageProps) -> Html {
    let shown = use_mut_ref(|| props.state.clone());
    let update = use_force_update();
    let jumped = {
        let (here, there) = (shown.borrow(), &props.state);
        here.show == there.show && here.index.abs_diff(there.index) > NEAR
    };
    if !jumped {
        shown.replace(props.state.clone());
    }
    let state = shown.borrow().clone();
    use_effect_with((jumped, props.state.clone()), move |(jumped, there)| {
        let there = there.clone();
        let following = jumped.then(|| {
            once_drawn(0, move || {
                shown.replace(there);
                update.force_update();
            })
        });
        move || drop(following)
    });
    html! { <RailView {state} act={props.act.clone()} /> }
}

/// A component of its own, which is left alone as long as its state stays the same.
#[component]
fn RailView(props: &PageProps) -> Html {
    use_effect_with(props.state.index, |_| keep_focus(STORY));
    use_place_of_each_tab(props.state.tab);
    use_effect_with(props.state.typing.refusals, {
        let state = props.state.clone();
        move |_| bring_back(&state)
    });
    use_effect({
        let state = props.state.clone();
        move || drawn(&state)
    });
    rail(props)
}

/// Each tab is found again as far down as it was left.
#[hook]
fn use_place_of_each_tab(tab: Tab) {
    let known = use_mut_ref(|| (tab, Vec::<(Tab, i32)>::new()));
    {
        let (shown, places) = &mut *known.borrow_mut();
        // The page still has the former tab: it is drawn after this.
        if *shown != tab {
            places.retain(|(other, _)| other != shown);
            places.push((*shown, scrolled(PANEL)));
            *shown = tab;
        }
    }
    use_effect_with(tab, move |tab| {
        let place = known.borrow().1.iter().find(|(other, _)| other == tab).map_or(0, |(_, place)| *place);
        scroll(PANEL, place);
        // Cards have their height only once they are drawn.
        let again = (place > 0).then(|| once_drawn(0, move || scroll(PANEL, place)));
        move || drop(again)
    });
}

/// What the right column shows in a state.
pub fn rail(props: &PageProps) -> Html {
    let state = &props.state;
    let lang = state.lang;
    let real_log = match &state.show.kind {
        Kind::Lesson { real_log, .. } => *real_log,
        _ => None,
    };
    let mut tabs =
        vec![(Tab::Ballots, Ui::Ballots), (Tab::Log, Ui::Log), (Tab::Messages, Ui::Messages), (Tab::Trace, Ui::Trace)];
    if state.has_clients() {
        tabs.splice(0..0, [(Tab::Clients, Ui::Clients), (Tab::Tree, Ui::Tree)]);
    }
    if real_log.is_some() {
        tabs.push((Tab::RealLog, Ui::RealLog));
    }
    let order: Vec<Tab> = tabs.iter().map(|(tab, _)| *tab).collect();
    let tab = |(tab, label): &(Tab, Ui)| {
        let selected = state.tab == *tab;
        el!("button", "role" = "tab", "id" = tab_id(*tab), "aria-selected" = selected, "aria-controls" = PANEL,
            "tabindex" = if selected { "0" } else { "-1" };
            click(props.on_click(Action::Tab(*tab))),
            Part::Listener(Rc::new(onkeydown::Wrapper::new(along(props, &order, *tab)))),
            lang.ui(*label))
    };
    let tabs: Vec<Html> = tabs.iter().map(tab).collect();
    let close = el!("button", "class" = "close phone-only", "aria-label" = lang.ui(Ui::Close);
        click(props.on_click(Action::Dialog(None))), "×");
    let ballots_class = if state.tab == Tab::Ballots { "panel" } else { "panel offscreen" };
    let other = if state.tab == Tab::Ballots { just_now(props) } else { chosen(props, real_log) };
    let class = if state.dialog == Some(Dialog::Rail) { "rail open" } else { "rail" };
    el!("aside", "class" = class, "aria-label" = lang.pick("细节", "Details");
        el!("div", "class" = if order.len() > 5 { "tabs many" } else { "tabs" }; el!("div", "role" = "tablist"; tabs), close),
        el!("div", "id" = PANEL, "role" = "tabpanel", "aria-labelledby" = tab_id(state.tab), "tabindex" = "0";
            el!("div", "class" = ballots_class; ballots(props)),
            el!("div", "class" = "panel"; other)))
}

/// What a tab other than the first one shows. A function of its own, which can come after the first view.
#[inline(never)]
fn chosen(props: &PageProps, real_log: Option<&'static str>) -> Html {
    let PageProps { state, act } = props;
    match (state.tab, real_log) {
        (Tab::Clients, _) => client_panel(props),
        (Tab::Tree, _) => tree(props),
        (Tab::Log, _) => log(props),
        (Tab::Messages, _) => messages(props),
        (Tab::Trace, _) => events(props),
        (Tab::RealLog, Some(asset)) => html! { <RealLog state={state.clone()} act={act.clone()} {asset} /> },
        _ => just_now(props),
    }
}

fn tab_id(tab: Tab) -> &'static str {
    match tab {
        Tab::Clients => "tab-clients",
        Tab::Tree => "tab-tree",
        Tab::Ballots => "tab-ballots",
        Tab::Log => "tab-log",
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
