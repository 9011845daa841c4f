// The double as a test writes it, and, by `@ts-expect-error`, scripts that make no sense.
import { ConfigError as MainConfigError } from "butt-dial-edge";
import { ConfigError, FakeButtDialServer, VirtualClock, explainSignature, fixtures, signedWebhook, signedWhatsapp } from "butt-dial-edge/testing";
import type { PostFault, RecordedCall, SendScript, ServedFake } from "butt-dial-edge/testing";

export const error: MainConfigError = new ConfigError("x");

const clock = new VirtualClock({ now: Date.UTC(2026, 4, 10) });
const server = new FakeButtDialServer({ tokens: { good: "agent-1" }, clock, deliverTo: async () => new Response("ok") });
export const chained: FakeButtDialServer = server
  .onSend({ sid: "SM-1", count: 2 })
  .onSend({ error: "no", code: "NO_CHANNEL_ASSIGNED", channel: "sms", isError: false })
  .onSend({ rawText: "hm", delayMs: 5 })
  .onSend({ status: 429, headers: { "retry-after": "30" } })
  .onSend({ fault: "cut_after_accept", sid: "SM-2" })
  .onSend({ rpcError: { code: -32001, message: "busy" } })
  .onTool("comms_get_me", { agentId: "agent-1" })
  .onTool("comms_echo", (args) => ({ echoed: String(args["text"]) }))
  .onRest("GET /api/v1/usage", { body: { totalActions: 1 } })
  .onRequest({ path: "/sse", fault: "foreign_endpoint" })
  .onRequest({ path: "/messages", fault: "post_hangs" })
  .onRequest({ path: "/sse", status: 503 })
  .onRequest({ path: "/sse", delayMs: 100 })
  .setTools(["comms_ping"]);

export async function use(): Promise<RecordedCall | undefined> {
  const served: ServedFake = await server.serve({ port: 0 });
  const pushed: number = await server.push({ type: "message", body: "hello" }, { onConnect: true });
  const words: string = await server.promptVoice({ text: `${pushed}` });
  const answers: readonly Response[] = await server.deliver(server.simulateInbound({ sender: "+1", text: words, threadId: "t" }));
  const request: Request = server.simulateDelivery({ deliveryId: String(answers.length) });
  const fetched: Response = await server.fetch(request);
  await served.close();
  await clock.advance(fetched.status);
  return server.sentMessages[0];
}

export const reason: "valid" | "no_secret" | string = explainSignature({ rawBody: "{}", timestampHeader: "1", signatureHeader: null, secret: "s" }).reason;
export const requests: Request[] = [
  signedWebhook({ body: fixtures.accountVerified(), secret: "s" }),
  signedWhatsapp({ body: fixtures.whatsapp({ text: "a" }, { message: { type: "location" } }), secret: "s" }),
  server.simulateReceipt({ messageSid: "SM-1", status: "delivered" }),
  server.simulateWhatsapp({ from: "1555", url: "https://x.test" }),
];
export const fault: PostFault = "half_open";
export const script: SendScript = { fault, size: 5 };

// @ts-expect-error: an outcome is needed
server.onSend({ count: 2 });
// @ts-expect-error: no such fault
server.onSend({ fault: "explode" });
// @ts-expect-error: it breaks the opening of a stream, not a send
server.onSend({ fault: "no_endpoint" });
// @ts-expect-error: a receipt is about a message
server.simulateReceipt({ status: "read" });
// @ts-expect-error: a secret is needed
signedWebhook({ body: "{}" });
// @ts-expect-error: options are known
new FakeButtDialServer({ token: "x" });
// @ts-expect-error: what was recorded is read-only
server.calls[0].replayed = true;
