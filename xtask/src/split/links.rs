//! What refers to what by address, as the linker writes it down with `--emit-relocs`: functions that are pointed to, and
//! pieces of data. The format is <https://github.com/WebAssembly/tool-conventions/blob/main/Linking.md>.

use anyhow::{Context, Result, bail, ensure};
use std::collections::HashMap;
use std::ops::Range;
use wasmparser::{
    CustomSectionReader, DataKind, DataSectionReader, KnownCustom, Linking, Name, Operator, Parser, Payload,
    RelocationEntry, RelocationType, SymbolInfo, TypeRef,
};

/// What a function or a piece of data refers to by address.
#[derive(Debug, Default)]
pub struct Addresses {
    /// Functions by their symbols.
    pub functions: Vec<String>,
    /// Pieces of data by their numbers.
    pub pieces: Vec<usize>,
}

/// A piece of data: a constant, a text, a table of methods, a variable.
#[derive(Debug)]
pub struct Piece {
    /// Where it is in memory; nowhere if it is a variable, which must be there from the first moment.
    pub range: Range<u32>,
    pub refers_to: Addresses,
}

/// All links of a module.
#[derive(Debug)]
pub struct Links {
    /// What functions refer to, by their symbols. All functions are there.
    pub functions: HashMap<String, Addresses>,
    pub pieces: Vec<Piece>,
}

impl Links {
    /// Reads the links of a module as the linker has made it.
    pub fn read(module: &[u8]) -> Result<Links> {
        let linked = Linked::read(module)?;
        let symbols = linked.names.values().map(|symbol| (symbol.to_string(), Addresses::default()));
        let mut links = Links { functions: symbols.collect(), pieces: Vec::new() };
        // Pieces of data by the numbers of their symbols, and where they are in the file.
        let (mut pieces, mut places) = (HashMap::new(), Vec::new());
        for (number, symbol) in linked.symbols.iter().enumerate() {
            let SymbolInfo::Data { symbol: Some(symbol), .. } = symbol else { continue };
            let segment = linked.segments.get(symbol.index as usize).context("a piece of data is in no segment")?;
            let place = segment.place + symbol.offset as usize;
            places.push(place..place + symbol.size as usize);
            pieces.insert(number, links.pieces.len());
            let address = segment.address + symbol.offset;
            let size = if segment.is_constant { symbol.size } else { 0 };
            links.pieces.push(Piece { range: address..address + size, refers_to: Addresses::default() });
        }
        for relocation in &linked.relocations {
            let to = linked.symbols.get(relocation.to).context("a relocation names no symbol")?;
            let add = |addresses: &mut Addresses| match (relocation.ty, to) {
                (RelocationType::TableIndexSleb | RelocationType::TableIndexI32, SymbolInfo::Func { index, .. }) => {
                    addresses.functions.extend(linked.names.get(index).map(|symbol| symbol.to_string()));
                }
                (_, SymbolInfo::Data { .. }) => addresses.pieces.extend(pieces.get(&relocation.to)),
                // Calls, types and globals are in the code for everybody to see.
                _ => {}
            };
            let inside = |range: &Range<usize>| range.contains(&relocation.place);
            if let Some(function) = linked.bodies.iter().position(inside) {
                let symbol =
                    linked.names.get(&(linked.imported + function as u32)).context("a function has no symbol")?;
                add(links.functions.entry(symbol.to_string()).or_default());
            } else {
                let owners: Vec<usize> = (0..places.len()).filter(|piece| inside(&places[*piece])).collect();
                ensure!(!owners.is_empty(), "an address in the data belongs to no symbol");
                owners.into_iter().for_each(|piece| add(&mut links.pieces[piece].refers_to));
            }
        }
        Ok(links)
    }

    /// Whether the linker knew the function with this symbol.
    pub fn knows(&self, symbol: &str) -> bool {
        self.functions.contains_key(symbol)
    }
}

/// What the file says, as far as it matters here.
#[derive(Default)]
struct Linked<'a> {
    /// How many functions are imported: their numbers come first.
    imported: u32,
    /// Where the bodies of the functions are in the file.
    bodies: Vec<Range<usize>>,
    /// Symbols of functions by their numbers.
    names: HashMap<u32, &'a str>,
    segments: Vec<Segment>,
    symbols: Vec<SymbolInfo<'a>>,
    relocations: Vec<Relocation>,
}

struct Segment {
    /// Where it is in memory.
    address: u32,
    /// Where its bytes are in the file.
    place: usize,
    is_constant: bool,
}

struct Relocation {
    ty: RelocationType,
    /// Where it applies, in the file.
    place: usize,
    /// The number of a symbol.
    to: usize,
}

impl<'a> Linked<'a> {
    fn read(module: &'a [u8]) -> Result<Linked<'a>> {
        let mut linked = Linked::default();
        // Relocations name the section that they apply to by its number.
        let mut starts = Vec::new();
        for payload in Parser::new(0).parse_all(module) {
            let payload = payload?;
            if let Some((_, range)) = payload.as_section() {
                starts.push(range.start);
            }
            match payload {
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        linked.imported += u32::from(matches!(import?.ty, TypeRef::Func(_) | TypeRef::FuncExact(_)));
                    }
                }
                Payload::CodeSectionEntry(body) => linked.bodies.push(body.range()),
                Payload::DataSection(data) => linked.read_data(data, module)?,
                Payload::CustomSection(section) => linked.read_custom(&section, &starts)?,
                _ => {}
            }
        }
        ensure!(!linked.relocations.is_empty(), "the linker has left no relocations");
        Ok(linked)
    }

    fn read_data(&mut self, segments: DataSectionReader<'a>, module: &[u8]) -> Result<()> {
        for segment in segments {
            let segment = segment?;
            let DataKind::Active { offset_expr, .. } = &segment.kind else { bail!("a data segment is passive") };
            let Operator::I32Const { value } = offset_expr.get_operators_reader().read()? else {
                bail!("a data segment has no fixed address")
            };
            let place = segment.data.as_ptr() as usize - module.as_ptr() as usize;
            self.segments.push(Segment { address: value as u32, place, is_constant: false });
        }
        Ok(())
    }

    fn read_custom(&mut self, section: &CustomSectionReader<'a>, starts: &[usize]) -> Result<()> {
        match section.as_known() {
            KnownCustom::Linking(linking) => {
                for subsection in linking.subsections() {
                    match subsection? {
                        Linking::SymbolTable(symbols) => {
                            self.symbols = symbols.into_iter().collect::<Result<_, _>>()?
                        }
                        Linking::SegmentInfo(segments) => {
                            for (segment, info) in self.segments.iter_mut().zip(segments) {
                                segment.is_constant = info?.name.starts_with(".rodata");
                            }
                        }
                        _ => {}
                    }
                }
            }
            KnownCustom::Reloc(relocations) => {
                let start = starts.get(relocations.section_index() as usize).context("relocations of no section")?;
                for entry in relocations.entries() {
                    let RelocationEntry { ty, offset, index, .. } = entry?;
                    self.relocations.push(Relocation { ty, place: start + offset as usize, to: index as usize });
                }
            }
            KnownCustom::Name(subsections) => {
                for subsection in subsections {
                    let Name::Function(functions) = subsection? else { continue };
                    for function in functions {
                        let function = function?;
                        self.names.insert(function.index, function.name);
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }
}
