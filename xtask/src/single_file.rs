//! The whole page in one file that opens by double click, without a server and without a network.
//!
//! A page from `file://` may not import modules, so the generated glue and the boot script become inline modules
//! that import nothing, and the WebAssembly modules and the text assets become inert data blocks.

use crate::{glue, pack, workspace};
use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use std::fs;
use std::path::Path;

/// The file's name in the build.
pub const NAME: &str = "zooscope.html";

/// The lines of index.html that fetch something which the single file contains or does not need.
const DROPPED: [&str; 3] = [
    r#"<link rel="manifest" href="manifest.webmanifest">"#,
    r#"<link rel="modulepreload" href="zooscope.js">"#,
    r#"<link rel="preload" href="zooscope.lzma" as="fetch" crossorigin>"#,
];
const STYLE: &str = r#"<link rel="stylesheet" href="zooscope.css">"#;
const SCRIPT: &str = r#"<script type="module" src="boot.js" blocking="render"></script>"#;
const SCRIPT_POLICY: &str = "script-src 'self'";
const STYLE_POLICY: &str = "style-src 'self'";

/// Puts a finished build together into one more file of it.
pub fn write(dist: &Path) -> Result<()> {
    let style = workspace::read_text(&dist.join("zooscope.css"))?;
    let boot = workspace::read_text(&dist.join("boot.js"))?;
    let glue = inline_glue(&workspace::read_text(&dist.join("zooscope.js"))?)?;
    let assets = assets(&dist.join("assets"))?;
    for (name, text) in [("zooscope.js", &glue), ("boot.js", &boot)] {
        ensure_inlinable(name, text)?;
    }
    ensure!(!style.contains("</style"), "the style sheet contains `</style`");

    let mut html = workspace::read_text(&dist.join("index.html"))?;
    for line in DROPPED {
        replace(&mut html, &format!("{line}\n"), "")?;
    }
    replace(&mut html, STYLE, &format!("<style>{style}</style>"))?;
    // Inline modules run when the document is complete, so they find the blocks that follow them.
    let scripts = [&glue, &boot].map(|text| format!("<script type=\"module\" blocking=\"render\">{text}</script>"));
    replace(&mut html, SCRIPT, &scripts.join("\n"))?;
    let mut blocks = String::new();
    for name in [pack::FIRST, pack::REST] {
        let packed = fs::read(dist.join(name)).with_context(|| format!("the build has no {name}"))?;
        blocks += &block(&format!("id=\"{name}\""), &STANDARD.encode(packed));
    }
    blocks += &assets;
    replace(&mut html, "</body>", &format!("{blocks}</body>"))?;
    replace(&mut html, SCRIPT_POLICY, &format!("script-src {} {}", source(&glue), source(&boot)))?;
    replace(&mut html, STYLE_POLICY, &format!("style-src {}", source(&style)))?;
    workspace::write(&dist.join(NAME), html)
}

/// The generated module as an inline one: its exports reach nobody there, so the start function becomes a global.
fn inline_glue(module: &str) -> Result<String> {
    let functions = module.strip_suffix(glue::EXPORT).context("zooscope.js no longer exports the start function")?;
    Ok(format!("{functions}globalThis.zooscopeStart = start;\n"))
}

/// Every text asset as a data block under its path below `assets/`.
fn assets(folder: &Path) -> Result<String> {
    let mut blocks = String::new();
    for (path, name) in workspace::files(folder)? {
        let text = workspace::read_text(&path)?;
        ensure_inlinable(&name, &text)?;
        blocks.push_str(&block(&format!("data-asset=\"{name}\""), &text));
    }
    Ok(blocks)
}

/// A block that the browser keeps as text and never runs.
fn block(attribute: &str, text: &str) -> String {
    format!("<script type=\"text/plain\" {attribute}>{text}</script>\n")
}

/// Refuses text that would end or change the script element around it.
fn ensure_inlinable(name: &str, text: &str) -> Result<()> {
    let lower = text.to_ascii_lowercase();
    for mark in ["</script", "<script", "<!--"] {
        ensure!(!lower.contains(mark), "{name} contains `{mark}` and cannot be put into the single file");
    }
    Ok(())
}

/// The Content-Security-Policy source that allows exactly this inline text.
fn source(text: &str) -> String {
    // The HTML parser normalises line ends before the browser hashes the text.
    let digest = Sha256::digest(text.replace("\r\n", "\n"));
    format!("'sha256-{}'", STANDARD.encode(digest))
}

/// Replaces what must be in the text exactly once, so that an edit of index.html cannot silently break this file.
fn replace(text: &mut String, from: &str, to: &str) -> Result<()> {
    let count = text.matches(from).count();
    ensure!(count == 1, "index.html must contain `{}` once, not {count} times", from.trim());
    *text = text.replacen(from, to, 1);
    Ok(())
}
