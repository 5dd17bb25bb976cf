//! Reading the command line: a command, then flags and names in any order.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// What is left of the command line.
pub struct Arguments(Vec<String>);

/// A command line that cannot be understood; the program answers it with the usage and exit code 2.
#[derive(Debug)]
pub struct UsageError(pub String);

impl Arguments {
    /// Wraps the words after the program's name.
    pub fn new(words: impl Iterator<Item = String>) -> Self {
        Self(words.collect())
    }

    /// Takes the command: the first word, unless it is a flag.
    pub fn command(&mut self) -> Option<String> {
        match self.0.first() {
            Some(word) if !word.starts_with('-') => Some(self.0.remove(0)),
            _ => None,
        }
    }

    /// Takes a flag without a value, and says whether it was there.
    pub fn flag(&mut self, name: &str) -> bool {
        let position = self.0.iter().position(|word| word == name);
        position.map(|index| self.0.remove(index)).is_some()
    }

    /// Takes `name VALUE`.
    pub fn value<T: FromStr>(&mut self, name: &str) -> Result<Option<T>, UsageError> {
        let Some(index) = self.0.iter().position(|word| word == name) else {
            return Ok(None);
        };
        self.0.remove(index);
        if index == self.0.len() {
            return Err(UsageError(format!("{name} needs a value")));
        }
        let text = self.0.remove(index);
        match text.parse() {
            Ok(value) => Ok(Some(value)),
            Err(_) => Err(UsageError(format!("{name} cannot be `{text}`"))),
        }
    }

    /// Takes `name PATH`.
    pub fn path(&mut self, name: &str) -> Result<Option<PathBuf>, UsageError> {
        self.value::<PathBuf>(name)
    }

    /// Takes all that is left as names.
    pub fn names(self) -> Result<Vec<String>, UsageError> {
        match self.0.iter().find(|word| word.starts_with("--")) {
            Some(flag) => Err(UsageError(format!("there is no option `{flag}` here"))),
            None => Ok(self.0),
        }
    }

    /// Refuses what no one has taken, so that a misspelt option is not ignored.
    pub fn finish(self) -> Result<(), UsageError> {
        match self.0.first() {
            Some(word) => Err(UsageError(format!("`{word}` is not expected here"))),
            None => Ok(()),
        }
    }
}

impl fmt::Display for UsageError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for UsageError {}
