// `listen` in workerd: a plain Worker is refused, a Durable Object listens across requests, through a lost stream.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { FakeButtDialServer } from "butt-dial-edge/testing";
import { Miniflare, supportedCompatibilityDate } from "miniflare";
import { bundle } from "../package/runtimes/workerd.mjs";

const DATES = ["2024-09-23", supportedCompatibilityDate];
const PATIENCE_MS = 20_000;
const message = (id, body) => ({ type: "message", messageId: id, channel: "sms", from: "+1", body });

export const listening = DATES.map((compatibilityDate) => ({
  name: `workerd ${compatibilityDate}, listening`,
  async run({ project, configure }) {
    const service = new FakeButtDialServer({ tokens: { "agent-token": "agent-1" } });
    const served = await service.serve();
    configure({ baseUrl: served.url });
    const modules = await bundle(project, "workerd/listening.mjs");
    const miniflare = new Miniflare({ modules, compatibilityDate, durableObjects: { LISTENER: "Listener" } });
    const ask = async (path) => (await miniflare.dispatchFetch(`https://worker.test${path}`)).json();
    const until = async (reached, what) => {
      for (const end = performance.now() + PATIENCE_MS; ; await sleep(5)) {
        const seen = await ask("/seen");
        if (reached(seen)) return seen;
        if (performance.now() > end) throw new Error(`this never came: ${what}; ${JSON.stringify(seen)}`);
      }
    };
    try {
      assert.deepEqual(await ask("/plain"), Array.from({ length: 5 }, () => "ConfigError CONFIG true"));
      assert.equal(service.requests.length, 0, "nothing was opened");
      await ask("/listen");
      await until(({ state }) => state === "open", "a connect");
      assert.equal(await service.push(message("a", "hi")), 1);
      assert.equal(await service.push(message("b", "answer me")), 1);
      await until(({ heard }) => heard.length === 3, "two messages and a send");
      assert.equal(await service.promptVoice({ text: "hello" }), "heard hello");
      service.dropStreams();
      await until(({ connects }) => connects === 2, "a second connect");
      await service.push(message("b", "answer me"));
      await service.push(message("c", "hi"));
      const { heard } = await until(({ heard }) => heard.length === 4, "the third message");
      assert.deepEqual(heard, ["a", "b", "sent", "c"]);
      assert.deepEqual(service.sentMessages.map(({ args }) => args.body), ["re b"]);
      assert.equal(service.requests.filter(({ path }) => path === "/sse").length, 2, "calls share the listener's session");
      assert.deepEqual((await ask("/close")).state, "closed");
      for (let turn = 0; turn < 1000 && service.openStreams > 0; turn++) await sleep(5);
      assert.equal(service.openStreams, 0);
      return { passed: 2 };
    } finally {
      await miniflare.dispose();
      await served.close();
    }
  },
}));
