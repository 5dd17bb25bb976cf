//! A second, much simpler implementation of the tree, beside the real one: a sorted map of paths, and the rules of
//! requests as one reads them in the recordings of real servers. It is given the requests of random runs in the order
//! in which the ensemble has committed them, without what the leaders made of them; every server's tree must then be
//! what it is.

mod model;

use model::Model;
use std::collections::BTreeMap;
use std::sync::Arc;
use zooscope_core::client::Client;
use zooscope_core::ensemble::{Ensemble, Latency};
use zooscope_core::ids::{ClientId, SessionId, Sid, Zxid};
use zooscope_core::session::{Create, CreateKind, Operation};
use zooscope_core::sim::{Command, World};
use zooscope_core::time::Duration;
use zooscope_core::trace::Fact;
use zooscope_core::tree::acl::{self, Permissions};
use zooscope_core::tree::{Data, Path};

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
