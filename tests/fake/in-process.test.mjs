// The fake service in process: fetch, event streams, aborts, virtual time, scripts, deliveries.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigError, FakeButtDialServer, VirtualClock } from "butt-dial-edge/testing";

const NOW = Date.UTC(2026, 4, 10);

/** Reads a stream's text until it has this in it, or ends. */
function reader(response) {
  const stream = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let seen = "";
  return {
    async until(wanted) {
      while (!seen.includes(wanted)) {
        const { value, done } = await stream.read();
        if (done) break;
        seen += value;
      }
      return seen;
    },
    cancel: () => stream.cancel(),
  };
}

/** A session by hand. */
async function open(server, token = "t") {
  const response = await server.fetch(new Request(`${server.baseUrl}/sse`, { headers: { authorization: `Bearer ${token}` } }));
  assert.equal(response.status, 200);
  const events = reader(response);
  const endpoint = new URL(/data: (\S+)/.exec(await events.until("\n\n"))[1], server.baseUrl);
  const post = (message, init = {}) =>
    server.fetch(new Request(endpoint, {
      method: "POST", headers: { authorization: `Bearer ${token}`, "content-type": "application/json" }, body: JSON.stringify(message), ...init,
    }));
  const send = (id, args = {}) =>
    post({ jsonrpc: "2.0", id, method: "tools/call", params: { name: "comms_send_message", arguments: { to: "+1", body: "x", ...args } } });
  return { response, events, post, send };
}

test("a send, by hand", async () => {
  const server = new FakeButtDialServer({ clock: new VirtualClock({ now: NOW }) });
  const { response, events, send } = await open(server);
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  server.onSend({ sid: "SM-1" });
  const accepted = await send(1, { idempotencyKey: "k" });
  assert.deepEqual([accepted.status, await accepted.text(), accepted.headers.get("content-type")], [202, "Accepted", null]);
  assert.match(await events.until('"id":1}'), /SM-1/);
  assert.deepEqual(server.calls, [
    {
      tool: "comms_send_message", args: { to: "+1", body: "x", idempotencyKey: "k" }, token: "t", idempotencyKey: "k", replayed: false,
      sessionId: server.calls[0].sessionId, atMs: NOW,
    },
  ]);
  assert.deepEqual(server.requests.map(({ method, path }) => [method, path.split("?")[0]]), [["GET", "/sse"], ["POST", "/messages"]]);
  assert.equal(server.requests[1].headers.authorization, "Bearer t");
  assert.equal(server.requests[1].body.method, "tools/call");
  server.reset();
  assert.deepEqual([server.calls, server.requests, server.lastToken, server.openStreams], [[], [], null, 1]);
});

test("aborts and cancels end the session", async () => {
  const server = new FakeButtDialServer();
  const stopper = new AbortController();
  const response = await server.fetch(new Request(`${server.baseUrl}/sse`, { headers: { authorization: "Bearer t" }, signal: stopper.signal }));
  assert.equal(server.openStreams, 1);
  const reading = response.body.getReader();
  await reading.read();
  const next = reading.read();
  stopper.abort(new Error("enough"));
  await assert.rejects(next, /enough/);
  assert.equal(server.openStreams, 0);

  const { events } = await open(server);
  assert.equal(server.openStreams, 1);
  await events.cancel();
  assert.equal(server.openStreams, 0);

  const { post } = await open(server);
  server.onRequest({ path: "/messages", fault: "post_hangs" });
  const hanging = new AbortController();
  const answer = post({ jsonrpc: "2.0", id: 1, method: "ping" }, { signal: hanging.signal });
  setImmediate(() => hanging.abort(new Error("waited")));
  await assert.rejects(answer, /waited/);
  await assert.rejects(server.fetch(new Request(server.baseUrl, { signal: AbortSignal.abort(new Error("late")) })), /late/);
  await server.close();
});

test("faults reach the client", async () => {
  const server = new FakeButtDialServer();
  const cut = await open(server);
  server.onSend({ fault: "cut_after_accept", sid: "SM-1" });
  assert.equal((await cut.send(1, { idempotencyKey: "k" })).status, 202);
  await assert.rejects(cut.events.until("never"), TypeError);
  assert.equal(server.sentMessages.length, 1);
  const gone = await cut.send(2);
  assert.deepEqual([gone.status, await gone.json()], [400, { error: "Unknown session" }]);

  const again = await open(server);
  await again.send(1, { idempotencyKey: "k" });
  assert.match(await again.events.until('"id":1}'), /SM-1/);
  assert.deepEqual([server.sentMessages.length, server.calls.map((call) => call.replayed)], [1, [false, true]]);

  server.onSend({ fault: "post_reset" }).onSend({ status: 429, headers: { "retry-after": "7" } }).onSend({ fault: "clean_end" });
  await assert.rejects(again.send(2), TypeError);
  const busy = await again.send(3);
  assert.deepEqual([busy.status, busy.headers.get("retry-after"), (await busy.json()).code], [429, "7", "RATE_LIMITED"]);
  await again.send(4);
  const text = await again.events.until("never");
  assert.doesNotMatch(text, /"id":4/);

  server.onRequest({ path: "/sse", fault: "cut_before_accept" }).onRequest({ path: "/sse", status: 503 });
  await assert.rejects(server.fetch(`${server.baseUrl}/sse`), TypeError);
  assert.equal((await server.fetch(`${server.baseUrl}/sse`)).status, 503);
  await assert.rejects(server.fetch("https://elsewhere.test/sse"), /nobody is at https:\/\/elsewhere.test/);
});

test("one chunk per byte", async () => {
  const server = new FakeButtDialServer();
  server.onRequest({ path: "/sse", fault: "slow_drip" });
  const response = await server.fetch(new Request(`${server.baseUrl}/sse`, { headers: { authorization: "Bearer t" } }));
  const stream = response.body.getReader();
  for (const letter of "event: endpoint\n") assert.equal(String.fromCharCode(...(await stream.read()).value), letter);
  await stream.cancel();
});

test("a bomb unpacks, and the stream goes on behind it", async () => {
  const server = new FakeButtDialServer();
  server.onRequest({ path: "/sse", fault: "gzip_bomb", size: 3_000_000 });
  const { events, send } = await open(server);
  await send(1);
  const text = await events.until('"id":1}');
  const size = 2 + 258 * Math.ceil(3_000_000 / 258);
  const [start, end] = [text.indexOf("\n\n") + 2, text.indexOf("event: message\n")];
  assert.ok(text.startsWith("event: endpoint\ndata: /messages?sessionId="));
  assert.equal(end - start, size);
  assert.ok(text.slice(start, end) === ":\n".repeat(size / 2));
  await events.cancel();
  // The cancel passes through two decoders, which takes the streams some turns.
  for (let turn = 0; turn < 1000 && server.openStreams > 0; turn++) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(server.openStreams, 0);
});

test("time is the clock's", async () => {
  const clock = new VirtualClock({ now: NOW });
  const server = new FakeButtDialServer({ clock, welcome: true });
  const { events, send } = await open(server);
  server.onSend({ sid: "SM-slow", delayMs: 60_000 });
  assert.equal((await send(1)).status, 202);
  assert.deepEqual(clock.pending, [1000]);
  await clock.advance(1000);
  assert.match(await events.until("capabilities"), /"type":"capabilities"/);
  assert.deepEqual(clock.pending, [59_000]);
  await clock.advance(58_999);
  assert.doesNotMatch(await events.until("capabilities"), /SM-slow/);
  await clock.advance(1);
  assert.match(await events.until('"id":1}'), /SM-slow/);
  const prompt = assert.rejects(server.promptVoice({ text: "anybody?" }), { name: "DeadlineError", timeoutMs: 8000 });
  await clock.advance(8000);
  await prompt;
  assert.deepEqual(clock.pending, []);
  await server.close();
  await assert.rejects(server.ask({ method: "ping" }), { name: "TransportError", message: "no agent is connected" });
});

test("a virtual clock wakes sleepers in order", async () => {
  const clock = new VirtualClock({ now: new Date(NOW) });
  const woken = [];
  const sleep = (ms, name) => clock.sleep(ms).then(() => woken.push([name, clock.now() - NOW]));
  sleep(20, "c");
  sleep(10, "a");
  sleep(10, "b");
  clock.sleep(10).then(() => sleep(5, "nested"));
  const stopper = new AbortController();
  const stopped = assert.rejects(clock.sleep(1, stopper.signal), /stop/);
  stopper.abort(new Error("stop"));
  await stopped;
  assert.deepEqual(clock.pending, [10, 10, 10, 20]);
  await clock.sleep(0);
  await clock.advance(19);
  assert.deepEqual(woken, [["a", 10], ["b", 10], ["nested", 15]]);
  await clock.advance(1);
  assert.deepEqual(woken.at(-1), ["c", 20]);
  assert.equal(new VirtualClock().now(), Date.UTC(2026, 0, 1));
});

test("a session under a path, other routes", async () => {
  const server = new FakeButtDialServer({ baseUrl: "https://butt-dial.test/prefix/" });
  assert.equal(server.baseUrl, "https://butt-dial.test/prefix");
  await open(server);
  server.onRest("GET /api/v1/usage", { status: 200, body: { totalActions: 3 } });
  assert.deepEqual(await (await server.fetch(`${server.baseUrl}/api/v1/usage?period=today`)).json(), { totalActions: 3 });
  assert.equal((await server.fetch(`${server.baseUrl}/nope`)).status, 404);
  assert.equal((await server.fetch(`${server.baseUrl}/sse`, { method: "OPTIONS" })).status, 204);
});

test("tools of functions, lists, revoked tokens", async () => {
  const server = new FakeButtDialServer({ tokens: { good: "agent-1" } });
  const { events, post } = await open(server, "good");
  server.setTools(["comms_ping"]).onTool("comms_echo", (args) => args);
  await post({ jsonrpc: "2.0", id: 1, method: "tools/list" });
  const list = await events.until('"id":1}');
  assert.deepEqual([...list.matchAll(/"name":"(\w+)"/g)].map((match) => match[1]), ["comms_ping", "comms_echo"]);
  // Own `__proto__` members of parsed JSON stay data.
  await post(JSON.parse('{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"comms_echo","arguments":{"a":[1,null,"\\u00e9"]}}}'));
  assert.match(await events.until('"id":2}'), /\\"a\\": \[\\n +1,\\n +null,\\n +\\"é\\"/);
  server.revokeToken("good");
  const refused = await post({ jsonrpc: "2.0", id: 3, method: "ping" });
  assert.deepEqual([refused.status, (await refused.json()).code], [401, "AUTH_TOKEN_REVOKED"]);
});

test("what makes no sense is a ConfigError", async () => {
  const server = new FakeButtDialServer();
  const bad = [
    () => new FakeButtDialServer({ token: {} }),
    () => new FakeButtDialServer({ baseUrl: "nowhere" }),
    () => new FakeButtDialServer({ idempotency: "yes" }),
    () => new FakeButtDialServer({ lineEnd: "vt" }),
    () => new FakeButtDialServer({ clock: {} }),
    () => new FakeButtDialServer({ webhookSecret: "" }),
    () => new FakeButtDialServer(null),
    () => new VirtualClock({ start: 1 }),
    () => new VirtualClock({ now: "noon" }),
    () => server.onSend({}),
    () => server.onSend(),
    () => server.onSend({ sid: "a", error: "b" }),
    () => server.onSend({ sid: "a", count: 1.5 }),
    () => server.onSend({ sid: "a", count: Infinity }),
    () => server.onSend({ sid: "a", delayMs: -1 }),
    () => server.onSend({ sid: 5 }),
    () => server.onSend({ fault: "nope" }),
    () => server.onSend({ result: { content: () => {} } }),
    () => server.onSend({ result: { at: new Date() } }),
    () => server.onRequest({ path: "/sse" }),
    () => server.onRest("usage", {}),
    () => server.onTool("", 1),
    () => server.onTool("x", 1n),
    () => server.setTools("x"),
    () => server.dropStreams({ cleanly: true }),
    () => server.simulateReceipt({ status: "read" }),
    () => server.simulateInbound({ sender: 1 }),
    () => server.simulateInbound({ url: "nowhere" }),
    () => server.simulateWhatsapp({ form: "1" }),
  ];
  for (const call of bad) assert.throws(call, ConfigError, String(call));
  await assert.rejects(server.serve({ port: "x" }), ConfigError);
  await assert.rejects(server.push({ a: 1 }, { onconnect: true }), ConfigError);
  await assert.rejects(server.deliver("x"), ConfigError);
  assert.throws(() => server.onSend({ sid: "a", count: Infinity }), { message: "script.count is no finite number", code: "CONFIG" });
  // Scripts that were refused are not there.
  const { events, send } = await open(server);
  await send(1);
  assert.match(await events.until('"id":1}'), /SM-[0-9a-f]{10}/);
});
