// How the reference makes a call over MCP and reads the answer: wire-contract 4, in our own words; `ours` as in whatsapp.mjs.

import { either, isObject, truthy } from "./python.mjs";
import { error, fromAnswer, retryAfter } from "./errors.mjs";
import { text } from "./whatsapp.mjs";
import { HTTPS, insecure } from "./rest.mjs";
import { SOME_TEXT } from "../compare.mjs";
import { ACTIONS, TOOLS, wireArguments } from "./tools.mjs";

/** What an HTTP error, a failed connection or an unreadable answer becomes on its way out. */
class Failed extends Error {
  /** `thrown` is what a caller would catch; `reason` its text in a report. */
  constructor(thrown, reason, { auth = false, again = true, wait = 0 } = {}) {
    super(reason);
    Object.assign(this, { thrown, reason, auth, again, wait });
  }
}

/** Sessions, calls and the end of one case. `recorded` is what the reference answered, for texts that are its alone. */
export function run({ client, jsMethod, args, responses }, ours, now, recorded) {
  const log = { sessions: [], calls: [] };
  const token = either(args.agentToken ?? null, client.agentToken);
  const base = (client.baseUrl ?? "").replace(/\/+$/, "").replace(/\/sse$/, "");
  const authorization = `Bearer ${token}`;

  /** One session: its tool's result, its list of tools, or a {@link Failed}. */
  const session = (tool, given, pause = 0) => {
    const stands = ours.has("session-stands") && responses[Math.min(log.sessions.length, responses.length) - 1]?.at === "call";
    if (!stands || pause > IDLE_SECONDS) log.sessions.push({ sseUrl: `${base}/sse`, authorization });
    const entry = responses[Math.min(log.sessions.length, responses.length) - 1] ?? {};
    if (entry.httpError !== undefined) throw refused(entry.httpError, ours, now, recorded.lockedUntil ?? null);
    if (entry.throws !== undefined && entry.at === undefined) throw broken(entry.throws, ours);
    if (tool !== null) log.calls.push({ tool, arguments: given, authorization });
    if (entry.throws !== undefined) throw broken(entry.throws, ours);
    return entry;
  };
  if (!truthy(client.baseUrl)) return { ...log, ...noAddress(ours) };
  if (ours.has("https-only") && insecure(client.baseUrl)) {
    const { class: exception, ...members } = error("ConfigError", { message: `Agent: \`baseUrl\` ${HTTPS}` });
    return { ...log, exception, ...members };
  }
  return { ...log, ...(METHODS[jsMethod] ?? typed)({ jsMethod, args, client, token, session, ours, log }) };
}

/** Why an HTTP status ended an attempt. The reference knows 401 and 429; others are the text of its HTTP library. */
function refused({ status, headers: given, body, bodyText, message = "" }, ours, now, lockedUntil) {
  const headers = Object.fromEntries(Object.entries(given ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  if (ours.has("no-redirects") && redirects(status)) {
    const { class: exception, ...members } = error("ProtocolError", { message: REDIRECTED, statusCode: status });
    return new Failed({ exception, ...members }, REDIRECTED, { again: false });
  }
  const read = fromAnswer({ status, body: body ?? parsed(bodyText), headers }, ours, { now, lockedUntil });
  const made = ours.has("forbidden-is-auth") && forbidden(status, read) ? error("AuthError", forbiddenMembers(read)) : read;
  const own = status === 401 || status === 429;
  const auth = made.mro.includes("AuthError");
  const again = (!ours.has("retry-what-heals") && !ours.has("reads-again")) || (!auth && heals(made, body));
  const atOnce = ["AuthMissingHeaderError", "AuthInvalidTokenError", "AuthTokenRevokedError"].includes(made.class);
  const { class: exception, ...members } = made;
  const thrown = own || ours.has("typed-failures") ? { exception, ...members } : { exception: "HTTPStatusError", message };
  const reason = own || ours.has("own-words") ? made.message : message;
  return new Failed(thrown, reason, {
    auth: ours.has("auth-at-once") ? auth : atOnce,
    again,
    wait: ours.has("wait-as-asked") ? retryAfter(headers, isObject(body) ? body : {}, ALL_FORMS, now) ?? 0 : 0,
  });
}

export const redirects = (status) => status >= 300 && status < 400;
const REDIRECTED = "the service redirects, which is never followed";

const ALL_FORMS = new Set(["retry-after-header", "retry-after-body"]);

/** What may succeed if it is tried again: too many requests, and what the server or its status calls so. */
function heals(made, body) {
  if (made.class === "RateLimitError") return true;
  const claimed = isObject(body) && Object.hasOwn(body, "retryable") ? truthy(body.retryable) : null;
  if (made.class === "ButtDialError") return claimed ?? (made.statusCode >= 500 || [408, 425].includes(made.statusCode));
  return claimed ?? made.class === "ProviderWebhookWireFailed";
}

/** A code of authentication under 403. */
function forbidden(status, made) {
  return status === 403 && (made.code ?? "").startsWith("AUTH_");
}

function forbiddenMembers({ code, message, statusCode }) {
  return { code, message, statusCode, retryable: false, remainingAttempts: null };
}

/** A connection that failed. */
function broken({ class: name, message, nested = 0 }, ours) {
  if (!ours.has("typed-failures")) {
    const thrown = nested > 0 ? { exception: "ExceptionGroup" } : { exception: name, ...(LIBRARY.includes(name) ? { message } : {}) };
    return new Failed(thrown, nested > 0 ? "unhandled errors in a TaskGroup (1 sub-exception)" : message);
  }
  const reason = nested > 0 ? "unhandled errors" : message === "" ? "the network failed" : message;
  const { class: exception, ...members } = error("TransportError", { message: reason });
  return new Failed({ exception, ...members }, reason);
}

/** Exceptions of the reference's HTTP library, which have their text recorded. */
const LIBRARY = ["ConnectError", "ReadTimeout", "ConnectTimeout", "WriteTimeout", "PoolTimeout", "ReadError", "WriteError", "RemoteProtocolError"];

/** A session that nothing happens on ends after that. */
const IDLE_SECONDS = 5;

const METHODS = {
  sendMessage: send,

  callTool({ args, token, session, ours }) {
    if (!truthy(token)) return noToken("callTool", ours);
    try {
      return { result: payload(session(args.toolName, args.arguments ?? {}), ours).value };
    } catch (failed) {
      return thrown(failed);
    }
  },

  ping({ args, token, session }) {
    if (!truthy(token)) return { result: false };
    try {
      return { result: session(either(args.toolName ?? null, "comms_ping"), {}).content?.length > 0 };
    } catch (failed) {
      thrown(failed);
      return { result: false };
    }
  },

  listTools({ token, session, ours }) {
    const loud = ours.has("list-tools-throws");
    if (!truthy(token)) return loud ? noToken("listTools", ours) : { result: [] };
    try {
      return { result: session(null).tools ?? [] };
    } catch (failed) {
      return loud ? thrown(failed) : { result: [] };
    }
  },
};

/** A method for one tool: {@link TOOLS}. */
function typed({ jsMethod, args, client, token, session, ours, log }) {
  const tool = TOOLS[jsMethod];
  const action = tool.action ?? (jsMethod === "whatsappAction" ? args.action : null);
  const acts = action !== null;
  if (acts && !ACTIONS.includes(action) && !ours.has("open-actions")) return { exception: "ValueError", message: SOME_TEXT };
  if (!truthy(token)) return noToken(jsMethod, ours, acts);
  const called = acts ? "comms_whatsapp_action" : tool.name;
  const given = wireArguments(jsMethod, args);
  const attempts = ours.has("reads-again") ? Math.max(1, client.maxSendAttempts ?? 3) : 1;
  let [pause, asks] = [0, ASKING.includes(jsMethod)];
  for (let attempt = 1; ; attempt += 1) {
    try {
      return answered(session(called, given, pause), { jsMethod, action, name: called, given }, ours);
    } catch (failed) {
      const ended = thrown(failed);
      if (asks && log.calls.length > 0) [attempt, asks] = [1, false];
      if (!failed.again || attempt >= attempts) return ended;
      pause = Math.min(10, 2 ** attempt);
    }
  }
}

/** Reads that first ask for the list of tools, as often as for the answer itself. */
const ASKING = ["checkConsent", "checkTrust", "listTeams"];

/** What becomes of a tool's answer. `name` is the tool or, of WhatsApp, the action. */
function answered(entry, { jsMethod, action, name, given }, ours) {
  const { value, said } = payload(entry, ours);
  const object = isObject(value) ? value : {};
  const known = (member, mended) => (mended ? (truthy(member) ? text(member, OURS) : null) : member ?? null);
  const incapable = ({ code, channel, provider }, message, whose, mended = action === null || ours.has("capability-members")) => {
    const { class: exception, ...rest } = error("ProviderCapabilityError", { code, message, action: whose, channel: known(channel, mended), provider: known(provider, mended) });
    return { exception, ...rest };
  };
  if (ours.has("tool-errors")) {
    const words = complaint(entry, jsMethod, object, said, value);
    const body = filledIn(object);
    const code = filled(body.code);
    const able = !unable(code) || delivered(entry, jsMethod, object, said);
    if (!able) {
      const whose = action ?? filled(given.action) ?? (truthy(body.action) ? text(body.action, OURS) : null);
      return incapable({ ...body, code }, words ?? `Provider does not support ${whose ?? name}`, whose);
    }
    if (words !== null) {
      const made = fromAnswer({ status: statusOf(code, object), body: { ...body, code }, headers: {} }, OURS, { now: 0 });
      const { class: exception, ...rest } = made.class === "ButtDialError" ? error("ToolError", { code }) : made;
      return { exception, ...rest, message: words, statusCode: null };
    }
  }
  if (action !== null && unable(object.code)) return incapable(object, truthy(object.error) ? text(object.error, ours) : `Provider does not support ${action}`, action);
  if (isObject(value)) return { result: ours.has("camel-answers") ? camelCase(value) : value };
  return { result: action !== null || ours.has("raw-answers") ? { raw: value } : value };
}

const unable = (code) => code === "PROVIDER_UNSUPPORTED" || code === "CHANNEL_UNSUPPORTED";

/** The HTTP status that a code would have had: the classes of errors are the same everywhere. */
function statusOf(code, object) {
  if (["AGENT_NOT_PROVISIONED", "AGENT_NOT_FOUND", "NOT_PROVISIONED"].includes(code)) return 404;
  if (["NO_CHANNEL_ASSIGNED", "PROVIDER_WEBHOOK_WIRE_FAILED", "PROVIDER_UNSUPPORTED", "CHANNEL_UNSUPPORTED"].includes(code)) return 400;
  return code === "RATE_LIMITED" || filled(object.limitType) !== null ? 429 : 400;
}

/** The answer with the members of a nested `error` object where it says nothing itself. */
function filledIn(object) {
  const nested = isObject(object.error) ? Object.entries(object.error) : [];
  return { ...object, ...Object.fromEntries(nested.filter(([key]) => key !== "error" && !truthy(object[key]))) };
}

/** Whether an answer tells of something that is done, whatever errors it lists: a message that has a status, or `success`. */
function delivered(entry, jsMethod, object, said) {
  if (saysFailed(entry, said)) return false;
  return object.success === true || (jsMethod === "getMessageStatus" && filled(object.status) !== null);
}

/** What a tool says that went wrong; `null`: nothing. */
function complaint(entry, jsMethod, object, said, value) {
  if (delivered(entry, jsMethod, object, said)) return null;
  return errorText(object, OURS, said) ?? spokenError(entry, object, said, value) ?? (truthy(object.error) ? written(object.error, OURS, said) : null);
}

/** What an answer holds, in any of its blocks. */
export const valueOf = (entry) => payload(entry, new Set(["all-blocks"])).value;

/** Whether the answer of a method for one tool is an error for us, which the reference may have given. */
export function toolFails(entry, jsMethod) {
  const { value, said } = payload(entry, new Set(["all-blocks"]));
  const object = isObject(value) ? value : {};
  if (complaint(entry, jsMethod, object, said, value) !== null) return true;
  return unable(filled(filledIn(object).code)) && !delivered(entry, jsMethod, object, said);
}

/** The members in camel case, unless they are there in it; what begins with a bar keeps that. */
function camelCase(object) {
  const name = (key) => key.replace(/(?<=[^_])_+([^_]?)/g, (_, letter) => (/[a-z]/.test(letter) ? letter.toUpperCase() : letter));
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [Object.hasOwn(object, name(key)) ? key : name(key), value]));
}

/** Every reading of errors there is. */
const OURS = new Set(["errors-of-objects", "nested-error", "json-text", "retry-after-body", "strict-integers", "iso-times", "lockout-words"]);

function thrown(failed) {
  if (!(failed instanceof Failed)) throw failed;
  return failed.thrown;
}

/** No address of the service. */
function noAddress(ours) {
  if (!ours.has("config-stage")) return { exception: "ValueError", message: SOME_TEXT };
  const { class: exception, ...members } = error("ConfigError", { message: "Agent: `baseUrl` must be an absolute http(s) URL without user, query and fragment" });
  return { exception, ...members };
}

function noToken(method, ours, acts = false) {
  if (acts && !ours.has("config-stage")) return { exception: "ValueError", message: SOME_TEXT };
  const own = ours.has("config-stage");
  const message = own ? `${method}: \`agentToken\` is missing` : "agent_token is required to call MCP tools";
  const { class: exception, ...members } = error("ConfigError", { message });
  return { exception, ...members, stage: own ? "config" : null };
}

const RESULT = {
  message_sid: null, failed: true, error: null, error_code: null, error_channel: null, stage_failed: null, remediation: null, ok: false,
};
const sent = (id) => ({ sendResult: { ...RESULT, message_sid: id, failed: false, ok: true } });
const unsent = (stage, reason, more) => ({ sendResult: { ...RESULT, error: reason, stage_failed: stage, ...more } });

/** Wire arguments of the sending tool, beside those that are always sent. */
const OPTIONS = [
  "body", "senderSid", "senderName", "language", "fallbackChannels", "scheduledAt", "threadId", "entityId", "replyMsgId",
];
/** All that the sending tool's options cover on the wire. */
export const COVERED = [
  "to", "channel", "media", "idempotencyKey", ...OPTIONS, "subject", "html", "templateId", "templateVars", "targetGender",
];

function send({ args, client, token, session, ours }) {
  const delays = [];
  const collision = Object.keys(args.extra ?? {}).find((key) => COVERED.includes(key));
  if (collision !== undefined && ours.has("extra-collision")) {
    return { ...unsent("config", `sendMessage: \`extra.${collision}\` has an option of its own`), delays };
  }
  const { words, advice } = speech(ours);
  if (!truthy(args.body) && !truthy(args.mediaUrl)) return { ...unsent("config", words.noContent, { remediation: advice.noContent }), delays };
  if (!truthy(token)) return { ...unsent("config", words.noToken, { remediation: advice.noToken }), delays };

  const given = { to: args.to, channel: ours.has("empty-channel") && args.channel === "" ? "whatsapp" : args.channel ?? "whatsapp", idempotencyKey: either(args.idempotencyKey ?? null, "<uuid4>") };
  for (const key of OPTIONS) if (truthy(args[key])) given[key] = args[key];
  if (truthy(args.mediaUrl)) given.media = [args.mediaUrl];
  Object.assign(given, args.extra ?? {});

  const attempts = client.maxSendAttempts ?? 3;
  const tool = client.sendTool ?? "comms_send_message";
  let last = null;
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    try {
      return { ...read(session(tool, given, delays.at(-1)), ours), delays };
    } catch (failed) {
      if (!(failed instanceof Failed)) throw failed;
      if (failed.auth) return { ...failed.thrown, delays };
      last = failed;
      if (!failed.again) break;
      if (attempt < attempts) delays.push(Math.max(Math.min(10, 2 ** attempt), failed.wait ?? 0));
    }
  }
  if (last === null) return { ...unsent("parse", words.shape, { remediation: advice.shape }), delays };
  return { ...unsent("transport", last.reason, { remediation: advice.transport }), delays };
}

/** What the first text of a result holds: JSON, else the text. For us, the first that is JSON, in any block. */
function payload(entry, ours) {
  const texts = (entry.content ?? []).map((block) => block?.text);
  if (texts.length === 0) return { value: null, said: null };
  if (!ours.has("all-blocks")) {
    if (typeof texts[0] !== "string") throw new Failed({ exception: "AttributeError" }, SOME_TEXT);
    return { value: parsed(texts[0]), said: texts[0] };
  }
  const found = texts.filter((value) => typeof value === "string");
  const said = found[0] ?? null;
  return { value: parsed(found.find(isJson) ?? said), said };
}

function isJson(value) {
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}

function parsed(value) {
  if (!truthy(value)) return null;
  return isJson(value) ? JSON.parse(value) : value;
}

const THEIR_IDS = ["messageId", "sid", "message_sid"];
const OUR_IDS = [...THEIR_IDS, "externalId", "messageSid"];

/** A tool's result as the end of a send. */
function read(entry, ours) {
  const { value, said } = payload(entry, ours);
  const object = isObject(value) ? value : {};
  const ids = ours.has("older-ids") ? OUR_IDS : THEIR_IDS;
  if (ours.has("id-is-text")) {
    const id = ids.map((key) => object[key]).find((one) => (typeof one === "string" || typeof one === "number") && truthy(one));
    if (id !== undefined) return sent(String(id));
  } else {
    const id = either(...ids.map((key) => object[key] ?? null));
    if (truthy(id)) return typeof id === "string" ? sent(id) : { exception: "ValidationError" };
  }
  const reason = errorText(object, ours, said) ?? (ours.has("is-error") ? spokenError(entry, object, said, value) : null);
  const { words, advice } = speech(ours);
  if (reason === null) return unsent("parse", words.shape, { remediation: advice.shape });
  return unsent("server", reason, envelope(object, reason, ours));
}

function filled(value) {
  return typeof value === "string" && value !== "" ? value : null;
}

/** An item for people: a text as it is, anything else Python's way, or ours: as it was written. */
function written(item, ours, said) {
  if (!ours.has("json-text") || typeof item === "string") return text(item, ours);
  const spaced = JSON.stringify(item, null, 1).replace(/\n\s*/g, " ").replace(/([[{]) | (?=[\]}])/g, "$1");
  return [JSON.stringify(item), spaced].find((form) => said.includes(form)) ?? JSON.stringify(item);
}

function errorText(object, ours, said) {
  if (filled(object.error) !== null) return object.error;
  const list = Array.isArray(object.errors) ? object.errors : [];
  const words = list.map((item) => (ours.has("errors-of-objects") ? filled(item?.message) : null) ?? written(item, ours, said)).join("; ");
  if (words !== "") return words;
  if (!ours.has("nested-error") || !isObject(object.error)) return null;
  return filled(object.error.message) ?? filled(object.error.code);
}

/** Whether a result says that the tool failed, by its flag or by its text. */
function saysFailed(entry, said) {
  return entry.isError === true || (said ?? "").startsWith("MCP error ");
}

/** What a result that says it failed has to say: weak point 20. */
function spokenError(entry, object, said, value) {
  if (!saysFailed(entry, said)) return null;
  const plain = typeof value === "string" && !isJson(said) ? filled(said) : null;
  return plain ?? filled(object.message) ?? filled(said) ?? "the tool failed";
}

/** Code, channel and advice: of the answer, a nested `error` object filling the gaps; else advice by the words. */
function envelope(object, reason, ours) {
  const nested = isObject(object.error) ? object.error : {};
  const string = (value) => (typeof value === "string" ? value : null);
  // In the reference whatever says something hides the nested one, even if it is no text.
  const hides = (value) => (ours.has("nested-error") ? filled(value) !== null : truthy(value));
  const member = (key) => (hides(object[key]) ? string(object[key]) : string(nested[key]) ?? string(object[key]));
  const advice = filled(member("remediation"));
  const table = ours.has("own-words") ? OUR_TRIGGERS : TRIGGERS;
  const words = reason.toLowerCase();
  return {
    error_code: member("code"),
    error_channel: member("channel"),
    remediation: advice ?? table.find(([trigger]) => words.includes(trigger))?.[1] ?? null,
  };
}

/** What is said without the server. The texts of the reference stand here as "some text": they are its own. */
function speech(ours) {
  return ours.has("own-words") ? OUR_SPEECH : THEIR_SPEECH;
}

const THEIR_SPEECH = {
  words: { noContent: SOME_TEXT, noToken: SOME_TEXT, shape: SOME_TEXT },
  advice: { noContent: SOME_TEXT, noToken: SOME_TEXT, shape: SOME_TEXT, transport: SOME_TEXT },
};

const OUR_SPEECH = {
  words: {
    noContent: "sendMessage: `body`, `mediaUrl` or `templateId` is required",
    noToken: "sendMessage: `agentToken` is missing",
    shape: "the server response contained no message id and no error",
  },
  advice: {
    noContent: "Give `body` for text, `mediaUrl` for a file, or `templateId`.",
    noToken: "Give `agentToken` to the Agent or to the call, or set BUTT_DIAL_AGENT_TOKEN.",
    shape: "The service answered in a form this package does not know. Check its version and the agent's `sendToolName`.",
    transport: "Check that the service can be reached and that the token is valid.",
  },
};

/** The words in an error that call for advice, in order: wire-contract 4.6. */
const TRIGGERS = [
  "agentid is required", "agent id is required", "invalid recipient", "invalid_recipient", "consent", "rate limit", "not provisioned",
].map((trigger) => [trigger, SOME_TEXT]);

const AGENT = "The tool must know which agent speaks. Give an agent token, to the Agent or to the call.";
const RECIPIENT = "Give the recipient as an E.164 number, with + and country code.";
const OUR_TRIGGERS = [
  AGENT, AGENT, RECIPIENT, RECIPIENT,
  "The recipient has not opted in, or has opted out. Check the consent before sending.",
  "A limit was reached. Wait longer between sends, or ask for a higher quota.",
  "The channel is not set up for this workspace. Provision it first.",
].map((words, index) => [TRIGGERS[index][0], words]);
