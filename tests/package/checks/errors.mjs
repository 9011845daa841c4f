import { equal, ok, thrown } from "../check.mjs";

export default {
  async "instanceof holds across modules"({ main, webhooks, testing }) {
    const calls = [
      () => main.verifyWebhookSignature(),
      () => webhooks.verifyWebhookSignature(),
      () => testing.signedWebhook(),
    ];
    for (const call of calls) {
      const error = await thrown(call);
      for (const module of [main, webhooks, testing]) {
        ok(error instanceof module.ConfigError, "not a ConfigError");
        ok(error instanceof module.ButtDialError, "not a ButtDialError");
        ok(!(error instanceof module.InternalError), "an InternalError");
      }
      ok(error instanceof Error, "not an Error");
      equal(error.name, "ConfigError");
    }
  },
  "errors keep their names through a minifier"({ main }) {
    equal(new main.ButtDialError("x").name, "ButtDialError");
    equal(new main.ConfigError("x").name, "ConfigError");
    equal(String(new main.InternalError("x")), "InternalError: x");
  },
};
