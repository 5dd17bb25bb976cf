//! Everything a reader, the clock or the address can ask of the page.

use super::{Dialog, Prediction, Selected, Speed, Tab, Typed};
use crate::route::Route;
use zooscope_core::rules::Fault;
use zooscope_core::time::Duration;

/// What the page is asked to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// One position on.
    StepForward,
    /// One position back.
    StepBack,
    /// To the next stage.
    StageForward,
    /// To the stage before.
    StageBack,
    /// To a position.
    Seek(usize),
    /// To the end.
    End,
    /// Play.
    Play,
    /// Stop playing.
    Pause,
    /// A step of playing.
    Tick,
    /// Play at another speed.
    Speed(Speed),
    /// Stop at other steps.
    ToggleGrain,
    /// Another language.
    ToggleLanguage,
    /// Another theme; the argument says whether it is dark now.
    ToggleTheme(bool),
    /// Large or not.
    ToggleProjector,
    /// Single letters are keys, or not.
    ToggleLetterKeys,
    /// Select something, or nothing.
    Select(Option<Selected>),
    /// Show another tab.
    Tab(Tab),
    /// Open or close what lies over the page.
    Dialog(Option<Dialog>),
    /// The link was copied, or the browser did not allow it.
    Copied(bool),
    /// Answer a question.
    Answer {
        /// Which question.
        ask: String,
        /// Which option.
        option: String,
    },
    /// Change the lesson's parameter.
    Param(Duration),
    /// Open an address.
    Open(Route),
    /// The address names nothing.
    OpenUnknown,
    /// Show an ensemble of this size in the sandbox.
    SandboxSize(u8),
    /// Switch a fault on or off; a run is run again with it.
    Fault(Fault),
    /// Run what was put together: the link, and what is expected.
    Predict(String, Prediction),
    /// Do something in the run at this moment: a line of the command language.
    Command(String),
    /// Do what was typed in a field.
    Typed(Typed),
    /// Put the notice away.
    Dismiss,
}
