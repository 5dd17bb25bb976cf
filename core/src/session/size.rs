//! How long requests and replies are on their way (dossier §11.1, §11.3). Neither servers nor clients read a packet above a
//! limit, so that nobody can make them hold more than they have memory for.

use super::{Answer, Code, Create, Operation, Reply};
use crate::tree::Acl;
use std::sync::Arc;

/// The longest packet that a server or a client takes (`jute.maxbuffer`, dossier §4.7). It bounds the whole packet and not
/// the data in it. Whoever gets a longer one closes the connection, so the client cannot tell it from a failure.
pub const MAX_PACKET: usize = 1_048_575;

/// The client's number of a request, and its code.
const HEADER: usize = 8;
/// The client's number of the request, the zxid, and the code.
const REPLY_HEADER: usize = 16;
/// What stands before each operation of a multi, and once more behind the last.
const MULTI_HEADER: usize = 9;

impl Operation {
    /// The length of a packet with this request, without the four bytes that say it.
    pub fn packet_length(&self) -> usize {
        HEADER + self.record_length()
    }

    fn record_length(&self) -> usize {
        match self {
            Operation::Create(Create { path, data, acl, ttl, .. }) => {
                text(path) + buffer(data.as_deref()) + list(acl.as_deref()) + 4 + if ttl.is_some() { 8 } else { 0 }
            }
            Operation::SetData { path, data, .. } => text(path) + buffer(data.as_deref()) + 4,
            Operation::SetAcl { path, acl, .. } => text(path) + list(acl.as_deref()) + 4,
            Operation::Delete { path, .. }
            | Operation::Check { path, .. }
            | Operation::AddWatch { path, .. }
            | Operation::RemoveWatches { path, .. }
            | Operation::CheckWatches { path, .. } => text(path) + 4,
            Operation::Exists { path, .. } | Operation::GetData { path, .. } | Operation::GetChildren { path, .. } => {
                text(path) + 1
            }
            Operation::GetAcl { path }
            | Operation::Sync { path }
            | Operation::GetEphemerals { prefix: path }
            | Operation::GetAllChildrenNumber { path }
            | Operation::DeleteContainer { path } => text(path),
            Operation::Multi(operations) | Operation::MultiRead(operations) => {
                operations.iter().map(|each| MULTI_HEADER + each.record_length()).sum::<usize>() + MULTI_HEADER
            }
            Operation::SetWatches(lists) => {
                let lists = [&lists.data, &lists.exist, &lists.child, &lists.persistent, &lists.recursive];
                8 + lists.into_iter().map(|list| texts(list)).sum::<usize>()
            }
            Operation::Auth { scheme, auth } => 4 + text(scheme) + auth.as_ref().map_or(4, text),
            Operation::CreateSession { .. } => 4,
            // Of what cannot be read only the header is known.
            Operation::WhoAmI
            | Operation::CloseSession
            | Operation::Reconfig
            | Operation::Ping
            | Operation::Unreadable { .. }
            | Operation::Unknown => 0,
        }
    }
}

/// Six longs and five ints.
const STAT: usize = 68;

impl Reply {
    /// The length of a packet with this reply, without the four bytes that say it.
    pub fn packet_length(&self) -> usize {
        REPLY_HEADER + self.answer.record_length()
    }
}

impl Answer {
    fn record_length(&self) -> usize {
        match self {
            Answer::Nothing => 0,
            Answer::Path(path) => text(path),
            Answer::Created(path, _) => text(path) + STAT,
            Answer::Stat(_) => STAT,
            Answer::Data(data, _) => buffer(data.as_deref()) + STAT,
            Answer::Acl(entries, _) => list(Some(entries)) + STAT,
            Answer::Children(names, stat) => texts(names) + stat.map_or(0, |_| STAT),
            Answer::Ephemerals(paths) => texts(paths),
            Answer::Number(_) => 4,
            Answer::Who(identities) => {
                4 + identities.iter().map(|who| text(&who.scheme) + text(&who.id)).sum::<usize>()
            }
            Answer::Multi(results) => {
                // In place of what an operation would have said stands the code of its error.
                let result = |code, answer: &Answer| if code == Code::Ok { answer.record_length() } else { 4 };
                results.iter().map(|each| MULTI_HEADER + result(each.code, &each.answer)).sum::<usize>() + MULTI_HEADER
            }
        }
    }
}

fn texts(texts: &[Arc<str>]) -> usize {
    4 + texts.iter().map(text).sum::<usize>()
}

fn text(text: &Arc<str>) -> usize {
    4 + text.len()
}

fn buffer(bytes: Option<&[u8]>) -> usize {
    4 + bytes.map_or(0, <[u8]>::len)
}

fn list(acl: Option<&[Acl]>) -> usize {
    4 + acl.unwrap_or_default().iter().map(|entry| 4 + text(&entry.who.scheme) + text(&entry.who.id)).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::CreateKind;
    use crate::tree::{Data, Path, acl};

    #[test]
    fn everything_that_is_sent_counts() {
        let path = Path::from("/ab");
        let data = Some(Data::from([0; 100]));
        let set = Operation::SetData { path: path.clone(), data: data.clone(), version: -1 };
        assert_eq!(set.packet_length(), 8 + 7 + 104 + 4);
        let create = |ttl| {
            let acl = Some(acl::open().to_vec());
            let create =
                Create { kind: CreateKind::Create, path: path.clone(), data: data.clone(), acl, flags: 0, ttl };
            Operation::Create(create).packet_length()
        };
        // The list: how many, then permissions, `world` and `anyone`.
        assert_eq!(create(None), 8 + 7 + 104 + (4 + 4 + 9 + 10) + 4);
        assert_eq!(create(Some(1)), create(None) + 8);
        let check = Operation::Check { path, version: 0 };
        assert_eq!(Operation::Multi(vec![check.clone(), check]).packet_length(), 8 + 2 * (9 + 7 + 4) + 9);
    }
}
