/** @file Deviations of `accounts_requests` and `agent_rest`. See docs/parity.md. */

import { badSegment, encoded, failed, failures, firstStep, insecure, isAgents, lastAnswer, mapped, names, othersNames, placed, refusable } from "../model/rest.mjs";
import { isObject, truthy } from "../model/python.mjs";

const files = ["accounts_requests", "agent_rest"];
const accounts = ["accounts_requests"];
const agents = ["agent_rest"];
const plain = (text) => encoded(text) === text;
const succeeded = (input) => failed(input) === undefined && lastAnswer(input, 1) !== undefined;
const body = (input) => lastAnswer(input, 1)?.json;
const session = (input) => (isObject(body(input)) ? [body(input).onboardingSessionId, body(input).onboarding_session_id] : []);

export const rules = [
  {
    id: "encoded-values",
    files,
    applies: (input) =>
      placed(input).some(([, value]) => typeof value === "string" && !plain(value)) || session(input).some((id) => typeof id === "string" && !plain(id)),
  },
  { id: "whole-segments", files, only: true, applies: (input) => badSegment(input) !== undefined },
  { id: "https-only", files: [...files, "agent_tools"], only: true, applies: ({ client }) => insecure(client.baseUrl) },
  { id: "sse-suffix", files: accounts, applies: ({ client }) => /\/sse\/*$/.test(client.baseUrl) },
  { id: "agents-key", files: accounts, only: true, applies: ({ jsMethod, args }) => jsMethod === "registerAgent" && !truthy(args.idempotencyKey) },
  { id: "one-casing", files, applies: othersNames },
  { id: "both-casings", files: accounts, applies: (input) => ["challengeId", "phoneHint"].some((name) => Object.hasOwn(firstStep(input)?.body ?? {}, name)) },
  { id: "hint-is-text", files: accounts, applies: (input) => ["string", "undefined"].every((type) => typeof firstStep(input)?.body.phone_hint !== type) },
  { id: "no-challenge", files: accounts, applies: (input) => firstStep(input) !== undefined && !names(firstStep(input).challenge) },
  { id: "one-mapper", files: accounts, applies: (input) => failures(input).some((answer) => mapped(answer).class !== "ButtDialError") },
  { id: "no-code", files: accounts, applies: (input) => failures(input).some(({ json }) => !truthy(json?.code)) },
  { id: "any-json", files: accounts, applies: (input) => input.jsMethod === "verify" && succeeded(input) && body(input) !== undefined && !isObject(body(input)) },
  { id: "json-is-utf8", files, applies: ({ responses }) => responses.some(({ bodyHex }) => /^(fffe|feff)/.test(bodyHex)) },
  { id: "rest-throws", files: agents, only: true, applies: (input) => isAgents(input) && input.jsMethod !== "fetchUsageSummary" && failed(input) !== undefined },
  { id: "config-error", files: agents, applies: ({ client }) => client.baseUrl === "" },
  { id: "warn-when-sent", files: accounts, applies: (input) => ["provisionChannels", "onboard"].includes(input.jsMethod) && refusable(input) },
];
