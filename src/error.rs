//! Typed errors, and the one table from an HTTP answer to a class.
//!
//! An [`Error`] is plain data; `js/errors.js` has the classes, and `bind` makes the one from the other.

use crate::prelude::*;
mod response;
#[cfg(test)]
mod tests;

pub use response::{Response, from_response, from_response_of, retry_after_header};

use crate::json::{self, Writer};
use alloc::borrow::Cow;

/// The class of an error. The names are the reference SDK's where it has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// Any other answer that is not a success.
    ButtDialError,
    /// An option is missing or wrong; found before anything is sent.
    ConfigError,
    /// The network failed.
    TransportError,
    /// A deadline passed.
    DeadlineError,
    /// The peer broke the protocol, or a size limit.
    ProtocolError,
    /// The package failed in itself.
    InternalError,
    /// A token was refused.
    AuthError,
    /// No token reached the server.
    AuthMissingHeaderError,
    /// The server does not know the token.
    AuthInvalidTokenError,
    /// The token was rotated or revoked.
    AuthTokenRevokedError,
    /// Too many failures from this address.
    AuthLockedOutError,
    /// Too many requests.
    RateLimitError,
    /// The sender's provider cannot do it.
    ProviderCapabilityError,
    /// The agent does not exist there, or has no channels yet.
    NotProvisioned,
    /// The agent has no sender for the channel.
    NoChannelAssigned,
    /// A number was allocated, could not be wired, and was given back.
    ProviderWebhookWireFailed,
    /// A tool answered with an error.
    ToolError,
    /// An account call was refused, and no class below fits.
    #[cfg(feature = "main")]
    AccountsError,
    /// The workspace's owner must accept terms first.
    #[cfg(feature = "main")]
    OnboardingRequired,
    /// Reserved by the service.
    #[cfg(feature = "main")]
    EmailAlreadyRegistered,
    /// The link of the e-mail is too old.
    #[cfg(feature = "main")]
    VerificationTokenExpired,
    /// Rotation needs a confirmed phone.
    #[cfg(feature = "main")]
    PhoneNotConfigured,
    /// The code is wrong.
    #[cfg(feature = "main")]
    OtpInvalid,
    /// The code is too old.
    #[cfg(feature = "main")]
    OtpExpired,
    /// Too many wrong codes.
    #[cfg(feature = "main")]
    OtpMaxAttempts,
    /// There is no such challenge.
    #[cfg(feature = "main")]
    ChallengeNotFound,
    /// The team token was revoked.
    #[cfg(feature = "main")]
    TokenRevoked,
}

impl Kind {
    /// Every kind, for tables and tests.
    pub const ALL: &'static [Self] = &[
        Self::ButtDialError,
        Self::ConfigError,
        Self::TransportError,
        Self::DeadlineError,
        Self::ProtocolError,
        Self::InternalError,
        Self::AuthError,
        Self::AuthMissingHeaderError,
        Self::AuthInvalidTokenError,
        Self::AuthTokenRevokedError,
        Self::AuthLockedOutError,
        Self::RateLimitError,
        Self::ProviderCapabilityError,
        Self::NotProvisioned,
        Self::NoChannelAssigned,
        Self::ProviderWebhookWireFailed,
        Self::ToolError,
        #[cfg(feature = "main")]
        Self::AccountsError,
        #[cfg(feature = "main")]
        Self::OnboardingRequired,
        #[cfg(feature = "main")]
        Self::EmailAlreadyRegistered,
        #[cfg(feature = "main")]
        Self::VerificationTokenExpired,
        #[cfg(feature = "main")]
        Self::PhoneNotConfigured,
        #[cfg(feature = "main")]
        Self::OtpInvalid,
        #[cfg(feature = "main")]
        Self::OtpExpired,
        #[cfg(feature = "main")]
        Self::OtpMaxAttempts,
        #[cfg(feature = "main")]
        Self::ChallengeNotFound,
        #[cfg(feature = "main")]
        Self::TokenRevoked,
    ];

    /// Name of the class.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ButtDialError => "ButtDialError",
            Self::ConfigError => "ConfigError",
            Self::TransportError => "TransportError",
            Self::DeadlineError => "DeadlineError",
            Self::ProtocolError => "ProtocolError",
            Self::InternalError => "InternalError",
            Self::AuthError => "AuthError",
            Self::AuthMissingHeaderError => "AuthMissingHeaderError",
            Self::AuthInvalidTokenError => "AuthInvalidTokenError",
            Self::AuthTokenRevokedError => "AuthTokenRevokedError",
            Self::AuthLockedOutError => "AuthLockedOutError",
            Self::RateLimitError => "RateLimitError",
            Self::ProviderCapabilityError => "ProviderCapabilityError",
            Self::NotProvisioned => "NotProvisioned",
            Self::NoChannelAssigned => "NoChannelAssigned",
            Self::ProviderWebhookWireFailed => "ProviderWebhookWireFailed",
            Self::ToolError => "ToolError",
            #[cfg(feature = "main")]
            Self::AccountsError => "AccountsError",
            #[cfg(feature = "main")]
            Self::OnboardingRequired => "OnboardingRequired",
            #[cfg(feature = "main")]
            Self::EmailAlreadyRegistered => "EmailAlreadyRegistered",
            #[cfg(feature = "main")]
            Self::VerificationTokenExpired => "VerificationTokenExpired",
            #[cfg(feature = "main")]
            Self::PhoneNotConfigured => "PhoneNotConfigured",
            #[cfg(feature = "main")]
            Self::OtpInvalid => "OTPInvalid",
            #[cfg(feature = "main")]
            Self::OtpExpired => "OTPExpired",
            #[cfg(feature = "main")]
            Self::OtpMaxAttempts => "OTPMaxAttempts",
            #[cfg(feature = "main")]
            Self::ChallengeNotFound => "ChallengeNotFound",
            #[cfg(feature = "main")]
            Self::TokenRevoked => "TokenRevoked",
        }
    }

    /// Where errors of this class happen (wire-contract 7.1), as far as the class alone tells.
    #[must_use]
    pub fn stage(self) -> Option<&'static str> {
        match self {
            Self::ConfigError => Some("config"),
            Self::TransportError | Self::DeadlineError | Self::ProtocolError => Some("transport"),
            Self::AuthError
            | Self::AuthMissingHeaderError
            | Self::AuthInvalidTokenError
            | Self::AuthTokenRevokedError
            | Self::AuthLockedOutError => Some("auth"),
            Self::RateLimitError => Some("rate_limit"),
            Self::ProviderCapabilityError
            | Self::NotProvisioned
            | Self::NoChannelAssigned
            | Self::ProviderWebhookWireFailed => Some("channel"),
            Self::ToolError => Some("server"),
            _ => None,
        }
    }

    /// Whether a token was refused: such errors end a send at once and are never tried again.
    #[must_use]
    pub fn is_auth(self) -> bool {
        self.stage() == Some("auth")
    }
}

/// An error as data: [`Details`] in a box, because what may fail is passed on many times and fails seldom.
#[derive(Clone, PartialEq)]
pub struct Error(Box<Details>);

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
#[derive(Clone, Debug, PartialEq)]
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

/// To whole milliseconds; what does not fit becomes the nearest that does.
#[expect(clippy::cast_possible_truncation, reason = "float to integer casts saturate")]
fn round(ms: f64) -> i64 {
    ms as i64
}
