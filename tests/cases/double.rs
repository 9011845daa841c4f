//! What the cases of the classes need from JavaScript: objects, requests, and the smallest service there is.

use butt_dial_edge::secret::{hex, hmac_sha256};
use js_sys::{Array, Date, Function, JSON, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// A service: MCP over server-sent events, one session at a time, every send taken. `calls` gets what is posted.
const SERVICE: &str = r#"
    const encoder = new TextEncoder();
    let stream;
    const write = (event, data) => stream.enqueue(encoder.encode(`event: ${event}\ndata: ${data}\n\n`));
    return async (request) => {
      if (request.method === "GET") {
        const body = new ReadableStream({ start(controller) { stream = controller; write("endpoint", "/messages?sessionId=1"); } });
        return new Response(body, { headers: { "content-type": "text/event-stream" } });
      }
      const message = await request.json();
      calls.push({ url: request.url, authorization: request.headers.get("authorization"), ...message });
      const text = JSON.stringify({ success: true, messageId: "SM-1" });
      const result = {
        initialize: { protocolVersion: "2024-11-05", capabilities: {}, serverInfo: { name: "double", version: "1" } },
        "tools/call": { content: [{ type: "text", text }] },
        "tools/list": { tools: [{ name: "comms_send_message", inputSchema: { type: "object" } }] },
      }[message.method];
      if (result) write("message", JSON.stringify({ jsonrpc: "2.0", id: message.id, result }));
      return new Response("Accepted", { status: 202 });
    };"#;

/// The double's `fetch`, and the array of its calls.
pub(crate) fn service() -> (JsValue, Array) {
    let calls = Array::new();
    let make = Function::new_with_args("calls", SERVICE);
    (make.call1(&JsValue::UNDEFINED, &calls).unwrap(), calls)
}

/// An object of these members.
pub(crate) fn object(members: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in members {
        assert!(Reflect::set(&object, &(*name).into(), value).unwrap());
    }
    object.into()
}

/// A member, by a path of names.
pub(crate) fn at(value: &JsValue, path: &str) -> JsValue {
    path.split('.').fold(value.clone(), |value, name| Reflect::get(&value, &name.into()).unwrap())
}

/// A member that is text.
pub(crate) fn text(value: &JsValue, path: &str) -> String {
    at(value, path).as_string().unwrap_or_else(|| format!("no text but {:?}", at(value, path)))
}

/// Anything as JSON.
pub(crate) fn json(value: &JsValue) -> String {
    JSON::stringify(value).unwrap().into()
}

/// A function of this body.
pub(crate) fn function(arguments: &str, body: &str) -> JsValue {
    Function::new_with_args(arguments, body).into()
}

/// What a promise ends as.
pub(crate) async fn settled(promise: Promise) -> Result<JsValue, JsValue> {
    JsFuture::from(promise).await
}

/// A webhook as the service signs it, now.
pub(crate) fn signed(body: &str, secret: &str) -> JsValue {
    let timestamp = format!("{}", (Date::now() / 1000.0).floor());
    let tag = hmac_sha256(secret.as_bytes(), &[timestamp.as_bytes(), b".", body.as_bytes()]);
    let headers = object(&[
        ("x-bd-event", "account.verified".into()),
        ("x-bd-timestamp", timestamp.into()),
        ("x-bd-signature", format!("hmac-sha256={}", hex(&tag.bytes())).into()),
    ]);
    request("POST", &headers, &body.into())
}

/// A request to the webhooks' URL.
pub(crate) fn request(method: &str, headers: &JsValue, body: &JsValue) -> JsValue {
    let make =
        "return new Request('https://app.test/webhooks', { method, headers, body: body ?? undefined })";
    let make = Function::new_with_args("method, headers, body", make);
    make.call3(&JsValue::UNDEFINED, &method.into(), headers, body).unwrap()
}

/// The text of a response.
pub(crate) async fn body(response: &JsValue) -> String {
    let read: Function = at(response, "text").unchecked_into();
    let reading = read.call0(response).unwrap().unchecked_into();
    settled(reading).await.unwrap().as_string().unwrap()
}
