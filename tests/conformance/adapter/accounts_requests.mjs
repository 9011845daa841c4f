/** @file One call of an `AccountsClient` for each case. */

import { rest } from "./rest.mjs";

export function adapter(modules) {
  return rest(modules, ({ withToken, ...client }, host) => {
    const accounts = new modules.main.AccountsClient({ ...client, ...host });
    return withToken === undefined ? accounts : accounts.withToken({ teamToken: withToken });
  });
}
