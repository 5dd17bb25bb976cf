//! The model: a sorted map of paths, and what each request makes of it.

use std::collections::{BTreeMap, BTreeSet};
use zooscope_core::ids::{SessionId, Zxid};
use zooscope_core::session::{Code, Create, Operation};
use zooscope_core::tree::{DataTree, Owner, Stat, Znode};
use zooscope_core::txn::{Txn, TxnBody};

#[derive(Clone)]
struct Node {
    data: Option<Vec<u8>>,
    /// What everybody may do.
    allowed: i32,
    czxid: Zxid,
    mzxid: Zxid,
    pzxid: Zxid,
    ctime: u64,
    mtime: u64,
    version: i32,
    aversion: i32,
    /// How many children it has ever had.
    creates: i32,
    owner: Owner,
}

/// The tree and the sessions, as the committed transactions have made them.
#[derive(Clone)]
pub struct Model {
    nodes: BTreeMap<String, Node>,
    sessions: BTreeSet<SessionId>,
    /// Zxid and time of the transaction that is being applied.
    now: (Zxid, u64),
}

impl Model {
    /// An empty ensemble's.
    pub fn new() -> Model {
        let fresh = Node {
            data: Some(Vec::new()),
            allowed: 31,
            czxid: Zxid::default(),
            mzxid: Zxid::default(),
            pzxid: Zxid::default(),
            ctime: 0,
            mtime: 0,
            version: 0,
            aversion: 0,
            creates: 0,
            owner: Owner::Nobody,
        };
        let config = Node { allowed: 1, version: -1, aversion: -1, ..fresh.clone() };
        let names =
            [("/", &fresh), ("/zookeeper", &fresh), ("/zookeeper/quota", &fresh), ("/zookeeper/config", &config)];
        let nodes = names.into_iter().map(|(path, node)| (path.to_string(), node.clone())).collect();
        Model { nodes, sessions: BTreeSet::new(), now: (Zxid::default(), 0) }
    }

    fn children(&self, path: &str) -> i32 {
        let prefix = if path == "/" { "/".to_string() } else { format!("{path}/") };
        let below = self.nodes.keys().filter(|known| known.len() > prefix.len() && known.starts_with(&prefix));
        below.filter(|known| !known[prefix.len()..].contains('/')).count() as i32
    }

    /// What stands before the last slash names the parent; the empty text is the root.
    fn parent(path: &str) -> String {
        match path.rfind('/') {
            None | Some(0) => "/".to_string(),
            Some(slash) => path[..slash].to_string(),
        }
    }

    fn is_valid(path: &str) -> bool {
        path == "/"
            || path.starts_with('/') && !path.contains('\0') && {
                path[1..].split('/').all(|name| !["", ".", ".."].contains(&name))
            }
    }

    fn node(&self, path: &str, permission: i32) -> Result<&Node, Code> {
        let node = self.nodes.get(path).ok_or(Code::NoNode)?;
        if node.allowed & permission != 0 { Ok(node) } else { Err(Code::NoAuth) }
    }

    fn version(found: i32, wanted: i32) -> Result<(), Code> {
        if [-1, found].contains(&wanted) { Ok(()) } else { Err(Code::BadVersion) }
    }

    /// One write. Nothing has changed when it fails.
    fn write(&mut self, session: SessionId, operation: &Operation) -> Result<(), Code> {
        let (zxid, time) = self.now;
        let alive = if self.sessions.contains(&session) { Ok(()) } else { Err(Code::SessionExpired) };
        match operation {
            Operation::Create(Create { path, data, acl, flags, .. }) => {
                if !(0..=4).contains(flags) {
                    return Err(Code::BadArguments);
                }
                alive?;
                if !path.contains('/') {
                    return Err(Code::BadArguments);
                }
                let allowed = acl.as_ref().and_then(|list| list.first()).ok_or(Code::InvalidAcl)?.permissions.0;
                let parent = Model::parent(path);
                let above = self.node(&parent, 4)?;
                let path = match flags {
                    2 | 3 => format!("{path}{:010}", above.creates),
                    _ => path.to_string(),
                };
                if !Model::is_valid(&path) {
                    return Err(Code::BadArguments);
                }
                if self.nodes.contains_key(&path) {
                    return Err(Code::NodeExists);
                }
                if matches!(above.owner, Owner::Session(_)) {
                    return Err(Code::NoChildrenForEphemerals);
                }
                let owner = match flags {
                    1 | 3 => Owner::Session(session),
                    4 => Owner::Container,
                    _ => Owner::Nobody,
                };
                let node = Node {
                    data: data.as_ref().map(|data| data.to_vec()),
                    allowed,
                    czxid: zxid,
                    mzxid: zxid,
                    pzxid: zxid,
                    ctime: time,
                    mtime: time,
                    version: 0,
                    aversion: 0,
                    creates: 0,
                    owner,
                };
                self.nodes.insert(path, node);
                let above = self.nodes.get_mut(&parent).expect("it was there");
                above.creates += 1;
                above.pzxid = zxid;
            }
            Operation::Delete { path, version } => {
                alive?;
                let reserved = ["/", "/zookeeper", "/zookeeper/config", "/zookeeper/quota"].contains(&&**path);
                if reserved || !path.contains('/') {
                    return Err(Code::BadArguments);
                }
                self.node(&Model::parent(path), 8)?;
                Model::version(self.nodes.get(&**path).ok_or(Code::NoNode)?.version, *version)?;
                if self.children(path) > 0 {
                    return Err(Code::NotEmpty);
                }
                self.delete(path);
            }
            Operation::SetData { path, data, version } => {
                alive?;
                if !Model::is_valid(path) {
                    return Err(Code::BadArguments);
                }
                Model::version(self.node(path, 2)?.version, *version)?;
                let node = self.nodes.get_mut(&**path).expect("it was there");
                node.data = data.as_ref().map(|data| data.to_vec());
                node.version += 1;
                (node.mzxid, node.mtime) = (zxid, time);
            }
            Operation::SetAcl { path, acl, version } => {
                alive?;
                if !Model::is_valid(path) {
                    return Err(Code::BadArguments);
                }
                let allowed = acl.as_ref().and_then(|list| list.first()).ok_or(Code::InvalidAcl)?.permissions.0;
                Model::version(self.node(path, 16)?.aversion, *version)?;
                let node = self.nodes.get_mut(&**path).expect("it was there");
                node.allowed = allowed;
                node.aversion += 1;
            }
            Operation::Check { path, version } => {
                alive?;
                if !Model::is_valid(path) {
                    return Err(Code::BadArguments);
                }
                Model::version(self.node(path, 1)?.version, *version)?;
            }
            other => panic!("the workload has no {}", other.name()),
        }
        Ok(())
    }

    fn delete(&mut self, path: &str) {
        self.nodes.remove(path);
        let (zxid, _) = self.now;
        self.nodes.get_mut(&Model::parent(path)).expect("a parent stays").pzxid = zxid;
    }

    fn end(&mut self, session: SessionId) {
        self.sessions.remove(&session);
        let owned = self.nodes.iter().filter(|(_, node)| node.owner == Owner::Session(session));
        for path in owned.map(|(path, _)| path.clone()).collect::<Vec<_>>() {
            self.delete(&path);
        }
    }

    /// Applies what somebody has asked for, and compares what came of it with the transaction.
    pub fn apply(&mut self, txn: &Txn, asked: Option<&Operation>) {
        self.now = (txn.zxid, txn.time);
        let session = txn.request.session;
        let failed = |body: &TxnBody| if let TxnBody::Error(code) = body { Some(*code) } else { None };
        match (&*txn.body, asked) {
            (TxnBody::CreateSession { .. }, _) => {
                self.sessions.insert(session);
            }
            (TxnBody::CloseSession { .. }, _) => self.end(session),
            // The leader has found a container without children.
            (TxnBody::Delete(path), None) => self.delete(path),
            (TxnBody::Error(_), None) => {}
            // Where a client has gone is not known here.
            (TxnBody::Error(Code::SessionMoved), _) => {}
            (TxnBody::Multi(bodies), Some(Operation::Multi(operations))) => {
                let moved = bodies.iter().any(|body| failed(body) == Some(Code::SessionMoved));
                let before = self.clone();
                let mut results = Vec::new();
                for operation in operations {
                    match results.iter().any(|code| *code != Code::Ok) {
                        true => results.push(Code::RuntimeInconsistency),
                        false => results.push(self.write(session, operation).err().unwrap_or(Code::Ok)),
                    }
                }
                if moved || results.iter().any(|code| *code != Code::Ok) {
                    *self = before;
                }
                let theirs: Vec<Code> = bodies.iter().map(|body| failed(body).unwrap_or(Code::Ok)).collect();
                assert!(moved || results == theirs, "{}: {operations:?} gives {results:?}, not {theirs:?}", txn.zxid);
            }
            (body, Some(operation)) => {
                let (ours, theirs) = (self.write(session, operation).err(), failed(body));
                assert_eq!(ours, theirs, "{}: {operation:?} makes {body:?}", txn.zxid);
            }
            (body, None) => panic!("{}: nobody has asked for {body:?}", txn.zxid),
        }
    }

    fn stat(&self, path: &str) -> Stat {
        let node = &self.nodes[path];
        let num_children = self.children(path);
        Stat {
            czxid: node.czxid,
            mzxid: node.mzxid,
            pzxid: node.pzxid,
            ctime: node.ctime,
            mtime: node.mtime,
            version: node.version,
            cversion: 2 * node.creates - num_children,
            aversion: node.aversion,
            owner: node.owner,
            data_length: node.data.as_ref().map_or(0, |data| data.len() as i32),
            num_children,
        }
    }

    /// Whether a server's tree and sessions are these.
    pub fn compare(&self, tree: &DataTree, who: &str) {
        let mut found = Vec::new();
        walk("", tree.root(), &mut found);
        let paths: BTreeSet<&str> = found.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(paths, self.nodes.keys().map(String::as_str).collect(), "{who}: the paths");
        assert_eq!(tree.len(), found.len(), "{who}: their number");
        for (path, znode) in found {
            let (ours, theirs) = (self.stat(&path), znode.shown_stat());
            // The model knows neither the text of the configuration nor when the server put it there.
            if path == "/zookeeper/config" {
                assert!(theirs.mtime > 0, "{who}: a server puts its configuration there before anybody sees it");
                let of_server = Stat { data_length: theirs.data_length, mtime: theirs.mtime, ..ours };
                assert_eq!(theirs, of_server, "{who}: the stat of {path}");
            } else {
                assert_eq!(theirs, ours, "{who}: the stat of {path}");
                assert_eq!(znode.data.as_deref(), self.nodes[&path].data.as_deref(), "{who}: the data of {path}");
            }
            assert_eq!(znode.acl[0].permissions.0, self.nodes[&path].allowed, "{who}: the list of {path}");
        }
        let owned = |(path, node): (&String, &Node)| Some((node.owner.session()?, path.clone()));
        let mut owned: Vec<(SessionId, String)> = self.nodes.iter().filter_map(owned).collect();
        owned.sort();
        let ephemerals = tree.ephemerals().map(|(session, path)| (session, path.to_string()));
        assert_eq!(ephemerals.collect::<Vec<_>>(), owned, "{who}: the ephemerals");
        let sessions: Vec<SessionId> = tree.sessions().map(|(session, _)| session).collect();
        assert_eq!(sessions, self.sessions.iter().copied().collect::<Vec<_>>(), "{who}: the sessions");
    }
}

fn walk<'a>(path: &str, znode: &'a Znode, found: &mut Vec<(String, &'a Znode)>) {
    found.push((if path.is_empty() { "/".to_string() } else { path.to_string() }, znode));
    for (name, child) in &znode.children {
        walk(&format!("{path}/{name}"), child, found);
    }
}
