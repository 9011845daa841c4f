/** What an error is made of. */
export interface ErrorDetails {
  /** Machine-readable code. */ code?: string;
  /** HTTP status. */ status?: number | null;
  /** Whether the same request may succeed later. */ retryable?: boolean;
  /** The server's answer. */ body?: unknown;
  /** What is behind it. */ cause?: unknown;
}

/** Root of all errors of this package. */
export class ButtDialError extends Error {
  constructor(message: string, details?: ErrorDetails);
  /** Machine-readable code, never empty. */ readonly code: string;
  /** HTTP status, `null` if there was none. */ readonly status: number | null;
  /** Whether the same request may succeed later. */ readonly retryable: boolean;
  /** The answer: parsed JSON, else text; `null` if there was none. */ readonly body: unknown;
}

/** An option is missing or wrong. Found before anything is sent. */
export class ConfigError extends ButtDialError {}

/** The package failed in itself. `poisoned` says that this instance of the module must be replaced. */
export class InternalError extends ButtDialError {
  /** Whether later calls will fail too. */ readonly poisoned: boolean;
}
