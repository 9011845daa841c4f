import { equal, ok } from "../check.mjs";

export default {
  "the modules are usable without an init call"({ main, webhooks, testing }) {
    equal(typeof main.verifyWebhookSignature, "function");
    equal(typeof webhooks.verifyWebhookSignature, "function");
    equal(typeof testing.signedWebhook, "function");
  },
  "the main module has all of /webhooks"({ main, webhooks }) {
    for (const name of Object.keys(webhooks)) ok(name in main, `${name} is missing`);
  },
  "nothing of the glue shows"({ main, webhooks, testing }) {
    for (const module of [main, webhooks, testing]) {
      for (const name of Object.keys(module)) ok(!/^(initSync|__|default$|makeError$)/.test(name), `${name} shows`);
    }
  },
};
