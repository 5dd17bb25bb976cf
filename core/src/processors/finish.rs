//! What a client is answered: reads from the tree of its server, writes from what came of them
//! (`FinalRequestProcessor`).

use crate::session::{Answer, Code, Create, CreateKind, OpResult, Operation};
use crate::tree::acl::{self, Permissions};
use crate::tree::{DataTree, Identity, Outcome, Path, Znode, hash_order};

/// Answers a read that looks at the tree alone. Watches are the caller's business.
///
/// # Errors
/// The code that the client gets.
pub fn read(
    tree: &DataTree,
    operation: &Operation,
    who: &[Identity],
    session: crate::ids::SessionId,
) -> Result<Answer, Code> {
    let readable = |path: &Path, permission| {
        let znode = tree.get(path).ok_or(Code::NoNode)?;
        if acl::allows(&znode.acl, permission, who) { Ok(znode) } else { Err(Code::NoAuth) }
    };
    let names = |znode: &Znode| znode.names().cloned().collect();
    match operation {
        Operation::Exists { path, .. } if path.contains('\0') => Err(Code::BadArguments),
        // Since 3.8.4 it needs READ (ZOOKEEPER-2590).
        Operation::Exists { path, .. } => {
            readable(path, Permissions::READ).map(|znode| Answer::Stat(znode.shown_stat()))
        }
        Operation::GetData { path, .. } => {
            let znode = readable(path, Permissions::READ)?;
            Ok(Answer::Data(znode.data.clone(), znode.shown_stat()))
        }
        Operation::GetChildren { path, with_stat, .. } => {
            let znode = readable(path, Permissions::READ)?;
            Ok(Answer::Children(names(znode), with_stat.then(|| znode.shown_stat())))
        }
        Operation::GetAllChildrenNumber { path } => {
            let znode = readable(path, Permissions::READ)?;
            // The empty path counts the root as well, since every path begins with a slash.
            Ok(Answer::Number((znode.descendants + u32::from(path.is_empty())) as i32))
        }
        Operation::GetAcl { path } => {
            let znode = readable(path, Permissions::READ_OR_ADMIN)?;
            let all = acl::allows(&znode.acl, Permissions::ADMIN, who);
            let list = if all { znode.acl.clone() } else { acl::masked(&znode.acl) };
            Ok(Answer::Acl(list, znode.shown_stat()))
        }
        Operation::GetEphemerals { prefix } => {
            // Java's `trim`.
            let all = matches!(prefix.trim_matches(|letter| letter <= ' '), "" | "/");
            let mut mine: Vec<Path> = tree.ephemerals_of(session).cloned().collect();
            hash_order::sort(&mut mine);
            mine.retain(|path| all || path.starts_with(&**prefix));
            Ok(Answer::Ephemerals(mine))
        }
        Operation::WhoAmI => {
            let user = |identity: &Identity| Identity::new(&identity.scheme, identity.user());
            Ok(Answer::Who(who.iter().map(user).collect()))
        }
        Operation::Sync { path } => Ok(Answer::Path(path.clone())),
        Operation::MultiRead(operations) => {
            let simple = |operation: &Operation| {
                matches!(operation, Operation::GetData { .. } | Operation::GetChildren { with_stat: false, .. })
            };
            if !operations.iter().all(simple) {
                return Err(Code::MarshallingError);
            }
            let each = |operation: &Operation| match read(tree, operation, who, session) {
                Ok(answer) => OpResult { name: operation.name(), code: Code::Ok, answer },
                Err(code) => failed(code),
            };
            Ok(Answer::Multi(operations.iter().map(each).collect()))
        }
        Operation::Unreadable { .. } => Err(Code::MarshallingError),
        _ => Err(Code::Unimplemented),
    }
}

/// Answers a write by what came of it.
///
/// # Errors
/// The code that the client gets.
pub fn written(operation: &Operation, outcome: &Outcome) -> Result<Answer, Code> {
    match (operation, outcome) {
        (_, Outcome::Failed(code)) => Err(*code),
        (Operation::Multi(operations), Outcome::Multi(outcomes)) => {
            let each = |(operation, outcome): (&Operation, &Outcome)| match within_multi(operation, outcome) {
                Ok((name, answer)) => OpResult { name, code: Code::Ok, answer },
                Err(code) => failed(code),
            };
            Ok(Answer::Multi(operations.iter().zip(outcomes).map(each).collect()))
        }
        (Operation::Create(Create { kind: CreateKind::Create, .. }), Outcome::Created(path, _)) => {
            Ok(Answer::Path(path.clone()))
        }
        (_, Outcome::Created(path, stat)) => Ok(Answer::Created(path.clone(), *stat)),
        (_, Outcome::Written(stat)) => Ok(Answer::Stat(*stat)),
        _ => Ok(Answer::Nothing),
    }
}

/// In a multi the server knows `create2` as a plain `create`, and the other two as `create2`.
fn within_multi(operation: &Operation, outcome: &Outcome) -> Result<(&'static str, Answer), Code> {
    let Operation::Create(create) = operation else {
        return Ok((operation.name(), written(operation, outcome)?));
    };
    match outcome {
        Outcome::Created(path, stat) => Ok(match create.kind_within_multi() {
            CreateKind::Create | CreateKind::Create2 => ("create", Answer::Path(path.clone())),
            CreateKind::Container | CreateKind::Ttl => ("create2", Answer::Created(path.clone(), *stat)),
        }),
        Outcome::Failed(code) => Err(*code),
        _ => Ok(("create", Answer::Nothing)),
    }
}

fn failed(code: Code) -> OpResult {
    OpResult { name: "error", code, answer: Answer::Nothing }
}
