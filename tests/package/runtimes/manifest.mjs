// The installed package itself: what its package.json says is there, and nothing else is.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { files, installed, root } from "../project.mjs";

const DOCUMENTS = ["CHANGELOG.md", "LICENSE", "README.md", "package.json"];

const checks = {
  "every file that package.json names is there"({ folder, manifest }) {
    const named = [manifest.main, manifest.types, ...manifest.sideEffects, ...targets(manifest.exports)];
    return named.filter((path) => !existsSync(join(folder, path)));
  },
  "types come first and the default last"({ manifest }) {
    return Object.entries(manifest.exports)
      .filter(([, target]) => typeof target === "object")
      .filter(([, target]) => Object.keys(target).at(0) !== "types" || Object.keys(target).at(-1) !== "default")
      .map(([subpath]) => subpath);
  },
  "the version is the crate's"({ manifest }) {
    const version = /^version = "(.*)"$/m.exec(readFileSync(join(root, "Cargo.toml"), "utf8"))[1];
    return version === manifest.version ? [] : [`${manifest.version} is not ${version}`];
  },
  "it holds dist/ and the documents, and runs no scripts"({ folder, manifest }) {
    const strangers = files(folder).filter((path) => !path.startsWith("dist/") && !DOCUMENTS.includes(path));
    return [...strangers, ...Object.keys(manifest.scripts ?? {}), ...Object.keys(manifest.dependencies ?? {})];
  },
};

export const runs = [
  {
    name: "package.json",
    async run(project) {
      const failures = Object.entries(checks)
        .map(([name, check]) => [name, check(installed(project))])
        .filter(([, wrong]) => wrong.length > 0)
        .map(([name, wrong]) => `${name}: ${wrong.join(", ")}`);
      return { passed: Object.keys(checks).length - failures.length, failed: failures.length, failures };
    },
  },
];

function targets(exports) {
  return Object.values(exports).flatMap((target) => (typeof target === "string" ? [target] : Object.values(target)));
}
