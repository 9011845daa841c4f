/** @file One call of `verifyWebhookSignature` for each case. */

export function adapter({ webhooks }) {
  return ({ bodyHex, timestampHeader, signatureHeader, secret, toleranceSeconds, now }) =>
    webhooks.verifyWebhookSignature({
      rawBody: Buffer.from(bodyHex, "hex"),
      timestampHeader,
      signatureHeader,
      secret,
      toleranceSeconds: toleranceSeconds ?? undefined,
      now: now === null ? undefined : now * 1000,
    });
}
