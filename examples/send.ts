// The least there is: one message.
import { Agent } from "butt-dial-edge";

const agent = new Agent({ baseUrl: "https://call.95percent.ai", agentToken: process.env["BUTT_DIAL_AGENT_TOKEN"] ?? "" });
const result = await agent.sendMessage({ to: "+14155550123", channel: "sms", body: "Hello from the edge" });
console.log(result.outcome, result.messageSid); // "sent" "SM…"
