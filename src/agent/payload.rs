//! What a tool answered: the useful part of an MCP result (wire-contract 2.6).

use crate::json::{self, MAX_DEPTH, Value};
use crate::prelude::*;

/// A tool's answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Payload {
    /// The JSON it holds, if it does.
    pub json: Option<String>,
    /// Its first text, if there is one.
    pub text: Option<String>,
    /// Whether the tool says that it failed.
    pub is_error: bool,
}

impl Payload {
    /// Reads the `result` of a `tools/call`: the first text block if it is JSON, else `structuredContent`, else the
    /// first later text block that is JSON.
    #[must_use]
    pub fn read(result: &str) -> Self {
        let result = json::parse_str(result, MAX_DEPTH).unwrap_or(Value::NULL).object().unwrap_or_default();
        let blocks = result.get("content").and_then(Value::array);
        let mut texts = blocks.into_iter().flatten().filter_map(|block| {
            let text = block.object()?.get("text")?.text()?;
            Some(text.decode().into_owned())
        });
        let is_json = |text: &String| json::parse_str(text, MAX_DEPTH).is_ok();
        let text = texts.next();
        let json = text.clone().filter(is_json).or_else(|| {
            let structured = result.get("structuredContent").filter(|value| value.object().is_some());
            structured.map(|value| value.raw().to_owned()).or_else(|| texts.find(is_json))
        });
        Self { json, text, is_error: result.get("isError").and_then(Value::bool) == Some(true) }
    }

    /// Whether there is nothing in it, not even empty text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.json.is_none() && self.text.is_none()
    }

    /// As JSON: what it holds, else its text, else `null`. Empty text is `null`, as in the reference.
    #[must_use]
    pub fn into_json(self) -> String {
        let text = self.text.filter(|text| !text.is_empty());
        let spoken = || text.map_or_else(|| "null".to_owned(), |text| json::quoted(&text));
        self.json.map_or_else(spoken, |json| json.trim_ascii().to_owned())
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
