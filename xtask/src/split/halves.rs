//! The two modules.

use super::Whole;
use super::reach::Late;
use anyhow::{Result, bail};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use walrus::ir::{CallIndirect, UnaryOp, Value};
use walrus::{
    ConstExpr, DataKind, ElementItems, ElementKind, ExportItem, FunctionBuilder, FunctionId, FunctionKind, GlobalId,
    GlobalKind, ImportKind, ImportedFunction, LocalId, MemoryId, TableId, ValType,
};

/// Where the module finds what it takes from the glue.
pub const GLUE: &str = "./zooscope_bg.js";

/// The function of the glue that joins the rest, at once.
pub const JOIN: &str = "join";

/// The exported global that says whether the rest is there.
pub const JOINED: &str = "joined";

/// Places in the table, by the functions of the rest that belong there.
pub type Places = BTreeMap<usize, Vec<u32>>;

/// A copy of the module on its way to one of the two.
pub struct Half {
    whole: Whole,
    seam: String,
    globals: Vec<GlobalId>,
    memories: Vec<MemoryId>,
    tables: Vec<TableId>,
}

impl Half {
    pub fn of(whole: Whole, seam: String) -> Half {
        let globals = whole.module.globals.iter().map(|global| global.id()).collect();
        let memories = whole.module.memories.iter().map(|memory| memory.id()).collect();
        let tables = whole.module.tables.iter().map(|table| table.id()).collect();
        Half { whole, seam, globals, memories, tables }
    }

    /// Puts a stand-in for every function of the rest that anything here calls or points to.
    pub fn leave_stand_ins(&mut self, late: &Late) -> Result<Places> {
        let mut places = Places::new();
        for (place, function) in self.whole.pointed_to()? {
            if late.functions.contains(&function) {
                places.entry(function).or_default().push(place);
            }
        }
        let stays = (0..self.whole.functions.len()).filter(|function| !late.functions.contains(function));
        let called: BTreeSet<usize> = stays.flat_map(|function| self.whole.called_by(function)).collect();
        let mut size = u32::try_from(self.whole.module.tables.get(self.whole.table).initial)?;
        for function in called.intersection(&late.functions) {
            places.entry(*function).or_insert_with(|| {
                size += 1;
                vec![size - 1]
            });
        }
        let table = self.whole.module.tables.get_mut(self.whole.table);
        table.initial = size.into();
        table.maximum = table.maximum.map(|maximum| maximum.max(size.into()));
        let ensure_rest = self.ensure_rest();
        for (function, places) in &places {
            self.stand_in(*function, places[0], ensure_rest)?;
        }
        Ok(places)
    }

    /// Adds the function that has the rest joined if it is not there yet.
    fn ensure_rest(&mut self) -> FunctionId {
        let module = &mut self.whole.module;
        let nothing = module.types.add(&[], &[]);
        let (join, _) = module.add_import_func(GLUE, JOIN, nothing);
        let no = ConstExpr::Value(Value::I32(0));
        let joined = module.globals.add_local(ValType::I32, true, false, no);
        module.exports.add(JOINED, joined);
        let mut function = FunctionBuilder::new(&mut module.types, &[], &[]);
        function.name("ensure_rest".into());
        let mut body = function.func_body();
        let call_join = |then: &mut walrus::InstrSeqBuilder| {
            then.call(join);
        };
        body.global_get(joined).unop(UnaryOp::I32Eqz).if_else(None, call_join, |_| {});
        function.finish(vec![], &mut module.funcs)
    }

    fn stand_in(&mut self, function: usize, place: u32, ensure_rest: FunctionId) -> Result<()> {
        let module = &mut self.whole.module;
        let id = self.whole.functions[function];
        let ty = module.funcs.get(id).ty();
        let (parameters, results) = module.types.params_results(ty);
        let (parameters, results) = (parameters.to_vec(), results.to_vec());
        let locals: Vec<LocalId> = parameters.iter().map(|ty| module.locals.add(*ty)).collect();
        let mut stand_in = FunctionBuilder::new(&mut module.types, &parameters, &results);
        let mut body = stand_in.func_body();
        body.call(ensure_rest);
        for local in &locals {
            body.local_get(*local);
        }
        body.i32_const(i32::try_from(place)?).instr(CallIndirect { ty, table: self.whole.table });
        module.funcs.get_mut(id).kind = FunctionKind::Local(stand_in.local_func(locals));
        Ok(())
    }

    /// Takes the data of the rest out. Zeros take no room.
    pub fn blank(&mut self, late: &Late) {
        let module = &mut self.whole.module;
        let segments: Vec<_> = module.data.iter().map(|data| data.id()).collect();
        for id in segments {
            let data = module.data.get_mut(id);
            for (_, within) in parts(&data.kind, data.value.len(), &late.data) {
                data.value[within].fill(0);
            }
        }
    }

    /// Keeps the rest alone: its functions come into their places, and all else that they use from the seam.
    pub fn keep(&mut self, late: &Late, places: &Places) -> Result<()> {
        let module = &mut self.whole.module;
        module.start = None;
        let exports: Vec<_> = module.exports.iter().map(|export| export.id()).collect();
        exports.into_iter().for_each(|id| module.exports.delete(id));
        let elements: Vec<_> = module.elements.iter().map(|element| element.id()).collect();
        elements.into_iter().for_each(|id| module.elements.delete(id));
        let data = self.take_data(late);
        self.import(late);
        let module = &mut self.whole.module;
        for (start, bytes) in data {
            let memory = *self.memories.first().expect("what has data has a memory");
            let offset = ConstExpr::Value(Value::I32(start as i32));
            let data = module.data.add(DataKind::Active { memory, offset }, bytes);
            module.memories.get_mut(memory).data_segments.insert(data);
        }
        for (start, functions) in self.rows(places) {
            let offset = ConstExpr::Value(Value::I32(i32::try_from(start)?));
            let kind = ElementKind::Active { table: self.whole.table, offset };
            let module = &mut self.whole.module;
            let element = module.elements.add(kind, ElementItems::Functions(functions));
            module.tables.get_mut(self.whole.table).elem_segments.insert(element);
        }
        walrus::passes::gc::run(&mut self.whole.module);
        Ok(())
    }

    /// Takes all data out and returns what belongs to the rest, by address.
    fn take_data(&mut self, late: &Late) -> Vec<(u32, Vec<u8>)> {
        let module = &mut self.whole.module;
        let segments: Vec<_> = module.data.iter().map(|data| data.id()).collect();
        let mut taken = Vec::new();
        for id in segments {
            let data = module.data.get(id);
            let parts = parts(&data.kind, data.value.len(), &late.data);
            taken.extend(parts.into_iter().map(|(start, within)| (start, data.value[within].to_vec())));
            module.data.delete(id);
        }
        for id in &self.memories {
            module.memories.get_mut(*id).data_segments.clear();
        }
        taken
    }

    /// Makes imports of everything but the functions of the rest. What is not used is collected afterwards.
    fn import(&mut self, late: &Late) {
        let (module, seam) = (&mut self.whole.module, self.seam.as_str());
        for (number, id) in self.whole.functions.iter().enumerate() {
            let function = module.funcs.get_mut(*id);
            if !late.functions.contains(&number) && matches!(function.kind, FunctionKind::Local(_)) {
                let import = module.imports.add(seam, &format!("f{number}"), *id);
                function.kind = FunctionKind::Import(ImportedFunction { import, ty: function.ty() });
            }
        }
        for (number, id) in self.globals.iter().enumerate() {
            let import = module.imports.add(seam, &format!("g{number}"), *id);
            module.globals.get_mut(*id).kind = GlobalKind::Import(import);
        }
        for (number, id) in self.memories.iter().enumerate() {
            module.memories.get_mut(*id).import = Some(module.imports.add(seam, &format!("m{number}"), *id));
        }
        for (number, id) in self.tables.iter().enumerate() {
            let table = module.tables.get_mut(*id);
            table.import = Some(module.imports.add(seam, &format!("t{number}"), *id));
            // The first module has grown its table by the places of the rest.
            table.maximum = None;
            table.elem_segments.clear();
        }
    }

    /// The functions of the rest in rows of neighbouring places.
    fn rows(&self, places: &Places) -> Vec<(u32, Vec<FunctionId>)> {
        let by_function =
            places.iter().flat_map(|(function, places)| places.iter().map(move |place| (*place, *function)));
        let by_place: BTreeMap<u32, usize> = by_function.collect();
        let mut rows: Vec<(u32, Vec<FunctionId>)> = Vec::new();
        for (place, function) in by_place {
            let id = self.whole.functions[function];
            match rows.last_mut() {
                Some((start, row)) if *start as usize + row.len() == place as usize => row.push(id),
                _ => rows.push((place, vec![id])),
            }
        }
        rows
    }

    /// Exports what the rest takes from the seam.
    pub fn export_for(&mut self, rest: &Half) -> Result<()> {
        let module = &mut self.whole.module;
        for import in rest.whole.module.imports.iter().filter(|import| import.module == self.seam) {
            let number: usize = import.name[1..].parse()?;
            let item = match import.kind {
                ImportKind::Function(_) => ExportItem::Function(self.whole.functions[number]),
                ImportKind::Global(_) => ExportItem::Global(self.globals[number]),
                ImportKind::Memory(_) => ExportItem::Memory(self.memories[number]),
                ImportKind::Table(_) => ExportItem::Table(self.tables[number]),
                ImportKind::Tag(_) => bail!("the module throws exceptions, which cannot be split yet"),
            };
            module.exports.add(&import.name, item);
        }
        walrus::passes::gc::run(module);
        Ok(())
    }

    /// The module, with the names of its functions as people write them: wasm-opt orders the functions by them, and
    /// those of one kind are packed best one after another.
    pub fn emit(mut self) -> Vec<u8> {
        for function in self.whole.module.funcs.iter_mut() {
            function.name = function.name.as_deref().map(super::name);
        }
        self.whole.module.emit_wasm()
    }
}

/// What a data segment has of some ranges of memory: the address of each part, and where it is in the segment.
fn parts(kind: &DataKind, length: usize, ranges: &[Range<u32>]) -> Vec<(u32, Range<usize>)> {
    let DataKind::Active { offset: ConstExpr::Value(Value::I32(base)), .. } = kind else { return Vec::new() };
    let base = *base as u32;
    let within = |range: &Range<u32>| {
        let (start, end) = (range.start.checked_sub(base)? as usize, range.end.checked_sub(base)? as usize);
        (end <= length).then_some((range.start, start..end))
    };
    ranges.iter().filter_map(within).collect()
}
