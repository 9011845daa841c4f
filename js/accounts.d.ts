// Generated from src/accounts/rows.rs by `cargo xtask generate`. Edit the table, not this file.

import type {
  Answer,
  IsoDateTime,
  JsonObject,
  Open,
  Secret,
  WaitOptions,
} from "./types.d.ts";

/** How the verification e-mail looks. */
export interface Branding {
  /** Picture. */
  logoUrl?: string;
  /** CSS colour. */
  primaryColor?: string;
  /** Your product. */
  productName?: string;
  /** Your support. */
  supportEmail?: string;
}

/** Your own verification e-mail. `html` and `text` must contain `{{verifyUrl}}`; 200 KB at most. */
export interface VerificationEmail {
  /** Subject. */
  subject?: string;
  /** HTML; scripts and frames are stripped. */
  html?: string;
  /** Text. */
  text?: string;
}

/** Channels to set up. */
export interface Capabilities {
  /** SMS and calls. */
  phone?: boolean;
  /** WhatsApp. */
  whatsapp?: boolean;
  /** E-mail. */
  email?: boolean;
  /** Voice. */
  voiceAi?: boolean;
}

/** What an agent may use. `null` lifts a bound, where the server allows. */
export interface ClientLimits {
  /** Actions a minute. */
  maxActionsPerMinute?: number | null;
  /** Actions an hour. */
  maxActionsPerHour?: number | null;
  /** Actions a day. */
  maxActionsPerDay?: number | null;
  /** Spend a day. */
  maxSpendPerDay?: number | null;
  /** Spend a month. */
  maxSpendPerMonth?: number | null;
}

/** Options of `AccountsClient.register`. */
export interface RegisterOptions extends WaitOptions {
  /** Workspace. */
  orgName: string;
  /** Owner. */
  ownerEmail: string;
  /** How the e-mail looks. */
  branding?: Branding;
  /** Where the person lands afterwards. */
  returnUrl?: string;
  /** Where `account.verified` is posted; gives a `webhookSecret`. */
  webhookUrl?: string;
  /** Your own e-mail. */
  verificationEmail?: VerificationEmail;
  /** The same key gives the same answer, secrets included. @defaultValue a random UUID */
  idempotencyKey?: string;
}

/** Options of `AccountsClient.verify`. */
export interface VerifyOptions extends WaitOptions {
  /** Secret: the token of the e-mail link, good for 15 minutes. */
  token: Secret;
}

/** Options of `AccountsClient.acceptOnboarding`. */
export interface AcceptOnboardingOptions extends WaitOptions {
  /** Secret: `OnboardingRequired.onboardingSessionId`. */
  sessionId: Secret;
  /** Version of the terms accepted. */
  version: string;
}

/** Options of `AccountsClient.verificationStatus`. */
export interface VerificationStatusOptions extends WaitOptions {
  /** Workspace. */
  orgId: string;
  /** Secret: of the latest `register`. It stands in the URL, as the service wants it. */
  pollToken: Secret;
}

/** Options of `AccountsClient.resendVerification`, `AccountsClient.listOrgMembers`. */
export interface OrgOptions extends WaitOptions {
  /** Workspace. */
  orgId: string;
}

/** Options of `AccountsClient.abandonOrg`. */
export interface AbandonOrgOptions extends WaitOptions {
  /** Workspace. */
  orgId: string;
  /** Secret; without it the team token is used, which must be a super-admin's. */
  pollToken?: Secret;
  /** Why. */
  reason?: string;
}

/** Options of `AccountsClient.revealTeamToken`. */
export interface RevealTeamTokenOptions extends WaitOptions {
  /** Workspace. */
  orgId: string;
  /** Secret: from `register`. */
  webhookSecret: Secret;
}

/** Options of `AccountsClient.setPhone`. */
export interface SetPhoneOptions extends WaitOptions {
  /** E.164. */
  phone: string;
}

/** Options of `AccountsClient.confirmPhone`, `AccountsClient.rotateTokenConfirm`. */
export interface OtpOptions extends WaitOptions {
  /** From the first step. */
  challengeId: string;
  /** Secret: six digits. */
  otp: Secret;
}

/** Options of `AccountsClient.confirmErasure`. */
export interface ConfirmErasureOptions extends WaitOptions {
  /** Secret: from the e-mail. */
  confirmationToken: Secret;
  /** `true`: purge now, not after 7 days. @defaultValue false */
  force?: boolean;
}

/** Options of `AccountsClient.addOrgMember`. */
export interface AddOrgMemberOptions extends WaitOptions {
  /** Workspace. */
  orgId: string;
  /** Whom. */
  email: string;
  /** As what. @defaultValue the server's: "org-admin" */
  role?: Open<"org-admin">;
  /** Why. */
  reason?: string;
}

/** Options of `AccountsClient.removeOrgMember`. */
export interface RemoveOrgMemberOptions extends WaitOptions {
  /** Workspace. */
  orgId: string;
  /** Whom. */
  email: string;
  /** Why. */
  reason?: string;
}

/** Options of `AccountsClient.registerAgent`. */
export interface RegisterAgentOptions extends WaitOptions {
  /** Agent: your id of it, a UUID by convention. */
  agentId: string;
  /** Name. */
  displayName: string;
  /** E-mail. */
  email?: string;
  /** Phone. */
  phone?: string;
  /** Channels to set up. */
  channels?: JsonObject;
  /** Mail domain records. */
  dns?: JsonObject;
  /** The same key gives the same token. @defaultValue a random UUID */
  idempotencyKey?: string;
  /** Further wire members, verbatim. A key that has an option of its own is refused. */
  extra?: JsonObject;
}

/** Options of `AccountsClient.getAgent`, `AccountsClient.listAgentTokens`, `AccountsClient.regenerateAgentToken`, `AccountsClient.listAgentCommChannels`. */
export interface AgentOptionsById extends WaitOptions {
  /** Agent. */
  agentId: string;
}

/** Options of `AccountsClient.provisionChannels`. */
export interface ProvisionOptions extends WaitOptions {
  /** Agent. */
  agentId: string;
  /** Name. */
  displayName: string;
  /** https URL for inbound messages. */
  callbackUrl: string;
  /** Channels. */
  capabilities: Capabilities;
  /** ISO 3166. @defaultValue "US" */
  country?: string;
  /** @defaultValue "dedicated" */
  identityMode?: Open<"dedicated" | "shared">;
  /** Wish. */
  preferredWhatsappNumber?: string;
  /** Wish. */
  preferredPhoneNumber?: string;
  /** Language tag. */
  language?: string;
  /** The agent's gender. */
  gender?: Open<"male" | "female" | "neutral">;
  /** Voice. */
  voiceId?: string;
  /** First words on a call. */
  greeting?: string;
  /** Instructions. */
  systemPrompt?: string;
  /** Domain, for e-mail. */
  emailDomain?: string;
  /** Sent along if given, for servers that make repeats harmless by it; not all do. @defaultValue none */
  idempotencyKey?: string;
}

/** Options of `AccountsClient.onboard`. */
export interface OnboardOptions extends WaitOptions {
  /** Name. */
  agentName: string;
  /** ISO 3166. @defaultValue "US" */
  country?: string;
  /** Your agent id. */
  agentId?: string;
  /** Channels. */
  capabilities?: Capabilities;
  /** Domain, for e-mail. */
  emailDomain?: string;
  /** First words on a call. */
  greeting?: string;
  /** Instructions. */
  systemPrompt?: string;
  /** Sent along if given, for servers that make repeats harmless by it; not all do. @defaultValue none */
  idempotencyKey?: string;
}

/** Options of `AccountsClient.deprovision`. */
export interface DeprovisionOptions extends WaitOptions {
  /** Agent. */
  agentId: string;
  /** Gives the number back for good. @defaultValue true */
  releaseNumber?: boolean;
}

/** Options of `AccountsClient.addAgentCommChannel`. */
export interface AddCommChannelOptions extends WaitOptions {
  /** Agent. */
  agentId: string;
  /** Kind. */
  channelType: Open<"phone" | "whatsapp" | "telegram" | "line" | "email">;
  /** Number or address. */
  identifier?: string;
  /** The part before the @. */
  emailLocalPart?: string;
  /** Your label. */
  label?: string;
  /** What it can do. */
  capabilities?: readonly string[];
  /** Sent along if given, for servers that make repeats harmless by it; not all do. @defaultValue none */
  idempotencyKey?: string;
}

/** Options of `AccountsClient.manageAgentChannel`. */
export interface ManageAgentChannelOptions extends WaitOptions {
  /** Agent. */
  agentId: string;
  /** What to do. */
  action: "add" | "remove";
  /** Channel. */
  channel: Open<"phone" | "email" | "whatsapp" | "line" | "voiceAi">;
  /** Details, such as `country`. */
  options?: JsonObject;
  /** Sent along if given, for servers that make repeats harmless by it; not all do. @defaultValue none */
  idempotencyKey?: string;
}

/** Options of `AccountsClient.updateCommChannel`. */
export interface UpdateCommChannelOptions extends WaitOptions {
  /** Record. */
  recordId: string;
  /** Your label. */
  label?: string;
  /** Off. */
  paused?: boolean;
  /** First choice. */
  primary?: boolean;
}

/** Options of `AccountsClient.deleteCommChannel`. */
export interface DeleteCommChannelOptions extends WaitOptions {
  /** Record. */
  recordId: string;
}

/** Options of `AccountsClient.releaseNumber`. */
export interface ReleaseNumberOptions extends WaitOptions {
  /** E.164. */
  phoneNumber: string;
  /** `whatsapp` for a WhatsApp sender. */
  source?: Open<"whatsapp">;
}

/** Options of `AccountsClient.setBillingConfig`. */
export interface BillingConfigOptions extends WaitOptions {
  /** Agent. */
  agentId?: string;
  /** Tier. */
  tier?: Open<"free" | "starter" | "pro" | "enterprise">;
  /** 0 to 500. */
  markupPercent?: number;
  /** Bills go there. */
  billingEmail?: string;
}

/** Options of `AccountsClient.setClientLimits`. */
export interface ClientLimitsOptions extends WaitOptions {
  /** New limits; what is left out stays. */
  limits: ClientLimits;
  /** Agent. */
  agentId?: string;
}

/** A workspace waiting for its owner. The answer is the same for new and known addresses. */
export interface Registration extends Answer {
  /** Workspace; random each time if the address is already verified. */
  readonly orgId: string;
  /** An e-mail is on its way. */
  readonly verificationSent?: boolean;
  /** Secret: for `verificationStatus` and `abandonOrg`; each registration replaces it. */
  readonly pollToken: Secret;
  /** Secret: verifies `account.verified`. Store it now, it is not shown again. */
  readonly webhookSecret?: Secret;
}

/** A verified workspace. */
export interface VerifiedAccount extends Answer {
  /** Workspace. */
  readonly orgId: string;
  /** Secret: the workspace token. */
  readonly teamToken: Secret;
  /** What it may do. */
  readonly scopes?: string;
}

/** Where a registration stands. */
export interface VerificationStatus extends Answer {
  /** Workspace. */
  readonly orgId?: string;
  /** State. */
  readonly state?: Open<"pending" | "verified" | "expired">;
  /** When the link ends. */
  readonly expiresAt?: IsoDateTime;
  /** When the owner clicked. */
  readonly verifiedAt?: IsoDateTime;
}

/** The team token, shown again. */
export interface RevealedToken extends Answer {
  /** Secret: the workspace token. */
  readonly token: Secret;
  /** Whether it is a new one. */
  readonly rotated?: boolean;
  /** Workspace. */
  readonly orgId?: string;
  /** Its name. */
  readonly orgName?: string;
}

/** The workspace. */
export interface Account extends Answer {
  /** Workspace. */
  readonly orgId: string;
  /** Name. */
  readonly name?: string;
  /** Short name. */
  readonly slug?: string;
  /** Owner. */
  readonly ownerEmail?: string;
  /** Kind. */
  readonly mode?: Open<"sandbox" | "live">;
  /** State. */
  readonly status?: string;
  /** Last digits of the owner's phone. */
  readonly ownerPhoneHint?: string | null;
  /** When made. */
  readonly createdAt?: IsoDateTime;
}

/** A code was sent by SMS. */
export interface OtpChallenge extends Answer {
  /** For the second step. */
  readonly challengeId: string;
  /** Last digits of the phone. */
  readonly phoneHint?: string;
}

/** A new token; the old one is dead. */
export interface NewToken extends Answer {
  /** Secret: store it; for a team token, then use `withToken`. */
  readonly token: Secret;
}

/** A request to erase the workspace. */
export interface ErasureStarted extends Answer {
  /** Request. */
  readonly erasureRequestId?: string;
  /** When it lapses. */
  readonly expiresAt?: IsoDateTime;
  /** For people. */
  readonly message?: string;
  /** Secret: what the e-mail holds; test servers only. */
  readonly devConfirmationToken?: Secret;
}

/** Where the token's owner belongs. */
export interface Memberships extends Answer {
  /** Owner. */
  readonly email?: string;
  /** Workspaces. */
  readonly memberships: readonly { readonly orgId: string; readonly orgName?: string; readonly role?: string; readonly addedAt?: IsoDateTime }[];
}

/** An agent with its token. */
export interface RegisteredAgent extends Answer {
  /** Agent. */
  readonly agentId: string;
  /** Secret: the agent's runtime token. Store it in a vault. */
  readonly token: Secret;
}

/** An agent as the workspace sees it. */
export interface AgentRecord extends Answer {
  /** Agent. */
  readonly agentId: string;
  /** Name. */
  readonly displayName?: string;
  /** State; active does not mean that a channel exists. */
  readonly status?: string;
  /** Where it stands. */
  readonly lifecycleState?: string;
  /** Channels. */
  readonly channels?: Answer;
  /** Where inbound messages are posted. */
  readonly callbackUrl?: string | null;
  /** When made. */
  readonly createdAt?: IsoDateTime;
  /** When it got channels. */
  readonly provisionedAt?: IsoDateTime | null;
}

/** An agent with channels. */
export interface ProvisionedAgent extends Answer {
  /** Secret: the agent's new token. */
  readonly token: Secret;
  /** Agent. */
  readonly agentId?: string;
  /** Its name. */
  readonly agentName?: string;
  /** Its channels. */
  readonly channels?: Answer;
}

/** An agent without channels. */
export interface Deprovisioned extends Answer {
  /** Agent. */
  readonly agentId?: string;
  /** State. */
  readonly status?: string;
  /** Its number is gone for good. */
  readonly numberReleased?: boolean;
  /** Its WhatsApp sender went back. */
  readonly whatsappReturned?: boolean;
}

/** Tokens of an agent, without their values. Members differ between servers. */
export interface AgentTokens extends Answer {
  /** Tokens. */
  readonly tokens: readonly { readonly id: string; readonly label?: string; readonly lastFour?: string; readonly createdAt?: IsoDateTime; readonly lastUsedAt?: IsoDateTime | null; readonly ipHint?: string }[];
}

/** A number or address of an agent. */
export interface CommChannel extends Answer {
  /** Record. */
  readonly id: string;
  /** Kind. */
  readonly channelType?: Open<"phone" | "whatsapp" | "telegram" | "line" | "email">;
  /** Number or address. */
  readonly identifier?: string;
  /** Your label. */
  readonly label?: string | null;
  /** What it can do. */
  readonly capabilities?: readonly string[];
  /** Off. */
  readonly paused?: boolean;
  /** First choice. */
  readonly primary?: boolean;
  /** When made. */
  readonly createdAt?: IsoDateTime;
}

/** Numbers and addresses of an agent. */
export interface CommChannels extends Answer {
  /** Records. */
  readonly records: readonly CommChannel[];
}

/** Tier and markup. Members differ between servers. */
export interface BillingConfig extends Answer {
  /** Agent. */
  readonly agentId?: string;
  /** What holds now. */
  readonly billingConfig?: Answer;
  /** What the tier allows. */
  readonly tierLimits?: Answer;
  /** Tiers. */
  readonly availableTiers?: readonly string[];
}

/** What holds now. Members differ between servers. */
export interface CurrentLimits extends Answer {
  /** Agent. */
  readonly agentId?: string;
  /** Limits. */
  readonly currentLimits?: ClientLimits;
}

/** The methods of `AccountsClient` that the table makes. */
export interface AccountsCalls {
  /** Registers a workspace and mails its owner. With `webhookUrl` the answer has a `webhookSecret`; without it the token reaches the owner's browser only. Warns once, through the logger, when nobody will be told of the end. wire: `POST /api/orgs/register`. */
  register(options: RegisterOptions & { webhookUrl: string }): Promise<Registration & { readonly webhookSecret: Secret }>;
  /** Registers a workspace and mails its owner. With `webhookUrl` the answer has a `webhookSecret`; without it the token reaches the owner's browser only. Warns once, through the logger, when nobody will be told of the end. wire: `POST /api/orgs/register`. */
  register(options: RegisterOptions): Promise<Registration>;
  /** Trades the e-mail link's token for the team token. wire: `POST /api/orgs/verify`. @throws OnboardingRequired, VerificationTokenExpired */
  verify(options: VerifyOptions): Promise<VerifiedAccount>;
  /** Accepts the terms, after `OnboardingRequired`. wire: `POST /api/orgs/onboarding/accept`. */
  acceptOnboarding(options: AcceptOnboardingOptions): Promise<VerifiedAccount>;
  /** Where the registration stands; never the token. Servers ask to wait 60 seconds between calls. wire: `GET /api/orgs/{orgId}/verification-status`. */
  verificationStatus(options: VerificationStatusOptions): Promise<VerificationStatus>;
  /** Mails the link again. wire: `POST /api/orgs/{orgId}/resend-verification`. @throws RateLimitError */
  resendVerification(options: OrgOptions): Promise<Answer>;
  /** Drops a registration that was never verified. wire: `POST /api/orgs/abandon`. */
  abandonOrg(options: AbandonOrgOptions): Promise<Answer>;
  /** Shows the team token to the holder of the webhook secret; may replace it. The clock must be right to a minute. wire: `POST /api/orgs/{orgId}/reveal-team-token`. @throws OnboardingRequired, AccountsError (403 and 409, such as `AUTH_FORBIDDEN`, `WEBHOOK_SECRET_UNREGISTERED`), AuthError (401, such as `AUTH_TIMESTAMP_EXPIRED`) */
  revealTeamToken(options: RevealTeamTokenOptions): Promise<RevealedToken>;
  /** The workspace. wire: `GET /api/orgs/me`. @throws TokenRevoked, AuthError */
  getAccount(options?: WaitOptions): Promise<Account>;
  /** Sets the phone for rotation: sends a code by SMS. wire: `POST /api/orgs/me/phone/set`. */
  setPhone(options: SetPhoneOptions): Promise<OtpChallenge>;
  /** Confirms the phone. wire: `POST /api/orgs/me/phone/confirm`. @throws OTPInvalid, OTPExpired, OTPMaxAttempts, ChallengeNotFound */
  confirmPhone(options: OtpOptions): Promise<Answer>;
  /** First step of rotation: sends a code by SMS. wire: `POST /api/orgs/me/rotate-token/request`. @throws PhoneNotConfigured */
  rotateTokenRequest(options?: WaitOptions): Promise<OtpChallenge>;
  /** Second step of rotation. The old token dies at once. wire: `POST /api/orgs/me/rotate-token/confirm`. @throws OTPInvalid, OTPExpired, OTPMaxAttempts, ChallengeNotFound */
  rotateTokenConfirm(options: OtpOptions): Promise<NewToken>;
  /** Kills the team token in use; again is harmless. wire: `POST /api/orgs/me/tokens/revoke`. */
  revokeToken(options?: WaitOptions): Promise<Answer>;
  /** Asks to erase the workspace; mails a token. wire: `POST /api/orgs/me/erasure/start`. @throws RateLimitError */
  startErasure(options?: WaitOptions): Promise<ErasureStarted>;
  /** Erases the workspace. Cannot be undone. wire: `POST /api/orgs/me/erasure/confirm`. */
  confirmErasure(options: ConfirmErasureOptions): Promise<Answer>;
  /** Workspaces of the token's owner. wire: `GET /api/users/me/memberships`. */
  listMyMemberships(options?: WaitOptions): Promise<Memberships>;
  /** Members, in a form the service does not document. wire: `GET /api/orgs/{orgId}/members`. */
  listOrgMembers(options: OrgOptions): Promise<Answer>;
  /** Adds a member; again is harmless. wire: `POST /api/orgs/{orgId}/members`. */
  addOrgMember(options: AddOrgMemberOptions): Promise<Answer>;
  /** Removes a member. wire: `DELETE /api/orgs/{orgId}/members/{email}`. */
  removeOrgMember(options: RemoveOrgMemberOptions): Promise<Answer>;
  /** Registers an agent under an id of yours, and gets its token. wire: `POST /api/v1/agents`. */
  registerAgent(agentId: string, displayName: string, options?: Omit<RegisterAgentOptions, "agentId" | "displayName">): Promise<RegisteredAgent>;
  /** Registers an agent under an id of yours, and gets its token. wire: `POST /api/v1/agents`. */
  registerAgent(options: RegisterAgentOptions): Promise<RegisteredAgent>;
  /** An agent. wire: `GET /api/v1/agents/{agentId}`. @throws NotProvisioned */
  getAgent(options: AgentOptionsById): Promise<AgentRecord>;
  /** Gives an agent channels and a new token; the old one dies. The service gives this call up on 2026-07-27. wire: `POST /api/v1/provision`. @throws ProviderWebhookWireFailed */
  provisionChannels(options: ProvisionOptions): Promise<ProvisionedAgent>;
  /** Sets up an agent in one go. The service gives this call up on 2026-07-27. wire: `POST /api/v1/onboard`. */
  onboard(options: OnboardOptions): Promise<Answer>;
  /** Takes an agent's channels away at once, and by default its number for good. wire: `POST /api/v1/deprovision`. */
  deprovision(options: DeprovisionOptions): Promise<Deprovisioned>;
  /** Tokens of an agent, without their values. wire: `GET /api/v1/agents/{agentId}/tokens`. */
  listAgentTokens(options: AgentOptionsById): Promise<AgentTokens>;
  /** A new token; all others of the agent die at once. wire: `POST /api/v1/agents/{agentId}/regenerate-token`. */
  regenerateAgentToken(options: AgentOptionsById): Promise<NewToken>;
  /** Numbers and addresses of an agent. wire: `GET /api/v1/agents/{agentId}/comm-channels`. */
  listAgentCommChannels(options: AgentOptionsById): Promise<CommChannels>;
  /** Adds a number or address. wire: `POST /api/v1/agents/{agentId}/comm-channels`. @throws ProviderWebhookWireFailed */
  addAgentCommChannel(options: AddCommChannelOptions): Promise<CommChannel>;
  /** Adds or removes a channel. wire: `POST /api/v1/agents/{agentId}/channels`. @throws ProviderWebhookWireFailed */
  manageAgentChannel(options: ManageAgentChannelOptions): Promise<Answer>;
  /** Changes a number or address; what is left out stays. wire: `PATCH /api/v1/comm-channels/{recordId}`. */
  updateCommChannel(options: UpdateCommChannelOptions): Promise<Answer>;
  /** Removes a number or address. wire: `DELETE /api/v1/comm-channels/{recordId}`. */
  deleteCommChannel(options: DeleteCommChannelOptions): Promise<Answer>;
  /** Gives a number back for good. wire: `POST /api/v1/release-number`. */
  releaseNumber(options: ReleaseNumberOptions): Promise<Answer>;
  /** Sets tier and markup. wire: `POST /api/v1/billing/config`. */
  setBillingConfig(options?: BillingConfigOptions): Promise<BillingConfig>;
  /** Sets limits at once; the agent's `setClientLimitsSafe` can preview. wire: `POST /api/v1/client-limits`. */
  setClientLimits(options: ClientLimitsOptions): Promise<CurrentLimits>;
}
