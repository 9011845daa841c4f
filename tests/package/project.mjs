// A project as a user has it: a temporary folder with the packed package installed, and the scenario beside it.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const state = process.env.XTASK_STATE ?? join(root, "target/xtask");

/** Packs `pkg/` and installs it. Gives the project's folder. */
export function prepare(name) {
  const folder = join(state, "projects", name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  const [{ filename }] = JSON.parse(npm(["pack", "--json", "--pack-destination", folder], join(root, "pkg")));
  npm(["install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", `./${filename}`], folder);
  for (const [from, to] of [["tests/package", "tests"], ["tests/types", "types"], ["examples", "examples"]]) {
    if (existsSync(join(root, from))) cpSync(join(root, from), join(folder, to), { recursive: true });
  }
  return folder;
}

/** Makes packages of the repository visible in the project, without installing them. */
export function link(folder, ...names) {
  for (const name of names) {
    const target = join(folder, "node_modules", name);
    mkdirSync(dirname(target), { recursive: true });
    if (!existsSync(target)) symlinkSync(join(root, "node_modules", name), target, "junction");
  }
}

/** The files of a folder, as paths relative to it. None when it does not exist. */
export function files(folder, prefix = "") {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? files(join(folder, entry.name), `${prefix}${entry.name}/`) : [`${prefix}${entry.name}`],
  );
}

/** The installed package: its folder, and the file of an import under a condition. */
export function installed(project) {
  const folder = join(project, "node_modules/butt-dial-edge");
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return { folder, manifest, file: (subpath, condition) => manifest.exports[subpath][condition].slice("./".length) };
}

/** A program locked by npm under one of these names, else the machine's own. */
export function program(name, ...paths) {
  const found = paths.map((path) => join(root, "node_modules", path)).find((path) => existsSync(path));
  return found ?? name;
}

function npm(args, cwd) {
  return execFileSync("npm", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}
