//! What an unverified body claims. Good for looking up a secret, for nothing else.
//!
//! It is read as handlers will read it, so that a secret is looked up for the ids that they will see. That is bounded: by the
//! body's largest size, and by how deep it may nest.

use crate::json::Value;
use crate::json::doc::{Doc, Node};
use crate::prelude::*;

use super::read::Reader;

/// Longest id that counts, in bytes as it stands there, quotes and escapes included.
const MAX_ID: usize = 258;

/// The claims as a JSON object, each of them text or `null`: `claimedOrgId` and `claimedAgentId` as the body has them,
/// `claimedEvent`, which is what the header `X-BD-Event` says, and `claimedPhoneNumberId`, the receiving number of a WhatsApp
/// body. A body that is not JSON claims nothing, and several numbers in one body are no claim.
#[must_use]
pub fn hint(event: Value<'_>, body: &[u8], max_depth: usize) -> String {
    let mut reader = Reader::of(body, max_depth).unwrap_or_else(|_| Reader::on(Doc::default()));
    let event = reader.doc.add(event.raw());
    let number = reader.number();
    let ids = [reader.look("orgId|org_id"), reader.look("agentId|agent_id"), number, event];
    reader.set_sources(&ids.map(|id| if reader.doc.raw(id).len() > MAX_ID { Node::NONE } else { id }));
    reader.untyped("claimedOrgId~0 claimedAgentId~1 claimedPhoneNumberId~2 claimedEvent~3")
}

impl Reader {
    /// The receiving number of all changes (wire-contract 8.3).
    fn number(&self) -> Node {
        let mut number = Node::NONE;
        let entries = self.doc.get(Node::ROOT, "entry");
        let mut entry = self.doc.item(entries);
        while entry != Node::NONE {
            let changes = self.doc.get(entry, "changes");
            let mut change = self.doc.item(changes);
            while change != Node::NONE {
                let metadata = self.doc.get(self.doc.get(change, "value"), "metadata");
                let found = self.doc.get(metadata, "phone_number_id");
                if number == Node::NONE {
                    number = found;
                } else if found != Node::NONE && self.doc.raw(found) != self.doc.raw(number) {
                    return Node::NONE;
                }
                change = self.doc.after(change, changes);
            }
            entry = self.doc.after(entry, entries);
        }
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(body: &str) -> (Option<String>, Option<String>, Option<String>) {
        let hint = hint(Value::NULL, body.as_bytes(), 64);
        let hint: serde_json::Value = serde_json::from_str(&hint).unwrap();
        let text = |key: &str| hint[key].as_str().map(str::to_owned);
        (text("claimedOrgId"), text("claimedAgentId"), text("claimedPhoneNumberId"))
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
    fn under_both_names_as_events_have_them() {
        assert_eq!(claims(r#"{"org_id":"o-2","agent_id":"a-2"}"#), (some("o-2"), some("a-2"), None));
        assert_eq!(claims(r#"{"org_id":"o-2","orgId":"o-1"}"#), (some("o-1"), None, None));
        assert_eq!(claims(r#"{"org_id":"o-2","orgId":""}"#), (some("o-2"), None, None));
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
                .map(|id| format!(r#"{{"changes":[{{"value":{{"metadata":{{"phone_number_id":{id}}}}}}}]}}"#))
                .collect();
            format!(r#"{{"entry":[{}]}}"#, changes.join(","))
        };
        let number = |ids: &[&str]| claims(&entry(ids)).2;
        assert_eq!(number(&[r#""5""#]), some("5"));
        assert_eq!(number(&[r#""5""#, r#""5""#]), some("5"));
        assert_eq!(number(&[r#""\ud800""#, r#""\ud801""#]), None, "both read as U+FFFD");
        assert_eq!(number(&[r#""5""#, r#""6""#]), None);
        assert_eq!(number(&[r#""5""#, r#""6""#, r#""5""#]), None);
        assert_eq!(number(&["5"]), None);
        assert_eq!(
            claims(
                r#"{"entry":[5,{"changes":[7,{"value":{}},{"value":{"metadata":{"phone_number_id":"5"}}}]}]}"#
            )
            .2,
            some("5")
        );
        assert_eq!(claims(r#"{"phone_number_id":"5"}"#), (None, None, None));
    }

    #[test]
    fn it_is_bounded_and_total() {
        for (length, found) in [(256, true), (257, false)] {
            assert_eq!(claims(&format!(r#"{{"orgId":"{}"}}"#, "o".repeat(length))).0.is_some(), found);
        }
        for broken in [
            "",
            "{",
            "\"",
            "{\"orgId",
            "{\"orgId\":\"",
            "{\"orgId\":\"\\",
            "}}}}",
            r#"{"orgId":"o-1""#,
            "null",
        ] {
            assert_eq!(claims(broken), (None, None, None), "{broken}");
        }
        assert_eq!(claims(&"[".repeat(100_000)), (None, None, None));
        let deep = format!(r#"{{"orgId":"o-1","x":{}{}}}"#, "[".repeat(80), "]".repeat(80));
        assert_eq!(claims(&deep), (None, None, None));
        assert!(!hint(Value::NULL, b"{\"orgId\":\"\xff\"}", 64).contains("\"\""));
    }
}
