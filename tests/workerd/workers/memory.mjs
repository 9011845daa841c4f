// A batch of webhooks within one request: verified, parsed, deduped, dispatched; one in fifty is answered by a send.
import { instances, size } from "./spy.mjs";
import { Agent, InboundHandler } from "butt-dial-edge";
import { FakeButtDialServer, fixtures, signedWebhook, signedWhatsapp } from "butt-dial-edge/testing";

// Made by the first request: there is no randomness before.
let service;
// An agent by the environment is the way to give it a token; nobody frees it.
const agent = ({ token }) => new Agent({ baseUrl: "https://butt-dial.test", fetch: (request) => service.fetch(request), agentToken: token });
const inbound = new InboundHandler({ webhookSecret: ({ claimedOrgId }) => claimedOrgId && "whsec", whatsappWebhookSecret: "meta-secret", agent });
const counts = { messages: 0, sends: 0, accounts: 0 };

inbound.onMessage(async (message, { agent }) => {
  counts.messages += 1;
  if (!message.text.startsWith("answer")) return;
  const { outcome, error } = await agent.sendMessage({ to: message.sender, channel: message.channel, body: message.text });
  if (outcome !== "sent") throw new Error(error);
  counts.sends += 1;
});
inbound.onAccountVerified(() => void (counts.accounts += 1));
inbound.onError((error) => console.error(String(error)));

const whatsapp = (number, text) => signedWhatsapp({ secret: "meta-secret", body: fixtures.whatsapp({ id: `wamid.${number}`, text }) });
const account = (number, secret) => signedWebhook({ secret, body: fixtures.accountVerified({ orgId: `org-${number}`, teamToken: "t" }) });

const text = (number) => `${number % 50 === 0 ? "answer" : "message"} ${number}`;

/** What is sent in under a number, and the status that is due. */
async function one(number, env) {
  switch (number % 10) {
    case 1:
      return expect(account(number, "another"), 401, env);
    case 2:
      return expect(whatsapp(number - 2, text(number - 2)), 200, env); // a repeat
    case 3:
    case 4:
      return expect(account(number, "whsec"), 200, env);
    default:
      return expect(whatsapp(number, text(number)), 200, env);
  }
}

async function expect(request, status, env) {
  const answer = await inbound.fetch(request, env);
  if (answer.status !== status) throw new Error(`${answer.status} instead of ${status}`);
}

export default {
  async fetch(request, env) {
    const { searchParams } = new URL(request.url);
    const from = Number(searchParams.get("from"));
    const count = Number(searchParams.get("count"));
    service ??= new FakeButtDialServer({ recordRequests: false });
    const before = service.sentMessages.length;
    for (let number = from; number < from + count; number += 10) {
      await one(number, env);
      await Promise.all(Array.from({ length: 9 }, (_, index) => one(number + 1 + index, env)));
    }
    const taken = service.sentMessages.length - before;
    service.reset();
    return Response.json({ ...counts, taken, streams: service.openStreams, modules: instances.length, ...size() });
  },
};
