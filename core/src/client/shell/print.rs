//! How answers are printed: stats, dates, lists, and errors by their codes.

use super::Line;
use crate::session::{Code, WatchEvent};
use crate::tree::{Acl, Stat};

/// A line for the standard output.
pub fn out(text: impl Into<String>) -> Line {
    Line { text: text.into(), is_error: false }
}

/// A line for the standard error.
pub fn err(text: impl Into<String>) -> Line {
    Line { text: text.into(), is_error: true }
}

/// The eleven lines of a stat.
pub fn stat(stat: &Stat) -> Vec<Line> {
    let lines = [
        format!("cZxid = {:#x}", stat.czxid.to_bits()),
        format!("ctime = {}", date(stat.ctime)),
        format!("mZxid = {:#x}", stat.mzxid.to_bits()),
        format!("mtime = {}", date(stat.mtime)),
        format!("pZxid = {:#x}", stat.pzxid.to_bits()),
        format!("cversion = {}", stat.cversion),
        format!("dataVersion = {}", stat.version),
        format!("aclVersion = {}", stat.aversion),
        format!("ephemeralOwner = {:#x}", stat.ephemeral_owner()),
        format!("dataLength = {}", stat.data_length),
        format!("numChildren = {}", stat.num_children),
    ];
    lines.into_iter().map(out).collect()
}

/// An access control list, two lines for each entry.
pub fn acl(list: &[Acl]) -> Vec<Line> {
    let entry = |entry: &Acl| {
        [out(format!("'{},'{}", entry.who.scheme, entry.who.id)), out(format!(": {}", entry.permissions))]
    };
    list.iter().flat_map(entry).collect()
}

/// `[a, b]`
pub fn list<'a>(items: impl Iterator<Item = &'a str>) -> Line {
    out(format!("[{}]", items.collect::<Vec<_>>().join(", ")))
}

/// What is printed when a request fails (`CliWrapperException`).
pub fn failure(code: Code, path: Option<&str>) -> Line {
    let shown = path.unwrap_or("null");
    let text = match code {
        Code::NoNode => "Node does not exist: ",
        Code::NoChildrenForEphemerals => "Ephemerals cannot have children: ",
        Code::NodeExists => "Node already exists: ",
        Code::NotEmpty => "Node not empty: ",
        Code::InvalidAcl => "Acl is not valid : ",
        Code::NoAuth => "Insufficient permission : ",
        Code::BadArguments => "Arguments are not valid : ",
        Code::BadVersion => "version No is not valid : ",
        Code::QuotaExceeded => "Quota has exceeded : ",
        _ => return err(exception(code, path)),
    };
    err(format!("{text}{shown}"))
}

/// The message of the exception itself.
pub fn exception(code: Code, path: Option<&str>) -> String {
    let name = match code {
        Code::NoWatcher => "No such watcher".to_string(),
        Code::SessionExpired => "Session expired".to_string(),
        Code::SessionMoved => "Session moved".to_string(),
        code => code.to_string(),
    };
    match path {
        Some(path) => format!("KeeperErrorCode = {name} for {path}"),
        None => format!("KeeperErrorCode = {name}"),
    }
}

/// What the watcher of a command line prints.
pub fn watcher(state: &str, event: Option<&WatchEvent>) -> Vec<Line> {
    let (kind, path) = event.map_or(("None".to_string(), "null"), |event| (event.kind.to_string(), &*event.path));
    let told = format!("WatchedEvent state:{state} type:{kind} path:{path}");
    [String::new(), "WATCHER::".to_string(), String::new(), told].map(out).to_vec()
}

/// A moment as Java prints a date, in UTC: `Mon Jan 01 00:00:00 UTC 2024`.
pub fn date(millis: u64) -> String {
    let seconds = millis / 1_000;
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][(days % 7) as usize];
    let (mut year, mut day) = (1970, days);
    let length = |year: u64| {
        if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) { 366 } else { 365 }
    };
    while day >= length(year) {
        day -= length(year);
        year += 1;
    }
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut month = 0;
    for days in [31, length(year) - 337, 31, 30, 31, 30, 31, 31, 30, 31, 30] {
        if day < days {
            break;
        }
        day -= days;
        month += 1;
    }
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{weekday} {} {:02} {hour:02}:{minute:02}:{second:02} UTC {year}", months[month], day + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        assert_eq!(date(0), "Thu Jan 01 00:00:00 UTC 1970");
        assert_eq!(date(1_704_067_200_000), "Mon Jan 01 00:00:00 UTC 2024");
        assert_eq!(date(1_709_210_096_789), "Thu Feb 29 12:34:56 UTC 2024");
        assert_eq!(date(1_735_689_599_000), "Tue Dec 31 23:59:59 UTC 2024");
        assert_eq!(date(4_107_542_399_000), "Sun Feb 28 23:59:59 UTC 2100");
        assert_eq!(date(4_107_542_400_000), "Mon Mar 01 00:00:00 UTC 2100", "2100 is no leap year");
    }
}
