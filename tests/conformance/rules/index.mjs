// All deviation rules, in the order of docs/parity.md. A rule is an id, the files it is for, the input property that triggers it, and the switch of
// the model that it turns on (its id, if it names no other). With `only`, the reference's answer is not accepted where the rule asks for another.

import { rules as errors } from "./errors.mjs";
import { rules as inbound } from "./inbound.mjs";
import { rules as rest } from "./rest.mjs";
import { rules as sending } from "./sending.mjs";
import { rules as signature } from "./signature.mjs";

export const RULES = [...signature, ...inbound, ...errors, ...rest, ...sending];

/** The rules that an input of this file triggers. */
export function rulesFor(file, input) {
  return RULES.filter((rule) => rule.files.includes(file) && rule.applies(input, file));
}
