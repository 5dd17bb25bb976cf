//! What need not be on the screen with a step is done when the step is on it.

use gloo::render::{AnimationFrame, request_animation_frame};
use gloo::timers::callback::Timeout;
use std::cell::RefCell;
use std::rc::Rc;

/// Something that will be done; dropped before, it is not.
pub struct Pending {
    _frame: AnimationFrame,
    _timer: Rc<RefCell<Option<Timeout>>>,
}

/// Does something so many milliseconds after the next frame: what a frame sets to be done later is done when it has been
/// drawn.
pub fn once_drawn(rest: u32, act: impl FnOnce() + 'static) -> Pending {
    let timer = Rc::new(RefCell::new(None));
    let slot = timer.clone();
    let frame = request_animation_frame(move |_| {
        slot.replace(Some(Timeout::new(rest, act)));
    });
    Pending { _frame: frame, _timer: timer }
}
