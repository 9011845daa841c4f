import { equal, fail, ok, same, thrown } from "../check.mjs";
import { asleep, until } from "../clock.mjs";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const hello = { to: "+15555550123", channel: "sms", body: "hello" };

/** A service in process, an agent for it, and a clock where time matters. */
function pair({ main, testing }, { server: serverOptions, virtual, ...options } = {}) {
  const clock = virtual ? new testing.VirtualClock() : undefined;
  const server = new testing.FakeButtDialServer({ ...serverOptions, ...(clock ? { clock } : {}) });
  const agent = new main.Agent({ baseUrl: server.baseUrl, fetch: server.fetch, agentToken: "token-1", ...(clock ? { clock, random: () => 0 } : {}), ...options });
  return { server, agent, clock };
}

const paths = (server) => server.requests.map(({ method, path }) => `${method} ${path.split("?")[0]}`);
const opened = (server) => paths(server).filter((path) => path === "GET /sse").length;

export default {
  async "a message is sent, once, with its key"(given) {
    const { server, agent } = pair(given);
    const result = await agent.sendMessage({ ...hello, idempotencyKey: "key-1", subject: "s", media: ["https://files.test/1"], templateVars: { a: "b" }, scheduledAt: new Date(0), extra: { later: true } });
    same(
      [result.outcome, result.ok, result.failed, result.attempts, result.idempotencyKey, result.error, result.errorCode, result.stageFailed, result.retryable, result.retryAfterMs, result.cause],
      ["sent", true, false, 1, "key-1", null, null, null, false, null, null],
    );
    const [message] = server.sentMessages;
    equal(server.sentMessages.length, 1);
    equal(JSON.stringify(result.raw).includes(result.messageSid), true, "the id is the server's");
    same([message.tool, message.token, message.idempotencyKey], ["comms_send_message", "token-1", "key-1"]);
    const { args } = message;
    same(
      [args.to, args.channel, args.body, args.subject, args.media, args.templateVars, args.scheduledAt, args.later, args.idempotencyKey],
      ["+15555550123", "sms", "hello", "s", ["https://files.test/1"], { a: "b" }, "1970-01-01T00:00:00.000Z", true, "key-1"],
    );
    same(paths(server), ["GET /sse", "POST /messages", "POST /messages", "POST /messages"]);
    for (const { path, headers } of server.requests) {
      equal(headers.authorization, "Bearer token-1", path);
      ok(!path.includes("token-1"), "a token in a URL");
    }
    equal(server.openStreams, 0, "streams left open");
  },
  async "defaults: the channel, and a random key"(given) {
    const { server, agent } = pair(given);
    const { idempotencyKey } = await agent.sendMessage({ to: "+1", body: "x" });
    ok(UUID.test(idempotencyKey), `not a random UUID: ${idempotencyKey}`);
    same(Object.entries(server.sentMessages[0].args).sort(), [["body", "x"], ["channel", "whatsapp"], ["idempotencyKey", idempotencyKey], ["to", "+1"]]);
    const other = await agent.sendMessage({ to: "+1", body: "x" });
    ok(other.idempotencyKey !== idempotencyKey, "one key for two messages");
  },
  async "many messages go over one session, one result each in order"(given) {
    const { server, agent } = pair(given);
    server.onTool("comms_send_message", ({ body }) => ({ messageId: `SM-${body}` }));
    const messages = Array.from({ length: 20 }, (_, index) => ({ to: "+1", body: String(index) }));
    const results = await agent.sendMessages({ messages: [...messages, { to: "+1" }], concurrency: 8 });
    equal(results.length, 21);
    same(results.slice(0, 20).map(({ outcome, messageSid }) => [outcome, messageSid]), messages.map(({ body }) => ["sent", `SM-${body}`]));
    same([results[20].outcome, results[20].stageFailed, results[20].attempts], ["not_sent", "config", 0]);
    ok(results[20].cause instanceof given.main.ConfigError, "the cause");
    equal(new Set(server.calls.map(({ idempotencyKey }) => idempotencyKey)).size, 20);
    equal(new Set(server.calls.map(({ sessionId }) => sessionId)).size, 1, "sessions");
    equal(opened(server), 1, "streams");
    ok((await thrown(() => agent.sendMessages({ messages: "no" }))) instanceof given.main.ConfigError, "no batch");
  },
  async "a session serves several calls, and ends with its work"(given) {
    const { server, agent } = pair(given);
    server.onTool("comms_get_history", ({ limit }) => ({ items: [], limit }));
    let kept;
    const answer = await agent.session(async (scope) => {
      kept = scope;
      const first = await scope.sendMessage({ ...hello, idempotencyKey: "a" });
      const [second, tools, history, alive] = await Promise.all([
        scope.sendMessage({ ...hello, idempotencyKey: "b" }), scope.listTools(), scope.callTool({ toolName: "comms_get_history", arguments: { limit: 2 } }), scope.ping(),
      ]);
      equal(server.openStreams, 1);
      return [first.outcome, second.outcome, tools, history, alive];
    });
    same(answer, ["sent", "sent", ["comms_send_message", "comms_ping", "comms_get_history"], { items: [], limit: 2 }, true]);
    equal(opened(server), 1, "streams");
    equal(server.openStreams, 0, "streams left open");
    for (const call of ["sendMessage", "sendMessages", "callTool", "listTools", "ping"]) {
      const error = await thrown(() => kept[call]({}));
      ok(error instanceof given.main.ConfigError, `${call}: ${error}`);
      equal(error.code, "SCOPE_ENDED", call);
    }
    const failure = new Error("mine");
    equal(await thrown(() => agent.session(async (scope) => (await scope.ping(), Promise.reject(failure)))), failure, "what the work throws");
    equal(server.openStreams, 0, "streams left open after a failure");
    ok((await thrown(() => agent.session("no"))) instanceof given.main.ConfigError, "no function");
  },
  async "tools: JSON, text, nothing, failures"(given) {
    const { main } = given;
    const { server, agent } = pair(given);
    server.onTool("json", { a: [1, null] }).onTool("text", "hello").onTool("nothing", () => {});
    server.onTool("broken", () => Promise.reject(new Error("no luck")));
    same(await agent.callTool({ toolName: "json" }), { a: [1, null] });
    equal(await agent.callTool({ toolName: "text" }), "hello");
    equal(await agent.callTool({ toolName: "nothing" }), null);
    ok(JSON.stringify(await agent.callTool({ toolName: "broken" })).includes("no luck"), "what the tool says");
    ok((await thrown(() => agent.callTool({}))) instanceof main.ConfigError, "no name");
    equal(await agent.ping(), true);
    same(await agent.listTools(), ["comms_send_message", "comms_ping", "json", "text", "nothing", "broken"]);
  },
  async "ping never throws"(given) {
    const { agent } = pair(given, { server: { tokens: { other: "agent" } } });
    equal(await agent.ping(), false);
    equal(await new given.main.Agent({ baseUrl: "https://nobody.test", agentToken: "t", fetch: () => Promise.reject(new TypeError("no")) }).ping(), false);
  },
  async "a refused token throws at once, with the result of the send"(given) {
    const { server, agent } = pair(given, { server: { tokens: { other: "agent" } } });
    const error = await thrown(() => agent.sendMessage({ ...hello, idempotencyKey: "k" }));
    for (const module of [given.main, given.webhooks, given.testing]) ok(error instanceof module.ButtDialError, "not a ButtDialError");
    ok(error instanceof given.main.AuthInvalidTokenError && error instanceof given.main.AuthError, `${error.name}`);
    same([error.name, error.status, error.retryable, error.code], ["AuthInvalidTokenError", 401, false, "AUTH_INVALID_TOKEN"]);
    const { outcome, attempts, idempotencyKey, stageFailed } = error.sendResult;
    same([outcome, attempts, idempotencyKey, stageFailed], ["not_sent", 0, "k", "auth"]);
    equal(opened(server), 1, "tried again");
    ok(!JSON.stringify([error, error.message, String(error.stack), error.body]).includes("token-1"), "the token shows");
    const [result] = await agent.sendMessages({ messages: [hello] });
    same([result.outcome, result.stageFailed, result.cause.name], ["not_sent", "auth", "AuthInvalidTokenError"]);
    ok((await thrown(() => agent.callTool({ toolName: "x" }))) instanceof given.main.AuthError, "callTool");
    ok((await thrown(() => agent.listTools())) instanceof given.main.AuthError, "listTools");
    equal((await agent.sendMessage({ ...hello, agentToken: "other" })).outcome, "sent", "a token of its own");
  },
  async "a stream cut after the service accepted: one message"(given) {
    const { server, agent, clock } = pair(given, { virtual: true });
    server.onSend({ fault: "cut_after_accept", sid: "SM-cut" });
    const sending = agent.sendMessage({ ...hello, idempotencyKey: "k" });
    await asleep(clock, 2000);
    await clock.advance(2000);
    await until(clock, () => server.calls.length === 2, "the second attempt");
    const result = await sending;
    same([result.outcome, result.messageSid, result.attempts, result.idempotencyKey], ["sent", "SM-cut", 2, "k"]);
    same(server.calls.map((call) => [call.idempotencyKey, call.replayed]), [["k", false], ["k", true]]);
    equal(server.sentMessages.length, 1);
  },
  async "where keys are ignored, an unknown outcome stays unknown"(given) {
    const { server, agent } = pair(given, { retryUnknown: false, server: { idempotency: false } });
    server.onSend({ fault: "cut_after_accept" });
    const result = await agent.sendMessage({ ...hello, idempotencyKey: "k" });
    same([result.outcome, result.ok, result.attempts, result.errorCode, result.cause.code, result.idempotencyKey], ["unknown", false, 1, null, "STREAM_LOST", "k"]);
    ok(result.cause instanceof given.main.TransportError, `${result.cause}`);
    equal(server.sentMessages.length, 1);
  },
  async "a busy service is asked again when it said so"(given) {
    const { server, agent, clock } = pair(given, { virtual: true });
    server.onSend({ status: 429, headers: { "retry-after": "7" } });
    const sending = agent.sendMessage(hello);
    await until(clock, () => server.requests.some(({ body }) => JSON.stringify(body).includes("tools/call")), "the first attempt");
    await clock.advance(6999);
    equal(server.sentMessages.length, 0, "too early");
    await clock.advance(1);
    await until(clock, () => server.sentMessages.length === 1, "the second attempt");
    const result = await sending;
    same([result.outcome, result.attempts], ["sent", 2]);

    server.onSend({ status: 429, headers: { "retry-after": "3600" } });
    const refused = await agent.sendMessage(hello);
    same([refused.outcome, refused.attempts, refused.retryable, refused.retryAfterMs], ["not_sent", 1, true, 3_600_000]);
    ok(refused.cause instanceof given.main.RateLimitError, `${refused.cause}`);
  },
  async "what the tool refuses is not tried again"(given) {
    const { server, agent } = pair(given);
    server.onSend({ error: "no sender", code: "NO_CHANNEL_ASSIGNED", remediation: "assign one", channel: "sms" });
    const result = await agent.sendMessage(hello);
    same(
      [result.outcome, result.ok, result.attempts, result.error, result.errorCode, result.errorChannel, result.remediation, result.retryable, result.messageSid],
      ["not_sent", false, 1, "no sender", "NO_CHANNEL_ASSIGNED", "sms", "assign one", false, null],
    );
    ok(result.cause instanceof given.main.NoChannelAssigned && result.cause instanceof given.main.ChannelError, `${result.cause}`);
    equal(server.calls.length, 1);
  },
  async "every call has a deadline"(given) {
    const { server, agent, clock } = pair(given, { virtual: true });
    server.onSend({ fault: "no_answer" });
    const sending = agent.sendMessage({ ...hello, timeoutMs: 5000 });
    await until(clock, () => server.calls.length === 1, "the call");
    await clock.advance(5000);
    const result = await sending;
    same([result.outcome, result.cause.code, result.attempts, result.cause.timeoutMs], ["unknown", "TIMEOUT", 1, 5000]);
    ok(result.cause instanceof given.main.DeadlineError && result.cause instanceof given.main.TransportError, `${result.cause}`);
    equal(server.openStreams, 0);
  },
  async "a signal stops a call"(given) {
    const { server, agent, clock } = pair(given, { virtual: true });
    const stopped = new AbortController();
    const reason = new Error("enough");
    server.onSend({ fault: "no_answer" });
    const sending = agent.sendMessage({ ...hello, signal: stopped.signal });
    await until(clock, () => server.calls.length === 1, "the call");
    stopped.abort(reason);
    const result = await sending;
    same([result.outcome, result.cause.code, result.attempts], ["unknown", "ABORTED", 1]);
    const before = await agent.sendMessage({ ...hello, signal: stopped.signal });
    same([before.outcome, before.cause.code, before.attempts], ["not_sent", "ABORTED", 0]);
    equal(await thrown(() => agent.callTool({ toolName: "x", signal: stopped.signal })), reason);
    equal(await thrown(() => agent.listTools({ signal: stopped.signal })), reason);
    equal(server.calls.length, 1);
    await until(clock, () => server.openStreams === 0, "the end of the stream");
  },
  async "a wrong signal is the mistake of its call alone"(given) {
    const { server, agent, clock } = pair(given, { virtual: true, keepAlive: true });
    server.onSend({ sid: "SM-1", delayMs: 1000 });
    const sending = agent.sendMessage(hello);
    await until(clock, () => server.calls.length === 1, "the call");
    for (const signal of [{}, 5, "x", new AbortController()]) {
      const calls = ["sendMessage", "sendMessages", "callTool", "ping", "getMe", "getSelf"];
      for (const call of calls) {
        const error = await thrown(() => agent[call]({ ...hello, messages: [hello], toolName: "x", signal }));
        ok(error instanceof given.main.ConfigError && error.message.includes("signal"), `${call}: ${error}`);
      }
    }
    await clock.advance(1000);
    equal((await sending).outcome, "sent");
    equal(await agent.ping({ signal: null }), true);
    await agent.close();
  },
  async "numbers and dates that JSON has no word for are refused, not dropped"(given) {
    const { server, agent } = pair(given);
    for (const [call, options, name] of [
      ["sendMessage", { ...hello, scheduledAt: new Date("nope") }, "scheduledAt"],
      ["sendMessage", { ...hello, timeoutMs: Infinity }, "timeoutMs"],
      ["grantTrust", { durationMinutes: NaN }, "durationMinutes"],
      ["setClientLimitsSafe", { limits: { maxSpendPerDay: NaN }, confirm: true }, "maxSpendPerDay"],
      ["callTool", { toolName: "x", arguments: { list: [-Infinity] } }, "0"],
    ]) {
      const error = await thrown(() => agent[call](options));
      ok(error instanceof given.main.ConfigError && error.message.includes(`\`${name}\``), `${call}: ${error}`);
    }
    equal(server.requests.length, 0);
    ok((await thrown(() => new given.main.Agent({ baseUrl: "https://a.test", timeoutMs: NaN }))) instanceof given.main.ConfigError, "of the class");
  },
  async "a clock that is set back keeps nobody waiting"(given) {
    const { server, agent } = pair(given);
    const now = Date.now;
    server.onSend({ fault: "no_answer" });
    const sending = agent.sendMessage({ ...hello, timeoutMs: 300 });
    try {
      Date.now = () => now() - 3_600_000;
      equal((await sending).cause.code, "TIMEOUT");
    } finally {
      Date.now = now;
    }
  },
  async "keepAlive keeps one session until it is closed"(given) {
    const { server, agent } = pair(given, { keepAlive: true });
    equal((await agent.sendMessage(hello)).outcome, "sent");
    equal((await agent.sendMessage(hello)).outcome, "sent");
    same([opened(server), server.openStreams], [1, 1]);
    await agent.close();
    for (let turn = 0; turn < 100 && server.openStreams > 0; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
    equal(server.openStreams, 0, "the stream is closed");
    equal(await agent.ping(), true, "used again");
    equal(opened(server), 2);
    await agent.close();
  },
  async "one agent, many calls at once"(given) {
    const { server, agent } = pair(given);
    const results = await Promise.all(Array.from({ length: 20 }, (_, index) => agent.sendMessage({ to: "+1", body: String(index) })));
    same([...new Set(results.map(({ outcome }) => outcome))], ["sent"]);
    equal(new Set(server.sentMessages.map(({ args }) => args.body)).size, 20);
    equal(server.sentMessages.length, 20);
    equal(server.openStreams, 0);
  },
  async "an endpoint of another origin gets no request"(given) {
    for (const fault of ["foreign_endpoint", "foreign_endpoint_host", "foreign_endpoint_script"]) {
      const { server } = pair(given);
      const seen = [];
      server.onRequest({ path: "/sse", fault });
      const agent = new given.main.Agent({
        baseUrl: server.baseUrl, agentToken: "token-1",
        fetch: (request) => (seen.push([new URL(request.url).origin, request.method, request.redirect]), server.fetch(request)),
      });
      const error = await thrown(() => agent.callTool({ toolName: "x" }));
      ok(error instanceof given.main.ProtocolError, `${fault}: ${error}`);
      equal(error.code, "PROTOCOL", fault);
      same(seen, [[new URL(server.baseUrl).origin, "GET", "manual"]], fault);
    }
  },
  async "no redirect is followed"(given) {
    const { server, agent } = pair(given);
    server.onRequest({ path: "/sse", fault: "redirect" });
    const result = await agent.sendMessage(hello);
    same([result.outcome, result.cause.name, server.requests.length], ["not_sent", "ProtocolError", 1]);
  },
  async "fetch may be an object with a fetch method"(given) {
    const { server } = pair(given);
    class Service {
      count = 0;
      fetch(request) {
        this.count += 1;
        return server.fetch(request);
      }
    }
    const service = new Service();
    const agent = new given.main.Agent({ baseUrl: server.baseUrl, agentToken: "t", fetch: service });
    equal((await agent.sendMessage(hello)).outcome, "sent");
    equal(service.count, 4);
  },
  async "wrong options are named"(given) {
    const { Agent, ConfigError } = given.main;
    const wrong = {
      baseUrl: [{}, { baseUrl: "no url" }, { baseUrl: "http://service.test" }, { baseUrl: "ftp://service.test" }, { baseUrl: 1 }],
      fetch: [{ baseUrl: "https://s.test", fetch: 1 }, { baseUrl: "https://s.test", fetch: {} }],
      maxAttempts: [{ baseUrl: "https://s.test", maxAttempts: "three" }],
      timeoutMs: [{ baseUrl: "https://s.test", timeoutMs: -1 }],
    };
    for (const [name, several] of Object.entries(wrong)) {
      for (const options of several) {
        const error = await thrown(() => new Agent(options));
        ok(error instanceof ConfigError && error.message.includes(name), `${JSON.stringify(options)}: ${error}`);
      }
    }
    equal(new Agent({ baseUrl: "https://s.test/base/sse/" }).baseUrl, "https://s.test/base");
    equal(new Agent({ baseUrl: "http://127.0.0.1:8080", agentId: "a" }).agentId, "a");
    equal(new Agent({ baseUrl: "http://s.test", allowInsecureHttp: true }).agentId, null);
    const { server, agent } = pair(given);
    for (const [name, options] of Object.entries({ to: { body: "x" }, body: { to: "+1" }, mediaUrl: { ...hello, media: ["a"], mediaUrl: "b" }, nosuch: { ...hello, nosuch: 1 } })) {
      const result = await agent.sendMessage(options);
      same([result.outcome, result.stageFailed, result.attempts], ["not_sent", "config", 0], name);
      ok(result.cause instanceof ConfigError && result.error.includes(name), `${name}: ${result.error}`);
    }
    equal(server.requests.length, 0, "something left");
  },
  async "an agent from the environment"(given) {
    const { Agent, ConfigError } = given.main;
    const { server } = pair(given, { server: { tokens: { "from-env": "agent" } } });
    const env = { BUTT_DIAL_BASE_URL: server.baseUrl, BUTT_DIAL_AGENT_TOKEN: "from-env", BUTT_DIAL_AGENT_ID: "agent-7" };
    const agent = Agent.fromEnv({ env, fetch: server.fetch });
    same([agent.baseUrl, agent.agentId], [server.baseUrl, "agent-7"]);
    equal((await agent.sendMessage(hello)).outcome, "sent");
    const error = await thrown(() => Agent.fromEnv({ env: {} }));
    ok(error instanceof ConfigError && error.message.includes("BUTT_DIAL_BASE_URL"), `${error}`);
    if (JSON.stringify(agent).includes("from-env")) fail("the token shows");
  },
  async "error answers become typed errors"({ main }) {
    const error = main.parseErrorResponse({ status: 429, body: { error: "slow down", code: "RATE_LIMITED" }, headers: { "Retry-After": "3" } });
    ok(error instanceof main.RateLimitError && error instanceof main.ButtDialError, `${error.name}`);
    same([error.name, error.status, error.code, error.serverCode, error.retryable, error.retryAfterMs, error.message], ["RateLimitError", 429, "RATE_LIMITED", "RATE_LIMITED", true, 3000, "slow down"]);
    const dated = main.parseErrorResponse({ status: 503, headers: new Headers({ "retry-after": "Thu, 01 Jan 1970 00:00:10 GMT" }), now: new Date(4000) });
    same([dated.name, dated.retryable, dated.retryAfterMs, dated.serverCode], ["ButtDialError", true, 6000, null]);
    ok(main.parseErrorResponse({ status: 401, body: { code: "AUTH_TOKEN_REVOKED" } }) instanceof main.AuthTokenRevokedError, "revoked");
    for (const bad of [undefined, null, {}, { status: "x" }, { status: 500, body: Symbol("x") }]) ok(main.parseErrorResponse(bad) instanceof main.ButtDialError, "never throws");
  },
};
