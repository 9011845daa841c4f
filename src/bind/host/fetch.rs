//! The way to the network: the runtime's `fetch`, or one that the user gave. Every request of the package is made here,
//! so that what must hold for all holds: redirects are never followed, and a request that nobody waits for is aborted.

use super::stream::{HostBody, net_error};
use crate::http::{Head, Headers, Http, NetError, Request};
use crate::json::Writer;
use gloo_net::http::Response;
use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_name = fetch)]
    fn global_fetch(request: &web_sys::Request) -> Result<Promise, JsValue>;

    /// Anything with a `fetch` method, such as a service binding.
    #[derive(Clone)]
    pub(crate) type Fetcher;
    #[wasm_bindgen(method, catch)]
    fn fetch(this: &Fetcher, request: &web_sys::Request) -> Result<JsValue, JsValue>;
}

#[wasm_bindgen(module = "/js/host.js")]
extern "C" {
    #[wasm_bindgen(catch, js_name = makeRequest)]
    fn make_request(
        url: &str,
        method: &str,
        headers: &str,
        body: Option<&str>,
        signal: &AbortSignal,
    ) -> Result<web_sys::Request, JsValue>;
}

/// Which `fetch` an object of the package uses.
#[derive(Clone, Default)]
pub(crate) enum HostFetch {
    /// The runtime's.
    #[default]
    Global,
    /// A function.
    Function(Function),
    /// An object with a `fetch` method; called on the object, as service bindings demand.
    Object(Fetcher),
}

impl HostFetch {
    fn call(&self, request: &web_sys::Request) -> Result<Promise, JsValue> {
        let answer = match self {
            Self::Global => return global_fetch(request),
            Self::Function(function) => function.call1(&JsValue::UNDEFINED, request)?,
            Self::Object(fetcher) => fetcher.fetch(request)?,
        };
        // A double may answer at once; the runtime's own answers later.
        Ok(Promise::resolve(&answer))
    }
}

/// Aborts its request when dropped.
struct Abort(AbortController);

impl Drop for Abort {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Http for HostFetch {
    type Body = HostBody;

    async fn send(&self, request: Request) -> Result<(Head, HostBody), NetError> {
        let abort = Abort(AbortController::new().map_err(|thrown| net_error(&thrown))?);
        let request = build(&request, &abort.0)?;
        let answer = JsFuture::from(self.call(&request).map_err(|thrown| net_error(&thrown))?);
        let answer = answer.await.map_err(|thrown| net_error(&thrown))?;
        let response = Response::from(answer.unchecked_into::<web_sys::Response>());
        let head = Head {
            status: response.status(),
            headers: Headers::new(
                HEADERS_READ
                    .iter()
                    .filter_map(|name| response.headers().get(name).map(|value| (*name, value))),
            ),
        };
        let stream = response.body().map_or(JsValue::NULL, JsValue::from);
        Ok((head, HostBody::new(&stream, Some(Box::new(abort)))?))
    }
}

/// The headers that the package reads of answers.
const HEADERS_READ: [&str; 2] = ["content-type", "retry-after"];

/// One call instead of one for each part: the parts of a builder would weigh more than the rest of this file.
fn build(request: &Request, abort: &AbortController) -> Result<web_sys::Request, NetError> {
    let mut headers = Writer::new();
    headers.object();
    for (name, value) in &request.headers {
        headers.key(name).string(value);
    }
    headers.end_object();
    let body = request.body.as_deref();
    make_request(&request.url, request.method.as_str(), &headers.finish(), body, &abort.signal())
        .map_err(|_| NetError("the request could not be made".to_owned()))
}
