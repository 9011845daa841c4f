// What every runtime runs. A new check is an entry in a file of checks/, a new file a line in the list here. A check gets
// `{ main, webhooks, testing, runtime }`: the imported modules and the name of the runtime.
import accounts from "./checks/accounts.mjs";
import errors from "./checks/errors.mjs";
import fake from "./checks/fake.mjs";
import globals from "./checks/globals.mjs";
import inbound from "./checks/inbound.mjs";
import listen from "./checks/listen.mjs";
import sending from "./checks/sending.mjs";
import surface from "./checks/surface.mjs";
import tools from "./checks/tools.mjs";
import verification from "./checks/verification.mjs";

// The globals come last: all others have done what they do by then.
const files = { surface, verification, errors, fake, sending, tools, inbound, accounts, listen, globals };

/** Runs all checks, one after the other. */
export async function run(given) {
  const failures = [];
  let passed = 0;
  for (const [file, checks] of Object.entries(files)) {
    for (const [name, check] of Object.entries(checks)) {
      try {
        await check(given);
        passed += 1;
      } catch (error) {
        failures.push(`${file}: ${name}: ${error?.stack ?? error}`);
      }
    }
  }
  return { passed, failed: failures.length, failures };
}
