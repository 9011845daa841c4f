//! The rows. Sources: wire-contract 3, 4.1, 5 and 12 (3, 4, 5, 24, 30), weak points 28 to 32.
//!
//! A row is its line (see [`super::row`]), then for people: the name of its options type and of its answer's (in
//! `js/answers.d.ts`), what it does, and what is to be said of options that `KEYS` does not say.

#[cfg(not(target_arch = "wasm32"))]
use super::docs::Doc;
#[cfg(not(target_arch = "wasm32"))]
use super::row::Row;

macro_rules! rows {
    ($($line:literal, $options:literal, $returns:literal, $doc:literal, [$($key:literal: $ts:literal, $text:literal;)*];)*) => {
        /// Every row; the place of a line is the number of its method.
        pub(super) const ROWS: &str = concat!($($line, "\n"),*);

        /// The same for people.
        #[cfg(not(target_arch = "wasm32"))]
        pub(super) const DOCS: &[Doc] = &[$(Doc {
            row: Row($line),
            options: $options,
            returns: $returns,
            doc: $doc,
            keys: &[$(($key, $ts, $text)),*],
        }),*];
    };
}

/// `sendMessage`
pub const SEND_MESSAGE: u32 = 0;
/// `sendMessages`
pub const SEND_MANY: u32 = 1;
/// `callTool`: any tool by name.
pub const CALL_TOOL: u32 = 2;
/// `listTools`
pub const LIST_TOOLS: u32 = 3;
/// `ping`
pub const PING: u32 = 4;

rows! {
    "sendMessage to! channel- body~ mediaUrl:~>media media[~ subject~ html~ templateId~ templateVars$~ targetGender~ senderSid~ senderName~ language~ fallbackChannels[~ scheduledAt~ threadId~ entityId~ replyMsgId~ idempotencyKey- maxAttempts#- extra*",
    "SendMessageOptions", "SendResult", "Sends one message. Tries again what may heal, with one idempotency key, within the deadline. Failures are in the result, except a refused token. wire: `comms_send_message`. @throws AuthError (with `sendResult`): the token was refused or the address is locked out", [
        "to": "string", "Recipient: E.164 number, e-mail address or group id. Sent as given, not normalised.";
        "channel": "Channel", "Channel. @defaultValue the agent's `defaultChannel`, itself `\"whatsapp\"` (the server's own default differs: sms)";
        "body": "string", "Text. A message needs text, media, HTML or a template.";
        "mediaUrl": "string", "One public URL of a file to attach.";
        "language": "string", "Language tag. Servers are not known to honour it.";
        "targetGender": "TargetGender", "Gender of the recipient, for languages that need it.";
        "senderSid": "string", "Which of the agent's senders to use, such as `InboundMessage.senderSid`.";
        "extra": "JsonObject", "Further wire arguments, verbatim. A key that has an option of its own is refused.";
    ];
    "sendMessages messages&-! concurrency#- maxAttempts#-",
    "SendMessagesOptions", "SendResult[]", "Sends many over one session; one result each, in order. `timeoutMs` counts for each message, from when it is begun. A refused token is in the results, as stage `auth`. @throws ConfigError the options are no batch", [
        "messages": "readonly MessageFields[]", "The messages.";
        "concurrency": "number", "How many are under way at once. @defaultValue 16";
    ];
    "callTool toolName-! arguments{- idempotent?-",
    "CallToolOptions", "JsonValue", "Calls a tool by name: parsed JSON, else text, else `null`, also where the tool says that it failed. Tried once, unless `idempotent`. @throws ToolError (a JSON-RPC error), AuthError, TransportError", [
        "toolName": "string", "Tool.";
    ];
    "listTools",
    "CallOptions", "string[]", "Names of the tools this token may call. wire: `tools/list`. @throws AuthError, TransportError", [];
    "ping toolName-",
    "PingOptions", "boolean", "Whether the service answers this agent; every failure is `false`. wire: `comms_ping`.", [
        "toolName": "string", "Tool to call. @defaultValue \"comms_ping\"";
    ];
    "typing~* to! senderSid~ extra*",
    "TypingOptions", "WhatsappActionResult", "Shows \"typing…\".", [];
    "markRead~* messageId! senderSid~ extra*",
    "MessageIdOptions", "WhatsappActionResult", "Marks a message as read.", [];
    "react~* messageId! emoji! senderSid~ extra*",
    "ReactOptions", "WhatsappActionResult", "Reacts to a message.", [];
    "edit~* messageId! body! senderSid~ extra*",
    "EditOptions", "WhatsappActionResult", "Changes a message of ours.", [
        "body": "string", "New text.";
    ];
    "forward~* messageId! to! senderSid~ extra*",
    "ForwardOptions", "WhatsappActionResult", "Forwards a message.", [];
    "deleteMessage|delete~*@delete messageId! senderSid~ extra*",
    "MessageIdOptions", "WhatsappActionResult", "Deletes a message of ours.", [];
    "sendPoll~* to! title! options[! senderSid~ extra*",
    "SendPollOptions", "WhatsappActionResult", "Sends a poll.", [];
    "sendButtons~* to! body! buttons&! senderSid~ extra*",
    "SendButtonsOptions", "WhatsappActionResult", "Sends buttons.", [];
    "sendLocation~* to! lat#! lng#! name senderSid~ extra*",
    "SendLocationOptions", "WhatsappActionResult", "Sends a place.", [
        "name": "string", "Name of the place.";
    ];
    "sendContact~* to! vcard! senderSid~ extra*",
    "SendContactOptions", "WhatsappActionResult", "Sends an address card.", [];
    "postStatus~* body! mediaUrl senderSid~ extra*",
    "PostStatusOptions", "WhatsappActionResult", "Posts a status; few providers can.", [];
    "setChatTtl~* chatId! ttlSeconds#! senderSid~ extra*",
    "SetChatTtlOptions", "WhatsappActionResult", "Sets how long a chat keeps messages.", [];
    "sendViewOnce~* to! mediaUrl! body senderSid~ extra*",
    "SendViewOnceOptions", "WhatsappActionResult", "Sends a picture or film to be seen once.", [
        "body": "string", "Caption.";
    ];
    "whatsappAction* action! senderSid~ extra*",
    "WhatsappActionOptions", "WhatsappActionResult", "Any action, also ones newer than this package, with any JSON arguments beside it. @throws ProviderCapabilityError the sender's provider cannot do it", [
        "action": "WhatsappActionName", "Action.";
    ];
    "getMe?",
    "CallOptions", "AgentSelf", "Who am I.", [];
    "getMessageStatus? externalId!",
    "MessageStatusOptions", "Answer", "What became of a message.", [];
    "subscribeInbound operation! channels[ contacts[",
    "SubscribeInboundOptions", "Answer", "Chooses what is pushed.", [
        "operation": "\"subscribe\" | \"unsubscribe\" | \"status\"", "What to do.";
        "channels": "readonly Channel[]", "Only these channels.";
    ];
    "manageInboundFilter operation! filterType pattern action tag filterId",
    "InboundFilterOptions", "Answer", "Filters what comes in; `add` needs `filterType`, `pattern` and `action`, `delete` needs `filterId`.", [
        "operation": "\"add\" | \"list\" | \"delete\"", "What to do.";
        "action": "string", "What becomes of it.";
    ];
    "validateNumber? phoneNumber!",
    "ValidateNumberOptions", "NumberValidation", "What is known about a number. `_unverified` marks a guess.", [];
    "findAgent? includeSelf?=true includeDraft?=true query",
    "FindAgentOptions", "AgentsFound", "Finds agents of the workspace; a system agent may be among them.", [];
    "getContactProfile? contact!",
    "ContactOptions", "Answer", "What is known about a person.", [];
    "getGroupMembers? groupId!",
    "GroupOptions", "Answer", "Who is in a group.", [];
    "messageAgent toAgent! body!",
    "MessageAgentOptions", "Answer", "Writes to another agent.", [];
    "updateProfile* agentName^ greeting^ systemPrompt^ voiceId^ language^ gender^ voiceGender^ status^ extra*",
    "UpdateProfileOptions", "Answer", "Changes the agent's name, voice, manner; what is left out stays.", [
        "agentName": "string | null", "Name.";
        "greeting": "string | null", "First words on a call.";
        "systemPrompt": "string | null", "Instructions for calls.";
        "language": "string | null", "Language tag.";
        "status": "\"active\" | \"inactive\" | null", "Working or not.";
    ];
    "makeCall to! systemPrompt greeting voice language recipientTimezone targetGender orchestrator",
    "MakeCallOptions", "CallStarted", "Calls someone.", [
        "to": "string", "E.164.";
    ];
    "transferCall callSid! to! announcementText",
    "TransferCallOptions", "CallStarted", "Hands a call over.", [
        "to": "string", "E.164 or agent id.";
    ];
    "callOnBehalf target! requesterPhone! targetName requesterName message recipientTimezone targetGender",
    "CallOnBehalfOptions", "CallStarted", "Calls one person for another.", [];
    "sendVoiceMessage to! text! voice targetGender",
    "SendVoiceMessageOptions", "CallStarted", "Calls and speaks a text.", [
        "to": "string", "E.164.";
    ];
    "generateTts text! voice format=\"ogg\"",
    "GenerateTtsOptions", "TtsResult", "Speaks a text into a file.", [];
    "setVoiceCallback voiceCallbackUrl!",
    "VoiceCallbackOptions", "Answer", "Where voice events are posted.", [];
    "createSession participants&! channel context{",
    "CreateSessionOptions", "Answer", "Opens a conversation.", [];
    "getSession? sessionId! historyLimit#=20",
    "GetSessionOptions", "Answer", "Reads a conversation.", [];
    "listSessions? status=\"active\" limit#=50",
    "ListSessionsOptions", "Answer", "Lists conversations.", [
        "status": "Open<\"active\" | \"paused\" | \"closed\">", "Only in this state.";
    ];
    "closeSession sessionId! confirm?=false",
    "CloseSessionOptions", "Answer", "Closes a conversation, with `confirm`.", [];
    "checkConsent? contact!>contact|contactAddress channel!",
    "CheckConsentOptions", "ConsentStatus", "May we write to them?", [];
    "recordConsent contact!>contactAddress|contact channel! consentType=\"express\" source notes",
    "RecordConsentOptions", "Answer", "They said yes.", [];
    "revokeConsent contact!>contactAddress|contact channel! confirm?=false",
    "RevokeConsentOptions", "Answer", "They said no; with `confirm`.", [];
    "checkTrust? contact!>contact|contactAddress",
    "ContactOptions", "TrustStatus", "Are they trusted?", [];
    "grantTrust contact!>contactAddress|contact channel=\"manual\" durationMinutes#",
    "GrantTrustOptions", "Answer", "Trusts them.", [
        "channel": "Open<\"manual\">", "How it was earned.";
    ];
    "revokeTrust contact!>contactAddress|contact confirm?=false",
    "RevokeTrustOptions", "Answer", "Trusts them no more, with `confirm`.", [];
    "sendOtp to! channel! purpose failover? channels[",
    "SendOtpOptions", "OtpSent", "Sends a one-time code.", [
        "to": "string", "Person.";
        "channel": "Open<\"sms\" | \"email\" | \"whatsapp\" | \"voice\">", "Channel.";
        "channels": "readonly Channel[]", "Which.";
    ];
    "verifyOtp code! to>to|contactAddress channel",
    "VerifyOtpOptions", "OtpCheck", "Checks a one-time code; success also trusts the person for a while.", [
        "to": "string", "Person; old servers need it.";
    ];
    "getIncome? period=\"month\"",
    "PeriodOptions", "Income", "What was earned.", [];
    "getUsageDashboard? period=\"today\"",
    "UsageOptions", "UsageSummary", "What was used.", [];
    "getBillingSummary? period=\"month\" agentId",
    "BillingSummaryOptions", "BillingSummary", "What it costs.", [
        "agentId": "string", "Agent, for an admin's token.";
    ];
    "rotateAgentToken@rotate_token confirm?=false",
    "RotateTokenOptions", "TokenRotation", "Replaces this agent's token, with `confirm`. This `Agent` keeps the old one: make a new one.", [];
    "registerProvider provider! credentials$! autoVerify?=true",
    "RegisterProviderOptions", "Answer", "Adds a provider; for admins.", [];
    "expandClientPool@expand_client_pool|expand_agent_pool maxAgents#! confirm?=false",
    "ExpandPoolOptions", "Answer", "Makes room for agents, with `confirm`; for admins.", [];
    "listAvailableNumbers?",
    "CallOptions", "Answer", "Numbers that can be had; for admins.", [];
    "bridgeCall* action! fromNumber^ localNumber^ destinationNumber^ label^ bridgeId^ callerNumber^ extra*",
    "BridgeCallOptions", "Answer", "Bridges calls between numbers; for admins. `setup` needs the first three numbers, `remove` the id, `call` caller and destination.", [
        "action": "Open<\"setup\" | \"remove\" | \"list\" | \"call\">", "What to do.";
    ];
    "manageChannel action! channel! country emailDomain",
    "ManageChannelOptions", "Answer", "Adds or removes a channel; for admins.", [
        "action": "\"add\" | \"remove\"", "What to do.";
        "channel": "Open<\"phone\" | \"email\" | \"whatsapp\" | \"line\" | \"voiceAi\">", "Channel.";
    ];
    "deprovisionChannels confirm?=false",
    "DeprovisionChannelsOptions", "Answer", "Takes all channels away, with `confirm`; for admins.", [];
    "setClientLimitsSafe@set_client_limits|set_agent_limits limits{! confirm?=false",
    "SetLimitsOptions", "Answer", "Sets limits, with `confirm`; for admins.", [];
    "onboardCustomer agentName!>agentName|displayName capabilities{! agentId callbackUrl emailDomain",
    "OnboardCustomerOptions", "Answer", "Sets up an agent and its channels; for admins.", [
        "agentName": "string", "Name.";
        "agentId": "string", "Your agent id.";
    ];
    "createTeam@create_team|create_organization name! slug! settings{",
    "CreateTeamOptions", "Answer", "Makes a workspace; for super-admins.", [
        "name": "string", "Name.";
    ];
    "listTeams?@list_teams|list_organizations",
    "CallOptions", "Answer", "Lists workspaces; for super-admins.", [];
}

/// Options for people: name, TypeScript type, what it is.
#[cfg(not(target_arch = "wasm32"))]
pub(super) const KEYS: &[(&str, &str, &str)] = &[
    ("action", "string", "Action."),
    ("agentId", "string", "Agent."),
    ("announcementText", "string", "Said first."),
    ("arguments", "JsonObject", "Its arguments. @defaultValue none"),
    ("autoVerify", "boolean", "Test them first."),
    ("body", "string", "Text."),
    ("bridgeId", "string | null", "Route."),
    (
        "buttons",
        "readonly { readonly id: string; readonly label: string }[]",
        "Buttons; the id comes back as `button_reply`.",
    ),
    ("callSid", "string", "Call."),
    ("callbackUrl", "string", "https URL for inbound messages."),
    ("callerNumber", "string | null", "Who calls."),
    ("capabilities", "Capabilities", "Channels."),
    ("channel", "Channel", "Channel."),
    ("chatId", "string", "Chat."),
    ("code", "Secret", "Secret: what the person typed."),
    (
        "confirm",
        "boolean",
        "`false`: only says what would be done. Always sent; refused where the server shows that it knows no preview.",
    ),
    ("consentType", "Open<\"express\" | \"implied\" | \"transactional\">", "Kind."),
    ("contact", "string", "E.164 number, e-mail address or group id."),
    ("contacts", "readonly string[]", "Only these people."),
    ("context", "JsonObject", "Your data."),
    ("country", "string", "ISO 3166, for numbers."),
    ("credentials", "Readonly<Record<string, Secret>>", "Secrets: the provider's keys."),
    ("destinationNumber", "string | null", "Number reached."),
    ("durationMinutes", "number", "For how long; without it, until revoked."),
    ("emailDomain", "string", "Domain, for e-mail."),
    ("emoji", "string", "One emoji; empty takes the reaction back."),
    ("entityId", "string", "Your business object's id: recorded and echoed."),
    ("externalId", "string", "The provider's id, often `SendResult.messageSid`."),
    (
        "extra",
        "JsonObject",
        "Further wire arguments, verbatim. A key that has an option of its own is refused.",
    ),
    ("failover", "boolean", "Try other channels."),
    ("fallbackChannels", "readonly Channel[]", "Channels for the server to try next, in order."),
    ("filterId", "string", "Filter."),
    ("filterType", "string", "What is matched."),
    ("format", "Open<\"ogg\" | \"mp3\">", "Format."),
    ("fromNumber", "string | null", "Number shown."),
    ("gender", "Open<\"male\" | \"female\" | \"neutral\"> | null", "The agent's gender."),
    ("greeting", "string", "First words."),
    ("groupId", "string", "Group, `…@g.us`."),
    ("historyLimit", "number", "How many messages back."),
    ("html", "string", "E-mail body as HTML."),
    (
        "idempotencyKey",
        "string",
        "Makes repeats harmless: the service answers a key it has seen with the first result. One key is kept across all attempts of a call. @defaultValue a random UUID; in a webhook handler, one derived from the event",
    ),
    (
        "idempotent",
        "boolean",
        "Whether a repeat is harmless, so that it may be tried again after a failure that may heal. @defaultValue false",
    ),
    ("includeDraft", "boolean", "With agents that have no channel."),
    ("includeSelf", "boolean", "With this agent."),
    ("label", "string | null", "Your label."),
    ("language", "string", "Language tag."),
    ("lat", "number", "Latitude in degrees."),
    ("limit", "number", "How many."),
    ("limits", "ClientLimits", "New limits; what is left out stays."),
    ("lng", "number", "Longitude in degrees."),
    ("localNumber", "string | null", "Number dialled."),
    ("maxAgents", "number", "1 to 10000."),
    (
        "maxAttempts",
        "number",
        "How often to try. Only failures that may heal are tried again. @defaultValue the agent's `maxAttempts`, itself 3",
    ),
    ("media", "readonly string[]", "Several URLs of files to attach. Give this or `mediaUrl`."),
    ("mediaUrl", "string", "URL of a picture or film."),
    ("message", "string", "What it is about."),
    ("messageId", "string", "Message."),
    ("notes", "string", "Notes."),
    ("options", "readonly string[]", "Answers."),
    (
        "orchestrator",
        "Open<\"conversation-relay\" | \"gemini-live\" | \"media-streams\" | \"gather-say\">",
        "Who runs the talk.",
    ),
    (
        "participants",
        "readonly { readonly id: string; readonly type: \"agent\" | \"human\"; readonly name?: string }[]",
        "Who takes part.",
    ),
    ("pattern", "string", "With what."),
    ("period", "Open<\"today\" | \"week\" | \"month\" | \"all\">", "Span of time."),
    ("phoneNumber", "string", "E.164."),
    (
        "provider",
        "Open<\"twilio\" | \"vonage\" | \"resend\" | \"elevenlabs\" | \"openai\" | \"deepgram\" | \"greenapi\" | \"s3\" | \"r2\" | \"turso\" | \"convex\">",
        "Provider.",
    ),
    ("purpose", "string", "What for."),
    ("query", "string", "Name or part of it."),
    ("recipientTimezone", "string", "IANA time zone of the person called, for quiet hours."),
    ("replyMsgId", "string", "Id of the message answered: recorded and echoed, not yet shown as a quote."),
    ("requesterName", "string", "Name of the requester."),
    ("requesterPhone", "string", "For whom."),
    (
        "scheduledAt",
        "Date | IsoDateTime",
        "When the server is to send it. Servers are not known to honour it.",
    ),
    ("senderName", "string", "Display name. Servers are not known to honour it."),
    ("senderSid", "string", "Which of the agent's senders acts; needed when it has several."),
    ("sessionId", "string", "Session."),
    ("settings", "JsonObject", "Settings."),
    ("slug", "string", "Lower-case letters, digits, hyphens."),
    ("source", "string", "From where."),
    ("subject", "string", "E-mail subject; e-mail without one is refused by some servers."),
    ("systemPrompt", "string", "Instructions for the talk."),
    ("tag", "string", "Your label."),
    ("target", "string", "Number to call."),
    ("targetGender", "TargetGender", "Gender of the person called."),
    ("targetName", "string", "Name of the called."),
    ("templateId", "string", "Provider template to use."),
    ("templateVars", "Readonly<Record<string, string>>", "Values for the template's variables."),
    ("text", "string", "What to say."),
    ("threadId", "string", "Your conversation id: recorded and echoed."),
    ("title", "string", "Question."),
    ("to", "string", "Chat."),
    ("toAgent", "string", "Agent id or name."),
    ("ttlSeconds", "number", "Life of messages in seconds, 0 for ever."),
    ("vcard", "string", "The card, as vCard text."),
    ("voice", "string", "Voice."),
    ("voiceCallbackUrl", "string", "https URL."),
    ("voiceGender", "Open<\"male\" | \"female\" | \"neutral\"> | null", "The voice's gender."),
    ("voiceId", "string | null", "Voice."),
];
