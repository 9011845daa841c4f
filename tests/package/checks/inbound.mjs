import { equal, ok, same, thrown } from "../check.mjs";
import { asleep, until } from "../clock.mjs";

const URL_ = "https://app.test/webhooks";
const SECRETS = { webhookSecret: "whsec", whatsappWebhookSecret: "meta-secret", whatsappVerifyToken: "verify-me" };

/** A handler of everything that keeps what it was given, and the ways to sign for it. */
function receiver({ main, testing }, options = {}) {
  const seen = [];
  const inbound = new main.InboundHandler({ ...SECRETS, ...options });
  inbound.onAny((event, context) => void seen.push({ event, context }));
  const { fixtures } = testing;
  const account = (over) => testing.signedWebhook({ url: URL_, secret: "whsec", body: fixtures.accountVerified({ orgId: "org-1", teamToken: "team" }), ...over });
  const callback = (message, over) => account({ body: fixtures.message(message), ...over });
  const whatsapp = (message, over) => testing.signedWhatsapp({ url: URL_, secret: "meta-secret", body: fixtures.whatsapp(message), ...over });
  return { inbound, seen, account, callback, whatsapp };
}

/** The same and a service that the handlers' agent sends to. */
function answering(given, { virtual, agent, ...options } = {}) {
  const clock = virtual ? new given.testing.VirtualClock({ now: Date.now() }) : undefined;
  const server = new given.testing.FakeButtDialServer(clock ? { clock } : {});
  const sender = new given.main.Agent({ baseUrl: server.baseUrl, fetch: server.fetch, agentToken: "t", random: () => 0, ...(clock ? { clock } : {}), ...agent });
  return { server, clock, ...receiver(given, { agent: sender, ...(clock ? { clock } : {}), ...options }) };
}

const changed = async (request, headers, text) => {
  const all = new Headers(request.headers);
  for (const [name, value] of Object.entries(headers)) value === null ? all.delete(name) : all.set(name, value);
  return new Request(request.url, { method: "POST", headers: all, body: text ?? (await request.text()) });
};
const types = (seen) => seen.map(({ event }) => event.type);

export default {
  async "an account webhook reaches its handlers"(given) {
    const { inbound, seen, account } = receiver(given);
    const called = [];
    inbound.onAccountVerified((event) => void called.push(["verified", event.orgId, event.teamToken]));
    inbound.onEvent("account.verified", (event) => void called.push(["named", event.event]));
    inbound.onEvent("agent.suspended", (event) => void called.push(["suspended", event.agentId]));
    const { fetch } = inbound;
    const answer = await fetch(account({ deliveryId: "d-1" }), { a: 1 }, undefined);
    same([answer.status, await answer.text(), answer.headers.get("content-type"), answer.headers.get("x-content-type-options")], [200, "ok", "text/plain; charset=utf-8", "nosniff"]);
    same(called, [["named", "account.verified"], ["verified", "org-1", "team"]]);
    const { context } = seen[0];
    same([context.env, context.source, context.proof, context.deliveryId, context.request instanceof Request], [{ a: 1 }, "account", "signature", "d-1", true]);
    equal(context.signal.aborted, false, "in time: no signal");
    equal((await fetch(account({ body: { event: "agent.suspended", agentId: "a-1" } }))).status, 200);
    same(called.at(-1), ["suspended", "a-1"]);
  },
  async "a signed callback, WhatsApp, and what is in them"(given) {
    const { inbound, seen, callback, whatsapp } = receiver(given);
    equal((await inbound.fetch(callback({ sender: "+15555550100", text: "hi", channel: "line" }))).status, 200);
    equal((await inbound.fetch(whatsapp({ from: "15555550123", name: "Ada", id: "wamid.1", text: "hello" }))).status, 200);
    const statuses = given.testing.fixtures.whatsappStatus({ id: "wamid.2", status: "read", recipient: "15555550123" });
    equal((await inbound.fetch(whatsapp(undefined, { body: statuses }))).status, 200);
    same(types(seen), ["message", "message", "delivery_receipt"]);
    const [first, second, third] = seen.map(({ event }) => event);
    same([first.sender, first.text, first.channel, seen[0].context.source], ["+15555550100", "hi", "line", "callback"]);
    same(
      [second.sender, second.senderName, second.id, second.text, second.channel, second.content, seen[1].context.source],
      ["15555550123", "Ada", "wamid.1", "hello", "whatsapp", { type: "text", body: "hello" }, "whatsapp"],
    );
    same([third.messageSid, third.status, third.recipient], ["wamid.2", "read", "15555550123"]);
  },
  async "the signal aborts when the handlers' time is up, and only then"(given) {
    const { clock, inbound, whatsapp } = answering(given, { virtual: true, handlerTimeoutMs: 3000 });
    const signals = [];
    inbound.onMessage(async (message, { signal }) => {
      signals.push(signal);
      if (message.text === "slow") await new Promise(() => {});
    });
    equal((await inbound.fetch(whatsapp({ id: "wamid.quick", text: "quick" }))).status, 200);
    equal(signals[0].aborted, false);
    const answer = inbound.fetch(whatsapp({ id: "wamid.slow", text: "slow" }));
    await asleep(clock, 3000);
    equal(signals[1].aborted, false);
    await clock.advance(3000);
    equal((await answer).status, 500);
    equal(signals[1].aborted, true);
  },
  async "all that handlers call ends with the reply budget"(given) {
    const { server, clock, inbound, whatsapp } = answering(given, { virtual: true });
    const ended = [];
    inbound.onMessage(async (message, { agent }) => {
      void agent.callTool({ toolName: "comms_slow" }).catch((error) => ended.push(error.code));
      ended.push((await thrown(() => agent.callTool({ toolName: "comms_slow", timeoutMs: 60_000 }))).code);
    });
    server.onTool("comms_slow", () => new Promise(() => {}));
    const answer = inbound.fetch(whatsapp({ id: "wamid.1" }));
    await until(clock, () => server.calls.length === 2, "the calls");
    await clock.advance(8000);
    equal((await answer).status, 200);
    same(ended, ["TIMEOUT", "TIMEOUT"]);
    equal(server.openStreams, 0);
  },
  async "a late request ends what its handlers began"(given) {
    const { server, clock, inbound, whatsapp } = answering(given, { virtual: true, handlerTimeoutMs: 500 });
    inbound.onMessage(async (message, { agent }) => void (await agent.callTool({ toolName: "comms_slow" }).catch(() => {})));
    server.onTool("comms_slow", () => new Promise(() => {}));
    const answer = inbound.fetch(whatsapp({ id: "wamid.1" }));
    await until(clock, () => server.calls.length === 1, "the call");
    await clock.advance(500);
    equal((await answer).status, 500);
    equal(server.openStreams, 0);
  },
  async "wrong limits are mistakes, not endless refusals"(given) {
    for (const name of ["handlerTimeoutMs", "timeoutMs", "maxBodyBytes", "maxDepth"]) {
      for (const value of [0, -1, NaN, "x", {}]) {
        const error = await thrown(() => new given.main.InboundHandler({ webhookSecret: "s", [name]: value }));
        ok(error instanceof given.main.ConfigError && error.message.includes(name), `${name} ${value}: ${error}`);
      }
    }
    new given.main.InboundHandler({ webhookSecret: "s", maxBodyBytes: Infinity, timeoutMs: null });
  },
  async "a body in many small pieces"(given) {
    const { account } = receiver(given);
    const genuine = account();
    const bytes = new Uint8Array(await genuine.clone().arrayBuffer());
    for (const step of [1, 3, bytes.length]) {
      let at = 0;
      const body = new ReadableStream({
        pull(controller) {
          if (at >= bytes.length) return controller.close();
          controller.enqueue(bytes.slice(at, (at += step)));
        },
      });
      const { method, url, headers } = genuine;
      const received = await given.main.receiveWebhook({ request: { method, url, headers, body }, ...SECRETS });
      same([received.ok, received.rawBody.length, received.rawBody.buffer.byteLength], [true, bytes.length, bytes.length]);
    }
  },
  async "what is not genuine is refused, and reaches no handler"(given) {
    const { inbound, seen, account, whatsapp } = receiver(given);
    const now = Date.now();
    const status = async (request) => (await inbound.fetch(await request)).status;
    equal(await status(changed(account(), {}, '{"event":"account.verified","orgId":"org-2"}')), 401, "tampered");
    equal(await status(changed(account(), { "x-bd-signature": null })), 401, "unsigned");
    equal(await status(changed(account(), { "x-bd-signature": null, "x-bd-timestamp": null })), 401, "no headers at all");
    equal(await status(account({ at: now - 310_000 })), 401, "stale");
    equal(await status(account({ at: now + 310_000 })), 401, "from the future");
    equal(await status(account({ secret: "other" })), 401, "another secret");
    equal(await status(whatsapp(undefined, { secret: "other" })), 403, "another app");
    equal(await status(changed(whatsapp(), {}, "{}")), 403, "tampered, Meta's way");
    equal(await status(new Request(URL_, { method: "POST", body: "{}" })), 401, "nothing");
    equal(await status(changed(account(), { "x-hub-signature-256": "sha256=00", "x-bd-signature": null, "x-bd-timestamp": null })), 403, "the other scheme");
    same(seen, []);
    const bare = new given.main.InboundHandler();
    equal((await bare.fetch(account())).status, 401, "no secret at all");
    equal((await inbound.fetch(testingJson(given, "whsec"))).status, 400, "not JSON");
  },
  async "Meta's challenge is answered on the same URL"(given) {
    const { inbound } = receiver(given);
    const ask = (token) => inbound.fetch(new Request(`${URL_}?hub.mode=subscribe&hub.verify_token=${token}&hub.challenge=00%2B12`));
    const right = await ask("verify-me");
    same([right.status, await right.text(), right.headers.get("content-type")], [200, "00+12", "text/plain; charset=utf-8"]);
    equal((await ask("guess")).status, 403);
    equal((await ask("")).status, 403);
    const other = new given.main.InboundHandler({ whatsappVerifyToken: "a+b c🙂" });
    const get = async (query) => other.fetch(new Request(`${URL_}?${query}`));
    const odd = await get("%68ub.mode=subscribe&hub.challenge=0+%F0%9F%99%82%zz?&hub.challenge=2&hub.verify_token=a%2Bb+c%F0%9F%99%82#?hub.mode=x");
    same([odd.status, await odd.text()], [200, "0 🙂%zz?"]);
    for (const query of ["hub.mode=subscribe&hub.verify_token=a+b+c🙂", "hub.mode=subscribe", "hub.mode=&hub.verify_token=a%2Bb+c🙂"]) {
      equal((await get(query)).status, 403, query);
    }
    equal((await get("x=1#?hub.mode=subscribe")).status, 405, "no challenge");
  },
  async "other methods and large bodies"(given) {
    const { inbound, seen, account } = receiver(given, { maxBodyBytes: 1000 });
    const get = await inbound.fetch(new Request(URL_));
    same([get.status, get.headers.get("allow")], [405, "GET, POST"]);
    const put = await new given.main.InboundHandler({ webhookSecret: "s" }).fetch(new Request(URL_, { method: "PUT", body: "x" }));
    same([put.status, put.headers.get("allow")], [405, "POST"]);
    equal((await inbound.fetch(account({ body: { event: "x", long: "a".repeat(1000) } }))).status, 413);
    same(seen, []);
  },
  async "a secret is looked up by what the body claims"(given) {
    const hints = [];
    const { inbound, seen, account } = receiver(given, {
      webhookSecret: async ({ claimedOrgId, claimedEvent, env, request }) => {
        hints.push([claimedOrgId, claimedEvent, env, request.url]);
        return { "org-1": ["old", "whsec"], "org-2": "whsec-2" }[claimedOrgId];
      },
    });
    const of = (orgId, secret) => account({ secret, body: given.testing.fixtures.accountVerified({ orgId, teamToken: "t" }) });
    equal((await inbound.fetch(of("org-1", "whsec"), "env")).status, 200);
    equal((await inbound.fetch(of("org-2", "whsec-2"), "env")).status, 200);
    equal((await inbound.fetch(of("org-2", "whsec"), "env")).status, 401, "signed by another workspace");
    equal((await inbound.fetch(of("org-3", "whsec"), "env")).status, 401, "no such workspace");
    same(hints, ["org-1", "org-2", "org-2", "org-3"].map((org) => [org, "account.verified", "env", URL_]));
    same(seen.map(({ event }) => event.orgId), ["org-1", "org-2"]);
    const failing = new given.main.InboundHandler({ webhookSecret: () => Promise.reject(new Error("vault")) });
    equal((await failing.fetch(account())).status, 500, "a lookup that throws");
  },
  async "an unsigned callback needs its token in the path"(given) {
    const { inbound, seen } = receiver(given, { callbackToken: "path-token" });
    const post = (path) => inbound.fetch(new Request(`https://app.test/${path}`, { method: "POST", body: JSON.stringify(given.testing.fixtures.message({ text: "hi" })) }));
    equal((await post("hook/path-token")).status, 200);
    for (const path of ["hook/guess", "hook/path-token/", "path-token/hook", "hook?path-token", "hook#path-token", "hook?x=/path-token", "hook/%zz"]) {
      equal((await post(path)).status, 401, path);
    }
    same(seen.map(({ context }) => [context.source, context.proof]), [["callback", "callback_token"]]);
    for (const [token, path] of [["a b+ü&=", "hook/a%20b+%C3%BC&=?x=/y#/z"], ["100%", "100%?"]]) {
      const other = new given.main.InboundHandler({ callbackToken: token });
      equal((await other.fetch(new Request(`https://app.test/${path}`, { method: "POST", body: "{}" }))).status, 200, path);
    }
  },
  async "a repeat is answered, not handled"(given) {
    const { inbound, seen, account, whatsapp, callback } = receiver(given);
    for (const request of [account({ deliveryId: "d-1" }), callback({ text: "x" }), whatsapp({ id: "wamid.1" })]) {
      seen.length = 0;
      equal((await inbound.fetch(request.clone())).status, 200);
      equal((await inbound.fetch(request.clone())).status, 200);
      equal((await inbound.fetch(await changed(request, { "x-bd-delivery-id": "fresh" }))).status, 200, "under a fresh id");
      equal(seen.length, 1);
    }
  },
  async "the reply goes out once, although the message comes twice"(given) {
    const { server, inbound, whatsapp } = answering(given);
    const results = [];
    inbound.onMessage({ channel: "whatsapp" }, async (message, { agent }) => {
      results.push(await agent.sendMessage({ to: message.sender, channel: message.channel, body: `You said: ${message.text}` }));
      results.push(await agent.sendMessage({ to: message.sender, channel: message.channel, body: "Bye" }));
    });
    const request = whatsapp({ from: "15555550123", id: "wamid.1", text: "hello" });
    equal((await inbound.fetch(request.clone())).status, 200);
    equal((await inbound.fetch(request.clone())).status, 200);
    same(results.map(({ outcome, attempts }) => [outcome, attempts]), [["sent", 1], ["sent", 1]]);
    same(server.sentMessages.map(({ args }) => [args.to, args.channel, args.body]), [["15555550123", "whatsapp", "You said: hello"], ["15555550123", "whatsapp", "Bye"]]);
    equal(new Set(server.calls.map(({ idempotencyKey }) => idempotencyKey)).size, 2, "keys");
    equal(new Set(server.calls.map(({ sessionId }) => sessionId)).size, 1, "sessions");
    equal(server.openStreams, 0);
  },
  async "the stream is cut after the service accepted the reply: one message"(given) {
    const { server, clock, inbound, whatsapp } = answering(given, { virtual: true });
    const results = [];
    inbound.onMessage(async (message, { agent }) => void results.push(await agent.sendMessage({ to: message.sender, body: "hi" })));
    server.onSend({ fault: "cut_after_accept", sid: "SM-cut" });
    const answering_ = inbound.fetch(whatsapp());
    await asleep(clock, 2000);
    await clock.advance(2000);
    await until(clock, () => results.length === 1, "the end of the handler");
    equal((await answering_).status, 200);
    same([results[0].outcome, results[0].messageSid, results[0].attempts], ["sent", "SM-cut", 2]);
    same([server.sentMessages.length, server.calls.length, new Set(server.calls.map((call) => call.idempotencyKey)).size], [1, 2, 1]);
  },
  async "a handler that crashes after its send sends nothing twice when it runs again"(given) {
    const { server, inbound, seen, whatsapp } = answering(given);
    const errors = [];
    let crash = true;
    inbound.onMessage(async (message, { agent }) => {
      await agent.sendMessage({ to: message.sender, body: "hi" });
      if (crash) throw new TypeError("crashed");
    });
    inbound.onError((error, event, context) => void errors.push([String(error), event.id, context.source]));
    const request = whatsapp({ id: "wamid.crash" });
    equal((await inbound.fetch(request.clone())).status, 500);
    equal(types(seen).length, 1, "one that fails does not stop the others");
    crash = false;
    equal((await inbound.fetch(request.clone())).status, 200);
    equal((await inbound.fetch(request.clone())).status, 200);
    same(errors, [["TypeError: crashed", "wamid.crash", "whatsapp"]]);
    same(server.calls.map(({ replayed }) => replayed), [false, true]);
    same([server.sentMessages.length, new Set(server.calls.map((call) => call.idempotencyKey)).size], [1, 1]);
    // A program that was started anew derives the same key.
    const other = answering(given);
    other.inbound.onMessage(async (message, { agent }) => void (await agent.sendMessage({ to: message.sender, body: "hi" })));
    // Number 1, as above: a handler's place is in its keys.
    equal((await other.inbound.fetch(request.clone())).status, 200);
    equal(other.server.calls[0].idempotencyKey, server.calls[0].idempotencyKey);
  },
  async "onHandlerError: ack answers 200 whatever handlers do"(given) {
    const { inbound, account } = receiver(given, { onHandlerError: "ack" });
    inbound.onAny(() => Promise.reject(new Error("no")));
    equal((await inbound.fetch(account())).status, 200);
  },
  async "an agent that is kept ends with its webhook"(given) {
    const { inbound, whatsapp } = answering(given);
    let kept;
    inbound.onMessage((_, { agent }) => void (kept = agent));
    equal((await inbound.fetch(whatsapp())).status, 200);
    const error = await thrown(() => kept.sendMessage({ to: "+1", body: "x" }));
    ok(error instanceof given.main.ConfigError, `${error}`);
    equal(error.code, "SCOPE_ENDED");
  },
  async "an agent by the environment, made once for each"(given) {
    const server = new given.testing.FakeButtDialServer();
    const asked = [];
    const { inbound, whatsapp } = receiver(given, {
      agent: (env) => (asked.push(env.token), new given.main.Agent({ baseUrl: server.baseUrl, fetch: server.fetch, agentToken: env.token })),
    });
    inbound.onMessage(async (message, { agent }) => void (await agent.sendMessage({ to: message.sender, body: "hi" })));
    const [one, two] = [{ token: "token-1" }, { token: "token-2" }];
    for (const [id, env] of [["a", one], ["b", two], ["c", one]]) equal((await inbound.fetch(whatsapp({ id }), env)).status, 200);
    same(asked, ["token-1", "token-2"]);
    same(server.sentMessages.map(({ token }) => token), ["token-1", "token-2", "token-1"]);
  },
  async "without an agent the context says so"(given) {
    const { inbound, seen, whatsapp } = receiver(given);
    const errors = [];
    inbound.onMessage((_, context) => void context.agent);
    inbound.onError((error) => void errors.push(error));
    equal((await inbound.fetch(whatsapp(), {})).status, 500);
    equal(seen.length, 1);
    ok(errors[0] instanceof given.main.ConfigError && errors[0].message.includes("BUTT_DIAL_BASE_URL"), `${errors[0]}`);
  },
  async "while one is handled, the same delivery is told to come again"(given) {
    const { inbound, account } = receiver(given);
    let go;
    let begun;
    const started = new Promise((resolve) => (begun = resolve));
    inbound.onAccountVerified(() => new Promise((resolve) => ((go = resolve), begun())));
    const request = account({ deliveryId: "d" });
    const first = inbound.fetch(request.clone());
    await started;
    const second = await inbound.fetch(request.clone());
    same([second.status, second.headers.get("retry-after")], [503, "5"]);
    go();
    equal((await first).status, 200);
    equal((await inbound.fetch(request)).status, 200);
  },
  async "ack before: answers first, works on in waitUntil"(given) {
    const { server, inbound, whatsapp } = answering(given, { ack: "before" });
    const waited = [];
    let go;
    const gate = new Promise((resolve) => (go = resolve));
    inbound.onMessage(async (message, { agent, ctx }) => {
      await gate;
      equal(typeof ctx?.waitUntil, message.id === "wamid.after" ? "undefined" : "function");
      await agent.sendMessage({ to: message.sender, body: "later" });
    });
    const request = whatsapp();
    const ctx = { waitUntil: (promise) => void waited.push(promise) };
    equal((await inbound.fetch(request.clone(), {}, ctx)).status, 200);
    same([waited.length, server.sentMessages.length], [1, 0]);
    equal((await inbound.fetch(request.clone(), {}, ctx)).status, 200, "a repeat");
    go();
    await Promise.all(waited);
    equal(server.sentMessages.length, 1);
    equal((await inbound.fetch(whatsapp({ id: "wamid.after" }), {})).status, 200, "without a ctx");
    equal(server.sentMessages.length, 2, "without a ctx it is after");
    ok((await thrown(() => new given.main.InboundHandler({ ack: "never" }))) instanceof given.main.ConfigError, "another word");
  },
  async "a store of one's own, async"(given) {
    const calls = [];
    const done = new Set();
    const later = (value) => new Promise((resolve) => setTimeout(() => resolve(value), 0));
    const store = {
      claim: (key, leaseMs) => (calls.push(["claim", key, leaseMs > 0]), later(done.has(key) ? "done" : "new")),
      complete: (key, ttlMs) => (calls.push(["complete", key, ttlMs]), done.add(key), later()),
      release: (key) => (calls.push(["release", key]), later()),
    };
    const { inbound, seen, whatsapp } = receiver(given, { dedupe: (env) => (equal(env, "env"), store) });
    let fail = true;
    inbound.onMessage(() => {
      if (fail) throw new Error("not yet");
    });
    const request = whatsapp({ id: "wamid.own" });
    equal((await inbound.fetch(request.clone(), "env")).status, 500);
    fail = false;
    equal((await inbound.fetch(request.clone(), "env")).status, 200);
    equal((await inbound.fetch(request.clone(), "env")).status, 200);
    const key = calls[0][1];
    ok(key.includes("wamid.own"), key);
    const days = 8 * 24 * 3600 * 1000;
    same(calls, [["claim", key, true], ["release", key], ["claim", key, true], ["complete", key, days], ["claim", key, true]]);
    equal(seen.length, 2);
    const broken = receiver(given, { dedupe: { claim: () => Promise.reject(new Error("down")), complete() {}, release() {} } });
    equal((await broken.inbound.fetch(broken.whatsapp())).status, 500, "a store that fails");
    equal(broken.seen.length, 0);
  },
  async "payloads from elsewhere run the same handlers"(given) {
    const { inbound, seen } = receiver(given);
    const { fixtures } = given.testing;
    const report = await inbound.handleWhatsappPayload(fixtures.whatsapp({ text: "a" }, { text: "b" }));
    same([report.status, report.messages, report.receipts, report.errors], ["processed", 2, 0, []]);
    const receipt = await inbound.handleGenericPayload({ type: "status", messageId: "SM", status: "delivered" });
    same([receipt.status, receipt.messages, receipt.receipts], ["processed", 0, 1]);
    equal((await inbound.handleGenericPayload(null)).status, "ignored");
    same(types(seen).slice(0, 3), ["message", "message", "delivery_receipt"]);
  },
  async "a handler is taken out again; one that is none is refused"(given) {
    const { inbound, seen, account } = receiver(given);
    let count = 0;
    const stop = inbound.onAny(() => void (count += 1));
    await inbound.fetch(account());
    stop();
    stop();
    await inbound.fetch(account({ body: { event: "x" } }));
    same([count, seen.length], [1, 2]);
    // The numbers of the others stay, and with them the keys of what they send.
    const keys = [];
    for (const out of [false, true]) {
      const { server, inbound, whatsapp } = answering(given);
      const first = inbound.onMessage(() => {});
      inbound.onMessage(async (message, { agent }) => void (await agent.sendMessage({ to: message.sender, channel: "whatsapp", body: "hi" })));
      if (out) first();
      equal((await inbound.fetch(whatsapp({ id: "wamid.same" }))).status, 200);
      keys.push(server.calls[0].idempotencyKey);
    }
    equal(keys[0], keys[1]);
    ok((await thrown(() => inbound.onMessage("no"))) instanceof given.main.ConfigError, "no function");
    ok((await thrown(() => inbound.onMessage({ channel: "a\nb" }, () => {}))) instanceof given.main.ConfigError, "a line break");
    ok((await thrown(() => inbound.onEvent("a\nb", () => {}))) instanceof given.main.ConfigError, "a line break in a name");
  },
  async "receiveWebhook: genuine, challenge, refused"(given) {
    const { account, whatsapp } = receiver(given);
    for (const module of [given.main, given.webhooks]) {
      const { receiveWebhook } = module;
      const body = given.testing.fixtures.accountVerified({ orgId: "org-1", teamToken: "t" });
      const received = await receiveWebhook({ request: account({ body, deliveryId: "d" }), ...SECRETS });
      same([received.ok, received.challenge, received.source, received.proof, received.deliveryId], [true, null, "account", "signature", "d"]);
      same(received.events.map(({ type, orgId }) => [type, orgId]), [["account_verified", "org-1"]]);
      equal(received.dedupeKeys.length, 2);
      equal(new TextDecoder().decode(received.rawBody), JSON.stringify(body));
      same([received.response.status, await received.response.text()], [200, "ok"]);
      const meta = await receiveWebhook({ request: whatsapp({ id: "wamid.k" }), ...SECRETS });
      same([meta.ok, meta.source, meta.dedupeKeys.length, meta.dedupeKeys[0].includes("wamid.k")], [true, "whatsapp", 1, true]);
      const challenge = await receiveWebhook({ request: new Request(`${URL_}?hub.mode=subscribe&hub.verify_token=verify-me&hub.challenge=42`), ...SECRETS });
      same([challenge.ok, challenge.challenge, challenge.events, await challenge.response.text()], [true, "42", [], "42"]);
      const refused = await receiveWebhook({ request: account({ secret: "other" }), ...SECRETS });
      same([refused.ok, refused.reason, refused.status, refused.response.status], [false, "bad_signature", 401, 401]);
      const old = await receiveWebhook({ request: account({ at: 1_700_000_000_000 }), ...SECRETS, now: new Date(1_700_000_300_000) });
      equal(old.ok, true, "at the bound");
      equal((await receiveWebhook({ request: account({ at: 1_700_000_000_000 }), ...SECRETS, now: 1_700_000_301_000 })).reason, "stale");
      equal((await receiveWebhook({ request: account(), ...SECRETS, maxBodyBytes: 5 })).reason, "too_large");
      equal((await receiveWebhook({ request: account() })).reason, "not_configured");
      const used = account();
      await used.text();
      ok((await thrown(() => receiveWebhook({ request: used, ...SECRETS }))) instanceof module.ConfigError, "a body that was read");
      const stopped = AbortSignal.abort(new Error("enough"));
      const silent = new Request(URL_, { method: "POST", body: "{}", headers: account().headers });
      equal((await thrown(() => receiveWebhook({ request: silent, ...SECRETS, signal: stopped }))).message, "enough");
      const lookup = new Error("vault");
      equal(await thrown(() => receiveWebhook({ request: account(), webhookSecret: () => Promise.reject(lookup) })), lookup);
    }
  },
};

/** Signed, and no JSON. */
function testingJson({ testing }, secret) {
  return testing.signedWebhook({ url: URL_, secret, body: "{not json", event: "account.verified" });
}
