//! What must always hold: one line while it does, and what was broken first, by whom and when, once it does not.

use super::PageProps;
use super::element::{click, el, key, nothing};
use crate::state::Action;
use crate::text::Ui;
use yew::Html;
use zooscope_core::invariants::Violation;

/// The line while nothing is broken.
pub fn unbroken(props: &PageProps) -> Html {
    if !props.state.show.broken(props.state.index).is_empty() {
        return nothing();
    }
    el!("p", "class" = "invariants";
        el!("span", "class" = "dot", "aria-hidden" = "true"), props.state.lang.ui(Ui::InvariantsHold))
}

/// What has been broken up to now, each a button that leads to the event that broke it first.
pub fn breaches(props: &PageProps) -> Html {
    let broken = props.state.show.broken(props.state.index);
    if broken.is_empty() { nothing() } else { broken_promises(props, &broken) }
}

/// A function of its own, which can come after the first view.
#[inline(never)]
fn broken_promises(props: &PageProps, broken: &[(usize, Violation)]) -> Html {
    let state = &props.state;
    let lang = state.lang;
    let breach = |(at, violation): &(usize, Violation)| {
        let name = format!("{:?}", violation.invariant);
        el!("button", "class" = "breach", "data-broken" = name.clone(), "data-broken-at" = *at,
            "aria-current" = (*at == state.index).then_some("step");
            key(violation.invariant as usize), click(props.on_click(Action::Seek(*at))),
            el!("span"; el!("strong"; name), el!("span", "class" = "at"; format!("{} {at}", lang.ui(Ui::Event)))),
            el!("span"; lang.concerned(violation)),
            el!("span", "class" = "small"; lang.ui(Ui::ShouldHold), lang.promise(violation.invariant), lang.pick("。", ".")))
    };
    let broken: Vec<Html> = broken.iter().map(breach).collect();
    el!("section", "class" = "breaches", "aria-label" = lang.ui(Ui::InvariantsBroken);
        el!("p", "class" = "invariants broken";
            el!("span", "class" = "dot", "aria-hidden" = "true"), lang.ui(Ui::InvariantsBroken)),
        broken)
}

/// What the event of this moment was the first to break, to be spoken after the event itself.
pub fn newly_broken(props: &PageProps) -> String {
    let state = &props.state;
    let tell = |(_, violation): (usize, Violation)| {
        let (broken, name) = (state.lang.ui(Ui::InvariantsBroken), violation.invariant);
        let concerned = state.lang.concerned(&violation);
        state
            .lang
            .say(format_args!("{broken}：{name:?}，{concerned}。"), format_args!(" {broken}: {name:?}, {concerned}."))
    };
    state.show.broken(state.index).into_iter().filter(|(at, _)| *at == state.index).map(tell).collect()
}
