//! JSON-RPC 2.0 frames: read without believing them, written by hand.

use crate::prelude::*;

use crate::json::{self, JsonError, MAX_DEPTH, Value, Writer};
use crate::text::whole;

/// What came in one frame.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// Which of its parts count.
    pub kind: Kind,
    /// The id, a number or a string; of a request verbatim, whatever it is: its id space is not ours.
    pub id: Value<'a>,
    /// The method.
    pub method: Value<'a>,
    /// `params`, `result` or the `error` object; `null` if there is none.
    pub body: Value<'a>,
}

/// What a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An answer to a request of ours: `id`, and `result` as body.
    Result,
    /// An answer to a request of ours: `id`, and the `error` object as body.
    Error,
    /// Neither a usable answer, nor nothing: both `result` and `error`.
    Contradiction,
    /// The server asks us: `id` and `method`.
    Request,
    /// The server tells us: `method`, and `params` as body.
    Notice,
    /// Nothing we know: not JSON, not an object, no method, no answer.
    Garbage,
    /// JSON nested deeper than [`MAX_DEPTH`].
    TooDeep,
}

impl Frame<'_> {
    /// Whether this is the method.
    #[must_use]
    pub fn asks(&self, method: &str) -> bool {
        self.method.text().is_some_and(|known| known.is(method))
    }

    /// The id as a number, which may have come back as text.
    #[must_use]
    pub fn number(&self) -> Option<u32> {
        let id = if self.id.is_text() { self.id.chars() } else { self.id.raw().to_owned() };
        u32::try_from(whole(&id)?).ok()
    }
}

/// Reads one frame; every text has an answer.
#[must_use]
pub fn read(text: &str) -> Frame<'_> {
    let value = json::parse_str(text, MAX_DEPTH);
    let too_deep = value == Err(JsonError::TooDeep);
    let object = value.unwrap_or(Value::NULL).object().unwrap_or_default();
    let at = |key| object.get(key).unwrap_or(Value::NULL);
    let (id, method, error) = (at("id"), at("method"), at("error"));
    let (kind, body) = if too_deep {
        (Kind::TooDeep, error)
    } else if method.is_text() {
        (if id.is_null() { Kind::Notice } else { Kind::Request }, at("params"))
    } else if !id.is_text() && id.number().is_none() {
        (Kind::Garbage, error)
    } else {
        match (object.get("result"), error.is_null()) {
            (Some(_), false) => (Kind::Contradiction, error),
            (Some(result), true) => (Kind::Result, result),
            (None, false) => (Kind::Error, error),
            (None, true) => (Kind::Garbage, error),
        }
    };
    Frame { kind, id, method, body }
}

/// A request of ours; `params` is JSON.
#[must_use]
pub fn request(id: u32, method: &str, params: Option<&str>) -> String {
    let mut out = open();
    out.key("id").integer(i64::from(id)).key("method").string(method);
    if let Some(params) = params {
        out.key("params").raw(params);
    }
    close(out)
}

/// A notice of ours without parameters.
#[must_use]
pub fn notice(method: &str) -> String {
    let mut out = open();
    out.key("method").string(method);
    close(out)
}

/// Our answer to a request of the server, whose id is repeated verbatim, as JSON.
#[must_use]
pub fn answer(id: &str, result: &str) -> String {
    let mut out = open();
    out.key("id").raw(id).key("result").raw(result);
    close(out)
}

/// Our refusal of a request of the server.
#[must_use]
pub fn refusal(id: &str, code: i64, message: &str) -> String {
    let mut out = open();
    out.key("id").raw(id).key("error").object();
    out.key("code").integer(code).key("message").string(message).end_object();
    close(out)
}

fn open() -> Writer {
    let mut out = Writer::new();
    out.object().key("jsonrpc").string("2.0");
    out
}

fn close(mut out: Writer) -> String {
    out.end_object();
    out.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(text: &str) -> String {
        let Frame { kind, id, method, body } = read(text);
        let (id, method) =
            (if id.is_text() { id.chars() } else { id.raw().to_owned() }, (id.raw(), method.chars()));
        match kind {
            Kind::Result => format!("answer {id} {}", body.raw()),
            Kind::Error => format!("error {id} {}", body.raw()),
            Kind::Contradiction => format!("both {id}"),
            Kind::Request => format!("request {} {}", method.0, method.1),
            Kind::Notice => format!("notice {} {}", method.1, body.raw()),
            Kind::Garbage => "garbage".to_owned(),
            Kind::TooDeep => "too deep".to_owned(),
        }
    }

    #[test]
    fn frames() {
        for (text, want) in [
            (r#"{"result":{"a":1},"jsonrpc":"2.0","id":7}"#, r#"answer 7 {"a":1}"#),
            (r#"{"jsonrpc":"2.0","id":"7","result":null}"#, "answer 7 null"),
            (r#"{"id":7,"error":{"code":-32601}}"#, r#"error 7 {"code":-32601}"#),
            (r#"{"id":7,"result":1,"error":null}"#, "answer 7 1"),
            (r#"{"id":7,"result":1,"error":{}}"#, "both 7"),
            (r#"{"id":18446744073709551617,"result":1}"#, "answer 18446744073709551617 1"),
            (r#"{"id":0,"method":"ping"}"#, "request 0 ping"),
            (r#"{"id":"a\"b","method":"roots/list","params":{}}"#, r#"request "a\"b" roots/list"#),
            (r#"{"id":null,"method":"x"}"#, "notice x null"),
            (
                r#"{"method":"notifications/message","params":{"data":{}}}"#,
                r#"notice notifications/message {"data":{}}"#,
            ),
            (r#"{"id":1,"id":2,"result":3}"#, "answer 2 3"),
            (r#"{"__proto__":{"id":1},"result":3}"#, "garbage"),
            (r#"{"id":[1],"result":3}"#, "garbage"),
            (r#"{"id":1}"#, "garbage"),
            (r#"{"result":1}"#, "garbage"),
            ("[]", "garbage"),
            ("null", "garbage"),
            ("", "garbage"),
            ("{", "garbage"),
            (r#"[{"id":1,"result":3}]"#, "garbage"),
        ] {
            assert_eq!(show(text), want, "{text}");
        }
        assert_eq!(show(&["[".repeat(100_000), "]".repeat(100_000)].concat()), "too deep");
    }

    #[test]
    fn what_we_write() {
        assert_eq!(request(0, "ping", None), r#"{"jsonrpc":"2.0","id":0,"method":"ping"}"#);
        assert_eq!(
            request(3, "tools/call", Some(r#"{"name":"x"}"#)),
            r#"{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"x"}}"#
        );
        assert_eq!(
            notice("notifications/initialized"),
            r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#
        );
        let id = r#""a\"b""#;
        assert_eq!(answer(id, "{}"), r#"{"jsonrpc":"2.0","id":"a\"b","result":{}}"#);
        assert_eq!(
            refusal(id, -32601, "Method not found"),
            r#"{"jsonrpc":"2.0","id":"a\"b","error":{"code":-32601,"message":"Method not found"}}"#
        );
    }
}
