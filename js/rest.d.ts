// Generated from src/accounts/agent_rows.rs by `cargo xtask generate`. Edit the table, not this file.

import type {
  Answer,
  CallOptions,
  Channel,
  IsoDateTime,
  Open,
} from "./types.d.ts";

/** Options of `Agent.getWaitingMessages`. */
export interface WaitingMessagesOptions extends CallOptions {
  /** How many. @defaultValue 50 */
  limit?: number;
  /** Only this channel. */
  channel?: Channel;
}

/** Options of `Agent.getBilling`. */
export interface BillingOptions extends CallOptions {
  /** Span of time. @defaultValue "month" */
  period?: Open<"today" | "week" | "month" | "all">;
}

/** Options of `Agent.fetchUsageSummary`. */
export interface UsageSummaryOptions extends CallOptions {
  /** Path on the server. @defaultValue "/api/v1/usage" */
  path?: string;
}

/** Options of `Agent.setCallbackUrl`. */
export interface CallbackUrlOptions extends CallOptions {
  /** https URL for inbound messages. Servers are not known to sign what they post there: see `callbackToken`. */
  callbackUrl: string;
}

/** Options of `Agent.setClientStatus`. */
export interface ClientStatusOptions extends CallOptions {
  /** New state. */
  status: "active" | "inactive" | "suspended";
  /** Why. */
  reason?: string;
}

/** The agent as it sees itself. */
export interface AgentSelf extends Answer {
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

/** A message that found nobody, or a send of ours that failed. `parseInbound` turns it into an event. */
export interface WaitingMessage extends Answer {
  /** Its place in the queue. */
  readonly id?: string;
  /** Agent. */
  readonly agentId?: string;
  /** Channel. */
  readonly channel?: Channel;
  /** Whose. */
  readonly direction?: Open<"inbound" | "outbound">;
  /** Why it waits. */
  readonly reason?: Open<"agent_offline" | "send_failed" | "provider_error">;
  /** Sender. */
  readonly from?: string;
  /** Recipient. */
  readonly to?: string;
  /** Text. */
  readonly body?: string | null;
  /** File. */
  readonly mediaUrl?: string | null;
  /** What went wrong. */
  readonly errorDetails?: string | null;
  /** Provider's id. */
  readonly externalId?: string | null;
  /** When, as the server writes it. */
  readonly createdAt?: string;
}

/** Messages that found nobody. Reading them removed them from the server. */
export interface WaitingMessages extends Answer {
  /** Messages, oldest first. */
  readonly messages: readonly WaitingMessage[];
  /** How many. */
  readonly count?: number;
}

/** State of the agent's channels. */
export interface ChannelStatus extends Answer {
  /** Agent. */
  readonly agentId?: string;
  /** Name. */
  readonly displayName?: string;
  /** When it got channels. */
  readonly provisionedAt?: string | null;
  /** By channel. */
  readonly channels?: Readonly<Record<string, Answer | undefined>>;
}

/** What it costs. */
export interface BillingSummary extends Answer {
  /** Agent. */
  readonly agentId?: string;
  /** Paid to providers. */
  readonly providerCost?: number;
  /** Billed. */
  readonly billingCost?: number;
  /** Markup. */
  readonly markupPercent?: number;
  /** By channel. */
  readonly byChannel?: Answer;
  /** Tier. */
  readonly tier?: string;
}

/** What was used. */
export interface UsageSummary extends Answer {
  /** Agent. */
  readonly agentId?: string;
  /** Span: a word, or an object, depending on the server. */
  readonly period?: string | Answer;
  /** How many actions. */
  readonly totalActions?: number;
  /** What they cost. */
  readonly totalCost?: number;
  /** ISO 4217. */
  readonly currency?: string;
  /** Counts by action. */
  readonly actions?: Answer;
  /** Cost by channel. */
  readonly costsByChannel?: Answer;
  /** Against the limits. */
  readonly currentUsage?: Answer;
  /** The limits. */
  readonly limits?: Answer;
}

/** Where inbound messages are posted. */
export interface CallbackUrl extends Answer {
  /** The URL. */
  readonly callbackUrl?: string;
}

/** Voices to speak with. */
export interface Voices extends Answer {
  /** Voices. */
  readonly voices: readonly Answer[];
  /** How many. */
  readonly count?: number;
}

/** The methods of `Agent` that the table makes. */
export interface AgentRest {
  /** Who am I. wire: `GET /api/v1/agents/me`. */
  getSelf(options?: CallOptions): Promise<AgentSelf>;
  /** Takes waiting messages off the server: read once, gone there. wire: `GET /api/v1/waiting-messages`. */
  getWaitingMessages(options?: WaitingMessagesOptions): Promise<WaitingMessages>;
  /** State of the channels. wire: `GET /api/v1/channel-status`. */
  getChannelStatus(options?: CallOptions): Promise<ChannelStatus>;
  /** What it costs. wire: `GET /api/v1/billing`. */
  getBilling(options?: BillingOptions): Promise<BillingSummary>;
  /** What was used; `null` on any error, for dashboards. wire: `GET /api/v1/usage`. */
  fetchUsageSummary(options?: UsageSummaryOptions): Promise<UsageSummary | null>;
  /** Where inbound messages are posted. wire: `PUT /api/v1/callback-url`. */
  setCallbackUrl(options: CallbackUrlOptions): Promise<CallbackUrl>;
  /** Voices to speak with. wire: `GET /api/v1/voices`. */
  listVoices(options?: CallOptions): Promise<Voices>;
  /** Switches the agent on or off. wire: `PUT /api/v1/client-status`. */
  setClientStatus(options: ClientStatusOptions): Promise<Answer>;
}
