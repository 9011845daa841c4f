// 100,000 webhooks through one isolate at the old compatibility date, which has no FinalizationRegistry: what is not freed by
// hand stays. Asserted are the memory of the WebAssembly modules and their slots for JavaScript values, both of which
// never shrink; the memory of the process is bounded.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { Miniflare } from "miniflare";
import { bundle } from "../package/runtimes/workerd.mjs";

const REQUESTS = 100_000;
const BATCH = 2000;
/** Until the dedupe store of 10,000 keys has been full for a while. */
const WARM = 20_000;
const PROCESS_MB = 64;

export const memory = {
  name: "workerd 2024-09-23, 100,000 requests",
  async run({ project, configure }) {
    configure({});
    const miniflare = new Miniflare({ modules: await bundle(project, "workerd/memory.mjs"), compatibilityDate: "2024-09-23", bindings: { token: "agent-token" } });
    try {
      let warm;
      let last;
      let taken = 0;
      for (let from = 0; from < REQUESTS; from += BATCH) {
        const answer = await miniflare.dispatchFetch(`https://worker.test/?from=${from}&count=${BATCH}`);
        if (!answer.ok) throw new Error(`workerd answered ${answer.status}: ${await answer.text()}`);
        last = { ...(await answer.json()), process: processMb() };
        taken += last.taken;
        if (from + BATCH === WARM) warm = last;
      }
      assert.deepEqual([last.modules, last.streams], [2, 0]);
      assert.deepEqual([last.messages, last.sends, taken, last.accounts], [REQUESTS * 0.6, REQUESTS / 50, REQUESTS / 50, REQUESTS / 5]);
      const says = `after ${WARM} and ${REQUESTS}: ${show(warm)} and ${show(last)}`;
      assert.equal(last.bytes, warm.bytes, `WebAssembly memory grew: ${says}`);
      assert.equal(last.slots, warm.slots, `slots for JavaScript values grew: ${says}`);
      if (last.process !== null) assert.ok(last.process - warm.process < PROCESS_MB, `the process grew: ${says}`);
      return { passed: last.process === null ? 4 : 5, says };
    } finally {
      await miniflare.dispose();
    }
  },
};

const show = ({ bytes, slots, process }) => `${bytes / 1024} KiB WebAssembly memory, ${slots} slots, ${process ?? "?"} MB process`;

/** Resident memory of the workerd that this process started, where /proc tells. */
function processMb() {
  try {
    const mine = readdirSync("/proc").filter((entry) => /^\d+$/.test(entry)).map(status).find(({ PPid, Name }) => PPid === String(process.pid) && Name === "workerd");
    return Math.round(Number.parseInt(mine.VmRSS, 10) / 1024);
  } catch {
    return null;
  }
}

function status(pid) {
  try {
    return Object.fromEntries(readFileSync(`/proc/${pid}/status`, "utf8").split("\n").map((line) => line.split(/:\s+/)));
  } catch {
    return {}; // it has ended meanwhile
  }
}
