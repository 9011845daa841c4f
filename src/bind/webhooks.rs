//! What both modules are asked about webhooks: is it genuine, and what happened? For `js/receiving.js`.

use crate::bind::args::Args;
use crate::inbound::keys::dedupe_keys;
use crate::inbound::parse::parse_inbound;
use crate::inbound::receive::{self, Gathered, Incoming, Plan, Received, Refusal, Reply, Settings};
use crate::inbound::verify::{Scheme, verify_subscription, verify_webhook, verify_whatsapp};
use crate::json::Writer;
use crate::model::event;
use crate::prelude::*;
use wasm_bindgen::prelude::*;

/// Asks for something (a JSON array: a name, then arguments) about some bytes, at a time in milliseconds; gives JSON. `fraction`
/// is the tolerance in seconds, where there is one: numbers in the text are whole.
#[wasm_bindgen(skip_typescript)]
pub fn ask(asked: &str, bytes: Vec<u8>, now_ms: f64, fraction: f64) -> String {
    let args = &mut Args::of(asked);
    let mut out = Writer::new();
    match args.next().raw() {
        "\"verifyWebhook\"" => {
            let (timestamp, signature, secrets) = (args.text(), args.text(), args.secrets());
            let (timestamp, signature) = (timestamp.as_deref(), signature.as_deref());
            let (tolerance_s, now_s) = (tolerance(fraction), now_ms / 1000.0);
            out.bool(verify_webhook(&bytes, timestamp, signature, &secrets, tolerance_s, now_s).is_ok());
        }
        "\"verifyWhatsapp\"" => {
            let (signature, secrets) = (args.text(), args.secrets());
            out.bool(verify_whatsapp(&bytes, signature.as_deref(), &secrets).is_ok());
        }
        "\"verifySubscription\"" => {
            let (mode, token, secrets) = (args.text(), args.text(), args.secrets());
            out.bool(verify_subscription(mode.as_deref(), token.as_deref(), &secrets));
        }
        "\"parse\"" => {
            out.raw(&event::to_json(&parse_inbound(&bytes, depth(args)).1));
        }
        "\"plan\"" => plan(args, &mut out),
        "\"hint\"" => hint(args, &bytes, &mut out),
        "\"received\"" => {
            out.object();
            describe(&received(args, bytes, now_ms, fraction), &mut out);
            out.end_object();
        }
        #[cfg(feature = "main")]
        name => crate::bind::agent::ask(name, args, now_ms, &mut out),
        #[cfg(not(feature = "main"))]
        _ => {}
    }
    out.finish()
}

/// What to find out about a request: `{ limit, secret, timeoutMs, tooLarge, tooSlow }`, or a refusal.
fn plan(args: &mut Args<'_>, out: &mut Writer) {
    out.object();
    let given = Given::read(args);
    let max_body = args.number();
    match given.plan(max_body) {
        Err(refusal) => describe(&Received::Refused(refusal), out),
        Ok(plan) => {
            let timeout_ms = args.number_or(Settings::default().timeout_ms);
            for (key, number) in [
                ("limit", plan.limit.map(count)),
                ("secret", plan.which.map(|which| which as i64)),
                ("timeoutMs", Some(ms(timeout_ms))),
            ] {
                out.key(key);
                match number {
                    Some(number) => out.integer(number),
                    None => out.null(),
                };
            }
            for (key, refusal) in [("tooLarge", plan.too_large()), ("tooSlow", plan.too_slow())] {
                out.key(key).object();
                describe(&Received::Refused(refusal), out);
                out.end_object();
            }
        }
    }
    out.end_object();
}

/// What the request claims, for a lookup of its secret.
fn hint(args: &mut Args<'_>, body: &[u8], out: &mut Writer) {
    let hint = receive::hint(&Given::read(args).incoming, body);
    out.object();
    for (key, value) in [
        ("claimedOrgId", hint.org_id),
        ("claimedAgentId", hint.agent_id),
        ("claimedEvent", hint.event),
        ("claimedPhoneNumberId", hint.phone_number_id),
    ] {
        out.key(key).string_or_null(value.as_deref());
    }
    out.end_object();
}

/// Verifies and parses a request whose body and secrets are there.
pub(crate) fn received(args: &mut Args<'_>, bytes: Vec<u8>, now_ms: f64, tolerance_s: f64) -> Received {
    let given = Given::read(args);
    // The body is there: its limit was kept.
    let plan = match given.plan(f64::INFINITY) {
        Ok(plan) => plan,
        Err(refusal) => return Received::Refused(refusal),
    };
    let gathered = Gathered { bytes, secrets: args.secrets(), looked_up: given.has(b'l') };
    let settings =
        Settings { max_depth: depth(args), tolerance_s: tolerance(tolerance_s), ..Settings::default() };
    receive::end(&given.incoming, &plan, gathered, &settings, now_ms / 1000.0)
}

/// A request: its method, its URL, flags, and headers.
struct Given {
    incoming: Incoming,
    /// The numbers of the secrets there are; `i` for insecure, `l` for secrets that were looked up.
    flags: String,
}

impl Given {
    #[inline(never)]
    fn read(args: &mut Args<'_>) -> Self {
        let flags = args.chars();
        let incoming = Incoming {
            method: args.chars(),
            url: args.chars(),
            content_length: args.text(),
            bd_event: args.text(),
            bd_timestamp: args.text(),
            bd_signature: args.text(),
            bd_delivery_id: args.text(),
            hub_signature: args.text(),
        };
        Self { incoming, flags }
    }

    fn has(&self, flag: u8) -> bool {
        self.flags.bytes().any(|known| known == flag)
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "float to integer casts saturate"
    )]
    fn plan(&self, max_body: f64) -> Result<Plan, Refusal> {
        let defaults = Settings::default();
        let max_body = if max_body.is_nan() { defaults.max_body } else { max_body as usize };
        let settings = Settings { insecure: self.has(b'i'), max_body, ..defaults };
        receive::begin(&self.incoming, [b'0', b'1', b'2', b'3'].map(|flag| self.has(flag)), &settings)
    }
}

/// The members of what `receiveWebhook` gives, as far as they are data: `source` only of a genuine webhook.
#[inline(never)]
pub(crate) fn describe(received: &Received, out: &mut Writer) {
    out.key("ok").bool(!matches!(received, Received::Refused(_)));
    match received {
        Received::Refused(refusal) => {
            out.key("reason").string(refusal.reason.as_str()).key("status").integer(refusal.status().into());
        }
        Received::Challenge(text) => {
            out.key("challenge").string(text).key("events").raw("[]");
        }
        Received::Webhook(webhook) => {
            out.key("challenge").null().key("source").string(webhook.source.as_str()).key("proof");
            out.string(match webhook.proof {
                Scheme::Service | Scheme::Meta => "signature",
                Scheme::CallbackToken => "callback_token",
                Scheme::Insecure => "none",
            });
            out.key("deliveryId").string_or_null(webhook.delivery_id.as_deref());
            out.key("events").raw(&event::to_json(&webhook.events)).key("dedupeKeys").array();
            for key in dedupe_keys(webhook) {
                out.string_or_null(key.as_deref());
            }
            out.end_array();
        }
    }
    reply(&received.reply(), out.key("response"));
}

/// `[status, body, [[name, value], …]]`
pub(crate) fn reply(reply: &Reply, out: &mut Writer) {
    out.array().integer(reply.status.into()).string(&reply.body).array();
    for (name, value) in Reply::HEADERS.iter().chain(&reply.headers) {
        out.array().string(name).string(value).end_array();
    }
    out.end_array().end_array();
}

/// How old, or how far ahead, a timestamp may be, in seconds.
fn tolerance(given: f64) -> f64 {
    if given.is_nan() { Settings::default().tolerance_s } else { given }
}

/// How deep JSON may nest.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "float to integer casts saturate; the default is small"
)]
pub(crate) fn depth(args: &mut Args<'_>) -> usize {
    args.number_or(crate::json::DEFAULT_DEPTH as f64) as usize
}

pub(crate) fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[expect(clippy::cast_possible_truncation, reason = "float to integer casts saturate")]
pub(crate) fn ms(ms: f64) -> i64 {
    ms as i64
}
