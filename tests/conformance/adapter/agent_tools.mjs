/** @file One call of an `Agent` over MCP for each case, against a scripted server and a clock that does not wait. */

import { fakeClock } from "../double/clock.mjs";
import { fakeServer } from "../double/mcp.mjs";
import { describe } from "./errors.mjs";

/** Longer than all back-offs of a case, however long a server asks to wait: the reference has no deadline for a send. */
const TIMEOUT_MS = 100 * 86_400_000;

const RESULT = {
  message_sid: "messageSid", failed: "failed", error: "error", error_code: "errorCode", error_channel: "errorChannel",
  stage_failed: "stageFailed", remediation: "remediation", ok: "ok",
};
const OPTIONS = { baseUrl: "baseUrl", agentToken: "agentToken", agentId: "agentId", sendTool: "sendToolName", maxSendAttempts: "maxAttempts" };

const given = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));

export function adapter(modules) {
  return async ({ client, jsMethod, args, responses }) => {
    const clock = fakeClock(() => server.busy());
    const server = fakeServer(responses, clock.now);
    const options = Object.fromEntries(Object.entries(given(client)).map(([theirs, value]) => [OPTIONS[theirs], value]));
    let ended;
    try {
      const agent = new modules.main.Agent({ ...options, fetch: server.fetch, clock, random: () => 0, timeoutMs: TIMEOUT_MS });
      ended = (REPORTS[jsMethod] ?? plain)(await agent[jsMethod](args));
      await agent.close();
    } catch (error) {
      ended = thrown(modules, error);
    }
    const delays = Object.hasOwn(REPORTS, jsMethod) ? { delays: pauses([...server.tried, clock.now()]) } : {};
    return { sessions: server.sessions, calls: server.calls, ...ended, ...delays };
  };
}

/** The seconds between the attempts. Nothing but a pause takes time here: what else waits is a deadline, and none passes. */
function pauses(times) {
  return times.slice(1).map((time, index) => (time - times[index]) / 1000).filter((seconds) => seconds > 0);
}

const plain = (value) => ({ result: value });

/** Methods that report how they ended, and what is recorded of the report. */
const REPORTS = {
  sendMessage: (report) => ({ sendResult: Object.fromEntries(Object.entries(RESULT).map(([theirs, ours]) => [theirs, report[ours]])) }),
};

function thrown(modules, error) {
  const { class: exception, ...rest } = describe(modules, error);
  return { exception, ...rest };
}
