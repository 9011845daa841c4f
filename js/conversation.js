// One scope's MCP conversation. The machine in WebAssembly decides everything; here its requests are made, its streams read,
// its timers set, and the promises of its calls settled.

import { ConfigError, makeError } from "./errors.js";
import { callOr, log, member, now, sleep, whole } from "./host.js";
import { Exchange, said } from "./http.js";
import { Machine } from "./main.js";

/** What the machine is told. */
const [CHAIN, CALL, ABORT, LISTEN, UNLISTEN, TOOK, ELSEWHERE, SAID, ACCEPTS, BYTES, REFUSED, ENDED, ANSWERED, FAILED, TICK, DRAIN, CLOSE] = Array(17).keys();

export class Conversation {
  #host;
  #link;
  #inputs = [];
  #busy = false;
  #jobs = new Map();
  /** What is under way: streams by lane, POSTs by name; each with its `stop`. */
  #open = { stream: new Map(), post: new Map() };
  /** Who answers callers on the phone, by question: how to stop them. */
  #questions = new Map();
  #timer;
  #failure;
  #closed = {};
  /** What to add to a clock that nobody sets. */
  #since = Date.now() - performance.now();

  /**
   * @param host `{ fetch, clock, random, logger, onPush }`, and `listening`, the conversation that has listeners @param config the
   * checked options of an agent, as JSON
   */
  constructor(host, config) {
    this.#host = host;
    this.#link = new Machine(["link", config], crypto.getRandomValues(new Uint8Array(16)));
    this.#closed.promise = new Promise((resolve) => (this.#closed.resolve = resolve));
  }

  /** A chain of keys for the sends of one handler of a webhook that came then. */
  chain(event, handler, came) {
    return this.#link ? this.#ask([CHAIN, handler, event, whole(came)])[0] : 0;
  }

  /** Calls a method of the table; `options` is JSON. */
  call(method, options, chain, signal) {
    return new Promise((resolve, reject) => {
      const job = { resolve, reject, signal, sends: method < 2 };
      const aborted = signal?.aborted ?? false;
      if (aborted && !job.sends) reject(signal.reason);
      else this.#feed([CALL, method, options, chain, aborted], undefined, job);
    });
  }

  /** Begins to listen: `listener` has `speak`, `event`, `tell`, `over` and `reject`; `options` is JSON. */
  listen(listener, options) {
    this.#feed([LISTEN, +!!listener.speak, options], undefined, listener);
  }

  // Both by a listener that may wait for its number itself.

  unlisten(listener) {
    this.#feed(() => [UNLISTEN, listener.id]);
  }

  /** A listener handed an event on. */
  took(listener) {
    this.#feed(() => [TOOK, listener.id]);
  }

  /** What another session of the agent was pushed. */
  elsewhere(data) {
    this.#feed([ELSEWHERE, 0, { data }]);
  }

  /** Takes no further call; resolves when the last one has ended and nothing is open any more. */
  drain() {
    this.#feed([DRAIN]);
    return this.#closed.promise;
  }

  /** Ends it now: calls under way fail. */
  close() {
    this.#feed([CLOSE]);
    return this.#closed.promise;
  }

  #abort(job) {
    this.#feed([ABORT, job.id]);
    // A send that is given up still says how far it got.
    if (!job.sends) this.#settle(job.id)?.reject(job.signal.reason);
  }

  /** Asks the machine, with the time and a bit of chance. */
  #ask(asked, bytes) {
    const { random } = this.#host;
    const chance = random ? callOr(0, () => +random()) : Math.random();
    return this.#link.ask(asked, bytes, this.#now(), chance);
  }

  #now() {
    const { clock } = this.#host;
    return clock ? now(clock) : this.#since + performance.now();
  }

  /** Tells the machine something and does what it says; one thing after the other, whoever they come from. */
  #feed(asked, bytes, job) {
    this.#inputs.push([asked, bytes, job]);
    if (this.#busy) return;
    this.#busy = true;
    while (this.#link && this.#inputs.length > 0) {
      const [asked, bytes, job] = this.#inputs.shift();
      try {
        const [name, ...actions] = this.#ask(typeof asked === "function" ? asked() : asked, bytes);
        if (job) this.#begin(name, job);
        for (const [what, ...details] of actions) this[what](...details);
      } catch (thrown) {
        this.#lost(thrown, job);
      }
    }
    this.#busy = false;
    if (this.#link) return;
    const over = this.#failure ?? new ConfigError("this session has ended", { code: "SCOPE_ENDED" });
    for (const [, , job] of this.#inputs.splice(0)) job?.reject(over);
  }

  #begin(id, job) {
    const { signal } = job;
    job.id = id;
    this.#jobs.set(id, job);
    signal?.addEventListener("abort", (job.abort = () => this.#abort(job)));
    // While it waited for its turn.
    if (signal?.aborted) job.abort();
  }

  #settle(id) {
    const job = this.#jobs.get(id);
    this.#jobs.delete(id);
    if (job?.abort) job.signal.removeEventListener("abort", job.abort);
    return job;
  }

  #stop(kind, name) {
    const running = this.#open[kind].get(name);
    this.#open[kind].delete(name);
    running?.stop();
  }

  /** The instance trapped: nobody else would tell those who wait. */
  #lost(thrown, job) {
    this.#link = undefined;
    this.#failure = thrown;
    job?.reject(thrown);
    for (const id of [...this.#jobs.keys()]) this.#settle(id).reject(thrown);
    this.closed();
  }

  /**
   * Makes a request, and tells the machine what came of it: what `answered` gives for its answer and head, or `failed` for what
   * the network said. Nothing, when it was stopped meanwhile.
   */
  async #request(kind, name, url, method, headers, body, answered, failed) {
    const running = new Exchange();
    const waits = () => this.#open[kind].get(name) === running;
    this.#open[kind].set(name, running);
    let input;
    try {
      const answer = await running.send(this.#host.fetch, url, method, headers, body);
      const head = [answer.status, answer.headers.get("content-type"), answer.headers.get("retry-after")];
      if (!waits()) return void answer.body?.cancel().catch(() => {});
      input = await answered(answer, head, running, waits);
    } catch (thrown) {
      input = [[failed, name, said(thrown)]];
    }
    if (!waits()) return;
    this.#stop(kind, name);
    this.#feed(...input);
  }

  // ── What the machine says ───────────────────────────────────────────────────────────────────────────────

  open(lane, url, headers) {
    this.#request("stream", lane, url, "GET", headers, undefined, async ({ body }, head, running, waits) => {
      if (!this.#ask([ACCEPTS, ...head])[0]) return [[REFUSED, lane, ...head], await running.bytes({ body }).catch(() => {})];
      const reader = body?.getReader();
      running.reading(() => void reader?.cancel().catch(() => {}));
      for (let chunk; reader && waits() && !(chunk = await reader.read()).done; ) {
        if (!(chunk.value instanceof Uint8Array)) throw new TypeError("the body gave something that is not bytes");
        if (waits()) this.#feed([BYTES, lane], chunk.value);
        await this.#open.stream.get(lane)?.held;
      }
      return [[ENDED, lane]];
    }, ENDED);
  }

  shut(lane) {
    this.#stop("stream", lane);
  }

  post(name, url, headers, body, limit) {
    this.#request("post", name, url, "POST", headers, body, async (answer, head, running) => {
      const bytes = await running.bytes(answer, limit);
      return [[ANSWERED, name, ...head, !!bytes], bytes];
    }, FAILED);
  }

  drop(name) {
    this.#stop("post", name);
  }

  wake(at) {
    this.#timer?.stop();
    const timer = (this.#timer = sleep(this.#host.clock, at - this.#now()));
    timer.then(() => {
      if (this.#timer === timer) this.#feed([TICK]);
    });
  }

  json(id, value) {
    this.#settle(id)?.resolve(value);
  }

  fail(id, kind, details) {
    this.#settle(id)?.reject(makeError(kind, details));
  }

  sent(id, result, cause) {
    if (cause) result.cause = makeError(...cause);
    this.json(id, result);
  }

  many(id, ...results) {
    this.json(id, results.map(([result, cause]) => Object.assign(result, cause && { cause: makeError(...cause) })));
  }

  push(event) {
    const { listening, onPush, logger } = this.#host;
    if (listening && listening !== this) return listening.elsewhere(event.raw);
    if (!onPush) return log(logger, "warn", "butt-dial: the service pushed what nobody takes: set onPush");
    // Not at once: what it does must find the conversation at rest.
    Promise.resolve(event).then(onPush).catch((thrown) => log(logger, "error", "butt-dial: onPush failed", thrown));
  }

  event(id, event) {
    this.#jobs.get(id)?.event(event);
  }

  state(id, [state, connects, retryInMs, error]) {
    this.#jobs.get(id)?.tell({ state, connects, retryInMs, error: error && makeError(...error) });
  }

  over(id, error) {
    this.#settle(id)?.over(error && makeError(...error));
  }

  prompt(question, [id, prompt]) {
    const { speak } = this.#jobs.get(id);
    const controller = new AbortController();
    this.#questions.set(question, controller);
    const words = (reply) => {
      const said = typeof reply === "string" ? [reply] : [member(reply, "text"), member(reply, "model")];
      if (typeof said[0] !== "string") throw new TypeError("onVoicePrompt gave no text");
      return said;
    };
    Promise.resolve({ ...prompt, signal: controller.signal })
      .then(speak)
      .then(words)
      .catch((thrown) => log(this.#host.logger, "error", "butt-dial: onVoicePrompt failed", thrown))
      .then((said = []) => {
        if (this.#questions.delete(question)) this.#feed([SAID, question, ...said]);
      });
  }

  hush(question) {
    const controller = this.#questions.get(question);
    this.#questions.delete(question);
    controller.abort();
  }

  hold(lane, on) {
    const stream = this.#open.stream.get(lane);
    if (!stream) return;
    stream.go?.();
    stream.held = on ? new Promise((resolve) => (stream.go = resolve)) : undefined;
  }

  closed() {
    const link = this.#link;
    this.#link = undefined;
    this.#timer?.stop();
    this.#timer = undefined;
    for (const question of [...this.#questions.keys()]) this.hush(question);
    for (const kind of ["stream", "post"]) for (const name of [...this.#open[kind].keys()]) this.#stop(kind, name);
    // By hand: old compatibility dates of workerd have no FinalizationRegistry that would do it.
    callOr(undefined, () => link?.free());
    this.#closed.resolve();
  }
}
