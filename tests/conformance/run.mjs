// The recorded answers of the reference against the built package:
//   node tests/conformance/run.mjs [--vectors DIR] [--package DIR] [--only FILE] [--verbose]
// Prints what passed, deviated and failed; exits with 1 if anything failed.

import { join } from "node:path";
import { parseArgs } from "node:util";

import { checkEngine } from "./engine.mjs";
import { judge } from "./judge.mjs";
import { load } from "./package.mjs";
import { disagreements } from "./parity.mjs";
import { plant } from "./planted.mjs";
import { RULES } from "./rules/index.mjs";
import { FLAGS } from "./flags.mjs";
import { FILES, cases } from "./vectors.mjs";

const root = join(import.meta.dirname, "..", "..");
const own = join(root, "tests", "vectors");
/** Cases for rules that no vector needs. */
const more = join(import.meta.dirname, "more");
const { values: options } = parseArgs({
  options: {
    vectors: { type: "string", default: own },
    package: { type: "string", default: join(root, "pkg") },
    only: { type: "string" },
    verbose: { type: "boolean", default: false },
  },
});

/** No case takes longer, in milliseconds of real time: nothing waits for anything real. */
const PATIENCE_MS = 20_000;
/** Failures that are shown. */
const SHOWN = options.verbose ? Number.POSITIVE_INFINITY : 10;

const engine = await checkEngine();
const modules = await load(options.package);
const adapters = {};
for (const file of Object.keys(FILES)) adapters[file] = (await import(`./adapter/${file}.mjs`)).adapter(modules);

/** The package's answer to a case. What it throws is an answer too, and a wrong one. */
async function answerTo(one) {
  const late = Promise.withResolvers();
  const timer = setTimeout(late.resolve, PATIENCE_MS, { crash: "no answer" });
  try {
    return await Promise.race([adapters[one.file](one.input), late.promise]);
  } catch (error) {
    return { crash: String(error?.stack ?? error) };
  } finally {
    clearTimeout(timer);
  }
}

async function judgeAll(...directories) {
  const judged = [];
  for (const file of Object.keys(FILES).filter((name) => options.only === undefined || name === options.only)) {
    for (const one of directories.flatMap((directory) => cases(directory, file))) {
      const answer = await answerTo(one);
      judged.push({ one, answer, ...judge(one, answer) });
    }
  }
  return judged;
}

const judged = await judgeAll(options.vectors);
const judgedMore = await judgeAll(more);
const counts = Object.fromEntries(Object.keys(FILES).map((file) => [file, { passed: 0, deviating: 0, failed: 0 }]));
const tally = (list) => Object.fromEntries(list.map((id) => [id, 0]));
const byRule = tally(RULES.map(({ id }) => id));
const byFlag = tally(Object.keys(FLAGS));
for (const { one, verdict, rules = [], flags = [] } of judged) {
  counts[one.file][verdict] += 1;
  for (const id of rules) byRule[id] += 1;
  for (const flag of flags) byFlag[flag] += 1;
}

const cell = (value, width) => String(value).padStart(width);
console.log(`${"file".padEnd(24)}${["cases", "passed", "deviating", "failed"].map((title) => cell(title, 10)).join("")}`);
const row = (name, { passed, deviating, failed }) =>
  console.log(`${name.padEnd(24)}${[passed + deviating + failed, passed, deviating, failed].map((value) => cell(value, 10)).join("")}`);
const total = { passed: 0, deviating: 0, failed: 0 };
for (const [file, count] of Object.entries(counts)) {
  row(file, count);
  for (const key of Object.keys(total)) total[key] += count[key];
}
row("total", total);
const extra = Object.groupBy(judgedMore, ({ verdict }) => verdict);
row("tests/conformance/more", { passed: 0, deviating: 0, failed: 0, ...Object.fromEntries(Object.entries(extra).map(([key, list]) => [key, list.length])) });
console.log("\ndeviating by rule (docs/parity.md)");
for (const [id, count] of Object.entries(byRule)) console.log(`  ${id.padEnd(24)}${cell(count, 5)}`);
console.log("compared as a flag says (tests/vectors/README.md)");
for (const [id, count] of Object.entries(byFlag)) console.log(`  ${id.padEnd(24)}${cell(count, 5)}`);

const failures = [...judged, ...judgedMore].filter(({ verdict }) => verdict === "failed");
for (const { one, answer, why } of failures.slice(0, SHOWN)) {
  console.log(`\nFAILED ${one.file} ${one.name}: ${why}`);
  const show = (title, value) => console.log(`  ${title} ${JSON.stringify(value)?.slice(0, options.verbose ? undefined : 1000)}`);
  show("input   ", one.input);
  show("recorded", one.expected);
  show("ours    ", answer);
}
if (failures.length > SHOWN) console.log(`\n… and ${failures.length - SHOWN} more`);

// Planted under the project's own cases, which need every rule; other cases need not.
const complete = options.only === undefined;
const ours = [...(options.vectors === own ? judged : await judgeAll(own)), ...judgedMore];
const { planted, problems } = complete ? plant(ours) : { planted: {}, problems: [] };
problems.push(...disagreements(join(root, "docs", "parity.md")).map((problem) => `docs/parity.md: ${problem}`));
const wrong = Object.values(planted).reduce((sum, count) => sum + count, 0);
console.log(`\nplanted wrong answers: ${wrong}, all found unless said here`);
if (judged.length === 0) problems.push(`no cases in ${options.vectors}`);
for (const problem of problems.slice(0, SHOWN)) console.log(`  ${problem}`);
console.log(`conformance: ${total.passed} passed, ${total.deviating} deviating, ${total.failed} failed`);
// The line that the build tool reads. What deviates by a rule is as it should be.
const right = judged.length + judgedMore.length - failures.length + engine;
console.log(`${right} passed, ${failures.length + problems.length} failed`);
process.exitCode = failures.length + problems.length > 0 ? 1 : 0;
