// What must compile of the main module, and, by `@ts-expect-error`, what must not.
import { Agent, AuthError, ButtDialError, InboundHandler, VERSION, parseErrorResponse } from "butt-dial-edge";
import type {
  AgentCalls, AgentSelf, Answer, CheckConsentOptions, DispatchReport, InboundContext, InboundMessage, ReactOptions, SendResult, TokenRotation, Unsubscribe, WhatsappActionResult,
} from "butt-dial-edge";
import type { InboundStream, InboundSubscription, ListenState, LiveEvent, VoicePrompt } from "butt-dial-edge";
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

export async function tools(calls: AgentCalls): Promise<void> {
  const reaction: ReactOptions = { messageId: "m", emoji: "👍", senderSid: "s", extra: { chatId: "c" }, timeoutMs: 1, agentToken: "t" };
  const done: WhatsappActionResult = await calls.react(reaction);
  console.log(done.ok, done.messageId?.length, done["more"]);
  await calls.delete({ messageId: "m" });
  await calls.sendPoll({ to: "+1", title: "?", options: ["a"] });
  await calls.sendLocation({ to: "+1", lat: 1, lng: 2, name: "n" });
  await calls.whatsappAction({ action: "archive_chat", chatId: "c", until: 7 });
  const self: AgentSelf = await calls.getMe();
  const id: string = self.agentId;
  const consent: CheckConsentOptions = { contact: id, channel: "telegram" };
  if ((await calls.checkConsent(consent)).hasConsent === true) await calls.makeCall({ to: "+1", orchestrator: "new-one", targetGender: "female" });
  const rotation: TokenRotation = await calls.rotateAgentToken({ confirm: true });
  const answer: Answer = await calls.setClientLimitsSafe({ limits: { maxActionsPerDay: 5, maxSpendPerDay: null } });
  await calls.updateProfile({ greeting: null, gender: "neutral" });
  await calls.createSession({ participants: [{ id: "a", type: "agent" }], context: { topic: "x" } });
  const agents: readonly { readonly agentId: string }[] = (await calls.findAgent({ query: "x" })).agents;
  console.log(rotation.newToken, answer["x"], agents.length);
}

export async function listens(signal: AbortSignal, ctx: { blockConcurrencyWhile<T>(work: () => Promise<T>): Promise<T> }): Promise<void> {
  const stream: InboundStream = agent.listen({ signal, maxBackoffMs: 30_000, maxBuffered: 10, durableObject: ctx, onStateChange: (change: ListenState) => console.log(change.state, change.retryInMs, change.error?.code) });
  for await (const event of stream) {
    switch (event.type) {
      case "message": await agent.sendMessage({ to: event.sender, body: event.text }); break;
      case "delivery_receipt": console.log(event.messageSid); break;
      case "capabilities": console.log(event.data); break;
      case "status_update": case "echo": case "failed_outbound": case "unknown": break;
      default: { const never: never = event; throw never; }
    }
  }
  const subscription: InboundSubscription = agent.listen({
    onEvent: async (event: LiveEvent) => console.log(event.type),
    onError: (error, event) => console.error(event.type, error),
    onVoicePrompt: async ({ messages, signal }: VoicePrompt) => { signal.throwIfAborted(); return { text: `You said ${messages.at(-1)?.text ?? ""}`, model: "mine" }; },
  });
  await subscription.closed;
  // @ts-expect-error: it has no iterator
  for await (const event of subscription) console.log(event);
  // @ts-expect-error: a listener has the agent's token
  agent.listen({ agentToken: "t" });
  // @ts-expect-error: a plain Worker's context is no Durable Object's state
  agent.listen({ durableObject: { waitUntil() {} } });
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
// @ts-expect-error: the emoji is missing
void agent.react({ messageId: "m" });
// @ts-expect-error: numbers, not text
void agent.sendLocation({ to: "+1", lat: "1", lng: 2 });
// @ts-expect-error: further arguments go into `extra`
void agent.typing({ to: "+1", durationMs: 5 });
// @ts-expect-error: an operation there is
void agent.subscribeInbound({ operation: "pause" });
// @ts-expect-error: agents and humans
void agent.createSession({ participants: [{ id: "a", type: "robot" }] });
// @ts-expect-error: `contact`, whatever the wire calls it
void agent.grantTrust({ contactAddress: "+1" });
// @ts-expect-error: no such word
new InboundHandler({ ack: "later" });
// @ts-expect-error: the handler is missing
inbound.onMessage({ channel: "sms" });
// @ts-expect-error: a message's member
inbound.onDeliveryReceipt((receipt) => receipt.text);
