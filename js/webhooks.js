/** @file `butt-dial-edge/webhooks`. */

export { ButtDialError, ConfigError, InternalError } from "./errors.js";
