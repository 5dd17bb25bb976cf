//! What comes of the lines that somebody types at a client: each waits until the one before it is done.

use super::shell::Act;
use super::{Client, ClientEffects};
use crate::ids::Sid;
use crate::time::Instant;
use crate::trace::ClientFact;

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
        let named: Vec<Sid> =
            hosts.split(',').filter(|host| !host.is_empty()).map(|host| self.addresses.server_at(host)).collect();
        let (servers, place) = match named.is_empty() {
            true => (std::mem::take(&mut self.servers), self.place),
            false => (named, 0),
        };
        let fresh = Client::new(&self.name, servers, self.wish, self.automatic);
        let (shell, typed) = (std::mem::take(&mut self.shell), std::mem::take(&mut self.typed));
        *self = Client { shell, typed, place, addresses: self.addresses.clone(), ..fresh };
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
