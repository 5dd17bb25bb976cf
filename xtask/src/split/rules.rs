//! Which functions wait: all whose names begin as a line of `web/later.txt` says.

use crate::workspace;
use anyhow::Result;
use std::collections::{BTreeMap, BTreeSet};

/// The file with the rules, below the workspace.
pub const FILE: &str = "web/later.txt";

/// What stands above the rules.
const HEAD: &str = "\
# What the first lesson does not run, by the beginnings of the functions' names. `cargo xtask later` finds it out in the
# browser and writes this file. All else comes with the first view, so code that is new needs no line here.
";

/// A beginning that tells less than this much code is not worth a line.
const WORTH: usize = 120;

/// Beginnings of names.
#[derive(Debug, Default)]
pub struct Rules(BTreeSet<String>);

impl Rules {
    /// Reads the rules of the workspace.
    pub fn read() -> Result<Rules> {
        Ok(Rules::parse(&workspace::read_text(&workspace::root().join(FILE))?))
    }

    fn parse(text: &str) -> Rules {
        Rules(text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect())
    }

    /// The fewest rules that tell functions that did not run from those that did: names, sizes, whether they ran.
    pub fn telling<'a>(functions: impl Iterator<Item = (&'a str, usize, bool)> + Clone) -> Rules {
        let ran: BTreeSet<&str> =
            functions.clone().filter(|(.., ran)| *ran).flat_map(|(name, ..)| beginnings(name)).collect();
        let mut worth: BTreeMap<&str, usize> = BTreeMap::new();
        for (name, size, _) in functions.filter(|(.., ran)| !ran) {
            if let Some(shortest) = beginnings(name).find(|beginning| !ran.contains(beginning)) {
                *worth.entry(shortest).or_default() += size;
            }
        }
        Rules(worth.into_iter().filter(|(_, size)| *size >= WORTH).map(|(rule, _)| rule.to_owned()).collect())
    }

    /// The file of these rules.
    pub fn format(&self) -> String {
        self.0.iter().fold(HEAD.to_owned(), |text, rule| format!("{text}{rule}\n"))
    }

    /// Whether a function waits.
    pub fn tell(&self, name: &str) -> bool {
        beginnings(name).any(|beginning| self.0.contains(beginning))
    }
}

/// The name of a function as its author would write it.
pub fn name(symbol: &str) -> String {
    format!("{:#}", rustc_demangle::demangle(symbol))
}

/// All beginnings of a name that end where a word ends, the shortest first, and the name itself last.
fn beginnings(name: &str) -> impl Iterator<Item = &str> {
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    let ends = name
        .char_indices()
        .zip(name.chars().skip(1))
        .filter(move |((_, this), next)| is_word(*this) && !is_word(*next));
    ends.map(|((at, this), _)| &name[..at + this.len_utf8()]).chain([name])
}

#[cfg(test)]
mod tests {
    use super::{Rules, beginnings};

    #[test]
    fn rules_tell_what_ran_from_what_did_not() {
        let functions = [
            ("a::b::one", 500, true),
            ("a::b::two", 500, false),
            ("a::b::two_more", 500, true),
            ("a::c::three", 100, false),
            ("a::c::four", 100, false),
            ("d", 10, false),
        ];
        let rules = Rules::telling(functions.into_iter());
        assert_eq!(rules.format().lines().skip(2).collect::<Vec<_>>(), ["a::b::two", "a::c"]);
        let told: Vec<&str> = functions.iter().map(|(name, ..)| *name).filter(|name| rules.tell(name)).collect();
        assert_eq!(told, ["a::b::two", "a::c::three", "a::c::four"]);
        assert!(rules.tell("a::c::new") && !rules.tell("a::b::new") && !rules.tell("a::cc"));
        assert_eq!(Rules::parse(&rules.format()).format(), rules.format());
    }

    #[test]
    fn names_begin_with_whole_words() {
        let all: Vec<&str> = beginnings("<a::B as c>::d").collect();
        assert_eq!(all, ["<a", "<a::B", "<a::B as", "<a::B as c", "<a::B as c>::d"]);
    }
}
