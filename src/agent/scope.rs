//! Which session a call belongs to: its own, a batch's, or one that somebody keeps.
//!
//! Nothing is shared between scopes but configuration. A call with a token of its own always has a session of its own.

use crate::prelude::*;
use alloc::rc::Rc;

use super::cancel::Cancel;
use super::config::AgentConfig;
use super::options::{CallOptions, Options};
use super::payload::Payload;
use super::report::{SendResult, rpc_error};
use super::send::{Message, Sender, batch, prepare, random_key};
use super::tools::{self, CALL_TOOL, LIST_TOOLS, PING};
use crate::backoff;
use crate::error::Error;
use crate::http::Http;
use crate::json::{self, MAX_DEPTH, Value, Writer};
use crate::mcp::drive::{Driver, LocalTask, OnPush, Scope, join_all};
use crate::mcp::session::{CallError, Reply};
use crate::secret::Secret;
use crate::wait::{Clock, Random};

/// An agent: configuration, and what the host gives. Cheap to clone; holds no session.
pub struct Agent<H, C, R> {
    /// Configuration.
    pub config: Rc<AgentConfig>,
    /// The network.
    pub http: Rc<H>,
    /// Time.
    pub clock: Rc<C>,
    /// Chance.
    pub random: Rc<R>,
    /// Gets what the server pushes, whatever the session was opened for: it is not lost.
    pub on_push: Option<OnPush>,
}

impl<H, C, R> Clone for Agent<H, C, R> {
    fn clone(&self) -> Self {
        Self {
            config: Rc::clone(&self.config),
            http: Rc::clone(&self.http),
            clock: Rc::clone(&self.clock),
            random: Rc::clone(&self.random),
            on_push: self.on_push.clone(),
        }
    }
}

/// A session that somebody keeps: `session(fn)`, a webhook handler, `keepAlive`. It opens with its first call, and anew
/// with the next one after a loss.
pub struct Kept {
    scope: Rc<Scope>,
    /// An instant by which every send must have ended.
    by: Option<f64>,
    /// Gives a key to each send that has none.
    keys: Option<Keys>,
}

/// Gives idempotency keys, one per send, in the order of the sends.
pub type Keys = Rc<dyn Fn() -> String>;

impl Kept {
    /// The same session for one handler, whose sends get their keys from `keys`.
    #[must_use]
    pub fn keyed(&self, keys: Keys) -> Self {
        Self { scope: Rc::clone(&self.scope), by: self.by, keys: Some(keys) }
    }

    /// Ends it now; calls under way fail.
    pub fn close(&self) {
        self.scope.close();
    }

    /// Takes no further call and ends with the last one under way.
    pub fn drain(&self) {
        self.scope.drain();
    }

    /// The driver trapped: calls under way and later ones get an `InternalError`.
    pub fn driver_lost(&self) {
        self.scope.driver_lost();
    }

    /// The session's handle.
    #[must_use]
    pub fn scope(&self) -> &Scope {
        &self.scope
    }
}

/// Messages of a batch under way at once where the caller says nothing.
const CONCURRENCY: usize = 16;

impl<H, C, R> Agent<H, C, R>
where
    H: Http + 'static,
    C: Clock + 'static,
    R: Random + 'static,
{
    /// A session to keep, and the future that runs it: poll it next to the work ([`Scope::run`]) or as a task.
    #[must_use]
    pub fn keep(&self) -> (Kept, Driver<H, C>) {
        let (scope, driver) = self.open(None);
        (Kept { scope: Rc::new(scope), by: None, keys: None }, driver)
    }

    /// A session for one webhook: all its sends share the reply budget, counted from now. See [`Kept::keyed`].
    #[must_use]
    pub fn keep_for_webhook(&self) -> (Kept, Driver<H, C>) {
        let (mut kept, driver) = self.keep();
        kept.by = Some(self.clock.now_ms() + self.config.reply_budget_ms);
        (kept, driver)
    }

    fn open(&self, token: Option<&Secret>) -> (Scope, Driver<H, C>) {
        let config = self.config.session(token);
        Scope::new(config, Rc::clone(&self.http), Rc::clone(&self.clock), self.on_push.clone())
    }

    /// Sends one message; `options` as JSON. Every failure is in the result; see [`SendResult::refusal`].
    pub async fn send_message(&self, on: Option<&Kept>, options: &str, cancel: &Cancel) -> SendResult {
        let message = match self.prepare(on, options) {
            Ok(message) => message,
            Err(result) => return result,
        };
        self.send_prepared(on, &message, cancel).await
    }

    async fn send_prepared(&self, on: Option<&Kept>, message: &Message, cancel: &Cancel) -> SendResult {
        let by = on.and_then(|kept| kept.by);
        let (scope, driver) = self.session_of(on, message.call.token.as_ref());
        run(&scope, driver, Box::pin(self.send(&scope, message, by, cancel))).await
    }

    /// The session of a call: the kept one, or one of its own with the driver to run it.
    fn session_of(&self, on: Option<&Kept>, token: Option<&Secret>) -> (Rc<Scope>, Option<Driver<H, C>>) {
        match on.filter(|_| token.is_none()) {
            Some(kept) => (Rc::clone(&kept.scope), None),
            None => {
                let (scope, driver) = self.open(token);
                (Rc::new(scope), Some(driver))
            }
        }
    }

    fn prepare(&self, on: Option<&Kept>, options: &str) -> Result<Message, SendResult> {
        prepare(&self.config, options, || match on.and_then(|kept| kept.keys.as_ref()) {
            Some(keys) => keys(),
            None => random_key(&*self.random),
        })
    }

    async fn send(&self, scope: &Scope, message: &Message, by: Option<f64>, cancel: &Cancel) -> SendResult {
        let (config, clock, random) = (&*self.config, &*self.clock, &*self.random);
        Sender { scope, config, clock, random, by, cancel }.send(message).await
    }

    /// Sends many messages over one session, `concurrency` (16) at a time; one result each, in order.
    ///
    /// # Errors
    /// A `ConfigError` if the options are no batch; a message that is wrong has its result like the others.
    pub async fn send_messages(
        &self,
        on: Option<&Kept>,
        options: &str,
        cancel: &Cancel,
    ) -> Result<Vec<SendResult>, Error> {
        let options = Options::parse("sendMessages", options)?;
        let limit = options.positive("concurrency")?.and_then(|limit| usize::try_from(limit).ok());
        let token = options.call_options()?.token;
        let (scope, driver) = self.session_of(on, token.as_ref());
        let (by, keys) = on.map(|kept| (kept.by, kept.keys.clone())).unwrap_or_default();
        let session = &Kept { scope, by, keys };
        let mut sends: Vec<LocalTask<'_, SendResult>> = Vec::new();
        for text in batch(&options)? {
            // Keys are given now, in the order of the messages.
            let prepared = self.prepare(Some(session), &text).map(|mut message| {
                // The batch's token is the session's; another one gets a session of its own.
                message.call.token = message.call.token.filter(|own| Some(own) != token.as_ref());
                message
            });
            sends.push(Box::pin(async move {
                match prepared {
                    Ok(message) => self.send_prepared(Some(session), &message, cancel).await,
                    Err(result) => result,
                }
            }));
        }
        let work = Box::pin(join_all(sends, limit.unwrap_or(CONCURRENCY)));
        Ok(run(&session.scope, driver, work).await)
    }

    /// Calls a tool: its JSON, else its text, else `null`, as JSON (wire-contract 2.6).
    ///
    /// # Errors
    /// `ConfigError`, `ToolError` for a JSON-RPC error, and whatever kept the answer away.
    pub async fn call_tool(&self, on: Option<&Kept>, options: &str) -> Result<String, Error> {
        let options = Options::parse(CALL_TOOL.js, options)?;
        tools::bind(&CALL_TOOL, &options, &mut checked_only())?;
        let name = options.text("toolName")?.unwrap_or_default();
        let arguments = options.get("arguments").map_or("{}", Value::raw);
        let tries = if options.flag("idempotent", false)? { self.config.max_attempts.max(1) } else { 1 };
        let call = self.call_options(&options)?;
        let params = tool_params(&name, arguments);
        match self.call(on, "tools/call", Some(&params), &call, tries).await? {
            Reply::Result(result) => Ok(Payload::read(&result).into_json()),
            Reply::Error(error) => Err(rpc_error(&error, &name)),
        }
    }

    /// The names of the tools, as a JSON array, all pages of them.
    ///
    /// # Errors
    /// As [`Agent::call_tool`], and a `ProtocolError` for a list without end.
    pub async fn list_tools(&self, on: Option<&Kept>, options: &str) -> Result<String, Error> {
        let options = Options::parse(LIST_TOOLS.js, options)?;
        tools::bind(&LIST_TOOLS, &options, &mut checked_only())?;
        let call = self.call_options(&options)?;
        let deadline = call.deadline(self.config.timeout_ms, &*self.clock);
        let (scope, driver) = self.session_of(on, call.token.as_ref());
        run(&scope, driver, Box::pin(self.pages(&scope, deadline))).await
    }

    async fn pages(&self, scope: &Scope, deadline: f64) -> Result<String, Error> {
        let mut names = Writer::new();
        names.array();
        let mut cursor: Option<String> = None;
        for _ in 0..MAX_PAGES {
            let params = cursor.take().map(|cursor| {
                let mut params = Writer::new();
                params.object().key("cursor").raw(&cursor).end_object();
                params.finish()
            });
            let left = deadline - self.clock.now_ms();
            let reply = scope.call("tools/list", params.as_deref(), left).await;
            let list = match reply.map_err(|failed| failed.error)? {
                Reply::Result(result) => result,
                Reply::Error(error) => return Err(rpc_error(&error, "tools/list")),
            };
            let list = json::parse_str(&list, MAX_DEPTH).ok().and_then(Value::object).unwrap_or_default();
            for tool in list.get("tools").and_then(Value::array).into_iter().flatten() {
                let name = tool.object().and_then(|tool| tool.get("name"));
                if let Some(name) = name.filter(|name| name.text().is_some()) {
                    names.raw(name.raw());
                }
            }
            cursor = list
                .get("nextCursor")
                .filter(|next| next.text().is_some_and(|next| !next.is_empty()))
                .map(|next| next.raw().to_owned());
            if cursor.is_none() {
                names.end_array();
                return Ok(names.finish());
            }
        }
        Err(Error::protocol("PROTOCOL", "the list of tools does not end"))
    }

    /// Whether the service answers: a result with anything in it, even one that says it failed, as in the reference.
    pub async fn ping(&self, on: Option<&Kept>, options: &str) -> bool {
        self.answers(on, options).await.unwrap_or(false)
    }

    async fn answers(&self, on: Option<&Kept>, options: &str) -> Result<bool, Error> {
        let options = Options::parse(PING.js, options)?;
        tools::bind(&PING, &options, &mut checked_only())?;
        let name = options.filled("toolName")?.unwrap_or_else(|| PING.tool.to_owned());
        let call = self.call_options(&options)?;
        let reply = self.call(on, "tools/call", Some(&tool_params(&name, "{}")), &call, 1).await?;
        Ok(matches!(reply, Reply::Result(result) if !Payload::read(&result).is_empty()))
    }

    fn call_options(&self, options: &Options<'_>) -> Result<CallOptions, Error> {
        let call = options.call_options()?;
        if call.token.is_none() && self.config.token.is_empty() {
            return Err(options.bad("agentToken", "is missing"));
        }
        Ok(call)
    }

    /// One call, tried again up to `tries` times while its failures may heal and the deadline allows.
    async fn call(
        &self,
        on: Option<&Kept>,
        method: &str,
        params: Option<&str>,
        call: &CallOptions,
        tries: i64,
    ) -> Result<Reply, Error> {
        let deadline = call.deadline(self.config.timeout_ms, &*self.clock);
        let (scope, driver) = self.session_of(on, call.token.as_ref());
        run(&scope, driver, Box::pin(self.tries(&scope, method, params, deadline, tries))).await
    }

    async fn tries(
        &self,
        scope: &Scope,
        method: &str,
        params: Option<&str>,
        deadline: f64,
        tries: i64,
    ) -> Result<Reply, Error> {
        let mut tried: u32 = 0;
        loop {
            tried = tried.saturating_add(1);
            let failed = match scope.call(method, params, deadline - self.clock.now_ms()).await {
                Ok(reply) => return Ok(reply),
                Err(CallError { error, .. }) => error,
            };
            let pause =
                backoff::pause_ms(tried, self.random.unit()).max(failed.retry_after_ms.unwrap_or(0.0));
            let again = failed.retryable && !failed.kind.is_auth() && i64::from(tried) < tries;
            if !again || self.clock.now_ms() + pause >= deadline {
                return Err(failed);
            }
            self.clock.sleep(pause).await;
        }
    }
}

/// Runs work with the driver of its session, where it has one of its own. Boxed: one copy for all.
async fn run<H, C, T>(scope: &Scope, driver: Option<Driver<H, C>>, work: LocalTask<'_, T>) -> T
where
    H: Http + 'static,
    C: Clock + 'static,
{
    match driver {
        Some(driver) => scope.run(driver, work).await,
        None => work.await,
    }
}

/// Pages of a list of tools; no server has as many.
const MAX_PAGES: u32 = 100;

/// Where the table only checks, and writes what nobody reads.
fn checked_only() -> Writer {
    let mut out = Writer::new();
    out.object();
    out
}

fn tool_params(name: &str, arguments: &str) -> String {
    let mut params = Writer::new();
    params.object().key("name").string(name).key("arguments").raw(arguments).end_object();
    params.finish()
}
