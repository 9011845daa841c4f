import { equal, ok, same, thrown } from "../check.mjs";
import { asleep, until } from "../clock.mjs";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const sign = { orgName: "Acme", ownerEmail: "o@acme.test", webhookUrl: "https://app.test/webhooks" };
const REGISTERED = { org_id: "org-1", verificationSent: true, pollToken: "poll-1", webhookSecret: "hook-1" };
const POLL = "GET /api/orgs/org-1/verification-status";
const REVEAL = "POST /api/orgs/org-1/reveal-team-token";

/** A service in process, a client for it, a log, and a clock where time matters. */
function pair({ main, testing }, { virtual, ...options } = {}) {
  const clock = virtual ? new testing.VirtualClock() : undefined;
  const server = new testing.FakeButtDialServer({ ...(clock ? { clock } : {}) });
  const lines = [];
  const logger = { warn: (message) => lines.push(message), error: (message) => lines.push(message) };
  const accounts = new main.AccountsClient({ baseUrl: server.baseUrl, fetch: server.fetch, teamToken: "team-1", logger, ...(clock ? { clock } : {}), ...options });
  return { server, accounts, clock, lines };
}

/** A `fetch` that never answers, and what became of its requests. */
function hanging() {
  const seen = [];
  const fetch = (request) =>
    new Promise((_, reject) => {
      seen.push(request);
      request.signal.addEventListener("abort", () => reject(request.signal.reason));
    });
  return { seen, fetch };
}

const lines = (server) => server.requests.map(({ method, path }) => `${method} ${path}`);

export default {
  async "requests: the token, the encoding, the body, the key"(given) {
    const { server, accounts } = pair(given);
    server.onRest("GET /api/v1/agents/..%2Forgs%2Fme%3Fa%23%D7%90/tokens", { body: { tokens: [{ id: "1", last_four: "abcd" }] } });
    same(await accounts.listAgentTokens({ agentId: "../orgs/me?a#\u05d0" }), { tokens: [{ lastFour: "abcd", id: "1" }] });
    server.onRest("POST /api/v1/agents", { body: { agent_id: "a", securityToken: "agent-1" } });
    const answer = { agentId: "a", token: "agent-1" };
    same(await accounts.registerAgent({ agentId: "a", displayName: "Maya", extra: { tags: ["x"] } }), answer);
    same(await accounts.registerAgent("a", "Maya", { idempotencyKey: "key-1" }), answer);
    const further = { env: "prod", store: "s1", inbound: true, random: 1, clock: "c", logger: "l", region: "eu" };
    await accounts.registerAgent({ agentId: "a", displayName: "Maya", ...further });
    const { body } = server.requests.at(-1);
    same(Object.keys(further).filter((key) => !(key in (typeof body === "string" ? JSON.parse(body) : body))), [], "passed on");
    const [get, post, short] = server.requests;
    same([get.headers.authorization, get.body, get.headers["content-type"]], ["Bearer team-1", null, undefined]);
    same([post.headers.authorization, post.body], ["Bearer team-1", { agent_id: "a", display_name: "Maya", tags: ["x"] }]);
    ok(UUID.test(post.headers["idempotency-key"]), "a key of its own");
    same([short.headers["idempotency-key"], short.body], ["key-1", { agent_id: "a", display_name: "Maya" }]);
    server.onRest("DELETE /api/orgs/o/members/e%2B1%40a.test", {});
    await accounts.removeOrgMember({ orgId: "o", email: "e+1@a.test", reason: "r" });
    same(server.requests.at(-1).body, { reason: "r" });
  },
  async "every method of the declarations is there, and nothing shows a token"(given) {
    const { accounts } = pair(given);
    for (const name of ["register", "verify", "getAccount", "provisionChannels", "setClientLimits", "rotateToken", "withToken", "startOnboarding", "resumeOnboarding"]) {
      equal(typeof accounts[name], "function", name);
      equal(accounts[name].name, name);
      ok(!Object.keys(accounts).includes(name), `${name} is enumerable`);
    }
    equal(JSON.stringify(accounts), '{"baseUrl":"https://butt-dial.test"}');
  },
  async "options are checked before anything is sent"(given) {
    const { main } = given;
    const { server, accounts } = pair(given);
    const anonymous = pair(given, { teamToken: null }).accounts;
    for (const [call, message] of [
      [() => accounts.setPhone({}), "setPhone: `phone` is required"],
      [() => accounts.getAgent({ agentId: ".." }), "getAgent: `agentId` must not be a dot segment"],
      [() => accounts.getAgent({ agentId: "a", agentid: "b" }), "getAgent: `agentid` is no option"],
      [() => accounts.getAccount("no"), "the options must be an object"],
      [() => accounts.rotateToken({}), "rotateToken: `otpPrompt` must be a function"],
      [() => accounts.startOnboarding({ orgName: "x", ownerEmail: "y" }), "startOnboarding: `webhookUrl` is required"],
      [() => accounts.resumeOnboarding({ state: { orgId: "o" } }).check(), "resumeOnboarding: `pollToken` is required"],
      [() => anonymous.getAccount(), "getAccount: `teamToken` is missing"],
      [() => new main.AccountsClient({ baseUrl: "http://a.test", teamToken: "t" }), "AccountsClient: `baseUrl` must be https unless the host is loopback; allowInsecureHttp lifts this"],
      [() => main.AccountsClient.fromEnv({ env: {} }), "AccountsClient.fromEnv: BUTT_DIAL_BASE_URL is not set"],
    ]) {
      const error = await thrown(async () => call());
      ok(error instanceof main.ConfigError, `${message}: ${error}`);
      same([error.message, error.code, error.stage], [message, "CONFIG", "config"]);
    }
    equal(server.requests.length, 0);
  },
  async "from the environment, and with another token"(given) {
    const { server } = pair(given);
    const env = { BUTT_DIAL_URL: `${server.baseUrl}/sse`, BUTT_DIAL_TEAM_TOKEN: "from-env" };
    const accounts = given.main.AccountsClient.fromEnv({ env, fetch: server.fetch });
    server.onRest("GET /api/orgs/me", { body: { orgId: "o" } });
    await accounts.getAccount();
    await accounts.withToken({ teamToken: "other" }).getAccount();
    await accounts.getAccount();
    same(server.requests.map(({ headers }) => headers.authorization), ["Bearer from-env", "Bearer other", "Bearer from-env"]);
    for (const options of [undefined, {}, { token: "x" }, { teamToken: null }]) {
      const error = await thrown(async () => accounts.withToken(options));
      ok(error instanceof given.main.ConfigError, `${error}`);
      equal(error.message, "withToken: `teamToken` is required");
    }
  },
  async "failures are typed"(given) {
    const { main } = given;
    const { server, accounts } = pair(given);
    const route = "POST /api/orgs/me/phone/confirm";
    const fail = async (answer) => {
      server.onRest(route, answer);
      return thrown(() => accounts.confirmPhone({ challengeId: "c", otp: "000000" }));
    };
    for (const [status, body, Class, code] of [
      [400, { code: "OTP_INVALID", error: "wrong" }, main.OTPInvalid, "OTP_INVALID"],
      [404, { code: "CHALLENGE_NOT_FOUND", error: "none" }, main.ChallengeNotFound, "CHALLENGE_NOT_FOUND"],
      [400, { code: "MISSING_FIELDS", error: "which", fields: ["otp"] }, main.AccountsError, "MISSING_FIELDS"],
      [401, { error: "no" }, main.AuthError, "HTTP_ERROR"],
      [500, { error: "down" }, main.AccountsError, "HTTP_ERROR"],
    ]) {
      const error = await fail({ status, body });
      ok(error instanceof Class && error instanceof main.ButtDialError, `${status}: ${error}`);
      same([error.name, error.code, error.status, error.message, error.retryable], [Class.prototype.name, code, status, body.error, status === 500]);
      same(error.body, body);
      if (body.fields) same(error.fields, ["otp"]);
    }
    const limited = await fail({ status: 429, body: { code: "RATE_LIMITED", scope: "per_min" }, headers: { "retry-after": "7" } });
    ok(limited instanceof main.RateLimitError, `${limited}`);
    same([limited.retryAfterMs, limited.scope], [7000, "per_min"]);
    const moved = await fail({ status: 302, headers: { location: "https://elsewhere.test/" } });
    ok(moved instanceof main.AccountsError && (moved.status === 302 || moved.status === 0), `${moved}`);

    server.onRest("POST /api/orgs/verify", { body: { requires_onboarding: true, org_id: "o", onboardingSessionId: "s/1", teamToken: null } });
    const gate = await thrown(() => accounts.verify({ token: "link" }));
    ok(gate instanceof main.OnboardingRequired && gate instanceof main.AccountsError, `${gate}`);
    same([gate.orgId, gate.onboardingUrl, gate.onboardingSessionId], ["o", `${server.baseUrl}/onboarding?s=s%2F1`, "s/1"]);

    const lost = new main.AccountsClient({ baseUrl: "https://nobody.test", teamToken: "t", fetch: () => Promise.reject(new TypeError("no route")) });
    const error = await thrown(() => lost.getAccount());
    ok(error instanceof main.TransportError, `${error}`);
    same([error.message, error.code, error.retryable], ["getAccount: no route", "TRANSPORT", true]);
  },
  async "errors hold no secret, whoever repeats it"(given) {
    const secret = "poll/secret+1";
    const told = [];
    for (const fetch of [
      ({ url }) => Promise.reject(new TypeError(`cannot reach ${url}`)),
      ({ url }) => Response.json({ error: `no ${secret}`, code: secret, url, bearer: "team-secret" }, { status: 404 }),
    ]) {
      const accounts = new given.main.AccountsClient({ baseUrl: "https://a.test", teamToken: "team-secret", fetch });
      const error = await thrown(() => accounts.verificationStatus({ orgId: "o", pollToken: secret }));
      const all = `${error} ${error.stack} ${JSON.stringify(error)}`;
      for (const part of [secret, encodeURIComponent(secret), "team-secret"]) ok(!all.includes(part), all);
      told.push([error.message, error.code, error.body]);
    }
    same(told, [
      ["verificationStatus: cannot reach https://a.test/api/orgs/o/verification-status?poll_token=***", "TRANSPORT", null],
      ["no ***", "***", { error: "no ***", code: "***", url: "https://a.test/api/orgs/o/verification-status?poll_token=***", bearer: "***" }],
    ]);
  },
  async "what is too long is not read"(given) {
    const chunk = new Uint8Array(1 << 20);
    let chunks = 0;
    const fetch = () => new Response(new ReadableStream({ pull: (stream) => (chunks++, stream.enqueue(chunk)) }));
    const { accounts } = pair(given, { fetch });
    const error = await thrown(() => accounts.getAccount());
    ok(error instanceof given.main.ProtocolError, `${error}`);
    ok(chunks < 20, `${chunks} chunks were read`);
  },
  async "rotation asks for the code, and no deadline runs meanwhile"(given) {
    const { server, accounts, clock } = pair(given, { virtual: true });
    server.onRest("POST /api/orgs/me/rotate-token/request", { body: { challenge_id: "c-1", phone_hint: "55" } });
    server.onRest("POST /api/orgs/me/rotate-token/confirm", { body: { teamToken: "team-2" } });
    let say;
    const rotating = accounts.rotateToken({ timeoutMs: 1000, otpPrompt: (hint) => new Promise((resolve) => (say = (code) => resolve(code + hint))) });
    await until(clock, () => say, "the question");
    await clock.advance(3_600_000);
    say("0001");
    same(await rotating, { token: "team-2" });
    same(server.requests.at(-1).body, { challengeId: "c-1", otp: "000155" });
    const failure = new Error("nobody is there");
    equal(await thrown(() => accounts.rotateToken({ otpPrompt: () => Promise.reject(failure) })), failure);
    equal((await thrown(() => accounts.rotateToken({ otpPrompt: () => 1 }))).message, "rotateToken: `otpPrompt` gave no code");
    const stopped = new AbortController();
    const waiting = thrown(() => accounts.rotateToken({ signal: stopped.signal, otpPrompt: () => (stopped.abort(failure), new Promise(() => {})) }));
    equal(await waiting, failure);
    equal(lines(server).filter((line) => line.endsWith("confirm")).length, 1);
  },
  async "every call has a deadline, and a signal stops it"(given) {
    const { main } = given;
    const { seen, fetch } = hanging();
    const { accounts, clock } = pair(given, { virtual: true, fetch });
    const calling = thrown(() => accounts.getAccount());
    await asleep(clock, 15_000);
    await clock.advance(15_000);
    const error = await calling;
    ok(error instanceof main.DeadlineError, `${error}`);
    same([error.message, error.timeoutMs, seen[0].signal.aborted], ["getAccount: no answer in time", 15_000, true]);
    const short = thrown(() => accounts.getAccount({ timeoutMs: 50 }));
    await asleep(clock, 50);
    await clock.advance(50);
    equal((await short).timeoutMs, 50);

    const stopped = new AbortController();
    const reason = new Error("enough");
    const waiting = thrown(() => accounts.getAccount({ signal: stopped.signal }));
    await until(clock, () => seen.length === 3, "the request");
    stopped.abort(reason);
    equal(await waiting, reason);
    ok(seen[2].signal.aborted, "the request goes on");
    equal(await thrown(() => accounts.getAccount({ signal: stopped.signal })), reason);
    equal(seen.length, 3);
    same(clock.pending, [], "timers are left");
  },
  async "warnings come once"(given) {
    const { server, accounts, lines } = pair(given);
    const headers = { deprecation: "true", sunset: "Fri, 01 Jan 2027 00:00:00 GMT", link: "</v2>" };
    for (const id of ["a", "b"]) server.onRest(`GET /api/v1/agents/${id}`, { body: {}, headers: id === "a" ? headers : { ...headers, sunset: "later" } });
    server.onRest("GET /api/orgs/me", { body: {}, headers: { deprecation: "false" } });
    for (const id of ["a", "b", "a"]) await accounts.getAgent({ agentId: id });
    await accounts.withToken({ teamToken: "secret" }).getAgent({ agentId: "a" });
    await accounts.getAccount();
    same(lines.splice(0), ["butt-dial: GET /api/v1/agents/{agentId} is deprecated; it ends: Fri, 01 Jan 2027 00:00:00 GMT; links: </v2>"]);
    server.onRest("POST /api/orgs/register", { body: REGISTERED });
    for (let time = 0; time < 2; time++) await accounts.register({ orgName: "x", ownerEmail: "y" });
    same(lines.splice(0), ["butt-dial: nobody learns when the owner has confirmed: give webhookUrl, returnUrl, branding or verificationEmail"]);
    await accounts.register(sign);
    same(lines, []);
  },
  async "onboarding in one process: the webhook is first"(given) {
    const { server, accounts, clock } = pair(given, { virtual: true, teamToken: null });
    server.onRest("POST /api/orgs/register", { body: REGISTERED });
    server.onRest(POLL, { body: { orgId: "org-1", state: "pending" } });
    const inbound = new given.main.InboundHandler({ webhookSecret: "hook-1", clock });
    const handshake = await accounts.startOnboarding(sign);
    same(handshake.state, { orgId: "org-1", pollToken: "poll-1", webhookSecret: "hook-1", startedAt: "2026-01-01T00:00:00.000Z" });
    const waiting = handshake.wait({ inbound });
    await asleep(clock, 60_000);
    const webhook = (orgId, teamToken) => server.simulateDelivery({ secret: "hook-1", body: { event: "account.verified", orgId, ownerEmail: "o@acme.test", teamToken } });
    equal((await inbound.fetch(webhook("org-2", "not-this"))).status, 200);
    equal((await inbound.fetch(webhook("org-1", "team-9"))).status, 200);
    const done = await waiting;
    same([done.orgId, done.teamToken, done.via], ["org-1", "team-9", "webhook"]);
    server.onRest("GET /api/orgs/me", { body: {} });
    await done.accounts.getAccount();
    equal(server.requests.at(-1).headers.authorization, "Bearer team-9");
    same(clock.pending, [], "timers are left");
  },
  async "onboarding after a restart: a stored state, polling, the reveal"(given) {
    const { main } = given;
    const { server, accounts, clock } = pair(given, { virtual: true, teamToken: null });
    server.onRest("POST /api/orgs/register", { body: REGISTERED });
    const stored = JSON.stringify((await accounts.startOnboarding(sign)).state);
    const resume = () => pair(given, { baseUrl: server.baseUrl, fetch: server.fetch, clock, teamToken: null }).accounts.resumeOnboarding({ state: JSON.parse(stored) });
    server.onRest(POLL, { body: { orgId: "org-1", state: "pending" } });
    equal(await resume().check(), null);
    const waiting = resume().wait();
    await asleep(clock, 60_000);
    server.onRest(POLL, { status: 503, body: {} });
    await clock.advance(60_000);
    await asleep(clock, 60_000);
    server.onRest(POLL, { body: { orgId: "org-1", state: "verified" } });
    server.onRest(REVEAL, { body: { token: "team-7", rotated: true } });
    await clock.advance(60_000);
    const done = await waiting;
    same([done.orgId, done.teamToken, done.via], ["org-1", "team-7", "poll"]);
    const reveal = server.requests.at(-1);
    same([reveal.headers.authorization, reveal.headers["x-request-timestamp"], /^[0-9a-f]{32}$/.test(reveal.headers["x-request-nonce"])], ["Bearer hook-1", String(clock.now() / 1000), true]);
    const asked = server.requests.length;
    // A webhook that reached another isolate left the token in a store.
    const store = { get: async (orgId) => ({ "org-1": "team-8" })[orgId] };
    same([(await resume().check({ store })).teamToken, (await resume().wait({ store })).via, server.requests.length], ["team-8", "webhook", asked]);

    server.onRest(POLL, { body: { orgId: "org-1", state: "pending" } });
    const late = thrown(() => resume().wait({ timeoutMs: 1000 }));
    await asleep(clock, 1000);
    await clock.advance(1000);
    const error = await late;
    ok(error instanceof main.DeadlineError, `${error}`);
    same([error.message, error.timeoutMs], ["verificationStatus: the owner did not confirm in time", 1000]);
    server.onRest(POLL, { body: { orgId: "org-1", state: "expired" } });
    ok((await thrown(() => resume().check())) instanceof main.VerificationTokenExpired, "an old link");
    same(clock.pending, [], "timers are left");
  },
  async "the agent's REST calls: its token, errors thrown, in a scope too"(given) {
    const { main } = given;
    const { server } = pair(given);
    const agent = new main.Agent({ baseUrl: server.baseUrl, fetch: server.fetch, agentToken: "agent-1" });
    server.onRest("GET /api/v1/waiting-messages", { body: { messages: [{ agent_id: "a", body: "hi" }], count: 1 } });
    server.onRest("GET /api/v1/agents/me", { status: 401, body: { code: "AUTH_INVALID_TOKEN", error: "no" } });
    same(await agent.getWaitingMessages({ limit: 5, channel: "sms" }), { messages: [{ agentId: "a", body: "hi" }], count: 1 });
    let kept;
    const error = await agent.session(async (scope) => ((kept = scope), thrown(() => scope.getSelf({ agentToken: "other" }))));
    ok(error instanceof main.AuthInvalidTokenError, `${error}`);
    equal(await agent.fetchUsageSummary(), null);
    same(lines(server), ["GET /api/v1/waiting-messages?limit=5&channel=sms", "GET /api/v1/agents/me", "GET /api/v1/usage"]);
    same(server.requests.map(({ headers }) => headers.authorization), ["Bearer agent-1", "Bearer other", "Bearer agent-1"]);
    equal((await thrown(() => kept.getSelf())).code, "SCOPE_ENDED");
  },
};
