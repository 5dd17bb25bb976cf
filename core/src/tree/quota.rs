//! Quotas: limits and counts as the texts that stand below `/zookeeper/quota` (`Quotas`, `StatsTrack`, dossier §4.5).

use super::path;
use core::fmt;

/// The name of the znode with the limits.
pub const LIMITS: &str = "zookeeper_limits";
/// The name of the znode with the counts.
pub const STATS: &str = "zookeeper_stats";

/// Where the limits of a path stand.
pub fn limits_path(of: &str) -> String {
    format!("{}{of}/{LIMITS}", path::QUOTA)
}

/// Where the counts of a path stand.
pub fn stats_path(of: &str) -> String {
    format!("{}{of}/{STATS}", path::QUOTA)
}

/// The path whose limits or counts stand under a znode below `/zookeeper/quota`.
pub fn limited_path(parent: &str) -> Option<&str> {
    parent.strip_prefix(path::QUOTA)
}

/// Limits or counts, as `count=4,bytes=31` or `count=-1,bytes=-1=;byteHardLimit=10;countHardLimit=3`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatsTrack {
    /// Number of znodes, the one at the path included; -1 for no limit.
    pub count: i64,
    /// Bytes of data in all of them; -1 for no limit.
    pub bytes: i64,
    /// The limit of bytes that is enforced.
    pub byte_hard_limit: Option<i64>,
    /// The limit of znodes that is enforced.
    pub count_hard_limit: Option<i64>,
}

impl StatsTrack {
    /// No limits at all.
    pub const NONE: StatsTrack = StatsTrack { count: -1, bytes: -1, byte_hard_limit: None, count_hard_limit: None };

    /// Reads a text. What is not understood counts as no limit; a real server ends when it applies a transaction below
    /// such a text, which no client can write by the commands for quotas.
    pub fn parse(text: &[u8]) -> StatsTrack {
        let mut track = StatsTrack::NONE;
        for part in String::from_utf8_lossy(text).split([',', ';']) {
            let mut words = part.split('=').filter(|word| !word.is_empty());
            let (Some(name), Some(value)) = (words.next(), words.next()) else { continue };
            let Ok(value) = value.parse() else { continue };
            match name {
                "count" => track.count = value,
                "bytes" => track.bytes = value,
                "byteHardLimit" => track.byte_hard_limit = Some(value),
                "countHardLimit" => track.count_hard_limit = Some(value),
                _ => {}
            }
        }
        track
    }

    /// Whether a count of znodes and a number of bytes keep to the limits that are enforced.
    pub fn admits(&self, count: i64, bytes: i64) -> bool {
        let within = |limit: Option<i64>, value| limit.is_none_or(|limit| limit < 0 || value <= limit);
        within(self.count_hard_limit, count) && within(self.byte_hard_limit, bytes)
    }
}

impl fmt::Display for StatsTrack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "count={},bytes={}", self.count, self.bytes)?;
        // The odd `=` made older servers overlook what follows.
        let mut before = "=;";
        let hard = [("byteHardLimit", self.byte_hard_limit), ("countHardLimit", self.count_hard_limit)];
        for (name, limit) in hard.into_iter().filter_map(|(name, limit)| Some((name, limit?))) {
            write!(f, "{before}{name}={limit}")?;
            before = ";";
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_and_written_as_zookeeper_does() {
        for text in ["count=4,bytes=31", "count=-1,bytes=-1=;byteHardLimit=10;countHardLimit=3"] {
            assert_eq!(StatsTrack::parse(text.as_bytes()).to_string(), text);
        }
        assert_eq!(StatsTrack::parse(b"nonsense,,=;count=x"), StatsTrack::NONE);
        let limits = StatsTrack::parse(b"count=1,bytes=-1=;byteHardLimit=-1;countHardLimit=3");
        assert!(limits.admits(3, 1_000) && !limits.admits(4, 0));
    }
}
