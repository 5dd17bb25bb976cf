//! Fills in the service worker: which files make up the build, and a version that changes with any of them.

use crate::workspace;
use anyhow::{Result, ensure};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// What an offline page never asks for: the worker itself, and the download that is the page once more.
const NOT_KEPT: [&str; 2] = ["sw.js", crate::single_file::NAME];

/// Completes `sw.js` in a finished build.
pub fn complete(dist: &Path) -> Result<()> {
    let mut names = Vec::new();
    let mut digest = Sha256::new();
    for (path, name) in workspace::files(dist)? {
        if NOT_KEPT.contains(&name.as_str()) {
            continue;
        }
        let contents = fs::read(&path)?;
        // The lengths keep the end of one file from being taken for the start of the next.
        digest.update(format!("{name} {}\n", contents.len()));
        digest.update(&contents);
        names.push(format!("'{name}'"));
    }
    let version = digest.finalize()[..8].iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    });
    let path = dist.join("sw.js");
    let source = workspace::read_text(&path)?;
    for mark in ["%VERSION%", "'%FILES%'"] {
        ensure!(source.matches(mark).count() == 1, "{} must contain {mark} once", path.display());
    }
    let filled = source.replace("%VERSION%", &version).replace("'%FILES%'", &names.join(", "));
    workspace::write(&path, filled)
}
