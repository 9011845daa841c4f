// A picture of the globals, taken when this module is evaluated: import it before the package.

const NAMES = [
  "AbortController", "AbortSignal", "Array", "ArrayBuffer", "Date", "Error", "FinalizationRegistry", "Function", "Headers",
  "JSON", "Map", "Math", "Number", "Object", "Promise", "ReadableStream", "Reflect", "RegExp", "Request", "Response", "Set",
  "String", "Symbol", "TextDecoder", "TextEncoder", "URL", "Uint8Array", "WebAssembly", "WebSocket", "atob", "clearTimeout",
  "console", "crypto", "fetch", "queueMicrotask", "setTimeout",
];

/** Every value, member and getter of the globals that a package might be tempted to patch. */
export function picture() {
  const seen = new Map();
  for (const name of NAMES) {
    const value = globalThis[name];
    seen.set(name, value);
    members(seen, name, value);
    members(seen, `${name}.prototype`, value?.prototype);
  }
  return seen;
}

function members(seen, path, object) {
  if (object === null || (typeof object !== "object" && typeof object !== "function")) return;
  for (const key of Reflect.ownKeys(object)) {
    const descriptor = Object.getOwnPropertyDescriptor(object, key);
    for (const part of ["value", "get", "set"]) {
      if (typeof descriptor[part] === "function") seen.set(`${path}.${String(key)} (${part})`, descriptor[part]);
    }
  }
}

/** What differs between two pictures. */
export function differences(before, after) {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => !Object.is(before.get(name), after.get(name)));
}

/** The names on the global object. */
export const names = () => new Set(Reflect.ownKeys(globalThis).map(String));

// Deno completes its console when `process` is first looked at; the package looks for the environment there.
void globalThis.process?.env;

export const before = picture();
export const namesBefore = names();
