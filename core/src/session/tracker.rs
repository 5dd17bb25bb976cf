//! The leader's book of all sessions: who has been heard of when, and when one is over (`LeaderSessionTracker`,
//! `ExpiryQueue`, dossier §5). No other server and no client decides that.

use super::Code;
use crate::ids::{SessionId, Sid};
use crate::time::{Duration, Instant};
use litemap::LiteMap;

/// What the leader knows of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tracked {
    /// The timeout it was granted.
    pub timeout: Duration,
    /// The moment at which it is over, if nothing is heard of it before.
    pub expires_at: Instant,
    /// The server that its client is connected with, once a request came from there.
    pub owner: Option<Sid>,
    /// Whether its end is under way.
    pub closing: bool,
}

/// All sessions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionTracker {
    sessions: LiteMap<SessionId, Tracked>,
    /// The width of a bucket: sessions end together at multiples of it.
    bucket: Duration,
}

impl SessionTracker {
    /// A new leader's book: every known session has its whole time before it.
    pub fn new(sessions: impl Iterator<Item = (SessionId, u32)>, bucket: Duration, now: Instant) -> SessionTracker {
        let mut tracker = SessionTracker { sessions: LiteMap::new(), bucket };
        for (session, timeout) in sessions {
            tracker.add(session, Duration::from_millis(u64::from(timeout)), None, now);
        }
        tracker
    }

    /// A session begins.
    pub fn add(&mut self, session: SessionId, timeout: Duration, owner: Option<Sid>, now: Instant) {
        let expires_at = self.bucket_after(now + timeout);
        self.sessions.insert(session, Tracked { timeout, expires_at, owner, closing: false });
    }

    /// Its end has been applied.
    pub fn remove(&mut self, session: SessionId) {
        self.sessions.remove(&session);
    }

    /// Its end is under way.
    pub fn close(&mut self, session: SessionId) {
        if let Some(tracked) = self.sessions.get_mut(&session) {
            tracked.closing = true;
        }
    }

    /// Something was heard of it. Returns whether it lives.
    pub fn touch(&mut self, session: SessionId, timeout: Duration, now: Instant) -> bool {
        let expires_at = self.bucket_after(now + timeout);
        match self.sessions.get_mut(&session).filter(|tracked| !tracked.closing) {
            Some(tracked) => {
                tracked.expires_at = expires_at;
                true
            }
            None => false,
        }
    }

    /// Its client is at this server now.
    pub fn set_owner(&mut self, session: SessionId, owner: Sid) {
        if let Some(tracked) = self.sessions.get_mut(&session) {
            tracked.owner = Some(owner);
        }
    }

    /// Whether a session may ask for something through a server.
    ///
    /// # Errors
    /// It is over, or its client has moved on to another server.
    pub fn check(&mut self, session: SessionId, from: Sid) -> Result<(), Code> {
        if session == SessionId::NONE {
            return Ok(());
        }
        match self.sessions.get_mut(&session) {
            Some(tracked) if !tracked.closing => match *tracked.owner.get_or_insert(from) {
                owner if owner == from => Ok(()),
                _ => Err(Code::SessionMoved),
            },
            _ => Err(Code::SessionExpired),
        }
    }

    /// What is known of a session.
    pub fn get(&self, session: SessionId) -> Option<&Tracked> {
        self.sessions.get(&session)
    }

    /// All sessions by id.
    pub fn iter(&self) -> impl Iterator<Item = (SessionId, &Tracked)> {
        self.sessions.iter().map(|(session, tracked)| (*session, tracked))
    }

    /// When to look next whether a session is over.
    pub fn next_expiry(&self) -> Option<Instant> {
        self.sessions.values().filter(|tracked| !tracked.closing).map(|tracked| tracked.expires_at).min()
    }

    /// The sessions that are over by now; from now on they count as closing.
    pub fn expire(&mut self, now: Instant) -> Vec<SessionId> {
        let mut over = Vec::new();
        for (session, tracked) in self.sessions.iter_mut() {
            if !tracked.closing && tracked.expires_at <= now {
                tracked.closing = true;
                over.push(*session);
            }
        }
        over
    }

    /// The first multiple of the bucket's width strictly after a moment.
    fn bucket_after(&self, moment: Instant) -> Instant {
        let width = self.bucket.0.max(1);
        Instant((moment.0 / width + 1) * width)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: fn(u64) -> Duration = Duration::from_millis;

    fn at(ms: u64) -> Instant {
        Instant::default() + MS(ms)
    }

    #[test]
    fn a_session_lives_between_its_timeout_and_one_tick_more() {
        let mut tracker = SessionTracker::new([(SessionId(7), 1_000)].into_iter(), MS(500), at(100));
        assert_eq!(tracker.next_expiry(), Some(at(1_500)));
        assert!(tracker.touch(SessionId(7), MS(1_000), at(1_000)));
        assert_eq!(tracker.next_expiry(), Some(at(2_500)), "strictly after, even at a multiple");
        assert_eq!(tracker.expire(at(2_499)), []);
        assert_eq!(tracker.expire(at(2_500)), [SessionId(7)]);
        assert!(!tracker.touch(SessionId(7), MS(1_000), at(2_500)), "its end is under way");
        assert_eq!(tracker.check(SessionId(7), Sid(1)), Err(Code::SessionExpired));
        assert_eq!((tracker.next_expiry(), tracker.expire(at(9_000))), (None, vec![]), "it ends once");
    }

    #[test]
    fn a_session_belongs_to_the_server_where_its_client_was_seen_last() {
        let mut tracker = SessionTracker::new([(SessionId(7), 1_000)].into_iter(), MS(500), at(0));
        assert_eq!(tracker.check(SessionId(7), Sid(1)), Ok(()));
        assert_eq!(tracker.check(SessionId(7), Sid(2)), Err(Code::SessionMoved));
        tracker.set_owner(SessionId(7), Sid(2));
        assert_eq!(tracker.check(SessionId(7), Sid(2)), Ok(()));
        assert_eq!(tracker.check(SessionId(7), Sid(1)), Err(Code::SessionMoved));
        assert_eq!(tracker.check(SessionId(8), Sid(1)), Err(Code::SessionExpired));
        assert_eq!(tracker.check(SessionId::NONE, Sid(1)), Ok(()));
    }
}
