// The two ways bytes reach a client: in process, as Response objects, and over HTTP (serve.js). Each request gets an exit
// with `respond`, `reset` and `open`; `open` gives a stream with `write`, `close` and `abort`.

const NO_BODY = new Set([204, 205, 304]);

/** A request in process; `gone` is called when the client gives up. Gives the exit and the promise of the response. */
export function inProcess(signal, gone) {
  let settle;
  let controller;
  let ended = false;
  const response = new Promise((resolve, reject) => (settle = { resolve, reject }));
  const end = () => {
    ended = true;
    signal?.removeEventListener("abort", onAbort);
  };
  function onAbort() {
    if (ended) return;
    end();
    settle.reject(signal.reason);
    controller?.error(signal.reason);
    gone();
  }
  signal?.addEventListener("abort", onAbort, { once: true });
  const exit = {
    respond(status, headers, body) {
      end();
      settle.resolve(new Response(NO_BODY.has(status) ? null : body, { status, headers }));
    },
    reset() {
      end();
      settle.reject(broken("the connection was reset"));
    },
    open(headers) {
      const body = new ReadableStream({
        start: (given) => void (controller = given),
        cancel() {
          if (ended) return;
          end();
          gone();
        },
      });
      // The runtimes' own fetch unpacks what it gets, and keeps the header.
      const packed = headers.some(([name, value]) => name === "content-encoding" && value === "gzip");
      settle.resolve(new Response(packed ? body.pipeThrough(new DecompressionStream("gzip")) : body, { status: 200, headers }));
      return {
        write: (bytes) => ended || controller.enqueue(bytes),
        close() {
          if (ended) return;
          end();
          controller.close();
        },
        abort() {
          if (ended) return;
          end();
          controller.error(broken("the connection broke"));
        },
      };
    },
  };
  return { exit, response };
}

/** What runtimes throw when a connection breaks. */
export function broken(message) {
  return new TypeError(`fetch failed: ${message}`);
}
