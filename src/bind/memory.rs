//! The allocator: half the size of the standard library's, and still constant in time, whatever a body does to the heap.
//! And, where there is no standard library, what a panic does: it traps, and `js/trap.js` makes an `InternalError` of it.

use talc::wasm::{WasmDynamicTalc, new_wasm_dynamic_allocator};

#[global_allocator]
static ALLOCATOR: WasmDynamicTalc = new_wasm_dynamic_allocator();

#[cfg(all(feature = "bare", not(feature = "testing")))]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
