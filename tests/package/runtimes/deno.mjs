// Deno, with npm's node_modules and no permissions at all; and its type check of tests/types/ and its examples.
import { join } from "node:path";
import { files, program } from "../project.mjs";
import { execute, scenario } from "./process.mjs";

const deno = program("deno", "@deno/linux-x64-glibc/deno");
const flags = ["--node-modules-dir=manual", "--no-remote", "--no-prompt"];

export const runs = [
  { name: "Deno, no permissions", run: (project, name) => scenario(deno, ["run", ...flags, "tests/hosts/cli.mjs", name], project) },
  {
    name: "Deno, type check",
    async run(project) {
      const types = files(join(project, "types")).map((file) => `types/${file}`);
      const examples = files(join(project, "examples")).map((file) => `examples/${file}`);
      const checked = [...types, ...examples.filter((file) => /^examples\/deno[./]/.test(file))].filter((file) => file.endsWith(".ts"));
      await execute(deno, ["check", "--node-modules-dir=manual", "--no-remote", ...checked], { cwd: project });
      return { passed: checked.length, failed: 0, failures: [] };
    },
  },
];
