// Reading what users pass in, in one call each. A getter that throws reads as `undefined`.

/** @internal A member of anything. */
export function member(object, key) {
  try {
    return object?.[key];
  } catch {}
}

/** @internal A plain object as JSON text: dates become ISO text, functions and `undefined` go. `undefined` for what JSON cannot hold. */
export function toJson(value) {
  try {
    return JSON.stringify(value);
  } catch {}
}

/** @internal The data of an options object as JSON text; what is no data is read on its own. */
export function plainJson(options) {
  try {
    const { fetch, clock, random, logger, signal, env, ...data } = options;
    return JSON.stringify(data);
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
  if (value instanceof Date) return value.getTime();
  if (typeof value === "number") return value;
}

/** @internal The pairs of a plain object, or of `Headers` and anything else that iterates over pairs, as JSON text. */
export function textPairs(value) {
  const text = (part) => (typeof part === "string" ? part : "");
  try {
    const pairs = value?.[Symbol.iterator] ? [...value] : Object.entries(value ?? {});
    return JSON.stringify(pairs.filter(Array.isArray).map(([name, content]) => [text(name), text(content)]));
  } catch {
    return "[]";
  }
}
