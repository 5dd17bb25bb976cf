//! A path is valid, or its mistake is named.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zooscope_core::tree::path;

fuzz_target!(|text: &str| {
    match path::validate(text) {
        Ok(()) => assert!(text.starts_with('/') && !text.contains("//")),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
