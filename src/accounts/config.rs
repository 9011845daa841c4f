//! What an `AccountsClient` is made of.

use crate::agent::config::base_url;
use crate::agent::env::{self, BASE_URL};
use crate::agent::options::Options;
use crate::error::Error;
use crate::prelude::*;
use crate::secret::Secret;

/// Deadline of a call where the caller says nothing (wire-contract 1.4).
pub(super) const REST_MS: f64 = 15_000.0;

/// Configuration of an `AccountsClient`. Holds the token; shows none.
#[derive(Clone, Debug)]
pub struct AccountsConfig {
    /// Server root, normalised as that of an agent (wire-contract 1.4).
    pub base_url: String,
    /// The workspace's token; empty as long as there is none.
    pub token: Secret,
    /// Deadline of a call.
    pub timeout_ms: f64,
}

/// Where a call goes, and with which token.
#[derive(Clone, Copy, Debug)]
pub struct Service<'a> {
    /// Server root, normalised.
    pub base_url: &'a str,
    /// The workspace's token, or the agent's; empty if there is none.
    pub token: &'a Secret,
}

impl AccountsConfig {
    /// Reads the options of `new AccountsClient`, as JSON. What is no data (`fetch`, `clock`, …) is not looked at.
    ///
    /// # Errors
    /// A `ConfigError` naming the option.
    pub fn parse(text: &str) -> Result<Self, Error> {
        Self::read(text, "teamToken")
    }

    /// The same of the options of `new Agent`, for the agent's calls: other rows, another token.
    ///
    /// # Errors
    /// As [`AccountsConfig::parse`].
    pub fn of_agent(text: &str) -> Result<Self, Error> {
        Self::read(text, "agentToken")
    }

    fn read(text: &str, token: &str) -> Result<Self, Error> {
        let mut options = Options::parse("AccountsClient", text);
        let config = Self {
            base_url: base_url(&mut options),
            token: Secret::new(options.text(token)),
            timeout_ms: options.millis("timeoutMs", REST_MS),
        };
        options.end().map(|()| config)
    }

    /// A copy with another token.
    #[must_use]
    pub fn with_token(&self, token: Secret) -> Self {
        Self { base_url: self.base_url.clone(), token, timeout_ms: self.timeout_ms }
    }

    /// Where its calls go.
    #[must_use]
    pub fn service(&self) -> Service<'_> {
        Service { base_url: &self.base_url, token: &self.token }
    }
}

/// The options of `new AccountsClient`: those given, filled up from the environment (wire-contract 1.3). A token may be missing:
/// there is none before the workspace is verified.
///
/// # Errors
/// A `ConfigError` naming the variable that is missing.
pub fn from_env(given: &str, variable: &dyn Fn(&str) -> Option<String>) -> Result<String, Error> {
    let variables = [BASE_URL, ("teamToken", "BUTT_DIAL_TEAM_TOKEN", "", false)];
    env::fill("AccountsClient.fromEnv", given, &variables, variable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_and_mistakes() {
        let config = AccountsConfig::parse(r#"{"baseUrl":"https://a.example/x/","teamToken":null}"#).unwrap();
        assert_eq!((config.base_url.as_str(), config.timeout_ms), ("https://a.example/x", 15_000.0));
        assert!(config.token.is_empty());
        let with = config.with_token(Secret::new("tok"));
        assert_eq!((with.base_url.as_str(), with.service().token.expose()), ("https://a.example/x", "tok"));
        assert!(!format!("{with:?}").contains("tok\""));
        for (text, want) in [
            (
                "",
                "AccountsClient: `baseUrl` must be an absolute http(s) URL without user, query and fragment",
            ),
            (
                r#"{"baseUrl":"http://a.example"}"#,
                "AccountsClient: `baseUrl` must be https unless the host is loopback; allowInsecureHttp lifts this",
            ),
            (
                r#"{"baseUrl":"https://a.example","teamToken":1}"#,
                "AccountsClient: `teamToken` must be a string",
            ),
        ] {
            assert_eq!(AccountsConfig::parse(text).unwrap_err().message, want);
        }
        assert!(AccountsConfig::parse(r#"{"baseUrl":"http://a.example","allowInsecureHttp":true}"#).is_ok());
    }

    #[test]
    fn environment() {
        let env = |name: &str| match name {
            "BUTT_DIAL_URL" => Some("https://a.example/sse".to_owned()),
            "BUTT_DIAL_TEAM_TOKEN" => Some("tok".to_owned()),
            _ => None,
        };
        assert_eq!(from_env("", &env).unwrap(), r#"{"baseUrl":"https://a.example/sse","teamToken":"tok"}"#);
        assert_eq!(
            from_env(r#"{"teamToken":"mine","baseUrl":"https://b.example"}"#, &env).unwrap(),
            r#"{"teamToken":"mine","baseUrl":"https://b.example"}"#
        );
        assert_eq!(
            from_env("", &|_| None).unwrap_err().message,
            "AccountsClient.fromEnv: BUTT_DIAL_BASE_URL is not set"
        );
        let only_url = |name: &str| (name == "BUTT_DIAL_BASE_URL").then(|| "https://a.example".to_owned());
        assert_eq!(from_env("", &only_url).unwrap(), r#"{"baseUrl":"https://a.example"}"#);
    }
}
