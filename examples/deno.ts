// Deno: deno run --allow-net --allow-env deno.ts
import { Agent, InboundHandler } from "butt-dial-edge";

const inbound = new InboundHandler({
  webhookSecret: ({ claimedOrgId }) => (claimedOrgId === null ? undefined : Deno.env.get(`BD_SECRET_${claimedOrgId}`)),
  agent: Agent.fromEnv(),
});
inbound.onMessage(async (message, { agent }) => {
  await agent.sendMessage({ to: message.sender, channel: message.channel, body: message.text.toUpperCase() });
});

Deno.serve({ port: 8000 }, (request) => inbound.fetch(request));
