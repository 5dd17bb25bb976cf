//! Estimates which crate the code of the page comes from, by the names of the compiled functions.

use anyhow::Result;
use std::collections::{BTreeMap, HashMap};
use wasmparser::{KnownCustom, Name, Parser, Payload, TypeRef};

/// Bytes of code by crate, the largest first, in a module that still has its names.
///
/// Inlined code counts for the function it ended up in, so this shows proportions and no exact sizes.
pub fn by_crate(module: &[u8]) -> Result<Vec<(String, usize)>> {
    let mut imported = 0;
    let mut sizes = Vec::new();
    let mut names: HashMap<u32, &str> = HashMap::new();
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_) | TypeRef::FuncExact(_)));
                }
            }
            Payload::CodeSectionEntry(body) => sizes.push(body.range().len()),
            Payload::CustomSection(section) => {
                let KnownCustom::Name(subsections) = section.as_known() else { continue };
                for subsection in subsections {
                    let Name::Function(functions) = subsection? else { continue };
                    for function in functions {
                        let function = function?;
                        names.insert(function.index, function.name);
                    }
                }
            }
            _ => {}
        }
    }
    let mut total: BTreeMap<String, usize> = BTreeMap::new();
    for (index, size) in (imported..).zip(sizes) {
        let name = names.get(&index).map_or("unnamed".into(), |name| crate_of(name));
        *total.entry(name).or_default() += size;
    }
    let mut sorted: Vec<(String, usize)> = total.into_iter().collect();
    sorted.sort_by_key(|(_, size)| std::cmp::Reverse(*size));
    Ok(sorted)
}

/// The crate of a function: the first path segment of its own path, or of the type whose trait it implements.
fn crate_of(symbol: &str) -> String {
    let name = format!("{:#}", rustc_demangle::demangle(symbol));
    let path = name.trim_start_matches(['<', '&', '*', '[', '(']);
    let path = ["mut ", "const ", "dyn "].iter().fold(path, |path, word| path.trim_start_matches(word));
    let Some((first, _)) = path.split_once("::") else { return "other".to_owned() };
    // `<char>::method` belongs to core; `<T as wasm_bindgen::Trait>::method` to the crate of the trait.
    let first = first.rsplit(" as ").next().unwrap_or(first);
    let known = first.chars().all(|character| character.is_ascii_alphanumeric() || character == '_');
    if known { first.to_owned() } else { "core".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::crate_of;

    #[test]
    fn a_symbol_belongs_to_the_crate_of_its_path() {
        assert_eq!(crate_of("_ZN3yew4html9component5scope3new17h0123456789abcdefE"), "yew");
        assert_eq!(crate_of("<&mut yew::Html as core::fmt::Debug>::fmt"), "yew");
        assert_eq!(crate_of("<T as wasm_bindgen::Upcast>::upcast"), "wasm_bindgen");
        assert_eq!(crate_of("<char>::escape_debug"), "core");
        assert_eq!(crate_of("memcpy"), "other");
    }
}
