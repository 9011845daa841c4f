/** @file Deviations of `whatsapp_payload` and `generic_payload`. See docs/parity.md. */

import { isObject, truthy, either } from "../model/python.mjs";
import { contentWord } from "../model/generic.mjs";
import * as generic from "../model/generic.mjs";
import * as whatsapp from "../model/whatsapp.mjs";
import { profileName, wholeSeconds } from "../model/whatsapp.mjs";

const list = (value) => (Array.isArray(value) ? value.filter(isObject) : []);
/** The `value` of every change. */
const values = ({ payload }) => list(payload?.entry).flatMap((entry) => list(entry.changes)).map(({ value }) => value).filter(isObject);
const messages = (input) => values(input).flatMap((value) => list(value.messages).map((item) => ({ item, value })));
const statuses = (input) => values(input).flatMap((value) => list(value.statuses));
const MEDIA = ["image", "audio", "video", "document", "sticker"];
const blocks = (input) =>
  messages(input).filter(({ item }) => MEDIA.includes(item.type)).map(({ item }) => item[item.type]).filter(isObject);
const flags = (input) => {
  const payload = isObject(input.payload) ? input.payload : {};
  const own = [payload.isVoiceMessage, payload.is_voice_message, payload.isGroup, payload.is_group];
  const groups = messages(input).flatMap(({ item }) => [item.is_group, item.isGroup]);
  return [...own, ...groups, ...blocks(input).map(({ voice }) => voice)];
};
const NAMES = ["sender_name", "senderName"];

const hasId = (payload) => truthy(either(payload.messageId ?? null, payload.message_sid ?? null, payload.id ?? null));
/** What the package takes for an event, so that it must be readable. */
const READING = new Set(["all-content", "echo-apart", "failed-outbound", "open-channel"]);

const whatsappFile = ["whatsapp_payload"];
const both = ["whatsapp_payload", "generic_payload"];

export const rules = [
  {
    id: "malformed-apart",
    files: both,
    applies: ({ payload }) =>
      [whatsapp.handle(payload), generic.handle(payload), generic.handle(payload, READING)].some(({ raised }) => raised) ||
      whatsapp.parse(payload)?.raises === true,
  },
  {
    id: "strict-seconds",
    files: whatsappFile,
    applies: (input) =>
      [...messages(input).map(({ item }) => item), ...statuses(input)].some(({ timestamp: at }) => {
        const seconds = typeof at === "object" ? null : wholeSeconds(at);
        return truthy(at) && typeof at !== "object" && (seconds === null || !Number.isSafeInteger(seconds));
      }),
  },
  {
    id: "json-text",
    files: whatsappFile,
    applies: (input) =>
      messages(input).some(({ item }) => Object.hasOwn(item, "type") && typeof item.type !== "string") ||
      statuses(input).some(({ errors }) => isObject(errors?.[0]) && typeof errors[0].code !== "string" && typeof errors[0].code !== "number"),
  },
  { id: "flag-text", files: both, only: true, applies: (input) => flags(input).some((flag) => /^(false|0)$/i.test(flag)) },
  {
    id: "profile-name",
    files: whatsappFile,
    applies: (input) =>
      messages(input).some(({ item, value }) => !NAMES.some((key) => truthy(item[key])) && profileName(value, item.from) !== null),
  },
  {
    id: "whatsapp-group",
    files: whatsappFile,
    only: true,
    applies: (input) =>
      messages(input).some(({ item }) => [item.group_id, item.groupId, item.is_group, item.isGroup].some(truthy)),
  },
  {
    id: "media-id",
    files: whatsappFile,
    applies: (input) => blocks(input).some(({ link, url, id }) => !truthy(either(link, url)) && id !== undefined),
  },
  {
    id: "media-details",
    files: whatsappFile,
    applies: (input) =>
      blocks(input).some((block) => ["mime_type", "mimeType", "filename", "file_name", "fileName"].some((key) => Object.hasOwn(block, key))),
  },
  {
    id: "any-status",
    files: whatsappFile,
    applies: (input) =>
      statuses(input).some(({ status }) => typeof status === "string" && status !== "" && !["sent", "delivered", "read", "failed"].includes(status)),
  },
  { id: "receipt-record", files: whatsappFile, applies: (input) => statuses(input).length > 0 },
  {
    id: "open-channel",
    files: both,
    applies: ({ payload }) => isObject(payload) && Object.hasOwn(payload, "channel") && !["whatsapp", "sms", "email"].includes(payload.channel),
  },
  {
    id: "own-time",
    files: ["generic_payload"],
    applies: ({ payload }) => isObject(payload) && Object.hasOwn(payload, "timestamp"),
  },
  {
    id: "all-content",
    files: both,
    applies: ({ payload }) =>
      isObject(payload) && !truthy(either(payload.body, payload.text)) && !truthy(either(payload.mediaUrl, payload.media_url)) &&
      contentWord(payload) !== null,
  },
  { id: "attachment-list", files: ["generic_payload"], applies: ({ payload }) => isObject(payload) && Array.isArray(payload.attachments) },
  {
    id: "echo-apart",
    files: ["generic_payload"], only: true,
    applies: ({ payload }) => isObject(payload) && generic.isEcho(payload),
  },
  {
    id: "failed-outbound",
    files: ["generic_payload"], only: true,
    applies: ({ payload }) => isObject(payload) && payload.direction === "outbound",
  },
  {
    id: "generic-receipt",
    files: ["generic_payload"],
    applies: ({ payload }) => isObject(payload) && typeof payload.status === "string" && hasId(payload),
  },
  {
    id: "receipt-type",
    files: ["generic_payload"],
    applies: ({ payload }) => isObject(payload) && generic.RECEIPT_TYPES.includes(payload.type),
  },
  {
    id: "other-events",
    files: ["generic_payload"],
    applies: ({ payload }) => isObject(payload) && generic.OTHERS.includes(payload.type),
  },
  { id: "one-reading", files: both, applies: ({ payload }) => isObject(payload) },
];
