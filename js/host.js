// What the hosts give: time, chance, the network, and what users pass in.

import { ConfigError } from "./errors.js";

/** @internal A member of anything; a getter that throws reads as `undefined`. */
export function member(object, key) {
  try {
    return object?.[key] ?? undefined;
  } catch {}
}

/** @internal A number, or none. */
export const number = (value) => (typeof value === "number" ? value : NaN);

/** @internal A number, cut to a whole one; `null` for anything else, and what is too large is the largest. */
export function whole(value) {
  if (typeof value !== "number" || value !== value) return null;
  return Math.trunc(Math.max(-Number.MAX_SAFE_INTEGER, Math.min(value, Number.MAX_SAFE_INTEGER)));
}

/** @internal A plain object as JSON text: dates become ISO text, functions and `undefined` go. `undefined` for what JSON cannot hold. */
export function toJson(value) {
  try {
    return JSON.stringify(value);
  } catch {}
}

/** @internal The bytes of a body: text as UTF-8, a buffer, or any view of one, of this realm or another. */
export function bodyBytes(value) {
  if (typeof value === "string") return new TextEncoder().encode(value);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
}

/** @internal A `Date` or a number of milliseconds, as milliseconds. */
export function instantMs(value) {
  return value instanceof Date ? value.getTime() : typeof value === "number" ? value : undefined;
}

/** @internal One secret, or several. What is no text is no secret. */
export function secrets(value) {
  return [value].flat().filter((one) => typeof one === "string");
}

/** @internal Time in milliseconds since 1970. A clock that fails says `NaN`. */
export function now(clock) {
  return clock ? callOr(NaN, () => +clock.now()) : Date.now();
}

/** @internal What a function gives, or something else where it throws. */
export function callOr(otherwise, call) {
  try {
    return call();
  } catch {
    return otherwise;
  }
}

// Longest delay that timers take; beyond it they fire at once.
const LONGEST_MS = 2147483647;

/** @internal A promise that resolves after so many milliseconds, or when its `stop` is called. Never rejects. */
export function sleep(clock, ms) {
  // A delay that is not a number must not become an endless wait.
  ms = ms > 0 ? Math.min(ms, LONGEST_MS) : 0;
  let wake;
  const over = new Promise((resolve) => (wake = resolve));
  if (clock) {
    const controller = new AbortController();
    over.stop = () => (wake(), controller.abort());
    // A clock whose sleep throws counts as one whose time has come: waiting for ever would be worse.
    Promise.resolve(callOr(undefined, () => clock.sleep(ms, controller.signal))).then(wake, wake);
  } else {
    const handle = setTimeout(wake, ms);
    over.stop = () => (wake(), clearTimeout(handle));
  }
  return over;
}

/** @internal What a promise comes to, or `late` when the time is up first. */
export async function within(clock, ms, promise, late) {
  const timer = sleep(clock, ms);
  try {
    return await Promise.race([promise, timer.then(() => late)]);
  } finally {
    timer.stop();
    Promise.resolve(promise).catch(() => {});
  }
}

/** @internal What a promise comes to; rejects with the signal's reason when it aborts first. */
export async function unlessAborted(signal, promise) {
  if (!signal) return promise;
  let listener;
  const aborted = new Promise((_, reject) => {
    listener = () => reject(signal.reason);
    if (signal.aborted) listener();
    else signal.addEventListener("abort", listener);
  });
  try {
    return await Promise.race([aborted, promise]);
  } finally {
    signal.removeEventListener("abort", listener);
    // Whichever comes later is nobody's.
    aborted.catch(() => {});
    Promise.resolve(promise).catch(() => {});
  }
}

/**
 * @internal Reads a stream to its end: its bytes, or `undefined` when there are more than `limit`; the first ones, if it is to be
 * `cut`. `null` is an empty stream. `onReader` is told how to stop it.
 */
export async function readBytes(stream, limit, onReader, cut) {
  let bytes = new Uint8Array();
  let size = 0;
  const reader = stream?.getReader();
  const stop = () => void reader?.cancel().catch(() => {});
  onReader?.(stop);
  for (let chunk; reader && !(chunk = await reader.read()).done; ) {
    let { value } = chunk;
    if (!(value instanceof Uint8Array)) throw new TypeError("the body gave something that is not bytes");
    const over = value.length > limit - size;
    if (over) {
      stop();
      if (!cut) return;
      value = value.subarray(0, limit - size);
    }
    const end = size + value.length;
    if (size === 0) bytes = value;
    else if (end > bytes.length) {
      // Not a list of chunks: each of them may be one byte, and weigh a hundred times as much.
      const grown = new Uint8Array(Math.min(limit, 2 * end));
      grown.set(bytes.subarray(0, size));
      bytes = grown;
    }
    bytes.set(value, size);
    size = end;
    if (over) break;
  }
  return bytes.length === size ? bytes : bytes.slice(0, size);
}

/** @internal The `signal` of some options, if there is one. */
export function signalOf(options) {
  const signal = member(options, "signal");
  if (signal !== undefined && typeof member(signal, "addEventListener") !== "function") throw new ConfigError("`signal` must be an AbortSignal");
  return signal;
}

/** @internal The user's logger: any object with `debug`, `info`, `warn`, `error`, each optional. What it throws is its own affair. */
export function log(logger, level, message, details) {
  callOr(undefined, () => logger?.[level]?.(message, details));
}

/** @internal Which `fetch` an object of the package uses: the runtime's, a function, or an object with one, such as a service binding. */
export function fetcher(given) {
  if (given === undefined || given === null) return (request) => fetch(request);
  if (typeof given === "function") return (request) => given(request);
  if (typeof member(given, "fetch") === "function") return (request) => given.fetch(request);
  throw new ConfigError("`fetch` must be a function, or an object with a fetch method");
}
