//! HTTP as plain data, and the one door to the network: [`Http`].

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

/// Headers of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(Vec<(String, String)>);

impl Headers {
    /// From pairs in any casing.
    pub fn new<N: AsRef<str>, V: Into<String>>(pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        Self(
            pairs
                .into_iter()
                .map(|(name, value)| (name.as_ref().to_ascii_lowercase(), value.into()))
                .collect(),
        )
    }

    /// The first value under this name, which must be lower-case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
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

/// A whole answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its beginning.
    pub head: Head,
    /// Its body, up to the limit it was read with.
    pub body: Vec<u8>,
}

/// The network failed. `0` is what the runtime said, for people; it holds no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetError(pub String);

/// A body as it arrives. Dropping it cancels it.
pub trait Body {
    /// The next bytes; `None` at the end.
    ///
    /// # Errors
    /// [`NetError`] when the connection breaks.
    fn chunk(&mut self) -> impl Future<Output = Result<Option<Vec<u8>>, NetError>>;
}

/// The way to the network. Dropping an unfinished `send` aborts it. Redirects are never followed.
pub trait Http {
    /// Body of an answer.
    type Body: Body + 'static;
    /// Sends a request and waits for the head of the answer.
    ///
    /// # Errors
    /// [`NetError`] when there is no answer.
    fn send(&self, request: Request) -> impl Future<Output = Result<(Head, Self::Body), NetError>>;
}

/// Where a body ends although it goes on: error bodies and small answers.
pub const SMALL_BODY: usize = 64 * 1024;

/// Reads a body to its end, or to `limit` bytes; the flag says that it went on beyond.
///
/// # Errors
/// [`NetError`] when the connection breaks.
pub async fn read_body(body: &mut impl Body, limit: usize) -> Result<(Vec<u8>, bool), NetError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = body.chunk().await? {
        let room = limit.saturating_sub(bytes.len());
        if chunk.len() > room {
            bytes.extend(chunk.into_iter().take(room));
            return Ok((bytes, true));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok((bytes, false))
}

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
