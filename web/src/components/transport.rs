//! The transport: one press, one position.

use super::PageProps;
use super::element::{click, el, list};
use crate::show::Grain;
use crate::state::{Action, Dialog, Speed};
use crate::text::Ui;
use yew::{Html, InputEvent, TargetCast, html};

/// The row of buttons.
pub fn transport(props: &PageProps) -> Html {
    let state = &props.state;
    let lang = state.lang;
    let (index, count) = (state.index, state.show.count());
    let stage = state.show.performance.stage_at(index);
    let button = |action: Action, name: &'static str, sign: &'static str, label: Ui| {
        let disabled = if name.ends_with("back") { index == 0 } else { index == count };
        let mut parts = vec![el!("span", "aria-hidden" = "true"; sign), el!("span", "class" = "wide"; lang.ui(label))];
        if name.ends_with("forward") {
            parts.reverse();
        }
        el!("button", "class" = "button", "data-action" = name, "aria-label" = lang.ui(label), "aria-disabled" = disabled;
            click(props.on_click(action)), parts)
    };
    let (action, name, sign, label) = if state.playing {
        (Action::Pause, "pause", "❚❚", Ui::Pause)
    } else {
        (Action::Play, "play", "▶", Ui::Play)
    };
    let play = el!("button", "class" = "button primary play", "data-action" = name;
        click(props.on_click(action)), el!("span", "aria-hidden" = "true"; sign), lang.ui(label));
    let speed = |speed: Speed| {
        el!("button", "class" = "button small", "data-speed" = speed.label(), "aria-pressed" = speed == state.speed;
            click(props.on_click(Action::Speed(speed))), speed.label())
    };
    let grain = match state.grain {
        Grain::Story => Ui::GrainStory,
        Grain::Every => Ui::GrainEvery,
    };
    let sheet = |dialog: Dialog, label: Ui| el!("button", "class" = "button small phone-only"; click(props.on_click(Action::Dialog(Some(dialog)))), lang.ui(label));
    let seek = props.act.reform(|event: InputEvent| {
        let input: web_sys::HtmlInputElement = event.target_unchecked_into();
        Action::Seek(input.value().parse().unwrap_or(0))
    });
    let hints = ["←", "→", lang.ui(Ui::Space)].map(|hint| el!("kbd"; hint));
    el!("section", "class" = "transport", "aria-label" = lang.pick("播放控制", "Transport");
        el!("div", "class" = "buttons";
            button(Action::StageBack, "stage-back", "⇤", Ui::StagePrevious),
            button(Action::StepBack, "step-back", "◀", Ui::StepPrevious),
            play,
            button(Action::StepForward, "step-forward", "▶", Ui::StepNext),
            button(Action::StageForward, "stage-forward", "⇥", Ui::StageNext),
            el!("span", "class" = "hints", "aria-hidden" = "true"; list(hints.into()))),
        html! {
            <input class="seek" type="range" min={state.show.begins().to_string()} max={count.to_string()} value={index.to_string()}
                aria-label={lang.ui(Ui::Position)} oninput={seek} />
        },
        el!("div", "class" = "settings";
            sheet(Dialog::Rail, if state.has_clients() { Ui::Details } else { Ui::BallotsShort }),
            sheet(Dialog::Diagram, Ui::Diagram),
            el!("button", "class" = "button small", "data-action" = "grain"; click(props.on_click(Action::ToggleGrain)),
                format!("{}{}{}", lang.ui(Ui::Grain), lang.pick("：", ": "), lang.ui(grain))),
            el!("span", "class" = "speeds", "role" = "group", "aria-label" = lang.ui(Ui::Speed);
                Speed::ALL.into_iter().map(speed).collect::<Vec<Html>>()),
            el!("span", "class" = "position", "data-zooscope-position" = "true", "data-event-index" = index,
                "data-event-count" = count, "data-stage" = stage;
                format!("{} {index} / {count}", lang.ui(Ui::Event)))))
}
