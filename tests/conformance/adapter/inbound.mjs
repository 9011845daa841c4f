// Runs a payload through the package and renames what comes out to the reference's names. Knows the names of members, nothing of what is in
// them: there is no branch on the type of a message.

const MESSAGE = {
  id: "id", sender: "sender", to: "to", channel: "channel", text: "text", media_url: "mediaUrl", media_type: "mediaType",
  mime_type: "mimeType", file_name: "fileName", is_voice_message: "isVoiceMessage", voice_transcription: "voiceTranscription",
  group_id: "groupId", group_name: "groupName", is_group: "isGroup", sender_name: "senderName", sender_sid: "senderSid",
  reply_to: "replyTo", agent_name: "agentName", session_id: "sessionId", session: "session", thread_id: "threadId",
  received_at: "receivedAt",
};
const ATTACHMENT = { filename: "fileName", contentType: "mimeType", size: "size", url: "url" };
const RECEIPT = { message_sid: "messageSid", status: "status", timestamp: "timestamp", error_code: "errorCode" };
/** Names in `parse`: the first of ours that the event has. A member that an event of this kind never has is the last entry. */
const PARSE = {
  type: ["type"], id: ["id", "messageSid", null], from: ["sender", null], to: ["to", "recipient", null], channel: ["channel", null],
  body: ["text", null], mediaUrl: ["mediaUrl", null], mediaType: ["mediaType", null], isVoiceMessage: ["isVoiceMessage", false],
  voiceTranscription: ["voiceTranscription", null], groupId: ["groupId", null], groupName: ["groupName", null],
  senderName: ["senderName", null],
};
/** Members that only a receipt has in `parse`. */
const PARSED_RECEIPT = { deliveryStatus: "status", errorCode: "errorCode" };
/** The kinds of event that the reference knows. */
const KNOWN = ["message", "echo", "delivery_receipt", "failed_outbound"];

const rename = (names, event) => Object.fromEntries(Object.entries(names).map(([theirs, ours]) => [theirs, event[ours]]));
const given = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));

/** `summary` names the counts that this entry point of the reference reports, `receipt` the members of its parsed receipts. */
export function inbound({ main }, method, { summary, receipt }) {
  return async ({ payload, handlers }) => {
    const seen = { messages: [], receipts: [], calls: [] };
    const handler = new main.InboundHandler();
    const record = (event) => seen.messages.push(event);
    if (handlers === undefined) handler.onMessage(record);
    else for (const one of handlers) register(handler, one, seen);
    handler.onDeliveryReceipt((event) => void seen.receipts.push(event));
    handler.onError(() => {});
    const report = await handler[method](payload);
    return {
      summary: rename(summary, report),
      messages: seen.messages.map(message),
      receipts: seen.receipts.map((event) => rename(RECEIPT, event)),
      parse: parsed(main.parseInbound(Buffer.from(JSON.stringify(payload))), receipt),
      ...(handlers === undefined ? {} : { handlerCalls: seen.calls }),
    };
  };
}

/** Registers a handler as a case describes it. The messages of a case are those of the handler that saw most. */
function register(handler, { label, channel, throws }, seen) {
  const own = [];
  const run = (event) => {
    seen.calls.push([label, event.text]);
    if (own.push(event) > seen.messages.length) seen.messages = [...own];
    if (throws) throw new Error(label);
  };
  if (channel === null) handler.onMessage(run);
  else handler.onMessage({ channel }, run);
}

function message(event) {
  const attachments = event.attachments.map((item) => given(rename(ATTACHMENT, item)));
  return { ...rename(MESSAGE, event), attachments: attachments.length > 0 ? attachments : null };
}

function parsed(events, receipt) {
  const first = events.find(({ type }) => KNOWN.includes(type));
  if (first === undefined) return null;
  const value = (names) => names.slice(0, -1).map((name) => first[name]).find((found) => found !== undefined) ?? names.at(-1);
  const shared = Object.fromEntries(Object.entries(PARSE).map(([theirs, ours]) => [theirs, ours.length > 1 ? value(ours) : first[ours[0]]]));
  const own = Object.entries(PARSED_RECEIPT).filter(([theirs, ours]) => receipt.includes(theirs) && Object.hasOwn(first, ours));
  return { ...shared, ...Object.fromEntries(own.map(([theirs, ours]) => [theirs, first[ours]])) };
}
