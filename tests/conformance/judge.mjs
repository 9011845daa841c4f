// Whether an answer is right: as recorded, or exactly what the rules that apply say instead.

import { difference } from "./compare.mjs";
import { COMPOSE } from "./compose.mjs";
import { FLAGS, FREE } from "./flags.mjs";
import { rulesFor } from "./rules/index.mjs";

/**
 * `{ verdict, rules, flags, why }`: `passed`, `deviating` (with the rules that make the difference) or `failed` (with where it differs).
 * `flags` are those that were needed to say so. Where a rule says `only`, the recorded answer is not good enough.
 */
export function judge(one, answer) {
  const rules = rulesFor(one.file, one.input);
  const flags = equal(one, one.expected, answer);
  if (flags !== null && !rules.some((rule) => rule.only && refuses(one, rules))) return { verdict: "passed", rules: [], flags };
  if (rules.length === 0) return { verdict: "failed", why: `differs at ${where(one.expected, answer)}` };

  const base = COMPOSE[one.file](one.input, new Set(), one.expected);
  if (equal(one, base, one.expected) === null) {
    return { verdict: "failed", why: `the recorded answer is not understood at ${where(base, one.expected)}, ours differs at ${where(one.expected, answer)}` };
  }
  const wanted = expectation(one, rules);
  // Our own words are known: where a rule speaks, no flag leaves them free.
  const needs = equal({ ...one, flags: one.flags.filter((flag) => !Object.hasOwn(FREE, flag)) }, wanted, answer);
  if (needs === null) return { verdict: "failed", why: `differs at ${where(wanted, answer)} from what the rules ask for` };
  return { verdict: "deviating", rules: needed(one, rules, wanted), flags: needs };
}

/** Whether the rules ask for another answer than the recorded one. */
function refuses(one, rules) {
  return difference(expectation(one, rules), one.expected) !== null;
}

function where(expected, actual) {
  return difference(expected, actual) || "the root";
}

/** The answer that these rules ask for. */
export function expectation(one, rules) {
  return COMPOSE[one.file](one.input, new Set(rules.map((rule) => rule.switch ?? rule.id)), one.expected);
}

/** The rules without which another answer would be asked for. */
function needed(one, rules, wanted) {
  const alone = rules.filter((rule) => difference(expectation(one, rules.filter((other) => other !== rule)), wanted) !== null);
  return (alone.length > 0 ? alone : rules).map((rule) => rule.id);
}

/** The flags that are needed to find both the same, or `null` if they are not. */
function equal(one, expected, answer) {
  return difference(expected, answer) === null ? [] : relaxed(one, expected, answer);
}

function relaxed(one, expected, answer) {
  const flags = one.flags.filter((flag) => Object.hasOwn(FLAGS, flag));
  if (flags.length === 0 || typeof answer !== "object" || answer === null) return null;
  const [theirs, ours] = [expected, answer].map((value) => flags.reduce((so, flag) => FLAGS[flag](so, one.input), value));
  return difference(theirs, ours) === null ? flags : null;
}
