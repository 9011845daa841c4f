//! What a tool answered: the useful part of an MCP result (wire-contract 2.6).

use crate::json::{self, MAX_DEPTH, Value};
use crate::prelude::*;

/// A tool's answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Payload {
    /// The JSON it holds; empty if it holds none.
    pub json: String,
    /// Its first text.
    pub text: String,
    /// Whether there is a text, be it empty.
    pub has_text: bool,
    /// Whether the tool says that it failed.
    pub is_error: bool,
}

impl Payload {
    /// Reads the `result` of a `tools/call`: the first text block if it is JSON, else `structuredContent`, else the
    /// first later text block that is JSON.
    #[must_use]
    pub fn read(result: &str) -> Self {
        let result = Value::known(result);
        let mut payload = Self { is_error: result.at("isError").raw() == "true", ..Self::default() };
        let structured = result.at("structuredContent");
        let structured = if structured.raw().starts_with('{') { structured.raw() } else { "" };
        for block in result.at("content").items() {
            let text = block.at("text");
            if !text.is_text() {
                continue;
            }
            let text = text.chars();
            if json::parse_str(&text, MAX_DEPTH).is_ok() {
                payload.json.push_str(&text);
            }
            if !payload.has_text {
                (payload.text, payload.has_text) = (text, true);
            }
            if !payload.json.is_empty() || !structured.is_empty() {
                break;
            }
        }
        if payload.json.is_empty() {
            payload.json.push_str(structured);
        }
        payload
    }

    /// Whether there is nothing in it, not even empty text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.json.is_empty() && !self.has_text
    }

    /// As JSON: what it holds, else its text, else `null`. Empty text is `null`, as in the reference.
    #[must_use]
    pub fn into_json(self) -> String {
        if !self.json.is_empty() {
            self.json.trim_ascii().to_owned()
        } else if self.text.is_empty() {
            "null".to_owned()
        } else {
            json::quoted(&self.text)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json_of(result: &str) -> String {
        Payload::read(result).into_json()
    }

    #[test]
    fn what_counts_of_a_result() {
        for (result, want) in [
            (r#"{"content":[{"type":"text","text":"{\"a\":1}"}]}"#, r#"{"a":1}"#),
            (r#"{"content":[{"type":"text","text":"\n {\"a\": 1} \n"}]}"#, r#"{"a": 1}"#),
            (r#"{"content":[{"type":"text","text":"OK"}]}"#, r#""OK""#),
            (r#"{"content":[{"type":"text","text":""}]}"#, "null"),
            (r#"{"content":[{"type":"text","text":"  "}]}"#, r#""  ""#),
            ("{\"content\":[{\"type\":\"text\",\"text\":\"\u{feff}{}\"}]}", "\"\u{feff}{}\""),
            (r#"{"content":[]}"#, "null"),
            ("{}", "null"),
            ("null", "null"),
            ("7", "null"),
            (r#"{"content":"x"}"#, "null"),
            (r#"{"content":[null,7,"x",{"type":"image","data":"AA"},{"type":"text","text":"[1]"}]}"#, "[1]"),
            (r#"{"content":[{"text":"{\"first\":1}"},{"text":"{\"second\":1}"}]}"#, r#"{"first":1}"#),
            (r#"{"content":[{"text":"hello"},{"text":"{\"second\":1}"}]}"#, r#"{"second":1}"#),
            (r#"{"content":[{"text":"hello"}],"structuredContent":{"s":1}}"#, r#"{"s":1}"#),
            (r#"{"content":[{"text":"{\"t\":1}"}],"structuredContent":{"s":1}}"#, r#"{"t":1}"#),
            (r#"{"structuredContent":{"s":1}}"#, r#"{"s":1}"#),
            (r#"{"structuredContent":7}"#, "null"),
        ] {
            assert_eq!(json_of(result), want, "{result}");
        }
        assert!(Payload::read(r#"{"isError":true}"#).is_error);
        assert!(!Payload::read(r#"{"isError":"true"}"#).is_error);
        assert!(Payload::read(r#"{"content":[]}"#).is_empty());
        assert!(!Payload::read(r#"{"content":[{"text":""}]}"#).is_empty());
    }
}
