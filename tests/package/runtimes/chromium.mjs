// Headless Chromium: bundled by vite, unbundled through an import map, and the page of the repository.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "vite";
import { installed, root } from "../project.mjs";
import { withBrowser } from "./webdriver.mjs";
import { serve } from "./serve.mjs";

const WAIT = "const done = arguments[0]; globalThis.__scenario.then(done, (error) => done({ passed: 0, failed: 1, failures: [String(error?.stack ?? error)] }));";

export const runs = [
  { name: "Chromium, bundled by vite", needsBrowser: true, run: bundled },
  { name: "Chromium, unbundled", needsBrowser: true, run: unbundled },
  { name: "Chromium, www/index.html", needsBrowser: true, run: page },
];

async function bundled(project, name) {
  const html = '<!doctype html><meta charset="utf-8"><script type="module" src="./tests/hosts/browser.mjs"></script>\n';
  writeFileSync(join(project, "index.html"), html);
  await build({ root: project, configFile: false, logLevel: "error", build: { outDir: "vite" } });
  return inBrowser({ "/": join(project, "vite") }, `/?runtime=${encodeURIComponent(name)}`, WAIT);
}

async function unbundled(project, name) {
  const { folder, file } = installed(project);
  const imports = Object.fromEntries(
    [".", "./webhooks", "./testing"].map((subpath) => [`butt-dial-edge${subpath.slice(1)}`, `/package/${file(subpath, "default")}`]),
  );
  const map = `<script type="importmap">${JSON.stringify({ imports })}</script>`;
  const html = `<!doctype html><meta charset="utf-8">${map}<script type="module" src="/tests/hosts/browser.mjs"></script>\n`;
  writeFileSync(join(project, "unbundled.html"), html);
  const folders = { "/package/": folder, "/": project };
  return inBrowser(folders, `/unbundled.html?runtime=${encodeURIComponent(name)}`, WAIT);
}

/** The page as it is in the repository, with the installed package where it expects `pkg/`. */
async function page(project) {
  const folders = { "/www/": join(root, "www"), "/pkg/": installed(project).folder };
  const script = readFileSync(join(project, "tests/page.js"), "utf8");
  return inBrowser(folders, "/www/index.html", script);
}

async function inBrowser(folders, path, script) {
  const server = await serve(folders);
  try {
    return await withBrowser((browser) => browser.open(`${server.origin}${path}`, script));
  } finally {
    server.close();
  }
}
