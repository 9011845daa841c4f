// Node: a route of your own server, with the raw body.
import { createServer } from "node:http";
import { Agent } from "butt-dial-edge";
import { parseInbound, verifyWebhookSignature } from "butt-dial-edge/webhooks";

const agent = Agent.fromEnv({ keepAlive: true });

createServer(async (request, response) => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const rawBody = Buffer.concat(chunks);
  const genuine = verifyWebhookSignature({
    rawBody,
    timestampHeader: String(request.headers["x-bd-timestamp"] ?? ""),
    signatureHeader: String(request.headers["x-bd-signature"] ?? ""),
    secret: process.env["BD_WEBHOOK_SECRET"],
  });
  if (!genuine) return response.writeHead(401).end();
  for (const event of parseInbound(rawBody)) {
    if (event.type === "message") await agent.sendMessage({ to: event.sender, channel: event.channel, body: "Got it" });
  }
  response.writeHead(200).end();
}).listen(8000);
