//! Just enough gzip (RFC 1951, 1952) for a stream that unpacks to far more than it weighs: nothing here compresses.

/// The beginning of a gzip stream.
pub(super) const HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];

/// These bytes as stored blocks.
pub(super) fn stored(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len().saturating_add(16));
    for chunk in bytes.chunks(65_535) {
        let length = u16::try_from(chunk.len()).unwrap_or(u16::MAX);
        out.push(0);
        out.extend(length.to_le_bytes());
        out.extend((!length).to_le_bytes());
        out.extend(chunk);
    }
    out
}

/// At least so many bytes of empty comment lines (`:`, LF), at 13 bits for every 258 of them.
pub(super) fn comments(size: usize) -> Vec<u8> {
    let mut bits = Bits::default();
    // A block with the fixed codes, not the last one: 0, then 01 with its low bit first.
    bits.push(0b010, 3);
    // Literals are at 0x30; their codes have 8 bits.
    bits.push(0x30_u16.wrapping_add(u16::from(b':')), 8);
    bits.push(0x30 | 0x0a, 8);
    for _ in 0..size.div_ceil(258) {
        // Symbol 285: 258 bytes again. Distance symbol 1: from two bytes back.
        bits.push(0xc5, 8);
        bits.push(1, 5);
    }
    // The end of the block, then an empty stored block, which begins at a whole byte.
    bits.push(0, 7);
    bits.push(0, 3);
    let mut out = bits.aligned();
    out.extend([0, 0, 0xff, 0xff]);
    out
}

/// Bits into bytes, the first at the low end.
#[derive(Default)]
struct Bits {
    out: Vec<u8>,
    byte: u8,
    count: u8,
}

impl Bits {
    /// The low bits of a code, the highest of them first.
    fn push(&mut self, code: u16, bits: u32) {
        for bit in (0..bits).rev() {
            let set = code & 1_u16.wrapping_shl(bit) != 0;
            self.byte = (self.byte >> 1) | if set { 0x80 } else { 0 };
            self.count = self.count.wrapping_add(1);
            if self.count == 8 {
                self.out.push(self.byte);
                self.count = 0;
            }
        }
    }

    fn aligned(mut self) -> Vec<u8> {
        while self.count != 0 {
            self.push(0, 1);
        }
        self.out
    }
}
