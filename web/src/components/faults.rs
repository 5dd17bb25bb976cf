//! Faults: what is switched on, and the switches with what each of them does.

use super::PageProps;
use super::element::{Part, click, el, nothing};
use super::story::address;
use crate::examples::example;
use crate::state::{Action, Dialog, Notice};
use crate::text::Ui;
use yew::Html;
use zooscope_core::rules::Fault;

/// Opens the switches.
pub fn open_faults(props: &PageProps) -> Part {
    click(props.on_click(Action::Dialog(Some(Dialog::Faults))))
}

/// Says that this run does not go by ZooKeeper's rules, and leads to the switches; nothing when it does.
pub fn fault_badge(props: &PageProps) -> Html {
    let lang = props.state.lang;
    let faults = props.state.show.history().ensemble().rules.faults;
    if faults.is_empty() {
        return nothing();
    }
    let names = faults.to_string();
    el!("button", "class" = "button small fault-on", "data-action" = "faults", "data-faults" = names.clone();
        open_faults(props), lang.ui(Ui::FaultsOn), lang.pick("：", ": "), el!("code"; names.replace(',', ", ")))
}

/// The switches, one for each fault.
pub fn fault_switches(props: &PageProps) -> Html {
    let state = &props.state;
    let lang = state.lang;
    let faults = state.show.history().ensemble().rules.faults;
    let refused = match &state.notice {
        Some(notice @ (Notice::CannotSwitch(_) | Notice::CannotOpen(_))) => lang.notice(notice),
        _ => String::new(),
    };
    let row = |(fault, name): (Fault, &'static str)| {
        let origin = fault.issue().unwrap_or(lang.ui(Ui::RuleLeftOut));
        let see = lang.ui(Ui::SeeItBreak);
        el!("li";
            el!("button", "class" = "fault", "role" = "switch", "aria-checked" = faults.has(fault), "data-fault" = name;
                click(props.on_click(Action::Fault(fault))),
                el!("span", "class" = "knob", "aria-hidden" = "true"),
                el!("span"; lang.fault(fault), el!("span", "class" = "muted small"; format!("{origin} · {name}")))),
            el!("a", "class" = "link", "href" = address(example(fault), lang), "aria-label" = format!("{see}{}{name}", lang.pick("：", ": "));
                click(props.on_click(Action::Dialog(None))), see))
    };
    el!("div", "class" = "faults";
        el!("p", "class" = "small"; lang.ui(Ui::FaultsGloss)),
        el!("p", "class" = "refused", "role" = "status"; refused),
        el!("ul"; Fault::ALL.into_iter().map(row).collect::<Vec<Html>>()))
}
