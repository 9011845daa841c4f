//! From a row and its options to a request.

use super::config::Service;
use super::row::Row;
use crate::agent::options::Options;
use crate::agent::tools::Key;
use crate::error::Error;
use crate::http::{Method, Request};
use crate::json::{Text, Value, Writer, integer, truthy};
use crate::prelude::*;
use crate::text::{concat, cut, replace};
use crate::url::encode;

/// The request of a call. `given` is the JSON of its options, `key` a fresh random UUID: it becomes the idempotency key where the
/// service honours one and the caller gives none (wire-contract 6.1, 6.2), and the nonce where one is asked for (1.2).
///
/// # Errors
/// A `ConfigError` naming the option, or the token that is missing.
pub fn request(
    row: &Row,
    service: Service<'_>,
    given: &str,
    key: &str,
    now_ms: f64,
) -> Result<Request, Error> {
    request_of(row, service, given, key, now_ms, true)
}

/// The same, of options that were checked if not `strict`: what the row does not know is left out.
#[inline(never)]
pub(super) fn request_of(
    row: &Row,
    service: Service<'_>,
    given: &str,
    key: &str,
    now_ms: f64,
    strict: bool,
) -> Result<Request, Error> {
    let (verb, path) = row.route();
    let method = match verb.as_bytes() {
        [b'G', ..] => Method::Get,
        [_, b'O', ..] => Method::Post,
        [_, b'U', ..] => Method::Put,
        [_, b'A', ..] => Method::Patch,
        _ => Method::Delete,
    };
    let mut draft = Draft {
        row,
        key,
        options: Options::parse(row.js(), given),
        url: path.to_owned(),
        headers: Vec::new(),
        query: String::new(),
        body: Writer::new(),
        filled: !matches!(method, Method::Get | Method::Delete),
    };
    draft.body.object();
    for option in row.keys() {
        draft.place(&option);
    }
    if strict {
        draft.rest();
    }
    draft.authorise(service);
    if row.has_right(b'N') {
        draft.header("x-request-timestamp", integer(seconds(now_ms)), "");
        draft.header("x-request-nonce", replace(key, "-", ""), "");
    }
    let mut body = None;
    if draft.filled {
        draft.body.end_object();
        draft.header("content-type", "application/json".to_owned(), "");
        body = Some(draft.body.finish());
    }
    let url = concat(&[service.base_url, &draft.url, &draft.query]);
    draft.options.end().map(|()| Request { method, url, headers: draft.headers, body })
}

/// What the host should be told before a call: that the service gives the endpoint up, or that nobody will learn of the end of a
/// registration (wire-contract 6.1). For the log, once per method.
#[must_use]
pub fn warning(row: &Row, given: &str) -> Option<&'static str> {
    if row.has_right(b'D') {
        return Some("the service gives this call up on 2026-07-27; use registerAgent");
    }
    let given = Value::known(given);
    for name in ["branding", "returnUrl", "webhookUrl", "verificationEmail"] {
        if !given.at(name).is_null() {
            return None;
        }
    }
    row.has_right(b'W').then_some(
        "nobody learns when the owner has confirmed: give webhookUrl, returnUrl, branding or verificationEmail",
    )
}

/// A request in the making.
struct Draft<'a> {
    row: &'a Row,
    key: &'a str,
    options: Options<'a>,
    url: String,
    headers: Vec<(&'static str, String)>,
    query: String,
    body: Writer,
    /// Whether there is a body.
    filled: bool,
}

impl<'a> Draft<'a> {
    /// The value of an option: given, or the default; `null` if there is nothing to send.
    #[inline(never)]
    fn read(&mut self, option: &Key) -> Value<'a> {
        let full = option.has(b'+') || option.has(b'/');
        let given = self.options.at(option.name);
        let must = if given.is_null() {
            if !option.default.is_empty() {
                return Value::known(option.default);
            }
            if full || option.has(b'!') { "is required" } else { "" }
        } else if given == Value::EMPTY && full {
            "must not be empty"
        } else if option.has(b'.') && given.number().is_some() {
            ""
        } else {
            option.complaint(given)
        };
        if !must.is_empty() {
            self.options.bad(option.name, must);
        }
        if option.has(b'~') && !truthy(given) { Value::NULL } else { given }
    }

    #[inline(never)]
    fn place(&mut self, option: &Key) {
        let value = self.read(option);
        if value.is_null() {
            return;
        }
        let text = plain(value);
        if option.has(b'/') || option.has(b'%') {
            let mut segment = String::new();
            if option.has(b'%') {
                if !text.starts_with('/') {
                    self.options.bad(option.name, "must begin with a slash");
                }
            } else {
                // Encoded or not, parsers of URLs walk along these.
                if text == "." || text == ".." {
                    self.options.bad(option.name, "must not be a dot segment");
                }
            }
            let whole = option.has(b'%');
            encode(if whole { cut(&text, b'#').0 } else { &text }, &mut segment, whole);
            self.url = replace(&self.url, &concat(&["{", option.name, "}"]), &segment);
        } else if option.has(b';') {
            self.query.push(if self.query.is_empty() { '?' } else { '&' });
            self.query.push_str(option.wire());
            self.query.push('=');
            encode(&text, &mut self.query, false);
        } else if option.has(b'^') {
            let own = if text.is_empty() && !option.default.is_empty() { self.key.to_owned() } else { text };
            if !own.is_empty() {
                self.header("idempotency-key", own, option.name);
            }
        } else if option.has(b'*') {
            for (name, value) in value.inside().members() {
                self.further(name, value, "extra.");
            }
        } else if !option.has(b'-') {
            self.filled = true;
            self.body.key(option.wire()).raw(value.raw());
        }
    }

    /// Options that the row has no name for. Those of every call go nowhere.
    fn rest(&mut self) {
        let row = self.row;
        for (name, value) in self.options.object().members() {
            let (mut known, mut open) = (value.is_null() || name.is("timeoutMs") || name.is("signal"), false);
            for own in row.keys() {
                known |= name.is(own.name);
                open |= own.has(b'*');
            }
            if known || (name.is("agentToken") && row.is_agents()) {
                continue;
            }
            if open {
                self.further(name, value, "");
            } else {
                self.options.bad(&name.decode(), "is no option");
            }
        }
    }

    /// A member that goes into the body as it is.
    #[inline(never)]
    fn further(&mut self, name: Text<'_>, value: Value<'_>, inside: &str) {
        if self.row.keys().any(|own| name.is(own.wire())) {
            self.options.bad(&concat(&[inside, &name.decode()]), "has an option of its own");
        }
        self.body.key_of(name).raw(value.raw());
    }

    /// What the row asks for as `authorization`.
    fn authorise(&mut self, service: Service<'_>) {
        let mut missing = "";
        for word in self.row.rights() {
            let own = word.len() == 1;
            let name = match word {
                "T" => "teamToken",
                "A" => "agentToken",
                _ if own => continue,
                option => option,
            };
            let mut token = if word == "T" { String::new() } else { self.options.text(name) };
            if token.is_empty() && own {
                token.push_str(service.token.expose());
            }
            if !token.is_empty() {
                self.header("authorization", concat(&["Bearer ", &token]), name);
                return;
            }
            missing = name;
        }
        if !missing.is_empty() {
            self.options.bad(missing, "is missing");
        }
    }

    /// The runtimes refuse other header values with errors of their own, which show the value.
    #[inline(never)]
    fn header(&mut self, header: &'static str, value: String, name: &str) {
        let mut last = b'x';
        for byte in value.bytes() {
            last = if matches!(byte, b' '..=b'~') { byte } else { b'\n' };
            if last == b'\n' {
                break;
            }
        }
        if last <= b' ' {
            self.options.bad(name, "must be printable ASCII without spaces around it");
        }
        self.headers.push((header, value));
    }
}

/// The characters of a text; anything else as it stands.
#[inline(never)]
pub(super) fn plain(value: Value<'_>) -> String {
    if value.is_text() { value.chars() } else { value.raw().to_owned() }
}

#[expect(clippy::cast_possible_truncation, reason = "float to integer casts saturate")]
fn seconds(now_ms: f64) -> i64 {
    (now_ms / 1000.0) as i64
}
