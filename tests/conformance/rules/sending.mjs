/** @file Deviations of `agent_tools`. See docs/parity.md. */

import { insecure, refusable } from "../model/rest.mjs";
import { COVERED, redirects, toolFails, valueOf } from "../model/sending.mjs";
import { ACTIONS, TOOLS } from "../model/tools.mjs";
import { isObject, truthy } from "../model/python.mjs";

const files = ["agent_tools"];
const rest = ["accounts_requests", "agent_rest"];
const texts = (input) => input.responses.flatMap(({ content = [] }) => content.map((block) => block?.text));
const answers = (input) =>
  texts(input).filter((text) => typeof text === "string").flatMap((text) => {
    try {
      return [JSON.parse(text)].filter(isObject);
    } catch {
      return [];
    }
  });
const statuses = (input) => input.responses.flatMap(({ httpError }) => (httpError === undefined ? [] : [httpError.status]));
const broken = (input) => input.responses.some(({ throws }) => throws !== undefined);
const sends = ({ jsMethod }) => jsMethod === "sendMessage";
/** A method for one tool. */
const typed = ({ jsMethod }) => Object.hasOwn(TOOLS, jsMethod);
const acts = ({ jsMethod }) => jsMethod === "whatsappAction" || TOOLS[jsMethod]?.action !== undefined;
/** Methods that only read. */
const READS = [
  "getMe", "getMessageStatus", "validateNumber", "findAgent", "getContactProfile", "getGroupMembers", "getSession", "listSessions", "checkConsent", "checkTrust",
  "getIncome", "getUsageDashboard", "getBillingSummary", "listAvailableNumbers", "listTeams",
];
const saysError = (input) => input.responses.some(({ isError }) => isError === true) || texts(input).some((text) => text?.startsWith?.("MCP error "));
const IDS = ["messageId", "sid", "message_sid"];

export const rules = [
  {
    id: "auth-at-once",
    files, only: true,
    applies: (input) => sends(input) && statuses(input).some((status) => [401, 403, 429].includes(status)),
  },
  { id: "retry-what-heals", files, applies: (input) => sends(input) && statuses(input).length > 0 },
  { id: "wait-as-asked", files, applies: (input) => sends(input) && statuses(input).some((status) => status >= 400) },
  { id: "session-stands", files, applies: (input) => (sends(input) || READS.includes(input.jsMethod)) && input.responses.some(({ throws, at }) => throws !== undefined && at === "call") },
  { id: "own-words", files: [...files, ...rest], applies: (input, file) => rest.includes(file) || sends(input) },
  { id: "typed-failures", files: [...files, ...rest], applies: (input) => input.responses.some(({ transportError }) => transportError !== undefined) || broken(input) || statuses(input).some((status) => status !== 401 && status !== 429) },
  {
    id: "forbidden-is-auth",
    files,
    applies: (input) => input.responses.some(({ httpError }) => httpError?.status === 403 && String(httpError.body?.code).startsWith("AUTH_")),
  },
  { id: "no-redirects", files, applies: (input) => statuses(input).some(redirects) },
  { id: "list-tools-throws", files, applies: (input) => input.jsMethod === "listTools" && (statuses(input).length > 0 || broken(input) || !truthy(input.client.agentToken)) },
  {
    id: "config-stage",
    files: [...files, ...rest],
    applies: (input, file) =>
      rest.includes(file) ? refusable(input) : !truthy(input.client.baseUrl) || insecure(input.client.baseUrl) || (!truthy(input.client.agentToken) && !truthy(input.args.agentToken)),
  },
  { id: "empty-channel", files, only: true, applies: ({ args }) => args.channel === "" },
  { id: "extra-collision", files, only: true, applies: ({ args }) => Object.keys(args.extra ?? {}).some((key) => COVERED.includes(key)) },
  { id: "all-blocks", files, applies: (input) => input.responses.some(({ content = [] }) => content.length > 1 || content.some((block) => typeof block?.text !== "string")) },
  { id: "older-ids", files, applies: (input) => sends(input) && answers(input).some((answer) => "externalId" in answer || "messageSid" in answer) },
  { id: "id-is-text", files, applies: (input) => sends(input) && answers(input).some((answer) => [...IDS, "externalId", "messageSid"].some((key) => truthy(answer[key]) && typeof answer[key] !== "string")) },
  { id: "nested-error", files, applies: (input) => sends(input) && answers(input).some(({ error }) => isObject(error)) },
  { id: "errors-of-objects", files, applies: (input) => sends(input) && answers(input).some(({ errors }) => Array.isArray(errors) && errors.some(isObject)) },
  {
    id: "errors-json-text",
    switch: "json-text",
    files,
    applies: (input) =>
      answers(input).some(({ errors }) => Array.isArray(errors) && errors.some((item) => typeof item !== "string")),
  },
  {
    id: "is-error",
    files,
    applies: (input) => sends(input) && saysError(input),
  },
  { id: "tool-errors", files, only: true, applies: (input) => typed(input) && input.responses.some((entry) => toolFails(entry, input.jsMethod)) },
  {
    id: "raw-answers",
    files, only: true,
    applies: (input) => typed(input) && !acts(input) && input.responses.some((entry) => !isObject(valueOf(entry))),
  },
  { id: "camel-answers", files, applies: (input) => typed(input) && answers(input).some((answer) => Object.keys(answer).some((key) => key.slice(1).includes("_"))) },
  {
    id: "capability-members",
    files,
    applies: (input) => acts(input) && answers(input).some(({ channel = null, provider = null }) => [channel, provider].some((value) => value === "" || (value !== null && typeof value !== "string"))),
  },
  { id: "open-actions", files, only: true, applies: ({ jsMethod, args }) => jsMethod === "whatsappAction" && !ACTIONS.includes(args.action) },
  { id: "reads-again", files, applies: (input) => READS.includes(input.jsMethod) && (broken(input) || statuses(input).some((status) => status >= 400)) },
];
