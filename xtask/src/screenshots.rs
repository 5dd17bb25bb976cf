//! `screenshots`: pictures of the flagship lesson for a look at all layouts, and the one in the README.

use crate::arguments::Arguments;
use crate::e2e::{self, Site};
use crate::{page, workspace};
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;

const LESSON: &str = "#/lesson/five-server-startup";

/// How far the pictures are from the start: far enough for votes and messages to be on the screen.
const STEPS: u32 = 31;

/// Name, width and height of every layout.
const LAYOUTS: [(&str, u32, u32); 4] =
    [("projector", 1280, 600), ("desktop", 1280, 800), ("tablet", 820, 1180), ("phone", 390, 844)];

/// `screenshots`.
pub fn command(arguments: Arguments) -> Result<()> {
    arguments.finish()?;
    page::build()?;
    let site = Site::serve()?;
    for (layout, width, height) in LAYOUTS {
        for lang in ["zh", "en"] {
            for theme in ["light", "dark"] {
                let out = e2e::folder().join(format!("out/{layout}-{lang}-{theme}.png"));
                take(&site, &out, (width, height), lang, theme)?;
            }
        }
    }
    take(&site, &workspace::root().join("docs/screenshot.png"), (1280, 720), "en", "light")
}

fn take(site: &Site, out: &Path, (width, height): (u32, u32), lang: &str, theme: &str) -> Result<()> {
    if let Some(folder) = out.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    let mut command = site.node();
    command.arg(e2e::folder().join("screenshots.mjs"));
    command.arg(format!("out={}", out.display())).arg(format!("path={LESSON}?lang={lang}"));
    command.args([format!("width={width}"), format!("height={height}")]);
    command.args([format!("lang={lang}"), format!("theme={theme}"), format!("steps={STEPS}")]);
    workspace::run(&mut command)?;
    println!("{}", out.display());
    Ok(())
}
