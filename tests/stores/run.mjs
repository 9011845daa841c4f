// The stores that come with the package, in every runtime that can run test files.
import { testFiles } from "../package/runtimes/testfiles.mjs";

process.exit(await testFiles("stores"));
