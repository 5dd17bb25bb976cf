//! Unpacks the module of the page, in the browser, while it arrives.
//!
//! LZMA makes the module a fifth smaller than the gzip of a web server does, and no browser knows it, so the decoder
//! comes along inside `boot.js`. It is WebAssembly and not JavaScript because a start is the first and only time that
//! it runs: JavaScript would be interpreted for most of it, and take twice as long.
//!
//! | where | what |
//! | --- | --- |
//! | [`Unpacker`] | the packed form, as far as it has arrived |
//! | `lzma` | the algorithm |
//! | `exports` | what `boot.js` calls |
//!
//! # The packed form
//! The size and the CRC-32 of what was packed, four bytes each and the lowest first, then LZMA with these settings:
//! [`LITERAL_CONTEXT_BITS`], no position bits, no end mark. A window is not named: all that was unpacked can be referred to.
//!
//! # Never
//! * No dependency, no allocation and nothing that can panic: each of them would be larger than the decoder.

mod crc;
#[cfg(target_arch = "wasm32")]
mod exports;
mod lzma;

use lzma::{Lzma, Stop};

/// How many bits of the byte before choose the probabilities of the next one.
pub const LITERAL_CONTEXT_BITS: u32 = 4;

/// What stands before the LZMA stream: size and CRC-32.
pub const HEADER: usize = 8;

/// How much packed input `boot.js` can hand over.
pub const INPUT_LIMIT: usize = 1 << 20;

/// How large the unpacked module may be.
pub const OUTPUT_LIMIT: usize = 4 << 20;

/// How far unpacking has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// More input is needed.
    More,
    /// All of it is there: the size of the output.
    Done(usize),
}

/// The input is not what was packed, or not all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Damaged;

/// Unpacks input that arrives bit by bit. Input and output belong to the caller.
pub struct Unpacker {
    lzma: Lzma,
    /// Size and CRC-32, once they have arrived.
    header: Option<(usize, u32)>,
}

impl Unpacker {
    /// Before the first byte. All of it is zero, so that a static one takes no room in a module.
    pub const fn new() -> Self {
        Self { lzma: Lzma::new(), header: None }
    }

    /// Unpacks as much as can be unpacked of the input so far, which begins with the same bytes in every call.
    /// `complete` says that no more will come.
    pub fn advance(&mut self, input: &[u8], complete: bool, output: &mut [u8]) -> Result<Progress, Damaged> {
        let Some((size, crc)) = self.header.or_else(|| header(input)) else { return more(complete) };
        let stream = input.get(HEADER..).ok_or(Damaged)?;
        let output = output.get_mut(..size).ok_or(Damaged)?;
        if self.header.is_none() {
            if !self.lzma.begin(stream) {
                return more(complete);
            }
            self.header = Some((size, crc));
        }
        match self.lzma.run(stream, complete, output) {
            Stop::Starved => Ok(Progress::More),
            Stop::Impossible => Err(Damaged),
            Stop::Full if crc::of(output) == crc => Ok(Progress::Done(size)),
            Stop::Full => Err(Damaged),
        }
    }
}

impl Default for Unpacker {
    fn default() -> Self {
        Self::new()
    }
}

/// What a lack of input means.
fn more(complete: bool) -> Result<Progress, Damaged> {
    if complete { Err(Damaged) } else { Ok(Progress::More) }
}

/// Size and CRC-32 of what was packed.
fn header(input: &[u8]) -> Option<(usize, u32)> {
    let (size, rest) = input.split_first_chunk()?;
    let crc = rest.first_chunk()?;
    Some((u32::from_le_bytes(*size) as usize, u32::from_le_bytes(*crc)))
}
