//! raft-rs with its own storage in memory, driven as its documentation has it: take all messages that wait for a
//! node, then handle what it has ready.

use crate::{Competitor, REPLICAS};
use raft::eraftpb::{Entry, Message};
use raft::storage::MemStorage;
use raft::{Config, RawNode};
use std::collections::VecDeque;

/// One replica.
struct Node {
    raft: RawNode<MemStorage>,
    storage: MemStorage,
    inbox: VecDeque<Message>,
    /// All that was applied, in order, as ZooScope's database has it.
    applied: Vec<Entry>,
}

/// A group of replicas, of which the first one leads; `BATCHED` lets a message carry several entries.
pub struct Group<const BATCHED: bool> {
    nodes: Vec<Node>,
}

impl<const BATCHED: bool> Competitor for Group<BATCHED> {
    fn established() -> Self {
        let mut group = Group { nodes: (1..=REPLICAS as u64).map(|id| Node::new(id, BATCHED)).collect() };
        group.nodes[0].raft.campaign().expect("any replica may ask for votes");
        group.run();
        assert_eq!(group.nodes[0].raft.raft.leader_id, 1, "everybody votes for the only candidate");
        group
    }

    fn write(&mut self, payload: &str) {
        self.nodes[0].raft.propose(Vec::new(), payload.into()).expect("a leader takes proposals");
    }

    fn run(&mut self) {
        let mut busy = true;
        while busy {
            busy = false;
            for place in 0..self.nodes.len() {
                let node = &mut self.nodes[place];
                while let Some(message) = node.inbox.pop_front() {
                    node.raft.step(message).expect("replicas understand each other");
                }
                if node.raft.has_ready() {
                    busy = true;
                    self.handle_ready(place);
                }
            }
        }
    }

    fn applied(&self) -> usize {
        self.nodes.iter().map(|node| node.applied.len()).min().unwrap_or(0)
    }
}

impl Node {
    fn new(id: u64, batched: bool) -> Node {
        let storage = MemStorage::new_with_conf_state(((1..=REPLICAS as u64).collect::<Vec<_>>(), Vec::new()));
        let plain = Config::new(id);
        let max_size_per_msg = if batched { 1 << 20 } else { plain.max_size_per_msg };
        let config = Config { max_size_per_msg, batch_append: batched, ..plain };
        let logger = slog::Logger::root(slog::Discard, slog::o!());
        let raft = RawNode::new(&config, storage.clone(), &logger).expect("the configuration is valid");
        Node { raft, storage, inbox: VecDeque::new(), applied: Vec::new() }
    }

    fn apply(&mut self, committed: Vec<Entry>) {
        // A new leader begins with an entry without contents.
        self.applied.extend(committed.into_iter().filter(|entry| !entry.data.is_empty()));
    }
}

impl<const BATCHED: bool> Group<BATCHED> {
    fn send(&mut self, messages: Vec<Message>) {
        for message in messages {
            self.nodes[message.to as usize - 1].inbox.push_back(message);
        }
    }

    fn handle_ready(&mut self, place: usize) {
        let mut ready = self.nodes[place].raft.ready();
        self.send(ready.take_messages());
        let node = &mut self.nodes[place];
        node.apply(ready.take_committed_entries());
        let mut storage = node.storage.wl();
        storage.append(ready.entries()).expect("the log has no gap");
        if let Some(state) = ready.hs() {
            storage.set_hardstate(state.clone());
        }
        drop(storage);
        self.send(ready.take_persisted_messages());
        let node = &mut self.nodes[place];
        let mut light = node.raft.advance(ready);
        if let Some(commit) = light.commit_index() {
            node.storage.wl().mut_hard_state().commit = commit;
        }
        node.apply(light.take_committed_entries());
        node.raft.advance_apply();
        self.send(light.take_messages());
    }
}
