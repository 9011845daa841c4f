// What must compile of the main module, and, by `@ts-expect-error`, what must not.
import { Agent, AuthError, ButtDialError, InboundHandler, VERSION, parseErrorResponse } from "butt-dial-edge";
import type { AgentCalls, DispatchReport, InboundContext, InboundMessage, SendResult, Unsubscribe } from "butt-dial-edge";
import { MemoryDedupe } from "butt-dial-edge/stores/memory";

interface Env {
  SECRET: string;
  OLD?: string;
  SERVICE: { fetch(request: Request): Promise<Response> };
}

const agent = new Agent({ baseUrl: "https://call.example.com", agentToken: "t", fetch: async (request) => fetch(request), random: () => 0.5 });
export const version: string = VERSION;
export const calls: AgentCalls = agent;

export async function sends(env: Env): Promise<void> {
  const bound = Agent.fromEnv({ env, fetch: env.SERVICE, keepAlive: true });
  const result = await bound.sendMessage({ to: "+1", channel: "line", body: "x", mediaUrl: "https://a.test/b", scheduledAt: new Date(), templateVars: { a: "b" } });
  if (result.ok) {
    const sid: string = result.messageSid;
    // @ts-expect-error: a sent message has no error text
    result.error.length;
    console.log(sid);
  } else {
    const why: string = result.error;
    const cause: ButtDialError = result.cause;
    console.log(why, cause.retryAfterMs, result.outcome);
  }
  const several: SendResult[] = await bound.sendMessages({ messages: [{ to: "+1", body: "x" }], concurrency: 2, timeoutMs: 1000 });
  const counted: number = await bound.session(async (scoped) => (await scoped.listTools()).length + several.length);
  const answered: boolean = await bound.ping({ signal: AbortSignal.timeout(counted) });
  console.log(answered, await bound.callTool({ toolName: "comms_ping", arguments: { message: "x" } }));
  await bound.close();
}

const inbound = new InboundHandler<Env>({
  webhookSecret: ({ env, claimedOrgId }) => (claimedOrgId === null ? undefined : [env.SECRET, env.OLD ?? ""]),
  whatsappWebhookSecret: async ({ claimedPhoneNumberId }) => claimedPhoneNumberId,
  agent: (env) => Agent.fromEnv({ env }),
  dedupe: new MemoryDedupe({ maxKeys: 10 }),
  ack: "before",
  onHandlerError: "ack",
});
const stop: Unsubscribe = inbound.onMessage({ channel: "telegram" }, async (message: InboundMessage, context: InboundContext<Env>) => {
  switch (message.content.type) {
    case "location":
      await context.agent.sendMessage({ to: message.sender, body: `${message.content.latitude}` });
      break;
    case "button_reply":
      console.log(message.content.id, message.whatsapp?.context?.messageId, context.env.SECRET, context.deliveryId);
      break;
    default:
      // @ts-expect-error: only some kinds have a caption
      console.log(message.content.caption);
  }
});
stop();
inbound.onMessage((message) => console.log(message.text));
inbound.onEvent("agent.suspended", (event) => console.log(event.type === "account_verified" ? event.teamToken : event.data["orgId"]));
inbound.onDeliveryReceipt((receipt) => console.log(receipt.errors[0]?.title));
inbound.onError((error, event) => console.error(event.type, error));
export const served: (request: Request, env?: Env) => Promise<Response> = inbound.fetch;
export const report: Promise<DispatchReport> = inbound.handleGenericPayload({ from: "+1", body: "x" });
export const parsed: ButtDialError = parseErrorResponse({ status: 429, headers: new Headers({ "retry-after": "1" }), body: {} });
if (parsed instanceof AuthError) console.log(parsed.remainingAttempts, parsed.sendResult?.idempotencyKey);

// @ts-expect-error: baseUrl is required
new Agent({ agentToken: "t" });
// @ts-expect-error: options, not positional arguments
new Agent("https://call.example.com");
// @ts-expect-error: `to` is required
void agent.sendMessage({ body: "x" });
// @ts-expect-error: a typo does not pass
void agent.sendMessage({ to: "+1", body: "x", idempotencykey: "k" });
// @ts-expect-error: durations are numbers of milliseconds
void agent.sendMessage({ to: "+1", body: "x", timeoutMs: "5s" });
// @ts-expect-error: snake_case is the wire's
void agent.sendMessage({ to: "+1", media_url: "u" });
// @ts-expect-error: arguments must be JSON
void agent.callTool({ toolName: "t", arguments: { f: () => 1 } });
// @ts-expect-error: no such word
new InboundHandler({ ack: "later" });
// @ts-expect-error: the handler is missing
inbound.onMessage({ channel: "sms" });
// @ts-expect-error: a message's member
inbound.onDeliveryReceipt((receipt) => receipt.text);
