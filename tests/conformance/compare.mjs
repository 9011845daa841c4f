// When two JSON values are the same answer: key order does not matter, instants are compared as instants, placeholders
// stand for any value of their form.

/** Members that hold a date-time. Elsewhere a text is a text. */
const INSTANTS = new Set(["received_at", "timestamp", "lockedUntil"]);

const FORMS = {
  "<uuid4>": /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  "<unix-seconds>": /^\d{9,11}$/,
  "<32-hex>": /^[0-9a-f]{32}$/,
};

/** An answer that is anything of this kind: for what the README of the vectors says cannot be compared. */
export const SOME_TEXT = Object.freeze({ $: "some text" });

/** Where they differ, as a path, or `null` if they are the same. `expected` may hold placeholders, `actual` may not. */
export function difference(expected, actual) {
  return differ(expected, actual, "", null, new Map());
}

export function same(expected, actual) {
  return difference(expected, actual) === null;
}

function differ(expected, actual, path, key, bound) {
  if (expected === SOME_TEXT) return actual === SOME_TEXT || (typeof actual === "string" && actual !== "") ? null : path;
  if (typeof expected === "string" && typeof actual === "string") {
    return sameText(expected, actual, key, bound) ? null : path;
  }
  if (typeof expected !== "object" || typeof actual !== "object" || expected === null || actual === null) {
    return Object.is(expected, actual) || expected === actual ? null : path;
  }
  if (Array.isArray(expected) !== Array.isArray(actual)) return path;
  const keys = Array.isArray(expected) ? expected.keys() : Object.keys(expected);
  if (Object.keys(expected).length !== Object.keys(actual).length) return `${path}.*`;
  for (const item of keys) {
    if (!Object.hasOwn(actual, item)) return `${path}.${item}`;
    const found = differ(expected[item], actual[item], `${path}.${item}`, item, bound);
    if (found !== null) return found;
  }
  return null;
}

function sameText(expected, actual, key, bound) {
  if (expected === actual) return true;
  if (Object.hasOwn(FORMS, expected)) {
    // One placeholder of a case stands for one value: the idempotency key is the same in all attempts.
    const before = bound.get(expected) ?? actual;
    bound.set(expected, before);
    return FORMS[expected].test(actual) && before === actual;
  }
  if (!INSTANTS.has(key)) return false;
  const [one, two] = [instant(expected), instant(actual)];
  return one !== null && one === two;
}

/** Milliseconds of an ISO date-time with an offset, finer digits cut off; `null` if it is none. */
export function instant(text) {
  const parts = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(text);
  if (parts === null) return null;
  const ms = Date.parse(`${parts[1]}.${(parts[2] ?? "").padEnd(3, "0").slice(0, 3)}${parts[3]}`);
  return Number.isNaN(ms) ? null : ms;
}
