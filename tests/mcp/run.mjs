// The agent against the official MCP SDK's server, in the runtimes that can run that server.
import { testFiles } from "../package/runtimes/testfiles.mjs";

process.exit(await testFiles("mcp", "@modelcontextprotocol/sdk", "zod"));
