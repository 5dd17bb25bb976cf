//! What is known of a znode beside its data (dossier §4.2).

use crate::ids::{SessionId, Zxid};

/// Who owns a znode (`ephemeralOwner`, dossier §4.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Owner {
    /// Nobody: it is persistent.
    #[default]
    Nobody,
    /// A session: it is ephemeral.
    Session(SessionId),
    /// It is a container, deleted some time after its last child.
    Container,
    /// It is deleted some time after it was last written, this many milliseconds later, if it has no children.
    Ttl(u64),
}

impl Owner {
    /// The 64 bits of the field, as they are stored.
    pub fn to_bits(self) -> u64 {
        match self {
            Owner::Nobody => 0,
            Owner::Session(session) => session.0,
            Owner::Container => 1 << 63,
            Owner::Ttl(ttl) => 0xff << 56 | ttl,
        }
    }

    /// The session that owns the znode, if it is ephemeral.
    pub fn session(self) -> Option<SessionId> {
        match self {
            Owner::Session(session) => Some(session),
            _ => None,
        }
    }
}

/// What `stat` says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stat {
    /// The transaction that created it.
    pub czxid: Zxid,
    /// The last transaction that wrote its data.
    pub mzxid: Zxid,
    /// The last transaction that created or deleted a child.
    pub pzxid: Zxid,
    /// When it was created, in milliseconds since 1970, by the clock of the leader.
    pub ctime: u64,
    /// When its data was last written.
    pub mtime: u64,
    /// How often its data was written.
    pub version: i32,
    /// Creations and deletions of children.
    pub cversion: i32,
    /// How often its ACL was changed.
    pub aversion: i32,
    /// Who owns it.
    pub owner: Owner,
    /// Bytes of data.
    pub data_length: i32,
    /// Number of children.
    pub num_children: i32,
}

impl Stat {
    /// The owner as clients see it: containers and TTL nodes show none.
    pub fn ephemeral_owner(&self) -> u64 {
        self.owner.session().map_or(0, |session| session.0)
    }
}
