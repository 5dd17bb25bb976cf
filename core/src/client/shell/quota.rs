//! `setquota`, `delquota` and `listquota`: the requests of each in the order in which zkCli 3.8 sends them, since
//! every write takes a zxid.

use super::job::fails;
use super::options::crash;
use super::print::Output;
use super::walk::{Visit, Walk};
use crate::session::{Answer, Code, Create, CreateKind, Operation, Reply};
use crate::tree::quota::{self, LIMITS, StatsTrack};
use crate::tree::{Data, Path, acl, path};

fn exists(path: &str) -> Operation {
    Operation::Exists { path: Path::from(path), watch: false }
}

fn get(path: &str) -> Operation {
    Operation::GetData { path: Path::from(path), watch: false }
}

fn children(path: &str) -> Operation {
    Operation::GetChildren { path: Path::from(path), watch: false, with_stat: false }
}

fn create(path: &str, track: Option<&StatsTrack>) -> Operation {
    let (data, acl) = (track.map(bytes), Some(acl::open().to_vec()));
    Operation::Create(Create { kind: CreateKind::Create, path: Path::from(path), data, acl, flags: 0, ttl: None })
}

fn set(path: &str, track: &StatsTrack) -> Operation {
    Operation::SetData { path: Path::from(path), data: Some(bytes(track)), version: -1 }
}

fn delete(path: &str) -> Operation {
    Operation::Delete { path: Path::from(path), version: -1 }
}

fn bytes(track: &StatsTrack) -> Data {
    Data::from(track.to_string().into_bytes())
}

/// The limits or counts of a reply.
///
/// # Errors
/// What zkCli says, or ends with, when the text is not one (the constructor of `StatsTrack`).
fn track_of(reply: &Reply) -> Result<StatsTrack, String> {
    let Answer::Data(Some(data), _) = &reply.answer else { return Ok(StatsTrack::NONE) };
    let outside =
        |index: usize| Err(crash("ArrayIndexOutOfBounds", &format!("Index {index} out of bounds for length {index}")));
    for part in
        String::from_utf8_lossy(data).trim_end_matches([',', ';']).split([',', ';']).filter(|part| !part.is_empty())
    {
        // Java leaves out empty words at the end, and takes an empty one in between for -1.
        let words: Vec<&str> = part.trim_end_matches('=').split('=').collect();
        match words[..] {
            [""] => return outside(0),
            [_] => return outside(1),
            [_, value, ..] if value.is_empty() || value.parse::<i64>().is_ok() => {}
            [_, value, ..] => return Err(format!("For input string: \"{value}\"")),
            [] => {}
        }
    }
    Ok(StatsTrack::parse(data))
}

/// `setquota`: no ancestor and no descendant may have a quota.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetQuota {
    path: Path,
    /// What is asked for; -1 in what is not.
    limits: StatsTrack,
    stage: Setting,
}

/// What `setquota` has asked for last.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Setting {
    /// Whether the path exists.
    Target,
    /// Who has a quota below.
    Below(Walk),
    /// Whether an ancestor has one; how much of the path this is.
    Above(usize),
    /// Whether there is a place for quotas at all.
    Root,
    /// Whether the znode for this much of the path is there.
    Place(usize),
    /// That it be created.
    NewPlace(usize),
    /// Whether there are limits already.
    Limits,
    /// That limits be created.
    NewLimits,
    /// That counts be created.
    NewStats,
    /// The limits; whether they are new.
    ReadLimits(bool),
    /// The counts, to compare them with these limits, which are new or not.
    ReadStats(StatsTrack, bool),
    /// That the limits be written.
    Write,
}

impl SetQuota {
    /// Begins.
    pub fn start(path: Path, limits: StatsTrack) -> (SetQuota, Operation) {
        let first = exists(&path);
        (SetQuota { path, limits, stage: Setting::Target }, first)
    }

    /// What was asked is answered. Returns the next request; none when all is done.
    ///
    /// # Errors
    /// What is said when the command ends with an error.
    pub fn go_on(
        &mut self,
        operation: &Operation,
        reply: &Reply,
        out: &mut Output,
    ) -> Result<Option<Operation>, String> {
        let missing = reply.code == Code::NoNode;
        let (limits_path, stats_path) = (quota::limits_path(&self.path), quota::stats_path(&self.path));
        match &mut self.stage {
            Setting::Target if missing => Err(format!("{} does not exist.", self.path)),
            Setting::Target => {
                fails(operation, reply)?;
                let top = format!("{}{}", path::QUOTA, self.path);
                path::validate(&top).map_err(|error| error.to_string())?;
                let (walk, first) = Walk::start(Path::from(top), false, Visit::FindQuota);
                self.stage = Setting::Below(walk);
                Ok(Some(first))
            }
            Setting::Below(_) if missing && matches!(operation, Operation::GetData { .. }) => Ok(self.look_above(1)),
            Setting::Below(walk) => {
                let next = walk.go_on(operation, reply, out)?;
                if let Some(at) = walk.quota_at.clone() {
                    return Err(self.taken("child", &at));
                }
                Ok(next.or_else(|| self.look_above(1)))
            }
            Setting::Above(part) => {
                let next = *part + 1;
                match (operation, &reply.answer) {
                    (Operation::GetChildren { path, .. }, Answer::Children(names, _)) if !names.is_empty() => {
                        if names.iter().any(|name| &**name == LIMITS) {
                            return Err(self.taken("parent", path));
                        }
                        Ok(self.look_above(next))
                    }
                    _ if missing || reply.code == Code::Ok => Ok(self.enter(Setting::Root, exists(path::QUOTA))),
                    _ => fails(operation, reply).map(|()| None),
                }
            }
            Setting::Root => {
                fails(operation, reply)?;
                Ok(self.place(1, &limits_path))
            }
            Setting::Place(part) if missing => {
                let part = *part;
                let place = self.place_of(part);
                Ok(self.enter(Setting::NewPlace(part), create(&place, None)))
            }
            Setting::NewPlace(part) | Setting::Place(part) => {
                let next = *part + 1;
                if reply.code != Code::NodeExists {
                    fails(operation, reply)?;
                }
                Ok(self.place(next, &limits_path))
            }
            Setting::Limits if missing => {
                let request = create(&limits_path, Some(&self.limits));
                Ok(self.enter(Setting::NewLimits, request))
            }
            stage => {
                fails(operation, reply)?;
                match stage.clone() {
                    Setting::NewLimits => {
                        let none = StatsTrack { count: 0, bytes: 0, ..StatsTrack::NONE };
                        Ok(self.enter(Setting::NewStats, create(&stats_path, Some(&none))))
                    }
                    Setting::NewStats => Ok(self.enter(Setting::ReadLimits(true), get(&limits_path))),
                    Setting::Limits => Ok(self.enter(Setting::ReadLimits(false), get(&limits_path))),
                    Setting::ReadLimits(new) => {
                        let mut track = track_of(reply)?;
                        if !new {
                            self.merge_into(&mut track);
                        }
                        Ok(self.enter(Setting::ReadStats(track, new), get(&stats_path)))
                    }
                    Setting::ReadStats(track, new) => {
                        warn(&track, &track_of(reply)?, out);
                        Ok(if new { None } else { self.enter(Setting::Write, set(&limits_path, &track)) })
                    }
                    _ => Ok(None),
                }
            }
        }
    }

    fn enter(&mut self, stage: Setting, request: Operation) -> Option<Operation> {
        self.stage = stage;
        Some(request)
    }

    /// The znode for so many parts of the path.
    fn place_of(&self, parts: usize) -> String {
        let end = self.path.match_indices('/').nth(parts).map_or(self.path.len(), |(end, _)| end);
        format!("{}{}", path::QUOTA, &self.path[..end])
    }

    /// Of the path `/a/b/c` the ancestors `/a` and `/a/b`.
    fn look_above(&mut self, part: usize) -> Option<Operation> {
        if part < self.path.matches('/').count() {
            let above = self.place_of(part);
            self.enter(Setting::Above(part), children(&above))
        } else {
            self.enter(Setting::Root, exists(path::QUOTA))
        }
    }

    fn place(&mut self, part: usize, limits_path: &str) -> Option<Operation> {
        if part <= self.path.matches('/').count() {
            let place = self.place_of(part);
            self.enter(Setting::Place(part), exists(&place))
        } else {
            self.enter(Setting::Limits, exists(limits_path))
        }
    }

    fn taken(&self, by: &str, at: &str) -> String {
        let at = at.strip_prefix(path::QUOTA).unwrap_or(at);
        format!("{} has a {by} {at} which has a quota", self.path)
    }

    fn merge_into(&self, track: &mut StatsTrack) {
        let wanted = |limit: i64| Some(limit).filter(|limit| *limit > -1);
        let StatsTrack { count, bytes, byte_hard_limit, count_hard_limit } = self.limits;
        track.count = wanted(count).unwrap_or(track.count);
        track.bytes = wanted(bytes).unwrap_or(track.bytes);
        track.byte_hard_limit = byte_hard_limit.and_then(wanted).or(track.byte_hard_limit);
        track.count_hard_limit = count_hard_limit.and_then(wanted).or(track.count_hard_limit);
    }
}

/// Warns of limits that are exceeded already.
fn warn(limits: &StatsTrack, stats: &StatsTrack, out: &mut Output) {
    let short = |limits: [Option<i64>; 2], has| limits.into_iter().flatten().any(|limit| limit > -1 && limit < has);
    let is = "quota you create is less than the existing";
    if short([Some(limits.count), limits.count_hard_limit], stats.count) {
        out.say(&format!("[Warning]: the count {is} count:{}", stats.count));
    }
    if short([Some(limits.bytes), limits.byte_hard_limit], stats.bytes) {
        out.say(&format!("[Warning]: the bytes {is} bytes:{}", stats.bytes));
    }
}

/// Which limits `delquota` takes away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// `-n`
    Count,
    /// `-b`
    Bytes,
    /// `-N`
    CountHard,
    /// `-B`
    BytesHard,
}

/// `delquota`: takes one limit away, or everything, with the znodes that were made for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DelQuota {
    path: Path,
    limit: Option<Limit>,
    /// Paths that are to be deleted before the znodes above them are looked at; none before they are known.
    rest: Option<Vec<Path>>,
}

impl DelQuota {
    /// Begins.
    pub fn start(path: Path, limit: Option<Limit>) -> (DelQuota, Operation) {
        let first = exists(&quota::limits_path(&path));
        (DelQuota { path, limit, rest: None }, first)
    }

    /// What was asked is answered. Returns the next request; none when all is done.
    ///
    /// # Errors
    /// What is said when the command ends with an error.
    pub fn go_on(
        &mut self,
        operation: &Operation,
        reply: &Reply,
        out: &mut Output,
    ) -> Result<Option<Operation>, String> {
        if reply.code == Code::NoNode {
            match operation {
                Operation::Exists { .. } => out.say(&format!("Quota does not exist for {}", self.path)),
                _ => out.complain(&format!("quota for {} does not exist.", self.path)),
            }
            return Ok(None);
        }
        fails(operation, reply)?;
        let limits_path = quota::limits_path(&self.path);
        let top = format!("{}{}", path::QUOTA, self.path);
        Ok(match (operation, &reply.answer) {
            (Operation::Exists { .. }, _) => Some(get(&limits_path)),
            (Operation::GetData { .. }, _) => match self.limit {
                None => Some(children(&top)),
                Some(limit) => {
                    let mut track = track_of(reply)?;
                    match limit {
                        Limit::Count => track.count = -1,
                        Limit::Bytes => track.bytes = -1,
                        Limit::CountHard => track.count_hard_limit = Some(-1),
                        Limit::BytesHard => track.byte_hard_limit = Some(-1),
                    }
                    Some(set(&limits_path, &track))
                }
            },
            (Operation::GetChildren { path: parent, .. }, Answer::Children(names, _)) => match &self.rest {
                None => {
                    self.rest = Some(names.iter().rev().map(|name| Path::from(path::child(parent, name))).collect());
                    self.next(&top)
                }
                Some(_) if names.is_empty() => Some(delete(parent)),
                Some(_) => None,
            },
            (Operation::Delete { path: deleted, .. }, _) => {
                // The children are deleted first, then what is empty above them.
                let above = if **deleted == *top || !deleted.starts_with(&top) {
                    path::parent_or_root(deleted).to_string()
                } else {
                    top
                };
                self.next(&above)
            }
            _ => None,
        })
    }

    fn next(&mut self, above: &str) -> Option<Operation> {
        match self.rest.as_mut().and_then(Vec::pop) {
            Some(child) => Some(delete(&child)),
            None => (above != path::QUOTA).then(|| children(above)),
        }
    }
}

/// `listquota`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListQuota(Path);

impl ListQuota {
    /// Begins.
    pub fn start(path: Path) -> (ListQuota, Operation) {
        let first = get(&quota::limits_path(&path));
        (ListQuota(path), first)
    }

    /// What was asked is answered. Returns the next request; none when all is done.
    ///
    /// # Errors
    /// What is said when the command ends with an error.
    pub fn go_on(&self, operation: &Operation, reply: &Reply, out: &mut Output) -> Result<Option<Operation>, String> {
        let path = &self.0;
        if reply.code == Code::NoNode {
            out.complain(&format!("quota for {path} does not exist."));
            return Ok(None);
        }
        fails(operation, reply)?;
        let is_limits = operation.path().is_some_and(|asked| path::name(asked) == LIMITS);
        let what = if is_limits { "quota" } else { "stat" };
        out.say(&format!("Output {what} for {path} {}", track_of(reply)?));
        Ok(is_limits.then(|| get(&quota::stats_path(path))))
    }
}
