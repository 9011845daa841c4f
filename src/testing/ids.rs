//! Ids out of a seed: nobody outside can guess them, and a test can repeat them.

use crate::secret::{hex, hmac_sha256, uuid};

#[derive(Debug)]
pub(super) struct Ids {
    seed: [u8; 16],
    count: u64,
}

impl Ids {
    pub(super) fn new(seed: [u8; 16]) -> Self {
        Self { seed, count: 0 }
    }

    /// A small number, counted from 1.
    pub(super) fn number(&mut self) -> u64 {
        self.count = self.count.wrapping_add(1);
        self.count
    }

    pub(super) fn uuid(&mut self) -> String {
        uuid(self.bytes(), 4)
    }

    /// A message id: `SM-` and ten hex digits (wire-contract 10.5).
    pub(super) fn message(&mut self) -> String {
        let digits = hex(&self.bytes());
        ["SM-", digits.get(..10).unwrap_or_default()].concat()
    }

    fn bytes(&mut self) -> [u8; 16] {
        let count = self.number().to_be_bytes();
        let mut out = [0; 16];
        for (slot, byte) in out.iter_mut().zip(hmac_sha256(&self.seed, &[&count]).bytes()) {
            *slot = byte;
        }
        out
    }
}
