// How the reference reads a WhatsApp Cloud webhook: wire-contract 9.1, in our own words. It is the ground that the rules stand on: a rule
// changes one thing here, and what comes out must be the package's answer. Checked against the recorded answers in every run.

import { Raised, get, message, walk } from "./message.mjs";
import { either, int, isObject, str, truthy } from "./python.mjs";

const MEDIA = ["image", "audio", "video", "document", "sticker"];
const STATUSES = ["sent", "delivered", "read", "failed"];

/** The messages and receipts of a payload in order; `raised` says that the reference gave up there. */
export function read(payload) {
  const found = { messages: [], receipts: [], raised: false };
  try {
    for (const entry of walk(get(payload, "entry", []))) {
      for (const change of walk(get(entry, "changes", []))) {
        const value = either(get(change, "value", null), {});
        for (const item of walk(either(get(value, "messages"), []))) push(found.messages, fromMessage(item));
        for (const item of walk(either(get(value, "statuses"), []))) push(found.receipts, fromStatus(item));
      }
    }
  } catch (error) {
    if (!(error instanceof Raised)) throw error;
    found.raised = true;
  }
  return found;
}

function push(list, item) {
  if (item !== null) list.push(item);
}

/** One message, or `null` where the reference drops it. */
export function fromMessage(item) {
  const sender = get(item, "from");
  if (!truthy(sender)) return null;
  const kind = get(item, "type", "text");
  const content = contentOf(item, kind);
  if (content === null) return null;
  const contact = either(get(item, "contact"), {});
  const named = either(get(item, "sender_name"), get(item, "senderName"));
  return message({
    id: get(item, "id"),
    sender,
    to: get(item, "to"),
    channel: "whatsapp",
    group_id: either(get(item, "group_id"), get(item, "groupId")),
    group_name: either(get(item, "group_name"), get(item, "groupName")),
    sender_name: truthy(named) ? named : get(contact, "name"),
    received_at: time(get(item, "timestamp")),
    ...content,
  });
}

function contentOf(item, kind) {
  if (kind === "text") {
    const body = get(either(get(item, "text"), {}), "body");
    return truthy(body) ? { text: body } : null;
  }
  if (kind === "interactive") return { text: JSON.stringify(either(get(item, "interactive"), {})) };
  if (!MEDIA.includes(kind)) return { text: `[${str(kind)} message]` };
  const block = either(get(item, kind), {});
  const voice = kind === "audio";
  return {
    text: either(get(block, "caption"), `[${kind} message]`),
    media_url: either(get(block, "link"), get(block, "url"), get(block, "id")),
    media_type: either(get(block, "mime_type"), get(block, "mimeType")),
    is_voice_message: voice && truthy(get(block, "voice")),
    voice_transcription: voice
      ? either(get(block, "voiceTranscription"), get(block, "voice_transcription"), get(block, "transcription"))
      : null,
  };
}

/** One receipt, or `null` where the reference drops it. */
export function fromStatus(item) {
  const id = get(item, "id");
  const status = get(item, "status");
  if (!truthy(id) || !STATUSES.includes(status)) return null;
  const timestamp = time(get(item, "timestamp"));
  if (typeof id !== "string") throw new Raised("id");
  const errors = get(item, "errors");
  const first = Array.isArray(errors) && isObject(errors[0]) ? errors[0].code ?? null : null;
  return { message_sid: id, status, timestamp, error_code: first === null ? null : str(first) };
}

const FIRST_SECOND = -62_135_596_800;
const LAST_SECOND = 253_402_300_799;
/** Beyond these the reference raises instead of finding no time. */
const TOO_MANY_SECONDS = 6.7e16;

/** Whole seconds since 1970 as ISO text. */
export function time(value) {
  if (!truthy(value)) return null;
  const seconds = int(value);
  if (seconds === null) return null;
  if (Math.abs(seconds) > TOO_MANY_SECONDS) throw new Raised("timestamp");
  return seconds < FIRST_SECOND || seconds > LAST_SECOND ? null : new Date(seconds * 1000).toISOString();
}
