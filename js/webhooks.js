/** @file `butt-dial-edge/webhooks`. */

import { ask, memory, room } from "./glue/webhooks.js";
import { webhooks } from "./receiving.js";
import { instance } from "./trap.js";

export { ButtDialError, ConfigError, InternalError } from "./errors.js";
export const { parseInbound, receiveWebhook, verifyWebhookSignature, verifyWhatsappSignature, verifyWhatsappSubscription } = webhooks(instance(room, memory).asks(ask));
