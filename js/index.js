/** @file `butt-dial-edge`. */

export { ButtDialError, ConfigError, InternalError } from "./errors.js";
export { verifyWebhookSignature } from "./glue/main.js";
