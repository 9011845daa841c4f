// What only workerd can show: requests that overlap in one isolate, and memory after 100,000 of them. Prints a line for each
// part, and `N passed, N failed` at the end.
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { prepare, root } from "../package/project.mjs";
import { listening } from "./listening.mjs";
import { memory } from "./memory.mjs";
import { overlaps } from "./overlap.mjs";

const project = prepare("workerd");
mkdirSync(join(project, "workerd"), { recursive: true });
cpSync(join(root, "tests/workerd/workers"), join(project, "workerd"), { recursive: true });
const total = { passed: 0, failed: 0 };

for (const { name, run } of [...overlaps, ...listening, memory]) {
  const start = performance.now();
  try {
    const { passed, says } = await run({
      project,
      /** Writes the module that a worker imports as `./config.mjs`: its values stand at module level. */
      configure: (config) => writeFileSync(join(project, "workerd/config.mjs"), `export default ${JSON.stringify(config)};\n`),
    });
    total.passed += passed;
    console.log(`${name}: ${passed} passed, 0 failed, ${((performance.now() - start) / 1000).toFixed(1)} s${says ? `\n  ${says}` : ""}`);
  } catch (error) {
    total.failed += 1;
    console.log(`${name}: failed\n  ${String(error?.stack ?? error).replaceAll("\n", "\n  ")}`);
  }
}
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed > 0 ? 1 : 0);
