// `Agent`: configuration only, so that any number of requests may use one; and, with `keepAlive`, one session.

import { Conversation } from "./conversation.js";
import { ConfigError, makeError } from "./errors.js";
import { fetcher, member } from "./host.js";
import { ask } from "./main.js";

/** The data of an options object as JSON; what is no data is read on its own. */
function plain(options) {
  if (options === undefined || options === null) return "";
  if (typeof options !== "object" && typeof options !== "function") throw new ConfigError("the options must be an object");
  try {
    const { fetch, clock, random, logger, signal, env, onPush, ...data } = options;
    return JSON.stringify(data);
  } catch {
    throw new ConfigError("the options hold what JSON cannot");
  }
}

/** The environment variables that count. */
function values(env) {
  const names = ["BUTT_DIAL_BASE_URL", "BUTT_DIAL_URL", "BUTT_DIAL_AGENT_ID", "BUTT_DIAL_AGENT_TOKEN"];
  return Object.fromEntries(names.map((name) => [name, member(env, name)]).filter(([, value]) => typeof value === "string"));
}

/** The methods of the table, by their places in it. */
const METHODS = ["sendMessage", "sendMessages", "callTool", "listTools", "ping"];

/** Gives a class these methods: `(options) => Promise`. */
function callable(Class, call) {
  METHODS.forEach((name, method) => {
    const { [name]: value } = {
      async [name](options) {
        return call(this, method, plain(options), member(options, "signal"));
      },
    };
    Object.defineProperty(Class.prototype, name, { value, configurable: true, writable: true });
  });
}

/** @internal An agent within a scope: its calls share the scope's session, and end with it. */
export class AgentScope {
  #session;
  #chain;

  static {
    callable(this, (agent, ...call) => agent.#call(...call));
  }

  /** @param session gives the conversation, and throws when the scope is over @param chain gives the number of a chain of keys in it */
  constructor(session, chain) {
    this.#session = session;
    this.#chain = chain;
  }

  #call(method, options, signal) {
    const session = this.#session();
    return session.call(method, options, this.#chain?.(session) ?? 0, signal);
  }
}

/** @internal What a scope's agent throws when it is used later. */
export const over = () => new ConfigError("this agent belongs to a session or a webhook that has ended", { code: "SCOPE_ENDED" });

/** @internal The `{ host, config }` of an agent; `undefined` for anything else. */
export let partsOf;

/** What the module makes of options, or the error it finds in them. */
function read(...asked) {
  const value = ask(asked);
  if (value.kind) throw makeError(value.kind, value.details);
  return value;
}

export class Agent {
  #parts;
  #kept;

  static {
    callable(this, (agent, ...call) => agent.#call(...call));
    partsOf = (agent) => (typeof agent === "object" && agent !== null && #parts in agent ? agent.#parts : undefined);
  }

  constructor(options) {
    const [config, baseUrl, agentId, keepAlive] = read("configure", plain(options));
    const { clock, random, logger, onPush } = options;
    const given = (value) => value ?? undefined;
    const callable = (value) => (typeof value === "function" ? value : undefined);
    const host = { fetch: fetcher(options.fetch), clock: given(clock), logger, random: callable(random), onPush: callable(onPush) };
    this.#parts = { host, config, keepAlive };
    for (const [name, value] of Object.entries({ baseUrl, agentId })) Object.defineProperty(this, name, { value, enumerable: true });
  }

  static fromEnv(options) {
    const variables = member(options, "env") ?? member(globalThis.process, "env");
    return new Agent({ ...options, ...read("environment", plain(options), values(variables)) });
  }

  async session(work) {
    if (typeof work !== "function") throw new ConfigError("session needs a function");
    const { host, config } = this.#parts;
    const session = new Conversation(host, config);
    let ended = false;
    const agent = new AgentScope(() => {
      if (ended) throw over();
      return session;
    });
    try {
      return await work(agent);
    } finally {
      ended = true;
      await session.drain();
    }
  }

  async close() {
    const kept = this.#kept;
    this.#kept = undefined;
    await kept?.close();
  }

  #call(method, options, signal) {
    const { host, config, keepAlive } = this.#parts;
    if (keepAlive) return (this.#kept ??= new Conversation(host, config)).call(method, options, 0, signal);
    const session = new Conversation(host, config);
    const answer = session.call(method, options, 0, signal);
    session.drain();
    return answer;
  }
}

// Hosts without the symbol have no `await using` that could ask for it.
if (Symbol.asyncDispose) {
  Object.defineProperty(Agent.prototype, Symbol.asyncDispose, { value() { return this.close(); }, configurable: true, writable: true });
}
