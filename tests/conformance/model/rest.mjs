// What each rule makes of a recorded REST call. The reference is not modelled here: without rules the record is the answer.

import { NOW } from "../adapter/rest.mjs";
import { UNSCRIPTED, bodyOf } from "../double/rest.mjs";
import { error, fromAnswer } from "./errors.mjs";
import { isObject, truthy } from "./python.mjs";
import { text } from "./whatsapp.mjs";

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

/** The answers that say that a request of the call failed: of rotations, either of two. */
export function failures(input) {
  const answers = input.jsMethod === "rotateToken" ? input.responses.slice(0, 2) : input.responses.slice(0, 1);
  return answers.map((one) => failed({ responses: [one] })).filter((answer) => answer !== undefined);
}

/** The values of a body under several names: the first that says something, else the first that is there. */
function best(body, names) {
  const says = (value) => value !== undefined && value !== null && value !== "";
  const found = names.find((name) => says(body[name])) ?? names.find((name) => Object.hasOwn(body, name));
  return found === undefined ? undefined : body[found];
}

/**
 * What the types of answers name, by method: our own reading of wire-contract 1.1, 6.1 to 6.3. `a|b` are names of one member, ours first;
 * each of them stands for its snake_case twin too. `a[b c]` is a list of objects with members of their own.
 */
const NAMED = {
  register: "orgId verificationSent pollToken webhookSecret",
  verify: "orgId teamToken|ownerToken|token",
  acceptOnboarding: "orgId teamToken|ownerToken|token",
  verificationStatus: "orgId state|status expiresAt verifiedAt",
  resendVerification: "verificationSent",
  abandonOrg: "orgId",
  revealTeamToken: "token|teamToken|ownerToken orgId orgName",
  getAccount: "orgId ownerEmail ownerPhoneHint createdAt",
  setPhone: "challengeId phoneHint",
  confirmPhone: "phoneHint",
  rotateTokenRequest: "challengeId phoneHint",
  rotateTokenConfirm: "token|teamToken|newToken|ownerToken",
  rotateToken: "token|teamToken|newToken|ownerToken",
  startErasure: "erasureRequestId expiresAt devConfirmationToken",
  listMyMemberships: "memberships[orgId orgName addedAt]",
  registerAgent: "agentId token|securityToken|agentToken",
  getAgent: "agentId displayName lifecycleState callbackUrl createdAt provisionedAt",
  provisionChannels: "agentId agentName token|securityToken|agentToken",
  deprovision: "agentId numberReleased whatsappReturned",
  listAgentTokens: "tokens[lastFour createdAt lastUsedAt ipHint]",
  regenerateAgentToken: "token|securityToken|newToken|agentToken",
  listAgentCommChannels: "records[channelType createdAt]",
  addAgentCommChannel: "channelType createdAt",
  updateCommChannel: "channelType createdAt",
  setBillingConfig: "agentId billingConfig tierLimits availableTiers",
  setClientLimits: "agentId currentLimits",
  getSelf: "agentId displayName lifecycleState callbackUrl createdAt provisionedAt",
  getWaitingMessages: "messages[agentId mediaUrl errorDetails externalId createdAt]",
  getChannelStatus: "agentId displayName provisionedAt",
  getBilling: "agentId providerCost billingCost markupPercent byChannel",
  fetchUsageSummary: "agentId totalActions totalCost costsByChannel currentUsage",
  setCallbackUrl: "callbackUrl",
};
const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The members of a type: `[our name, all names, the type of a list's items]`. */
function membersOf(type) {
  return [...(type ?? "").matchAll(/([\w|]+)(?:\[([^\]]*)\])?/g)].map(([, names, items]) => {
    const all = names.split("|").flatMap((name) => [name, snake(name)]);
    return [all[0], all, items];
  });
}

/** The answer under the names of its type; what that does not name stays. */
function renamed(body, type) {
  if (!isObject(body)) return body;
  const out = { ...body };
  for (const [ours, all, items] of membersOf(type)) {
    const value = best(body, all);
    for (const name of all) delete out[name];
    if (value !== undefined) out[ours] = items !== undefined && Array.isArray(value) ? value.map((item) => renamed(item, items)) : value;
  }
  return out;
}

/** Whether an answer has members that get another name, in itself or in a list of it. */
export function othersNames(input) {
  return hasOthers(lastAnswer(input)?.json, NAMED[input.jsMethod]);
}

function hasOthers(body, type) {
  if (!isObject(body)) return false;
  return membersOf(type).some(([ours, all, items]) => {
    if (all.some((name) => name !== ours && Object.hasOwn(body, name))) return true;
    return items !== undefined && Array.isArray(body[ours]) && body[ours].some((item) => hasOthers(item, items));
  });
}

// ── Rotation ────────────────────────────────────────────────────────────────────────────────────────────────

/** The first answer of a rotation: `{ challenge, hint }` as we read it, `undefined` where there is none. */
export function firstStep({ jsMethod, responses }) {
  if (jsMethod !== "rotateToken" || failed({ responses }) !== undefined) return undefined;
  const answer = lastAnswer({ responses }, 1);
  if (answer === undefined) return undefined;
  const body = isObject(answer.json) ? answer.json : {};
  return { challenge: best(body, ["challengeId", "challenge_id"]), hint: best(body, ["phoneHint", "phone_hint"]), body };
}

/** Text or a number names a challenge. */
export const names = (challenge) => typeof challenge === "number" || (typeof challenge === "string" && challenge !== "");

/** What follows the first answer, by the rules on rotations. */
function rotated(input, ours, out) {
  const step = firstStep(input);
  if (step === undefined || out.exception === "ConfigError") return out;
  if (ours.has("no-challenge") && !names(step.challenge)) {
    return ends({ requests: out.requests.slice(0, 1) }, error("ProtocolError", { message: "rotateToken: the answer names no challenge" }));
  }
  if (ours.has("hint-is-text")) out.otpPromptHints = [typeof out.otpPromptHints[0] === "string" ? out.otpPromptHints[0] : ""];
  if (!ours.has("both-casings")) return out;
  const otpPromptHints = [typeof step.hint === "string" ? step.hint : ""];
  if (out.exception !== "KeyError") {
    if (out.requests.length > 1) out.requests[1].jsonBody.challengeId = step.challenge;
    return { ...out, otpPromptHints };
  }
  const again = { ...structuredClone(out.requests[0]), path: "/api/orgs/me/rotate-token/confirm", jsonBody: { challengeId: step.challenge, otp: input.args.otpPrompt.returns } };
  const sent = { requests: [...out.requests, again], otpPromptHints };
  const answer = input.responses[1];
  if (answer?.status === undefined) {
    return ends(sent, error("TransportError", { message: `rotateTokenConfirm: ${answer?.transportError.message ?? UNSCRIPTED}` }));
  }
  const last = lastAnswer(input, 2);
  if (last.status >= 200 && last.status < 300) return { ...sent, result: last.json === undefined ? {} : last.json };
  return ends(sent, ofAccounts(last));
}

/** Classes of the account service, by code, whatever the status. */
const BY_CODE = {
  EMAIL_ALREADY_REGISTERED: "EmailAlreadyRegistered", VERIFICATION_TOKEN_EXPIRED: "VerificationTokenExpired", PHONE_NOT_CONFIGURED: "PhoneNotConfigured",
  OTP_INVALID: "OTPInvalid", OTP_EXPIRED: "OTPExpired", OTP_MAX_ATTEMPTS: "OTPMaxAttempts", CHALLENGE_NOT_FOUND: "ChallengeNotFound", TOKEN_REVOKED: "TokenRevoked",
};

/** The error for an account call that the reference did not make. */
function ofAccounts(last) {
  const typed = mapped(last, new Set(["json-text"]));
  const own = BY_CODE[typed.code] ?? (typed.class === "ButtDialError" ? "AccountsError" : null);
  if (own === null) return typed;
  const said = isObject(last.json) && truthy(last.json.message) ? text(last.json.message, new Set(["json-text"])) : typed.message;
  return error(own, { code: typed.code, message: said, statusCode: last.status });
}

// ── Why nothing is sent, in our words ───────────────────────────────────────────────────────────────────────

const BASE_URL = "must be an absolute http(s) URL without user, query and fragment";
export const HTTPS = "must be https unless the host is loopback; allowInsecureHttp lifts this";

/** Whether a base URL is plain http to a host that is not this machine. */
export const insecure = (baseUrl) => /^http:/i.test(baseUrl ?? "") && !/^http:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])([:\/]|$)/i.test(baseUrl);

function refusal(input) {
  const { client, jsMethod, args } = input;
  const Class = isAgents(input) ? "Agent" : "AccountsClient";
  if (!client.baseUrl) return `${Class}: \`baseUrl\` ${BASE_URL}`;
  if (insecure(client.baseUrl)) return `${Class}: \`baseUrl\` ${HTTPS}`;
  const bad = badSegment(input);
  if (bad !== undefined) return `${jsMethod}: \`${bad[0]}\` ${bad[1] === "" ? "must not be empty" : "must not be a dot segment"}`;
  if (args.agentId === "") return `${jsMethod}: \`agentId\` must not be empty`;
  if (args.agentId === null) return `${jsMethod}: \`agentId\` is required`;
  const name = jsMethod === "rotateToken" ? "rotateTokenRequest" : jsMethod;
  return `${name}: \`${isAgents(input) ? "agentToken" : "teamToken"}\` is missing`;
}

const withoutToken = ({ client }) => !(client.withToken ?? client.teamToken ?? client.agentToken);

/** Whether a call may be refused before anything is sent, as far as the client tells. */
export const refusable = (input) => !input.client.baseUrl || insecure(input.client.baseUrl) || badSegment(input) !== undefined || !truthy(input.args.agentId ?? "x") || input.args.agentId === null || withoutToken(input);

// ── The rules ───────────────────────────────────────────────────────────────────────────────────────────────

/** The end of a call as an error; what was recorded of its end before goes. */
function ends(out, { class: exception, ...members }) {
  const { requests, otpPromptHints, deprecationWarning } = out;
  return { requests, ...(otpPromptHints ? { otpPromptHints } : {}), ...(deprecationWarning ? { deprecationWarning } : {}), exception, ...members };
}

/** The answer under these rules. */
export function answer(input, ours, recorded) {
  let out = structuredClone(recorded);
  const base = ours.has("https-only") && insecure(input.client.baseUrl);
  if (base || (ours.has("whole-segments") && badSegment(input) !== undefined)) {
    out = ends({ requests: [] }, error("ConfigError", { message: refusal(input) }));
  }
  out = requests(input, ours, out);
  out = rotated(input, ours, out);
  out = results(input, ours, out);
  if (ours.has("rest-throws") && failed(input) !== undefined) return ends(out, mapped(failed(input), ours));
  return out.exception !== undefined && out.exception === recorded.exception ? errors(input, ours, out) : out;
}

function requests(input, ours, out) {
  const path = pathOf(input);
  for (const request of out.requests) {
    if (ours.has("agents-key")) request.headers["idempotency-key"] = "<uuid4>";
    if (ours.has("encoded-values") && path !== undefined) request.path = path;
    if (ours.has("sse-suffix")) request.path = request.path.replace(new URL(input.client.baseUrl).pathname.replace(/\/+$/, ""), "");
  }
  return out;
}

function results(input, ours, out) {
  const last = lastAnswer(input, out.requests.length);
  if (ours.has("one-casing") && isObject(out.result) && isObject(last?.json)) out.result = renamed(last.json, NAMED[input.jsMethod]);
  if (ours.has("json-is-utf8") && out.result !== undefined) out.result = {};
  if (ours.has("any-json") && out.exception === "AttributeError") return { requests: out.requests, result: last.json };
  return out;
}

/** The method that a request is of: rotations are two. */
function sender({ jsMethod }, { requests }) {
  return jsMethod === "rotateToken" ? ["rotateTokenRequest", "rotateTokenConfirm"][requests.length - 1] : jsMethod;
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
    return ends(out, error("TransportError", { message: ours.has("own-words") ? `${sender(input, out)}: ${lost.message || "the network failed"}` : out.message }));
  }
  if (last === undefined) return out;
  return refused(ours, out, last);
}

/** What our table says of an answer that is no success. */
export function mapped({ status, headers, json }, ours = new Set()) {
  return fromAnswer({ status, headers, body: json }, new Set([...ours, ...BODY]), { now: NOW });
}

/** How we read what a body says of waiting and trying. */
const BODY = ["retry-after-body", "strict-integers", "iso-times"];
/** By rule: the members of a typed error that it reads in another way. */
const READ = { "retry-after-header": "retryAfterSeconds", "retry-after-body": "retryAfterSeconds", "strict-integers": "remainingAttempts", "iso-times": "lockedUntil" };

function refused(ours, out, last) {
  const typed = mapped(last, ours);
  if (out.exception === "AccountsError") {
    if (ours.has("one-mapper") && typed.class !== "ButtDialError") return ends(out, typed);
    if (ours.has("no-code") && out.code === "") out.code = null;
  } else if (ours.has("lockout-words") && typed.class === "AuthLockedOutError" && out.exception === "RateLimitError") {
    return ends(out, typed);
  } else if (out.exception === typed.class) {
    for (const [rule, key] of Object.entries(READ)) if (ours.has(rule) && Object.hasOwn(typed, key)) out[key] = typed[key];
  }
  const body = isObject(last.json) ? last.json : {};
  if (ours.has("own-words") && !truthy(body.message) && !truthy(body.error)) out.message = `HTTP ${last.status}`;
  if (ours.has("json-text")) {
    // The account service's own classes read the message first, all others the error.
    const own = out.mro.includes("AccountsError");
    for (const [name, keys] of [["code", ["code"]], ["message", own ? ["message", "error"] : ["error", "message"]]]) {
      const value = keys.map((key) => body[key]).find(truthy);
      if (value !== undefined && typeof value !== "string") out[name] = JSON.stringify(value);
    }
  }
  return out;
}
