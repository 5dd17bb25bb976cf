//! The proof: what a real ensemble logged when it was started in the same way, line by line beside our run.

use super::PageProps;
use crate::persist;
use crate::state::{Action, AppState};
use crate::text::{Lang, Ui};
use std::rc::Rc;
use yew::prelude::*;
use zooscope_core::real_log::{Aligned, LogLine, Missing, align, parse};

/// The state, the way to act, and the name of the recording.
#[derive(Clone, PartialEq, Properties)]
pub struct RealLogProps {
    /// The state.
    pub state: Rc<AppState>,
    /// Sends an action.
    pub act: Callback<Action>,
    /// The recording below `assets/`.
    pub asset: &'static str,
}

/// How far the recording has been loaded.
enum Loaded {
    No,
    Failed,
    Yes(Rc<Vec<LogLine>>),
}

/// The tab. The recording is fetched when it is first opened.
#[component]
pub fn RealLog(props: &RealLogProps) -> Html {
    let lang = props.state.lang;
    let loaded = use_state(|| Loaded::No);
    {
        let loaded = loaded.clone();
        use_effect_with(props.asset, move |asset| {
            let asset = *asset;
            yew::platform::spawn_local(async move {
                let lines = persist::asset(asset).await.and_then(|text| parse(&text).ok());
                loaded.set(lines.map_or(Loaded::Failed, |lines| Loaded::Yes(Rc::new(lines))));
            });
        });
    }
    let aligned = use_memo((props.state.show.clone(), lines_of(&loaded).map(|lines| lines.len())), |(show, _)| {
        lines_of(&loaded).map(|lines| align(lines, show.history())).unwrap_or_default()
    });
    let body = match &*loaded {
        Loaded::No => html! { <p class="muted">{ lang.ui(Ui::Loading) }</p> },
        Loaded::Failed => html! { <p role="alert">{ lang.ui(Ui::LoadFailed) }</p> },
        Loaded::Yes(lines) => {
            html! { <ol class="rows log">{ for lines.iter().zip(aligned.iter()).map(|(line, aligned)| row(props, line, aligned)) }</ol> }
        }
    };
    html! {
        <section class="real-log" data-real-log="true">
            <p class="small">{ lang.ui(Ui::RealLogIntro) }</p>
            { body }
        </section>
    }
}

fn lines_of(loaded: &Loaded) -> Option<&Rc<Vec<LogLine>>> {
    match loaded {
        Loaded::Yes(lines) => Some(lines),
        _ => None,
    }
}

fn row(props: &RealLogProps, line: &LogLine, aligned: &Aligned) -> Html {
    let lang = props.state.lang;
    let text = format!("{} ms  [{}] {}", line.at.as_millis(), line.server, line.text);
    // A step that has not been reached must not be given away by its number.
    match &aligned.step {
        Ok(index) => {
            let act = props.act.reform({
                let index = *index;
                move |_: MouseEvent| Action::Seek(index)
            });
            let here = *index == props.state.index;
            html! {
                <li>
                    <button class="row" data-log-step={index.to_string()} aria-current={here.then_some("step")} onclick={act}>
                        <code>{ text }</code>
                        <span class="yes">{ format!("✓ {} {index}", lang.ui(Ui::Event)) }</span>
                        if aligned.order_differs {
                            <span class="badge">{ lang.ui(Ui::OrderDiffers) }</span>
                        }
                    </button>
                </li>
            }
        }
        Err(missing) => {
            html! { <li class="row aside"><code>{ text }</code><span class="muted">{ missing_words(*missing, lang) }</span></li> }
        }
    }
}

fn missing_words(missing: Missing, lang: Lang) -> &'static str {
    match missing {
        Missing::NotSimulatedYet => lang.ui(Ui::NotSimulated),
        Missing::NoCounterpart => lang.ui(Ui::NoCounterpart),
    }
}
