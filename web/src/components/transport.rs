//! The transport: one press, one position.

use super::PageProps;
use super::attributes::{flag, num};
use crate::show::Grain;
use crate::state::{Action, Dialog, Speed};
use crate::text::Ui;
use yew::prelude::*;

/// The row of buttons.
pub fn transport(props: &PageProps) -> Html {
    let state = &props.state;
    let lang = state.lang;
    let (index, count) = (state.index, state.show.count());
    let stage = state.show.performance.stage_at(index);
    let button = |action: Action,
                  name: &'static str,
                  sign: &'static str,
                  label: Ui,
                  sign_first: bool,
                  disabled: bool| {
        let text = html! { <span class="wide">{ lang.ui(label) }</span> };
        let sign = html! { <span aria-hidden="true">{ sign }</span> };
        html! {
            <button class="button" data-action={name} aria-label={lang.ui(label)} aria-disabled={flag(disabled)} onclick={props.on_click(action)}>
                if sign_first { { sign }{ text } } else { { text }{ sign } }
            </button>
        }
    };
    let play = if state.playing {
        html! { <button class="button primary play" data-action="pause" onclick={props.on_click(Action::Pause)}><span aria-hidden="true">{ "❚❚" }</span>{ lang.ui(Ui::Pause) }</button> }
    } else {
        html! { <button class="button primary play" data-action="play" onclick={props.on_click(Action::Play)}><span aria-hidden="true">{ "▶" }</span>{ lang.ui(Ui::Play) }</button> }
    };
    let speed = |speed: Speed| {
        let pressed = (speed == state.speed).to_string();
        html! { <button class="button small" data-speed={speed.label()} aria-pressed={pressed} onclick={props.on_click(Action::Speed(speed))}>{ speed.label() }</button> }
    };
    let grain = match state.grain {
        Grain::Story => Ui::GrainStory,
        Grain::Every => Ui::GrainEvery,
    };
    let seek = props.act.reform(|event: InputEvent| {
        let input: web_sys::HtmlInputElement = event.target_unchecked_into();
        Action::Seek(input.value().parse().unwrap_or(0))
    });
    html! {
        <section class="transport" aria-label={lang.pick("播放控制", "Transport")}>
            <div class="buttons">
                { button(Action::StageBack, "stage-back", "⇤", Ui::StagePrevious, true, index == 0) }
                { button(Action::StepBack, "step-back", "◀", Ui::StepPrevious, true, index == 0) }
                { play }
                { button(Action::StepForward, "step-forward", "▶", Ui::StepNext, false, index == count) }
                { button(Action::StageForward, "stage-forward", "⇥", Ui::StageNext, false, index == count) }
                <span class="hints" aria-hidden="true"><kbd>{ "←" }</kbd><kbd>{ "→" }</kbd><kbd>{ lang.ui(Ui::Space) }</kbd></span>
            </div>
            <input class="seek" type="range" min="0" max={num(count)} value={num(index)} aria-label={lang.ui(Ui::Position)} oninput={seek} />
            <div class="settings">
                <button class="button small phone-only" onclick={props.on_click(Action::Dialog(Some(Dialog::Rail)))}>{ lang.ui(Ui::BallotsShort) }</button>
                <button class="button small phone-only" onclick={props.on_click(Action::Dialog(Some(Dialog::Diagram)))}>{ lang.ui(Ui::Diagram) }</button>
                <button class="button small" data-action="grain" title={lang.ui(Ui::Grain)} onclick={props.on_click(Action::ToggleGrain)}>{ format!("{}{}{}", lang.ui(Ui::Grain), lang.pick("：", ": "), lang.ui(grain)) }</button>
                <span class="speeds" role="group" aria-label={lang.ui(Ui::Speed)}>{ for Speed::ALL.into_iter().map(speed) }</span>
                <span class="position" data-zooscope-position="true" data-event-index={num(index)} data-event-count={num(count)} data-stage={num(stage)}>
                    { format!("{} {index} / {count}", lang.ui(Ui::Event)) }
                </span>
            </div>
        </section>
    }
}
