//! Options from environment variables (wire-contract 1.3).

use super::options::Options;
use crate::error::Error;
use crate::json::Writer;
use crate::prelude::*;
use crate::text::concat;

/// Which variable fills an option where it is not given: option, variable, the old name that counts where the new one is not set,
/// and whether there must be one.
pub(crate) type Variable = (&'static str, &'static str, &'static str, bool);

/// The old one is the full URL of the stream, whose `/sse` the base URL loses anyway.
pub(crate) const BASE_URL: Variable = ("baseUrl", "BUTT_DIAL_BASE_URL", "BUTT_DIAL_URL", true);

/// The options of `new Agent`: those given, filled up from the environment.
///
/// # Errors
/// A `ConfigError` naming the variable that is missing: without server or token there is no agent.
pub fn from_env(given: &str, variable: &dyn Fn(&str) -> Option<String>) -> Result<String, Error> {
    let variables = [
        BASE_URL,
        ("agentId", "BUTT_DIAL_AGENT_ID", "", false),
        ("agentToken", "BUTT_DIAL_AGENT_TOKEN", "", true),
    ];
    fill("Agent.fromEnv", given, &variables, variable)
}

/// Options, filled up from the environment.
///
/// # Errors
/// A `ConfigError` naming the variable that is missing.
pub(crate) fn fill(
    call: &str,
    given: &str,
    variables: &[Variable],
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<String, Error> {
    let mut options = Options::parse(call, given);
    let mut out = Writer::new();
    out.object();
    for (name, value) in options.object().members().filter(|(_, value)| !value.is_null()) {
        out.key_of(name).raw(value.raw());
    }
    for (option, name, old_name, needed) in variables {
        if options.get(option).is_some() {
            continue;
        }
        let mut value = variable(name).unwrap_or_default();
        if value.is_empty() && !old_name.is_empty() {
            value = variable(old_name).unwrap_or_default();
        }
        if !value.is_empty() {
            out.key(option).string(&value);
        } else if *needed {
            options.wrong(&concat(&[": ", name, " is not set"]));
        }
    }
    out.end_object();
    options.end().map(|()| out.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(name: &str) -> Option<String> {
        let set = [
            ("BUTT_DIAL_URL", "https://a.example/sse"),
            ("BUTT_DIAL_AGENT_TOKEN", "tok"),
            ("BUTT_DIAL_BASE_URL", ""),
        ];
        set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    }

    #[test]
    fn what_is_given_wins_and_old_names_are_read_where_the_new_are_empty() {
        assert_eq!(from_env("", &env).unwrap(), r#"{"baseUrl":"https://a.example/sse","agentToken":"tok"}"#);
        assert_eq!(
            from_env(r#"{"baseUrl":"https://b.example","agentId":null,"maxAttempts":2}"#, &env).unwrap(),
            r#"{"baseUrl":"https://b.example","maxAttempts":2,"agentToken":"tok"}"#
        );
    }

    #[test]
    fn the_missing_variable_is_named() {
        assert_eq!(
            from_env("{}", &|_| None).unwrap_err().message,
            "Agent.fromEnv: BUTT_DIAL_BASE_URL is not set"
        );
        let only_url = |name: &str| (name == "BUTT_DIAL_URL").then(|| "https://a.example".to_owned());
        assert_eq!(
            from_env("{}", &only_url).unwrap_err().message,
            "Agent.fromEnv: BUTT_DIAL_AGENT_TOKEN is not set"
        );
    }
}
