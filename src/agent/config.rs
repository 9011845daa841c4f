//! What an agent is made of: plain values, read once from its options.

use crate::prelude::*;
use alloc::rc::Rc;

use super::options::Options;
use crate::error::Error;
use crate::mcp::session;
use crate::secret::Secret;
use crate::sse::MAX_EVENT_BYTES;
use crate::text::concat;
use crate::url::{self, BadUrl};

/// Configuration of an agent. Holds the token; shows none.
#[derive(Clone, Debug)]
pub struct AgentConfig {
    /// Server root, normalised (wire-contract 1.4).
    pub base_url: String,
    /// The agent's id, if the host gave one.
    pub agent_id: Option<String>,
    /// The agent's token; empty if there is none.
    pub token: Secret,
    /// Channel of sends that name none.
    pub default_channel: String,
    /// Attempts of a send. Below 1 nothing is ever sent.
    pub max_attempts: i64,
    /// Whether a send of unknown outcome is repeated, with its key.
    pub retry_unknown: bool,
    /// Deadline of a call.
    pub timeout_ms: f64,
    /// Deadline for a session to stand.
    pub connect_ms: f64,
    /// What all sends of one webhook handler share.
    pub reply_budget_ms: f64,
    /// When an idle session closes; `None`: it stays.
    pub idle_ms: Option<f64>,
    /// POSTs of one session at once.
    pub max_in_flight: usize,
    /// Largest event of the service.
    pub max_event_bytes: usize,
    /// Tool that sends.
    pub send_tool: String,
    /// Also puts the token into the stream's query.
    pub legacy_query_token: bool,
}

impl AgentConfig {
    /// Reads the options of `new Agent`, as JSON. What is no data (`fetch`, `clock`, …) is not looked at.
    ///
    /// # Errors
    /// A `ConfigError` naming the option.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let mut options = Options::parse("Agent", text);
        let base_url = base_url(&mut options);
        let keep_alive = options.flag("keepAlive", false);
        let idle_ms = options.millis("idleMs", 5000.0);
        let config = Self {
            base_url,
            agent_id: Some(options.text("agentId")).filter(|id| !id.is_empty()),
            token: Secret::new(options.text("agentToken")),
            default_channel: options.text_or("defaultChannel", "whatsapp"),
            max_attempts: options.whole("maxAttempts", 3),
            retry_unknown: options.flag("retryUnknown", true),
            timeout_ms: options.millis("timeoutMs", 30_000.0),
            connect_ms: options.millis("connectTimeoutMs", 10_000.0),
            reply_budget_ms: options.millis("replyBudgetMs", 8000.0),
            idle_ms: Some(idle_ms).filter(|_| !keep_alive),
            max_in_flight: options.size("maxInFlight", 4),
            max_event_bytes: options.size("maxEventBytes", MAX_EVENT_BYTES),
            send_tool: options.text_or("sendToolName", "comms_send_message"),
            legacy_query_token: options.flag("legacyQueryToken", false),
        };
        options.end().map(|()| config)
    }

    /// The session configuration for the agent's own token, or another one that is not empty.
    #[must_use]
    pub fn session(&self, token: &Secret) -> Rc<session::Config> {
        Rc::new(session::Config {
            sse_url: concat(&[&self.base_url, "/sse"]),
            token: if token.is_empty() { &self.token } else { token }.clone(),
            legacy_query_token: self.legacy_query_token,
            connect_ms: self.connect_ms,
            idle_ms: self.idle_ms,
            max_in_flight: self.max_in_flight,
            max_event_bytes: self.max_event_bytes,
        })
    }
}

/// `baseUrl`, normalised; https, unless the host is loopback or `allowInsecureHttp` says otherwise.
pub(crate) fn base_url(options: &mut Options<'_>) -> String {
    let base = options.text("baseUrl");
    let allow_http = options.flag("allowInsecureHttp", false);
    url::base(&base, allow_http).unwrap_or_else(|bad| {
        options.bad(
            "baseUrl",
            match bad {
                BadUrl::Malformed => "must be an absolute http(s) URL without user, query and fragment",
                BadUrl::Insecure => "must be https unless the host is loopback; allowInsecureHttp lifts this",
            },
        );
        base
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults() {
        let config =
            AgentConfig::parse(r#"{"baseUrl":"https://a.example/sse/","agentToken":"tok"}"#).unwrap();
        assert_eq!(config.base_url, "https://a.example");
        assert_eq!(config.session(&Secret::default()).sse_url, "https://a.example/sse");
        assert_eq!(
            (config.timeout_ms, config.connect_ms, config.reply_budget_ms, config.idle_ms),
            (30_000.0, 10_000.0, 8000.0, Some(5000.0))
        );
        assert_eq!((config.max_attempts, config.max_in_flight, config.max_event_bytes), (3, 4, 8 << 20));
        assert_eq!(
            (config.send_tool.as_str(), config.default_channel.as_str()),
            ("comms_send_message", "whatsapp")
        );
        assert!(config.retry_unknown && !config.legacy_query_token && config.agent_id.is_none());
        assert!(!format!("{config:?}{:?}", config.session(&Secret::default())).contains("tok\""));
        let kept = AgentConfig::parse(r#"{"baseUrl":"https://a.example","keepAlive":true}"#).unwrap();
        assert_eq!(kept.idle_ms, None);
    }

    #[test]
    fn mistakes_are_named() {
        for (text, want) in [
            ("", "Agent: `baseUrl` must be an absolute http(s) URL without user, query and fragment"),
            (r#"{"baseUrl":1}"#, "Agent: `baseUrl` must be a string"),
            (
                r#"{"baseUrl":"http://a.example"}"#,
                "Agent: `baseUrl` must be https unless the host is loopback; allowInsecureHttp lifts this",
            ),
            (r#"{"baseUrl":"https://a.example","timeoutMs":0}"#, "Agent: `timeoutMs` must be at least 1"),
            (r#"{"baseUrl":"https://a.example","maxAttempts":"3"}"#, "Agent: `maxAttempts` must be a number"),
            (r#"{"baseUrl":"https://a.example","keepAlive":1}"#, "Agent: `keepAlive` must be true or false"),
        ] {
            let error = AgentConfig::parse(text).unwrap_err();
            assert_eq!((error.kind, error.message.as_str()), (crate::error::Kind::ConfigError, want));
        }
        assert!(AgentConfig::parse(r#"{"baseUrl":"http://a.example","allowInsecureHttp":true}"#).is_ok());
    }
}
