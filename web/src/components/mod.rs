//! How everything is drawn. A component takes plain data and the way to act, and decides nothing.

mod ask;
mod ballots;
mod clients;
mod command_list;
mod config_card;
mod dialog;
pub(crate) mod element;
mod faults;
mod inspector;
mod invariants;
mod lists;
mod log;
mod notice;
mod prompt;
mod prose;
mod rail;
mod real_log;
mod rule_card;
mod run_story;
mod sandbox;
mod speech;
mod stage;
mod story;
mod timeline;
mod top_bar;
mod transport;
mod tree;

pub use dialog::{DIALOG, dialog};
pub use inspector::inspector;
pub use notice::notice;
pub use rail::{Rail, rail};
pub use speech::Speech;
pub use stage::{moving, stage};
pub use story::{STORY, spoken, story};
pub use timeline::Timeline;
pub use top_bar::top_bar;
pub use transport::transport;

use crate::state::{Action, AppState};
use std::rc::Rc;
use yew::{Callback, Properties};

/// What most components need: the state, and the way to act.
#[derive(Clone, PartialEq, Properties)]
pub struct PageProps {
    /// The state.
    pub state: Rc<AppState>,
    /// Sends an action.
    pub act: Callback<Action>,
}

impl PageProps {
    /// A click that sends `action`.
    pub fn on_click(&self, action: Action) -> Callback<yew::MouseEvent> {
        self.act.reform(move |_| action.clone())
    }
}
