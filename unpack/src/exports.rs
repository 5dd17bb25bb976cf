//! What `boot.js` calls: it writes into [`input`], says how much that was, and reads what comes of it from [`output`].

// Only exported names: they could clash with others of the same name, and there are none.
#![expect(unsafe_code, reason = "JavaScript finds functions by names that are not mangled")]

use crate::{INPUT_LIMIT, OUTPUT_LIMIT, Progress, Unpacker};
use std::cell::RefCell;

/// The buffers and what has come of them. All of it is zero, and takes no room in the module.
struct Buffers {
    unpacker: Unpacker,
    input: [u8; INPUT_LIMIT],
    output: [u8; OUTPUT_LIMIT],
}

thread_local! {
    static BUFFERS: RefCell<Buffers> = const {
        RefCell::new(Buffers { unpacker: Unpacker::new(), input: [0; INPUT_LIMIT], output: [0; OUTPUT_LIMIT] })
    };
}

/// Where the input belongs.
#[unsafe(no_mangle)]
pub extern "C" fn input() -> usize {
    BUFFERS.with(|buffers| buffers.try_borrow().map_or(0, |buffers| buffers.input.as_ptr() as usize))
}

/// Where the output is.
#[unsafe(no_mangle)]
pub extern "C" fn output() -> usize {
    BUFFERS.with(|buffers| buffers.try_borrow().map_or(0, |buffers| buffers.output.as_ptr() as usize))
}

/// How much input there is room for.
#[unsafe(no_mangle)]
pub extern "C" fn room() -> usize {
    INPUT_LIMIT
}

/// Goes on with the first `length` bytes of input; `complete` says that these are all. The answer is the size of the
/// output once it is all there, 0 before that, and -1 if the input is damaged.
#[unsafe(no_mangle)]
pub extern "C" fn unpack(length: usize, complete: bool) -> i32 {
    BUFFERS.with(|buffers| {
        // Borrowing never fails; these functions do not call each other.
        let Ok(mut buffers) = buffers.try_borrow_mut() else { return -1 };
        let Buffers { unpacker, input, output } = &mut *buffers;
        let Some(input) = input.get(..length) else { return -1 };
        match unpacker.advance(input, complete, output) {
            Ok(Progress::More) => 0,
            Ok(Progress::Done(size)) => size as i32,
            Err(_) => -1,
        }
    })
}
