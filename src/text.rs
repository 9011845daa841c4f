//! Searching, joining and reading text. The standard library does it faster, and with several KB of wasm: its searcher is
//! made for long needles, its numbers for every base, its joining for every type. Ours are short and rare.

use crate::prelude::*;

/// The text before and after the first such byte, which must be an ASCII one; all of it before if there is none.
#[inline(never)]
#[must_use]
pub fn cut(text: &str, at: u8) -> (&str, &str) {
    let place = text.bytes().position(|byte| byte == at).unwrap_or(text.len());
    (part(text, 0, place), part(text, place.wrapping_add(1), text.len()))
}

/// The text between two places; nothing where they are none. Once in the wasm, not once at each place that slices.
#[inline(never)]
pub(crate) fn part(text: &str, from: usize, to: usize) -> &str {
    text.get(from..to).unwrap_or_default()
}

/// Where `needle` first occurs.
#[must_use]
pub fn find(haystack: &str, needle: &str) -> Option<usize> {
    let needle = needle.as_bytes();
    (0..=haystack.len())
        .find(|at| haystack.as_bytes().get(*at..).is_some_and(|rest| rest.starts_with(needle)))
}

/// Whether `needle` occurs.
#[must_use]
pub fn contains(haystack: &str, needle: &str) -> bool {
    find(haystack, needle).is_some()
}

/// What stands before and after the first `needle`.
#[must_use]
pub fn split_once<'a>(haystack: &'a str, needle: &str) -> Option<(&'a str, &'a str)> {
    let at = find(haystack, needle)?;
    Some((haystack.get(..at)?, haystack.get(at.saturating_add(needle.len())..)?))
}

/// The text with `with` for every `needle`, which must not be empty.
#[must_use]
pub fn replace(haystack: &str, needle: &str, with: &str) -> String {
    let mut out = String::with_capacity(haystack.len());
    let mut rest = haystack;
    while let Some((before, after)) = split_once(rest, needle).filter(|_| !needle.is_empty()) {
        out.push_str(before);
        out.push_str(with);
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Appends a character. As [`String::push`], which would bring a way to grow of its own.
#[inline(never)]
pub(crate) fn push(out: &mut String, character: char) {
    out.push_str(character.encode_utf8(&mut [0; 4]));
}

/// The text, to keep.
#[inline(never)]
#[must_use]
pub(crate) fn owned(text: &str) -> String {
    let mut out = String::new();
    out.push_str(text);
    out
}

/// The parts as one text.
#[must_use]
pub fn concat(parts: &[&str]) -> String {
    let mut out = String::new();
    for part in parts {
        out.push_str(part);
    }
    out
}

/// The bytes up to the first one that is not UTF-8, as text.
#[inline(never)]
#[must_use]
pub(crate) fn valid(bytes: &[u8]) -> &str {
    bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid())
}

/// All of the bytes as text, if they are UTF-8.
#[must_use]
pub(crate) fn utf8(bytes: &[u8]) -> Option<&str> {
    Some(valid(bytes)).filter(|text| text.len() == bytes.len())
}

/// Bytes as text; what is not UTF-8 becomes U+FFFD, as in the runtimes' decoders.
#[must_use]
pub fn lossy(bytes: Vec<u8>) -> String {
    let mut out = String::new();
    let mut rest = &*bytes;
    while let Some(chunk) = rest.utf8_chunks().next() {
        let (valid, invalid) = (chunk.valid(), chunk.invalid());
        out.push_str(valid);
        if !invalid.is_empty() {
            push(&mut out, char::REPLACEMENT_CHARACTER);
        }
        rest = rest.get(valid.len().wrapping_add(invalid.len())..).unwrap_or_default();
    }
    out
}

/// Decimal digits, with a minus in front or not, as a number that fits.
#[must_use]
pub fn whole(text: &str) -> Option<i64> {
    let (negative, digits) = match text.as_bytes() {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.is_empty() {
        return None;
    }
    let mut value = 0_u64;
    for byte in digits {
        // Beyond a tenth of the largest one more digit does not fit.
        if !byte.is_ascii_digit() || value > i64::MAX.unsigned_abs() / 10 {
            return None;
        }
        value = value.wrapping_mul(10).wrapping_add(u64::from(byte & 15));
    }
    let value = i64::try_from(value).ok()?;
    Some(if negative { value.wrapping_neg() } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_and_reads() {
        assert_eq!(concat(&["a", "", "bc"]), "abc");
        for bytes in [
            &b"plain"[..],
            b"",
            b"\xff",
            b"a\xffb\xfe",
            b"a\xe2\x82",
            b"\xe2\x82a\xf0\x9f\x99\x82",
            b"\xf0\x9f\xed\xa0\x80!",
        ] {
            assert_eq!(lossy(bytes.to_vec()), String::from_utf8_lossy(bytes), "{bytes:?}");
        }
        for text in
            ["0", "7", "-12", "0012", "999999999999999999", "-999999999999999999", "9223372036854775807"]
        {
            assert_eq!(whole(text), text.parse().ok(), "{text}");
        }
        for text in ["", "-", "+1", "1.5", "1e3", " 1", "9223372036854775808", "99999999999999999999"] {
            assert_eq!(whole(text), None, "{text}");
        }
    }

    #[test]
    fn as_the_standard_library_does_it() {
        for (haystack, needle) in [
            ("", "a"),
            ("a", "a"),
            ("banana", "an"),
            ("aaaa", "aa"),
            ("אבגאב", "אב"),
            ("x", "xyz"),
            ("ab", "b"),
        ] {
            assert_eq!(find(haystack, needle), haystack.find(needle), "{haystack} {needle}");
            assert_eq!(contains(haystack, needle), haystack.contains(needle), "{haystack} {needle}");
            assert_eq!(split_once(haystack, needle), haystack.split_once(needle), "{haystack} {needle}");
            assert_eq!(replace(haystack, needle, "-"), haystack.replace(needle, "-"), "{haystack} {needle}");
        }
        assert_eq!(replace("ab", "", "-"), "ab");
        assert_eq!(
            (cut("a b c", b' '), cut("abc", b' '), cut("", b' ')),
            (("a", "b c"), ("abc", ""), ("", ""))
        );
    }
}
