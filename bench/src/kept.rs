//! The same servers as the page runs them: in a simulated world with its network and its agenda, with a trace of
//! every step and a history of the whole run.

use crate::{Competitor, REPLICAS};
use std::sync::Arc;
use zooscope_core::ensemble::Ensemble;
use zooscope_core::history::History;
use zooscope_core::ids::Sid;
use zooscope_core::query::leader;
use zooscope_core::server::Server;
use zooscope_core::sim::{Command, ProcessAct};

/// A run that is remembered.
pub struct Kept {
    history: History,
    leader: Sid,
    written: usize,
}

impl Competitor for Kept {
    fn established() -> Kept {
        // The competitor keeps no digest of its state either.
        let ensemble = Ensemble { digest: false, ..Ensemble::of(REPLICAS as u8) };
        let mut history = History::new(ensemble);
        for command in [Command::All(ProcessAct::Start), Command::Settle] {
            history.apply(&command).expect("a fresh ensemble can be started");
        }
        let leader = leader(history.latest()).expect("an ensemble that has settled has a leader");
        Kept { history, leader, written: 0 }
    }

    fn write(&mut self, payload: &str) {
        self.written += 1;
        let command = Command::Write { server: self.leader, payload: Arc::from(payload) };
        self.history.apply(&command).expect("the leader serves");
    }

    fn run(&mut self) {
        while self.applied() < self.written {
            self.history.apply(&Command::Step(1)).expect("an event can always be asked for");
        }
    }

    fn applied(&self) -> usize {
        let applied = |server: &Server| server.database().history.len();
        self.history.latest().servers().map(applied).min().unwrap_or(0)
    }
}

impl Kept {
    /// Number of events so far.
    pub fn steps(&self) -> usize {
        self.history.len()
    }
}
