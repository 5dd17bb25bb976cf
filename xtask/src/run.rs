//! `cargo run`: builds the page and serves it.

use crate::arguments::Arguments;
use crate::{page, serve, workspace};
use anyhow::{Result, anyhow};
use std::process::Command;

/// `[--port N] [--open]`.
pub fn run(mut arguments: Arguments) -> Result<()> {
    let port = arguments.value("--port")?.unwrap_or(8080);
    let open = arguments.flag("--open");
    arguments.finish()?;
    // The port first: whoever has another copy running should not wait for a build to hear it.
    let listener = serve::bind(port)?;
    let address = serve::address(&listener)?;
    println!("Building the page; then it is served at {address}. `cargo xtask --help` lists the other commands.");
    page::build()?;
    let server = serve::spawn(listener, workspace::dist());
    println!("ZooScope is at {address} (Ctrl+C ends it)");
    if open {
        open_browser(&address);
    }
    server.join().map_err(|_| anyhow!("the server stopped"))
}

fn open_browser(address: &str) {
    let (program, arguments): (&str, &[&str]) = match std::env::consts::OS {
        "macos" => ("open", &[]),
        "windows" => ("cmd", &["/c", "start"]),
        _ => ("xdg-open", &[]),
    };
    // The address has been printed: a machine without a browser command needs a word, not an error.
    if let Err(error) = Command::new(program).args(arguments).arg(address).spawn() {
        println!("No browser could be opened ({program}: {error}); please open the address yourself.");
    }
}
