//! The requests of a recording: a name and its arguments become an operation, with the values that stand in for absent
//! arguments.

use super::json::Json;
use super::jute;
use crate::session::{Create, CreateKind, Operation, WatchLists};
use crate::tree::acl::{self, Acl, Identity, Permissions};
use crate::tree::{Data, Path};
use std::sync::Arc;

/// The modes of a create, by their flags.
const MODES: [&str; 7] = [
    "PERSISTENT",
    "EPHEMERAL",
    "PERSISTENT_SEQUENTIAL",
    "EPHEMERAL_SEQUENTIAL",
    "CONTAINER",
    "PERSISTENT_WITH_TTL",
    "PERSISTENT_SEQUENTIAL_WITH_TTL",
];

/// Arguments, with errors that say which one is wrong.
#[derive(Clone, Copy)]
pub struct Arguments<'a>(pub &'a Json);

impl<'a> Arguments<'a> {
    /// One that must be there.
    pub fn need(self, name: &str) -> Result<&'a Json, String> {
        self.0.get(name).ok_or_else(|| format!("`{name}` is missing"))
    }

    /// A text that must be there.
    pub fn text(self, name: &str) -> Result<&'a str, String> {
        self.need(name)?.as_text().ok_or_else(|| format!("`{name}` is not a text"))
    }

    /// A whole number that must be there, within the range of its type.
    pub fn number<T: TryFrom<i64>>(self, name: &str) -> Result<T, String> {
        let number = self.need(name)?.number().ok_or_else(|| format!("`{name}` is not a number"))?;
        T::try_from(number).map_err(|_| format!("`{name}` cannot be {number}"))
    }

    fn number_or<T: TryFrom<i64>>(self, name: &str, absent: T) -> Result<T, String> {
        if self.0.get(name).is_some() { self.number(name) } else { Ok(absent) }
    }

    fn path(self) -> Result<Path, String> {
        self.text("path").map(Path::from)
    }

    fn version(self) -> Result<i32, String> {
        self.number_or("version", -1)
    }

    fn watch(self) -> Result<bool, String> {
        match self.0.get("watch") {
            None => Ok(false),
            Some(Json::Bool(watch)) => Ok(*watch),
            Some(other) => Err(format!("`watch` cannot be {other}")),
        }
    }

    fn data(self) -> Result<Option<Data>, String> {
        self.0.get("data").map_or(Ok(None), data)
    }

    /// One of these names, by its number, or a raw number.
    fn named(self, name: &str, names: &[(&str, i32)]) -> Result<i32, String> {
        match self.need(name)? {
            Json::Text(text) => {
                let known = names.iter().find(|(known, _)| known == text);
                known.map(|(_, number)| *number).ok_or_else(|| format!("`{name}` cannot be {text:?}"))
            }
            _ => self.number(name),
        }
    }

    fn acl(self) -> Result<Option<Vec<Acl>>, String> {
        let list = match self.0.get("acl") {
            None => return Ok(Some(acl::open().to_vec())),
            Some(Json::Null) => return Ok(None),
            Some(list) => list.items().ok_or("`acl` is not a list")?,
        };
        let entry = |entry: &Json| match entry.items() {
            Some([permissions, Json::Text(scheme), Json::Text(id)]) => {
                let permissions = permissions.number().and_then(|bits| i32::try_from(bits).ok())?;
                Some(Acl { permissions: Permissions(permissions), who: Identity::new(scheme, id) })
            }
            _ => None,
        };
        list.iter().map(entry).collect::<Option<_>>().map(Some).ok_or_else(|| "an entry of `acl` is odd".to_string())
    }

    fn paths(self, name: &str) -> Result<Vec<Path>, String> {
        let Some(list) = self.0.get(name).filter(|list| **list != Json::Null) else { return Ok(Vec::new()) };
        let path = |item: &Json| item.as_text().map(Path::from);
        let paths = list.items().and_then(|items| items.iter().map(path).collect());
        paths.ok_or_else(|| format!("`{name}` is not a list of paths"))
    }

    fn operations(self) -> Result<Vec<Operation>, String> {
        let list = self.need("ops")?.items().ok_or("`ops` is not a list")?;
        list.iter().map(|each| operation(Arguments(each).text("op")?, Arguments(each))).collect()
    }

    fn create(self, kind: CreateKind) -> Result<Operation, String> {
        let modes: Vec<(&str, i32)> = MODES.into_iter().zip(0..).collect();
        let flags = match (self.0.get("flags"), self.0.get("mode"), kind) {
            (Some(_), ..) => self.number("flags")?,
            (None, Some(_), _) => self.named("mode", &modes)?,
            (None, None, CreateKind::Create | CreateKind::Create2) => 0,
            (None, None, CreateKind::Container) => 4,
            (None, None, CreateKind::Ttl) => 5,
        };
        let ttl = if kind == CreateKind::Ttl { Some(self.number_or("ttl", -1)?) } else { None };
        Ok(Operation::Create(Create { kind, path: self.path()?, data: self.data()?, acl: self.acl()?, flags, ttl }))
    }
}

/// The request of a name.
///
/// # Errors
/// There is none of this name, or an argument is wrong.
pub fn operation(name: &str, given: Arguments<'_>) -> Result<Operation, String> {
    Ok(match name {
        "create" => given.create(CreateKind::Create)?,
        "create2" => given.create(CreateKind::Create2)?,
        "createContainer" => given.create(CreateKind::Container)?,
        "createTTL" => given.create(CreateKind::Ttl)?,
        "delete" => Operation::Delete { path: given.path()?, version: given.version()? },
        "setData" => Operation::SetData { path: given.path()?, data: given.data()?, version: given.version()? },
        "setACL" => Operation::SetAcl { path: given.path()?, acl: given.acl()?, version: given.version()? },
        "check" => Operation::Check { path: given.path()?, version: given.version()? },
        "multi" => Operation::Multi(given.operations()?),
        "multiRead" => Operation::MultiRead(given.operations()?),
        "exists" => Operation::Exists { path: given.path()?, watch: given.watch()? },
        "getData" => Operation::GetData { path: given.path()?, watch: given.watch()? },
        "getChildren" | "getChildren2" => {
            Operation::GetChildren { path: given.path()?, watch: given.watch()?, with_stat: name == "getChildren2" }
        }
        "getACL" => Operation::GetAcl { path: given.path()? },
        "sync" => Operation::Sync { path: given.path()? },
        "getEphemerals" => match given.0.get("prefix") {
            Some(_) => Operation::GetEphemerals { prefix: Path::from(given.text("prefix")?) },
            None => Operation::GetEphemerals { prefix: given.path()? },
        },
        "getAllChildrenNumber" => Operation::GetAllChildrenNumber { path: given.path()? },
        "whoAmI" => Operation::WhoAmI,
        "addWatch" => Operation::AddWatch {
            path: given.path()?,
            mode: given.named("mode", &[("PERSISTENT", 0), ("PERSISTENT_RECURSIVE", 1)])?,
        },
        "removeWatches" | "checkWatches" => {
            let kind = given.named("type", &[("CHILDREN", 1), ("DATA", 2), ("ANY", 3)])?;
            let path = given.path()?;
            if name == "removeWatches" {
                Operation::RemoveWatches { path, kind }
            } else {
                Operation::CheckWatches { path, kind }
            }
        }
        "setWatches" | "setWatches2" => Operation::SetWatches(Box::new(WatchLists {
            seen: jute::zxid(given.number("zxid")?),
            data: given.paths("data")?,
            exist: given.paths("exist")?,
            child: given.paths("child")?,
            persistent: given.paths("persistent")?,
            recursive: given.paths("recursive")?,
        })),
        "auth" => {
            let proof = data(given.need("auth")?)?.unwrap_or_default();
            let auth = Arc::from(String::from_utf8_lossy(&proof));
            Operation::Auth { scheme: Arc::from(given.text("scheme")?), auth: Some(auth) }
        }
        "close" => Operation::CloseSession,
        "raw" => {
            let body = match given.0.get("body") {
                None | Some(Json::Null) => Vec::new(),
                Some(_) => bytes(given.text("body")?)?,
            };
            jute::operation(given.number("opcode")?, &body)
        }
        unknown => return Err(format!("there is no operation `{unknown}`")),
    })
}

/// Data as a recording writes it: null, a text, a character so many times, or bytes in hex.
///
/// # Errors
/// It is something else.
pub fn data(value: &Json) -> Result<Option<Data>, String> {
    let odd = || format!("data cannot be {value}");
    let bytes = match value {
        Json::Null => return Ok(None),
        Json::Text(text) => text.clone().into_bytes(),
        _ => match (value.get("hex"), value.get("rep"), value.get("n")) {
            (Some(Json::Text(hex)), None, None) => bytes(hex)?,
            (None, Some(Json::Text(unit)), Some(Json::Number(count))) => {
                unit.repeat(usize::try_from(*count).map_err(|_| odd())?).into_bytes()
            }
            _ => return Err(odd()),
        },
    };
    Ok(Some(Data::from(bytes)))
}

fn bytes(hex: &str) -> Result<Vec<u8>, String> {
    let pair = |place: usize| u8::from_str_radix(hex.get(place..place + 2)?, 16).ok();
    let bytes: Option<Vec<u8>> = (0..hex.len()).step_by(2).map(pair).collect();
    bytes.ok_or_else(|| format!("`{hex}` is not a row of bytes in hex"))
}
