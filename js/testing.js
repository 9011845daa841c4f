/** @file `butt-dial-edge/testing`. */

export { ButtDialError, ConfigError, InternalError } from "./errors.js";
