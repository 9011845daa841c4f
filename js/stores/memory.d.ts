/** `butt-dial-edge/stores/memory`: for tests and for processes that may forget. Exact within one isolate, gone with it. */

/** Limits of {@link MemoryDedupe}. */
export interface MemoryDedupeOptions {
  /** Most keys kept; what expired goes first, then the oldest completed key. @defaultValue 10000 */ maxKeys?: number;
  /** Time, in milliseconds since 1970. @defaultValue the runtime's clock */ clock?: { now(): number };
}

/** Deliveries seen by this isolate. On Workers and Deno Deploy other isolates do not see them. */
export class MemoryDedupe {
  constructor(options?: MemoryDedupeOptions);
  /** Claims at once have one winner. */ readonly guarantee: "exact";
  /** How many keys are kept, expired ones included that nobody asked for since. */ readonly size: number;
  /**
   * Claims a key for `leaseMs`. `new`: yours to handle. `busy`: someone holds it, ask the sender to come again. `done`: it was
   * handled.
   */
  claim(key: string, leaseMs: number): "new" | "busy" | "done";
  /** It was handled, and counts as such for `ttlMs`. */
  complete(key: string, ttlMs: number): void;
  /** It was not handled; the next claim is `new`. What was completed stays so. */
  release(key: string): void;
}
