// Generated from src/agent/tools/rows.rs by `cargo xtask generate`. Edit the table, not this file.

import type {
  CallOptions,
  Channel,
  IsoDateTime,
  JsonObject,
  JsonValue,
  SendResult,
  TargetGender,
} from "./types.d.ts";

/** A message to send. wire: `comms_send_message`. */
export interface MessageFields {
  /** Recipient: E.164 number, e-mail address or group id. Sent as given, not normalised. */
  to: string;
  /** Channel. @defaultValue the agent's `defaultChannel`, itself `"whatsapp"` (the server's own default differs: sms) */
  channel?: Channel;
  /** Text. A message needs text, media, HTML or a template. */
  body?: string;
  /** One public URL of a file to attach. */
  mediaUrl?: string;
  /** Several URLs of files to attach. Give this or `mediaUrl`. */
  media?: readonly string[];
  /** E-mail subject; e-mail without one is refused by some servers. */
  subject?: string;
  /** E-mail body as HTML. */
  html?: string;
  /** Provider template to use. */
  templateId?: string;
  /** Values for the template's variables. */
  templateVars?: Readonly<Record<string, string>>;
  /** Gender of the recipient, for languages that need it. */
  targetGender?: TargetGender;
  /** Which of the agent's senders to use, such as `InboundMessage.senderSid`. */
  senderSid?: string;
  /** Display name. Servers are not known to honour it. */
  senderName?: string;
  /** Language tag. Servers are not known to honour it. */
  language?: string;
  /** Channels for the server to try next, in order. */
  fallbackChannels?: readonly Channel[];
  /** When the server is to send it. Servers are not known to honour it. */
  scheduledAt?: Date | IsoDateTime;
  /** Your conversation id: recorded and echoed. */
  threadId?: string;
  /** Your business object's id: recorded and echoed. */
  entityId?: string;
  /** Id of the message answered: recorded and echoed, not yet shown as a quote. */
  replyMsgId?: string;
  /** Makes repeats harmless: the service answers a key it has seen with the first result. One key is kept across all attempts of a call. @defaultValue a random UUID; in a webhook handler, one derived from the event */
  idempotencyKey?: string;
  /** Further wire arguments, verbatim. A key that has an option of its own is refused. */
  extra?: JsonObject;
}

/** Options of `Agent.sendMessage`. */
export interface SendMessageOptions extends MessageFields, CallOptions {
  /** How often to try. Only failures that may heal are tried again. @defaultValue the agent's `maxAttempts`, itself 3 */
  maxAttempts?: number;
}

/** Options of `Agent.callTool`. */
export interface CallToolOptions extends CallOptions {
  /** Tool. */
  toolName: string;
  /** Its arguments. @defaultValue none */
  arguments?: JsonObject;
  /** Whether a repeat is harmless, so that it may be tried again after a failure that may heal. @defaultValue false */
  idempotent?: boolean;
}

/** Options of `Agent.ping`. */
export interface PingOptions extends CallOptions {
  /** Tool to call. @defaultValue "comms_ping" */
  toolName?: string;
}

/** The methods of `Agent` that the table makes. */
export interface AgentTools {
  /** Sends one message. Tries again what may heal, with one idempotency key, within the deadline. Failures are in the result, except a refused token. wire: `comms_send_message`. @throws AuthError (with `sendResult`): the token was refused or the address is locked out */
  sendMessage(options: SendMessageOptions): Promise<SendResult>;
  /** Calls a tool by name: parsed JSON, else text, else `null`, also where the tool says that it failed. Tried once, unless `idempotent`. @throws ToolError (a JSON-RPC error), AuthError, TransportError */
  callTool(options: CallToolOptions): Promise<JsonValue>;
  /** Names of the tools this token may call. wire: `tools/list`. @throws AuthError, TransportError */
  listTools(options?: CallOptions): Promise<string[]>;
  /** Whether the service answers this agent; every failure is `false`. wire: `comms_ping`. */
  ping(options?: PingOptions): Promise<boolean>;
}
