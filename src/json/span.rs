//! Text by reference. In WebAssembly place and length go into one number: a function that gives back two goes through memory,
//! which costs code at every call.

#[cfg(not(target_arch = "wasm32"))]
mod plain {
    /// Text, by reference.
    #[derive(Clone, Copy)]
    pub(crate) struct Span<'a>(&'a str);

    impl<'a> Span<'a> {
        pub(crate) const NULL: Self = Span("null");
        pub(crate) const EMPTY: Self = Span("\"\"");

        pub(crate) fn of(text: &'a str) -> Self {
            Span(text)
        }

        pub(crate) fn get(self) -> &'a str {
            self.0
        }
    }
}

#[cfg(target_arch = "wasm32")]
mod packed {
    use core::marker::PhantomData;
    use core::num::NonZeroU64;
    use core::{ptr, slice, str};

    /// Text, by reference: its place above, its length below. Where the place is 0, one of the two constants.
    #[derive(Clone, Copy)]
    pub(crate) struct Span<'a>(NonZeroU64, PhantomData<&'a str>);

    impl<'a> Span<'a> {
        pub(crate) const NULL: Self = Span(NonZeroU64::MIN, PhantomData);
        pub(crate) const EMPTY: Self = Span(NonZeroU64::MIN.saturating_add(1), PhantomData);

        #[inline]
        pub(crate) fn of(text: &'a str) -> Self {
            let place = text.as_ptr().expose_provenance() as u64;
            // Never 0: references are not.
            let packed = NonZeroU64::new((place << 32) | text.len() as u64);
            packed.map_or(Self::NULL, |packed| Span(packed, PhantomData))
        }

        #[expect(unsafe_code, reason = "the other half of `of`")]
        #[inline(never)]
        pub(crate) fn get(self) -> &'a str {
            let (place, len) = ((self.0.get() >> 32) as u32 as usize, self.0.get() as u32 as usize);
            match (place, len) {
                (0, 1) => "null",
                (0, _) => "\"\"",
                // SAFETY: made by `of`, from a text that lives as long.
                _ => unsafe {
                    str::from_utf8_unchecked(slice::from_raw_parts(ptr::with_exposed_provenance(place), len))
                },
            }
        }
    }
}

#[cfg(target_arch = "wasm32")]
pub(crate) use packed::Span;
#[cfg(not(target_arch = "wasm32"))]
pub(crate) use plain::Span;

impl PartialEq for Span<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl Eq for Span<'_> {}

impl core::fmt::Debug for Span<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.get().fmt(f)
    }
}
