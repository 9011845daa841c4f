// `InboundHandler`: webhooks in, handlers called, an answer out. The machine in WebAssembly says whose turn it is.

import { Agent, AgentScope, over, partsOf } from "./agent.js";
import { Conversation } from "./conversation.js";
import { ConfigError } from "./errors.js";
import { bodyBytes, log, member, now, toJson, whole, within } from "./host.js";
import { Machine, ask } from "./main.js";
import { gather, response } from "./receiving.js";
import { MemoryDedupe } from "./stores/memory.js";

/** Asked once for each environment: hosts without FinalizationRegistry never free what a function makes for each request. */
function perEnv(make) {
  const made = new WeakMap();
  return (env) => {
    if (env === null || typeof env !== "object") return make(env);
    if (!made.has(env)) made.set(env, make(env));
    return made.get(env);
  };
}

/** What the machine is told: a store's word, or how the last action ended. */
const WORDS = { new: 1, busy: 2, done: 3 };
const [START, WENT_WELL, THREW, TIMED_OUT] = [0, 4, 5, 6];

/** One request's way through the handlers. */
class Run {
  #inbound;
  #handlers;
  #given;
  #received;
  #began;
  /** The conversation of the handlers' agent; whether it is this request's own; what they called. */
  #session;
  #own;
  #calls = [];
  #ended = false;
  #abort = new AbortController();
  #response;
  /** What handlers threw. */
  #errors = [];
  /** The answer, as soon as there is one. */
  reply = new Promise((resolve) => (this.#response = resolve));

  /**
   * @param inbound the handler's own parts @param handlers those there were when the request came, by the machine's numbers
   * @param received what WebAssembly says of the request @param given what handlers are given
   */
  constructor(inbound, handlers, received, given) {
    this.#inbound = inbound;
    this.#handlers = handlers;
    this.#received = received;
    this.#given = { ...given, signal: this.#abort.signal };
    this.#began = now(inbound.clock);
  }

  /** Does what the machine says until it is done; gives its report. */
  async run(handling, store) {
    const { clock, logger } = this.#inbound;
    let storeFailed = false;
    try {
      for (let input = START; ; ) {
        const [what, ...details] = handling.ask([input], undefined, now(clock));
        if (what === "end") return await this.#end(...details);
        if (what === "reply") {
          this.#response(response(details[0]));
          input = WENT_WELL;
          continue;
        }
        const ms = details.pop();
        let failure;
        try {
          input = await within(clock, ms, this[what](store, ...details), TIMED_OUT);
          failure = "it took too long";
        } catch (thrown) {
          input = THREW;
          failure = thrown;
        }
        if (what === "call" || what === "tell") {
          if (input === TIMED_OUT) this.#abort.abort();
          if (input === THREW && what === "call") this.#errors.push(failure);
        } else if (input >= THREW && !storeFailed) {
          storeFailed = true;
          log(logger, "error", "butt-dial: the dedupe store failed", failure);
        }
      }
    } finally {
      handling.free();
    }
  }

  /** Waits for the sends under way; then the agents are over. */
  async #end(report) {
    if (report.late) this.#abort.abort();
    // What listeners keep goes on; all calls end with the budget.
    if (!this.#own) await Promise.allSettled(this.#calls);
    else await (report.late ? this.#session.close() : this.#session.drain());
    this.#ended = true;
    return { ...report, errors: report.errors.map((number) => this.#errors[number]) };
  }

  // ── What the machine says ───────────────────────────────────────────────────────────────────────────────

  async claim(store, key, leaseMs) {
    const word = WORDS[await store.claim(key, leaseMs)];
    // A store that does not know its own words must not let anything run twice.
    if (!word) throw new TypeError("the dedupe store answered a claim with neither new, busy nor done");
    return word;
  }

  async complete(store, key, ttlMs) {
    await store.complete(key, ttlMs);
    return WENT_WELL;
  }

  async release(store, key) {
    await store.release(key);
    return WENT_WELL;
  }

  async call(_, handler, index) {
    await this.#handlers[handler].handler(this.#received.events[index], this.#context(handler, index));
    return WENT_WELL;
  }

  async tell(_, handler, index) {
    await this.#handlers[handler].handler(this.#errors.at(-1), this.#received.events[index], this.#context(handler, index));
    return WENT_WELL;
  }

  /** What a handler is given beside the event; its agent is made when it asks for it. */
  #context(handler, index) {
    const key = this.#received.eventKeys[index] ?? crypto.randomUUID();
    let agent;
    const get = () => (agent ??= this.#agent(key, handler));
    return Object.defineProperty({ ...this.#given }, "agent", { get, enumerable: true });
  }

  #agent(key, handler) {
    const parts = this.#inbound.agentOf(this.#given.env);
    const alive = () => {
      if (this.#ended) throw over();
      return parts;
    };
    const session = () => {
      if (!this.#session) {
        const { host, config } = parts;
        this.#own = !host.listening;
        this.#session = host.listening ?? new Conversation(host, config);
      }
      return this.#session;
    };
    let chain;
    const { number } = this.#handlers[handler];
    return new AgentScope(alive, session, this.#calls, (conversation) => (chain ??= conversation.chain(key, number, this.#began)));
  }
}

/** One of two words, or nothing. */
function word(options, key, ...words) {
  const given = member(options, key);
  if (given !== undefined && !words.includes(given)) throw new ConfigError(`${key} must be ${words.join(" or ")}`);
  return given;
}

/** The methods that register a handler, and the kind of event of each. */
const METHODS = {
  onDeliveryReceipt: "delivery_receipt",
  onStatusUpdate: "status_update",
  onAccountVerified: "account_verified",
  onEcho: "echo",
  onFailedOutbound: "failed_outbound",
  onUnknown: "unknown",
  onAny: "any",
  onError: "error",
};

export class InboundHandler {
  #options;
  #parts;
  #registered = 0;

  static {
    for (const [name, kind] of Object.entries(METHODS)) {
      const { [name]: value } = { [name](handler) { return this.#on(kind, handler); } };
      Object.defineProperty(this.prototype, name, { value, configurable: true, writable: true });
    }
  }

  constructor(options) {
    this.#options = options = options ?? {};
    const { clock, logger, agent, dedupe } = options;
    for (const name of ["handlerTimeoutMs", "timeoutMs", "maxBodyBytes", "maxDepth"]) {
      const value = member(options, name);
      if (value !== undefined && !(value > 0)) throw new ConfigError(`\`${name}\` must be a number above 0`);
    }
    const makeAgent = typeof agent === "function" ? perEnv(agent) : () => agent;
    const agentOf = (env) => {
      const made = (agent ?? undefined) === undefined ? Agent.fromEnv(env === undefined ? {} : { env }) : makeAgent(env);
      const parts = partsOf(made);
      if (!parts) throw new ConfigError("`agent` must be an Agent, or a function that gives one");
      return parts;
    };
    const store = dedupe ?? new MemoryDedupe({ clock: clock ?? undefined });
    this.#parts = {
      clock: clock ?? undefined,
      logger,
      agentOf,
      handlers: new Set(),
      storeOf: (env) => (typeof store === "function" ? store(env) : store),
      flags: (word(options, "onHandlerError", "redeliver", "ack") === "ack" ? "a" : "") + (word(options, "ack", "after", "before") === "before" ? "b" : ""),
    };
    // An own, bound member: `{ fetch: inbound.fetch }` and `Deno.serve(inbound.fetch)` must work.
    Object.defineProperty(this, "fetch", { value: (request, env, ctx) => this.#fetch(request, env, ctx), enumerable: true });
  }

  onMessage(filter, handler) {
    if (typeof filter === "function") return this.#on("message", filter);
    const channel = filter?.channel ?? undefined;
    return this.#on(channel === undefined ? "message" : `message:${channel}`, handler);
  }
  onEvent(name, handler) {
    return this.#on(`event:${name}`, handler);
  }
  handleWhatsappPayload(payload, context) {
    return this.#payload("whatsapp", payload, context);
  }
  handleGenericPayload(payload, context) {
    return this.#payload("generic", payload, context);
  }

  /** Registers a handler; gives back what takes it out. Its number goes into the keys of what it sends. */
  #on(kind, handler) {
    if (typeof handler !== "function") throw new ConfigError("a handler must be a function");
    if (kind.includes("\n")) throw new ConfigError("a channel or an event's name has no line breaks");
    const { handlers } = this.#parts;
    const one = { kind, handler, number: this.#registered };
    this.#registered += 1;
    handlers.add(one);
    return () => void handlers.delete(one);
  }

  /** A machine for the handlers there are now. */
  #machine(handlers, name, flags, input, ...more) {
    const kinds = handlers.map(({ kind }) => `${kind}\n`).join("");
    return new Machine([name, kinds, flags, whole(this.#options.handlerTimeoutMs), ...input], ...more);
  }

  /** Never rejects. */
  async #fetch(request, env, ctx) {
    const { logger } = this.#parts;
    try {
      return await this.#answer(request, env, ctx);
    } catch (thrown) {
      log(logger, "error", "butt-dial: a webhook could not be handled", thrown);
      return new Response("", { status: 500 });
    }
  }

  async #answer(request, env, ctx) {
    const options = this.#options;
    const { logger, clock, flags, storeOf } = this.#parts;
    const { refusal, input } = await gather(ask, options, request, env, clock);
    if (refusal) return this.#refused(refusal);
    const waits = typeof ctx?.waitUntil === "function" && flags.includes("b");
    const handlers = [...this.#parts.handlers];
    const handling = this.#machine(handlers, "handling", waits ? flags : flags.replace("b", ""), ...input);
    const [received] = handling.ask([]);
    if (!received.source) {
      handling.free();
      return received.ok ? response(received.response) : this.#refused(received);
    }
    const { source, proof, deliveryId } = received;
    const run = new Run(this.#parts, handlers, received, { env, ctx, request, source, proof, deliveryId });
    const running = run.run(handling, storeOf(env)).then((report) => this.#log(report));
    if (waits) {
      ctx.waitUntil(running);
      return Promise.race([run.reply, running.then(() => run.reply)]);
    }
    await running;
    return run.reply;
  }

  #refused({ reason, response: answer }) {
    log(this.#parts.logger, "warn", "butt-dial: a webhook was refused", reason);
    return response(answer);
  }

  #log({ errors, errorsUnseen, unhandled, timedOut }) {
    const { logger } = this.#parts;
    if (errorsUnseen) for (const thrown of errors) log(logger, "error", "butt-dial: a handler failed", thrown);
    while (unhandled-- > 0) log(logger, "warn", "butt-dial: an event that nobody handles", "unknown");
    if (timedOut) log(logger, "error", "butt-dial: the handlers took too long");
  }

  async #payload(kind, payload, context) {
    const handlers = [...this.#parts.handlers];
    const handling = this.#machine(handlers, "payload", this.#parts.flags, [whole(this.#options.maxDepth), kind === "whatsapp"], bodyBytes(toJson(payload) ?? "null"));
    const [received] = handling.ask([]);
    const run = new Run(this.#parts, handlers, received, { env: member(context, "env"), ctx: undefined, request: null, source: null, proof: "none", deliveryId: null });
    const report = await run.run(handling);
    this.#log(report);
    const { status, messages, receipts, others, duplicates, errors } = report;
    return { status, messages, receipts, others, duplicates, errors };
  }
}
