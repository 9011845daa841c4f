/**
 * `butt-dial-edge`: the Butt-Dial communication service from the edge: Cloudflare Workers, Deno, Node, Bun, browsers.
 * ESM, nothing to initialise.
 *
 * Three secrets, three jobs. The **team token** belongs to the host's backend and to {@link AccountsClient}; the **agent token**
 * sends as one agent, with {@link Agent}; the **webhook secret** proves that a webhook is genuine, for {@link InboundHandler}. All
 * three stay on the server side: in a browser use this package with a test double only.
 *
 * Sends report how they ended as a {@link SendResult}; everything else throws a `ButtDialError`.
 *
 * @example
 * import { InboundHandler } from "butt-dial-edge";
 *
 * const inbound = new InboundHandler<Env>({ webhookSecret: ({ env }) => env.BD_WEBHOOK_SECRET });
 * inbound.onMessage(async (message, { agent }) => {
 *   await agent.sendMessage({ to: message.sender, channel: message.channel, body: `You said: ${message.text}` });
 * });
 * export default { fetch: inbound.fetch };
 */

/// <reference lib="esnext.disposable" />

import type * as A from "./accounts.d.ts";
import type { AgentRest } from "./rest.d.ts";
import type * as T from "./tools.d.ts";
import type { DeliveryDedupeStore } from "./stores.d.ts";
import type {
  CallOptions, Channel, Clock, ConnectionOptions, EnvSource, InboundEvent, InboundEventOf, InboundMessage, IsoDateTime, Logger, MaybePromise, Secret, SendResult,
  WaitOptions,
} from "./types.d.ts";
import type { ButtDialError } from "./errors.js";
import type { ReceiveWebhookOptions, SecretHint, SecretSource, WebhookProof, WebhookSource } from "./webhooks.d.ts";

export type * from "./accounts.d.ts";
export type * from "./answers.d.ts";
export type * from "./rest.d.ts";
export type * from "./tools.d.ts";
export type * from "./stores.d.ts";
export * from "./errors.js";
export * from "./webhooks.js";

/** Version of this package. */
export const VERSION: string;

// ════════════════════════════════════════════════════════════════════════════════════════════════════════════
// Agent: send as one agent
// ════════════════════════════════════════════════════════════════════════════════════════════════════════════

/** Options of `new Agent`. */
export interface AgentOptions extends ConnectionOptions {
  /** Your id of the agent. The service reads it from the token. */ agentId?: string;
  /** Secret: the agent's runtime token. The team token is refused by the service. */ agentToken?: Secret;
  /** Channel of sends that name none. @defaultValue "whatsapp" */ defaultChannel?: Channel;
  /** How often a send is tried. @defaultValue 3 */ maxAttempts?: number;
  /** Whether to repeat a send whose outcome is unknown, with the same key. Turn off for servers that ignore idempotency keys. @defaultValue true */ retryUnknown?: boolean;
  /** Deadline of a call, in milliseconds, attempts and pauses included. @defaultValue 30000 for sends and tools, 15000 for REST */ timeoutMs?: number;
  /** Deadline for a session to stand, in milliseconds. @defaultValue 10000 */ connectTimeoutMs?: number;
  /** Deadline that all calls of a webhook's agent share, in milliseconds; the service gives a webhook 10 s. @defaultValue 8000 */ replyBudgetMs?: number;
  /** How many requests of one session may wait for their answer at once. @defaultValue 4 */ maxInFlight?: number;
  /**
   * Keeps one session open between calls until `close`. For long-lived hosts and Durable Objects only: in Workers a session
   * belongs to one request. @defaultValue false: each call has its own, and `session` makes one for several
   */
  keepAlive?: boolean;
  /** How long a session of `session` or of a handler stays open unused, in milliseconds; the next call opens another. @defaultValue 5000 */ idleMs?: number;
  /** Largest server event in bytes. @defaultValue 8388608 */ maxEventBytes?: number;
  /** Tool that sends. @defaultValue "comms_send_message" */ sendToolName?: string;
  /** For old servers: also puts the token into the URL, and so into access logs. @defaultValue false */ legacyQueryToken?: boolean;
  /**
   * Gets what the server pushes while nobody listens with `listen`: any session may be handed the messages that wait for the agent,
   * and the server forgets them then. Without it they are logged as a warning, and lost. While this `Agent` listens, its listeners get
   * what comes on any of its sessions. Not awaited.
   */
  onPush?: (event: InboundEvent) => MaybePromise<void>;
}

/** Options of `Agent.fromEnv`: what is given here wins over the environment. */
export interface AgentFromEnvOptions extends Partial<AgentOptions> {
  /** A Workers `env`, or another source. @defaultValue the process's environment, where there is one */ env?: EnvSource;
}

/** What sends and calls: an {@link Agent}, or the scoped one that `session` and handlers give. */
export interface AgentCalls extends T.AgentTools, AgentRest {}

/** Events of `Agent.listen`. */
export type LiveEvent = Exclude<InboundEvent, { readonly type: "account_verified" | "account_event" }>;

/** Options of `Agent.listen`. Listeners of one agent share a connection: what is said about it counts for the first of them. */
export interface ListenOptions {
  /** Stops it: iterating then throws `signal.reason`, and events not yet read are dropped. */ signal?: AbortSignal;
  /** Connects again after a lost stream, 5xx and 429. Never after what will not heal: a refused token, any other 4xx, a redirect, an answer that is no event stream. @defaultValue true */ reconnect?: boolean;
  /** Longest pause between connects, in milliseconds; pauses start at 1000, double, and are shortened by up to a half at random. A `Retry-After` of the server makes them longer. @defaultValue 60000 */ maxBackoffMs?: number;
  /** How long a connection must last before pauses start over, in milliseconds. @defaultValue 30000 */ stableAfterMs?: number;
  /** Pings a silent stream after so long, in milliseconds, and replaces it when nothing comes within `connectTimeoutMs`. @defaultValue 30000 */ idlePingMs?: number;
  /**
   * Events held for a slow reader; beyond, the stream is not read on. Except while a call on the same connection waits for its
   * answer: what comes with it is held as well, and when that is 10,000 events too many, the listener ends with a `ProtocolError`
   * (`OVERFLOW`), behind all that it holds. Nothing is dropped. @defaultValue 1000
   */
  maxBuffered?: number;
  /** Told when the connection comes and goes. */ onStateChange?: (change: ListenState) => void;
  /**
   * Speaks for the agent on a phone call: returns the next utterance. When it fails, or takes longer than the 8 seconds there are, the
   * caller hears the server's fallback. Without it, callers get the server's answer. wire: `sampling/createMessage`.
   */
  onVoicePrompt?: (prompt: VoicePrompt) => MaybePromise<string | VoiceReply>;
  /**
   * In Cloudflare's Durable Objects, and only there: the object's state, `this.ctx`. A plain Worker cannot listen, since a stream ends
   * there with the request that opened it, and nothing else tells the two apart.
   */
  durableObject?: { blockConcurrencyWhile(work: () => Promise<unknown>): Promise<unknown> };
}

/** A change of a live connection. */
export interface ListenState {
  /** Now. */ readonly state: "connecting" | "open" | "waiting" | "closed";
  /** Connects so far. */ readonly connects: number;
  /** Pause before the next connect, when `waiting`. */ readonly retryInMs: number | null;
  /** Why it ended, when it did. */ readonly error: ButtDialError | null;
}

/** A phone call asks what to say. */
export interface VoicePrompt {
  /** The talk so far, oldest first. */ readonly messages: readonly { readonly role: "user" | "assistant"; readonly text: string }[];
  /** Instructions, with the server's guard rails. */ readonly systemPrompt: string | null;
  /** Length limit of the answer. */ readonly maxTokens: number | null;
  /** Milliseconds left; the caller waits 8 seconds in all, then hears a fallback. */ readonly timeLeftMs: number;
  /** Aborts when time is up. */ readonly signal: AbortSignal;
}

/** What to say, and who says so. */
export interface VoiceReply {
  /** Utterance. */ readonly text: string;
  /** Model name. @defaultValue "butt-dial-edge" */ readonly model?: string;
}

/** A live stream of events: iterate it, or close it. Iterating ends after `close`, and throws what ended it otherwise, behind the events it holds. */
export interface InboundStream extends AsyncIterableIterator<LiveEvent>, AsyncDisposable {
  /** Where it stands. */ readonly state: ListenState["state"];
  /** Ends it; events not yet read are dropped. */ close(): Promise<void>;
  /** The same, as `break` does it. */ return(value?: unknown): Promise<IteratorResult<LiveEvent>>;
}

/** A live subscription by callback. */
export interface InboundSubscription extends AsyncDisposable {
  /** Where it stands. */ readonly state: ListenState["state"];
  /** Resolves after `close`, rejects with what ended it otherwise. */ readonly closed: Promise<void>;
  /** Ends it. */ close(): Promise<void>;
}

/**
 * One agent: sends and calls tools over MCP (HTTP and server-sent events), and asks about itself over REST. Opening is lazy and closing automatic. The token goes
 * to `baseUrl`'s origin only. Make it once, at module level: it holds configuration only, and any number of requests may use it.
 */
export class Agent implements AsyncDisposable {
  /** @throws ConfigError if `baseUrl` is missing, or plain http to another host */
  constructor(options: AgentOptions);
  /** From `BUTT_DIAL_BASE_URL`, `BUTT_DIAL_AGENT_ID` and `BUTT_DIAL_AGENT_TOKEN`. @throws ConfigError naming the variable that is missing */
  static fromEnv(options?: AgentFromEnvOptions): Agent;
  /** Server root. */ readonly baseUrl: string;
  /** Your id of the agent. */ readonly agentId: string | null;
  /**
   * Runs `work` with an agent whose calls share one session: the listener's, while this `Agent` listens, else one of its own, which is
   * closed afterwards. In Workers this is the way to make several calls at the price of one connection.
   */
  session<R>(work: (agent: AgentCalls) => MaybePromise<R>): Promise<R>;
  /**
   * Live inbound events, the same objects that webhooks give, in the order in which they come. Reconnects by itself; what the server
   * repeats is dropped where it has an id. The agent's calls share the connection while somebody listens, those of `session` and of
   * webhook handlers too; what the server pushes on any other session of this `Agent` reaches the listeners as well. For long-lived hosts
   * and Durable Objects. Does not stop the service from also posting to the callback URL. Here by callback: the next event waits for
   * the handler. wire: `notifications/message`.
   * @throws ConfigError without a token, and in a plain Worker; what ends it later, such as a refused token, rejects `closed`
   */
  listen(options: ListenOptions & {
    /** Gets each event. */ onEvent: (event: LiveEvent) => MaybePromise<void>;
    /** Gets what `onEvent` throws. @defaultValue the logger */ onError?: (error: unknown, event: LiveEvent) => void;
  }): InboundSubscription;
  /** The same, as an iterator. @throws ConfigError as above; what ends it later throws from the iterator: an AuthError, or `signal.reason` */
  listen(options?: ListenOptions): InboundStream;
  /** Ends listeners and a `keepAlive` session; calls under way fail. The agent may be used again. */
  close(): Promise<void>;
  /** `close`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}
export interface Agent extends AgentCalls {}

// ════════════════════════════════════════════════════════════════════════════════════════════════════════════
// AccountsClient: the workspace
// ════════════════════════════════════════════════════════════════════════════════════════════════════════════

/** Options of `new AccountsClient`. */
export interface AccountsClientOptions extends Omit<ConnectionOptions, "random"> {
  /** Secret: the workspace token. Server-side only. Not needed for `register`, `verify` and other calls before it exists. */ teamToken?: Secret | null;
  /** Deadline of one call, in milliseconds. @defaultValue 15000 */ timeoutMs?: number;
}

/** Options of `AccountsClient.fromEnv`: what is given here wins over the environment. */
export interface AccountsFromEnvOptions extends Partial<AccountsClientOptions> {
  /** A Workers `env`, or another source. @defaultValue the process's environment, where there is one */ env?: EnvSource;
}

/** Options of `AccountsClient.rotateToken`. */
export interface RotateTokenOptions extends WaitOptions {
  /** Asks the person for the code; gets the phone's last digits, empty if the service does not tell. The deadline does not run meanwhile. */
  otpPrompt: (phoneHint: string) => MaybePromise<string>;
}

/** What must survive until the owner clicks: plain JSON. Holds secrets: store it encrypted. */
export interface OnboardingState {
  /** Workspace. */ readonly orgId: string;
  /** Secret. */ readonly pollToken: Secret;
  /** Secret: also what {@link InboundHandler} verifies `account.verified` with. */ readonly webhookSecret: Secret;
  /** When it began. */ readonly startedAt: IsoDateTime;
}

/** Where a webhook handler, in this isolate or another, leaves the token that `account.verified` brings. */
export interface OnboardingStore {
  /** The team token of the workspace, if its webhook came. What it throws is logged, and counts as nothing. */ get(orgId: string): MaybePromise<Secret | null | undefined>;
}

/** Options of `OnboardingHandshake.check`. */
export interface OnboardingCheckOptions extends WaitOptions {
  /** Looked into first. */ store?: OnboardingStore;
}

/** Options of `OnboardingHandshake.wait`. */
export interface OnboardingWaitOptions extends OnboardingCheckOptions {
  /** Deadline in milliseconds. @defaultValue 900000, the life of the link */ timeoutMs?: number;
  /** Also listens for `account.verified` in this process, and ends with the webhook if it is first. */ inbound?: Pick<InboundHandler, "onAccountVerified">;
  /** Pause between polls in milliseconds, at least 60000; longer when the server says so. @defaultValue 60000 */ pollIntervalMs?: number;
}

/** A registration under way. */
export interface OnboardingHandshake {
  /** Store this, to go on in another isolate with `resumeOnboarding`. */ readonly state: OnboardingState;
  /**
   * Waits for the click, by webhook or by polling, and fetches the token. Failures that may heal are waited out. Never ends early for
   * an address that was already verified: the service does not tell. In Workers it lives as long as its request: prefer `check` there.
   * @throws OnboardingRequired, DeadlineError, VerificationTokenExpired, AuthError, AccountsError
   */
  wait(options?: OnboardingWaitOptions): Promise<OnboardedWorkspace>;
  /** One look, for cron: the workspace, or `null` if the owner has not clicked. @throws OnboardingRequired, VerificationTokenExpired, AuthError, AccountsError */
  check(options?: OnboardingCheckOptions): Promise<OnboardedWorkspace | null>;
}

/** A workspace ready to use. */
export interface OnboardedWorkspace {
  /** Workspace. */ readonly orgId: string;
  /** Secret: the workspace token. */ readonly teamToken: Secret;
  /** How it was learned. */ readonly via: "webhook" | "poll";
  /** A client that holds the token. */ readonly accounts: AccountsClient;
}

/**
 * The workspace over REST. Ids are percent-encoded, answers read in either casing, deprecated routes logged once each. Calls throw
 * `AccountsError` or its subclasses, `AuthError`, `RateLimitError`, `TransportError`; those that need the team token throw `ConfigError`
 * without one. Nothing is tried again by itself. The token goes to `baseUrl`'s origin only. Holds configuration only: make it once.
 */
export class AccountsClient {
  /** @throws ConfigError if `baseUrl` is missing, or plain http to another host */
  constructor(options: AccountsClientOptions);
  /** From `BUTT_DIAL_BASE_URL` and `BUTT_DIAL_TEAM_TOKEN`; the token may be missing. @throws ConfigError naming the variable that is missing */
  static fromEnv(options?: AccountsFromEnvOptions): AccountsClient;
  /** Server root. */ readonly baseUrl: string;
  /** A copy with another token; this one stays as it is. */
  withToken(options: { teamToken: Secret }): AccountsClient;
  /** Registers, and hands back what waits for the owner's click and ends with the team token. Needs `webhookUrl`: its secret fetches the token. */
  startOnboarding(options: A.RegisterOptions & { webhookUrl: string }): Promise<OnboardingHandshake>;
  /** Goes on with a stored handshake, in another isolate or after a restart. */
  resumeOnboarding(options: { state: OnboardingState }): OnboardingHandshake;
  /**
   * Replaces the team token in one go: sends a code, asks for it, confirms. The old token dies; what `otpPrompt` throws is thrown.
   * @throws PhoneNotConfigured, OTPInvalid, OTPExpired, OTPMaxAttempts, ChallengeNotFound
   */
  rotateToken(options: RotateTokenOptions): Promise<A.NewToken>;
}
export interface AccountsClient extends A.AccountsCalls {}

// ════════════════════════════════════════════════════════════════════════════════════════════════════════════
// InboundHandler: webhooks in
// ════════════════════════════════════════════════════════════════════════════════════════════════════════════

/** The part of a Workers `ExecutionContext` (or its like) that the package uses. */
export interface WaitUntil {
  /** Keeps the isolate alive until the promise settles. */ waitUntil?(promise: Promise<unknown>): void;
}

/** What a secret lookup of an {@link InboundHandler} is given. */
export interface InboundHint<Env> extends SecretHint {
  /** What `fetch` was given as environment. */ readonly env: Env;
}

/** Options of `new InboundHandler`. Only what has a secret is accepted; with none, every POST is refused. */
export interface InboundHandlerOptions<Env = unknown>
  extends Pick<ReceiveWebhookOptions, "insecure" | "toleranceSeconds" | "maxBodyBytes" | "maxDepth" | "timeoutMs"> {
  /** Secret: the workspace's webhook secret, for account webhooks and signed callbacks. */ webhookSecret?: SecretSource<InboundHint<Env>>;
  /** Secret: the Meta app's secret, for WhatsApp Cloud webhooks. */ whatsappWebhookSecret?: SecretSource<InboundHint<Env>>;
  /** Secret: the verify token, for Meta's challenge on the same URL. */ whatsappVerifyToken?: SecretSource<InboundHint<Env>>;
  /** Secret: last path segment that lets unsigned callbacks in. See {@link ReceiveWebhookOptions.callbackToken}. */ callbackToken?: SecretSource<InboundHint<Env>>;
  /** The agent that handlers answer with; a function is asked once for each environment. @defaultValue `Agent.fromEnv({ env })` */ agent?: Agent | ((env: Env) => Agent);
  /**
   * Remembers deliveries, so that a repeat is answered but not handled: account webhooks and callbacks by `X-BD-Delivery-Id` and
   * signature for an hour, WhatsApp by message id, statuses by id, status and timestamp for 8 days.
   * @defaultValue a store in this isolate's memory: repeats that reach another isolate are handled again
   */
  dedupe?: DeliveryDedupeStore | ((env: Env) => DeliveryDedupeStore);
  /**
   * `after`: answers when the handlers are done. `before`: answers first and works on in `ctx.waitUntil`: **at most once**, what
   * fails then is not delivered again. Without a `ctx` it is `after`. @defaultValue "after"
   */
  ack?: "after" | "before";
  /** When a handler throws: `redeliver` answers 500 and lets the sender come again, `ack` answers 200. @defaultValue "redeliver" */ onHandlerError?: "redeliver" | "ack";
  /** Deadline of all handlers for one request, in milliseconds from when it came, claims included; the service waits 10 seconds. Above 0. @defaultValue 9000 with `after`, 25000 with `before` */ handlerTimeoutMs?: number;
  /** Log. @defaultValue nowhere */ logger?: Logger;
  /** Time. @defaultValue the runtime's clock */ clock?: Clock;
}

/** What a handler is given beside the event. */
export interface InboundContext<Env = unknown> {
  /**
   * An agent for this request: its calls share `replyBudgetMs` and one session, the listener's, while the `Agent` of the options
   * listens in this isolate, else one of their own. Its sends derive their idempotency keys from the event and their place in the handler, so that a
   * handler that runs again sends nothing twice. It ends with the handlers.
   * @throws ConfigError when there is no agent and the environment does not name one
   */
  readonly agent: AgentCalls;
  /** What `fetch` was given as environment. */ readonly env: Env;
  /** What `fetch` was given as context. */ readonly ctx: WaitUntil | undefined;
  /** The request, its body already read; `null` in `handleWhatsappPayload` and `handleGenericPayload`. */ readonly request: Request | null;
  /** Who sent it; `null` likewise. */ readonly source: WebhookSource | null;
  /** What vouches for it; `none` likewise. */ readonly proof: WebhookProof;
  /** `X-BD-Delivery-Id`. Not signed. `null` where there is none. */ readonly deliveryId: string | null;
  /** Aborts when `handlerTimeoutMs` is over before the handlers are. */ readonly signal: AbortSignal;
}

/** A handler. Handlers of one event run one after the other; what one throws does not stop the next. */
export type InboundCallback<Event extends InboundEvent, Env> = (event: Event, context: InboundContext<Env>) => MaybePromise<void>;

/** Which messages a handler wants. */
export interface MessageFilter {
  /** Only this channel; without it, all. Handlers with a channel run first. */ channel?: Channel;
}

/** Stops a handler. */
export type Unsubscribe = () => void;

/** What became of a payload. */
export interface DispatchReport {
  /** `ignored`: nothing in it that is a message or a receipt. */ readonly status: "processed" | "ignored";
  /** Messages. */ readonly messages: number;
  /** Receipts. */ readonly receipts: number;
  /** Everything else. */ readonly others: number;
  /** Events not handled because they were before. */ readonly duplicates: number;
  /** What handlers threw. */ readonly errors: readonly unknown[];
}

/**
 * Turns webhooks into calls of your handlers. One URL takes all of it: account webhooks, callbacks, WhatsApp Cloud and its challenge.
 * Verified before anything is parsed. Make it once, at module level; what depends on the request comes by `env`.
 */
export class InboundHandler<Env = unknown> {
  /** @throws ConfigError when an option is wrong */
  constructor(options?: InboundHandlerOptions<Env>);
  /**
   * A fetch handler, bound: mount it anywhere. Never rejects. 200 handled or repeated, 400 not readable, 401 not genuine (403 for
   * WhatsApp), 405, 408, 413, 500 when a handler or a store failed, 503 while the same delivery is being handled elsewhere.
   */
  readonly fetch: (request: Request, env?: Env, ctx?: WaitUntil) => Promise<Response>;
  /** A message from a person. */
  onMessage(handler: InboundCallback<InboundMessage, Env>): Unsubscribe;
  /** A message on one channel. */
  onMessage(filter: MessageFilter, handler: InboundCallback<InboundMessage, Env>): Unsubscribe;
  /** What became of a message of ours. */ onDeliveryReceipt(handler: InboundCallback<InboundEventOf<"delivery_receipt">, Env>): Unsubscribe;
  /** A change of state. */ onStatusUpdate(handler: InboundCallback<InboundEventOf<"status_update">, Env>): Unsubscribe;
  /** A workspace was verified; carries its token. Only from signed webhooks. */ onAccountVerified(handler: InboundCallback<InboundEventOf<"account_verified">, Env>): Unsubscribe;
  /** An event of a workspace by its name on the wire, such as `account.verified` or `agent.suspended`. Only from signed webhooks. */
  onEvent(name: string, handler: InboundCallback<InboundEventOf<"account_verified" | "account_event">, Env>): Unsubscribe;
  /** Our own message, come back. */ onEcho(handler: InboundCallback<InboundEventOf<"echo">, Env>): Unsubscribe;
  /** A message of ours that the server could not send. */ onFailedOutbound(handler: InboundCallback<InboundEventOf<"failed_outbound">, Env>): Unsubscribe;
  /** Anything else, and what could not be read. Without a handler it is logged. */ onUnknown(handler: InboundCallback<InboundEventOf<"unknown">, Env>): Unsubscribe;
  /** Every event, after its own handlers. */ onAny(handler: InboundCallback<InboundEvent, Env>): Unsubscribe;
  /** What handlers throw. Without it, it is logged. */ onError(handler: (error: unknown, event: InboundEvent, context: InboundContext<Env>) => MaybePromise<void>): Unsubscribe;
  /** Parses a WhatsApp Cloud body and runs handlers. Verifies and dedupes nothing. Never rejects. */
  handleWhatsappPayload(payload: unknown, context?: { env?: Env }): Promise<DispatchReport>;
  /** Parses a body of the service and runs handlers. Verifies and dedupes nothing. Never rejects. */
  handleGenericPayload(payload: unknown, context?: { env?: Env }): Promise<DispatchReport>;
}
