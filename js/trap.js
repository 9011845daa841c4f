// Questions to an instance. A trap (a panic we do not have, a stack overflow, no memory left) must not leave anyone waiting.

import { InternalError } from "./errors.js";

/** @internal No bytes. */
export const NONE = new Uint8Array();

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * @internal Asks an instance: `call` gets a name and its arguments as a JSON array, bytes, the time in milliseconds and a number
 * that need not be whole; it gives JSON. What it throws is a trap: an `InternalError`, and so is every later question.
 *
 * A question is bytes, a zero and JSON; `room` is where it goes. An answer is JSON and a zero. `memory` gives the buffer,
 * which is another one when the memory has grown.
 */
export function instance(room, memory) {
  let poisoned = false;
  /** What `call` gives to the question. */
  const told = (call, asked, bytes = NONE, time = NaN, fraction = NaN) => {
    if (poisoned) throw new InternalError("an earlier failure left this instance unusable; load the module anew", { poisoned });
    const json = encoder.encode("\0" + JSON.stringify(asked));
    try {
      const place = room(bytes.length + json.length);
      const question = new Uint8Array(memory(), place);
      question.set(bytes);
      question.set(json, bytes.length);
      return call(time, fraction);
    } catch (cause) {
      poisoned = true;
      throw new InternalError("the module failed", { cause, poisoned });
    }
  };
  const asks = (call) => (...asked) => {
    const place = told(call, ...asked);
    // Only now: the answer may have made the memory grow.
    const answer = new Uint8Array(memory(), place);
    return JSON.parse(decoder.decode(answer.subarray(0, answer.indexOf(0))));
  };
  return { asks, told };
}
