//! `server.N`, `group.N` and `weight.N`: who takes part, and what a quorum is (`QuorumServer`, `QuorumHierarchical`).

use super::error::{ZooCfgCause, ZooCfgError};
use super::properties::{Entry, Properties};
use crate::ensemble::{Ensemble, Role};
use crate::ids::Sid;
use crate::script::MOST_SERVERS;
use crate::sids::Sids;
use litemap::LiteMap;

/// A member of a group: the id, as it stands there, and at which byte of the value.
type GroupMember<'a> = (usize, &'a str, Sid);

/// What has been read of them.
pub struct Members<'a> {
    servers: LiteMap<Sid, Role>,
    groups: Vec<(&'a Entry, Vec<GroupMember<'a>>)>,
    weights: Vec<(&'a Entry, Sid, u32)>,
    /// Whether a single voter runs alone (`standaloneEnabled`).
    pub standalone: bool,
    first_observer: Option<&'a Entry>,
}

impl<'a> Members<'a> {
    /// Nobody yet.
    pub fn new() -> Members<'a> {
        let servers = LiteMap::new();
        Members { servers, groups: Vec::new(), weights: Vec::new(), standalone: true, first_observer: None }
    }

    /// Takes a line if it is one of these. Says whether it was.
    pub fn take(&mut self, entry: &'a Entry) -> Result<bool, ZooCfgError> {
        let Some((kind, number)) = entry.key.split_once('.') else { return Ok(false) };
        match kind {
            "server" => {
                let sid = sid(number).ok_or_else(|| entry.at_key(ZooCfgCause::ServerNumber))?;
                let role = role(entry)?;
                if role == Role::Observer {
                    self.first_observer.get_or_insert(entry);
                }
                self.servers.insert(sid, role);
            }
            "group" => {
                let mut ids = Vec::new();
                let mut begin = 0;
                for word in entry.value.split(':') {
                    let at = |cause| entry.part(begin, word, cause);
                    ids.push((begin, word, sid(word.trim()).ok_or_else(|| at(ZooCfgCause::ServerNumber))?));
                    begin += word.len() + 1;
                }
                self.groups.push((entry, ids));
            }
            "weight" => {
                let sid = sid(number).ok_or_else(|| entry.at_key(ZooCfgCause::ServerNumber))?;
                self.weights.push((entry, sid, super::number(entry)? as u32));
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Puts everything into an ensemble; returns the number of voters.
    pub fn install(self, ensemble: &mut Ensemble, file: &Properties) -> Result<usize, ZooCfgError> {
        let voters = self.servers.values().filter(|role| **role == Role::Voter).count();
        if self.servers.is_empty() {
            return Err(file.at_end("server", ZooCfgCause::NoServers));
        }
        if self.servers.len() > usize::from(MOST_SERVERS) {
            return Err(file.at_end("server", ZooCfgCause::TooManyServers));
        }
        if let Some(observer) = self.first_observer {
            match voters {
                0 => return Err(observer.wrong(ZooCfgCause::OnlyObservers)),
                1 if self.standalone => return Err(observer.wrong(ZooCfgCause::ObserversOfOne)),
                _ => {}
            }
        }
        let mut grouped = Sids::EMPTY;
        for (entry, ids) in &self.groups {
            let mut group = Sids::EMPTY;
            for (begin, word, sid) in ids {
                if !self.servers.contains_key(sid) {
                    return Err(entry.part(*begin, word, ZooCfgCause::UnknownServer));
                }
                if !grouped.insert(*sid) {
                    return Err(entry.part(*begin, word, ZooCfgCause::TwoGroups));
                }
                group.insert(*sid);
            }
            ensemble.groups.push(group);
        }
        let alone = self.servers.iter().find(|(sid, role)| **role == Role::Voter && !grouped.contains(**sid));
        if let (Some((sid, _)), false) = (alone, self.groups.is_empty()) {
            return Err(file.at_end(&format!("server.{}", sid.0), ZooCfgCause::NoGroup));
        }
        for (entry, sid, weight) in self.weights {
            if !self.servers.contains_key(&sid) {
                return Err(entry.at_key(ZooCfgCause::UnknownServer));
            }
            ensemble.weights.insert(sid, weight);
        }
        ensemble.members = self.servers;
        Ok(voters)
    }
}

fn sid(word: &str) -> Option<Sid> {
    word.parse().ok().filter(|id| (1..=Sids::LARGEST).contains(id)).map(Sid)
}

/// The role in `host:2888:3888:observer;2181`. Of several addresses (`a:1:2|b:1:2`) each must be one.
fn role(entry: &Entry) -> Result<Role, ZooCfgError> {
    let (addresses, client) = entry.value.split_once(';').unwrap_or((&entry.value, ""));
    if !client.is_empty() {
        let begin = entry.value.len() - client.rsplit(':').next().unwrap_or(client).len();
        port(entry, begin, &entry.value[begin..])?;
    } else if entry.value.contains(';') {
        return Err(entry.wrong(ZooCfgCause::Address));
    }
    let mut role = Role::Voter;
    let mut begin = 0;
    for address in addresses.split('|') {
        role = one_address(entry, begin, address)?;
        begin += address.len() + 1;
    }
    Ok(role)
}

fn one_address(entry: &Entry, begin: usize, address: &str) -> Result<Role, ZooCfgError> {
    let wrong = || entry.part(begin, address, ZooCfgCause::Address);
    // An IPv6 address stands in brackets, since it has colons itself.
    let host = match address.strip_prefix('[') {
        Some(rest) => rest.find(']').map(|end| end + 2).ok_or_else(wrong)?,
        None => address.find(':').ok_or_else(wrong)?,
    };
    let rest = address[host..].strip_prefix(':').filter(|_| host > 0).ok_or_else(wrong)?;
    let mut at = begin + host + 1;
    let mut ports = [0; 2];
    let mut parts = rest.split(':');
    for each in &mut ports {
        let part = parts.next().ok_or_else(wrong)?;
        *each = port(entry, at, part)?;
        at += part.len() + 1;
    }
    if ports[0] == ports[1] {
        return Err(entry.part(begin, address, ZooCfgCause::SamePorts));
    }
    let role = match parts.next().map(str::to_lowercase).as_deref() {
        None | Some("participant") => Role::Voter,
        Some("observer") => Role::Observer,
        Some(_) => return Err(entry.part(at, &entry.value[at..], ZooCfgCause::PeerType)),
    };
    if parts.next().is_some() { Err(wrong()) } else { Ok(role) }
}

/// A port that stands at a byte of a value.
pub fn port(entry: &Entry, begin: usize, word: &str) -> Result<u16, ZooCfgError> {
    let parsed = word.trim().parse().ok().filter(|port| *port > 0);
    parsed.ok_or_else(|| entry.part(begin, word, ZooCfgCause::Port))
}
