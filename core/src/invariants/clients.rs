//! What must be true of trees, sessions and clients (dossier §7, §8.4).

use super::{Before, Invariant, Violation};
use crate::client::SET_WATCHES_XID;
use crate::ids::{ClientId, Sid, Zxid};
use crate::session::{Code, EventKind, Operation};
use crate::sim::World;
use crate::trace::{ClientFact, Fact, TraceEvent};

/// What must be known of a client to check the step that leads from one moment to the next.
#[derive(Clone, Debug)]
pub(super) struct ClientBefore {
    id: ClientId,
    seen: Zxid,
    shown: Zxid,
    /// The numbers of its requests that are not answered.
    calls: Vec<i32>,
}

/// All clients of a moment.
pub(super) fn before(world: &World) -> Vec<ClientBefore> {
    let of = |(id, node): (ClientId, &crate::sim::ClientNode)| ClientBefore {
        id,
        seen: node.client.seen,
        shown: node.client.shown,
        calls: node.client.calls.iter().map(|(xid, _)| *xid).collect(),
    };
    world.clients().map(of).collect()
}

/// Checks the trees of a moment.
pub(super) fn check_moment(world: &World) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut known: Vec<(Sid, Zxid, u64)> = Vec::new();
    for server in world.servers() {
        let database = server.database();
        let (sid, last, digest) = (server.id(), database.last_processed, database.tree.digest());
        if let Some((other, ..)) = known.iter().find(|(_, zxid, sum)| *zxid == last && *sum != digest) {
            found.push(Violation::of(Invariant::SameTree, &[*other, sid], Some(last)));
        }
        known.push((sid, last, digest));
        if database.tree.ephemerals().any(|(owner, _)| database.tree.session(owner).is_none()) {
            found.push(Violation::of(Invariant::EphemeralHasSession, &[sid], Some(last)));
        }
    }
    found
}

/// Checks what clients were told in a step.
pub(super) fn check_facts(before: &Before, after: &World, trace: &[TraceEvent]) -> Vec<Violation> {
    let mut found = Vec::new();
    for event in trace {
        let told = match event.fact {
            Fact::WatchFired { readable: false, .. } => Some(Invariant::EventsReadable),
            Fact::StatDisclosed { .. } => Some(Invariant::StatReadable),
            _ => None,
        };
        found.extend(told.map(|broken| Violation::of(broken, &[event.server], None)));
        let Fact::Client { client, fact } = &event.fact else { continue };
        let Some((id, node)) = after.client(client) else { continue };
        let Some(known) = before.clients.iter().find(|known| known.id == id) else { continue };
        let server = [node.client.server()];
        // A server that is told of watches does not know when a znode came or went, and what a client may not read is kept
        // from it: so after a reconnection it may be told of what it has seen the end of.
        let found_so = |kind| {
            let state = matches!(kind, EventKind::NodeCreated | EventKind::NodeDeleted);
            state && known.calls.contains(&SET_WATCHES_XID)
        };
        match fact {
            ClientFact::Event(event) if event.zxid <= known.shown && !found_so(event.kind) => {
                found.push(Violation::of(Invariant::EventsFirst, &server, Some(event.zxid)));
            }
            ClientFact::Replied(call) => {
                let (operation, reply) = &**call;
                // What the client library answers by itself comes from no server.
                let lost = matches!(reply.code, Code::ConnectionLoss | Code::SessionExpired | Code::AuthFailed);
                if lost || matches!(operation, Operation::Auth { .. }) {
                    continue;
                }
                if reply.zxid.is_some_and(|zxid| zxid < known.seen) {
                    found.push(Violation::of(Invariant::NeverBack, &server, reply.zxid));
                }
                let ordered = known.calls.iter().find(|xid| **xid > 0 || **xid == reply.xid);
                if ordered.is_some_and(|first| *first != reply.xid) {
                    found.push(Violation::of(Invariant::RepliesInOrder, &server, reply.zxid));
                }
            }
            _ => {}
        }
    }
    found
}
