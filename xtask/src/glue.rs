//! The JavaScript glue as wasm-bindgen generates it, made shorter.

use crate::split;
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

/// What takes its place. boot.js has fetched, unpacked and compiled the first module already. It gives the rest at once,
/// or when the first module calls for it, or to the function that it gets in return.
const START: &str = "async function start(module, restAtOnce, restNow, failed) {
const imports = __wbg_get_imports();
const joined = () => { first.exports.%JOINED%.value = 1; };
imports['%GLUE%'].%JOIN% = () => {
try {
new WebAssembly.Instance(new WebAssembly.Module(restNow()), imports);
joined();
} catch (error) {
failed(error);
throw error;
}
};
const first = await WebAssembly.instantiate(module, imports);
imports['%SEAM%'] = first.exports;
const join = async (rest) => { await WebAssembly.instantiate(rest, imports); joined(); };
if (restAtOnce) await join(restAtOnce);
__wbg_finalize_init(first, module);
return join;
}
";

/// Takes the loader out of tidied glue, with its ways to fetch that the page does not go, and exports `start`.
pub fn shorten_loader(glue: &str, seam: &str) -> Result<String> {
    let loader = glue.split_once(LOADER).filter(|(_, loader)| loader.ends_with(LOADER_END));
    let (functions, _) = loader.context("zooscope.js no longer ends in the loader that wasm-bindgen used to write")?;
    let names = [("%JOINED%", split::JOINED), ("%GLUE%", split::GLUE), ("%JOIN%", split::JOIN), ("%SEAM%", seam)];
    let start = names.iter().fold(START.to_owned(), |start, (mark, name)| start.replace(mark, name));
    Ok(format!("{functions}{start}{EXPORT}"))
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
        let short = shorten_loader(&glue, "seam").unwrap();
        assert!(short.starts_with("let a = 1;\nasync function start(module, "), "{short}");
        assert!(!short.contains("__wbg_load") && !short.contains('%'), "{short}");
        assert!(shorten_loader("let a = 1;\n", "seam").is_err());
        assert!(shorten_loader(&format!("{glue}let more = 1;\n"), "seam").is_err());
    }

    #[test]
    fn indentation_and_comments_go() {
        let glue = "let a = 1;\n\n    // one\n    let b = `// ${a}`;\n";
        assert_eq!(tidy(glue).unwrap(), "let a = 1;\nlet b = `// ${a}`;\n");
        assert!(tidy("let a = `\n  b`;\n").is_err());
    }
}
