// Your own tests: the whole way without a server. Any test runner; here Node's.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Agent, InboundHandler } from "butt-dial-edge";
import { FakeButtDialServer } from "butt-dial-edge/testing";

test("answers once, although the stream is cut and the delivery comes twice", async () => {
  const server = new FakeButtDialServer();
  const agent = new Agent({ baseUrl: server.baseUrl, fetch: server.fetch, agentToken: "any" });
  const inbound = new InboundHandler({ webhookSecret: server.webhookSecret, agent });
  inbound.onMessage(async (message, { agent }) => void (await agent.sendMessage({ to: message.sender, channel: message.channel, body: "hi" })));

  server.onSend({ fault: "cut_after_accept", sid: "SM-1" });
  const delivery = server.simulateInbound({ sender: "+15555550123", text: "hello", channel: "sms" });
  assert.equal((await inbound.fetch(delivery.clone())).status, 200);
  assert.equal((await inbound.fetch(delivery)).status, 200);

  assert.equal(server.sentMessages.length, 1);
  assert.equal(server.sentMessages[0]?.args["to"], "+15555550123");
});
