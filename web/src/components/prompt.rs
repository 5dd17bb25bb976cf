//! A field for a command line, of a client or of the ensemble: what is typed, pasted and brought back.

use super::PageProps;
use super::element::{Part, el};
use super::notice::notice;
use crate::persist;
use crate::state::{Action, AppState, Typed};
use crate::text::Ui;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, HtmlTextAreaElement};
use yew::html::{oninput, onkeydown, onpaste};
use yew::{Callback, Event, Html, InputEvent, KeyboardEvent, TargetCast};

fn write(field: &HtmlTextAreaElement, state: &AppState, client: &str, text: &str) {
    show(field, text);
    state.typing.keep(client, text.to_string());
}

/// A field is as high as its text has lines.
fn show(field: &HtmlTextAreaElement, text: &str) {
    field.set_value(text);
    fit(field);
}

fn fit(field: &HtmlTextAreaElement) {
    field.set_rows(field.value().split('\n').count() as u32);
}

/// A field for a line: `data-console` names the client, or nobody for the ensemble. Up and down bring back what was
/// typed before, as at a real command line, and what was refused. It takes several lines, because several can be pasted
/// and refused; Shift and Enter begin another one.
pub fn prompt(props: &PageProps, client: &str, sign: &str) -> Html {
    let lang = props.state.lang;
    let client: Rc<str> = Rc::from(client);
    let pasted = {
        let (props, client) = (props.clone(), client.clone());
        Callback::from(move |event: Event| paste(&event, &client, &props))
    };
    let typed = {
        let (state, client) = (props.state.clone(), client.clone());
        Callback::from(move |event: InputEvent| {
            if let Some(field) = event.target_dyn_into::<HtmlTextAreaElement>() {
                state.typing.keep(&client, field.value());
                fit(&field);
            }
        })
    };
    let label = if client.is_empty() { lang.ui(Ui::EnsembleCommands).to_string() } else { lang.client(&client) };
    let line = el!("label", "class" = "prompt"; el!("span", "aria-hidden" = "true"; sign.to_string()),
        el!("textarea", "rows" = "1", "data-console" = client.to_string(), "aria-label" = label,
            "autocomplete" = "off", "autocapitalize" = "none", "spellcheck" = "false", "enterkeyhint" = "send";
            Part::Listener(Rc::new(onkeydown::Wrapper::new(pressed(props, client.clone())))),
            Part::Listener(Rc::new(oninput::Wrapper::new(typed))),
            Part::Listener(Rc::new(onpaste::Wrapper::new(pasted)))));
    // It is told beside the field, so that the page stays where it is under the reader's eyes.
    let mistake = props.state.mistake_at(&client).map(|mistake| notice(props, mistake, "mistake small"));
    el!("div", "class" = "asked"; line, mistake)
}

fn pressed(props: &PageProps, client: Rc<str>) -> Callback<KeyboardEvent> {
    let (state, act) = (props.state.clone(), props.act.clone());
    // Behind the last line stands the one that is being typed.
    let back = Cell::new(0);
    Callback::from(move |event: KeyboardEvent| {
        let target = event.target_dyn_into::<HtmlTextAreaElement>();
        let Some(field) = target.filter(|_| !event.is_composing() && !event.shift_key()) else { return };
        let recall = |back: usize| {
            let before = typed_before(&state, &client);
            let back = back.min(before.len());
            let draft = || state.typing.draft(&client);
            show(&field, &if back == 0 { draft() } else { before[before.len() - back].clone() });
            back
        };
        match event.key().as_str() {
            "Enter" => {
                let typed = Typed { client: client.clone(), text: field.value() };
                if !typed.text.trim().is_empty() {
                    write(&field, &state, &client, "");
                    act.emit(Action::Typed(typed));
                }
            }
            "ArrowUp" if at_edge(&field, Edge::First) => back.set(recall(back.get() + 1)),
            "ArrowDown" if at_edge(&field, Edge::Last) => back.set(recall(back.get().saturating_sub(1))),
            _ => return,
        }
        event.prevent_default();
    })
}

enum Edge {
    First,
    Last,
}

/// Whether the caret is in the first or the last line of a field: from there an arrow leads out of it.
fn at_edge(field: &HtmlTextAreaElement, edge: Edge) -> bool {
    // The browser counts in UTF-16.
    let text: Vec<u16> = field.value().encode_utf16().collect();
    let caret = field.selection_start().ok().flatten().map_or(0, |at| (at as usize).min(text.len()));
    let beyond = match edge {
        Edge::First => &text[..caret],
        Edge::Last => &text[caret..],
    };
    !beyond.contains(&u16::from(b'\n'))
}

/// What was typed in a field before the moment on the stage, and what was refused there last.
fn typed_before(state: &AppState, client: &str) -> Vec<String> {
    let refused = state.typing.refused_at(client).map(str::to_string);
    state.show.typed(state.index, client).into_iter().chain(refused).collect()
}

/// Several lines at once are carried out one after the other, as at a terminal; the last waits for its Enter.
fn paste(event: &Event, client: &str, props: &PageProps) {
    let Some(field) = event.target_dyn_into::<HtmlTextAreaElement>() else { return };
    let data = event.dyn_ref::<ClipboardEvent>().and_then(ClipboardEvent::clipboard_data);
    let Some(text) = data.and_then(|data| data.get_data("text").ok()) else { return };
    let Some((lines, rest)) = text.trim_start().rsplit_once('\n') else { return };
    event.prevent_default();
    let typed = Typed { client: Rc::from(client), text: format!("{}{lines}", field.value()) };
    write(&field, &props.state, client, rest.trim_start());
    props.act.emit(Action::Typed(typed));
}

/// The page was drawn anew: a field shows what is half typed in it, one that was waited for takes the focus, and the one
/// that has the focus stays in sight although there is more above it now.
pub fn drawn(state: &AppState) {
    for (field, client) in persist::consoles() {
        let draft = state.typing.draft(&client);
        if field.value().is_empty() && !draft.is_empty() {
            show(&field, &draft);
        }
    }
    // Where fingers type, a keyboard would come up and cover what the reader wants to see.
    if let Some(field) = state.typing.arrived(persist::console).filter(|_| !persist::is_for_fingers()) {
        let _ = field.focus();
    }
    if let Some((field, _)) = persist::active_console() {
        // With what is told beside it; the field comes last, since it is the one that must be seen.
        for element in field.closest(".asked").ok().flatten().into_iter().chain([field.into()]) {
            persist::bring_into_view(&element);
        }
    }
}

/// Commands were refused: they stand in their field again, to be mended, before what was typed or pasted after them.
pub fn bring_back(state: &AppState) {
    let Some(Typed { client, text }) = &state.typing.refused else { return };
    if let Some(field) = persist::console(client) {
        let lines: Vec<String> = [text.clone(), field.value()].into_iter().filter(|text| !text.is_empty()).collect();
        write(&field, state, client, &lines.join("\n"));
    }
}
