/**
 * Answers of the agent's tools, and the objects some of them take. Members are optional unless the service documents them as always
 * present; what the package does not know passes through.
 */

import type { Answer, IsoDateTime, Open, Secret } from "./types.d.ts";

/** Known actions. */
export type WhatsappActionName = Open<
  | "typing" | "mark_read" | "react" | "edit" | "forward" | "delete" | "send_poll" | "send_buttons" | "send_location"
  | "send_contact" | "post_status" | "set_chat_ttl" | "send_view_once"
>;

export type { Capabilities, ClientLimits } from "./accounts.d.ts";
export type { AgentSelf, BillingSummary, UsageSummary } from "./rest.d.ts";

/** Answer of a WhatsApp action. */
export interface WhatsappActionResult extends Answer {
  /** Done. */ readonly ok?: boolean;
  /** Id, for actions that send. */ readonly messageId?: string;
}

/** What is known about a number. `_unverified` marks a guess. */
export interface NumberValidation extends Answer {
  /** Whether it can exist. */ readonly valid?: boolean;
  /** E.164. */ readonly phoneNumber?: string;
  /** ISO 3166. */ readonly countryCode?: string | null;
  /** Mobile, landline… */ readonly lineType?: string | null;
  /** Carrier. */ readonly carrier?: { readonly name?: string | null; readonly type?: string | null } | null;
  /** Whether it takes texts. */ readonly canReceiveSms?: boolean;
  /** Whether it takes calls. */ readonly canReceiveCall?: boolean;
  /** `true`: not really looked up. */ readonly _unverified?: boolean;
}

/** Agents found; a system agent may be among them. */
export interface AgentsFound extends Answer {
  /** Agents. */ readonly agents: readonly { readonly agentId: string; readonly name: string; readonly channels?: Answer }[];
  /** How many. */ readonly count?: number;
}

/** A call under way. */
export interface CallStarted extends Answer {
  /** Call. */ readonly callSid?: string;
  /** Conversation. */ readonly sessionId?: string;
  /** State. */ readonly status?: string;
  /** Caller. */ readonly from?: string;
  /** Called. */ readonly to?: string;
}

/** Spoken text. */
export interface TtsResult extends Answer {
  /** Where it is. */ readonly url: string;
  /** Format. */ readonly format?: string;
}

/** Whether a person may be written to. */
export interface ConsentStatus extends Answer {
  /** May. */ readonly hasConsent?: boolean;
  /** State. */ readonly status?: Open<"granted" | "revoked" | "none">;
  /** Kind. */ readonly consentType?: string;
  /** Since. */ readonly grantedAt?: IsoDateTime | null;
  /** Until. */ readonly revokedAt?: IsoDateTime | null;
  /** From where. */ readonly source?: string | null;
}

/** Whether a person is trusted. */
export interface TrustStatus extends Answer {
  /** Is. */ readonly trusted?: boolean;
  /** State. */ readonly status?: string;
  /** Until. */ readonly expiresAt?: IsoDateTime | null;
  /** For people. */ readonly message?: string;
}

/** A code on its way. */
export interface OtpSent extends Answer {
  /** Sent. */ readonly success?: boolean;
  /** Code's id. */ readonly codeId?: string;
  /** Life of the code in seconds. */ readonly expiresIn?: number;
}

/** Whether the code was right. */
export interface OtpCheck extends Answer {
  /** Right. */ readonly valid?: boolean;
  /** Why not. */ readonly reason?: string;
}

/** What was earned. */
export interface Income extends Answer {
  /** ISO 4217. */ readonly currency?: string;
  /** Paid to providers. */ readonly providerCost?: number;
  /** Billed. */ readonly billedCost?: number;
  /** The difference. */ readonly income?: number;
  /** By channel. */ readonly byChannel?: Answer;
}

/** A rotated token. */
export interface TokenRotation extends Answer {
  /** Done, with `confirm`. */ readonly accepted?: boolean;
  /** Secret: the new token. This `Agent` keeps using the old one: make a new one. */ readonly newToken?: Secret;
  /** How long the old token still works. */ readonly gracePeriodSeconds?: number;
  /** For people. */ readonly instructions?: string;
}

