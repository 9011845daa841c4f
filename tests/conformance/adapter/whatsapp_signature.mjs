/** @file One call of `verifyWhatsappSignature` or `verifyWhatsappSubscription` for each case. */

export function adapter({ webhooks }) {
  const calls = {
    signature: ({ bodyHex, signatureHeader, secret }) =>
      webhooks.verifyWhatsappSignature({ rawBody: Buffer.from(bodyHex, "hex"), signatureHeader, secret }),
    subscription: ({ mode, token, verifyToken }) => webhooks.verifyWhatsappSubscription({ mode, token, verifyToken }),
  };
  return ({ kind, ...given }) => calls[kind](given);
}
