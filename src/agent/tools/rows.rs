//! The rows. Sources: wire-contract 3.1, 4.1 and weak points 28, 31, 32.

#[cfg(not(target_arch = "wasm32"))]
use super::Text;
use super::{Answer, Key, Tool, Type, When};

const fn row(
    js: &'static str,
    tool: &'static str,
    keys: &'static [Key],
    answer: Answer,
    options: &'static str,
    returns: &'static str,
    doc: &'static str,
) -> Tool {
    #[cfg(target_arch = "wasm32")]
    let _ = (options, returns, doc);
    Tool {
        js,
        tool,
        keys,
        answer,
        #[cfg(not(target_arch = "wasm32"))]
        text: Text { options, returns, doc },
    }
}

const fn key(
    option: &'static str,
    wire: &'static str,
    kind: Type,
    when: When,
    typescript: &'static str,
    doc: &'static str,
) -> Key {
    #[cfg(target_arch = "wasm32")]
    let _ = (typescript, doc);
    Key {
        option,
        wire,
        kind,
        when,
        #[cfg(not(target_arch = "wasm32"))]
        typescript,
        #[cfg(not(target_arch = "wasm32"))]
        doc,
    }
}

/// An optional text under its own name.
const fn text(option: &'static str, doc: &'static str) -> Key {
    key(option, option, Type::Text, When::Filled, "string", doc)
}

/// `sendMessage`: wire-contract 4.1, and what the server knows beyond it as options of their own.
pub const SEND_MESSAGE: Tool = row(
    "sendMessage",
    "",
    &[
        key(
            "to",
            "to",
            Type::Text,
            When::Required,
            "string",
            "Recipient: E.164 number, e-mail address or group id. Sent as given, not normalised.",
        ),
        key(
            "channel",
            "channel",
            Type::Text,
            When::Local,
            "Channel",
            "Channel. @defaultValue the agent's `defaultChannel`, itself `\"whatsapp\"` (the server's own default differs: sms)",
        ),
        text("body", "Text. A message needs text, media, HTML or a template."),
        key(
            "mediaUrl",
            "media",
            Type::TextInList,
            When::Filled,
            "string",
            "One public URL of a file to attach.",
        ),
        key(
            "media",
            "media",
            Type::Texts,
            When::Filled,
            "readonly string[]",
            "Several URLs of files to attach. Give this or `mediaUrl`.",
        ),
        text("subject", "E-mail subject; e-mail without one is refused by some servers."),
        text("html", "E-mail body as HTML."),
        text("templateId", "Provider template to use."),
        key(
            "templateVars",
            "templateVars",
            Type::TextMap,
            When::Filled,
            "Readonly<Record<string, string>>",
            "Values for the template's variables.",
        ),
        key(
            "targetGender",
            "targetGender",
            Type::Text,
            When::Filled,
            "TargetGender",
            "Gender of the recipient, for languages that need it.",
        ),
        text("senderSid", "Which of the agent's senders to use, such as `InboundMessage.senderSid`."),
        text("senderName", "Display name. Servers are not known to honour it."),
        text("language", "Language tag. Servers are not known to honour it."),
        key(
            "fallbackChannels",
            "fallbackChannels",
            Type::Texts,
            When::Filled,
            "readonly Channel[]",
            "Channels for the server to try next, in order.",
        ),
        key(
            "scheduledAt",
            "scheduledAt",
            Type::Text,
            When::Filled,
            "Date | IsoDateTime",
            "When the server is to send it. Servers are not known to honour it.",
        ),
        text("threadId", "Your conversation id: recorded and echoed."),
        text("entityId", "Your business object's id: recorded and echoed."),
        text("replyMsgId", "Id of the message answered: recorded and echoed, not yet shown as a quote."),
        key(
            "idempotencyKey",
            "idempotencyKey",
            Type::Text,
            When::Local,
            "string",
            "Makes repeats harmless: the service answers a key it has seen with the first result. One key is kept across all attempts of a call. @defaultValue a random UUID; in a webhook handler, one derived from the event",
        ),
        key(
            "maxAttempts",
            "",
            Type::Number,
            When::Local,
            "number",
            "How often to try. Only failures that may heal are tried again. @defaultValue the agent's `maxAttempts`, itself 3",
        ),
        key(
            "extra",
            "",
            Type::Extra,
            When::Local,
            "JsonObject",
            "Further wire arguments, verbatim. A key that has an option of its own is refused.",
        ),
    ],
    Answer::Send,
    "SendMessageOptions",
    "SendResult",
    "Sends one message. Tries again what may heal, with one idempotency key, within the deadline. Failures are in the result, except a refused token. wire: `comms_send_message`. @throws AuthError (with `sendResult`): the token was refused or the address is locked out",
);

/// `callTool`: any tool by name.
pub const CALL_TOOL: Tool = row(
    "callTool",
    "",
    &[
        key("toolName", "", Type::Text, When::Required, "string", "Tool."),
        key("arguments", "", Type::Object, When::Local, "JsonObject", "Its arguments. @defaultValue none"),
        key(
            "idempotent",
            "",
            Type::Flag,
            When::Local,
            "boolean",
            "Whether a repeat is harmless, so that it may be tried again after a failure that may heal. @defaultValue false",
        ),
    ],
    Answer::Any,
    "CallToolOptions",
    "JsonValue",
    "Calls a tool by name: parsed JSON, else text, else `null`, also where the tool says that it failed. Tried once, unless `idempotent`. @throws ToolError (a JSON-RPC error), AuthError, TransportError",
);

/// `listTools`: the names of the tools.
pub const LIST_TOOLS: Tool = row(
    "listTools",
    "",
    &[],
    Answer::Names,
    "CallOptions",
    "string[]",
    "Names of the tools this token may call. wire: `tools/list`. @throws AuthError, TransportError",
);

/// `ping`: does the service answer this agent?
pub const PING: Tool = row(
    "ping",
    "comms_ping",
    &[key("toolName", "", Type::Text, When::Local, "string", "Tool to call. @defaultValue \"comms_ping\"")],
    Answer::Alive,
    "PingOptions",
    "boolean",
    "Whether the service answers this agent; every failure is `false`. wire: `comms_ping`.",
);

/// Every row.
pub const TOOLS: [&Tool; 4] = [&SEND_MESSAGE, &CALL_TOOL, &LIST_TOOLS, &PING];
