// A service that follows a script, as a `fetch`: MCP over HTTP and server-sent events (wire-contract 2). One entry of the script for each session;
// the last one repeats. It records the sessions that were opened, the tools that were called, and when (`tried`).

import { bodyOf, responseOf } from "./rest.mjs";

const PROTOCOL = "2025-06-18";

export function fakeServer(script, now) {
  const server = { sessions: [], calls: [], open: new Map(), pending: 0, tried: [now()], now };

  const fetch = async (request) => {
    server.pending += 1;
    try {
      await new Promise(setImmediate);
      request.signal?.throwIfAborted();
      return await (request.method === "GET" ? connect(server, script, request) : post(server, request));
    } finally {
      server.pending -= 1;
    }
  };
  return { sessions: server.sessions, calls: server.calls, tried: server.tried, busy: () => server.pending > 0, fetch };
}

/** `GET /sse`: refused or failed as the script says, else a stream that begins with the address to post to. */
function connect(server, script, request) {
  const url = new URL(request.url);
  server.tried.push(server.now());
  server.sessions.push({ sseUrl: url.href, authorization: request.headers.get("authorization") });
  const entry = script[Math.min(server.sessions.length, script.length) - 1] ?? {};
  if (entry.httpError !== undefined) return refused(entry.httpError);
  if (entry.throws !== undefined && entry.at === undefined) throw failure(entry.throws);
  const id = `session-${server.sessions.length}`;
  const stream = new ReadableStream({
    start(controller) {
      server.open.set(id, { entry, send: (event, data) => controller.enqueue(Buffer.from(`event: ${event}\ndata: ${data}\n\n`)) });
      server.open.get(id).send("endpoint", `${url.pathname.replace(/\/sse$/, "/messages")}?sessionId=${id}`);
    },
    cancel: () => void server.open.delete(id),
  });
  return new Response(stream, { headers: { "content-type": "text/event-stream" } });
}

/** `POST /messages`: accepted; the answer comes on the stream. */
async function post(server, request) {
  const session = server.open.get(new URL(request.url).searchParams.get("sessionId"));
  if (session === undefined) return Response.json({ error: "Unknown session" }, { status: 400 });
  const message = await request.json();
  const result = RESULTS[message.method]?.(message.params ?? {}, session.entry);
  if (message.method === "tools/call") {
    const { name, arguments: given } = message.params;
    server.tried.push(server.now());
    server.calls.push({ tool: name, arguments: given, authorization: request.headers.get("authorization") });
    if (session.entry.throws !== undefined) throw failure(session.entry.throws);
  }
  if (message.id !== undefined) {
    const answer = result === undefined ? { error: { code: -32601, message: "Method not found" } } : { result };
    session.send("message", JSON.stringify({ ...answer, jsonrpc: "2.0", id: message.id }));
  }
  return new Response("Accepted", { status: 202 });
}

const RESULTS = {
  initialize: () => ({
    protocolVersion: PROTOCOL,
    capabilities: { tools: { listChanged: true } },
    serverInfo: { name: "butt-dial-mcp", version: "1.0.0" },
  }),
  ping: () => ({}),
  "tools/list": (_, { tools = [] }) => ({ tools: tools.map((name) => ({ name, inputSchema: { type: "object" } })) }),
  "tools/call": (_, { content = [], isError }) => ({ content, ...(isError === undefined ? {} : { isError }) }),
};

function refused({ status, headers, ...answer }) {
  return responseOf(status, bodyOf(answer), headers);
}

/** What a failed connection looks like to a `fetch`: an error with that text, wrapped as often as the script says. */
function failure({ class: name, message, nested = 0 }) {
  let error = Object.assign(new Error(message), { name });
  for (let depth = 0; depth < nested; depth += 1) error = new AggregateError([error], "unhandled errors");
  return error;
}
