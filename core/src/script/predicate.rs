//! How questions and statements are written.

use super::error::{Expected, ParseError};
use super::grammar::client_name;
use super::words::{self, Words};
use crate::election::ServerState;
use crate::ids::Sid;
use crate::query::{ClientQuery, Held, Kind, Predicate, Query, Reason, Relation, SERVER_STATES, Value, ZnodeQuery};
use crate::tree::path::validate;
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
    names().collect::<Vec<_>>().join(", ")
}

/// The first words of all questions.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    QUERIES.iter().map(|(name, _)| *name)
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
            let at = words.clone();
            let path = |text: &str| validate(text).is_ok().then(|| Arc::from(text));
            let path = match words.quoted()? {
                Some(text) => path(&text).ok_or_else(|| at.error(Expected::Path))?,
                None => words.read(Expected::Path, path)?,
            };
            Ok(Query::Znode(*query, sid, path))
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
    let named = |word: &str| SERVER_STATES.into_iter().find(|state| state.word().to_ascii_lowercase() == word);
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
    let kind = query.kind();
    let relation = match words.peek() {
        Some("=") => Some(Relation::Equal),
        Some("!=") => Some(Relation::Different),
        Some("<") if kind.is_ordered() => Some(Relation::Less),
        Some(">=") if kind.is_ordered() => Some(Relation::AtLeast),
        // A yes-or-no question alone states the yes.
        None if kind == Kind::Flag => {
            return Ok(Predicate { query, relation: Relation::Equal, value: Value::Flag(true) });
        }
        _ => None,
    };
    let expected = match relation {
        Some(_) => Expected::Answer(kind),
        None => Expected::Comparison(kind),
    };
    if relation.is_some() {
        words.take();
    }
    let quoted = if kind == Kind::Data { words.quoted()? } else { None };
    let value = match quoted {
        Some(text) => Value::Data(Held::Text(Arc::from(text))),
        None => words.read(expected, |word| answer(kind, word))?,
    };
    Ok(Predicate { query, relation: relation.unwrap_or(Relation::Equal), value })
}

/// Reads an answer.
fn answer(kind: Kind, word: &str) -> Option<Value> {
    let or_none = word == "none";
    match kind {
        Kind::Server if or_none => Some(Value::Server(None)),
        Kind::Server => words::sid(word).map(|sid| Value::Server(Some(sid))),
        Kind::Span if or_none => Some(Value::Span(None)),
        Kind::Span => words::span(word).map(|span| Value::Span(Some(span))),
        Kind::State if word == "DOWN" => Some(Value::State(None)),
        Kind::State => {
            SERVER_STATES.into_iter().find(|state| state.word() == word).map(|state| Value::State(Some(state)))
        }
        Kind::Flag => words::yes_or_no(word).map(Value::Flag),
        Kind::Zxid => words::zxid(word).map(Value::Zxid),
        Kind::Epoch => words::epoch(word).map(Value::Epoch),
        Kind::Reason => Reason::ALL.into_iter().find(|reason| reason.word() == word).map(Value::Reason),
        Kind::Count if or_none => Some(Value::Word(Arc::from(word))),
        Kind::Number | Kind::Count => word.parse().ok().map(Value::Number),
        // A sign of comparison that does not stand alone, and zkCli's other quotes, are mistakes and no answer.
        Kind::Word | Kind::Data if word.starts_with(['=', '!', '<', '>', '\'']) => None,
        Kind::Word => Some(Value::Word(Arc::from(word))),
        Kind::Data => Some(Value::Data(match word {
            "none" => Held::NoNode,
            "null" => Held::Null,
            _ => Held::Text(Arc::from(word)),
        })),
        Kind::ClientState | Kind::Code => {
            kind.words().iter().any(|known| known == word).then(|| Value::Word(Arc::from(word)))
        }
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut servers = self.servers();
        let (first, second) = (servers.next(), servers.next());
        for (name, shape) in QUERIES {
            match (shape, first, second) {
                (Shape::Alone(query), ..) if query == self => return f.write_str(name),
                (Shape::One(make), Some(sid), _) if make(sid) == *self => return write!(f, "{name} {sid}"),
                (Shape::Two(between, make), Some(a), Some(b)) if make(a, b) == *self => {
                    let blank = if between.is_empty() { "" } else { " " };
                    return write!(f, "{name} {a} {between}{blank}{b}");
                }
                (Shape::Client(asked), ..) => {
                    if let Query::Client(query, client) = self
                        && query == asked
                    {
                        return write!(f, "{name} {client}");
                    }
                }
                (Shape::Znode(asked), ..) => {
                    if let Query::Znode(query, sid, path) = self
                        && query == asked
                    {
                        let plain =
                            !path.contains(|letter: char| letter.is_whitespace() || matches!(letter, '"' | '#'));
                        return if plain {
                            write!(f, "{name} {sid} {path}")
                        } else {
                            write!(f, "{name} {sid} {path:?}")
                        };
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
}
