//! `cargo xtask script FILE` runs a script of the command language and prints what it tells; `-` is standard
//! input. With `--config ZOO_CFG` the ensemble is that of a `zoo.cfg`, and the script begins with a command.
//! It ends with 1 where the run went another way than the script expects, and with 2 on bad input.

use crate::arguments::{Arguments, UsageError};
use crate::input::{Ended, InputError};
use anyhow::Result;
use std::fs;
use std::io::{self, Read as _, Write as _};
use zooscope_core::script::Session;
use zooscope_core::zoo_cfg::zoo_cfg;

/// Runs the command.
pub fn command(mut arguments: Arguments) -> Result<()> {
    let config = arguments.value::<String>("--config")?;
    let names = arguments.names()?;
    let [name] = names.as_slice() else {
        return Err(UsageError("`script` needs one FILE, or - for standard input".to_string()).into());
    };
    let text = read(name).map_err(|error| InputError(format!("{name}: {error}")))?;
    let mut session = config.as_deref().map_or_else(|| Ok(Session::default()), configured)?;
    let (told, result) = session.run(&text);
    // What ran before a bad line has happened, and is said before the error.
    io::stdout().write_all(told.as_bytes())?;
    match result {
        Err(error) if error.is_verdict() => {
            eprintln!("{name}: {error}");
            Err(Ended(1).into())
        }
        result => result.map_err(|error| InputError(format!("{name}: {error}")).into()),
    }
}

/// A run of the ensemble that a `zoo.cfg` describes. What it says beside that is said too.
fn configured(name: &str) -> Result<Session> {
    let text = read(name).map_err(|error| InputError(format!("{name}: {error}")))?;
    let read = zoo_cfg(&text).map_err(|error| InputError(format!("{name}: {error}")))?;
    for note in read.notes {
        eprintln!("{name}: {note}");
    }
    Ok(Session::with(read.ensemble))
}

fn read(name: &str) -> io::Result<String> {
    if name != "-" {
        return fs::read_to_string(name);
    }
    let mut text = String::new();
    io::stdin().read_to_string(&mut text)?;
    Ok(text)
}
