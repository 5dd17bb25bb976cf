//! A client's connection, and what it knows by it of its session: it keeps both alive, and looks for another server when
//! its own is gone.

use super::shell::Notice;
use super::watched::Watched;
use super::{
    AUTH_XID, Client, ClientEffect, ClientEffects, ClientState, ClientTimer, RECONNECT_PAUSE, SET_WATCHES_XID,
};
use crate::ids::SessionId;
use crate::session::{Code, ConnectRequest, ConnectResponse, Operation, ToServer};
use crate::time::{Duration, Instant};
use crate::trace::ClientFact;

impl Client {
    pub(super) fn connect(&mut self, out: &mut ClientEffects) {
        let request =
            ConnectRequest { seen: self.seen, timeout: self.wish, session: self.session, password: self.password };
        out.effects.push(ClientEffect::Connect(self.server(), request));
        if self.automatic {
            // Nobody may have to wait so long for one server that no time is left for the others.
            let patience = Duration(self.timeout.0 / self.servers.len().max(1) as u64);
            out.effects.push(ClientEffect::SetTimer(ClientTimer::Silence, patience));
        }
    }

    pub(super) fn handle_connected(&mut self, now: Instant, response: ConnectResponse, out: &mut ClientEffects) {
        if response.session == SessionId::NONE {
            self.enter(ClientState::Expired, out);
            self.end(now, Code::SessionExpired, out);
            return;
        }
        (self.session, self.password, self.timeout) = (response.session, response.password, response.timeout);
        self.enter(ClientState::SyncConnected, out);
        for proof in self.proofs.clone() {
            self.send(now, AUTH_XID, proof, out);
        }
        let lists = self.watched.lists(self.seen);
        if self.automatic && !lists.is_empty() {
            self.send(now, SET_WATCHES_XID, Operation::SetWatches(Box::new(lists)), out);
        }
        for operation in std::mem::take(&mut self.waiting) {
            self.call(now, operation, out);
        }
        if self.automatic {
            self.sent_at = now;
            out.effects.push(ClientEffect::SetTimer(ClientTimer::Ping, self.ping_interval()));
            out.effects.push(ClientEffect::SetTimer(ClientTimer::Silence, self.read_timeout()));
        }
        self.run_shell(now, out);
    }

    /// The connection is gone: what was asked and not answered may have been done or not.
    pub(super) fn lose_connection(&mut self, now: Instant, out: &mut ClientEffects) {
        self.connection = None;
        if self.is_over() {
            return;
        }
        for timer in [ClientTimer::Ping, ClientTimer::Silence] {
            out.effects.push(ClientEffect::CancelTimer(timer));
        }
        if self.is_connected() {
            self.enter(ClientState::Disconnected, out);
        }
        if self.automatic {
            self.place = (self.place + 1) % self.servers.len().max(1);
            out.effects.push(ClientEffect::SetTimerWithin(ClientTimer::Reconnect, RECONNECT_PAUSE));
        }
        self.fail_calls(now, Code::ConnectionLoss, out);
    }

    /// A reply is too long to be read (`ClientCnxnSocket.readLength`): its length is known before anything in it, so nobody
    /// can say whose answer it is, and the connection is given up like one that is lost.
    pub(super) fn refuse(&mut self, now: Instant, length: usize, out: &mut ClientEffects) {
        self.note(ClientFact::ReplyTooLong { length }, out);
        self.hang_up(out);
        self.lose_connection(now, out);
    }

    /// Without an answer for two thirds of the timeout there is time left to find another server.
    fn read_timeout(&self) -> Duration {
        Duration(self.timeout.0 * 2 / 3)
    }

    fn ping_interval(&self) -> Duration {
        Duration(self.read_timeout().0 / 2)
    }

    pub(super) fn handle_timer(&mut self, now: Instant, timer: ClientTimer, out: &mut ClientEffects) {
        match timer {
            ClientTimer::Ping if self.is_connected() => {
                let quiet = now.since(self.sent_at);
                if quiet >= self.ping_interval() {
                    self.sent_at = now;
                    out.effects.push(ClientEffect::Send(ToServer::Ping));
                    out.effects.push(ClientEffect::SetTimer(ClientTimer::Ping, self.ping_interval()));
                } else {
                    out.effects.push(ClientEffect::SetTimer(ClientTimer::Ping, self.ping_interval() - quiet));
                }
            }
            ClientTimer::Silence if self.is_connected() => {
                let quiet = now.since(self.heard_at);
                if quiet >= self.read_timeout() {
                    self.hang_up(out);
                    self.lose_connection(now, out);
                } else {
                    out.effects.push(ClientEffect::SetTimer(ClientTimer::Silence, self.read_timeout() - quiet));
                }
            }
            ClientTimer::Silence if self.connection.is_some() => {
                self.hang_up(out);
                self.lose_connection(now, out);
            }
            ClientTimer::Reconnect if self.connection.is_none() && !self.is_over() => self.connect(out),
            _ => {}
        }
    }

    pub(super) fn hang_up(&mut self, out: &mut ClientEffects) {
        out.effects.extend(self.connection.take().map(ClientEffect::HangUp));
    }

    /// It is over: nothing more is asked or waited for.
    pub(super) fn end(&mut self, now: Instant, code: Code, out: &mut ClientEffects) {
        for timer in [ClientTimer::Ping, ClientTimer::Silence, ClientTimer::Reconnect] {
            out.effects.push(ClientEffect::CancelTimer(timer));
        }
        self.hang_up(out);
        self.fail_calls(now, code, out);
        self.watched = Watched::default();
    }

    pub(super) fn enter(&mut self, state: ClientState, out: &mut ClientEffects) {
        if self.state != state {
            self.state = state;
            self.note(ClientFact::State(state), out);
            let acts = self.shell.notified(Notice::State(state));
            self.act(acts, out);
        }
    }
}
