// REST calls. The machine in WebAssembly says what to send, how long to wait, and what came of it.

import { makeError } from "./errors.js";
import { callOr, log, now, unlessAborted, within } from "./host.js";
import { Exchange, said } from "./http.js";
import { Machine } from "./main.js";

/** The longest answer, in bytes. */
const LONGEST = 8388608;
/** What the machine is told. */
const [START, ANSWER, TOO_LARGE, WOKE, LOST, SAID, VERIFIED] = [0, 1, 2, 3, 4, 5, 6];
const HEADERS = ["retry-after", "deprecation", "sunset", "link"];

/**
 * @internal One call to its end.
 * @param host what `hostOf` gives @param asked method, configuration, options, state, whether `given` knows of webhooks
 * @param given `{ signal, otpPrompt, verified, look }`: a promise of the webhook's token, and a function that looks for it elsewhere
 */
export async function rest({ fetch, clock, logger, warned }, asked, { signal, otpPrompt, verified, look }) {
  if (signal?.aborted) throw signal.reason;
  const flow = new Machine(["flow", ...asked], crypto.getRandomValues(new Uint8Array(16)));
  const came = new Promise((resolve) => verified?.then((token) => resolve([[VERIFIED, token]])));
  const until = (at, promise) => unlessAborted(signal, within(clock, at - now(clock), Promise.race([promise, came]), [[WOKE]]));
  const exchange = async (running, method, url, headers, body) => {
    const token = await look?.();
    if (token) return [[VERIFIED, token]];
    try {
      const answer = await running.send(fetch, url, method, headers, body);
      const bytes = await running.bytes(answer, LONGEST);
      if (answer.ok && !bytes) return [[TOO_LARGE]];
      return [[ANSWER, answer.status, ...HEADERS.map((name) => answer.headers.get(name))], bytes];
    } catch (thrown) {
      return [[LOST, said(thrown)]];
    }
  };
  const todo = {
    async request(at, ...request) {
      const running = new Exchange();
      try {
        return await until(at, exchange(running, ...request));
      } finally {
        running.stop();
      }
    },
    sleep: (at) => until(at, came),
    async ask(hint) {
      const code = await unlessAborted(signal, new Promise((resolve) => resolve(otpPrompt(hint))));
      return [[SAID, typeof code === "string" ? code : ""]];
    },
  };
  try {
    for (let input = [[START]]; ; ) {
      const [happened, bytes] = input;
      const actions = flow.ask(happened, bytes, now(clock));
      const [what, ...details] = actions.pop();
      for (const [, key, text] of actions) {
        if (!warned.has(key)) log(logger, "warn", `butt-dial: ${text}`);
        warned.add(key);
      }
      if (what === "done") return details[0];
      if (what === "fail") throw makeError(details[0].kind, details[0].details);
      input = await todo[what](...details);
    }
  } finally {
    // By hand: old compatibility dates of workerd have no FinalizationRegistry that would do it.
    callOr(undefined, () => flow.free());
  }
}
