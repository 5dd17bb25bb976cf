//! Recordings of elections of a real ensemble, replayed: at each checkpoint the recorded leader and every server's
//! recorded mode are held against ours. `tests/recordings/README.md` describes the format, `zk-election-1`.
//!
//! Reading a file is the caller's business; [`Recording`] is what a JSON reader makes of it.
//!
//! [`ops`] does the same with recordings of what clients asked and were answered.

pub mod ops;
mod recording;
mod replay;

pub use recording::{Checkpoint, Event, LogEntry, Member, Mode, Op, Recording, ServerReport, Unusable};
pub use replay::{Disagreement, Schedule, Verdict, check, schedules};
