//! What an unverified body claims, found without parsing it: one pass, no tree, nothing kept but three short ids.

use crate::json::parse_str;
use crate::prelude::*;

/// How far an unverified body is looked into.
pub(crate) const PEEK: usize = 1024 * 1024;

/// Longest id that counts.
const MAX_ID: usize = 256;

/// Depth of `entry[].changes[].value.metadata` (wire-contract 8.3).
const METADATA_DEPTH: usize = 7;

/// Ids that a body claims. Good for looking up a secret, for nothing else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Claimed {
    pub(crate) org_id: Option<String>,
    pub(crate) agent_id: Option<String>,
    pub(crate) phone_number_id: Option<String>,
}

/// Reads the claims in the first `limit` bytes. Of duplicate keys the last counts, as in `JSON.parse`; several receiving
/// numbers in one body are no claim.
pub(crate) fn peek(body: &[u8], limit: usize) -> Claimed {
    let body = body.get(..limit).unwrap_or(body);
    // Where the values stand; nowhere, where they are no text.
    let (mut org_id, mut agent_id, mut number) = ((0, 0), (0, 0), (0, 0));
    let (mut at, mut depth, mut several) = (0_usize, 0_usize, false);
    while let Some(byte) = body.get(at) {
        let start = at;
        at = start.saturating_add(1);
        match byte {
            b'{' | b'[' => depth = depth.saturating_add(1),
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => {
                at = string(body, at);
                let colon = space(body, at);
                if !matches!(depth, 1 | METADATA_DEPTH) || body.get(colon) != Some(&b':') {
                    continue;
                }
                let Some(key) = read(body, (start, at)) else { continue };
                let slot = match (depth, key.as_str()) {
                    (1, "orgId") => &mut org_id,
                    (1, "agentId") => &mut agent_id,
                    (METADATA_DEPTH, "phone_number_id") => &mut number,
                    _ => continue,
                };
                let start = space(body, colon.saturating_add(1));
                let before = *slot;
                *slot = (0, 0);
                if body.get(start) == Some(&b'"') {
                    at = string(body, start.saturating_add(1));
                    *slot = (start, at);
                }
                if depth == METADATA_DEPTH {
                    let before = read(body, before);
                    several |= before.is_some() && before != read(body, number);
                }
            }
            _ => {}
        }
    }
    if several {
        number = (0, 0);
    }
    Claimed {
        org_id: read(body, org_id),
        agent_id: read(body, agent_id),
        phone_number_id: read(body, number),
    }
}

/// The characters of a quoted string, if it is short and whole.
#[inline(never)]
fn read(body: &[u8], (start, end): (usize, usize)) -> Option<String> {
    let text = crate::text::utf8(body.get(start..end)?).filter(|text| text.len() <= MAX_ID)?;
    Some(parse_str(text, 0).ok()?.text()?.chars())
}

/// Where a string ends whose opening quote stands before `at`: behind its last quote, or beyond the body.
#[inline(never)]
fn string(body: &[u8], mut at: usize) -> usize {
    loop {
        let Some(byte) = body.get(at) else { return at };
        at = at.saturating_add(if *byte == b'\\' { 2 } else { 1 });
        if *byte == b'"' {
            return at;
        }
    }
}

/// The first place from here on that is no space.
#[inline(never)]
fn space(body: &[u8], mut at: usize) -> usize {
    while body.get(at).is_some_and(u8::is_ascii_whitespace) {
        at = at.saturating_add(1);
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(body: &str) -> (Option<String>, Option<String>, Option<String>) {
        let claimed = peek(body.as_bytes(), PEEK);
        (claimed.org_id, claimed.agent_id, claimed.phone_number_id)
    }

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn claims_are_found_at_their_place_only() {
        assert_eq!(claims(r#"{"orgId":"o-1","agentId":"a-1"}"#), (some("o-1"), some("a-1"), None));
        assert_eq!(claims(r#" { "orgId" : "o-1" } "#), (some("o-1"), None, None));
        assert_eq!(claims(r#"{"data":{"orgId":"o-1"},"x":["orgId"]}"#), (None, None, None));
        assert_eq!(claims(r#"{"x":"orgId","y":"\",\"orgId\":\"o-1"}"#), (None, None, None));
        assert_eq!(claims(r#"{"orgId":7,"agentId":null}"#), (None, None, None));
        assert_eq!(claims(r#"["orgId","o-1"]"#), (None, None, None));
    }

    #[test]
    fn the_last_duplicate_counts_however_it_is_written() {
        assert_eq!(claims(r#"{"orgId":"o-1","orgId":"o-2"}"#), (some("o-2"), None, None));
        assert_eq!(claims(r#"{"orgId":"o-1","org\u0049d":"\u006f-2"}"#), (some("o-2"), None, None));
        assert_eq!(claims(r#"{"orgId":"o-1","orgId":{}}"#), (None, None, None));
    }

    #[test]
    fn the_receiving_number() {
        let entry = |ids: &[&str]| {
            let changes: Vec<String> = ids
                .iter()
                .map(|id| {
                    format!(r#"{{"changes":[{{"value":{{"metadata":{{"phone_number_id":"{id}"}}}}}}]}}"#)
                })
                .collect();
            format!(r#"{{"entry":[{}]}}"#, changes.join(","))
        };
        assert_eq!(claims(&entry(&["5"])), (None, None, some("5")));
        assert_eq!(claims(&entry(&["5", "5"])), (None, None, some("5")));
        assert_eq!(claims(&entry(&["5", "6"])), (None, None, None));
        assert_eq!(claims(&entry(&["5", "6", "5"])), (None, None, None));
        assert_eq!(claims(r#"{"phone_number_id":"5"}"#), (None, None, None));
    }

    #[test]
    fn it_is_bounded_and_total() {
        let late = format!(r#"{{"x":"{}","orgId":"o-1"}}"#, "y".repeat(PEEK));
        assert_eq!(claims(&late), (None, None, None));
        assert_eq!(peek(late.as_bytes(), usize::MAX).org_id, some("o-1"));
        assert_eq!(claims(&format!(r#"{{"orgId":"{}"}}"#, "o".repeat(300))), (None, None, None));
        for broken in
            ["", "{", "\"", "{\"orgId", "{\"orgId\":\"", "{\"orgId\":\"\\", "}}}}", "{\"orgId\"\"x\"}"]
        {
            assert_eq!(claims(broken), (None, None, None), "{broken}");
        }
        assert_eq!(claims(&"[".repeat(100_000)), (None, None, None));
        assert_eq!(peek(b"{\"orgId\":\"\xff\"}", PEEK), Claimed::default());
    }
}
