//! `later`: finds out which functions the first lesson does not run, and writes `web/later.txt`.

use crate::arguments::Arguments;
use crate::e2e::{self, Site};
use crate::split::{self, Rules};
use crate::{page, workspace};
use anyhow::{Context, Result, ensure};
use std::collections::HashSet;
use walrus::ir::{Const, GlobalSet, Value};
use walrus::{ConstExpr, Module, ValType};

/// What the names of the exported notes begin with.
const RAN: &str = "ran ";

/// What reads the notes, at the end of the glue.
const TELL: &str = "globalThis.zooscopeRan = () => Object.entries(wasm)
.filter(([name, note]) => name.startsWith('ran ') && note.value === 1).map(([name]) => Number(name.slice(4)));
";

/// `later`.
pub fn command(arguments: Arguments) -> Result<()> {
    arguments.finish()?;
    let folder = workspace::target().join("watched");
    let mut functions = Vec::new();
    let watch = |module: &[u8]| {
        let (watched, all) = watched(module)?;
        functions = all;
        Ok(watched)
    };
    page::build_watched(&folder, watch, TELL)?;
    println!("Walking through the first lesson.");
    let mut walk = Site::serve_folder(folder)?.node();
    walk.arg(e2e::folder().join("later.mjs"));
    let numbers = workspace::output(&mut walk)?;
    let ran = numbers.lines().map(|line| line.parse().with_context(|| format!("later.mjs printed `{line}`")));
    let ran: HashSet<usize> = ran.collect::<Result<_>>()?;
    ensure!(!ran.is_empty(), "no function has run");
    let told = functions.iter().enumerate().map(|(number, (name, size))| (name.as_str(), *size, ran.contains(&number)));
    let rules = Rules::telling(told);
    workspace::write(&workspace::root().join(split::FILE), rules.format())?;
    println!("{} of {} functions ran; {} says which wait.", ran.len(), functions.len(), split::FILE);
    Ok(())
}

/// A function of the module: its name and the bytes of its code.
type Function = (String, usize);

/// The module with a note for each of its functions, exported by the function's number, and these
/// functions. What the glue calls counts as run.
fn watched(module: &[u8]) -> Result<(Vec<u8>, Vec<Function>)> {
    let mut module = Module::from_buffer(module)?;
    let functions: Vec<_> = module.funcs.iter_local().map(|(id, _)| id).collect();
    let mut described = Vec::new();
    for (number, id) in functions.into_iter().enumerate() {
        let exported = i32::from(module.exports.get_exported_func(id).is_some());
        let note = module.globals.add_local(ValType::I32, true, false, ConstExpr::Value(Value::I32(exported)));
        module.exports.add(&format!("{RAN}{number}"), note);
        let function = module.funcs.get_mut(id);
        let name = split::name(function.name.as_deref().unwrap_or_default());
        let body = function.kind.unwrap_local_mut();
        described.push((name, body.original_range.as_ref().map_or(0, |range| range.len())));
        let entry = body.entry_block();
        let set = [Const { value: Value::I32(1) }.into(), GlobalSet { global: note }.into()];
        body.block_mut(entry).instrs.splice(0..0, set.map(|instr| (instr, Default::default())));
    }
    let no = ConstExpr::Value(Value::I32(0));
    let joined = module.globals.add_local(ValType::I32, true, false, no);
    module.exports.add(split::JOINED, joined);
    Ok((module.emit_wasm(), described))
}
