//! The few things read from a URL: parameters of Meta's challenge, and the last path segment.

use crate::prelude::*;
use crate::text::lossy;

use super::read::cut;

/// The first parameter of this name, as it stands there.
#[inline(never)]
pub(crate) fn find<'a>(url: &'a str, name: &str) -> Option<&'a str> {
    let (_, mut query) = cut(without_fragment(url), b'?');
    while !query.is_empty() {
        let (pair, rest) = cut(query, b'&');
        let (key, value) = cut(pair, b'=');
        if decode(key, true) == name {
            return Some(value);
        }
        query = rest;
    }
    None
}

/// The first parameter of this name, decoded; empty if there is none.
#[inline(never)]
pub(crate) fn get(url: &str, name: &str) -> String {
    decode(find(url, name).unwrap_or_default(), true)
}

/// The last path segment, decoded.
pub(crate) fn last_segment(url: &str) -> String {
    let (mut path, _) = cut(without_fragment(url), b'?');
    loop {
        let (segment, rest) = cut(path, b'/');
        if segment.len() == path.len() {
            return decode(segment, false);
        }
        path = rest;
    }
}

fn without_fragment(url: &str) -> &str {
    cut(url, b'#').0
}

/// Percent-decoding; what is not an escape stays as it is.
#[inline(never)]
fn decode(text: &str, form: bool) -> String {
    let mut out = Vec::new();
    let mut rest = text.as_bytes();
    while let [byte, tail @ ..] = rest {
        let mut byte = *byte;
        rest = tail;
        if byte == b'+' && form {
            byte = b' ';
        } else if byte == b'%'
            && let [high, low, tail @ ..] = tail
            && let (Some(high), Some(low)) = (hex(*high), hex(*low))
        {
            byte = (high << 4) | low;
            rest = tail;
        }
        out.extend_from_slice(&[byte]);
    }
    lossy(out)
}

#[inline(never)]
fn hex(digit: u8) -> Option<u8> {
    let letter = (digit | 0x20).wrapping_sub(b'a');
    match digit.wrapping_sub(b'0') {
        value @ 0..=9 => Some(value),
        _ if letter < 6 => Some(letter.wrapping_add(10)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters() {
        let url = "https://h/x?hub.mode=subscribe&hub.verify_token=a%2Bb+c%F0%9F%99%82&hub.challenge=0012&e&e=1#hub.x=1";
        let found = |url, name| find(url, name).map(|_| get(url, name));
        assert_eq!(found(url, "hub.mode").as_deref(), Some("subscribe"));
        assert_eq!(found(url, "hub.verify_token").as_deref(), Some("a+b c🙂"));
        assert_eq!(found(url, "hub.challenge").as_deref(), Some("0012"));
        assert_eq!(found(url, "e").as_deref(), Some(""));
        assert_eq!((found(url, "hub.x"), get(url, "hub.x")), (None, String::new()));
        assert_eq!(found("https://h/x", "e"), None);
        assert_eq!(found("?%68ub=%zz%4", "hub").as_deref(), Some("%zz%4"));
        assert_eq!(found("?e=%ff", "e").as_deref(), Some("\u{fffd}"));
        assert_eq!(get("?e=%aF%Ga%g1%1G%/0%0:%@0%`0", "e"), "\u{fffd}%Ga%g1%1G%/0%0:%@0%`0");
    }

    #[test]
    fn segments() {
        assert_eq!(last_segment("https://h/a/t%20k+n?x=/y#/z"), "t k+n");
        assert_eq!(last_segment("https://h/a/"), "");
        assert_eq!(last_segment("/tok"), "tok");
        assert_eq!(last_segment(""), "");
    }
}
