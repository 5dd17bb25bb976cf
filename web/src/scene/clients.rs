//! Clients as the page shows them: what each knows, what its session has left, and what its command line has said.

use super::shortened;
use litemap::LiteMap;
use std::sync::Arc;
use zooscope_core::client::{ClientName, ClientState};
use zooscope_core::history::History;
use zooscope_core::ids::{SessionId, Sid};
use zooscope_core::server::Activity;
use zooscope_core::sim::{Cause, ClientAct, Command, World};
use zooscope_core::time::Duration;
use zooscope_core::trace::{ClientFact, Fact};

/// The most entries of a command line that are shown.
const MOST_LINES: usize = 32;

/// Letters of a client's name that fit where there is little room.
const SHORT_NAME: usize = 5;

/// As much of a client's name as fits on the stage and beside its lane.
pub fn short_name(name: &str) -> String {
    shortened(name, SHORT_NAME)
}

/// A client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientCard {
    /// Its name.
    pub name: ClientName,
    /// What it knows of its session.
    pub state: ClientState,
    /// The server that it is connected with.
    pub server: Option<Sid>,
    /// Its session, once it has one.
    pub session: SessionId,
    /// Whether it is frozen.
    pub paused: bool,
    /// Whether it is cut off.
    pub cut: bool,
    /// Whether its process has ended.
    pub gone: bool,
    /// Whether the last line that was typed, or an earlier one, has no answer yet.
    pub waits: bool,
    /// What the leader's book says of its session; nothing when it has none.
    pub session_now: Option<SessionNow>,
    /// Its watches, as it remembers them: path and kind.
    pub watches: Vec<(Arc<str>, WatchKind)>,
    /// The last lines of its command line, each with its number among all of them.
    pub lines: Vec<(usize, ConsoleLine)>,
}

/// What becomes of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionNow {
    /// It runs down.
    Left(Left),
    /// It is over, which its client need not know.
    Over,
    /// Without a leader that serves no session runs down.
    Unled,
}

impl SessionNow {
    /// What is left of it, if a leader counts.
    pub fn left(self) -> Option<Left> {
        match self {
            SessionNow::Left(left) => Some(left),
            SessionNow::Over | SessionNow::Unled => None,
        }
    }
}

/// How much time a session has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// What is left until it is over, if nothing is heard of it.
    pub left: Duration,
    /// What it was granted.
    pub timeout: Duration,
    /// The most that can be left: the leader looks at sessions once a tick, so each may last up to a tick longer.
    pub most: Duration,
    /// Whether its end is under way.
    pub closing: bool,
}

/// What a client watches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WatchKind {
    /// Data.
    Data,
    /// Whether it exists.
    Exist,
    /// Children.
    Child,
    /// Everything about it, for good.
    Persistent,
    /// Everything below it too, for good.
    Recursive,
}

/// A line that was typed, or the lines that one event has printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsoleLine {
    /// What kind.
    pub kind: LineKind,
    /// What it says.
    pub text: Arc<String>,
    /// The event that brought it.
    pub index: usize,
}

/// Where a line comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// It was typed.
    Typed,
    /// It was printed.
    Printed,
    /// It was printed as an error.
    Error,
    /// The simulator itself says that no server has the address that the line names, and which addresses there are:
    /// zkCli would try in silence, for ever.
    NobodyAt {
        /// The addresses that there are.
        known: Arc<str>,
    },
    /// The simulator itself says why the client has closed its connection: zkCli has it in its log only.
    ReplyTooLong {
        /// How many bytes the reply had.
        length: usize,
    },
}

/// Everything that the command lines of a run have said, by client. Looking for it takes all events of the run, so it
/// is collected once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Consoles(LiteMap<ClientName, Vec<ConsoleLine>>);

impl Consoles {
    /// Those of a run.
    pub fn of(history: &History) -> Consoles {
        let mut consoles = LiteMap::new();
        let mut write = |client: &ClientName, kind, text: &str, index| {
            let lines: &mut Vec<ConsoleLine> = consoles.entry(client.clone()).or_insert_with(Vec::new);
            match lines.last_mut() {
                Some(last) if last.index == index && last.kind == kind => {
                    let all = Arc::make_mut(&mut last.text);
                    all.push('\n');
                    all.push_str(text);
                }
                _ => lines.push(ConsoleLine { kind, text: Arc::new(text.to_string()), index }),
            }
        };
        for (step, index) in history.steps().iter().zip(1..) {
            if let Cause::Command(Command::Client { client, act: ClientAct::Type(line) }) = &step.cause {
                write(client, LineKind::Typed, line, index);
            }
            for event in &step.trace {
                let Fact::Client { client, fact } = &event.fact else { continue };
                match fact {
                    ClientFact::Printed(line) => {
                        // Creating says so on the standard error, which is no mistake.
                        let mistake = line.is_error && !line.text.starts_with("Created ");
                        let kind = if mistake { LineKind::Error } else { LineKind::Printed };
                        write(client, kind, &line.text, index);
                    }
                    ClientFact::ReplyTooLong { length } => {
                        write(client, LineKind::ReplyTooLong { length: *length }, "", index);
                    }
                    ClientFact::NobodyAt { address, known } => {
                        write(client, LineKind::NobodyAt { known: known.clone() }, address, index);
                    }
                    _ => {}
                }
            }
        }
        Consoles(consoles)
    }

    /// The last lines of a client at a moment.
    fn last_lines(&self, client: &ClientName, index: usize) -> Vec<(usize, ConsoleLine)> {
        let lines = self.0.get(client).map_or(&[][..], Vec::as_slice);
        let past = lines.partition_point(|line| line.index <= index);
        let shown = past.saturating_sub(MOST_LINES)..past;
        shown.clone().zip(lines[shown].iter().cloned()).collect()
    }
}

/// All clients, the latest of each name, in the order in which they came.
pub fn clients(history: &History, consoles: &Consoles, index: usize) -> Vec<ClientCard> {
    let world = &*history.world(index);
    let mut cards: Vec<ClientCard> = Vec::new();
    for (_, node) in world.clients() {
        let client = &node.client;
        let card = ClientCard {
            name: client.name.clone(),
            state: client.state,
            server: client.connection.map(|_| client.server()),
            session: client.session,
            paused: node.is_paused(),
            cut: node.is_cut,
            gone: node.is_gone,
            waits: client.shell.is_busy() || node.has_unread_line(),
            session_now: (client.session != SessionId::NONE).then(|| session_now(world, client.session)),
            watches: watches(client),
            lines: consoles.last_lines(&client.name, index),
        };
        match cards.iter_mut().find(|known| known.name == card.name) {
            Some(known) => *known = card,
            None => cards.push(card),
        }
    }
    cards
}

fn session_now(world: &World, session: SessionId) -> SessionNow {
    // A frozen leader may not know that there is another one.
    let leaders = world.servers().filter_map(|server| match server.activity() {
        Activity::Leading(leader) if leader.is_established() => Some((server.current_epoch(), leader)),
        _ => None,
    });
    let leader = leaders.max_by_key(|(epoch, _)| *epoch).map(|(_, leader)| leader);
    let Some(leader) = leader else { return SessionNow::Unled };
    leader.tracker.get(session).map_or(SessionNow::Over, |tracked| {
        let left = tracked.expires_at.since(world.now());
        let timeout = tracked.timeout;
        let most = Duration(timeout.0 + world.ensemble().tick_time.0);
        SessionNow::Left(Left { left, timeout, most, closing: tracked.closing })
    })
}

fn watches(client: &zooscope_core::client::Client) -> Vec<(Arc<str>, WatchKind)> {
    let lists = client.watched.lists(client.seen);
    let kinds = [
        (lists.data, WatchKind::Data),
        (lists.exist, WatchKind::Exist),
        (lists.child, WatchKind::Child),
        (lists.persistent, WatchKind::Persistent),
        (lists.recursive, WatchKind::Recursive),
    ];
    kinds.into_iter().flat_map(|(paths, kind)| paths.into_iter().map(move |path| (path, kind))).collect()
}
