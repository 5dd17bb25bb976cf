//! Commands that wait for answers: what comes after each of them.

use super::print::{self, Output};
use super::quota::{DelQuota, ListQuota, SetQuota};
use super::walk::Walk;
use crate::session::{Answer, Code, Operation, Reply};
use crate::tree::{Data, Path, Stat, path};
use base64ct::{Base64, Encoding};
use std::sync::Arc;

/// What a command does next.
#[derive(Debug)]
pub enum Next {
    /// Nothing: it is done.
    Done,
    /// It asks for something and goes on with the answer.
    Ask(Operation, Job),
    /// It asks for something and does not wait.
    Send(Operation),
    /// It begins a new session, at the servers of this connect string if there are any.
    Connect(Arc<str>),
}

/// A command that waits for an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Job {
    /// The answer is printed, and that is all.
    Once(Show),
    /// The session ends.
    Close,
    /// The session ends, and another begins.
    Reconnect(Arc<str>),
    /// A watch is taken back, by the client alone if no server does it: `removewatches -l`.
    Forget,
    /// `ls -R`, `setAcl -R`.
    Walk(Walk),
    /// `deleteall`.
    DeleteAll(DeleteAll),
    /// `setquota`.
    SetQuota(SetQuota),
    /// `delquota`.
    DelQuota(DelQuota),
    /// `listquota`.
    ListQuota(ListQuota),
}

/// How an answer is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// Not at all.
    Nothing,
    /// Names, and the stat if it was asked for.
    Children,
    /// Data, with its stat if that was asked for.
    Data(Format, bool),
    /// A stat if it was asked for.
    Stat(bool),
    /// What was created.
    Created,
    /// An ACL, with the stat if that was asked for.
    Acl(bool),
    /// Paths.
    Ephemerals,
    /// A number.
    Number,
    /// That all is well.
    Sync,
    /// Identities.
    Who,
}

/// How data is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// As text.
    Plain,
    /// In base64.
    Base64,
    /// As a table of bytes.
    Hex,
    /// The addresses for clients in the text of a configuration.
    Addresses,
}

/// Deletes a whole subtree: first all paths are collected, breadth first, then they are deleted from the end, some at
/// a time. zkCli sends up to ten such packs before it looks at the first answer; here each waits for the one before,
/// which makes a difference only when one fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteAll {
    /// What is found, in this order.
    found: Vec<Path>,
    /// How many of them have been looked into.
    seen: usize,
    /// How many are deleted in one multi; below 1 each is deleted by itself.
    batch: i32,
}

impl DeleteAll {
    /// Begins with the top.
    pub fn start(top: Path, batch: i32) -> Next {
        let job = DeleteAll { found: vec![top], seen: 0, batch };
        job.look().unwrap_or(Next::Done)
    }

    fn look(self) -> Option<Next> {
        let path = self.found.get(self.seen)?.clone();
        let operation = Operation::GetChildren { path, watch: false, with_stat: false };
        Some(Next::Ask(operation, Job::DeleteAll(self)))
    }

    fn go_on(mut self, operation: &Operation, reply: &Reply, out: &mut Output) -> Result<Next, String> {
        if let Operation::Multi(_) = operation {
            let failed = |results: &[crate::session::OpResult]| results.iter().any(|result| result.code != Code::Ok);
            if reply.code != Code::Ok || matches!(&reply.answer, Answer::Multi(results) if failed(results)) {
                out.complain("Failed to delete some node(s) in the subtree!");
                return Ok(Next::Done);
            }
        } else {
            fails(operation, reply)?;
        }
        if let (Operation::GetChildren { path: parent, .. }, Answer::Children(names, _)) = (operation, &reply.answer) {
            self.seen += 1;
            self.found.extend(names.iter().map(|name| Path::from(path::child(parent, name))));
            if self.seen < self.found.len() {
                return Ok(self.look().unwrap_or(Next::Done));
            }
        }
        let delete = |path| Operation::Delete { path, version: -1 };
        let next = match usize::try_from(self.batch) {
            Ok(batch) if batch > 0 => {
                let rest = self.found.len().saturating_sub(batch);
                let pack = self.found.split_off(rest);
                (!pack.is_empty()).then(|| Operation::Multi(pack.into_iter().rev().map(delete).collect()))
            }
            _ => self.found.pop().map(delete),
        };
        Ok(next.map_or(Next::Done, |operation| Next::Ask(operation, Job::DeleteAll(self))))
    }
}

/// Turns an answer that is an error into what is said about it.
///
/// # Errors
/// That text.
pub fn fails(operation: &Operation, reply: &Reply) -> Result<(), String> {
    match reply.code {
        Code::Ok => Ok(()),
        code => Err(print::error(code, operation.path().map(|path| &**path))),
    }
}

impl Job {
    /// What was asked is answered.
    ///
    /// # Errors
    /// What is said when the command ends with an error.
    pub fn go_on(self, operation: &Operation, reply: &Reply, out: &mut Output) -> Result<Next, String> {
        match self {
            Job::Once(show) => show.print(operation, reply, out),
            Job::Close => Ok(Next::Done),
            Job::Reconnect(hosts) => Ok(Next::Connect(hosts)),
            Job::Forget => fails(operation, reply).map(|()| Next::Done),
            Job::Walk(mut walk) => {
                let next = walk.go_on(operation, reply, out)?;
                Ok(next.map_or(Next::Done, |operation| Next::Ask(operation, Job::Walk(walk))))
            }
            Job::DeleteAll(job) => job.go_on(operation, reply, out),
            Job::SetQuota(mut job) => {
                let next = job.go_on(operation, reply, out)?;
                Ok(next.map_or(Next::Done, |operation| Next::Ask(operation, Job::SetQuota(job))))
            }
            Job::DelQuota(mut job) => {
                let next = job.go_on(operation, reply, out)?;
                Ok(next.map_or(Next::Done, |operation| Next::Ask(operation, Job::DelQuota(job))))
            }
            Job::ListQuota(job) => {
                let next = job.go_on(operation, reply, out)?;
                Ok(next.map_or(Next::Done, |operation| Next::Ask(operation, Job::ListQuota(job))))
            }
        }
    }
}

impl Show {
    fn print(self, operation: &Operation, reply: &Reply, out: &mut Output) -> Result<Next, String> {
        if self == Show::Sync && reply.code != Code::Ok {
            out.say(&format!("Sync has failed. rc={}", reply.code.number()));
            return Ok(Next::Done);
        }
        if self == Show::Created && reply.code == Code::InvalidAcl {
            out.complain(&print::exception(reply.code, operation.path().map(|path| &**path)));
        }
        fails(operation, reply)?;
        match (self, &reply.answer) {
            (Show::Sync, _) => out.say("Sync is OK"),
            (Show::Children, Answer::Children(names, stat)) => {
                out.say(&print::list(&print::sorted(names)));
                show_stat(stat.as_ref(), true, out);
            }
            (Show::Data(format, with_stat), Answer::Data(data, stat)) => {
                out.say(&format.text(data.as_ref()));
                show_stat(Some(stat), with_stat, out);
            }
            (Show::Stat(wanted), Answer::Stat(stat)) => show_stat(Some(stat), wanted, out),
            (Show::Created, Answer::Path(path) | Answer::Created(path, _)) => out.complain(&format!("Created {path}")),
            (Show::Acl(with_stat), Answer::Acl(list, stat)) => {
                for entry in list.iter() {
                    out.say(&format!("'{},'{}\n: {}", entry.who.scheme, entry.who.id, entry.permissions));
                }
                show_stat(Some(stat), with_stat, out);
            }
            (Show::Ephemerals, Answer::Ephemerals(paths)) => out.say(&print::list(paths)),
            (Show::Number, Answer::Number(number)) => out.say(&number.to_string()),
            (Show::Who, Answer::Who(identities)) => {
                out.say("Auth scheme: User");
                for identity in identities {
                    out.say(&format!("{}: {}", identity.scheme, identity.id));
                }
            }
            _ => {}
        }
        Ok(Next::Done)
    }
}

fn show_stat(stat: Option<&Stat>, wanted: bool, out: &mut Output) {
    if let Some(stat) = stat.filter(|_| wanted) {
        print::stat(stat, out);
    }
}

impl Format {
    fn text(self, data: Option<&Data>) -> String {
        // No data is shown as the word `null`, in whatever format.
        let data: &[u8] = data.map_or(b"null", |data| data);
        let plain = String::from_utf8_lossy(data);
        match self {
            Format::Plain => plain.into_owned(),
            Format::Base64 => Base64::encode_string(data),
            Format::Hex => print::hex_dump(data),
            Format::Addresses => addresses(&plain),
        }
    }
}

/// The version of a configuration and the addresses for clients, which stand behind a semicolon.
fn addresses(config: &str) -> String {
    let mut version = "";
    let mut found = Vec::new();
    for (name, value) in config.lines().filter_map(|line| line.split_once('=')) {
        match value.split_once(';') {
            _ if name == "version" => version = value,
            _ if !name.starts_with("server.") => {}
            // The host of a version 6 address stands without its brackets here.
            Some((_, address)) if address.contains(':') => found.push(address.replace(['[', ']'], "")),
            Some((_, port)) => found.push(format!("0.0.0.0:{port}")),
            None => found.push(String::new()),
        }
    }
    format!("{version} {}", found.join(","))
}
