// Signed requests, checked with node:crypto; deliveries on the service's schedule.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { ConfigError, FakeButtDialServer, VirtualClock, explainSignature, fixtures, signedWebhook, signedWhatsapp } from "butt-dial-edge/testing";

const NOW = Date.UTC(2026, 4, 10, 9, 30);
const hmac = (secret, ...parts) => parts.reduce((mac, part) => mac.update(part), createHmac("sha256", secret)).digest("hex");

/** Whether the service's secret signed it. */
async function genuine(request, secret) {
  const body = Buffer.from(await request.clone().arrayBuffer());
  return request.headers.get("x-bd-signature") === `hmac-sha256=${hmac(secret, request.headers.get("x-bd-timestamp"), ".", body)}`;
}

test("webhooks", async () => {
  const request = signedWebhook({ body: { event: "account.verified", name: "Zoë" }, secret: "s", at: NOW, deliveryId: "d" });
  assert.deepEqual([request.method, request.url], ["POST", "https://app.test/webhooks"]);
  assert.deepEqual(
    ["content-type", "x-bd-event", "x-bd-timestamp", "x-bd-delivery-id"].map((name) => request.headers.get(name)),
    ["application/json", "account.verified", String(NOW / 1000), "d"],
  );
  assert.equal(await genuine(request, "s"), true);
  assert.deepEqual(await request.json(), { event: "account.verified", name: "Zoë" });
  for (const body of ["{}", new TextEncoder().encode("{}"), new TextEncoder().encode("{}").buffer]) {
    const other = signedWebhook({ body, secret: "s", at: new Date(NOW), event: "e", url: "https://x.test/y" });
    assert.equal(await genuine(other, "s"), true);
    assert.equal(other.headers.get("x-bd-event"), "e");
    assert.match(other.headers.get("x-bd-delivery-id"), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
  const age = Math.abs(Date.now() / 1000 - Number(signedWebhook({ body: "{}", secret: "s" }).headers.get("x-bd-timestamp")));
  assert.ok(age < 5, "signed now");
  for (const options of [{}, { body: "{}" }, { body: "{}", secret: "" }, { body: 5, secret: "s" }, { body: "{}", secret: "s", when: 1 }, { body: "{}", secret: "s", url: "x" }, { body: "{}", secret: "s", at: NaN }]) {
    assert.throws(() => signedWebhook(options), ConfigError, JSON.stringify(options));
  }
});

test("Meta's", async () => {
  const request = signedWhatsapp({ body: fixtures.whatsapp({ text: "a" }, { message: { type: "sticker", sticker: { id: "1" } } }), secret: "meta" });
  const body = Buffer.from(await request.clone().arrayBuffer());
  assert.equal(request.headers.get("x-hub-signature-256"), `sha256=${hmac("meta", body)}`);
  const { messages } = (await request.json()).entry[0].changes[0].value;
  assert.deepEqual(messages.map(({ type }) => type), ["text", "sticker"]);
  assert.equal(fixtures.whatsapp().entry[0].changes[0].value.messages[0].text.body, "hello");
  assert.equal(fixtures.whatsappStatus({ id: "wamid.1", status: "read" }).entry[0].changes[0].value.statuses[0].status, "read");
  assert.deepEqual(fixtures.accountVerified({ orgId: "o" }).orgId, "o");
  assert.equal(fixtures.message({ sender: "+1", text: "t" }).body, "t");
});

test("what the service sends", async () => {
  const server = new FakeButtDialServer({ webhookSecret: "w", whatsappWebhookSecret: "m", clock: new VirtualClock({ now: NOW }) });
  const inbound = server.simulateInbound({ sender: "+15555550123", text: "hello", channel: "line", sessionId: "s1", url: "https://my.test/hook" });
  assert.deepEqual([inbound.url, inbound.headers.get("x-bd-event"), await genuine(inbound, "w")], ["https://my.test/hook", "message", true]);
  const message = await inbound.json();
  assert.deepEqual({ ...message, messageId: "" }, {
    type: "message", messageId: "", channel: "line", direction: "inbound", from: "+15555550123", to: "+15550001111", body: "hello",
    timestamp: "2026-05-10T09:30:00.000Z", sessionId: "s1",
  });
  const receipt = server.simulateReceipt({ messageSid: "SM-1", status: "delivered" });
  assert.equal(await genuine(receipt, "w"), true);
  assert.deepEqual(await receipt.json(), { type: "status", messageId: "SM-1", status: "delivered", channel: "whatsapp", timestamp: "2026-05-10T09:30:00.000Z" });
  const delivery = server.simulateDelivery();
  assert.deepEqual([delivery.headers.get("x-bd-event"), await genuine(delivery, "w")], ["account.verified", true]);
  const own = server.simulateDelivery({ body: { event: "agent.suspended" }, secret: "other", deliveryId: "d" });
  assert.deepEqual([own.headers.get("x-bd-event"), await genuine(own, "other"), own.headers.get("x-bd-delivery-id")], ["agent.suspended", true, "d"]);
  const meta = server.simulateWhatsapp({ text: "hi", at: NOW - 5000 });
  assert.equal(meta.headers.get("x-hub-signature-256"), `sha256=${hmac("m", Buffer.from(await meta.clone().arrayBuffer()))}`);
  assert.equal((await meta.json()).entry[0].changes[0].value.messages[0].timestamp, String(NOW / 1000 - 5));
});

test("explained", () => {
  const signature = `hmac-sha256=${hmac("s", "1000", ".", "{}")}`;
  const explain = (over) => explainSignature({ rawBody: "{}", timestampHeader: "1000", signatureHeader: signature, secret: ["x", "s"], now: 1_000_500, ...over });
  assert.deepEqual(explain({}), {
    ok: true, reason: "valid", baseString: "1000.{}", ageSeconds: 0.5,
    expected: [hmac("x", "1000", ".", "{}"), hmac("s", "1000", ".", "{}")], given: hmac("s", "1000", ".", "{}"),
  });
  assert.equal(explain({ now: new Date(1_301_000) }).reason, "stale");
  assert.equal(explain({ now: 1_301_000, toleranceSeconds: 301 }).reason, "valid");
  assert.equal(explain({ secret: undefined }).reason, "no_secret");
  assert.deepEqual(explain({ signatureHeader: null }), { ...explain({}), ok: false, reason: "no_header", given: null });
  assert.equal(explain({ timestampHeader: undefined }).ageSeconds, null);
});

test("delivered until a 2xx, each time signed anew under the same id", async () => {
  const clock = new VirtualClock({ now: NOW });
  const seen = [];
  let answers = [500, 503, 404, 200];
  const handler = {
    async fetch(request) {
      seen.push({ at: (clock.now() - NOW) / 1000, id: request.headers.get("x-bd-delivery-id"), genuine: await genuine(request, "w"), timestamp: Number(request.headers.get("x-bd-timestamp")) - NOW / 1000, text: await request.text() });
      return new Response(null, { status: answers.shift() });
    },
  };
  const server = new FakeButtDialServer({ webhookSecret: "w", deliverTo: handler, clock });
  const delivering = server.deliver(server.simulateDelivery({ body: { event: "x" }, deliveryId: "d" }));
  await clock.advance(31_000);
  assert.deepEqual((await delivering).map(({ status }) => status), [500, 503, 404, 200]);
  assert.deepEqual(seen, [0, 1, 6, 31].map((at) => ({ at, id: "d", genuine: true, timestamp: at, text: '{"event":"x"}' })));

  answers = Array(6).fill(500);
  seen.length = 0;
  const failing = server.deliver(server.simulateDelivery());
  await clock.advance(751_000);
  assert.equal((await failing).length, 6);
  assert.deepEqual(seen.map(({ at }) => at - 31), [0, 1, 6, 31, 151, 751]);
  assert.deepEqual(clock.pending, []);
});

test("a handler that hangs or throws counts as an answer that is none", async () => {
  const clock = new VirtualClock({ now: NOW });
  const turns = [() => new Promise(() => {}), () => Promise.reject(new Error("down")), () => new Response("ok")];
  const server = new FakeButtDialServer({ clock, deliverTo: () => turns.shift()() });
  const delivering = server.deliver(server.simulateWhatsapp());
  await clock.advance(16_000);
  assert.deepEqual((await delivering).map(({ status }) => status), [504, 502, 200]);
});

test("delivered over HTTP to a URL", async (t) => {
  const target = new FakeButtDialServer();
  const { url } = await target.serve();
  t.after(() => target.close());
  target.onRest("POST /hook", { body: { ok: true } });
  const server = new FakeButtDialServer({ deliverTo: `${url}/hook` });
  const [response] = await server.deliver(server.simulateInbound({ text: "t" }));
  assert.deepEqual(await response.json(), { ok: true });
  assert.equal(target.requests[0].body.body, "t");
  assert.equal(target.requests[0].headers["x-bd-event"], "message");
});
