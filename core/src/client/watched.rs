//! The watches that a client has set, so that it can bring them along to another server (`ZKWatchManager`).

use crate::ids::Zxid;
use crate::session::{Code, EventKind, Operation, WatchEvent, WatchLists};
use crate::tree::Path;

/// What is watched, by the kind of call that asked for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watched(WatchLists);

impl Watched {
    /// The lists, for a server that does not know them.
    pub fn lists(&self, seen: Zxid) -> WatchLists {
        WatchLists { seen, ..self.0.clone() }
    }

    /// A call was answered: it may have set a watch.
    pub fn answered(&mut self, operation: &Operation, code: Code) {
        let lists = &mut self.0;
        match (operation, code) {
            (Operation::Exists { path, watch: true }, Code::NoNode) => add(&mut lists.exist, path),
            (Operation::Exists { path, watch: true } | Operation::GetData { path, watch: true }, Code::Ok) => {
                add(&mut lists.data, path);
            }
            (Operation::GetChildren { path, watch: true, .. }, Code::Ok) => add(&mut lists.child, path),
            (Operation::AddWatch { path, mode: 0 }, Code::Ok) => add(&mut lists.persistent, path),
            (Operation::AddWatch { path, .. }, Code::Ok) => add(&mut lists.recursive, path),
            _ => {}
        }
    }

    /// Whether there is a watch on a path of a kind that may be taken back: 1 children, 2 data, 3 any. A persistent one
    /// is neither of the first two (`ZKWatchManager.containsWatcher`).
    pub fn has(&self, path: &Path, kind: i32) -> bool {
        let WatchLists { data, exist, child, persistent, recursive, .. } = &self.0;
        let any = |lists: &[&Vec<Path>]| lists.iter().any(|list| list.contains(path));
        match kind {
            1 => any(&[child]),
            2 => any(&[data, exist]),
            _ => any(&[child, data, exist, persistent, recursive]),
        }
    }

    /// Forgets the watches on a path of a kind. Returns the notices of those that are gone.
    pub fn remove(&mut self, path: &Path, kind: i32) -> Vec<WatchEvent> {
        let lists = &mut self.0;
        let mut notices = Vec::new();
        let mut notice = |gone: bool, kind| {
            if gone {
                notices.push(WatchEvent { kind, path: path.clone(), zxid: Zxid::default() });
            }
        };
        if kind != 1 {
            let gone = remove(&mut lists.data, path) | remove(&mut lists.exist, path);
            notice(gone, EventKind::DataWatchRemoved);
        }
        if kind != 2 {
            notice(remove(&mut lists.child, path), EventKind::ChildWatchRemoved);
        }
        if kind == 3 {
            let gone = remove(&mut lists.persistent, path) | remove(&mut lists.recursive, path);
            notice(gone, EventKind::PersistentWatchRemoved);
        }
        notices
    }

    /// An event has come: the watches that it used up are gone. Says whether there was any watch for it, since nobody is
    /// told otherwise (`ZKWatchManager.materialize`).
    pub fn fired(&mut self, event: &WatchEvent) -> bool {
        let lists = &mut self.0;
        let path = &event.path;
        let mut found = lists.persistent.contains(path);
        if event.kind != EventKind::NodeChildrenChanged {
            found |= remove(&mut lists.data, path) | remove(&mut lists.exist, path);
            found |= lists.recursive.iter().any(|above| is_at_or_below(path, above));
        }
        if matches!(event.kind, EventKind::NodeChildrenChanged | EventKind::NodeDeleted) {
            found |= remove(&mut lists.child, path);
        }
        found
    }
}

fn is_at_or_below(path: &str, above: &str) -> bool {
    path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || above == "/")
}

fn add(list: &mut Vec<Path>, path: &Path) {
    if !list.contains(path) {
        list.push(path.clone());
    }
}

fn remove(list: &mut Vec<Path>, path: &Path) -> bool {
    let before = list.len();
    list.retain(|known| known != path);
    list.len() < before
}
