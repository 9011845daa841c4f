// How the reference makes an error of an HTTP answer: wire-contract 7.2 and 7.3, in our own words; `ours` as in whatsapp.mjs.

import { instant } from "../compare.mjs";
import { either, int, isObject, truthy } from "./python.mjs";
import { text } from "./whatsapp.mjs";

const BASES = {
  AuthError: ["ButtDialError"],
  AuthMissingHeaderError: ["AuthError", "ButtDialError"],
  AuthInvalidTokenError: ["AuthError", "ButtDialError"],
  AuthTokenRevokedError: ["AuthError", "ButtDialError"],
  AuthLockedOutError: ["AuthError", "ButtDialError"],
  RateLimitError: ["ButtDialError"],
  NotProvisioned: ["ChannelError", "ButtDialError"],
  NoChannelAssigned: ["ChannelError", "ButtDialError"],
  ProviderWebhookWireFailed: ["ChannelError", "ButtDialError"],
  ProviderCapabilityError: ["ChannelError", "ButtDialError"],
  TransportError: ["ButtDialError"],
  ProtocolError: ["ButtDialError"],
  ConfigError: ["ButtDialError"],
  ToolError: ["ButtDialError"],
  AccountsError: ["ButtDialError"],
  EmailAlreadyRegistered: ["AccountsError", "ButtDialError"],
  VerificationTokenExpired: ["AccountsError", "ButtDialError"],
  PhoneNotConfigured: ["AccountsError", "ButtDialError"],
  OTPInvalid: ["AccountsError", "ButtDialError"],
  OTPExpired: ["AccountsError", "ButtDialError"],
  OTPMaxAttempts: ["AccountsError", "ButtDialError"],
  ChallengeNotFound: ["AccountsError", "ButtDialError"],
  TokenRevoked: ["AccountsError", "ButtDialError"],
  ButtDialError: [],
};
const STAGES = { AuthError: "auth", RateLimitError: "rate_limit", ChannelError: "channel", TransportError: "transport", ProtocolError: "transport", ConfigError: "config", ToolError: "server" };

/** An error of a class with its members. */
export function error(name, members) {
  const mro = [name, ...BASES[name]];
  const stage = mro.map((base) => STAGES[base]).find((found) => found !== undefined) ?? null;
  return { class: name, mro, code: null, message: "", stage, statusCode: null, ...members };
}

/** The error for an answer. `now` counts for a `Retry-After` that is a date; `lockedUntil` is what the reference read there. */
export function fromAnswer({ status: asked, body, headers }, ours, { now, lockedUntil = null }) {
  const given = isObject(body) ? body : {};
  const status = ours.has("status-range") && !(asked >= 0 && asked <= 65_535) ? 0 : asked;
  const textOf = (value) => (truthy(value) ? text(value, ours) : null);
  const code = textOf(given.code);
  const name = classify(status, code, given, ours);
  const members = { code, message: textOf(given.error) ?? textOf(given.message) ?? `HTTP ${status}`, statusCode: status };
  const isA = (base) => name === base || BASES[name].includes(base);
  if (isA("AuthError")) {
    members.retryable = truthy(given.retryable);
    members.remainingAttempts = wholeNumber(given.remainingAttempts, ours);
  }
  if (name === "AuthLockedOutError") {
    const until = ours.has("iso-times") || ours.has("lockout-words") ? ourTime(either(given.lockedUntil ?? null, given.locked_until ?? null)) : lockedUntil;
    Object.assign(members, { retryable: true, remainingAttempts: null, lockedUntil: until });
  }
  if (name === "AuthLockedOutError" || name === "RateLimitError") members.retryAfterSeconds = retryAfter(headers, given, ours, now);
  if (isA("ChannelError")) Object.assign(members, { channel: null, action: null, provider: null });
  if (name === "ProviderWebhookWireFailed") members.retryable = Object.hasOwn(given, "retryable") ? truthy(given.retryable) : true;
  if (name === "NoChannelAssigned" || name === "ProviderCapabilityError") members.channel = textOf(given.channel);
  if (name === "ProviderCapabilityError") Object.assign(members, { action: textOf(given.action), provider: textOf(given.provider) });
  return error(name, members);
}

function classify(status, code, given, ours) {
  const auth = { AUTH_MISSING_HEADER: "AuthMissingHeaderError", AUTH_INVALID_TOKEN: "AuthInvalidTokenError", AUTH_TOKEN_REVOKED: "AuthTokenRevokedError" };
  if (status === 401 || status === 429) {
    if (code === "AUTH_LOCKED_OUT") return "AuthLockedOutError";
    if (status === 401) return auth[code] ?? "AuthError";
    return ours.has("lockout-words") && lockoutWords(status, given) ? "AuthLockedOutError" : "RateLimitError";
  }
  const unknown = ["AGENT_NOT_PROVISIONED", "AGENT_NOT_FOUND", "NOT_PROVISIONED"];
  if ((status === 404 || status === 410) && unknown.includes(code)) return "NotProvisioned";
  if (code === "NO_CHANNEL_ASSIGNED") return "NoChannelAssigned";
  if (code === "PROVIDER_WEBHOOK_WIRE_FAILED") return "ProviderWebhookWireFailed";
  if (code === "PROVIDER_UNSUPPORTED" || code === "CHANNEL_UNSUPPORTED") return "ProviderCapabilityError";
  return "ButtDialError";
}

/** Servers without codes tell the lockout by its words only: wire-contract 7.5. */
export function lockoutWords(status, body) {
  return status === 429 && isObject(body) && !truthy(body.code) && typeof body.error === "string" && body.error.includes("failed attempts");
}

function wholeNumber(value, ours) {
  if (!truthy(value) && value !== 0 && value !== false) return null;
  return ours.has("strict-integers") ? ourInteger(value) : int(value);
}

/** Beyond 64 bits nothing is counted. */
const TOO_MANY = 2 ** 63;

/** A number without a fraction, or a text of ASCII digits that may have a minus sign and space around it. */
export function ourInteger(value) {
  const whole = typeof value === "number" ? value : typeof value === "string" && /^\s*-?[0-9]+\s*$/.test(value) ? Number(value) : null;
  return Number.isInteger(whole) && Math.abs(whole) < TOO_MANY ? whole : null;
}

/** Header before body; seconds. */
export function retryAfter(headers, given, ours, now) {
  const asked = ours.has("retry-after-header") ? ourHeader(headers, now) : theirHeader(headers);
  if (asked !== null) return asked;
  const keys = ["retryAfterSeconds", "retry_after_seconds", ...(ours.has("retry-after-body") ? ["retryAfter", "retry_after"] : [])];
  if (ours.has("retry-after-body")) return keys.map((key) => bodySeconds(given[key])).find((value) => value !== null) ?? null;
  const value = either(...keys.map((key) => given[key] ?? null));
  return value === null ? null : int(value);
}

function theirHeader(headers) {
  const header = either(headers?.["Retry-After"] ?? null, headers?.["retry-after"] ?? null);
  return truthy(header) ? int(header) : null;
}

/** The header that counts for us: the usual casing, then lower case, then any; empty ones do not. */
export function headerOf(headers) {
  const given = Object.entries(headers ?? {}).filter(([name, value]) => name.toLowerCase() === "retry-after" && value !== "");
  const named = (wanted) => given.find(([name]) => name === wanted);
  return (named("Retry-After") ?? named("retry-after") ?? given[0])?.[1] ?? null;
}

function ourHeader(headers, now) {
  const header = headerOf(headers);
  if (header === null) return null;
  const seconds = decimal(header);
  if (seconds !== null) return seconds;
  const date = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(date) ? null : Math.max(0, date - now) / 1000;
}

function bodySeconds(value) {
  if (!truthy(value)) return null;
  return typeof value === "string" || typeof value === "number" ? decimal(String(value)) : null;
}

/** Whole or decimal seconds in ASCII digits, to the millisecond. */
export function decimal(value) {
  const parts = /^\s*(-?)([0-9]+)(?:\.([0-9]+))?\s*$/.exec(value);
  if (parts === null) return null;
  if (Number(parts[2]) * 1000 >= TOO_MANY) return null;
  const ms = Number(parts[2]) * 1000 + Number((parts[3] ?? "").padEnd(3, "0").slice(0, 3));
  return (parts[1] === "-" ? -ms : ms) / 1000 + 0;
}

const ISO = /^(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d)(:\d\d)?(?:[.,](\d+))?([Zz]|[+-]\d\d:?(?:\d\d)?)?)?$/;

/** An ISO 8601 calendar date, with a time or without; without an offset it is UTC. As ISO text in UTC. */
export function ourTime(value) {
  const parts = typeof value === "string" ? ISO.exec(value.trim()) : null;
  if (parts === null) return null;
  const [, date, minutes = "00:00", seconds = ":00", fraction = "", offset = "Z"] = parts;
  const digits = offset.replace(":", "");
  const zone = /^z$/i.test(offset) ? "Z" : `${digits.slice(0, 3)}:${digits.slice(3).padEnd(2, "0")}`;
  const ms = instant(`${date}T${minutes}${seconds}.${fraction.padEnd(3, "0").slice(0, 3)}${zone}`);
  return ms === null ? null : new Date(ms).toISOString();
}
