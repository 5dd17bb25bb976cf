//! Takes out of the module what only developers would read: panics become traps, which the page notices in the same
//! way (what runs ends with an error), and the largest `Debug` functions, which only panics call, write nothing.
//!
//! The words, the places in the source and the code that puts them together are 5 % of the page. The standard library
//! comes compiled, so they can only be taken out here. Every check stays; all other builds, tests among them, still
//! say what went wrong.

use crate::split::LINKER_SECTIONS;
use anyhow::{Context, Result};
use std::collections::{HashMap, HashSet};
use walrus::ir::{Const, Instr, InstrSeq, Unreachable, Value, VisitorMut, dfs_pre_order_mut};
use walrus::{ConstExpr, DataKind, FunctionId, LocalFunction, Module};

/// Functions that end the program and cannot be told by their code, since it has branches. Functions that lead
/// straight to one of them follow by themselves.
const FATAL: [&str; 5] = [
    "__rustc::rust_begin_unwind",
    "alloc::alloc::handle_alloc_error",
    "console_error_panic_hook::hook",
    "core::slice::index::slice_index_fail",
    "core::str::slice_error_fail",
];

/// Functions that write a value as developers read it.
const DEBUG: [&str; 2] = ["<char as core::fmt::Debug>::fmt", "<wasm_bindgen::JsValue as core::fmt::Debug>::fmt"];

/// What they return: that all went well.
const WRITTEN: Const = Const { value: Value::I32(0) };

/// The module without panics. It must come with the names of its functions.
pub fn set(module: &[u8]) -> Result<Vec<u8>> {
    let mut module = Module::from_buffer(module)?;
    let fatal = fatal(&module)?;
    let silent = named(&module, &DEBUG)?;
    for (id, function) in module.funcs.iter_local_mut() {
        let entry = function.entry_block();
        if silent.contains(&id) {
            function.block_mut(entry).instrs = vec![(WRITTEN.into(), Default::default())];
        } else if fatal.contains(&id) {
            trap_at(function.block_mut(entry), 0);
        } else {
            dfs_pre_order_mut(&mut Cut { fatal: &fatal }, function, entry);
        }
    }
    blank_locations(&mut module);
    for section in LINKER_SECTIONS {
        module.customs.remove_raw(section);
    }
    Ok(module.emit_wasm())
}

/// The functions with these names.
fn named(module: &Module, names: &[&str]) -> Result<HashSet<FunctionId>> {
    let mut found = HashMap::new();
    for function in module.funcs.iter() {
        let symbol = function.name.as_deref().unwrap_or_default();
        found.insert(format!("{:#}", rustc_demangle::demangle(symbol)), function.id());
    }
    let find = |name: &&str| {
        let id = found.get(*name).copied();
        id.with_context(|| format!("the module has no function `{name}`: does another Rust have another name for it?"))
    };
    names.iter().map(find).collect()
}

/// All functions that do nothing but panic.
fn fatal(module: &Module) -> Result<HashSet<FunctionId>> {
    let mut fatal = named(module, &FATAL)?;
    loop {
        let more = module.funcs.iter_local().filter(|(id, function)| !fatal.contains(id) && leads_to(function, &fatal));
        let more: Vec<FunctionId> = more.map(|(id, _)| id).collect();
        if more.is_empty() {
            return Ok(fatal);
        }
        fatal.extend(more);
    }
}

/// Whether a function comes to a fatal call whatever happens.
fn leads_to(function: &LocalFunction, fatal: &HashSet<FunctionId>) -> bool {
    let body = &function.block(function.entry_block()).instrs;
    let mut body = body.iter().map(|(instr, _)| instr).skip_while(|instr| is_plain(instr));
    body.next().is_some_and(|instr| is_call_of(instr, fatal))
}

/// Ends every sequence at its first fatal call.
struct Cut<'a> {
    fatal: &'a HashSet<FunctionId>,
}

impl VisitorMut for Cut<'_> {
    fn start_instr_seq_mut(&mut self, sequence: &mut InstrSeq) {
        let Some(call) = sequence.instrs.iter().position(|(instr, _)| is_call_of(instr, self.fatal)) else { return };
        // What only prepares the call goes with it.
        let before = sequence.instrs[..call].iter().rposition(|(instr, _)| !is_plain(instr));
        trap_at(sequence, before.map_or(0, |before| before + 1));
    }
}

/// Ends a sequence with a trap. Whatever then lies on the stack is allowed to: nothing is reached any more.
fn trap_at(sequence: &mut InstrSeq, position: usize) {
    sequence.instrs.truncate(position + 1);
    sequence.instrs[position].0 = Instr::Unreachable(Unreachable {});
}

fn is_call_of(instr: &Instr, functions: &HashSet<FunctionId>) -> bool {
    matches!(instr, Instr::Call(call) if functions.contains(&call.func))
}

/// Whether an instruction does no more than to compute and to remember.
fn is_plain(instr: &Instr) -> bool {
    use Instr::*;
    matches!(
        instr,
        Const(_)
            | LocalGet(_)
            | LocalSet(_)
            | LocalTee(_)
            | GlobalGet(_)
            | GlobalSet(_)
            | Load(_)
            | Store(_)
            | Unop(_)
            | Binop(_)
            | Select(_)
            | Drop(_)
    )
}

/// The size of a `core::panic::Location`: the address and the length of a path, line and column.
const LOCATION: usize = 16;

/// Blanks the places in the source, which only panics would name. Zeros take next to no room.
fn blank_locations(module: &mut Module) {
    let segments: Vec<_> = module.data.iter().map(|data| data.id()).collect();
    for id in segments {
        let data = module.data.get_mut(id);
        let DataKind::Active { offset: ConstExpr::Value(Value::I32(base)), .. } = data.kind else { continue };
        let mut blank = Vec::new();
        for (word, location) in data.value.windows(LOCATION).enumerate().step_by(4) {
            let number = |at: usize| u32::from_le_bytes([0, 1, 2, 3].map(|byte| location[at + byte])) as usize;
            let Some(start) = number(0).checked_sub(base as usize) else { continue };
            let path = start..start.saturating_add(number(4));
            if data.value.get(path.clone()).is_some_and(|path| path.ends_with(b".rs")) {
                blank.extend([word..word + LOCATION, path]);
            }
        }
        for range in blank {
            data.value[range].fill(0);
        }
    }
}
