//! `listquota`, `setquota` and `delquota`: the quotas are znodes like others, so each command takes several requests.

use super::commands::{Mistake, no_number, valid};
use super::jobs::Job;
use super::tokens::Parsed;
use super::usage::Usage;
use super::{Progress, print};
use crate::session::{Answer, Code, Create, CreateKind, Operation, Reply};
use crate::tree::quota::{LIMITS, StatsTrack, limits_path, stats_path};
use crate::tree::{Path, acl, path};
use std::collections::VecDeque;

/// A command about a quota, and how far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct QuotaJob {
    /// The path the quota is for.
    path: Path,
    /// What shall be limited, or no longer.
    wanted: StatsTrack,
    stage: Stage,
    /// What is left to be asked in this stage.
    rest: VecDeque<Operation>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    ListLimits,
    ListStats,
    /// Does the path exist?
    SetExists,
    /// Has a path above a quota?
    SetAbove,
    /// Is there a quota already?
    SetLimits,
    /// The znodes are made or written.
    SetWrite,
    DeleteLimits,
    /// The znodes are written or deleted.
    DeleteWrite,
    /// Empty znodes go, from below.
    DeleteTrim,
}

impl QuotaJob {
    fn begin(path: Path, wanted: StatsTrack, stage: Stage, operation: Operation) -> Progress {
        let job = QuotaJob { path, wanted, stage, rest: VecDeque::new() };
        Progress::asks(Job::Quota(Box::new(job)), operation)
    }

    fn goes(mut self, stage: Stage, operation: Operation) -> Progress {
        self.stage = stage;
        Progress::asks(Job::Quota(Box::new(self)), operation)
    }

    fn next(mut self, stage: Stage) -> Progress {
        match self.rest.pop_front() {
            Some(operation) => self.goes(stage, operation),
            None => Progress::default(),
        }
    }

    /// Goes on with an answer.
    pub(super) fn answered(mut self, operation: &Operation, reply: &Reply) -> Progress {
        let about = operation.path().cloned().unwrap_or_else(|| self.path.clone());
        let failed = || Progress::says(vec![print::failure(reply.code, Some(&about))]);
        let track = match &reply.answer {
            Answer::Data(data, _) => StatsTrack::parse(data.as_deref().unwrap_or_default()),
            _ => StatsTrack::NONE,
        };
        match (self.stage, reply.code) {
            (Stage::ListLimits, Code::NoNode) => {
                Progress::says(vec![print::err(format!("quota for {} does not exist.", self.path))])
            }
            (Stage::ListLimits, Code::Ok) => {
                let line = print::out(format!("Output quota for {} {track}", self.path));
                let stats = get(&stats_path(&self.path));
                let next = self.goes(Stage::ListStats, stats).next;
                Progress { lines: vec![line], next }
            }
            (Stage::ListStats, Code::Ok) => {
                Progress::says(vec![print::out(format!("Output stat for {} {track}", self.path))])
            }
            (Stage::SetExists, Code::NoNode) => {
                Progress::says(vec![print::err(format!("{} does not exist.", self.path))])
            }
            (Stage::SetExists, Code::Ok) => {
                let mut above = path::parent_or_root(&self.path).to_string();
                while above != "/" {
                    self.rest.push_front(exists(&limits_path(&above)));
                    above = path::parent_or_root(&above).to_string();
                }
                self.rest.push_back(exists(&limits_path(&self.path)));
                self.next(Stage::SetAbove)
            }
            // The last of these is the path's own.
            (Stage::SetAbove, Code::Ok) if !self.rest.is_empty() => {
                let above = about.trim_end_matches(LIMITS).trim_end_matches('/').to_string();
                let parent = above.trim_start_matches(path::QUOTA);
                Progress::says(vec![print::err(format!("{} has a parent {parent} which has a quota", self.path))])
            }
            (Stage::SetAbove, Code::Ok) => self.goes(Stage::SetLimits, get(&about)),
            (Stage::SetAbove, Code::NoNode) if !self.rest.is_empty() => self.next(Stage::SetAbove),
            (Stage::SetAbove, Code::NoNode) => {
                let mut whole = path::QUOTA.to_string();
                for name in self.path.split('/').filter(|name| !name.is_empty()) {
                    whole = path::child(&whole, name);
                    self.rest.push_back(create(&whole, None));
                }
                let fresh = StatsTrack { count: 0, bytes: 0, ..StatsTrack::NONE };
                self.rest.push_back(create(&limits_path(&self.path), Some(&self.wanted)));
                self.rest.push_back(create(&stats_path(&self.path), Some(&fresh)));
                self.next(Stage::SetWrite)
            }
            (Stage::SetLimits, Code::Ok) => {
                let merged = merge(&track, &self.wanted);
                self.goes(Stage::SetWrite, set_data(&about, &merged))
            }
            (Stage::SetWrite, Code::Ok | Code::NodeExists) => self.next(Stage::SetWrite),
            (Stage::DeleteLimits, Code::NoNode) => {
                Progress::says(vec![print::out(format!("Quota does not exist for {}", self.path))])
            }
            (Stage::DeleteLimits, Code::Ok) if self.wanted != StatsTrack::NONE => {
                let cleared = clear(&track, &self.wanted);
                self.goes(Stage::DeleteWrite, set_data(&about, &cleared))
            }
            (Stage::DeleteLimits, Code::Ok) => {
                let whole = format!("{}{}", path::QUOTA, self.path);
                self.rest.extend([delete(&limits_path(&self.path)), delete(&stats_path(&self.path)), delete(&whole)]);
                self.next(Stage::DeleteWrite)
            }
            (Stage::DeleteWrite, Code::Ok) if self.rest.len() == 1 => self.next(Stage::DeleteTrim),
            (Stage::DeleteWrite, Code::Ok) => self.next(Stage::DeleteWrite),
            (Stage::DeleteTrim, Code::Ok) => match path::parent_or_root(&about).to_string() {
                parent if parent == path::QUOTA => Progress::default(),
                parent => self.goes(Stage::DeleteTrim, delete(&parent)),
            },
            // Something else is kept there.
            (Stage::DeleteTrim, Code::NotEmpty) => Progress::default(),
            _ => failed(),
        }
    }
}

/// `listquota`.
pub(super) fn list(raw: &str) -> Result<Progress, Mistake> {
    let limits = limits_path(raw);
    let line = print::err(format!("absolute path is {limits}"));
    let checked = valid(raw).and_then(|path| valid(&limits).map(|_| path));
    let path = checked.map_err(|mistake| [line.clone()].into_iter().chain(mistake).collect::<Mistake>())?;
    let begun = QuotaJob::begin(path, StatsTrack::NONE, Stage::ListLimits, get(&limits));
    Ok(Progress { lines: vec![line], ..begun })
}

/// `setquota`.
pub(super) fn set(usage: &Usage, parsed: &Parsed) -> Result<Progress, Mistake> {
    let mut given = [None; 4];
    for (place, option) in ['n', 'b', 'N', 'B'].into_iter().enumerate() {
        if let Some(word) = parsed.value(option) {
            given[place] = Some(word.parse::<i64>().map_err(|_| vec![no_number(word)])?);
        }
    }
    if given.iter().all(Option::is_none) {
        return Err(vec![print::err(usage.line())]);
    }
    let path = valid(parsed.argument(0).unwrap_or(""))?;
    let [count, bytes, count_hard, byte_hard] = given.map(|value| value.unwrap_or(-1));
    let wanted = StatsTrack { count, bytes, byte_hard_limit: Some(byte_hard), count_hard_limit: Some(count_hard) };
    Ok(QuotaJob::begin(path.clone(), wanted, Stage::SetExists, exists(&path)))
}

/// `delquota`: what is named by an option is limited no longer; without one the quota goes.
pub(super) fn remove(parsed: &Parsed) -> Result<Progress, Mistake> {
    let path = valid(parsed.argument(0).unwrap_or(""))?;
    let given = |option: char| parsed.has(option);
    let gone = StatsTrack {
        count: if given('n') { 1 } else { -1 },
        bytes: if given('b') { 1 } else { -1 },
        count_hard_limit: given('N').then_some(1),
        byte_hard_limit: given('B').then_some(1),
    };
    let limits = limits_path(&path);
    Ok(QuotaJob::begin(path, gone, Stage::DeleteLimits, get(&limits)))
}

/// The limits that are set anew take the place of the old ones.
fn merge(old: &StatsTrack, wanted: &StatsTrack) -> StatsTrack {
    let newer = |old: i64, new: i64| if new > -1 { new } else { old };
    let hard = |old: Option<i64>, new: Option<i64>| new.filter(|new| *new > -1).or(old);
    StatsTrack {
        count: newer(old.count, wanted.count),
        bytes: newer(old.bytes, wanted.bytes),
        byte_hard_limit: hard(old.byte_hard_limit, wanted.byte_hard_limit),
        count_hard_limit: hard(old.count_hard_limit, wanted.count_hard_limit),
    }
}

fn clear(old: &StatsTrack, gone: &StatsTrack) -> StatsTrack {
    let hard = |old: Option<i64>, gone: Option<i64>| if gone.is_some() { Some(-1) } else { old };
    StatsTrack {
        count: if gone.count > 0 { -1 } else { old.count },
        bytes: if gone.bytes > 0 { -1 } else { old.bytes },
        byte_hard_limit: hard(old.byte_hard_limit, gone.byte_hard_limit),
        count_hard_limit: hard(old.count_hard_limit, gone.count_hard_limit),
    }
}

fn get(path: &str) -> Operation {
    Operation::GetData { path: Path::from(path), watch: false }
}

fn exists(path: &str) -> Operation {
    Operation::Exists { path: Path::from(path), watch: false }
}

fn delete(path: &str) -> Operation {
    Operation::Delete { path: Path::from(path), version: -1 }
}

fn set_data(path: &str, track: &StatsTrack) -> Operation {
    let data = super::commands::bytes(&track.to_string());
    Operation::SetData { path: Path::from(path), data: Some(data), version: -1 }
}

fn create(path: &str, track: Option<&StatsTrack>) -> Operation {
    let data = track.map(|track| super::commands::bytes(&track.to_string()));
    let (kind, path, acl) = (CreateKind::Create, Path::from(path), Some(acl::open().to_vec()));
    Operation::Create(Create { kind, path, data, acl, flags: 0, ttl: None })
}
