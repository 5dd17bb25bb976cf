//! The replicated data tree: what znodes are, what may be done to them, and how a transaction changes them (dossier
//! §4).
//!
//! | where | what |
//! | --- | --- |
//! | [`path`] | which paths are valid |
//! | [`stat`] | what is known of a znode beside its data |
//! | [`acl`] | who may do what |
//! | [`data_tree`] | the tree itself, and how transactions change it |
//! | [`quota`] | limits below `/zookeeper/quota`, and how they are counted |
//! | [`digest`] | one number for the whole tree |

pub mod acl;
pub mod data_tree;
pub mod digest;
pub mod hash_order;
pub mod path;
pub mod quota;
pub mod stat;

pub use acl::{Acl, Identity, Permissions};
pub use data_tree::{Applied, Change, ChangeKind, DataTree, Outcome, Znode};
pub use path::Path;
pub use stat::{Owner, Stat};

use std::sync::Arc;

/// What a znode holds.
pub type Data = Arc<[u8]>;
