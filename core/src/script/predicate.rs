//! How questions and statements are written.

use super::error::{Expected, ParseError};
use super::grammar::client_name;
use super::words::{self, Words};
use crate::election::ServerState;
use crate::ids::Sid;
use crate::query::{ClientQuery, Predicate, Query, Reason, Relation, Value, ZnodeQuery};
use core::fmt;
use std::sync::Arc;

/// What follows a question's word.
enum Shape {
    Alone(Query),
    One(fn(Sid) -> Query),
    /// Two servers with a word between them (empty for none).
    Two(&'static str, fn(Sid, Sid) -> Query),
    Client(ClientQuery),
    Znode(ZnodeQuery),
}

/// Every question and how it is written.
const QUERIES: &[(&str, Shape)] = &[
    ("id", Shape::One(Query::Id)),
    ("state", Shape::One(Query::State)),
    ("vote", Shape::One(Query::Vote)),
    ("votes", Shape::One(Query::Votes)),
    ("missing", Shape::One(Query::Missing)),
    ("own", Shape::Two("for", Query::Own)),
    ("known", Shape::One(Query::Known)),
    ("row", Shape::Two("from", Query::Row)),
    ("told", Shape::Two("by", Query::Told)),
    ("stale", Shape::Two("from", Query::Stale)),
    ("confirmed", Shape::One(Query::Confirmed)),
    ("quorum", Shape::Alone(Query::Quorum)),
    ("voters", Shape::Alone(Query::Voters)),
    ("running", Shape::Alone(Query::Running)),
    ("looking", Shape::Alone(Query::Looking)),
    ("leaders", Shape::Alone(Query::Leaders)),
    ("leader", Shape::Alone(Query::Leader)),
    ("serves", Shape::One(Query::Serves)),
    ("round", Shape::One(Query::Round)),
    ("zxid", Shape::One(Query::Zxid)),
    ("epoch", Shape::One(Query::Epoch)),
    ("accepted", Shape::One(Query::Accepted)),
    ("promised", Shape::Alone(Query::Promised)),
    ("logged", Shape::One(Query::Logged)),
    ("flushed", Shape::One(Query::Flushed)),
    ("applied", Shape::One(Query::Applied)),
    ("durable", Shape::Alone(Query::Durable)),
    ("committed", Shape::Alone(Query::Committed)),
    ("winner", Shape::Two("", Query::Winner)),
    ("criterion", Shape::Two("", Query::Criterion)),
    ("reason", Shape::One(Query::Reason)),
    ("changes", Shape::One(Query::Changes)),
    ("led", Shape::One(Query::Led)),
    ("started", Shape::One(Query::Started)),
    ("waiting", Shape::One(Query::Waiting)),
    ("wait", Shape::Alone(Query::Wait)),
    ("quiet", Shape::One(Query::Quiet)),
    ("gap", Shape::Two("", Query::Gap)),
    ("decided", Shape::Two("", Query::Decided)),
    ("same-tree", Shape::Alone(Query::SameTree)),
    ("name", Shape::Client(ClientQuery::Name)),
    ("client", Shape::Client(ClientQuery::State)),
    ("connected", Shape::Client(ClientQuery::Server)),
    ("alive", Shape::Client(ClientQuery::Alive)),
    ("events", Shape::Client(ClientQuery::Events)),
    ("reply", Shape::Client(ClientQuery::Reply)),
    ("timeout", Shape::Client(ClientQuery::Timeout)),
    ("left", Shape::Client(ClientQuery::Left)),
    ("ephemerals", Shape::Client(ClientQuery::Ephemerals)),
    ("exists", Shape::Znode(ZnodeQuery::Exists)),
    ("holds", Shape::Znode(ZnodeQuery::Data)),
    ("owner", Shape::Znode(ZnodeQuery::Owner)),
    ("children", Shape::Znode(ZnodeQuery::Children)),
    ("watchers", Shape::Znode(ZnodeQuery::Watchers)),
];

/// The first words of all questions, with commas between them.
pub fn questions() -> String {
    QUERIES.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

/// Reads a question.
pub fn query(words: &mut Words<'_>) -> Result<Query, ParseError> {
    let shape =
        words.read(Expected::Query, |word| QUERIES.iter().find(|(name, _)| *name == word).map(|(_, shape)| shape))?;
    match shape {
        Shape::Alone(query) => Ok(query.clone()),
        Shape::Client(query) => Ok(Query::Client(*query, words.read(Expected::Client, client_name)?)),
        Shape::Znode(query) => {
            let sid = words.read(Expected::Server, words::sid)?;
            let path = |word: &str| word.starts_with('/').then(|| Arc::from(word));
            Ok(Query::Znode(*query, sid, words.read(Expected::Path, path)?))
        }
        Shape::One(make) => Ok(make(words.read(Expected::Server, words::sid)?)),
        Shape::Two(between, make) => {
            let first = words.read(Expected::Server, words::sid)?;
            if !between.is_empty() && !words.take_if(between) {
                return Err(words.error(Expected::Query));
            }
            Ok(make(first, words.read(Expected::Server, words::sid)?))
        }
    }
}

/// `leading 3` is short for `state 3 = LEADING`. `looking` alone is a question too: the number of servers that search.
fn in_short(words: &mut Words<'_>) -> Result<Option<Predicate>, ParseError> {
    let states = [ServerState::Looking, ServerState::Following, ServerState::Leading, ServerState::Observing];
    let named = |word: &str| states.into_iter().find(|state| state.word().to_ascii_lowercase() == word);
    let Some(state) = words.peek().and_then(named) else { return Ok(None) };
    let mut after = words.clone();
    after.take();
    if state == ServerState::Looking && after.peek().and_then(words::sid).is_none() {
        return Ok(None);
    }
    let query = Query::State(after.read(Expected::Server, words::sid)?);
    *words = after;
    Ok(Some(Predicate { query, relation: Relation::Equal, value: Value::State(Some(state)) }))
}

/// Reads a statement: a question, a relation and an answer. `=` may be left out.
pub fn predicate(words: &mut Words<'_>) -> Result<Predicate, ParseError> {
    if let Some(statement) = in_short(words)? {
        return Ok(statement);
    }
    let query = query(words)?;
    let relation = match words.peek() {
        Some("=") => Some(Relation::Equal),
        Some("!=") => Some(Relation::Different),
        Some("<") => Some(Relation::Less),
        Some(">=") => Some(Relation::AtLeast),
        // A yes-or-no question alone states the yes.
        None if answer(&query, "yes") == Some(Value::Flag(true)) => {
            return Ok(Predicate { query, relation: Relation::Equal, value: Value::Flag(true) });
        }
        None => return Err(words.error(Expected::Relation)),
        Some(_) => None,
    };
    if relation.is_some() {
        words.take();
    }
    let value = words.read(Expected::Answer, |word| answer(&query, word))?;
    Ok(Predicate { query, relation: relation.unwrap_or(Relation::Equal), value })
}

/// Reads an answer of the kind that `query` has.
fn answer(query: &Query, word: &str) -> Option<Value> {
    let yes_or_no = |word: &str| match word {
        "yes" => Some(Value::Flag(true)),
        "no" => Some(Value::Flag(false)),
        _ => None,
    };
    match query {
        Query::Id(_) | Query::Vote(_) | Query::Row(..) | Query::Leader | Query::Winner(..) => match word {
            "none" => Some(Value::Server(None)),
            _ => words::sid(word).map(|sid| Value::Server(Some(sid))),
        },
        Query::State(_) | Query::Told(..) => {
            let states = [ServerState::Looking, ServerState::Following, ServerState::Leading, ServerState::Observing];
            if word == "DOWN" {
                return Some(Value::State(None));
            }
            states.into_iter().find(|state| state.word() == word).map(|state| Value::State(Some(state)))
        }
        Query::SameTree
        | Query::Client(ClientQuery::Alive, _)
        | Query::Znode(ZnodeQuery::Exists, ..)
        | Query::Stale(..)
        | Query::Serves(_)
        | Query::Led(_)
        | Query::Started(_)
        | Query::Waiting(_) => yes_or_no(word),
        Query::Zxid(_) => words::zxid(word).map(Value::Zxid),
        Query::Epoch(_) | Query::Accepted(_) => words::epoch(word).map(Value::Epoch),
        Query::Criterion(..) | Query::Reason(_) => {
            Reason::ALL.into_iter().find(|reason| reason.word() == word).map(Value::Reason)
        }
        Query::Wait | Query::Quiet(_) | Query::Gap(..) | Query::Decided(..) => match word {
            "none" => Some(Value::Span(None)),
            _ => words::span(word).map(|span| Value::Span(Some(span))),
        },
        Query::Client(ClientQuery::Server, _) => match word {
            "none" => Some(Value::Server(None)),
            _ => words::sid(word).map(|sid| Value::Server(Some(sid))),
        },
        Query::Client(ClientQuery::Timeout | ClientQuery::Left, _) => match word {
            "none" => Some(Value::Span(None)),
            _ => words::span(word).map(|span| Value::Span(Some(span))),
        },
        Query::Client(ClientQuery::Name | ClientQuery::State | ClientQuery::Reply, _)
        | Query::Znode(ZnodeQuery::Data | ZnodeQuery::Owner, ..) => Some(Value::Word(Arc::from(word))),
        Query::Client(ClientQuery::Events | ClientQuery::Ephemerals, _)
        | Query::Znode(ZnodeQuery::Children | ZnodeQuery::Watchers, ..)
        | Query::Votes(_)
        | Query::Missing(_)
        | Query::Own(..)
        | Query::Known(_)
        | Query::Confirmed(_)
        | Query::Quorum
        | Query::Voters
        | Query::Running
        | Query::Looking
        | Query::Leaders
        | Query::Round(_)
        | Query::Promised
        | Query::Logged(_)
        | Query::Flushed(_)
        | Query::Applied(_)
        | Query::Durable
        | Query::Committed
        | Query::Changes(_) => word.parse().ok().map(Value::Number),
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The servers of a question are found by trying: there are few, and the table above stays the only one.
        let servers = || (0..=u8::MAX).map(Sid);
        for (name, shape) in QUERIES {
            match shape {
                Shape::Alone(query) if query == self => return f.write_str(name),
                Shape::Alone(_) => {}
                Shape::One(make) => {
                    if let Some(sid) = servers().find(|sid| make(*sid) == *self) {
                        return write!(f, "{name} {}", sid.0);
                    }
                }
                Shape::Client(asked) => {
                    if let Query::Client(query, client) = self
                        && query == asked
                    {
                        return write!(f, "{name} {client}");
                    }
                }
                Shape::Znode(asked) => {
                    if let Query::Znode(query, sid, path) = self
                        && query == asked
                    {
                        return write!(f, "{name} {sid} {path}");
                    }
                }
                Shape::Two(between, make) => {
                    let same_kind = core::mem::discriminant(&make(Sid(1), Sid(1))) == core::mem::discriminant(self);
                    let pairs = servers().flat_map(|a| servers().map(move |b| (a, b)));
                    if let Some((a, b)) =
                        same_kind.then(|| pairs.into_iter().find(|(a, b)| make(*a, *b) == *self)).flatten()
                    {
                        let between = if between.is_empty() { String::new() } else { format!("{between} ") };
                        return write!(f, "{name} {} {between}{}", a.0, b.0);
                    }
                }
            }
        }
        Ok(())
    }
}
