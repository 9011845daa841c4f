// The fake service over real HTTP: what breaks there breaks the connection itself.
import assert from "node:assert/strict";
import http from "node:http";
import { test } from "node:test";
import { FakeButtDialServer } from "butt-dial-edge/testing";

async function served(t, options) {
  const server = new FakeButtDialServer(options);
  const { url } = await server.serve();
  t.after(() => server.close());
  const headers = { authorization: "Bearer t" };
  const sse = () => new Promise((resolve, reject) => {
    http.get(`${url}/sse`, { headers }, (response) => resolve({ response, ...watch(response) })).on("error", reject);
  });
  const post = (endpoint, message) => new Promise((resolve, reject) => {
    const request = http.request(new URL(endpoint, url), { method: "POST", headers: { ...headers, "content-type": "application/json" } }, (response) => {
      const { end, read } = watch(response);
      end.then(() => resolve({ status: response.statusCode, headers: response.headers, text: read() }));
    });
    request.on("error", reject).end(JSON.stringify(message));
  });
  const open = async () => {
    const stream = await sse();
    await stream.until("\n\n");
    return { ...stream, endpoint: /data: (\S+)/.exec(stream.read())[1] };
  };
  const send = (endpoint, id, key) => post(endpoint, { jsonrpc: "2.0", id, method: "tools/call", params: { name: "comms_send_message", arguments: { to: "+1", body: "x", idempotencyKey: key } } });
  return { server, url, sse, open, post, send };
}

/** A response's bytes as text so far, and how it ends: "end", or the code of what broke it. */
function watch(response) {
  let seen = "";
  const waiting = new Set();
  response.setEncoding("latin1").on("data", (text) => {
    seen += text;
    for (const check of waiting) check();
  });
  const end = new Promise((resolve) => {
    response.on("end", () => resolve("end"));
    response.on("error", (error) => resolve(error.code));
    response.on("close", () => resolve("closed"));
  });
  const until = (wanted) => new Promise((resolve) => {
    const check = () => seen.includes(wanted) && (waiting.delete(check), resolve(seen));
    waiting.add(check);
    check();
  });
  return { end, until, read: () => seen };
}

test("heads are as captured", async (t) => {
  const { open, post } = await served(t);
  const { response, endpoint } = await open();
  assert.equal(response.statusCode, 200);
  assert.equal(response.headers["content-type"], "text/event-stream");
  assert.equal(response.headers["cache-control"], "no-cache, no-transform");
  assert.equal(response.headers["transfer-encoding"], "chunked");
  const accepted = await post(endpoint, { jsonrpc: "2.0", method: "notifications/initialized" });
  assert.deepEqual([accepted.status, accepted.text, accepted.headers["content-type"]], [202, "Accepted", undefined]);
});

test("a cut destroys the connection, after what was written", async (t) => {
  const { server, open, send } = await served(t);
  for (const [fault, ending, tail] of [
    ["cut_after_accept", "ECONNRESET", /\n\n$/],
    ["cut_mid_event", "ECONNRESET", /\n\nevent: message\ndata: \{"result.*[^\n]$/s],
    ["cut_in_character", "ECONNRESET", /[^\n]\u00e2\u0082$/],
    ["clean_end", "end", /\n\n$/],
  ]) {
    const { endpoint, end, read } = await open();
    server.onSend({ fault });
    assert.equal((await send(endpoint, 1, fault)).status, 202, fault);
    assert.equal(await end, ending, fault);
    assert.match(read(), tail, fault);
  }
  assert.equal(server.sentMessages.length, 4);
  assert.equal(server.openStreams, 0);
});

test("a refused connection", async (t) => {
  const { server, sse, open, send } = await served(t);
  const { endpoint, end } = await open();
  server.onSend({ fault: "post_reset" }).onSend({ fault: "cut_before_accept" });
  await assert.rejects(send(endpoint, 1, "k"), { code: "ECONNRESET" });
  assert.equal(server.openStreams, 1);
  await assert.rejects(send(endpoint, 2, "k"), { code: "ECONNRESET" });
  assert.equal(await end, "ECONNRESET");
  server.onRequest({ path: "/sse", fault: "cut_before_accept" });
  await assert.rejects(sse(), { code: "ECONNRESET" });
  assert.equal(server.calls.length, 0);
});

test("a client that leaves ends its session", async (t) => {
  const { server, open } = await served(t);
  const { response, end } = await open();
  assert.equal(server.openStreams, 1);
  response.destroy();
  assert.equal(await end, "closed");
  for (let turn = 0; turn < 5000 && server.openStreams > 0; turn++) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(server.openStreams, 0);
});

test("answers odd on the wire", async (t) => {
  const { server, open, send } = await served(t);
  const { endpoint, until } = await open();
  server.onSend({ fault: "slow_drip", sid: "SM-drip" }).onSend({ fault: "huge_event", size: 1_000_000 }).onSend({ fault: "answer_in_post_body", sid: "SM-body" });
  await send(endpoint, 1, "a");
  assert.match(await until('"id":1}\n\n'), /SM-drip/);
  await send(endpoint, 2, "b");
  assert.ok((await until('"id":2}\n\n')).length > 1_000_000);
  const body = await send(endpoint, 3, "c");
  assert.deepEqual([body.status, body.headers["content-type"], JSON.parse(body.text).id], [200, "application/json", 3]);
  server.onSend({ fault: "redirect" }).onSend({ fault: "html_instead" });
  const redirect = await send(endpoint, 4, "d");
  assert.deepEqual([redirect.status, redirect.headers.location], [307, "https://elsewhere.test/messages"]);
  assert.equal((await send(endpoint, 5, "d")).headers["content-type"], "text/html; charset=utf-8");
});

test("a bomb is small on the wire", async (t) => {
  const { server, url, sse } = await served(t);
  server.onRequest({ path: "/sse", fault: "gzip_bomb", size: 10_000_000, count: 2 });
  const { response, read, until } = await sse();
  assert.equal(response.headers["content-encoding"], "gzip");
  await until("\x00\x00\xff\xff");
  assert.ok(read().length < 100_000);
  response.destroy();
  const unpacked = await fetch(`${url}/sse`, { headers: { authorization: "Bearer t" } });
  const stream = unpacked.body.getReader();
  let size = 0;
  while (size < 10_000_000) size += (await stream.read()).value.length;
  await stream.cancel();
  assert.ok(size < 10_001_000);
});

test("closing ends what hangs", async () => {
  const server = new FakeButtDialServer();
  const first = await server.serve();
  const second = await server.serve({ hostname: "127.0.0.1", port: 0 });
  assert.notEqual(first.url, second.url);
  server.onRequest({ path: "/sse", fault: "no_headers" });
  const hanging = fetch(`${first.url}/sse`);
  const stream = await fetch(`${second.url}/health`);
  assert.deepEqual(await stream.json(), { status: "ok", version: "1.0.0" });
  const rejected = assert.rejects(hanging, TypeError);
  await first.close();
  await rejected;
  await second[Symbol.asyncDispose]();
  await assert.rejects(fetch(`${second.url}/health`), TypeError);
  await server[Symbol.asyncDispose]();
});

test("a page of another origin may read it, if told", async (t) => {
  const { url } = await served(t, { cors: true });
  const preflight = await fetch(`${url}/sse`, { method: "OPTIONS", headers: { origin: "https://page.test" } });
  assert.deepEqual([preflight.status, preflight.headers.get("access-control-allow-origin")], [204, "*"]);
  assert.match(preflight.headers.get("access-control-allow-headers"), /Authorization/);
  assert.equal((await fetch(`${url}/sse`)).headers.get("access-control-allow-origin"), "*");
});
