//! The decoder of an LZMA stream, with the settings that the packed form fixes.
//!
//! Every bit of the stream is decoded with a probability of its own that follows what came before. The names are those
//! of the LZMA specification, as far as it has any.

use crate::LITERAL_CONTEXT_BITS;

/// The most that one literal or match takes from the input. With so much at hand, none has to stop in its middle.
const SYMBOL: usize = 20;

/// What the range decoder reads first: a zero, and the first four bytes of the code.
const START: usize = 5;

/// Bits of a probability, and how quickly it follows what comes.
const MODEL_BITS: u32 = 11;
const MOVE_BITS: u32 = 5;
const EVEN: u16 = 1 << (MODEL_BITS - 1);

/// The range is kept at least this large.
const TOP: u32 = 1 << 24;

/// Kinds of what came before. The first seven end in a literal.
const STATES: usize = 12;
const LITERAL_STATES: usize = 7;

/// Where the probabilities of each decision begin in their one array.
const IS_MATCH: usize = 0;
const IS_REP: usize = IS_MATCH + STATES;
const IS_REP_G0: usize = IS_REP + STATES;
const IS_REP_G1: usize = IS_REP_G0 + STATES;
const IS_REP_G2: usize = IS_REP_G1 + STATES;
const IS_REP0_LONG: usize = IS_REP_G2 + STATES;
/// A tree of six bits for each of four classes of length.
const DISTANCE_SLOT: usize = IS_REP0_LONG + STATES;
/// The low bits of middling distances; their trees lie in each other's gaps.
const DISTANCE_SPECIAL: usize = DISTANCE_SLOT + 4 * 64;
const DISTANCE_ALIGN: usize = DISTANCE_SPECIAL + 115;
const MATCH_LENGTH: usize = DISTANCE_ALIGN + 16;
const REP_LENGTH: usize = MATCH_LENGTH + LENGTH;
const LITERAL: usize = REP_LENGTH + LENGTH;
const LITERAL_TREE: usize = 0x300;
const PROBABILITIES: usize = LITERAL + (LITERAL_TREE << LITERAL_CONTEXT_BITS);

/// The probabilities of a length: two choices and three trees of 3, 3 and 8 bits.
const LENGTH: usize = 2 + 8 + 8 + 256;
const LENGTH_LOW: usize = 2;
const LENGTH_MIDDLE: usize = LENGTH_LOW + 8;
const LENGTH_HIGH: usize = LENGTH_MIDDLE + 8;

/// The shortest match.
const LENGTH_LEAST: usize = 2;

/// Why decoding has stopped.
pub enum Stop {
    /// The next symbol might not be there in full yet.
    Starved,
    /// The output is full.
    Full,
    /// No encoder writes this.
    Impossible,
}

/// What a stream has come to.
pub struct Lzma {
    coder: Coder,
    /// How much of the output has been written.
    written: usize,
    state: usize,
    /// The latest distances, less one.
    reps: [u32; 4],
    probabilities: [u16; PROBABILITIES],
}

impl Lzma {
    /// Before [`Lzma::begin`]; all zero.
    pub const fn new() -> Self {
        let coder = Coder { range: 0, code: 0, read: 0 };
        Self { coder, written: 0, state: 0, reps: [0; 4], probabilities: [0; PROBABILITIES] }
    }

    /// Reads what a stream begins with. Returns whether it was there.
    pub fn begin(&mut self, input: &[u8]) -> bool {
        let Some([_, code @ ..]) = input.first_chunk::<START>() else { return false };
        self.coder = Coder { range: u32::MAX, code: u32::from_be_bytes(*code), read: START };
        self.probabilities.fill(EVEN);
        true
    }

    /// Decodes until something stops it. `complete` says that the input is all there will be: where it was cut, zeros
    /// are taken for the rest, and the checksum shows that they are not.
    pub fn run(&mut self, input: &[u8], complete: bool, output: &mut [u8]) -> Stop {
        while self.written < output.len() {
            if !complete && self.coder.read + SYMBOL > input.len() {
                return Stop::Starved;
            }
            if self.symbol(input, output).is_none() {
                return Stop::Impossible;
            }
        }
        Stop::Full
    }

    /// Decodes one literal or one match. `None` if it refers to what is not there.
    fn symbol(&mut self, input: &[u8], output: &mut [u8]) -> Option<()> {
        let state = self.state;
        if !self.bit(input, IS_MATCH + state) {
            let literal = self.literal(input, output)?;
            *output.get_mut(self.written)? = literal;
            self.written += 1;
            self.state = match state {
                0..4 => 0,
                4..10 => state - 3,
                _ => state - 6,
            };
            return Some(());
        }
        let after_literal = state < LITERAL_STATES;
        let length = if !self.bit(input, IS_REP + state) {
            let length = self.length(input, MATCH_LENGTH);
            let distance = self.distance(input, length);
            self.prefer(distance, 3);
            self.state = if after_literal { 7 } else { 10 };
            length
        } else if self.rep(input, state) {
            self.state = if after_literal { 8 } else { 11 };
            self.length(input, REP_LENGTH)
        } else {
            self.state = if after_literal { 9 } else { 11 };
            1
        };
        self.copy(output, length)
    }

    fn literal(&mut self, input: &[u8], output: &[u8]) -> Option<u8> {
        let before = self.written.checked_sub(1).and_then(|at| output.get(at)).copied().unwrap_or(0);
        let tree = LITERAL + LITERAL_TREE * usize::from(before >> (8 - LITERAL_CONTEXT_BITS));
        let mut node = 1;
        if self.state >= LITERAL_STATES {
            // After a match, the byte that would have continued it is a hint, until the first bit that differs.
            let mut hint = usize::from(*output.get(self.origin()?)?);
            while node < 0x100 {
                hint <<= 1;
                let expected = hint & 0x100;
                let bit = self.bit(input, tree + 0x100 + expected + node);
                node = node << 1 | usize::from(bit);
                if bit != (expected != 0) {
                    break;
                }
            }
        }
        Some(self.tree(input, tree, node, 0x100) as u8)
    }

    /// Chooses one of the latest distances. Returns whether a length follows; a single byte is copied otherwise.
    fn rep(&mut self, input: &[u8], state: usize) -> bool {
        if !self.bit(input, IS_REP_G0 + state) {
            return self.bit(input, IS_REP0_LONG + state);
        }
        let [_, second, third, fourth] = self.reps;
        if !self.bit(input, IS_REP_G1 + state) {
            self.prefer(second, 1);
        } else if !self.bit(input, IS_REP_G2 + state) {
            self.prefer(third, 2);
        } else {
            self.prefer(fourth, 3);
        }
        true
    }

    /// Puts a distance in front of those before `place`, which move on by one.
    fn prefer(&mut self, distance: u32, place: usize) {
        let [first, second, third, fourth] = self.reps;
        self.reps = match place {
            1 => [distance, first, third, fourth],
            2 => [distance, first, second, fourth],
            _ => [distance, first, second, third],
        };
    }

    fn length(&mut self, input: &[u8], at: usize) -> usize {
        if !self.bit(input, at) {
            LENGTH_LEAST + self.tree(input, at + LENGTH_LOW, 1, 8)
        } else if !self.bit(input, at + 1) {
            LENGTH_LEAST + 8 + self.tree(input, at + LENGTH_MIDDLE, 1, 8)
        } else {
            LENGTH_LEAST + 16 + self.tree(input, at + LENGTH_HIGH, 1, 256)
        }
    }

    /// A distance, less one: a slot names its highest two bits and how many follow.
    fn distance(&mut self, input: &[u8], length: usize) -> u32 {
        let class = (length - LENGTH_LEAST).min(3);
        let slot = self.tree(input, DISTANCE_SLOT + 64 * class, 1, 64);
        if slot < 4 {
            return slot as u32;
        }
        let follow = (slot >> 1) - 1;
        let highest = (2 | slot & 1) << follow;
        let low = if slot < 14 {
            self.reverse_tree(input, DISTANCE_SPECIAL + highest - slot, follow)
        } else {
            // The middle bits are as good as random and have no probabilities.
            let mut middle = 0;
            for _ in 4..follow {
                middle = middle << 1 | u32::from(self.coder.even_bit(input));
            }
            middle << 4 | self.reverse_tree(input, DISTANCE_ALIGN, 4)
        };
        highest as u32 + low
    }

    /// Where a match of the latest distance begins.
    fn origin(&self) -> Option<usize> {
        self.written.checked_sub(self.reps[0] as usize)?.checked_sub(1)
    }

    /// Copies what was written before. It may run into what it writes, which repeats a pattern.
    fn copy(&mut self, output: &mut [u8], length: usize) -> Option<()> {
        let from = self.origin()?;
        for at in from..from + length {
            let byte = *output.get(at)?;
            *output.get_mut(self.written)? = byte;
            self.written += 1;
        }
        Some(())
    }

    fn bit(&mut self, input: &[u8], index: usize) -> bool {
        // The index is always one of the array; the check costs next to nothing and needs no code that panics.
        self.probabilities.get_mut(index).is_some_and(|probability| self.coder.bit(input, probability))
    }

    /// Follows the bits of a number, the highest first, from a node of their tree. `end` is the number of leaves.
    fn tree(&mut self, input: &[u8], at: usize, mut node: usize, end: usize) -> usize {
        // Most bits are read here. In variables of its own the coder is quick even before the browser optimises it.
        let mut coder = self.coder;
        while node < end {
            let Some(probability) = self.probabilities.get_mut(at + node) else { return 0 };
            node = node << 1 | usize::from(coder.bit(input, probability));
        }
        self.coder = coder;
        node - end
    }

    /// Follows `bits` bits of a number, the lowest first.
    fn reverse_tree(&mut self, input: &[u8], at: usize, bits: usize) -> u32 {
        let mut node = 1;
        let mut number = 0;
        for place in 0..bits {
            let bit = self.bit(input, at + node);
            node = node << 1 | usize::from(bit);
            number |= u32::from(bit) << place;
        }
        number
    }
}

/// The range decoder: a position in the input that is finer than bits.
#[derive(Clone, Copy)]
struct Coder {
    range: u32,
    code: u32,
    /// How much of the input has been read.
    read: usize,
}

impl Coder {
    /// Reads a bit and teaches it to its probability, which is that of a zero.
    #[inline(always)]
    fn bit(&mut self, input: &[u8], probability: &mut u16) -> bool {
        let bound = (self.range >> MODEL_BITS) * u32::from(*probability);
        let bit = self.code >= bound;
        if bit {
            self.range -= bound;
            self.code -= bound;
            *probability -= *probability >> MOVE_BITS;
        } else {
            self.range = bound;
            *probability += ((1 << MODEL_BITS) - *probability) >> MOVE_BITS;
        }
        self.refill(input);
        bit
    }

    /// Reads a bit that may as well be zero as one.
    fn even_bit(&mut self, input: &[u8]) -> bool {
        self.range >>= 1;
        let bit = self.code >= self.range;
        if bit {
            self.code -= self.range;
        }
        self.refill(input);
        bit
    }

    #[inline(always)]
    fn refill(&mut self, input: &[u8]) {
        if self.range < TOP {
            self.range <<= 8;
            self.code = self.code << 8 | u32::from(input.get(self.read).copied().unwrap_or(0));
            self.read += 1;
        }
    }
}
