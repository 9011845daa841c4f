// The error classes, one file shared by every wasm module and store, so that `instanceof` holds across entry points.
// Names are string literals: minifiers rename classes, not strings.

const MEMBERS = Symbol("members");

/** A member that does not show. */
const hide = (object, name, value) => Object.defineProperty(object, name, { value, configurable: true, writable: true });

/** @internal A class whose instances own these members; what is not given has the value here. */
function define(name, Base, members) {
  const Class = { [name]: class extends Base {} }[name];
  hide(Class.prototype, "name", name);
  Class[MEMBERS] = { ...Base[MEMBERS], ...members };
  return Class;
}

class Base extends Error {
  constructor(message, details) {
    // Takes the cause, if there is one.
    super(message, details);
    const members = new.target[MEMBERS];
    for (const key of Object.keys(members)) this[key] = details?.[key] ?? members[key];
    if (!("cause" in this)) hide(this, "cause");
  }
}

export const ButtDialError = /* @__PURE__ */ define("ButtDialError", Base, {
  code: "HTTP_ERROR",
  serverCode: null,
  stage: null,
  status: null,
  retryable: false,
  retryAfterMs: null,
  remediation: null,
  body: null,
});
export const ConfigError = /* @__PURE__ */ define("ConfigError", ButtDialError, { code: "CONFIG", stage: "config" });
export const TransportError = /* @__PURE__ */ define("TransportError", ButtDialError, { code: "TRANSPORT", stage: "transport" });
export const DeadlineError = /* @__PURE__ */ define("DeadlineError", TransportError, { code: "TIMEOUT", timeoutMs: 0 });
export const ProtocolError = /* @__PURE__ */ define("ProtocolError", ButtDialError, { code: "PROTOCOL", stage: "transport" });
export const InternalError = /* @__PURE__ */ define("InternalError", ButtDialError, { code: "INTERNAL", poisoned: false });

export const AuthError = /* @__PURE__ */ define("AuthError", ButtDialError, { stage: "auth", remainingAttempts: null, sendResult: null });
export const AuthMissingHeaderError = /* @__PURE__ */ define("AuthMissingHeaderError", AuthError, {});
export const AuthInvalidTokenError = /* @__PURE__ */ define("AuthInvalidTokenError", AuthError, {});
export const AuthTokenRevokedError = /* @__PURE__ */ define("AuthTokenRevokedError", AuthError, {});
export const AuthLockedOutError = /* @__PURE__ */ define("AuthLockedOutError", AuthError, { lockedUntil: null });
export const RateLimitError = /* @__PURE__ */ define("RateLimitError", ButtDialError, { stage: "rate_limit", scope: null });

export const ChannelError = /* @__PURE__ */ define("ChannelError", ButtDialError, { stage: "channel", channel: null, action: null, provider: null });
export const ProviderCapabilityError = /* @__PURE__ */ define("ProviderCapabilityError", ChannelError, {});
export const NotProvisioned = /* @__PURE__ */ define("NotProvisioned", ChannelError, {});
export const NoChannelAssigned = /* @__PURE__ */ define("NoChannelAssigned", ChannelError, {});
export const ProviderWebhookWireFailed = /* @__PURE__ */ define("ProviderWebhookWireFailed", ChannelError, {});
export const ToolError = /* @__PURE__ */ define("ToolError", ButtDialError, { stage: "server", toolName: "" });

export const AccountsError = /* @__PURE__ */ define("AccountsError", ButtDialError, { fields: /* @__PURE__ */ Object.freeze([]) });
export const OnboardingRequired = /* @__PURE__ */ define("OnboardingRequired", AccountsError, {
  code: "REQUIRES_ONBOARDING",
  orgId: "",
  onboardingUrl: "",
  onboardingSessionId: null,
  expiresAt: null,
});
export const EmailAlreadyRegistered = /* @__PURE__ */ define("EmailAlreadyRegistered", AccountsError, {});
export const VerificationTokenExpired = /* @__PURE__ */ define("VerificationTokenExpired", AccountsError, {});
export const PhoneNotConfigured = /* @__PURE__ */ define("PhoneNotConfigured", AccountsError, {});
export const OTPInvalid = /* @__PURE__ */ define("OTPInvalid", AccountsError, {});
export const OTPExpired = /* @__PURE__ */ define("OTPExpired", AccountsError, {});
export const OTPMaxAttempts = /* @__PURE__ */ define("OTPMaxAttempts", AccountsError, {});
export const ChallengeNotFound = /* @__PURE__ */ define("ChallengeNotFound", AccountsError, {});
export const TokenRevoked = /* @__PURE__ */ define("TokenRevoked", AccountsError, {});

export const AgentNotFound = /* @__PURE__ */ define("AgentNotFound", ButtDialError, { code: "AGENT_NOT_FOUND" });
export const AgentNotProvisioned = /* @__PURE__ */ define("AgentNotProvisioned", ButtDialError, { code: "AGENT_NOT_PROVISIONED" });

// A function, so that bundles without `makeError` can leave the classes out.
const ALL = () => [
  ButtDialError, ConfigError, TransportError, DeadlineError, ProtocolError, InternalError, AuthError,
  AuthMissingHeaderError, AuthInvalidTokenError, AuthTokenRevokedError, AuthLockedOutError, RateLimitError,
  ProviderCapabilityError, NotProvisioned, NoChannelAssigned, ProviderWebhookWireFailed, ToolError, AccountsError,
  OnboardingRequired, EmailAlreadyRegistered, VerificationTokenExpired, PhoneNotConfigured, OTPInvalid, OTPExpired,
  OTPMaxAttempts, ChallengeNotFound, TokenRevoked,
];

/**
 * @internal The error for a class name and its members. Not part of the package's surface.
 * @param {string} kind @param {any} members
 */
export function makeError(kind, members) {
  const Class = ALL().find((Class) => Class.prototype.name === kind) ?? ButtDialError;
  return new Class(members.message, members);
}
