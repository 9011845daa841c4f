/**
 * Errors. They are real classes, shared by every entry point, so `instanceof` works on whatever the package throws.
 * Where two copies of the package may be loaded, compare `code` or `name` instead. Messages, `body` and `cause` are free of tokens.
 */

import type { Channel, ErrorCode, IsoDateTime, Open, UnsentResult } from "./types.d.ts";

/** What an error is made of. Hosts need it only to throw the two directory errors. */
export interface ErrorDetails {
  /** Machine-readable code. */ code?: ErrorCode;
  /** HTTP status. */ status?: number | null;
  /** The server's answer. */ body?: unknown;
  /** What is behind it. */ cause?: unknown;
}

/** Root of all errors of this package. */
export class ButtDialError extends Error {
  constructor(message: string, details?: ErrorDetails);
  /** The server's code, else one of this package's; never empty. */ readonly code: ErrorCode;
  /** The code exactly as the server sent it, `null` if it sent none. */ readonly serverCode: string | null;
  /** Where it happened. */ readonly stage: Open<"config" | "transport" | "auth" | "rate_limit" | "channel" | "server" | "parse"> | null;
  /** HTTP status, `null` if there was none. */ readonly status: number | null;
  /** Whether the same request may succeed later. */ readonly retryable: boolean;
  /** How long to wait first, in milliseconds, if the server said so (header or body, seconds or date). */ readonly retryAfterMs: number | null;
  /** What to do about it. */ readonly remediation: string | null;
  /** The answer: parsed JSON, else text; `null` if there was none. Cut at 64 KiB. */ readonly body: unknown;
  /** What is behind it, if anything. */ readonly cause: unknown;
}

/** An option is missing or wrong. Found before anything is sent. */
export class ConfigError extends ButtDialError {}

/** The network failed: no connection, connection lost, no answer. `code`: `TRANSPORT`, `STREAM_LOST`. */
export class TransportError extends ButtDialError {}

/** A deadline passed. `code`: `TIMEOUT`, or `CONNECT_TIMEOUT` before the session stood. */
export class DeadlineError extends TransportError {
  /** The deadline, in milliseconds. */ readonly timeoutMs: number;
}

/**
 * The server broke the protocol, or a size limit: not JSON-RPC, an `endpoint` of another origin, an event without end, a redirect of a
 * session's request, a REST answer of over 8 MiB. A redirect of a REST call is none: it is the error of its status, an
 * {@link AccountsError} from `AccountsClient`, a {@link ButtDialError} from `Agent`. No redirect is followed.
 */
export class ProtocolError extends ButtDialError {}

/** The package failed in itself. `poisoned` says that this instance of the module must be replaced. */
export class InternalError extends ButtDialError {
  /** Whether later calls will fail too. */ readonly poisoned: boolean;
}

// ── Who you are, and how often you ask ──────────────────────────────────────────────────────────────────────

/**
 * A token was refused. Never retried: ten failures lock an address out. Codes without a class of their own (`AUTH_WRONG_SCOPE`) land here.
 * A 403 of REST (`AUTH_FORBIDDEN`) is none: it is an {@link AccountsError} from `AccountsClient`, a {@link ButtDialError} from `Agent`.
 */
export class AuthError extends ButtDialError {
  /** Failures left before the lockout, where the server tells. */ readonly remainingAttempts: number | null;
  /** Set when a send was refused: its outcome (an earlier attempt may have left it `unknown`) and the key to repeat it with. Its `cause` would be this error, and is `null`. */ readonly sendResult: (Omit<UnsentResult, "cause"> & { readonly cause: null }) | null;
}
/** No token reached the server. */
export class AuthMissingHeaderError extends AuthError {}
/** The server does not know the token. */
export class AuthInvalidTokenError extends AuthError {}
/** The token was rotated or revoked. */
export class AuthTokenRevokedError extends AuthError {}
/** Too many failures from this address: even good tokens are refused until `lockedUntil`. */
export class AuthLockedOutError extends AuthError {
  /** When it ends, where the server tells; see also `retryAfterMs`. */ readonly lockedUntil: IsoDateTime | null;
}
/** Too many requests; see `retryAfterMs`. */
export class RateLimitError extends ButtDialError {
  /** Which limit, such as `per_ip`, `per_min`, `per-hour`, `daily-spend`. */ readonly scope: string | null;
}

// ── Channels and tools ──────────────────────────────────────────────────────────────────────────────────────

/** A channel cannot do what was asked. */
export class ChannelError extends ButtDialError {
  /** The channel. */ readonly channel: Channel | null;
  /** What was asked. */ readonly action: string | null;
  /** The provider behind it. */ readonly provider: string | null;
}
/** The sender's provider does not support the action. Another sender may. */
export class ProviderCapabilityError extends ChannelError {}
/** The agent does not exist there, or has no channels yet. */
export class NotProvisioned extends ChannelError {}
/** The agent has no sender for the channel. */
export class NoChannelAssigned extends ChannelError {}
/** A number was allocated, could not be wired, and was given back. May be tried again. */
export class ProviderWebhookWireFailed extends ChannelError {}
/** A tool answered with an error. `code`: the server's, else `TOOL_FAILED`, `INVALID_ARGUMENTS`, `UNKNOWN_TOOL`. */
export class ToolError extends ButtDialError {
  /** The tool. */ readonly toolName: string;
}

// ── Workspace ───────────────────────────────────────────────────────────────────────────────────────────────

/** An account call was refused and no class below fits; see `code` and `body`. */
export class AccountsError extends ButtDialError {
  /** Names of missing fields, for `MISSING_FIELDS`. */ readonly fields: readonly string[];
}
/** The workspace must accept terms first. `acceptOnboarding` with this session, then there is a token. */
export class OnboardingRequired extends AccountsError {
  /** Workspace. */ readonly orgId: string;
  /** The page to show. */ readonly onboardingUrl: string;
  /** Secret: for `acceptOnboarding`. */ readonly onboardingSessionId: string | null;
  /** When the session ends. */ readonly expiresAt: IsoDateTime | null;
}
/** Reserved by the service; today it answers alike for all addresses. */
export class EmailAlreadyRegistered extends AccountsError {}
/** The e-mail link is too old (15 minutes). Register again. */
export class VerificationTokenExpired extends AccountsError {}
/** Rotation needs a confirmed phone. */
export class PhoneNotConfigured extends AccountsError {}
/** Wrong code. */
export class OTPInvalid extends AccountsError {}
/** The code is too old. */
export class OTPExpired extends AccountsError {}
/** Too many wrong codes. Ask for a new one. */
export class OTPMaxAttempts extends AccountsError {}
/** No such challenge. */
export class ChallengeNotFound extends AccountsError {}
/** The team token was revoked (`TOKEN_REVOKED`, the account service's twin of `AUTH_TOKEN_REVOKED`). */
export class TokenRevoked extends AccountsError {}

// ── Thrown by the host's AgentDirectory ─────────────────────────────────────────────────────────────────────

/** The directory has no such agent: the admin router answers 404. */
export class AgentNotFound extends ButtDialError {}
/** The agent has no token yet: the admin router answers 400. */
export class AgentNotProvisioned extends ButtDialError {}

// ── Making errors of answers ────────────────────────────────────────────────────────────────────────────────

/** An HTTP answer that is not a success. */
export interface ErrorResponse {
  /** HTTP status. */ status: number;
  /** Parsed body, or text. Anything is tolerated. */ body?: unknown;
  /** Headers; only `Retry-After` is read, in any casing. */ headers?: Headers | Readonly<Record<string, string>> | null;
  /** For a `Retry-After` that is a date. @defaultValue now */ now?: Date | number;
}

/** The typed error for an HTTP answer, by the one table of code and status that all of the package uses. Never throws. */
export function parseErrorResponse(response: ErrorResponse): ButtDialError;
