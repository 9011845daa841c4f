/** @file `InboundHandler.handleWhatsappPayload` and `parseInbound` for each case. */

import { inbound } from "./inbound.mjs";

export function adapter(modules) {
  const names = { summary: { status: "status", messages: "messages", receipts: "receipts" }, receipt: ["deliveryStatus", "errorCode"] };
  return inbound(modules, "handleWhatsappPayload", names);
}
