//! The watches of one server: two tables, of data and of children (`WatchManager` of 3.8, dossier §6). They are not
//! replicated, and end with the connection that set them.

use super::answer::EventKind;
use crate::ids::ConnectionId;
use crate::tree::{Path, path};
use litemap::LiteMap;
use rpds::RedBlackTreeMapSync as Map;
use std::sync::Arc;

/// How long a watch stays, and how far it sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WatchMode {
    /// One event, of this path.
    Standard,
    /// Every event of this path.
    Persistent,
    /// Every event of this path and of everything below it, but none about lists of children.
    Recursive,
}

/// One of the two tables: by path, who watches and how. A server keeps one mode for each connection and path, the
/// latest (3.9 keeps several, ZOOKEEPER-4466).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchTable {
    watches: Map<Path, Arc<LiteMap<ConnectionId, WatchMode>>>,
}

impl Default for WatchTable {
    fn default() -> WatchTable {
        WatchTable { watches: Map::new_sync() }
    }
}

impl WatchTable {
    /// Sets a watch.
    pub fn add(&mut self, path: &Path, connection: ConnectionId, mode: WatchMode) {
        let mut watchers = self.watches.get(path).cloned().unwrap_or_default();
        Arc::make_mut(&mut watchers).insert(connection, mode);
        self.watches.insert_mut(path.clone(), watchers);
    }

    /// Takes a watch back. Returns whether there was one.
    pub fn remove(&mut self, path: &str, connection: ConnectionId) -> bool {
        let Some(watchers) = self.watches.get(path) else { return false };
        if !watchers.contains_key(&connection) {
            return false;
        }
        let mut watchers = watchers.clone();
        Arc::make_mut(&mut watchers).remove(&connection);
        self.put(path, watchers);
        true
    }

    /// Takes back all watches of a connection.
    pub fn remove_all(&mut self, connection: ConnectionId) {
        let watched = |(path, watchers): (&Path, &Arc<LiteMap<ConnectionId, WatchMode>>)| {
            watchers.contains_key(&connection).then(|| path.clone())
        };
        let paths: Vec<Path> = self.watches.iter().filter_map(watched).collect();
        for path in paths {
            self.remove(&path, connection);
        }
    }

    /// Whether anybody watches exactly this path. A 3.8 server answers `checkWatches` so, whoever asks.
    pub fn has_any(&self, path: &str) -> bool {
        self.watches.contains_key(path)
    }

    /// All watches, by path.
    pub fn iter(&self) -> impl Iterator<Item = (&Path, ConnectionId, WatchMode)> {
        self.watches
            .iter()
            .flat_map(|(path, watchers)| watchers.iter().map(move |(connection, mode)| (path, *connection, *mode)))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.watches.is_empty()
    }

    /// An event at a path: who is told, by ascending connection, each once. Standard watches on the path are used up
    /// by it.
    pub fn trigger(&mut self, path: &str, kind: EventKind) -> Vec<ConnectionId> {
        let mut told: Vec<ConnectionId> = Vec::new();
        if self.watches.is_empty() {
            return told;
        }
        let mut tell = |connection: &ConnectionId| {
            if let Err(place) = told.binary_search(connection) {
                told.insert(place, *connection);
            }
        };
        if let Some(watchers) = self.watches.get(path).cloned() {
            let of_children = kind == EventKind::NodeChildrenChanged;
            let told_here = |mode: WatchMode| mode != WatchMode::Recursive || !of_children;
            watchers.iter().filter(|(_, mode)| told_here(**mode)).for_each(|(connection, _)| tell(connection));
            if watchers.values().any(|mode| *mode == WatchMode::Standard) {
                let mut left = watchers;
                Arc::make_mut(&mut left).retain(|_, mode| *mode != WatchMode::Standard);
                self.put(path, left);
            }
        }
        // Recursive watches further up see everything but lists of children.
        if kind != EventKind::NodeChildrenChanged {
            let mut above = path;
            while above != "/" {
                above = path::parent_or_root(above);
                if let Some(watchers) = self.watches.get(above) {
                    let recursive = watchers.iter().filter(|(_, mode)| **mode == WatchMode::Recursive);
                    recursive.for_each(|(connection, _)| tell(connection));
                }
            }
        }
        told
    }

    fn put(&mut self, path: &str, watchers: Arc<LiteMap<ConnectionId, WatchMode>>) {
        if watchers.is_empty() {
            self.watches.remove_mut(path);
        } else {
            self.watches.insert_mut(Path::from(path), watchers);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: ConnectionId = ConnectionId(1);
    const B: ConnectionId = ConnectionId(2);

    #[test]
    fn a_standard_watch_tells_once_and_a_persistent_one_always() {
        let mut table = WatchTable::default();
        table.add(&Path::from("/p"), B, WatchMode::Standard);
        table.add(&Path::from("/p"), A, WatchMode::Persistent);
        assert_eq!(table.trigger("/p", EventKind::NodeDataChanged), [A, B]);
        assert_eq!(table.trigger("/p", EventKind::NodeDataChanged), [A]);
        assert_eq!(table.trigger("/p/below", EventKind::NodeDataChanged), []);
    }

    #[test]
    fn a_recursive_watch_sees_below_but_no_lists_of_children() {
        let mut table = WatchTable::default();
        table.add(&Path::from("/"), A, WatchMode::Recursive);
        assert_eq!(table.trigger("/p/q", EventKind::NodeCreated), [A]);
        assert_eq!(table.trigger("/", EventKind::NodeDataChanged), [A]);
        assert_eq!(table.trigger("/p", EventKind::NodeChildrenChanged), []);
        assert_eq!(table.trigger("/", EventKind::NodeChildrenChanged), []);
    }

    #[test]
    fn the_latest_mode_of_a_path_counts() {
        let mut table = WatchTable::default();
        table.add(&Path::from("/p"), A, WatchMode::Persistent);
        table.add(&Path::from("/p"), A, WatchMode::Standard);
        assert_eq!(table.trigger("/p", EventKind::NodeDataChanged), [A]);
        assert_eq!(table.trigger("/p", EventKind::NodeDataChanged), []);
        assert!(table.is_empty() && !table.remove("/p", A));
    }
}
