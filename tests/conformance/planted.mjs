// Wrong answers on purpose: what is right under a rule or a flag is spoilt at one place at a time, and each of these must be found wrong. A rule
// that lets one through is too wide; a rule that nothing was planted under is not needed. (A flag may be: rules come first.)

import { FLAGS, FREE } from "./flags.mjs";
import { judge } from "./judge.mjs";
import { RULES } from "./rules/index.mjs";

const CASES = 12;
const PLACES = 60;

/** `{ planted, problems }` for judged cases `{ one, answer, verdict, rules, flags }`: how many were planted by rule or flag, and what went through. */
export function plant(judged) {
  const planted = {};
  const problems = [];
  const groups = [
    ...RULES.map(({ id }) => [id, judged.filter(({ rules }) => rules?.includes(id)), []]),
    ...Object.keys(FLAGS).map((flag) => [flag, judged.filter(({ flags }) => flags?.includes(flag)), FREE[flag] ?? []]),
  ];
  for (const [id, under, free] of groups) {
    planted[id] = 0;
    for (const { one, answer } of spread(under, CASES)) {
      const words = new Set(free);
      for (const { place, wrong, word } of spread([...spoilt(answer)], PLACES)) {
        if (word && words.has(place.at(-1))) continue;
        const { verdict } = judge(one, wrong);
        if (verdict === "failed") planted[id] += 1;
        else problems.push(`${id}: ${one.file} ${one.name}: spoilt at ${place.join(".") || "the root"} and still ${verdict}`);
      }
    }
    if (planted[id] === 0 && !Object.hasOwn(FLAGS, id)) problems.push(`${id}: no wrong answer could be planted: no case needs it`);
  }
  return { planted, problems };
}

/** Some of a list, from all over it. */
function spread(list, most) {
  const step = Math.max(1, list.length / most);
  return Array.from({ length: Math.min(most, list.length) }, (_, index) => list[Math.floor(index * step)]);
}

/** The answer with one thing wrong: each value changed, each member left out, each list shortened and lengthened. `word` marks another text. */
function* spoilt(answer) {
  if (typeof answer === "boolean") yield { place: [], wrong: String(answer) };
  yield* changes(answer, [], (wrong) => wrong);
}

function* changes(value, place, put) {
  if (Array.isArray(value)) {
    if (value.length > 0) yield { place, wrong: put(value.slice(0, -1)) };
    if (value.length > 1) yield { place, wrong: put(value.slice(1)) };
    yield { place, wrong: put([...value, value.at(-1) ?? { planted: true }]) };
    for (const [index, item] of value.entries()) yield* changes(item, [...place, index], (wrong) => put(value.with(index, wrong)));
  } else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      const { [key]: _, ...rest } = value;
      yield { place: [...place, key], wrong: put(rest) };
      yield* changes(item, [...place, key], (wrong) => put({ ...value, [key]: wrong }));
    }
  } else {
    yield { place, wrong: put(other(value)), word: typeof value === "string" };
    if (typeof value === "string" && value !== "") yield { place, wrong: put("") };
  }
}

function other(value) {
  if (typeof value === "boolean") return !value;
  if (typeof value === "number") return value + 1;
  return value === null ? "planted" : `${value}x`;
}
