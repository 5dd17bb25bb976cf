//! What only the leader decides about sessions: which are alive, where they belong, and when they are over (dossier
//! §5). The cleaning up of containers and of znodes whose time is up is its business as well (§4.4).

use crate::effects::{Effects, Timer};
use crate::ids::{ConnectionId, SessionId, Sid};
use crate::packet::Packet;
use crate::server::{Activity, Server};
use crate::session::Operation;
use crate::session::port::ConnectionStage;
use crate::time::{Duration, Instant};
use crate::trace::Fact;
use crate::tree::{Owner, Path, Znode};
use crate::txn::{Request, RequestId};
use std::sync::Arc;

impl Server {
    /// Sessions that learners have heard of.
    pub(crate) fn handle_touched(&mut self, now: Instant, touched: &[(SessionId, Duration)]) {
        let Activity::Leading(leader) = &mut self.activity else { return };
        for (session, timeout) in touched {
            leader.tracker.touch(*session, *timeout, now);
        }
    }

    /// REVALIDATE at the leader: is this session still alive? If so its client is at that learner from now on.
    pub(crate) fn handle_revalidate(
        &mut self,
        now: Instant,
        from: Sid,
        session: SessionId,
        timeout: Duration,
        out: &mut Effects,
    ) {
        let Activity::Leading(leader) = &mut self.activity else { return };
        let valid = leader.tracker.touch(session, timeout, now);
        if valid {
            leader.tracker.set_owner(session, from);
        }
        out.send_packet(from, Packet::Revalidated(session, valid));
    }

    /// The answer at a learner.
    pub(crate) fn handle_revalidated(&mut self, session: SessionId, valid: bool, out: &mut Effects) {
        let waits = |connection: &ConnectionId| {
            self.port.connections.get(connection).is_some_and(|known| known.stage == ConnectionStage::Revalidating)
        };
        if let Some(connection) = self.port.of_session(session).filter(waits) {
            self.port.welcome(connection, valid, out);
        }
    }

    /// Waits until the next session may be over.
    pub(crate) fn wait_for_sessions(&mut self, now: Instant, out: &mut Effects) {
        let Activity::Leading(leader) = &mut self.activity else { return };
        let Some(next) = leader.tracker.next_expiry() else { return };
        // What is put off later is found out when the timer runs out.
        if leader.sessions_timer.is_none_or(|set| next < set) {
            leader.sessions_timer = Some(next);
            out.set_timer(Timer::Sessions, next.since(now));
        }
    }

    /// Sessions of which nothing was heard in time are closed, as if their clients had asked for it.
    pub(crate) fn expire_sessions(&mut self, now: Instant, out: &mut Effects) {
        let Activity::Leading(leader) = &mut self.activity else { return };
        leader.sessions_timer = None;
        for session in leader.tracker.expire(now) {
            out.note(Fact::SessionExpires { session });
            self.ask_oneself(now, session, Operation::CloseSession, out);
        }
        self.wait_for_sessions(now, out);
    }

    /// Waits until it is time to look for containers. There is nothing to wait for when there are none.
    pub(crate) fn wait_for_containers(&mut self, out: &mut Effects) {
        let every = self.ensemble.container_check;
        let any = self.database.tree.reapable().next().is_some();
        let Activity::Leading(leader) = &mut self.activity else { return };
        if any && !leader.waits_for_containers {
            leader.waits_for_containers = true;
            // The moments are counted from when it began to serve.
            let passed = self.now.since(self.state_since());
            out.set_timer(Timer::Containers, Duration(every.0 - passed.0 % every.0));
        }
    }

    /// Containers that have lost their last child, and znodes whose time is up, are deleted.
    pub(crate) fn reap_containers(&mut self, now: Instant, out: &mut Effects) {
        let tree = &self.database.tree;
        let over = |znode: &Znode| match znode.stat.owner {
            Owner::Container => znode.stat.cversion > 0,
            Owner::Ttl(ttl) => now.wall_clock().saturating_sub(znode.stat.mtime) > ttl,
            _ => false,
        };
        let is_over = |path: &&Path| tree.get(path).is_some_and(|znode| znode.children.is_empty() && over(znode));
        let paths: Vec<Path> = tree.reapable().filter(is_over).cloned().collect();
        if let Activity::Leading(leader) = &mut self.activity {
            leader.waits_for_containers = false;
        }
        for path in paths {
            self.ask_oneself(now, SessionId::NONE, Operation::DeleteContainer { path }, out);
        }
        self.wait_for_containers(out);
    }

    fn ask_oneself(&mut self, now: Instant, session: SessionId, operation: Operation, out: &mut Effects) {
        let id = RequestId { server: self.id, session, cxid: 0 };
        self.propose(now, Request { id, operation, who: Arc::from([]) }, out);
    }

    /// When nothing is under way, the tree that will be is the tree that is, and they share their nodes again.
    pub(crate) fn settle_projection(&mut self, out: &mut Effects) {
        if let Activity::Leading(leader) = &mut self.activity
            && leader.outstanding.is_empty()
            && leader.last_proposed == self.database.last_processed
        {
            leader.projected = self.database.tree.clone();
        }
        self.wait_for_containers(out);
    }
}
