//! The tools that only the tests need: node packages, wasm-bindgen's programs and wasm-pack.

use crate::{browser, workspace};
use anyhow::{Context, Result, bail, ensure};
use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

const WASM_PACK_VERSION: &str = "0.15.1";

/// The oldest node that the browser tests run on.
const NODE_MAJOR: u32 = 20;

/// Installs the node packages of the lock file, unless this very lock file has been installed already.
pub fn ensure_node_packages() -> Result<()> {
    check_node()?;
    let root = workspace::root();
    let lock = workspace::read_text(&root.join("package-lock.json"))?;
    let done = root.join("node_modules/.zooscope-lock");
    if std::fs::read_to_string(&done).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    workspace::run(npm().arg("ci"))?;
    workspace::write(&done, lock)
}

fn check_node() -> Result<()> {
    let needed = format!("the browser tests need node {NODE_MAJOR} or newer, with npm");
    let version = workspace::output(Command::new("node").arg("--version")).context(needed.clone())?;
    let major = version.trim().trim_start_matches('v').split('.').next().and_then(|text| text.parse().ok());
    ensure!(major.is_some_and(|major: u32| major >= NODE_MAJOR), "{needed}; this is {}", version.trim());
    ensure!(browser::find_program("npm").is_some() || cfg!(windows), "{needed}; npm is not on the PATH");
    Ok(())
}

fn npm() -> Command {
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.current_dir(workspace::root());
    command
}

/// Builds wasm-bindgen and its test runner from the workspace's lock file and returns their folder.
pub fn ensure_wasm_tools() -> Result<PathBuf> {
    workspace::run(&mut workspace::cargo("build --locked --package wasm-tools --bins"))?;
    Ok(workspace::target().join("debug"))
}

/// Makes sure of wasm-pack in the one version that is known to fetch nothing, and returns its path.
pub fn ensure_wasm_pack() -> Result<PathBuf> {
    let own = workspace::target().join("tools/bin").join(format!("wasm-pack{}", env::consts::EXE_SUFFIX));
    for candidate in [Some(own.clone()), browser::find_program("wasm-pack")].into_iter().flatten() {
        let version = workspace::output(Command::new(&candidate).arg("--version"));
        if version.is_ok_and(|text| text.trim() == format!("wasm-pack {WASM_PACK_VERSION}")) {
            return Ok(candidate);
        }
    }
    // Without optimisation it is compiled in half the time, and it only starts other programs.
    let mut install = workspace::cargo(&format!("install --debug --locked wasm-pack@{WASM_PACK_VERSION} --root"));
    install.arg(workspace::target().join("tools"));
    workspace::run(&mut install)?;
    if !own.is_file() {
        bail!("cargo installed wasm-pack, but {} is not there", own.display());
    }
    Ok(own)
}

/// The PATH with some folders before all others.
pub fn path_with(folders: &[PathBuf]) -> Result<OsString> {
    let path = env::var_os("PATH").unwrap_or_default();
    let all = folders.iter().cloned().chain(env::split_paths(&path));
    env::join_paths(all).context("a folder's name cannot be part of the PATH")
}
