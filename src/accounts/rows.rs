//! The rows of `AccountsClient`. Sources: wire-contract 6.1, 6.2 and weak points 5, 6, 33, 35, 36.

#[cfg(not(target_arch = "wasm32"))]
use super::row::KeyDoc;
use super::row::{Row, row};

#[cfg(not(target_arch = "wasm32"))]
const ORG: &[KeyDoc] = &[("orgId", "string", "Workspace.")];
#[cfg(not(target_arch = "wasm32"))]
const AGENT: &[KeyDoc] = &[("agentId", "string", "Agent.")];
#[cfg(not(target_arch = "wasm32"))]
const RECORD: &[KeyDoc] = &[("recordId", "string", "Record.")];
#[cfg(not(target_arch = "wasm32"))]
const OTP: &[KeyDoc] =
    &[("challengeId", "string", "From the first step."), ("otp", "Secret", "Secret: six digits.")];
#[cfg(not(target_arch = "wasm32"))]
const OWN_KEY: KeyDoc = (
    "idempotencyKey",
    "string",
    "Sent along if given, for servers that make repeats harmless by it; not all do. @defaultValue none",
);

/// `register`.
pub(super) const REGISTER: Row = row!(
    "register",
    "POST /api/orgs/register W",
    r#"orgName! ownerEmail! branding{ returnUrl webhookUrl verificationEmail{ idempotencyKey^="""#,
    "orgId verificationSent pollToken webhookSecret",
    [
        "RegisterOptions",
        "Registration",
        "Registers a workspace and mails its owner. With `webhookUrl` the answer has a `webhookSecret`; without it the token reaches the owner's browser only. Warns once, through the logger, when nobody will be told of the end.",
    ],
    &[
        ("orgName", "string", "Workspace."),
        ("ownerEmail", "string", "Owner."),
        ("branding", "Branding", "How the e-mail looks."),
        ("returnUrl", "string", "Where the person lands afterwards."),
        ("webhookUrl", "string", "Where `account.verified` is posted; gives a `webhookSecret`."),
        ("verificationEmail", "VerificationEmail", "Your own e-mail."),
        (
            "idempotencyKey",
            "string",
            "The same key gives the same answer, secrets included. @defaultValue a random UUID",
        ),
    ],
);

/// `verificationStatus`.
pub(super) const STATUS: Row = row!(
    "verificationStatus",
    "GET /api/orgs/{orgId}/verification-status",
    "orgId/ pollToken!;>poll_token",
    "orgId state|status expiresAt verifiedAt",
    [
        "VerificationStatusOptions",
        "VerificationStatus",
        "Where the registration stands; never the token. Servers ask to wait 60 seconds between calls.",
    ],
    &[
        ("orgId", "string", "Workspace."),
        (
            "pollToken",
            "Secret",
            "Secret: of the latest `register`. It stands in the URL, as the service wants it.",
        ),
    ],
);

/// `revealTeamToken`.
pub(super) const REVEAL: Row = row!(
    "revealTeamToken",
    "POST /api/orgs/{orgId}/reveal-team-token webhookSecret N",
    "orgId/ webhookSecret+-",
    "!token|teamToken|ownerToken orgId orgName",
    [
        "RevealTeamTokenOptions",
        "RevealedToken",
        "Shows the team token to the holder of the webhook secret; may replace it. The clock must be right to a minute. @throws OnboardingRequired, AccountsError (403 and 409, such as `AUTH_FORBIDDEN`, `WEBHOOK_SECRET_UNREGISTERED`), AuthError (401, such as `AUTH_TIMESTAMP_EXPIRED`)",
    ],
    &[("orgId", "string", "Workspace."), ("webhookSecret", "Secret", "Secret: from `register`.")],
);

/// `rotateTokenRequest`.
pub(super) const ROTATE_REQUEST: Row = row!(
    "rotateTokenRequest",
    "POST /api/orgs/me/rotate-token/request T",
    "",
    "challengeId phoneHint",
    [
        "WaitOptions",
        "OtpChallenge",
        "First step of rotation: sends a code by SMS. @throws PhoneNotConfigured",
    ],
    &[],
);

/// `rotateTokenConfirm`.
pub(super) const ROTATE_CONFIRM: Row = row!(
    "rotateTokenConfirm",
    "POST /api/orgs/me/rotate-token/confirm T",
    "challengeId!. otp!",
    "token|teamToken|newToken|ownerToken",
    [
        "OtpOptions",
        "NewToken",
        "Second step of rotation. The old token dies at once. @throws OTPInvalid, OTPExpired, OTPMaxAttempts, ChallengeNotFound",
    ],
    OTP,
);

/// Every row of `AccountsClient`, from sign-up to erasure, then agents and channels.
pub const ROWS: &[Row] = &[
    REGISTER,
    row!(
        "verify",
        "POST /api/orgs/verify",
        "token!",
        "!orgId teamToken|ownerToken|token",
        [
            "VerifyOptions",
            "VerifiedAccount",
            "Trades the e-mail link's token for the team token. @throws OnboardingRequired, VerificationTokenExpired",
        ],
        &[("token", "Secret", "Secret: the token of the e-mail link, good for 15 minutes.")],
    ),
    row!(
        "acceptOnboarding",
        "POST /api/orgs/onboarding/accept",
        "sessionId! version!",
        "orgId teamToken|ownerToken|token",
        ["AcceptOnboardingOptions", "VerifiedAccount", "Accepts the terms, after `OnboardingRequired`."],
        &[
            ("sessionId", "Secret", "Secret: `OnboardingRequired.onboardingSessionId`."),
            ("version", "string", "Version of the terms accepted."),
        ],
    ),
    STATUS,
    row!(
        "resendVerification",
        "POST /api/orgs/{orgId}/resend-verification",
        "orgId/",
        "verificationSent",
        ["OrgOptions", "Answer", "Mails the link again. @throws RateLimitError"],
        ORG,
    ),
    row!(
        "abandonOrg",
        "POST /api/orgs/abandon pollToken T",
        "orgId! pollToken- reason",
        "orgId",
        ["AbandonOrgOptions", "Answer", "Drops a registration that was never verified."],
        &[
            ("orgId", "string", "Workspace."),
            (
                "pollToken",
                "Secret",
                "Secret; without it the team token is used, which must be a super-admin's.",
            ),
            ("reason", "string", "Why."),
        ],
    ),
    REVEAL,
    row!(
        "getAccount",
        "GET /api/orgs/me T",
        "",
        "orgId ownerEmail ownerPhoneHint createdAt",
        ["WaitOptions", "Account", "The workspace. @throws TokenRevoked, AuthError"],
        &[],
    ),
    row!(
        "setPhone",
        "POST /api/orgs/me/phone/set T",
        "phone!",
        "challengeId phoneHint",
        ["SetPhoneOptions", "OtpChallenge", "Sets the phone for rotation: sends a code by SMS."],
        &[("phone", "string", "E.164.")],
    ),
    row!(
        "confirmPhone",
        "POST /api/orgs/me/phone/confirm T",
        "challengeId!. otp!",
        "phoneHint",
        [
            "OtpOptions",
            "Answer",
            "Confirms the phone. @throws OTPInvalid, OTPExpired, OTPMaxAttempts, ChallengeNotFound",
        ],
        OTP,
    ),
    ROTATE_REQUEST,
    ROTATE_CONFIRM,
    row!(
        "revokeToken",
        "POST /api/orgs/me/tokens/revoke T",
        "",
        "",
        ["WaitOptions", "Answer", "Kills the team token in use; again is harmless."],
        &[],
    ),
    row!(
        "startErasure",
        "POST /api/orgs/me/erasure/start T",
        "",
        "erasureRequestId expiresAt devConfirmationToken",
        [
            "WaitOptions",
            "ErasureStarted",
            "Asks to erase the workspace; mails a token. @throws RateLimitError",
        ],
        &[],
    ),
    row!(
        "confirmErasure",
        "POST /api/orgs/me/erasure/confirm",
        "confirmationToken! force?=false",
        "",
        ["ConfirmErasureOptions", "Answer", "Erases the workspace. Cannot be undone."],
        &[
            ("confirmationToken", "Secret", "Secret: from the e-mail."),
            ("force", "boolean", "`true`: purge now, not after 7 days. @defaultValue false"),
        ],
    ),
    row!(
        "listMyMemberships",
        "GET /api/users/me/memberships T",
        "",
        "memberships[ orgId orgName addedAt ]",
        ["WaitOptions", "Memberships", "Workspaces of the token's owner."],
        &[],
    ),
    row!(
        "listOrgMembers",
        "GET /api/orgs/{orgId}/members T",
        "orgId/",
        "",
        ["OrgOptions", "Answer", "Members, in a form the service does not document."],
        ORG,
    ),
    row!(
        "addOrgMember",
        "POST /api/orgs/{orgId}/members T",
        "orgId/ email! role reason",
        "",
        ["AddOrgMemberOptions", "Answer", "Adds a member; again is harmless."],
        &[
            ("orgId", "string", "Workspace."),
            ("email", "string", "Whom."),
            ("role", "Open<\"org-admin\">", "As what. @defaultValue the server's: \"org-admin\""),
            ("reason", "string", "Why."),
        ],
    ),
    row!(
        "removeOrgMember",
        "DELETE /api/orgs/{orgId}/members/{email} T",
        "orgId/ email/ reason",
        "",
        ["RemoveOrgMemberOptions", "Answer", "Removes a member."],
        &[("orgId", "string", "Workspace."), ("email", "string", "Whom."), ("reason", "string", "Why.")],
    ),
    row!(
        "registerAgent",
        "POST /api/v1/agents T",
        r#"agentId+>agent_id displayName!>display_name email phone channels{ dns{ idempotencyKey^="" extra{*"#,
        "agentId token|securityToken|agentToken",
        [
            "RegisterAgentOptions",
            "RegisteredAgent",
            "Registers an agent under an id of yours, and gets its token.",
        ],
        &[
            ("agentId", "string", "Agent: your id of it, a UUID by convention."),
            ("displayName", "string", "Name."),
            ("email", "string", "E-mail."),
            ("phone", "string", "Phone."),
            ("channels", "JsonObject", "Channels to set up."),
            ("dns", "JsonObject", "Mail domain records."),
            ("idempotencyKey", "string", "The same key gives the same token. @defaultValue a random UUID"),
            (
                "extra",
                "JsonObject",
                "Further wire members, verbatim. A key that has an option of its own is refused.",
            ),
        ],
    ),
    row!(
        "getAgent",
        "GET /api/v1/agents/{agentId} T",
        "agentId/",
        "agentId displayName lifecycleState callbackUrl createdAt provisionedAt",
        ["AgentOptionsById", "AgentRecord", "An agent. @throws NotProvisioned"],
        AGENT,
    ),
    row!(
        "provisionChannels",
        "POST /api/v1/provision T D",
        r#"agentId+ displayName!>agentName callbackUrl! capabilities{! country="US" identityMode="dedicated" preferredWhatsappNumber preferredPhoneNumber language gender voiceId greeting systemPrompt emailDomain idempotencyKey^"#,
        "agentId agentName token|securityToken|agentToken",
        [
            "ProvisionOptions",
            "ProvisionedAgent",
            "Gives an agent channels and a new token; the old one dies. The service gives this call up on 2026-07-27. @throws ProviderWebhookWireFailed",
        ],
        &[
            ("agentId", "string", "Agent."),
            ("displayName", "string", "Name."),
            ("callbackUrl", "string", "https URL for inbound messages."),
            ("capabilities", "Capabilities", "Channels."),
            ("country", "string", "ISO 3166. @defaultValue \"US\""),
            ("identityMode", "Open<\"dedicated\" | \"shared\">", "@defaultValue \"dedicated\""),
            ("preferredWhatsappNumber", "string", "Wish."),
            ("preferredPhoneNumber", "string", "Wish."),
            ("language", "string", "Language tag."),
            ("gender", "Open<\"male\" | \"female\" | \"neutral\">", "The agent's gender."),
            ("voiceId", "string", "Voice."),
            ("greeting", "string", "First words on a call."),
            ("systemPrompt", "string", "Instructions."),
            ("emailDomain", "string", "Domain, for e-mail."),
            OWN_KEY,
        ],
    ),
    row!(
        "onboard",
        "POST /api/v1/onboard T D",
        r#"agentName! country="US" agentId capabilities{ emailDomain greeting systemPrompt idempotencyKey^"#,
        "",
        [
            "OnboardOptions",
            "Answer",
            "Sets up an agent in one go. The service gives this call up on 2026-07-27.",
        ],
        &[
            ("agentName", "string", "Name."),
            ("country", "string", "ISO 3166. @defaultValue \"US\""),
            ("agentId", "string", "Your agent id."),
            ("capabilities", "Capabilities", "Channels."),
            ("emailDomain", "string", "Domain, for e-mail."),
            ("greeting", "string", "First words on a call."),
            ("systemPrompt", "string", "Instructions."),
            OWN_KEY,
        ],
    ),
    row!(
        "deprovision",
        "POST /api/v1/deprovision T",
        "agentId! releaseNumber?=true",
        "agentId numberReleased whatsappReturned",
        [
            "DeprovisionOptions",
            "Deprovisioned",
            "Takes an agent's channels away at once, and by default its number for good.",
        ],
        &[
            ("agentId", "string", "Agent."),
            ("releaseNumber", "boolean", "Gives the number back for good. @defaultValue true"),
        ],
    ),
    row!(
        "listAgentTokens",
        "GET /api/v1/agents/{agentId}/tokens T",
        "agentId/",
        "tokens[ lastFour createdAt lastUsedAt ipHint ]",
        ["AgentOptionsById", "AgentTokens", "Tokens of an agent, without their values."],
        AGENT,
    ),
    row!(
        "regenerateAgentToken",
        "POST /api/v1/agents/{agentId}/regenerate-token T",
        "agentId/",
        "token|securityToken|newToken|agentToken",
        ["AgentOptionsById", "NewToken", "A new token; all others of the agent die at once."],
        AGENT,
    ),
    row!(
        "listAgentCommChannels",
        "GET /api/v1/agents/{agentId}/comm-channels T",
        "agentId/",
        "records[ channelType createdAt ]",
        ["AgentOptionsById", "CommChannels", "Numbers and addresses of an agent."],
        AGENT,
    ),
    row!(
        "addAgentCommChannel",
        "POST /api/v1/agents/{agentId}/comm-channels T",
        "agentId/ channelType!>channel_type identifier emailLocalPart>email_local_part label capabilities[ idempotencyKey^",
        "channelType createdAt",
        [
            "AddCommChannelOptions",
            "CommChannel",
            "Adds a number or address. @throws ProviderWebhookWireFailed",
        ],
        &[
            ("agentId", "string", "Agent."),
            ("channelType", "Open<\"phone\" | \"whatsapp\" | \"telegram\" | \"line\" | \"email\">", "Kind."),
            ("identifier", "string", "Number or address."),
            ("emailLocalPart", "string", "The part before the @."),
            ("label", "string", "Your label."),
            ("capabilities", "readonly string[]", "What it can do."),
            OWN_KEY,
        ],
    ),
    row!(
        "manageAgentChannel",
        "POST /api/v1/agents/{agentId}/channels T",
        "agentId/ action! channel! options{ idempotencyKey^",
        "",
        [
            "ManageAgentChannelOptions",
            "Answer",
            "Adds or removes a channel. @throws ProviderWebhookWireFailed",
        ],
        &[
            ("agentId", "string", "Agent."),
            ("action", "\"add\" | \"remove\"", "What to do."),
            ("channel", "Open<\"phone\" | \"email\" | \"whatsapp\" | \"line\" | \"voiceAi\">", "Channel."),
            ("options", "JsonObject", "Details, such as `country`."),
            OWN_KEY,
        ],
    ),
    row!(
        "updateCommChannel",
        "PATCH /api/v1/comm-channels/{recordId} T",
        "recordId/ label paused? primary?",
        "channelType createdAt",
        ["UpdateCommChannelOptions", "Answer", "Changes a number or address; what is left out stays."],
        &[
            ("recordId", "string", "Record."),
            ("label", "string", "Your label."),
            ("paused", "boolean", "Off."),
            ("primary", "boolean", "First choice."),
        ],
    ),
    row!(
        "deleteCommChannel",
        "DELETE /api/v1/comm-channels/{recordId} T",
        "recordId/",
        "",
        ["DeleteCommChannelOptions", "Answer", "Removes a number or address."],
        RECORD,
    ),
    row!(
        "releaseNumber",
        "POST /api/v1/release-number T",
        "phoneNumber! source",
        "",
        ["ReleaseNumberOptions", "Answer", "Gives a number back for good."],
        &[
            ("phoneNumber", "string", "E.164."),
            ("source", "Open<\"whatsapp\">", "`whatsapp` for a WhatsApp sender."),
        ],
    ),
    row!(
        "setBillingConfig",
        "POST /api/v1/billing/config T",
        "agentId tier markupPercent# billingEmail",
        "agentId billingConfig tierLimits availableTiers",
        ["BillingConfigOptions", "BillingConfig", "Sets tier and markup."],
        &[
            ("agentId", "string", "Agent."),
            ("tier", "Open<\"free\" | \"starter\" | \"pro\" | \"enterprise\">", "Tier."),
            ("markupPercent", "number", "0 to 500."),
            ("billingEmail", "string", "Bills go there."),
        ],
    ),
    row!(
        "setClientLimits",
        "POST /api/v1/client-limits T",
        "limits{! agentId",
        "agentId currentLimits",
        [
            "ClientLimitsOptions",
            "CurrentLimits",
            "Sets limits at once; the agent's `setClientLimitsSafe` can preview.",
        ],
        &[("limits", "ClientLimits", "New limits; what is left out stays."), ("agentId", "string", "Agent.")],
    ),
];
