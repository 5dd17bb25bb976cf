//! Finds Chromium and its driver for the tests, or installs them where that is possible without asking for a password.

use crate::workspace;
use anyhow::{Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const CHROMIUM_NAMES: [&str; 5] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const CHROMIUM_ON_MAC: [&str; 2] = [
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/// A browser for the tests.
pub struct Browser {
    /// The browser itself.
    pub chromium: PathBuf,
    /// The WebDriver server that the WebAssembly tests talk to.
    pub chromedriver: PathBuf,
}

/// Finds the browser, and installs it as root on Debian and its relatives.
pub fn ensure() -> Result<Browser> {
    if let Some(browser) = find()
        && has_chinese_font()
    {
        return Ok(browser);
    }
    const PACKAGES: &str = "chromium chromium-driver fonts-noto-cjk";
    if find_program("apt-get").is_none() {
        bail!(
            "the tests need Chromium and chromedriver on the PATH; on macOS: brew install --cask chromium chromedriver"
        );
    }
    if !is_root() {
        bail!("the tests need Chromium, its driver and a Chinese font: sudo apt-get install {PACKAGES}");
    }
    println!("Installing {PACKAGES}.");
    for arguments in ["update -q", &format!("install -q -y --no-install-recommends {PACKAGES}")] {
        let mut command = Command::new("apt-get");
        command.args(arguments.split_whitespace()).env("DEBIAN_FRONTEND", "noninteractive");
        workspace::run(&mut command)?;
    }
    match find() {
        Some(browser) => Ok(browser),
        None => {
            bail!("{PACKAGES} are installed, but chromium or chromedriver is still not on the PATH")
        }
    }
}

fn find() -> Option<Browser> {
    Some(Browser {
        chromium: find_chromium()?,
        chromedriver: configured("CHROMEDRIVER").or_else(|| find_program("chromedriver"))?,
    })
}

/// The browser alone, as the benchmark and the screenshots need it.
pub fn find_chromium() -> Option<PathBuf> {
    configured("CHROMIUM")
        .or_else(|| CHROMIUM_NAMES.into_iter().find_map(find_program))
        .or_else(|| CHROMIUM_ON_MAC.into_iter().map(PathBuf::from).find(|path| path.is_file()))
}

/// A path that the environment names, if it leads to a file.
fn configured(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).map(PathBuf::from).filter(|path| path.is_file())
}

/// Finds a program on the PATH.
pub fn find_program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let mut candidates = std::env::split_paths(&path).map(|folder: PathBuf| folder.join(name));
    candidates.find(|candidate| is_executable(candidate))
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata().is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.is_file() || path.with_extension("exe").is_file()
}

/// Whether Chinese text has glyphs. Only Linux is asked: the other systems bring such a font.
fn has_chinese_font() -> bool {
    if !cfg!(target_os = "linux") {
        return true;
    }
    let list = Command::new("fc-list").arg(":lang=zh").stderr(Stdio::null()).output();
    list.is_ok_and(|output| !output.stdout.is_empty())
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout == b"0\n")
}
