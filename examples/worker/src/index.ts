// A Cloudflare Worker: signed webhooks in, a reply out. `cargo xtask demo` runs this very file in workerd.
import { Agent, InboundHandler } from "butt-dial-edge";
import { MemoryDedupe } from "butt-dial-edge/stores/memory";

interface Env {
  BUTT_DIAL_BASE_URL: string;
  BUTT_DIAL_AGENT_TOKEN: string;
  /** "1" for a server that reads the token from the query. */ BUTT_DIAL_LEGACY_QUERY_TOKEN?: string;
  /** Signs account webhooks and callbacks. */ BD_WEBHOOK_SECRET: string;
  /** The one before, while it is being rotated. */ BD_WEBHOOK_SECRET_OLD?: string;
  META_APP_SECRET: string;
  META_VERIFY_TOKEN: string;
  /** Your vault for workspace tokens. */ TOKENS: KVNamespace;
  /** Your audit trail. */ AUDIT: Fetcher;
}

const inbound = new InboundHandler<Env>({
  webhookSecret: ({ env }) => (env.BD_WEBHOOK_SECRET_OLD ? [env.BD_WEBHOOK_SECRET, env.BD_WEBHOOK_SECRET_OLD] : env.BD_WEBHOOK_SECRET),
  whatsappWebhookSecret: ({ env }) => env.META_APP_SECRET,
  whatsappVerifyToken: ({ env }) => env.META_VERIFY_TOKEN,
  agent: (env) => Agent.fromEnv({ env, legacyQueryToken: env.BUTT_DIAL_LEGACY_QUERY_TOKEN === "1" }),
  dedupe: new MemoryDedupe(),
});

inbound.onAccountVerified(async (event, { env }) => {
  await env.TOKENS.put(`team:${event.orgId}`, event.teamToken);
  await audit(env, { what: "verified", orgId: event.orgId, ownerEmail: event.ownerEmail, verifiedAt: event.verifiedAt });
});

inbound.onMessage({ channel: "whatsapp" }, async (message, { agent, env }) => {
  const sent = await agent.sendMessage({ to: message.sender, channel: "whatsapp", body: `You said: ${message.text}`, ...(message.id !== null && { replyMsgId: message.id }) });
  await audit(env, { what: "replied", to: message.id, outcome: sent.outcome, messageSid: sent.messageSid, attempts: sent.attempts, key: sent.idempotencyKey });
});

inbound.onError((error, event) => console.error(event.type, String(error)));

/** Writes to the audit trail. A trail that refuses fails the handler, and the sender delivers again. */
async function audit(env: Env, entry: Record<string, unknown>): Promise<void> {
  const answer = await env.AUDIT.fetch("https://audit.internal/entries", { method: "POST", body: JSON.stringify(entry) });
  if (!answer.ok) throw new Error(`audit: ${answer.status}`);
}

export default { fetch: inbound.fetch } satisfies ExportedHandler<Env>;
