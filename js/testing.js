/** @file `butt-dial-edge/testing`. */

export { ButtDialError, ConfigError, DeadlineError, InternalError, ProtocolError, TransportError } from "./errors.js";
export { VirtualClock } from "./testing/clock.js";
export { FakeButtDialServer } from "./testing/server.js";
export { explainSignature, fixtures, signedWebhook, signedWhatsapp } from "./testing/signed.js";
