// Deliveries as the service makes them: again and again until a 2xx (wire-contract 8.1).
import { signedWebhook } from "./signed.js";
import { wrong } from "./check.js";

const WAITS_MS = [1000, 5000, 25_000, 120_000, 600_000];
const PATIENCE_MS = 10_000;

/**
 * Sends a request until it is answered with a 2xx, at most six times. A webhook signed with the service's secret is signed
 * anew each time, with the same delivery id: its signature would be stale by the last ones.
 */
export async function deliver({ request, to, clock, secret }) {
  if (typeof request?.arrayBuffer !== "function") throw wrong("deliver takes a Request");
  const send = sender(to);
  const content = new Uint8Array(await request.arrayBuffer());
  const responses = [];
  for (const wait of [0, ...WAITS_MS]) {
    if (wait > 0) await clock.sleep(wait);
    const again = attempt(request, content, clock, secret, responses.length === 0);
    const response = await answered(send, again, clock);
    responses.push(response);
    if (response.ok) break;
  }
  return responses;
}

function attempt(request, content, clock, secret, first) {
  const { headers, method, url } = request;
  const ours = headers.get("x-bd-signature") !== null && genuine(headers, content, secret);
  if (first || !ours) return new Request(url, { method, headers, body: content });
  return signedWebhook({
    body: content, secret, url, at: clock.now(),
    event: headers.get("x-bd-event") ?? undefined,
    deliveryId: headers.get("x-bd-delivery-id") ?? undefined,
  });
}

function genuine(headers, content, secret) {
  const seconds = Number(headers.get("x-bd-timestamp"));
  if (!Number.isInteger(seconds) || seconds < 0) return false;
  const same = signedWebhook({ body: content, secret, at: seconds * 1000 });
  return same.headers.get("x-bd-signature") === headers.get("x-bd-signature");
}

function sender(to) {
  if (to === undefined) return (request) => fetch(request);
  if (typeof to === "string") return (request) => fetch(new Request(to, request));
  if (typeof to === "function") return (request) => to(request);
  if (typeof to?.fetch === "function") return (request) => to.fetch(request);
  throw wrong("deliverTo is a function, an object with fetch, or a URL");
}

/** The answer, or a status that says why there is none: 504 after ten seconds, 502 when nobody is there. */
async function answered(send, request, clock) {
  const stopper = new AbortController();
  const late = Promise.resolve(clock.sleep(PATIENCE_MS, stopper.signal)).then(() => new Response(null, { status: 504 }), () => new Promise(() => {}));
  try {
    return await Promise.race([Promise.resolve(send(request)), late]);
  } catch {
    return new Response(null, { status: 502 });
  } finally {
    stopper.abort();
  }
}
