//! The tree, and how a transaction changes it (`DataTree`). Transactions are absolute: they say the result, not the
//! step, so that applying one twice changes nothing (dossier §4.6).

mod own_config;

use super::acl::{self, AclList, Permissions};
use super::quota::{self, StatsTrack};
use super::{Data, Owner, Path, Stat, digest, path};
use crate::ids::{SessionId, Zxid};
use crate::session::Code;
use crate::txn::{NewNode, Txn, TxnBody};
use rpds::RedBlackTreeMapSync as Map;
use std::sync::Arc;

/// The name of a znode below its parent.
pub type Name = Arc<str>;

/// One node of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Znode {
    /// What it holds; `None` is not the same as nothing.
    pub data: Option<Data>,
    /// Who may do what.
    pub acl: AclList,
    /// What is stored of its stat: `cversion` counts creations of children only, lengths and numbers are left at 0.
    pub stat: Stat,
    /// Its children by name.
    pub children: Map<Name, Arc<Znode>>,
    /// Number of znodes below it, at any depth.
    pub descendants: u32,
}

impl Znode {
    fn new(data: Option<Data>, acl: AclList, stat: Stat) -> Znode {
        Znode { data, acl, stat, children: Map::new_sync(), descendants: 0 }
    }

    /// Its stat as clients see it: the `cversion` shown counts deletions too.
    pub fn shown_stat(&self) -> Stat {
        let num_children = self.children.size() as i32;
        Stat {
            cversion: self.stat.cversion.wrapping_mul(2).wrapping_sub(num_children),
            data_length: self.data.as_ref().map_or(0, |data| data.len() as i32),
            num_children,
            ..self.stat
        }
    }

    /// The names of its children, in order.
    pub fn names(&self) -> impl Iterator<Item = &Name> {
        self.children.keys()
    }
}

/// Something that watches may be waiting for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What happened.
    pub kind: ChangeKind,
    /// To which znode.
    pub path: Path,
    /// Who may read it; for a deleted one, who could.
    pub acl: AclList,
    /// Who may read its parent.
    pub parent_acl: AclList,
}

/// What happened to a znode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// It is new.
    Created,
    /// It is gone.
    Deleted,
    /// Its data was written.
    DataChanged,
}

/// What came of one operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was done, and there is no more to say.
    Done,
    /// A znode was created.
    Created(Path, Stat),
    /// Data or ACL were written.
    Written(Stat),
    /// It was refused, or undone.
    Failed(Code),
    /// What came of each operation of a multi.
    Multi(Vec<Outcome>),
}

/// What a transaction did to the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// What the client is told.
    pub outcome: Outcome,
    /// What watches may be waiting for, in order.
    pub changes: Vec<Change>,
}

/// The replicated state: all znodes, and the sessions. Copies share everything that has not changed since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataTree {
    root: Arc<Znode>,
    /// The sessions and their timeouts in milliseconds.
    sessions: Map<SessionId, u32>,
    /// Every ephemeral znode by its owner.
    ephemerals: Map<(SessionId, Path), ()>,
    /// Containers and znodes with a TTL.
    reapable: Map<Path, ()>,
    /// Paths with a quota.
    quotas: Map<Path, ()>,
    /// The sum over all znodes, or 0 when it is not kept.
    digest: u64,
    has_digest: bool,
}

impl Default for DataTree {
    /// A fresh tree of an ensemble that has no members yet.
    fn default() -> DataTree {
        DataTree::new("", true)
    }
}

impl DataTree {
    /// A fresh tree. `config` is the text of `/zookeeper/config`; `has_digest` is `zookeeper.digest.enabled`.
    pub fn new(config: &str, has_digest: bool) -> DataTree {
        let znode = || Znode::new(Some(Arc::from([])), acl::open(), Stat::default());
        let stat = Stat { version: -1, aversion: -1, ..Stat::default() };
        let config = Znode::new(Some(Arc::from(config.as_bytes())), acl::world(Permissions::READ), stat);
        let (mut reserved, mut root) = (znode(), znode());
        reserved.children.insert_mut(Arc::from("config"), Arc::new(config));
        reserved.children.insert_mut(Arc::from("quota"), Arc::new(znode()));
        reserved.descendants = 2;
        root.children.insert_mut(Arc::from("zookeeper"), Arc::new(reserved));
        root.descendants = 3;
        let mut tree = DataTree {
            root: Arc::new(root),
            sessions: Map::new_sync(),
            ephemerals: Map::new_sync(),
            reapable: Map::new_sync(),
            quotas: Map::new_sync(),
            digest: 0,
            has_digest,
        };
        tree.count_digest("/");
        tree.count_digest(path::RESERVED);
        tree
    }

    // ---- what may be known ----

    /// The root.
    pub fn root(&self) -> &Znode {
        &self.root
    }

    /// A znode. The empty text names the root too, as it does in ZooKeeper; anything else that is not a valid path
    /// names nothing.
    pub fn get(&self, path: &str) -> Option<&Znode> {
        let mut znode = &*self.root;
        if !path.is_empty() && path != "/" {
            for name in path.strip_prefix('/')?.split('/') {
                znode = znode.children.get(name)?;
            }
        }
        Some(znode)
    }

    /// Number of znodes.
    pub fn len(&self) -> usize {
        self.root.descendants as usize + 1
    }

    /// Never: there is always a root.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// The digest of the whole tree; 0 when it is not kept.
    pub fn digest(&self) -> u64 {
        self.digest
    }

    /// The sessions and their timeouts in milliseconds, by id.
    pub fn sessions(&self) -> impl Iterator<Item = (SessionId, u32)> {
        self.sessions.iter().map(|(session, timeout)| (*session, *timeout))
    }

    /// A session's timeout in milliseconds.
    pub fn session(&self, session: SessionId) -> Option<u32> {
        self.sessions.get(&session).copied()
    }

    /// The ephemeral znodes of a session, by path.
    pub fn ephemerals_of(&self, session: SessionId) -> impl Iterator<Item = &Path> {
        let from = (session, Path::from(""));
        self.ephemerals
            .range(from..)
            .map(|(key, ())| key)
            .take_while(move |(owner, _)| *owner == session)
            .map(|key| &key.1)
    }

    /// All ephemeral znodes with their owners.
    pub fn ephemerals(&self) -> impl Iterator<Item = (SessionId, &Path)> {
        self.ephemerals.keys().map(|(owner, path)| (*owner, path))
    }

    /// Containers and znodes with a TTL, by path.
    pub fn reapable(&self) -> impl Iterator<Item = &Path> {
        self.reapable.keys()
    }

    /// The longest path with a quota that holds this one.
    pub fn quota_above(&self, path: &str) -> Option<&Path> {
        let mut prefix = path;
        loop {
            if let Some((known, ())) = self.quotas.get_key_value(prefix) {
                return Some(known);
            }
            prefix = path::parent(prefix).filter(|parent| !parent.is_empty())?;
        }
    }

    /// Limits or counts at a path below `/zookeeper/quota`.
    pub fn track(&self, path: &str) -> Option<StatsTrack> {
        self.get(path).map(|znode| StatsTrack::parse(znode.data.as_deref().unwrap_or_default()))
    }

    // ---- what a transaction does ----

    /// Applies a transaction, all of it or nothing.
    pub fn apply(&mut self, txn: &Txn) -> Applied {
        let mut changes = Vec::new();
        let outcome = self.apply_body(txn, &txn.body, &mut changes);
        Applied { outcome, changes }
    }

    /// Applies one body, which may be a part of a multi, under the zxid and the time of its transaction.
    pub fn apply_body(&mut self, txn: &Txn, body: &TxnBody, changes: &mut Vec<Change>) -> Outcome {
        match body {
            TxnBody::Create(new) => self.create(txn, new, changes),
            TxnBody::Delete(path) => match self.delete(path, txn.zxid, changes) {
                true => Outcome::Done,
                false => Outcome::Failed(Code::NoNode),
            },
            TxnBody::SetData { path, data, version } => self.set_data(txn, path, data, *version, changes),
            TxnBody::SetAcl { path, acl, version } => self.written(path, |znode| {
                znode.acl = acl.clone();
                znode.stat.aversion = *version;
            }),
            TxnBody::Check => Outcome::Done,
            TxnBody::CreateSession { timeout } => {
                self.sessions.insert_mut(txn.request.session, *timeout);
                Outcome::Done
            }
            TxnBody::CloseSession { ephemerals } => {
                self.close_session(txn, ephemerals, changes);
                Outcome::Done
            }
            TxnBody::Multi(bodies) => {
                // A failed one says what failed and changes nothing.
                Outcome::Multi(bodies.iter().map(|body| self.apply_body(txn, body, changes)).collect())
            }
            TxnBody::Error(code) => Outcome::Failed(*code),
        }
    }

    fn create(&mut self, txn: &Txn, new: &NewNode, changes: &mut Vec<Change>) -> Outcome {
        let NewNode { path, data, acl, owner, parent_cversion } = new;
        let (parent, name) = (path::parent_or_root(path), path::name(path));
        let Some(known) = self.get(parent) else { return Outcome::Failed(Code::NoNode) };
        let (exists, parent_acl) = (known.children.contains_key(name), known.acl.clone());
        let stat = Stat {
            czxid: txn.zxid,
            mzxid: txn.zxid,
            pzxid: txn.zxid,
            ctime: txn.time,
            mtime: txn.time,
            owner: *owner,
            ..Stat::default()
        };
        let count_creation = |parent: &mut Znode| {
            // Applied again, an older transaction must not turn the counter back.
            if *parent_cversion > parent.stat.cversion {
                parent.stat.cversion = *parent_cversion;
                parent.stat.pzxid = txn.zxid;
            }
        };
        if exists {
            self.change(parent, count_creation);
            return Outcome::Failed(Code::NodeExists);
        }
        let znode = Znode::new(data.clone(), acl.clone(), stat);
        // What a new counter of a quota holds is counted later.
        let shown = znode.shown_stat();
        self.discount_digest(parent);
        self.resize(parent, 1, |parent| {
            count_creation(parent);
            parent.children.insert_mut(Arc::from(name), Arc::new(znode));
        });
        self.count_digest(parent);
        self.count_digest(path);
        match owner {
            Owner::Nobody => {}
            Owner::Session(session) => self.ephemerals.insert_mut((*session, path.clone()), ()),
            Owner::Container | Owner::Ttl(_) => self.reapable.insert_mut(path.clone(), ()),
        }
        let limited = quota::limited_path(parent).filter(|limited| !limited.is_empty());
        if let (quota::LIMITS, Some(limited)) = (name, limited) {
            self.quotas.insert_mut(Path::from(limited), ());
        }
        if let (quota::STATS, Some(limited)) = (name, limited) {
            self.count_from_scratch(&Path::from(limited));
        }
        self.count_quota(path, 1, data.as_ref().map_or(0, |data| data.len() as i64));
        changes.push(Change { kind: ChangeKind::Created, path: path.clone(), acl: acl.clone(), parent_acl });
        Outcome::Created(path.clone(), shown)
    }

    fn delete(&mut self, path: &Path, zxid: Zxid, changes: &mut Vec<Change>) -> bool {
        let (parent, name) = (path::parent_or_root(path), path::name(path));
        let Some(znode) = self.get(path).filter(|_| &**path != "/") else { return false };
        let (acl, stat, bytes) = (znode.acl.clone(), znode.stat, znode.data.as_ref().map_or(0, |data| data.len()));
        let parent_acl = self.get(parent).map(|parent| parent.acl.clone()).unwrap_or_else(acl::open);
        let gone = 1 + znode.descendants;
        self.discount_digest(path);
        self.resize(parent, -i64::from(gone), |parent| {
            parent.children.remove_mut(name);
        });
        self.change(parent, |parent| parent.stat.pzxid = parent.stat.pzxid.max(zxid));
        match stat.owner {
            Owner::Nobody => {}
            Owner::Session(session) => {
                self.ephemerals.remove_mut(&(session, path.clone()));
            }
            Owner::Container | Owner::Ttl(_) => {
                self.reapable.remove_mut(path);
            }
        }
        if let (quota::LIMITS, Some(limited)) = (name, quota::limited_path(parent)) {
            self.quotas.remove_mut(limited);
        }
        self.count_quota(path, -1, -(bytes as i64));
        changes.push(Change { kind: ChangeKind::Deleted, path: path.clone(), acl, parent_acl });
        true
    }

    fn set_data(
        &mut self,
        txn: &Txn,
        path: &Path,
        data: &Option<Data>,
        version: i32,
        changes: &mut Vec<Change>,
    ) -> Outcome {
        let length = |data: &Option<Data>| data.as_ref().map_or(0, |data| data.len() as i64);
        let before = self.get(path).map_or(0, |znode| length(&znode.data));
        let outcome = self.written(path, |znode| {
            znode.data = data.clone();
            znode.stat.version = version;
            znode.stat.mzxid = txn.zxid;
            znode.stat.mtime = txn.time;
        });
        if matches!(outcome, Outcome::Written(_)) {
            self.count_quota(path, 0, length(data) - before);
            let acl_of = |path: &str| self.get(path).map(|znode| znode.acl.clone()).unwrap_or_else(acl::open);
            let (acl, parent_acl) = (acl_of(path), acl_of(path::parent_or_root(path)));
            changes.push(Change { kind: ChangeKind::DataChanged, path: path.clone(), acl, parent_acl });
        }
        outcome
    }

    /// Ephemerals go with their session: those that the leader knew, then any others that are here.
    fn close_session(&mut self, txn: &Txn, ephemerals: &[Path], changes: &mut Vec<Change>) {
        let session = txn.request.session;
        self.sessions.remove_mut(&session);
        for path in ephemerals {
            self.delete(path, txn.zxid, changes);
        }
        let others: Vec<Path> = self.ephemerals_of(session).cloned().collect();
        for path in others {
            self.delete(&path, txn.zxid, changes);
        }
    }

    // ---- how a znode is changed ----

    fn written(&mut self, path: &str, how: impl FnOnce(&mut Znode)) -> Outcome {
        if self.get(path).is_none() {
            return Outcome::Failed(Code::NoNode);
        }
        self.change(path, how);
        Outcome::Written(self.get(path).map(Znode::shown_stat).unwrap_or_default())
    }

    /// Changes a znode that is there, and the digest with it.
    fn change(&mut self, path: &str, how: impl FnOnce(&mut Znode)) {
        self.discount_digest(path);
        if let Some(znode) = find_mut(&mut self.root, path, 0) {
            how(znode);
        }
        self.count_digest(path);
    }

    /// Changes the children of a znode that is there, and the number of descendants of everything above them. The
    /// digest does not know either.
    fn resize(&mut self, path: &str, by: i64, how: impl FnOnce(&mut Znode)) {
        if let Some(znode) = find_mut(&mut self.root, path, by) {
            how(znode);
        }
    }

    fn count_digest(&mut self, path: &str) {
        if self.has_digest
            && let Some(znode) = self.get(path)
        {
            self.digest = self.digest.wrapping_add(digest::of(path, znode));
        }
    }

    fn discount_digest(&mut self, path: &str) {
        if self.has_digest
            && let Some(znode) = self.get(path)
        {
            self.digest = self.digest.wrapping_sub(digest::of(path, znode));
        }
    }

    // ---- quotas ----

    /// Counts a change of a path under the quota that holds it. A quota on the reserved subtree counts nothing.
    fn count_quota(&mut self, path: &str, count: i64, bytes: i64) {
        let Some(limited) = self.quota_above(path).filter(|limited| &***limited != path::RESERVED).cloned() else {
            return;
        };
        let stats = quota::stats_path(&limited);
        let Some(track) = self.track(&stats) else { return };
        self.write_track(&stats, StatsTrack { count: track.count + count, bytes: track.bytes + bytes, ..track });
    }

    fn count_from_scratch(&mut self, limited: &Path) {
        let of = |znode: &Znode| (i64::from(znode.descendants) + 1, bytes_of(znode));
        let (count, bytes) = self.get(limited).map_or((0, 0), of);
        let stats = quota::stats_path(limited);
        if self.get(&stats).is_some() {
            self.write_track(&stats, StatsTrack { count, bytes, ..StatsTrack::NONE });
        }
    }

    /// The counts are no transaction's work, so nothing of the stat changes.
    fn write_track(&mut self, path: &str, track: StatsTrack) {
        self.change(path, |znode| znode.data = Some(Arc::from(track.to_string().as_bytes())));
    }
}

fn bytes_of(znode: &Znode) -> i64 {
    let own = znode.data.as_ref().map_or(0, |data| data.len() as i64);
    own + znode.children.values().map(|child| bytes_of(child)).sum::<i64>()
}

/// The way to a znode, which becomes this tree's own. On the way the number of descendants changes.
fn find_mut<'a>(root: &'a mut Arc<Znode>, path: &str, descendants: i64) -> Option<&'a mut Znode> {
    let count = |znode: &mut Znode| znode.descendants = (i64::from(znode.descendants) + descendants) as u32;
    let mut znode = Arc::make_mut(root);
    count(znode);
    for name in path.strip_prefix('/')?.split('/').filter(|name| !name.is_empty()) {
        znode = Arc::make_mut(znode.children.get_mut(name)?);
        count(znode);
    }
    Some(znode)
}
