//! A link is refused, or it opens a run whose own link opens the same run.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zooscope_core::recording::Recording;

fuzz_target!(|text: &str| {
    if let Ok(recording) = Recording::decode(text) {
        assert_eq!(Recording::decode(&recording.encode()), Ok(recording), "{text:?}");
    }
});
