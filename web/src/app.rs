//! The page as a whole: the state, its surroundings, and the four parts of the screen.

use crate::components::element::{click, el};
use crate::components::{DialogView, PageProps, Stage, Timeline, inspector, rail, spoken, story, top_bar, transport};
use crate::keys::{self, Focus, Key};
use crate::persist;
use crate::playback::use_playback;
use crate::route::Route;
use crate::show::Kind;
use crate::state::{Action, AppState, Dialog};
use crate::text::Ui;
use gloo::events::{EventListener, EventListenerOptions};
use gloo::timers::callback::Timeout;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use yew::prelude::*;

/// How long the position must rest before it is written into the address.
const ADDRESS_REST_MS: u32 = 150;
/// While the page plays, a sentence is spoken at most this often.
const SPEECH_REST_MS: u32 = 2_000;

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
    let latest = use_mut_ref(|| Rc::new((*state).clone()));
    let shared = Rc::new((*state).clone());
    latest.replace(shared.clone());

    use_surroundings(&latest, &act);
    use_address(&shared);
    use_playback(&shared, &act);
    {
        let dressed = shared.clone();
        use_effect_with((shared.lang, shared.theme, shared.projector, shared.embed), move |_| persist::dress(&dressed));
    }
    use_effect_with((), |()| persist::ready());
    html! { <Page state={shared} act={act} /> }
}

/// The keyboard and the back button.
#[hook]
fn use_surroundings(latest: &Rc<RefCell<Rc<AppState>>>, act: &Callback<Action>) {
    let (latest, act) = (latest.clone(), act.clone());
    use_effect_with((), move |()| {
        let listeners = web_sys::window().map(|window| {
            let on_key = {
                let (latest, act) = (latest.clone(), act.clone());
                move |event: &web_sys::Event| {
                    let Some(event) = event.dyn_ref::<web_sys::KeyboardEvent>() else { return };
                    let state = latest.borrow().clone();
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
                let here = latest.borrow().route().format();
                let there = persist::hash();
                if there != here {
                    act.emit(Route::parse(&there).map_or(Action::OpenUnknown, Action::Open));
                }
            };
            let options = EventListenerOptions::enable_prevent_default();
            [
                EventListener::new_with_options(&window, "keydown", options, on_key),
                EventListener::new(&window, "hashchange", on_hash),
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

/// The address follows the position once it rests, and at once when the page is left.
#[hook]
fn use_address(state: &Rc<AppState>) {
    let route = state.route();
    use_effect_with(route, |route| {
        let route = route.clone();
        let leaving = route.clone();
        let rest = Timeout::new(ADDRESS_REST_MS, move || persist::remember(&route));
        let leave = web_sys::window()
            .map(|window| EventListener::new(&window, "pagehide", move |_| persist::remember(&leaving)));
        move || drop((rest, leave))
    });
}

/// The screen.
#[component]
fn Page(props: &PageProps) -> Html {
    let state = &props.state;
    let lang = state.lang;
    let view = match state.show.kind {
        Kind::Lesson { .. } => "page lesson",
        Kind::Run { .. } => "page run",
        Kind::Sandbox => "page sandbox",
    };
    let notice = state.notice.as_ref().map(|notice| {
        el!("div", "class" = "notice", "role" = "alert";
            el!("span"; lang.notice(notice)),
            el!("button", "class" = "close", "aria-label" = lang.ui(Ui::Close); click(props.on_click(Action::Dismiss)), "×"))
    });
    let veil = (state.dialog == Some(Dialog::Rail))
        .then(|| el!("div", "class" = "veil"; click(props.on_click(Action::Dialog(None)))));
    let stage = html! { <Stage state={state.clone()} act={props.act.clone()} /> };
    let timeline = html! { <Timeline state={state.clone()} act={props.act.clone()} /> };
    let spoken = html! { <Spoken text={spoken(props)} playing={state.playing} /> };
    let dialog = html! { <DialogView state={state.clone()} act={props.act.clone()} /> };
    el!("div", "class" = view;
        top_bar(props),
        notice,
        el!("main";
            story(props),
            el!("div", "class" = "centre"; stage, inspector(props)),
            rail(props),
            veil),
        el!("footer"; transport(props), el!("div", "class" = "diagram"; timeline)),
        spoken,
        dialog)
}

#[derive(Clone, PartialEq, Properties)]
struct SpokenProps {
    text: String,
    playing: bool,
}

/// The one live region: a sentence per step; while the page plays, the latest one every two seconds.
#[component]
fn Spoken(props: &SpokenProps) -> Html {
    let said = use_state(|| props.text.clone());
    let pending = use_mut_ref(|| None::<Timeout>);
    let newest = use_mut_ref(String::new);
    newest.replace(props.text.clone());
    {
        let said = said.clone();
        use_effect_with((props.text.clone(), props.playing), move |(text, playing)| {
            if !*playing {
                pending.replace(None);
                said.set(text.clone());
            } else if pending.borrow().is_none() {
                let waiting = pending.clone();
                let speak = Timeout::new(SPEECH_REST_MS, move || {
                    waiting.replace(None);
                    said.set(newest.borrow().clone());
                });
                pending.replace(Some(speak));
            }
        });
    }
    html! { <p class="offscreen" role="status" aria-live="polite" data-spoken="true">{ (*said).clone() }</p> }
}
