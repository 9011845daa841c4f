// What the recorded answers rest on in Python: which values count as true, and how a value is written as text.

/** Whether a JSON value counts as true in Python. */
export function truthy(value) {
  if (value === undefined || value === null || value === false || value === 0 || value === "") return false;
  if (Array.isArray(value)) return value.length > 0;
  return typeof value !== "object" || Object.keys(value).length > 0;
}

/** The first value that counts as true, else the last: Python's `or`. */
export function either(...values) {
  return values.find(truthy) ?? values.at(-1) ?? null;
}

/** A JSON object, which Python calls a dict. */
export function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `str(value)` for the values where that is plain: texts as they are, others as {@link repr}. */
export function str(value) {
  return typeof value === "string" ? value : repr(value);
}

/** `repr(value)` of a JSON value. */
export function repr(value) {
  if (value === null || value === undefined) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (typeof value === "string") return quoted(value);
  if (Array.isArray(value)) return `[${value.map(repr).join(", ")}]`;
  if (isObject(value)) return `{${Object.entries(value).map(([key, item]) => `${repr(key)}: ${repr(item)}`).join(", ")}}`;
  return String(value);
}

function quoted(text) {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replace(/[\\\n\r\t]/g, (char) => ({ "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" })[char]);
  return mark + (mark === "'" ? escaped.replaceAll("'", "\\'") : escaped) + mark;
}

/** `int(value)` as Python reads it, or `null` where it would raise. Scripts other than ASCII included. */
export function int(value) {
  if (value === true) return 1;
  if (value === false) return 0;
  if (typeof value === "number") return Number.isFinite(value) ? Math.trunc(value) : null;
  if (typeof value !== "string") return null;
  const text = value.trim().replace(/\p{Nd}/gu, (digit) => String(digitOf(digit)));
  return /^[+-]?\d+(?:_\d+)*$/.test(text) ? Number(text.replaceAll("_", "")) : null;
}

/** The value of a decimal digit of any script: its distance from the nearest block of ten that starts at a zero. */
function digitOf(digit) {
  const code = digit.codePointAt(0);
  if (code >= 0x1d7ce && code <= 0x1d7ff) return (code - 0x1d7ce) % 10;
  let start = code;
  while (start > 0 && code - start < 9 && /\p{Nd}/u.test(String.fromCodePoint(start - 1))) start -= 1;
  return code - start;
}
