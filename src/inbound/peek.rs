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
    let mut scan = Scan { bytes: body.get(..limit).unwrap_or(body), at: 0 };
    let mut claimed = Claimed::default();
    let mut depth = 0_usize;
    let mut several = false;
    while let Some(byte) = scan.next() {
        match byte {
            b'{' | b'[' => depth = depth.saturating_add(1),
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => {
                let Some(key) = scan.string() else { break };
                if !matches!(depth, 1 | METADATA_DEPTH) || !scan.colon() {
                    continue;
                }
                let Some(key) = read(key) else { continue };
                let place = match (depth, key.as_str()) {
                    (1, "orgId") => &mut claimed.org_id,
                    (1, "agentId") => &mut claimed.agent_id,
                    (METADATA_DEPTH, "phone_number_id") => &mut claimed.phone_number_id,
                    _ => continue,
                };
                let value = scan.quoted_value();
                several |= depth == METADATA_DEPTH && place.is_some() && *place != value;
                *place = value;
            }
            _ => {}
        }
    }
    if several {
        claimed.phone_number_id = None;
    }
    claimed
}

/// The characters of a quoted string, if it is short and whole.
fn read(quoted: &[u8]) -> Option<String> {
    let text = core::str::from_utf8(quoted).ok().filter(|text| text.len() <= MAX_ID)?;
    Some(parse_str(text, 0).ok()?.text()?.decode().into_owned())
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Scan<'a> {
    fn next(&mut self) -> Option<u8> {
        let byte = self.bytes.get(self.at).copied();
        self.at = self.at.saturating_add(1);
        byte
    }

    /// The rest of a string whose opening quote was just read; quotes included.
    fn string(&mut self) -> Option<&'a [u8]> {
        let start = self.at.saturating_sub(1);
        loop {
            match self.next()? {
                b'"' => return self.bytes.get(start..self.at),
                b'\\' => self.at = self.at.saturating_add(1),
                _ => {}
            }
        }
    }

    fn space(&mut self) {
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at = self.at.saturating_add(1);
        }
    }

    /// Whether a colon follows, which is then read.
    fn colon(&mut self) -> bool {
        self.space();
        let found = self.bytes.get(self.at) == Some(&b':');
        if found {
            self.at = self.at.saturating_add(1);
        }
        found
    }

    /// The string that follows; `None`, and nothing read, if it is something else.
    fn quoted_value(&mut self) -> Option<String> {
        self.space();
        if self.bytes.get(self.at) != Some(&b'"') {
            return None;
        }
        self.at = self.at.saturating_add(1);
        self.string().and_then(read)
    }
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
