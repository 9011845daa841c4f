// How the reference reads a payload of the service: wire-contract 9.2 and 9.3, in our own words; `ours` as in whatsapp.mjs.

import { Raised, asParse, get, message, receiptAsParse } from "./message.mjs";
import { either, isObject, truthy } from "./python.mjs";
import { flag, textOrNumber, time } from "./whatsapp.mjs";
import { ourTime } from "./errors.mjs";

export const RECEIPT_WORDS = ["queued", "sent", "delivered", "read", "failed", "undelivered"];

/** What `handle_generic_payload` dispatches: at most one message. `raised` says that the reference gave up, `none` that it found nothing. */
export function handle(payload, ours = new Set()) {
  const found = { messages: [], receipts: [], raised: false, none: true };
  try {
    const event = eventOf(payload, ours);
    found.none = event === null;
    if (event?.type === "message") found.messages.push(event.record);
    if (event?.type === "delivery_receipt") found.receipts.push(event.record);
  } catch (error) {
    if (!(error instanceof Raised)) throw error;
    found.raised = !ours.has("malformed-apart");
  }
  return found;
}

/** What `parse` answers for a payload that is no envelope: an object, `null`, or `{ raises: true }`. */
export function parse(payload, ours = new Set()) {
  try {
    return ours.has("one-reading") ? ourParse(payload, ours) : theirParse(payload);
  } catch (error) {
    if (!(error instanceof Raised)) throw error;
    return ours.has("malformed-apart") || ours.has("one-reading") ? null : { raises: true };
  }
}

const pair = (payload, camel, snake) => either(get(payload, camel), get(payload, snake));

/** The one event of a payload: a message; for us, an echo, a failed outbound or a receipt where it is one. */
function eventOf(payload, ours) {
  const sender = pair(payload, "from", "sender");
  if (ours.has("echo-apart") && isEcho(payload)) return { type: "echo", record: record(payload, sender, ours) };
  const receiptType = ours.has("receipt-type") && RECEIPT_TYPES.includes(payload.type);
  const content = truthy(pair(payload, "body", "text")) || truthy(pair(payload, "mediaUrl", "media_url"))
    || (ours.has("all-content") && contentWord(payload) !== null);
  if (content && !receiptType) {
    const failed = ours.has("failed-outbound") && payload.direction === "outbound";
    if (failed) return { type: "failed_outbound", record: record(payload, sender, ours) };
    if (truthy(sender)) return { type: "message", record: record(payload, sender, ours) };
  }
  const found = ours.has("generic-receipt") ? receipt(payload, receiptType) : null;
  return found ?? (ours.has("other-events") && OTHERS.includes(payload.type) ? { type: payload.type } : null);
}

/** Values of `type` that make an event of its own of what is neither a message nor a receipt. */
export const OTHERS = ["status", "status_update", "capabilities"];

/** Values of `type` that say it is a receipt. */
export const RECEIPT_TYPES = ["delivery_receipt", "receipt"];

/** Only the literal `true` counts. */
export function isEcho(payload) {
  return payload.echo === true || payload.isEcho === true;
}

function receipt(payload, anyStatus) {
  const id = receiptId(payload);
  const status = typeof payload.status === "string" ? payload.status : "";
  if (!truthy(id) || textOrNumber(id) === null || !(RECEIPT_WORDS.includes(status) || (anyStatus && status !== ""))) return null;
  const code = either(payload.errorCode ?? null, payload.error_code ?? null);
  const record = {
    message_sid: textOrNumber(id), status, timestamp: anyTime(payload.timestamp ?? null), error_code: textOrNumber(code),
  };
  return { type: "delivery_receipt", record };
}

function receiptId(payload) {
  return either(get(payload, "messageId"), get(payload, "message_sid"), get(payload, "id"));
}

function record(payload, sender, ours) {
  const body = pair(payload, "body", "text");
  const groupId = pair(payload, "groupId", "group_id");
  const channel = get(payload, "channel", "sms");
  return message(
    {
      id: pair(payload, "id", "messageId"),
      sender: truthy(sender) ? sender : "",
      to: get(payload, "to"),
      channel: ours.has("open-channel") && !truthy(channel) ? "sms" : channel,
      text: truthy(body) ? body : placeholder(payload, ours),
      media_url: pair(payload, "mediaUrl", "media_url"),
      media_type: pair(payload, "mediaType", "media_type"),
      mime_type: pair(payload, "mimeType", "mime_type"),
      file_name: pair(payload, "fileName", "file_name"),
      attachments: attachments(get(payload, "attachments"), ours),
      is_voice_message: flag(pair(payload, "isVoiceMessage", "is_voice_message"), ours),
      voice_transcription: pair(payload, "voiceTranscription", "voice_transcription"),
      group_id: groupId,
      group_name: pair(payload, "groupName", "group_name"),
      is_group: flag(pair(payload, "isGroup", "is_group"), ours) || truthy(groupId),
      sender_name: pair(payload, "senderName", "sender_name"),
      sender_sid: pair(payload, "senderSid", "sender_sid"),
      reply_to: pair(payload, "replyTo", "reply_to"),
      agent_name: pair(payload, "agentName", "agent_name"),
      session_id: pair(payload, "sessionId", "session_id"),
      session: isObject(get(payload, "session")) ? payload.session : null,
      thread_id: pair(payload, "threadId", "thread_id"),
      received_at: ours.has("own-time") ? anyTime(get(payload, "timestamp")) : null,
    },
    ours.has("open-channel") ? null : undefined,
  );
}

/** What a message without text may be made of, and the word for it. */
const CONTENT = [
  ["mediaUrl", "media_url", "media"],
  ["attachments", "attachments", "media"],
  ["voiceTranscription", "voice_transcription", "voice"],
  ["html", "html", "html"],
  ["subject", "subject", "subject"],
];

/** The first content beside the text that says something. */
export function contentWord(payload) {
  const says = ([camel, snake]) => {
    const value = pair(payload, camel, snake);
    return truthy(value) && (camel !== "attachments" || Array.isArray(value));
  };
  return CONTENT.find(says)?.[2] ?? null;
}

function placeholder(payload, ours) {
  return `[${ours.has("all-content") ? contentWord(payload) ?? "empty" : "media"} message]`;
}

const ATTACHMENT = [["filename", "fileName", "file_name"], ["contentType", "content_type", "mimeType"], ["size"], ["url"]];

function attachments(list, ours) {
  if (!Array.isArray(list)) return null;
  if (!ours.has("attachment-list")) {
    if (!list.every(isObject)) throw new Raised("attachments");
    return list;
  }
  const items = list.filter(isObject).map((item) => {
    const members = ATTACHMENT.map(([name, ...others]) => [name, either(...[name, ...others].map((key) => item[key] ?? null))]);
    const typed = members.map(([name, value]) => [name, name === "size" ? numberOf(value) : typeof value === "string" ? value : null]);
    return Object.fromEntries(typed.filter(([, value]) => value !== null));
  });
  return items.length > 0 ? items : null;
}

/** A number, or a text that is one. */
function numberOf(value) {
  if (typeof value === "number") return value;
  return typeof value === "string" && /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/.test(value) ? Number(value) : null;
}

/** An ISO 8601 time, or whole seconds since 1970. */
export function anyTime(value) {
  return ourTime(value) ?? time(value, new Set(["strict-seconds"]));
}

/** For us, `parse` reads a payload just as handling does. */
const READING = [
  "receipt-type", "all-content", "echo-apart", "failed-outbound", "generic-receipt", "open-channel", "attachment-list", "flag-text",
  "malformed-apart",
];

function ourParse(payload, ours) {
  const event = eventOf(payload, new Set([...ours, ...READING]));
  if (event === null || event.record === undefined) return null;
  if (event.type !== "delivery_receipt") return asParse(event.type, event.record);
  const some = (value) => (typeof value === "string" && value !== "" ? value : null);
  return receiptAsParse(event.record, { to: some(either(payload.to, payload.recipient)), channel: some(payload.channel) });
}

function theirParse(payload) {
  get(payload, "entry");
  const sender = pair(payload, "from", "sender");
  const body = pair(payload, "body", "text");
  const loose = (type) => ({
    type,
    id: get(payload, "id"),
    from: truthy(sender) ? sender : "",
    to: get(payload, "to"),
    channel: get(payload, "channel", "whatsapp"),
    body,
    mediaUrl: pair(payload, "mediaUrl", "media_url"),
    mediaType: pair(payload, "mediaType", "media_type"),
    isVoiceMessage: truthy(pair(payload, "isVoiceMessage", "is_voice_message")),
    voiceTranscription: pair(payload, "voiceTranscription", "voice_transcription"),
    groupId: pair(payload, "groupId", "group_id"),
    groupName: pair(payload, "groupName", "group_name"),
    senderName: pair(payload, "senderName", "sender_name"),
  });
  if (isEcho(payload)) return loose("echo");
  const id = receiptId(payload);
  if (RECEIPT_WORDS.includes(payload.status) && truthy(id)) {
    const more = { sender: get(payload, "from"), to: get(payload, "to"), channel: get(payload, "channel") };
    return receiptAsParse({ message_sid: id, status: payload.status }, more);
  }
  if (truthy(sender) && (truthy(body) || truthy(pair(payload, "mediaUrl", "media_url")))) return loose("message");
  return null;
}
