// The recorded cases, and which of them are run.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const AGENT_METHODS = ["sendMessage", "callTool", "ping", "listTools"];

/** The files, and which cases of them: all, but where only a part of the methods is there yet. */
export const FILES = {
  webhook_signature: () => true,
  whatsapp_signature: () => true,
  whatsapp_payload: () => true,
  generic_payload: () => true,
  error_response: () => true,
  accounts_requests: () => true,
  agent_rest: () => true,
  agent_tools: () => true,
};

/** The cases of a file, none if the file is not there: `name`, `input`, `expected`, and `flags`, the names of those that are set. */
export function cases(directory, file) {
  const path = join(directory, `${file}.json`);
  if (!existsSync(path)) return [];
  return JSON.parse(readFileSync(path, "utf8")).cases.filter(FILES[file]).map(({ name, input, expected, ...flags }) => ({
    file, name, input, expected, flags: Object.keys(flags).filter((flag) => flags[flag] === true),
  }));
}
