//! `/testing`: the fake service's machine and the signed requests, for `js/testing/`, which carries the bytes.

mod error;
mod guard;

use std::cell::RefCell;

use js_sys::Uint8Array;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;

use crate::error::Error;
use crate::testing::fixtures::Fixtures;
use crate::testing::signing::{self, Claim};
use crate::testing::{
    Action, BadScript, Close, Ms, Options, RequestIn, RequestScript, RestAnswer, SendScript, Service,
    ToolAnswer, ToolScript,
};

/// The machine. What happens to it gives a list of actions back.
#[wasm_bindgen(skip_typescript)]
pub struct FakeService(RefCell<Service>);

#[wasm_bindgen]
impl FakeService {
    /// With these options.
    #[wasm_bindgen(constructor)]
    pub fn new(options: JsValue) -> Result<FakeService, JsValue> {
        guard::sync(|| {
            let options: Options =
                serde_json::from_value(json(options)?).map_err(|error| config(&error.to_string()))?;
            Ok(FakeService(RefCell::new(Service::new(options, random16()))))
        })
    }

    /// A request arrived.
    pub fn request(
        &self,
        now: f64,
        id: f64,
        method: String,
        path: String,
        headers: JsValue,
        body: Uint8Array,
    ) -> Result<JsValue, JsValue> {
        self.act(|service, out| {
            let headers = serde_wasm_bindgen::from_value(headers)?;
            let request = RequestIn { id: whole(id), method, path, headers, body: body.to_vec() };
            service.request(whole(now), request, out);
            Ok(())
        })
    }

    /// The client closed a stream.
    #[wasm_bindgen(js_name = streamClosed)]
    pub fn stream_closed(&self, stream: f64) -> Result<JsValue, JsValue> {
        self.act(|service, out| {
            service.stream_closed(whole(stream), out);
            Ok(())
        })
    }

    /// Time passed.
    pub fn tick(&self, now: f64) -> Result<JsValue, JsValue> {
        self.act(|service, out| {
            service.tick(whole(now), out);
            Ok(())
        })
    }

    /// A tool's function gave its value.
    #[wasm_bindgen(js_name = toolAnswered)]
    pub fn tool_answered(&self, now: f64, call: f64, value: JsValue) -> Result<JsValue, JsValue> {
        self.act(|service, out| {
            service.tool_answered(whole(now), whole(call), ToolAnswer::Value(json(value)?), out);
            Ok(())
        })
    }

    /// A tool's function threw.
    #[wasm_bindgen(js_name = toolFailed)]
    pub fn tool_failed(&self, now: f64, call: f64, text: String) -> Result<JsValue, JsValue> {
        self.act(|service, out| {
            service.tool_answered(whole(now), whole(call), ToolAnswer::Failed(text), out);
            Ok(())
        })
    }

    /// A push to all streams, or to the next that opens: `[how many took it, actions]`.
    pub fn push(&self, data: JsValue, on_connect: bool) -> Result<JsValue, JsValue> {
        self.with(|service| {
            let (data, mut out) = (json(data)?, Vec::new());
            let count = if on_connect {
                service.push_on_connect(data);
                0
            } else {
                service.push(&data, &mut out)
            };
            to_js(&(count, out))
        })
    }

    /// A request of the service to the newest session: `[ask or null, actions]`.
    pub fn ask(
        &self,
        now: f64,
        method: String,
        params: JsValue,
        timeout_ms: f64,
    ) -> Result<JsValue, JsValue> {
        self.with(|service| {
            let mut out = Vec::new();
            let ask = service.ask(whole(now), &method, &json(params)?, whole(timeout_ms), &mut out);
            to_js(&(ask, out))
        })
    }

    /// Ends all streams.
    #[wasm_bindgen(js_name = dropStreams)]
    pub fn drop_streams(&self, clean: bool) -> Result<JsValue, JsValue> {
        self.act(|service, out| {
            service.drop_streams(if clean { Close::Clean } else { Close::Abort }, out);
            Ok(())
        })
    }

    /// Scripts sends.
    #[wasm_bindgen(js_name = onSend)]
    pub fn on_send(&self, script: JsValue) -> Result<(), JsValue> {
        self.with(|service| {
            service.on_send(SendScript::from_json(json(script)?).map_err(bad)?);
            Ok(())
        })
    }

    /// Scripts requests.
    #[wasm_bindgen(js_name = onRequest)]
    pub fn on_request(&self, script: JsValue) -> Result<(), JsValue> {
        self.with(|service| {
            service.on_request(RequestScript::from_json(json(script)?).map_err(bad)?);
            Ok(())
        })
    }

    /// Scripts a tool; `undefined`: its function is asked.
    #[wasm_bindgen(js_name = onTool)]
    pub fn on_tool(&self, tool: String, answer: JsValue) -> Result<(), JsValue> {
        self.with(|service| {
            let script =
                if answer.is_undefined() { ToolScript::Ask } else { ToolScript::Answer(json(answer)?) };
            service.on_tool(&tool, script);
            Ok(())
        })
    }

    /// Scripts a route.
    #[wasm_bindgen(js_name = onRest)]
    pub fn on_rest(&self, route: String, answer: JsValue) -> Result<(), JsValue> {
        self.with(|service| {
            service.on_rest(&route, RestAnswer::from_json(json(answer)?).map_err(bad)?);
            Ok(())
        })
    }

    /// The tools it lists.
    #[wasm_bindgen(js_name = setTools)]
    pub fn set_tools(&self, tools: JsValue) -> Result<(), JsValue> {
        self.with(|service| {
            service.set_tools(
                serde_wasm_bindgen::from_value(tools).map_err(|_| config("tools is a list of names"))?,
            );
            Ok(())
        })
    }

    /// Revokes a token.
    pub fn revoke(&self, token: String) -> Result<(), JsValue> {
        self.with(|service| {
            service.revoke(&token);
            Ok(())
        })
    }

    /// Forgets records and scripts.
    pub fn reset(&self) -> Result<(), JsValue> {
        self.with(|service| {
            service.reset();
            Ok(())
        })
    }

    /// Every tool call.
    pub fn calls(&self) -> Result<JsValue, JsValue> {
        self.with(|service| to_js(&service.calls()))
    }

    /// The sends it took.
    pub fn sent(&self) -> Result<JsValue, JsValue> {
        self.with(|service| to_js(&service.sent().collect::<Vec<_>>()))
    }

    /// Every request.
    pub fn requests(&self) -> Result<JsValue, JsValue> {
        self.with(|service| to_js(&service.requests()))
    }

    /// Every response of a client.
    pub fn answers(&self) -> Result<JsValue, JsValue> {
        self.with(|service| to_js(&service.answers()))
    }

    /// Token of the latest call; streams open; when a tick is due.
    pub fn state(&self) -> Result<JsValue, JsValue> {
        self.with(|service| to_js(&(service.last_token(), service.open_streams(), service.due())))
    }
}

impl FakeService {
    /// One call into the machine. A machine that is busy was called from within itself.
    fn with<T>(&self, call: impl FnOnce(&mut Service) -> Result<T, JsValue>) -> Result<T, JsValue> {
        guard::sync(|| match self.0.try_borrow_mut() {
            Ok(mut service) => call(&mut service),
            Err(_) => Err(error::to_js(&Error::internal("the fake service is busy"))),
        })
    }

    /// One call that gives actions.
    fn act(
        &self,
        call: impl FnOnce(&mut Service, &mut Vec<Action>) -> Result<(), JsValue>,
    ) -> Result<JsValue, JsValue> {
        self.with(|service| {
            let mut out = Vec::new();
            call(service, &mut out)?;
            to_js(&out)
        })
    }
}

/// A webhook as the service signs it.
#[wasm_bindgen(js_name = signWebhook, skip_typescript)]
pub fn sign_webhook(
    body: Uint8Array,
    secret: &str,
    event: Option<String>,
    delivery_id: Option<String>,
    at: f64,
) -> Result<JsValue, JsValue> {
    guard::sync(|| {
        let id = delivery_id.unwrap_or_else(|| fixtures().delivery_id());
        to_js(&signing::webhook(body.to_vec(), secret, event.as_deref(), &id, whole(at)))
    })
}

/// A webhook as Meta signs it.
#[wasm_bindgen(js_name = signWhatsapp, skip_typescript)]
pub fn sign_whatsapp(body: Uint8Array, secret: &str) -> Result<JsValue, JsValue> {
    guard::sync(|| to_js(&signing::whatsapp(body.to_vec(), secret)))
}

/// Why a signature is valid or not.
#[wasm_bindgen(js_name = explain, skip_typescript)]
pub fn explain(
    body: Uint8Array,
    timestamp: Option<String>,
    signature: Option<String>,
    secrets: JsValue,
    tolerance_seconds: f64,
    now: f64,
) -> Result<JsValue, JsValue> {
    guard::sync(|| {
        let secrets: Vec<String> = serde_wasm_bindgen::from_value(secrets)?;
        to_js(&signing::explain(&Claim {
            body: &body.to_vec(),
            timestamp: timestamp.as_deref(),
            signature: signature.as_deref(),
            secrets: &secrets,
            tolerance_seconds,
            now,
        }))
    })
}

/// A body by its kind: `whatsapp`, `whatsappStatus`, `message`, `receipt`, `accountVerified`.
#[wasm_bindgen(js_name = fixture, skip_typescript)]
pub fn fixture(kind: &str, options: JsValue, now: f64) -> Result<JsValue, JsValue> {
    guard::sync(|| {
        let (mut make, options, now) = (fixtures(), json(options)?, whole(now));
        let body = match kind {
            "whatsapp" => make.whatsapp(options, now),
            "whatsappStatus" => make.whatsapp_status(options, now),
            "message" => make.message(options, now),
            "receipt" => make.receipt(options, now),
            _ => make.account_verified(options, now),
        };
        to_js(&body.map_err(bad)?)
    })
}

fn fixtures() -> Fixtures {
    Fixtures::new(random16())
}

/// Objects become objects, absent values null, bytes byte arrays.
fn to_js(value: &impl Serialize) -> Result<JsValue, JsValue> {
    let serializer = Serializer::new().serialize_maps_as_objects(true).serialize_missing_as_null(true);
    Ok(value.serialize(&serializer)?)
}

fn json(value: JsValue) -> Result<Value, JsValue> {
    Value::deserialize(serde_wasm_bindgen::Deserializer::from(value))
        .map_err(|error| config(&error.to_string()))
}

fn bad(script: BadScript) -> JsValue {
    config(&script.0)
}

fn config(message: &str) -> JsValue {
    error::to_js(&Error::config(message.to_owned()))
}

/// A number of milliseconds, or an id, that JavaScript holds.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "float to integer casts saturate"
)]
fn whole(number: f64) -> Ms {
    number as Ms
}

/// 16 bytes that nobody can guess.
fn random16() -> [u8; 16] {
    let mut bytes = [0; 16];
    if getrandom::fill(&mut bytes).is_err() {
        // A host without randomness ends the call (the guard makes it an error).
        wasm_bindgen::throw_str("this host gives no randomness here");
    }
    bytes
}
