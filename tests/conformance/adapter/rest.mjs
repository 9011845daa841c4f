// One REST call of a client for each case, against scripted answers. Knows names, nothing of what is in them.

import { scriptedRest } from "../double/rest.mjs";
import { describe } from "./errors.mjs";

/** The time of every call: cases may hold a `Retry-After` that is a date. */
export const NOW = Date.UTC(2026, 0, 1);

/** Lines of the log that come from headers, which the reference logs elsewhere. */
const FROM_HEADERS = / is deprecated; it ends: /;

/** @param make `(client options, host) => client` */
export function rest(modules, make) {
  return async ({ client, jsMethod, args, responses }) => {
    const { requests, fetch } = scriptedRest(responses);
    const clock = { now: () => NOW, sleep: (_, signal) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))) };
    const hints = [];
    let warned = false;
    const logger = { warn: (message) => (warned ||= !FROM_HEADERS.test(message)) };
    let ended;
    try {
      ended = { result: await make(client, { fetch, clock, logger })[jsMethod](prompted(args, hints)) };
    } catch (error) {
      const { class: exception, ...members } = describe(modules, error);
      ended = { exception, ...members };
    }
    return { requests, ...ended, ...(hints.length > 0 ? { otpPromptHints: hints } : {}), ...(warned ? { deprecationWarning: true } : {}) };
  };
}

/** The options of a case; the person who is asked for a code answers as it says. */
function prompted({ otpPrompt, ...args }, hints) {
  if (otpPrompt === undefined) return args;
  const answer = (hint) => (hints.push(hint), otpPrompt.async ? Promise.resolve(otpPrompt.returns) : otpPrompt.returns);
  return { ...args, otpPrompt: answer };
}
