// What users pass in: JSON and nothing else, or a ConfigError that names the place.
import { makeError } from "../errors.js";

const DEPTH = 100;

/** An error of the package. */
export function failure(kind, message, details = {}, cause = undefined) {
  return makeError(kind, cause === undefined ? { ...details, message } : { ...details, message, cause });
}

/** The caller's mistake. */
export function wrong(message) {
  return failure("ConfigError", message);
}

/** A copy of a value that is JSON; members that are `undefined` go. */
export function plain(value, name, depth = 0) {
  if (depth > DEPTH) throw wrong(`${name} nests too deep`);
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      if (!Number.isFinite(value)) throw wrong(`${name} is no finite number`);
      return value;
    case "object":
      if (value === null) return null;
      if (Array.isArray(value)) return value.map((item, index) => plain(item, `${name}[${index}]`, depth + 1));
      if (!isPlain(value)) throw wrong(`${name} is no plain object`);
      return copy(value, name, depth);
    default:
      throw wrong(`${name} is a ${typeof value}, not JSON`);
  }
}

/** The same for an object of options, or nothing. */
export function options(value, name) {
  if (value === undefined) return {};
  if (value === null || typeof value !== "object" || Array.isArray(value) || !isPlain(value)) throw wrong(`${name} is an object`);
  return value;
}

/** A text that is there. */
export function text(value, name) {
  if (typeof value !== "string" || value === "") throw wrong(`${name} is a text that is not empty`);
  return value;
}

/** A `Date` or milliseconds, as milliseconds. */
export function instant(value, name, now) {
  if (value === undefined) return now;
  const ms = value instanceof Date ? value.getTime() : value;
  if (typeof ms !== "number" || !Number.isFinite(ms) || ms < 0) throw wrong(`${name} is a Date or milliseconds since 1970`);
  return ms;
}

/** Refuses members that nobody reads. */
export function known(object, name, ...keys) {
  for (const key of Object.keys(object)) {
    if (!keys.includes(key)) throw wrong(`${name} has no option ${key}`);
  }
}

function copy(value, name, depth) {
  const out = {};
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue;
    // `__proto__` of parsed JSON is an own member, and stays one.
    Object.defineProperty(out, key, {
      value: plain(member, `${name}.${key}`, depth + 1),
      enumerable: true, configurable: true, writable: true,
    });
  }
  return out;
}

function isPlain(value) {
  const prototype = Object.getPrototypeOf(value);
  // An object of another realm has that realm's Object.prototype, which has no prototype.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
