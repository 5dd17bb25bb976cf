//! A second, much simpler implementation of the tree, beside the real one: a sorted map of paths, and the rules of
//! requests as one reads them in the recordings of real servers. It is given the requests of random runs in the order
//! in which the ensemble has committed them, without what the leaders made of them; every server's tree must then be
//! what it is.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use zooscope_core::client::Client;
use zooscope_core::ensemble::{Ensemble, Latency};
use zooscope_core::ids::{ClientId, SessionId, Sid, Zxid};
use zooscope_core::session::{Code, Create, CreateKind, Operation};
use zooscope_core::sim::{Command, World};
use zooscope_core::time::Duration;
use zooscope_core::trace::Fact;
use zooscope_core::tree::acl::{self, Permissions};
use zooscope_core::tree::{Data, DataTree, Owner, Path, Stat, Znode};
use zooscope_core::txn::{Txn, TxnBody};

// ---- the model ----

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

#[derive(Clone)]
struct Model {
    nodes: BTreeMap<String, Node>,
    sessions: BTreeSet<SessionId>,
    /// Zxid and time of the transaction that is being applied.
    now: (Zxid, u64),
}

impl Model {
    fn new() -> Model {
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
    fn apply(&mut self, txn: &Txn, asked: Option<&Operation>) {
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

    fn compare(&self, tree: &DataTree, who: &str) {
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

// ---- the runs ----

/// A generator of numbers that is good enough for a test (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize]
    }

    fn path(&mut self) -> Path {
        let usual = ["/a", "/b", "/a/x", "/a/y", "/b/x", "/a/x/k", "/e", "/a/e", "/c", "/c/k"];
        let odd = ["/", "a", "/a/", "/a//x", "/none/x", "/zookeeper", "/zookeeper/q", "/./a"];
        Path::from(if self.below(12) == 0 { self.one(&odd) } else { self.one(&usual) })
    }

    fn data(&mut self) -> Option<Data> {
        (self.below(6) > 0).then(|| Data::from(vec![b'd'; self.below(9) as usize]))
    }

    fn version(&mut self) -> i32 {
        self.one(&[-1, -1, -1, 0, 1, 2])
    }

    fn list(&mut self) -> Option<Vec<acl::Acl>> {
        (self.below(30) > 0).then(|| {
            let bits = if self.below(8) > 0 { 31 } else { self.below(32) as i32 };
            acl::world(Permissions(bits)).to_vec()
        })
    }

    fn write(&mut self) -> Operation {
        let (path, version) = (self.path(), self.version());
        match self.below(10) {
            0..=4 => {
                let (flags, kind) = match self.below(16) {
                    0 => (9, CreateKind::Create),
                    1 => (4, CreateKind::Container),
                    other => ((other % 4) as i32, self.one(&[CreateKind::Create, CreateKind::Create2])),
                };
                Operation::Create(Create { kind, path, data: self.data(), acl: self.list(), flags, ttl: None })
            }
            5 | 6 => Operation::SetData { path, data: self.data(), version },
            7 | 8 => Operation::Delete { path, version },
            _ => Operation::SetAcl { path, acl: self.list(), version },
        }
    }

    fn request(&mut self) -> Operation {
        if self.below(6) > 0 {
            return self.write();
        }
        let several = (0..self.below(4)).map(|_| match self.below(5) {
            0 => Operation::Check { path: self.path(), version: self.version() },
            _ => self.write(),
        });
        // A list of permissions cannot be set in a multi.
        Operation::Multi(several.filter(|operation| !matches!(operation, Operation::SetAcl { .. })).collect())
    }
}

/// What was asked, by session and number.
type Asked = BTreeMap<(SessionId, i32), Operation>;

struct Run {
    world: World,
    dice: Dice,
    asked: Asked,
    clients: Vec<ClientId>,
}

impl Run {
    fn new(seed: u64) -> Run {
        let ms = Duration::from_millis;
        let ensemble = Ensemble {
            latency: Latency { min: ms(1), max: ms(15) },
            tick_time: ms(500),
            container_check: ms(3_000),
            seed,
            ..Ensemble::of(if seed.is_multiple_of(3) { 5 } else { 3 })
        };
        let dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let mut run = Run { world: World::new(Arc::new(ensemble)), dice, asked: Asked::new(), clients: Vec::new() };
        let servers: Vec<Sid> = run.world.ensemble().servers().collect();
        for sid in servers {
            run.world.apply(&Command::Start(sid)).expect("it does not run yet");
        }
        run
    }

    fn client(&mut self) {
        let servers: Vec<Sid> = self.world.ensemble().servers().collect();
        let first = self.dice.below(servers.len() as u64) as usize;
        let order = servers[first..].iter().chain(&servers[..first]).copied().collect();
        let wish = Duration::from_millis(1_000 + self.dice.below(4) * 1_000);
        let client = Client::new(&format!("c{}", self.clients.len()), order, wish, true);
        let id = self.world.add_client(client, &mut Vec::new());
        self.clients.push(id);
    }

    /// Remembers what clients wait for: that is where it can be read what they have asked.
    fn note(&mut self) {
        for (_, node) in self.world.clients() {
            for (xid, operation) in &node.client.calls {
                self.asked.entry((node.client.session, *xid)).or_insert_with(|| operation.clone());
            }
        }
    }

    fn pass(&mut self, span: Duration) {
        let end = self.world.now() + span;
        while self.world.agenda().peek().is_some_and(|(next, _)| next <= end) {
            let (_, trace) = self.world.step().expect("something is planned");
            let differs = trace.iter().find(|event| matches!(event.fact, Fact::DigestDiffers { .. }));
            assert_eq!(differs, None, "a server has another tree than the leader expected");
            self.note();
        }
        self.world.pass_to(end);
    }

    fn step(&mut self) {
        let sids: Vec<Sid> = self.world.ensemble().servers().collect();
        match self.dice.below(60) {
            0 => {
                let sid = self.dice.one(&sids);
                let down = sids.iter().filter(|sid| self.world.server(**sid).is_none()).count();
                if self.world.server(sid).is_some() && down * 2 + 2 < sids.len() {
                    self.world.apply(&Command::Crash(sid)).expect("it runs");
                }
            }
            1 | 2 => {
                let down = sids.iter().find(|sid| self.world.server(**sid).is_none());
                if let Some(sid) = down.copied() {
                    self.world.apply(&Command::Start(sid)).expect("it is down");
                }
            }
            3 => {
                let client = self.dice.one(&self.clients);
                self.world.end_client(client);
                self.client();
            }
            4 => {
                let client = self.dice.one(&self.clients);
                self.world.call(client, Operation::CloseSession, &mut Vec::new());
                self.note();
                self.client();
            }
            5 => self.pass(Duration::from_millis(3_000)),
            _ => {
                let client = self.dice.one(&self.clients);
                // Some wait for the answer, some do not.
                for _ in 0..=self.dice.below(3) {
                    let request = self.dice.request();
                    self.world.call(client, request, &mut Vec::new());
                    self.note();
                }
                let wait = self.dice.below(60);
                self.pass(Duration::from_millis(wait));
            }
        }
    }

    /// Every server's tree is what the model makes of what that server has applied. Returns the longest history.
    fn compare(&self) -> usize {
        let mut longest = 0;
        for server in self.world.servers() {
            let history = &server.database().history;
            let mut model = Model::new();
            for txn in history.iter() {
                model.apply(txn, self.asked.get(&(txn.request.session, txn.request.cxid)));
            }
            model.compare(&server.database().tree, &format!("server {} at {}", server.id(), history.last_zxid()));
            longest = longest.max(history.len());
        }
        longest
    }
}

#[test]
fn every_tree_is_what_the_model_makes_of_the_requests() {
    let (mut transactions, mut snapshots) = (0, 0);
    for seed in 1..=40 {
        let mut run = Run::new(seed);
        run.pass(Duration::from_millis(2_000));
        (0..4).for_each(|_| run.client());
        for round in 0..4 {
            (0..60).for_each(|_| run.step());
            // The output of a failed test says where.
            println!("seed {seed}, round {round}");
            run.compare();
        }
        run.pass(Duration::from_millis(20_000));
        transactions += run.compare();
        snapshots += run.world.nodes().filter(|(_, node)| node.disk().snapshot.zxid > Zxid::default()).count();
    }
    println!("{transactions} transactions, {snapshots} servers that had a snapshot");
    assert!(transactions > 4_000, "{transactions}");
}
