// What the reference's methods for single tools put on the wire: wire-contract 3 and 5, in our own words.

/** WhatsApp actions, by method. */
const BY_METHOD = {
  typing: "typing", markRead: "mark_read", react: "react", edit: "edit", forward: "forward", delete: "delete", sendPoll: "send_poll",
  sendButtons: "send_buttons", sendLocation: "send_location", sendContact: "send_contact", postStatus: "post_status", setChatTtl: "set_chat_ttl",
  sendViewOnce: "send_view_once",
};
export const ACTIONS = Object.values(BY_METHOD);
/** Options that are left out where nothing is given; all others of an action go out as they are. */
const OPTIONAL = ["name", "mediaUrl", "body"];

const PERIOD = { period: "month" };
const PREVIEW = { confirm: false };
const ADDRESS = { contact: "contactAddress" };

/** By method: the tool, defaults, keys that are spelt otherwise on the wire, and whether `null` goes out. */
export const TOOLS = {
  ...Object.fromEntries(Object.entries(BY_METHOD).map(([method, action]) => [method, { action }])),
  whatsappAction: {},
  getMe: { name: "comms_get_me" },
  getMessageStatus: { name: "comms_get_message_status" },
  subscribeInbound: { name: "comms_subscribe_inbound" },
  manageInboundFilter: { name: "comms_manage_inbound_filter" },
  validateNumber: { name: "comms_validate_number" },
  findAgent: { name: "comms_find_agent", defaults: { includeSelf: true, includeDraft: true } },
  getContactProfile: { name: "comms_get_contact_profile" },
  getGroupMembers: { name: "comms_get_group_members" },
  messageAgent: { name: "comms_message_agent" },
  updateProfile: { name: "comms_update_profile", nulls: true },
  makeCall: { name: "comms_make_call" },
  transferCall: { name: "comms_transfer_call" },
  callOnBehalf: { name: "comms_call_on_behalf" },
  sendVoiceMessage: { name: "comms_send_voice_message" },
  generateTts: { name: "comms_generate_tts", defaults: { format: "ogg" } },
  setVoiceCallback: { name: "comms_set_voice_callback" },
  createSession: { name: "comms_create_session" },
  getSession: { name: "comms_get_session", defaults: { historyLimit: 20 } },
  listSessions: { name: "comms_list_sessions", defaults: { status: "active", limit: 50 } },
  closeSession: { name: "comms_close_session", defaults: PREVIEW },
  checkConsent: { name: "comms_check_consent" },
  recordConsent: { name: "comms_record_consent", defaults: { consentType: "express" }, keys: ADDRESS },
  revokeConsent: { name: "comms_revoke_consent", defaults: PREVIEW, keys: ADDRESS },
  checkTrust: { name: "comms_check_trust" },
  grantTrust: { name: "comms_grant_trust", defaults: { channel: "manual" }, keys: ADDRESS },
  revokeTrust: { name: "comms_revoke_trust", defaults: PREVIEW, keys: ADDRESS },
  sendOtp: { name: "comms_send_otp" },
  verifyOtp: { name: "comms_verify_otp" },
  getIncome: { name: "comms_get_income", defaults: PERIOD },
  getUsageDashboard: { name: "comms_get_usage_dashboard", defaults: { period: "today" } },
  getBillingSummary: { name: "comms_get_billing_summary", defaults: PERIOD },
  rotateAgentToken: { name: "comms_rotate_token", defaults: PREVIEW },
  registerProvider: { name: "comms_register_provider", defaults: { autoVerify: true } },
  expandClientPool: { name: "comms_expand_client_pool", defaults: PREVIEW },
  listAvailableNumbers: { name: "comms_list_available_numbers" },
  bridgeCall: { name: "comms_bridge_call", nulls: true },
  manageChannel: { name: "comms_manage_channel" },
  deprovisionChannels: { name: "comms_deprovision_channels", defaults: PREVIEW },
  setClientLimitsSafe: { name: "comms_set_client_limits", defaults: PREVIEW },
  onboardCustomer: { name: "comms_onboard_customer" },
  createTeam: { name: "comms_create_team" },
  listTeams: { name: "comms_list_teams" },
};

/** The tool's arguments. */
export function wireArguments(method, { agentToken, senderSid, ...args }) {
  const { action, defaults, keys = {}, nulls = false } = TOOLS[method];
  const any = method === "whatsappAction";
  const kept = Object.entries(args).filter(([key, value]) => value !== null || nulls || any || (action !== undefined && !OPTIONAL.includes(key)));
  return {
    ...(action === undefined ? {} : { action }),
    ...defaults,
    ...Object.fromEntries(kept.map(([key, value]) => [keys[key] ?? key, value])),
    ...(senderSid ? { senderSid } : {}),
  };
}
