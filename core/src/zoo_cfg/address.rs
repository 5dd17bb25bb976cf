//! The value of `server.N`: `host:2888:3888`, perhaps a role, perhaps `;` and where clients come
//! (`QuorumPeer.QuorumServer`).

use super::error::{ZooCfgCause, ZooCfgError};
use super::properties::Entry;
use crate::addresses::{Endpoint, PeerEndpoint, ServerAddress};
use crate::ensemble::Role;
use core::net::Ipv6Addr;
use std::sync::Arc;

/// Where clients come when only a port is given: to every address of the machine.
const EVERY_ADDRESS: &str = "0.0.0.0";

/// Role and address in `host:2888:3888:observer;2181`. Of several addresses (`a:1:2|b:1:2`) each must be one.
pub fn address(entry: &Entry) -> Result<(Role, ServerAddress), ZooCfgError> {
    let (addresses, client) = match entry.value.split_once(';') {
        Some((addresses, _)) => (addresses, Some(client(entry, addresses.len() + 1)?)),
        None => (&*entry.value, None),
    };
    let (mut role, mut peers) = (None, Vec::new());
    let mut begin = 0;
    for address in addresses.split('|') {
        let (own_role, peer) = peer(entry, begin, address)?;
        if role.is_some() && own_role.is_some() && role != own_role {
            return Err(entry.part(begin, address, ZooCfgCause::TwoRoles));
        }
        role = role.or(own_role);
        peers.push(peer);
        begin += address.len() + 1;
    }
    Ok((role.unwrap_or(Role::Voter), ServerAddress { peers, client }))
}

/// What stands behind the semicolon: a port, or a host and a port.
fn client(entry: &Entry, begin: usize) -> Result<Endpoint, ZooCfgError> {
    let text = &entry.value[begin..];
    if text.is_empty() {
        return Err(entry.wrong(ZooCfgCause::Address));
    }
    let (host, rest) = host_and_rest(text).unwrap_or((Arc::from(EVERY_ADDRESS), 0));
    let port = port(entry, begin + rest, &text[rest..])?;
    Ok(Endpoint { host, port })
}

fn peer(entry: &Entry, begin: usize, address: &str) -> Result<(Option<Role>, PeerEndpoint), ZooCfgError> {
    let wrong = || entry.part(begin, address, ZooCfgCause::Address);
    let (host, rest) = host_and_rest(address).filter(|(host, _)| !host.is_empty()).ok_or_else(wrong)?;
    let mut at = begin + rest;
    let mut ports = [0; 2];
    let mut parts = address[rest..].split(':');
    for each in &mut ports {
        let part = parts.next().ok_or_else(wrong)?;
        *each = port(entry, at, part)?;
        at += part.len() + 1;
    }
    if ports[0] == ports[1] {
        return Err(entry.part(begin, address, ZooCfgCause::SamePorts));
    }
    let role = match parts.next().map(str::to_lowercase).as_deref() {
        None => None,
        Some("participant") => Some(Role::Voter),
        Some("observer") => Some(Role::Observer),
        Some(_) => return Err(entry.part(at, &entry.value[at..], ZooCfgCause::PeerType)),
    };
    let quorum = Endpoint { host, port: ports[0] };
    let peer = PeerEndpoint { quorum, election_port: ports[1] };
    if parts.next().is_some() { Err(wrong()) } else { Ok((role, peer)) }
}

/// A host, and the byte behind the colon that ends it. A version 6 address stands in brackets, since it has colons
/// itself.
fn host_and_rest(text: &str) -> Option<(Arc<str>, usize)> {
    match text.strip_prefix('[') {
        Some(inner) => {
            let (host, behind) = inner.split_once(']')?;
            let rest = behind.strip_prefix(':')?;
            Some((written_out(host), text.len() - rest.len()))
        }
        None => text.split_once(':').map(|(host, rest)| (Arc::from(host), text.len() - rest.len())),
    }
}

/// A version 6 address as Java writes it, `::1` with all its noughts (`Inet6Address.getHostAddress`).
fn written_out(host: &str) -> Arc<str> {
    let Ok(address) = host.parse::<Ipv6Addr>() else { return Arc::from(host) };
    let parts: Vec<String> = address.segments().iter().map(|part| format!("{part:x}")).collect();
    Arc::from(parts.join(":"))
}

/// A port that stands at a byte of a value.
pub fn port(entry: &Entry, begin: usize, word: &str) -> Result<u16, ZooCfgError> {
    let parsed = word.trim().parse().ok().filter(|port| *port > 0);
    parsed.ok_or_else(|| entry.part(begin, word, ZooCfgCause::Port))
}
