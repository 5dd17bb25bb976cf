//! The command language: the one language of the sandbox, the lessons, the golden tests and the shell.
//!
//! ```text
//! ensemble 5 observers=1 seed=7 latency=20ms     a run begins with its configuration
//! start 1          start all         stop 3      crash 3      restart 3      pause 3      resume 3    stop all
//! cut 1-3          partition 1,2 | 3,4,5         heal         hold 3->2      release 3->2    heal 1-3    stop 1,2
//! advance 400ms    step 10           settle      until leading 3             until votes 3 = 3
//! expect state 3 = LEADING           expect table 4: 1->3 2->3 3->3 4->4
//! trace all|story|prompt|off         show state  show tally   show table 4   # a comment
//! show clients     show network     show log 3        show tree 3       hold a->2      release 2->a
//! ```

mod configuration;
mod error;
mod grammar;
mod predicate;
mod session;
mod views;
mod words;

pub use configuration::{LONGEST_FIRST_LOG, MOST_SERVERS, ensemble};
pub use error::{Cause, Expected, ParseError, Unfit};
pub use grammar::{MOST_STEPS, command};
pub use predicate::{predicate, query, questions};
pub use session::{Session, Telling};
pub use words::{Words, name, span};
