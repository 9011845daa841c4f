// What must compile, and, by `@ts-expect-error`, what must not.
import * as main from "butt-dial-edge";
import * as webhooks from "butt-dial-edge/webhooks";

const options: webhooks.VerifyWebhookSignatureOptions = {
  rawBody: new Uint8Array(),
  timestampHeader: null,
  signatureHeader: undefined,
  secret: ["old", "new"],
  now: new Date(),
};

export const verified: boolean = main.verifyWebhookSignature(options) && webhooks.verifyWebhookSignature(options);

// @ts-expect-error: options are needed
main.verifyWebhookSignature();
// @ts-expect-error: a parsed body does not verify
main.verifyWebhookSignature({ ...options, rawBody: {} });
// @ts-expect-error: the result is no promise
main.verifyWebhookSignature(options).then();

// The classes are the same ones, whichever module they come from.
export const error: webhooks.ConfigError = new main.ConfigError("x", { code: "CONFIG", cause: options });
export const code: string = error.code;
// @ts-expect-error: what an error says is read-only
error.code = "OTHER";
