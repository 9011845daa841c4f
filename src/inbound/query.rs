//! The few things read from a URL: parameters of Meta's challenge, and the last path segment.

/// Whether the query has this parameter.
pub(crate) fn has(url: &str, name: &str) -> bool {
    get(url, name).is_some()
}

/// The first parameter of this name, decoded.
pub(crate) fn get(url: &str, name: &str) -> Option<String> {
    let (_, query) = without_fragment(url).split_once('?')?;
    query.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(key, true) == name).then(|| decode(value, true))
    })
}

/// The last path segment, decoded.
pub(crate) fn last_segment(url: &str) -> String {
    let path = without_fragment(url).split('?').next().unwrap_or_default();
    decode(path.rsplit('/').next().unwrap_or_default(), false)
}

fn without_fragment(url: &str) -> &str {
    url.split('#').next().unwrap_or_default()
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
    match String::from_utf8(out) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    }
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
