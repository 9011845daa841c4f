// workerd, at an old and at the current compatibility date: bundled, and as the unbundled modules of the package.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { Miniflare, supportedCompatibilityDate } from "miniflare";
import { files, installed } from "../project.mjs";

const DATES = ["2024-09-23", supportedCompatibilityDate];

export const runs = DATES.flatMap((date) => [
  { name: `workerd ${date}, bundled`, run: async (project, name) => inWorkerd(await bundle(project, "tests/hosts/worker.mjs"), date, name) },
  { name: `workerd ${date}, unbundled`, run: (project, name) => inWorkerd(unbundled(project), date, name) },
]);

async function inWorkerd(modules, compatibilityDate, name) {
  const miniflare = new Miniflare({ modules, compatibilityDate });
  try {
    const response = await miniflare.dispatchFetch(`http://worker/?runtime=${encodeURIComponent(name)}`);
    if (!response.ok) throw new Error(`workerd answered ${response.status}: ${await response.text()}`);
    return await response.json();
  } finally {
    await miniflare.dispose();
  }
}

/** One minified script, as wrangler makes it, and the wasm files beside it: modules for Miniflare. */
export async function bundle(project, entry) {
  const wasm = [];
  const { outputFiles } = await build({
    absWorkingDir: project,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    conditions: ["workerd", "worker", "browser"],
    write: false,
    plugins: [
      {
        name: "wasm-beside",
        setup(context) {
          context.onResolve({ filter: /\.wasm$/ }, ({ path, resolveDir }) => {
            const name = `./${path.split("/").at(-1)}`;
            wasm.push({ type: "CompiledWasm", path: name.slice(2), contents: readFileSync(join(resolveDir, path)) });
            return { path: name, external: true };
          });
        },
      },
    ],
  });
  return [{ type: "ESModule", path: "worker.js", contents: outputFiles[0].text }, ...wasm];
}

/** Every file as it is. The bare names, which workerd does not look up in node_modules, are modules that point at the files. */
function unbundled(project) {
  const { folder, file, manifest } = installed(project);
  const module = (path, from) => ({
    type: path.endsWith(".wasm") ? "CompiledWasm" : "ESModule",
    path,
    contents: readFileSync(from),
  });
  const tests = files(join(project, "tests"))
    .filter((path) => /^(hosts\/worker|entry|scenario|globals|check|clock|checks\/.*)\.mjs$/.test(path))
    .map((path) => module(`tests/${path}`, join(project, "tests", path)));
  const used = files(folder).filter((path) => /^dist\/.*\.(js|wasm)$/.test(path) && !/\.(deno|edge-light|inline)\.js$/.test(path));
  const names = Object.keys(manifest.exports)
    .filter((subpath) => manifest.exports[subpath].workerd)
    .map((subpath) => ({
      type: "ESModule",
      path: `tests/butt-dial-edge${subpath.slice(1)}`,
      contents: `export * from "${"../".repeat(subpath.split("/").length)}package/${file(subpath, "workerd")}";`,
    }));
  const start = { type: "ESModule", path: "start.js", contents: 'export { default } from "./tests/hosts/worker.mjs";' };
  return [start, ...tests, ...names, ...used.map((path) => module(`package/${path}`, join(folder, path)))];
}
