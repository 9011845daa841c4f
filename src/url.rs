//! The little of URLs that safety needs: what a base URL is, and whether an address stays at its origin.
//!
//! Strict on purpose: what this module does not understand is refused, so that it can never disagree with the
//! runtime's own parser about where a token goes.

use crate::prelude::*;
use crate::text;

/// Why a base URL is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadUrl {
    /// Not an absolute http(s) URL of plain ASCII without user, query and fragment.
    Malformed,
    /// Plain http to a host that is not loopback.
    Insecure,
}

/// A base URL as the service's clients take it: trailing slashes and one trailing `/sse` removed, a path prefix kept
/// (wire-contract 1.4). It must be https, unless the host is loopback or `allow_http` is set.
///
/// # Errors
/// [`BadUrl`].
pub fn base(text: &str, allow_http: bool) -> Result<String, BadUrl> {
    let mut trimmed = text;
    while let Some(shorter) = trimmed.strip_prefix(' ').or_else(|| trimmed.strip_suffix(' ')) {
        trimmed = shorter;
    }
    while let Some(shorter) = trimmed.strip_suffix('/') {
        trimmed = shorter;
    }
    let trimmed = trimmed.strip_suffix("/sse").unwrap_or(trimmed);
    let is_base = !trimmed.bytes().any(|byte| matches!(byte, b'?' | b'#'));
    let parts = Parts::of(trimmed).filter(|_| is_base).ok_or(BadUrl::Malformed)?;
    if !parts.secure && !allow_http && !is_loopback(parts.host) {
        return Err(BadUrl::Insecure);
    }
    Ok(trimmed.to_owned())
}

/// The address that `reference` names on a page at `page`, if it stays at the page's origin. Refused: another origin,
/// `//host`, user names, backslashes, anything but printable ASCII, fragments, other schemes.
#[must_use]
pub fn resolve(page: &str, reference: &str) -> Option<String> {
    let parts = Parts::of(page)?;
    if reference.is_empty()
        || reference.starts_with("//")
        || !plain(reference)
        || reference.bytes().any(|byte| byte == b'#')
    {
        return None;
    }
    // A colon before any slash or question mark makes it a scheme.
    let mark = reference.bytes().find(|byte| matches!(byte, b'/' | b'?' | b':'));
    if mark == Some(b':') {
        let other = Parts::of(reference)?;
        let same = other.secure == parts.secure
            && other.host.eq_ignore_ascii_case(parts.host)
            && other.port() == parts.port();
        return same.then(|| reference.to_owned());
    }
    // What is kept of the page's path: nothing, all of it, or its folder.
    let path = parts.rest.bytes().take_while(|byte| *byte != b'?').count();
    let kept = match reference.as_bytes().first() {
        Some(b'/') => 0,
        Some(b'?') => path,
        _ => {
            let path = parts.rest.bytes().take(path);
            path.enumerate().fold(0, |end, (at, byte)| if byte == b'/' { at.saturating_add(1) } else { end })
        }
    };
    let slash = if kept == 0 && mark != reference.bytes().next() { "/" } else { "" };
    let origin = page.len().saturating_sub(parts.rest.len());
    Some(text::concat(&[page.get(..origin.saturating_add(kept))?, slash, reference]))
}

/// A value in a query, percent-encoded: only unreserved characters stay as they are (RFC 3986).
pub fn encode_into(value: &str, out: &mut String) {
    encode(value, out, false);
}

/// The same, or with all of printable ASCII as it is, for what is a path and a query already.
#[inline(never)]
pub(crate) fn encode(value: &str, out: &mut String, keep: bool) {
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric()
            || matches!(byte, b'-' | b'.' | b'_' | b'~')
            || (keep && byte.is_ascii_graphic())
        {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for digit in [byte >> 4, byte & 15] {
                out.push(char::from_digit(u32::from(digit), 16).unwrap_or('0').to_ascii_uppercase());
            }
        }
    }
}

struct Parts<'a> {
    secure: bool,
    host: &'a str,
    port: &'a str,
    /// Path and query.
    rest: &'a str,
}

impl<'a> Parts<'a> {
    fn of(url: &'a str) -> Option<Self> {
        let (scheme, after) = text::split_once(url, "://")?;
        let secure = scheme.eq_ignore_ascii_case("https");
        if !plain(url) || !(secure || scheme.eq_ignore_ascii_case("http")) {
            return None;
        }
        let end = after.bytes().take_while(|byte| !matches!(byte, b'/' | b'?' | b'#')).count();
        let (authority, rest) = (after.get(..end)?, after.get(end..)?);
        let (host, port) = match authority.strip_prefix('[') {
            Some(six) => {
                let (host, port) = text::split_once(six, "]")?;
                let known = |b: u8| b.is_ascii_hexdigit() || matches!(b, b':' | b'.');
                if !text::contains(host, ":") || !host.bytes().all(known) {
                    return None;
                }
                (host, if port.is_empty() { "" } else { port.strip_prefix(':')? })
            }
            None => {
                let (host, port) = text::split_once(authority, ":").unwrap_or((authority, ""));
                let known = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_');
                if host.is_empty() || !host.bytes().all(known) {
                    return None;
                }
                (host, port)
            }
        };
        port.bytes().all(|b| b.is_ascii_digit()).then_some(Self { secure, host, port, rest })
    }

    fn port(&self) -> &'a str {
        match self.port {
            "" if self.secure => "443",
            "" => "80",
            port => port,
        }
    }
}

/// Printable ASCII without backslash.
fn plain(text: &str) -> bool {
    text.bytes().all(|b| matches!(b, 0x21..=0x7e) && b != b'\\')
}

fn is_loopback(host: &str) -> bool {
    // Four numbers of one byte each, the first of them 127.
    let four = || {
        let mut rest = host.strip_prefix("127.")?;
        for _ in 0..2 {
            let (part, after) = text::split_once(rest, ".")?;
            byte(part)?;
            rest = after;
        }
        byte(rest)
    };
    host.eq_ignore_ascii_case("localhost") || host == "::1" || four().is_some()
}

fn byte(text: &str) -> Option<u8> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    u8::try_from(text::whole(text).filter(|_| digits)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bases() {
        for (text, want) in [
            ("https://a.example", Ok("https://a.example")),
            ("https://a.example/", Ok("https://a.example")),
            ("https://a.example///", Ok("https://a.example")),
            ("https://a.example/sse", Ok("https://a.example")),
            ("https://a.example/sse/", Ok("https://a.example")),
            ("https://a.example/sse/sse", Ok("https://a.example/sse")),
            ("https://a.example/prefix/sse", Ok("https://a.example/prefix")),
            ("HTTPS://a.example:8443/x", Ok("HTTPS://a.example:8443/x")),
            ("http://localhost:3100", Ok("http://localhost:3100")),
            ("http://127.0.0.1:1", Ok("http://127.0.0.1:1")),
            ("http://127.9.9.9", Ok("http://127.9.9.9")),
            ("http://[::1]:3", Ok("http://[::1]:3")),
            ("http://a.example", Err(BadUrl::Insecure)),
            ("http://127.0.0.1.a.example", Err(BadUrl::Insecure)),
            ("http://127.0.0.256", Err(BadUrl::Insecure)),
            ("http://127.-0.0.1", Err(BadUrl::Insecure)),
            ("http://127.0.0", Err(BadUrl::Insecure)),
            ("http://127.0.0.1.1", Err(BadUrl::Insecure)),
            ("http://localhost.a.example", Err(BadUrl::Insecure)),
            ("http://[::2]", Err(BadUrl::Insecure)),
            ("", Err(BadUrl::Malformed)),
            ("a.example", Err(BadUrl::Malformed)),
            ("https://", Err(BadUrl::Malformed)),
            ("https:///x", Err(BadUrl::Malformed)),
            ("https://u:p@a.example", Err(BadUrl::Malformed)),
            ("https://a.example?x=1", Err(BadUrl::Malformed)),
            ("https://a.example/#x", Err(BadUrl::Malformed)),
            ("https://a.example:x", Err(BadUrl::Malformed)),
            ("https://a.example\\@b.example", Err(BadUrl::Malformed)),
            ("https://a.\texample", Err(BadUrl::Malformed)),
            ("https://ä.example", Err(BadUrl::Malformed)),
            ("https://[::1", Err(BadUrl::Malformed)),
            ("https://[::1]x", Err(BadUrl::Malformed)),
            ("ftp://a.example", Err(BadUrl::Malformed)),
            ("javascript://a.example/", Err(BadUrl::Malformed)),
        ] {
            assert_eq!(base(text, false), want.map(str::to_owned), "{text}");
        }
        assert_eq!(base("http://a.example", true), Ok("http://a.example".to_owned()));
    }

    #[test]
    fn addresses_stay_at_their_origin() {
        let page = "https://a.example/p/sse?token=x";
        for (reference, want) in [
            ("/messages?sessionId=1", Some("https://a.example/messages?sessionId=1")),
            ("messages?sessionId=1", Some("https://a.example/p/messages?sessionId=1")),
            ("?sessionId=1", Some("https://a.example/p/sse?sessionId=1")),
            ("https://a.example/m", Some("https://a.example/m")),
            ("https://A.EXAMPLE:443/m", Some("https://A.EXAMPLE:443/m")),
            ("HTTPS://a.example/m", Some("HTTPS://a.example/m")),
            ("m/x:y", Some("https://a.example/p/m/x:y")),
            ("/x:y//z", Some("https://a.example/x:y//z")),
            ("../m", Some("https://a.example/p/../m")),
            ("", None),
            ("//b.example/m", None),
            ("//a.example/m", None),
            ("/\\b.example/m", None),
            ("\\\\b.example/m", None),
            ("/\t/b.example/m", None),
            (" /m", None),
            ("/m ", None),
            ("/m\n", None),
            ("/m#x", None),
            ("/ä", None),
            ("http://a.example/m", None),
            ("https://a.example:8443/m", None),
            ("https://b.example/m", None),
            ("https://a.example.b.example/m", None),
            ("https://a.example@b.example/m", None),
            ("https://u@a.example/m", None),
            ("https:/b.example/m", None),
            ("https:b.example/m", None),
            ("javascript:alert(1)", None),
            ("data:text/plain,x", None),
            ("x:y", None),
        ] {
            assert_eq!(resolve(page, reference).as_deref(), want, "{reference}");
        }
        assert_eq!(
            resolve("http://localhost:3/sse", "http://localhost:3/m").as_deref(),
            Some("http://localhost:3/m")
        );
        assert_eq!(resolve("http://localhost:3/sse", "http://localhost/m"), None);
        assert_eq!(
            resolve("https://a.example:443/sse", "https://a.example/m").as_deref(),
            Some("https://a.example/m")
        );
    }

    #[test]
    fn queries_are_encoded() {
        let mut out = String::new();
        encode_into("a-b.c_d~e &=%+/ä", &mut out);
        assert_eq!(out, "a-b.c_d~e%20%26%3D%25%2B%2F%C3%A4");
    }
}
