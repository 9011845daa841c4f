// The least Worker: messages in, an echo out.
import { InboundHandler } from "butt-dial-edge";

interface Env { BUTT_DIAL_BASE_URL: string; BUTT_DIAL_AGENT_TOKEN: string; BD_WEBHOOK_SECRET: string }

const inbound = new InboundHandler<Env>({ webhookSecret: ({ env }) => env.BD_WEBHOOK_SECRET });
inbound.onMessage(async (message, { agent }) => {
  await agent.sendMessage({ to: message.sender, channel: message.channel, body: `You said: ${message.text}` });
});

export default { fetch: inbound.fetch } satisfies ExportedHandler<Env>;
