//! Calls as machines: what happened goes in, what to do comes out. Most calls are one request; rotation asks a person in between,
//! and onboarding waits for one ([`super::onboarding`]).

use super::answer::{answer, deprecation, forgive, lost};
use super::config::AccountsConfig;
use super::onboarding::{LINK_MS, POLL_MS, check, onboarding_state};
use super::request::{request_of, warning};
use super::row::{Row, Words, find};
use crate::agent::options::Options;
use crate::error::{Error, Kind};
use crate::http::{Head, Request};
use crate::json::{Value, quoted};
use crate::prelude::*;
use crate::text::concat;

/// What happened.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a> {
    /// The call begins.
    Start,
    /// The answer to the request.
    Answer {
        /// Its head.
        head: &'a Head,
        /// Its body.
        body: &'a [u8],
    },
    /// The answer is a success, and longer than anything that is read.
    TooLarge,
    /// There is no answer: what the runtime said.
    Lost(&'a str),
    /// The time came that the last action named.
    Woke,
    /// What the person said who was asked.
    Said(&'a str),
    /// The webhook came that `wait` waits for, with this team token.
    Verified(&'a str),
}

/// What to do next.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Send this; without an answer, wake at `until_ms`.
    Request {
        /// The request.
        request: Request,
        /// When to stop waiting.
        until_ms: f64,
    },
    /// Wake then. A webhook may come before.
    Sleep {
        /// When.
        until_ms: f64,
    },
    /// Ask the person for the code that was sent to the phone with these last digits. No deadline runs.
    Ask {
        /// Last digits of the phone; empty if the service does not tell.
        hint: String,
    },
    /// It is over: JSON, or an error.
    Done(Result<String, Error>),
}

/// What a call consists of.
#[derive(Clone, Copy, Debug)]
pub enum Plan {
    /// One request.
    Call(Row),
    /// `rotateToken`: [`Action::Ask`] stands between its two requests. Its answer is that of `rotateTokenConfirm`.
    Rotate,
    /// `startOnboarding`: registers, and ends with the state of [`super::onboarding_state`].
    Begin,
    /// One look whether the owner has clicked: ends with `{orgId, teamToken, via}`, or `null` while there was no click.
    Check,
    /// Waits for the click: polls, and ends with the webhook if that is first. Failures that may heal are waited out.
    Wait {
        /// Whether somebody will hand in the webhook.
        listens: bool,
    },
}

impl Plan {
    /// The plan of a method of the package.
    #[must_use]
    pub fn of(method: &str, listens: bool) -> Self {
        match method {
            "rotateToken" => Self::Rotate,
            "startOnboarding" => Self::Begin,
            "check" => Self::Check,
            "wait" => Self::Wait { listens },
            _ => Self::Call(find(method)),
        }
    }

    /// Whether an agent calls, not a workspace.
    #[must_use]
    pub fn is_agents(&self) -> bool {
        matches!(self, Self::Call(row) if row.is_agents())
    }
}

/// A call under way.
pub struct Flow {
    pub(super) config: AccountsConfig,
    pub(super) plan: Plan,
    /// The request in flight, or the next one, and its options; all of them in the state where onboarding goes on.
    pub(super) row: Row,
    pub(super) given: String,
    pub(super) timeout_ms: f64,
    pub(super) deadline_ms: f64,
    /// What onboarding goes on with; the challenge of a rotation. JSON.
    pub(super) state: String,
    /// Between polls; 0: there is but one.
    pub(super) poll_ms: f64,
    /// Whether the owner has clicked, or may have.
    pub(super) revealing: bool,
    /// Whether a pause is what ends next.
    pub(super) pauses: bool,
    begun: bool,
    /// Why a poll was refused, while revealing is tried instead.
    pub(super) refused: Option<Error>,
}

impl Flow {
    /// A call. `given` is the JSON of its options, `state` what `Check` and `Wait` go on with. Mistakes in either end the call as
    /// it starts, before anything is sent.
    #[must_use]
    pub fn new(config: AccountsConfig, plan: Plan, given: &str, state: &str) -> Self {
        Self {
            timeout_ms: config.timeout_ms,
            config,
            plan,
            row: find(""),
            given: given.to_owned(),
            deadline_ms: 0.0,
            state: state.to_owned(),
            poll_ms: 0.0,
            revealing: false,
            pauses: false,
            begun: false,
            refused: None,
        }
    }

    #[inline(never)]
    fn start(&mut self, now_ms: f64) -> Result<(), Error> {
        let (name, row) = match self.plan {
            Plan::Call(row) => (row.js(), row.js()),
            Plan::Rotate => ("rotateToken", "rotateTokenRequest"),
            Plan::Begin => ("startOnboarding", "register"),
            Plan::Check => ("check", POLL),
            Plan::Wait { .. } => ("wait", POLL),
        };
        self.row = find(row);
        let given = core::mem::take(&mut self.given);
        let mut options = Options::parse(name, &given);
        if let Plan::Wait { .. } = self.plan {
            self.timeout_ms = LINK_MS;
            self.poll_ms = options.millis("pollIntervalMs", POLL_MS).max(POLL_MS);
        }
        self.timeout_ms = options.millis("timeoutMs", self.timeout_ms);
        self.deadline_ms = now_ms + self.timeout_ms;
        // Without it nobody but the owner's browser would ever get the token.
        if matches!(self.plan, Plan::Begin) && !says(options.at("webhookUrl")) {
            options.bad("webhookUrl", "is required");
        }
        options.end()?;
        match self.plan {
            Plan::Check | Plan::Wait { .. } => {
                check(&self.state)?;
                self.given = core::mem::take(&mut self.state);
            }
            Plan::Rotate => {}
            Plan::Call(_) | Plan::Begin => self.given = given,
        }
        Ok(())
    }

    /// What follows from what happened. `key` is a fresh random UUID each time.
    #[must_use]
    pub fn next(&mut self, input: Input<'_>, now_ms: f64, key: &str) -> Action {
        let result = match input {
            Input::Start => match self.start(now_ms) {
                Ok(()) => return self.send(now_ms, key),
                Err(error) => return Action::Done(forgive(&self.row, Err(error))),
            },
            Input::Answer { head, body } => answer(&self.row, self.config.service(), head, body, now_ms),
            Input::TooLarge => {
                Err(Error::protocol("PROTOCOL", concat(&[self.row.js(), ": the answer is too large"])))
            }
            Input::Lost(reason) => Err(lost(&self.row, reason)),
            Input::Woke => {
                if core::mem::take(&mut self.pauses) && now_ms < self.deadline_ms {
                    return self.send(now_ms, key);
                }
                Err(self.late())
            }
            Input::Said(code) => return self.confirm(code, now_ms, key),
            Input::Verified(token) => return self.workspace(&quoted(token), "webhook"),
        };
        let result = forgive(&self.row, result).map_err(|error| self.redacted(error));
        match self.plan {
            Plan::Rotate if self.state.is_empty() => self.ask(result, now_ms),
            Plan::Begin => Action::Done(result.and_then(|answer| onboarding_state(&answer, now_ms))),
            Plan::Call(_) | Plan::Rotate => Action::Done(result),
            Plan::Check | Plan::Wait { .. } => self.looked(result, now_ms, key),
        }
    }

    /// The request of the row.
    #[inline(never)]
    pub(super) fn send(&mut self, now_ms: f64, key: &str) -> Action {
        let mut until_ms = self.deadline_ms;
        if self.poll_ms > 0.0 {
            until_ms = until_ms.min(now_ms + self.config.timeout_ms);
        }
        let strict = !matches!(self.plan, Plan::Check | Plan::Wait { .. });
        match request_of(&self.row, self.config.service(), &self.given, key, now_ms, strict) {
            Ok(request) => Action::Request { request, until_ms },
            Err(error) => Action::Done(forgive(&self.row, Err(error))),
        }
    }

    /// What the log should be told before the first request, once it is known to go out, and the name to tell it but once under.
    pub fn warning(&mut self, next: &Action) -> Option<(&'static str, &'static str)> {
        let first = !core::mem::replace(&mut self.begun, true);
        let warning =
            warning(&self.row, &self.given).filter(|_| first && matches!(next, Action::Request { .. }));
        Some((self.row.js(), warning?))
    }

    /// What the log should be told of an answer, and its route, which is the name to tell it but once under.
    #[must_use]
    pub fn deprecation(&self, head: &Head) -> Option<(&'static str, String)> {
        Some((self.row.call, deprecation(&self.row, head)?))
    }

    /// An error without the secrets of the call: what the server and the runtime say may repeat them.
    #[inline(never)]
    fn redacted(&self, mut error: Error) -> Error {
        error.redact(self.config.token.expose());
        for name in Words(SECRETS) {
            error.redact(&Value::known(&self.given).at(name).chars());
        }
        error
    }

    fn late(&self) -> Error {
        let what =
            if self.poll_ms > 0.0 { ": the owner did not confirm in time" } else { ": no answer in time" };
        Error::deadline("TIMEOUT", concat(&[self.row.js(), what]), self.timeout_ms)
    }

    fn ask(&mut self, result: Result<String, Error>, now_ms: f64) -> Action {
        let json = match result {
            Ok(json) => json,
            Err(error) => return Action::Done(Err(error)),
        };
        let answer = Value::known(&json);
        let challenge = answer.at("challengeId");
        if !says(challenge) && challenge.number().is_none() {
            return astray(Kind::ProtocolError, "PROTOCOL", "rotateToken: the answer names no challenge");
        }
        self.state.push_str(challenge.raw());
        // What is left of the time, for the second request.
        self.timeout_ms = (self.deadline_ms - now_ms).max(1.0);
        Action::Ask { hint: answer.at("phoneHint").chars() }
    }

    fn confirm(&mut self, code: &str, now_ms: f64, key: &str) -> Action {
        if code.is_empty() {
            return astray(Kind::ConfigError, "CONFIG", "rotateToken: `otpPrompt` gave no code");
        }
        self.deadline_ms = now_ms + self.timeout_ms;
        self.row = find("rotateTokenConfirm");
        self.given = concat(&["{\"challengeId\":", &self.state, ",\"otp\":", &quoted(code), "}"]);
        self.send(now_ms, key)
    }
}

/// The options that hold secrets: those that the table declares as such, of whichever row, since onboarding goes on with those
/// of two, and the token of one call.
pub(super) const SECRETS: &str = "token otp sessionId pollToken webhookSecret confirmationToken agentToken";

/// The row that polls.
const POLL: &str = "verificationStatus";

/// The end of a call that the service, or the caller, led astray.
#[inline(never)]
pub(super) fn astray(kind: Kind, code: &'static str, message: &str) -> Action {
    Action::Done(Err(Error::new(kind, code, message)))
}

/// Whether it is a text that is not empty.
pub(super) fn says(value: Value<'_>) -> bool {
    value.is_text() && value != Value::EMPTY
}
