//! JSON-RPC 2.0 frames: read without believing them, written by hand.

use crate::prelude::*;
use alloc::borrow::Cow;

use crate::json::{self, JsonError, MAX_DEPTH, Value, Writer};

/// What came in one frame.
#[derive(Clone, Debug)]
pub enum Frame<'a> {
    /// An answer to a request of ours.
    Answer {
        /// The id, as digits or as the text of a string.
        id: Cow<'a, str>,
        /// `result`, or the `error` object.
        body: Result<Value<'a>, Value<'a>>,
    },
    /// Neither a usable answer, nor nothing: both `result` and `error`.
    Contradiction {
        /// As in an answer.
        id: Cow<'a, str>,
    },
    /// The server asks us.
    Request {
        /// The server's id, verbatim: its id space is not ours.
        id: Value<'a>,
        /// Method.
        method: Cow<'a, str>,
    },
    /// The server tells us.
    Notice {
        /// Method.
        method: Cow<'a, str>,
        /// Parameters, `null` if there are none.
        params: Value<'a>,
    },
    /// Nothing we know: not JSON, not an object, no method, no answer.
    Garbage,
    /// JSON nested deeper than [`MAX_DEPTH`].
    TooDeep,
}

/// Reads one frame; every text has an answer.
#[must_use]
pub fn read(text: &str) -> Frame<'_> {
    let value = match json::parse_str(text, MAX_DEPTH) {
        Ok(value) => value,
        Err(JsonError::TooDeep) => return Frame::TooDeep,
        Err(_) => return Frame::Garbage,
    };
    let Some(object) = value.object() else { return Frame::Garbage };
    let id = object.get("id").filter(|id| !id.is_null());
    if let Some(method) = object.get("method").and_then(Value::text) {
        let method = method.decode();
        return match id {
            Some(id) => Frame::Request { id, method },
            None => Frame::Notice { method, params: object.get("params").unwrap_or(Value::NULL) },
        };
    }
    let id = match id {
        Some(id) => match (id.number(), id.text()) {
            (Some(digits), _) => Cow::Borrowed(digits),
            (_, Some(text)) => text.decode(),
            _ => return Frame::Garbage,
        },
        None => return Frame::Garbage,
    };
    match (object.get("result"), object.get("error").filter(|error| !error.is_null())) {
        (Some(_), Some(_)) => Frame::Contradiction { id },
        (Some(result), None) => Frame::Answer { id, body: Ok(result) },
        (None, Some(error)) => Frame::Answer { id, body: Err(error) },
        (None, None) => Frame::Garbage,
    }
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

/// Our answer to a request of the server, whose id is repeated verbatim.
#[must_use]
pub fn answer(id: Value<'_>, result: &str) -> String {
    let mut out = open();
    out.key("id").raw(id.raw()).key("result").raw(result);
    close(out)
}

/// Our refusal of a request of the server.
#[must_use]
pub fn refusal(id: Value<'_>) -> String {
    let mut out = open();
    out.key("id").raw(id.raw()).key("error").object();
    out.key("code").integer(-32601).key("message").string("Method not found").end_object();
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
        match read(text) {
            Frame::Answer { id, body: Ok(value) } => format!("answer {id} {}", value.raw()),
            Frame::Answer { id, body: Err(value) } => format!("error {id} {}", value.raw()),
            Frame::Contradiction { id } => format!("both {id}"),
            Frame::Request { id, method } => format!("request {} {method}", id.raw()),
            Frame::Notice { method, params } => format!("notice {method} {}", params.raw()),
            Frame::Garbage => "garbage".to_owned(),
            Frame::TooDeep => "too deep".to_owned(),
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
        let id = json::parse_str(r#""a\"b""#, 1).unwrap();
        assert_eq!(answer(id, "{}"), r#"{"jsonrpc":"2.0","id":"a\"b","result":{}}"#);
        assert_eq!(
            refusal(id),
            r#"{"jsonrpc":"2.0","id":"a\"b","error":{"code":-32601,"message":"Method not found"}}"#
        );
    }
}
