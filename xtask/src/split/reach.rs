//! What must come first: everything that can run, or be read, before the rest is there.

use super::links::{Addresses, Links};
use super::{Rules, Whole, rules};
use anyhow::{Result, ensure};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;
use walrus::ExportItem;

/// What comes later.
pub struct Late {
    /// Functions by their numbers.
    pub functions: BTreeSet<usize>,
    /// Where constants are in memory that only these functions refer to.
    pub data: Vec<Range<u32>>,
}

/// Finds what comes later: the functions that the rules tell, and all functions and constants that only they lead to.
pub fn late(whole: &Whole, links: &Links, rules: &Rules) -> Result<Late> {
    let waiting: HashSet<usize> = (0..whole.functions.len())
        .filter(|function| whole.is_local(*function) && rules.tell(&rules::name(whole.symbol(*function))))
        .collect();
    let graph = Graph::of(whole, links);
    let mut roots: Vec<usize> = exported(whole).collect();
    // The glue calls exports without asking whether the rest is there; stand-ins would do, but none is worth it.
    ensure!(roots.iter().all(|function| !waiting.contains(function)), "the rules name a function that is exported");
    roots.extend(whole.module.start.map(|id| whole.numbers[&id]));
    // Of what wasm-bindgen has added to the table the linker knows nothing.
    let unknown = |(_, function): (u32, usize)| (!links.knows(whole.symbol(function))).then_some(function);
    roots.extend(whole.pointed_to()?.into_iter().filter_map(unknown));

    let first = graph.reach(roots, &waiting);
    let functions: BTreeSet<usize> = (0..whole.functions.len())
        .filter(|function| whole.is_local(*function) && !first.functions.contains(function))
        .collect();
    ensure!(!functions.is_empty(), "nothing comes later: are these rules for another version of the compiler?");
    let rest = graph.reach(functions.iter().copied().collect(), &HashSet::new());
    let only = rest.pieces.difference(&first.pieces).map(|piece| links.pieces[*piece].range.clone());
    let needed = first.pieces.iter().map(|piece| links.pieces[*piece].range.clone());
    Ok(Late { functions, data: without(only, needed) })
}

/// The functions that the glue calls by name.
fn exported(whole: &Whole) -> impl Iterator<Item = usize> {
    whole.module.exports.iter().filter_map(|export| match export.item {
        ExportItem::Function(id) => Some(whole.numbers[&id]),
        _ => None,
    })
}

/// What leads to what, by calls and by addresses.
struct Graph<'a> {
    whole: &'a Whole,
    links: &'a Links,
    by_symbol: HashMap<&'a str, usize>,
}

/// What can be reached.
struct Reached {
    functions: HashSet<usize>,
    pieces: HashSet<usize>,
}

impl<'a> Graph<'a> {
    fn of(whole: &'a Whole, links: &'a Links) -> Self {
        let by_symbol = (0..whole.functions.len()).map(|function| (whole.symbol(function), function)).collect();
        Graph { whole, links, by_symbol }
    }

    /// What the functions lead to, themselves included, on ways that do not come through `waiting`.
    fn reach(&self, mut functions: Vec<usize>, waiting: &HashSet<usize>) -> Reached {
        let mut reached = Reached { functions: HashSet::new(), pieces: HashSet::new() };
        let mut pieces: Vec<usize> = Vec::new();
        loop {
            let addresses: Option<&Addresses> = if let Some(function) = functions.pop() {
                if waiting.contains(&function) || !reached.functions.insert(function) {
                    continue;
                }
                functions.extend(self.whole.called_by(function));
                self.links.functions.get(self.whole.symbol(function))
            } else if let Some(piece) = pieces.pop() {
                if !reached.pieces.insert(piece) {
                    continue;
                }
                Some(&self.links.pieces[piece].refers_to)
            } else {
                return reached;
            };
            if let Some(addresses) = addresses {
                pieces.extend(&addresses.pieces);
                functions.extend(addresses.functions.iter().filter_map(|symbol| self.by_symbol.get(symbol.as_str())));
            }
        }
    }
}

/// The bytes of some ranges that are in none of the others, as ranges in order.
fn without(ranges: impl Iterator<Item = Range<u32>>, others: impl Iterator<Item = Range<u32>>) -> Vec<Range<u32>> {
    let mut bytes: BTreeSet<u32> = ranges.flatten().collect();
    for byte in others.flatten() {
        bytes.remove(&byte);
    }
    let mut joined: Vec<Range<u32>> = Vec::new();
    for byte in bytes {
        match joined.last_mut() {
            Some(last) if last.end == byte => last.end += 1,
            _ => joined.push(byte..byte + 1),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_two_share_belongs_to_the_first() {
        let without = super::without([10..20, 30..40, 20..22].into_iter(), [12..14, 35..50].into_iter());
        assert_eq!(without, [10..12, 14..22, 30..35]);
    }
}
