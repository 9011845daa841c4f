// Prints what each module weighs: `NAME: RAW raw, GZIP gzip`. Counted is what the workerd entry loads, minified into one
// file, and the wasm beside it; then the inline entry, which has the wasm in it. Arguments: the package, then name=face pairs.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { buildSync } from "esbuild";

const [pkg, ...modules] = process.argv.slice(2);

for (const pair of modules) {
  const [name, face] = pair.split("=");
  const wasm = readFileSync(join(pkg, "dist/glue", `${name}.wasm`));
  print(name, minified(`${face}.workerd.js`), wasm);
  print(`${name} (inline)`, minified(`${face}.inline.js`));
}

function minified(entry) {
  const { outputFiles } = buildSync({
    entryPoints: [join(pkg, "dist", entry)],
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    external: ["*.wasm"],
    legalComments: "none",
    write: false,
  });
  return outputFiles[0].contents;
}

function print(name, ...files) {
  const sum = (size) => files.reduce((total, file) => total + size(file), 0);
  console.log(`${name}: ${sum((file) => file.length)} raw, ${sum((file) => gzipSync(file, { level: 9 }).length)} gzip`);
}
