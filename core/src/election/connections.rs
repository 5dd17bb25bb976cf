//! The election's own connections (`QuorumCnxManager`, dossier §1.10): one per pair of servers, dialled by the
//! larger id; a send queue of one in which the newest vote replaces the older; and the last message sent again
//! when a connection comes up. That is why stale votes are normal.

use super::notification::Notification;
use crate::effects::{Effects, Message, Plane};
use crate::ids::Sid;
use litemap::LiteMap;

/// One peer as the sender sees it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Peer {
    /// The newest vote that could not be handed over yet.
    pub queued: Option<Notification>,
    /// The last vote that was handed over, in this process's life.
    pub last_sent: Option<Notification>,
    /// Whether a connection stands.
    pub up: bool,
}

/// All peers this server ever had something to say to, or was called by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Connections {
    peers: LiteMap<Sid, Peer>,
}

impl Connections {
    /// Sends to a peer: at once over a standing connection, otherwise into the queue and dial.
    pub fn send(&mut self, to: Sid, notification: Notification, out: &mut Effects) {
        let peer = self.peers.entry(to).or_default();
        peer.queued = Some(notification);
        if peer.up {
            flush(to, peer, out);
        } else {
            out.dial(Plane::Election, to);
        }
    }

    /// Whether at least one vote has been handed over since it was queued (`haveDelivered`).
    pub fn have_delivered(&self) -> bool {
        self.peers.values().any(|peer| peer.queued.is_none())
    }

    /// Dials every peer without a connection (`connectAll`).
    pub fn connect_all(&self, out: &mut Effects) {
        for (sid, _) in self.peers.iter().filter(|(_, peer)| !peer.up) {
            out.dial(Plane::Election, *sid);
        }
    }

    /// A peer's connection attempt has arrived. Only the larger id may dial; a smaller one is dialled back.
    pub fn dialled(&mut self, me: Sid, by: Sid, out: &mut Effects) {
        if by > me {
            out.accept(Plane::Election, by);
        } else {
            if let Some(peer) = self.peers.get_mut(&by).filter(|peer| peer.up) {
                peer.up = false;
                out.close(Plane::Election, by);
            }
            out.dial(Plane::Election, by);
        }
    }

    /// A connection stands: send what is queued, or the last message again.
    pub fn link_up(&mut self, with: Sid, out: &mut Effects) {
        let peer = self.peers.entry(with).or_default();
        peer.up = true;
        if peer.queued.is_none() {
            peer.queued = peer.last_sent;
        }
        flush(with, peer, out);
    }

    /// A connection is gone.
    pub fn link_down(&mut self, with: Sid) {
        if let Some(peer) = self.peers.get_mut(&with) {
            peer.up = false;
        }
    }

    /// The peers by ascending id.
    pub fn iter(&self) -> impl Iterator<Item = (Sid, &Peer)> {
        self.peers.iter().map(|(sid, peer)| (*sid, peer))
    }
}

fn flush(to: Sid, peer: &mut Peer, out: &mut Effects) {
    if let Some(notification) = peer.queued.take() {
        peer.last_sent = Some(notification);
        out.send(Plane::Election, to, Message::Notification(notification));
    }
}
