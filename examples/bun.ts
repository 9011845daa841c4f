// Bun: bun run bun.ts
import { Agent, InboundHandler } from "butt-dial-edge";

const inbound = new InboundHandler({ webhookSecret: process.env["BD_WEBHOOK_SECRET"], agent: Agent.fromEnv() });
inbound.onMessage(async (message, { agent }) => {
  await agent.sendMessage({ to: message.sender, channel: message.channel, body: message.text.toUpperCase() });
});

export default { port: 8000, fetch: (request: Request) => inbound.fetch(request) };
