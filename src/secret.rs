//! Secrets: text that never shows in debug output and is compared in constant time.

use crate::prelude::*;
use crate::text::push;
use hmac::digest::CtOutput;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// A token, a webhook secret, an app secret.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Secret(String);

impl Secret {
    /// Wraps the text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself: for the wire and for keys, never for logs.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// An empty secret is no secret.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether another text is the same, in a time that tells nothing about either. An empty secret equals nothing.
    #[must_use]
    pub fn matches(&self, other: &str) -> bool {
        // Both sides are hashed first, so that neither length nor position of a difference shows.
        !self.is_empty()
            && hmac_sha256(b"compare", &[self.0.as_bytes()])
                .verify(hmac_sha256(b"compare", &[other.as_bytes()]))
    }
}

impl core::fmt::Debug for Secret {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(if self.0.is_empty() { "Secret(empty)" } else { "Secret(…)" })
    }
}

/// An HMAC-SHA256 that can be compared, but not with `==`.
pub struct Tag(CtOutput<Hmac<Sha256>>);

impl Tag {
    /// Constant-time comparison with another tag.
    #[must_use]
    pub fn verify(self, other: Tag) -> bool {
        self.0 == other.0
    }

    /// Constant-time comparison with received bytes.
    #[must_use]
    pub fn verify_bytes(self, received: &[u8]) -> bool {
        received.try_into().is_ok_and(|received: [u8; 32]| self.0 == CtOutput::new(received.into()))
    }

    /// The tag, for signing and deriving.
    #[must_use]
    pub fn bytes(self) -> [u8; 32] {
        self.0.into_bytes().into()
    }
}

/// HMAC-SHA256 over several parts, as if they were one.
#[must_use]
pub fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> Tag {
    // HMAC takes keys of any length; the fallback keeps the impossible branch from being a panic.
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap_or_else(|_| Hmac::new(&Default::default()));
    for part in parts {
        mac.update(part);
    }
    Tag(mac.finalize())
}

/// Lower-case hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let mut out = String::new();
    for byte in bytes {
        push_hex(*byte, &mut out);
    }
    out
}

/// Appends the two lower-case hex digits of a byte.
#[inline(never)]
pub(crate) fn push_hex(byte: u8, out: &mut String) {
    for digit in [byte >> 4, byte & 15] {
        let letter = if digit < 10 { b'0' } else { b'a'.wrapping_sub(10) };
        push(out, char::from(letter.wrapping_add(digit)));
    }
}

/// Exactly 64 lower-case hex digits as 32 bytes.
#[must_use]
pub fn unhex32(text: &[u8]) -> Option<[u8; 32]> {
    let mut out = [0_u8; 32];
    for (slot, pair) in out.iter_mut().zip(text.chunks(2)) {
        for digit in pair {
            // The letters' lowest bits count from 1, and only letters have bit 6.
            *slot = (*slot << 4) | (digit & 15).wrapping_add((digit >> 6).wrapping_mul(9));
        }
    }
    // What reads back as it was written was hex, and nothing else.
    (hex(&out).as_bytes() == text).then_some(out)
}

/// 16 bytes as a UUID with this version: 4 for random ones, 8 for derived ones (RFC 9562).
#[must_use]
pub fn uuid(mut bytes: [u8; 16], version: u8) -> String {
    if let Some(byte) = bytes.get_mut(6) {
        *byte = (*byte & 0x0f) | (version << 4);
    }
    if let Some(byte) = bytes.get_mut(8) {
        *byte = (*byte & 0x3f) | 0x80;
    }
    let mut out = String::with_capacity(36);
    for (index, digit) in hex(&bytes).chars().enumerate() {
        if matches!(index, 8 | 12 | 16 | 20) {
            out.push('-');
        }
        out.push(digit);
    }
    out
}

/// The idempotency key of a send: the `ordinal`th one that this handler makes for this event. The same again when the
/// handler runs again; another for every other handler, so that one that fails early shifts nobody else's.
#[must_use]
pub fn send_key(event_key: &str, handler: u32, ordinal: u32) -> String {
    let parts: [&[u8]; 3] = [event_key.as_bytes(), &handler.to_be_bytes(), &ordinal.to_be_bytes()];
    let digest = hmac_sha256(b"butt-dial-edge send key 1", &parts).bytes();
    uuid(digest.first_chunk().copied().unwrap_or_default(), 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_4231_vectors() {
        let cases: [(Vec<u8>, Vec<u8>, &str); 6] = [
            (vec![0x0b; 20], b"Hi There".to_vec(), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (b"Jefe".to_vec(), b"what do ya want for nothing?".to_vec(), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
            (vec![0xaa; 20], vec![0xdd; 50], "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
            ((1..=25).collect(), vec![0xcd; 50], "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
            (vec![0xaa; 131], b"Test Using Larger Than Block-Size Key - Hash Key First".to_vec(), "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
            (
                vec![0xaa; 131],
                b"This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.".to_vec(),
                "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
            ),
        ];
        for (key, message, want) in cases {
            assert_eq!(hex(&hmac_sha256(&key, &[&message]).bytes()), want);
            let (head, tail) = message.split_at(message.len() / 2);
            assert_eq!(hex(&hmac_sha256(&key, &[head, tail]).bytes()), want, "in two parts");
        }
    }

    #[test]
    fn hex_is_strict() {
        let digits = "00ff".repeat(16);
        assert_eq!(unhex32(digits.as_bytes()).map(|b| hex(&b)), Some(digits.clone()));
        assert_eq!(unhex32(digits.to_uppercase().as_bytes()), None);
        assert_eq!(unhex32(&digits.as_bytes()[1..]), None);
        assert_eq!(unhex32("0g".repeat(32).as_bytes()), None);
    }

    #[test]
    fn secrets_match_only_themselves_and_never_show() {
        let secret = Secret::new("s3cret");
        assert!(secret.matches("s3cret"));
        assert!(!secret.matches("s3cre") && !secret.matches("s3crett") && !secret.matches(""));
        assert!(!Secret::default().matches(""));
        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }

    #[test]
    fn uuids_carry_version_and_variant() {
        assert_eq!(uuid([0xff; 16], 4), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(uuid([0; 16], 8), "00000000-0000-8000-8000-000000000000");
    }
}
