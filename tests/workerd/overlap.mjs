// Requests that overlap in one isolate, through one agent and one handler at module level; the service is real HTTP. Time is
// the service's clock: it answers nobody before it has heard from all, so that they do overlap.
import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { FakeButtDialServer, fixtures, signedWhatsapp, VirtualClock } from "butt-dial-edge/testing";
import { Miniflare, supportedCompatibilityDate } from "miniflare";
import { bundle } from "../package/runtimes/workerd.mjs";

const DATES = ["2024-09-23", supportedCompatibilityDate];
const SLOW_MS = 1000;
/** Nothing here takes long; what hangs must not hang the tests. */
const PATIENCE_MS = 20_000;

let deliveries = 0;
const get = (path) => ({ url: `https://worker.test${path}`, method: "GET" });
const KINDS = {
  sendMessage: (index) => get(`/send?body=send-${index}`),
  session: (index) => get(`/session?body=session-${index}`),
  async webhook(index) {
    const body = fixtures.whatsapp({ from: "15555550123", id: `wamid.${(deliveries += 1)}`, text: `webhook-${index}` });
    const { url, method, headers, body: bytes } = signedWhatsapp({ body, secret: "meta-secret", url: "https://worker.test/webhooks" });
    return { url, method, headers: Object.fromEntries(headers), body: await new Response(bytes).arrayBuffer() };
  },
};

export const overlaps = DATES.map((compatibilityDate) => ({
  name: `workerd ${compatibilityDate}, overlapping requests`,
  async run({ project, configure }) {
    const clock = new VirtualClock();
    const service = new FakeButtDialServer({ clock, tokens: { "agent-token": "agent-1" } });
    const served = await service.serve();
    configure({ baseUrl: served.url });
    const miniflare = new Miniflare({ modules: await bundle(project, "workerd/overlap.mjs"), compatibilityDate });
    const world = { clock, service, ask: (request) => ask(miniflare, request) };
    let passed = 0;
    try {
      for (const kinds of [["sendMessage"], ["session"], ["webhook"], Object.keys(KINDS)]) {
        for (const count of [2, 20]) {
          await within(overlap(world, kinds, count), `${count} × ${kinds}`);
          passed += 1;
        }
      }
      await within(duplicates(world), "duplicates");
      await within(oneGone(world, miniflare), "one that is aborted");
      return { passed: passed + 2 };
    } finally {
      await miniflare.dispose();
      await served.close();
    }
  },
}));

/** So many requests, all of which wait for the service at the same time: each one's message is sent, once. */
async function overlap({ clock, service, ask }, kinds, count) {
  service.reset();
  const requests = await Promise.all(Array.from({ length: count }, (_, index) => KINDS[kinds[index % kinds.length]](index)));
  service.onSend({ sid: "SM", delayMs: SLOW_MS, count: count * 2 });
  let answered = 0;
  const asked = requests.map((request) => ask(request).finally(() => (answered += 1)));
  await reached(() => service.calls.length === count, () => `${service.calls.length} calls of ${count}`);
  assert.equal(answered, 0, "all of them wait at once");
  await clock.advance(SLOW_MS);
  // The second message of a session.
  const second = requests.filter(({ url }) => url.includes("/session")).length;
  await reached(() => service.calls.length === count + second, () => `${service.calls.length} calls of ${count + second}`);
  await clock.advance(SLOW_MS);
  for (const { status, text } of await Promise.all(asked)) assert.deepEqual([status, text], [200, "ok"]);
  const bodies = service.sentMessages.map(({ args }) => args.body).sort();
  const wanted = requests.flatMap((_, index) => {
    const kind = kinds[index % kinds.length];
    return kind === "session" ? [`session-${index}`, `session-${index} again`] : [`${kind === "webhook" ? "webhook" : "send"}-${index}`];
  });
  assert.deepEqual(bodies, wanted.sort(), "each message once");
  assert.equal(new Set(service.calls.map(({ idempotencyKey }) => idempotencyKey)).size, wanted.length, "keys");
  assert.equal(new Set(service.calls.map(({ sessionId }) => sessionId)).size, count, "a session belongs to one request");
  assert.equal(service.calls.some(({ replayed }) => replayed), false, "nothing was tried twice");
  await reached(() => service.openStreams === 0, () => `${service.openStreams} streams left open`);
}

/** The same webhook, twice at once: one is handled, the other is told to come again. */
async function duplicates({ clock, service, ask }) {
  service.reset();
  service.onSend({ sid: "SM", delayMs: SLOW_MS, count: 2 });
  const request = await KINDS.webhook("twice");
  const first = ask(request);
  await reached(() => service.calls.length === 1, () => "no call");
  const second = await ask(request);
  assert.equal(second.status, 503);
  await clock.advance(SLOW_MS);
  assert.equal((await first).status, 200);
  assert.equal((await ask(request)).status, 200, "done");
  assert.equal(service.sentMessages.length, 1);
}

/** A client that goes away takes nobody with it. */
async function oneGone({ clock, service, ask }, miniflare) {
  service.reset();
  service.onSend({ sid: "SM", delayMs: SLOW_MS, count: 2 });
  const stopper = new AbortController();
  const gone = miniflare.dispatchFetch("https://worker.test/send?body=gone", { signal: stopper.signal }).then(() => assert.fail("answered"), () => {});
  const stays = ask(get("/send?body=stays"));
  await reached(() => service.calls.length === 2, () => `${service.calls.length} calls of 2`);
  stopper.abort();
  await gone;
  await clock.advance(SLOW_MS);
  assert.deepEqual(await stays, { status: 200, text: "ok" });
  const after = ask(get("/send?body=after"));
  await reached(() => service.calls.length === 3, () => `${service.calls.length} calls of 3`);
  assert.deepEqual(await after, { status: 200, text: "ok" });
}

async function ask(miniflare, { url, ...init }) {
  const answer = await miniflare.dispatchFetch(url, init);
  return { status: answer.status, text: await answer.text() };
}

async function reached(condition, what) {
  const end = performance.now() + PATIENCE_MS / 2;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`this never came: ${what()}`);
    await turn();
  }
}

function within(promise, what) {
  let timer;
  const late = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error(`${what}: still waiting after ${PATIENCE_MS} ms`)), PATIENCE_MS)));
  return Promise.race([promise, late]).catch((error) => Promise.reject(new Error(`${what}: ${error.stack}`))).finally(() => clearTimeout(timer));
}
