// What must compile of `AccountsClient` and the agent's REST calls, and, by `@ts-expect-error`, what must not.
import { AccountsClient, AccountsError, Agent, DeadlineError, InboundHandler, OnboardingRequired, RateLimitError } from "butt-dial-edge";
import type { AgentCalls, AgentRecord, OnboardedWorkspace, OnboardingHandshake, OnboardingState, RegisteredAgent, WaitingMessages } from "butt-dial-edge";

const accounts = new AccountsClient({ baseUrl: "https://call.example.com", teamToken: null, timeoutMs: 1000, logger: console });
const sign = { orgName: "Acme", ownerEmail: "o@example.com" };

export async function signUp(inbound: InboundHandler): Promise<string> {
  const bare = await accounts.register(sign);
  // @ts-expect-error: without `webhookUrl` there may be no secret
  bare.webhookSecret.length;
  const secret: string = (await accounts.register({ ...sign, webhookUrl: "https://app.example.com/webhooks" })).webhookSecret;
  const handshake: OnboardingHandshake = await accounts.startOnboarding({ ...sign, webhookUrl: "https://app.example.com/webhooks", branding: { productName: "Acme" } });
  const state: OnboardingState = JSON.parse(JSON.stringify(handshake.state));
  const once: OnboardedWorkspace | null = await accounts.resumeOnboarding({ state }).check({ timeoutMs: 5000, store: { get: async () => null } });
  if (once) return once.teamToken;
  try {
    const done = await handshake.wait({ inbound, pollIntervalMs: 60_000, signal: AbortSignal.timeout(1000) });
    const { token } = await done.accounts.rotateToken({ otpPrompt: async (hint) => `${hint}${secret.length}` });
    return (await done.accounts.withToken({ teamToken: token }).getAccount()).orgId;
  } catch (error) {
    if (error instanceof OnboardingRequired) return error.onboardingUrl;
    if (error instanceof RateLimitError) console.warn(error.retryAfterMs, error.scope);
    if (error instanceof AccountsError && error.code === "MISSING_FIELDS") console.warn(error.fields.join());
    if (error instanceof DeadlineError) console.warn(error.timeoutMs);
    throw error;
  }
}

export async function agents(agent: Agent, calls: AgentCalls): Promise<RegisteredAgent> {
  const record: AgentRecord = await AccountsClient.fromEnv({ env: {} }).getAgent({ agentId: "a" });
  const waiting: WaitingMessages = await calls.getWaitingMessages({ limit: 5, channel: "line", agentToken: "t" });
  const usage = await agent.fetchUsageSummary();
  console.log(record.displayName, waiting.messages[0]?.reason, usage?.totalActions, (await agent.getBilling({ period: "week" })).markupPercent);
  await accounts.addAgentCommChannel({ agentId: "a", channelType: "line", capabilities: ["sms"], idempotencyKey: "k" });
  await accounts.setClientLimits({ limits: { maxActionsPerDay: null } });
  return accounts.registerAgent("a", "Maya", { extra: { tags: ["x"] } });
}

// @ts-expect-error: baseUrl is required
new AccountsClient({ teamToken: "t" });
// @ts-expect-error: `ownerEmail` is required
void accounts.register({ orgName: "x" });
// @ts-expect-error: the name is missing
void accounts.registerAgent("a");
// @ts-expect-error: onboarding needs the webhook
void accounts.startOnboarding({ ...sign, returnUrl: "https://a.test" });
// @ts-expect-error: options, not positional arguments
accounts.withToken("t");
// @ts-expect-error: codes are text
void accounts.rotateToken({ otpPrompt: () => 123456 });
// @ts-expect-error: a typo does not pass
void accounts.getAgent({ agentid: "a" });
// @ts-expect-error: only these words
void accounts.manageAgentChannel({ agentId: "a", action: "allocate", channel: "phone" });
// @ts-expect-error: no such method
void accounts.getSelf();
