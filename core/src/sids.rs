//! A set of servers as the bits of one number: copied, compared and counted in a few instructions, and ordered
//! by ascending id.

use crate::ids::Sid;
use core::fmt;

/// A set of servers with the ids 0 to [`Sids::LARGEST`].
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sids(u64);

impl Sids {
    /// Nobody.
    pub const EMPTY: Sids = Sids(0);
    /// The largest id that can be a member. Configurations and recordings with a larger one are refused.
    pub const LARGEST: u8 = 63;

    /// The set of one server.
    pub fn of(sid: Sid) -> Sids {
        debug_assert!(sid.0 <= Sids::LARGEST, "server {sid} does not fit a set");
        Sids(1 << sid.0)
    }

    /// Adds a server. Returns whether it was not there before.
    pub fn insert(&mut self, sid: Sid) -> bool {
        let before = *self;
        self.0 |= Sids::of(sid).0;
        *self != before
    }

    /// Takes a server out. Returns whether it was there.
    pub fn remove(&mut self, sid: Sid) -> bool {
        let before = *self;
        self.0 &= !Sids::of(sid).0;
        *self != before
    }

    /// Whether a server is a member.
    pub fn contains(self, sid: Sid) -> bool {
        sid.0 <= Sids::LARGEST && self.0 & Sids::of(sid).0 != 0
    }

    /// Number of members.
    pub fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Whether nobody is a member.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The smallest id.
    pub fn first(self) -> Option<Sid> {
        // A set that is not empty has fewer than 64 trailing zeros.
        (self.0 != 0).then(|| Sid(self.0.trailing_zeros() as u8))
    }

    /// Takes the smallest id out.
    pub fn pop_first(&mut self) -> Option<Sid> {
        let first = self.first()?;
        self.remove(first);
        Some(first)
    }

    /// Members of this set, of the other, or of both.
    #[must_use]
    pub fn union(self, other: Sids) -> Sids {
        Sids(self.0 | other.0)
    }

    /// Members of both sets.
    #[must_use]
    pub fn intersection(self, other: Sids) -> Sids {
        Sids(self.0 & other.0)
    }

    /// Members of this set that are not in the other.
    #[must_use]
    pub fn without(self, other: Sids) -> Sids {
        Sids(self.0 & !other.0)
    }
}

impl IntoIterator for Sids {
    type Item = Sid;
    type IntoIter = Members;
    fn into_iter(self) -> Members {
        Members(self)
    }
}

/// The members by ascending id.
#[derive(Clone, Copy, Debug)]
pub struct Members(Sids);

impl Iterator for Members {
    type Item = Sid;
    fn next(&mut self) -> Option<Sid> {
        self.0.pop_first()
    }
}

impl FromIterator<Sid> for Sids {
    fn from_iter<I: IntoIterator<Item = Sid>>(members: I) -> Sids {
        let mut set = Sids::EMPTY;
        set.extend(members);
        set
    }
}

impl Extend<Sid> for Sids {
    fn extend<I: IntoIterator<Item = Sid>>(&mut self, members: I) {
        for sid in members {
            self.insert(sid);
        }
    }
}

impl<const N: usize> From<[Sid; N]> for Sids {
    fn from(members: [Sid; N]) -> Sids {
        members.into_iter().collect()
    }
}

impl fmt::Debug for Sids {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.into_iter().map(|sid| sid.0)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_come_by_ascending_id_and_once() {
        let mut set: Sids = [5, 1, 63, 5].map(Sid).into();
        assert_eq!(set.into_iter().collect::<Vec<_>>(), [1, 5, 63].map(Sid));
        assert_eq!(set.len(), 3);
        assert!(set.insert(Sid(2)) && !set.insert(Sid(2)));
        assert!(set.remove(Sid(63)) && !set.remove(Sid(63)));
        assert_eq!(set.pop_first(), Some(Sid(1)));
        assert!(set.contains(Sid(5)) && !set.contains(Sid(200)));
        assert_eq!(format!("{set:?}"), "{2, 5}");
    }
}
