/** @file `butt-dial-edge`. */

import { makeError } from "./errors.js";
import { callOr, instantMs, member, toJson, whole } from "./host.js";
import { ask } from "./main.js";
import { webhooks } from "./receiving.js";

export { AccountsClient } from "./accounts.js";
export { Agent } from "./agent.js";
export {
  ButtDialError, ConfigError, TransportError, DeadlineError, ProtocolError, InternalError, AuthError,
  AuthMissingHeaderError, AuthInvalidTokenError, AuthTokenRevokedError, AuthLockedOutError, RateLimitError,
  ChannelError, ProviderCapabilityError, NotProvisioned, NoChannelAssigned, ProviderWebhookWireFailed,
  ToolError, AccountsError, OnboardingRequired, EmailAlreadyRegistered, VerificationTokenExpired,
  PhoneNotConfigured, OTPInvalid, OTPExpired, OTPMaxAttempts, ChallengeNotFound, TokenRevoked, AgentNotFound,
  AgentNotProvisioned,
} from "./errors.js";
export { InboundHandler } from "./inbound.js";
export { VERSION } from "./version.js";
export const { parseInbound, receiveWebhook, verifyWebhookSignature, verifyWhatsappSignature, verifyWhatsappSubscription } = webhooks(ask);

/** The pairs of a plain object, or of `Headers` and anything else that iterates over pairs. */
function pairs(value) {
  const text = (part) => (typeof part === "string" ? part : "");
  const all = callOr([], () => (value?.[Symbol.iterator] ? [...value] : Object.entries(value ?? {})));
  return all.filter(Array.isArray).map(([name, content]) => [text(name), text(content)]);
}

export function parseErrorResponse(response) {
  const asked = ["error", whole(member(response, "status")), toJson(member(response, "body")) ?? "null", pairs(member(response, "headers"))];
  const { kind, details } = ask(asked, undefined, instantMs(member(response, "now")) ?? Date.now());
  return makeError(kind, details);
}
