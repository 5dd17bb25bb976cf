//! `cargo xtask conform elections DIR` replays every recording of a folder and says, a line for each, whether our
//! elections go as the real ones did; `cargo xtask conform ops DIR` does so with what clients asked and were answered.

use crate::arguments::{Arguments, UsageError};
use crate::input::{Ended, InputError};
use anyhow::Result;
use std::fs;
use std::path::{Path, PathBuf};
use zooscope_core::conformance::{Recording, Verdict, check, ops};
use zooscope_core::rules::Faults;

/// Runs the command.
pub fn command(arguments: Arguments) -> Result<()> {
    match arguments.names()?.as_slice() {
        [what, folder] if what == "elections" => elections(Path::new(folder)),
        [what, folder] if what == "ops" => operations(Path::new(folder)),
        _ => Err(UsageError("`conform` needs `elections` or `ops`, and a folder of recordings".to_string()).into()),
    }
}

fn elections(folder: &Path) -> Result<()> {
    let (mut passed, mut failed, mut unreadable) = (0, 0, 0);
    for file in recordings(folder, "json")? {
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        match replay(&file) {
            Ok(Verdict::Passed { checkpoints, found, faults }) => {
                passed += 1;
                let schedule = found.map_or(String::new(), |(schedule, tried)| {
                    format!("; timing-dependent: agrees with {schedule} ({tried} tried)")
                });
                println!("passed   {name}: {checkpoints} checkpoints{schedule}{}", mended(faults));
            }
            Ok(Verdict::Failed { disagreement, tried }) => {
                failed += 1;
                let schedules = if tried > 1 { format!(" ({tried} schedules tried)") } else { String::new() };
                println!("failed   {name}: {disagreement}{schedules}");
            }
            Err(cause) => {
                unreadable += 1;
                eprintln!("{}: {cause}", file.display());
            }
        }
    }
    // The last line, whatever happens: the counts. Nothing that a recording can hold is beyond the engine any more.
    println!("{passed} passed, {failed} failed, 0 pending");
    match (unreadable, failed) {
        (0, 0) => Ok(()),
        (0, _) => Err(Ended(1).into()),
        _ => Err(Ended(2).into()),
    }
}

fn operations(folder: &Path) -> Result<()> {
    let (mut passed, mut failed) = (0, 0);
    for file in recordings(folder, "jsonl")? {
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        let text = fs::read_to_string(&file).map_err(|error| error.to_string());
        let read = |text: String| {
            ops::Recording::read(&text, |line| serde_json::from_str(line))
                .map_err(|ops::Unusable { line, problem }| format!("{}:{line}: {problem}", file.display()))
        };
        match text.and_then(read).map(|recording| ops::check(&recording)) {
            Ok(ops::Verdict::Passed { steps, faults }) => {
                passed += 1;
                println!("passed   {name}: {steps} steps{}", mended(faults));
            }
            Ok(ops::Verdict::Failed(disagreement)) => {
                failed += 1;
                println!("failed   {name}: {disagreement}");
            }
            Err(cause) => {
                failed += 1;
                println!("failed   {name}: {cause}");
            }
        }
    }
    // The last line, whatever happens: the counts. Nothing that a recording can hold is left out.
    println!("{passed} passed, {failed} failed, 0 pending");
    if failed == 0 { Ok(()) } else { Err(Ended(1).into()) }
}

/// What is said of faults that a recording needs.
fn mended(faults: Faults) -> String {
    if faults.is_empty() {
        return String::new();
    }
    format!("; as the recorded version did, with a fault that later ones have mended: {faults}")
}

/// The recordings of a folder: its files with this extension, by name.
fn recordings(folder: &Path, wanted: &str) -> Result<Vec<PathBuf>, InputError> {
    let cannot = |error: std::io::Error| InputError(format!("{}: {error}", folder.display()));
    let entries = fs::read_dir(folder).map_err(cannot)?;
    let paths: Vec<PathBuf> =
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>().map_err(cannot)?;
    let mut files: Vec<PathBuf> =
        paths.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == wanted)).collect();
    files.sort();
    if files.is_empty() {
        return Err(InputError(format!("{}: there is no recording (*.{wanted}) in this folder", folder.display())));
    }
    Ok(files)
}

fn replay(file: &Path) -> Result<Verdict, String> {
    let text = fs::read_to_string(file).map_err(|error| error.to_string())?;
    let recording: Recording = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    check(&recording).map_err(|unusable| unusable.to_string())
}
