//! The few things read from a URL: parameters of Meta's challenge, and the last path segment.

use crate::prelude::*;
use crate::text::lossy;

use super::read::cut;

/// The first parameter of this name, decoded.
pub(crate) fn get(url: &str, name: &str) -> Option<String> {
    let (_, mut query) = cut(without_fragment(url), b'?');
    while !query.is_empty() {
        let (pair, rest) = cut(query, b'&');
        let (key, value) = cut(pair, b'=');
        if decode(key, true) == name {
            return Some(decode(value, true));
        }
        query = rest;
    }
    None
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
fn decode(text: &str, form: bool) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    loop {
        rest = match rest {
            [] => break,
            [b'%', high, low, tail @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                out.push((hex(*high) << 4) | hex(*low));
                tail
            }
            [b'+', tail @ ..] if form => {
                out.push(b' ');
                tail
            }
            [byte, tail @ ..] => {
                out.push(*byte);
                tail
            }
        };
    }
    lossy(out)
}

fn hex(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit.wrapping_sub(b'0'),
        _ => (digit | 0x20).wrapping_sub(b'a').wrapping_add(10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters() {
        let url = "https://h/x?hub.mode=subscribe&hub.verify_token=a%2Bb+c%F0%9F%99%82&hub.challenge=0012&e&e=1#hub.x=1";
        assert_eq!(get(url, "hub.mode").as_deref(), Some("subscribe"));
        assert_eq!(get(url, "hub.verify_token").as_deref(), Some("a+b c🙂"));
        assert_eq!(get(url, "hub.challenge").as_deref(), Some("0012"));
        assert_eq!(get(url, "e").as_deref(), Some(""));
        assert_eq!(get(url, "hub.x"), None);
        assert_eq!(get("https://h/x", "e"), None);
        assert_eq!(get("?%68ub=%zz%4", "hub").as_deref(), Some("%zz%4"));
        assert_eq!(get("?e=%ff", "e").as_deref(), Some("\u{fffd}"));
    }

    #[test]
    fn segments() {
        assert_eq!(last_segment("https://h/a/t%20k+n?x=/y#/z"), "t k+n");
        assert_eq!(last_segment("https://h/a/"), "");
        assert_eq!(last_segment("/tok"), "tok");
        assert_eq!(last_segment(""), "");
    }
}
