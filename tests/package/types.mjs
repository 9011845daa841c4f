// Strict `tsc` over the type tests and the examples, against the packed package, as each kind of project has it. Every
// project compiles tests/types/ and its own examples/ (Deno checks its own); Node's also the programs of docs/intro/. Prints a line for each project, and the counts at the end.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { files, link, prepare, root } from "./project.mjs";
import { execute } from "./runtimes/process.mjs";

const STRICT = {
  strict: true,
  noEmit: true,
  target: "es2022",
  module: "nodenext",
  skipLibCheck: false,
  exactOptionalPropertyTypes: true,
  noUnusedLocals: true,
  noUncheckedIndexedAccess: true,
};
const DOM = { lib: ["es2022", "dom", "dom.iterable"], types: [] };
const bundler = { module: "esnext", moduleResolution: "bundler" };

const PROJECTS = {
  "browser, bundler": { examples: ["browser"], options: { ...DOM, ...bundler } },
  "browser, nodenext": { examples: ["browser"], options: DOM },
  "Workers, bundler": { examples: ["worker"], options: { lib: ["es2022"], types: ["@cloudflare/workers-types"], ...bundler } },
  "Node, nodenext": { examples: ["node", "bun", "fake", "send", "listen", "onboarding"], docs: true, options: { lib: ["es2022"], types: ["node"] } },
};

const project = prepare("types");
link(project, "@types/node", "undici-types", "@cloudflare/workers-types");
const sources = (folder) => files(join(project, folder)).filter((file) => file.endsWith(".ts")).map((file) => `${folder}/${file}`);
// examples/NAME.ts, examples/NAME/ and examples/NAME.*.ts.
const examplesOf = (name) => sources("examples").filter((file) => [`examples/${name}.`, `examples/${name}/`].some((start) => file.startsWith(start)));
/** The programs of docs/intro/, each as a file of the project. */
function programs() {
  const intro = join(root, "docs/intro");
  mkdirSync(join(project, "docs"), { recursive: true });
  return files(intro).flatMap((page) =>
    [...readFileSync(join(intro, page), "utf8").matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, program], place) => {
      const file = `docs/${page.replace(".md", "")}.${place}.ts`;
      writeFileSync(join(project, file), program);
      return file;
    }),
  );
}

let passed = 0;
let failed = 0;

for (const [name, { examples, docs, options }] of Object.entries(PROJECTS)) {
  const compiled = [...sources("types"), ...examples.flatMap(examplesOf), ...(docs ? programs() : [])];
  const config = `tsconfig.${examples[0]}.${options.moduleResolution ?? "nodenext"}.json`;
  writeFileSync(join(project, config), JSON.stringify({ compilerOptions: { ...STRICT, ...options }, files: compiled }));
  try {
    if (compiled.length === 0) throw new Error("no files");
    await execute(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", config], { cwd: project });
    console.log(`${name}: ${compiled.length} files`);
    passed += compiled.length;
  } catch (error) {
    console.log(`${name}: ${error.message}`);
    failed += 1;
  }
}

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
