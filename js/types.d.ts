/**
 * Shared types of `butt-dial-edge`: the words every entry point speaks.
 *
 * Three conventions hold everywhere. Objects you pass in leave out what is not given; objects you get back have
 * every declared member, with `null` for "not there". Date-times are ISO 8601 strings in UTC in the objects you
 * get back, and `Date` or ISO strings in the options you pass. A number that is not finite and an invalid date in
 * options of `Agent`, `AccountsClient` and their calls are a `ConfigError`.
 */

/// <reference lib="esnext.disposable" />

import type { ButtDialError } from "./errors.d.ts";

// ── Small words ─────────────────────────────────────────────────────────────────────────────────────────────

/** A value, or a promise of it. Host interfaces may answer either way. */
export type MaybePromise<T> = T | Promise<T>;

/** One of the known words, or any other string: the service may add words before this package knows them. */
export type Open<Known extends string> = Known | (string & {});

/**
 * A string that opens doors: a token, a webhook secret, a one-time code. Never log it, never put it into a URL,
 * never send it to a browser. The package keeps secrets out of errors, logs and `JSON.stringify` of its clients; it cannot
 * keep them out of yours, nor out of answers and events whose very point is to hand you one.
 */
export type Secret = string;

/** A date-time as ISO 8601 text in UTC, such as `2026-05-10T09:30:00.000Z`. */
export type IsoDateTime = string;

/** What JSON can carry. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** A JSON object. Members that are `undefined` are left out on the wire. */
export interface JsonObject {
  /** By name. */ readonly [key: string]: JsonValue | undefined;
}

/**
 * What the service answered. Declared members are camelCase whatever casing the server used; members the package
 * does not know pass through as `unknown`. The package does not invent what a server left out: a member typed as
 * present is one that the service documents as always present.
 */
export interface Answer {
  /** By name. */ readonly [key: string]: unknown;
}

/** Raw bytes or text of a request body. Text is taken as UTF-8. */
export type BodyBytes = Uint8Array | ArrayBuffer | string;

/** A communication channel. */
export type Channel = Open<"whatsapp" | "sms" | "email" | "voice" | "line" | "telegram">;

/** Grammatical gender of the person addressed. wire: `targetGender`. */
export type TargetGender = Open<"male" | "female" | "unknown">;

// ── What the host may inject ────────────────────────────────────────────────────────────────────────────────

/**
 * How the package reaches the network. It is always called with one `Request` whose `redirect` is `"manual"`.
 * Pass a service binding as `(request) => env.SERVICE.fetch(request)`, a fake server's `fetch`, or a proxy.
 */
export type FetchLike = ((request: Request) => MaybePromise<Response>) | Fetcher;

/** An object with a `fetch` method: a Workers service binding, a Durable Object stub, a fake server. */
export interface Fetcher {
  /** Sends one request. */ fetch(request: Request): MaybePromise<Response>;
}

/** Where time comes from. The default is the runtime's own clock; tests pass a `VirtualClock`. */
export interface Clock {
  /** Milliseconds since 1970 UTC. */
  now(): number;
  /** Resolves after `ms` milliseconds, or rejects with the signal's reason as soon as it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/**
 * Where log lines go. `console` fits. A missing method drops its level; without a logger the package is silent. Lines hold no secrets,
 * phone numbers or message text; `detail` is what a handler or a store of yours threw, or one word.
 */
export interface Logger {
  /** Not used yet. */ debug?(message: string, detail?: unknown): void;
  /** Not used yet. */ info?(message: string, detail?: unknown): void;
  /** Refused webhooks, events and pushes that nobody takes, routes that the service gives up. */ warn?(message: string, detail?: unknown): void;
  /** Failures that no promise reports, such as a handler that threw. */ error?(message: string, detail?: unknown): void;
}

/** Environment variables the package reads. A Workers `env`, `process.env` or a plain object fits. */
export interface ButtDialEnv {
  /** Server root, such as `https://call.example.com`. */ readonly BUTT_DIAL_BASE_URL?: unknown;
  /** Legacy: full SSE URL, read when `BUTT_DIAL_BASE_URL` is empty; a trailing `/sse` is removed. */ readonly BUTT_DIAL_URL?: unknown;
  /** The agent's id, chosen by the host. */ readonly BUTT_DIAL_AGENT_ID?: unknown;
  /** Secret: the agent's runtime token. */ readonly BUTT_DIAL_AGENT_TOKEN?: unknown;
  /** Secret: the workspace token. */ readonly BUTT_DIAL_TEAM_TOKEN?: unknown;
}

/** Anything to read environment variables from. Values that are not strings count as unset. */
export type EnvSource = ButtDialEnv | object;

// ── Options shared by calls ─────────────────────────────────────────────────────────────────────────────────

/** How long to wait, and how to stop waiting. Part of every options object. */
export interface WaitOptions {
  /**
   * Deadline of the whole call in milliseconds, all attempts and pauses included; in `sendMessages`, of each message, from when it is
   * begun. @defaultValue the object's `timeoutMs`
   */
  timeoutMs?: number;
  /** Stops the call early. It rejects with `signal.reason`, as `fetch` does; sends settle as a {@link SendResult} instead. */
  signal?: AbortSignal;
}

/** Options of every call on an agent. */
export interface CallOptions extends WaitOptions {
  /** Secret: a token for this call only, in place of the agent's. It gets a session of its own. */
  agentToken?: Secret;
}

/** Options of everything that talks to a server. */
export interface ConnectionOptions {
  /** Server root. A trailing `/` and one trailing `/sse` are removed; a path prefix is kept. https, unless loopback. */
  baseUrl: string;
  /** How to reach the network. @defaultValue the runtime's `fetch` */
  fetch?: FetchLike;
  /** Where log lines go. @defaultValue nowhere */
  logger?: Logger;
  /** Where time comes from. @defaultValue the runtime's clock */
  clock?: Clock;
  /** Where jitter comes from: a number from 0 up to 1. Keys and ids never come from it. @defaultValue `Math.random` */
  random?: () => number;
  /** Allows plain http to hosts other than loopback, which shows tokens to the network. @defaultValue false */
  allowInsecureHttp?: boolean;
}

// ── Sending ─────────────────────────────────────────────────────────────────────────────────────────────────

/** Where a send ended. `auth` and the first four words are produced today; treat others as `transport`. */
export type SendStage = Open<"config" | "auth" | "transport" | "server" | "parse" | "session" | "tool_call">;

/** What every send reports. */
export interface SendReport {
  /** How often the tool was called, 0 when the message never left. */ readonly attempts: number;
  /** The key used; keep it to try again without a duplicate. */ readonly idempotencyKey: string;
  /** The tool result as the server gave it, or `null`. */ readonly raw: unknown;
}

/** The service accepted the message and gave it an id. Accepted is not delivered: that is what receipts tell. */
export interface SentResult extends SendReport {
  /** Accepted. */ readonly outcome: "sent";
  /** `true` when accepted. */ readonly ok: true;
  /** `false` when accepted. */ readonly failed: false;
  /** The service's id of the message. */ readonly messageSid: string;
  /** Nothing. */ readonly error: null;
  /** Nothing. */ readonly errorCode: null;
  /** Nothing. */ readonly errorChannel: null;
  /** Nothing. */ readonly stageFailed: null;
  /** Nothing. */ readonly remediation: null;
  /** Nothing to retry. */ readonly retryable: false;
  /** Nothing. */ readonly retryAfterMs: null;
  /** Nothing. */ readonly cause: null;
}

/**
 * The message did not go out (`not_sent`), or nobody can say (`unknown`: the connection was lost, the deadline passed or
 * the call was aborted after the request had left). Repeat an `unknown` only with the same `idempotencyKey`.
 */
export interface UnsentResult extends SendReport {
  /** Certainly not accepted, or not known. */ readonly outcome: "not_sent" | "unknown";
  /** `false` when not accepted. */ readonly ok: false;
  /** `true` when not accepted. */ readonly failed: true;
  /** Nothing. */ readonly messageSid: null;
  /** What went wrong, for people. */ readonly error: string;
  /** The server's code, such as `NO_CHANNEL_ASSIGNED`; `null` if it sent none. Ours is `cause.code`. */ readonly errorCode: ErrorCode | null;
  /** The channel the server blamed. */ readonly errorChannel: Channel | null;
  /** Where it ended. */ readonly stageFailed: SendStage;
  /** What to do about it, from the server or from this package's table. */ readonly remediation: string | null;
  /** Whether trying again later, with the same key, may succeed. */ readonly retryable: boolean;
  /** How long the server asked to wait, in milliseconds. */ readonly retryAfterMs: number | null;
  /** The error behind it. */ readonly cause: ButtDialError;
}

/** How a send ended: check `outcome` or `ok`. Sends report failures here instead of throwing them. */
export type SendResult = SentResult | UnsentResult;

/** Codes the service is known to use. Any other string may come. */
export type ErrorCode = Open<
  | "AUTH_MISSING_HEADER" | "AUTH_INVALID_TOKEN" | "AUTH_TOKEN_REVOKED" | "AUTH_WRONG_SCOPE" | "AUTH_REQUIRED"
  | "AUTH_LOCKED_OUT" | "AUTH_FORBIDDEN" | "AUTH_TIMESTAMP_EXPIRED" | "AUTH_NONCE_REPLAY" | "TOKEN_REVOKED"
  | "RATE_LIMITED" | "MISSING_FIELDS" | "INVALID_JSON" | "PHONE_INVALID" | "TEMPLATE_MISSING_VERIFY_URL"
  | "TEMPLATE_TOO_LARGE" | "VERIFICATION_TOKEN_EXPIRED" | "VERIFICATION_TOKEN_INVALID" | "ALREADY_VERIFIED"
  | "ORG_ALREADY_VERIFIED" | "TOS_VERSION_MISMATCH" | "REQUIRES_ONBOARDING" | "WEBHOOK_SECRET_UNREGISTERED"
  | "PHONE_NOT_CONFIGURED" | "OTP_INVALID" | "OTP_EXPIRED" | "OTP_MAX_ATTEMPTS" | "CHALLENGE_NOT_FOUND"
  | "EMAIL_ALREADY_REGISTERED" | "AGENT_NOT_FOUND" | "AGENT_NOT_PROVISIONED" | "NOT_PROVISIONED"
  | "NO_CHANNEL_ASSIGNED" | "CHANNEL_UNAVAILABLE" | "PROVIDER_UNSUPPORTED" | "CHANNEL_UNSUPPORTED"
  | "PROVIDER_WEBHOOK_WIRE_FAILED"
  // minted by this package
  | "CONFIG" | "TRANSPORT" | "CONNECT_TIMEOUT" | "TIMEOUT" | "STREAM_LOST" | "ABORTED" | "PROTOCOL" | "TOO_LARGE"
  | "TOOL_FAILED" | "INVALID_ARGUMENTS" | "UNKNOWN_TOOL" | "HTTP_ERROR" | "INTERNAL"
>;

// ── Inbound events ──────────────────────────────────────────────────────────────────────────────────────────

/** Everything that can arrive, by webhook or over `Agent.listen`. Switch on `type`. */
export type InboundEvent =
  | InboundMessage | DeliveryReceipt | StatusUpdate | EchoEvent | FailedOutboundEvent
  | AccountVerifiedEvent | AccountEvent | CapabilitiesEvent | UnknownEvent;

/** The event with a given `type`. */
export type InboundEventOf<T extends InboundEvent["type"]> = Extract<InboundEvent, { readonly type: T }>;

/** Members that every event has. */
export interface EventBase {
  /** The part of the payload this event was read from, as parsed JSON. For WhatsApp: the one message or status. */
  readonly raw: unknown;
}

/** What a message carries, whatever its direction. wire: generic payload and WhatsApp envelope. */
export interface MessageEventFields extends EventBase {
  /** The service's or provider's message id; dedupe by this. */ readonly id: string | null;
  /** The provider's id where the server gives one apart. */ readonly externalId: string | null;
  /** The person's address: number, e-mail, LINE id. */ readonly sender: string;
  /** Our address, where the server tells. WhatsApp Cloud does not: the receiving number is in `whatsapp.displayPhoneNumber`. */ readonly to: string | null;
  /** The channel; `"sms"` for a generic payload that names none. */ readonly channel: Channel;
  /** The text, caption or reply title; `"[image message]"` and the like where there is none. */ readonly text: string;
  /** What the message is made of. Switch on `content.type`. */ readonly content: MessageContent;
  /** URL of the first file. WhatsApp Cloud gives ids instead: see `content`. */ readonly mediaUrl: string | null;
  /** The server's media type as given: a coarse word or a MIME type. */ readonly mediaType: string | null;
  /** Exact MIME type of the first file. */ readonly mimeType: string | null;
  /** Name of the first file. */ readonly fileName: string | null;
  /** All files the server listed. */ readonly attachments: readonly Attachment[];
  /** E-mail subject. */ readonly subject: string | null;
  /** E-mail body as HTML: hostile input, sanitise before showing it. */ readonly html: string | null;
  /** Whether it was spoken into a phone. */ readonly isVoiceMessage: boolean;
  /** Transcription of a voice message: text, or an object of the server's. */ readonly voiceTranscription: string | Answer | null;
  /** Whether it came from a group. */ readonly isGroup: boolean;
  /** Group id, such as `…@g.us`. */ readonly groupId: string | null;
  /** Group name. */ readonly groupName: string | null;
  /** Display name of the person. Chosen by them: not an identity. */ readonly senderName: string | null;
  /** Stable handle of our sender; pass it back as `senderSid` to answer from the same number. */ readonly senderSid: string | null;
  /** Where an answer belongs: the group in groups, else the sender. */ readonly replyTo: string | null;
  /** Id of the receiving agent. */ readonly agentId: string | null;
  /** Label of the receiving agent. */ readonly agentName: string | null;
  /** The service's conversation id. */ readonly sessionId: string | null;
  /** The service's conversation: participants, summary, recent messages. */ readonly session: Answer | null;
  /** Your conversation id, if the server echoes it. */ readonly threadId: string | null;
  /** When it was sent or received, by the server's clock. */ readonly receivedAt: IsoDateTime | null;
  /** Present for WhatsApp Cloud webhooks. */ readonly whatsapp: WhatsAppDetails | null;
}

/** A message from a person to an agent. */
export interface InboundMessage extends MessageEventFields {
  /** Says what this is. */ readonly type: "message";
}

/** Our own outbound message, re-emitted by the server. Never answer it. wire: `echo`. */
export interface EchoEvent extends MessageEventFields {
  /** Says what this is. */ readonly type: "echo";
}

/** One of our messages that the server could not send. `sender` and `to` are ours and the recipient's. wire: `direction` outbound. */
export interface FailedOutboundEvent extends MessageEventFields {
  /** Says what this is. */ readonly type: "failed_outbound";
  /** Why, such as `send_failed`. */ readonly reason: string | null;
}

/** What became of a message we sent. Order is not promised: `read` may come before `delivered`. */
export interface DeliveryReceipt extends EventBase {
  /** Says what this is. */ readonly type: "delivery_receipt";
  /** Id of the message; equals `SendResult.messageSid`. */ readonly messageSid: string;
  /** How far it got. */ readonly status: Open<"queued" | "sent" | "delivered" | "read" | "failed" | "undelivered">;
  /** Channel, where known. */ readonly channel: Channel | null;
  /** Recipient, where known. */ readonly recipient: string | null;
  /** When, by the provider's clock. */ readonly timestamp: IsoDateTime | null;
  /** The first error's code as text. */ readonly errorCode: string | null;
  /** All errors. */ readonly errors: readonly ProviderError[];
  /** WhatsApp: the billing conversation. */ readonly conversation: { readonly id: string | null; readonly origin: string | null; readonly expiresAt: IsoDateTime | null } | null;
  /** WhatsApp: what it costs. */ readonly pricing: { readonly billable: boolean | null; readonly model: string | null; readonly category: string | null; readonly type: string | null } | null;
  /** WhatsApp: your `biz_opaque_callback_data`. */ readonly callbackData: string | null;
}

/** A change of the agent's or connection's state. Its keys are not documented by the service. */
export interface StatusUpdate extends EventBase {
  /** Says what this is. */ readonly type: "status_update";
  /** Which state changed. */ readonly kind: string;
  /** How. */ readonly detail: string | null;
  /** When. */ readonly timestamp: IsoDateTime | null;
}

/** The workspace's owner confirmed the e-mail address: here is the team token. wire: `account.verified`. */
export interface AccountVerifiedEvent extends EventBase {
  /** Says what this is. */ readonly type: "account_verified";
  /** The event name on the wire. */ readonly event: "account.verified";
  /** Workspace. */ readonly orgId: string;
  /** Owner's e-mail address. */ readonly ownerEmail: string | null;
  /** Secret: the workspace token, shown here once. Store it in a vault; do not log the event. */ readonly teamToken: Secret;
  /** What the token may do, such as `org-admin`. */ readonly scopes: string | null;
  /** When. */ readonly verifiedAt: IsoDateTime | null;
}

/** Any other signed event about the workspace, such as `agent.suspended`. */
export interface AccountEvent extends EventBase {
  /** Says what this is. */ readonly type: "account_event";
  /** The event name on the wire. */ readonly event: string;
  /** Workspace, where the body names it. */ readonly orgId: string | null;
  /** Agent, where the body names it. */ readonly agentId: string | null;
  /** The body. */ readonly data: Answer;
}

/** What the server can do for this agent; the first push after connecting. Only from `Agent.listen`. */
export interface CapabilitiesEvent extends EventBase {
  /** Says what this is. */ readonly type: "capabilities";
  /** As given. */ readonly data: Answer;
}

/** Something genuine that no other type covers. Nothing is dropped silently. */
export interface UnknownEvent extends EventBase {
  /** Says what this is. */ readonly type: "unknown";
  /** A kind this package does not know, or a known kind that could not be read. */ readonly reason: "unknown_kind" | "malformed";
  /** The kind on the wire, if it has one. */ readonly kind: string | null;
  /** What was wrong, for people. */ readonly detail: string;
}

/** A file. WhatsApp Cloud gives an `id` to be fetched from Meta with your own token; other servers give a `url`. */
export interface Media {
  /** Provider's media id. */ readonly id: string | null;
  /** Where to fetch it. Untrusted: do not fetch it from inside a private network. */ readonly url: string | null;
  /** MIME type. */ readonly mimeType: string | null;
  /** Name. Untrusted: not a path. */ readonly fileName: string | null;
  /** SHA-256 as given. */ readonly sha256: string | null;
}

/** A file in a generic payload. wire: `attachments`. */
export interface Attachment {
  /** Name. */ readonly fileName: string | null;
  /** MIME type. */ readonly mimeType: string | null;
  /** Bytes. */ readonly size: number | null;
  /** Where to fetch it. */ readonly url: string | null;
}

/** An error a provider reported. */
export interface ProviderError {
  /** Code as text. */ readonly code: string | null;
  /** Title. */ readonly title: string | null;
  /** Message. */ readonly message: string | null;
  /** Details. */ readonly details: string | null;
}

/**
 * What a message is made of. Generic payloads are `text` or `media`; all types come from WhatsApp Cloud. WhatsApp's
 * `interactive` is flattened into its three replies.
 */
export type MessageContent =
  /** Text. */
  | { readonly type: "text"; readonly body: string }
  /** A picture. */
  | { readonly type: "image"; readonly media: Media; readonly caption: string | null }
  /** A sound; `voice` says it was recorded in the chat. */
  | { readonly type: "audio"; readonly media: Media; readonly voice: boolean }
  /** A film. */
  | { readonly type: "video"; readonly media: Media; readonly caption: string | null }
  /** A file. */
  | { readonly type: "document"; readonly media: Media; readonly caption: string | null }
  /** A sticker. */
  | { readonly type: "sticker"; readonly media: Media; readonly animated: boolean }
  /** A file of a generic payload, whose kind is in its MIME type. */
  | { readonly type: "media"; readonly media: Media; readonly caption: string | null }
  /** A place. */
  | { readonly type: "location"; readonly latitude: number; readonly longitude: number; readonly name: string | null; readonly address: string | null; readonly url: string | null }
  /** Address cards. */
  | { readonly type: "contacts"; readonly contacts: readonly ContactCard[] }
  /** A reaction to a message; `emoji` is `null` when it was taken back. */
  | { readonly type: "reaction"; readonly messageId: string; readonly emoji: string | null }
  /** A template's quick-reply button. */
  | { readonly type: "button"; readonly text: string; readonly payload: string | null }
  /** A reply button. */
  | { readonly type: "button_reply"; readonly id: string; readonly title: string }
  /** A list row. */
  | { readonly type: "list_reply"; readonly id: string; readonly title: string; readonly description: string | null }
  /** A flow's answer; `response` is parsed from its JSON text, or that text where it is not JSON. */
  | { readonly type: "nfm_reply"; readonly name: string | null; readonly body: string | null; readonly response: unknown }
  /** A cart. */
  | { readonly type: "order"; readonly catalogId: string | null; readonly text: string | null; readonly items: readonly OrderItem[] }
  /** WhatsApp speaking, such as a person's new number. */
  | { readonly type: "system"; readonly kind: string | null; readonly body: string | null; readonly newWaId: string | null }
  /** A message WhatsApp does not hand out. */
  | { readonly type: "unsupported"; readonly errors: readonly ProviderError[] }
  /** A type this package does not know; see `raw`. */
  | { readonly type: "unknown"; readonly kind: string | null };

/** An address card. */
export interface ContactCard {
  /** Name as shown. */ readonly name: string | null;
  /** Numbers. */ readonly phones: readonly { readonly phone: string | null; readonly type: string | null; readonly waId: string | null }[];
  /** E-mail addresses. */ readonly emails: readonly { readonly email: string | null; readonly type: string | null }[];
  /** The card as given. */ readonly raw: unknown;
}

/** A line of a cart. */
export interface OrderItem {
  /** Product. */ readonly productRetailerId: string | null;
  /** How many. */ readonly quantity: number | null;
  /** Price of one. */ readonly itemPrice: number | null;
  /** ISO 4217. */ readonly currency: string | null;
}

/** What only WhatsApp Cloud tells. wire: `metadata`, `contacts`, `context`, `referral`. */
export interface WhatsAppDetails {
  /** Id of the receiving number. */ readonly phoneNumberId: string | null;
  /** The receiving number as shown. */ readonly displayPhoneNumber: string | null;
  /** Business account: `entry[].id`. */ readonly businessAccountId: string | null;
  /** The person's WhatsApp id. */ readonly waId: string | null;
  /** The person's profile name, joined from `contacts` by id. */ readonly profileName: string | null;
  /** The message answered or forwarded. */ readonly context: {
    readonly messageId: string | null; readonly from: string | null;
    readonly forwarded: boolean; readonly frequentlyForwarded: boolean;
    readonly referredProduct: { readonly catalogId: string | null; readonly productRetailerId: string | null } | null;
  } | null;
  /** The advertisement or post that brought the person here. */ readonly referral: Answer | null;
}
