// Requests as the service and Meta sign them, and bodies as they write them.
import { explain, fixture, signWebhook, signWhatsapp } from "../glue/testing.js";
import { instant, known, options as checked, plain, text, wrong } from "./check.js";

const URL_DEFAULT = "https://app.test/webhooks";

export function signedWebhook(options) {
  const given = checked(options, "signedWebhook");
  known(given, "signedWebhook", "body", "secret", "event", "deliveryId", "at", "url");
  for (const name of ["event", "deliveryId"]) if (given[name] !== undefined) text(given[name], name);
  const at = instant(given.at, "at", Date.now());
  const signed = signWebhook(bytes(given.body), text(given.secret, "secret"), given.event, given.deliveryId, at);
  return toRequest(signed, given.url);
}

export function signedWhatsapp(options) {
  const given = checked(options, "signedWhatsapp");
  known(given, "signedWhatsapp", "body", "secret", "url");
  return toRequest(signWhatsapp(bytes(given.body), text(given.secret, "secret")), given.url);
}

export function explainSignature(options) {
  const given = checked(options, "explainSignature");
  known(given, "explainSignature", "rawBody", "timestampHeader", "signatureHeader", "secret", "toleranceSeconds", "now");
  const secrets = [given.secret ?? []].flat().filter((secret) => typeof secret === "string");
  const tolerance = given.toleranceSeconds ?? 300;
  const now = instant(given.now, "now", Date.now());
  return explain(bytes(given.rawBody), given.timestampHeader ?? undefined, given.signatureHeader ?? undefined, secrets, tolerance, now);
}

export const fixtures = {
  whatsapp: (...messages) => body("whatsapp", whatsappMessages(messages.length > 0 ? messages : [{}])),
  whatsappStatus: (status) => body("whatsappStatus", plain(checked(status, "whatsappStatus"), "status")),
  message: (message) => body("message", plain(checked(message, "message"), "message")),
  accountVerified: (account) => body("accountVerified", plain(checked(account, "accountVerified"), "account")),
};

/** A body by its kind, at a time. */
export function body(kind, options, now = Date.now()) {
  return fixture(kind, options, now);
}

/** WhatsApp fixtures with `at` in milliseconds. */
export function whatsappMessages(messages) {
  return messages.map((message) => {
    const { at, ...rest } = checked(message, "whatsapp");
    const ms = instant(at, "at", undefined);
    return { ...plain(rest, "whatsapp"), ...(ms === undefined ? {} : { at: Math.floor(ms) }) };
  });
}

/** Body bytes: bytes and text as they are, objects as JSON. */
export function bytes(value) {
  if (typeof value === "string") return new TextEncoder().encode(value);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (Object.prototype.toString.call(value) === "[object ArrayBuffer]") return new Uint8Array(value);
  if (value === null || typeof value !== "object") throw wrong("body is bytes, text or an object");
  return new TextEncoder().encode(JSON.stringify(plain(value, "body")));
}

export function toRequest({ headers, body }, url = URL_DEFAULT) {
  try {
    return new Request(url, { method: "POST", headers, body });
  } catch (cause) {
    throw wrong(`url is no absolute URL: ${cause?.message ?? cause}`);
  }
}
