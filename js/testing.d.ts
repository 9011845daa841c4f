/** `butt-dial-edge/testing`: what the service does, without the service. */

export * from "./errors.js";

/** What {@link signWebhook} needs. */
export interface SignWebhookOptions {
  /** The body. */ rawBody: string | Uint8Array | ArrayBuffer;
  /** Seconds since 1970, in decimal digits. */ timestampHeader: string;
  /** The secret. */ secret: string;
}

/** The `X-BD-Signature` that the service would send. */
export function signWebhook(options: SignWebhookOptions): string;
