//! Your turn: choose how many servers there are, in which order they start and whether each waits for the one
//! before, say who will lead, and let the real engine run it.

use super::PageProps;
use super::element::{Element, click, el, list};
use super::faults::{fault_badge, open_faults};
use crate::state::{Action, Prediction};
use crate::text::Ui;
use yew::prelude::*;
use zooscope_core::ensemble::Ensemble;
use zooscope_core::ids::Sid;
use zooscope_core::recording::Recording;
use zooscope_core::sim::Command;
use zooscope_core::time::Duration;

/// The pause between two starts when nobody waits.
const AT_ONCE: Duration = Duration::from_millis(1);

/// The run as it has been put together.
fn recording(ensemble: &Ensemble, order: &[Sid], wait: bool) -> Recording {
    let mut commands = Vec::new();
    for sid in order {
        commands.push(Command::Start(*sid));
        commands.push(if wait { Command::Settle } else { Command::Advance(AT_ONCE) });
    }
    if !wait {
        commands.push(Command::Settle);
    }
    Recording { ensemble: ensemble.clone(), commands }
}

/// The form.
#[component]
pub fn Sandbox(props: &PageProps) -> Html {
    let lang = props.state.lang;
    let ensemble = props.state.show.history().ensemble();
    let servers = ensemble.members.len() as u8;
    let order = use_state(Vec::<Sid>::new);
    let wait = use_state(|| true);
    let guess = use_state(|| None::<Prediction>);

    let size = |count: u8| {
        let (act, order, guess) = (props.act.clone(), order.clone(), guess.clone());
        let choose = Callback::from(move |_: MouseEvent| {
            order.set(Vec::new());
            guess.set(None);
            act.emit(Action::SandboxSize(count));
        });
        option(
            &["class", "aria-pressed", "data-servers"],
            count.to_string(),
            count == servers,
            choose,
            count.to_string(),
        )
    };
    let starter = |id: u8| {
        let sid = Sid(id);
        let place = order.iter().position(|started| *started == sid);
        let add = {
            let order = order.clone();
            Callback::from(move |_: MouseEvent| {
                if !order.contains(&sid) {
                    order.set(order.iter().copied().chain([sid]).collect());
                }
            })
        };
        let label = place.map_or_else(|| id.to_string(), |place| format!("{id} · {}", place + 1));
        option(&["class", "aria-pressed", "data-start"], id.to_string(), place.is_some(), add, label)
    };
    let undo = {
        let order = order.clone();
        Callback::from(move |_: MouseEvent| {
            order.set(order.iter().copied().take(order.len().saturating_sub(1)).collect())
        })
    };
    let fill = {
        let order = order.clone();
        Callback::from(move |_: MouseEvent| {
            let rest = (1..=servers).map(Sid).filter(|sid| !order.contains(sid)).collect::<Vec<_>>();
            order.set(order.iter().copied().chain(rest).collect());
        })
    };
    let waits = |value: bool, label: Ui, name: &'static str| {
        let wait = wait.clone();
        let pressed = *wait == value;
        let choose = Callback::from(move |_: MouseEvent| wait.set(value));
        option(&["class", "aria-pressed", "data-wait"], name.to_string(), pressed, choose, lang.ui(label).to_string())
    };
    let predict = |value: Option<Sid>| {
        let guess = guess.clone();
        let pressed = *guess == Some(Prediction(value));
        let name = value.map_or_else(|| "none".to_string(), |sid| sid.to_string());
        let label = value.map_or_else(|| lang.ui(Ui::Nobody).to_string(), |sid| sid.to_string());
        let choose = Callback::from(move |_: MouseEvent| guess.set(Some(Prediction(value))));
        option(&["class", "aria-pressed", "data-predict"], name, pressed, choose, label)
    };
    let ready = !order.is_empty() && guess.is_some();
    let run = {
        let (act, show) = (props.act.clone(), props.state.show.clone());
        let (order, wait, guess) = (order.clone(), wait.clone(), guess.clone());
        Callback::from(move |_: MouseEvent| {
            if let Some(prediction) = *guess {
                act.emit(Action::Predict(recording(show.history().ensemble(), &order, *wait).encode(), prediction));
            }
        })
    };
    let options = |options: Vec<Html>| el!("div", "class" = "options"; options);
    let field = |label: Ui, parts: Vec<Html>| el!("fieldset"; el!("legend"; lang.ui(label)), parts);
    let faults = if ensemble.rules.faults.is_empty() {
        el!("button", "class" = "option", "data-action" = "faults"; open_faults(props), lang.ui(Ui::FaultsNone))
    } else {
        fault_badge(props)
    };
    // A button that is disabled must not have the attribute at all when it is not.
    let off = |off: bool| off.then_some("disabled");
    let guesses = (1..=servers).map(|id| predict(Some(Sid(id)))).chain([predict(None)]).collect();
    list(vec![
        el!("h1"; lang.ui(Ui::YourTurn)),
        field(Ui::Servers, vec![options((3..=7).map(size).collect())]),
        field(
            Ui::Order,
            vec![
                options((1..=servers).map(starter).collect()),
                options(vec![
                    el!("button", "class" = "option quiet", "data-fill" = "true", "disabled" = off(order.len() == servers as usize);
                    click(fill), lang.ui(Ui::AllOthers)),
                    el!("button", "class" = "option quiet", "data-undo" = "true", "disabled" = off(order.is_empty());
                    click(undo), lang.ui(Ui::Undo)),
                ]),
            ],
        ),
        field(Ui::Wait, vec![options(vec![waits(true, Ui::WaitSettle, "settle"), waits(false, Ui::WaitNone, "none")])]),
        field(Ui::Faults, vec![options(vec![faults])]),
        field(Ui::WhoLeads, vec![options(guesses)]),
        el!("button", "class" = "button primary", "data-run" = "true", "disabled" = off(!ready); click(run), lang.ui(Ui::Run)),
        el!("p", "class" = "muted small"; if ready { "" } else { lang.ui(Ui::OrderFirst) }),
    ])
}

/// A choice, named for tests and helpers by an attribute of its own.
fn option(
    keys: &'static [&'static str; 3],
    value: String,
    pressed: bool,
    choose: Callback<MouseEvent>,
    label: String,
) -> Html {
    let button = Element::new().value("option").value(pressed).value(value);
    button.part(click(choose)).part(label).named("button", keys)
}
