/** @file `butt-dial-edge`. */

import { ConfigError } from "./errors.js";
import { Agent, AgentScope, InboundHandler as WasmInboundHandler } from "./glue/main.js";
import { MemoryDedupe } from "./stores/memory.js";

export {
  ButtDialError, ConfigError, TransportError, DeadlineError, ProtocolError, InternalError, AuthError,
  AuthMissingHeaderError, AuthInvalidTokenError, AuthTokenRevokedError, AuthLockedOutError, RateLimitError,
  ChannelError, ProviderCapabilityError, NotProvisioned, NoChannelAssigned, ProviderWebhookWireFailed,
  ToolError, AccountsError, OnboardingRequired, EmailAlreadyRegistered, VerificationTokenExpired,
  PhoneNotConfigured, OTPInvalid, OTPExpired, OTPMaxAttempts, ChallengeNotFound, TokenRevoked, AgentNotFound,
  AgentNotProvisioned,
} from "./errors.js";
export {
  parseErrorResponse, parseInbound, receiveWebhook, verifyWebhookSignature, verifyWhatsappSignature, verifyWhatsappSubscription,
} from "./glue/main.js";
export { VERSION } from "./version.js";
export { Agent };

// Hosts without the symbol have no `await using` that could ask for it.
if (Symbol.asyncDispose) {
  Object.defineProperty(Agent.prototype, Symbol.asyncDispose, { value() { return this.close(); }, configurable: true, writable: true });
}

// A scope's agent is freed with its scope. Whoever kept it gets a rejection that says so, not a null pointer.
for (const name of ["sendMessage", "sendMessages", "callTool", "listTools", "ping"]) {
  const method = AgentScope.prototype[name];
  AgentScope.prototype[name] = function (options) {
    if (this.__wbg_ptr) return method.call(this, options);
    return Promise.reject(new ConfigError("this agent belongs to a session or a webhook that has ended", { code: "SCOPE_ENDED" }));
  };
}

/** Asked once for each environment: hosts without FinalizationRegistry never free what a function makes for each request. */
function perEnv(make) {
  const made = new WeakMap();
  return (env) => {
    if (env === null || typeof env !== "object") return make(env);
    if (!made.has(env)) made.set(env, make(env));
    return made.get(env);
  };
}

/** Registers a handler; gives back what takes it out. */
function on(inbound, kind, filter, handler) {
  const number = inbound.add(kind, filter ?? undefined, handler);
  return () => inbound.remove(number);
}

export class InboundHandler extends WasmInboundHandler {
  constructor(options = {}) {
    const { agent, dedupe, clock } = options ?? {};
    super({ ...options, agent: typeof agent === "function" ? perEnv(agent) : agent, dedupe: dedupe ?? new MemoryDedupe({ clock: clock ?? undefined }) });
    // An own, bound member: `{ fetch: inbound.fetch }` and `Deno.serve(inbound.fetch)` must work.
    Object.defineProperty(this, "fetch", { value: (request, env, ctx) => this.handle(request, env, ctx), enumerable: true });
  }
  onMessage(filter, handler) {
    return typeof filter === "function" ? on(this, "message", undefined, filter) : on(this, "message", filter?.channel, handler);
  }
  onEvent(name, handler) {
    return on(this, "event", String(name), handler);
  }
  handleWhatsappPayload(payload, context) {
    return this.handlePayload(true, payload, context);
  }
  handleGenericPayload(payload, context) {
    return this.handlePayload(false, payload, context);
  }
}

for (const [name, kind] of [
  ["onDeliveryReceipt", "delivery_receipt"],
  ["onStatusUpdate", "status_update"],
  ["onAccountVerified", "account_verified"],
  ["onEcho", "echo"],
  ["onFailedOutbound", "failed_outbound"],
  ["onUnknown", "unknown"],
  ["onAny", "any"],
  ["onError", "error"],
]) {
  Object.defineProperty(InboundHandler.prototype, name, {
    value(handler) { return on(this, kind, undefined, handler); },
    configurable: true,
    writable: true,
  });
}
