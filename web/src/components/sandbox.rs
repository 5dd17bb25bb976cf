//! Your turn: choose how many servers there are, in which order they start and whether each waits for the one
//! before, say who will lead, and let the real engine run it.

use super::PageProps;
use super::attributes::{flag, num};
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
fn recording(servers: u8, order: &[Sid], wait: bool) -> Recording {
    let mut commands = Vec::new();
    for sid in order {
        commands.push(Command::Start(*sid));
        commands.push(if wait { Command::Settle } else { Command::Advance(AT_ONCE) });
    }
    if !wait {
        commands.push(Command::Settle);
    }
    Recording { ensemble: Ensemble::of(servers), commands }
}

/// The form.
#[component]
pub fn Sandbox(props: &PageProps) -> Html {
    let lang = props.state.lang;
    let servers = props.state.show.history().ensemble().members.len() as u8;
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
        html! { <button class="option" data-servers={num(count)} aria-pressed={flag(count == servers)} onclick={choose}>{ count }</button> }
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
        html! { <button class="option" data-start={num(id)} aria-pressed={flag(place.is_some())} onclick={add}>{ label }</button> }
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
        html! { <button class="option" data-wait={name} aria-pressed={flag(pressed)} onclick={choose}>{ lang.ui(label) }</button> }
    };
    let predict = |value: Option<Sid>| {
        let guess = guess.clone();
        let pressed = *guess == Some(Prediction(value));
        let name = value.map_or_else(|| "none".to_string(), |sid| sid.to_string());
        let label = value.map_or_else(|| lang.ui(Ui::Nobody).to_string(), |sid| sid.to_string());
        let choose = Callback::from(move |_: MouseEvent| guess.set(Some(Prediction(value))));
        html! { <button class="option" data-predict={name} aria-pressed={flag(pressed)} onclick={choose}>{ label }</button> }
    };
    let ready = !order.is_empty() && guess.is_some();
    let run = {
        let (act, order, wait, guess) = (props.act.clone(), order.clone(), wait.clone(), guess.clone());
        Callback::from(move |_: MouseEvent| {
            if let Some(prediction) = *guess {
                act.emit(Action::Predict(recording(servers, &order, *wait).encode(), prediction));
            }
        })
    };
    html! {
        <>
            <h1>{ lang.ui(Ui::YourTurn) }</h1>
            <fieldset><legend>{ lang.ui(Ui::Servers) }</legend><div class="options">{ for (3..=7).map(size) }</div></fieldset>
            <fieldset>
                <legend>{ lang.ui(Ui::Order) }</legend>
                <div class="options">{ for (1..=servers).map(starter) }</div>
                <div class="options">
                    <button class="option quiet" data-fill="true" disabled={order.len() == servers as usize} onclick={fill}>{ lang.ui(Ui::AllOthers) }</button>
                    <button class="option quiet" data-undo="true" disabled={order.is_empty()} onclick={undo}>{ lang.ui(Ui::Undo) }</button>
                </div>
            </fieldset>
            <fieldset>
                <legend>{ lang.ui(Ui::Wait) }</legend>
                <div class="options">{ waits(true, Ui::WaitSettle, "settle") }{ waits(false, Ui::WaitNone, "none") }</div>
            </fieldset>
            <fieldset>
                <legend>{ lang.ui(Ui::WhoLeads) }</legend>
                <div class="options">{ for (1..=servers).map(|id| predict(Some(Sid(id)))) }{ predict(None) }</div>
            </fieldset>
            <button class="button primary" data-run="true" disabled={!ready} onclick={run}>{ lang.ui(Ui::Run) }</button>
            if !ready {
                <p class="muted small">{ lang.ui(Ui::OrderFirst) }</p>
            }
        </>
    }
}
