//! The lines of a `zoo.cfg` as keys and values (`java.util.Properties`): `#` and `!` begin comments, `=`, `:` or a blank
//! ends a key, and of two lines with the same key the later one counts.

use super::error::{ZooCfgCause, ZooCfgError};

/// A key and its value.
#[derive(Clone, Debug)]
pub struct Entry {
    pub line: usize,
    key_column: usize,
    value_column: usize,
    pub key: String,
    pub value: String,
}

impl Entry {
    /// The value is wrong.
    pub fn wrong(&self, cause: ZooCfgCause) -> ZooCfgError {
        self.part(0, &self.value, cause)
    }

    /// A part of the value is wrong, which begins at a byte of it.
    pub fn part(&self, begin: usize, part: &str, cause: ZooCfgCause) -> ZooCfgError {
        let before = self.value.get(..begin).unwrap_or("").chars().count();
        let (line, column) = (self.line, self.value_column + before);
        ZooCfgError { line, column, key: self.key.clone(), found: part.to_string(), cause }
    }

    /// The key is wrong, or should not be there.
    pub fn at_key(&self, cause: ZooCfgCause) -> ZooCfgError {
        let key = self.key.clone();
        ZooCfgError { line: self.line, column: self.key_column, found: key.clone(), key, cause }
    }
}

/// A file, by its keys.
pub struct Properties {
    entries: Vec<Entry>,
    lines: usize,
}

impl Properties {
    pub fn read(text: &str) -> Result<Properties, ZooCfgError> {
        let mut entries: Vec<Entry> = Vec::new();
        // A mark that some editors put before a text is no part of it.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        for (number, whole) in text.lines().enumerate() {
            let Some(entry) = entry(number + 1, whole)? else { continue };
            entries.retain(|earlier| earlier.key != entry.key);
            entries.push(entry);
        }
        Ok(Properties { entries, lines: text.lines().count() })
    }

    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// A key is missing: the place is behind the last line.
    pub fn lacks(&self, key: &str) -> ZooCfgError {
        self.at_end(key, ZooCfgCause::Missing)
    }

    /// Something is wrong with the file as a whole.
    pub fn at_end(&self, key: &str, cause: ZooCfgCause) -> ZooCfgError {
        ZooCfgError { line: self.lines + 1, column: 1, key: key.to_string(), found: String::new(), cause }
    }
}

fn entry(line: usize, whole: &str) -> Result<Option<Entry>, ZooCfgError> {
    let text = whole.trim();
    if text.is_empty() || text.starts_with(['#', '!']) {
        return Ok(None);
    }
    let column_of = |part: &str| whole[..part.as_ptr() as usize - whole.as_ptr() as usize].chars().count() + 1;
    let end = text.find(|letter: char| letter == '=' || letter == ':' || letter.is_whitespace()).unwrap_or(text.len());
    let (key, rest) = text.split_at(end);
    let rest = rest.trim_start();
    let value = rest.strip_prefix(['=', ':']).unwrap_or(rest).trim_start();
    let entry = Entry {
        line,
        key_column: column_of(key),
        value_column: column_of(value),
        key: key.to_string(),
        value: value.to_string(),
    };
    if value.ends_with('\\') {
        return Err(entry.wrong(ZooCfgCause::Continued));
    }
    if key.is_empty() || value.is_empty() {
        return Err(ZooCfgError { found: text.to_string(), ..entry.at_key(ZooCfgCause::NoValue) });
    }
    Ok(Some(entry))
}
