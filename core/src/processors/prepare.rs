//! The leader turns a request into a transaction: it checks it against the tree as it will be when everything that is
//! under way has been applied, and writes down the result (`PrepRequestProcessor`, dossier §3.1, §3.5). What is
//! refused becomes a transaction too, one that changes nothing.

use crate::ids::{SessionId, Zxid};
use crate::session::{Code, Create, CreateKind, Operation};
use crate::tree::acl::{self, Permissions};
use crate::tree::{Data, DataTree, Identity, Owner, Path, Znode, path, quota};
use crate::txn::{NewNode, Request, Txn, TxnBody};
use std::sync::Arc;

/// The longest time to live, in milliseconds: 40 bits.
const LONGEST_TTL: i64 = (1 << 40) - 1;

/// What is configured about requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Whether there are znodes with a TTL (`extendedTypesEnabled`).
    pub extended_types: bool,
    /// Whether hard quotas are enforced (`enforceQuota`).
    pub enforce_quota: bool,
}

/// Makes a transaction of a request. `projected` is the tree with everything that is under way, and has this too
/// afterwards; `session` says whether the session may ask at all.
pub fn prepare(
    projected: &mut DataTree,
    request: Request,
    zxid: Zxid,
    time: u64,
    session: Result<(), Code>,
    settings: Settings,
) -> Txn {
    let Request { id, operation, who } = request;
    let mut txn = Txn { zxid, request: id, time, body: Arc::new(TxnBody::Check), digest: 0 };
    // What a multi has done so far is not counted yet when its later operations are held against a quota.
    let counted = settings.enforce_quota.then(|| projected.clone());
    let mut stage = Stage { projected, counted, txn: &txn, who: &who, session, settings };
    let body = match operation {
        Operation::Multi(operations) => stage.multi(operations),
        operation => stage.single(operation).unwrap_or_else(TxnBody::Error),
    };
    txn.digest = projected.digest();
    txn.body = Arc::new(body);
    txn
}

struct Stage<'a> {
    projected: &'a mut DataTree,
    /// The tree before the request, whose counts are held against quotas; `None` when they are not enforced.
    counted: Option<DataTree>,
    txn: &'a Txn,
    who: &'a [Identity],
    session: Result<(), Code>,
    settings: Settings,
}

impl Stage<'_> {
    /// All of them, or none: on the first failure what the earlier ones projected is taken back, and the later ones
    /// are not looked at (dossier §3.6).
    fn multi(&mut self, operations: Vec<Operation>) -> TxnBody {
        let fits = |operation: &Operation| {
            use Operation::{Check, Create, Delete, SetData};
            matches!(operation, Create(_) | Delete { .. } | SetData { .. } | Check { .. })
        };
        if !operations.iter().all(fits) {
            return TxnBody::Error(Code::MarshallingError);
        }
        let (before, count) = (self.projected.clone(), operations.len());
        let mut bodies = Vec::with_capacity(count);
        for mut operation in operations {
            if let Operation::Create(create) = &mut operation {
                create.kind = create.kind_within_multi();
            }
            match self.single(operation) {
                Ok(body) => bodies.push(body),
                Err(code) => {
                    *self.projected = before;
                    let failed = bodies.len();
                    let result = |place| match place {
                        place if place < failed => Code::Ok,
                        place if place == failed => code,
                        _ => Code::RuntimeInconsistency,
                    };
                    return TxnBody::Multi((0..count).map(|place| TxnBody::Error(result(place))).collect());
                }
            }
        }
        TxnBody::Multi(bodies)
    }

    fn single(&mut self, operation: Operation) -> Result<TxnBody, Code> {
        let body = match operation {
            Operation::Create(create) => self.create(create),
            Operation::Delete { path, version } => self.delete(path, version),
            Operation::SetData { path, data, version } => self.set_data(path, data, version),
            Operation::SetAcl { path, acl, version } => self.set_acl(path, acl.as_deref(), version),
            Operation::Check { path, version } => self.check(&path, version),
            Operation::CreateSession { timeout } => Ok(TxnBody::CreateSession { timeout }),
            Operation::CloseSession => {
                let ephemerals = self.projected.ephemerals_of(self.txn.request.session).cloned().collect();
                Ok(TxnBody::CloseSession { ephemerals })
            }
            Operation::DeleteContainer { path } => self.delete_container(path),
            Operation::Reconfig => Err(Code::ReconfigDisabled),
            // Reads never come here, and what cannot be read is refused.
            _ => Err(Code::MarshallingError),
        }?;
        self.projected.apply_body(self.txn, &body, &mut Vec::new());
        Ok(body)
    }

    fn create(&mut self, create: Create) -> Result<TxnBody, Code> {
        let mode = Mode::of(&create, self.settings)?;
        self.session?;
        let parent = path::parent(&create.path).filter(|_| !create.path.contains('\0')).ok_or(Code::BadArguments)?;
        let acl = acl::fix_up(create.acl.as_deref(), self.who).ok_or(Code::InvalidAcl)?;
        let known = self.known(parent)?;
        self.may(known, Permissions::CREATE)?;
        // The number comes from the children that the parent has ever had, whatever became of them (dossier §4.3).
        let ever = known.stat.cversion;
        let path = if mode.sequential { Path::from(format!("{}{ever:010}", create.path)) } else { create.path };
        path::validate(&path).map_err(|_| Code::BadArguments)?;
        if self.projected.get(&path).is_some() {
            return Err(Code::NodeExists);
        }
        if known.stat.owner.session().is_some() {
            return Err(Code::NoChildrenForEphemerals);
        }
        self.keeps_quota(&path, 1, length(&create.data))?;
        let owner = match mode.owner {
            Owner::Session(_) => Owner::Session(self.txn.request.session),
            owner => owner,
        };
        Ok(TxnBody::Create(NewNode { path, data: create.data, acl, owner, parent_cversion: ever.wrapping_add(1) }))
    }

    fn delete(&mut self, path: Path, version: i32) -> Result<TxnBody, Code> {
        self.session?;
        self.may(self.known(deletable(&path)?)?, Permissions::DELETE)?;
        let znode = self.known(&path)?;
        next_version(znode.stat.version, version)?;
        if znode.children.is_empty() { Ok(TxnBody::Delete(path)) } else { Err(Code::NotEmpty) }
    }

    fn set_data(&mut self, path: Path, data: Option<Data>, version: i32) -> Result<TxnBody, Code> {
        let znode = self.valid(&path)?;
        self.may(znode, Permissions::WRITE)?;
        self.keeps_quota(&path, 0, length(&data) - length(&znode.data))?;
        let version = next_version(znode.stat.version, version)?;
        Ok(TxnBody::SetData { path, data, version })
    }

    fn set_acl(&mut self, path: Path, acl: Option<&[acl::Acl]>, version: i32) -> Result<TxnBody, Code> {
        self.session?;
        path::validate(&path).map_err(|_| Code::BadArguments)?;
        let acl = acl::fix_up(acl, self.who).ok_or(Code::InvalidAcl)?;
        let znode = self.known(&path)?;
        self.may(znode, Permissions::ADMIN)?;
        let version = next_version(znode.stat.aversion, version)?;
        Ok(TxnBody::SetAcl { path, acl, version })
    }

    fn check(&mut self, path: &str, version: i32) -> Result<TxnBody, Code> {
        let znode = self.valid(path)?;
        self.may(znode, Permissions::READ)?;
        next_version(znode.stat.version, version)?;
        Ok(TxnBody::Check)
    }

    /// What the leader asks of itself is looked at once more: a child may have come in between.
    fn delete_container(&mut self, path: Path) -> Result<TxnBody, Code> {
        deletable(&path)?;
        let znode = self.known(&path)?;
        match znode.stat.owner {
            _ if !znode.children.is_empty() => Err(Code::NotEmpty),
            Owner::Session(_) => Err(Code::BadVersion),
            _ => Ok(TxnBody::Delete(path)),
        }
    }

    // ---- what several of them check ----

    fn known(&self, path: &str) -> Result<&Znode, Code> {
        self.projected.get(path).ok_or(Code::NoNode)
    }

    fn valid(&self, path: &str) -> Result<&Znode, Code> {
        self.session?;
        path::validate(path).map_err(|_| Code::BadArguments)?;
        self.known(path)
    }

    fn may(&self, znode: &Znode, permission: Permissions) -> Result<(), Code> {
        // What the ensemble does for itself asks nobody.
        let allowed = self.txn.request.session == SessionId::NONE || acl::allows(&znode.acl, permission, self.who);
        if allowed { Ok(()) } else { Err(Code::NoAuth) }
    }

    /// Holds what a write adds against the hard limits, each only if it changes at all: a write that leaves too much is
    /// refused even if there was more before it.
    fn keeps_quota(&self, path: &str, count: i64, bytes: i64) -> Result<(), Code> {
        let Some(counted) = &self.counted else { return Ok(()) };
        let Some(limited) = counted.quota_above(path) else { return Ok(()) };
        let limits = counted.track(&quota::limits_path(limited));
        let stats = counted.track(&quota::stats_path(limited));
        let (Some(limits), Some(stats)) = (limits, stats) else { return Ok(()) };
        let changed = |have: i64, by: i64| if by == 0 { i64::MIN } else { have + by };
        let admitted = limits.admits(changed(stats.count, count), changed(stats.bytes, bytes));
        if admitted { Ok(()) } else { Err(Code::QuotaExceeded) }
    }
}

/// The parent of what may be deleted at all.
fn deletable(path: &str) -> Result<&str, Code> {
    let special = ["/", path::RESERVED, path::QUOTA, path::CONFIG].contains(&path);
    path::parent(path).filter(|_| !special && !path.contains('\0')).ok_or(Code::BadArguments)
}

fn length(data: &Option<Data>) -> i64 {
    data.as_ref().map_or(0, |data| data.len() as i64)
}

/// The version after a write that expects `wanted`; -1 expects nothing.
fn next_version(current: i32, wanted: i32) -> Result<i32, Code> {
    if wanted == -1 || wanted == current { Ok(current.wrapping_add(1)) } else { Err(Code::BadVersion) }
}

/// How a znode is created (`CreateMode`).
struct Mode {
    owner: Owner,
    sequential: bool,
}

impl Mode {
    fn of(create: &Create, settings: Settings) -> Result<Mode, Code> {
        let ttl = if create.kind == CreateKind::Ttl { create.ttl.unwrap_or(-1) } else { -1 };
        let with_ttl = (5..=6).contains(&create.flags);
        if with_ttl && !settings.extended_types {
            return Err(Code::Unimplemented);
        }
        let fits = if with_ttl { (1..=LONGEST_TTL).contains(&ttl) } else { ttl < 0 };
        // The request decides what is created, and the flags only who owns it if that is still open.
        let owner = match (create.kind, create.flags) {
            (_, flags) if !(0..=6).contains(&flags) => return Err(Code::BadArguments),
            (CreateKind::Container, _) => Owner::Container,
            (_, 1 | 3) => Owner::Session(SessionId::NONE),
            (_, 5 | 6) => Owner::Ttl(ttl as u64),
            _ => Owner::Nobody,
        };
        if fits { Ok(Mode { owner, sequential: [2, 3, 6].contains(&create.flags) }) } else { Err(Code::BadArguments) }
    }
}
