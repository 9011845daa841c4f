//! Bodies as they arrive: a `ReadableStream` read chunk by chunk, cancelled when dropped.

use crate::http::{Body, NetError};
use js_sys::{Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    type Reader;
    #[wasm_bindgen(method, catch)]
    fn read(this: &Reader) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn cancel(this: &Reader) -> Result<Promise, JsValue>;

    type Chunk;
    #[wasm_bindgen(method, getter)]
    fn done(this: &Chunk) -> JsValue;
    #[wasm_bindgen(method, getter)]
    fn value(this: &Chunk) -> JsValue;

    type Readable;
    #[wasm_bindgen(method, catch, js_name = getReader)]
    fn get_reader(this: &Readable) -> Result<Reader, JsValue>;
}

#[wasm_bindgen(module = "/js/host.js")]
extern "C" {
    /// Lets a promise end as it likes.
    pub(crate) fn ignore(promise: &JsValue);
}

/// A body being read.
pub(crate) struct HostBody {
    reader: Option<Reader>,
    /// What goes when the body goes: the request's abort.
    _owner: Option<Box<dyn std::any::Any>>,
}

impl HostBody {
    /// Reads this stream; a body that is `null` is empty. `owner` lives as long as the body.
    pub(crate) fn new(stream: &JsValue, owner: Option<Box<dyn std::any::Any>>) -> Result<Self, NetError> {
        let reader = if stream.is_null() || stream.is_undefined() {
            None
        } else {
            Some(stream.unchecked_ref::<Readable>().get_reader().map_err(|thrown| net_error(&thrown))?)
        };
        Ok(Self { reader, _owner: owner })
    }
}

impl Body for HostBody {
    async fn chunk(&mut self) -> Result<Option<Vec<u8>>, NetError> {
        let Some(reader) = &self.reader else { return Ok(None) };
        let read = reader.read().map_err(|thrown| net_error(&thrown))?;
        let chunk = match JsFuture::from(read).await {
            Ok(chunk) => chunk.unchecked_into::<Chunk>(),
            Err(thrown) => {
                self.reader = None;
                return Err(net_error(&thrown));
            }
        };
        if chunk.done().is_truthy() {
            self.reader = None;
            return Ok(None);
        }
        match chunk.value().dyn_into::<Uint8Array>() {
            Ok(bytes) => Ok(Some(bytes.to_vec())),
            Err(_) => Err(NetError("the body gave something that is not bytes".to_owned())),
        }
    }
}

impl Drop for HostBody {
    fn drop(&mut self) {
        if let Some(cancelled) = self.reader.take().and_then(|reader| reader.cancel().ok()) {
            // A cancel may reject (the stream broke meanwhile); nobody waits for it.
            ignore(&cancelled);
        }
    }
}

/// What was thrown, as far as it is text. Runtimes put no header and no body into it.
pub(crate) fn net_error(thrown: &JsValue) -> NetError {
    let message = thrown.dyn_ref::<js_sys::Error>().map(|error| String::from(error.message()));
    NetError(message.filter(|message| !message.is_empty()).unwrap_or_else(|| "the network failed".to_owned()))
}
