//! Under which addresses servers are reached, as the lines `server.N` and `clientPort` of a `zoo.cfg` say it
//! (`QuorumPeer.QuorumServer`). The simulated network knows servers by their ids; who needs an address is a person: it
//! stands in `/zookeeper/config`, and `connect` of the command line takes one.

use crate::ids::Sid;
use core::fmt;
use litemap::LiteMap;
use std::sync::Arc;

/// The port that a client tries when its connect string names none (`ConnectStringParser.DEFAULT_PORT`).
const DEFAULT_CLIENT_PORT: u16 = 2181;
/// Without a `zoo.cfg` server 2 is `zk2`, as in the manual, and has the usual ports.
const HOST: &str = "zk";
const QUORUM_PORT: u16 = 2888;
const ELECTION_PORT: u16 = 3888;

/// A host and a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Its name, or its number; one of version 6 without brackets.
    pub host: Arc<str>,
    /// The port.
    pub port: u16,
}

/// A host with both ports on which servers reach each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerEndpoint {
    /// Host and port for learners.
    pub quorum: Endpoint,
    /// The port of the election.
    pub election_port: u16,
}

/// The address of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerAddress {
    /// For the other servers; more than one with `multiAddress.enabled`.
    pub peers: Vec<PeerEndpoint>,
    /// For clients, if it stands in the same line.
    pub client: Option<Endpoint>,
}

/// The addresses of all servers. Empty when nobody has named them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addresses {
    /// By server.
    pub servers: LiteMap<Sid, ServerAddress>,
    /// The `clientPort` of servers whose line names none. `/zookeeper/config` does not show it
    /// (`QuorumServer.isClientAddrFromStatic`): a server knows only its own.
    pub client_port: Option<u16>,
}

impl Addresses {
    /// What stands behind `server.N=` (`QuorumServer.toString`); `role` is `:observer`, `:participant` or nothing.
    pub fn line(&self, sid: Sid, role: &str) -> String {
        match self.servers.get(&sid) {
            Some(address) => address.line(role),
            None => format!("{HOST}{sid}:{QUORUM_PORT}:{ELECTION_PORT}{role}"),
        }
    }

    /// Under which address clients find a server. `None` if it lets no clients in.
    pub fn for_clients(&self, sid: Sid) -> Option<String> {
        if self.servers.is_empty() {
            return Some(format!("{HOST}{sid}:{DEFAULT_CLIENT_PORT}"));
        }
        let server = self.servers.get(&sid)?;
        let host = Arc::clone(&server.peers.first()?.quorum.host);
        Some(Endpoint { host, port: server.client_port(self)? }.to_string())
    }

    /// Which server an address means: host and client port as they are configured. The bare id of a server is no address
    /// and means it all the same.
    pub fn server_at(&self, address: &str) -> Option<Sid> {
        if let Ok(id) = address.parse() {
            return Some(Sid(id));
        }
        let (host, port) = match address.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()),
            _ => (address, Some(DEFAULT_CLIENT_PORT)),
        };
        if self.servers.is_empty() {
            return by_name(host, port);
        }
        let host = host.trim_matches(['[', ']']);
        let found = self.servers.iter().find(|(_, server)| {
            let own_port = server.client_port(self);
            own_port.is_some() && own_port == port && server.has_host(host)
        });
        found.map(|(sid, _)| *sid)
    }
}

/// The server of a host without a `zoo.cfg`.
fn by_name(host: &str, port: Option<u16>) -> Option<Sid> {
    let letters = host.get(..HOST.len()).filter(|letters| letters.eq_ignore_ascii_case(HOST))?;
    let id = host[letters.len()..].parse().ok();
    id.filter(|_| port == Some(DEFAULT_CLIENT_PORT)).map(Sid)
}

impl ServerAddress {
    fn line(&self, role: &str) -> String {
        let mut peers: Vec<&PeerEndpoint> = self.peers.iter().collect();
        peers.sort_by(|a, b| a.quorum.host.cmp(&b.quorum.host));
        let peers: Vec<String> = peers.iter().map(|peer| peer.to_string()).collect();
        let client = self.client.as_ref().map(|client| format!(";{client}")).unwrap_or_default();
        format!("{}{role}{client}", peers.join("|"))
    }

    /// The port for clients: its own, or the one of all.
    fn client_port(&self, all: &Addresses) -> Option<u16> {
        self.client.as_ref().map(|client| client.port).or(all.client_port)
    }

    /// Whether clients may call it so. Names of hosts are the same in capital letters.
    fn has_host(&self, host: &str) -> bool {
        let peers = self.peers.iter().map(|peer| &peer.quorum);
        peers.chain(&self.client).any(|endpoint| endpoint.host.eq_ignore_ascii_case(host))
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Version 6 has colons itself.
        match self.host.contains(':') {
            true => write!(f, "[{}]:{}", self.host, self.port),
            false => write!(f, "{}:{}", self.host, self.port),
        }
    }
}

impl fmt::Display for PeerEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.quorum, self.election_port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(host: &str, port: u16) -> Endpoint {
        Endpoint { host: host.into(), port }
    }

    fn server(host: &str, client: Option<Endpoint>) -> ServerAddress {
        ServerAddress { peers: vec![PeerEndpoint { quorum: endpoint(host, 2888), election_port: 3888 }], client }
    }

    #[test]
    fn without_a_file_names_carry_ids() {
        let addresses = Addresses::default();
        let cases = [
            ("zk3:2181", 3),
            ("ZK3", 3),
            ("4", 4),
            ("zk3:2182", 0),
            ("zk", 0),
            ("z", 0),
            ("\u{8bf}3", 0),
            ("localhost:2181", 0),
            ("", 0),
        ];
        for (address, sid) in cases {
            assert_eq!(addresses.server_at(address), (sid > 0).then_some(Sid(sid)), "{address}");
        }
        assert_eq!(addresses.line(Sid(3), ":observer"), "zk3:2888:3888:observer");
        assert_eq!(addresses.for_clients(Sid(3)).as_deref(), Some("zk3:2181"));
    }

    #[test]
    fn with_a_file_only_its_hosts_and_ports_are_known() {
        let servers = [
            (Sid(1), server("alpha.example", None)),
            (Sid(2), server("zk7", Some(endpoint("0.0.0.0", 2182)))),
            (Sid(3), server("0:0:0:0:0:0:0:1", Some(endpoint("10.0.0.3", 2181)))),
        ];
        let addresses = Addresses { servers: servers.into_iter().collect(), client_port: Some(2181) };
        let cases = [
            ("alpha.example:2181", 1),
            ("ALPHA.example", 1),
            ("alpha.example:2182", 0),
            ("zk7:2182", 2),
            ("zk7", 0),
            ("[0:0:0:0:0:0:0:1]:2181", 3),
            ("10.0.0.3:2181", 3),
            ("zk2:2181", 0),
            ("2", 2),
        ];
        for (address, sid) in cases {
            assert_eq!(addresses.server_at(address), (sid > 0).then_some(Sid(sid)), "{address}");
        }
        let for_clients: Vec<_> = [1, 2, 3].into_iter().filter_map(|sid| addresses.for_clients(Sid(sid))).collect();
        assert_eq!(for_clients, ["alpha.example:2181", "zk7:2182", "[0:0:0:0:0:0:0:1]:2181"]);
        assert_eq!(addresses.line(Sid(1), ":participant"), "alpha.example:2888:3888:participant");
        assert_eq!(addresses.line(Sid(2), ":participant"), "zk7:2888:3888:participant;0.0.0.0:2182");
        assert_eq!(addresses.line(Sid(3), ":observer"), "[0:0:0:0:0:0:0:1]:2888:3888:observer;10.0.0.3:2181");
    }
}
