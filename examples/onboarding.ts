// From sign-up to an agent: node onboarding.ts "Acme" owner@acme.example https://app.acme.example/webhooks
import { randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { AccountsClient, Agent } from "butt-dial-edge";
import type { OnboardingState } from "butt-dial-edge";

const [orgName = "Acme", ownerEmail = "owner@acme.example", webhookUrl = "https://app.acme.example/webhooks"] = process.argv.slice(2);
const accounts = AccountsClient.fromEnv({ logger: console });

// The state survives a restart: the next run goes on with it. It holds secrets, so a real host encrypts it.
const stored: OnboardingState | null = await readFile("onboarding.json", "utf8").then(JSON.parse, () => null);
const handshake = stored ? accounts.resumeOnboarding({ state: stored }) : await accounts.startOnboarding({ orgName, ownerEmail, webhookUrl });
await writeFile("onboarding.json", JSON.stringify(handshake.state), { mode: 0o600 });

console.log(`waiting for ${ownerEmail} to click`);
const workspace = await handshake.wait();
const { agentId, token } = await workspace.accounts.registerAgent(randomUUID(), "Maya");
const agent = new Agent({ baseUrl: accounts.baseUrl, agentId, agentToken: token });
console.log(await agent.getSelf());
