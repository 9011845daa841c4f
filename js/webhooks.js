/** @file `butt-dial-edge/webhooks`. */

export { ButtDialError, ConfigError, InternalError } from "./errors.js";
export { parseInbound, receiveWebhook, verifyWebhookSignature, verifyWhatsappSignature, verifyWhatsappSubscription } from "./glue/webhooks.js";
