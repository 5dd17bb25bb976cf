//! Recordings of real client operations, replayed: every request goes to a simulated ensemble, and everything that the
//! real one answered, every watch event and the tree at the end are held against ours.
//! `tests/recordings/ops/README.md` describes the format, `zk-ops-1`.
//!
//! | where | what |
//! | --- | --- |
//! | `json` | values as they stand in a file; a JSON reader makes them |
//! | `reader` | a file as a list of steps |
//! | `request` | the requests among them |
//! | `jute` | the requests that are recorded as bytes |
//! | `replay`, `acts` | the steps on a simulated ensemble |
//! | `compare` | what came of them beside what was recorded |

mod acts;
mod compare;
mod json;
mod jute;
mod reader;
mod replay;
mod request;

pub use compare::Disagreement;
pub use json::Json;
pub use reader::{Act, Config, Fields, Recording, Step, Unusable};
pub use replay::{Verdict, check};
