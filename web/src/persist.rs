//! The only place that touches the address, the memory of the browser and the root of the document.

use crate::route::Route;
use crate::state::{AppState, Theme};
use crate::text::Lang;
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, HtmlElement, HtmlTextAreaElement, ScrollIntoViewOptions, ScrollLogicalPosition, SvgElement};

const LANGUAGE: &str = "zooscope.language";
/// The start script reads this one, too, before the page is there.
const THEME: &str = "zooscope.theme";

fn window() -> Option<web_sys::Window> {
    web_sys::window()
}

fn storage() -> Option<web_sys::Storage> {
    window()?.local_storage().ok().flatten()
}

/// What stands behind `#` in the address.
pub fn hash() -> String {
    window().and_then(|window| window.location().hash().ok()).unwrap_or_default()
}

/// Whether the page lives in another page.
pub fn embedded() -> bool {
    let search = window().and_then(|window| window.location().search().ok()).unwrap_or_default();
    search.contains("embed=1")
}

/// The language to begin with: as remembered, else as the browser prefers.
pub fn language() -> Lang {
    let remembered = storage().and_then(|storage| storage.get_item(LANGUAGE).ok().flatten());
    let preferred = || window().and_then(|window| window.navigator().language());
    remembered.or_else(preferred).and_then(|tag| Lang::from_tag(&tag)).unwrap_or(Lang::En)
}

/// The theme as remembered.
pub fn theme() -> Theme {
    match storage().and_then(|storage| storage.get_item(THEME).ok().flatten()).as_deref() {
        Some("light") => Theme::Light,
        Some("dark") => Theme::Dark,
        _ => Theme::System,
    }
}

/// Whether the page is dark now.
pub fn is_dark() -> bool {
    match theme() {
        Theme::Light => false,
        Theme::Dark => true,
        Theme::System => matches("(prefers-color-scheme: dark)"),
    }
}

/// Whether fingers point on this screen.
pub fn is_for_fingers() -> bool {
    matches("(pointer: coarse)")
}

fn matches(query: &str) -> bool {
    window().and_then(|window| window.match_media(query).ok().flatten()).is_some_and(|query| query.matches())
}

/// Writes language, theme and size to the root of the document, and remembers them.
pub fn dress(state: &AppState) {
    let Some(document) = window().and_then(|window| window.document()) else { return };
    let Some(root) = document.document_element() else { return };
    // A browser that refuses to remember still shows the page.
    let set = |name: &str, value: &str| {
        let _ = root.set_attribute(name, value);
    };
    set("lang", state.lang.html());
    set("data-projector", if state.projector { "true" } else { "false" });
    set("data-embed", if state.embed { "true" } else { "false" });
    let theme = match state.theme {
        Theme::System => None,
        Theme::Light => Some("light"),
        Theme::Dark => Some("dark"),
    };
    if let Some(storage) = storage() {
        let _ = storage.set_item(LANGUAGE, state.lang.tag());
        if let Some(theme) = theme {
            let _ = storage.set_item(THEME, theme);
        }
    }
    if let Some(theme) = theme {
        set("data-theme", theme);
    }
}

/// Says that the view of the current address can be used.
pub fn ready() {
    if let Some(body) = window().and_then(|window| window.document()).and_then(|document| document.body()) {
        let _ = body.set_attribute("data-zooscope-ready", "true");
    }
}

/// Writes the moment into the address. Another moment of the same place is no new entry in the history of the browser;
/// another place is, so that the back button leads to where the reader was.
pub fn remember(route: &Route) {
    let Some(history) = window().and_then(|window| window.history().ok()) else { return };
    let (there, here) = (route.format(), hash());
    let place = |address: &str| address.split('?').next().unwrap_or("").to_string();
    let _ = if here.is_empty() || place(&here) == place(&there) {
        history.replace_state_with_url(&JsValue::NULL, "", Some(&there))
    } else {
        history.push_state_with_url(&JsValue::NULL, "", Some(&there))
    };
}

/// The whole link to a moment.
pub fn link(route: &Route) -> String {
    let here = window().and_then(|window| window.location().href().ok()).unwrap_or_default();
    let page = here.split('#').next().unwrap_or("");
    format!("{page}{}", route.format())
}

/// Copies a text. Returns whether the browser allowed it.
pub async fn copy(text: &str) -> bool {
    let Some(window) = window().filter(|window| window.is_secure_context()) else { return false };
    JsFuture::from(window.navigator().clipboard().write_text(text)).await.is_ok()
}

/// Loads a text that comes with the page: from its own element in the single file, else from the server.
pub async fn asset(name: &str) -> Option<String> {
    let window = window()?;
    let inlined = window.document()?.query_selector(&format!("script[data-asset='{name}']")).ok().flatten();
    if let Some(element) = inlined {
        return element.text_content();
    }
    let response = JsFuture::from(window.fetch_with_str(&format!("assets/{name}"))).await.ok()?;
    let response: web_sys::Response = response.dyn_into().ok()?;
    if !response.ok() {
        return None;
    }
    JsFuture::from(response.text().ok()?).await.ok()?.as_string()
}

/// Gives an element the focus.
pub fn focus(id: &str) {
    if let Some(element) = element(id).and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// The fields for command lines with whose they are: a client's, or the ensemble's with an empty name.
pub fn consoles() -> Vec<(HtmlTextAreaElement, String)> {
    let found = window().and_then(|window| window.document()?.query_selector_all("[data-console]").ok());
    let nodes = found.into_iter().flat_map(|list| (0..list.length()).filter_map(move |place| list.item(place)));
    nodes.filter_map(|node| named_console(node.dyn_into().ok()?)).collect()
}

/// The field for a client's command line, or the ensemble's.
pub fn console(client: &str) -> Option<HtmlTextAreaElement> {
    consoles().into_iter().find_map(|(field, name)| (name == client).then_some(field))
}

/// The field for a command line that has the focus, and whose it is.
pub fn active_console() -> Option<(HtmlTextAreaElement, String)> {
    named_console(active()?)
}

fn named_console(element: Element) -> Option<(HtmlTextAreaElement, String)> {
    let client = element.get_attribute("data-console")?;
    Some((element.dyn_into().ok()?, client))
}

/// How far element `id` is scrolled down.
pub fn scrolled(id: &str) -> i32 {
    element(id).map_or(0, |element| element.scroll_top())
}

/// Scrolls element `id` to where it was.
pub fn scroll(id: &str, top: i32) {
    if let Some(element) = element(id) {
        element.set_scroll_top(top);
    }
}

fn element(id: &str) -> Option<Element> {
    window()?.document()?.get_element_by_id(id)
}

/// Scrolls as little as is needed to see an element.
pub fn bring_into_view(element: &Element) {
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Nearest);
    element.scroll_into_view_with_scroll_into_view_options(&options);
}

/// Scrolls what lies beside the page's edges until the first element of a selector stands in the middle.
pub fn center(selector: &str) {
    let found = window().and_then(|window| window.document()?.query_selector(selector).ok().flatten());
    if let Some(element) = found {
        let options = ScrollIntoViewOptions::new();
        options.set_inline(ScrollLogicalPosition::Center);
        options.set_block(ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

thread_local! {
    /// What had the focus last, and what had it before a dialog opened.
    static FOCUSED: RefCell<(Option<Element>, Option<Element>)> = const { RefCell::new((None, None)) };
}

fn active() -> Option<Element> {
    window()?.document()?.active_element()
}

fn focus_on(element: &Element) {
    // Servers and envelopes are SVG. An element that takes no focus is left alone.
    let _ = match element.dyn_ref::<HtmlElement>() {
        Some(element) => element.focus(),
        None => element.dyn_ref::<SvgElement>().map_or(Ok(()), SvgElement::focus),
    };
}

/// Moves the focus into a dialog and remembers where it was.
pub fn enter_dialog(id: &str) {
    FOCUSED.with_borrow_mut(|focused| focused.1 = active());
    focus(id);
}

/// Gives the focus back to what opened the dialog, or to element `id` when that has left the page meanwhile.
pub fn leave_dialog(id: &str) {
    match FOCUSED.with_borrow_mut(|focused| focused.1.take()) {
        Some(element) if element.is_connected() => focus_on(&element),
        Some(_) => focus(id),
        None => {}
    }
}

/// When the element that had the focus has left the page with its step, the focus goes to element `id`, so that
/// the keyboard goes on from a place that can be seen.
pub fn keep_focus(id: &str) {
    let lost = FOCUSED.with_borrow(|focused| focused.0.as_ref().is_some_and(|element| !element.is_connected()));
    if lost {
        focus(id);
    }
    FOCUSED.with_borrow_mut(|focused| focused.0 = active());
}

/// Remembers what has the focus; called whenever it moves.
pub fn note_focus() {
    FOCUSED.with_borrow_mut(|focused| focused.0 = active());
}
