// Options of the classes: what is data goes to WebAssembly as JSON, what is not becomes the host of their calls.

import { ConfigError, makeError } from "./errors.js";
import { fetcher, member } from "./host.js";
import { ask } from "./main.js";

/** @internal The options of the classes that are no data. */
export const HOST = ["fetch", "clock", "random", "logger", "signal", "env", "onPush"];

/** @internal The data of an options object as JSON, without the members that are read on their own. What JSON cannot hold is a mistake. */
export function plain(options, ...own) {
  if (options === undefined || options === null) return "";
  if (typeof options !== "object" && typeof options !== "function") throw new ConfigError("the options must be an object");
  try {
    const data = { ...options };
    for (const key of own) delete data[key];
    return JSON.stringify(data, finite);
  } catch (thrown) {
    throw thrown instanceof ConfigError ? thrown : new ConfigError("the options hold what JSON cannot");
  }
}

/** JSON would make `null` of such a value, which lifts a limit, or means now. */
function finite(key, value) {
  if (typeof value === "number" ? !Number.isFinite(value) : value === null && this[key]) {
    throw new ConfigError(`\`${key}\` must be a ${typeof value === "number" ? "finite number" : "valid date"}`);
  }
  return value;
}

const VARIABLES = ["BASE_URL", "URL", "AGENT_ID", "AGENT_TOKEN", "TEAM_TOKEN"].map((name) => `BUTT_DIAL_${name}`);

/** @internal The options of a class, `Agent` or the other, filled up from environment variables. */
export function fromEnv(options, isAgent) {
  const env = member(options, "env") ?? member(globalThis.process, "env");
  const values = VARIABLES.map((name) => [name, member(env, name)]).filter(([, value]) => typeof value === "string");
  return { ...options, ...read("environment", plain(options, ...HOST), Object.fromEntries(values), isAgent) };
}

/** @internal What the module makes of options, or the error it finds in them. */
export function read(...asked) {
  const value = ask(asked);
  if (value.kind) throw makeError(value.kind, value.details);
  return value;
}

const callable = (value) => (typeof value === "function" ? value : undefined);

/** @internal What calls need of the host. `warned`: what the log was told and need not be told again. */
export function hostOf({ fetch, clock, logger, random, onPush }) {
  return { fetch: fetcher(fetch), clock: clock ?? undefined, logger, random: callable(random), onPush: callable(onPush), warned: new Set() };
}

/** @internal Gives a class these methods; each calls `call` with the instance, what stands for its name, and its arguments. */
export function methods(Class, names, call) {
  names.forEach((name, index) => {
    const { [name]: value } = {
      async [name](options, ...more) {
        return call(this, index, name, [options, ...more]);
      },
    };
    hidden(Class.prototype, name, value);
  });
}

/** @internal A method as a class would have it. */
export function hidden(object, name, value) {
  Object.defineProperty(object, name, { value, configurable: true, writable: true });
}
