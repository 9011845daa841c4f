// docs/parity.md and the rules must tell the same story: the same ids, in the same order.

import { readFileSync } from "node:fs";

import { FLAGS } from "./flags.mjs";
import { RULES } from "./rules/index.mjs";

/** What is wrong with the page; empty if nothing is. */
export function disagreements(path) {
  const text = readFileSync(path, "utf8");
  const [rules, flags = ""] = text.split(/^## Flags$/m);
  return [...compare("rule", ids(rules), RULES.map(({ id }) => id)), ...compare("flag", ids(flags), Object.keys(FLAGS))];
}

/** The first cell of each row: an id in backticks. */
function ids(text) {
  return [...text.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, id]) => id);
}

function compare(what, page, code) {
  const missing = code.filter((id) => !page.includes(id)).map((id) => `${what} ${id} has no line`);
  const stale = page.filter((id) => !code.includes(id)).map((id) => `${what} ${id} does not exist`);
  const order = missing.length + stale.length === 0 && page.join() !== code.join() ? [`${what}s: the order differs`] : [];
  return [...missing, ...stale, ...order];
}
