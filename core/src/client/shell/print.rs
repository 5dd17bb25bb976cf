//! What zkCli prints: lines on two streams, stats, dates, lists, and what an error code means.

use super::{Act, Line};
use crate::session::Code;
use crate::tree::{Path, Stat};
use core::fmt::{Display, Write as _};
use std::sync::Arc;

/// What a step of the shell brings about.
#[derive(Debug, Default)]
pub struct Output(pub Vec<Act>);

impl Output {
    /// Prints on the standard output.
    pub fn say(&mut self, text: &str) {
        self.print(text, false);
    }

    /// Prints on the standard error.
    pub fn complain(&mut self, text: &str) {
        self.print(text, true);
    }

    fn print(&mut self, text: &str, is_error: bool) {
        for line in text.split('\n') {
            self.0.push(Act::Print(Line { text: line.to_string(), is_error }));
        }
    }
}

/// A text, or that an error happened, in the words of `CliWrapperException`.
pub fn error(code: Code, path: Option<&str>) -> String {
    let start = match code {
        Code::NoNode => "Node does not exist: ",
        Code::NoChildrenForEphemerals => "Ephemerals cannot have children: ",
        Code::NodeExists => "Node already exists: ",
        Code::NotEmpty => "Node not empty: ",
        Code::InvalidAcl => "Acl is not valid : ",
        Code::NoAuth => "Insufficient permission : ",
        Code::BadArguments => "Arguments are not valid : ",
        Code::BadVersion => "version No is not valid : ",
        Code::QuotaExceeded => "Quota has exceeded : ",
        _ => return exception(code, path),
    };
    format!("{start}{}", path.unwrap_or("null"))
}

/// The message of a `KeeperException`.
pub fn exception(code: Code, path: Option<&str>) -> String {
    let name: &dyn Display = match code {
        Code::Ok => &"ok",
        Code::NotEmpty => &"Directory not empty",
        Code::ReconfigDisabled => &"Reconfig is disabled",
        Code::SessionExpired => &"Session expired",
        Code::SessionMoved => &"Session moved",
        Code::NoWatcher => &"No such watcher",
        Code::QuotaExceeded => &"Quota has exceeded",
        _ => &code,
    };
    match path {
        Some(path) if !path.is_empty() => format!("KeeperErrorCode = {name} for {path}"),
        _ => format!("KeeperErrorCode = {name}"),
    }
}

/// Prints a stat.
pub fn stat(stat: &Stat, out: &mut Output) {
    out.say(&format!(
        "cZxid = {:#x}\nctime = {}\nmZxid = {:#x}\nmtime = {}\npZxid = {:#x}\ncversion = {}\ndataVersion = {}\n\
         aclVersion = {}\nephemeralOwner = {:#x}\ndataLength = {}\nnumChildren = {}",
        stat.czxid.to_bits(),
        date(stat.ctime),
        stat.mzxid.to_bits(),
        date(stat.mtime),
        stat.pzxid.to_bits(),
        stat.cversion,
        stat.version,
        stat.aversion,
        stat.ephemeral_owner(),
        stat.data_length,
        stat.num_children
    ));
}

/// A list as Java writes it.
pub fn list(items: &[Arc<str>]) -> String {
    format!("[{}]", items.join(", "))
}

/// Names in their order.
pub fn sorted(names: &[Arc<str>]) -> Vec<Path> {
    let mut names = names.to_vec();
    // Java compares the UTF-16 text.
    names.sort_by(|a, b| a.encode_utf16().cmp(b.encode_utf16()));
    names
}

/// A moment as Java's `Date` writes it, in the time zone UTC: `Mon Jan 01 00:00:00 UTC 2024`.
pub fn date(millis: u64) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let seconds = millis / 1_000;
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    // Years that begin in March have their leap day at the end; 1970 began 306 days after the March of year 1969.
    let shifted = days + 719_468;
    let (era, day) = (shifted / 146_097, shifted % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let of_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * month + 2) / 5 + 1;
    let year = era * 400 + year + u64::from(month >= 10);
    let weekday = DAYS[(days % 7) as usize];
    let month = MONTHS[((month + 2) % 12) as usize];
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{weekday} {month} {of_month:02} {hour:02}:{minute:02}:{second:02} UTC {year}")
}

/// Bytes as a table of hexadecimal numbers and letters.
pub fn hex_dump(data: &[u8]) -> String {
    if data.is_empty() {
        return String::new();
    }
    let edge = "+--------+-------------------------------------------------+----------------+";
    let mut text =
        format!("         +-{:-<47}-+\n         |  0  1  2  3  4  5  6  7  8  9  a  b  c  d  e  f |\n{edge}", "");
    for (row, bytes) in data.chunks(16).enumerate() {
        let mut numbers = String::new();
        let mut letters = String::new();
        for byte in bytes {
            let _ = write!(numbers, " {byte:02x}");
            letters.push(if (0x20..0x7f).contains(byte) { char::from(*byte) } else { '.' });
        }
        let _ = write!(text, "\n|{:08x}|{numbers:<48} |{letters:<16}|", row * 16);
    }
    text.push('\n');
    text.push_str(edge);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_java() {
        let cases = [
            (0, "Thu Jan 01 00:00:00 UTC 1970"),
            (1_704_067_200_000, "Mon Jan 01 00:00:00 UTC 2024"),
            (1_704_067_199_999, "Sun Dec 31 23:59:59 UTC 2023"),
            (951_782_400_000, "Tue Feb 29 00:00:00 UTC 2000"),
            (951_868_799_000, "Tue Feb 29 23:59:59 UTC 2000"),
            (1_709_251_200_000, "Fri Mar 01 00:00:00 UTC 2024"),
            (4_107_542_400_000, "Mon Mar 01 00:00:00 UTC 2100"),
        ];
        for (millis, expected) in cases {
            assert_eq!(date(millis), expected);
        }
    }

    #[test]
    fn a_dump_has_sixteen_bytes_in_a_row() {
        let expected = "         +-------------------------------------------------+\n         \
             |  0  1  2  3  4  5  6  7  8  9  a  b  c  d  e  f |\n\
             +--------+-------------------------------------------------+----------------+\n\
             |00000000| 48 65 6c 6c 6f 2c 0a 5a 6f 6f 01 4b 65 65 70 21 |Hello,.Zoo.Keep!|\n\
             |00000010| 78                                              |x               |\n\
             +--------+-------------------------------------------------+----------------+";
        assert_eq!(hex_dump(b"Hello,\nZoo\x01Keep!x"), expected);
    }

    #[test]
    fn errors_name_the_path_or_null() {
        assert_eq!(error(Code::NoNode, Some("/a")), "Node does not exist: /a");
        assert_eq!(error(Code::InvalidAcl, None), "Acl is not valid : null");
        assert_eq!(error(Code::ConnectionLoss, Some("/a")), "KeeperErrorCode = ConnectionLoss for /a");
        assert_eq!(error(Code::SessionExpired, None), "KeeperErrorCode = Session expired");
    }
}
