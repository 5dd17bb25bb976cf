//! Every server's copy of the tree. Servers with equal copies stand together; what differs from the leader's copy is
//! marked.

use std::sync::Arc;
use zooscope_core::client::ClientName;
use zooscope_core::ids::{Sid, Zxid};
use zooscope_core::query::{Holder, holder, leader};
use zooscope_core::sim::World;
use zooscope_core::tree::{DataTree, Owner, Znode, path};

/// The most znodes of one copy that are shown.
const MOST_ROWS: usize = 60;
/// The most characters of data that are shown.
const MOST_LETTERS: usize = 24;

/// The copy of one server, or of several that are equal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replica {
    /// The servers.
    pub servers: Vec<Sid>,
    /// The last transaction that all of them have applied.
    pub last: Zxid,
    /// Whether it is as the leader's.
    pub as_leader: bool,
    /// Its znodes, parents before children.
    pub rows: Vec<Row>,
    /// How many more there are.
    pub more: usize,
}

/// A znode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its path.
    pub path: Arc<str>,
    /// How deep it stands.
    pub depth: usize,
    /// The beginning of its data; `None` when it has none.
    pub data: Option<String>,
    /// Its version.
    pub version: i32,
    /// What kind of znode it is.
    pub kind: Kind,
    /// Who watches it at these servers.
    pub watchers: Vec<ClientName>,
    /// Whether the leader's copy has no such znode, or another one.
    pub differs: bool,
}

/// What kind of znode it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It stays.
    Persistent,
    /// It goes with its owner's session.
    Ephemeral(Holder),
    /// It goes after its last child.
    Container,
    /// It goes when its time is up.
    Ttl,
}

/// The copies of all running servers. Nothing while nobody has written anything.
pub fn replicas(world: &World) -> Vec<Replica> {
    let fresh = DataTree::default().len();
    if world.clients().next().is_none() && world.servers().all(|server| server.database().tree.len() == fresh) {
        return Vec::new();
    }
    let reference = leader(world).and_then(|leader| world.server(leader)).map(|leader| &leader.database().tree);
    let mut replicas: Vec<(Replica, &DataTree)> = Vec::new();
    for server in world.servers() {
        let (sid, database) = (server.id(), server.database());
        let tree = &database.tree;
        let watched = !server.port().data_watches.is_empty() || !server.port().child_watches.is_empty();
        // A copy that is watched stands alone, since watches belong to one server.
        let equal = replicas.iter_mut().find(|(known, other)| {
            !watched && other.has_same_znodes(tree) && known.rows.iter().all(|row| row.watchers.is_empty())
        });
        if let Some((known, _)) = equal {
            known.servers.push(sid);
            known.last = known.last.min(database.last_processed);
            continue;
        }
        let as_leader = reference.is_none_or(|reference| reference.has_same_znodes(tree));
        let (mut rows, mut more) = (Vec::new(), 0);
        let watchers_of = |path: &str| watchers(world, sid, path);
        walk("/", tree.root(), 0, &mut |path, znode, depth| {
            // Beyond what is shown, whole subtrees are only counted.
            if rows.len() == MOST_ROWS {
                more += znode.descendants as usize + 1;
                return false;
            }
            let other = reference.filter(|_| !as_leader).map(|reference| reference.get(path));
            let differs = other.is_some_and(|other| other.is_none_or(|other| !is_same(other, znode)));
            rows.push(row(world, path, znode, depth, watchers_of(path), differs));
            true
        });
        let last = database.last_processed;
        replicas.push((Replica { servers: vec![sid], last, as_leader, rows, more }, tree));
    }
    replicas.into_iter().map(|(replica, _)| replica).collect()
}

fn is_same(one: &Znode, other: &Znode) -> bool {
    one.stat == other.stat && one.data == other.data
}

/// Visits every znode but those of the reserved subtree that nobody has put there. What `visit` does not want to go
/// into is left out with all below it.
fn walk(path: &str, znode: &Znode, depth: usize, visit: &mut dyn FnMut(&str, &Znode, usize) -> bool) {
    if !visit(path, znode, depth) {
        return;
    }
    for (name, child) in znode.children.iter() {
        let path = path::child(path, name);
        let there_at_first = match path.as_str() {
            path::RESERVED => Some(2),
            path::QUOTA | path::CONFIG => Some(0),
            _ => None,
        };
        if there_at_first.is_none_or(|below| child.descendants > below) {
            walk(&path, child, depth + 1, visit);
        }
    }
}

fn row(world: &World, path: &str, znode: &Znode, depth: usize, watchers: Vec<ClientName>, differs: bool) -> Row {
    let kind = match znode.stat.owner {
        Owner::Nobody => Kind::Persistent,
        Owner::Session(session) => Kind::Ephemeral(holder(world, session)),
        Owner::Container => Kind::Container,
        Owner::Ttl(_) => Kind::Ttl,
    };
    let data = znode.data.as_ref().map(|data| {
        let text = String::from_utf8_lossy(data);
        let mut short: String = text.chars().take(MOST_LETTERS).collect();
        if short.len() < text.len() {
            short.push('…');
        }
        short
    });
    Row { path: Arc::from(path), depth, data, version: znode.stat.version, kind, watchers, differs }
}

/// The clients that watch a path at a server.
fn watchers(world: &World, sid: Sid, path: &str) -> Vec<ClientName> {
    let Some(server) = world.server(sid) else { return Vec::new() };
    let port = server.port();
    let all = port.data_watches.iter().chain(port.child_watches.iter()).filter(|(at, ..)| ***at == *path);
    let mut names: Vec<ClientName> = Vec::new();
    for (_, connection, _) in all {
        let line = world.lines().get(connection);
        let name = line.and_then(|line| world.client_node(line.client)).map(|node| node.client.name.clone());
        if let Some(name) = name.filter(|name| !names.contains(name)) {
            names.push(name);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use zooscope_core::script::Session;

    /// The copies after a script, each as its servers and its paths.
    fn copies(ensemble: &str, script: &str) -> Vec<(Vec<u8>, String, usize)> {
        let begin = "trace off\nstart all\nsettle\nclient a connect 3\nsettle";
        let mut session = Session::default();
        session.run(&format!("{ensemble}\n{begin}\n{script}")).1.expect("the script runs");
        let world = session.history().expect("it began").latest();
        let told = |replica: &Replica| {
            let paths: Vec<&str> = replica.rows.iter().map(|row| &*row.path).collect();
            (replica.servers.iter().map(|sid| sid.0).collect(), paths.join(" "), replica.more)
        };
        replicas(world).iter().map(told).collect()
    }

    #[test]
    fn copies_that_differ_never_stand_together_with_a_digest_or_without() {
        for digest in ["yes", "no"] {
            let found = copies(&format!("ensemble 3 digest={digest}"), "a> create /x 1\nuntil exists 3 /x");
            assert_eq!(found, [(vec![1, 2], "/".to_string(), 0), (vec![3], "/ /x".to_string(), 0)], "digest={digest}");
        }
    }

    #[test]
    fn what_somebody_put_into_the_reserved_subtree_is_shown_and_tells_copies_apart() {
        let script = "a> create /zookeeper/quota/x\nuntil exists 3 /zookeeper/quota/x";
        let shown = "/ /zookeeper /zookeeper/quota /zookeeper/quota/x".to_string();
        assert_eq!(copies("ensemble 3", script), [(vec![1, 2], "/".to_string(), 0), (vec![3], shown, 0)]);
    }

    #[test]
    fn a_large_copy_is_counted_and_not_written_out() {
        let writes: String = (0..70).map(|place| format!("a> create /n{place:02}\n")).collect();
        let found = copies("ensemble 3", &format!("{writes}settle"));
        let [(servers, shown, more)] = &found[..] else { panic!("all copies are equal: {found:?}") };
        assert_eq!((servers.as_slice(), shown.split(' ').count()), (&[1, 2, 3][..], MOST_ROWS));
        assert_eq!(
            more + MOST_ROWS,
            71,
            "the root and seventy znodes; nobody has put anything into the reserved subtree"
        );
    }
}
