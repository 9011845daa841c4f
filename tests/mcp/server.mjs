// A service made with the official MCP SDK: its server, its SSE transport, on node:http. Records what comes in.
import { createServer } from "node:http";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { SSEServerTransport } from "@modelcontextprotocol/sdk/server/sse.js";
import { z } from "zod";

const TOKEN = "agent-token";

/** Starts one. `hold` makes the sends wait for that many before any of them is answered. */
export async function start() {
  const seen = { calls: [], requests: [], sessions: new Map(), servers: new Map(), hold: 0, initialized: [] };
  let waiting = [];
  const everybody = (count) =>
    new Promise((resolve) => {
      waiting.push(resolve);
      if (waiting.length < count) return;
      for (const go of waiting) go();
      waiting = [];
    });

  function mcp(session) {
    const server = new McpServer({ name: "official", version: "1.0.0" }, { capabilities: { logging: {} } });
    const args = { to: z.string(), body: z.string().optional(), channel: z.string().optional(), idempotencyKey: z.string().optional() };
    server.registerTool("comms_send_message", { description: "Sends.", inputSchema: args }, async (given) => {
      seen.calls.push({ session, ...given });
      const id = `SM-${seen.calls.length}`;
      if (seen.hold > 0) await everybody(seen.hold);
      return { content: [{ type: "text", text: JSON.stringify({ success: true, messageId: id, to: given.to }) }] };
    });
    server.registerTool("comms_ping", { description: "Answers.", inputSchema: { message: z.string().optional() } }, ({ message }) => ({
      content: [{ type: "text", text: JSON.stringify({ status: "ok", echo: message ?? null }) }],
    }));
    server.registerTool("broken", { description: "Fails." }, () => Promise.reject(new Error("no luck")));
    server.server.oninitialized = () => seen.initialized.push(session);
    seen.servers.set(session, server.server);
    return server;
  }

  const http = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, "http://host");
    seen.requests.push({ method: request.method, path: request.url, authorization: request.headers.authorization ?? null });
    if (request.headers.authorization !== `Bearer ${TOKEN}`) {
      response.writeHead(401, { "content-type": "application/json" }).end('{"error":"Invalid token","code":"AUTH_INVALID_TOKEN"}');
    } else if (request.method === "GET" && pathname === "/sse") {
      const transport = new SSEServerTransport("/messages", response);
      seen.sessions.set(transport.sessionId, transport);
      response.on("close", () => (seen.sessions.delete(transport.sessionId), seen.servers.delete(transport.sessionId)));
      await mcp(transport.sessionId).connect(transport);
    } else if (request.method === "POST" && pathname === "/messages") {
      const transport = seen.sessions.get(searchParams.get("sessionId"));
      if (transport) await transport.handlePostMessage(request, response);
      else response.writeHead(404).end("no such session");
    } else response.writeHead(404).end();
  });
  await new Promise((resolve) => http.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${http.address().port}`,
    token: TOKEN,
    seen,
    forget() {
      seen.calls.length = seen.requests.length = seen.initialized.length = 0;
      seen.hold = 0;
    },
    async close() {
      for (const transport of seen.sessions.values()) await transport.close();
      http.closeAllConnections?.();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}
