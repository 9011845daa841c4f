// The service over REST, as the vectors script it: one answer for each request, in order. It records what was asked.

const HEADERS = ["authorization", "idempotency-key", "x-request-timestamp", "x-request-nonce", "content-type"];

export function scriptedRest(script) {
  const requests = [];
  const fetch = async (request) => {
    const { origin, pathname, search } = new URL(request.url);
    const body = await request.text();
    requests.push({
      method: request.method,
      origin,
      path: pathname + search,
      headers: Object.fromEntries(HEADERS.map((name) => [name, request.headers.get(name)])),
      hasBody: request.body !== null,
      jsonBody: body === "" ? null : JSON.parse(body),
    });
    const answer = script[requests.length - 1];
    if (answer === undefined) throw new TypeError(UNSCRIPTED);
    if (answer.transportError !== undefined) throw new TypeError(answer.transportError.message);
    return responseOf(answer.status, bodyOf(answer), answer.headers);
  };
  return { requests, fetch };
}

/** An answer as scripted, also where a status has no body by the letter. */
export function responseOf(status, body, headers = {}) {
  if (body === null || ![204, 205, 304].includes(status)) return new Response(body, { status, headers });
  return Object.defineProperties(new Response(body, { headers }), { status: { value: status }, ok: { value: status < 300 } });
}

/** What a request gets that no case foresees. */
export const UNSCRIPTED = "nothing more was recorded";

/** The bytes of a scripted answer; `null` for none. */
export function bodyOf({ body, bodyText, bodyHex }) {
  if (body !== undefined) return Buffer.from(JSON.stringify(body));
  if (bodyText !== undefined) return Buffer.from(bodyText);
  return bodyHex === undefined ? null : Buffer.from(bodyHex, "hex");
}
