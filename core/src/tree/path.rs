//! Which paths are valid (`PathUtils`, dossier §4.1), and the parts of one.

use core::fmt;
use std::sync::Arc;

/// An absolute path such as `/app/node-0000000003`, or whatever a client has sent in its place.
pub type Path = Arc<str>;

/// The reserved subtree.
pub const RESERVED: &str = "/zookeeper";
/// Where quotas are kept.
pub const QUOTA: &str = "/zookeeper/quota";
/// Where the configuration is kept.
pub const CONFIG: &str = "/zookeeper/config";

/// What is wrong with a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathError {
    /// It is empty.
    Empty,
    /// It does not begin with `/`.
    NoSlash,
    /// It ends with `/`.
    TrailingSlash,
    /// Something else, at a character counted from 0.
    At {
        /// The whole path.
        path: String,
        /// What is wrong there, in the words of ZooKeeper.
        what: &'static str,
        /// Where.
        place: usize,
    },
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PathError::Empty => f.write_str("Path length must be > 0"),
            PathError::NoSlash => f.write_str("Path must start with / character"),
            PathError::TrailingSlash => f.write_str("Path must not end with / character"),
            PathError::At { path, what, place } => {
                write!(f, "Invalid path string \"{path}\" caused by {what} @{place}")
            }
        }
    }
}

/// Checks a path as clients and servers do. Places are those of the UTF-16 text that ZooKeeper looks at, and so are
/// the forbidden characters: whatever needs two of its units is rejected.
///
/// # Errors
/// The first thing that is wrong.
pub fn validate(path: &str) -> Result<(), PathError> {
    match path {
        "" => return Err(PathError::Empty),
        "/" => return Ok(()),
        _ if !path.starts_with('/') => return Err(PathError::NoSlash),
        _ if path.ends_with('/') => return Err(PathError::TrailingSlash),
        _ => {}
    }
    let at = |what, place| Err(PathError::At { path: path.to_string(), what, place });
    let units: Vec<u16> = path.encode_utf16().collect();
    let unit = |index: usize| units.get(index).copied();
    let [slash, dot] = [u16::from(b'/'), u16::from(b'.')];
    for (place, letter) in units.iter().enumerate().skip(1) {
        let before = units[place - 1];
        let ends = |index: usize| unit(index).is_none_or(|next| next == slash);
        match *letter {
            0 => return at("null character not allowed", place),
            letter if letter == slash && before == slash => return at("empty node name specified", place),
            letter if letter == dot && before == dot && place >= 2 && units[place - 2] == slash && ends(place + 1) => {
                return at("relative paths not allowed", place);
            }
            letter if letter == dot && before == slash && ends(place + 1) => {
                return at("relative paths not allowed", place);
            }
            0x01..=0x1f | 0x7f..=0x9f | 0xd800..=0xf8ff | 0xfff0..=0xffff => return at("invalid character", place),
            _ => {}
        }
    }
    Ok(())
}

/// The text before the last slash; empty for a child of the root. `None` when there is no slash.
pub fn parent(path: &str) -> Option<&str> {
    path.rfind('/').map(|slash| &path[..slash])
}

/// The parent as it is written: `/` for the root.
pub fn parent_or_root(path: &str) -> &str {
    match parent(path) {
        None | Some("") => "/",
        Some(parent) => parent,
    }
}

/// The text after the last slash.
pub fn name(path: &str) -> &str {
    path.rfind('/').map_or(path, |slash| &path[slash + 1..])
}

/// A child's path.
pub fn child(parent: &str, name: &str) -> String {
    if parent == "/" { format!("/{name}") } else { format!("{parent}/{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_are_those_of_zookeeper() {
        let said = |path: &str| validate(path).map_or_else(|error| error.to_string(), |()| "valid".to_string());
        let cases = [
            ("/", "valid"),
            ("/a/b", "valid"),
            ("/节点/…", "valid"),
            ("/.a/..b/c..", "valid"),
            ("", "Path length must be > 0"),
            ("a", "Path must start with / character"),
            ("/a/", "Path must not end with / character"),
            ("/a//b", "Invalid path string \"/a//b\" caused by empty node name specified @3"),
            ("/a/./b", "Invalid path string \"/a/./b\" caused by relative paths not allowed @3"),
            ("/..", "Invalid path string \"/..\" caused by relative paths not allowed @2"),
            ("/a\u{0}", "Invalid path string \"/a\u{0}\" caused by null character not allowed @2"),
            ("/a\u{7f}", "Invalid path string \"/a\u{7f}\" caused by invalid character @2"),
            ("/🦀", "Invalid path string \"/🦀\" caused by invalid character @1"),
        ];
        for (path, expected) in cases {
            assert_eq!(said(path), expected, "{path}");
        }
    }
}
