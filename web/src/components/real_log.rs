//! The proof: what a real ensemble logged when it was started in the same way, line by line beside our run.

use super::element::{click, el};
use crate::persist;
use crate::state::{Action, AppState};
use crate::text::Ui;
use std::rc::Rc;
use yew::prelude::*;
use zooscope_core::real_log::{Aligned, LogLine, align, parse};

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

/// A recording: each line as data and as it is written.
struct Log {
    lines: Vec<LogLine>,
    words: Vec<String>,
}

impl Log {
    fn read(text: &str) -> Option<Log> {
        let lines = parse(text).ok()?;
        let written = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        // Time and server stand in front of the words.
        let words = written.map(|line| line.splitn(3, ' ').nth(2).unwrap_or("").to_string()).collect();
        Some(Log { lines, words })
    }
}

/// How far the recording has been loaded.
#[derive(Clone)]
enum Loaded {
    No,
    Failed,
    Yes(Rc<Log>),
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
                let log = persist::asset(asset).await.and_then(|text| Log::read(&text));
                loaded.set(log.map_or(Loaded::Failed, |log| Loaded::Yes(Rc::new(log))));
            });
        });
    }
    let body = match &*loaded {
        Loaded::No => el!("p", "class" = "muted"; lang.ui(Ui::Loading)),
        Loaded::Failed => el!("p", "role" = "alert"; lang.ui(Ui::LoadFailed)),
        Loaded::Yes(log) => {
            let aligned = align(&log.lines, props.state.show.history());
            let rows = log.lines.iter().zip(&log.words).zip(aligned);
            let rows: Vec<Html> = rows.map(|((line, words), aligned)| row(props, line, words, aligned)).collect();
            el!("ol", "class" = "rows log"; rows)
        }
    };
    el!("section", "class" = "real-log", "data-real-log" = "true";
        el!("p", "class" = "small"; lang.ui(Ui::RealLogIntro)), body)
}

fn row(props: &RealLogProps, line: &LogLine, raw: &str, aligned: Aligned) -> Html {
    let lang = props.state.lang;
    let text = format!("{} ms  [{}] {raw}", line.t, line.server);
    match aligned {
        Aligned::Moment { index: step, reordered } => {
            let act = props.act.reform(move |_: MouseEvent| Action::Seek(step));
            el!("li";
                el!("button", "class" = "row", "data-log-step" = step, "aria-current" = (step == props.state.index).then_some("step");
                    click(act),
                    el!("code"; text),
                    el!("span", "class" = "yes"; format!("✓ {} {step}", lang.ui(Ui::Event))),
                    reordered.then(|| el!("span", "class" = "badge"; lang.ui(Ui::OrderDiffers)))))
        }
        Aligned::Missing => el!("li", "class" = "row aside";
            el!("code"; text),
            el!("span", "class" = "muted"; lang.ui(Ui::NoCounterpart))),
    }
}
