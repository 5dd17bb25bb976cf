//! The engine in a browser gives the runs that it gives natively: same scripts and same recorded fingerprints as
//! `tests/determinism.rs`.
#![cfg(target_arch = "wasm32")]

use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use zooscope_core::fingerprint::fingerprint;
use zooscope_core::history::History;
use zooscope_core::script::Session;

wasm_bindgen_test_configure!(run_in_browser);

const SCRIPTS: [(&str, &str); 5] = [
    ("in_order", include_str!("../../tests/determinism/in_order.txt")),
    ("chance", include_str!("../../tests/determinism/chance.txt")),
    ("faults", include_str!("../../tests/determinism/faults.txt")),
    ("writes", include_str!("../../tests/determinism/writes.txt")),
    ("clients", include_str!("../../tests/determinism/clients.txt")),
];

#[wasm_bindgen_test]
fn runs_are_the_same_in_a_browser() {
    let mut found = String::new();
    for (name, script) in SCRIPTS {
        let mut session = Session::default();
        let (_, result) = session.run(script);
        assert_eq!(result, Ok(()), "{name}");
        let steps = session.history().map(History::steps).unwrap_or_default();
        found.push_str(&format!("{name} {} {:016x}\n", steps.len(), fingerprint(steps)));
    }
    assert_eq!(found, include_str!("../../tests/determinism/fingerprints.txt"));
}
