//! `test`: everything that must hold, from formatting to the page in a browser, in the order of cost.

use crate::arguments::{Arguments, UsageError};
use crate::browser::{self, Browser};
use crate::e2e::{self, Site};
use crate::workspace::{self, WASM_TARGET};
use crate::{page, simulate, tools};
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// One thing to check; it can be named on the command line.
struct Stage {
    name: &'static str,
    about: &'static str,
    needs: Needs,
    run: fn() -> Result<()>,
}

/// What a stage needs besides the toolchain.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Needs {
    Nothing,
    Browser,
    BrowserAndNode,
}

const STAGES: [Stage; 9] = [
    Stage { name: "format", about: "the sources are formatted", needs: Needs::Nothing, run: format },
    Stage { name: "clippy", about: "no warnings, natively and for the browser", needs: Needs::Nothing, run: clippy },
    Stage { name: "docs", about: "the documentation builds without warnings", needs: Needs::Nothing, run: docs },
    Stage { name: "native", about: "the tests that need no browser", needs: Needs::Nothing, run: native },
    Stage { name: "wasm", about: "the components in a browser", needs: Needs::Browser, run: wasm },
    Stage { name: "lessons", about: "every claim of every lesson holds", needs: Needs::Nothing, run: lessons },
    Stage { name: "simulate", about: "random runs under faults", needs: Needs::Nothing, run: simulate::usual },
    Stage { name: "page", about: "the static build", needs: Needs::Nothing, run: page::build },
    Stage { name: "e2e", about: "the static build in a browser", needs: Needs::BrowserAndNode, run: end_to_end },
];

/// `test [STAGE...]`.
pub fn command(arguments: Arguments) -> Result<()> {
    let names = arguments.names()?;
    for name in &names {
        if !STAGES.iter().any(|stage| stage.name == *name) {
            let known = STAGES.map(|stage| stage.name).join(", ");
            return Err(UsageError(format!("there is no stage `{name}`; there are {known}")).into());
        }
    }
    let chosen: Vec<&Stage> =
        STAGES.iter().filter(|stage| names.is_empty() || names.iter().any(|name| name == stage.name)).collect();

    // Everything that has to be fetched comes first, so that a machine without it says so at once.
    let mut times = vec![("setup", timed("setup", "what the tests need", || set_up(&chosen))?)];
    for stage in chosen {
        times.push((stage.name, timed(stage.name, stage.about, stage.run)?));
    }
    println!("\nAll stages passed:");
    for (name, time) in times {
        println!("{:>7.1} s  {name}", time.as_secs_f64());
    }
    Ok(())
}

/// Runs one stage under a headline; its failure carries its name.
fn timed(name: &'static str, about: &str, run: impl FnOnce() -> Result<()>) -> Result<Duration> {
    println!("\n== {name}: {about}");
    let start = Instant::now();
    run().with_context(|| format!("stage `{name}` failed"))?;
    Ok(start.elapsed())
}

fn set_up(stages: &[&Stage]) -> Result<()> {
    workspace::ensure_wasm_target()?;
    if stages.iter().any(|stage| stage.needs >= Needs::Browser) {
        let Browser { chromium, chromedriver } = browser::ensure()?;
        println!("The browser is {}, its driver {}.", chromium.display(), chromedriver.display());
    }
    if stages.iter().any(|stage| stage.needs >= Needs::BrowserAndNode) {
        tools::ensure_node_packages()?;
    }
    Ok(())
}

fn format() -> Result<()> {
    workspace::run(&mut workspace::cargo("fmt --all --check"))
}

fn clippy() -> Result<()> {
    workspace::run(&mut workspace::cargo("clippy --workspace --all-targets --locked -- -D warnings"))?;
    for targets in ["--package zooscope-web --all-targets", "--package zooscope-unpack --lib"] {
        let wasm = format!("clippy {targets} --target {WASM_TARGET} --locked -- -D warnings");
        workspace::run(&mut workspace::cargo(&wasm))?;
    }
    // A workspace of its own, whose programs nobody runs here.
    let fuzz =
        "clippy --manifest-path fuzz/Cargo.toml --no-default-features --target-dir target/fuzz --locked -- -D warnings";
    workspace::run(&mut workspace::cargo(fuzz))
}

fn docs() -> Result<()> {
    let mut command =
        workspace::cargo("doc --workspace --exclude wasm-tools --no-deps --locked --document-private-items");
    workspace::run(command.env("RUSTDOCFLAGS", "-D warnings"))
}

fn native() -> Result<()> {
    workspace::run(&mut workspace::cargo("test --locked"))
}

/// Runs the WebAssembly tests through wasm-pack, with every tool at hand so that it has nothing to fetch.
fn wasm() -> Result<()> {
    let browser = browser::ensure()?;
    let wasm_tools = tools::ensure_wasm_tools()?;
    let wasm_pack = tools::ensure_wasm_pack()?;
    let mut command = Command::new(wasm_pack);
    command
        .args(["test", "--headless", "--chrome", "--mode", "no-install", "web", "--locked"])
        .current_dir(workspace::root())
        .env("PATH", tools::path_with(&[wasm_tools])?)
        // A slow machine must still get to the end of a test file, which is stopped after 20 s otherwise.
        .env("WASM_BINDGEN_TEST_TIMEOUT", "120")
        .env("CHROMEDRIVER", browser.chromedriver);
    let fetching = run_and_find(&mut command, &["installing", "downloading"])?;
    if let Some(line) = fetching {
        bail!("wasm-pack tried to fetch a tool, so these were not the tools of the lock file: {line}");
    }
    Ok(())
}

fn lessons() -> Result<()> {
    crate::lessons(&[])
}

/// Runs the end-to-end tests against the build, served as `cargo run` serves it.
fn end_to_end() -> Result<()> {
    let mut command = Site::serve()?.node();
    // Every file drives a browser of its own, and two cores are enough for two. A test that waits for ever fails in the
    // end; the limit holds for whole files too and is many times what the longest of them takes.
    command.args(["--test", "--test-reporter=spec", "--test-concurrency=2", "--test-timeout=600000"]);
    // By name: what a folder as argument means differs between versions of node.
    for (path, name) in workspace::files(&e2e::folder())? {
        if name.ends_with(".test.mjs") {
            command.arg(path);
        }
    }
    workspace::run(&mut command)
}

/// Runs a command with its output on ours, and returns the first line that contains one of the words.
fn run_and_find(command: &mut Command, words: &[&str]) -> Result<Option<String>> {
    let text = workspace::describe(command);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start `{text}`"))?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let found = thread::scope(|scope| {
        let from_stderr = scope.spawn(|| echo(stderr, words));
        let from_stdout = echo(stdout, words);
        from_stdout.or(from_stderr.join().unwrap_or_default())
    });
    let status = child.wait().with_context(|| format!("cannot wait for `{text}`"))?;
    if !status.success() {
        bail!("`{text}` failed ({status})");
    }
    Ok(found)
}

/// Prints lines as they come, and returns the first that contains one of the words.
fn echo(stream: Option<impl Read>, words: &[&str]) -> Option<String> {
    let mut found = None;
    for line in BufReader::new(stream?).lines().map_while(Result::ok) {
        println!("{line}");
        let lower = line.to_lowercase();
        if found.is_none() && words.iter().any(|word| lower.contains(word)) {
            found = Some(line);
        }
    }
    found
}
