//! What decided, in one word.

use crate::election::Criterion;

/// What decided a comparison or an election, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Nothing yet.
    None,
    /// The larger epoch.
    Epoch,
    /// The larger zxid.
    Zxid,
    /// The larger id.
    Id,
    /// A weight of 0.
    Weight,
    /// A quorum, then silence.
    Silence,
    /// An established leader, confirmed.
    Leader,
}

impl Reason {
    /// How it is written.
    pub fn word(self) -> &'static str {
        match self {
            Reason::None => "none",
            Reason::Epoch => "epoch",
            Reason::Zxid => "zxid",
            Reason::Id => "id",
            Reason::Weight => "weight",
            Reason::Silence => "silence",
            Reason::Leader => "leader",
        }
    }

    /// All reasons, for the parser.
    pub const ALL: [Reason; 7] =
        [Reason::None, Reason::Epoch, Reason::Zxid, Reason::Id, Reason::Weight, Reason::Silence, Reason::Leader];
}

impl From<Criterion> for Reason {
    fn from(criterion: Criterion) -> Reason {
        match criterion {
            Criterion::Weight => Reason::Weight,
            Criterion::PeerEpoch => Reason::Epoch,
            Criterion::Zxid => Reason::Zxid,
            Criterion::Leader => Reason::Id,
            Criterion::Equal => Reason::None,
        }
    }
}
