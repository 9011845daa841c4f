// The packed package in every runtime. Prints `RUNTIME: N passed, N failed` for each, and `N passed, N failed` at the end.
// `--no-browser` leaves Chromium out; `--only=TEXT` runs the runtimes whose names contain the text.
import { prepare } from "./project.mjs";
import * as bundles from "./runtimes/bundles.mjs";
import * as bun from "./runtimes/bun.mjs";
import * as chromium from "./runtimes/chromium.mjs";
import * as deno from "./runtimes/deno.mjs";
import * as manifest from "./runtimes/manifest.mjs";
import * as node from "./runtimes/node.mjs";
import * as workerd from "./runtimes/workerd.mjs";

const flags = process.argv.slice(2);
const only = flags.find((flag) => flag.startsWith("--only="))?.slice("--only=".length) ?? "";
const browser = !flags.includes("--no-browser");

const project = prepare("runtimes");
const runs = [manifest, node, bun, deno, workerd, bundles, chromium].flatMap((runtime) => runtime.runs);
const total = { passed: 0, failed: 0 };
const leftOut = [];

for (const { name, run, needsBrowser } of runs.filter(({ name }) => name.includes(only))) {
  if (needsBrowser && !browser) {
    leftOut.push(name);
    continue;
  }
  const result = await run(project, name).catch((error) => ({ passed: 0, failed: 1, failures: [error.stack ?? error] }));
  if (result.passed + result.failed === 0) Object.assign(result, { failed: 1, failures: ["nothing ran"] });
  console.log(`${name}: ${result.passed} passed, ${result.failed} failed`);
  for (const failure of result.failures) console.log(`  ${String(failure).replaceAll("\n", "\n  ")}`);
  total.passed += result.passed;
  total.failed += result.failed;
}

if (leftOut.length > 0) console.log(`left out: ${leftOut.join(", ")}`);
const skipped = leftOut.length > 0 ? `, ${leftOut.length} skipped` : "";
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
process.exit(total.failed > 0 ? 1 : 0);
