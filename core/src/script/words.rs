//! A line of a script as words with their places.

use super::error::{Cause, Expected, ParseError};
use crate::ids::{Epoch, Sid, Zxid};
use crate::sids::Sids;
use crate::sim::CommandError;
use crate::time::Duration;

/// The words of one line, read from left to right.
#[derive(Clone, Debug)]
pub struct Words<'a> {
    line: usize,
    /// The column of the first letter.
    first: usize,
    /// The whole line, comment included.
    text: &'a str,
    words: Vec<(usize, &'a str)>,
    next: usize,
    end: usize,
}

impl<'a> Words<'a> {
    /// Splits a line at blanks; a word that begins with `#` begins a comment.
    pub fn of(line: usize, text: &'a str) -> Words<'a> {
        Words::from_column(line, 1, text)
    }

    /// The same for a text that begins at a later column of its line.
    pub fn from_column(line: usize, column: usize, text: &'a str) -> Words<'a> {
        let (whole, text) = (text, without_comment(text));
        let mut words = Vec::new();
        let (mut start, mut start_column) = (None, column);
        let mut at = column;
        for (byte, letter) in text.char_indices() {
            if letter.is_whitespace() {
                if let Some(begin) = start.take() {
                    words.push((start_column, &text[begin..byte]));
                }
            } else if start.is_none() {
                (start, start_column) = (Some(byte), at);
            }
            at += 1;
        }
        if let Some(begin) = start {
            words.push((start_column, &text[begin..]));
        }
        Words { line, first: column, text: whole, words, next: 0, end: at }
    }

    /// The line number.
    pub fn line(&self) -> usize {
        self.line
    }

    /// What stands behind the first `mark`, as it is: a client's line is not ours to divide.
    pub fn behind(&self, mark: char) -> &'a str {
        self.text.split_once(mark).map_or("", |(_, rest)| rest.trim())
    }

    /// The same line with all words taken.
    #[must_use]
    pub fn at_end(mut self) -> Words<'a> {
        self.next = self.words.len();
        self
    }

    /// The words that are left, divided at each `,` and `|`, which become words themselves.
    #[must_use]
    pub fn divided(&self) -> Words<'a> {
        let mut words = Vec::new();
        for (column, word) in &self.words[self.next..] {
            let mut rest = *word;
            let mut column = *column;
            while let Some(letter) = rest.chars().next() {
                let is_mark = |letter: char| matches!(letter, ',' | '|');
                let end = if is_mark(letter) { 1 } else { rest.find(is_mark).unwrap_or(rest.len()) };
                words.push((column, &rest[..end]));
                column += rest[..end].chars().count();
                rest = &rest[end..];
            }
        }
        Words { words, next: 0, ..self.clone() }
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.next >= self.words.len()
    }

    /// The next word, without taking it.
    pub fn peek(&self) -> Option<&'a str> {
        self.words.get(self.next).map(|word| word.1)
    }

    /// Takes the next word.
    pub fn take(&mut self) -> Option<&'a str> {
        let word = self.peek()?;
        self.next += 1;
        Some(word)
    }

    /// Takes `name=` off the next word and leaves its value; nothing where there is no `=`.
    pub fn take_name(&mut self) -> Option<&'a str> {
        let (column, word) = self.words.get_mut(self.next)?;
        let (name, value) = word.split_once('=')?;
        *column += name.chars().count() + 1;
        *word = value;
        Some(name)
    }

    /// Takes the next word if it is `word`.
    pub fn take_if(&mut self, word: &str) -> bool {
        let fits = self.peek() == Some(word);
        self.next += usize::from(fits);
        fits
    }

    /// An error at the next word.
    pub fn error(&self, expected: Expected) -> ParseError {
        self.cause(Cause::Expected(expected))
    }

    /// An error at the next word for any cause.
    pub fn cause(&self, cause: Cause) -> ParseError {
        let (column, found) = self.words.get(self.next).copied().unwrap_or((self.end, ""));
        ParseError { line: self.line, column, found: found.to_string(), cause }
    }

    /// The command is well formed but cannot be carried out: an error at the word that names who is not there, if it is
    /// for that.
    pub fn refused(&self, error: CommandError) -> ParseError {
        let name = match &error {
            CommandError::UnknownServer(sid) => sid.to_string(),
            CommandError::UnknownClient(name) => name.to_string(),
            _ => return self.cause(Cause::Refused(error)),
        };
        let names = |word: &str| {
            // A hyphen belongs to a client's name, and stands between two servers.
            let parts = word.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-');
            parts.map(|part| part.trim_matches('-')).any(|part| part == name || part.split('-').any(|id| id == name))
        };
        let mut at = self.clone();
        while at.peek().is_some_and(|word| !names(word)) {
            at.next += 1;
        }
        if at.is_empty() { self.cause(Cause::Refused(error)) } else { at.cause(Cause::Refused(error)) }
    }

    /// Reads the next word with `read`, or says what was expected.
    pub fn read<T>(&mut self, expected: Expected, read: impl FnOnce(&str) -> Option<T>) -> Result<T, ParseError> {
        let value = self.peek().and_then(read).ok_or_else(|| self.error(expected))?;
        self.next += 1;
        Ok(value)
    }

    /// Takes a text in quotes, blanks and `#` included, if the next word begins one. It is written as `show tree` writes
    /// data: `\"`, `\\`, `\n`, `\r`, `\t`, `\0` and `\u{…}` stand for what cannot stand there itself.
    ///
    /// # Errors
    /// There is no closing quote, or one of these signs cannot be read.
    pub fn quoted(&mut self) -> Result<Option<String>, ParseError> {
        let Some((column, _)) = self.words.get(self.next).copied().filter(|(_, word)| word.starts_with('"')) else {
            return Ok(None);
        };
        // The whole line is read, since `#` begins no comment between quotes.
        let mut letters = self.text.chars();
        letters.nth(column - self.first);
        let text = unquoted(&mut letters).ok_or_else(|| self.error(Expected::ClosingQuote))?;
        let left = letters.as_str();
        let column = self.first + self.text.chars().count() - left.chars().count();
        *self = Words::from_column(self.line, column, left);
        Ok(Some(text))
    }

    /// Makes sure that nothing is left.
    pub fn finish(&self) -> Result<(), ParseError> {
        if self.is_empty() { Ok(()) } else { Err(self.error(Expected::EndOfLine)) }
    }
}

fn without_comment(text: &str) -> &str {
    let begins = |(at, _): &(usize, &str)| *at == 0 || text[..*at].ends_with(char::is_whitespace);
    text.match_indices('#').find(begins).map_or(text, |(at, _)| &text[..at])
}

/// What stands between quotes, up to the closing one; nothing where it is missing or a sign cannot be read.
fn unquoted(letters: &mut impl Iterator<Item = char>) -> Option<String> {
    let mut text = String::new();
    loop {
        text.push(match letters.next()? {
            '"' => return Some(text),
            '\\' => match letters.next()? {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                '0' => '\0',
                'u' => {
                    let digits: String = letters.take_while(|letter| *letter != '}').collect();
                    u32::from_str_radix(digits.strip_prefix('{')?, 16).ok().and_then(char::from_u32)?
                }
                letter @ ('"' | '\\') => letter,
                _ => return None,
            },
            letter => letter,
        });
    }
}

/// `3`
pub fn sid(word: &str) -> Option<Sid> {
    word.parse().ok().filter(|id| (1..=Sids::LARGEST).contains(id)).map(Sid)
}

/// The longest span, a day and some hours: what lets longer pass would not be done while somebody waits.
const LONGEST_SPAN: u64 = 100_000_000_000;

/// The units of a span, in microseconds.
const UNITS: [(&str, u64); 4] = [("ms", 1_000), ("s", 1_000_000), ("m", 60_000_000), ("h", 3_600_000_000)];

/// `200ms`, `12.5ms`, `2s`, `5m`, `1h`
pub fn span(word: &str) -> Option<Duration> {
    let (digits, unit) = UNITS.iter().find_map(|(name, unit)| Some((word.strip_suffix(name)?, *unit)))?;
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let mut micros = whole.parse::<u64>().ok()?.checked_mul(unit).filter(|micros| *micros < LONGEST_SPAN)?;
    let mut place = unit;
    for digit in part.chars() {
        place /= 10;
        micros += u64::from(digit.to_digit(10)?) * place;
    }
    Some(Duration(micros))
}

/// `1.8`, or as clients print it, `0x100000008`
pub fn zxid(word: &str) -> Option<Zxid> {
    if let Some(digits) = word.strip_prefix("0x") {
        return u64::from_str_radix(digits, 16).ok().map(Zxid::from_bits);
    }
    let (epoch, counter) = word.split_once('.')?;
    Some(Zxid::new(epoch.parse().ok()?, counter.parse().ok()?))
}

/// `2`
pub fn epoch(word: &str) -> Option<Epoch> {
    word.parse().ok().map(Epoch)
}

/// `yes` or `no`
pub fn yes_or_no(word: &str) -> Option<bool> {
    match word {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

/// Two server ids with `mark` between them: `1-3`, `3->2`.
pub fn two_sids(word: &str, mark: &str) -> Option<(Sid, Sid)> {
    let (a, b) = word.split_once(mark)?;
    Some((sid(a)?, sid(b)?))
}

/// Letters, digits and hyphens.
pub fn name(word: &str) -> Option<String> {
    let fits = !word.is_empty() && word.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-');
    fits.then(|| word.to_string())
}
