import { equal } from "../check.mjs";

// printf '1700000000.{"event":"account.verified"}' | openssl dgst -sha256 -hmac whsec-test
const genuine = {
  rawBody: '{"event":"account.verified"}',
  timestampHeader: "1700000000",
  signatureHeader: "hmac-sha256=674b2b5d65af253e165a73006601917edf9d52ed6f2dcbe0f7c63eb4ffcc8807",
  secret: "whsec-test",
  now: new Date(1_700_000_100_000),
};

const both = ({ main, webhooks }, replaced, want) => {
  equal(main.verifyWebhookSignature({ ...genuine, ...replaced }), want, "main");
  equal(webhooks.verifyWebhookSignature({ ...genuine, ...replaced }), want, "webhooks");
};

export default {
  "a genuine webhook verifies"(given) {
    both(given, {}, true);
    both(given, { rawBody: new TextEncoder().encode(genuine.rawBody) }, true);
    both(given, { rawBody: new TextEncoder().encode(genuine.rawBody).buffer }, true);
  },
  "a tampered, stale, unsigned or foreign one does not"(given) {
    both(given, { rawBody: `${genuine.rawBody} ` }, false);
    both(given, { now: new Date(1_700_000_301_000) }, false);
    both(given, { signatureHeader: null }, false);
    both(given, { secret: "another" }, false);
  },
  "a rotated secret is accepted, a missing one fails closed"(given) {
    both(given, { secret: ["old", "whsec-test"] }, true);
    both(given, { secret: [] }, false);
    both(given, { secret: "" }, false);
    both(given, { secret: undefined }, false);
  },
  "the time is the host's when none is given"(given) {
    const { headers } = given.testing.signedWebhook({ body: genuine.rawBody, secret: genuine.secret });
    const [timestampHeader, signatureHeader] = [headers.get("x-bd-timestamp"), headers.get("x-bd-signature")];
    both(given, { timestampHeader, signatureHeader, now: undefined }, true);
  },
};
