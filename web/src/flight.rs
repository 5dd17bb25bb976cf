//! Motion: envelopes fly by the Web Animations API, so that nothing in the document changes from frame to frame.
//! A learner who asks for reduced motion sees jump cuts.

use crate::scene::ring::{EnvelopeId, Flight};
use crate::state::Speed;
use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// The id of the element that flies for an envelope that has left the stage.
pub fn ghost_id(id: EnvelopeId) -> String {
    format!("ghost-{id}")
}

/// The element that flies.
fn element_of(document: &web_sys::Document, flight: &Flight) -> Option<web_sys::Element> {
    let id = flight.envelope.id;
    match flight.leaves {
        true => document.get_element_by_id(&ghost_id(id)),
        false => document.query_selector(&format!("[data-message=\"{id}\"]")).ok().flatten(),
    }
}

/// Starts the flights of a step.
pub fn play(flights: &[Flight], speed: Speed) {
    // Asking the browser for what the learner prefers is not free, and most jumps have no flights.
    let Some(window) = web_sys::window().filter(|_| !flights.is_empty()) else { return };
    let reduced =
        window.match_media("(prefers-reduced-motion: reduce)").ok().flatten().is_some_and(|query| query.matches());
    let Some(document) = window.document().filter(|_| !reduced) else { return };
    for flight in flights {
        if let Some(element) = element_of(&document, flight) {
            let rest = flight.envelope.at;
            let offset = |point: (i32, i32)| (point.0 - rest.0, point.1 - rest.1);
            animate(&element, offset(flight.from), offset(flight.to), flight.leaves, duration(speed));
        }
    }
}

fn duration(speed: Speed) -> f64 {
    match speed {
        Speed::Half => 700.0,
        Speed::Normal => 560.0,
        Speed::Four => 280.0,
    }
}

/// `element.animate(…)`: the bindings of web-sys for it are still marked unstable, so it is called by name.
fn animate(element: &web_sys::Element, from: (i32, i32), to: (i32, i32), leaves: bool, duration: f64) {
    let frame = |point: (i32, i32), opacity: f64| {
        let frame = Object::new();
        // Beside the attribute `transform`, which says where the envelope stands.
        set(&frame, "translate", &format!("{}px {}px", point.0, point.1).into());
        if leaves {
            set(&frame, "opacity", &opacity.into());
        }
        frame
    };
    let frames = Array::of2(&frame(from, 1.0), &frame(to, if leaves { 0.4 } else { 1.0 }));
    let options = Object::new();
    set(&options, "duration", &duration.into());
    set(&options, "easing", &"ease-in-out".into());
    if let Ok(method) = Reflect::get(element, &"animate".into()).and_then(|method| method.dyn_into::<Function>()) {
        // Where the browser cannot animate, the envelope simply stands where it is.
        let _ = method.call2(element, &frames, &options);
    }
}

fn set(object: &Object, name: &str, value: &JsValue) {
    // Setting a property of a plain object cannot fail.
    let _ = Reflect::set(object, &name.into(), value);
}
