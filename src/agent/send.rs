//! Sending: one message, its attempts, its outcome (wire-contract 4, with the better behaviours of 11).
//!
//! One idempotency key for all attempts. Tried again is only what may heal: lost connections, 5xx, 429 after the pause
//! the server asked for. A refused token ends it at once. Everything ends by the deadline.

use crate::prelude::*;
#[cfg(test)]
mod tests;

use super::cancel::Cancel;
use super::config::AgentConfig;
use super::options::{CallOptions, Options};
use super::remediation;
use super::report::{Failure, SendResult, read_error, read_result};
use super::tools::{self, SEND_MESSAGE};
use crate::backoff;
use crate::error::Error;
use crate::json::{self, Writer};
use crate::mcp::drive::Scope;
use crate::mcp::session::{CallError, Outcome, Reply};
use crate::wait::{Clock, Either, Random, race};

/// A message ready to go.
#[derive(Clone)]
pub struct Message {
    /// Arguments of the sending tool, as JSON.
    pub arguments: String,
    /// The key of all attempts.
    pub key: String,
    /// How often to try.
    pub max_attempts: i64,
    /// Deadline and token.
    pub call: CallOptions,
}

/// Checks the options of a send, as JSON; `key` gives a key where the caller gave none.
///
/// # Errors
/// The result of a send that never left: stage `config`.
pub fn prepare(
    config: &AgentConfig,
    options: &str,
    key: impl FnOnce() -> String,
) -> Result<Message, SendResult> {
    let mut own_key = None;
    let read = read(config, options, &mut own_key, key);
    read.map_err(|failure| SendResult {
        end: Err(failure),
        attempts: 0,
        idempotency_key: own_key.unwrap_or_default(),
        raw: "null".to_owned(),
    })
}

fn read(
    config: &AgentConfig,
    text: &str,
    own_key: &mut Option<String>,
    make_key: impl FnOnce() -> String,
) -> Result<Message, Box<Failure>> {
    let wrong = |error: Error| Box::new(Failure::config(error, None));
    let options = Options::parse(SEND_MESSAGE.js, text).map_err(wrong)?;
    let key = options.filled("idempotencyKey").map_err(wrong)?.unwrap_or_else(make_key);
    *own_key = Some(key.clone());

    let mut out = Writer::new();
    out.object();
    tools::bind(&SEND_MESSAGE, &options, &mut out).map_err(wrong)?;
    match options.get("channel").filter(|channel| channel.raw() != "\"\"") {
        Some(channel) => out.key("channel").raw(channel.raw()),
        None => out.key("channel").string(&config.default_channel),
    };
    out.key("idempotencyKey").string(&key).end_object();

    let filled = |key: &str| options.get(key).is_some_and(|value| !matches!(value.raw(), "\"\"" | "[]"));
    if filled("media") && filled("mediaUrl") {
        return Err(wrong(options.bad("mediaUrl", "and `media` exclude each other")));
    }
    if !["body", "media", "mediaUrl", "html", "templateId"].iter().any(|key| filled(key)) {
        let error = Error::config("sendMessage: `body`, `mediaUrl` or `templateId` is required");
        return Err(Box::new(Failure::config(error, Some(remediation::NO_CONTENT))));
    }
    let call = options.call_options().map_err(wrong)?;
    if call.token.is_none() && config.token.is_empty() {
        let error = Error::config("sendMessage: `agentToken` is missing");
        return Err(Box::new(Failure::config(error, Some(remediation::NO_TOKEN))));
    }
    let max_attempts = options.whole("maxAttempts").map_err(wrong)?.unwrap_or(config.max_attempts);
    Ok(Message { arguments: out.finish(), key, max_attempts, call })
}

/// What a send needs around it.
pub struct Sender<'a, C, R> {
    /// Its session.
    pub scope: &'a Scope,
    /// Its configuration.
    pub config: &'a AgentConfig,
    /// Time.
    pub clock: &'a C,
    /// Chance, for jitter.
    pub random: &'a R,
    /// An instant by which it must have ended, whatever the options say.
    pub by: Option<f64>,
    /// A way to give it up.
    pub cancel: &'a Cancel,
}

/// What is known while the attempts go on.
struct Progress {
    attempts: u32,
    /// An earlier attempt may have been carried out.
    unsure: bool,
    raw: String,
}

impl<C: Clock, R: Random> Sender<'_, C, R> {
    /// Sends a message that [`prepare`] made. Ends by the deadline, and always with a result.
    pub async fn send(&self, message: &Message) -> SendResult {
        let mut progress = Progress { attempts: 0, unsure: false, raw: "null".to_owned() };
        let end = match self.attempts(message, &mut progress).await {
            Ok(id) => Ok(id),
            Err(mut failure) => {
                if progress.unsure {
                    failure.outcome = Outcome::Unknown;
                }
                Err(failure)
            }
        };
        let Progress { attempts, raw, .. } = progress;
        SendResult { end, attempts, idempotency_key: message.key.clone(), raw }
    }

    async fn attempts(&self, message: &Message, progress: &mut Progress) -> Result<String, Box<Failure>> {
        let timeout_ms = message.call.timeout_ms.unwrap_or(self.config.timeout_ms);
        let start = self.clock.now_ms();
        let deadline = self.by.map_or(start + timeout_ms, |by| by.min(start + timeout_ms));
        let mut tried: u32 = 0;
        while i64::from(tried) < message.max_attempts {
            tried = tried.saturating_add(1);
            let failed = match self.attempt(message, deadline).await {
                Ok(reply) => {
                    progress.attempts = progress.attempts.saturating_add(1);
                    return self.read(reply, progress);
                }
                Err(failed) => failed,
            };
            let failed = whole_deadline(failed, deadline - start);
            progress.attempts = progress.attempts.saturating_add(u32::from(failed.posted));
            progress.unsure |= failed.outcome == Outcome::Unknown;

            let again = failed.error.retryable
                && !failed.error.kind.is_auth()
                && i64::from(tried) < message.max_attempts
                && (!progress.unsure || self.config.retry_unknown);
            let pause =
                backoff::pause_ms(tried, self.random.unit()).max(failed.error.retry_after_ms.unwrap_or(0.0));
            // Past the deadline there is no use in waiting: better to say now what is known.
            if !again || self.clock.now_ms() + pause >= deadline {
                return Err(Box::new(Failure::call(failed)));
            }
            if let Either::Right(()) = race(self.clock.sleep(pause), self.cancel.wait()).await {
                return Err(Box::new(Failure::call(given_up(Outcome::NotSent))));
            }
        }
        Err(Box::new(Failure::shape(Outcome::NotSent)))
    }

    async fn attempt(&self, message: &Message, deadline: f64) -> Result<Reply, CallError> {
        let left = deadline - self.clock.now_ms();
        if self.cancel.given_up() {
            return Err(given_up(Outcome::NotSent));
        }
        let mut call = self.scope.call_tool(&self.config.send_tool, &message.arguments, left);
        match race(&mut call, self.cancel.wait()).await {
            Either::Left(result) => result,
            Either::Right(()) => Err(given_up(call.give_up())),
        }
    }

    fn read(&self, reply: Reply, progress: &mut Progress) -> Result<String, Box<Failure>> {
        let tool = &self.config.send_tool;
        match reply {
            Reply::Result(result) => {
                let read = read_result(&result, tool);
                progress.raw = result;
                read
            }
            Reply::Error(error) => {
                let failure = read_error(&error, tool);
                progress.raw = error;
                Err(Box::new(failure))
            }
        }
    }
}

/// A deadline that passed is the send's, whichever attempt it caught.
fn whole_deadline(failed: CallError, ms: f64) -> CallError {
    if failed.error.code != "TIMEOUT" {
        return failed;
    }
    let error = Error::deadline("TIMEOUT", failed.error.message.as_str(), ms);
    CallError { error, ..failed }
}

fn given_up(outcome: Outcome) -> CallError {
    CallError {
        error: Error::transport("ABORTED", "the send was given up"),
        outcome,
        posted: outcome == Outcome::Unknown,
    }
}

/// A random idempotency key.
pub fn random_key(random: &impl Random) -> String {
    crate::secret::uuid(random.bytes16(), 4)
}

/// The messages of a batch: the JSON texts of the items of `messages`, each with the batch's `timeoutMs` and `agentToken`.
///
/// # Errors
/// A `ConfigError` if there is no array of messages.
pub(super) fn batch(options: &Options<'_>) -> Result<Vec<String>, Error> {
    let Some(items) = options.get("messages").and_then(json::Value::array) else {
        return Err(options.bad("messages", "must be an array of messages"));
    };
    let shared: Vec<(&str, &str)> = ["timeoutMs", "agentToken", "maxAttempts"]
        .iter()
        .filter_map(|key| options.get(key).map(|value| (*key, value.raw())))
        .collect();
    Ok(items
        .map(|item| match item.object() {
            None => item.raw().to_owned(),
            Some(object) => {
                let mut out = Writer::new();
                out.object();
                for (key, value) in &shared {
                    out.key(key).raw(value);
                }
                for (name, value) in object.members().filter(|(_, value)| !value.is_null()) {
                    out.key_of(name).raw(value.raw());
                }
                out.end_object();
                out.finish()
            }
        })
        .collect())
}
