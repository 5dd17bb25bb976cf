//! Commands of a checkout: `cargo run` builds and serves the page, `cargo xtask COMMAND` does the rest.

mod arguments;
mod bench;
mod browser;
mod conform;
mod crate_sizes;
mod css;
mod e2e;
mod engine_bench;
mod glue;
mod input;
mod later;
mod lesson;
mod pack;
mod page;
mod run;
mod screenshots;
mod script;
mod serve;
mod service_worker;
mod simulate;
mod single_file;
mod split;
mod tests;
mod tools;
mod traps;
mod workspace;

use anyhow::bail;
use arguments::{Arguments, UsageError};
use input::{Ended, InputError};
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo run [-- --port N] [--open]     build the page and serve it on 127.0.0.1 (port 8080)
       cargo xtask build                    the static release build into dist/, with dist/zooscope.html in one file
       cargo xtask serve [--dir D] [--port N]
                                            serve a folder (dist, port 0 = any free one) until standard input closes
       cargo xtask test [STAGE...]          set up what the tests need and run all of them, or only the named stages
       cargo xtask lesson [FOLDER...]       check lessons: all of the page's own, or the named ones
       cargo xtask conform elections DIR    replay recordings of real elections, checkpoint by checkpoint
       cargo xtask conform ops DIR          replay recordings of real clients' operations, step by step
       cargo xtask script [--config ZOO_CFG] FILE
                                            run a script of the command language (- is standard input)
       cargo xtask simulate [--seeds A..B] [--profile mixed|sharp|clients] [--faults NAME,...]
                                            random runs under faults, all invariants after every event
       cargo xtask bench [--peer NAME=FOLDER[#SELECTOR]]...
                                            measure the budgets of the page and print them as a table
       cargo xtask later                    find out what the first lesson does not run, and write web/later.txt
       cargo xtask screenshots              pictures of the page into tests/e2e/out/, and docs/screenshot.png
";

fn main() -> ExitCode {
    let arguments = Arguments::new(std::env::args().skip(1));
    match dispatch(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<UsageError>() => {
            eprint!("xtask: {error}\n\n{USAGE}");
            ExitCode::from(2)
        }
        Err(error) if error.is::<InputError>() => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
        Err(error) => match error.downcast_ref() {
            Some(Ended(code)) => ExitCode::from(*code),
            None => {
                eprintln!("xtask: {error:#}");
                ExitCode::FAILURE
            }
        },
    }
}

fn dispatch(mut arguments: Arguments) -> anyhow::Result<()> {
    if arguments.flag("--help") {
        print!("{USAGE}");
        return Ok(());
    }
    match arguments.command().as_deref() {
        None => run::run(arguments),
        Some("build") => page::command(arguments),
        Some("serve") => serve::command(arguments),
        Some("test") => tests::command(arguments),
        Some("lesson") => lessons(&arguments.names()?),
        Some("conform") => conform::command(arguments),
        Some("script") => script::command(arguments),
        Some("simulate") => simulate::command(arguments),
        Some("bench") => bench::command(arguments),
        Some("later") => later::command(arguments),
        Some("screenshots") => screenshots::command(arguments),
        Some(unknown) => Err(UsageError(format!("there is no command `{unknown}`")).into()),
    }
}

/// Checks the named lessons, or all of the page's own when none is named.
fn lessons(names: &[String]) -> anyhow::Result<()> {
    match lesson::run(&workspace::root(), names) {
        Ok(true) => Ok(()),
        Ok(false) => bail!("some lessons have problems"),
        Err(cause) => bail!(cause),
    }
}
