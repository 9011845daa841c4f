// How the reference reads a payload of the service: wire-contract 9.2 and 9.3, in our own words. See whatsapp.mjs.

import { Raised, get, message } from "./message.mjs";
import { either, isObject, truthy } from "./python.mjs";
import * as whatsapp from "./whatsapp.mjs";

/** What `handle_generic_payload` dispatches: at most one message. `raised` says that the reference gave up. */
export function handle(payload) {
  const found = { messages: [], raised: false };
  try {
    const item = dispatched(payload);
    if (item !== null) found.messages.push(item);
  } catch (error) {
    if (!(error instanceof Raised)) throw error;
    found.raised = true;
  }
  return found;
}

function dispatched(payload) {
  const sender = either(get(payload, "from"), get(payload, "sender"));
  if (!truthy(sender)) return null;
  const pair = (camel, snake) => either(get(payload, camel), get(payload, snake));
  const mediaUrl = pair("mediaUrl", "media_url");
  const text = pair("body", "text");
  if (!truthy(text) && !truthy(mediaUrl)) return null;
  const groupId = pair("groupId", "group_id");
  const attachments = get(payload, "attachments");
  return message({
    id: pair("id", "messageId"),
    sender,
    to: get(payload, "to"),
    channel: get(payload, "channel", "sms"),
    text: truthy(text) ? text : "[media message]",
    media_url: mediaUrl,
    media_type: pair("mediaType", "media_type"),
    mime_type: pair("mimeType", "mime_type"),
    file_name: pair("fileName", "file_name"),
    attachments: attachmentsOf(attachments),
    is_voice_message: truthy(pair("isVoiceMessage", "is_voice_message")),
    voice_transcription: pair("voiceTranscription", "voice_transcription"),
    group_id: groupId,
    group_name: pair("groupName", "group_name"),
    is_group: truthy(pair("isGroup", "is_group")) || truthy(groupId),
    sender_name: pair("senderName", "sender_name"),
    sender_sid: pair("senderSid", "sender_sid"),
    reply_to: pair("replyTo", "reply_to"),
    agent_name: pair("agentName", "agent_name"),
    session_id: pair("sessionId", "session_id"),
    session: isObject(get(payload, "session")) ? payload.session : null,
    thread_id: pair("threadId", "thread_id"),
  });
}

function attachmentsOf(list) {
  if (!Array.isArray(list)) return null;
  if (!list.every(isObject)) throw new Raised("attachments");
  return list;
}

const RECEIPTS = ["queued", "sent", "delivered", "read", "failed", "undelivered"];

/** What `parse` answers: one event as an object, `null`, or `{raises}`. */
export function parse(payload) {
  try {
    if (Array.isArray(get(payload, "entry"))) return parseWhatsapp(payload);
    return parseOwn(payload);
  } catch (error) {
    if (!(error instanceof Raised)) throw error;
    return { raises: true };
  }
}

function parseWhatsapp() {
  throw new Error("see whatsapp");
}

function parseOwn() {
  return null;
}
