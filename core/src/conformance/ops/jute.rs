//! Requests as bytes (dossier §11.1, §11.3): what a server makes of the code and the body that a client has sent. Bytes
//! behind the record are not looked at, as a real server does not look at them either.

use crate::ids::Zxid;
use crate::session::{Create, CreateKind, Operation, WatchLists};
use crate::tree::acl::{Acl, Identity, Permissions};
use crate::tree::{Data, Path};
use std::sync::Arc;

/// The codes that are writes: what cannot be read under one of them takes its zxid all the same.
const WRITES: [i32; 11] = [1, 2, 5, 7, 13, 14, 15, 16, 19, 20, 21];
/// The codes of the other requests that a server knows.
const READS: [i32; 18] = [3, 4, 6, 8, 9, 11, 12, 17, 18, 22, 100, 101, 103, 104, 105, 106, 107, -11];

/// Reads a request.
pub fn operation(code: i32, body: &[u8]) -> Operation {
    let read = Reader(body).operation(code);
    read.unwrap_or_else(|| match code {
        code if WRITES.contains(&code) => Operation::Unreadable { write: true },
        code if READS.contains(&code) => Operation::Unreadable { write: false },
        _ => Operation::Unknown,
    })
}

/// The zxid of 64 bits. Numbers below zero, which stand for "none", come before all others.
pub fn zxid(bits: i64) -> Zxid {
    let bits = bits.max(0) as u64;
    Zxid::new((bits >> 32) as u32, bits as u32)
}

/// What is left of a body. Every read takes what it needs from the front, or finds that it is not there.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn int(&mut self) -> Option<i32> {
        Some(i32::from_be_bytes(self.take(4)?.try_into().ok()?))
    }

    fn long(&mut self) -> Option<i64> {
        Some(i64::from_be_bytes(self.take(8)?.try_into().ok()?))
    }

    fn bool(&mut self) -> Option<bool> {
        Some(self.take(1)?[0] != 0)
    }

    /// A buffer; `Some(None)` is one that says it is none.
    fn buffer(&mut self) -> Option<Option<&'a [u8]>> {
        match self.int()? {
            -1 => Some(None),
            length => self.take(usize::try_from(length).ok()?).map(Some),
        }
    }

    fn data(&mut self) -> Option<Option<Data>> {
        Some(self.buffer()?.map(Data::from))
    }

    /// A text. Where a server needs one it fails on none just as on one that cannot be read.
    fn text(&mut self) -> Option<Arc<str>> {
        Some(Arc::from(String::from_utf8_lossy(self.buffer()??)))
    }

    fn path(&mut self) -> Option<Path> {
        self.text()
    }

    /// A path of which a server first asks whether there is anything in it: none is the same as an empty one.
    fn checked_path(&mut self) -> Option<Path> {
        Some(Path::from(String::from_utf8_lossy(self.buffer()?.unwrap_or_default())))
    }

    /// A list; `Some(None)` is one that says it is none.
    fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Option<T>) -> Option<Option<Vec<T>>> {
        match self.int()? {
            -1 => Some(None),
            // A count that is too large runs into the end of the body.
            count => (0..count).map(|_| item(self)).collect::<Option<_>>().map(Some),
        }
    }

    fn paths(&mut self) -> Option<Vec<Path>> {
        self.list(Reader::path)?
    }

    fn acl(&mut self) -> Option<Option<Vec<Acl>>> {
        self.list(|reader| {
            let permissions = Permissions(reader.int()?);
            let (scheme, id) = (reader.text()?, reader.text()?);
            Some(Acl { permissions, who: Identity { scheme, id } })
        })
    }

    fn create(&mut self, kind: CreateKind) -> Option<Operation> {
        let (path, data, acl, flags) = (self.path()?, self.data()?, self.acl()?, self.int()?);
        let ttl = if kind == CreateKind::Ttl { Some(self.long()?) } else { None };
        Some(Operation::Create(Create { kind, path, data, acl, flags, ttl }))
    }

    fn operation(&mut self, code: i32) -> Option<Operation> {
        Some(match code {
            1 => self.create(CreateKind::Create)?,
            2 => Operation::Delete { path: self.path()?, version: self.int()? },
            3 => Operation::Exists { path: self.path()?, watch: self.bool()? },
            4 => Operation::GetData { path: self.path()?, watch: self.bool()? },
            5 => Operation::SetData { path: self.checked_path()?, data: self.data()?, version: self.int()? },
            6 => Operation::GetAcl { path: self.path()? },
            7 => Operation::SetAcl { path: self.checked_path()?, acl: self.acl()?, version: self.int()? },
            8 => Operation::GetChildren { path: self.path()?, watch: self.bool()?, with_stat: false },
            9 => Operation::Sync { path: self.path()? },
            11 => Operation::Ping,
            12 => Operation::GetChildren { path: self.path()?, watch: self.bool()?, with_stat: true },
            13 => Operation::Check { path: self.checked_path()?, version: self.int()? },
            14 => Operation::Multi(self.operations()?),
            15 => self.create(CreateKind::Create2)?,
            16 => {
                // Three lists of servers, any of which may be none, and the configuration that is expected.
                for _ in 0..3 {
                    self.buffer()?;
                }
                self.long()?;
                Operation::Reconfig
            }
            17 => Operation::CheckWatches { path: self.path()?, kind: self.int()? },
            18 => Operation::RemoveWatches { path: self.path()?, kind: self.int()? },
            19 => self.create(CreateKind::Container)?,
            // A server takes the whole packet for the path of this one, and the packet begins with a zero.
            20 => Operation::DeleteContainer { path: Path::from(format!("\0{}", String::from_utf8_lossy(self.0))) },
            21 => self.create(CreateKind::Ttl)?,
            22 => Operation::MultiRead(self.operations()?),
            100 => {
                self.int()?;
                Operation::Auth { scheme: self.text()?, auth: Some(self.text()?) }
            }
            101 | 105 => {
                let seen = zxid(self.long()?);
                let (data, exist, child) = (self.paths()?, self.paths()?, self.paths()?);
                let (persistent, recursive) =
                    if code == 105 { (self.paths()?, self.paths()?) } else { (Vec::new(), Vec::new()) };
                Operation::SetWatches(Box::new(WatchLists { seen, data, exist, child, persistent, recursive }))
            }
            103 => Operation::GetEphemerals { prefix: self.checked_path()? },
            104 => Operation::GetAllChildrenNumber { path: self.path()? },
            106 => Operation::AddWatch { path: self.path()?, mode: self.int()? },
            107 => Operation::WhoAmI,
            -11 => Operation::CloseSession,
            _ => return None,
        })
    }

    /// The operations of a multi, up to the header that says that it is done. Reads and writes do not mix.
    fn operations(&mut self) -> Option<Vec<Operation>> {
        let mut operations: Vec<Operation> = Vec::new();
        loop {
            let (code, done, _) = (self.int()?, self.bool()?, self.int()?);
            if done {
                return Some(operations);
            }
            let operation = match code {
                1 | 2 | 4 | 5 | 8 | 13 | 15 | 19 | 21 => self.operation(code)?,
                _ => return None,
            };
            if operations.first().is_some_and(|first| first.is_write() != operation.is_write()) {
                return None;
            }
            operations.push(operation);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::acl;

    /// Bytes as a recording writes them, blanks for the reader of the test.
    fn bytes(hex: &str) -> Vec<u8> {
        let digits: Vec<u8> = hex.bytes().filter(|digit| *digit != b' ').collect();
        digits
            .chunks(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap_or("?"), 16).expect("a hex digit"))
            .collect()
    }

    fn read(code: i32, hex: &str) -> Operation {
        operation(code, &bytes(hex))
    }

    const A: &str = "00000002 2f61";

    #[test]
    fn a_create_is_read_to_its_last_field() {
        let world = "00000001 0000001f 00000005 776f726c64 00000006 616e796f6e65";
        let create = |kind, flags, ttl| {
            let (data, acl) = (Some(Data::from(b"xy".as_slice())), Some(acl::open().to_vec()));
            Operation::Create(Create { kind, path: Path::from("/a"), data, acl, flags, ttl })
        };
        let body = format!("{A} 00000002 7879 {world} 00000003");
        assert_eq!(read(1, &body), create(CreateKind::Create, 3, None));
        assert_eq!(read(15, &body), create(CreateKind::Create2, 3, None));
        assert_eq!(read(21, &body), Operation::Unreadable { write: true }, "there is no time to live");
        let body = format!("{body} 00000000 000003e8 ff");
        assert_eq!(read(21, &body), create(CreateKind::Ttl, 3, Some(1_000)), "what follows is not looked at");
    }

    #[test]
    fn none_is_not_the_same_as_empty() {
        let body = format!("{A} ffffffff ffffffff 00000000");
        let create =
            Create { kind: CreateKind::Create, path: Path::from("/a"), data: None, acl: None, flags: 0, ttl: None };
        assert_eq!(read(1, &body), Operation::Create(create));
        let set = |data, version| Operation::SetData { path: Path::from("/a"), data, version };
        assert_eq!(read(5, &format!("{A} ffffffff ffffffff")), set(None, -1));
        assert_eq!(read(5, &format!("{A} 00000000 00000007")), set(Some(Data::from([])), 7));
        assert_eq!(read(103, "ffffffff"), Operation::GetEphemerals { prefix: Path::from("") });
        let nowhere = Operation::Check { path: Path::from(""), version: 0 };
        assert_eq!(read(13, "ffffffff 00000000"), nowhere);
        assert_eq!(read(4, "ffffffff 00"), Operation::Unreadable { write: false }, "a path must be there");
    }

    #[test]
    fn lengths_that_lead_nowhere_make_a_body_unreadable() {
        for body in ["", "0000", "fffffffe 2f61 00", "00000010 2f61 00", "7fffffff 2f61 00", A] {
            assert_eq!(read(3, body), Operation::Unreadable { write: false }, "{body}");
            assert_eq!(read(2, body), Operation::Unreadable { write: true }, "{body}");
        }
        let many = format!("{A} 00000000 7fffffff 00000000");
        assert_eq!(read(1, &many), Operation::Unreadable { write: true });
        assert_eq!(read(99, A), Operation::Unknown);
        assert_eq!(read(-1, A), Operation::Unknown);
    }

    #[test]
    fn a_multi_ends_with_its_header_and_does_not_mix() {
        let (check, get) = ("0000000d 00 ffffffff", "00000004 00 ffffffff");
        let done = "ffffffff 01 ffffffff";
        let path = Path::from("/a");
        let two = format!("{check} {A} 00000001 {check} {A} ffffffff");
        let checks = [1, -1].map(|version| Operation::Check { path: path.clone(), version });
        assert_eq!(read(14, &format!("{two} {done}")), Operation::Multi(checks.to_vec()));
        assert_eq!(read(14, &two), Operation::Unreadable { write: true }, "it never ends");
        assert_eq!(read(22, done), Operation::MultiRead(Vec::new()));
        let reads = format!("{get} {A} 01");
        assert_eq!(
            read(22, &format!("{reads} {done}")),
            Operation::MultiRead(vec![Operation::GetData { path, watch: true }])
        );
        assert_eq!(read(14, &format!("{two} {reads} {done}")), Operation::Unreadable { write: true });
        assert_eq!(read(22, &format!("00000003 00 ffffffff {A} 01 {done}")), Operation::Unreadable { write: false });
    }

    #[test]
    fn watches_come_in_three_lists_or_in_five() {
        let three = format!("00000001 00000002 00000001 {A} 00000000 00000000");
        let lists = WatchLists { seen: Zxid::new(1, 2), data: vec![Path::from("/a")], ..WatchLists::default() };
        assert_eq!(read(101, &three), Operation::SetWatches(Box::new(lists.clone())));
        assert_eq!(read(105, &three), Operation::Unreadable { write: false });
        let five = format!("{three} 00000000 00000001 {A}");
        let lists = WatchLists { recursive: vec![Path::from("/a")], ..lists };
        assert_eq!(read(105, &five), Operation::SetWatches(Box::new(lists)));
        assert_eq!(zxid(-1), Zxid::default());
    }
}
