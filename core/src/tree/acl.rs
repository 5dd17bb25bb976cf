//! Who may do what: access control lists and the schemes `world`, `auth`, `digest` and `ip` (dossier §4.8).

use base64ct::{Base64, Encoding};
use core::fmt;
use std::sync::Arc;

/// What an entry allows, as bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permissions(pub i32);

impl Permissions {
    /// Read data and list children.
    pub const READ: Permissions = Permissions(1);
    /// Write data.
    pub const WRITE: Permissions = Permissions(2);
    /// Create children.
    pub const CREATE: Permissions = Permissions(4);
    /// Delete children.
    pub const DELETE: Permissions = Permissions(8);
    /// Change the list itself.
    pub const ADMIN: Permissions = Permissions(16);
    /// Everything.
    pub const ALL: Permissions = Permissions(31);
    /// Read, or change the list.
    pub const READ_OR_ADMIN: Permissions = Permissions(17);

    /// Each with its letter, in the order in which zkCli writes them.
    const LETTERS: [(char, Permissions); 5] = [
        ('c', Permissions::CREATE),
        ('d', Permissions::DELETE),
        ('r', Permissions::READ),
        ('w', Permissions::WRITE),
        ('a', Permissions::ADMIN),
    ];

    /// Reads `cdrwa`. `None` when a letter is unknown.
    pub fn parse(text: &str) -> Option<Permissions> {
        let mut bits = 0;
        for letter in text.chars() {
            bits |= Permissions::LETTERS.iter().find(|(known, _)| *known == letter)?.1.0;
        }
        Some(Permissions(bits))
    }

    /// Whether one of `any` is among them.
    pub fn has(self, any: Permissions) -> bool {
        self.0 & any.0 != 0
    }
}

impl fmt::Display for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (letter, permission) in Permissions::LETTERS {
            if self.has(permission) {
                write!(f, "{letter}")?;
            }
        }
        Ok(())
    }
}

/// Whom an entry is about, or who somebody is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The scheme.
    pub scheme: Arc<str>,
    /// The name within it.
    pub id: Arc<str>,
}

impl Identity {
    /// An identity.
    pub fn new(scheme: &str, id: &str) -> Identity {
        Identity { scheme: Arc::from(scheme), id: Arc::from(id) }
    }

    /// What `user:password` becomes: the password is not kept, only a digest of both.
    pub fn digest(user_and_password: &str) -> Identity {
        let user = user_and_password.split(':').next().unwrap_or("");
        let hash = sha1_smol::Sha1::from(user_and_password).digest().bytes();
        Identity::new("digest", &format!("{user}:{}", Base64::encode_string(&hash)))
    }

    /// The name alone, without a digest.
    pub fn user(&self) -> &str {
        if &*self.scheme == "digest" { self.id.split(':').next().unwrap_or("") } else { &self.id }
    }
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acl {
    /// What is allowed.
    pub permissions: Permissions,
    /// To whom.
    pub who: Identity,
}

/// A whole list.
pub type AclList = Arc<[Acl]>;

/// Everything to everybody (`OPEN_ACL_UNSAFE`).
pub fn open() -> AclList {
    world(Permissions::ALL)
}

/// The same permissions for everybody.
pub fn world(permissions: Permissions) -> AclList {
    Arc::from([Acl { permissions, who: Identity::new("world", "anyone") }])
}

/// Makes the list that is stored of the list that was asked for: `auth` becomes whoever asks, and doubles go. `None`
/// when it is not valid.
pub fn fix_up(asked: Option<&[Acl]>, by: &[Identity]) -> Option<AclList> {
    let mut unique: Vec<&Acl> = Vec::new();
    for entry in asked.unwrap_or_default() {
        if !unique.contains(&entry) {
            unique.push(entry);
        }
    }
    let mut list: Vec<Acl> = Vec::new();
    for Acl { permissions, who } in unique.iter().copied() {
        match &*who.scheme {
            "world" if &*who.id == "anyone" => list.push(Acl { permissions: *permissions, who: who.clone() }),
            "auth" => {
                // An address proves nothing, so it does not count here.
                let proven = by.iter().filter(|identity| &*identity.scheme == "digest");
                let before = list.len();
                list.extend(proven.map(|identity| Acl { permissions: *permissions, who: identity.clone() }));
                if list.len() == before {
                    return None;
                }
            }
            // Java forgets empty parts at the end when it splits.
            "digest" if who.id.trim_end_matches(':').split(':').count() == 2 => {
                list.push(Acl { permissions: *permissions, who: who.clone() });
            }
            "ip" if network(&who.id).is_some() => list.push(Acl { permissions: *permissions, who: who.clone() }),
            _ => return None,
        }
    }
    (!list.is_empty()).then(|| Arc::from(list))
}

/// Whether somebody has a permission.
pub fn allows(list: &[Acl], permission: Permissions, who: &[Identity]) -> bool {
    list.is_empty()
        || list.iter().filter(|entry| entry.permissions.has(permission)).any(|Acl { who: allowed, .. }| {
            let is = |identity: &Identity| identity.scheme == allowed.scheme && matches(&identity.id, allowed);
            &*allowed.scheme == "world" && &*allowed.id == "anyone" || who.iter().any(is)
        })
}

/// The list as somebody without ADMIN sees it: digests are hidden.
pub fn masked(list: &[Acl]) -> AclList {
    let mask = |entry: &Acl| match &*entry.who.scheme {
        "digest" => Acl { who: Identity::new("digest", &format!("{}:x", entry.who.user())), ..entry.clone() },
        _ => entry.clone(),
    };
    list.iter().map(mask).collect()
}

fn matches(id: &str, allowed: &Identity) -> bool {
    if &*allowed.scheme != "ip" {
        return *id == *allowed.id;
    }
    let (Some((address, _)), Some((base, bits))) = (network(id), network(&allowed.id)) else { return false };
    let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
    address & mask == base & mask
}

/// `127.0.0.1` or `127.0.0.0/8` as a number and the count of its leading bits that matter. IPv6 is left out.
fn network(text: &str) -> Option<(u32, u32)> {
    let (address, bits) = match text.split_once('/') {
        Some((address, bits)) => (address, bits.parse().ok().filter(|bits| *bits <= 32)?),
        None => (text, 32),
    };
    let mut parts = address.split('.');
    let mut number = 0;
    for _ in 0..4 {
        number = number << 8 | u32::from(parts.next()?.parse::<u8>().ok()?);
    }
    parts.next().is_none().then_some((number, bits))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(permissions: i32, scheme: &str, id: &str) -> Acl {
        Acl { permissions: Permissions(permissions), who: Identity::new(scheme, id) }
    }

    #[test]
    fn a_digest_is_the_one_that_zookeeper_makes() {
        // As recorded of ZooKeeper 3.8.0.
        assert_eq!(Identity::digest("u:p"), Identity::new("digest", "u:Jq7wMyA/w2Vd5WIDAKdu4OIIFEQ="));
        assert_eq!(Identity::digest("u:p").user(), "u");
    }

    #[test]
    fn auth_stands_for_whoever_asks() {
        let me = [Identity::new("ip", "127.0.0.1"), Identity::digest("u:p")];
        let asked = [entry(31, "auth", "")];
        let list = fix_up(Some(&asked), &me).expect("somebody is authenticated");
        assert_eq!(&*list, [Acl { permissions: Permissions::ALL, who: Identity::digest("u:p") }]);
        assert!(allows(&list, Permissions::WRITE, &me) && !allows(&list, Permissions::WRITE, &me[..1]));
        assert_eq!(fix_up(Some(&asked), &me[..1]), None, "an address is no proof");
        assert_eq!(&*masked(&list)[0].who.id, "u:x");
    }

    #[test]
    fn addresses_match_by_their_leading_bits() {
        let list = [entry(1, "ip", "10.1.0.0/16")];
        let from = |address| [Identity::new("ip", address)];
        assert!(allows(&list, Permissions::READ, &from("10.1.2.3")));
        assert!(!allows(&list, Permissions::READ, &from("10.2.2.3")));
        assert!(!allows(&list, Permissions::WRITE, &from("10.1.2.3")));
        assert!(allows(&[entry(1, "ip", "0.0.0.0/0")], Permissions::READ, &from("9.9.9.9")));
        for bad in ["300.1.1.1", "1.2.3", "1.2.3.4.5", "1.2.3.4/33", "x"] {
            assert_eq!(fix_up(Some(&[entry(31, "ip", bad)]), &[]), None, "{bad}");
        }
    }

    #[test]
    fn letters_are_read_in_any_order_and_written_in_one() {
        assert_eq!(Permissions::parse("awrdc").map(|all| all.to_string()).as_deref(), Some("cdrwa"));
        assert_eq!(Permissions::parse("rx"), None);
    }
}
