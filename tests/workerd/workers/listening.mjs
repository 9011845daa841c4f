// A Durable Object that listens, and a plain Worker that must not.
import { Agent } from "butt-dial-edge";
import config from "./config.mjs";

const agent = new Agent({ baseUrl: config.baseUrl, agentToken: "agent-token" });

export class Listener {
  #state;
  #agent = new Agent({ baseUrl: config.baseUrl, agentToken: "agent-token" });
  #heard = [];
  #subscription;
  #connects = 0;

  constructor(state) {
    this.#state = state;
  }

  async fetch(request) {
    const { pathname } = new URL(request.url);
    // The stream is opened by one request, and read while others come and go.
    if (pathname === "/listen") {
      this.#subscription ??= this.#agent.listen({
        durableObject: this.#state,
        onStateChange: ({ connects }) => void (this.#connects = connects),
        onVoicePrompt: ({ messages }) => `heard ${messages[0].text}`,
        onEvent: async (event) => {
          this.#heard.push(event.id);
          if (event.text !== "answer me") return;
          const { outcome } = await this.#agent.sendMessage({ to: event.sender, channel: event.channel, body: `re ${event.id}` });
          this.#heard.push(outcome);
        },
      });
    } else if (pathname === "/close") {
      await this.#subscription.close();
      await this.#subscription.closed;
    }
    return Response.json({ state: this.#subscription.state, connects: this.#connects, heard: this.#heard });
  }
}

export default {
  async fetch(request, env, ctx) {
    if (new URL(request.url).pathname !== "/plain") return env.LISTENER.get(env.LISTENER.idFromName("one")).fetch(request);
    const refusals = [undefined, {}, { durableObject: ctx }, { durableObject: env.LISTENER }, { onEvent() {} }].map((options) => {
      try {
        agent.listen(options);
        return "not refused";
      } catch ({ name, code, message }) {
        return `${name} ${code} ${message.includes("Durable Object")}`;
      }
    });
    return Response.json(refusals);
  },
};
