//! The page in a browser: it is mounted as the start script mounts it, and used by its keys, its buttons and its
//! address. What it shows is held against its contract, the `data-` attributes that other pages and tests rely on.
#![cfg(target_arch = "wasm32")]

use js_sys::{Array, Function, Object, Promise, Reflect};
use std::cell::Cell;
use std::collections::BTreeSet;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Document, Element, HtmlElement, Window};
use zooscope_web::catalog::FLAGSHIP;
use zooscope_web::route::Place;
use zooscope_web::show::{Grain, Show};

wasm_bindgen_test_configure!(run_in_browser);

/// What the page is given before a test calls it stuck.
const PATIENCE_MS: i32 = 5_000;

fn window() -> Window {
    web_sys::window().expect("this runs in a browser")
}

fn document() -> Document {
    window().document().expect("this runs in a page")
}

fn all(selector: &str) -> Vec<Element> {
    let found = document().query_selector_all(selector).expect("the selector is well formed");
    (0..found.length()).filter_map(|index| found.get(index)?.dyn_into().ok()).collect()
}

fn one(selector: &str) -> Element {
    let mut found = all(selector);
    assert_eq!(found.len(), 1, "{selector}");
    found.remove(0)
}

/// An attribute of the one element with this selector.
fn attribute(selector: &str, name: &str) -> String {
    one(selector).get_attribute(name).unwrap_or_else(|| panic!("{selector} has no {name}"))
}

fn index() -> usize {
    attribute("[data-zooscope-position]", "data-event-index").parse().expect("the index is a number")
}

async fn sleep(ms: i32) {
    let promise = Promise::new(&mut |resolve: Function, _| {
        window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, ms).expect("timers work");
    });
    JsFuture::from(promise).await.expect("a timer cannot fail");
}

/// Waits until something is so, and then until the page is drawn: where that takes long, the framework lets the
/// browser go on in between, and parts of the page still show the moment before.
async fn until(what: &str, is_so: impl Fn() -> bool) {
    let mut waited = 0;
    while !is_so() {
        assert!(waited < PATIENCE_MS, "{what} did not come about");
        sleep(5).await;
        waited += 5;
    }
    let drawn = || one("#app").inner_html();
    let mut before = drawn();
    loop {
        sleep(17).await;
        let now = drawn();
        if std::mem::replace(&mut before, now.clone()) == now {
            return;
        }
    }
}

/// Presses a key with nothing in particular in the focus.
fn press(key: &str, shift: bool) {
    let options = Object::new();
    let set = |name: &str, value: JsValue| Reflect::set(&options, &name.into(), &value).expect("an object takes it");
    set("key", key.into());
    set("shiftKey", shift.into());
    set("bubbles", true.into());
    set("cancelable", true.into());
    let constructor = Reflect::get(&window(), &"KeyboardEvent".into()).expect("every browser has it");
    let arguments = Array::of2(&"keydown".into(), &options);
    let event = Reflect::construct(constructor.unchecked_ref::<Function>(), &arguments).expect("the options are right");
    let body = document().body().expect("the page has a body");
    body.dispatch_event(event.unchecked_ref()).expect("the event is fresh");
}

fn click(selector: &str) {
    one(selector).unchecked_into::<HtmlElement>().click();
}

/// Opens an address, and mounts the page first where that has not happened: the tests of this file share one page,
/// because it listens to the keys of the whole window.
async fn open(hash: &str) {
    thread_local!(static MOUNTED: Cell<bool> = const { Cell::new(false) });
    // An address that stands there already is no news. The page soon writes its own way of saying it.
    let there = || window().location().hash().unwrap_or_default();
    for _ in 0..100 {
        if there() != hash {
            break;
        }
        sleep(10).await;
    }
    window().location().set_hash(hash).expect("the address can be changed");
    if !MOUNTED.replace(true) {
        let root = document().create_element("div").expect("an element can be made");
        root.set_id("app");
        document().body().expect("the page has a body").append_child(&root).expect("the body takes it");
        zooscope_web::run();
    }
    until("the page is ready", || !all("body[data-zooscope-ready=true]").is_empty()).await;
    // The event of the changed address comes later than the change.
    sleep(50).await;
}

async fn open_flagship() {
    open("#/lesson/five-server-startup?lang=en").await;
    until("the lesson begins", || index() == 0).await;
    until("it is English", || attribute("html", "lang") == "en").await;
}

fn flagship() -> Show {
    Show::open(&Place::Lesson(FLAGSHIP.to_string()), None).expect("the flagship opens")
}

#[wasm_bindgen_test]
async fn the_page_keeps_its_contract() {
    open_flagship().await;
    let count: usize = attribute("[data-zooscope-position]", "data-event-count").parse().expect("a number");
    assert_eq!(count, flagship().count());
    assert_eq!(attribute("[data-zooscope-position]", "data-stage"), "0");
    assert_eq!(attribute(".tally", "data-quorum"), "3");
    for server in 1..=5 {
        let disc = format!("[data-server='{server}']");
        assert_eq!(attribute(&disc, "data-state"), "DOWN");
        assert_eq!(attribute(&disc, "data-vote"), "");
    }
    let actions = ["stage-back", "step-back", "play", "step-forward", "stage-forward", "grain"];
    for action in actions.into_iter().chain(["share", "language", "theme", "help"]) {
        assert!(!all(&format!("[data-action='{action}']")).is_empty(), "there is no {action}");
    }
    assert_eq!(attribute("[data-spoken]", "aria-live"), "polite");

    // Both layers of votes, and what is on its way, at the moment at which server 1 follows suit.
    let moment = flagship().performance.find_beat("one-follows-suit").expect("the lesson has this beat").at;
    open("#/lesson/five-server-startup?lang=en&at=one-follows-suit").await;
    until("the address leads there", || index() == moment).await;
    assert_eq!(attribute("[data-zooscope-position]", "data-stage"), "3");
    let tally = |candidate: u8| attribute(&format!("[data-tally-for='{candidate}']"), "data-votes");
    assert_eq!([tally(1), tally(2), tally(3)], ["0", "1", "2"]);
    let stale = "[data-table-of='3'] [data-sender='1']";
    assert_eq!((attribute(stale, "data-vote"), attribute(stale, "data-stale")), ("2".into(), "true".into()));
    assert_eq!(attribute(stale, "data-sender-state"), "LOOKING");
    assert_eq!(attribute("[data-server='3']", "data-state"), "LOOKING");
    assert_eq!(attribute("[data-server='1']", "data-vote"), "3");
    let messages = all("[data-message]");
    assert!(!messages.is_empty());
    for message in messages {
        for name in ["data-from", "data-to", "data-kind"] {
            assert!(message.has_attribute(name), "{name}");
        }
    }
}

#[wasm_bindgen_test]
async fn the_keyboard_steps_through_the_lesson() {
    open_flagship().await;
    let show = flagship();
    let first = show.after(0, Grain::Story);
    press("ArrowRight", false);
    until("a step forward", || index() == first).await;
    assert_eq!(attribute("[data-server='1']", "data-state"), "LOOKING");
    assert!(one("[data-spoken]").text_content().unwrap_or_default().contains("Server 1"), "the step is spoken");
    press("ArrowLeft", false);
    until("a step back", || index() == 0).await;
    press("ArrowRight", true);
    press("ArrowRight", true);
    until("two stages on", || index() == show.performance.stages[1].from).await;
    press("End", false);
    until("the end", || index() == show.count()).await;
    assert_eq!(attribute("[data-server='3']", "data-state"), "LEADING");
    press("Home", false);
    until("the beginning", || index() == 0).await;
    click("[data-action='step-forward']");
    until("a step by the button", || index() == first).await;
}

#[wasm_bindgen_test]
async fn the_language_is_the_language_of_the_document() {
    open_flagship().await;
    let heading = || one("h1").text_content().unwrap_or_default();
    let english = heading();
    press("l", false);
    until("it is Chinese", || attribute("html", "lang") == "zh-CN").await;
    assert_ne!(heading(), english);
    assert_eq!(index(), 0, "the position stays");
    until("the address says so", || window().location().hash().is_ok_and(|hash| hash.contains("lang=zh"))).await;
    click("[data-action='language']");
    until("it is English again", || attribute("html", "lang") == "en").await;
    assert_eq!(heading(), english);
}

fn numbers(selector: &str, name: &str) -> BTreeSet<u64> {
    all(selector).iter().filter_map(|element| element.get_attribute(name)?.parse().ok()).collect()
}

fn animations() -> u32 {
    let method: Function = Reflect::get(&document(), &"getAnimations".into()).expect("it is there").unchecked_into();
    Array::from(&method.call0(&document()).expect("it takes nothing")).length()
}

#[wasm_bindgen_test]
async fn flights_leave_nothing_behind() {
    open_flagship().await;
    let show = flagship();
    until("all is at rest", || animations() == 0).await;
    let before = all(".stage *").len();
    let (mut flown, mut here) = (0, 0);
    while here < show.count() {
        let next = show.after(here, Grain::Story);
        press("ArrowRight", false);
        until("a step", || index() == next).await;
        let frames =
            |index: usize| -> BTreeSet<u64> { show.world(index).network().frames().map(|frame| frame.id.0).collect() };
        assert_eq!(numbers("[data-message]", "data-message"), frames(next), "what is on its way at {next}");
        // Only what arrived in this very step may still be seen on its last way.
        let arrived: BTreeSet<String> =
            frames(here).difference(&frames(next)).map(|id| format!("ghost-{id}")).collect();
        let ghosts: BTreeSet<String> = all("[id^='ghost-']").iter().map(Element::id).collect();
        assert!(ghosts.is_subset(&arrived), "{ghosts:?} at {next}, where {arrived:?} arrived");
        flown += ghosts.len();
        here = next;
    }
    assert!(flown > 5, "hardly anything was seen to arrive: {flown}");
    until("all is at rest", || animations() == 0).await;
    press("Home", false);
    until("the beginning", || index() == 0).await;
    until("all is at rest", || animations() == 0).await;
    assert_eq!(all(".stage *").len(), before, "the stage is as it was");
}

#[wasm_bindgen_test]
async fn a_bad_link_is_told_and_nothing_is_lost() {
    open_flagship().await;
    press("ArrowRight", false);
    until("a step", || index() > 0).await;
    let (here, servers) = (index(), all("[data-server]").len());
    for bad in ["#/r/not-a-link!", "#/r/AQUB", "#/r/", "#/lesson/unknown", "#/nowhere"] {
        open(bad).await;
        until("somebody is told", || !all("[role=alert]").is_empty()).await;
        assert!(!one("[role=alert]").text_content().unwrap_or_default().trim().is_empty());
        assert_eq!((index(), all("[data-server]").len()), (here, servers), "{bad}");
        click("[role=alert] button");
        until("it is put away", || all("[role=alert]").is_empty()).await;
    }
}
