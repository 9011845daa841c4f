import { equal, ok, thrown } from "../check.mjs";

const headers = { authorization: "Bearer t", "content-type": "application/json" };

/** A session in process: its text so far, and a way to send. */
async function open(server) {
  const response = await server.fetch(`${server.baseUrl}/sse`, { headers });
  const stream = response.body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  const until = async (wanted) => {
    while (!text.includes(wanted)) {
      const { value, done } = await stream.read();
      if (done) break;
      text += decoder.decode(value, { stream: true });
    }
    return text;
  };
  const endpoint = new URL(/data: (\S+)/.exec(await until("\n\n"))[1], server.baseUrl);
  const send = (id, idempotencyKey) => {
    const params = { name: "comms_send_message", arguments: { to: "+1", body: "x", idempotencyKey } };
    return server.fetch(endpoint, { method: "POST", headers, body: JSON.stringify({ jsonrpc: "2.0", id, method: "tools/call", params }) });
  };
  return { until, send, cancel: () => stream.cancel() };
}

export default {
  async "the fake service takes a send once, although its stream is cut"({ testing }) {
    const server = new testing.FakeButtDialServer({ tokens: { t: "agent-1" } });
    const first = await open(server);
    server.onSend({ fault: "cut_after_accept", sid: "SM-1" });
    equal((await first.send(1, "k")).status, 202);
    ok((await thrown(() => first.until("never"))) instanceof TypeError, "the stream broke");
    const second = await open(server);
    equal((await second.send(2, "k")).status, 202);
    ok((await second.until('"id":2}')).includes("SM-1"), "the first result");
    equal(server.sentMessages.length, 1);
    equal(server.calls.length, 2);
    equal(server.openStreams, 1);
    await second.cancel();
    equal(server.openStreams, 0);
    await server.close();
  },
  async "virtual time moves what waits"({ testing }) {
    const clock = new testing.VirtualClock();
    const server = new testing.FakeButtDialServer({ clock });
    const session = await open(server);
    server.onSend({ sid: "SM-2", delayMs: 60_000 });
    equal((await session.send(1, "k")).status, 202);
    await clock.advance(60_000);
    ok((await session.until('"id":1}')).includes("SM-2"), "answered");
    await session.cancel();
    await server.close();
  },
};
