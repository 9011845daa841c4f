// The error classes, one file shared by every wasm module and store, so that `instanceof` holds across entry points.
// Names are string literals: minifiers rename classes, not strings.

const MEMBERS = Symbol("members");

/** @internal A class whose instances own these members; what is not given has the value here. */
function define(name, Base, members) {
  const Class = { [name]: class extends Base {} }[name];
  Object.defineProperty(Class.prototype, "name", { value: name, configurable: true, writable: true });
  Class[MEMBERS] = { ...Base[MEMBERS], ...members };
  return Class;
}

class Base extends Error {
  constructor(message, details = {}) {
    super(message, details !== null && typeof details === "object" && "cause" in details ? { cause: details.cause } : undefined);
    const members = new.target[MEMBERS];
    for (const key of Object.keys(members)) this[key] = details?.[key] ?? members[key];
    if (!("cause" in this)) Object.defineProperty(this, "cause", { value: undefined, configurable: true, writable: true });
  }
}

export const ButtDialError = define("ButtDialError", Base, {
  code: "HTTP_ERROR",
  serverCode: null,
  stage: null,
  status: null,
  retryable: false,
  retryAfterMs: null,
  remediation: null,
  body: null,
});
export const ConfigError = define("ConfigError", ButtDialError, { code: "CONFIG", stage: "config" });
export const TransportError = define("TransportError", ButtDialError, { code: "TRANSPORT", stage: "transport" });
export const DeadlineError = define("DeadlineError", TransportError, { code: "TIMEOUT", timeoutMs: 0 });
export const ProtocolError = define("ProtocolError", ButtDialError, { code: "PROTOCOL", stage: "transport" });
export const InternalError = define("InternalError", ButtDialError, { code: "INTERNAL", poisoned: false });

export const AuthError = define("AuthError", ButtDialError, { stage: "auth", remainingAttempts: null, sendResult: null });
export const AuthMissingHeaderError = define("AuthMissingHeaderError", AuthError, {});
export const AuthInvalidTokenError = define("AuthInvalidTokenError", AuthError, {});
export const AuthTokenRevokedError = define("AuthTokenRevokedError", AuthError, {});
export const AuthLockedOutError = define("AuthLockedOutError", AuthError, { lockedUntil: null });
export const RateLimitError = define("RateLimitError", ButtDialError, { stage: "rate_limit", scope: null });

export const ChannelError = define("ChannelError", ButtDialError, { stage: "channel", channel: null, action: null, provider: null });
export const ProviderCapabilityError = define("ProviderCapabilityError", ChannelError, {});
export const NotProvisioned = define("NotProvisioned", ChannelError, {});
export const NoChannelAssigned = define("NoChannelAssigned", ChannelError, {});
export const ProviderWebhookWireFailed = define("ProviderWebhookWireFailed", ChannelError, {});
export const ToolError = define("ToolError", ButtDialError, { stage: "server", toolName: "" });

export const AccountsError = define("AccountsError", ButtDialError, { fields: Object.freeze([]) });
export const OnboardingRequired = define("OnboardingRequired", AccountsError, {
  code: "REQUIRES_ONBOARDING",
  orgId: "",
  onboardingUrl: "",
  onboardingSessionId: null,
  expiresAt: null,
});
export const EmailAlreadyRegistered = define("EmailAlreadyRegistered", AccountsError, {});
export const VerificationTokenExpired = define("VerificationTokenExpired", AccountsError, {});
export const PhoneNotConfigured = define("PhoneNotConfigured", AccountsError, {});
export const OTPInvalid = define("OTPInvalid", AccountsError, {});
export const OTPExpired = define("OTPExpired", AccountsError, {});
export const OTPMaxAttempts = define("OTPMaxAttempts", AccountsError, {});
export const ChallengeNotFound = define("ChallengeNotFound", AccountsError, {});
export const TokenRevoked = define("TokenRevoked", AccountsError, {});

export const AgentNotFound = define("AgentNotFound", ButtDialError, { code: "AGENT_NOT_FOUND" });
export const AgentNotProvisioned = define("AgentNotProvisioned", ButtDialError, { code: "AGENT_NOT_PROVISIONED" });

const CLASSES = {
  ButtDialError, ConfigError, TransportError, DeadlineError, ProtocolError, InternalError,
  AuthError, AuthMissingHeaderError, AuthInvalidTokenError, AuthTokenRevokedError, AuthLockedOutError, RateLimitError,
  ProviderCapabilityError, NotProvisioned, NoChannelAssigned, ProviderWebhookWireFailed, ToolError,
};

/**
 * @internal The error for a class name and its members as JSON. Called from the wasm modules; not part of the package's surface.
 * @param {string} kind @param {string} details @param {unknown} [cause]
 */
export function makeError(kind, details, cause) {
  const members = JSON.parse(details);
  if (cause !== undefined) members.cause = cause;
  return new (CLASSES[kind] ?? ButtDialError)(members.message, members);
}
