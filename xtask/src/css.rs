//! Puts the style sheets of `web/styles/` together into one file.

use crate::workspace;
use anyhow::{Result, bail};
use std::path::Path;

/// The sheets of a folder, one after another, without comments and indentation.
///
/// `order.txt` in the folder names every sheet once, one a line, since later rules win; without it they come in
/// the order of the alphabet.
pub fn bundle(folder: &Path) -> Result<String> {
    let mut sheets: Vec<String> = Vec::new();
    for (_, name) in workspace::files(folder)? {
        if name.ends_with(".css") {
            sheets.push(name);
        }
    }
    let order = folder.join("order.txt");
    if order.is_file() {
        let listed: Vec<String> = workspace::read_text(&order)?.split_whitespace().map(str::to_owned).collect();
        let mut sorted = listed.clone();
        sorted.sort();
        if sorted != sheets {
            bail!("{} lists {sorted:?}, but the folder has {sheets:?}", order.display());
        }
        sheets = listed;
    }
    let mut bundled = String::new();
    for sheet in sheets {
        bundled.push_str(&tidy(&workspace::read_text(&folder.join(sheet))?));
    }
    Ok(bundled)
}

/// Drops comments, indentation and empty lines, and leaves strings as they are.
fn tidy(css: &str) -> String {
    let mut kept = String::with_capacity(css.len());
    let mut rest = css;
    let mut quote = None;
    while let Some(character) = rest.chars().next() {
        if quote.is_none() && rest.starts_with("/*") {
            rest = rest.split_once("*/").map_or("", |(_, after)| after);
            continue;
        }
        match quote {
            Some(open) if open == character => quote = None,
            None if matches!(character, '"' | '\'') => quote = Some(character),
            _ => {}
        }
        kept.push(character);
        rest = &rest[character.len_utf8()..];
    }
    kept.lines().map(str::trim).filter(|line| !line.is_empty()).map(|line| format!("{line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::tidy;

    #[test]
    fn comments_go_and_strings_stay() {
        let css = "/* one\n two */\n.a {\n  content: \"/* kept */\"; /* gone */\n\n}\n";
        assert_eq!(tidy(css), ".a {\ncontent: \"/* kept */\";\n}\n");
    }
}
