//! The commands, and how each is used: the table that `help` prints.

/// A command: its name, its options (a `:` follows those that take a value), how it is used, and how many arguments it
/// needs.
pub struct Usage {
    /// Its name.
    pub name: &'static str,
    /// Its options.
    pub options: &'static str,
    /// What stands behind its name in the usage text.
    pub text: &'static str,
    /// The fewest arguments.
    pub least: usize,
}

const fn usage(name: &'static str, options: &'static str, text: &'static str, least: usize) -> Usage {
    Usage { name, options, text, least }
}

/// All commands in the order of the usage text.
pub const COMMANDS: [Usage; 28] = [
    usage(
        "addWatch",
        "m:",
        "[-m mode] path # optional mode is one of [PERSISTENT, PERSISTENT_RECURSIVE] - default is PERSISTENT_RECURSIVE",
        1,
    ),
    usage("addauth", "", "scheme auth", 1),
    usage("close", "", "", 0),
    usage("config", "cws", "[-c] [-w] [-s]", 0),
    usage("connect", "", "host:port", 0),
    usage("create", "sect:", "[-s] [-e] [-c] [-t ttl] path [data] [acl]", 1),
    usage("delete", "v:", "[-v version] path", 1),
    usage("deleteall", "b:", "path [-b batch size]", 1),
    usage("delquota", "nbNB", "[-n|-b|-N|-B] path", 1),
    usage("get", "sw", "[-s] [-w] path", 1),
    usage("getAcl", "s", "[-s] path", 1),
    usage("getAllChildrenNumber", "", "path", 1),
    usage("getEphemerals", "", "path", 0),
    usage("history", "", "", 0),
    usage("listquota", "", "path", 1),
    usage("ls", "swR", "[-s] [-w] [-R] path", 1),
    usage("printwatches", "", "on|off", 0),
    usage("quit", "", "", 0),
    usage(
        "reconfig",
        "sv:",
        "[-s] [-v version] [[-file path] | [-members serverID=host:port1:port2;port3[,...]*]] | [-add serverId=host:port1:port2;port3[,...]]* [-remove serverId[,...]*]",
        1,
    ),
    usage("redo", "", "cmdno", 0),
    usage("removewatches", "cdal", "path [-c|-d|-a] [-l]", 1),
    usage("set", "sv:", "[-s] [-v version] path data", 2),
    usage("setAcl", "sv:R", "[-s] [-v version] [-R] path acl", 2),
    usage("setquota", "n:b:N:B:", "-n|-b|-N|-B val path", 1),
    usage("stat", "w", "[-w] path", 1),
    usage("sync", "", "path", 1),
    usage("version", "", "", 0),
    usage("whoami", "", "", 0),
];

impl Usage {
    /// The command of a name.
    pub fn find(name: &str) -> Option<&'static Usage> {
        COMMANDS.iter().find(|command| command.name == name)
    }

    /// How it is used.
    pub fn line(&self) -> String {
        format!("{} {}", self.name, self.text)
    }
}

/// The whole usage text.
pub fn text() -> Vec<String> {
    let first = "ZooKeeper -server host:port -client-configuration properties-file cmd args".to_string();
    [first].into_iter().chain(COMMANDS.iter().map(|command| format!("\t{}", command.line()))).collect()
}
