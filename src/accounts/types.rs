//! The types that rows name, for people and compilers. Native only. A test holds the members of answers against what the rows read.

/// An interface: members are name (with `?` where it may be missing), TypeScript type, what it is.
pub(super) struct Interface {
    pub(super) name: &'static str,
    pub(super) doc: &'static str,
    pub(super) members: &'static [(&'static str, &'static str, &'static str)],
}

const fn interface(
    name: &'static str,
    doc: &'static str,
    members: &'static [(&'static str, &'static str, &'static str)],
) -> Interface {
    Interface { name, doc, members }
}

/// Objects that callers give.
pub(super) const GIVEN: &[Interface] = &[
    interface(
        "Branding",
        "How the verification e-mail looks.",
        &[
            ("logoUrl?", "string", "Picture."),
            ("primaryColor?", "string", "CSS colour."),
            ("productName?", "string", "Your product."),
            ("supportEmail?", "string", "Your support."),
        ],
    ),
    interface(
        "VerificationEmail",
        "Your own verification e-mail. `html` and `text` must contain `{{verifyUrl}}`; 200 KB at most.",
        &[
            ("subject?", "string", "Subject."),
            ("html?", "string", "HTML; scripts and frames are stripped."),
            ("text?", "string", "Text."),
        ],
    ),
    interface(
        "Capabilities",
        "Channels to set up.",
        &[
            ("phone?", "boolean", "SMS and calls."),
            ("whatsapp?", "boolean", "WhatsApp."),
            ("email?", "boolean", "E-mail."),
            ("voiceAi?", "boolean", "Voice."),
        ],
    ),
    interface(
        "ClientLimits",
        "What an agent may use. `null` lifts a bound, where the server allows.",
        &[
            ("maxActionsPerMinute?", "number | null", "Actions a minute."),
            ("maxActionsPerHour?", "number | null", "Actions an hour."),
            ("maxActionsPerDay?", "number | null", "Actions a day."),
            ("maxSpendPerDay?", "number | null", "Spend a day."),
            ("maxSpendPerMonth?", "number | null", "Spend a month."),
        ],
    ),
];

/// Objects that the workspace's calls give.
pub(super) const ANSWERS: &[Interface] = &[
    interface(
        "Registration",
        "A workspace waiting for its owner. The answer is the same for new and known addresses.",
        &[
            ("orgId", "string", "Workspace; random each time if the address is already verified."),
            ("verificationSent?", "boolean", "An e-mail is on its way."),
            (
                "pollToken",
                "Secret",
                "Secret: for `verificationStatus` and `abandonOrg`; each registration replaces it.",
            ),
            (
                "webhookSecret?",
                "Secret",
                "Secret: verifies `account.verified`. Store it now, it is not shown again.",
            ),
        ],
    ),
    interface(
        "VerifiedAccount",
        "A verified workspace.",
        &[
            ("orgId", "string", "Workspace."),
            ("teamToken", "Secret", "Secret: the workspace token."),
            ("scopes?", "string", "What it may do."),
        ],
    ),
    interface(
        "VerificationStatus",
        "Where a registration stands.",
        &[
            ("orgId?", "string", "Workspace."),
            ("state?", "Open<\"pending\" | \"verified\" | \"expired\">", "State."),
            ("expiresAt?", "IsoDateTime", "When the link ends."),
            ("verifiedAt?", "IsoDateTime", "When the owner clicked."),
        ],
    ),
    interface(
        "RevealedToken",
        "The team token, shown again.",
        &[
            ("token", "Secret", "Secret: the workspace token."),
            ("rotated?", "boolean", "Whether it is a new one."),
            ("orgId?", "string", "Workspace."),
            ("orgName?", "string", "Its name."),
        ],
    ),
    interface(
        "Account",
        "The workspace.",
        &[
            ("orgId", "string", "Workspace."),
            ("name?", "string", "Name."),
            ("slug?", "string", "Short name."),
            ("ownerEmail?", "string", "Owner."),
            ("mode?", "Open<\"sandbox\" | \"live\">", "Kind."),
            ("status?", "string", "State."),
            ("ownerPhoneHint?", "string | null", "Last digits of the owner's phone."),
            ("createdAt?", "IsoDateTime", "When made."),
        ],
    ),
    interface(
        "OtpChallenge",
        "A code was sent by SMS.",
        &[
            ("challengeId", "string", "For the second step."),
            ("phoneHint?", "string", "Last digits of the phone."),
        ],
    ),
    interface(
        "NewToken",
        "A new token; the old one is dead.",
        &[("token", "Secret", "Secret: store it; for a team token, then use `withToken`.")],
    ),
    interface(
        "ErasureStarted",
        "A request to erase the workspace.",
        &[
            ("erasureRequestId?", "string", "Request."),
            ("expiresAt?", "IsoDateTime", "When it lapses."),
            ("message?", "string", "For people."),
            ("devConfirmationToken?", "Secret", "Secret: what the e-mail holds; test servers only."),
        ],
    ),
    interface(
        "Memberships",
        "Where the token's owner belongs.",
        &[
            ("email?", "string", "Owner."),
            (
                "memberships",
                "readonly { readonly orgId: string; readonly orgName?: string; readonly role?: string; readonly addedAt?: IsoDateTime }[]",
                "Workspaces.",
            ),
        ],
    ),
    interface(
        "RegisteredAgent",
        "An agent with its token.",
        &[
            ("agentId", "string", "Agent."),
            ("token", "Secret", "Secret: the agent's runtime token. Store it in a vault."),
        ],
    ),
    interface(
        "AgentRecord",
        "An agent as the workspace sees it.",
        &[
            ("agentId", "string", "Agent."),
            ("displayName?", "string", "Name."),
            ("status?", "string", "State; active does not mean that a channel exists."),
            ("lifecycleState?", "string", "Where it stands."),
            ("channels?", "Answer", "Channels."),
            ("callbackUrl?", "string | null", "Where inbound messages are posted."),
            ("createdAt?", "IsoDateTime", "When made."),
            ("provisionedAt?", "IsoDateTime | null", "When it got channels."),
        ],
    ),
    interface(
        "ProvisionedAgent",
        "An agent with channels.",
        &[
            ("token", "Secret", "Secret: the agent's new token."),
            ("agentId?", "string", "Agent."),
            ("agentName?", "string", "Its name."),
            ("channels?", "Answer", "Its channels."),
        ],
    ),
    interface(
        "Deprovisioned",
        "An agent without channels.",
        &[
            ("agentId?", "string", "Agent."),
            ("status?", "string", "State."),
            ("numberReleased?", "boolean", "Its number is gone for good."),
            ("whatsappReturned?", "boolean", "Its WhatsApp sender went back."),
        ],
    ),
    interface(
        "AgentTokens",
        "Tokens of an agent, without their values. Members differ between servers.",
        &[(
            "tokens",
            "readonly { readonly id: string; readonly label?: string; readonly lastFour?: string; readonly createdAt?: IsoDateTime; readonly lastUsedAt?: IsoDateTime | null; readonly ipHint?: string }[]",
            "Tokens.",
        )],
    ),
    interface(
        "CommChannel",
        "A number or address of an agent.",
        &[
            ("id", "string", "Record."),
            ("channelType?", "Open<\"phone\" | \"whatsapp\" | \"telegram\" | \"line\" | \"email\">", "Kind."),
            ("identifier?", "string", "Number or address."),
            ("label?", "string | null", "Your label."),
            ("capabilities?", "readonly string[]", "What it can do."),
            ("paused?", "boolean", "Off."),
            ("primary?", "boolean", "First choice."),
            ("createdAt?", "IsoDateTime", "When made."),
        ],
    ),
    interface(
        "CommChannels",
        "Numbers and addresses of an agent.",
        &[("records", "readonly CommChannel[]", "Records.")],
    ),
    interface(
        "BillingConfig",
        "Tier and markup. Members differ between servers.",
        &[
            ("agentId?", "string", "Agent."),
            ("billingConfig?", "Answer", "What holds now."),
            ("tierLimits?", "Answer", "What the tier allows."),
            ("availableTiers?", "readonly string[]", "Tiers."),
        ],
    ),
    interface(
        "CurrentLimits",
        "What holds now. Members differ between servers.",
        &[("agentId?", "string", "Agent."), ("currentLimits?", "ClientLimits", "Limits.")],
    ),
];

/// Objects that the agent's calls give.
pub(super) const AGENT_ANSWERS: &[Interface] = &[
    interface(
        "AgentSelf",
        "The agent as it sees itself.",
        &[
            ("agentId", "string", "Agent."),
            ("displayName?", "string", "Name."),
            ("status?", "string", "State; active does not mean that a channel exists."),
            ("lifecycleState?", "string", "Where it stands."),
            ("channels?", "Answer", "Channels."),
            ("callbackUrl?", "string | null", "Where inbound messages are posted."),
            ("createdAt?", "IsoDateTime", "When made."),
            ("provisionedAt?", "IsoDateTime | null", "When it got channels."),
        ],
    ),
    interface(
        "WaitingMessage",
        "A message that found nobody, or a send of ours that failed. `parseInbound` turns it into an event.",
        &[
            ("id?", "string", "Its place in the queue."),
            ("agentId?", "string", "Agent."),
            ("channel?", "Channel", "Channel."),
            ("direction?", "Open<\"inbound\" | \"outbound\">", "Whose."),
            ("reason?", "Open<\"agent_offline\" | \"send_failed\" | \"provider_error\">", "Why it waits."),
            ("from?", "string", "Sender."),
            ("to?", "string", "Recipient."),
            ("body?", "string | null", "Text."),
            ("mediaUrl?", "string | null", "File."),
            ("errorDetails?", "string | null", "What went wrong."),
            ("externalId?", "string | null", "Provider's id."),
            ("createdAt?", "string", "When, as the server writes it."),
        ],
    ),
    interface(
        "WaitingMessages",
        "Messages that found nobody. Reading them removed them from the server.",
        &[
            ("messages", "readonly WaitingMessage[]", "Messages, oldest first."),
            ("count?", "number", "How many."),
        ],
    ),
    interface(
        "ChannelStatus",
        "State of the agent's channels.",
        &[
            ("agentId?", "string", "Agent."),
            ("displayName?", "string", "Name."),
            ("provisionedAt?", "string | null", "When it got channels."),
            ("channels?", "Readonly<Record<string, Answer | undefined>>", "By channel."),
        ],
    ),
    interface(
        "BillingSummary",
        "What it costs.",
        &[
            ("agentId?", "string", "Agent."),
            ("providerCost?", "number", "Paid to providers."),
            ("billingCost?", "number", "Billed."),
            ("markupPercent?", "number", "Markup."),
            ("byChannel?", "Answer", "By channel."),
            ("tier?", "string", "Tier."),
        ],
    ),
    interface(
        "UsageSummary",
        "What was used.",
        &[
            ("agentId?", "string", "Agent."),
            ("period?", "string | Answer", "Span: a word, or an object, depending on the server."),
            ("totalActions?", "number", "How many actions."),
            ("totalCost?", "number", "What they cost."),
            ("currency?", "string", "ISO 4217."),
            ("actions?", "Answer", "Counts by action."),
            ("costsByChannel?", "Answer", "Cost by channel."),
            ("currentUsage?", "Answer", "Against the limits."),
            ("limits?", "Answer", "The limits."),
        ],
    ),
    interface("CallbackUrl", "Where inbound messages are posted.", &[("callbackUrl?", "string", "The URL.")]),
    interface(
        "Voices",
        "Voices to speak with.",
        &[("voices", "readonly Answer[]", "Voices."), ("count?", "number", "How many.")],
    ),
];

/// Further forms of a method: row, signature.
pub(super) const FORMS: &[(&str, &str)] = &[
    (
        "register",
        "options: RegisterOptions & { webhookUrl: string }): Promise<Registration & { readonly webhookSecret: Secret }>",
    ),
    (
        "registerAgent",
        "agentId: string, displayName: string, options?: Omit<RegisterAgentOptions, \"agentId\" | \"displayName\">): Promise<RegisteredAgent>",
    ),
];
