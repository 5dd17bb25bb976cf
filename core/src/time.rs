//! Simulated time in whole microseconds. No clock of the machine is ever read.

use core::fmt;
use core::ops::{Add, Mul, Sub};

/// A moment, counted in microseconds from the start of the run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(pub u64);

/// A span of simulated time in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration(pub u64);

impl Duration {
    /// No time at all.
    pub const ZERO: Duration = Duration(0);

    /// `ms` milliseconds.
    pub const fn from_millis(ms: u64) -> Duration {
        Duration(ms * 1_000)
    }

    /// Whole milliseconds, rounded down.
    pub const fn as_millis(self) -> u64 {
        self.0 / 1_000
    }
}

impl Instant {
    /// Time passed since `earlier`; zero when `earlier` lies ahead.
    pub fn since(self, earlier: Instant) -> Duration {
        Duration(self.0.saturating_sub(earlier.0))
    }
}

/// What a server's wall clock shows when a run begins, in milliseconds since 1970: 1 January 2024.
const WALL_CLOCK_START: u64 = 1_704_067_200_000;

impl Instant {
    /// What a server's wall clock shows, in milliseconds since 1970.
    pub fn wall_clock(self) -> u64 {
        WALL_CLOCK_START + self.0 / 1_000
    }
}

impl Add<Duration> for Instant {
    type Output = Instant;
    fn add(self, rhs: Duration) -> Instant {
        Instant(self.0.saturating_add(rhs.0))
    }
}

impl Add for Duration {
    type Output = Duration;
    fn add(self, rhs: Duration) -> Duration {
        Duration(self.0.saturating_add(rhs.0))
    }
}

impl Sub for Duration {
    type Output = Duration;
    fn sub(self, rhs: Duration) -> Duration {
        Duration(self.0.saturating_sub(rhs.0))
    }
}

impl Mul<u64> for Duration {
    type Output = Duration;
    fn mul(self, rhs: u64) -> Duration {
        Duration(self.0.saturating_mul(rhs))
    }
}

/// Milliseconds with as many decimals as are needed: `12ms`, `12.5ms`.
fn write_millis(micros: u64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let (whole, rest) = (micros / 1_000, micros % 1_000);
    if rest == 0 {
        write!(f, "{whole}ms")
    } else {
        let digits = format!("{rest:03}");
        write!(f, "{whole}.{}ms", digits.trim_end_matches('0'))
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_millis(self.0, f)
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_millis(self.0, f)
    }
}
