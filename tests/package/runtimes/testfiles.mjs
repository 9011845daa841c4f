// Test files in the runtimes that have `node:test` and `node:http`, against the packed package.
import { spawn } from "node:child_process";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { files, link, prepare, program, root } from "../project.mjs";
import { nodeProgram } from "./node.mjs";

const bun = program("bun", `@oven/bun-${process.platform}-${process.arch === "arm64" ? "aarch64" : process.arch}/bin/bun`);
const deno = program("deno", "@deno/linux-x64-glibc/deno");

/**
 * Runs the `*.test.mjs` of a folder of tests/ in Node 20 and 24, Bun and Deno, with packages of the repository at hand. Prints
 * `RUNTIME: N passed, N failed` for each, and `N passed, N failed` at the end. Gives the exit code.
 */
export async function testFiles(folder, ...packages) {
  const project = prepare(folder);
  link(project, ...packages);
  cpSync(join(root, "tests", folder), join(project, folder), { recursive: true });
  const tests = files(join(project, folder)).filter((file) => file.endsWith(".test.mjs")).map((file) => `./${folder}/${file}`);
  const runtimes = {
    "Node 20": [nodeProgram(20), ["--test", "--test-reporter=tap", ...tests]],
    "Node 24": [nodeProgram(24), ["--test", "--test-reporter=tap", ...tests]],
    Bun: [bun, ["test", ...tests]],
    Deno: [deno, ["test", "-A", "--no-check", "--node-modules-dir=manual", "--no-remote", ...tests]],
  };

  const total = { passed: 0, failed: 0 };
  for (const [name, [command, args]] of Object.entries(runtimes)) {
    const { code, text } = await run(command, args, project);
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
  return total.failed > 0 ? 1 : 0;
}

/** What a program prints, and how it ends. */
function run(command, args, cwd) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, NO_COLOR: "1" }, stdio: ["ignore", "pipe", "pipe"] });
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
