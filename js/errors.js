/** @file The error classes: one set for all modules of the package, so that `instanceof` holds across them. */

/** Minifiers rename classes; a string literal stays. */
function named(name, errorClass) {
  Object.defineProperty(errorClass.prototype, "name", { value: name, configurable: true, writable: true });
  return errorClass;
}

export class ButtDialError extends Error {
  constructor(message, details = {}) {
    super(message, "cause" in details ? { cause: details.cause } : undefined);
    this.code = details.code ?? "UNKNOWN";
    this.status = details.status ?? null;
    this.retryable = details.retryable ?? false;
    this.body = details.body ?? null;
  }
}
named("ButtDialError", ButtDialError);

export const ConfigError = named("ConfigError", class extends ButtDialError {});

export const InternalError = named(
  "InternalError",
  class extends ButtDialError {
    constructor(message, details = {}) {
      super(message, details);
      this.poisoned = details.poisoned ?? false;
    }
  },
);

const classes = { ButtDialError, ConfigError, InternalError };

/** For the modules: an error by the name of its class. */
export function makeError(name, code, message) {
  return new (classes[name] ?? ButtDialError)(message, { code });
}
