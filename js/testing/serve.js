// The fake service over real HTTP, on node:http, which Node, Deno and Bun have.
import { known, options as checked, wrong } from "./check.js";

/** Serves requests: `take(request, exit)` gives back what to call when the client is gone. */
export async function serve(options, take) {
  const given = checked(options, "serve");
  known(given, "serve", "port", "hostname");
  const { port = 0, hostname = "127.0.0.1" } = given;
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw wrong("port is a number from 0 to 65535");
  if (typeof hostname !== "string" || hostname === "") throw wrong("hostname is a text");
  const http = await nodeHttp();
  const sockets = new Set();
  const server = http.createServer((request, response) => void answer(request, response, take));
  // Hanging and half-open are what it is for.
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, hostname, resolve);
  });
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  let closing;
  return {
    url: `http://${host}:${server.address().port}`,
    close() {
      closing ??= new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections?.();
        for (const socket of sockets) socket.destroy();
      });
      return closing;
    },
  };
}

async function nodeHttp() {
  try {
    // The name is put together so that bundlers for browsers and workerd do not look for it.
    const name = ["node", "http"].join(":");
    return await import(/* @vite-ignore */ /* webpackIgnore: true */ name);
  } catch {
    throw wrong("serve() needs Node, Deno or Bun; elsewhere use fetch");
  }
}

async function answer(request, response, take) {
  const chunks = [];
  try {
    for await (const chunk of request) chunks.push(chunk);
  } catch {
    return; // The client gave up in the middle of its request.
  }
  const headers = [];
  for (let i = 0; i + 1 < request.rawHeaders.length; i += 2) headers.push([request.rawHeaders[i], request.rawHeaders[i + 1]]);
  const gone = take({ method: request.method, path: request.url, headers, body: concat(chunks) }, exit(response));
  response.on("close", () => response.writableFinished || gone());
}

function exit(response) {
  const { socket } = response;
  return {
    respond(status, headers, body) {
      response.writeHead(status, grouped(headers));
      response.end(body);
    },
    reset() {
      if (typeof socket.resetAndDestroy === "function") socket.resetAndDestroy();
      else socket.destroy();
    },
    open(headers) {
      response.writeHead(200, grouped(headers));
      response.flushHeaders();
      return stream(response);
    },
  };
}

/** A stream whose end waits for what was written before it: a broken connection must not take earlier bytes with it. */
function stream(response) {
  let unsent = 0;
  let cut = false;
  const cutWhenSent = () => {
    if (cut && unsent === 0) response.socket?.destroy();
  };
  return {
    write(bytes) {
      if (response.destroyed || cut) return;
      unsent += 1;
      response.write(bytes, () => {
        unsent -= 1;
        cutWhenSent();
      });
    },
    close: () => response.end(),
    abort() {
      cut = true;
      cutWhenSent();
    },
  };
}

/** Headers as node:http takes them: names that repeat have lists. */
function grouped(headers) {
  const out = {};
  for (const [name, value] of headers) out[name] = name in out ? [out[name], value].flat() : value;
  return out;
}

function concat(chunks) {
  const out = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    out.set(chunk, at);
    at += chunk.length;
  }
  return out;
}
