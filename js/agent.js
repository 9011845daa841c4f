// `Agent`: configuration only, so that any number of requests may use one; and, with `keepAlive`, one session.

import { Conversation } from "./conversation.js";
import { ConfigError } from "./errors.js";
import { signalOf } from "./host.js";
import { listen, refuseWorkers } from "./listening.js";
import { withMethods } from "./main.js";
import { HOST, fromEnv, hidden, hostOf, methods, plain, read } from "./options.js";
import { rest } from "./rest.js";

/** Gives a class the methods of an agent: `(options) => Promise`. */
function callable(Class, call, partsOf) {
  withMethods(([tools, calls]) => {
    // Each by its place in the table; several of one place have bars between them.
    tools.forEach((names, row) => methods(Class, names.split("|"), (agent, _, name, [options]) => call(agent, row, plain(options, "signal"), signalOf(options))));
    methods(Class, calls, (agent, _, name, [options]) => {
      const { host, config } = partsOf(agent);
      return rest(host, [name, config, plain(options, "signal")], { signal: signalOf(options) });
    });
  });
}

/** @internal An agent within a scope: its calls share the scope's session, and end with it. */
export class AgentScope {
  #parts;
  #session;
  #calls;
  #chain;

  static {
    callable(this, (agent, ...call) => agent.#call(...call), (agent) => agent.#parts());
  }

  /**
   * @param parts gives the `{ host, config }` of the agent, and throws when the scope is over @param session gives the conversation
   * @param calls keeps what was called @param chain gives the number of a chain of keys in it
   */
  constructor(parts, session, calls, chain) {
    this.#parts = parts;
    this.#session = session;
    this.#calls = calls;
    this.#chain = chain;
  }

  #call(method, options, signal) {
    this.#parts();
    const session = this.#session();
    const call = session.call(method, options, this.#chain?.(session) ?? 0, signal);
    this.#calls.push(call);
    return call;
  }
}

/** @internal What a scope's agent throws when it is used later. */
export const over = () => new ConfigError("this agent belongs to a session or a webhook that has ended", { code: "SCOPE_ENDED" });

/** @internal The `{ host, config }` of an agent; `undefined` for anything else. */
export let partsOf;

export class Agent {
  #parts;
  #kept;
  #listeners = 0;

  static {
    callable(this, (agent, ...call) => agent.#call(...call), (agent) => agent.#parts);
    partsOf = (agent) => (typeof agent === "object" && agent !== null && #parts in agent ? agent.#parts : undefined);
  }

  constructor(options) {
    const [config, baseUrl, agentId, keepAlive] = read("configure", plain(options, ...HOST));
    this.#parts = { host: hostOf(options), config, keepAlive };
    for (const [name, value] of Object.entries({ baseUrl, agentId })) Object.defineProperty(this, name, { value, enumerable: true });
  }

  static fromEnv(options) {
    return new Agent(fromEnv(options, true));
  }

  async session(work) {
    if (typeof work !== "function") throw new ConfigError("session needs a function");
    const { host, config } = this.#parts;
    // While somebody listens there is one session only: some servers know no other of an agent (wire-contract 2.8).
    const own = host.listening ? undefined : new Conversation(host, config);
    const session = own ?? host.listening;
    const calls = [];
    let ended = false;
    const parts = () => {
      if (ended) throw over();
      return this.#parts;
    };
    try {
      return await work(new AgentScope(parts, () => session, calls));
    } finally {
      ended = true;
      await (own ? own.drain() : Promise.allSettled(calls));
    }
  }

  listen(options) {
    refuseWorkers(options);
    const data = plain(options, "signal", "durableObject");
    const { host, config, keepAlive } = this.#parts;
    const kept = (this.#kept ??= new Conversation(host, config));
    this.#listeners += 1;
    host.listening = kept;
    let listens = true;
    const release = () => {
      if (!listens) return;
      listens = false;
      this.#listeners -= 1;
      if (this.#listeners > 0) return;
      host.listening = undefined;
      if (keepAlive || this.#kept !== kept) return;
      this.#kept = undefined;
      kept.drain();
    };
    try {
      return listen(options, data, kept, host.logger, release);
    } catch (thrown) {
      release();
      throw thrown;
    }
  }

  async close() {
    const kept = this.#kept;
    this.#kept = this.#parts.host.listening = undefined;
    await kept?.close();
  }

  #call(method, options, signal) {
    const { host, config, keepAlive } = this.#parts;
    const kept = keepAlive ? (this.#kept ??= new Conversation(host, config)) : this.#kept;
    if (kept) return kept.call(method, options, 0, signal);
    const session = new Conversation(host, config);
    const answer = session.call(method, options, 0, signal);
    session.drain();
    return answer;
  }
}

// Hosts without the symbol have no `await using` that could ask for it.
if (Symbol.asyncDispose) {
  hidden(Agent.prototype, Symbol.asyncDispose, function () {
    return this.close();
  });
}
