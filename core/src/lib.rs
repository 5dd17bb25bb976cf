//! A deterministic, sans-IO ZooKeeper ensemble: the real algorithm behind every picture and word of ZooScope.
//!
//! | where | what |
//! | --- | --- |
//! | [`ids`], [`sids`], [`time`], [`quorum`] | the vocabulary: servers and sets of them, zxids, rounds, epochs, moments, majorities |
//! | [`ensemble`], [`addresses`] | the configuration of a run, and what its servers are called |
//! | [`rules`] | the rules of the protocol, and faults that can be switched on |
//! | [`election`] | Fast Leader Election: votes, tables, the main loop, its connections |
//! | [`zab`] | what follows it: discovery, synchronisation, broadcast; [`mod@packet`] is what they say |
//! | [`txn`], [`storage`], [`database`] | transactions, what the disk keeps of them, and what memory has |
//! | [`tree`], [`session`], [`processors`] | the replicated tree, clients' sessions, and the way of a request |
//! | [`client`] | a client of the ensemble, and its command line |
//! | [`server`] | one server as a pure state machine; [`effects`] is what goes in and comes out |
//! | [`sim`] | the world around the servers: agenda, network, processes, commands |
//! | [`history`] | a run with time travel |
//! | [`trace`] | what happened and why, as data; [`mod@describe`] says it in one technical line |
//! | [`query`] | questions about a moment, and statements about the answers |
//! | [`script`] | the command language |
//! | [`mod@zoo_cfg`] | a `zoo.cfg` as the configuration of a run |
//! | [`recording`] | a run as a share link |
//! | [`lesson`] | lesson files: script, prose, claims, and what checks them |
//! | [`real_log`] | the log of a real ensemble, line by line beside a run of ours |
//! | [`conformance`] | recordings of real elections, replayed |
//! | [`invariants`] | what must be true after every event |
//! | [`simulation`] | random runs under faults, checked after every event |
//!
//! # Never
//! * No wall clock, no thread, no chance but the seeded generator in [`sim::World`], no order of a hash table.
//! * No sentence for a learner: prose belongs to the page.
//! * `election` and `server` never look at `sim` or `history`: a server knows only what it was told.

#![forbid(unsafe_code)]

pub mod addresses;
pub mod client;
pub mod conformance;
pub mod database;
pub mod describe;
pub mod effects;
pub mod election;
pub mod ensemble;
pub mod fingerprint;
pub mod history;
pub mod ids;
pub mod invariants;
pub mod lesson;
pub mod maps;
pub mod packet;
pub mod processors;
pub mod query;
pub mod quorum;
pub mod real_log;
pub mod recording;
pub mod rules;
pub mod script;
pub mod server;
pub mod session;
pub mod sids;
pub mod sim;
pub mod simulation;
pub mod storage;
pub mod time;
pub mod trace;
pub mod tree;
pub mod txn;
pub mod zab;
pub mod zoo_cfg;
