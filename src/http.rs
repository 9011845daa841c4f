//! HTTP as plain data.

use crate::json::Value;
use crate::prelude::*;

/// A request method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Method {
    /// GET
    Get,
    /// POST
    Post,
    /// PUT
    Put,
    /// PATCH
    Patch,
    /// DELETE
    Delete,
}

impl Method {
    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// A request, described before it is sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// Method.
    pub method: Method,
    /// Absolute URL.
    pub url: String,
    /// Headers in order. Values may be secret.
    pub headers: Vec<(&'static str, String)>,
    /// Body.
    pub body: Option<String>,
}

/// Shows no header value, no query and no body: any of them may be secret.
impl core::fmt::Debug for Request {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("url", &self.url.split('?').next())
            .field("headers", &self.headers.iter().map(|(name, _)| *name).collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

/// The headers of answers that anything is read from.
const READ: [&str; 5] = ["content-type", "retry-after", "deprecation", "sunset", "link"];

/// Headers of an answer, as far as anything is read from them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(Vec<(&'static str, String)>);

impl Headers {
    /// From pairs in any casing.
    pub fn new<N: AsRef<str>, V: Into<String>>(pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        let known = |name: &str| READ.into_iter().find(|known| known.eq_ignore_ascii_case(name));
        Self::of(
            pairs
                .into_iter()
                .filter_map(|(name, value)| Some((known(name.as_ref())?, value.into())))
                .collect(),
        )
    }

    /// From pairs whose names are lower-case.
    pub(crate) fn of(pairs: Vec<(&'static str, String)>) -> Self {
        Self(pairs)
    }

    /// The first value under this name, which must be lower-case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }
}

/// The beginning of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Status code. A redirect that was not followed has 3xx, or 0 in browsers.
    pub status: u16,
    /// Headers.
    pub headers: Headers,
}

impl Head {
    /// Whether the status is 2xx.
    #[must_use]
    pub fn ok(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// The network failed. `0` is what the runtime said, for people; it holds no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetError(pub String);

/// Where a body ends although it goes on: error bodies and small answers.
pub const SMALL_BODY: usize = 64 * 1024;

/// A body as JSON for the `body` of an error: itself when it is JSON, else its text as a JSON string, else `null`.
#[must_use]
pub fn body_as_json(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return "null".to_owned();
    }
    match crate::json::parse(bytes, crate::json::DEFAULT_DEPTH) {
        Ok(value) => Value::raw(value).to_owned(),
        Err(_) => crate::json::quoted(&crate::text::lossy(bytes.to_vec())),
    }
}
