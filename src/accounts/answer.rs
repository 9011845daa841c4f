//! From an answer to JSON in our casing, or to a typed error.

use super::config::Service;
use super::flow::says;
use super::request::plain;
use super::row::{Row, Words};
use super::shape::{best, shaped};
use crate::error::{Error, Kind, Response, from_response, from_response_of};
use crate::http::{Head, body_as_json};
use crate::json::{self, MAX_DEPTH, Object, Value, Writer, quoted, truthy};
use crate::prelude::*;
use crate::text::concat;
use crate::url;

/// Codes of the account service, whatever the status (wire-contract 7.4).
pub(super) const CODES: [(&str, Kind); 8] = [
    ("EMAIL_ALREADY_REGISTERED", Kind::EmailAlreadyRegistered),
    ("VERIFICATION_TOKEN_EXPIRED", Kind::VerificationTokenExpired),
    ("PHONE_NOT_CONFIGURED", Kind::PhoneNotConfigured),
    ("OTP_INVALID", Kind::OtpInvalid),
    ("OTP_EXPIRED", Kind::OtpExpired),
    ("OTP_MAX_ATTEMPTS", Kind::OtpMaxAttempts),
    ("CHALLENGE_NOT_FOUND", Kind::ChallengeNotFound),
    ("TOKEN_REVOKED", Kind::TokenRevoked),
];

/// What a call ends with: JSON. A success that is empty, or no JSON, is `{}`, as in the reference.
///
/// # Errors
/// The typed error for any status but 2xx; `OnboardingRequired` where the answer asks for terms. See [`forgive`].
pub fn answer(
    row: &Row,
    service: Service<'_>,
    head: &Head,
    body: &[u8],
    now_ms: f64,
) -> Result<String, Error> {
    if !head.ok() {
        return Err(failure(row, head, body, now_ms));
    }
    let Ok(value) = json::parse(body, MAX_DEPTH) else { return Ok("{}".to_owned()) };
    let shape = row.answer();
    let mut out = Writer::new();
    shaped(&mut out, value, row.shape());
    let json = out.finish();
    if shape.starts_with('!') {
        let object = value.inside();
        if truthy(best(&object, "requiresOnboarding")) {
            return Err(onboarding(&object, service.base_url, &json));
        }
    }
    Ok(json)
}

/// The result of a call: `null` for a failure of a row whose failures are.
///
/// # Errors
/// All others.
pub fn forgive(row: &Row, result: Result<String, Error>) -> Result<String, Error> {
    if row.forgives() && result.is_err() { Ok("null".to_owned()) } else { result }
}

/// The error for a request that got no answer. `reason` is what the runtime said, which may hold the URL, and that a
/// secret: see [`Error::redact`].
#[must_use]
pub fn lost(row: &Row, reason: &str) -> Error {
    Error::transport("TRANSPORT", concat(&[row.js(), ": ", reason]))
}

#[inline(never)]
fn failure(row: &Row, head: &Head, body: &[u8], now_ms: f64) -> Error {
    let text = body_as_json(body);
    let response = Response {
        status: head.status,
        body: &text,
        retry_after: head.headers.get("retry-after").filter(|text| !text.is_empty()),
        now_ms,
    };
    if row.is_agents() {
        return from_response(&response);
    }
    let mut error = from_response_of(&response, &CODES, Kind::AccountsError);
    if error.kind.is_account() {
        let body = Value::known(&text);
        if truthy(body.at("message")) {
            error.message = plain(body.at("message"));
        }
        if body.at("fields").array().is_some() {
            error.extra.push(("fields", body.at("fields").raw().to_owned()));
        }
    }
    error
}

/// Wire-contract 6.1: the workspace is verified, its terms are not accepted.
#[inline(never)]
fn onboarding(answer: &Object<'_>, base_url: &str, json: &str) -> Error {
    let mut error = Error::new(
        Kind::OnboardingRequired,
        "REQUIRES_ONBOARDING",
        "the workspace is verified, but its owner must accept the terms first",
    );
    error.status = Some(200);
    let session = best(answer, "onboardingSessionId").chars();
    let mut page = concat(&[base_url, if session.is_empty() { "/onboarding" } else { "/onboarding?s=" }]);
    url::encode(&session, &mut page, false);
    let page = quoted(&page);
    // What is missing has the value of its class in `js/errors.js`.
    for name in Words("orgId onboardingUrl onboardingSessionId onboardingExpiresAt") {
        let value = best(answer, name);
        let otherwise = if name == "onboardingUrl" { &page } else { "null" };
        let member = if name == "onboardingExpiresAt" { "expiresAt" } else { name };
        error.extra.push((member, if says(value) { value.raw() } else { otherwise }.to_owned()));
    }
    // All of the answer but the token that it may hold.
    let mut body = Writer::new();
    body.object();
    for (name, value) in Value::known(json).inside().members() {
        if !name.is("teamToken") && !name.is("token") {
            body.key_of(name).raw(value.raw());
        }
    }
    body.end_object();
    error.extra.push(("body", body.finish()));
    error
}

/// What to log, once per route, when the service says that it will give the endpoint up (wire-contract 7.6). The text names the
/// route with its `{options}`, never what stood in their place.
#[must_use]
pub fn deprecation(row: &Row, head: &Head) -> Option<String> {
    let says = head.headers.get("deprecation")?.trim_ascii();
    if matches!(says, "" | "0" | "?0") || says.eq_ignore_ascii_case("false") {
        return None;
    }
    let (method, path) = row.route();
    let mut text = concat(&[method, " ", path, " is deprecated"]);
    for (words, header) in [("; it ends: ", "sunset"), ("; links: ", "link")] {
        text.push_str(words);
        text.push_str(head.headers.get(header).unwrap_or("-"));
    }
    Some(text)
}
