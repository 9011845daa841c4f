/**
 * `butt-dial-edge/testing`: the service as a double, for your own tests. In process by `fetch`, or over real HTTP. No global is
 * patched; nothing of it is in the production modules. Never import it there: it signs and it shows secrets.
 *
 * @example
 * import { Agent } from "butt-dial-edge";
 * import { FakeButtDialServer } from "butt-dial-edge/testing";
 *
 * const server = new FakeButtDialServer();
 * const agent = new Agent({ baseUrl: server.baseUrl, fetch: server.fetch, agentToken: "any" });
 * server.onSend({ fault: "cut_after_accept", sid: "SM-1" });
 * await agent.sendMessage({ to: "+15555550123", body: "hi" });
 * server.sentMessages.length; // 1
 */

/// <reference lib="esnext.disposable" />

import type { VerifyWebhookSignatureOptions } from "./webhooks.d.ts";
import type { Answer, BodyBytes, Channel, Clock, ErrorCode, FetchLike, JsonObject, JsonValue, MaybePromise, Open, Secret } from "./types.d.ts";

export { ButtDialError, ConfigError, DeadlineError, InternalError, ProtocolError, TransportError } from "./errors.js";

// ── Time ────────────────────────────────────────────────────────────────────────────────────────────────────

/** Time that stands still until told. Pass it as `clock`. */
export class VirtualClock implements Clock {
  /** @param options.now where time starts; by default 2026-01-01T00:00:00Z */
  constructor(options?: { now?: Date | number });
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves when time was moved on so far; at once for 0. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Moves time on, waking sleepers in order, and lets what they started settle. */
  advance(ms: number): Promise<void>;
  /** Sleeps that are due, in milliseconds from now, soonest first. */ readonly pending: readonly number[];
}

// ── Signed requests ─────────────────────────────────────────────────────────────────────────────────────────

/** Options of {@link signedWebhook}. */
export interface SignedWebhookOptions {
  /** Body: an object becomes JSON. */ body: BodyBytes | JsonObject;
  /** Secret to sign with. */ secret: Secret;
  /** `X-BD-Event`. @defaultValue `body.event`, else `body.type`, else "message" */ event?: string;
  /** `X-BD-Delivery-Id`. @defaultValue a random UUID */ deliveryId?: string;
  /** When it was signed. @defaultValue now */ at?: Date | number;
  /** Where to. @defaultValue "https://app.test/webhooks" */ url?: string;
}
/** A request as the service signs it. */
export function signedWebhook(options: SignedWebhookOptions): Request;
/** A request as Meta signs it. `url` is "https://app.test/webhooks" by default. */
export function signedWhatsapp(options: { body: BodyBytes | JsonObject; secret: Secret; url?: string }): Request;

/** Why a signature is, or is not, valid. Shows the expected digest: for tests and tools, never for an answer. */
export interface SignatureReport {
  /** Valid. */ readonly ok: boolean;
  /** The first of these that is the case: `no_secret`, `no_header`, `bad_timestamp`, `bad_prefix`, `bad_hex`, `mismatch`, `stale`, `future`, `valid`. */
  readonly reason: "valid" | "no_secret" | "no_header" | "bad_prefix" | "bad_hex" | "bad_timestamp" | "stale" | "future" | "mismatch";
  /** What was signed, as text. */ readonly baseString: string;
  /** How old, in seconds; negative: ahead. */ readonly ageSeconds: number | null;
  /** Digest of each secret, lower-case hex. */ readonly expected: readonly string[];
  /** Digest given. */ readonly given: string | null;
}
/** Explains a webhook signature. */
export function explainSignature(options: VerifyWebhookSignatureOptions): SignatureReport;

// ── Fixtures ────────────────────────────────────────────────────────────────────────────────────────────────

/** What a WhatsApp fixture says; sensible defaults for the rest. */
export interface WhatsappFixture {
  /** Sender. @defaultValue "15555550123" */ from?: string;
  /** Profile name. @defaultValue "Test Sender" */ name?: string;
  /** Message id. @defaultValue a random one */ id?: string;
  /** Text. @defaultValue "hello" */ text?: string;
  /** Instead of text: the message as Meta writes it, such as `{ type: "location", location: {…} }`. */ message?: JsonObject;
  /** Receiving number. @defaultValue "15550001111" */ to?: string;
  /** When. @defaultValue now */ at?: Date | number;
}
/** Status words of a receipt. */
export type ReceiptStatus = Open<"queued" | "sent" | "delivered" | "read" | "failed" | "undelivered">;
/** Bodies as the services write them. */
export const fixtures: {
  /** A WhatsApp Cloud body with these messages; with one if none is given. */ whatsapp(...messages: WhatsappFixture[]): JsonObject;
  /** A WhatsApp Cloud body with one status, `delivered` by default. */
  whatsappStatus(status: { id: string; status?: ReceiptStatus; recipient?: string; errors?: readonly JsonObject[] }): JsonObject;
  /** A body of the service with one message; any other key is taken over. */ message(message?: { sender?: string; text?: string; channel?: Channel } & JsonObject): JsonObject;
  /** `account.verified`. */ accountVerified(account?: { orgId?: string; ownerEmail?: string; teamToken?: Secret }): JsonObject;
};

// ── The service ─────────────────────────────────────────────────────────────────────────────────────────────

/** What may break a POST, a send's above all. */
export type PostFault =
  /** Reset before anything was taken, and the stream with it. */ | "cut_before_accept"
  /** Reset before anything was taken; the stream goes on. */ | "post_reset"
  /** Never answered; nothing was taken. */ | "post_hangs"
  /** 307 to another origin; nothing was taken. */ | "redirect"
  /** A page with status 200; nothing was taken. */ | "html_instead"
  /** Taken; then the stream breaks without the answer. */ | "cut_after_accept"
  /** Taken; then the stream ends as bodies end. */ | "clean_end"
  /** Taken; the stream breaks within the answer. */ | "cut_mid_event"
  /** Taken; the stream breaks within a character. */ | "cut_in_character"
  /** Taken, and not answered; other calls are. */ | "no_answer"
  /** Taken; the stream stays open and nothing more is ever written to it. */ | "half_open"
  /** One byte per chunk. */ | "slow_drip"
  /** The answer comes twice. */ | "duplicate_answer"
  /** The answer has both `result` and `error`. */ | "both_result_and_error"
  /** An answer to nobody's id comes first. */ | "unknown_id_first"
  /** The id comes back as text. */ | "string_id"
  /** The answer is the body of the POST. */ | "answer_in_post_body"
  /** The answer comes after the 202. */ | "answer_after_202"
  /** Events that are no messages come first. */ | "garbage_first"
  /** Comments without end instead of the answer. */ | "comment_flood"
  /** The answer is `size` bytes longer, 10 MiB by default. */ | "huge_event"
  /** An event without end instead of the answer. */ | "endless_event"
  /** The answer nests `size` arrays, 100,000 by default. */ | "deep_json"
  /** `size` pings of the service, 2000 by default, come before the answer. */ | "request_flood";
/** What may break the opening of a stream. */
export type OpeningFault =
  /** Reset without an answer. */ | "cut_before_accept"
  /** Accepted, and not even a head comes. */ | "no_headers"
  /** 302 to another origin. */ | "redirect"
  /** A page with status 200. */ | "html_instead"
  /** Breaks after the endpoint. */ | "cut_after_accept"
  /** Ends after the endpoint. */ | "clean_end"
  /** Breaks within the endpoint. */ | "cut_mid_event"
  /** Nothing after the endpoint, ever. */ | "half_open"
  /** No endpoint. */ | "no_endpoint"
  /** An endpoint on another origin. */ | "foreign_endpoint"
  /** An endpoint `//host/…`. */ | "foreign_endpoint_host"
  /** An endpoint `javascript:…`. */ | "foreign_endpoint_script"
  /** A second endpoint, on another origin. */ | "second_endpoint"
  /** Comments without end instead of the endpoint. */ | "comment_flood"
  /** An event without end instead of the endpoint. */ | "endless_event"
  /** An event of `size` bytes, 10 MiB by default, after the endpoint. */ | "huge_event"
  /** Events that are no messages come first. */ | "garbage_first"
  /** One byte per chunk, all along. */ | "slow_drip"
  /** Comments, unknown fields and empty events all along. */ | "noise"
  /** Lines end with CR LF, all along. */ | "crlf"
  /** Lines end with CR, all along. */ | "cr"
  /** A byte order mark first. */ | "bom"
  /** The stream is gzip, with comments behind the endpoint that unpack to `size` bytes, 300 MB by default. */ | "gzip_bomb";

/** An HTTP answer in place of the service's. */
export interface ScriptedAnswer {
  /** Status, from 200 to 599. */ status: number;
  /** Body: text, or else JSON. @defaultValue what the service says with that status */ body?: JsonValue;
  /** Headers. */ headers?: Readonly<Record<string, string>>;
}
/**
 * How the next sends end. A fault or an HTTP status breaks whatever send comes next, repeats of a known key too; every other
 * outcome waits for a send that is no repeat. Only what was taken is remembered under its key.
 */
export type SendScript = (
  | {
    /** Taken, with this id. */ sid: string;
  }
  | {
    /** Refused with this text. */ error: string;
    /** Machine-readable code. */ code?: ErrorCode;
    /** Advice. */ remediation?: string;
    /** The channel that refused. */ channel?: Channel;
    /** As `isError`. @defaultValue true */ isError?: boolean;
  }
  | {
    /** The tool's text, verbatim. Taken, unless it says `error`. */ rawText: string;
    /** As `isError`; then it is not taken. @defaultValue false */ isError?: boolean;
  }
  | {
    /** The whole MCP result. */ result: JsonObject;
  }
  | {
    /** A JSON-RPC error. */ rpcError: { code: number; message: string; data?: JsonValue };
  }
  | {
    /** The whole message of the answer, verbatim; `$id` stands for the id. Taken. */ rawMessage: string;
  }
  | ScriptedAnswer
  | {
    /** Something breaks. */ fault: PostFault;
    /** The id it has where it is taken. @defaultValue a random one */ sid?: string;
    /** How big, for faults that have a size. */ size?: number;
  }
) & {
  /** For how many sends. @defaultValue 1 */ count?: number;
  /** How long it takes: a send is taken at once and answered later. @defaultValue 0 */ delayMs?: number;
};
/** How the next requests to a path break: by a fault, a status, or a wait alone. */
export type RequestScript = (
  | {
    /** The stream. */ path: "/sse";
    /** What breaks its opening. */ fault: OpeningFault;
    /** How big, for faults that have a size. */ size?: number;
  }
  | {
    /** Any other path. */ path: "/messages" | (string & {});
    /** What breaks the POST, whatever is in it. */ fault: PostFault;
    /** How big, for faults that have a size. */ size?: number;
  }
  | ({
    /** Path without query. */ path: string;
  } & ScriptedAnswer)
  | {
    /** Path without query. */ path: string;
    /** First wait so long. */ delayMs: number;
  }
) & {
  /** For how many requests. @defaultValue 1 */ count?: number;
  /** First wait so long. @defaultValue 0 */ delayMs?: number;
};

/** A tool call the fake server saw. */
export interface RecordedCall {
  /** Tool. */ readonly tool: string;
  /** Arguments. */ readonly args: Answer;
  /** Token, as sent. */ readonly token: Secret | null;
  /** Key, if there was one. */ readonly idempotencyKey: string | null;
  /** The key was known: nothing was done again. */ readonly replayed: boolean;
  /** Session it came by. */ readonly sessionId: string;
  /** When, in milliseconds since 1970. */ readonly atMs: number;
}
/** An HTTP request the fake server saw. */
export interface RecordedRequest {
  /** Method. */ readonly method: string;
  /** Path with query. */ readonly path: string;
  /** Headers, names in lower case. */ readonly headers: Readonly<Record<string, string>>;
  /** Parsed body; text if it is not JSON, `null` if there is none. */ readonly body: JsonValue;
  /** When, in milliseconds since 1970. */ readonly atMs: number;
}
/** A JSON-RPC response of a client to a request of the service. */
export interface ClientAnswer {
  /** Session it came by. */ readonly sessionId: string;
  /** Id of the service's request. */ readonly id: JsonValue;
  /** Result, or `null`. */ readonly result: JsonValue;
  /** Error object, or `null`. */ readonly error: JsonValue;
}

/** Options of `new FakeButtDialServer`. */
export interface FakeServerOptions {
  /** Where it pretends to be. @defaultValue "https://butt-dial.test" */ baseUrl?: string;
  /** Agent tokens it knows, with their agent ids. @defaultValue any token is good */ tokens?: Readonly<Record<Secret, string>>;
  /** Whether it honours idempotency keys. @defaultValue true */ idempotency?: boolean;
  /** Whether it is the older server: the token of `/sse` from the query alone, `externalId` in results, no keys, no codes, no pushes. @defaultValue false */ legacy?: boolean;
  /** Whether ten refused tokens lock everybody out for 15 minutes. @defaultValue false */ lockout?: boolean;
  /** Whether answers that are ready come before the 202, as the real server has it. @defaultValue true */ answerBefore202?: boolean;
  /** Line ends of its streams. @defaultValue "lf" */ lineEnd?: "lf" | "crlf" | "cr";
  /** Whether a capabilities push comes one second after a stream opened. @defaultValue false */ welcome?: boolean;
  /** Whether pages of every origin may read its answers. @defaultValue false */ cors?: boolean;
  /** Whether requests are recorded. @defaultValue true */ recordRequests?: boolean;
  /** Secret it signs webhooks with. @defaultValue "fake-webhook-secret" */ webhookSecret?: Secret;
  /** Secret it signs as Meta with. @defaultValue "fake-whatsapp-secret" */ whatsappWebhookSecret?: Secret;
  /** Where `deliver` sends: a handler's `fetch`, an object with one, or a URL. @defaultValue the request's own URL */ deliverTo?: FetchLike | string;
  /** Time. @defaultValue the runtime's clock */ clock?: Clock;
}
/** A fake served over HTTP. */
export interface ServedFake extends AsyncDisposable {
  /** Where. */ readonly url: string;
  /** Stops, breaking what hangs. */ close(): Promise<void>;
}
/** How to serve. */
export interface ServeOptions {
  /** @defaultValue 0: any */ port?: number;
  /** @defaultValue "127.0.0.1" */ hostname?: string;
}

/**
 * The service as a double: MCP over server-sent events, webhooks, scripted REST answers. What was sent is recorded, what comes
 * next is scripted. Options and scripts that make no sense throw a `ConfigError`.
 */
export class FakeButtDialServer implements AsyncDisposable {
  constructor(options?: FakeServerOptions);
  /** Pass as `baseUrl`. */ readonly baseUrl: string;
  /** Pass as `fetch`; bound. Takes what the runtime's `fetch` takes; other origins are not there. */ readonly fetch: (input: Request | string | URL, init?: RequestInit) => Promise<Response>;
  /** Its webhook secret. */ readonly webhookSecret: Secret;
  /** Its Meta app secret. */ readonly whatsappWebhookSecret: Secret;
  /** Every tool call that reached it, in order. */ readonly calls: readonly RecordedCall[];
  /** Sends it took, each once: repeats of a key and refused sends are not here. */ readonly sentMessages: readonly RecordedCall[];
  /** Every request. */ readonly requests: readonly RecordedRequest[];
  /** Every answer of a client to a request of the service. */ readonly clientAnswers: readonly ClientAnswer[];
  /** Token of the latest call. */ readonly lastToken: Secret | null;
  /** Streams open now. */ readonly openStreams: number;

  /** Scripts the next sends, first in, first out. Unscripted sends succeed. */ onSend(script: SendScript): this;
  /**
   * Answers a tool, listing it if need be. Text is the tool's text, an object with a `content` array the whole MCP result,
   * anything else is written as JSON. A function that throws makes an `isError` result.
   */
  onTool(tool: string, answer: JsonValue | ((args: Answer) => MaybePromise<JsonValue | void>)): this;
  /** Answers a REST route, such as `POST /api/orgs/register`. Other routes answer 404, `GET /health` 200. */
  onRest(route: string, answer: { status?: number; body?: JsonValue; headers?: Readonly<Record<string, string>> }): this;
  /** Breaks the next requests to a path, first in, first out. */ onRequest(script: RequestScript): this;
  /** Tools it lists. @defaultValue `comms_send_message` and `comms_ping` */ setTools(tools: readonly string[]): this;
  /** Refuses a token from now on. */ revokeToken(token: Secret): this;
  /** Pushes to live streams; resolves to how many got it. `onConnect`: to the next stream that opens, before its `initialize` is answered. */
  push(data: JsonObject, options?: { onConnect?: boolean }): Promise<number>;
  /** Sends a JSON-RPC request to the newest session; resolves to its result. Rejects on an error, at `timeoutMs` (8000), and when nobody is there. */
  ask(request: { method: string; params?: JsonObject; timeoutMs?: number }): Promise<JsonValue>;
  /** Asks a live agent what to say on a call, by `sampling/createMessage`; resolves to its words. Rejects as {@link ask}. */
  promptVoice(prompt: { text: string; systemPrompt?: string }): Promise<string>;
  /** Breaks all streams, as a crash does; `clean` ends them, as a restart does. */ dropStreams(options?: { clean?: boolean }): void;

  /** A signed callback with a message; any other key is taken over. */ simulateInbound(message?: { sender?: string; text?: string; channel?: Channel; url?: string } & JsonObject): Request;
  /** A signed callback with a receipt; any other key is taken over. */ simulateReceipt(receipt: { messageSid: string; status: ReceiptStatus; url?: string } & JsonObject): Request;
  /** A signed account webhook, `account.verified` by default. */ simulateDelivery(delivery?: Partial<SignedWebhookOptions>): Request;
  /** A Meta-signed WhatsApp Cloud webhook. */ simulateWhatsapp(message?: WhatsappFixture & { url?: string }): Request;
  /**
   * Sends a request as the service would: again after 1 s, 5 s, 25 s, 2 min and 10 min until a 2xx; resolves to the answers, with
   * 504 for none within 10 s and 502 for a failure. A webhook signed with its secret is signed anew each time. Use with a virtual clock.
   */
  deliver(request: Request): Promise<readonly Response[]>;

  /** Forgets records, scripts, tools and keys; streams and tokens stay. */ reset(): void;
  /** Serves it over HTTP on loopback, in Node, Deno and Bun. Elsewhere rejects with a `ConfigError`. */ serve(options?: ServeOptions): Promise<ServedFake>;
  /** Ends streams and servers, breaks what hangs. */ close(): Promise<void>;
  /** `close`, for `await using`. */ [Symbol.asyncDispose](): Promise<void>;
}
