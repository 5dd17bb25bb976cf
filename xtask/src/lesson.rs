//! `cargo xtask lesson FOLDER…` checks lessons: they parse, every claim is replayed, every beat is reached, no
//! translation is missing, and no number or state in the prose is typed by hand.

use std::fs;
use std::path::{Path, PathBuf};
use zooscope_core::lesson::{Problem, SCRIPT, check};

/// Where the page's own lessons live.
const LESSONS: &str = "web/lessons";
/// Every lesson has these prose files.
const LANGUAGES: [&str; 2] = ["zh.md", "en.md"];

/// Checks the named lessons, or all of the page's own when none is named. A lesson is named by its folder or by
/// any file in it. Returns whether all are sound.
///
/// # Errors
/// When a folder or file cannot be read.
pub fn run(root: &Path, arguments: &[String]) -> Result<bool, String> {
    let mut folders: Vec<PathBuf> = arguments.iter().map(|argument| folder_of(Path::new(argument))).collect();
    if folders.is_empty() {
        let lessons = root.join(LESSONS);
        let entries = fs::read_dir(&lessons).map_err(|error| format!("{}: {error}", lessons.display()))?;
        folders = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    }
    folders.sort();
    folders.dedup();
    let (mut passed, mut failed) = (0, 0);
    for folder in &folders {
        let problems = check_folder(folder)?;
        for problem in &problems {
            println!("{}/{problem}", folder.display());
        }
        println!("{}: {}", folder.display(), if problems.is_empty() { "ok" } else { "failed" });
        if problems.is_empty() { passed += 1 } else { failed += 1 }
    }
    println!("{passed} passed, {failed} failed");
    Ok(failed == 0)
}

fn folder_of(path: &Path) -> PathBuf {
    if path.is_dir() { path.to_path_buf() } else { path.parent().unwrap_or(Path::new(".")).to_path_buf() }
}

fn check_folder(folder: &Path) -> Result<Vec<Problem>, String> {
    let read = |name: &str| {
        let path = folder.join(name);
        fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
    };
    let script = read(SCRIPT)?;
    let mut missing = Vec::new();
    let mut prose = Vec::new();
    for name in LANGUAGES {
        match fs::read_to_string(folder.join(name)) {
            Ok(text) => prose.push((name, text)),
            Err(error) => {
                missing.push(Problem { file: name.to_string(), line: 0, what: format!("cannot be read: {error}") })
            }
        }
    }
    let texts: Vec<(&str, &str)> = prose.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let mut problems = check(&script, &texts);
    problems.extend(missing);
    Ok(problems)
}
