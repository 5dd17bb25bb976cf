//! Packs the module of the page smaller than a web server would, and makes the decoder that `boot.js` carries.

use crate::workspace::{self, WASM_TARGET};
use anyhow::{Context, Result, ensure};
use flate2::Crc;
use lzma_rust2::{EncodeMode, LzmaOptions, LzmaWriter, MfType};
use std::fs;
use std::io::Write as _;
use walrus::ModuleConfig;
use zooscope_unpack::{INPUT_LIMIT, LITERAL_CONTEXT_BITS, OUTPUT_LIMIT, Progress, Unpacker};

/// The packed modules in the build: what the first view needs, and the rest.
pub const FIRST: &str = "zooscope.lzma";
pub const REST: &str = "zooscope-rest.lzma";

/// The decoder stands in the first file that runs, so it must stay small.
const DECODER_LIMIT: usize = 4_096;

/// Packs a module. What comes out depends on nothing but the module, and has been unpacked once.
pub fn pack(module: &[u8]) -> Result<Vec<u8>> {
    ensure!(module.len() <= OUTPUT_LIMIT, "the module has {} bytes, and the page unpacks {OUTPUT_LIMIT}", module.len());
    let packed = compress(module)?;
    ensure!(
        packed.len() <= INPUT_LIMIT,
        "the packed module has {} bytes, and the page takes {INPUT_LIMIT}",
        packed.len()
    );
    let mut unpacked = vec![0; module.len()];
    let end = Unpacker::new().advance(&packed, true, &mut unpacked);
    ensure!(end == Ok(Progress::Done(module.len())) && unpacked == module, "the packed module is another one");
    Ok(packed)
}

fn compress(module: &[u8]) -> Result<Vec<u8>> {
    let mut crc = Crc::new();
    crc.update(module);
    let size = u32::try_from(module.len()).context("the module is too large")?;
    let header = [size.to_le_bytes(), crc.sum().to_le_bytes()].concat();
    let options = LzmaOptions {
        // All of the module is within reach.
        dict_size: u32::try_from(OUTPUT_LIMIT)?,
        lc: LITERAL_CONTEXT_BITS,
        lp: 0,
        pb: 0,
        mode: EncodeMode::Normal,
        nice_len: LzmaOptions::NICE_LEN_MAX,
        mf: MfType::Bt4,
        depth_limit: 0,
        preset_dict: None,
    };
    let mut writer = LzmaWriter::new_no_header(header, &options, false)?;
    writer.write_all(module)?;
    Ok(writer.finish()?)
}

/// Compiles the decoder and returns its module.
pub fn decoder() -> Result<Vec<u8>> {
    workspace::run(&mut workspace::cargo(&format!(
        "rustc --package zooscope-unpack --lib --crate-type cdylib --target {WASM_TARGET} --release"
    )))?;
    let path = workspace::target().join(WASM_TARGET).join("release/zooscope_unpack.wasm");
    let compiled = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut config = ModuleConfig::new();
    config.generate_name_section(false).generate_producers_section(false);
    let decoder = config.parse(&compiled)?.emit_wasm();
    ensure!(decoder.len() <= DECODER_LIMIT, "the decoder has {} bytes: does it contain panics or data?", decoder.len());
    Ok(decoder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use zooscope_unpack::{Damaged, HEADER};

    /// The bytes that a stream ends in may not matter: the decoder has read ahead.
    const AHEAD: usize = 5;

    /// Numbers that look random and are the same every time.
    struct Dice(u64);

    impl Dice {
        fn below(&mut self, limit: usize) -> usize {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            (self.0 >> 16) as usize % limit
        }

        /// Up to `limit` bytes: new ones out of `letters`, runs, and pieces from shortly or long before.
        fn text(&mut self, limit: usize, letters: usize) -> Vec<u8> {
            let size = self.below(limit + 1);
            let mut text = Vec::new();
            while text.len() < size {
                let length = 1 + self.below(300);
                match self.below(4) {
                    0 => text.extend(std::iter::repeat_n(self.below(letters) as u8, length)),
                    1 if !text.is_empty() => {
                        let near = text.len().min(1 + self.below(20));
                        let back = if self.below(2) == 0 { near } else { 1 + self.below(text.len()) };
                        for _ in 0..length {
                            text.push(text[text.len() - back]);
                        }
                    }
                    _ => text.extend((0..length).map(|_| self.below(letters) as u8)),
                }
            }
            text.truncate(size);
            text
        }
    }

    /// Unpacks input that arrives in pieces.
    fn unpack(packed: &[u8], mut piece: impl FnMut() -> usize) -> Result<Vec<u8>, Damaged> {
        let mut output = vec![0; 1 << 20];
        let mut unpacker = Unpacker::new();
        let mut arrived = 0;
        loop {
            arrived = packed.len().min(arrived + piece());
            if let Progress::Done(size) = unpacker.advance(&packed[..arrived], arrived == packed.len(), &mut output)? {
                output.truncate(size);
                return Ok(output);
            }
        }
    }

    fn at_once(packed: &[u8]) -> Result<Vec<u8>, Damaged> {
        unpack(packed, || packed.len())
    }

    #[test]
    fn every_input_comes_back_however_it_arrives() {
        let mut dice = Dice(1);
        for round in 0..400 {
            let limit = [0, 1, 40, 3_000, 120_000][round % 5];
            let letters = [1, 2, 20, 256][round / 5 % 4];
            let text = dice.text(limit, letters);
            let packed = pack(&text).unwrap();
            assert_eq!(at_once(&packed), Ok(text.clone()), "round {round}");
            let most = 1 + dice.below(1 + packed.len());
            assert_eq!(unpack(&packed, || 1 + dice.below(most)), Ok(text), "round {round}, pieces up to {most}");
        }
    }

    #[test]
    fn a_match_of_any_distance_waits_until_all_of_it_is_there() {
        let mut dice = Dice(2);
        for bits in 0..20 {
            let letters: Vec<u8> = (0..(1 << bits) + 40).map(|_| dice.below(256) as u8).collect();
            let text = [&letters[..], &letters[..40]].concat();
            // After nothing but literals a match takes many bytes, and here they arrive one by one.
            assert_eq!(unpack(&pack(&text).unwrap(), || 1).as_ref(), Ok(&text), "2^{bits}");
        }
    }

    #[test]
    fn a_cut_input_is_waited_for_and_then_refused() {
        let packed = pack(&Dice(3).text(4_000, 20)).unwrap();
        let mut output = vec![0; 4_000];
        for length in 0..packed.len() - AHEAD {
            let cut = &packed[..length];
            assert_eq!(Unpacker::new().advance(cut, false, &mut output), Ok(Progress::More), "{length}");
            assert_eq!(at_once(cut), Err(Damaged), "{length}");
        }
    }

    #[test]
    fn one_wrong_bit_is_found() {
        let text = Dice(4).text(3_000, 256);
        let packed = pack(&text).unwrap();
        for bit in 0..packed.len() * 8 {
            let mut wrong = packed.clone();
            wrong[bit / 8] ^= 1 << (bit % 8);
            let unpacked = at_once(&wrong);
            // The first byte of an LZMA stream says nothing.
            let matters = bit / 8 != HEADER && bit / 8 < packed.len() - AHEAD;
            assert!(unpacked == Err(Damaged) || !matters && unpacked.as_ref() == Ok(&text), "bit {bit}");
        }
    }

    #[test]
    fn nonsense_is_refused() {
        let mut dice = Dice(5);
        for _ in 0..2_000 {
            let mut nonsense: Vec<u8> = (0..dice.below(400)).map(|_| dice.below(256) as u8).collect();
            // A size that there is room for, so that it gets past the header.
            nonsense.splice(..nonsense.len().min(4), 2_000_u32.to_le_bytes());
            assert_eq!(at_once(&nonsense), Err(Damaged));
        }
        assert_eq!(at_once(b"<!doctype html><title>404</title>"), Err(Damaged));
    }
}
