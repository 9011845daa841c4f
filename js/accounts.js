// `AccountsClient`: the workspace over REST. Configuration only, so that any number of requests may use one.

import { ConfigError } from "./errors.js";
import { log, member, signalOf } from "./host.js";
import { withMethods } from "./main.js";
import { HOST, fromEnv, hostOf, methods, plain, read } from "./options.js";
import { rest } from "./rest.js";

/** Methods with a short form: its first arguments are these options. */
const SHORT = { registerAgent: ["agentId", "displayName"] };

/** The options object of a call, whichever form it has. */
function optionsOf(names, given) {
  if (!names || typeof given[0] !== "string") return given[0];
  return Object.assign({}, given[names.length], ...names.map((name, index) => ({ [name]: given[index] })));
}

export class AccountsClient {
  #host;
  #config;

  static {
    withMethods(([, , calls]) => methods(this, calls, (client, _, name, given) => client.#call(name, optionsOf(SHORT[name], given))));
  }

  constructor(options) {
    const [config, baseUrl] = read("configureAccounts", plain(options, ...HOST));
    this.#host = hostOf(options);
    this.#config = config;
    Object.defineProperty(this, "baseUrl", { value: baseUrl, enumerable: true });
  }

  static fromEnv(options) {
    return new AccountsClient(fromEnv(options, false));
  }

  withToken(options) {
    plain(options);
    const teamToken = member(options, "teamToken");
    if (teamToken === undefined) throw new ConfigError("withToken: `teamToken` is required");
    const client = new AccountsClient({ ...JSON.parse(this.#config), teamToken });
    client.#host = this.#host;
    return client;
  }

  async rotateToken(options) {
    const otpPrompt = member(options, "otpPrompt");
    if (typeof otpPrompt !== "function") throw new ConfigError("rotateToken: `otpPrompt` must be a function");
    return this.#call("rotateToken", options, { otpPrompt });
  }

  async startOnboarding(options) {
    return this.resumeOnboarding({ state: await this.#call("startOnboarding", options) });
  }

  resumeOnboarding(options) {
    const state = member(options, "state");
    const look = (method) => (given) => this.#look(method, given, state);
    return { state, wait: look("wait"), check: look("check") };
  }

  /** Waits for the owner's click, or looks once; the webhook's token may come by this process's handler, or by a store. */
  async #look(method, options, state) {
    const [inbound, store] = [member(options, "inbound"), member(options, "store")];
    const orgId = member(state, "orgId");
    let heard;
    const verified = inbound && new Promise((resolve) => (heard = resolve));
    const stop = inbound?.onAccountVerified((event) => void (event.orgId === orgId && heard(event.teamToken)));
    const look = store && (async () => {
      try {
        const token = await store.get(orgId);
        return typeof token === "string" ? token : undefined;
      } catch (thrown) {
        log(this.#host.logger, "error", "butt-dial: the onboarding store failed", thrown);
      }
    });
    try {
      const found = await this.#call(method, options, { verified, look }, state);
      return found && { ...found, accounts: this.withToken(found) };
    } finally {
      stop?.();
    }
  }

  /** @param given what `rest` is given beside the signal @param state what onboarding goes on with */
  #call(method, options, given, state) {
    const data = plain(options, "signal", ...(given ? ["otpPrompt", "inbound", "store"] : []));
    const asked = [method, this.#config, data, plain(state), !!(given?.verified ?? given?.look)];
    return rest(this.#host, asked, { ...given, signal: signalOf(options) });
  }
}
