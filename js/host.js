// What the hosts give, in one call each: crossing into WebAssembly costs by the call, and the glue by the import.

/** @internal The parts of a request that decide something: method, URL, and these headers. As JSON. */
export function readRequest(request) {
  const names = ["content-length", "x-bd-event", "x-bd-timestamp", "x-bd-signature", "x-bd-delivery-id", "x-hub-signature-256"];
  return JSON.stringify([request.method, request.url, ...names.map((name) => request.headers.get(name))]);
}

/** @internal A response; `headers` are pairs as JSON. */
export function makeResponse(status, body, headers) {
  return new Response(body, { status, headers: JSON.parse(headers) });
}

/** @internal A request that follows no redirect; `headers` as JSON. */
export function makeRequest(url, method, headers, body, signal) {
  return new Request(url, { method, headers: JSON.parse(headers), body, signal, redirect: "manual" });
}

// A promise that is stopped resolves: what waits for one in WebAssembly keeps its memory until it settles.

/** @internal Resolves after so many milliseconds, or when `stop` is called. */
export function timer(ms) {
  let handle;
  let wake;
  const fired = new Promise((resolve) => (handle = setTimeout((wake = resolve), ms)));
  fired.stop = () => {
    clearTimeout(handle);
    wake();
  };
  return fired;
}

/** @internal A user's clock: `stop` aborts its sleep. */
export function clockTimer(clock, ms) {
  const controller = new AbortController();
  const slept = Promise.resolve(clock.sleep(ms, controller.signal)).then(undefined, () => {});
  slept.stop = () => controller.abort();
  return slept;
}

/** @internal Resolves when the signal aborts, or when `stop` is called. */
export function whenAborted(signal) {
  let listener;
  const aborted = new Promise((resolve) => (listener = resolve));
  aborted.stop = () => {
    signal.removeEventListener("abort", listener);
    listener();
  };
  if (signal.aborted) listener();
  else signal.addEventListener("abort", listener);
  return aborted;
}

/** @internal Lets a promise end as it likes: a rejection of it is nobody's. */
export function ignore(promise) {
  promise.then(undefined, () => {});
}

/** @internal What a handler is given beside the event. `refusal` is what reading `agent` throws, if anything. */
export function makeContext(agent, refusal, env, ctx, request, source, proof, deliveryId, signal) {
  const context = { env, ctx, request, source, proof, deliveryId, signal };
  const agentOrThrow = () => {
    if (refusal !== undefined) throw refusal;
    return agent;
  };
  return Object.defineProperty(context, "agent", { get: agentOrThrow, enumerable: true });
}
