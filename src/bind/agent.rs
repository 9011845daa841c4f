//! `Agent`, and the agents of a scope: what `session` and webhook handlers are given.

use crate::agent::cancel::Cancel;
use crate::agent::config::AgentConfig;
use crate::agent::env::from_env;
use crate::agent::report::SendResult;
use crate::agent::scope::{self, Kept, Keys};
use crate::bind::host::Host;
use crate::bind::host::abort::aborted;
use crate::bind::host::clock::HostClock;
use crate::bind::host::fetch::HostFetch;
use crate::bind::host::random::HostRandom;
use crate::bind::host::stream::ignore;
use crate::bind::logger::Logger;
use crate::bind::options::{self, get};
use crate::bind::{error, guard, request};
use crate::error::Error;
use crate::inbound::parse::parse_push;
use crate::mcp::drive::{Driver, OnPush};
use crate::wait::{Either, race};
use js_sys::{Array, Function, Promise, Reflect};
use std::cell::RefCell;
use std::pin::pin;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

type Core = scope::Agent<Host, Host, Host>;

/// What runs the session of a scope.
pub(crate) type AgentDriver = Driver<Host, Host>;

/// One agent: configuration only, so that any number of requests may use it; and, with `keepAlive`, one session.
#[wasm_bindgen(skip_typescript)]
pub struct Agent {
    shared: Rc<Shared>,
}

struct Shared {
    core: Core,
    /// The session of a `keepAlive` agent, once it has one.
    kept: RefCell<Option<Rc<Kept>>>,
}

/// An agent within a scope: its calls share the scope's session, and end with it.
#[wasm_bindgen(skip_typescript)]
pub struct AgentScope {
    core: Core,
    kept: Rc<Kept>,
}

#[wasm_bindgen]
extern "C" {
    /// An `Agent` that came in from JavaScript.
    type GivenAgent;
    #[wasm_bindgen(method, catch)]
    fn share(this: &GivenAgent) -> Result<Agent, JsValue>;

    /// Anything of ours that is freed by hand.
    type Freed;
    #[wasm_bindgen(method, catch)]
    fn free(this: &Freed) -> Result<(), JsValue>;
}

/// The methods that agents and scopes have in common.
#[derive(Clone, Copy)]
enum Method {
    Send,
    SendMany,
    CallTool,
    ListTools,
    Ping,
}

#[wasm_bindgen]
impl Agent {
    /// From the options of the declarations.
    ///
    /// # Errors
    /// `ConfigError` naming the option.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &JsValue) -> Result<Agent, JsValue> {
        guard::sync(|| Self::build(options, &plain(options)?))
    }

    /// From environment variables, and options that win over them.
    ///
    /// # Errors
    /// `ConfigError` naming the variable that is missing.
    #[wasm_bindgen(js_name = fromEnv)]
    pub fn from_env(options: &JsValue) -> Result<Agent, JsValue> {
        guard::sync(|| {
            let env = options::given(options, "env")
                .unwrap_or_else(|| get(&get(&js_sys::global(), "process"), "env"));
            let text = from_env(&plain(options)?, |name| get(&env, name).as_string())?;
            Self::build(options, &text)
        })
    }

    fn build(options: &JsValue, text: &str) -> Result<Agent, JsValue> {
        let host = Rc::new(Host {
            fetch: fetch(options)?,
            clock: HostClock(options::given(options, "clock").map(JsCast::unchecked_into)),
            random: HostRandom(options::function(options, "random")),
        });
        let core = Core {
            config: Rc::new(AgentConfig::parse(text)?),
            http: Rc::clone(&host),
            clock: Rc::clone(&host),
            random: host,
            on_push: on_push(options),
        };
        Ok(Self { shared: Rc::new(Shared { core, kept: RefCell::default() }) })
    }

    /// Server root.
    #[wasm_bindgen(getter, js_name = baseUrl)]
    pub fn base_url(&self) -> String {
        self.shared.core.config.base_url.clone()
    }

    /// The id that the host gave the agent.
    #[wasm_bindgen(getter, js_name = agentId)]
    pub fn agent_id(&self) -> JsValue {
        self.shared.core.config.agent_id.as_deref().map_or(JsValue::NULL, JsValue::from_str)
    }

    /// Runs `work` with an agent whose calls share one session.
    pub fn session(&self, work: JsValue) -> Promise {
        let core = self.shared.core.clone();
        guard::promise(async move {
            let work = work.dyn_into::<Function>().map_err(|_| Error::config("session needs a function"))?;
            let (kept, driver) = core.keep();
            let kept = Rc::new(kept);
            let agent = JsValue::from(AgentScope { core, kept: Rc::clone(&kept) });
            let ran = kept.scope().run(driver, async {
                let answer = work.call1(&JsValue::UNDEFINED, &agent)?;
                JsFuture::from(Promise::resolve(&answer)).await
            });
            let answer = ran.await;
            free(&agent);
            answer
        })
    }

    /// Ends a `keepAlive` session.
    pub fn close(&self) -> Promise {
        let kept = self.shared.kept.take();
        guard::promise(async move {
            if let Some(kept) = kept {
                kept.close();
            }
            Ok(JsValue::UNDEFINED)
        })
    }

    /// The same agent once more, for calls between objects of this package.
    pub fn share(&self) -> Agent {
        Agent { shared: Rc::clone(&self.shared) }
    }

    fn call(&self, method: Method, options: JsValue) -> Promise {
        call(self.shared.core.clone(), self.kept(), method, options)
    }

    /// The session to use: with `keepAlive` the one that is kept, opened by the first call.
    fn kept(&self) -> Option<Rc<Kept>> {
        let core = &self.shared.core;
        if core.config.idle_ms.is_some() {
            return None;
        }
        let mut slot = self.shared.kept.borrow_mut();
        let kept = slot.get_or_insert_with(|| {
            let (kept, driver) = core.keep();
            let kept = Rc::new(kept);
            let trapped = Rc::clone(&kept);
            // A task that trapped is leaked, not dropped: nobody else would tell the calls that wait for it.
            guard::spawn(driver, move || trapped.driver_lost());
            kept
        });
        Some(Rc::clone(kept))
    }
}

impl AgentScope {
    fn call(&self, method: Method, options: JsValue) -> Promise {
        call(self.core.clone(), Some(Rc::clone(&self.kept)), method, options)
    }
}

/// The methods that agents and scopes have in common, once.
macro_rules! calls {
    ($class:ident) => {
        #[wasm_bindgen]
        impl $class {
            /// Sends one message.
            #[wasm_bindgen(js_name = sendMessage)]
            pub fn send_message(&self, options: JsValue) -> Promise {
                self.call(Method::Send, options)
            }

            /// Sends many over one session.
            #[wasm_bindgen(js_name = sendMessages)]
            pub fn send_messages(&self, options: JsValue) -> Promise {
                self.call(Method::SendMany, options)
            }

            /// Calls a tool by name.
            #[wasm_bindgen(js_name = callTool)]
            pub fn call_tool(&self, options: JsValue) -> Promise {
                self.call(Method::CallTool, options)
            }

            /// Names of the tools.
            #[wasm_bindgen(js_name = listTools)]
            pub fn list_tools(&self, options: JsValue) -> Promise {
                self.call(Method::ListTools, options)
            }

            /// Whether the service answers.
            pub fn ping(&self, options: JsValue) -> Promise {
                self.call(Method::Ping, options)
            }
        }
    };
}

calls!(Agent);
calls!(AgentScope);

/// Every call of every agent: one future, so that a method costs only its name.
fn call(core: Core, on: Option<Rc<Kept>>, method: Method, options: JsValue) -> Promise {
    guard::promise(async move {
        let on = on.as_deref();
        let signal = request::signal(&options);
        let text = plain(&options)?;
        match method {
            Method::Send => sent(&core, on, &text, signal.as_ref()).await,
            Method::SendMany => sent_many(&core, on, &text, signal.as_ref()).await,
            Method::CallTool | Method::ListTools | Method::Ping => {
                match race(aborted(signal.as_ref()), asked(&core, on, method, &text)).await {
                    Either::Left(reason) => Err(reason),
                    Either::Right(answer) => Ok(options::from_json(&answer?)),
                }
            }
        }
    })
}

async fn asked(core: &Core, on: Option<&Kept>, method: Method, text: &str) -> Result<String, Error> {
    match method {
        Method::CallTool => core.call_tool(on, text).await,
        Method::ListTools => core.list_tools(on, text).await,
        _ => Ok(if core.ping(on, text).await { "true" } else { "false" }.to_owned()),
    }
}

async fn sent(
    core: &Core,
    on: Option<&Kept>,
    text: &str,
    signal: Option<&JsValue>,
) -> Result<JsValue, JsValue> {
    let cancel = Cancel::new();
    let result = until_given_up(core.send_message(on, text, &cancel), signal, &cancel).await;
    match result.refusal() {
        Some(refusal) => Err(error::to_js(&refusal)),
        None => Ok(result_to_js(&result)),
    }
}

async fn sent_many(
    core: &Core,
    on: Option<&Kept>,
    text: &str,
    signal: Option<&JsValue>,
) -> Result<JsValue, JsValue> {
    let cancel = Cancel::new();
    let results = until_given_up(core.send_messages(on, text, &cancel), signal, &cancel).await?;
    Ok(results.iter().map(result_to_js).collect::<Array>().into())
}

/// A send that is aborted still says how far it got.
async fn until_given_up<T>(send: impl Future<Output = T>, signal: Option<&JsValue>, cancel: &Cancel) -> T {
    let mut send = pin!(send);
    match race(aborted(signal), send.as_mut()).await {
        Either::Left(_) => {
            cancel.give_up();
            send.await
        }
        Either::Right(value) => value,
    }
}

fn result_to_js(result: &SendResult) -> JsValue {
    let shown = options::from_json(&result.to_json());
    if let Some(cause) = result.cause() {
        let _ = Reflect::set(&shown, &"cause".into(), &error::to_js(cause));
    }
    shown
}

/// The agents of one webhook: one session, opened when a handler first sends.
pub(crate) struct RequestAgents {
    core: Core,
    kept: Kept,
    given: RefCell<Vec<JsValue>>,
}

impl RequestAgents {
    /// From the `agent` option, an agent or a function of the environment; without it from the environment.
    pub(crate) fn of(option: &JsValue, env: &JsValue) -> Result<(Self, AgentDriver), JsValue> {
        let agent = if let Some(make) = option.dyn_ref::<Function>() {
            shared(&make.call1(&JsValue::UNDEFINED, env)?)?
        } else if option.is_undefined() || option.is_null() {
            let options = js_sys::Object::new();
            if !env.is_undefined() {
                Reflect::set(&options, &"env".into(), env)?;
            }
            Agent::from_env(&options)?
        } else {
            shared(option)?
        };
        let core = agent.shared.core.clone();
        let (kept, driver) = core.keep_for_webhook();
        Ok((Self { core, kept, given: RefCell::default() }, driver))
    }

    /// An agent for one handler.
    pub(crate) fn for_handler(&self, keys: Keys) -> JsValue {
        let agent =
            JsValue::from(AgentScope { core: self.core.clone(), kept: Rc::new(self.kept.keyed(keys)) });
        self.given.borrow_mut().push(agent.clone());
        agent
    }

    /// Runs the handlers next to the session; ends with both.
    pub(crate) async fn run<T>(&self, driver: AgentDriver, work: impl Future<Output = T>) -> T {
        let value = self.kept.scope().run(driver, work).await;
        // By hand: old compatibility dates of workerd have no FinalizationRegistry that would do it.
        self.given.take().iter().for_each(free);
        value
    }
}

fn shared(agent: &JsValue) -> Result<Agent, JsValue> {
    agent
        .unchecked_ref::<GivenAgent>()
        .share()
        .map_err(|_| error::to_js(&Error::config("`agent` must be an Agent, or a function that gives one")))
}

fn free(object: &JsValue) {
    let _ = object.unchecked_ref::<Freed>().free();
}

/// What becomes of a push: `onPush` gets the event. A push must not vanish unseen, so that without one it is logged.
fn on_push(options: &JsValue) -> Option<OnPush> {
    let (taker, logger) = (options::function(options, "onPush"), Logger::of(options));
    Some(Rc::new(move |params| match &taker {
        Some(taker) => {
            let event = options::from_json(&parse_push(params).json);
            match taker.call1(&JsValue::UNDEFINED, &event) {
                Ok(answer) => ignore(&Promise::resolve(&answer)),
                Err(thrown) => logger.write("error", "butt-dial: onPush failed", &thrown),
            }
        }
        None => logger.write(
            "warn",
            "butt-dial: the service pushed what nobody takes: set onPush",
            &JsValue::UNDEFINED,
        ),
    }))
}

fn fetch(options: &JsValue) -> Result<HostFetch, JsValue> {
    match options::given(options, "fetch") {
        None => Ok(HostFetch::Global),
        Some(given) => match given.dyn_into::<Function>() {
            Ok(function) => Ok(HostFetch::Function(function)),
            Err(object) if options::function(&object, "fetch").is_some() => {
                Ok(HostFetch::Object(object.unchecked_into()))
            }
            Err(_) => Err(error::to_js(&Error::config(
                "`fetch` must be a function, or an object with a fetch method",
            ))),
        },
    }
}

/// The data of an options object as JSON. What is no data is read on its own.
fn plain(options: &JsValue) -> Result<String, Error> {
    if options.is_undefined() || options.is_null() {
        return Ok(String::new());
    }
    if !options.is_object() && !options.is_function() {
        return Err(Error::config("the options must be an object"));
    }
    options::plain_json(options).ok_or_else(|| Error::config("the options hold what JSON cannot"))
}
