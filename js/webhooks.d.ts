/**
 * `butt-dial-edge/webhooks`: is it genuine, and what happened? A small module of its own, without the client.
 *
 * @example
 * import { receiveWebhook } from "butt-dial-edge/webhooks";
 *
 * const received = await receiveWebhook({ request, webhookSecret: env.BD_WEBHOOK_SECRET });
 * if (!received.ok) return received.response;
 * for (const event of received.events) console.log(event.type);
 */

import type { BodyBytes, InboundEvent, MaybePromise, Secret } from "./types.d.ts";

/** One secret, or several while one is being rotated. Nothing, or an empty string, makes every signature invalid. */
export type SecretInput = Secret | readonly Secret[] | null | undefined;

/**
 * What an unverified request claims. Good for looking up a secret, for nothing else. It is read as handlers will read it, within
 * `maxBodyBytes` and `maxDepth`; an id longer than 256 bytes, as it stands there, is none. A body that is not JSON claims nothing.
 */
export interface SecretHint {
  /** `orgId` of the unverified body. */ readonly claimedOrgId: string | null;
  /** `agentId` of the unverified body. */ readonly claimedAgentId: string | null;
  /** `X-BD-Event`, unverified. */ readonly claimedEvent: string | null;
  /** The receiving number of an unverified WhatsApp Cloud body; `null` if it names several. */ readonly claimedPhoneNumberId: string | null;
  /** The request, its body already read. */ readonly request: Request;
}

/** A secret, or how to find it, for a host of many workspaces. A lookup that finds nothing refuses the request. */
export type SecretSource<Hint = SecretHint> = SecretInput | ((hint: Hint) => MaybePromise<SecretInput>);

/** What {@link verifyWebhookSignature} needs. */
export interface VerifyWebhookSignatureOptions {
  /** The body exactly as received. A body that was parsed and printed again does not verify. */ rawBody: BodyBytes;
  /** `X-BD-Timestamp`: seconds since 1970, decimal digits only. */ timestampHeader: string | null | undefined;
  /** `X-BD-Signature`: `hmac-sha256=` and 64 lower-case hex digits. */ signatureHeader: string | null | undefined;
  /** Secret: the workspace's `webhookSecret`, as text (its hex is not decoded). */ secret: SecretInput;
  /** How old, or how far ahead, the timestamp may be, in seconds; the bound itself still passes. @defaultValue 300 */ toleranceSeconds?: number;
  /** The time to compare with. @defaultValue now */ now?: Date | number;
}

/**
 * Whether a webhook of the service is genuine and fresh: HMAC-SHA256 over timestamp, dot, body, compared in constant time.
 * Malformed input is `false`, never an exception. Does not notice a repeat: dedupe by `X-BD-Delivery-Id`. wire: account webhook.
 */
export function verifyWebhookSignature(options: VerifyWebhookSignatureOptions): boolean;

/** What {@link verifyWhatsappSignature} needs. */
export interface VerifyWhatsappSignatureOptions {
  /** The body exactly as received. */ rawBody: BodyBytes;
  /** `X-Hub-Signature-256`: `sha256=` and 64 lower-case hex digits. */ signatureHeader: string | null | undefined;
  /** Secret: the Meta app's secret. */ secret: SecretInput;
}

/**
 * Whether a WhatsApp Cloud webhook comes from Meta. Without a secret: `false`. Meta signs no timestamp, so an old genuine
 * webhook passes: dedupe by message id.
 */
export function verifyWhatsappSignature(options: VerifyWhatsappSignatureOptions): boolean;

/** What {@link verifyWhatsappSubscription} needs. */
export interface VerifyWhatsappSubscriptionOptions {
  /** `hub.mode` of the query. */ mode: string | null | undefined;
  /** `hub.verify_token` of the query. */ token: string | null | undefined;
  /** Secret: the verify token set in Meta's dashboard. Empty: always `false`. */ verifyToken: Secret | null | undefined;
}

/** Whether Meta's subscription challenge may be answered. Compares in constant time. */
export function verifyWhatsappSubscription(options: VerifyWhatsappSubscriptionOptions): boolean;

/** What {@link parseInbound} may be told. */
export interface ParseInboundOptions {
  /** How deep JSON may nest. @defaultValue 64 */ maxDepth?: number;
}

/**
 * All events of a webhook body, in order: WhatsApp Cloud envelopes and the service's own payloads, told apart by shape.
 * One unreadable item becomes an `unknown` event and costs the others nothing. Never throws; a body that is not JSON gives one
 * `unknown` event. Proves nothing about who sent it: verify first. Takes the raw body, or JSON already parsed.
 */
export function parseInbound(body: BodyBytes | object, options?: ParseInboundOptions): InboundEvent[];

/** What {@link receiveWebhook} needs. Only what has a secret here is accepted. */
export interface ReceiveWebhookOptions extends ParseInboundOptions {
  /** The request. Its body is read once, up to the limit. */ request: Request;
  /** Secret: the workspace's webhook secret, for account webhooks and signed callbacks. */ webhookSecret?: SecretSource;
  /** Secret: the Meta app's secret, for WhatsApp Cloud webhooks. */ whatsappWebhookSecret?: SecretSource;
  /** Secret: the verify token, for Meta's challenge. */ whatsappVerifyToken?: Secret | null;
  /**
   * Secret: accepts unsigned callbacks whose URL ends in this path segment, for servers that do not sign them. Weaker than a
   * signature: it lands in access logs, and says nothing about the body.
   */
  callbackToken?: SecretInput;
  /** Accepts everything unsigned. For local development only. @defaultValue false */ insecure?: boolean;
  /** How old, or how far ahead, a timestamp may be, in seconds. @defaultValue 300 */ toleranceSeconds?: number;
  /** Largest body in bytes; a larger one is refused before it is buffered. @defaultValue 1048576 */ maxBodyBytes?: number;
  /** Deadline for reading the body and finding the secret, in milliseconds. @defaultValue 10000 */ timeoutMs?: number;
  /** Stops waiting: the call rejects with `signal.reason`. */ signal?: AbortSignal;
  /** The time to compare with. @defaultValue now */ now?: Date | number;
}

/** How a request was recognised. */
export type WebhookSource = "account" | "callback" | "whatsapp";

/** What vouches for a request. */
export type WebhookProof = "signature" | "callback_token" | "none";

/** A genuine webhook. Answer it with any 2xx within 10 seconds. */
export interface ReceivedWebhook {
  /** Genuine. */ readonly ok: true;
  /** Not a challenge. */ readonly challenge: null;
  /** Who sent it. */ readonly source: WebhookSource;
  /** What vouches for it; `none` only with `insecure`. */ readonly proof: WebhookProof;
  /** `X-BD-Delivery-Id`: the same in all repeats of one delivery. */ readonly deliveryId: string | null;
  /** What happened, in order. */ readonly events: readonly InboundEvent[];
  /**
   * Keys to remember this delivery by, for hosts that dedupe themselves; `InboundHandler` does it for you. Of an account
   * webhook or a callback: claim them all. Of WhatsApp: one for each event, in the order of `events`;
   * `null` where nothing tells an event from its repeat.
   */
  readonly dedupeKeys: readonly (string | null)[];
  /** The body. */ readonly rawBody: Uint8Array;
  /** A plain 200. */ readonly response: Response;
}

/** Meta asks whether this URL is yours. Answer with `response`. */
export interface ReceivedChallenge {
  /** Genuine. */ readonly ok: true;
  /** The text to echo; `response` carries it as text/plain. */ readonly challenge: string;
  /** No events. */ readonly events: readonly [];
  /** The answer Meta waits for. */ readonly response: Response;
}

/** A request to refuse. */
export interface RefusedWebhook {
  /** Not genuine, or not readable. */ readonly ok: false;
  /** Why, for logs; the answer does not say it. */ readonly reason: WebhookRefusal;
  /** 400, 401, 403, 405, 408 or 413. */ readonly status: number;
  /** The refusal as an answer. */ readonly response: Response;
}

/** Why a request was refused. */
export type WebhookRefusal =
  | "not_configured" | "unsigned" | "bad_signature" | "stale" | "malformed_headers" | "wrong_verify_token"
  | "wrong_callback_token" | "too_large" | "read_timeout" | "not_json" | "method_not_allowed";

/**
 * A webhook in one call: reads the body once and not beyond the limit, verifies it by the headers it carries, parses it. Runs no
 * handler, remembers nothing. Rejects only when `signal` aborts (with its reason), when a secret lookup throws (with what it throws),
 * and with a `ConfigError`.
 * @throws ConfigError when an option is wrong, and when the request's body was already read or cannot be read
 */
export function receiveWebhook(options: ReceiveWebhookOptions): Promise<ReceivedWebhook | ReceivedChallenge | RefusedWebhook>;

export { ButtDialError, ConfigError, InternalError } from "./errors.js";
export type * from "./types.d.ts";
