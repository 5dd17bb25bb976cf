//! What is to be seen at a moment, as plain data in whole view-box units. Everything here follows from the world
//! and the steps; nothing here knows how it is drawn.

pub mod ballots;
pub mod clients;
pub mod explain;
pub mod log;
pub mod places;
pub mod ring;
pub mod spacetime;
pub mod tree;
pub mod why;

/// As much of a text as fits where there is room for so many letters.
pub fn shortened(text: &str, letters: usize) -> String {
    let fits = text.chars().count() <= letters;
    if fits { text.to_string() } else { text.chars().take(letters - 1).chain(['…']).collect() }
}
