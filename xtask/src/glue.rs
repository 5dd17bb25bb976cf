//! The JavaScript glue as wasm-bindgen generates it, made shorter.

use anyhow::{Context, Result, ensure};
use walrus::Module;

/// Gives the functions that the module takes from the glue short names, in both. The generated ones end in a hash,
/// which no compression can shorten.
pub fn shorten_imports(glue: &mut String, module: &mut Module) -> Result<()> {
    for (number, import) in module.imports.iter_mut().enumerate() {
        let (long, short) = (format!("{}: function", import.name), format!("f{number}"));
        ensure!(glue.matches(&long).count() == 1, "zooscope.js must define `{}` once", import.name);
        *glue = glue.replacen(&long, &format!("{short}: function"), 1);
        import.name = short;
    }
    Ok(())
}

/// How the glue ends; the single-file page, where nothing is imported, has something else there.
pub const EXPORT: &str = "export { start as default };\n";

/// Where the generated loader begins, and what it ends with.
const LOADER: &str = "async function __wbg_load(";
const LOADER_END: &str = "export { initSync, __wbg_init as default };\n";

/// What takes its place. boot.js has fetched, unpacked and compiled the module already.
const START: &str = "async function start(module) {
__wbg_finalize_init(await WebAssembly.instantiate(module, __wbg_get_imports()), module);
}
";

/// Takes the loader out of tidied glue, with its ways to fetch that the page does not go, and exports `start`.
pub fn shorten_loader(glue: &str) -> Result<String> {
    let loader = glue.split_once(LOADER).filter(|(_, loader)| loader.ends_with(LOADER_END));
    let (functions, _) = loader.context("zooscope.js no longer ends in the loader that wasm-bindgen used to write")?;
    Ok(format!("{functions}{START}{EXPORT}"))
}

/// Drops indentation, empty lines and comments that fill a line.
pub fn tidy(glue: &str) -> Result<String> {
    // A text over several lines would lose its indentation, too.
    let open = glue.lines().find(|line| line.matches('`').count() % 2 == 1);
    ensure!(open.is_none(), "zooscope.js has a text of several lines: {}", open.unwrap_or_default());
    let lines = glue.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
    Ok(lines.map(|line| format!("{line}\n")).collect())
}

#[cfg(test)]
mod tests {
    use super::{LOADER_END, shorten_loader, tidy};

    #[test]
    fn only_the_loader_goes() {
        let glue = format!("let a = 1;\nasync function __wbg_load(module) {{\n}}\n{LOADER_END}");
        let short = shorten_loader(&glue).unwrap();
        assert!(short.starts_with("let a = 1;\nasync function start(module) {"), "{short}");
        assert!(!short.contains("__wbg_load"), "{short}");
        assert!(shorten_loader("let a = 1;\n").is_err());
        assert!(shorten_loader(&format!("{glue}let more = 1;\n")).is_err());
    }

    #[test]
    fn indentation_and_comments_go() {
        let glue = "let a = 1;\n\n    // one\n    let b = `// ${a}`;\n";
        assert_eq!(tidy(glue).unwrap(), "let a = 1;\nlet b = `// ${a}`;\n");
        assert!(tidy("let a = `\n  b`;\n").is_err());
    }
}
