//! From the options of a call to its tasks.

use super::jobs::{Batch, SINGLE, Task};
use super::{Action, End, Link, Method, Row, SHARED};
use crate::agent::options::{CallOptions, Options};
use crate::agent::remediation;
use crate::agent::report::{Failure, SendResult};
use crate::agent::tools::{self, SEND_MESSAGE};
use crate::json::{Value, Writer};
use crate::mcp::session::Outcome;
use crate::prelude::*;
use crate::secret::Secret;

/// Messages of a batch under way at once where the caller says nothing.
const CONCURRENCY: usize = 16;

/// What a batch says for all its messages.
const SHARED_OPTIONS: [&str; 3] = ["timeoutMs", "agentToken", "maxAttempts"];

impl Link {
    /// Takes a call; it may end here.
    pub(super) fn take(
        &mut self,
        job: u32,
        method: Method,
        options: &str,
        chain: u32,
        out: &mut Vec<Action>,
    ) {
        match method {
            Method::Send => {
                self.send(job, SINGLE, options, chain, SHARED, &Secret::default(), out);
            }
            Method::SendMany => self.send_many(job, options, chain, out),
            _ => self.other(job, method, options, chain, out),
        }
    }

    /// Takes a message; `home` is the lane of its batch, and `shared` that lane's token.
    #[expect(clippy::too_many_arguments, reason = "one use for each kind of call")]
    fn send(
        &mut self,
        job: u32,
        place: usize,
        options: &str,
        chain: u32,
        home: u32,
        shared: &Secret,
        out: &mut Vec<Action>,
    ) {
        let row = Row::nth(SEND_MESSAGE);
        let mut options = Options::parse(row.js(), options);
        let mut key = options.text("idempotencyKey");
        if key.is_empty() && options.is_fine() {
            key = self.keys.next(chain);
        }
        let mut params = Writer::new();
        params.object().key("name").string(&self.config.send_tool).key("arguments").object();
        tools::bind(row, &mut options, &mut params);
        let filled = |name| options.get(name).filter(|value| !matches!(value.raw(), "\"\"" | "[]"));
        params.key("channel");
        match filled("channel") {
            Some(channel) => params.raw(channel.raw()),
            None => params.string(&self.config.default_channel),
        };
        params.key("idempotencyKey").string(&key).end_object().end_object();

        let both = filled("media").is_some() && filled("mediaUrl").is_some();
        let content =
            ["body", "media", "mediaUrl", "html", "templateId"].iter().any(|key| filled(key).is_some());
        if both {
            options.bad("mediaUrl", "and `media` exclude each other");
        }
        let mut advice = "";
        if options.is_fine() && !content {
            options.wrong(": `body`, `mediaUrl` or `templateId` is required");
            advice = remediation::NO_CONTENT;
        }
        let CallOptions { timeout_ms, token } = options.call_options(self.config.timeout_ms);
        if options.is_fine() && token.is_empty() && self.config.token.is_empty() {
            options.wrong(": `agentToken` is missing");
            advice = remediation::NO_TOKEN;
        }
        let max_attempts = options.whole("maxAttempts", self.config.max_attempts);
        let failure = match options.end() {
            Err(error) => Failure::config(error, advice),
            Ok(()) if max_attempts < 1 => Failure::shape(Outcome::NotSent),
            Ok(()) => {
                // The batch's token is the session's; another one gets a session of its own.
                let own = !token.is_empty() && token != *shared;
                let home = if own { self.lane(&token) } else { home };
                let by = self.keys.by(chain);
                let mut task = Task::new(job, Method::Send, place, home, params.finish(), timeout_ms, by);
                task.max_attempts = max_attempts;
                task.text = key;
                match self.batches.last_mut() {
                    Some(batch) if place != SINGLE => batch.waiting.push(task),
                    _ => self.tasks.push(task),
                }
                return;
            }
        };
        let raw = "null".to_owned();
        let result = SendResult { place, end: Err(failure), attempts: 0, idempotency_key: key, raw };
        self.ended(job, place, End::Sent(result), out);
    }

    fn send_many(&mut self, job: u32, options: &str, chain: u32, out: &mut Vec<Action>) {
        let mut options = Options::parse("sendMessages", options);
        let limit = options.size("concurrency", CONCURRENCY);
        let token = options.call_options(0.0).token;
        let messages = options.get("messages").unwrap_or(Value::NULL);
        if !messages.raw().starts_with('[') {
            options.bad("messages", "must be an array of messages");
        }
        if let Err(error) = options.end() {
            return self.ended(job, SINGLE, End::Failed(error), out);
        }
        let home = if token.is_empty() { SHARED } else { self.lane(&token) };
        let shared = SHARED_OPTIONS.map(|key| (key, options.get(key)));
        self.batches.push(Batch { job, results: Vec::new(), waiting: Vec::new() });
        // Keys are given now, in the order of the messages.
        for (place, item) in messages.items().enumerate() {
            let mut message = Writer::new();
            match item.object() {
                None => message.raw(item.raw()),
                Some(object) => {
                    message.object();
                    for (key, value) in shared {
                        if let Some(value) = value {
                            message.key(key).raw(value.raw());
                        }
                    }
                    for (name, value) in object.members() {
                        if !value.is_null() {
                            message.key_of(name).raw(value.raw());
                        }
                    }
                    message.end_object()
                }
            };
            self.send(job, place, &message.finish(), chain, home, &token, out);
        }
        let mut room = 1;
        if let Some(batch) = self.batches.last_mut() {
            batch.waiting.reverse();
            room = limit.min(batch.waiting.len()).max(1);
        }
        for _ in 0..room {
            self.release(job, out);
        }
    }

    fn other(&mut self, job: u32, method: Method, options: &str, chain: u32, out: &mut Vec<Action>) {
        let row = method.row();
        let mut options = Options::parse(row.js(), options);
        let mut arguments = Writer::new();
        arguments.object();
        tools::bind(row, &mut options, &mut arguments);
        arguments.end_object();
        let CallOptions { timeout_ms, token } = options.call_options(self.config.timeout_ms);
        if token.is_empty() && self.config.token.is_empty() {
            options.bad("agentToken", "is missing");
        }
        let again = row.reads() || (method == Method::CallTool && options.flag("idempotent", false));
        let mut params = Writer::new();
        if method != Method::ListTools {
            let own = if method == Method::CallTool { String::new() } else { row.tool() };
            params.object().key("name").string(&match method {
                Method::Tool(_) => own,
                _ => options.text_or("toolName", &own),
            });
            let given = options.get("arguments").filter(|_| method == Method::CallTool);
            params.key("arguments").raw(given.map_or(&arguments.finish(), Value::raw)).end_object();
        }
        let end = match options.end() {
            Ok(()) => {
                let home = if token.is_empty() { SHARED } else { self.lane(&token) };
                let by = self.keys.by(chain);
                let mut task = Task::new(job, method, SINGLE, home, params.finish(), timeout_ms, by);
                if again {
                    task.max_attempts = self.config.max_attempts.max(1);
                }
                return self.tasks.push(task);
            }
            Err(_) if method == Method::Ping => End::Json("false".to_owned()),
            Err(error) => End::Failed(error),
        };
        self.ended(job, SINGLE, end, out);
    }
}
