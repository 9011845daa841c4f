/** @file `InboundHandler.handleGenericPayload` and `parseInbound` for each case. */

import { inbound } from "./inbound.mjs";

export function adapter(modules) {
  const names = { summary: { status: "status", messages: "messages" }, receipt: ["deliveryStatus"] };
  return inbound(modules, "handleGenericPayload", names);
}
