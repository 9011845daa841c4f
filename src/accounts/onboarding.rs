//! From sign-up to team token, in one go: register with a webhook, wait for the owner's click, fetch the token.
//!
//! Polling tells that the owner has clicked, never the token (wire-contract 6.1); the token comes by the webhook, or from
//! `revealTeamToken`, to the holder of the webhook secret. The poll token dies when the owner clicks (1.1): a poll that is refused,
//! in whichever words, is followed by one try to reveal. All that must survive a restart is the text of [`onboarding_state`].

use super::flow::{Action, Flow, Plan, astray, says};
use super::row::find;
use crate::agent::options::Options;
use crate::error::{Error, Kind};
use crate::json::{Value, Writer, truthy};
use crate::prelude::*;
use crate::text::concat;
use crate::time;

/// The service asks to leave so long between polls, in milliseconds.
pub(super) const POLL_MS: f64 = 60_000.0;
/// The life of the link.
pub(super) const LINK_MS: f64 = 900_000.0;
/// How long the webhook is given, where somebody listens for it, once a poll has told of the click: revealing may replace the
/// token that it brings.
const GRACE_MS: f64 = 10_000.0;
/// What a state consists of, beside `startedAt`.
const NEEDED: [&str; 3] = ["orgId", "pollToken", "webhookSecret"];

/// What must survive until the owner clicks, as JSON: made of the answer of `register`. Holds secrets.
///
/// # Errors
/// A `ProtocolError` if the answer lacks what is needed later.
pub fn onboarding_state(answer: &str, now_ms: f64) -> Result<String, Error> {
    let mut out = Writer::new();
    out.object();
    for name in NEEDED {
        let value = Value::known(answer).at(name);
        if !says(value) {
            return Err(Error::protocol("PROTOCOL", concat(&["startOnboarding: the answer has no ", name])));
        }
        out.key(name).raw(value.raw());
    }
    out.key("startedAt").string(&time::iso(millis(now_ms)).unwrap_or_default()).end_object();
    Ok(out.finish())
}

/// Whether a state has all that is needed.
pub(super) fn check(state: &str) -> Result<(), Error> {
    let mut options = Options::parse("resumeOnboarding", state);
    for name in NEEDED {
        if !says(options.at(name)) {
            options.bad(name, "is required");
        }
    }
    options.end()
}

#[expect(clippy::cast_possible_truncation, reason = "float to integer casts saturate")]
fn millis(ms: f64) -> i64 {
    ms as i64
}

impl Flow {
    /// The end: the token as JSON, and how it was learned.
    #[inline(never)]
    pub(super) fn workspace(&self, token: &str, via: &str) -> Action {
        let org_id = Value::known(&self.given).at("orgId").raw();
        let parts = ["{\"orgId\":", org_id, ",\"teamToken\":", token, ",\"via\":\"", via, "\"}"];
        Action::Done(Ok(concat(&parts)))
    }

    /// The answer to a poll, or to the reveal.
    #[inline(never)]
    pub(super) fn looked(&mut self, result: Result<String, Error>, now_ms: f64, key: &str) -> Action {
        let json = match result {
            Ok(json) => json,
            Err(error) => return self.failed(error, now_ms, key),
        };
        let answer = Value::known(&json);
        if self.revealing {
            let token = answer.at("token");
            return if says(token) {
                self.workspace(token.raw(), "poll")
            } else {
                astray(Kind::ProtocolError, "PROTOCOL", "revealTeamToken: the answer holds no token")
            };
        }
        let state = answer.at("state").raw();
        if state == "\"verified\"" || truthy(answer.at("verified")) || truthy(answer.at("verifiedAt")) {
            return self.reveal(now_ms, key, GRACE_MS);
        }
        if state == "\"expired\"" {
            return astray(
                Kind::VerificationTokenExpired,
                "VERIFICATION_TOKEN_EXPIRED",
                "the owner did not confirm in time; register again",
            );
        }
        if self.poll_ms > 0.0 {
            return self.pause((now_ms + self.poll_ms).min(self.deadline_ms));
        }
        Action::Done(Ok("null".to_owned()))
    }

    fn failed(&mut self, mut error: Error, now_ms: f64, key: &str) -> Action {
        // Another try has another nonce, and the time of a clock that may be right by then (wire-contract 7.5).
        error.retryable |= matches!(&*error.code, "AUTH_NONCE_REPLAY" | "AUTH_TIMESTAMP_EXPIRED");
        if error.retryable && self.poll_ms > 0.0 && now_ms < self.deadline_ms {
            // Longer where the service asks for it.
            let ms = self.poll_ms.max(error.retry_after_ms.unwrap_or_default());
            return self.pause((now_ms + ms).min(self.deadline_ms));
        }
        if error.retryable || self.revealing || !matches!(error.status, Some(401 | 403 | 404 | 410)) {
            let refused = self.refused.take().filter(|_| !error.retryable);
            return Action::Done(Err(refused.unwrap_or(error)));
        }
        self.refused = Some(error);
        self.reveal(now_ms, key, 0.0)
    }

    /// Until the next request.
    fn pause(&mut self, until_ms: f64) -> Action {
        self.pauses = true;
        Action::Sleep { until_ms }
    }

    #[inline(never)]
    fn reveal(&mut self, now_ms: f64, key: &str, grace_ms: f64) -> Action {
        self.row = find("revealTeamToken");
        self.revealing = true;
        let until_ms = now_ms + grace_ms;
        if grace_ms > 0.0 && matches!(self.plan, Plan::Wait { listens: true }) && until_ms < self.deadline_ms
        {
            return self.pause(until_ms);
        }
        self.send(now_ms, key)
    }
}
