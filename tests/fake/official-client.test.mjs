// The fake service judged by somebody else's client: the official MCP SDK over real HTTP.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { SSEClientTransport } from "@modelcontextprotocol/sdk/client/sse.js";
import { CreateMessageRequestSchema, LoggingMessageNotificationSchema } from "@modelcontextprotocol/sdk/types.js";
import { FakeButtDialServer } from "butt-dial-edge/testing";

/** A connected client; the server is closed with the test. */
async function connect(t, options, prepare = () => {}) {
  const server = new FakeButtDialServer(options);
  const served = await server.serve();
  t.after(() => server.close());
  const client = new Client({ name: "official", version: "1" }, { capabilities: { sampling: {} } });
  prepare(client, server);
  const headers = { authorization: "Bearer agent-token" };
  await client.connect(new SSEClientTransport(new URL(`${served.url}/sse`), { requestInit: { headers } }));
  t.after(() => client.close());
  return { server, served, client };
}

const json = (result) => JSON.parse(result.content[0].text);

test("initialize, list, ping, call", async (t) => {
  const { server, client } = await connect(t, { tokens: { "agent-token": "agent-1" } });
  assert.deepEqual(client.getServerVersion(), { name: "butt-dial-mcp", version: "1.0.0" });
  assert.deepEqual(client.getServerCapabilities(), { tools: { listChanged: true }, logging: {} });
  const { tools } = await client.listTools();
  assert.deepEqual(tools.map((tool) => tool.name), ["comms_send_message", "comms_ping"]);
  assert.deepEqual(tools[0].inputSchema.required, ["to"]);
  assert.deepEqual(await client.ping(), {});
  const pong = await client.callTool({ name: "comms_ping", arguments: { message: "hey" } });
  assert.deepEqual(json(pong), { status: "ok", server: "butt-dial-mcp", version: "1.0.0", echo: "hey" });

  server.onSend({ sid: "SM-1" });
  const args = { to: "+15555550123", body: "grüß \u{1f600}", channel: "sms", idempotencyKey: "k" };
  const first = await client.callTool({ name: "comms_send_message", arguments: args });
  assert.deepEqual(json(first), { success: true, messageId: "SM-1", status: "queued", channel: "sms", from: "+15552000001", to: "+15555550123" });
  assert.deepEqual(await client.callTool({ name: "comms_send_message", arguments: args }), first);
  assert.deepEqual(server.calls.map(({ tool, replayed }) => [tool, replayed]), [["comms_ping", false], ["comms_send_message", false], ["comms_send_message", true]]);
  assert.equal(server.sentMessages.length, 1);
  assert.deepEqual(server.sentMessages[0].args, args);
  assert.equal(server.lastToken, "agent-token");
});

test("64 calls at once on one session", async (t) => {
  const { server, client } = await connect(t);
  const results = await Promise.all(
    Array.from({ length: 64 }, (_, n) => client.callTool({ name: "comms_send_message", arguments: { to: `+1555555${1000 + n}`, body: `n ${n}`, idempotencyKey: `k${n}` } })),
  );
  assert.deepEqual(results.map((result) => json(result).to), Array.from({ length: 64 }, (_, n) => `+1555555${1000 + n}`));
  assert.equal(new Set(results.map((result) => json(result).messageId)).size, 64);
  assert.equal(server.sentMessages.length, 64);
  assert.equal(server.requests.filter(({ path }) => path === "/sse").length, 1);
  assert.equal(server.openStreams, 1);
});

test("errors as the service makes them", async (t) => {
  const { server, client } = await connect(t);
  const send = (args) => client.callTool({ name: "comms_send_message", arguments: args });
  const missing = await send({ body: "x" });
  assert.equal(missing.isError, true);
  assert.equal(missing.content[0].text, "MCP error -32602: Input validation error: Invalid arguments for tool comms_send_message: Required at to");
  server.onSend({ error: "no sender", code: "NO_CHANNEL_ASSIGNED", channel: "sms", remediation: "assign one" });
  const refused = await send({ to: "+1", body: "x" });
  assert.equal(refused.isError, true);
  assert.deepEqual(json(refused), { error: "no sender", code: "NO_CHANNEL_ASSIGNED", channel: "sms", remediation: "assign one" });
  server.onSend({ rpcError: { code: -32001, message: "busy" } });
  await assert.rejects(send({ to: "+1", body: "x" }), { code: -32001 });
  const unknown = await client.callTool({ name: "comms_nope", arguments: {} });
  assert.equal(unknown.content[0].text, "MCP error -32602: Tool comms_nope not found");
  await assert.rejects(client.listResources(), { code: -32601 });
  assert.equal(server.sentMessages.length, 0);
});

test("tools answered by functions", async (t) => {
  const { server, client } = await connect(t);
  server.onTool("comms_sum", async ({ a, b }) => ({ sum: a + b }));
  server.onTool("comms_fail", () => {
    throw new Error("out of order");
  });
  server.onTool("comms_nothing", () => undefined);
  const call = (name, args = {}) => client.callTool({ name, arguments: args });
  assert.deepEqual(json(await call("comms_sum", { a: 2, b: 3 })), { sum: 5 });
  const failed = await call("comms_fail");
  assert.equal(failed.isError, true);
  assert.deepEqual(json(failed), { error: "out of order" });
  assert.deepEqual(await call("comms_nothing"), { content: [] });
});

test("pushes and prompts reach the client", async (t) => {
  const pushes = [];
  let heard;
  const { server, client } = await connect(t, {}, (client, server) => {
    client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => void (pushes.push(params), heard?.()));
    client.setRequestHandler(CreateMessageRequestSchema, ({ params }) => ({
      role: "assistant", model: "m", content: { type: "text", text: `you said ${params.messages[0].content.text}` },
    }));
    server.push({ type: "capabilities" }, { onConnect: true });
  });
  assert.deepEqual(pushes, [{ level: "info", logger: "capabilities", data: { type: "capabilities" } }]);
  const next = new Promise((resolve) => (heard = resolve));
  assert.equal(await server.push({ type: "message", messageId: "m1", body: "hello" }), 1);
  await next;
  assert.deepEqual(pushes[1].data, { type: "message", messageId: "m1", body: "hello" });
  assert.equal(await server.promptVoice({ text: "hi" }), "you said hi");
  assert.deepEqual(await server.ask({ method: "ping" }), {});
  assert.deepEqual(server.clientAnswers.map(({ id }) => id), [0, 1]);
  await assert.rejects(server.ask({ method: "nope/nope" }), { name: "ButtDialError", body: { code: -32601, message: "Method not found" } });
  assert.equal(client.getServerVersion().name, "butt-dial-mcp");
});

test("a bad token is refused, a closed client is noticed", async (t) => {
  const { server, served, client } = await connect(t, { tokens: { "agent-token": "agent-1" } });
  const stranger = new Client({ name: "stranger", version: "1" });
  const transport = new SSEClientTransport(new URL(`${served.url}/sse`), { requestInit: { headers: { authorization: "Bearer wrong" } } });
  await assert.rejects(stranger.connect(transport), /401/);
  await client.close();
  assert.equal(await until(() => server.openStreams === 0), true);
});

/** Waits for what the network is about to do. */
async function until(condition) {
  for (let turn = 0; turn < 2000 && !condition(); turn++) await new Promise((resolve) => setImmediate(resolve));
  return condition();
}
