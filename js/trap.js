// Questions to an instance. A trap (a panic we do not have, a stack overflow, no memory left) must not leave anyone waiting.

import { InternalError } from "./errors.js";

/** @internal No bytes. */
export const NONE = new Uint8Array();

/**
 * @internal Asks an instance: `call` gets a name and its arguments as a JSON array, bytes, the time in milliseconds and a number
 * that need not be whole; it gives JSON. What it throws is a trap: an `InternalError`, and so is every later question.
 */
export function instance() {
  let poisoned = false;
  const guarded = (call) => {
    if (poisoned) throw new InternalError("an earlier failure left this instance unusable; load the module anew", { poisoned });
    try {
      return call();
    } catch (cause) {
      poisoned = true;
      throw new InternalError("the module failed", { cause, poisoned });
    }
  };
  return { guarded, asks: (call) => (asked, bytes = NONE, time = NaN, fraction = NaN) => JSON.parse(guarded(() => call(JSON.stringify(asked), bytes, time, fraction))) };
}
