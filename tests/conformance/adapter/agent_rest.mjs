/** @file One call of an `Agent` over REST for each case. */

import { rest } from "./rest.mjs";

export function adapter(modules) {
  return rest(modules, (client, host) => new modules.main.Agent({ ...client, ...host }));
}
