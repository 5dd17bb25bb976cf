//! A number that stands for a whole run: equal runs have equal fingerprints, on every machine and in the browser.

use crate::describe;
use crate::history::Step;

/// Basis and prime of 64-bit FNV-1a. The standard library's hashes are not promised to stay the same.
const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

/// The fingerprint of a run: FNV-1a over every described step. A step says when it happened, what caused it and
/// what was decided, so two runs with the same fingerprint went the same way.
pub fn fingerprint(steps: &[Step]) -> u64 {
    steps.iter().fold(BASIS, |hash, step| absorb(hash, describe::step(step).as_bytes()))
}

fn absorb(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(hash, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(PRIME))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_fnv_1a() {
        // From the test vectors of the algorithm's authors.
        assert_eq!(absorb(BASIS, b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(absorb(BASIS, b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(absorb(BASIS, b"foobar"), 0x8594_4171_f739_67e8);
    }
}
