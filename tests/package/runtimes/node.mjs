// Node, by import and by require.
import { program } from "../project.mjs";
import { scenario } from "./process.mjs";

const cpu = process.arch;
const os = process.platform;

/** The locked Node of a major version. */
export const nodeProgram = (major) => program("node", `node${major}-${os}-${cpu}/bin/node`);

export const runs = [20, 24].flatMap((major) => [
  { name: `Node ${major}, import`, run: (project, name) => scenario(nodeProgram(major), ["tests/hosts/cli.mjs", name], project) },
  { name: `Node ${major}, require`, run: (project, name) => scenario(nodeProgram(major), ["tests/hosts/require.cjs", name], project) },
]);
