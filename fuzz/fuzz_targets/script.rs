//! A line of the command language is read, and written so that it is read again, or its mistake has a place.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::fmt::Display;
use zooscope_core::script::{ParseError, Words, command, ensemble, predicate};

/// The place of a mistake lies within its line, or right behind it.
fn check<T: PartialEq + Display>(text: &str, read: impl Fn(&mut Words<'_>) -> Result<T, ParseError>) {
    match read(&mut Words::of(1, text)) {
        Ok(value) => {
            let written = value.to_string();
            let again = read(&mut Words::of(1, &written)).unwrap_or_else(|error| panic!("{text:?}: {error}"));
            assert!(again == value, "{text:?} became {written:?}");
        }
        Err(error) => place(&error, text),
    }
}

fn place(error: &ParseError, text: &str) {
    assert!((1..=text.chars().count() + 1).contains(&error.column), "{error} in {text:?}");
}

fuzz_target!(|text: &str| {
    let Some(text) = text.lines().next() else { return };
    let three = ensemble(&mut Words::of(1, "ensemble 3")).expect("a good line");
    check(text, |words| command(words, &three));
    check(text, predicate);
    if let Err(error) = ensemble(&mut Words::of(1, text)) {
        place(&error, text);
    }
});
