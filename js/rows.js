// Generated from the tables of src/ by `cargo xtask generate`. Edit the tables, not this file.

/** @internal The methods of `Agent` that call tools, by the number of their row; several of one row with bars between them. */
export const TOOLS = /* @__PURE__ */ "sendMessage sendMessages callTool listTools ping typing markRead react edit forward deleteMessage|delete sendPoll sendButtons sendLocation sendContact postStatus setChatTtl sendViewOnce whatsappAction getMe getMessageStatus subscribeInbound manageInboundFilter validateNumber findAgent getContactProfile getGroupMembers messageAgent updateProfile makeCall transferCall callOnBehalf sendVoiceMessage generateTts setVoiceCallback createSession getSession listSessions closeSession checkConsent recordConsent revokeConsent checkTrust grantTrust revokeTrust sendOtp verifyOtp getIncome getUsageDashboard getBillingSummary rotateAgentToken registerProvider expandClientPool listAvailableNumbers bridgeCall manageChannel deprovisionChannels setClientLimitsSafe onboardCustomer createTeam listTeams".split(" ");

/** @internal The methods of `Agent` that are one request. */
export const REST = /* @__PURE__ */ "getSelf getWaitingMessages getChannelStatus getBilling fetchUsageSummary setCallbackUrl listVoices setClientStatus".split(" ");

/** @internal The methods of `AccountsClient` that are one request. */
export const ACCOUNTS = /* @__PURE__ */ "register verify acceptOnboarding verificationStatus resendVerification abandonOrg revealTeamToken getAccount setPhone confirmPhone rotateTokenRequest rotateTokenConfirm revokeToken startErasure confirmErasure listMyMemberships listOrgMembers addOrgMember removeOrgMember registerAgent getAgent provisionChannels onboard deprovision listAgentTokens regenerateAgentToken listAgentCommChannels addAgentCommChannel manageAgentChannel updateCommChannel deleteCommChannel releaseNumber setBillingConfig setClientLimits".split(" ");
