//! The only clock of the page: while it plays, a tick every so often; while it is paused, nothing at all.

use crate::state::{Action, AppState};
use gloo::timers::callback::Interval;
use std::rc::Rc;
use yew::prelude::*;

/// Ticks while the page plays.
#[hook]
pub fn use_playback(state: &Rc<AppState>, act: &Callback<Action>) {
    let act = act.clone();
    use_effect_with((state.playing, state.speed), move |(playing, speed)| {
        let interval = playing.then(|| Interval::new(speed.step_ms(), move || act.emit(Action::Tick)));
        move || drop(interval)
    });
}
