//! Lessons: files a teacher can write without Rust. The script owns what happens and what is true, the prose owns
//! the words, the names of beats tie them together, and [`check()`] makes sure that they agree.

mod check;
mod performance;
mod prose;
mod script;

pub use check::{Problem, SCRIPT, check, check_run};
pub use performance::{BeatMark, PerformError, Performance, StageMark};
pub use prose::{AskText, BeatText, FREE_TAGS, Inline, Paragraph, Prose, ProseCause, ProseError, Sentence, StageText};
pub use script::{Ask, Beat, Claim, Item, Param, Script};
