// Bun, by import and by require.
import { program } from "../project.mjs";
import { scenario } from "./process.mjs";

const cpu = process.arch === "arm64" ? "aarch64" : process.arch;
const bun = program("bun", `@oven/bun-${process.platform}-${cpu}/bin/bun`);

export const runs = [
  { name: "Bun, import", run: (project, name) => scenario(bun, ["tests/hosts/cli.mjs", name], project) },
  { name: "Bun, require", run: (project, name) => scenario(bun, ["tests/hosts/require.cjs", name], project) },
];
