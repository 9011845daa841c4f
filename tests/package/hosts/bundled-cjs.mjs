// As cli.mjs, without `await` at the top: bundled to CommonJS, where there is none. That the package has none shows here too.
import { scenario } from "../entry.mjs";

scenario(process.argv[2]).then((result) => console.log(`RESULT ${JSON.stringify(result)}`));
