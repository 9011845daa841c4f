// The fake service. The machine (src/testing/) decides everything; this carries requests to it and its actions out.
import { FakeService } from "../glue/testing.js";
import { failure, instant, known, options as checked, plain, text, wrong } from "./check.js";
import { usable } from "./clock.js";
import { deliver } from "./deliver.js";
import { serve } from "./serve.js";
import { body, signedWebhook, signedWhatsapp, whatsappMessages } from "./signed.js";
import { broken, inProcess } from "./wire.js";

/** How long a caller on the phone waits for the agent's words (wire-contract 2.9). */
const PROMPT_MS = 8000;

export class FakeButtDialServer {
  #machine;
  #clock;
  #deliverTo;
  #origin;
  #prefix;
  #requests = new Map();
  #streams = new Map();
  #functions = new Map();
  #asks = new Map();
  #servers = new Set();
  #nextRequest = 1;
  /** The timer that is set, and for when. */
  #timer = null;

  constructor(options) {
    const {
      baseUrl = "https://butt-dial.test", webhookSecret = "fake-webhook-secret", whatsappWebhookSecret = "fake-whatsapp-secret",
      deliverTo, clock, ...rest
    } = checked(options, "FakeButtDialServer");
    this.baseUrl = text(baseUrl, "baseUrl").replace(/\/+$/, "");
    this.webhookSecret = text(webhookSecret, "webhookSecret");
    this.whatsappWebhookSecret = text(whatsappWebhookSecret, "whatsappWebhookSecret");
    try {
      const { origin, pathname } = new URL(this.baseUrl);
      this.#origin = origin;
      this.#prefix = pathname.replace(/\/+$/, "");
    } catch {
      throw wrong("baseUrl is no absolute URL");
    }
    this.#clock = usable(clock);
    this.#deliverTo = deliverTo;
    this.#machine = new FakeService(plain(rest, "options"));
    this.fetch = this.#fetch.bind(this);
  }

  // ── What was seen ───────────────────────────────────────────────────────────────────────────────────────

  get calls() {
    return this.#machine.calls();
  }

  get sentMessages() {
    return this.#machine.sent();
  }

  get requests() {
    return this.#machine.requests();
  }

  get clientAnswers() {
    return this.#machine.answers();
  }

  get lastToken() {
    return this.#machine.state()[0];
  }

  get openStreams() {
    return this.#machine.state()[1];
  }

  // ── What comes next ─────────────────────────────────────────────────────────────────────────────────────

  onSend(script) {
    this.#machine.onSend(plain(checked(script, "onSend"), "script"));
    return this;
  }

  onTool(tool, answer) {
    text(tool, "tool");
    if (typeof answer === "function") {
      this.#machine.onTool(tool, undefined);
      this.#functions.set(tool, answer);
    } else {
      this.#machine.onTool(tool, plain(answer, "answer"));
      this.#functions.delete(tool);
    }
    return this;
  }

  onRest(route, answer) {
    if (!/^[A-Z]+ \/[^?]*$/.test(text(route, "route"))) throw wrong('route is a method and a path, such as "GET /api/v1/usage"');
    this.#machine.onRest(route, plain(checked(answer, "onRest"), "answer"));
    return this;
  }

  onRequest(script) {
    this.#machine.onRequest(plain(checked(script, "onRequest"), "script"));
    return this;
  }

  setTools(tools) {
    this.#machine.setTools(plain(tools, "tools"));
    return this;
  }

  revokeToken(token) {
    this.#machine.revoke(text(token, "token"));
    return this;
  }

  reset() {
    this.#functions.clear();
    this.#machine.reset();
  }

  // ── What it does by itself ──────────────────────────────────────────────────────────────────────────────

  async push(data, options) {
    const given = checked(options, "push");
    known(given, "push", "onConnect");
    const [count, actions] = this.#machine.push(plain(data, "data"), given.onConnect === true);
    this.#perform(actions);
    return count;
  }

  async ask(request) {
    const given = checked(request, "ask");
    known(given, "ask", "method", "params", "timeoutMs");
    const timeoutMs = instant(given.timeoutMs, "timeoutMs", PROMPT_MS);
    const params = plain(given.params ?? {}, "params");
    const [ask, actions] = this.#machine.ask(this.#now(), text(given.method, "method"), params, timeoutMs);
    if (ask === null) throw failure("TransportError", "no agent is connected");
    const answer = new Promise((resolve) => this.#asks.set(ask, resolve));
    this.#perform(actions);
    const { kind, value } = await answer;
    if (kind === "result") return value;
    if (kind === "error") throw failure("ButtDialError", `the agent answered with an error: ${value?.message ?? ""}`, { body: value });
    if (kind === "timeout") throw failure("DeadlineError", `the agent did not answer within ${timeoutMs} ms`, { timeoutMs });
    throw failure("TransportError", "the agent's stream ended before its answer");
  }

  async promptVoice(prompt) {
    const given = checked(prompt, "promptVoice");
    known(given, "promptVoice", "text", "systemPrompt");
    const params = {
      messages: [{ role: "user", content: { type: "text", text: text(given.text, "text") } }],
      systemPrompt: given.systemPrompt ?? "",
      maxTokens: 300,
    };
    const result = await this.ask({ method: "sampling/createMessage", params });
    const words = result?.content?.text;
    if (typeof words !== "string") throw failure("ProtocolError", "the agent's answer has no text", { body: result });
    return words;
  }

  dropStreams(options) {
    const given = checked(options, "dropStreams");
    known(given, "dropStreams", "clean");
    this.#perform(this.#machine.dropStreams(given.clean === true));
  }

  simulateInbound(message) {
    const { url, ...rest } = checked(message, "simulateInbound");
    return this.#signed(body("message", plain(rest, "message"), this.#now()), url);
  }

  simulateReceipt(receipt) {
    const { url, ...rest } = checked(receipt, "simulateReceipt");
    return this.#signed(body("receipt", plain(rest, "receipt"), this.#now()), url);
  }

  simulateDelivery(delivery) {
    const given = checked(delivery, "simulateDelivery");
    return signedWebhook({
      ...given,
      body: given.body ?? body("accountVerified", {}, this.#now()),
      secret: given.secret ?? this.webhookSecret,
      at: given.at ?? this.#now(),
    });
  }

  simulateWhatsapp(message) {
    const { url, ...rest } = checked(message, "simulateWhatsapp");
    return signedWhatsapp({ body: body("whatsapp", whatsappMessages([rest]), this.#now()), secret: this.whatsappWebhookSecret, url });
  }

  async deliver(request) {
    return deliver({ request, to: this.#deliverTo, clock: this.#clock, secret: this.webhookSecret });
  }

  // ── Serving ─────────────────────────────────────────────────────────────────────────────────────────────

  async serve(options) {
    const server = await serve(options, (request, exit) => this.#take(request, exit));
    this.#servers.add(server);
    const close = async () => {
      this.#servers.delete(server);
      await server.close();
    };
    return { url: server.url, close, [ASYNC_DISPOSE]: close };
  }

  async close() {
    this.#perform(this.#machine.dropStreams(true));
    this.#timer?.stop();
    for (const [id, exit] of this.#requests) {
      this.#requests.delete(id);
      exit.reset();
    }
    await Promise.all([...this.#servers].map((server) => server.close()));
    this.#servers.clear();
  }

  async #fetch(input, init) {
    const request = init === undefined && typeof input === "object" && "headers" in input ? input : new Request(input, init);
    const { signal } = request;
    if (signal?.aborted) throw signal.reason;
    const { origin, pathname, search } = new URL(request.url);
    if (origin !== this.#origin) throw broken(`nobody is at ${origin}`);
    const below = this.#prefix !== "" && pathname.startsWith(`${this.#prefix}/`);
    const path = (below ? pathname.slice(this.#prefix.length) : pathname) + search;
    const content = request.body === null ? new Uint8Array() : new Uint8Array(await request.arrayBuffer());
    if (signal?.aborted) throw signal.reason;
    let gone = () => {};
    const { exit, response } = inProcess(signal, () => gone());
    gone = this.#take({ method: request.method, path, headers: [...request.headers], body: content }, exit);
    return response;
  }

  /** Hands a request in; gives back what to call when the client is gone. */
  #take(request, exit) {
    const id = this.#nextRequest++;
    let stream = null;
    this.#requests.set(id, {
      ...exit,
      open: (headers, name) => {
        stream = name;
        return exit.open(headers);
      },
    });
    this.#perform(this.#machine.request(this.#now(), id, request.method, request.path, request.headers, request.body));
    return () => {
      this.#requests.delete(id);
      if (stream !== null && this.#streams.delete(stream)) this.#perform(this.#machine.streamClosed(stream));
    };
  }

  #perform(actions) {
    for (const action of actions) this.#act(action);
    this.#arm();
  }

  #act(action) {
    switch (action.type) {
      case "respond":
        this.#exit(action.request)?.respond(action.status, action.headers, action.body);
        break;
      case "reset":
        this.#exit(action.request)?.reset();
        break;
      case "openStream": {
        const exit = this.#exit(action.request);
        if (exit) this.#streams.set(action.stream, exit.open(action.headers, action.stream));
        else this.#perform(this.#machine.streamClosed(action.stream));
        break;
      }
      case "write":
        this.#streams.get(action.stream)?.write(action.bytes);
        break;
      case "close": {
        const stream = this.#streams.get(action.stream);
        this.#streams.delete(action.stream);
        if (action.how === "clean") stream?.close();
        else stream?.abort();
        break;
      }
      case "callTool":
        void this.#callTool(action);
        break;
      case "asked":
        this.#asks.get(action.ask)?.(action.answer);
        this.#asks.delete(action.ask);
        break;
    }
  }

  #exit(id) {
    const exit = this.#requests.get(id);
    this.#requests.delete(id);
    return exit;
  }

  async #callTool({ call, tool, args }) {
    let actions;
    try {
      const value = await this.#functions.get(tool)?.(args);
      actions = this.#machine.toolAnswered(this.#now(), call, value === undefined ? { content: [] } : plain(value, tool));
    } catch (error) {
      actions = this.#machine.toolFailed(this.#now(), call, String(error?.message ?? error));
    }
    this.#perform(actions);
  }

  /** Keeps one timer, for what is due first. */
  #arm() {
    const due = this.#machine.state()[2];
    if (due === (this.#timer?.due ?? null)) return;
    this.#timer?.stop();
    this.#timer = null;
    if (due === null) return;
    const stopper = new AbortController();
    const timer = (this.#timer = { due, stop: () => stopper.abort() });
    const wake = () => {
      if (this.#timer !== timer) return;
      this.#timer = null;
      this.#perform(this.#machine.tick(this.#now()));
    };
    Promise.resolve(this.#clock.sleep(Math.max(0, due - this.#now()), stopper.signal)).then(wake, () => {});
  }

  #signed(content, url) {
    return signedWebhook({ body: content, secret: this.webhookSecret, at: this.#now(), url });
  }

  #now() {
    return this.#clock.now();
  }
}

/** Runtimes without the symbol have no `await using` either. */
const ASYNC_DISPOSE = Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose");
Object.defineProperty(FakeButtDialServer.prototype, ASYNC_DISPOSE, {
  value() {
    return this.close();
  },
  configurable: true,
  writable: true,
});
