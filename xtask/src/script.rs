//! `cargo xtask script FILE` runs a script of the command language and prints what it tells; `-` is standard
//! input.

use crate::arguments::{Arguments, UsageError};
use crate::input::InputError;
use anyhow::Result;
use std::fs;
use std::io::{self, Read as _, Write as _};
use zooscope_core::script::Session;

/// Runs the command.
pub fn command(arguments: Arguments) -> Result<()> {
    let names = arguments.names()?;
    let [name] = names.as_slice() else {
        return Err(UsageError("`script` needs one FILE, or - for standard input".to_string()).into());
    };
    let text = read(name).map_err(|error| InputError(format!("{name}: {error}")))?;
    let (told, result) = Session::default().run(&text);
    // What ran before a bad line has happened, and is said before the error.
    io::stdout().write_all(told.as_bytes())?;
    result.map_err(|error| InputError(format!("{name}: {error}")).into())
}

fn read(name: &str) -> io::Result<String> {
    if name != "-" {
        return fs::read_to_string(name);
    }
    let mut text = String::new();
    io::stdin().read_to_string(&mut text)?;
    Ok(text)
}
