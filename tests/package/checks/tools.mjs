import { equal, ok, same as sameOrder, thrown } from "../check.mjs";
import { asleep, until } from "../clock.mjs";

/** The same values; the fake service sorts the members of objects. */
const same = (got, want, what) => sameOrder(sorted(got), sorted(want), what);

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, sorted(item)]));
}

/** A service in process that has these tools, and an agent for it. */
function pair({ main, testing }, { tools = [], server: serverOptions, virtual, ...options } = {}) {
  const clock = virtual ? new testing.VirtualClock() : undefined;
  const server = new testing.FakeButtDialServer({ ...serverOptions, ...(clock ? { clock } : {}) });
  server.setTools(["comms_send_message", "comms_ping", ...tools]);
  for (const tool of tools) server.onTool(tool, { ok: true, tool });
  const agent = new main.Agent({
    baseUrl: server.baseUrl, fetch: server.fetch, agentToken: "token-1", legacyQueryToken: serverOptions?.legacy ?? false, ...(clock ? { clock, random: () => 0 } : {}), ...options,
  });
  return { server, agent, clock };
}

const sent = (server) => server.calls.map(({ tool, args }) => [tool, args]);
/** How often the list of tools was asked for. */
const lists = (server) => server.requests.filter(({ body }) => body?.method === "tools/list").length;

const ACTIONS = {
  typing: [{ to: "+1" }, "typing"],
  markRead: [{ messageId: "m" }, "mark_read"],
  react: [{ messageId: "m", emoji: "👍" }, "react"],
  edit: [{ messageId: "m", body: "b" }, "edit"],
  forward: [{ messageId: "m", to: "+1" }, "forward"],
  deleteMessage: [{ messageId: "m" }, "delete"],
  delete: [{ messageId: "m" }, "delete"],
  sendPoll: [{ to: "+1", title: "t", options: ["a", "b"] }, "send_poll"],
  sendButtons: [{ to: "+1", body: "b", buttons: [{ id: "1", label: "l" }] }, "send_buttons"],
  sendLocation: [{ to: "+1", lat: 1.5, lng: -2 }, "send_location"],
  sendContact: [{ to: "+1", vcard: "v" }, "send_contact"],
  postStatus: [{ body: "b" }, "post_status"],
  setChatTtl: [{ chatId: "c", ttlSeconds: 0 }, "set_chat_ttl"],
  sendViewOnce: [{ to: "+1", mediaUrl: "https://m.test/1" }, "send_view_once"],
};

export default {
  "the methods of the table are there, on agents and in scopes"({ main }) {
    for (const name of ["sendMessage", "sendMessages", "callTool", "listTools", "ping", ...Object.keys(ACTIONS), "whatsappAction", "getMe", "makeCall", "checkConsent", "rotateAgentToken", "setClientLimitsSafe", "listTeams"]) {
      const method = main.Agent.prototype[name];
      same([typeof method, method?.name, method?.length], ["function", name, 1], name);
    }
  },
  async "the WhatsApp actions go through one tool"(given) {
    const { server, agent } = pair(given, { tools: ["comms_whatsapp_action"] });
    await agent.session(async (scope) => {
      for (const [method, [options]] of Object.entries(ACTIONS)) same(await scope[method]({ ...options, senderSid: "s", extra: { x: [1] } }), { ok: true, tool: "comms_whatsapp_action" }, method);
    });
    same(sent(server), Object.values(ACTIONS).map(([options, action]) => ["comms_whatsapp_action", { action, ...options, senderSid: "s", x: [1] }]));
    equal(lists(server), 1, "lists of tools");
    await agent.whatsappAction({ action: "archive_chat", chatId: "c", until: null, agentToken: "other" });
    same(server.calls.at(-1).args, { action: "archive_chat", chatId: "c", until: null });
    equal(server.lastToken, "other");
  },
  async "an action that has a tool of its own goes there, once the list says so"(given) {
    const { server, agent } = pair(given, { tools: ["comms_whatsapp_action", "comms_whatsapp_react"] });
    const answers = await agent.session((scope) => Promise.all([1, 2, 3].map((n) => (n < 3 ? scope.react({ messageId: `${n}`, emoji: "e" }) : scope.edit({ messageId: "3", body: "b" })))));
    same(answers.map(({ tool }) => tool), ["comms_whatsapp_react", "comms_whatsapp_react", "comms_whatsapp_action"]);
    same(sent(server), [
      ["comms_whatsapp_react", { messageId: "1", emoji: "e" }],
      ["comms_whatsapp_react", { messageId: "2", emoji: "e" }],
      ["comms_whatsapp_action", { action: "edit", messageId: "3", body: "b" }],
    ]);
    equal(lists(server), 1, "lists of tools");
  },
  async "what a provider cannot do is thrown, with the action"(given) {
    const { main } = given;
    const { server, agent } = pair(given);
    server.onTool("comms_whatsapp_action", { error: "not here", code: "PROVIDER_UNSUPPORTED", channel: "whatsapp", provider: "greenapi" });
    const error = await thrown(() => agent.postStatus({ body: "b" }));
    ok(error instanceof main.ProviderCapabilityError && error instanceof main.ChannelError, `${error}`);
    same([error.code, error.message, error.action, error.channel, error.provider, error.body?.provider], ["PROVIDER_UNSUPPORTED", "not here", "post_status", "whatsapp", "greenapi", "greenapi"]);
    equal(server.calls.length, 1, "tried again");
  },
  async "tools take their arguments, their defaults, and nothing unknown"(given) {
    const { main } = given;
    const { server, agent } = pair(given, { tools: ["comms_make_call", "comms_get_session", "comms_find_agent", "comms_update_profile", "comms_get_me"] });
    await agent.makeCall({ to: "+1", greeting: "", voice: undefined });
    await agent.getSession({ sessionId: "s" });
    await agent.findAgent();
    await agent.updateProfile({ greeting: null, gender: "neutral" });
    same(sent(server), [
      ["comms_make_call", { to: "+1", greeting: "" }],
      ["comms_get_session", { sessionId: "s", historyLimit: 20 }],
      ["comms_find_agent", { includeSelf: true, includeDraft: true }],
      ["comms_update_profile", { greeting: null, gender: "neutral" }],
    ]);
    equal(lists(server), 0, "lists of tools nobody needs");
    for (const [method, options] of [["makeCall", {}], ["makeCall", { to: 1 }], ["makeCall", { to: "+1", too: "x" }], ["getMe", { x: 1 }], ["typing", { to: "+1", extra: { action: "delete" } }]]) {
      const error = await thrown(() => agent[method](options));
      ok(error instanceof main.ConfigError && error.message.startsWith(`${method}: `), `${method}: ${error}`);
    }
    equal(server.calls.length, 4, "calls");
  },
  async "answers are objects in camel case, and errors are thrown"(given) {
    const { main } = given;
    const { server, agent } = pair(given);
    server.onTool("comms_get_me", { agent_id: "a", status: "active", _source: "x" });
    same(await agent.getMe(), { agentId: "a", status: "active", _source: "x" });
    server.onTool("comms_message_agent", "queued");
    same(await agent.messageAgent({ toAgent: "a", body: "b" }), { raw: "queued" });
    server.onTool("comms_send_otp", { error: "no sender", code: "NO_CHANNEL_ASSIGNED", channel: "sms" });
    ok((await thrown(() => agent.sendOtp({ to: "+1", channel: "sms" }))) instanceof main.NoChannelAssigned, "by its code");
    server.onTool("comms_get_income", { error: "not for you", code: "SOMETHING_NEW" });
    const error = await thrown(() => agent.getIncome());
    ok(error instanceof main.ToolError, `${error}`);
    same([error.toolName, error.code, error.serverCode, error.message, error.stage], ["comms_get_income", "SOMETHING_NEW", "SOMETHING_NEW", "not for you", "server"]);
    const missing = await thrown(() => agent.getUsageDashboard());
    same([missing.name, missing.code, missing.toolName], ["ToolError", "UNKNOWN_TOOL", "comms_get_usage_dashboard"]);
  },
  async "servers of different age get the names they know"(given) {
    const now = pair(given, { tools: ["comms_check_consent", "comms_verify_otp", "comms_expand_client_pool", "comms_onboard_customer", "comms_create_team"] });
    const old = pair(given, { server: { legacy: true }, tools: ["comms_check_consent", "comms_verify_otp", "comms_expand_agent_pool", "comms_onboard_customer", "comms_create_organization"] });
    for (const { agent } of [now, old]) {
      await agent.session(async (scope) => {
        await scope.checkConsent({ contact: "+1", channel: "sms" });
        await scope.verifyOtp({ code: "1", to: "+1" });
        await scope.expandClientPool({ maxAgents: 5, confirm: true });
        await scope.onboardCustomer({ agentName: "n", capabilities: { phone: true } });
        await scope.createTeam({ name: "n", slug: "s" });
      });
    }
    same(sent(now.server), [
      ["comms_check_consent", { contact: "+1", channel: "sms" }],
      ["comms_verify_otp", { code: "1", to: "+1" }],
      ["comms_expand_client_pool", { maxAgents: 5, confirm: true }],
      ["comms_onboard_customer", { agentName: "n", capabilities: { phone: true } }],
      ["comms_create_team", { name: "n", slug: "s" }],
    ]);
    same(sent(old.server), [
      ["comms_check_consent", { contactAddress: "+1", channel: "sms" }],
      ["comms_verify_otp", { code: "1", contactAddress: "+1" }],
      ["comms_expand_agent_pool", { maxAgents: 5, confirm: true }],
      ["comms_onboard_customer", { displayName: "n", capabilities: { phone: true } }],
      ["comms_create_organization", { name: "n", slug: "s" }],
    ]);
    same([lists(now.server), lists(old.server)], [1, 1], "lists of tools");
  },
  async "a preview is not asked of a server that would act"(given) {
    const now = pair(given, { tools: ["comms_deprovision_channels"] });
    const old = pair(given, { server: { legacy: true }, tools: ["comms_deprovision_channels"] });
    await now.agent.deprovisionChannels();
    const error = await thrown(() => old.agent.deprovisionChannels());
    ok(error instanceof given.main.ConfigError && error.message.includes("preview"), `${error}`);
    await old.agent.deprovisionChannels({ confirm: true });
    same([sent(now.server), sent(old.server)], [[["comms_deprovision_channels", { confirm: false }]], [["comms_deprovision_channels", { confirm: true }]]]);
  },
  async "only what reads is tried again"(given) {
    const { server, agent, clock } = pair(given, { virtual: true, tools: ["comms_get_me", "comms_make_call"] });
    server.onRequest({ path: "/sse", status: 503 });
    const reading = agent.getMe();
    await asleep(clock, 2000);
    await clock.advance(2000);
    same(await reading, { ok: true, tool: "comms_get_me" });
    server.onRequest({ path: "/sse", status: 503 });
    const error = await thrown(() => agent.makeCall({ to: "+1" }));
    same([error.status, error.retryable], [503, true]);
    server.onTool("comms_make_call", () => new Promise(() => {}));
    const late = thrown(() => agent.makeCall({ to: "+1", timeoutMs: 1000 }));
    await until(clock, () => server.calls.length === 2, "the call");
    await clock.advance(1000);
    ok((await late) instanceof given.main.DeadlineError, "the deadline");
    equal(server.calls.length, 2);
    const stopped = new AbortController();
    const reason = new Error("enough");
    stopped.abort(reason);
    equal(await thrown(() => agent.getMe({ signal: stopped.signal })), reason);
  },
  async "a refused token is tried once, however many wait for the list of tools"(given) {
    const { server, agent } = pair(given, { server: { tokens: { other: "agent" } }, tools: ["comms_whatsapp_action"] });
    const errors = await agent.session((scope) => Promise.all([1, 2, 3].map(() => thrown(() => scope.typing({ to: "+1" })))));
    for (const error of errors) ok(error instanceof given.main.AuthInvalidTokenError, `${error}`);
    equal(server.requests.length, 1, "requests");
  },
};
