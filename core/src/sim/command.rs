//! What a person or a test may do to a run.

use crate::ids::Sid;
use crate::query::Predicate;
use crate::time::Duration;
use core::fmt;
use std::collections::BTreeSet;

/// One command of the command language. A run is its configuration and a list of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Start a server that is down.
    Start(Sid),
    /// Start every server that is down, by ascending id, at one moment.
    StartAll,
    /// End a process in good order: it closes its sockets itself.
    Stop(Sid),
    /// End a process at once; what was not flushed is lost.
    Crash(Sid),
    /// Start a server again that was running before.
    Restart(Sid),
    /// Freeze a process. Its sockets stay open.
    Pause(Sid),
    /// Let a frozen process run on.
    Resume(Sid),
    /// Cut the line between two servers: both ends drop their connections, and what is on its way is lost.
    Cut(Sid, Sid),
    /// Cut every line between servers of different sides.
    Partition(Vec<BTreeSet<Sid>>),
    /// Mend every line.
    Heal,
    /// Hold back everything from one server to another.
    Hold(Sid, Sid),
    /// Let go what is held.
    Release(Sid, Sid),
    /// Let time pass.
    Advance(Duration),
    /// Run this many events.
    Step(u32),
    /// Run until no message is on its way and only silence timers and ticks are pending; with a quorum that can
    /// talk to each other, until one leader serves.
    Settle,
    /// Run until something is true.
    Until(Predicate),
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Command::Start(sid) => write!(f, "start {sid}"),
            Command::StartAll => write!(f, "start all"),
            Command::Stop(sid) => write!(f, "stop {sid}"),
            Command::Crash(sid) => write!(f, "crash {sid}"),
            Command::Restart(sid) => write!(f, "restart {sid}"),
            Command::Pause(sid) => write!(f, "pause {sid}"),
            Command::Resume(sid) => write!(f, "resume {sid}"),
            Command::Cut(a, b) => write!(f, "cut {a}-{b}"),
            Command::Partition(sides) => {
                let side = |side: &BTreeSet<Sid>| side.iter().map(Sid::to_string).collect::<Vec<_>>().join(",");
                write!(f, "partition {}", sides.iter().map(side).collect::<Vec<_>>().join(" | "))
            }
            Command::Heal => write!(f, "heal"),
            Command::Hold(from, to) => write!(f, "hold {from}->{to}"),
            Command::Release(from, to) => write!(f, "release {from}->{to}"),
            Command::Advance(span) => write!(f, "advance {span}"),
            Command::Step(count) => write!(f, "step {count}"),
            Command::Settle => write!(f, "settle"),
            Command::Until(predicate) => write!(f, "until {predicate}"),
        }
    }
}

/// Why a command cannot be carried out. Nothing has changed then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommandError {
    /// There is no such server.
    UnknownServer(Sid),
    /// It runs already.
    AlreadyRunning(Sid),
    /// It does not run.
    NotRunning(Sid),
    /// It has never been started, so it cannot be started again.
    NeverStarted(Sid),
    /// It is frozen already.
    AlreadyPaused(Sid),
    /// It is not frozen.
    NotPaused(Sid),
    /// A line needs two different servers.
    SameServer(Sid),
    /// The line is cut already.
    AlreadyCut(Sid, Sid),
    /// A server stands on two sides of a partition.
    TwoSides(Sid),
    /// The direction is held already.
    AlreadyHeld(Sid, Sid),
    /// The direction is not held.
    NotHeld(Sid, Sid),
    /// The run ended or went on for ten simulated minutes without this becoming true.
    NeverTrue,
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CommandError::UnknownServer(sid) => write!(f, "there is no server {sid}"),
            CommandError::AlreadyRunning(sid) => write!(f, "server {sid} is running already"),
            CommandError::NotRunning(sid) => write!(f, "server {sid} is not running"),
            CommandError::NeverStarted(sid) => write!(f, "server {sid} has never been started; use start {sid}"),
            CommandError::AlreadyPaused(sid) => write!(f, "server {sid} is paused already"),
            CommandError::NotPaused(sid) => write!(f, "server {sid} is not paused"),
            CommandError::SameServer(sid) => write!(f, "a line needs two different servers, not {sid} twice"),
            CommandError::AlreadyCut(a, b) => write!(f, "the line {a}-{b} is cut already"),
            CommandError::TwoSides(sid) => write!(f, "server {sid} stands on two sides"),
            CommandError::AlreadyHeld(from, to) => write!(f, "{from}->{to} is held already"),
            CommandError::NotHeld(from, to) => write!(f, "{from}->{to} is not held"),
            CommandError::NeverTrue => write!(f, "this did not become true within ten simulated minutes"),
        }
    }
}
