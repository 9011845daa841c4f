//! Who may come in, on either channel.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::action::{Ms, RequestIn};
use super::envelope::Reply;
use super::options::Options;

/// Failures until everybody is locked out (wire-contract 1.1).
const FAILURES: u32 = 10;
const LOCKOUT_MS: Ms = 15 * 60 * 1000;

#[derive(Debug, Default)]
pub(super) struct Gate {
    failures: u32,
    locked_until: Option<Ms>,
    revoked: BTreeSet<String>,
}

/// Who came in.
pub(super) struct Caller {
    pub(super) token: String,
    pub(super) agent: String,
}

impl Gate {
    pub(super) fn revoke(&mut self, token: &str) {
        self.revoked.insert(token.to_owned());
    }

    pub(super) fn admit(
        &mut self,
        now: Ms,
        options: &Options,
        request: &RequestIn,
        opening: bool,
    ) -> Result<Caller, Reply> {
        if let Some(until) = self.locked_until {
            if now < until {
                return Err(locked_out(now, until, options.legacy));
            }
            self.locked_until = None;
            self.failures = 0;
        }
        let by_query = options.legacy && opening;
        let given = if by_query { request.query("token") } else { bearer(request) };
        let Some(token) = given.filter(|token| !token.is_empty()) else {
            return Err(self.fail(now, options, "AUTH_MISSING_HEADER", missing(options.legacy, opening)));
        };
        if self.revoked.contains(&token) {
            let message = if options.legacy { "Invalid or revoked token" } else { "Token was revoked" };
            return Err(self.fail(now, options, "AUTH_TOKEN_REVOKED", message));
        }
        let Some(agent) = agent_of(options.tokens.as_ref(), &token) else {
            let message = if options.legacy { "Invalid or revoked token" } else { "Invalid token" };
            return Err(self.fail(now, options, "AUTH_INVALID_TOKEN", message));
        };
        if by_query && request.query("agentId").is_some_and(|wanted| wanted != agent) {
            return Err(self.fail(now, options, "", "Token agentId does not match requested agentId"));
        }
        Ok(Caller { token, agent })
    }

    fn fail(&mut self, now: Ms, options: &Options, code: &str, message: &str) -> Reply {
        self.failures = self.failures.saturating_add(1);
        if options.lockout && self.failures >= FAILURES {
            self.locked_until = Some(now.saturating_add(LOCKOUT_MS));
        }
        if options.legacy {
            return Reply::json(401, &json!({ "error": message }));
        }
        let mut body = json!({ "error": message, "code": code, "retryable": false });
        if let (true, Some(body)) = (options.lockout, body.as_object_mut()) {
            body.insert("remainingAttempts".into(), FAILURES.saturating_sub(self.failures).into());
        }
        Reply::json(401, &body)
    }
}

/// The token of `Authorization: Bearer`; the prefix is case-sensitive (wire-contract 1.2).
fn bearer(request: &RequestIn) -> Option<String> {
    request.get_header("authorization")?.strip_prefix("Bearer ").map(str::to_owned)
}

fn agent_of(tokens: Option<&BTreeMap<String, String>>, token: &str) -> Option<String> {
    match tokens {
        None => Some(token.to_owned()),
        Some(known) => known.get(token).cloned(),
    }
}

/// The texts of wire-contract 2.3.
fn missing(legacy: bool, opening: bool) -> &'static str {
    if legacy && opening {
        "Missing token. Use: /sse?token=<token>"
    } else {
        "Missing Authorization header. Use: Bearer <token>"
    }
}

fn locked_out(now: Ms, until: Ms, legacy: bool) -> Reply {
    let message = "Too many failed attempts. Try again later.";
    if legacy {
        return Reply::json(429, &json!({ "error": message }));
    }
    let seconds = until.saturating_sub(now).div_ceil(1000);
    let locked_until = i64::try_from(until).ok().and_then(crate::time::iso);
    let mut reply = Reply::json(
        429,
        &json!({
            "error": message,
            "code": "AUTH_LOCKED_OUT",
            "retryable": true,
            "retryAfterSeconds": seconds,
            "lockedUntil": locked_until,
        }),
    );
    reply.headers.push(("retry-after".into(), seconds.to_string()));
    reply
}
