//! What can be wrong with a `zoo.cfg`: data, so that each reader says it in their language.

use crate::sids::Sids;
use core::fmt;

/// A mistake and its place. Line and column count from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZooCfgError {
    /// Line; the one behind the last when something is missing.
    pub line: usize,
    /// Column, in characters.
    pub column: usize,
    /// The key.
    pub key: String,
    /// What stands there; empty when something is missing.
    pub found: String,
    /// What is wrong.
    pub cause: ZooCfgCause,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ZooCfgCause {
    /// A line without `=`, `:` or a blank behind its key.
    NoValue,
    /// A line that ends in a backslash goes on in the next; that is not read here.
    Continued,
    /// A key that must be there is not.
    Missing,
    /// No whole number from 0 to 2147483647.
    Number,
    /// A number that must not be 0.
    Zero,
    /// Neither `true` nor `false`.
    Boolean,
    /// Only fast leader election is left of the four.
    ElectionAlg,
    /// Neither `participant` nor `observer`.
    PeerType,
    /// A `clientPortAddress` needs a `clientPort`.
    AddressWithoutPort,
    /// `minSessionTimeout` is larger than `maxSessionTimeout`.
    SessionTimeouts,
    /// With a `maxSessionTimeout` of 0 no session would live.
    NoSessions,
    /// The number of a server is none from 1 to 63.
    ServerNumber,
    /// Not `host:quorumPort:electionPort`, then perhaps a role, then perhaps `;` and a client port.
    Address,
    /// No port from 1 to 65535.
    Port,
    /// The addresses of a server have different roles.
    TwoRoles,
    /// Quorum port and election port are the same.
    SamePorts,
    /// No server is named: what runs alone elects nobody.
    NoServers,
    /// More servers than the simulation holds.
    TooManyServers,
    /// Observers and nobody who votes.
    OnlyObservers,
    /// A single voter runs alone, and cannot have observers then (`standaloneEnabled`).
    ObserversOfOne,
    /// A group or weight names a server that is not there.
    UnknownServer,
    /// A server is in two groups.
    TwoGroups,
    /// There are groups, and a voter is in none.
    NoGroup,
    /// There are weights, and no groups.
    WeightsWithoutGroups,
}

impl fmt::Display for ZooCfgCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ZooCfgCause::NoValue => f.write_str("expected a key, `=` and a value"),
            ZooCfgCause::Continued => f.write_str("a line that goes on in the next is not read; write it in one"),
            ZooCfgCause::Missing => f.write_str("this key must be set"),
            ZooCfgCause::Number => f.write_str("expected a whole number up to 2147483647"),
            ZooCfgCause::Zero => f.write_str("0 means that it is not set"),
            ZooCfgCause::Boolean => f.write_str("expected true or false"),
            ZooCfgCause::ElectionAlg => f.write_str("there is only electionAlg=3, fast leader election"),
            ZooCfgCause::PeerType => f.write_str("expected participant or observer"),
            ZooCfgCause::AddressWithoutPort => f.write_str("clientPortAddress needs a clientPort"),
            ZooCfgCause::SessionTimeouts => {
                f.write_str("minSessionTimeout must not be larger than maxSessionTimeout (unset they are 2 and 20 ticks)")
            }
            ZooCfgCause::NoSessions => f.write_str("with 0 every session would be over at once"),
            ZooCfgCause::ServerNumber => write!(f, "expected the id of a server, 1 to {}", Sids::LARGEST),
            ZooCfgCause::Address => f.write_str(
                "expected host:quorumPort:electionPort, then perhaps :participant or :observer, then perhaps ; and a client port",
            ),
            ZooCfgCause::Port => f.write_str("expected a port from 1 to 65535"),
            ZooCfgCause::TwoRoles => f.write_str("all addresses of a server must have the same role"),
            ZooCfgCause::SamePorts => f.write_str("quorum port and election port must differ"),
            ZooCfgCause::NoServers => f.write_str("there is no server.N: a server that runs alone elects nobody"),
            ZooCfgCause::TooManyServers => {
                write!(f, "there are at most {} servers here", crate::script::MOST_SERVERS)
            }
            ZooCfgCause::OnlyObservers => f.write_str("observers need at least one participant"),
            ZooCfgCause::ObserversOfOne => f.write_str("a single participant runs alone and has no observers"),
            ZooCfgCause::UnknownServer => f.write_str("there is no such server"),
            ZooCfgCause::TwoGroups => f.write_str("this server is in another group already"),
            ZooCfgCause::WeightsWithoutGroups => {
                f.write_str("weights need groups: no server starts, because with a weight each must be in a group.N")
            }
            ZooCfgCause::NoGroup => f.write_str("there are groups, and this server is in none"),
        }
    }
}

impl fmt::Display for ZooCfgError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}: {}", self.line, self.column, self.key, self.cause)?;
        if self.found.is_empty() { Ok(()) } else { write!(f, ", found `{}`", self.found) }
    }
}

impl std::error::Error for ZooCfgError {}
