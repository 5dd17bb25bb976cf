//! `server.N`, `group.N` and `weight.N`: who takes part, and what a quorum is (`QuorumHierarchical`).

use super::address::address;
use super::error::{ZooCfgCause, ZooCfgError};
use super::properties::{Entry, Properties};
use crate::addresses::{Addresses, ServerAddress};
use crate::ensemble::{Ensemble, Role};
use crate::ids::Sid;
use crate::script::MOST_SERVERS;
use crate::sids::Sids;
use litemap::LiteMap;
use std::sync::Arc;

/// A member of a group: the id, as it stands there, and at which byte of the value.
type GroupMember<'a> = (usize, &'a str, Sid);

/// What has been read of them.
pub struct Members<'a> {
    servers: LiteMap<Sid, Role>,
    addresses: LiteMap<Sid, ServerAddress>,
    groups: Vec<(&'a Entry, Vec<GroupMember<'a>>)>,
    weights: Vec<(&'a Entry, Sid, u32)>,
    /// Whether a single voter runs alone (`standaloneEnabled`).
    pub standalone: bool,
    first_observer: Option<&'a Entry>,
}

impl<'a> Members<'a> {
    /// Nobody yet.
    pub fn new() -> Members<'a> {
        let (servers, addresses) = (LiteMap::new(), LiteMap::new());
        Members { servers, addresses, groups: Vec::new(), weights: Vec::new(), standalone: true, first_observer: None }
    }

    /// Takes a line if it is one of these. Says whether it was.
    pub fn take(&mut self, entry: &'a Entry) -> Result<bool, ZooCfgError> {
        let Some((kind, number)) = entry.key.split_once('.') else { return Ok(false) };
        match kind {
            "server" => {
                let sid = sid(number).ok_or_else(|| entry.at_key(ZooCfgCause::ServerNumber))?;
                let (role, address) = address(entry)?;
                if role == Role::Observer {
                    self.first_observer.get_or_insert(entry);
                }
                self.servers.insert(sid, role);
                self.addresses.insert(sid, address);
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

    /// Whether clients are told in its own line where to reach each server.
    pub fn all_have_client_addresses(&self) -> bool {
        self.addresses.values().all(|address| address.client.is_some())
    }

    /// Puts everything into an ensemble, `clientPort` included; returns the number of voters.
    pub fn install(
        self,
        ensemble: &mut Ensemble,
        client_port: Option<u16>,
        file: &Properties,
    ) -> Result<usize, ZooCfgError> {
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
        // A weight alone makes the quorum a hierarchical one, and there everybody must be in a group.
        if let (Some((weight, ..)), true) = (self.weights.first(), self.groups.is_empty()) {
            return Err(weight.at_key(ZooCfgCause::WeightsWithoutGroups));
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
        ensemble.addresses = Arc::new(Addresses { servers: self.addresses, client_port });
        Ok(voters)
    }
}

fn sid(word: &str) -> Option<Sid> {
    word.parse().ok().filter(|id| (1..=Sids::LARGEST).contains(id)).map(Sid)
}
