// Deno, with npm's node_modules and no permissions at all; and its type check of tests/types/ and examples/deno/.
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
      const checked = ["types", "examples/deno"].flatMap((folder) =>
        files(join(project, folder)).filter((file) => file.endsWith(".ts")).map((file) => `${folder}/${file}`),
      );
      await execute(deno, ["check", "--node-modules-dir=manual", "--no-remote", ...checked], { cwd: project });
      return { passed: checked.length, failed: 0, failures: [] };
    },
  },
];
