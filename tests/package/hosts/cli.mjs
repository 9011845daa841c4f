// For Node, Deno and Bun: prints the result as the last line. The argument is the name of the runtime.
import { scenario } from "../entry.mjs";

const args = globalThis.Deno?.args ?? globalThis.process.argv.slice(2);
console.log(`RESULT ${JSON.stringify(await scenario(args[0]))}`);
