//! A field for a command line, of a client or of the ensemble: what is typed, pasted and brought back.

use super::PageProps;
use super::element::{Part, el};
use crate::persist;
use crate::state::{Action, AppState};
use crate::text::Ui;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, HtmlInputElement};
use yew::html::{oninput, onkeydown, onpaste};
use yew::{Callback, Event, Html, InputEvent, KeyboardEvent, TargetCast};

fn write(field: &HtmlInputElement, state: &AppState, client: &str, text: &str) {
    field.set_value(text);
    state.typing.keep(client, text.to_string());
}

/// What stands before a client's line in the command language.
fn prefix(client: &str) -> String {
    if client.is_empty() { String::new() } else { format!("{client}> ") }
}

/// A field for a line: `data-console` names the client, or nobody for the ensemble. Up and down bring back what was
/// typed before, as at a real command line, and what was refused.
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
            if let Some(field) = event.target_dyn_into::<HtmlInputElement>() {
                state.typing.keep(&client, field.value());
            }
        })
    };
    let label = if client.is_empty() { lang.ui(Ui::EnsembleCommands).to_string() } else { lang.client(&client) };
    el!("label", "class" = "prompt"; el!("span", "aria-hidden" = "true"; sign.to_string()),
        el!("input", "type" = "text", "data-console" = client.to_string(), "value" = props.state.typing.draft(&client), "aria-label" = label,
            "autocomplete" = "off", "autocapitalize" = "none", "spellcheck" = "false", "enterkeyhint" = "send";
            Part::Listener(Rc::new(onkeydown::Wrapper::new(pressed(props, client)))),
            Part::Listener(Rc::new(oninput::Wrapper::new(typed))),
            Part::Listener(Rc::new(onpaste::Wrapper::new(pasted)))))
}

fn pressed(props: &PageProps, client: Rc<str>) -> Callback<KeyboardEvent> {
    let (state, act) = (props.state.clone(), props.act.clone());
    // Behind the last line stands the one that is being typed.
    let back = Cell::new(0);
    Callback::from(move |event: KeyboardEvent| {
        let Some(field) = event.target_dyn_into::<HtmlInputElement>().filter(|_| !event.is_composing()) else { return };
        let recall = |back: usize| {
            let lines = lines_before(&state, &client);
            let back = back.min(lines.len());
            field.set_value(&if back == 0 { state.typing.draft(&client) } else { lines[lines.len() - back].clone() });
            back
        };
        match event.key().as_str() {
            "Enter" => {
                let line = field.value();
                if !line.trim().is_empty() {
                    write(&field, &state, &client, "");
                    act.emit(Action::Command(format!("{}{}", prefix(&client), line.trim())));
                }
            }
            "ArrowUp" => back.set(recall(back.get() + 1)),
            "ArrowDown" => back.set(recall(back.get().saturating_sub(1))),
            _ => return,
        }
        event.prevent_default();
    })
}

/// What was typed in a field before the moment on the stage, and what was refused there last.
fn lines_before(state: &AppState, client: &str) -> Vec<String> {
    let refused = state.typing.refused.lines().filter_map(|line| own(line, client)).map(str::to_string);
    state.show.typed(state.index, client).into_iter().chain(refused).collect()
}

/// A line of the command language as it stood in a field, if it could have been typed there.
fn own<'a>(line: &'a str, client: &str) -> Option<&'a str> {
    line.strip_prefix(&*prefix(client))
}

/// Several lines at once are carried out one after the other, as at a terminal; the last waits for its Enter. A field of
/// one line would make one of them.
fn paste(event: &Event, client: &str, props: &PageProps) {
    let Some(field) = event.target_dyn_into::<HtmlInputElement>() else { return };
    let data = event.dyn_ref::<ClipboardEvent>().and_then(ClipboardEvent::clipboard_data);
    let Some(text) = data.and_then(|data| data.get_data("text").ok()) else { return };
    let Some((lines, rest)) = text.trim_start().rsplit_once('\n') else { return };
    event.prevent_default();
    let lines = format!("{}{lines}", field.value());
    write(&field, &props.state, client, rest.trim_start());
    let prefix = prefix(client);
    let lines: Vec<String> =
        lines.lines().filter(|line| !line.trim().is_empty()).map(|line| format!("{prefix}{}", line.trim())).collect();
    props.act.emit(Action::Command(lines.join("\n")));
}

/// The page was drawn anew: a field that was waited for takes the focus, and the one that has the focus stays in sight
/// although there is more above it now.
pub fn drawn(state: &AppState) {
    // Where fingers type, a keyboard would come up and cover what the reader wants to see.
    if let Some(field) = state.typing.arrived(persist::console).filter(|_| !persist::is_for_fingers()) {
        let _ = field.focus();
    }
    if let Some((field, _)) = persist::active_console() {
        persist::bring_into_view(&field);
    }
}

/// A line was refused: it stands in its field again, to be mended.
pub fn bring_back(state: &AppState) {
    let Some((field, client)) = persist::active_console() else { return };
    let refused = own(&state.typing.refused, &client).filter(|line| !line.contains('\n'));
    if let Some(line) = refused.filter(|_| field.value().is_empty()) {
        write(&field, state, &client, line);
    }
}
