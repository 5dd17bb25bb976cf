//! A walk through a subtree (`ZKUtil.visitSubTreeDFS`): the children of a znode are visited before any of their own
//! children, then each child's subtree in turn.

use super::job::fails;
use super::print::{self, Output};
use crate::session::{Answer, Code, Operation, Reply};
use crate::tree::quota::LIMITS;
use crate::tree::{Acl, Path, path};

/// What is done with each znode on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visit {
    /// Its path is printed.
    Print,
    /// Its ACL is set. What fails is told at the end, all in one line, since zkCli ends none in between.
    SetAcl {
        /// The list.
        acl: Vec<Acl>,
        /// The version it must have.
        version: i32,
        /// What has failed so far.
        failed: String,
    },
    /// It is looked at for a quota of its own, which the walk's top may have.
    FindQuota,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Visit(Path),
    Descend(Path),
}

/// A walk on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Walk {
    top: Path,
    watch: bool,
    visit: Visit,
    /// What is to do, the next at the end.
    steps: Vec<Step>,
    /// Where a quota was found.
    pub quota_at: Option<Path>,
}

impl Walk {
    /// A walk, and its first request: the top must be there and readable.
    pub fn start(top: Path, watch: bool, visit: Visit) -> (Walk, Operation) {
        let first = Operation::GetData { path: top.clone(), watch };
        (Walk { top, watch, visit, steps: Vec::new(), quota_at: None }, first)
    }

    /// What was asked is answered. Returns the next request; none when the walk is over.
    ///
    /// # Errors
    /// What is said when the walk ends with an error.
    pub fn go_on(
        &mut self,
        operation: &Operation,
        reply: &Reply,
        out: &mut Output,
    ) -> Result<Option<Operation>, String> {
        match (operation, &reply.answer) {
            (Operation::GetData { .. }, _) => {
                fails(operation, reply)?;
                self.steps = vec![Step::Descend(self.top.clone()), Step::Visit(self.top.clone())];
            }
            (Operation::SetAcl { path, .. }, _) => self.note_failure(reply.code, Some(path)),
            (Operation::GetChildren { path, with_stat: false, .. }, Answer::Children(names, _)) => {
                if *path != self.top && names.iter().any(|name| &**name == LIMITS) {
                    self.quota_at = Some(path.clone());
                    return Ok(None);
                }
            }
            (Operation::GetChildren { path: parent, .. }, Answer::Children(names, _)) => {
                let names = print::sorted(names);
                let paths = || names.iter().rev().map(|name| Path::from(path::child(parent, name)));
                self.steps.extend(paths().map(Step::Descend));
                self.steps.extend(paths().map(Step::Visit));
            }
            // What was listed may be gone by now.
            _ if reply.code == Code::NoNode => {}
            _ => fails(operation, reply).inspect_err(|_| self.tell_failures(out))?,
        }
        Ok(self.next(out))
    }

    fn note_failure(&mut self, code: Code, path: Option<&str>) {
        if let (Visit::SetAcl { failed, .. }, true) = (&mut self.visit, code != Code::Ok) {
            failed.push_str(&print::exception(code, path));
        }
    }

    fn next(&mut self, out: &mut Output) -> Option<Operation> {
        while let Some(step) = self.steps.pop() {
            let path = match step {
                Step::Descend(path) => {
                    return Some(Operation::GetChildren { path, watch: self.watch, with_stat: true });
                }
                Step::Visit(path) => path,
            };
            match &self.visit {
                Visit::Print => out.say(&path),
                // The client library sends no empty list.
                Visit::SetAcl { acl, .. } if acl.is_empty() => self.note_failure(Code::InvalidAcl, None),
                Visit::SetAcl { acl, version, .. } => {
                    return Some(Operation::SetAcl { path, acl: Some(acl.clone()), version: *version });
                }
                Visit::FindQuota => return Some(Operation::GetChildren { path, watch: false, with_stat: false }),
            }
        }
        self.tell_failures(out);
        None
    }

    fn tell_failures(&self, out: &mut Output) {
        if let Visit::SetAcl { failed, .. } = &self.visit
            && !failed.is_empty()
        {
            out.say(failed);
        }
    }
}
