//! All commands: how they are used, and which options they have.

use super::options::{Group, Known};
use super::print::Output;

/// What a command does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "these are zkCli's own names, and the table says what they take")]
pub enum Verb {
    AddAuth,
    AddWatch,
    Close,
    Config,
    Connect,
    Create,
    Delete,
    DeleteAll,
    DelQuota,
    Get,
    GetAcl,
    GetAllChildrenNumber,
    GetEphemerals,
    History,
    ListQuota,
    Ls,
    PrintWatches,
    Quit,
    Reconfig,
    Redo,
    RemoveWatches,
    Set,
    SetAcl,
    SetQuota,
    Stat,
    Sync,
    Version,
    WhoAmI,
}

/// A command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Command {
    /// Its name.
    pub name: &'static str,
    /// What follows, as the usage text writes it.
    pub usage: &'static str,
    /// Its options.
    pub options: Known,
    /// The fewest words that it takes, its name among them.
    pub least: usize,
    /// What it does.
    pub verb: Verb,
}

const fn command(name: &'static str, usage: &'static str, names: &'static str, least: usize, verb: Verb) -> Command {
    Command { name, usage, options: Known { names, group: Group::Free }, least, verb }
}

const fn grouped(command: Command, group: Group) -> Command {
    Command { options: Known { names: command.options.names, group }, ..command }
}

/// The options of `setquota`, one of which there must be.
const QUOTAS: Group = Group::One("-n num soft quota, -b bytes soft quota, -N num hard quota, -B bytes hard quota");

/// All commands in the order of the usage text.
static COMMANDS: [Command; 28] = [
    command(
        "addWatch",
        "[-m mode] path # optional mode is one of [PERSISTENT, PERSISTENT_RECURSIVE] - default is PERSISTENT_RECURSIVE",
        "m:",
        2,
        Verb::AddWatch,
    ),
    command("addauth", "scheme auth", "", 2, Verb::AddAuth),
    command("close", "", "", 1, Verb::Close),
    command("config", "[-c] [-w] [-s]", "s w c", 1, Verb::Config),
    command("connect", "host:port", "", 1, Verb::Connect),
    command("create", "[-s] [-e] [-c] [-t ttl] path [data] [acl]", "e s c t:", 2, Verb::Create),
    command("delete", "[-v version] path", "v:", 2, Verb::Delete),
    command("deleteall", "path [-b batch size]", "b:", 2, Verb::DeleteAll),
    grouped(command("delquota", "[-n|-b|-N|-B] path", "n b N B", 2, Verb::DelQuota), Group::AtMostOne),
    command("get", "[-s] [-w] path", "s w b x", 2, Verb::Get),
    command("getAcl", "[-s] path", "s", 2, Verb::GetAcl),
    command("getAllChildrenNumber", "path", "", 2, Verb::GetAllChildrenNumber),
    command("getEphemerals", "path", "", 1, Verb::GetEphemerals),
    command("history", "", "", 1, Verb::History),
    command("listquota", "path", "", 2, Verb::ListQuota),
    command("ls", "[-s] [-w] [-R] path", "? s w R", 2, Verb::Ls),
    command("printwatches", "on|off", "", 1, Verb::PrintWatches),
    command("quit", "", "", 1, Verb::Quit),
    command(
        "reconfig",
        "[-s] [-v version] [[-file path] | [-members serverID=host:port1:port2;port3[,...]*]] | \
         [-add serverId=host:port1:port2;port3[,...]]* [-remove serverId[,...]*]",
        "s v: file: members: add: remove:",
        1,
        Verb::Reconfig,
    ),
    command("redo", "cmdno", "", 1, Verb::Redo),
    command("removewatches", "path [-c|-d|-a] [-l]", "c d a l", 2, Verb::RemoveWatches),
    command("set", "[-s] [-v version] path data", "s v:", 3, Verb::Set),
    command("setAcl", "[-s] [-v version] [-R] path acl", "s v: R", 3, Verb::SetAcl),
    grouped(command("setquota", "-n|-b|-N|-B val path", "n: b: N: B:", 2, Verb::SetQuota), QUOTAS),
    command("stat", "[-w] path", "w", 2, Verb::Stat),
    command("sync", "path", "", 2, Verb::Sync),
    command("version", "", "", 1, Verb::Version),
    command("whoami", "", "", 1, Verb::WhoAmI),
];

impl Command {
    /// The command of a name. Capital letters make a difference.
    pub fn find(name: &str) -> Option<&'static Command> {
        COMMANDS.iter().find(|command| command.name == name)
    }

    /// Its line of the usage text.
    pub fn line(&self) -> String {
        format!("{} {}", self.name, self.usage)
    }
}

/// Prints the whole usage text.
pub fn print(out: &mut Output) {
    out.complain("ZooKeeper -server host:port -client-configuration properties-file cmd args");
    for command in &COMMANDS {
        out.complain(&format!("\t{}", command.line()));
    }
}
