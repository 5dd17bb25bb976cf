//! `/zookeeper/config`, the one znode that no transaction writes: every server puts its own configuration into its own
//! copy, and the time at which it did so (`ZKDatabase.initConfigInZKDatabase`). It does that when it starts on an empty
//! disk, and whenever it has been brought in step with a leader (`Learner.syncWithLeader`); a server that starts again
//! finds it in its snapshot. So the `mtime` differs from server to server, and two trees are the same all the same.

use super::DataTree;
use crate::tree::path;
use std::sync::Arc;

impl DataTree {
    /// A server puts its configuration in, at a time in milliseconds since 1970. All servers have the same, so only the
    /// time changes.
    pub fn write_own_config(&mut self, time: u64) {
        self.change(path::CONFIG, |znode| znode.stat.mtime = time);
    }

    /// Whether a server ever did.
    pub fn has_own_config(&self) -> bool {
        self.get(path::CONFIG).is_some_and(|config| config.stat.mtime > 0)
    }

    /// The fresh tree that this one has grown from.
    #[must_use]
    pub fn emptied(&self) -> DataTree {
        let mut tree = DataTree::new("", self.has_digest);
        if let Some(config) = self.get(path::CONFIG).cloned() {
            tree.change(path::CONFIG, |znode| *znode = config);
        }
        tree
    }

    /// Whether both hold the same znodes. The digest tells all but the reserved subtree, where it is kept.
    pub fn has_same_znodes(&self, other: &DataTree) -> bool {
        if Arc::ptr_eq(&self.root, &other.root) {
            return true;
        }
        if self.has_digest && other.has_digest && self.digest != other.digest {
            return false;
        }
        let (one, other) = (self.without_times(), other.without_times());
        match one.has_digest && other.has_digest {
            true => one.get(path::RESERVED) == other.get(path::RESERVED),
            false => one.root == other.root,
        }
    }

    fn without_times(&self) -> DataTree {
        let mut tree = self.clone();
        tree.write_own_config(0);
        tree
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Stat;

    #[test]
    fn trees_are_the_same_whenever_their_servers_wrote_their_configuration() {
        for digest in [true, false] {
            let fresh = DataTree::new("server.1=a:1:2:participant\nversion=0", digest);
            let (mut early, mut late) = (fresh.clone(), fresh.clone());
            early.write_own_config(1_000);
            late.write_own_config(2_000);
            assert_ne!(early, late);
            assert!(early.has_same_znodes(&late) && late.has_same_znodes(&fresh));
            assert_eq!((early.digest(), early.emptied()), (late.digest(), early.clone()));
            assert!(early.has_own_config() && !fresh.has_own_config());
            let other = DataTree::new("server.1=b:1:2:participant\nversion=0", digest);
            assert!(!early.has_same_znodes(&other), "another configuration is another tree");
            late.change(path::QUOTA, |znode| znode.stat = Stat { aversion: 1, ..znode.stat });
            assert!(!early.has_same_znodes(&late), "what servers do not write by themselves counts");
        }
    }
}
