// The reference's records, and the check it makes of them: wire-contract 9.4.

import { isObject } from "./python.mjs";

/** The reference raised: a value is not of the type its record asks for, or not what the code can handle. */
export class Raised extends Error {}

const TEXTS = [
  "id", "to", "media_url", "media_type", "mime_type", "file_name", "group_id", "group_name", "sender_name", "sender_sid", "reply_to",
  "agent_name", "session_id", "thread_id",
];

const CHANNELS = ["whatsapp", "sms", "email"];

/** An InboundMessage with what is given; the rest is not there. Raises as the reference does for values of a wrong type. */
export function message(given, channels = CHANNELS) {
  const record = {
    id: null, sender: null, to: null, channel: null, text: null, media_url: null, media_type: null, mime_type: null, file_name: null,
    attachments: null, is_voice_message: false, voice_transcription: null, group_id: null, group_name: null, is_group: false,
    sender_name: null, sender_sid: null, reply_to: null, agent_name: null, session_id: null, session: null, thread_id: null,
    received_at: null, ...given,
  };
  for (const key of ["sender", "text", "channel"]) if (typeof record[key] !== "string") throw new Raised(key);
  for (const key of TEXTS) if (record[key] !== null && typeof record[key] !== "string") throw new Raised(key);
  if (channels !== null && !channels.includes(record.channel)) throw new Raised("channel");
  const transcription = record.voice_transcription;
  if (transcription !== null && typeof transcription !== "string" && !isObject(transcription)) throw new Raised("voice_transcription");
  return record;
}

/** `object.get(key)`: raises for what is not an object. */
export function get(object, key, missing = null) {
  if (!isObject(object)) throw new Raised(key);
  return Object.hasOwn(object, key) ? object[key] : missing;
}

/** What a Python `for` walks: items of a list, keys of an object, characters of a text. */
export function walk(value) {
  if (Array.isArray(value)) return value;
  if (isObject(value)) return Object.keys(value);
  if (typeof value === "string") return [...value];
  throw new Raised("not iterable");
}

/** The record as `parse` gives it. */
export function asParse(type, record) {
  return {
    type,
    id: record.id,
    from: record.sender,
    to: record.to,
    channel: record.channel,
    body: record.text,
    mediaUrl: record.media_url,
    mediaType: record.media_type,
    isVoiceMessage: record.is_voice_message,
    voiceTranscription: record.voice_transcription,
    groupId: record.group_id,
    groupName: record.group_name,
    senderName: record.sender_name,
  };
}

/** A receipt as `parse` gives it. */
export function receiptAsParse(receipt, more) {
  const none = {
    sender: null, to: null, channel: null, text: null, media_url: null, media_type: null, is_voice_message: false,
    voice_transcription: null, group_id: null, group_name: null, sender_name: null,
  };
  return { ...asParse("delivery_receipt", { ...none, id: receipt.message_sid, ...more }), deliveryStatus: receipt.status };
}
