// Deliveries seen by this isolate: exact within it, gone with it. One Map and three verbs.

export class MemoryDedupe {
  #keys = new Map(); // key -> { done, until }
  #maxKeys;
  #clock;
  #untilSweep = 0;

  constructor({ maxKeys = 10_000, clock = Date } = {}) {
    this.#maxKeys = Math.max(1, maxKeys);
    this.#clock = clock;
  }

  get guarantee() {
    return "exact";
  }

  get size() {
    return this.#keys.size;
  }

  claim(key, leaseMs) {
    const now = this.#clock.now();
    const seen = this.#keys.get(key);
    if (seen && seen.until > now) return seen.done ? "done" : "busy";
    this.#put(key, false, now + leaseMs, now);
    return "new";
  }

  complete(key, ttlMs) {
    const now = this.#clock.now();
    this.#put(key, true, now + ttlMs, now);
  }

  release(key) {
    if (this.#keys.get(key)?.done === false) this.#keys.delete(key);
  }

  #put(key, done, until, now) {
    // Deleted first, so that the Map's order is that of the last change.
    if (!this.#keys.delete(key) && this.#keys.size >= this.#maxKeys) this.#makeRoom(now);
    this.#keys.set(key, { done, until });
  }

  // Forgets what expired, but looks through all of it only once in a while; else the oldest completed key, else the
  // oldest claim.
  #makeRoom(now) {
    if (--this.#untilSweep < 0) {
      this.#untilSweep = Math.ceil(this.#maxKeys / 10);
      for (const [key, { until }] of this.#keys) if (until <= now) this.#keys.delete(key);
    }
    if (this.#keys.size >= this.#maxKeys) this.#keys.delete(this.#oldest());
  }

  #oldest() {
    for (const [key, { done }] of this.#keys) if (done) return key;
    return this.#keys.keys().next().value;
  }
}
