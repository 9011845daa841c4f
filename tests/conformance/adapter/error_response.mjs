/** @file `parseErrorResponse` for each case. */

import { describe } from "./errors.mjs";

/** The time of every call: cases may hold a `Retry-After` that is a date. */
export const NOW = Date.UTC(2026, 0, 1);

export function adapter(modules) {
  return ({ statusCode, body, headers }) =>
    describe(modules, modules.main.parseErrorResponse({ status: statusCode, body, headers, now: NOW }));
}
