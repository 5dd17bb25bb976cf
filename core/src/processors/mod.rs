//! The stages that a request goes through at a server (dossier §3.1), after ZooKeeper's own names for them.
//!
//! | where | what |
//! | --- | --- |
//! | [`prepare`] | `PrepRequestProcessor`: the leader turns a request into a transaction |
//! | `commit` | `CommitProcessor`: a session's requests are answered in the order in which it sent them |
//! | `sessions` | the leader's book of sessions, and its cleaning up |
//! | [`finish`] | `FinalRequestProcessor`: reads are answered, transactions take effect |

mod commit;
pub mod finish;
pub mod prepare;
mod sessions;
