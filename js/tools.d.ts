// Generated from src/agent/tools/rows.rs by `cargo xtask generate`. Edit the table, not this file.

import type {
  AgentSelf,
  AgentsFound,
  BillingSummary,
  CallStarted,
  Capabilities,
  ClientLimits,
  ConsentStatus,
  Income,
  NumberValidation,
  OtpCheck,
  OtpSent,
  TokenRotation,
  TrustStatus,
  TtsResult,
  UsageSummary,
  WhatsappActionName,
  WhatsappActionResult,
} from "./answers.d.ts";
import type {
  Answer,
  CallOptions,
  Channel,
  IsoDateTime,
  JsonObject,
  JsonValue,
  Open,
  Secret,
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

/** Options of `Agent.sendMessages`. */
export interface SendMessagesOptions extends CallOptions {
  /** The messages. */
  messages: readonly MessageFields[];
  /** How many are under way at once. @defaultValue 16 */
  concurrency?: number;
  /** How often to try. Only failures that may heal are tried again. @defaultValue the agent's `maxAttempts`, itself 3 */
  maxAttempts?: number;
  /** Deadline of each message in milliseconds, from when it is begun. @defaultValue the agent's `timeoutMs`, itself 30000 */
  timeoutMs?: number;
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

/** Options of `Agent.typing`. */
export interface TypingOptions extends CallOptions {
  /** Chat. */
  to: string;
  /** Which of the agent's senders acts; needed when it has several. */
  senderSid?: string;
  /** Further wire arguments, verbatim. A key that has an option of its own is refused. */
  extra?: JsonObject;
}

/** Options of `Agent.markRead`, `Agent.deleteMessage`. */
export interface MessageIdOptions extends CallOptions {
  /** Message. */
  messageId: string;
  /** Which of the agent's senders acts; needed when it has several. */
  senderSid?: string;
  /** Further wire arguments, verbatim. A key that has an option of its own is refused. */
  extra?: JsonObject;
}

/** Options of `Agent.react`. */
export interface ReactOptions extends CallOptions {
  /** Message. */
  messageId: string;
  /** One emoji; empty takes the reaction back. */
  emoji: string;
  /** Which of the agent's senders acts; needed when it has several. */
  senderSid?: string;
  /** Further wire arguments, verbatim. A key that has an option of its own is refused. */
  extra?: JsonObject;
}

/** Options of `Agent.edit`. */
export interface EditOptions extends CallOptions {
  /** Message. */
  messageId: string;
  /** New text. */
  body: string;
  /** Which of the agent's senders acts; needed when it has several. */
  senderSid?: string;
  /** Further wire arguments, verbatim. A key that has an option of its own is refused. */
  extra?: JsonObject;
}

/** Options of `Agent.forward`. */
export interface ForwardOptions extends CallOptions {
  /** Message. */
  messageId: string;
  /** Chat. */
  to: string;
  /** Which of the agent's senders acts; needed when it has several. */
  senderSid?: string;
  /** Further wire arguments, verbatim. A key that has an option of its own is refused. */
  extra?: JsonObject;
}

/** Options of `Agent.sendPoll`. */
export interface SendPollOptions extends CallOptions {
  /** Chat. */
  to: string;
  /** Question. */
  title: string;
  /** Answers. */
  options: readonly string[];
  /** Which of the agent's senders acts; needed when it has several. */
  senderSid?: string;
  /** Further wire arguments, verbatim. A key that has an option of its own is refused. */
  extra?: JsonObject;
}

/** Options of `Agent.sendButtons`. */
export interface SendButtonsOptions extends CallOptions {
  /** Chat. */
  to: string;
  /** Text. */
  body: string;
  /** Buttons; the id comes back as `button_reply`. */
  buttons: readonly { readonly id: string; readonly label: string }[];
  /** Which of the agent's senders acts; needed when it has several. */
  senderSid?: string;
  /** Further wire arguments, verbatim. A key that has an option of its own is refused. */
  extra?: JsonObject;
}

/** Options of `Agent.sendLocation`. */
export interface SendLocationOptions extends CallOptions {
  /** Chat. */
  to: string;
  /** Latitude in degrees. */
  lat: number;
  /** Longitude in degrees. */
  lng: number;
  /** Name of the place. */
  name?: string;
  /** Which of the agent's senders acts; needed when it has several. */
  senderSid?: string;
  /** Further wire arguments, verbatim. A key that has an option of its own is refused. */
  extra?: JsonObject;
}

/** Options of `Agent.sendContact`. */
export interface SendContactOptions extends CallOptions {
  /** Chat. */
  to: string;
  /** The card, as vCard text. */
  vcard: string;
  /** Which of the agent's senders acts; needed when it has several. */
  senderSid?: string;
  /** Further wire arguments, verbatim. A key that has an option of its own is refused. */
  extra?: JsonObject;
}

/** Options of `Agent.postStatus`. */
export interface PostStatusOptions extends CallOptions {
  /** Text. */
  body: string;
  /** URL of a picture or film. */
  mediaUrl?: string;
  /** Which of the agent's senders acts; needed when it has several. */
  senderSid?: string;
  /** Further wire arguments, verbatim. A key that has an option of its own is refused. */
  extra?: JsonObject;
}

/** Options of `Agent.setChatTtl`. */
export interface SetChatTtlOptions extends CallOptions {
  /** Chat. */
  chatId: string;
  /** Life of messages in seconds, 0 for ever. */
  ttlSeconds: number;
  /** Which of the agent's senders acts; needed when it has several. */
  senderSid?: string;
  /** Further wire arguments, verbatim. A key that has an option of its own is refused. */
  extra?: JsonObject;
}

/** Options of `Agent.sendViewOnce`. */
export interface SendViewOnceOptions extends CallOptions {
  /** Chat. */
  to: string;
  /** URL of a picture or film. */
  mediaUrl: string;
  /** Caption. */
  body?: string;
  /** Which of the agent's senders acts; needed when it has several. */
  senderSid?: string;
  /** Further wire arguments, verbatim. A key that has an option of its own is refused. */
  extra?: JsonObject;
}

/** Options of `Agent.whatsappAction`. */
export interface WhatsappActionOptions extends CallOptions {
  /** Action. */
  action: WhatsappActionName;
  /** Which of the agent's senders acts; needed when it has several. */
  senderSid?: string;
  /** Further wire arguments, verbatim. A key that has an option of its own is refused. */
  extra?: JsonObject;
  /** Further wire arguments, verbatim; must be JSON. */
  [argument: string]: unknown;
}

/** Options of `Agent.getMessageStatus`. */
export interface MessageStatusOptions extends CallOptions {
  /** The provider's id, often `SendResult.messageSid`. */
  externalId: string;
}

/** Options of `Agent.subscribeInbound`. */
export interface SubscribeInboundOptions extends CallOptions {
  /** What to do. */
  operation: "subscribe" | "unsubscribe" | "status";
  /** Only these channels. */
  channels?: readonly Channel[];
  /** Only these people. */
  contacts?: readonly string[];
}

/** Options of `Agent.manageInboundFilter`. */
export interface InboundFilterOptions extends CallOptions {
  /** What to do. */
  operation: "add" | "list" | "delete";
  /** What is matched. */
  filterType?: string;
  /** With what. */
  pattern?: string;
  /** What becomes of it. */
  action?: string;
  /** Your label. */
  tag?: string;
  /** Filter. */
  filterId?: string;
}

/** Options of `Agent.validateNumber`. */
export interface ValidateNumberOptions extends CallOptions {
  /** E.164. */
  phoneNumber: string;
}

/** Options of `Agent.findAgent`. */
export interface FindAgentOptions extends CallOptions {
  /** With this agent. @defaultValue true */
  includeSelf?: boolean;
  /** With agents that have no channel. @defaultValue true */
  includeDraft?: boolean;
  /** Name or part of it. */
  query?: string;
}

/** Options of `Agent.getContactProfile`, `Agent.checkTrust`. */
export interface ContactOptions extends CallOptions {
  /** E.164 number, e-mail address or group id. */
  contact: string;
}

/** Options of `Agent.getGroupMembers`. */
export interface GroupOptions extends CallOptions {
  /** Group, `…@g.us`. */
  groupId: string;
}

/** Options of `Agent.messageAgent`. */
export interface MessageAgentOptions extends CallOptions {
  /** Agent id or name. */
  toAgent: string;
  /** Text. */
  body: string;
}

/** Options of `Agent.updateProfile`. */
export interface UpdateProfileOptions extends CallOptions {
  /** Name. */
  agentName?: string | null;
  /** First words on a call. */
  greeting?: string | null;
  /** Instructions for calls. */
  systemPrompt?: string | null;
  /** Voice. */
  voiceId?: string | null;
  /** Language tag. */
  language?: string | null;
  /** The agent's gender. */
  gender?: Open<"male" | "female" | "neutral"> | null;
  /** The voice's gender. */
  voiceGender?: Open<"male" | "female" | "neutral"> | null;
  /** Working or not. */
  status?: "active" | "inactive" | null;
  /** Further wire arguments, verbatim. A key that has an option of its own is refused. */
  extra?: JsonObject;
}

/** Options of `Agent.makeCall`. */
export interface MakeCallOptions extends CallOptions {
  /** E.164. */
  to: string;
  /** Instructions for the talk. */
  systemPrompt?: string;
  /** First words. */
  greeting?: string;
  /** Voice. */
  voice?: string;
  /** Language tag. */
  language?: string;
  /** IANA time zone of the person called, for quiet hours. */
  recipientTimezone?: string;
  /** Gender of the person called. */
  targetGender?: TargetGender;
  /** Who runs the talk. */
  orchestrator?: Open<"conversation-relay" | "gemini-live" | "media-streams" | "gather-say">;
}

/** Options of `Agent.transferCall`. */
export interface TransferCallOptions extends CallOptions {
  /** Call. */
  callSid: string;
  /** E.164 or agent id. */
  to: string;
  /** Said first. */
  announcementText?: string;
}

/** Options of `Agent.callOnBehalf`. */
export interface CallOnBehalfOptions extends CallOptions {
  /** Number to call. */
  target: string;
  /** For whom. */
  requesterPhone: string;
  /** Name of the called. */
  targetName?: string;
  /** Name of the requester. */
  requesterName?: string;
  /** What it is about. */
  message?: string;
  /** IANA time zone of the person called, for quiet hours. */
  recipientTimezone?: string;
  /** Gender of the person called. */
  targetGender?: TargetGender;
}

/** Options of `Agent.sendVoiceMessage`. */
export interface SendVoiceMessageOptions extends CallOptions {
  /** E.164. */
  to: string;
  /** What to say. */
  text: string;
  /** Voice. */
  voice?: string;
  /** Gender of the person called. */
  targetGender?: TargetGender;
}

/** Options of `Agent.generateTts`. */
export interface GenerateTtsOptions extends CallOptions {
  /** What to say. */
  text: string;
  /** Voice. */
  voice?: string;
  /** Format. @defaultValue "ogg" */
  format?: Open<"ogg" | "mp3">;
}

/** Options of `Agent.setVoiceCallback`. */
export interface VoiceCallbackOptions extends CallOptions {
  /** https URL. */
  voiceCallbackUrl: string;
}

/** Options of `Agent.createSession`. */
export interface CreateSessionOptions extends CallOptions {
  /** Who takes part. */
  participants: readonly { readonly id: string; readonly type: "agent" | "human"; readonly name?: string }[];
  /** Channel. */
  channel?: Channel;
  /** Your data. */
  context?: JsonObject;
}

/** Options of `Agent.getSession`. */
export interface GetSessionOptions extends CallOptions {
  /** Session. */
  sessionId: string;
  /** How many messages back. @defaultValue 20 */
  historyLimit?: number;
}

/** Options of `Agent.listSessions`. */
export interface ListSessionsOptions extends CallOptions {
  /** Only in this state. @defaultValue "active" */
  status?: Open<"active" | "paused" | "closed">;
  /** How many. @defaultValue 50 */
  limit?: number;
}

/** Options of `Agent.closeSession`. */
export interface CloseSessionOptions extends CallOptions {
  /** Session. */
  sessionId: string;
  /** `false`: only says what would be done. Always sent; refused where the server shows that it knows no preview. @defaultValue false */
  confirm?: boolean;
}

/** Options of `Agent.checkConsent`. */
export interface CheckConsentOptions extends CallOptions {
  /** E.164 number, e-mail address or group id. */
  contact: string;
  /** Channel. */
  channel: Channel;
}

/** Options of `Agent.recordConsent`. */
export interface RecordConsentOptions extends CallOptions {
  /** E.164 number, e-mail address or group id. */
  contact: string;
  /** Channel. */
  channel: Channel;
  /** Kind. @defaultValue "express" */
  consentType?: Open<"express" | "implied" | "transactional">;
  /** From where. */
  source?: string;
  /** Notes. */
  notes?: string;
}

/** Options of `Agent.revokeConsent`. */
export interface RevokeConsentOptions extends CallOptions {
  /** E.164 number, e-mail address or group id. */
  contact: string;
  /** Channel. */
  channel: Channel;
  /** `false`: only says what would be done. Always sent; refused where the server shows that it knows no preview. @defaultValue false */
  confirm?: boolean;
}

/** Options of `Agent.grantTrust`. */
export interface GrantTrustOptions extends CallOptions {
  /** E.164 number, e-mail address or group id. */
  contact: string;
  /** How it was earned. @defaultValue "manual" */
  channel?: Open<"manual">;
  /** For how long; without it, until revoked. */
  durationMinutes?: number;
}

/** Options of `Agent.revokeTrust`. */
export interface RevokeTrustOptions extends CallOptions {
  /** E.164 number, e-mail address or group id. */
  contact: string;
  /** `false`: only says what would be done. Always sent; refused where the server shows that it knows no preview. @defaultValue false */
  confirm?: boolean;
}

/** Options of `Agent.sendOtp`. */
export interface SendOtpOptions extends CallOptions {
  /** Person. */
  to: string;
  /** Channel. */
  channel: Open<"sms" | "email" | "whatsapp" | "voice">;
  /** What for. */
  purpose?: string;
  /** Try other channels. */
  failover?: boolean;
  /** Which. */
  channels?: readonly Channel[];
}

/** Options of `Agent.verifyOtp`. */
export interface VerifyOtpOptions extends CallOptions {
  /** Secret: what the person typed. */
  code: Secret;
  /** Person; old servers need it. */
  to?: string;
  /** Channel. */
  channel?: Channel;
}

/** Options of `Agent.getIncome`. */
export interface PeriodOptions extends CallOptions {
  /** Span of time. @defaultValue "month" */
  period?: Open<"today" | "week" | "month" | "all">;
}

/** Options of `Agent.getUsageDashboard`. */
export interface UsageOptions extends CallOptions {
  /** Span of time. @defaultValue "today" */
  period?: Open<"today" | "week" | "month" | "all">;
}

/** Options of `Agent.getBillingSummary`. */
export interface BillingSummaryOptions extends CallOptions {
  /** Span of time. @defaultValue "month" */
  period?: Open<"today" | "week" | "month" | "all">;
  /** Agent, for an admin's token. */
  agentId?: string;
}

/** Options of `Agent.rotateAgentToken`. */
export interface RotateTokenOptions extends CallOptions {
  /** `false`: only says what would be done. Always sent; refused where the server shows that it knows no preview. @defaultValue false */
  confirm?: boolean;
}

/** Options of `Agent.registerProvider`. */
export interface RegisterProviderOptions extends CallOptions {
  /** Provider. */
  provider: Open<"twilio" | "vonage" | "resend" | "elevenlabs" | "openai" | "deepgram" | "greenapi" | "s3" | "r2" | "turso" | "convex">;
  /** Secrets: the provider's keys. */
  credentials: Readonly<Record<string, Secret>>;
  /** Test them first. @defaultValue true */
  autoVerify?: boolean;
}

/** Options of `Agent.expandClientPool`. */
export interface ExpandPoolOptions extends CallOptions {
  /** 1 to 10000. */
  maxAgents: number;
  /** `false`: only says what would be done. Always sent; refused where the server shows that it knows no preview. @defaultValue false */
  confirm?: boolean;
}

/** Options of `Agent.bridgeCall`. */
export interface BridgeCallOptions extends CallOptions {
  /** What to do. */
  action: Open<"setup" | "remove" | "list" | "call">;
  /** Number shown. */
  fromNumber?: string | null;
  /** Number dialled. */
  localNumber?: string | null;
  /** Number reached. */
  destinationNumber?: string | null;
  /** Your label. */
  label?: string | null;
  /** Route. */
  bridgeId?: string | null;
  /** Who calls. */
  callerNumber?: string | null;
  /** Further wire arguments, verbatim. A key that has an option of its own is refused. */
  extra?: JsonObject;
}

/** Options of `Agent.manageChannel`. */
export interface ManageChannelOptions extends CallOptions {
  /** What to do. */
  action: "add" | "remove";
  /** Channel. */
  channel: Open<"phone" | "email" | "whatsapp" | "line" | "voiceAi">;
  /** ISO 3166, for numbers. */
  country?: string;
  /** Domain, for e-mail. */
  emailDomain?: string;
}

/** Options of `Agent.deprovisionChannels`. */
export interface DeprovisionChannelsOptions extends CallOptions {
  /** `false`: only says what would be done. Always sent; refused where the server shows that it knows no preview. @defaultValue false */
  confirm?: boolean;
}

/** Options of `Agent.setClientLimitsSafe`. */
export interface SetLimitsOptions extends CallOptions {
  /** New limits; what is left out stays. */
  limits: ClientLimits;
  /** `false`: only says what would be done. Always sent; refused where the server shows that it knows no preview. @defaultValue false */
  confirm?: boolean;
}

/** Options of `Agent.onboardCustomer`. */
export interface OnboardCustomerOptions extends CallOptions {
  /** Name. */
  agentName: string;
  /** Channels. */
  capabilities: Capabilities;
  /** Your agent id. */
  agentId?: string;
  /** https URL for inbound messages. */
  callbackUrl?: string;
  /** Domain, for e-mail. */
  emailDomain?: string;
}

/** Options of `Agent.createTeam`. */
export interface CreateTeamOptions extends CallOptions {
  /** Name. */
  name: string;
  /** Lower-case letters, digits, hyphens. */
  slug: string;
  /** Settings. */
  settings?: JsonObject;
}

/** The methods of `Agent` that the table makes. */
export interface AgentTools {
  /** Sends one message. Tries again what may heal, with one idempotency key, within the deadline. Failures are in the result, except a refused token. wire: `comms_send_message`. @throws AuthError (with `sendResult`): the token was refused or the address is locked out */
  sendMessage(options: SendMessageOptions): Promise<SendResult>;
  /** Sends many over one session; one result each, in order. `timeoutMs` counts for each message, from when it is begun. A refused token is in the results, as stage `auth`. @throws ConfigError the options are no batch */
  sendMessages(options: SendMessagesOptions): Promise<SendResult[]>;
  /** Calls a tool by name: parsed JSON, else text, else `null`, also where the tool says that it failed. Tried once, unless `idempotent`. @throws ToolError (a JSON-RPC error), AuthError, TransportError */
  callTool(options: CallToolOptions): Promise<JsonValue>;
  /** Names of the tools this token may call. wire: `tools/list`. @throws AuthError, TransportError */
  listTools(options?: CallOptions): Promise<string[]>;
  /** Whether the service answers this agent; every failure is `false`. wire: `comms_ping`. */
  ping(options?: PingOptions): Promise<boolean>;
  /** Shows "typing…". wire: `comms_whatsapp_action`, action `typing`, or `comms_whatsapp_typing` where the server lists it. @throws ProviderCapabilityError the sender's provider cannot do it */
  typing(options: TypingOptions): Promise<WhatsappActionResult>;
  /** Marks a message as read. wire: `comms_whatsapp_action`, action `mark_read`, or `comms_whatsapp_mark_read` where the server lists it. @throws ProviderCapabilityError the sender's provider cannot do it */
  markRead(options: MessageIdOptions): Promise<WhatsappActionResult>;
  /** Reacts to a message. wire: `comms_whatsapp_action`, action `react`, or `comms_whatsapp_react` where the server lists it. @throws ProviderCapabilityError the sender's provider cannot do it */
  react(options: ReactOptions): Promise<WhatsappActionResult>;
  /** Changes a message of ours. wire: `comms_whatsapp_action`, action `edit`, or `comms_whatsapp_edit` where the server lists it. @throws ProviderCapabilityError the sender's provider cannot do it */
  edit(options: EditOptions): Promise<WhatsappActionResult>;
  /** Forwards a message. wire: `comms_whatsapp_action`, action `forward`, or `comms_whatsapp_forward` where the server lists it. @throws ProviderCapabilityError the sender's provider cannot do it */
  forward(options: ForwardOptions): Promise<WhatsappActionResult>;
  /** Deletes a message of ours. wire: `comms_whatsapp_action`, action `delete`, or `comms_whatsapp_delete` where the server lists it. @throws ProviderCapabilityError the sender's provider cannot do it */
  deleteMessage(options: MessageIdOptions): Promise<WhatsappActionResult>;
  /** The same as `deleteMessage`. */
  delete(options: MessageIdOptions): Promise<WhatsappActionResult>;
  /** Sends a poll. wire: `comms_whatsapp_action`, action `send_poll`, or `comms_whatsapp_send_poll` where the server lists it. @throws ProviderCapabilityError the sender's provider cannot do it */
  sendPoll(options: SendPollOptions): Promise<WhatsappActionResult>;
  /** Sends buttons. wire: `comms_whatsapp_action`, action `send_buttons`, or `comms_whatsapp_send_buttons` where the server lists it. @throws ProviderCapabilityError the sender's provider cannot do it */
  sendButtons(options: SendButtonsOptions): Promise<WhatsappActionResult>;
  /** Sends a place. wire: `comms_whatsapp_action`, action `send_location`, or `comms_whatsapp_send_location` where the server lists it. @throws ProviderCapabilityError the sender's provider cannot do it */
  sendLocation(options: SendLocationOptions): Promise<WhatsappActionResult>;
  /** Sends an address card. wire: `comms_whatsapp_action`, action `send_contact`, or `comms_whatsapp_send_contact` where the server lists it. @throws ProviderCapabilityError the sender's provider cannot do it */
  sendContact(options: SendContactOptions): Promise<WhatsappActionResult>;
  /** Posts a status; few providers can. wire: `comms_whatsapp_action`, action `post_status`, or `comms_whatsapp_post_status` where the server lists it. @throws ProviderCapabilityError the sender's provider cannot do it */
  postStatus(options: PostStatusOptions): Promise<WhatsappActionResult>;
  /** Sets how long a chat keeps messages. wire: `comms_whatsapp_action`, action `set_chat_ttl`, or `comms_whatsapp_set_chat_ttl` where the server lists it. @throws ProviderCapabilityError the sender's provider cannot do it */
  setChatTtl(options: SetChatTtlOptions): Promise<WhatsappActionResult>;
  /** Sends a picture or film to be seen once. wire: `comms_whatsapp_action`, action `send_view_once`, or `comms_whatsapp_send_view_once` where the server lists it. @throws ProviderCapabilityError the sender's provider cannot do it */
  sendViewOnce(options: SendViewOnceOptions): Promise<WhatsappActionResult>;
  /** Any action, also ones newer than this package, with any JSON arguments beside it. wire: `comms_whatsapp_action`. @throws ProviderCapabilityError the sender's provider cannot do it */
  whatsappAction(options: WhatsappActionOptions): Promise<WhatsappActionResult>;
  /** Who am I. wire: `comms_get_me`. */
  getMe(options?: CallOptions): Promise<AgentSelf>;
  /** What became of a message. wire: `comms_get_message_status`. */
  getMessageStatus(options: MessageStatusOptions): Promise<Answer>;
  /** Chooses what is pushed. wire: `comms_subscribe_inbound`. */
  subscribeInbound(options: SubscribeInboundOptions): Promise<Answer>;
  /** Filters what comes in; `add` needs `filterType`, `pattern` and `action`, `delete` needs `filterId`. wire: `comms_manage_inbound_filter`. */
  manageInboundFilter(options: InboundFilterOptions): Promise<Answer>;
  /** What is known about a number. `_unverified` marks a guess. wire: `comms_validate_number`. */
  validateNumber(options: ValidateNumberOptions): Promise<NumberValidation>;
  /** Finds agents of the workspace; a system agent may be among them. wire: `comms_find_agent`. */
  findAgent(options?: FindAgentOptions): Promise<AgentsFound>;
  /** What is known about a person. wire: `comms_get_contact_profile`. */
  getContactProfile(options: ContactOptions): Promise<Answer>;
  /** Who is in a group. wire: `comms_get_group_members`. */
  getGroupMembers(options: GroupOptions): Promise<Answer>;
  /** Writes to another agent. wire: `comms_message_agent`. */
  messageAgent(options: MessageAgentOptions): Promise<Answer>;
  /** Changes the agent's name, voice, manner; what is left out stays. wire: `comms_update_profile`. */
  updateProfile(options?: UpdateProfileOptions): Promise<Answer>;
  /** Calls someone. wire: `comms_make_call`. */
  makeCall(options: MakeCallOptions): Promise<CallStarted>;
  /** Hands a call over. wire: `comms_transfer_call`. */
  transferCall(options: TransferCallOptions): Promise<CallStarted>;
  /** Calls one person for another. wire: `comms_call_on_behalf`. */
  callOnBehalf(options: CallOnBehalfOptions): Promise<CallStarted>;
  /** Calls and speaks a text. wire: `comms_send_voice_message`. */
  sendVoiceMessage(options: SendVoiceMessageOptions): Promise<CallStarted>;
  /** Speaks a text into a file. wire: `comms_generate_tts`. */
  generateTts(options: GenerateTtsOptions): Promise<TtsResult>;
  /** Where voice events are posted. wire: `comms_set_voice_callback`. */
  setVoiceCallback(options: VoiceCallbackOptions): Promise<Answer>;
  /** Opens a conversation. wire: `comms_create_session`. */
  createSession(options: CreateSessionOptions): Promise<Answer>;
  /** Reads a conversation. wire: `comms_get_session`. */
  getSession(options: GetSessionOptions): Promise<Answer>;
  /** Lists conversations. wire: `comms_list_sessions`. */
  listSessions(options?: ListSessionsOptions): Promise<Answer>;
  /** Closes a conversation, with `confirm`. wire: `comms_close_session`. */
  closeSession(options: CloseSessionOptions): Promise<Answer>;
  /** May we write to them? wire: `comms_check_consent`. */
  checkConsent(options: CheckConsentOptions): Promise<ConsentStatus>;
  /** They said yes. wire: `comms_record_consent`. */
  recordConsent(options: RecordConsentOptions): Promise<Answer>;
  /** They said no; with `confirm`. wire: `comms_revoke_consent`. */
  revokeConsent(options: RevokeConsentOptions): Promise<Answer>;
  /** Are they trusted? wire: `comms_check_trust`. */
  checkTrust(options: ContactOptions): Promise<TrustStatus>;
  /** Trusts them. wire: `comms_grant_trust`. */
  grantTrust(options: GrantTrustOptions): Promise<Answer>;
  /** Trusts them no more, with `confirm`. wire: `comms_revoke_trust`. */
  revokeTrust(options: RevokeTrustOptions): Promise<Answer>;
  /** Sends a one-time code. wire: `comms_send_otp`. */
  sendOtp(options: SendOtpOptions): Promise<OtpSent>;
  /** Checks a one-time code; success also trusts the person for a while. wire: `comms_verify_otp`. */
  verifyOtp(options: VerifyOtpOptions): Promise<OtpCheck>;
  /** What was earned. wire: `comms_get_income`. */
  getIncome(options?: PeriodOptions): Promise<Income>;
  /** What was used. wire: `comms_get_usage_dashboard`. */
  getUsageDashboard(options?: UsageOptions): Promise<UsageSummary>;
  /** What it costs. wire: `comms_get_billing_summary`. */
  getBillingSummary(options?: BillingSummaryOptions): Promise<BillingSummary>;
  /** Replaces this agent's token, with `confirm`. This `Agent` keeps the old one: make a new one. wire: `comms_rotate_token`. */
  rotateAgentToken(options?: RotateTokenOptions): Promise<TokenRotation>;
  /** Adds a provider; for admins. wire: `comms_register_provider`. */
  registerProvider(options: RegisterProviderOptions): Promise<Answer>;
  /** Makes room for agents, with `confirm`; for admins. wire: `comms_expand_client_pool`, or `comms_expand_agent_pool`. */
  expandClientPool(options: ExpandPoolOptions): Promise<Answer>;
  /** Numbers that can be had; for admins. wire: `comms_list_available_numbers`. */
  listAvailableNumbers(options?: CallOptions): Promise<Answer>;
  /** Bridges calls between numbers; for admins. `setup` needs the first three numbers, `remove` the id, `call` caller and destination. wire: `comms_bridge_call`. */
  bridgeCall(options: BridgeCallOptions): Promise<Answer>;
  /** Adds or removes a channel; for admins. wire: `comms_manage_channel`. */
  manageChannel(options: ManageChannelOptions): Promise<Answer>;
  /** Takes all channels away, with `confirm`; for admins. wire: `comms_deprovision_channels`. */
  deprovisionChannels(options?: DeprovisionChannelsOptions): Promise<Answer>;
  /** Sets limits, with `confirm`; for admins. wire: `comms_set_client_limits`, or `comms_set_agent_limits`. */
  setClientLimitsSafe(options: SetLimitsOptions): Promise<Answer>;
  /** Sets up an agent and its channels; for admins. wire: `comms_onboard_customer`. */
  onboardCustomer(options: OnboardCustomerOptions): Promise<Answer>;
  /** Makes a workspace; for super-admins. wire: `comms_create_team`, or `comms_create_organization`. */
  createTeam(options: CreateTeamOptions): Promise<Answer>;
  /** Lists workspaces; for super-admins. wire: `comms_list_teams`, or `comms_list_organizations`. */
  listTeams(options?: CallOptions): Promise<Answer>;
}
