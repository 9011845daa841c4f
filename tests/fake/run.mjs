// The tests of the fake service, in the runtimes that can serve it.
import { testFiles } from "../package/runtimes/testfiles.mjs";

process.exit(await testFiles("fake", "@modelcontextprotocol/sdk"));
