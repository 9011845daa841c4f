// Deno, with npm's node_modules and no permissions at all; and its type check.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { program } from "../project.mjs";
import { execute, scenario } from "./process.mjs";

const deno = program("deno", "@deno/linux-x64-glibc/deno");
const flags = ["--node-modules-dir=manual", "--no-remote", "--no-prompt"];

const TYPES = `import { ConfigError, verifyWebhookSignature } from "butt-dial-edge";
import { verifyWebhookSignature as small } from "butt-dial-edge/webhooks";
import * as testing from "butt-dial-edge/testing";

const options = { rawBody: "", timestampHeader: null, signatureHeader: null, secret: ["a", "b"] };
export const verified: boolean = verifyWebhookSignature(options) && small(options);
export const code: string = new ConfigError("x").code;
export const names: string[] = Object.keys(testing);
`;

export const runs = [
  { name: "Deno, no permissions", run: (project, name) => scenario(deno, ["run", ...flags, "tests/hosts/cli.mjs", name], project) },
  {
    name: "Deno, type check",
    async run(project) {
      writeFileSync(join(project, "types.deno.ts"), TYPES);
      await execute(deno, ["check", ...flags.slice(0, 2), "types.deno.ts"], { cwd: project });
      return { passed: 1, failed: 0, failures: [] };
    },
  },
];
