// Driving Chromium by WebDriver, which is plain HTTP. CHROME and CHROMEDRIVER say where they are.
import { spawn } from "node:child_process";

const ARGS = ["headless", "no-sandbox", "disable-dev-shm-usage", "disable-gpu"];

/** Starts a browser, hands it to `use`, and ends it. */
export async function withBrowser(use) {
  const driver = spawn(process.env.CHROMEDRIVER ?? "chromedriver", ["--port=0"], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const origin = await ready(driver);
    const chrome = { args: ARGS, ...(process.env.CHROME ? { binary: process.env.CHROME } : {}) };
    const capabilities = { alwaysMatch: { browserName: "chrome", "goog:chromeOptions": chrome, "goog:loggingPrefs": { browser: "ALL" } } };
    const { sessionId } = await call(`${origin}/session`, { capabilities });
    const session = `${origin}/session/${sessionId}`;
    try {
      return await use({ open: (url, script) => open(session, url, script) });
    } finally {
      await fetch(session, { method: "DELETE" });
    }
  } finally {
    driver.kill();
  }
}

/** Opens a page and gives what the script hands to its callback. A failure carries what the console has. */
async function open(session, url, script) {
  await call(`${session}/timeouts`, { script: 30_000, pageLoad: 30_000 });
  await call(`${session}/url`, { url });
  try {
    return await call(`${session}/execute/async`, { script, args: [] });
  } catch (error) {
    const log = await call(`${session}/se/log`, { type: "browser" }).catch(() => []);
    throw new Error(`${error.message}\n${log.map(({ message }) => message).join("\n")}`);
  }
}

function ready(driver) {
  return new Promise((resolve, reject) => {
    let printed = "";
    driver.on("error", reject);
    driver.on("close", (code) => reject(new Error(`chromedriver ended with ${code}: ${printed}`)));
    driver.stdout.on("data", (data) => {
      printed += data;
      const port = /started successfully on port (\d+)/.exec(printed)?.[1];
      if (port) resolve(`http://127.0.0.1:${port}`);
    });
  });
}

async function call(url, body) {
  const response = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  const { value } = await response.json();
  if (!response.ok) throw new Error(`${value.error}: ${value.message}`);
  return value;
}
