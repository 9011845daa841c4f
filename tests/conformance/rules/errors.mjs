/** @file Deviations of `error_response`. See docs/parity.md. */

import { headerOf, lockoutWords, ourInteger } from "../model/errors.mjs";
import { isObject, truthy } from "../model/python.mjs";

const files = ["error_response"];
const everywhere = [...files, "accounts_requests", "agent_rest", "agent_tools"];
/** The HTTP answers of a case: itself, or those of its script. */
const answers = (input) =>
  input.responses?.map(({ httpError, ...answer }) => httpError ?? answer).map(({ status, body, headers }) => ({ statusCode: status, body, headers })) ?? [input];
const member = ({ body }, ...keys) => (isObject(body) ? keys.map((key) => body[key]).filter((value) => value !== undefined) : []);
const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const exact = (headers) => headers?.["Retry-After"] || headers?.["retry-after"] || null;

export const rules = [
  {
    id: "error-json-text",
    switch: "json-text",
    files: everywhere,
    applies: (input) =>
      answers(input).some((one) => member(one, "error", "message", "code", "channel", "action", "provider").some((value) => truthy(value) && typeof value !== "string")),
  },
  {
    id: "retry-after-header",
    files: everywhere,
    applies: (input) => answers(input).some(({ headers }) => headerOf(headers) !== exact(headers) || !/^-?[0-9]+$/.test(headerOf(headers) ?? "0")),
  },
  {
    id: "retry-after-body",
    files: everywhere,
    applies: (input) =>
      answers(input).some((one) => member(one, "retryAfter", "retry_after").length > 0) ||
      answers(input).some((one) => member(one, "retryAfterSeconds", "retry_after_seconds").some((value) => !truthy(value) || !/^-?[0-9]{1,15}$/.test(value))),
  },
  {
    id: "strict-integers",
    files: everywhere,
    applies: (input) => answers(input).some((one) => member(one, "remainingAttempts").some((value) => ourInteger(value) === null)),
  },
  {
    id: "iso-times",
    files: everywhere,
    applies: (input) => answers(input).some((one) => member(one, "lockedUntil", "locked_until").some((value) => truthy(value) && !RFC3339.test(value))),
  },
  { id: "status-range", files, applies: ({ statusCode }) => !(statusCode >= 0 && statusCode <= 65_535) },
  { id: "lockout-words", files: everywhere, applies: (input) => answers(input).some(({ statusCode, body }) => lockoutWords(statusCode, body)) },
];
