//! A file of the format `zk-ops-1` as a list of steps: a header, what was done one after the other with what came of
//! it, and the tree at the end.

use super::json::Json;
use super::request::{self, Arguments};
use crate::addresses::{Addresses, Endpoint, PeerEndpoint, ServerAddress};
use crate::ensemble::{Ensemble, Latency};
use crate::ids::Sid;
use crate::processors::prepare::Settings;
use crate::rules::Faults;
use crate::session::Operation;
use crate::sids::Sids;
use crate::time::Duration;
use core::fmt;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The name and version of the format.
const FORMAT: &str = "zk-ops-1";
/// How long messages travel and disks work in a replay. Steps of a recording follow each other within milliseconds.
const QUICK: Duration = Duration(100);

/// Named values, as an object of a file has them.
pub type Fields = BTreeMap<String, Json>;

/// A recording.
#[derive(Clone, Debug)]
pub struct Recording {
    /// What the recording calls itself.
    pub name: String,
    /// Version of the recorded ZooKeeper.
    pub version: String,
    /// Number of servers; their ids count from 1.
    pub servers: u8,
    /// The one that leads.
    pub leader: Sid,
    /// How they were configured.
    pub config: Config,
    /// What was done, in order.
    pub steps: Vec<Step>,
    /// The zxid and all znodes at the end, and the line that says so.
    pub last: Option<(usize, Fields)>,
}

/// What was configured otherwise than by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// The length of a tick.
    pub tick: Duration,
    /// What is configured about requests.
    pub requests: Settings,
    /// How often the leader looks for containers.
    pub container_check: Duration,
}

/// One step.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its line in the file, from 1.
    pub line: usize,
    /// Its own number.
    pub number: i64,
    /// What was done.
    pub act: Act,
    /// What came of it.
    pub result: Fields,
    /// The watch events that it caused, by the alias of the session.
    pub events: Fields,
}

/// What a recorder can do. Sessions go by the aliases that a recording gives them.
#[derive(Clone, Debug)]
pub enum Act {
    /// A new session begins.
    Open {
        /// Whose.
        alias: String,
        /// With which server.
        server: Sid,
        /// The timeout that it wishes for.
        timeout: Duration,
    },
    /// A session goes on over another connection.
    Reopen {
        /// Whose.
        alias: String,
        /// With which server.
        server: Sid,
        /// Whether the older connection stays, under the alias with a stroke behind it.
        keep: bool,
        /// Whether its password is wrong.
        wrong_password: bool,
    },
    /// A connection ends without a word.
    Disconnect(String),
    /// A connection ends without a word, and the session some time after it.
    Expire(String),
    /// Time passes.
    Wait(Duration),
    /// The leader is killed, and another one takes its place.
    KillLeader,
    /// Somebody asks for something.
    Request(String, Operation),
}

/// Why a file cannot be replayed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unusable {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub problem: String,
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.problem)
    }
}

impl Act {
    /// Its name, as the file writes it.
    pub fn name(&self) -> &'static str {
        match self {
            Act::Open { .. } => "open",
            Act::Reopen { .. } => "reopen",
            Act::Disconnect(_) => "disconnect",
            Act::Expire(_) => "expire",
            Act::Wait(_) => "wait",
            Act::KillLeader => "kill_leader",
            Act::Request(_, Operation::CloseSession) => "close",
            Act::Request(_, operation) => operation.name(),
        }
    }

    /// Whether several znodes may go at once because of it. Their order is then that of a real server's hash table.
    pub fn is_unordered(&self) -> bool {
        matches!(self, Act::Expire(_) | Act::Wait(_) | Act::KillLeader | Act::Request(_, Operation::CloseSession))
    }

    fn server(&self) -> Option<Sid> {
        match self {
            Act::Open { server, .. } | Act::Reopen { server, .. } => Some(*server),
            _ => None,
        }
    }
}

impl Recording {
    /// Reads a file, with a reader of JSON for its lines.
    ///
    /// # Errors
    /// The first line that is no JSON, or says what no recording of this format says.
    pub fn read<E: fmt::Display>(text: &str, json: impl Fn(&str) -> Result<Json, E>) -> Result<Recording, Unusable> {
        let mut lines = text.lines().zip(1..).filter(|(text, _)| !text.trim().is_empty()).map(|(text, line)| {
            // A reader of JSON counts lines of its own.
            let problem = |error: E| error.to_string().replace(" at line 1 column ", " at column ");
            json(text).map(|value| (value, line)).map_err(|error| Unusable { line, problem: problem(error) })
        });
        let (header, line) =
            lines.next().unwrap_or_else(|| Err(Unusable { line: 1, problem: "the file is empty".to_string() }))?;
        let mut recording = header_of(&header).map_err(|problem| Unusable { line, problem })?;
        let mut open = Vec::new();
        for value in lines {
            let (value, line) = value?;
            let unusable = |problem| Unusable { line, problem };
            if recording.last.is_some() {
                return Err(unusable("something follows the final state".to_string()));
            }
            if let Some(last) = value.get("final") {
                let fields = last.fields().ok_or_else(|| unusable("`final` is not an object".to_string()))?;
                recording.last = Some((line, fields.clone()));
                continue;
            }
            let step = step_of(&value, line).map_err(unusable)?;
            recording.take(step, &mut open).map_err(unusable)?;
        }
        match recording.last {
            Some(_) => Ok(recording),
            None => Err(Unusable { line: text.lines().count(), problem: "there is no final state".to_string() }),
        }
    }

    /// Adds a step if everything that it names exists.
    fn take(&mut self, step: Step, open: &mut Vec<String>) -> Result<(), String> {
        if let Some(server) = step.act.server().filter(|server| !(1..=self.servers).contains(&server.0)) {
            return Err(format!("there is no server {server}"));
        }
        match &step.act {
            Act::Open { alias, .. } if open.contains(alias) => return Err(format!("session {alias} is there already")),
            Act::Open { alias, .. } => open.push(alias.clone()),
            Act::Reopen { alias, .. } | Act::Disconnect(alias) | Act::Expire(alias) | Act::Request(alias, _)
                if !open.contains(alias) =>
            {
                return Err(format!("there is no session {alias}"));
            }
            Act::Reopen { alias, keep: true, .. } => open.push(format!("{alias}'")),
            _ => {}
        }
        self.steps.push(step);
        Ok(())
    }

    /// The configuration of the recorded ensemble, on a network without much to wait for.
    pub fn ensemble(&self, faults: Faults) -> Ensemble {
        let Config { tick, requests, container_check } = self.config;
        let mut ensemble = Ensemble {
            tick_time: tick,
            init_limit: 20,
            sync_limit: 10,
            latency: Latency { min: QUICK, max: QUICK },
            disk_time: QUICK,
            requests,
            container_check,
            addresses: Arc::new(on_one_machine(self.servers)),
            ..Ensemble::of(self.servers)
        };
        ensemble.rules.faults = faults;
        ensemble
    }
}

/// What the recorded servers were called, which the length of `/zookeeper/config` shows: the recordings hold no addresses,
/// but all were made on one machine, with the id behind each port.
fn on_one_machine(servers: u8) -> Addresses {
    let host: Arc<str> = Arc::from("127.0.0.1");
    let address = |id: u8| {
        let id = u16::from(id);
        let quorum = Endpoint { host: Arc::clone(&host), port: 28_880 + id };
        let peers = vec![PeerEndpoint { quorum, election_port: 38_880 + id }];
        ServerAddress { peers, client: None }
    };
    Addresses { servers: (1..=servers).map(|id| (Sid(id), address(id))).collect(), client_port: None }
}

fn header_of(header: &Json) -> Result<Recording, String> {
    let given = Arguments(header);
    match header.get("format") {
        Some(Json::Text(format)) if format == FORMAT => {}
        Some(other) => return Err(format!("the format is {other}, expected \"{FORMAT}\"")),
        None => return Err(format!("this is no header of the format {FORMAT}")),
    }
    let text = |name| header.get(name).and_then(Json::as_text).unwrap_or_default().to_string();
    let servers: u8 = given.number("servers")?;
    if !(1..=Sids::LARGEST).contains(&servers) {
        return Err(format!("there cannot be {servers} servers"));
    }
    let leader = Sid(given.number("leader")?);
    // On fresh disks the largest id of those that come first wins, and those that come first must be a quorum.
    if leader.0 > servers || usize::from(leader.0) < Ensemble::of(servers).quorum().smallest() {
        return Err(format!("of {servers} fresh servers, server {leader} cannot come to lead"));
    }
    let config = config_of(header.get("config").unwrap_or(&Json::Null))?;
    Ok(Recording {
        name: text("name"),
        version: text("version"),
        servers,
        leader,
        config,
        steps: Vec::new(),
        last: None,
    })
}

fn config_of(config: &Json) -> Result<Config, String> {
    // Some settings are written as a text, as they stand in a real configuration.
    let millis = |name: &str, default: Duration| match config.get(name) {
        None => Ok(default),
        Some(Json::Number(number)) if *number > 0 => Ok(Duration::from_millis(*number as u64)),
        Some(Json::Text(text)) if text.parse::<u32>().is_ok_and(|number| number > 0) => {
            Ok(Duration::from_millis(text.parse().unwrap_or(1)))
        }
        Some(other) => Err(format!("`{name}` cannot be {other}")),
    };
    let switch = |name: &str| match config.get(name) {
        None => Ok(false),
        Some(Json::Bool(on)) => Ok(*on),
        Some(Json::Text(text)) => Ok(text == "true"),
        Some(other) => Err(format!("`{name}` cannot be {other}")),
    };
    let default = Ensemble::of(1);
    Ok(Config {
        tick: millis("tick_ms", default.tick_time)?,
        requests: Settings { extended_types: switch("extendedTypesEnabled")?, enforce_quota: switch("enforceQuota")? },
        container_check: millis("container_ms", default.container_check)?,
    })
}

fn step_of(step: &Json, line: usize) -> Result<Step, String> {
    let given = Arguments(step);
    let name = given.text("op")?;
    let alias = || given.text("s").map(str::to_string);
    let millis = |name| given.number::<u32>(name).map(|ms| Duration::from_millis(u64::from(ms)));
    let act = match name {
        "open" => Act::Open { alias: alias()?, server: Sid(given.number("server")?), timeout: millis("timeout")? },
        "reopen" => Act::Reopen {
            alias: alias()?,
            server: Sid(given.number("server")?),
            keep: match step.get("old").map(|old| old.as_text().unwrap_or_default()) {
                None | Some("drop") => false,
                Some("keep") => true,
                Some(_) => return Err("`old` is neither `drop` nor `keep`".to_string()),
            },
            wrong_password: match step.get("password").map(|password| password.as_text().unwrap_or_default()) {
                None => false,
                Some("wrong") => true,
                Some(_) => return Err("`password` is not `wrong`".to_string()),
            },
        },
        "disconnect" => Act::Disconnect(alias()?),
        "expire" => Act::Expire(alias()?),
        "wait" => Act::Wait(millis("ms")?),
        "kill_leader" => Act::KillLeader,
        name => Act::Request(alias()?, request::operation(name, given)?),
    };
    let fields = |name: &str| match step.get(name) {
        None => Ok(Fields::new()),
        Some(value) => value.fields().cloned().ok_or_else(|| format!("`{name}` is not an object")),
    };
    given.need("r")?;
    let number = step.get("i").and_then(Json::number).unwrap_or_default();
    Ok(Step { line, number, act, result: fields("r")?, events: fields("ev")? })
}
