/** `butt-dial-edge`: the client, and all of `butt-dial-edge/webhooks`. */

export * from "./webhooks.js";
