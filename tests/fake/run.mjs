// The tests of the fake service, against the packed package, in the runtimes that can serve it. Prints
// `RUNTIME: N passed, N failed` for each, and `N passed, N failed` at the end.
import { spawn } from "node:child_process";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { files, link, prepare, program, root } from "../package/project.mjs";
import { nodeProgram } from "../package/runtimes/node.mjs";

const project = prepare("fake");
link(project, "@modelcontextprotocol/sdk");
cpSync(join(root, "tests/fake"), join(project, "fake"), { recursive: true });
const tests = files(join(project, "fake")).filter((file) => file.endsWith(".test.mjs")).map((file) => `./fake/${file}`);

const bun = program("bun", `@oven/bun-${process.platform}-${process.arch === "arm64" ? "aarch64" : process.arch}/bin/bun`);
const deno = program("deno", "@deno/linux-x64-glibc/deno");
const RUNTIMES = {
  "Node 20": [nodeProgram(20), ["--test", "--test-reporter=tap", ...tests]],
  "Node 24": [nodeProgram(24), ["--test", "--test-reporter=tap", ...tests]],
  Bun: [bun, ["test", ...tests]],
  Deno: [deno, ["test", "-A", "--no-check", "--node-modules-dir=manual", "--no-remote", ...tests]],
};

const total = { passed: 0, failed: 0 };
for (const [name, [command, args]] of Object.entries(RUNTIMES)) {
  const { code, text } = await run(command, args);
  const passed = number(text, /^# pass (\d+)$/m, /^ *(\d+) pass$/m, /\| (\d+) passed/);
  const reported = number(text, /^# fail (\d+)$/m, /^ *(\d+) fail$/m, /passed .*\| (\d+) failed/);
  // A runtime that ran nothing, or broke off, has failed too.
  const failed = reported > 0 || (code === 0 && passed > 0) ? reported : 1;
  if (failed > 0) console.log(text);
  console.log(`${name}: ${passed} passed, ${failed} failed`);
  total.passed += passed;
  total.failed += failed;
}
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed > 0 ? 1 : 0);

/** What a program prints, and how it ends. */
function run(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: project, env: { ...process.env, NO_COLOR: "1" }, stdio: ["ignore", "pipe", "pipe"] });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (text += data));
    child.on("error", (error) => resolve({ code: 1, text: String(error) }));
    child.on("close", (code) => resolve({ code, text }));
  });
}

/** The number that one of these finds, else 0. */
function number(text, ...patterns) {
  const found = patterns.map((pattern) => pattern.exec(text)).find((match) => match !== null);
  return found === undefined ? 0 : Number(found[1]);
}
