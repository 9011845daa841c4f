// Running the scenario in a process of its own.
import { spawn } from "node:child_process";

/** Runs a program; fails with what it printed when it does not exit with 0. */
export function execute(program, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    let out = "";
    let all = "";
    child.stdout.on("data", (data) => ((out += data), (all += data)));
    child.stderr.on("data", (data) => (all += data));
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve(out) : reject(new Error(`${program} ${args.join(" ")}: exit ${code}\n${all}`))));
  });
}

/** Runs a host of the scenario; gives the result that it prints. */
export async function scenario(program, args, cwd) {
  const out = await execute(program, args, { cwd });
  const line = out.split("\n").find((line) => line.startsWith("RESULT "));
  if (line === undefined) throw new Error(`no result from ${program}\n${out}`);
  return JSON.parse(line.slice("RESULT ".length));
}
