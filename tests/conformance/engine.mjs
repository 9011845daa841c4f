// Does the judge judge? Small cases with known verdicts, run before anything else.

import assert from "node:assert/strict";

import { difference, same } from "./compare.mjs";
import { fakeClock } from "./double/clock.mjs";
import { fakeServer } from "./double/mcp.mjs";
import { judge } from "./judge.mjs";
import { int, repr, truthy } from "./model/python.mjs";
import { plant } from "./planted.mjs";

const CHECKS = {
  "numbers, key order and instants"() {
    assert.equal(difference({ a: 1, b: [1.0] }, { b: [1], a: 1 }), null);
    assert.equal(difference({ a: [1, 2] }, { a: [1] }), ".a.*");
    assert.equal(difference({ a: 1 }, { a: "1" }), ".a");
    assert.equal(difference({ a: null }, {}), ".*");
    assert.ok(same({ timestamp: "2026-01-02T03:04:05Z" }, { timestamp: "2026-01-02T05:04:05.000+02:00" }));
    assert.ok(!same({ timestamp: "2026-01-02T03:04:05Z" }, { timestamp: "2026-01-02T03:04:06Z" }));
    assert.ok(!same({ text: "2026-01-02T03:04:05Z" }, { text: "2026-01-02T03:04:05.000Z" }));
    assert.ok(!same({ timestamp: "2026-01-02T03:04:05" }, { timestamp: "2026-01-02T03:04:05Z" }));
  },
  "one placeholder is one value"() {
    const [one, two] = ["6f1f7d1e-0a55-4c1b-9a3e-0d0f6a1b2c3d", "7f1f7d1e-0a55-4c1b-9a3e-0d0f6a1b2c3d"];
    assert.ok(same(["<uuid4>", "<uuid4>"], [one, one]));
    assert.ok(!same(["<uuid4>", "<uuid4>"], [one, two]));
    assert.ok(!same(["<uuid4>"], ["6f1f7d1e-0a55-1c1b-9a3e-0d0f6a1b2c3d"]));
  },
  "Python's values"() {
    assert.deepEqual([[], {}, "", 0, false, null, "0", [0]].map(truthy), [false, false, false, false, false, false, true, true]);
    assert.equal(repr({ a: [null, true, "it's"] }), `{'a': [None, True, "it's"]}`);
    assert.deepEqual([" 7 ", "+2", "1_0", "٣", "１２", "0x1f", 2.9, true, "x", null].map(int), [7, 2, 10, 3, 12, null, 2, 1, null, null]);
  },
  "verdicts"() {
    const one = (secret, expected) => ({
      file: "whatsapp_signature", name: "x", flags: [], input: { kind: "signature", bodyHex: "", signatureHeader: null, secret }, expected,
    });
    assert.equal(judge(one("s", false), false).verdict, "passed");
    assert.equal(judge(one("s", true), false).verdict, "failed");
    assert.deepEqual(judge(one("", true), false), { verdict: "deviating", rules: ["no-secret"], flags: [] });
    // The reference's answer is not good enough where a rule says `only`.
    assert.equal(judge(one("", true), true).verdict, "failed");
    assert.equal(judge(one("", true), { crash: "x" }).verdict, "failed");
  },
  "an answer that is neither"() {
    const one = {
      file: "error_response", name: "x", flags: ["headerCase"], input: { statusCode: 429, body: null, headers: { "RETRY-AFTER": "3" } },
      expected: { class: "RateLimitError", mro: ["RateLimitError", "ButtDialError"], code: null, message: "HTTP 429", stage: "rate_limit", statusCode: 429, retryAfterSeconds: null },
    };
    const ours = { ...one.expected, retryAfterSeconds: 3 };
    assert.deepEqual(judge(one, ours).rules, ["retry-after-header"]);
    assert.equal(judge(one, one.expected).verdict, "passed");
    assert.equal(judge(one, { ...ours, retryAfterSeconds: 4 }).verdict, "failed");
    assert.equal(judge(one, { ...ours, message: "other" }).verdict, "failed");
    // A record that the model does not understand is never explained away.
    assert.equal(judge({ ...one, expected: { ...one.expected, stage: "odd" } }, ours).verdict, "failed");
  },
  "what is planted is found, and what is missing too"() {
    const { problems } = plant([]);
    assert.ok(problems.some((problem) => problem.startsWith("no-secret: no wrong answer")));
    const one = {
      file: "whatsapp_signature", name: "x", flags: [], input: { kind: "signature", bodyHex: "", signatureHeader: "", secret: "" }, expected: true,
    };
    const { planted } = plant([{ one, answer: false, ...judge(one, false) }]);
    assert.equal(planted["no-secret"], 2);
  },
  async "the server follows its script, and time passes only in pauses"() {
    const clock = fakeClock(() => server.busy());
    const script = [{ httpError: { status: 503, body: { error: "later" } } }, { throws: { class: "OSError", message: "cut" } }, { content: [{ type: "text", text: "ok" }] }];
    const server = fakeServer(script, clock.now);
    const ask = () => server.fetch(new Request("https://call.example.test/sse", { headers: { authorization: "Bearer t" } }));
    const start = clock.now();
    const deadline = new AbortController();
    clock.sleep(10_000, deadline.signal).catch(() => {});
    assert.equal((await ask()).status, 503);
    await clock.sleep(2000);
    await assert.rejects(ask(), { name: "OSError", message: "cut" });
    const stream = (await ask()).body.getReader();
    const first = Buffer.from((await stream.read()).value).toString();
    assert.equal(first, "event: endpoint\ndata: /messages?sessionId=session-3\n\n");
    deadline.abort();
    assert.equal(clock.now() - start, 2000);
    assert.equal(server.sessions.length, 3);
  },
};

/** Runs the checks; gives their number. Throws at the first that fails. */
export async function checkEngine() {
  for (const [name, check] of Object.entries(CHECKS)) {
    try {
      await check();
    } catch (error) {
      throw new Error(`the judge itself is wrong: ${name}`, { cause: error });
    }
  }
  return Object.keys(CHECKS).length;
}
