/** What a host implements so that things outlive the isolate: interfaces of plain data, sync or async. */

import type { MaybePromise } from "./types.d.ts";

/**
 * Remembers which deliveries were handled, so that a repeat is answered but not handled again. A claim is short, so that a
 * delivery whose isolate died is handled when it comes again; a completed one stays for `ttlMs`. Keys are at most 200
 * characters. Ready ones are under `butt-dial-edge/stores/*`.
 */
export interface DeliveryDedupeStore {
  /** **The atomic verb.** `new`: yours to handle, for `leaseMs` milliseconds. `busy`: someone holds it, ask the sender to come again. `done`: handled. */
  claim(key: string, leaseMs: number): MaybePromise<"new" | "busy" | "done">;
  /** It was handled: `done` for `ttlMs` milliseconds. */
  complete(key: string, ttlMs: number): MaybePromise<void>;
  /** It was not handled: the next claim is `new`. */
  release(key: string): MaybePromise<void>;
}
