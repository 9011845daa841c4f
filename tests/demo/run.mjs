// The main job, end to end: a Butt-Dial service on loopback, the example Worker in workerd, webhooks in, replies out.
// Prints a transcript with timings; ends with exit code 1 at the first thing that differs.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { Miniflare, supportedCompatibilityDate } from "miniflare";
import { FakeButtDialServer, fixtures, signedWebhook, signedWhatsapp } from "butt-dial-edge/testing";

const WEBHOOKS = "https://worker.example/webhooks";
const SECRETS = { current: "whsec_current", old: "whsec_old", meta: "meta-app-secret", verify: "meta-verify-token" };
const started = performance.now();
let step = "";

function say(line) {
  const ms = Math.round(performance.now() - started);
  console.log(`${String(ms).padStart(6)} ms  ${line}`);
}
function heading(text) {
  step = text;
  console.log(`\n${text}`);
}
/** Fails loudly, naming the step. */
function check(what, actual, expected) {
  assert.deepEqual(actual, expected, `${step}: ${what}`);
  say(`ok  ${what}: ${JSON.stringify(expected)}`);
}

/** The audit trail that the example writes to. It can be told to fail. */
const audit = { entries: [], refuse: 0 };
async function auditTrail(request) {
  const entry = await request.json();
  if (audit.refuse > 0) {
    audit.refuse -= 1;
    return new Response("disk full", { status: 507 });
  }
  audit.entries.push(entry);
  return new Response(null, { status: 204 });
}
const take = () => audit.entries.splice(0);

const outside = process.env.BUTT_DIAL_BASE_URL;
const service = new FakeButtDialServer({ webhookSecret: SECRETS.current, whatsappWebhookSecret: SECRETS.meta, tokens: { "agent-token": "agent-1" } });
const served = await service.serve();

async function startWorker(bindings) {
  const bundle = await build({
    entryPoints: [fileURLToPath(new URL("../../examples/worker/src/index.ts", import.meta.url))],
    bundle: true, format: "esm", target: "es2022", conditions: ["workerd", "worker", "import"], write: false, outdir: "out",
    loader: { ".wasm": "copy" }, assetNames: "[name]", logLevel: "error",
  });
  const modules = bundle.outputFiles
    .sort((a, b) => Number(b.path.endsWith(".js")) - Number(a.path.endsWith(".js")))
    .map((file) => ({ type: file.path.endsWith(".wasm") ? "CompiledWasm" : "ESModule", path: file.path, contents: file.contents }));
  return new Miniflare({
    modules, modulesRoot: "/", compatibilityDate: supportedCompatibilityDate, bindings,
    kvNamespaces: ["TOKENS"], serviceBindings: { AUDIT: auditTrail },
  });
}

const bindings = {
  BUTT_DIAL_BASE_URL: outside ?? served.url,
  BUTT_DIAL_AGENT_TOKEN: outside ? (process.env.BUTT_DIAL_AGENT_TOKEN ?? "") : "agent-token",
  BUTT_DIAL_LEGACY_QUERY_TOKEN: process.env.BUTT_DIAL_LEGACY_QUERY_TOKEN ?? "",
  BD_WEBHOOK_SECRET: SECRETS.current, BD_WEBHOOK_SECRET_OLD: SECRETS.old,
  META_APP_SECRET: SECRETS.meta, META_VERIFY_TOKEN: SECRETS.verify,
};

const worker = await startWorker(bindings);
let deliveries = 0;

/** Delivers to the Worker, as the service or Meta would over HTTP. */
async function deliver(request) {
  const body = request.method === "GET" ? undefined : await request.arrayBuffer();
  const answer = await worker.dispatchFetch(request.url, { method: request.method, headers: Object.fromEntries(request.headers), body });
  return { status: answer.status, text: await answer.text(), type: answer.headers.get("content-type") };
}
async function delivered(request) {
  const t0 = performance.now();
  const answer = await deliver(request);
  deliveries += 1;
  say(`->  POST /webhooks: ${answer.status} in ${Math.round(performance.now() - t0)} ms`);
  return answer;
}

const account = (over = {}) => signedWebhook({ url: WEBHOOKS, secret: SECRETS.current, body: fixtures.accountVerified({ orgId: "org-1", ownerEmail: "owner@example.com", teamToken: "team-token-1" }), ...over });
const meta = (message) => signedWhatsapp({ url: WEBHOOKS, secret: SECRETS.meta, body: fixtures.whatsapp(message) });
const withHeader = async (request, name, value) => {
  const headers = new Headers(request.headers);
  if (value === null) headers.delete(name);
  else headers.set(name, value);
  return new Request(request.url, { method: "POST", headers, body: await request.arrayBuffer() });
};

try {
  say(`service on ${outside ? "BUTT_DIAL_BASE_URL" : served.url}; Worker in workerd`);

  heading("1. account.verified: genuine or not, and once");
  const first = account();
  check("genuine", (await delivered(first.clone())).status, 200);
  const [verified] = take();
  check("handler ran with typed fields", { orgId: verified.orgId, ownerEmail: verified.ownerEmail, iso: !Number.isNaN(Date.parse(verified.verifiedAt)) }, { orgId: "org-1", ownerEmail: "owner@example.com", iso: true });
  check("team token stored", await (await worker.getKVNamespace("TOKENS")).get("team:org-1"), "team-token-1");
  const body = await first.clone().text();
  const tampered = new Request(WEBHOOKS, { method: "POST", headers: first.headers, body: body.replace("org-1", "org-2") });
  check("tampered", (await delivered(tampered)).status, 401);
  check("stale", (await delivered(account({ at: Date.now() - 301_000 }))).status, 401);
  check("from the future", (await delivered(account({ at: Date.now() + 303_000 }))).status, 401);
  check("unsigned", (await delivered(await withHeader(account(), "x-bd-signature", null))).status, 401);
  check("signed with another secret", (await delivered(account({ secret: "whsec_other" }))).status, 401);
  check("no handler ran for those", take(), []);
  check("rotated secret", (await delivered(account({ secret: SECRETS.old, body: fixtures.accountVerified({ orgId: "org-old", teamToken: "t" }) }))).status, 200);
  check("handler ran for it", take().map((entry) => entry.orgId), ["org-old"]);
  check("same delivery again", (await delivered(first.clone())).status, 200);
  check("same body under a fresh delivery id", (await delivered(await withHeader(first.clone(), "x-bd-delivery-id", crypto.randomUUID()))).status, 200);
  check("no handler ran again", take(), []);

  heading("2. Meta's subscription challenge, on the POST's own URL");
  const query = (token) => new Request(`${WEBHOOKS}?hub.mode=subscribe&hub.verify_token=${token}&hub.challenge=0012345`);
  check("right token", await deliver(query(SECRETS.verify)), { status: 200, text: "0012345", type: "text/plain; charset=utf-8" });
  check("wrong token", (await deliver(query("guess"))).status, 403);

  heading("3. A WhatsApp message is answered through MCP");
  const hello = meta({ from: "15555550123", name: "Ada", id: "wamid.hello", text: "hello" });
  check("accepted", (await delivered(hello.clone())).status, 200);
  const [replied] = take();
  check("reply", { outcome: replied.outcome, attempts: replied.attempts }, { outcome: "sent", attempts: 1 });
  say(`    message id ${replied.messageSid}`);
  if (!outside) {
    check("the service has exactly one message", service.sentMessages.map(({ args, tool, token }) => ({ tool, token, args })), [
      { tool: "comms_send_message", token: "agent-token", args: { to: "15555550123", channel: "whatsapp", body: "You said: hello", replyMsgId: "wamid.hello", idempotencyKey: replied.key } },
    ]);
    check("delivered again by Meta", (await delivered(hello)).status, 200);
    check("still one message", service.sentMessages.length, 1);

    heading("4. Never twice");
    service.reset();
    service.onSend({ fault: "cut_after_accept", sid: "SM-cut" });
    check("the stream is cut after the service accepted", (await delivered(meta({ id: "wamid.cut", text: "cut" }))).status, 200);
    const [cut] = take();
    check("reported", { outcome: cut.outcome, messageSid: cut.messageSid }, { outcome: "sent", messageSid: "SM-cut" });
    check("tried with one key", [...new Set(service.calls.map((call) => call.idempotencyKey))], [cut.key]);
    say(`    attempts ${cut.attempts}, calls seen ${service.calls.length}`);
    check("one message", service.sentMessages.length, 1);

    service.reset();
    audit.refuse = 1;
    const crash = meta({ id: "wamid.crash", text: "crash" });
    check("the handler fails after its send", (await delivered(crash.clone())).status, 500);
    check("delivered again", (await delivered(crash)).status, 200);
    const [again] = take();
    check("reported", again.outcome, "sent");
    check("sent under one key", [...new Set(service.calls.map((call) => call.idempotencyKey))], [again.key]);
    check("one message", service.sentMessages.length, 1);
  }
  console.log(`\n${deliveries} deliveries, ${Math.round(performance.now() - started)} ms. All as it should be.`);
} catch (error) {
  console.error(`\nFAILED in: ${step}\n${error.message ?? error}`);
  process.exitCode = 1;
} finally {
  await worker.dispose();
  await served.close();
}
