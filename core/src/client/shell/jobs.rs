//! How answers lead a command on, from request to request and to what it prints.

use super::quota::QuotaJob;
use super::{Line, Progress, print};
use crate::session::{Answer, Code, Operation, Reply};
use crate::tree::{Acl, Path, path};
use std::collections::VecDeque;

/// A command that waits for an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Job {
    /// One request.
    One {
        /// The path it is about.
        path: Option<Path>,
        /// What to do with the answer.
        then: Then,
    },
    /// A whole subtree is listed.
    Walk(Walk),
    /// A list of requests, one after the other.
    Each {
        /// The path the command is about.
        path: Path,
        /// What is left to be asked.
        rest: VecDeque<Operation>,
    },
    /// Something about quotas.
    Quota(Box<QuotaJob>),
}

/// What to do with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    /// Nothing.
    Nothing,
    /// Say what was created.
    Created,
    /// Print the stat.
    Stat,
    /// Print names, and the stat if there is one.
    Names,
    /// Print data.
    Data {
        /// And the stat.
        stat: bool,
    },
    /// Print an ACL.
    Acl {
        /// And the stat.
        stat: bool,
    },
    /// Print a number.
    Number,
    /// Print identities.
    Who,
    /// Say that it is done.
    Synced,
}

/// A subtree being listed, level by level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Walk {
    path: Path,
    watch: bool,
    then: WalkThen,
    queue: VecDeque<Path>,
    found: Vec<Path>,
}

/// What to do with a subtree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum WalkThen {
    /// Print it.
    Print,
    /// Delete it, from the leaves on.
    Delete {
        /// So many at once.
        batch: usize,
    },
    /// Change every ACL.
    SetAcl {
        /// The list.
        acl: Vec<Acl>,
        /// The version that each must have.
        version: i32,
    },
}

impl Job {
    /// Goes on with an answer.
    pub(super) fn answered(self, operation: &Operation, reply: &Reply) -> Progress {
        match self {
            Job::One { path, then } if reply.code != Code::Ok => {
                Progress::says(failed(path.as_deref(), then, reply.code))
            }
            Job::One { then, .. } => Progress::says(then.lines(&reply.answer)),
            Job::Walk(walk) => walk.answered(reply),
            Job::Each { path, rest } => each(path, rest, operation, reply),
            Job::Quota(job) => job.answered(operation, reply),
        }
    }
}

fn failed(path: Option<&str>, then: Then, code: Code) -> Vec<Line> {
    // Creating prints what went wrong with a list twice.
    let twice = (then == Then::Created && code == Code::InvalidAcl).then(|| print::err(print::exception(code, path)));
    twice.into_iter().chain([print::failure(code, path)]).collect()
}

impl Then {
    fn lines(self, answer: &Answer) -> Vec<Line> {
        let with = |wanted: bool, stat| if wanted { print::stat(stat) } else { Vec::new() };
        match (self, answer) {
            (Then::Created, Answer::Path(path) | Answer::Created(path, _)) => {
                vec![print::err(format!("Created {path}"))]
            }
            (Then::Stat, Answer::Stat(stat)) => print::stat(stat),
            (Then::Names, Answer::Children(names, stat)) => {
                let mut lines = vec![print::list(names.iter().map(|name| &**name))];
                lines.extend(stat.iter().flat_map(print::stat));
                lines
            }
            (Then::Names, Answer::Ephemerals(paths)) => vec![print::list(paths.iter().map(|path| &**path))],
            (Then::Data { stat: wanted }, Answer::Data(data, stat)) => {
                let text = data.as_ref().map_or("null".into(), |data| String::from_utf8_lossy(data));
                let mut lines: Vec<Line> = text.split('\n').map(print::out).collect();
                lines.extend(with(wanted, stat));
                lines
            }
            (Then::Acl { stat: wanted }, Answer::Acl(list, stat)) => {
                let mut lines = print::acl(list);
                lines.extend(with(wanted, stat));
                lines
            }
            (Then::Number, Answer::Number(number)) => vec![print::out(number.to_string())],
            (Then::Who, Answer::Who(who)) => {
                let line =
                    |identity: &crate::tree::Identity| print::out(format!("{}: {}", identity.scheme, identity.id));
                [print::out("Auth scheme: User")].into_iter().chain(who.iter().map(line)).collect()
            }
            (Then::Synced, _) => vec![print::out("Sync is OK")],
            _ => Vec::new(),
        }
    }
}

impl Walk {
    /// Begins to list a subtree.
    pub(super) fn begin(path: Path, watch: bool, then: WalkThen) -> Progress {
        let walk = Walk { path: path.clone(), watch, then, queue: VecDeque::new(), found: Vec::new() };
        walk.visit(path)
    }

    fn visit(mut self, path: Path) -> Progress {
        self.found.push(path.clone());
        let operation = Operation::GetChildren { path, watch: self.watch, with_stat: false };
        Progress::asks(Job::Walk(self), operation)
    }

    fn answered(mut self, reply: &Reply) -> Progress {
        let parent = self.found.last().cloned().unwrap_or_else(|| Path::from("/"));
        if reply.code != Code::Ok {
            return Progress::says(vec![print::failure(reply.code, Some(&parent))]);
        }
        if let Answer::Children(names, _) = &reply.answer {
            self.queue.extend(names.iter().map(|name| Path::from(path::child(&parent, name))));
        }
        match self.queue.pop_front() {
            Some(next) => self.visit(next),
            None => self.finish(),
        }
    }

    fn finish(self) -> Progress {
        let Walk { path, found, then, .. } = self;
        let rest: VecDeque<Operation> = match then {
            WalkThen::Print => return Progress::says(found.iter().map(|path| print::out(&**path)).collect()),
            WalkThen::Delete { batch } => {
                let leaves_first: Vec<Path> = found.into_iter().rev().collect();
                let delete = |path: &Path| Operation::Delete { path: path.clone(), version: -1 };
                leaves_first
                    .chunks(batch.max(1))
                    .map(|paths| Operation::Multi(paths.iter().map(delete).collect()))
                    .collect()
            }
            WalkThen::SetAcl { acl, version } => {
                found.into_iter().map(|path| Operation::SetAcl { path, acl: Some(acl.clone()), version }).collect()
            }
        };
        ask_next(path, rest)
    }
}

fn ask_next(path: Path, mut rest: VecDeque<Operation>) -> Progress {
    match rest.pop_front() {
        Some(operation) => Progress::asks(Job::Each { path, rest }, operation),
        None => Progress::default(),
    }
}

fn each(path: Path, rest: VecDeque<Operation>, operation: &Operation, reply: &Reply) -> Progress {
    let undone = |answer: &Answer| matches!(answer, Answer::Multi(results) if results.iter().any(|result| result.code != Code::Ok));
    match (operation, reply.code) {
        (Operation::Multi(_), code) if code != Code::Ok || undone(&reply.answer) => {
            Progress::says(vec![print::err(format!("Failed to delete some node(s) in the subtree: {path}"))])
        }
        (_, Code::Ok) => ask_next(path, rest),
        (operation, code) => Progress::says(vec![print::failure(code, operation.path().map(|path| &**path))]),
    }
}
