// How the reference reads a WhatsApp Cloud webhook: wire-contract 9.1, in our own words. It is the ground that the rules stand on: `ours` holds
// the ids of the rules that apply to a payload, and each changes the one thing it names. Without rules it must give what the reference gave,
// which every run checks; with them, what the package must answer.

import { Raised, asParse, get, message, receiptAsParse, walk } from "./message.mjs";
import { either, int, isObject, str, truthy } from "./python.mjs";

const MEDIA = ["image", "audio", "video", "document", "sticker"];
const STATUSES = ["sent", "delivered", "read", "failed"];

/** The messages and receipts of a payload; `raised` says that the reference gave up there. */
export function handle(payload, ours = new Set()) {
  const found = { messages: [], receipts: [], raised: false };
  const list = (object, key) => walk(get(object, key, []));
  try {
    each(payload, list, ours, (event) => found[event.list].push(event.record));
  } catch (error) {
    if (!(error instanceof Raised)) throw error;
    found.raised = true;
  }
  return found;
}

/** What `parse` answers: the first event as an object, `null`, or `{ raises: true }`. */
export function parse(payload, ours = new Set()) {
  const list = (object, key) => walk(either(get(object, key), []));
  const first = new Error("the first event");
  let event = null;
  try {
    each(payload, list, ours, (found) => {
      event = found;
      throw first;
    });
  } catch (error) {
    if (error instanceof Raised) return { raises: true };
    if (error !== first) throw error;
  }
  if (event === null) return null;
  if (event.list === "messages") return asParse("message", event.record);
  const more = ours.has("receipt-record") ? { channel: "whatsapp", to: textOrNumber(event.item.recipient_id) } : {};
  return { ...receiptAsParse(event.record, more), errorCode: event.record.error_code };
}

/** Runs over all items in order. Where one cannot be read, the reference raises; we go on with the next. */
function each(payload, list, ours, found) {
  const go = (run) => {
    try {
      run();
    } catch (error) {
      if (!(error instanceof Raised) || !ours.has("malformed-apart")) throw error;
    }
  };
  const items = (object, key, run) => go(() => walkAs(list(object, key), object?.[key], ours).forEach((item) => go(() => run(item))));
  go(() => get(payload, "entry"));
  items(payload, "entry", (entry) => {
    items(entry, "changes", (change) => {
      const value = either(get(change, "value"), {});
      get(value, "messages");
      items({ list: either(value.messages, []) }, "list", (item) => {
        const record = fromMessage(item, value, ours);
        if (record !== null) found({ list: "messages", record, item });
      });
      items({ list: either(value.statuses, []) }, "list", (item) => {
        const record = fromStatus(item, ours);
        if (record !== null) found({ list: "receipts", record, item });
      });
    });
  });
}

/** We take nothing but a list for a list. */
function walkAs(items, value, ours) {
  return ours.has("malformed-apart") && !Array.isArray(value) ? [] : items;
}

/** One message, or `null` where the reference drops it. */
function fromMessage(item, value, ours) {
  const sender = get(item, "from");
  if (!truthy(sender)) return null;
  const kind = get(item, "type", "text");
  const content = contentOf(item, kind, ours);
  if (content === null) return null;
  const groupId = either(get(item, "group_id"), get(item, "groupId"));
  return message({
    id: get(item, "id"),
    sender,
    to: get(item, "to"),
    channel: "whatsapp",
    group_id: groupId,
    group_name: either(get(item, "group_name"), get(item, "groupName")),
    is_group: ours.has("whatsapp-group") && (truthy(groupId) || flag(either(item.is_group, item.isGroup), ours)),
    sender_name: nameOf(item, sender, value, ours),
    received_at: time(get(item, "timestamp"), ours),
    ...content,
  });
}

function nameOf(item, sender, value, ours) {
  const contact = either(get(item, "contact"), {});
  const named = either(get(item, "sender_name"), get(item, "senderName"));
  const name = truthy(named) ? named : get(contact, "name");
  if (!ours.has("profile-name") || truthy(name)) return name;
  return profileName(value, sender) ?? name;
}

/** The profile name that the payload has for a sender, if any. */
export function profileName(value, sender) {
  const contacts = Array.isArray(value.contacts) ? value.contacts.filter(isObject) : [];
  const name = contacts.find((contact) => contact.wa_id === sender)?.profile?.name;
  return typeof name === "string" && name !== "" ? name : null;
}

function contentOf(item, kind, ours) {
  if (kind === "text") {
    const body = get(either(get(item, "text"), {}), "body");
    return truthy(body) ? { text: body } : null;
  }
  if (kind === "interactive") return { text: JSON.stringify(either(get(item, "interactive"), {})) };
  if (!MEDIA.includes(kind)) return { text: `[${text(kind, ours)} message]` };
  const block = either(get(item, kind), {});
  const [link, mime] = [either(get(block, "link"), get(block, "url")), either(get(block, "mime_type"), get(block, "mimeType"))];
  const file = either(block.filename, block.file_name, block.fileName);
  const voice = kind === "audio";
  return {
    text: either(get(block, "caption"), `[${kind} message]`),
    media_url: truthy(link) ? link : ours.has("media-id") ? null : either(link, get(block, "id")),
    media_type: mime,
    mime_type: ours.has("media-details") ? mime : null,
    file_name: ours.has("media-details") && typeof file === "string" ? file : null,
    is_voice_message: voice && flag(get(block, "voice"), ours),
    voice_transcription: voice
      ? either(get(block, "voiceTranscription"), get(block, "voice_transcription"), get(block, "transcription"))
      : null,
  };
}

/** One receipt, or `null` where the reference drops it. */
function fromStatus(item, ours) {
  const [id, status] = [get(item, "id"), get(item, "status")];
  const known = STATUSES.includes(status) || (ours.has("any-status") && typeof status === "string" && status !== "");
  if (!truthy(id) || !known) return null;
  const timestamp = time(get(item, "timestamp"), ours);
  if (typeof id !== "string") throw new Raised("id");
  const errors = get(item, "errors");
  const code = Array.isArray(errors) && isObject(errors[0]) ? errors[0].code ?? null : null;
  return { message_sid: id, status, timestamp, error_code: code === null ? null : text(code, ours) };
}

/** A value as text: Python's way, or ours, which is its JSON. */
export function text(value, ours) {
  return ours.has("json-text") && typeof value !== "string" ? JSON.stringify(value) : str(value);
}

/** A yes or no: whatever counts as true; for us the texts "false" and "0" do not. */
export function flag(value, ours) {
  if (ours.has("flag-text") && typeof value === "string" && /^(false|0)$/i.test(value)) return false;
  return truthy(value);
}

/** Text as it is, a number as its digits. */
export function textOrNumber(value) {
  return typeof value === "number" ? String(value) : typeof value === "string" ? value : null;
}

const FIRST_SECOND = -62_135_596_800;
const LAST_SECOND = 253_402_300_799;
/** Beyond these the reference raises instead of finding no time. */
const TOO_MANY_SECONDS = 6.7e16;

/** Whole seconds since 1970 as ISO text. */
export function time(value, ours) {
  if (!truthy(value)) return null;
  const seconds = ours.has("strict-seconds") ? wholeSeconds(value) : int(value);
  if (seconds === null) return null;
  if (Math.abs(seconds) > TOO_MANY_SECONDS && !ours.has("strict-seconds")) throw new Raised("timestamp");
  return seconds < FIRST_SECOND || seconds > LAST_SECOND ? null : new Date(seconds * 1000).toISOString();
}

/** A number without a fraction, or ASCII digits with at most a minus before them. */
export function wholeSeconds(value) {
  if (typeof value === "number") return Number.isInteger(value) ? value : null;
  return typeof value === "string" && /^-?[0-9]+$/.test(value) ? Number(value) : null;
}
