//! How text and bytes cross: in one block each way. JavaScript asks for room, writes into it and says that it did; where the
//! answer stands is what it is told. Nothing of this differs between functions, so it costs once, not once for each parameter.

use crate::prelude::*;
use crate::text::{owned, valid};
use core::cell::Cell;
use wasm_bindgen::prelude::*;

/// The block that was last handed out: a question or an answer. It lives until there is a next one.
struct Block(Cell<Vec<u8>>);

#[expect(unsafe_code, reason = "WebAssembly without threads: nobody looks while somebody writes")]
unsafe impl Sync for Block {}

static BLOCK: Block = Block(Cell::new(Vec::new()));

/// Room for a question: bytes, a zero byte, and JSON (in which there is no zero byte).
#[wasm_bindgen(skip_typescript)]
#[expect(clippy::slow_vector_initialization, reason = "smaller: nothing else makes a block of a known size")]
pub fn room(size: usize) -> *const u8 {
    // First of all the block that was there goes.
    BLOCK.0.take();
    let mut block = Vec::new();
    block.resize(size, 0);
    hand_out(block)
}

/// The question, as JSON and bytes, and the answer to it: text up to a zero byte.
pub(crate) fn answered(answer: impl FnOnce(&str, Vec<u8>) -> String) -> *const u8 {
    let mut bytes = BLOCK.0.take();
    let zero = bytes.iter().rposition(|byte| *byte == 0).unwrap_or_default();
    let asked = owned(valid(bytes.get(zero.wrapping_add(1)..).unwrap_or_default()));
    bytes.truncate(zero);
    let mut answer = answer(&asked, bytes).into_bytes();
    answer.extend_from_slice(&[0]);
    hand_out(answer)
}

fn hand_out(block: Vec<u8>) -> *const u8 {
    let place = block.as_ptr();
    BLOCK.0.set(block);
    place
}
