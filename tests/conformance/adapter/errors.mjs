// An error of the package under the reference's names: its class, the classes above it, and the members that each class adds.

const seconds = (ms) => (ms === null ? null : ms / 1000);

const MEMBERS = {
  ButtDialError: (error) => ({ code: error.serverCode, message: error.message, stage: error.stage, statusCode: error.status }),
  AuthError: (error) => ({ retryable: error.retryable, remainingAttempts: error.remainingAttempts }),
  AuthLockedOutError: (error) => ({ retryAfterSeconds: seconds(error.retryAfterMs), lockedUntil: error.lockedUntil }),
  RateLimitError: (error) => ({ retryAfterSeconds: seconds(error.retryAfterMs) }),
  ChannelError: (error) => ({ channel: error.channel, action: error.action, provider: error.provider }),
  ProviderWebhookWireFailed: (error) => ({ retryable: error.retryable }),
  OnboardingRequired: (error) => ({
    code: error.code, orgId: error.orgId, onboardingUrl: error.onboardingUrl, onboardingSessionId: error.onboardingSessionId, expiresAt: error.expiresAt,
  }),
};

/** Class, bases and members of an error of the package; what is none has only its name. */
export function describe({ main }, error) {
  if (!(error instanceof main.ButtDialError)) return { foreign: String(error?.name ?? error) };
  const mro = [];
  for (let proto = Object.getPrototypeOf(error); proto !== null; proto = Object.getPrototypeOf(proto)) {
    if (Object.hasOwn(proto, "name")) mro.push(proto.name);
    if (proto === main.ButtDialError.prototype) break;
  }
  // Each name must be the exported class, or `instanceof` would not hold for users.
  if (!mro.every((name) => error instanceof main[name])) return { foreign: mro.join(" < ") };
  return { class: mro[0], mro, ...Object.assign({}, ...mro.toReversed().map((name) => MEMBERS[name]?.(error))) };
}
