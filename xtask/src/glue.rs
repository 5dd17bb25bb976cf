//! The JavaScript glue as wasm-bindgen generates it, made shorter.

use anyhow::{Result, ensure};
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
    use super::tidy;

    #[test]
    fn indentation_and_comments_go() {
        let glue = "let a = 1;\n\n    // one\n    let b = `// ${a}`;\n";
        assert_eq!(tidy(glue).unwrap(), "let a = 1;\nlet b = `// ${a}`;\n");
        assert!(tidy("let a = `\n  b`;\n").is_err());
    }
}
