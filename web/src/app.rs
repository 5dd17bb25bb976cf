//! The page as a whole: the state, its surroundings, and the four parts of the screen.

use crate::components::element::{click, el};
use crate::components::{
    DIALOG, PageProps, Rail, STORY, Speech, Timeline, dialog, inspector, moving, notice, spoken, stage, story, top_bar,
    transport,
};
use crate::flight;
use crate::keys::{self, Focus, Key};
use crate::once_drawn::once_drawn;
use crate::persist;
use crate::playback::use_playback;
use crate::route::Route;
use crate::show::Kind;
use crate::state::{Action, AppState, Dialog};
use gloo::events::{EventListener, EventListenerOptions};
use gloo::timers::callback::Timeout;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use yew::prelude::*;

/// Browsers refuse pages that write their address too often (Chromium: 200 times in 10 s). Within this span …
const ADDRESS_SPAN_MS: f64 = 10_000.0;
/// … so many positions are written at once; a later one must first rest …
const ADDRESS_WRITES: u32 = 120;
/// … for this long.
const ADDRESS_REST_MS: u32 = 150;

/// Mounts the page where the start script expects it.
pub fn mount() {
    let root =
        web_sys::window().and_then(|window| window.document()).and_then(|document| document.get_element_by_id("app"));
    if let Some(root) = root {
        yew::Renderer::<App>::with_root(root).render();
    }
}

/// The page.
#[component]
pub fn App() -> Html {
    let state = use_reducer(|| {
        let mut state = AppState::at(Route::parse(&persist::hash()), persist::language());
        state.theme = persist::theme();
        state.embed = persist::embedded();
        state
    });
    let act = {
        let dispatch = state.dispatcher();
        use_callback((), move |action: Action, ()| dispatch.dispatch(action))
    };
    let props = PageProps { state: Rc::new((*state).clone()), act };
    use_surroundings(&state, &props.act);
    use_address(&props.state);
    use_playback(&props.state, &props.act);
    use_flights(&props.state);
    {
        let dressed = props.state.clone();
        let dress = (dressed.lang, dressed.theme, dressed.projector, dressed.embed);
        use_effect_with(dress, move |_| persist::dress(&dressed));
    }
    // A dialog takes the focus, so that the keyboard goes on from there.
    use_effect_with(props.state.dialog.filter(|dialog| *dialog != Dialog::Rail), |dialog| {
        if let Some(dialog) = dialog {
            persist::enter_dialog(DIALOG);
            if *dialog == Dialog::Diagram {
                persist::center(".sheet-diagram .playhead");
            }
        } else {
            persist::leave_dialog(STORY);
        }
    });
    use_effect_with(props.state.index, |_| persist::keep_focus(STORY));
    use_effect_with((), |()| persist::ready());
    page(&props)
}

/// The flights of the step that was just taken.
#[hook]
fn use_flights(state: &Rc<AppState>) {
    let moving = moving(state);
    let speed = state.speed;
    // After the step itself is on the screen: motion must never delay it.
    use_effect_with((state.show.clone(), state.index), move |_| {
        let start = Timeout::new(0, move || flight::play(&moving, speed));
        move || drop(start)
    });
}

/// The keyboard and the back button. Either may come before the page is drawn again, so they go by what is true now
/// and not by what is on the screen: a clone of the handle, and nothing older, has that.
#[hook]
fn use_surroundings(now: &UseReducerHandle<AppState>, act: &Callback<Action>) {
    let (now, act) = (now.clone(), act.clone());
    use_effect_with((), move |()| {
        let listeners = web_sys::window().map(|window| {
            let on_key = {
                let (now, act) = (now.clone(), act.clone());
                move |event: &web_sys::Event| {
                    let Some(event) = event.dyn_ref::<web_sys::KeyboardEvent>() else { return };
                    let state = now.clone();
                    let name = event.key();
                    let key = Key {
                        name: &name,
                        shift: event.shift_key(),
                        command: event.ctrl_key() || event.alt_key() || event.meta_key(),
                        focus: focus(event),
                    };
                    // In another page, keys are ours only while something of ours has the focus.
                    if state.embed && key.focus == Focus::Nothing && event.target() == body() {
                        return;
                    }
                    if let Some(action) = keys::action(&key, &state, persist::is_dark()) {
                        event.prevent_default();
                        act.emit(action);
                    }
                }
            };
            let on_hash = move |_: &web_sys::Event| {
                let here = now.clone().route().format();
                let there = persist::hash();
                if there != here {
                    act.emit(Route::parse(&there).map_or(Action::OpenUnknown, Action::Open));
                }
            };
            let options = EventListenerOptions::enable_prevent_default();
            [
                EventListener::new_with_options(&window, "keydown", options, on_key),
                EventListener::new(&window, "hashchange", on_hash),
                EventListener::new(&window, "focusin", |_| persist::note_focus()),
            ]
        });
        move || drop(listeners)
    });
}

fn body() -> Option<web_sys::EventTarget> {
    web_sys::window()?.document()?.body().map(Into::into)
}

/// What has the focus, as far as keys are concerned.
fn focus(event: &web_sys::KeyboardEvent) -> Focus {
    let Some(element) = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()) else {
        return Focus::Nothing;
    };
    let is = |selector: &str| element.closest(selector).ok().flatten().is_some();
    if is("input[type=range], [role=tab]") {
        Focus::Arrows
    } else if is("input:not([type=checkbox]), textarea, select, [contenteditable]") {
        Focus::Text
    } else if is("button, a[href], input, [role=button], [role=tabpanel]") {
        Focus::Control
    } else {
        Focus::Nothing
    }
}

/// The address follows the position, so that a reload comes back to it.
#[hook]
fn use_address(state: &Rc<AppState>) {
    let budget = use_mut_ref(|| (0.0, 0));
    use_effect_with(state.route(), move |route| {
        let now = js_sys::Date::now();
        let (since, written) = &mut *budget.borrow_mut();
        if now - *since > ADDRESS_SPAN_MS {
            (*since, *written) = (now, 0);
        }
        *written += 1;
        let rest = if *written <= ADDRESS_WRITES { 0 } else { ADDRESS_REST_MS };
        let route = route.clone();
        // Writing takes the browser some milliseconds.
        let writing = once_drawn(rest, move || persist::remember(&route));
        move || drop(writing)
    });
}

/// The screen.
fn page(props: &PageProps) -> Html {
    let state = &props.state;
    let view = match state.show.kind {
        Kind::Lesson { .. } => "page lesson",
        Kind::Run { .. } => "page run",
        Kind::Sandbox => "page sandbox",
    };
    // A sheet covers most of a phone, and what is said of a button there must be seen.
    let class = if state.dialog == Some(Dialog::Rail) { "notice over" } else { "notice" };
    let notice = state.notice_on_top().map(|told| notice(props, told, class));
    let veil = (state.dialog == Some(Dialog::Rail))
        .then(|| el!("div", "class" = "veil"; click(props.on_click(Action::Dialog(None)))));
    let timeline = html! { <Timeline state={state.clone()} act={props.act.clone()} /> };
    let inspector = inspector(props);
    let rail = html! { <Rail state={state.clone()} act={props.act.clone()} /> };
    let speech = html! { <Speech text={spoken(props)} playing={state.playing} /> };
    // What lies under a dialog cannot be reached until it is closed.
    let inert = state.dialog.is_some_and(|dialog| dialog != Dialog::Rail).then_some("");
    el!("div", "class" = view;
        el!("div", "class" = "under", "inert" = inert; top_bar(props), notice),
        el!("main", "inert" = inert;
            story(props),
            el!("div", "class" = if inspector.is_some() { "centre inspected" } else { "centre" }; stage(props), inspector),
            rail,
            veil),
        el!("footer", "inert" = inert; transport(props), el!("div", "class" = "diagram"; timeline)),
        speech,
        dialog(props))
}
