// What a case must be answered under a set of rules: with none, what the reference answered; with those that apply, our answer.

import { NOW } from "./adapter/error_response.mjs";
import { fromAnswer } from "./model/errors.mjs";
import * as generic from "./model/generic.mjs";
import { answer as rest } from "./model/rest.mjs";
import { run } from "./model/sending.mjs";
import * as whatsapp from "./model/whatsapp.mjs";

/** By file: `(input, ours, recorded) => answer`. `recorded` is used only for what no rule touches and nothing can compute. */
export const COMPOSE = {
  // All rules on signatures say the same: it is not genuine.
  webhook_signature: (_, ours, recorded) => (ours.size > 0 ? false : recorded),
  whatsapp_signature: (_, ours, recorded) => (ours.size > 0 ? false : recorded),

  whatsapp_payload(input, ours, recorded) {
    const found = whatsapp.handle(input.payload, ours);
    const counts = { messages: found.messages.length, receipts: found.receipts.length };
    return inbound(input, found, { status: "processed", ...counts }, ours, recorded);
  },

  generic_payload(input, ours, recorded) {
    const found = generic.handle(input.payload, ours);
    const summary = { status: found.none ? "ignored" : "processed", messages: found.messages.length };
    return inbound(input, found, summary, ours, recorded);
  },

  error_response({ statusCode, body, headers }, ours, recorded) {
    return fromAnswer({ status: statusCode, body, headers }, ours, { now: NOW, lockedUntil: recorded.lockedUntil ?? null });
  },

  accounts_requests: rest,
  agent_rest: rest,

  agent_tools: (input, ours, recorded) => run(input, ours, Date.UTC(2026, 0, 1), recorded),
};

/** Where the reference raised, which class it was is its own matter: it is taken from the record. */
function inbound({ payload, handlers }, found, summary, ours, recorded) {
  const raised = (name) => ({ raises: name ?? "it does not" });
  const { parse } = Array.isArray(payload?.entry) ? whatsapp : generic;
  const parsed = parse(payload, ours);
  return {
    summary: found.raised ? raised(recorded.summary.raises) : summary,
    messages: seenBy(handlers, found.messages),
    receipts: found.receipts,
    parse: parsed?.raises === true ? raised(recorded.parse?.raises) : parsed,
    ...(handlers === undefined ? {} : { handlerCalls: found.messages.flatMap((message) => callsFor(message, handlers)) }),
  };
}

/** Handlers of the channel first, then those for all; each in the order they were registered. */
function callsFor(message, handlers) {
  const order = [...handlers.filter((one) => one.channel === message.channel), ...handlers.filter((one) => one.channel === null)];
  return order.map((one) => [one.label, message.text]);
}

function seenBy(handlers, messages) {
  return handlers === undefined ? messages : messages.filter((message) => callsFor(message, handlers).length > 0);
}
