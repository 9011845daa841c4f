//! `InboundHandler`: webhooks in, handlers called, an answer out.

use crate::agent::scope::Keys;
use crate::agent::send::random_key;
use crate::bind::agent::{AgentDriver, RequestAgents};
use crate::bind::host::clock::HostClock;
use crate::bind::host::random::HostRandom;
use crate::bind::logger::Logger;
use crate::bind::options::{self, get};
use crate::bind::request::{self, Secrets};
use crate::bind::store::JsStore;
use crate::bind::{error, guard};
use crate::error::Error;
use crate::inbound::dedupe::{Admitted, Deduper, Patience, StoreFailure};
use crate::inbound::dispatch::{
    Handlers, On, Policy, Registry, Report, admit_at_most_once, dispatch, handle, run,
};
use crate::inbound::keys::{event_key, send_key};
use crate::inbound::parse::{Source, parse_generic, parse_inbound, parse_whatsapp};
use crate::inbound::receive::{Received, Reply, Webhook, receive};
use crate::inbound::verify::{Reason, Scheme};
use crate::json::{self, Writer};
use crate::model::event::{self, Event, Kind};
use crate::text::concat;
use js_sys::{Array, Function, Promise, Reflect};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortController;

/// Deadlines of the handlers of one request, in milliseconds: before the answer (the service waits 10 s), and after it.
const HANDLERS_MS: (f64, f64) = (9_000.0, 25_000.0);

/// Webhooks in. The class that users see is in `js/index.js`: it adds `fetch` and the `on…` methods.
#[wasm_bindgen(skip_typescript)]
pub struct InboundHandler {
    state: Rc<State>,
}

struct State {
    options: JsValue,
    clock: HostClock,
    logger: Logger,
    registry: RefCell<Registry>,
    functions: RefCell<Vec<(u32, Function)>>,
}

#[wasm_bindgen]
impl InboundHandler {
    /// From the options of the declarations.
    ///
    /// # Errors
    /// `ConfigError` for options that exclude each other.
    #[wasm_bindgen(constructor)]
    pub fn new(options: JsValue) -> Result<InboundHandler, JsValue> {
        guard::sync(|| {
            for (key, one, other) in [("ack", "after", "before"), ("onHandlerError", "redeliver", "ack")] {
                if options::given(&options, key)
                    .is_some_and(|given| !given.as_string().is_some_and(|word| word == one || word == other))
                {
                    let message = concat(&[key, " must be ", one, " or ", other]);
                    return Err(error::to_js(&Error::config(message)));
                }
            }
            let clock = HostClock(options::given(&options, "clock").map(JsCast::unchecked_into));
            let logger = Logger::of(&options);
            let state =
                State { options, clock, logger, registry: RefCell::default(), functions: RefCell::default() };
            Ok(Self { state: Rc::new(state) })
        })
    }

    /// Registers a handler; gives its number.
    ///
    /// # Errors
    /// `ConfigError` for a handler that is no function, or a kind there is none of.
    pub fn add(&self, kind: &str, filter: Option<String>, handler: JsValue) -> Result<u32, JsValue> {
        guard::sync(|| {
            let on = On::named(kind, filter)
                .ok_or_else(|| error::to_js(&Error::config("no such kind of event")))?;
            let handler = handler
                .dyn_into::<Function>()
                .map_err(|_| error::to_js(&Error::config("a handler must be a function")))?;
            let number = self.state.registry.borrow_mut().add(on);
            self.state.functions.borrow_mut().push((number, handler));
            Ok(number)
        })
    }

    /// Takes a handler out.
    pub fn remove(&self, number: u32) {
        self.state.registry.borrow_mut().remove(number);
        self.state.functions.borrow_mut().retain(|(known, _)| *known != number);
    }

    /// Answers a request. Never rejects.
    pub fn handle(&self, request: JsValue, env: JsValue, ctx: JsValue) -> Promise {
        let state = Rc::clone(&self.state);
        let logger = state.logger.clone();
        let answered = guard::promise(async move { answer(state, request, env, ctx).await });
        guard::promise(async move {
            match JsFuture::from(answered).await {
                Ok(response) => Ok(response),
                Err(thrown) => {
                    logger.write("error", "butt-dial: a webhook could not be handled", &thrown);
                    request::response(&Reply::come_again(Reason::HandlerFailed))
                }
            }
        })
    }

    /// Parses a payload and runs its handlers. Verifies and remembers nothing.
    #[wasm_bindgen(js_name = handlePayload)]
    pub fn handle_payload(&self, whatsapp: bool, payload: JsValue, context: JsValue) -> Promise {
        let state = Rc::clone(&self.state);
        guard::promise(async move { payload_report(state, whatsapp, &payload, &get(&context, "env")).await })
    }
}

#[wasm_bindgen(module = "/js/host.js")]
extern "C" {
    #[wasm_bindgen(js_name = makeContext)]
    fn make_context(
        agent: &JsValue,
        refusal: &JsValue,
        env: &JsValue,
        ctx: &JsValue,
        request: &JsValue,
        source: &JsValue,
        proof: &str,
        delivery_id: &JsValue,
        signal: &JsValue,
    ) -> JsValue;
}

/// What handlers of one request have in common.
struct Call<'a> {
    state: &'a State,
    env: &'a JsValue,
    ctx: &'a JsValue,
    request: &'a JsValue,
    events: Array,
    words: Option<(Source, Scheme)>,
    delivery_id: Option<String>,
    /// What each event's sends derive their keys from.
    keys: Vec<String>,
    /// The agents of the request, or why there are none.
    agents: Result<RequestAgents, JsValue>,
    abort: Option<AbortController>,
}

impl Call<'_> {
    fn context(&self, handler: u32, index: usize) -> JsValue {
        let (agent, refusal) = match (&self.agents, self.keys.get(index)) {
            (Ok(agents), Some(key)) => (agents.for_handler(send_keys(key, handler)), JsValue::UNDEFINED),
            (Err(why), _) => (JsValue::UNDEFINED, why.clone()),
            (Ok(_), None) => (JsValue::UNDEFINED, JsValue::UNDEFINED),
        };
        let (source, proof) = match self.words {
            Some((source, proof)) => (Some(source.as_str()), request::proof_word(proof)),
            None => (None, "none"),
        };
        let source = source.map_or(JsValue::NULL, JsValue::from_str);
        let delivery_id = self.delivery_id.as_deref().map_or(JsValue::NULL, JsValue::from_str);
        let signal = self.abort.as_ref().map_or(JsValue::UNDEFINED, |abort| abort.signal().into());
        make_context(
            &agent,
            &refusal,
            self.env,
            self.ctx,
            self.request,
            &source,
            proof,
            &delivery_id,
            &signal,
        )
    }

    fn function(&self, handler: u32) -> Option<Function> {
        self.state
            .functions
            .borrow()
            .iter()
            .find(|(number, _)| *number == handler)
            .map(|(_, function)| function.clone())
    }

    fn event(&self, index: usize) -> JsValue {
        self.events.get(u32::try_from(index).unwrap_or(u32::MAX))
    }

    /// Runs handlers next to the session that their agents share, and ends with both.
    async fn run<T>(&self, driver: Option<AgentDriver>, work: impl Future<Output = T>) -> T {
        match (&self.agents, driver) {
            (Ok(agents), Some(driver)) => agents.run(driver, work).await,
            _ => work.await,
        }
    }

    /// Aborts the handlers' signal if their time was up: before the sends under way are waited for.
    fn end<E>(&self, report: &Report<E>) {
        if let Some(abort) = self.abort.as_ref().filter(|_| report.timed_out) {
            abort.abort();
        }
    }
}

impl Handlers for Call<'_> {
    type Error = JsValue;

    async fn call(&self, handler: u32, index: usize, _event: &Event) -> Result<(), JsValue> {
        let Some(function) = self.function(handler) else { return Ok(()) };
        let context = self.context(handler, index);
        let answer = function.call2(&JsValue::UNDEFINED, &self.event(index), &context)?;
        JsFuture::from(Promise::resolve(&answer)).await.map(drop)
    }

    async fn failed(&self, handler: u32, index: usize, _event: &Event, thrown: &JsValue) {
        let Some(function) = self.function(handler) else { return };
        let context = self.context(handler, index);
        if let Ok(answer) = function.call3(&JsValue::UNDEFINED, thrown, &self.event(index), &context) {
            let _what_it_throws_is_lost = JsFuture::from(Promise::resolve(&answer)).await;
        }
    }
}

/// The keys of one handler's sends, one after the other.
fn send_keys(event: &str, handler: u32) -> Keys {
    let event = event.to_owned();
    let ordinal = Cell::new(0_u32);
    Rc::new(move || send_key(&event, handler, ordinal.replace(ordinal.get().saturating_add(1))))
}

impl State {
    fn policy(&self, before: bool) -> Policy {
        let handlers_ms = if before { HANDLERS_MS.1 } else { HANDLERS_MS.0 };
        Policy {
            handlers_ms: get(&self.options, "handlerTimeoutMs").as_f64().unwrap_or(handlers_ms),
            accept_errors: self.word("onHandlerError", "ack"),
        }
    }

    fn word(&self, key: &str, word: &str) -> bool {
        get(&self.options, key).as_string().as_deref() == Some(word)
    }

    fn store(&self, env: &JsValue) -> Result<JsStore, JsValue> {
        let given = get(&self.options, "dedupe");
        match given.dyn_ref::<Function>() {
            Some(make) => make.call1(&JsValue::UNDEFINED, env).map(JsStore),
            None => Ok(JsStore(given)),
        }
    }

    fn log(&self, events: &[Event], registry: &Registry, errors: &[(usize, JsValue)]) {
        if !registry.has(&On::Error) {
            for (_, thrown) in errors {
                self.logger.write("error", "butt-dial: a handler failed", thrown);
            }
        }
        for event in
            events.iter().filter(|event| event.kind == Kind::Unknown && registry.plan(event).is_empty())
        {
            self.logger.write("warn", "butt-dial: an event that nobody handles", &event.kind.as_str().into());
        }
    }
}

/// A webhook on its way through the handlers.
struct Delivery {
    state: Rc<State>,
    webhook: Webhook,
    registry: Registry,
    request: JsValue,
    env: JsValue,
    ctx: JsValue,
}

impl Delivery {
    fn call(&self) -> (Call<'_>, Option<AgentDriver>) {
        let keys = (0..self.webhook.events.len()).map(|index| event_key(&self.webhook, index)).collect();
        let words = Some((self.webhook.source, self.webhook.proof));
        let mut begun = begin(&self.state, &self.env, &self.ctx, &self.request, &self.webhook.events, keys);
        begun.0.words = words;
        begun.0.delivery_id.clone_from(&self.webhook.delivery_id);
        begun
    }

    /// Handles first, answers then.
    async fn handle(&self, store: &JsStore, policy: Policy) -> Reply {
        let (call, driver) = self.call();
        let deduper = Deduper { store, clock: &self.state.clock, patience: patience(policy) };
        let work = async {
            let clock = &self.state.clock;
            let handled = handle(&self.webhook, &self.registry, &call, Some(&deduper), policy, clock).await;
            call.end(&handled.report);
            handled
        };
        let handled = call.run(driver, work).await;
        self.state.log(&self.webhook.events, &self.registry, &handled.report.errors);
        if handled.report.timed_out {
            self.state.logger.write("error", "butt-dial: the handlers took too long", &JsValue::UNDEFINED);
        }
        if let Some(failure) = handled.store {
            self.state.store_failed(failure);
        }
        match handled.reason {
            None => Reply::ok("ok"),
            Some(reason) => Reply::come_again(reason),
        }
    }

    /// Handles what was admitted, after the answer.
    async fn run(&self, admitted: &Admitted, policy: Policy) {
        let (call, driver) = self.call();
        let work = async {
            let report = run(&self.webhook, admitted, &self.registry, &call, policy, &self.state.clock).await;
            call.end(&report);
            report
        };
        let report = call.run(driver, work).await;
        self.state.log(&self.webhook.events, &self.registry, &report.errors);
    }
}

impl State {
    fn store_failed(&self, failure: StoreFailure<JsValue>) {
        let why = match failure {
            StoreFailure::Failed(thrown) => thrown,
            StoreFailure::TimedOut => "it took too long".into(),
        };
        self.logger.write("error", "butt-dial: the dedupe store failed", &why);
    }
}

/// A claim outlives the handlers it stands for.
fn patience(policy: Policy) -> Patience {
    let defaults = Patience::default();
    Patience { lease_ms: (policy.handlers_ms * 2.0).max(defaults.lease_ms), ..defaults }
}

fn begin<'a>(
    state: &'a State,
    env: &'a JsValue,
    ctx: &'a JsValue,
    request: &'a JsValue,
    events: &[Event],
    keys: Vec<String>,
) -> (Call<'a>, Option<AgentDriver>) {
    let (agents, driver) = match RequestAgents::of(&get(&state.options, "agent"), env) {
        Ok((agents, driver)) => (Ok(agents), Some(driver)),
        Err(why) => (Err(why), None),
    };
    let events = options::from_json(&event::to_json(events)).unchecked_into();
    let abort = AbortController::new().ok();
    (Call { state, env, ctx, request, events, words: None, delivery_id: None, keys, agents, abort }, driver)
}

async fn answer(state: Rc<State>, request: JsValue, env: JsValue, ctx: JsValue) -> Result<JsValue, JsValue> {
    let secrets = Secrets { options: &state.options, request: &request, env: &env };
    let mut body = request::body(&request).map_err(|net| error::to_js(&Error::config(net.0)))?;
    let settings = request::settings(&state.options);
    let received =
        receive(&request::incoming(&request)?, &mut body, &secrets, &settings, &state.clock).await?;
    let webhook = match received {
        Received::Webhook(webhook) => webhook,
        Received::Refused(refusal) => {
            state.logger.write("warn", "butt-dial: a webhook was refused", &refusal.reason.as_str().into());
            return request::response(&Reply::refusal(&refusal));
        }
        Received::Challenge(text) => return request::response(&Reply::ok(&text)),
    };
    let store = state.store(&env)?;
    let registry = state.registry.borrow().clone();
    let wait_until = options::function(&ctx, "waitUntil").filter(|_| state.word("ack", "before"));
    let policy = state.policy(wait_until.is_some());
    let delivery = Delivery { state, webhook, registry, request, env, ctx };
    let Some(wait_until) = wait_until else {
        return request::response(&delivery.handle(&store, policy).await);
    };
    let deduper = Deduper { store: &store, clock: &delivery.state.clock, patience: patience(policy) };
    let admitted = match admit_at_most_once(&delivery.webhook, Some(&deduper)).await {
        Ok(admitted) => admitted,
        Err(failure) => {
            delivery.state.store_failed(failure);
            return request::response(&Reply::come_again(Reason::HandlerFailed));
        }
    };
    let reply = if admitted.busy { Reply::come_again(Reason::Busy) } else { Reply::ok("ok") };
    let ctx = delivery.ctx.clone();
    let running = guard::promise(async move {
        delivery.run(&admitted, policy).await;
        Ok(JsValue::UNDEFINED)
    });
    wait_until.call1(&ctx, &running)?;
    request::response(&reply)
}

async fn payload_report(
    state: Rc<State>,
    whatsapp: bool,
    payload: &JsValue,
    env: &JsValue,
) -> Result<JsValue, JsValue> {
    let text = options::to_json(payload).unwrap_or_else(|| "null".to_owned());
    let parsed = json::parse_str(&text, request::settings(&state.options).max_depth);
    let (source, events) = match parsed {
        Ok(value) if whatsapp => (Source::Whatsapp, parse_whatsapp(value)),
        Ok(value) => (Source::Callback, vec![parse_generic(value)]),
        Err(_) => parse_inbound(text.as_bytes(), 0),
    };
    let keys = events
        .iter()
        .map(|event| event.identity.clone().unwrap_or_else(|| random_key(&HostRandom(None))))
        .collect();
    let registry = state.registry.borrow().clone();
    let policy = state.policy(false);
    let (no_ctx, no_request) = (JsValue::UNDEFINED, JsValue::NULL);
    let (call, driver) = begin(&state, env, &no_ctx, &no_request, &events, keys);
    let all: Vec<usize> = (0..events.len()).collect();
    let work = async {
        let report =
            dispatch(source, &events, &all, &registry, &call, &state.clock, policy.handlers_ms).await;
        call.end(&report);
        report
    };
    let report = call.run(driver, work).await;
    state.log(&events, &registry, &report.errors);
    describe(report)
}

/// The `DispatchReport` of the declarations.
fn describe(report: Report<JsValue>) -> Result<JsValue, JsValue> {
    let mut out = Writer::new();
    out.object().key("status").string(if report.processed { "processed" } else { "ignored" });
    let counts = [
        ("messages", report.messages),
        ("receipts", report.receipts),
        ("others", report.others),
        ("duplicates", report.duplicates),
    ];
    for (name, count) in counts {
        out.key(name).integer(i64::try_from(count).unwrap_or(i64::MAX));
    }
    out.end_object();
    let shown = options::from_json(&out.finish());
    let errors: Array = report.errors.into_iter().map(|(_, thrown)| thrown).collect();
    Reflect::set(&shown, &"errors".into(), &errors)?;
    Ok(shown)
}
