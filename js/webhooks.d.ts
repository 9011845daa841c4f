/** `butt-dial-edge/webhooks`: is it genuine? A small module of its own. */

export * from "./errors.js";

/** What {@link verifyWebhookSignature} needs. */
export interface VerifyWebhookSignatureOptions {
  /** The body exactly as received. */ rawBody: string | Uint8Array | ArrayBuffer;
  /** `X-BD-Timestamp`: seconds since 1970, decimal digits only. */ timestampHeader: string | null | undefined;
  /** `X-BD-Signature`: `hmac-sha256=` and 64 lower-case hex digits. */ signatureHeader: string | null | undefined;
  /** The workspace's `webhookSecret`, as text. */ secret: string | readonly string[] | null | undefined;
  /** How old, or how far ahead, the timestamp may be, in seconds. @defaultValue 300 */ toleranceSeconds?: number;
  /** The time to compare with. @defaultValue now */ now?: Date | number;
}

/**
 * Whether a webhook of the service is genuine and fresh: HMAC-SHA256 over timestamp, dot, body, compared in constant time.
 * Malformed input is `false`, never an exception; a call without options is a `ConfigError`.
 */
export function verifyWebhookSignature(options: VerifyWebhookSignatureOptions): boolean;
