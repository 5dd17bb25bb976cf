//! Node scripts that drive a browser against the static build: the end-to-end tests, the benchmark, the screenshots.

use crate::{browser, serve, tools, workspace};
use anyhow::{Context, Result, ensure};
use std::path::PathBuf;
use std::process::Command;

/// The folder of the scripts.
pub fn folder() -> PathBuf {
    workspace::root().join("tests/e2e")
}

/// The served build and a browser to open it with. The server runs until this process ends.
pub struct Site {
    address: String,
    chromium: PathBuf,
    own: PathBuf,
}

impl Site {
    /// Makes sure of the browser and the node packages, and serves the build on a free port.
    pub fn serve() -> Result<Self> {
        let dist = workspace::dist();
        ensure!(dist.join("index.html").is_file(), "there is no build in dist/; `cargo xtask build` makes it");
        Site::serve_folder(dist)
    }

    /// The same for another build.
    pub fn serve_folder(folder: PathBuf) -> Result<Self> {
        let chromium = browser::ensure()?.chromium;
        tools::ensure_node_packages()?;
        let listener = serve::bind(0)?;
        let address = serve::address(&listener)?;
        serve::spawn(listener, folder);
        Ok(Self { address, chromium, own: std::env::current_exe().context("this program has no path")? })
    }

    /// A node command that finds all this in its environment (see harness.mjs).
    pub fn node(&self) -> Command {
        let mut command = Command::new("node");
        command.current_dir(workspace::root());
        command.env("ZOOSCOPE_URL", &self.address).env("ZOOSCOPE_XTASK", &self.own).env("CHROMIUM", &self.chromium);
        command
    }
}
