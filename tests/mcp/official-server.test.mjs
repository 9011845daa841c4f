// The agent judged by somebody else's server: the official MCP SDK's, over real HTTP.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Agent, AuthInvalidTokenError, ToolError } from "butt-dial-edge";
import { start } from "./server.mjs";

const SENDS = 64;
let service;

/** The service, which all tests share one after the other, and an agent for it. */
async function begin(options) {
  service ??= await start();
  service.forget();
  return new Agent({ baseUrl: service.url, agentToken: service.token, ...options });
}

const paths = () => service.seen.requests.map(({ method, path }) => `${method} ${path.split("?")[0]}`);

test("a message, with the token on both channels", async () => {
  const agent = await begin();
  const result = await agent.sendMessage({ to: "+15555550123", channel: "sms", body: "grüß \u{1f600}", idempotencyKey: "k" });
  assert.deepEqual([result.outcome, result.messageSid, result.attempts, result.idempotencyKey], ["sent", "SM-1", 1, "k"]);
  const [{ session, ...args }] = service.seen.calls;
  assert.deepEqual(args, { to: "+15555550123", channel: "sms", body: "grüß \u{1f600}", idempotencyKey: "k" });
  assert.deepEqual(service.seen.initialized, [session]);
  assert.deepEqual(paths(), ["GET /sse", "POST /messages", "POST /messages", "POST /messages"]);
  for (const request of service.seen.requests) {
    assert.equal(request.authorization, "Bearer agent-token", request.path);
    assert.equal(request.path.includes("agent-token"), false);
  }
});

test(`${SENDS} sends at once on one session`, async () => {
  const agent = await begin({ maxInFlight: SENDS });
  // None is answered before all have arrived.
  service.seen.hold = SENDS;
  const messages = Array.from({ length: SENDS }, (_, index) => ({ to: `+1555555${1000 + index}`, body: `n ${index}` }));
  const results = await agent.sendMessages({ messages, concurrency: SENDS });
  assert.deepEqual(results.map(({ outcome, attempts }) => [outcome, attempts]), messages.map(() => ["sent", 1]));
  assert.deepEqual(results.map(({ raw }) => JSON.parse(raw.content[0].text).to), messages.map(({ to }) => to), "each its own answer");
  const { calls } = service.seen;
  assert.equal(calls.length, SENDS);
  assert.deepEqual(calls.map(({ body }) => body).sort(), messages.map(({ body }) => body).sort());
  assert.equal(new Set(calls.map(({ idempotencyKey }) => idempotencyKey)).size, SENDS);
  assert.equal(new Set(results.map(({ messageSid }) => messageSid)).size, SENDS);
  assert.equal(new Set(calls.map(({ session }) => session)).size, 1);
  assert.equal(paths().filter((path) => path === "GET /sse").length, 1);
});

test("64 sends through the 4 that are in flight by default", async () => {
  const agent = await begin();
  const messages = Array.from({ length: SENDS }, (_, index) => ({ to: "+1", body: String(index) }));
  const results = await agent.sendMessages({ messages, concurrency: SENDS });
  assert.equal(results.filter(({ outcome }) => outcome === "sent").length, SENDS);
  assert.equal(new Set(service.seen.calls.map(({ session }) => session)).size, 1);
});

test("tools, their list, ping", async () => {
  const agent = await begin();
  const answers = await agent.session(async (scope) => [
    await scope.listTools(), await scope.callTool({ toolName: "comms_ping", arguments: { message: "hey" } }), await scope.ping(), await scope.callTool({ toolName: "broken" }),
  ]);
  assert.deepEqual(answers, [["comms_send_message", "comms_ping", "broken"], { status: "ok", echo: "hey" }, true, "no luck"]);
  assert.equal(paths().filter((path) => path === "GET /sse").length, 1);
});

test("what the SDK's server refuses", async () => {
  const agent = await begin();
  const unknown = await agent.callTool({ toolName: "comms_nope" }).catch((error) => error);
  const says = unknown instanceof ToolError ? unknown.message : String(unknown);
  assert.match(says, /comms_nope/);
  const wrong = await agent.sendMessage({ to: "+1", body: "x", extra: { to2: 1 }, channel: "sms" });
  assert.equal(wrong.outcome, "sent", "more than its schema knows");
  const refused = await begin({ agentToken: "wrong" });
  await assert.rejects(refused.sendMessage({ to: "+1", body: "x" }), AuthInvalidTokenError);
  assert.deepEqual(paths(), ["GET /sse"]);
  assert.equal(await refused.ping(), false);
});

test("sends, a list, pushes and a caller on the phone, over one session", async () => {
  const agent = await begin();
  // The service forgets a session a little after its stream has closed.
  for (let turn = 0; turn < 1000 && service.seen.servers.size > 0; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
  let stands;
  const open = new Promise((resolve) => (stands = resolve));
  const stream = agent.listen({ onStateChange: ({ state }) => state === "open" && stands(), onVoicePrompt: ({ messages }) => `re ${messages[0].text}` });
  await open;
  while (service.seen.initialized.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  const [server] = service.seen.servers.values();
  assert.deepEqual(server.getClientCapabilities(), { sampling: {} });
  const push = (id) => server.sendLoggingMessage({ level: "info", logger: "message", data: { type: "message", messageId: id, channel: "sms", from: "+1", body: `text ${id}` } });
  await push("a");
  const results = await agent.sendMessages({ messages: Array.from({ length: 16 }, (_, index) => ({ to: "+1", body: String(index) })) });
  assert.deepEqual(new Set(results.map(({ outcome }) => outcome)), new Set(["sent"]));
  assert.deepEqual(await agent.listTools(), ["comms_send_message", "comms_ping", "broken"]);
  await push("a");
  await push("b");
  assert.deepEqual([(await stream.next()).value.text, (await stream.next()).value.text], ["text a", "text b"]);
  const words = await server.createMessage({ messages: [{ role: "user", content: { type: "text", text: "hello" } }], maxTokens: 300 });
  assert.deepEqual([words.role, words.content, words.model], ["assistant", { type: "text", text: "re hello" }, "butt-dial-edge"]);
  await server.ping();
  assert.equal(paths().filter((path) => path === "GET /sse").length, 1);
  const waiting = stream.next();
  await stream.close();
  assert.deepEqual(await waiting, { value: undefined, done: true });
});

test("sessions are closed", async () => {
  await begin();
  for (let turn = 0; turn < 1000 && service.seen.sessions.size > 0; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
  assert.equal(service.seen.sessions.size, 0);
  await service.close();
});
