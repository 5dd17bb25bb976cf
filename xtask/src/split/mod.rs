//! Splits the module in two: what the first lesson runs comes first, and the rest while the learner reads.
//!
//! | where | what |
//! | --- | --- |
//! | `rules` | which functions the first lesson does not run: `web/later.txt` |
//! | `links` | what refers to what by address, as the linker knows it |
//! | `reach` | what must come first, for everything that can run before the rest is there |
//! | `halves` | the two modules |
//!
//! In the first module every function of the rest that is called or pointed to leaves a stand-in. That has the rest
//! joined if this has not happened yet, and then calls the function by its place in the table. The rest takes memory,
//! tables, globals and all other functions from the first module, and puts its own functions into those places, and
//! its data where they were.
//!
//! So both together do what the whole did, whenever the rest arrives, and whatever the rules say. That the first lesson
//! runs without the rest is a matter of speed alone; `tests/e2e/rest.test.mjs` watches it.

mod halves;
mod links;
mod reach;
mod rules;

use anyhow::{Context, Result, bail};
use flate2::Crc;
use halves::Half;
use links::Links;
use std::collections::HashMap;
use walrus::ir::{Value, Visitor, dfs_in_order};
use walrus::{ConstExpr, ElementItems, ElementKind, FunctionId, FunctionKind, Module, TableId};

pub use halves::{GLUE, JOIN, JOINED};
pub use rules::{FILE, Rules, name};

/// The sections that only the linker and [`split`] need, and that are wrong once the module has changed.
pub const LINKER_SECTIONS: [&str; 3] = ["linking", "reloc.CODE", "reloc.DATA"];

/// A module in two, both with the names of their functions.
pub struct Parts {
    pub first: Vec<u8>,
    pub rest: Vec<u8>,
    /// What the rest calls the first module. It differs from build to build, so that halves of two builds, which would
    /// make nonsense of each other's memory, do not join.
    pub seam: String,
}

/// Splits a module that comes with the symbols of its functions. `linked` is what the linker made, relocations
/// included; `module` is the same with all changes since.
pub fn split(linked: &[u8], module: &[u8], rules: &Rules) -> Result<Parts> {
    let links = Links::read(linked)?;
    let mut crc = Crc::new();
    crc.update(module);
    let seam = format!("{:08x}", crc.sum());
    let whole = Whole::read(module)?;
    let late = reach::late(&whole, &links, rules)?;
    let mut first = Half::of(whole, seam.clone());
    let mut rest = Half::of(Whole::read(module)?, seam.clone());
    let places = first.leave_stand_ins(&late)?;
    first.blank(&late);
    rest.keep(&late, &places)?;
    first.export_for(&rest)?;
    Ok(Parts { first: first.emit(), rest: rest.emit(), seam })
}

/// A module whose functions have numbers. Ids belong to one copy of a module; the numbers are the same in every one.
struct Whole {
    module: Module,
    functions: Vec<FunctionId>,
    numbers: HashMap<FunctionId, usize>,
    /// The table of functions that are called by place.
    table: TableId,
}

impl Whole {
    fn read(module: &[u8]) -> Result<Whole> {
        let module = Module::from_buffer(module)?;
        let functions: Vec<FunctionId> = module.funcs.iter().map(|function| function.id()).collect();
        let numbers = functions.iter().enumerate().map(|(number, id)| (*id, number)).collect();
        let table = module.tables.main_function_table()?.context("the module has no table of functions")?;
        Ok(Whole { module, functions, numbers, table })
    }

    /// The symbol of a function.
    fn symbol(&self, function: usize) -> &str {
        self.module.funcs.get(self.functions[function]).name.as_deref().unwrap_or_default()
    }

    /// Whether a function is part of the module, and not taken from the glue.
    fn is_local(&self, function: usize) -> bool {
        matches!(self.module.funcs.get(self.functions[function]).kind, FunctionKind::Local(_))
    }

    /// The functions that a function calls.
    fn called_by(&self, function: usize) -> Vec<usize> {
        let mut called = Called::default();
        if let FunctionKind::Local(function) = &self.module.funcs.get(self.functions[function]).kind {
            dfs_in_order(&mut called, function, function.entry_block());
        }
        called.functions.iter().map(|id| self.numbers[id]).collect()
    }

    /// The functions in the table, by their places.
    fn pointed_to(&self) -> Result<Vec<(u32, usize)>> {
        let mut places = Vec::new();
        for element in self.module.elements.iter() {
            let ElementKind::Active { table, offset } = &element.kind else { continue };
            if *table != self.table {
                continue;
            }
            let ConstExpr::Value(Value::I32(offset)) = offset else {
                bail!("functions have no fixed place in the table")
            };
            let ElementItems::Functions(functions) = &element.items else {
                bail!("the table holds more than functions")
            };
            places.extend((u32::try_from(*offset)?..).zip(functions.iter().map(|id| self.numbers[id])));
        }
        Ok(places)
    }
}

#[derive(Default)]
struct Called {
    functions: Vec<FunctionId>,
}

impl Visitor<'_> for Called {
    fn visit_function_id(&mut self, function: &FunctionId) {
        self.functions.push(*function);
    }
}
