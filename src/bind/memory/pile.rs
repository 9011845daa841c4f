//! An allocator for a module that remembers nothing from one question to the next: blocks lie on a pile, and with the last
//! one that is given back all of it is free again. A third of the size of one that finds holes.

#![expect(unsafe_code, reason = "an allocator is: each block below says why it may")]

use core::alloc::{GlobalAlloc, Layout};
use core::arch::wasm32::{memory_grow, memory_size};
use core::cell::Cell;
use core::ptr;

const PAGE: usize = 65_536;

unsafe extern "C" {
    /// The linker's: where the memory begins that nobody uses.
    static __heap_base: u8;
}

pub(super) struct Pile {
    /// Where the next block may begin; 0 when there is no block.
    top: Cell<usize>,
    /// How many blocks there are.
    blocks: Cell<usize>,
}

// SAFETY: WebAssembly without threads.
unsafe impl Sync for Pile {}

impl Pile {
    pub(super) const fn new() -> Self {
        Self { top: Cell::new(0), blocks: Cell::new(0) }
    }

    /// The block of this size that begins there, on top of the pile; null if there is no memory for it.
    fn put(&self, block: usize, size: usize) -> *mut u8 {
        let end = block.wrapping_add(size);
        let missing = end.wrapping_sub(memory_size::<0>().wrapping_mul(PAGE)).cast_signed();
        // No block is larger than half of the memory there can be, so that none wraps unseen.
        if end < block
            || (missing > 0 && memory_grow::<0>(missing.unsigned_abs().div_ceil(PAGE)) == usize::MAX)
        {
            return ptr::null_mut();
        }
        self.top.set(end);
        ptr::with_exposed_provenance_mut(block)
    }
}

// SAFETY: a block begins behind all others, aligned, and ends before the end of the memory.
unsafe impl GlobalAlloc for Pile {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let top = self.top.get().max((&raw const __heap_base).expose_provenance());
        self.blocks.set(self.blocks.get().wrapping_add(1));
        let rest = top.wrapping_neg() & layout.align().wrapping_sub(1);
        self.put(top.wrapping_add(rest), layout.size())
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let blocks = self.blocks.get().wrapping_sub(1);
        self.blocks.set(blocks);
        if blocks == 0 {
            self.top.set(0);
        } else if block.addr().wrapping_add(layout.size()) == self.top.get() {
            self.top.set(block.addr());
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // What is on top grows where it is.
        if block.addr().wrapping_add(layout.size()) == self.top.get() {
            return self.put(block.addr(), size);
        }
        // SAFETY: both are blocks of at least that size, and the new one lies behind the old one.
        unsafe {
            let new = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !new.is_null() {
                ptr::copy_nonoverlapping(block, new, size.min(layout.size()));
                self.dealloc(block, layout);
            }
            new
        }
    }
}
