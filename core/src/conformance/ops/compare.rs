//! Our results in the words of a recording, and the two side by side.

use super::json::Json;
use super::reader::Fields;
use super::request;
use crate::ids::{SessionId, Zxid};
use crate::session::{Answer, Code, OpResult, Reply};
use crate::tree::acl::{self, Acl, Permissions};
use crate::tree::{Data, DataTree, Identity, Stat, path};
use core::fmt;

/// The first thing that does not agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disagreement {
    /// The line of the file.
    pub line: usize,
    /// Which step that is, or which znode.
    pub place: String,
    /// What does not agree: a field of the result, an event.
    pub field: String,
    /// What was recorded; `None` when there is nothing of the kind.
    pub recorded: Option<Json>,
    /// Ours.
    pub ours: Option<Json>,
}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Data may be long, and its beginning tells enough.
        let short = |value: &Option<Json>| match value.as_ref().map(Json::to_string) {
            None => "nothing".to_string(),
            Some(text) if text.chars().count() > 200 => format!("{} ...", text.chars().take(200).collect::<String>()),
            Some(text) => text,
        };
        let Disagreement { line, place, field, .. } = self;
        let (ours, recorded) = (short(&self.ours), short(&self.recorded));
        write!(f, "line {line}, {place}: {field} is {ours}, recorded is {recorded}")
    }
}

/// A field and its two values.
pub type Difference = (String, Option<Json>, Option<Json>);

/// Names sessions as a recording does.
pub trait Aliases {
    /// The alias of a session.
    fn alias(&self, session: SessionId) -> Option<&str>;
}

// ---- ours ----

/// A zxid, or that there is none.
pub fn zxid(zxid: Option<Zxid>) -> Json {
    zxid.map_or(Json::Null, |zxid| {
        Json::List([zxid.epoch, zxid.counter].map(|part| Json::Number(i64::from(part))).to_vec())
    })
}

/// A code, by number and by name.
pub fn code(code: Code) -> [(&'static str, Json); 2] {
    [("code", Json::Number(i64::from(code.number()))), ("rc", Json::text(code.to_string()))]
}

/// A reply. `closed` says whether the connection has ended with it.
pub fn reply(reply: &Reply, closed: bool, aliases: &impl Aliases) -> Fields {
    let mut fields = answer(&reply.answer, aliases);
    fields.extend(code(reply.code).map(|(name, value)| (name.to_string(), value)));
    fields.insert("zxid".to_string(), zxid(reply.zxid));
    fields.insert("closed".to_string(), Json::Bool(closed));
    fields
}

fn answer(answer: &Answer, aliases: &impl Aliases) -> Fields {
    let list = |items: &mut dyn Iterator<Item = Json>| Json::List(items.collect());
    let mut fields = Fields::new();
    let mut put = |name: &str, value| fields.insert(name.to_string(), value);
    match answer {
        Answer::Nothing => {}
        Answer::Path(path) => {
            put("path", Json::text(&**path));
        }
        Answer::Created(path, created) => {
            put("path", Json::text(&**path));
            put("stat", stat(created, aliases));
        }
        Answer::Stat(found) => {
            put("stat", stat(found, aliases));
        }
        Answer::Data(found, of) => {
            put("data", data(found));
            put("stat", stat(of, aliases));
        }
        Answer::Acl(found, of) => {
            put("acl", acl_list(found));
            put("stat", stat(of, aliases));
        }
        Answer::Children(names, of) => {
            put("children", list(&mut names.iter().map(|name| Json::text(&**name))));
            if let Some(of) = of {
                put("stat", stat(of, aliases));
            }
        }
        Answer::Ephemerals(paths) => {
            put("ephemerals", list(&mut paths.iter().map(|path| Json::text(&**path))));
        }
        Answer::Number(number) => {
            put("number", Json::Number(i64::from(*number)));
        }
        Answer::Who(who) => {
            let identity = |who: &Identity| Json::List([&who.scheme, &who.id].map(|text| Json::text(&**text)).to_vec());
            put("who", list(&mut who.iter().map(identity)));
        }
        Answer::Multi(results) => {
            let result = |OpResult { name, code: came, answer: rest }: &OpResult| {
                let mut fields = self::answer(rest, aliases);
                fields.extend(code(*came).map(|(name, value)| (name.to_string(), value)));
                fields.insert("op".to_string(), Json::text(*name));
                Json::Object(fields)
            };
            put("results", list(&mut results.iter().map(result)));
        }
    }
    fields
}

fn stat(stat: &Stat, aliases: &impl Aliases) -> Json {
    let owner = match stat.owner.session() {
        None => Json::Null,
        Some(session) => aliases.alias(session).map_or_else(|| Json::text(session.to_string()), Json::text),
    };
    let number = |number: i32| Json::Number(i64::from(number));
    Json::object([
        ("czxid", zxid(Some(stat.czxid))),
        ("mzxid", zxid(Some(stat.mzxid))),
        ("pzxid", zxid(Some(stat.pzxid))),
        ("version", number(stat.version)),
        ("cversion", number(stat.cversion)),
        ("aversion", number(stat.aversion)),
        ("ephemeralOwner", owner),
        ("dataLength", number(stat.data_length)),
        ("numChildren", number(stat.num_children)),
    ])
}

fn data(data: &Option<Data>) -> Json {
    let Some(bytes) = data else { return Json::Null };
    match std::str::from_utf8(bytes) {
        Ok(text) => Json::text(text),
        Err(_) => Json::object([("hex", Json::Text(bytes.iter().map(|byte| format!("{byte:02x}")).collect()))]),
    }
}

fn acl_list(list: &[Acl]) -> Json {
    let entry = |Acl { permissions, who }: &Acl| {
        Json::List(vec![Json::Number(i64::from(permissions.0)), Json::text(&*who.scheme), Json::text(&*who.id)])
    };
    Json::List(list.iter().map(entry).collect())
}

// ---- side by side ----

/// Holds the fields of a result against ours. With `whole`, ours may not say anything either that was not recorded.
///
/// # Errors
/// The first difference.
pub fn results(recorded: &Fields, ours: &Fields, whole: bool) -> Result<(), Difference> {
    for (name, value) in recorded {
        same(name, value, ours.get(name))?;
    }
    // A header without a zxid, and a connection that stays, may go without saying.
    let unsaid = |name: &str, value: &Json| match name {
        "zxid" => *value == Json::Null,
        "closed" => true,
        _ => false,
    };
    match ours.iter().find(|(name, value)| whole && !recorded.contains_key(*name) && !unsaid(name, value)) {
        Some((name, value)) => Err((name.clone(), None, Some(value.clone()))),
        None => Ok(()),
    }
}

fn same(name: &str, recorded: &Json, ours: Option<&Json>) -> Result<(), Difference> {
    let agrees = match (name, ours) {
        ("zxid", None) => *recorded == Json::Null,
        // The order of these is that of a hash table of the real server.
        ("children" | "ephemerals" | "who" | "acl", Some(ours)) => recorded.sorted() == ours.sorted(),
        // This one's text says where the servers listen.
        ("data", Some(_)) if recorded.get("config").is_some() => true,
        ("data", Some(ours)) => request::data(recorded).is_ok_and(|bytes| request::data(ours) == Ok(bytes)),
        ("stat", Some(Json::Object(ours))) => match recorded.fields() {
            Some(fields) => return inside(name, results(fields, ours, false)),
            None => false,
        },
        ("results", Some(Json::List(ours))) => match recorded.items() {
            Some(items) if items.len() == ours.len() => {
                for ((place, item), ours) in (1..).zip(items).zip(ours) {
                    let empty = Fields::new();
                    let (item, ours) = (item.fields().unwrap_or(&empty), ours.fields().unwrap_or(&empty));
                    inside(&format!("result {place}"), results(item, ours, true))?;
                }
                true
            }
            _ => false,
        },
        (_, ours) => ours == Some(recorded),
    };
    if agrees { Ok(()) } else { Err((name.to_string(), Some(recorded.clone()), ours.cloned())) }
}

fn inside(outer: &str, compared: Result<(), Difference>) -> Result<(), Difference> {
    compared.map_err(|(field, recorded, ours)| (format!("{outer}: {field}"), recorded, ours))
}

/// Holds the events of a step against ours, each session's in its order, or in any order.
///
/// # Errors
/// The first session whose events differ.
pub fn events(recorded: &Fields, ours: &Fields, unordered: bool) -> Result<(), Difference> {
    let aliases = recorded.keys().chain(ours.keys().filter(|alias| !recorded.contains_key(*alias)));
    for alias in aliases {
        let (theirs, mine) = (recorded.get(alias), ours.get(alias));
        let agrees = match (theirs, mine) {
            (Some(theirs), Some(mine)) if unordered => theirs.sorted() == mine.sorted(),
            (theirs, mine) => theirs == mine,
        };
        if !agrees {
            return Err((format!("what {alias} is told"), theirs.cloned(), mine.cloned()));
        }
    }
    Ok(())
}

/// Holds the recorded znodes against a tree as somebody sees it: what may not be read is recorded as a code.
///
/// # Errors
/// The path of the first znode that differs, and the difference.
pub fn tree(
    recorded: &Fields,
    tree: &DataTree,
    who: &[Identity],
    aliases: &impl Aliases,
) -> Result<(), (String, Difference)> {
    for (path, node) in recorded {
        let at = |difference| (path.clone(), difference);
        let Some(znode) = tree.get(path) else {
            return Err(at(("the znode".to_string(), Some(node.clone()), None)));
        };
        let hidden = || Json::object([("code", Json::Number(i64::from(Code::NoAuth.number())))]);
        let may = |permissions| acl::allows(&znode.acl, permissions, who);
        let mut ours = Fields::new();
        if may(Permissions::READ) {
            ours.insert("data".to_string(), data(&znode.data));
        } else {
            ours.insert("data".to_string(), hidden());
            ours.insert("code".to_string(), Json::Number(i64::from(Code::NoAuth.number())));
        }
        let list = match (may(Permissions::READ_OR_ADMIN), may(Permissions::ADMIN)) {
            (false, _) => hidden(),
            (true, false) => acl_list(&acl::masked(&znode.acl)),
            (true, true) => acl_list(&znode.acl),
        };
        ours.insert("acl".to_string(), list);
        ours.insert("stat".to_string(), stat(&znode.shown_stat(), aliases));
        let empty = Fields::new();
        for (name, value) in node.fields().unwrap_or(&empty) {
            let compared = match ours.get(name) {
                // A code is no data.
                Some(code) if *code == hidden() || *value == hidden() => match code == value {
                    true => Ok(()),
                    false => Err((name.clone(), Some(value.clone()), Some(code.clone()))),
                },
                mine => same(name, value, mine),
            };
            compared.map_err(at)?;
        }
    }
    unrecorded("/", recorded, tree, who)
}

/// Looks for znodes that are not recorded. Below what may not be read nothing can be.
fn unrecorded(at: &str, recorded: &Fields, tree: &DataTree, who: &[Identity]) -> Result<(), (String, Difference)> {
    let Some(znode) = tree.get(at) else { return Ok(()) };
    if !recorded.contains_key(at) {
        let ours = Json::text(at);
        return Err((at.to_string(), ("the znode".to_string(), None, Some(ours))));
    }
    if acl::allows(&znode.acl, Permissions::READ, who) {
        znode.names().try_for_each(|name| unrecorded(&path::child(at, name), recorded, tree, who))
    } else {
        Ok(())
    }
}
