//! The two layers of votes: the classroom tally, as an all-seeing observer counts it, and what each server knows.

use zooscope_core::election::ServerState;
use zooscope_core::ids::{Sid, Zxid};
use zooscope_core::query::{classroom_tally, current_vote, is_stale};
use zooscope_core::sim::{Process, World};

/// A line of the classroom tally.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TallyRow {
    /// The candidate, a running server.
    pub candidate: Sid,
    /// How many running voters vote for it now.
    pub votes: u64,
}

/// The classroom tally.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// A line for each running voter, ascending.
    pub rows: Vec<TallyRow>,
    /// The smallest quorum.
    pub quorum: u64,
    /// Number of voters.
    pub voters: u64,
}

/// A line of the table of servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerRow {
    /// The server.
    pub sid: Sid,
    /// What it is; `None` when down.
    pub state: Option<ServerState>,
    /// Whether it has never been started.
    pub fresh: bool,
    /// Its vote now.
    pub vote: Option<Sid>,
    /// Its vote one position before, when that was another.
    pub was: Option<Sid>,
    /// Its own last zxid.
    pub zxid: Zxid,
    /// Its round.
    pub round: u32,
}

/// A row of a server's own table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnRow {
    /// Who said it.
    pub sender: Sid,
    /// The vote.
    pub vote: Sid,
    /// What the sender was then.
    pub state: ServerState,
    /// The round of the vote.
    pub round: u32,
    /// Whether its sender says something else by now.
    pub stale: bool,
    /// Whether its sender votes for another by now.
    pub taken_back: bool,
}

/// A server's own table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnTable {
    /// Whose it is.
    pub of: Sid,
    /// Rows by ascending sender.
    pub rows: Vec<OwnRow>,
}

/// The classroom tally at a moment.
pub fn tally(world: &World) -> Tally {
    let candidates = world.servers().map(|server| server.id()).filter(|sid| world.ensemble().is_voter(*sid));
    Tally {
        rows: candidates.map(|candidate| TallyRow { candidate, votes: classroom_tally(world, candidate) }).collect(),
        quorum: world.ensemble().quorum().smallest() as u64,
        voters: world.ensemble().voters().count() as u64,
    }
}

/// The table of servers at a moment; `before` is the world one position earlier.
pub fn servers(world: &World, before: &World) -> Vec<ServerRow> {
    let vote = |world: &World, sid| zooscope_core::query::current_vote(world, sid);
    let row = |(sid, node): (Sid, &zooscope_core::sim::Node)| {
        let (now, was) = (vote(world, sid), vote(before, sid));
        ServerRow {
            sid,
            state: node.server().map(|server| server.state()),
            fresh: node.process == (Process::Down { started_before: false }),
            vote: now,
            was: was.filter(|_| was != now && now.is_some()),
            zxid: zooscope_core::query::last_zxid(world, sid),
            round: node.server().map_or(0, |server| server.round().0),
        }
    };
    world.nodes().map(row).collect()
}

/// What every running server knows.
pub fn own_tables(world: &World) -> Vec<OwnTable> {
    world.servers().map(|server| own_table(world, server.id())).collect()
}

fn own_table(world: &World, of: Sid) -> OwnTable {
    let row = |sender: Sid| {
        let election = world.server(of)?.election()?;
        let heard = election.recvset.of(sender).or_else(|| election.outofelection.of(sender))?.heard;
        let stale = is_stale(world, of, sender);
        let vote = heard.vote.leader;
        let taken_back = stale && current_vote(world, sender) != Some(vote);
        Some(OwnRow { sender, vote, state: heard.state, round: heard.round.0, stale, taken_back })
    };
    OwnTable { of, rows: world.ensemble().servers().filter_map(row).collect() }
}
