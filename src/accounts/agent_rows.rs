//! The REST calls of `Agent`. Sources: wire-contract 6.3 and weak points 6, 27, 28.

use super::row::{Row, row};

/// Every REST row of `Agent`. Errors are thrown, typed, where the reference returns them.
pub const AGENT_ROWS: &[Row] = &[
    row!(
        "getSelf",
        "GET /api/v1/agents/me A",
        "",
        "agentId displayName lifecycleState callbackUrl createdAt provisionedAt",
        ["CallOptions", "AgentSelf", "Who am I."],
        &[],
    ),
    row!(
        "getWaitingMessages",
        "GET /api/v1/waiting-messages A",
        "limit#;=50 channel~;",
        "messages[ agentId mediaUrl errorDetails externalId createdAt ]",
        [
            "WaitingMessagesOptions",
            "WaitingMessages",
            "Takes waiting messages off the server: read once, gone there.",
        ],
        &[("limit", "number", "How many. @defaultValue 50"), ("channel", "Channel", "Only this channel.")],
    ),
    row!(
        "getChannelStatus",
        "GET /api/v1/channel-status A",
        "",
        "agentId displayName provisionedAt",
        ["CallOptions", "ChannelStatus", "State of the channels."],
        &[],
    ),
    row!(
        "getBilling",
        "GET /api/v1/billing A",
        r#"period;="month""#,
        "agentId providerCost billingCost markupPercent byChannel",
        ["BillingOptions", "BillingSummary", "What it costs."],
        &[(
            "period",
            "Open<\"today\" | \"week\" | \"month\" | \"all\">",
            "Span of time. @defaultValue \"month\"",
        )],
    ),
    row!(
        "fetchUsageSummary",
        "GET {path} A",
        r#"path%="/api/v1/usage""#,
        "?agentId totalActions totalCost costsByChannel currentUsage",
        ["UsageSummaryOptions", "UsageSummary | null", "What was used; `null` on any error, for dashboards."],
        &[("path", "string", "Path on the server. @defaultValue \"/api/v1/usage\"")],
    ),
    row!(
        "setCallbackUrl",
        "PUT /api/v1/callback-url A",
        "callbackUrl!",
        "callbackUrl",
        ["CallbackUrlOptions", "CallbackUrl", "Where inbound messages are posted."],
        &[(
            "callbackUrl",
            "string",
            "https URL for inbound messages. Servers are not known to sign what they post there: see `callbackToken`.",
        )],
    ),
    row!(
        "listVoices",
        "GET /api/v1/voices A",
        "",
        "",
        ["CallOptions", "Voices", "Voices to speak with."],
        &[],
    ),
    row!(
        "setClientStatus",
        "PUT /api/v1/client-status A",
        "status! reason",
        "",
        ["ClientStatusOptions", "Answer", "Switches the agent on or off."],
        &[
            ("status", "\"active\" | \"inactive\" | \"suspended\"", "New state."),
            ("reason", "string", "Why."),
        ],
    ),
];
