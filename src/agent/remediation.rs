//! What to do about a refusal that came without advice: the reference's triggers (wire-contract 4.6), our words.

use crate::text;

const TABLE: [(&str, &str); 7] = [
    ("agentid is required", AGENT),
    ("agent id is required", AGENT),
    ("invalid recipient", RECIPIENT),
    ("invalid_recipient", RECIPIENT),
    ("consent", "The recipient has not opted in, or has opted out. Check the consent before sending."),
    ("rate limit", "A limit was reached. Wait longer between sends, or ask for a higher quota."),
    ("not provisioned", "The channel is not set up for this workspace. Provision it first."),
];

const AGENT: &str =
    "The tool must know which agent speaks. Give an agent token, to the Agent or to the call.";
const RECIPIENT: &str = "Give the recipient as an E.164 number, with + and country code.";

pub(super) const NO_CONTENT: &str = "Give `body` for text, `mediaUrl` for a file, or `templateId`.";
pub(super) const NO_TOKEN: &str =
    "Give `agentToken` to the Agent or to the call, or set BUTT_DIAL_AGENT_TOKEN.";
pub(super) const TRANSPORT: &str = "Check that the service can be reached and that the token is valid.";
pub(super) const SHAPE: &str = "The service answered in a form this package does not know. Check its version and the agent's `sendToolName`.";

/// Advice for the text of a server's error; the first trigger that occurs in it counts.
#[must_use]
pub fn advice(error: &str) -> Option<&'static str> {
    let error = error.to_ascii_lowercase();
    TABLE.iter().find(|(trigger, _)| text::contains(&error, trigger)).map(|(_, advice)| *advice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_trigger_counts() {
        assert_eq!(advice("Rate limit, agentId is required"), Some(AGENT));
        assert_eq!(advice("INVALID_RECIPIENT"), Some(RECIPIENT));
        assert_eq!(advice("non-consenting"), TABLE.get(4).map(|row| row.1));
        assert_eq!(advice("ratelimit"), None);
        assert_eq!(advice("agentid  is required"), None);
        assert_eq!(advice("İNVALID RECİPİENT"), None);
    }
}
