//! Signed account webhooks into events (wire-contract 8.2).

use crate::model::event::Kind;

use super::read::Reader;

const VERIFIED: &str = " event+ orgId+ ownerEmail: teamToken+ scopes: verifiedAt; raw.";
const OTHER: &str = " event+ orgId:orgId|org_id agentId:agentId|agent_id data. raw.";

impl Reader {
    /// Whether the payload is an account event: it has an `event` and no sender.
    pub(crate) fn is_account(&mut self) -> bool {
        let event = self.look("event");
        self.worded(event) && !self.says("from|sender")
    }

    /// Appends the event. `account.verified` without a workspace or a token is malformed.
    pub(crate) fn account(&mut self) {
        let event = self.look("event");
        if self.among(event, "account.verified") {
            self.event(Kind::AccountVerified, VERIFIED);
        } else {
            self.event(Kind::AccountEvent, OTHER);
        }
    }
}
