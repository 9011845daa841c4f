// Answers what it hears live, in a long-lived process.
import { Agent } from "butt-dial-edge";

const agent = Agent.fromEnv();

for await (const event of agent.listen()) {
  if (event.type === "message") await agent.sendMessage({ to: event.sender, channel: event.channel, body: "Got it" });
}
