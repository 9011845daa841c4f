// Time: the host's, and one that stands still until told.
import { instant, known, options as checked, wrong } from "./check.js";

// Timers take no more than this; longer sleeps go in steps.
const LONGEST = 2 ** 31 - 1;
const START = Date.UTC(2026, 0, 1);
// How often other tasks get their turn after a step of a virtual clock. One is not enough: a call through streams and
// bodies takes several.
const TURNS = 8;

/** The runtime's own clock. */
export const hostClock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    let left = ms;
    do {
      const step = Math.min(left, LONGEST);
      await timer(step, signal);
      left -= step;
    } while (left > 0);
  },
};

/** A clock, or a ConfigError. */
export function usable(clock) {
  if (clock === undefined) return hostClock;
  if (typeof clock?.now !== "function" || typeof clock.sleep !== "function") throw wrong("clock has now() and sleep(ms, signal)");
  return clock;
}

export class VirtualClock {
  #now;
  #sleepers = [];

  constructor(options) {
    const given = checked(options, "VirtualClock");
    known(given, "VirtualClock", "now");
    this.#now = instant(given.now, "now", START);
  }

  now() {
    return this.#now;
  }

  sleep(ms, signal) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      if (!(ms > 0)) return resolve();
      const sleeper = { due: this.#now + ms, wake };
      const stop = () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal.reason);
      };
      function wake() {
        signal?.removeEventListener("abort", stop);
        resolve();
      }
      signal?.addEventListener("abort", stop, { once: true });
      this.#sleepers.push(sleeper);
      // Sleepers due at the same time wake in the order in which they lay down: sorting is stable.
      this.#sleepers.sort((a, b) => a.due - b.due);
    });
  }

  async advance(ms) {
    if (typeof ms !== "number" || !Number.isFinite(ms) || ms < 0) throw wrong("advance takes milliseconds from 0 up");
    const end = this.#now + ms;
    await settle();
    while (this.#sleepers.length > 0 && this.#sleepers[0].due <= end) {
      const sleeper = this.#sleepers.shift();
      this.#now = sleeper.due;
      sleeper.wake();
      await settle();
    }
    this.#now = end;
    await settle();
  }

  get pending() {
    return this.#sleepers.map((sleeper) => sleeper.due - this.#now);
  }
}

function timer(ms, signal) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const stop = () => {
      clearTimeout(handle);
      reject(signal.reason);
    };
    const handle = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal?.addEventListener("abort", stop, { once: true });
  });
}

/** Lets what was woken go on as far as it can without time. */
async function settle() {
  for (let turn = 0; turn < TURNS; turn++) {
    await new Promise((resolve) => (globalThis.setImmediate ?? setTimeout)(resolve, 0));
  }
}
