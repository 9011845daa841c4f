// One agent and one handler for all requests of the isolate, as the documentation has it.
import { Agent, InboundHandler } from "butt-dial-edge";
import config from "./config.mjs";

const agent = new Agent({ baseUrl: config.baseUrl, agentToken: "agent-token" });
const inbound = new InboundHandler({ whatsappWebhookSecret: "meta-secret", agent });

const sent = ({ outcome, error }) => {
  if (outcome !== "sent") throw new Error(`${outcome}: ${error}`);
};

inbound.onMessage(async (message, { agent }) => {
  sent(await agent.sendMessage({ to: message.sender, channel: message.channel, body: message.text }));
});

export default {
  async fetch(request, env, ctx) {
    const { pathname, searchParams } = new URL(request.url);
    const message = { to: "+15555550123", body: searchParams.get("body") };
    if (pathname === "/send") sent(await agent.sendMessage(message));
    else if (pathname === "/session") {
      await agent.session(async (scope) => {
        sent(await scope.sendMessage(message));
        sent(await scope.sendMessage({ ...message, body: `${message.body} again` }));
      });
    } else return inbound.fetch(request, env, ctx);
    return new Response("ok");
  },
};
