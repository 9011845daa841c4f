import { equal, ok, same, thrown } from "../check.mjs";
import { asleep, until } from "../clock.mjs";

const inWorkerd = globalThis.navigator?.userAgent === "Cloudflare-Workers";
// As in a Durable Object: the checks are one request, which outlives all that it opens.
const host = inWorkerd ? { durableObject: { blockConcurrencyWhile: (work) => work() } } : {};
const hello = { to: "+15555550123", channel: "sms", body: "hello" };
const message = (id, more) => ({ type: "message", messageId: id, channel: "sms", from: "+15555550111", body: `text ${id}`, ...more });

/** A service in process and an agent for it, in virtual time. */
function pair({ main, testing }, { server: serverOptions, ...options } = {}) {
  const clock = new testing.VirtualClock();
  const server = new testing.FakeButtDialServer({ ...serverOptions, clock });
  const agent = new main.Agent({ baseUrl: server.baseUrl, fetch: server.fetch, agentToken: "token-1", clock, random: () => 0, ...options });
  const states = [];
  const onStateChange = ({ state, connects, retryInMs, error }) => states.push([state, connects, retryInMs, error?.code ?? null]);
  const listen = (more) => agent.listen({ ...host, onStateChange, ...more });
  const stands = (count = 1) => until(clock, () => states.some(([state, connects]) => state === "open" && connects === count), `connect ${count}`);
  return { server, agent, clock, states, listen, stands };
}

const opened = (server) => server.requests.filter(({ method, path }) => method === "GET" && path === "/sse").length;
const gone = ({ clock, server }) => until(clock, () => server.openStreams === 0, "the end of the stream");

export default {
  async "a plain Worker is refused, a Durable Object is not"(given) {
    const { agent, server } = pair(given);
    if (inWorkerd) {
      for (const options of [undefined, {}, { durableObject: true }, { durableObject: { waitUntil() {}, passThroughOnException() {} } }]) {
        const error = await thrown(() => agent.listen(options));
        ok(error instanceof given.main.ConfigError && error.message.includes("Durable Object"), `${error}`);
      }
      equal(server.requests.length, 0);
    }
    const stream = agent.listen(host);
    equal(stream.state, "connecting");
    await stream.close();
  },
  async "events come in order, as the webhook parser gives them"(given) {
    const world = pair(given, { server: { welcome: true } });
    const { server, listen, clock, stands, states } = world;
    await server.push(message("early"), { onConnect: true });
    const stream = listen();
    await stands();
    equal(stream.state, "open");
    await clock.advance(1000);
    const payloads = [message("a", { sessionId: "s", mediaUrl: "https://files.test/1" }), { type: "receipt", messageId: "SM1", status: "delivered" }, { type: "status", status: "paused" }, { type: "new-thing" }];
    for (const payload of payloads) equal(await server.push(payload), 1);
    const events = [];
    for await (const event of stream) {
      events.push(event);
      if (events.length === 6) break;
    }
    same(events.map(({ type }) => type), ["message", "capabilities", "message", "delivery_receipt", "status_update", "unknown"]);
    same([events[0].id, events[2].sender, events[2].text, events[3].messageSid], ["early", "+15555550111", "text a", "SM1"]);
    const sorted = (object) => Object.fromEntries(Object.entries(object).sort());
    same(events.slice(2).map(({ raw }) => sorted(raw)), payloads.map(sorted));
    same(events, events.flatMap(({ raw }) => given.main.parseInbound(JSON.stringify(raw))));
    equal(stream.state, "closed");
    same(await stream.next(), { done: true });
    await gone(world);
    same(states, [["connecting", 0, null, null], ["open", 1, null, null], ["closed", 1, null, null]]);
    equal(clock.pending.length, 0, "timers left");
  },
  async "calls share the session of a listener, with and without keepAlive"(given) {
    for (const keepAlive of [false, true]) {
      const world = pair(given, { keepAlive });
      const { server, agent, listen, stands } = world;
      const stream = listen();
      await stands();
      const [sent, tools] = await Promise.all([agent.sendMessage(hello), agent.listTools(), server.push(message("m"))]);
      same([sent.outcome, tools.length, (await stream.next()).value.id], ["sent", 2, "m"]);
      same([opened(server), server.openStreams], [1, 1]);
      await stream.close();
      if (keepAlive) {
        equal((await agent.sendMessage(hello)).outcome, "sent");
        same([opened(server), server.openStreams], [1, 1]);
        await agent.close();
      }
      await gone(world);
      equal((await agent.sendMessage(hello)).outcome, "sent", "used again");
      equal(opened(server), 2);
      await agent.close();
    }
  },
  async "scopes and handlers share it as well: no second session takes a push, or the agent's place"(given) {
    const world = pair(given);
    const { server, agent, listen, stands, clock } = world;
    const stream = listen();
    await stands();
    const scoped = await agent.session(async (scope) => {
      const sent = await scope.sendMessage(hello);
      equal(await server.push(message("in a scope")), 1);
      return sent;
    });
    const inbound = new given.main.InboundHandler({ agent, clock, webhookSecret: "whsec" });
    const sent = [];
    inbound.onMessage(async (event, context) => void sent.push(await context.agent.sendMessage({ ...hello, body: event.text })));
    const body = given.testing.fixtures.message({ sender: "+15555550100", text: "hi", id: "m-1" });
    const request = await given.testing.signedWebhook({ url: "https://app.test/", secret: "whsec", body, at: clock.now() });
    equal((await inbound.fetch(request)).status, 200);
    same([scoped.outcome, sent[0].outcome, opened(server), server.openStreams], ["sent", "sent", 1, 1]);
    await server.push(message("after"));
    same([(await stream.next()).value.id, (await stream.next()).value.id, stream.state], ["in a scope", "after", "open"]);
    await stream.close();
    await gone(world);
    equal((await agent.session((scope) => scope.sendMessage(hello))).outcome, "sent");
    equal(opened(server), 2, "alone again");
  },
  async "what another session of the agent is pushed reaches its listeners, once"(given) {
    const world = pair(given);
    const { server, agent, listen, clock, stands } = world;
    server.onSend({ sid: "SM-1", delayMs: 2000 });
    const sending = agent.sendMessage(hello);
    await until(clock, () => server.calls.length === 1, "the call");
    const stream = listen();
    await server.push(message("x"));
    await stands();
    await server.push(message("y"));
    await clock.advance(2000);
    equal((await sending).outcome, "sent");
    same([(await stream.next()).value.id, (await stream.next()).value.id], ["x", "y"]);
    const more = stream.next();
    await server.push(message("z"));
    equal((await more).value.id, "z", "neither came twice");
    await stream.close();
    await gone(world);
  },
  async "a reader may answer within its loop"(given) {
    const { server, agent, listen, stands } = pair(given);
    const stream = listen({ maxBuffered: 1 });
    await stands();
    for (let index = 0; index < 50; index++) await server.push(message(String(index)));
    const heard = [];
    for await (const { id } of stream) {
      equal((await agent.sendMessage({ ...hello, body: id })).outcome, "sent");
      heard.push(id);
      if (heard.length === 50) break;
    }
    same(heard, Array.from({ length: 50 }, (_, index) => String(index)));
    same(server.sentMessages.map(({ args }) => args.body), heard);
    equal(opened(server), 1);
  },
  async "a slow reader holds the stream, and loses nothing"(given) {
    const { server, listen, stands, clock } = pair(given);
    const stream = listen({ maxBuffered: 3, idlePingMs: 10_000 });
    await stands();
    for (let index = 0; index < 200; index++) await server.push(message(String(index)));
    // Nobody reads for long, and the silence is no sign of death.
    await clock.advance(600_000);
    equal(opened(server), 1);
    for (let index = 0; index < 200; index++) equal((await stream.next()).value.id, String(index));
    await stream.close();
  },
  async "lost streams are replaced; nothing is heard twice, nothing is lost"(given) {
    const world = pair(given);
    const { server, listen, clock, states, stands } = world;
    const stream = listen();
    await stands();
    await server.push(message("a"));
    await server.push(message("a"));
    server.dropStreams();
    await asleep(clock, 1000);
    await server.push(message("a"), { onConnect: true });
    await server.push(message("b"), { onConnect: true });
    await clock.advance(1000);
    await stands(2);
    server.dropStreams({ clean: true });
    await asleep(clock, 2000);
    server.onRequest({ path: "/sse", status: 503, headers: { "retry-after": "7" } });
    await clock.advance(2000);
    await asleep(clock, 7000);
    await clock.advance(7000);
    await stands(3);
    await server.push(message("c"));
    same([(await stream.next()).value.id, (await stream.next()).value.id, (await stream.next()).value.id], ["a", "b", "c"]);
    await clock.advance(30_000);
    server.dropStreams();
    await asleep(clock, 1000);
    await stream.close();
    same(
      states.map(([state, connects, pause, code]) => [state, connects, pause, code]).filter(([state]) => state !== "connecting"),
      [
        ["open", 1, null, null], ["waiting", 1, 1000, "STREAM_LOST"], ["open", 2, null, null], ["waiting", 2, 2000, "STREAM_LOST"], ["waiting", 2, 7000, "SERVER_ERROR"],
        ["open", 3, null, null], ["waiting", 3, 1000, "STREAM_LOST"], ["closed", 3, null, null],
      ],
    );
    await gone(world);
    equal(clock.pending.length, 0, "timers left");
  },
  async "a stream that is dead without a sign is noticed"(given) {
    const { server, listen, clock, states, stands } = pair(given);
    server.onRequest({ path: "/sse", delayMs: 0, fault: "half_open" });
    const stream = listen();
    // Its answers never come: the connect deadline.
    await until(clock, () => opened(server) === 1, "the stream");
    await clock.advance(10_000);
    await until(clock, () => states.some(([, , , code]) => code === "CONNECT_TIMEOUT"), "the deadline");
    await clock.advance(1000);
    await stands();
    server.onRequest({ path: "/messages", fault: "post_hangs" });
    await clock.advance(30_000);
    await until(clock, () => server.requests.at(-1).body.method === "ping", "a ping");
    await clock.advance(10_000);
    await until(clock, () => states.at(-1)[0] === "waiting", "the loss");
    await clock.advance(2000);
    await stands(2);
    await clock.advance(29_000);
    await server.push(message("alive"));
    equal((await stream.next()).value.id, "alive");
    await stream.close();
  },
  async "a refused token ends it with a typed error, behind what came before"(given) {
    const { main } = given;
    const { agent } = pair(given, { server: { tokens: { other: "agent" } } });
    const refused = agent.listen(host);
    const error = await thrown(() => refused.next());
    ok(error instanceof main.AuthInvalidTokenError, `${error}`);
    same(await refused.next(), { done: true }, "thrown once");

    const { server, clock, stands, listen, states } = pair(given, { server: { tokens: { "token-1": "agent" } } });
    const stream = listen();
    await stands();
    await server.push(message("last"));
    server.revokeToken("token-1");
    server.dropStreams();
    await asleep(clock, 1000);
    await clock.advance(1000);
    await until(clock, () => stream.state === "closed", "the end");
    equal((await stream.next()).value.id, "last");
    ok((await thrown(() => stream.next())) instanceof main.AuthError, "what ended it");
    equal(states.at(-1)[3], "AUTH_TOKEN_REVOKED");
    const before = opened(server);
    await clock.advance(3_600_000);
    equal(opened(server), before, "tried again");
  },
  async "mistakes are thrown at once"(given) {
    const { main } = given;
    const { agent, server, clock } = pair(given);
    for (const options of [{ maxBuffered: 0 }, { idlePingMs: "1" }, { reconnect: 1 }, { onEvent: 1 }, { onVoicePrompt: "hi" }, { signal: {} }, { maxBackoffMs: NaN }]) {
      const error = await thrown(() => agent.listen({ ...host, ...options }));
      ok(error instanceof main.ConfigError && error.message.includes(Object.keys(options)[0]), `${JSON.stringify(options)}: ${error}`);
    }
    const tokenless = new main.Agent({ baseUrl: server.baseUrl, fetch: server.fetch, clock });
    ok((await thrown(() => tokenless.listen(host))) instanceof main.ConfigError, "no token");
    await clock.advance(0);
    same([server.requests.length, clock.pending.length], [0, 0]);
    for (let round = 1; round <= 2; round++) {
      equal((await agent.sendMessage(hello)).outcome, "sent");
      await until(clock, () => server.openStreams === 0, "the end of the stream: nobody listens");
      equal(opened(server), round);
    }
  },
  async "by callback: one after the other, and what they throw is told"(given) {
    const { server, listen, stands, clock, agent } = pair(given);
    const log = [];
    let go;
    const subscription = listen({
      async onEvent({ id }) {
        log.push(`in ${id}`);
        if (id === "a") await new Promise((resolve) => (go = resolve));
        if (id === "b") throw new Error("no");
        log.push(`out ${id}`);
      },
      onError: async (error, event) => {
        log.push(`${error.message} ${event.id}`);
        throw new Error("goes into the log");
      },
    });
    await stands();
    for (const id of ["a", "b", "c"]) await server.push(message(id));
    await until(clock, () => log.length > 0, "an event");
    same(log, ["in a"]);
    go();
    await until(clock, () => log.length === 6, "all of it");
    same(log, ["in a", "out a", "in b", "no b", "in c", "out c"]);
    await agent.close();
    equal(await subscription.closed, undefined);
    equal(subscription.state, "closed");
    const { agent: refused } = pair(given, { server: { tokens: {} } });
    const lost = refused.listen({ ...host, onEvent() {} });
    ok((await thrown(() => lost.closed)) instanceof given.main.AuthError, "closed");
  },
  async "a signal stops it with its reason"(given) {
    const world = pair(given);
    const { server, listen, stands } = world;
    const stopper = new AbortController();
    const reason = new Error("enough");
    const stream = listen({ signal: stopper.signal });
    const waiting = stream.next();
    await stands();
    stopper.abort(reason);
    equal(await thrown(() => waiting), reason);
    same(await stream.next(), { done: true });
    await gone(world);
    equal(await thrown(() => listen({ signal: stopper.signal }).next()), reason);
    equal(opened(server), 1);
  },
  async "several listeners hear the same, each at its pace"(given) {
    const { server, listen, stands } = pair(given);
    const [first, second] = [listen(), listen()];
    await stands();
    for (const id of ["a", "b"]) await server.push(message(id));
    same([(await first.next()).value.id, (await first.next()).value.id], ["a", "b"]);
    await first.close();
    await server.push(message("c"));
    same([(await second.next()).value.id, (await second.next()).value.id, (await second.next()).value.id], ["a", "b", "c"]);
    equal(opened(server), 1);
    await second.close();
  },
  async "callers on the phone are answered, within their time"(given) {
    const { server, listen, stands, clock } = pair(given);
    const prompts = [];
    let answer = ({ messages }) => `You said ${messages.at(-1).text}`;
    const stream = listen({ onVoicePrompt: (prompt) => (prompts.push(prompt), answer(prompt)) });
    await stands();
    const initialize = server.requests.find(({ body }) => body?.method === "initialize");
    same(initialize.body.params.capabilities, { sampling: {} });
    equal(await server.promptVoice({ text: "hello", systemPrompt: "be kind" }), "You said hello");
    const { signal, ...prompt } = prompts[0];
    same(prompt, { messages: [{ role: "user", text: "hello" }], systemPrompt: "be kind", maxTokens: 300, timeLeftMs: 8000 });
    equal(signal.aborted, false);
    answer = async () => ({ text: "mine", model: "my-model" });
    same(await server.ask({ method: "sampling/createMessage", params: {} }), { content: { text: "mine", type: "text" }, model: "my-model", role: "assistant", stopReason: "endTurn" });
    for (const bad of [() => Promise.reject(new Error("no")), () => 7, () => undefined]) {
      answer = bad;
      ok((await thrown(() => server.promptVoice({ text: "x" }))).message.includes("No answer"), `${bad}`);
    }
    answer = () => new Promise(() => {});
    const late = thrown(() => server.ask({ method: "sampling/createMessage", timeoutMs: 20_000 }));
    await until(clock, () => prompts.length === 6, "the prompt");
    await clock.advance(8000);
    ok((await late).message.includes("No answer"), "late");
    equal(prompts.at(-1).signal.aborted, true);
    await stream.close();
    const silent = listen();
    await stands();
    await until(clock, () => server.openStreams === 1, "another session");
    ok((await thrown(() => server.promptVoice({ text: "x" }))).message.includes("Method not found"), "nobody speaks");
    await silent.close();
  },
};
