// A request in, a genuine webhook or a refusal out. The wasm modules decide; here the body is read and secrets are asked for.

import { ConfigError } from "./errors.js";
import { bodyBytes, callOr, instantMs, member, now, number, readBytes, secrets, signalOf, toJson, unlessAborted, whole, within } from "./host.js";
import { NONE } from "./trap.js";

const HEADERS = ["content-length", "x-bd-event", "x-bd-timestamp", "x-bd-signature", "x-bd-delivery-id", "x-hub-signature-256"];
const SECRETS = ["webhookSecret", "whatsappWebhookSecret", "whatsappVerifyToken", "callbackToken"];

/** @internal The answer that WebAssembly describes. */
export function response([status, body, headers]) {
  return new Response(body, { status, headers });
}

/** What counts of a URL: Meta's three parameters, and the last segment of the path. */
function places(url) {
  const [, path, query] = /([^?#]*)\??([^#]*)/.exec(url);
  const params = new URLSearchParams(`?${query}`);
  const segment = path.split("/").pop();
  return [...["mode", "verify_token", "challenge"].map((name) => params.get("hub." + name)), callOr(segment, () => decodeURIComponent(segment))];
}

/**
 * @internal Reads a request as far as its verification asks for: `{ input }`, what the question `received` takes (arguments, body,
 * time, tolerance), or `{ refusal }`.
 * @param ask asks the module
 */
export async function gather(ask, options, request, env, clock) {
  const sources = SECRETS.map((name) => member(options, name));
  const flags = sources.map((source, index) => (source === undefined ? "" : index)).join("") + (options.insecure === true ? "i" : "");
  const parts = [
    request.method, ...places(request.url), ...HEADERS.map((name) => request.headers.get(name)),
    ...[options.maxBodyBytes, options.timeoutMs, options.maxDepth].map(whole),
  ];
  const { limit, secret, timeoutMs, tooLarge, tooSlow, ...refusal } = ask(["plan", flags, ...parts]);
  if (refusal.reason) return { refusal };

  let stop;
  const read = async () => {
    let body = NONE;
    if (limit !== null) {
      try {
        body = await readBytes(request.body, limit, (stopIt) => (stop = stopIt));
      } catch (thrown) {
        if (!stop) throw new ConfigError(`the request's body cannot be read: ${thrown.message}`);
        return { refusal: tooSlow };
      }
      if (!body) return { refusal: tooLarge };
    }
    let found = sources[secret];
    if (typeof found === "function") found = await found({ ...ask(["hint", flags, ...parts], body), request, env });
    const asked = [flags, ...parts, secrets(found)];
    return { input: [asked, body, instantMs(options.now) ?? now(clock), number(options.toleranceSeconds)] };
  };
  const gathered = await within(clock, timeoutMs, read());
  if (gathered) return gathered;
  stop?.();
  return { refusal: tooSlow };
}

/** @internal What `butt-dial-edge` and `butt-dial-edge/webhooks` have in common, over the question of either module. */
export function webhooks(ask) {
  const text = (value) => (typeof value === "string" ? value : null);
  /** A call whose worst answer is `false`. */
  const never = (check) => (options) => callOr(false, () => check(options));
  return {
    verifyWebhookSignature: never(({ rawBody, timestampHeader, signatureHeader, secret, toleranceSeconds, now: at }) => {
      const body = bodyBytes(rawBody);
      const asked = ["verifyWebhook", text(timestampHeader), text(signatureHeader), secrets(secret)];
      return !!body && ask(asked, body, instantMs(at) ?? Date.now(), number(toleranceSeconds));
    }),
    verifyWhatsappSignature: never(({ rawBody, signatureHeader, secret }) => {
      const body = bodyBytes(rawBody);
      return !!body && ask(["verifyWhatsapp", null, text(signatureHeader), secrets(secret)], body);
    }),
    verifyWhatsappSubscription: never(({ mode, token, verifyToken }) => ask(["verifySubscription", text(mode), text(token), secrets(verifyToken)])),
    parseInbound(body, options) {
      return ask(["parse", whole(member(options, "maxDepth"))], bodyBytes(body) ?? bodyBytes(toJson(body)));
    },
    async receiveWebhook(options) {
      const request = member(options, "request");
      if (!request || request.bodyUsed) throw new ConfigError("receiveWebhook needs a request whose body was not read yet");
      const { refusal, input: [asked, ...more] = [] } = await unlessAborted(signalOf(options), gather(ask, options, request));
      const result = refusal ?? ask(["received", ...asked], ...more);
      if (result.source) [result.rawBody] = more;
      result.response = response(result.response);
      return result;
    },
  };
}
