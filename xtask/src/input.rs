//! What the user names on the command line to be read, and what is wrong with it.

use std::fmt;

/// Something that was named cannot be read or understood. The program says what, and ends with exit code 2.
#[derive(Debug)]
pub struct InputError(pub String);

impl fmt::Display for InputError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for InputError {}

/// Everything has been said; the program ends with this exit code.
#[derive(Debug)]
pub struct Ended(pub u8);

impl fmt::Display for Ended {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ended with exit code {}", self.0)
    }
}

impl std::error::Error for Ended {}
