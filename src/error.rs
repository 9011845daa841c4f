//! Typed errors, and the one table from an HTTP answer to a class.
//!
//! An [`Error`] is plain data; `js/errors.js` has the classes, and `bind` makes the one from the other.

use crate::prelude::*;
mod response;
#[cfg(test)]
mod tests;

pub use response::{Response, from_response, from_response_of, retry_after_header};

use crate::json::{self, Writer};
use crate::text::owned;
#[cfg(feature = "main")]
use crate::text::replace;
use alloc::borrow::Cow;

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $name:literal, $stage:literal;)*) => {
        /// The class of an error. The names are the reference SDK's where it has one.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Kind {
            $($(#[$doc])* $kind,)*
        }

        impl Kind {
            /// Every kind, for tables and tests.
            pub const ALL: &'static [Self] = &[$(Self::$kind),*];

            /// Name of the class.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)*
                }
            }

            /// Where errors of this class happen (wire-contract 7.1), as far as the class alone tells; else nothing.
            fn stage_word(self) -> &'static str {
                match self {
                    $(Self::$kind => $stage,)*
                }
            }
        }
    };
}

// Class, its name in JavaScript, its stage. Those of the account service are the last ones: see `Kind::is_account`.
kinds! {
    /// Any other answer that is not a success.
    ButtDialError = "ButtDialError", "";
    /// An option is missing or wrong; found before anything is sent.
    ConfigError = "ConfigError", "config";
    /// The network failed.
    TransportError = "TransportError", "transport";
    /// A deadline passed.
    DeadlineError = "DeadlineError", "transport";
    /// The peer broke the protocol, or a size limit.
    ProtocolError = "ProtocolError", "transport";
    /// The package failed in itself.
    InternalError = "InternalError", "";
    /// A token was refused.
    AuthError = "AuthError", "auth";
    /// No token reached the server.
    AuthMissingHeaderError = "AuthMissingHeaderError", "auth";
    /// The server does not know the token.
    AuthInvalidTokenError = "AuthInvalidTokenError", "auth";
    /// The token was rotated or revoked.
    AuthTokenRevokedError = "AuthTokenRevokedError", "auth";
    /// Too many failures from this address.
    AuthLockedOutError = "AuthLockedOutError", "auth";
    /// Too many requests.
    RateLimitError = "RateLimitError", "rate_limit";
    /// The sender's provider cannot do it.
    ProviderCapabilityError = "ProviderCapabilityError", "channel";
    /// The agent does not exist there, or has no channels yet.
    NotProvisioned = "NotProvisioned", "channel";
    /// The agent has no sender for the channel.
    NoChannelAssigned = "NoChannelAssigned", "channel";
    /// A number was allocated, could not be wired, and was given back.
    ProviderWebhookWireFailed = "ProviderWebhookWireFailed", "channel";
    /// A tool answered with an error.
    ToolError = "ToolError", "server";
    /// An account call was refused, and no class below fits.
    AccountsError = "AccountsError", "";
    /// The workspace's owner must accept terms first.
    OnboardingRequired = "OnboardingRequired", "";
    /// Reserved by the service.
    EmailAlreadyRegistered = "EmailAlreadyRegistered", "";
    /// The link of the e-mail is too old.
    VerificationTokenExpired = "VerificationTokenExpired", "";
    /// Rotation needs a confirmed phone.
    PhoneNotConfigured = "PhoneNotConfigured", "";
    /// The code is wrong.
    OtpInvalid = "OTPInvalid", "";
    /// The code is too old.
    OtpExpired = "OTPExpired", "";
    /// Too many wrong codes.
    OtpMaxAttempts = "OTPMaxAttempts", "";
    /// There is no such challenge.
    ChallengeNotFound = "ChallengeNotFound", "";
    /// The team token was revoked.
    TokenRevoked = "TokenRevoked", "";
}

impl Kind {
    /// Where errors of this class happen (wire-contract 7.1), as far as the class alone tells.
    #[must_use]
    pub fn stage(self) -> Option<&'static str> {
        Some(self.stage_word()).filter(|stage| !stage.is_empty())
    }

    /// Whether a token was refused: such errors end a send at once and are never tried again.
    #[must_use]
    pub fn is_auth(self) -> bool {
        self.stage_word() == "auth"
    }

    /// Whether it is one of the account service's.
    #[must_use]
    pub fn is_account(self) -> bool {
        self as u8 >= Self::AccountsError as u8
    }
}

/// An error as data: [`Details`] in a box, because what may fail is passed on many times and fails seldom.
#[derive(PartialEq)]
pub struct Error(Box<Details>);

/// By hand, because what would be derived is twice as long.
impl Clone for Error {
    #[inline(never)]
    fn clone(&self) -> Self {
        let mut copy = Self::plain(self.kind, "", owned(&self.message));
        copy.code = Cow::Owned(owned(&self.code));
        (copy.status, copy.retryable, copy.retry_after_ms) =
            (self.status, self.retryable, self.retry_after_ms);
        for (name, json) in &self.extra {
            copy = copy.with(name, owned(json));
        }
        copy
    }
}

impl core::ops::Deref for Error {
    type Target = Details;

    fn deref(&self) -> &Details {
        &self.0
    }
}

impl core::ops::DerefMut for Error {
    fn deref_mut(&mut self) -> &mut Details {
        &mut self.0
    }
}

impl core::fmt::Debug for Error {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.fmt(f)
    }
}

/// What there is to say about an error. No part of it holds a secret.
#[derive(Debug, PartialEq)]
pub struct Details {
    /// Class.
    pub kind: Kind,
    /// The server's code, else one of ours; never empty.
    pub code: Cow<'static, str>,
    /// For people.
    pub message: String,
    /// HTTP status, if there was one.
    pub status: Option<u16>,
    /// Whether the same request may succeed later.
    pub retryable: bool,
    /// How long the server asked to wait, in milliseconds.
    pub retry_after_ms: Option<f64>,
    /// Further members of the class, as JSON: `serverCode`, `body`, `channel`, `lockedUntil`, ….
    pub extra: Vec<(&'static str, String)>,
}

impl Error {
    /// An error of this package's own making, not retryable.
    #[must_use]
    pub fn new(kind: Kind, code: &'static str, message: impl Into<String>) -> Self {
        Self::plain(kind, code, message.into())
    }

    /// Once in the wasm, not once for each kind of text.
    #[inline(never)]
    fn plain(kind: Kind, code: &'static str, message: String) -> Self {
        Self(Box::new(Details {
            kind,
            code: Cow::Borrowed(code),
            message,
            status: None,
            retryable: false,
            retry_after_ms: None,
            extra: Vec::new(),
        }))
    }

    /// A [`Kind::ConfigError`]: the caller's mistake.
    #[must_use]
    pub fn config(message: impl Into<String>) -> Self {
        Self::new(Kind::ConfigError, "CONFIG", message)
    }

    /// A [`Kind::TransportError`] that may heal.
    #[must_use]
    pub fn transport(code: &'static str, message: impl Into<String>) -> Self {
        let mut error = Self::new(Kind::TransportError, code, message);
        error.retryable = true;
        error
    }

    /// A [`Kind::DeadlineError`]: this many milliseconds passed. It may heal.
    #[must_use]
    pub fn deadline(code: &'static str, message: impl Into<String>, timeout_ms: f64) -> Self {
        let mut error = Self::new(Kind::DeadlineError, code, message);
        error.retryable = true;
        error.with("timeoutMs", json::integer(round(timeout_ms)))
    }

    /// A [`Kind::ProtocolError`]: trying again will not help.
    #[must_use]
    pub fn protocol(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Kind::ProtocolError, code, message)
    }

    /// A [`Kind::InternalError`].
    #[must_use]
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(Kind::InternalError, "INTERNAL", message)
    }

    /// With a further member, as JSON.
    #[must_use]
    pub fn with(mut self, name: &'static str, json: impl Into<String>) -> Self {
        self.extra.push((name, json.into()));
        self
    }

    /// Writes `***` for a secret in all texts, as it is and percent-encoded, should the server or the runtime have repeated it.
    /// One of fewer than 4 bytes is left, since it would take words apart. The class stays as it is; a member that is no JSON
    /// afterwards becomes `null`.
    #[cfg(feature = "main")]
    #[inline(never)]
    pub fn redact(&mut self, secret: &str) {
        if secret.len() < 4 {
            return;
        }
        let mut encoded = String::new();
        crate::url::encode_into(secret, &mut encoded);
        let details = &mut *self.0;
        hide(&mut details.message, secret, &encoded);
        if let Cow::Owned(code) = &mut details.code {
            hide(code, secret, &encoded);
        }
        for (_, json) in &mut details.extra {
            hide(json, secret, &encoded);
            if json::parse_str(json, json::MAX_DEPTH).is_err() {
                json.clear();
                json.push_str("null");
            }
        }
    }

    /// A further member, as JSON.
    #[must_use]
    pub fn extra(&self, name: &str) -> Option<&str> {
        self.extra.iter().find(|(known, _)| *known == name).map(|(_, json)| json.as_str())
    }

    /// The error as `js/errors.js` takes it: one JSON object with `message`, `code` and the other members.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut out = Writer::new();
        out.object().key("message").string(&self.message).key("code").string(&self.code);
        out.key("stage").string_or_null(self.kind.stage());
        out.key("status");
        match self.status {
            Some(status) => out.integer(i64::from(status)),
            None => out.null(),
        };
        out.key("retryable").bool(self.retryable).key("retryAfterMs");
        match self.retry_after_ms {
            Some(ms) => out.integer(round(ms)),
            None => out.null(),
        };
        for (name, value) in &self.extra {
            out.key(name).raw(value);
        }
        out.end_object();
        out.finish()
    }
}

impl Error {
    /// The name of its class and its members, as a JSON array.
    #[must_use]
    #[inline(never)]
    pub fn to_pair(&self) -> String {
        let mut out = Writer::new();
        out.array().string(self.kind.name()).raw(&self.to_json()).end_array();
        out.finish()
    }
}

impl core::fmt::Display for Error {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.kind.name())?;
        f.write_str(": ")?;
        f.write_str(&self.message)
    }
}

impl core::error::Error for Error {}

#[cfg(feature = "main")]
#[inline(never)]
fn hide(text: &mut String, secret: &str, encoded: &str) {
    *text = replace(&replace(text, secret, "***"), encoded, "***");
}

/// To whole milliseconds; what does not fit becomes the nearest that does.
#[expect(clippy::cast_possible_truncation, reason = "float to integer casts saturate")]
fn round(ms: f64) -> i64 {
    ms as i64
}
