//! What both modules are asked about webhooks: is it genuine, and what happened? For `js/receiving.js`.

use crate::bind::args::Args;
use crate::bind::border::answered;
use crate::inbound::hint::hint;
use crate::inbound::keys::dedupe_keys;
use crate::inbound::parse::parse_inbound;
use crate::inbound::receive::{self, Gathered, Incoming, Plan, Received, Refusal, Reply, Settings, plain};
use crate::inbound::verify::{Scheme, verify, verify_subscription};
use crate::json::{Value, Writer};
use crate::model::event;
use crate::prelude::*;
use wasm_bindgen::prelude::*;

/// [`ask`] for JavaScript: see `border`.
#[wasm_bindgen(js_name = ask, skip_typescript)]
pub fn asked(now_ms: f64, fraction: f64) -> *const u8 {
    answered(|asked, bytes| ask(asked, bytes, now_ms, fraction))
}

/// Asks for something (a JSON array: a name, then arguments) about some bytes, at a time in milliseconds; gives JSON. `fraction`
/// is the tolerance in seconds, where there is one: numbers in the text are whole.
pub fn ask(asked: &str, bytes: Vec<u8>, now_ms: f64, fraction: f64) -> String {
    let args = &mut Args::of(asked);
    let mut out = Writer::new();
    let name = args.next().raw();
    match name {
        "\"verifyWebhook\"" | "\"verifyWhatsapp\"" | "\"verifySubscription\"" => {
            // A timestamp and a signature, or mode and token of the challenge.
            let (first, token) = (plain(args.next()), args.next());
            let (tolerance_s, now_s) = (tolerance(fraction), now_ms / 1000.0);
            let (second, secrets) = (plain(token), args.secrets());
            out.bool(match name {
                "\"verifySubscription\"" => verify_subscription(first, &token.chars(), &secrets),
                _ => {
                    let scheme = if name == "\"verifyWebhook\"" { Scheme::Service } else { Scheme::Meta };
                    verify(scheme, &bytes, first, second, &secrets, (now_s, tolerance_s)).is_ok()
                }
            });
        }
        "\"parse\"" => {
            event::write(&parse_inbound(&bytes, depth(args), None).1, &mut out);
        }
        "\"plan\"" => plan(args, &mut out),
        "\"hint\"" => {
            let given = Given::read(args);
            out.raw(&hint(given.incoming.bd_event, &bytes, given.settings.max_depth));
        }
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
    match given.plan() {
        Err(refusal) => refused(&refusal, out),
        Ok(plan) => {
            out.key("limit").integer_or_null(plan.limit.map(count));
            out.key("secret").integer_or_null(plan.which.map(|which| which as i64));
            out.key("timeoutMs").integer(ms(given.settings.timeout_ms));
            refused(&plan.too_large(), out.key("tooLarge").object());
            refused(&plan.too_slow(), out.end_object().key("tooSlow").object());
            out.end_object();
        }
    }
    out.end_object();
}

/// Verifies and parses a request whose body and secrets are there.
pub(crate) fn received(args: &mut Args<'_>, bytes: Vec<u8>, now_ms: f64, tolerance_s: f64) -> Received {
    let mut given = Given::read(args);
    given.settings.tolerance_s = tolerance(tolerance_s);
    match given.plan() {
        Ok(plan) => {
            let gathered = Gathered { bytes, secrets: args.secrets() };
            receive::end(&given.incoming, &plan, gathered, &given.settings, now_ms / 1000.0)
        }
        Err(refusal) => Received::Refused(refusal),
    }
}

/// A request: flags, its method, what its URL says, headers; and how to receive it.
struct Given<'a> {
    incoming: Incoming<'a>,
    settings: Settings,
    /// The numbers of the secrets there are; `i` for insecure.
    flags: Value<'a>,
}

impl<'a> Given<'a> {
    #[inline(never)]
    fn read(args: &mut Args<'a>) -> Self {
        let flags = args.next();
        let incoming = Incoming {
            method: args.next(),
            mode: args.next(),
            verify_token: args.next(),
            challenge: args.next(),
            segment: args.next(),
            content_length: args.next(),
            bd_event: args.next(),
            bd_timestamp: args.next(),
            bd_signature: args.next(),
            bd_delivery_id: args.next(),
            hub_signature: args.next(),
        };
        let mut settings = Settings::default();
        settings.max_body = args.size_or(settings.max_body);
        settings.timeout_ms = args.number_or(settings.timeout_ms);
        settings.max_depth = args.size_or(settings.max_depth);
        Self { incoming, settings, flags }
    }

    fn has(&self, flag: u8) -> bool {
        self.flags.raw().bytes().any(|known| known == flag)
    }

    fn plan(&self) -> Result<Plan, Refusal> {
        let settings = Settings { insecure: self.has(b'i'), ..self.settings };
        receive::begin(&self.incoming, [b'0', b'1', b'2', b'3'].map(|flag| self.has(flag)), &settings)
    }
}

/// The members of what `receiveWebhook` gives, as far as they are data: `source` only of a genuine webhook.
#[inline(never)]
pub(crate) fn describe(received: &Received, out: &mut Writer) {
    if let Received::Refused(refusal) = received {
        return refused(refusal, out);
    }
    out.key("ok").bool(true);
    match received {
        Received::Refused(_) => {}
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
            event::write(&webhook.events, out.key("events"));
            out.key("dedupeKeys").array();
            for key in &dedupe_keys(webhook) {
                out.string_or_null(key.as_deref());
            }
            out.end_array();
        }
    }
    reply(&received.reply(), out.key("response"));
}

/// The same of a refusal.
#[inline(never)]
fn refused(refusal: &Refusal, out: &mut Writer) {
    out.key("ok")
        .bool(false)
        .key("reason")
        .string(refusal.reason.as_str())
        .key("status")
        .integer(refusal.status().into());
    reply(&Reply::refusal(refusal), out.key("response"));
}

/// `[status, body, [[name, value], …]]`
#[inline(never)]
pub(crate) fn reply(reply: &Reply<'_>, out: &mut Writer) {
    out.array().integer(reply.status.into()).string(reply.body).array().raw(Reply::HEADERS);
    let (name, value) = reply.header;
    if !name.is_empty() {
        out.array().string(name).string(value).end_array();
    }
    out.end_array().end_array();
}

/// How old, or how far ahead, a timestamp may be, in seconds.
fn tolerance(given: f64) -> f64 {
    if given.is_nan() { Settings::default().tolerance_s } else { given }
}

/// How deep JSON may nest.
pub(crate) fn depth(args: &mut Args<'_>) -> usize {
    args.size_or(crate::json::DEFAULT_DEPTH)
}

pub(crate) fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[expect(clippy::cast_possible_truncation, reason = "float to integer casts saturate")]
pub(crate) fn ms(ms: f64) -> i64 {
    ms as i64
}
