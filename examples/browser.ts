// Browsers: with the fake service only. Tokens and webhook secrets belong to the server side.
import { Agent } from "butt-dial-edge";
import { FakeButtDialServer } from "butt-dial-edge/testing";

const server = new FakeButtDialServer();
const agent = new Agent({ baseUrl: server.baseUrl, fetch: server.fetch, agentToken: "any" });
const sent = await agent.sendMessage({ to: "+15555550123", channel: "sms", body: "Hello" });
document.body.append(`${sent.outcome}: ${sent.messageSid}; the service has ${server.sentMessages.length}`);
