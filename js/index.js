/** @file `butt-dial-edge`. */

export {
  ButtDialError, ConfigError, TransportError, DeadlineError, ProtocolError, InternalError, AuthError,
  AuthMissingHeaderError, AuthInvalidTokenError, AuthTokenRevokedError, AuthLockedOutError, RateLimitError,
  ChannelError, ProviderCapabilityError, NotProvisioned, NoChannelAssigned, ProviderWebhookWireFailed,
  ToolError, AccountsError, OnboardingRequired, EmailAlreadyRegistered, VerificationTokenExpired,
  PhoneNotConfigured, OTPInvalid, OTPExpired, OTPMaxAttempts, ChallengeNotFound, TokenRevoked, AgentNotFound,
  AgentNotProvisioned,
} from "./errors.js";
export { parseErrorResponse } from "./glue/main.js";
export { parseInbound, receiveWebhook, verifyWebhookSignature, verifyWhatsappSignature, verifyWhatsappSubscription } from "./glue/main.js";
