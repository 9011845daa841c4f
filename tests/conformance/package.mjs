// The built package as a user's Node finds it: by name, through node_modules and its `exports`.

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

/** `{ main, webhooks }`: the modules of the package in this directory. */
export async function load(directory) {
  const home = mkdtempSync(join(tmpdir(), "conformance-"));
  try {
    mkdirSync(join(home, "node_modules"));
    symlinkSync(resolve(directory), join(home, "node_modules", "butt-dial-edge"), "junction");
    const entry = join(home, "entry.mjs");
    writeFileSync(entry, 'export * as main from "butt-dial-edge";\nexport * as webhooks from "butt-dial-edge/webhooks";\n');
    return await import(pathToFileURL(entry));
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
