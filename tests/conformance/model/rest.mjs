// What each rule makes of a recorded REST call. The reference is not modelled here: without rules the record is the answer.

import { NOW } from "../adapter/rest.mjs";
import { UNSCRIPTED, bodyOf } from "../double/rest.mjs";
import { error, fromAnswer } from "./errors.mjs";
import { isObject, truthy } from "./python.mjs";

// ── What a case is about ────────────────────────────────────────────────────────────────────────────────────

const AGENTS = ["getSelf", "getWaitingMessages", "getChannelStatus", "getBilling", "fetchUsageSummary", "setCallbackUrl", "listVoices", "setClientStatus"];
export const isAgents = ({ jsMethod }) => AGENTS.includes(jsMethod);

/** The values that stand in a path or query, and where: our own reading of wire-contract 6. */
const PATHS = {
  getAgent: "/api/v1/agents/{agentId}",
  listAgentTokens: "/api/v1/agents/{agentId}/tokens",
  regenerateAgentToken: "/api/v1/agents/{agentId}/regenerate-token",
  listAgentCommChannels: "/api/v1/agents/{agentId}/comm-channels",
  addAgentCommChannel: "/api/v1/agents/{agentId}/comm-channels",
  manageAgentChannel: "/api/v1/agents/{agentId}/channels",
  updateCommChannel: "/api/v1/comm-channels/{recordId}",
  deleteCommChannel: "/api/v1/comm-channels/{recordId}",
  listOrgMembers: "/api/orgs/{orgId}/members",
  addOrgMember: "/api/orgs/{orgId}/members",
  removeOrgMember: "/api/orgs/{orgId}/members/{email}",
  resendVerification: "/api/orgs/{orgId}/resend-verification",
  revealTeamToken: "/api/orgs/{orgId}/reveal-team-token",
  verificationStatus: "/api/orgs/{orgId}/verification-status?poll_token={pollToken}",
  getWaitingMessages: "/api/v1/waiting-messages?limit={limit}&channel={channel}",
  getBilling: "/api/v1/billing?period={period}",
};
const DEFAULTS = { limit: 50, period: "month" };

export const encoded = (text) => encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);

/** The options of a call that stand in its path or query, as `[name, value]`. */
export function placed({ jsMethod, args }) {
  const names = [...(PATHS[jsMethod] ?? "").matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  return names.map((name) => [name, args[name] ?? DEFAULTS[name]]).filter(([, value]) => value !== undefined);
}

function pathOf(input) {
  const values = Object.fromEntries(placed(input));
  const pattern = values.channel ? PATHS[input.jsMethod] : PATHS[input.jsMethod]?.replace("&channel={channel}", "");
  return pattern?.replace(/\{(\w+)\}/g, (_, name) => encoded(values[name]));
}

/** The id in the path that must not stand there: `[name, value]`. */
export function badSegment(input) {
  const names = (PATHS[input.jsMethod] ?? "").split("?")[0];
  return placed(input).find(([name, value]) => names.includes(`{${name}}`) && ["", ".", ".."].includes(value));
}

/** The answer that ends the call: the one after as many requests as were recorded. `json` is `undefined` where the body is none. */
export function lastAnswer({ responses }, count = responses.length) {
  const answer = responses[Math.min(count, responses.length) - 1];
  if (answer?.status === undefined) return undefined;
  return { status: answer.status, headers: answer.headers, json: parsed(bodyOf(answer)) };
}

function parsed(bytes) {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes ?? new Uint8Array()));
  } catch {}
}

/** Whether the last answer says that the call failed. */
export const failed = (input) => {
  const answer = lastAnswer(input, 1);
  return answer !== undefined && !(answer.status >= 200 && answer.status < 300) ? answer : undefined;
};

/** The values of a body under several names: the first that says something, else the first that is there. */
function best(body, names) {
  const says = (value) => value !== undefined && value !== null && value !== "";
  const found = names.find((name) => says(body[name])) ?? names.find((name) => Object.hasOwn(body, name));
  return found === undefined ? undefined : body[found];
}

/** Members of an answer with several names, ours first. */
const NAMES = {
  verify: { teamToken: ["teamToken", "team_token", "ownerToken", "owner_token"], orgId: ["orgId", "org_id"] },
  registerAgent: { agentId: ["agentId", "agent_id"] },
};

function renamed({ jsMethod }, body) {
  const names = NAMES[jsMethod];
  const out = { ...body };
  for (const [ours, all] of Object.entries(names)) {
    const value = best(body, all);
    for (const name of all) delete out[name];
    if (value !== undefined) out[ours] = value;
  }
  return out;
}

/** Whether an answer has members that get another name. */
export const othersNames = (input) => isObject(lastAnswer(input)?.json) && Object.values(NAMES[input.jsMethod] ?? {}).some((all) => all.slice(1).some((name) => Object.hasOwn(lastAnswer(input).json, name)));

// ── Why nothing is sent, in our words ───────────────────────────────────────────────────────────────────────

const BASE_URL = "must be an absolute http(s) URL without user, query and fragment";
const HTTPS = "must be https unless the host is loopback; allowInsecureHttp lifts this";

function refusal(input) {
  const { client, jsMethod, args } = input;
  const Class = isAgents(input) ? "Agent" : "AccountsClient";
  if (!client.baseUrl) return `${Class}: \`baseUrl\` ${BASE_URL}`;
  if (client.baseUrl.startsWith("http://")) return `${Class}: \`baseUrl\` ${HTTPS}`;
  const bad = badSegment(input);
  if (bad !== undefined) return `${jsMethod}: \`${bad[0]}\` ${bad[1] === "" ? "must not be empty" : "must not be a dot segment"}`;
  if (args.agentId === "") return `${jsMethod}: \`agentId\` must not be empty`;
  if (args.agentId === null) return `${jsMethod}: \`agentId\` is required`;
  const name = jsMethod === "rotateToken" ? "rotateTokenRequest" : jsMethod;
  return `${name}: \`${isAgents(input) ? "agentToken" : "teamToken"}\` is missing`;
}

const withoutToken = ({ client }) => !(client.withToken ?? client.teamToken ?? client.agentToken);

/** Whether a call may be refused before anything is sent, as far as the client tells. */
export const refusable = (input) => !input.client.baseUrl.startsWith("https:") || badSegment(input) !== undefined || !truthy(input.args.agentId ?? "x") || input.args.agentId === null || withoutToken(input);

// ── The rules ───────────────────────────────────────────────────────────────────────────────────────────────

/** The end of a call as an error; what was recorded of its end before goes. */
function ends(out, { class: exception, ...members }) {
  const { requests, otpPromptHints, deprecationWarning } = out;
  return { requests, ...(otpPromptHints ? { otpPromptHints } : {}), ...(deprecationWarning ? { deprecationWarning } : {}), exception, ...members };
}

const READS_BODY = "retry-after-body";

/** The answer under these rules. */
export function answer(input, ours, recorded) {
  let out = structuredClone(recorded);
  const base = ours.has("https-only") && input.client.baseUrl.startsWith("http://");
  if (base || (ours.has("whole-segments") && badSegment(input) !== undefined)) {
    out = ends({ requests: [] }, error("ConfigError", { message: refusal(input) }));
  }
  out = requests(input, ours, out);
  out = results(input, ours, out);
  if (ours.has("rest-throws") && failed(input) !== undefined) return ends(out, mapped(failed(input), ours));
  return out.exception !== undefined && out.exception === recorded.exception ? errors(input, ours, out) : out;
}

function requests(input, ours, out) {
  const path = pathOf(input);
  for (const request of out.requests) {
    if (ours.has("agents-key")) request.headers["idempotency-key"] = "<uuid4>";
    if (ours.has("encoded-values") && path !== undefined) request.path = path;
  }
  return out;
}

function results(input, ours, out) {
  const last = lastAnswer(input, out.requests.length);
  if (ours.has("one-casing") && isObject(out.result)) out.result = renamed(input, out.result);
  if (ours.has("json-is-utf8") && out.result !== undefined) out.result = {};
  if (ours.has("any-json") && out.exception === "AttributeError") return { requests: out.requests, result: last.json };
  if (out.exception === "KeyError" && ours.has("both-casings")) {
    const { challengeId, phoneHint } = last.json;
    const again = { ...structuredClone(out.requests[0]), path: "/api/orgs/me/rotate-token/confirm", jsonBody: { challengeId, otp: input.args.otpPrompt.returns } };
    const sent = { requests: [...out.requests, again], otpPromptHints: [phoneHint] };
    return ends(sent, error("TransportError", { message: `rotateTokenConfirm: ${UNSCRIPTED}` }));
  }
  if (out.exception === "KeyError" && ours.has("no-challenge")) {
    return ends({ requests: out.requests }, error("ProtocolError", { message: "rotateToken: the answer names no challenge" }));
  }
  return out;
}

const GATE = "the workspace is verified, but its owner must accept the terms first";

function errors(input, ours, out) {
  const last = lastAnswer(input, out.requests.length);
  const { exception } = out;
  if (exception === "ConfigError" || exception === "ValueError") {
    if (exception === "ValueError" && !ours.has("config-error")) return out;
    const sent = { ...out, ...(ours.has("warn-when-sent") ? { deprecationWarning: undefined } : {}) };
    const { stage } = error("ConfigError", {});
    return ends(sent, { ...error("ConfigError", { message: ours.has("own-words") ? refusal(input) : out.message }), stage: ours.has("config-stage") ? stage : (out.stage ?? null) });
  }
  if (exception === "OnboardingRequired") {
    if (ours.has("own-words")) out.message = GATE;
    if (ours.has("encoded-values") && typeof out.onboardingSessionId === "string" && out.onboardingUrl.endsWith(`/onboarding?s=${out.onboardingSessionId}`)) {
      out.onboardingUrl = out.onboardingUrl.slice(0, -out.onboardingSessionId.length) + encoded(out.onboardingSessionId);
    }
    return out;
  }
  const lost = input.responses[out.requests.length - 1]?.transportError;
  if (lost !== undefined) {
    if (exception !== "TransportError" && !ours.has("typed-failures")) return out;
    return ends(out, error("TransportError", { message: ours.has("own-words") ? `${input.jsMethod}: ${lost.message || "the network failed"}` : out.message }));
  }
  if (last === undefined) return out;
  return refused(ours, out, last);
}

/** What our table says of an answer that is no success. */
export function mapped({ status, headers, json }, ours = new Set()) {
  return fromAnswer({ status, headers, body: json }, new Set([...ours, READS_BODY]), { now: NOW });
}

function refused(ours, out, last) {
  const typed = mapped(last, ours);
  if (out.exception === "AccountsError") {
    if (ours.has("one-mapper") && typed.class !== "ButtDialError") return ends(out, typed);
    if (ours.has("no-code") && out.code === "") out.code = null;
  } else if (ours.has("retry-after-header") && Object.hasOwn(typed, "retryAfterSeconds")) {
    out.retryAfterSeconds = typed.retryAfterSeconds;
  }
  const body = isObject(last.json) ? last.json : {};
  if (ours.has("own-words") && !truthy(body.message) && !truthy(body.error)) out.message = `HTTP ${last.status}`;
  if (ours.has("json-text")) {
    for (const [name, keys] of [["code", ["code"]], ["message", ["message", "error"]]]) {
      const value = keys.map((key) => body[key]).find(truthy);
      if (value !== undefined && typeof value !== "string") out[name] = JSON.stringify(value);
    }
  }
  return out;
}
