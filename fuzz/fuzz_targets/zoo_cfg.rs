//! A `zoo.cfg` is read, or its mistake has a place in it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zooscope_core::zoo_cfg::zoo_cfg;

fuzz_target!(|text: &str| {
    match zoo_cfg(text) {
        Ok(read) => assert!(read.ensemble.voters().count() > 0),
        Err(error) => {
            let line = text.lines().nth(error.line - 1).unwrap_or("");
            assert!(error.line <= text.lines().count() + 1, "{error} in {text:?}");
            assert!((1..=line.chars().count() + 1).contains(&error.column), "{error} in {text:?}");
        }
    }
});
