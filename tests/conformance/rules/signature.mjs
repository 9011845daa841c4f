/** @file Deviations of `webhook_signature` and `whatsapp_signature`. See docs/parity.md. */

const ASCII = /^[\x00-\x7f]*$/;
/** White space as Python knows it, right after the prefix or at the end. */
const SPACED = /^hmac-sha256=(?:[\s\x1c-\x1f\x85]|.*[\s\x1c-\x1f\x85]$)/s;
const files = ["webhook_signature", "whatsapp_signature"];

export const rules = [
  { id: "no-secret", files, only: true, applies: ({ kind, secret }) => kind !== "subscription" && !secret },
  { id: "signature-ascii", files, only: true, applies: ({ signatureHeader }) => typeof signatureHeader === "string" && !ASCII.test(signatureHeader) },
  {
    id: "signature-spaces",
    files: ["webhook_signature"],
    only: true,
    applies: ({ signatureHeader }) => SPACED.test(signatureHeader ?? ""),
  },
  {
    id: "timestamp-digits",
    files: ["webhook_signature"],
    only: true,
    applies: ({ timestampHeader }) => typeof timestampHeader === "string" && !/^(0|[1-9][0-9]{0,19})$/.test(timestampHeader),
  },
];
