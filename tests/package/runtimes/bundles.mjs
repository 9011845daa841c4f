// What a bundler with minification makes of the package, run in the oldest Node.
import { join } from "node:path";
import { build } from "esbuild";
import { nodeProgram } from "./node.mjs";
import { scenario } from "./process.mjs";

export const runs = ["esm", "cjs"].map((format) => ({
  name: `esbuild ${format}, minified, Node 20`,
  async run(project, name) {
    const outfile = join(project, "bundles", `cli.${format === "esm" ? "mjs" : "cjs"}`);
    // CommonJS has no await at the top: the host of the command line is for modules only.
    const host = format === "esm" ? "tests/hosts/cli.mjs" : "tests/hosts/bundled-cjs.mjs";
    await build({ absWorkingDir: project, entryPoints: [host], outfile, bundle: true, minify: true, format, platform: "node", target: "node20" });
    return scenario(nodeProgram(20), [outfile, name], project);
  },
}));
