//! The allocators, smaller than the standard library's. And, where there is no standard library, what a panic does: it traps,
//! and `js/trap.js` makes an `InternalError` of it.

/// For modules that remember things: constant in time, whatever a body does to the heap.
#[cfg(any(feature = "main", feature = "testing"))]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

#[cfg(not(any(feature = "main", feature = "testing")))]
#[global_allocator]
static ALLOCATOR: pile::Pile = pile::Pile::new();

#[cfg(not(any(feature = "main", feature = "testing")))]
mod pile;

#[cfg(all(feature = "bare", not(feature = "testing")))]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
