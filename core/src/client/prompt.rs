//! What comes of the lines that somebody types at a client: each waits until the one before it is done.

use super::shell::Act;
use super::{Client, ClientEffects};
use crate::ids::Sid;
use crate::time::Instant;
use crate::trace::ClientFact;
use std::sync::Arc;

impl Client {
    pub(super) fn run_shell(&mut self, now: Instant, out: &mut ClientEffects) {
        while !self.shell.is_busy() {
            let Some(line) = self.typed.pop_front() else { return };
            let acts = self.shell.enter(&line, !self.is_over());
            self.perform(now, acts, out);
        }
    }

    pub(super) fn perform(&mut self, now: Instant, acts: Vec<Act>, out: &mut ClientEffects) {
        for act in acts {
            match act {
                Act::Ask(operation) => self.call(now, operation, out),
                Act::Connect(hosts) if self.is_over() => self.start_anew(&hosts, out),
                other => self.act(vec![other], out),
            }
        }
    }

    /// A new session, at other servers if any are named.
    fn start_anew(&mut self, hosts: &str, out: &mut ClientEffects) {
        let mut named: Vec<Sid> = Vec::new();
        for host in hosts.split(',').filter(|host| !host.is_empty()) {
            let server = self.ensemble.server_at(host);
            if server.is_none() {
                let ensemble = &self.ensemble;
                let known: Vec<String> =
                    ensemble.servers().filter_map(|sid| ensemble.addresses.for_clients(sid)).collect();
                let fact = ClientFact::NobodyAt { address: Arc::from(host), known: Arc::from(known.join(", ")) };
                self.note(fact, out);
            }
            named.push(server.unwrap_or(Sid::NOBODY));
        }
        let (servers, place) = match named.is_empty() {
            true => (std::mem::take(&mut self.servers), self.place),
            false => (named, 0),
        };
        let fresh = Client::new(&self.name, servers, self.wish, self.automatic);
        let (shell, typed) = (std::mem::take(&mut self.shell), std::mem::take(&mut self.typed));
        *self = Client { shell, typed, place, ensemble: Arc::clone(&self.ensemble), ..fresh };
        self.connect(out);
    }

    /// What can be done at once.
    pub(super) fn act(&mut self, acts: Vec<Act>, out: &mut ClientEffects) {
        for act in acts {
            if let Act::Print(line) = act {
                self.note(ClientFact::Printed(line), out);
            }
        }
    }
}
