//! The machine alone: what it says, in which order, with which times.

use super::*;
use crate::inbound::keys::{DELIVERY_TTL_MS, WHATSAPP_TTL_MS};
use crate::inbound::parse::{parse, parse_inbound};
use crate::inbound::tests::on::On;
use crate::inbound::verify::{Scheme, accept_insecure};

const NOW: f64 = 1_770_000_000_000.0;
const POLICY: Policy = Policy { handlers_ms: 9000.0, accept_errors: false };
const VERIFIED: &str = r#"{"event":"account.verified","orgId":"o","teamToken":"t"}"#;
const SIGNATURE: &str = "bd:sig:0707070707070707070707070707070707070707070707070707070707070707";

fn webhook(proof: Scheme, body: &str) -> Webhook {
    let (source, events) = parse(&accept_insecure(body.as_bytes()), 64).unwrap();
    let service = proof == Scheme::Service;
    let delivery_id = service.then(|| "d-1".to_owned());
    Webhook { source, proof, delivery_id, digest: Some([7; 32]), events, body: body.as_bytes().to_vec() }
}

/// A delivery of the service, with two keys.
fn account() -> Webhook {
    webhook(Scheme::Service, VERIFIED)
}

/// Messages of WhatsApp, with a key each.
fn batch(ids: &[&str]) -> Webhook {
    let messages: Vec<String> = ids
        .iter()
        .map(|id| format!(r#"{{"from":"1","id":"{id}","type":"text","text":{{"body":"x"}}}}"#))
        .collect();
    let messages = messages.join(",");
    let body = format!(r#"{{"entry":[{{"changes":[{{"value":{{"messages":[{messages}]}}}}]}}]}}"#);
    webhook(Scheme::Meta, &body)
}

fn registry(lines: &[&str]) -> Registry {
    Registry::of_lines(lines.iter().map(|line| format!("{line}\n")).collect())
}

fn handling(webhook: &Webhook, lines: &[&str], policy: Policy, before: bool) -> Handling {
    Handling::new(webhook, &registry(lines), policy, Patience::with(policy), before)
}

/// What an action says in short; a report as its numbers.
fn short(action: &Action) -> String {
    match action {
        Action::Claim { key, lease_ms, timeout_ms } => format!("claim {key} {lease_ms} {timeout_ms}"),
        Action::Complete { key, ttl_ms, timeout_ms } => format!("complete {key} {ttl_ms} {timeout_ms}"),
        Action::Release { key, timeout_ms } => format!("release {key} {timeout_ms}"),
        Action::Call { handler, index, timeout_ms } => format!("call {handler} {index} {timeout_ms}"),
        Action::Tell { handler, index, timeout_ms } => format!("tell {handler} {index} {timeout_ms}"),
        Action::Reply(reason) => format!("reply {}", reason.map_or("ok", Reason::as_str)),
        Action::End(report) => format!(
            "end {} {} {} {} errors {:?}",
            report.messages, report.receipts, report.others, report.duplicates, report.errors
        ),
    }
}

/// Goes through a script: what is put in, how much later, and what must come.
fn follow(handling: &mut Handling, script: &[(Input, f64, &str)]) -> Report {
    let mut now = NOW;
    for (place, (input, later_ms, want)) in script.iter().enumerate() {
        now += later_ms;
        let action = handling.next(*input, now);
        let failed = match action {
            Action::End(_) => format!(" failed {:?}", handling.failed_places()),
            _ => String::new(),
        };
        assert_eq!(short(&action) + &failed, *want, "step {place}");
        if let Action::End(report) = action {
            assert!(script.get(place..).is_some_and(|rest| rest.len() == 1), "it ended early");
            return report;
        }
    }
    panic!("it did not end");
}

use Claim::{Busy, New};
use Input::{Claimed, Done, Start, Threw, TimedOut};

#[test]
fn a_delivery_is_claimed_handled_completed_and_answered() {
    let (signature, id) = (SIGNATURE, "bd:id:d-1");
    let mut handling = handling(&account(), &["any", "account_verified", "error"], POLICY, false);
    let report = follow(
        &mut handling,
        &[
            (Start, 0.0, &format!("claim {signature} 30000 5000")),
            (Claimed(New), 10.0, &format!("claim {id} 30000 5000")),
            (Claimed(New), 10.0, "call 1 0 8980"),
            (Done, 1000.0, "call 0 0 7980"),
            (Done, 1000.0, &format!("complete {signature} {DELIVERY_TTL_MS} 5000")),
            (Done, 0.0, &format!("complete {id} {DELIVERY_TTL_MS} 5000")),
            (Done, 0.0, "reply ok"),
            (Done, 0.0, "end 0 0 1 0 errors [] failed []"),
        ],
    );
    let want = Report { processed: true, others: 1, ..Report::default() };
    assert_eq!(report, want);
}

#[test]
fn a_busy_delivery_gives_back_what_it_claimed() {
    for (claim, answer, duplicates) in [(Busy, "reply busy", 0), (Claim::Done, "reply ok", 1)] {
        for before in [false, true] {
            follow(
                &mut handling(&account(), &["any"], POLICY, before),
                &[
                    (Start, 0.0, &format!("claim {SIGNATURE} 30000 5000")),
                    (Claimed(New), 0.0, "claim bd:id:d-1 30000 5000"),
                    (Claimed(claim), 0.0, &format!("release {SIGNATURE} 5000")),
                    (Done, 0.0, answer),
                    (Done, 0.0, &format!("end 0 0 0 {duplicates} errors [] failed []")),
                ],
            );
        }
    }
}

#[test]
fn a_store_that_fails_while_backing_off_is_asked_once_more() {
    let report = follow(
        &mut handling(&account(), &["any"], POLICY, false),
        &[
            (Start, 0.0, &format!("claim {SIGNATURE} 30000 5000")),
            (Claimed(New), 0.0, "claim bd:id:d-1 30000 5000"),
            (Claimed(Claim::Done), 0.0, &format!("release {SIGNATURE} 5000")),
            (TimedOut, 5000.0, &format!("release {SIGNATURE} 5000")),
            (Threw, 0.0, "reply handler_failed"),
            (Done, 0.0, "end 0 0 0 0 errors [] failed []"),
        ],
    );
    assert_eq!(report.store, Some(StoreFailure::TimedOut), "the first failure counts");
}

#[test]
fn a_store_that_fails_at_a_claim_stops_it() {
    for (input, failure) in
        [(Threw, StoreFailure::Failed), (TimedOut, StoreFailure::TimedOut), (Done, StoreFailure::Failed)]
    {
        let report = follow(
            &mut handling(&batch(&["a", "a", "b", "c"]), &["any"], POLICY, false),
            &[
                (Start, 0.0, "claim wa:message:whatsapp:a 30000 5000"),
                (Claimed(New), 0.0, "claim wa:message:whatsapp:b 30000 5000"),
                (input, 0.0, "release wa:message:whatsapp:a 5000"),
                (Done, 0.0, "reply handler_failed"),
                (Done, 0.0, "end 0 0 0 0 errors [] failed []"),
            ],
        );
        assert_eq!((report.store, report.processed), (Some(failure), true));
    }
}

#[test]
fn of_a_batch_each_event_stands_for_itself() {
    let complete = |id: &str| format!("complete wa:message:whatsapp:{id} {WHATSAPP_TTL_MS} 5000");
    let mut handling = handling(&batch(&["a", "b", "c", "a", "d"]), &["", "message"], POLICY, false);
    let report = follow(
        &mut handling,
        &[
            (Start, 0.0, "claim wa:message:whatsapp:a 30000 5000"),
            (Claimed(New), 0.0, "claim wa:message:whatsapp:b 30000 5000"),
            (Claimed(Busy), 0.0, "claim wa:message:whatsapp:c 30000 5000"),
            (Claimed(New), 0.0, "claim wa:message:whatsapp:d 30000 5000"),
            (Claimed(New), 0.0, "call 1 0 9000"),
            (Done, 0.0, "call 1 2 9000"),
            (Threw, 0.0, "call 1 4 9000"),
            (Done, 0.0, &complete("a")),
            (Threw, 0.0, "release wa:message:whatsapp:c 5000"),
            (TimedOut, 0.0, &complete("d")),
            (Done, 0.0, "reply handler_failed"),
            (Done, 0.0, "end 3 0 0 1 errors [0] failed [2]"),
        ],
    );
    assert_eq!(report.store, Some(StoreFailure::Failed), "and it did not undo what was handled");
    assert!(report.log_errors && !report.log_timed_out);
}

#[test]
fn error_handlers_are_told_before_the_next_handler_runs() {
    let lines = ["message", "error", "message", "error", "any"];
    let webhook = batch(&["a", "b"]);
    let mut handling = Handling::of_events(webhook.source, &webhook.events, &registry(&lines), POLICY);
    let report = follow(
        &mut handling,
        &[
            (Start, 0.0, "call 0 0 9000"),
            (Threw, 0.0, "tell 1 0 9000"),
            (Threw, 1.0, "tell 3 0 8999"),
            (Done, 0.0, "call 2 0 8999"),
            (Done, 0.0, "call 4 0 8999"),
            (Threw, 0.0, "tell 1 0 8999"),
            (Done, 0.0, "tell 3 0 8999"),
            (Done, 0.0, "call 0 1 8999"),
            (Threw, 0.0, "tell 1 1 8999"),
            (TimedOut, 8999.0, "end 2 0 0 0 errors [0, 1] failed [0, 1]"),
        ],
    );
    assert!(report.timed_out && !report.log_timed_out && !report.log_errors);
}

#[test]
fn the_handlers_share_one_deadline() {
    let lines = ["message", "message"];
    let mut handling = handling(&batch(&["a", "b", "c"]), &lines, POLICY, false);
    for (id, next) in [("a", "claim b"), ("b", "claim c"), ("c", "call")] {
        let action = handling.next(if id == "a" { Start } else { Claimed(New) }, NOW);
        assert_eq!(short(&action), format!("claim wa:message:whatsapp:{id} 30000 5000"), "then {next}");
    }
    let report = follow(
        &mut handling,
        &[
            (Claimed(New), 100.0, "call 0 0 8900"),
            (Done, 3900.0, "call 1 0 5000"),
            // Late, but it ended: so does the event, and the next handler gets its turn.
            (Done, 5001.0, &format!("complete wa:message:whatsapp:a {WHATSAPP_TTL_MS} 5000")),
            (Done, 0.0, "release wa:message:whatsapp:b 5000"),
            (Done, 0.0, "release wa:message:whatsapp:c 5000"),
            (Done, 0.0, "reply handler_failed"),
            (Done, 0.0, "end 3 0 0 0 errors [] failed [1, 2]"),
        ],
    );
    assert!(report.timed_out && report.log_timed_out);
}

#[test]
fn many_claims_take_no_longer_than_the_request_may() {
    let lines = ["message"];
    let mut handling = handling(&batch(&["a", "b", "c"]), &lines, POLICY, false);
    follow(
        &mut handling,
        &[
            (Start, 0.0, "claim wa:message:whatsapp:a 30000 5000"),
            (Claimed(New), 4999.0, "claim wa:message:whatsapp:b 30000 4001"),
            (TimedOut, 4001.0, "release wa:message:whatsapp:a 5000"),
            (Done, 0.0, "reply handler_failed"),
            (Done, 0.0, "end 0 0 0 0 errors [] failed []"),
        ],
    );
}

#[test]
fn a_handler_out_of_time_ends_its_event_and_all_later_ones() {
    let webhook = batch(&["a", "b"]);
    for (late_ms, accept_errors) in [(8300.0, false), (8299.5, false), (8300.0, true)] {
        let policy = Policy { accept_errors, ..POLICY };
        let mut handling = handling(&webhook, &["message", "message"], policy, true);
        let complete = |id: &str| format!("complete wa:message:whatsapp:{id} {WHATSAPP_TTL_MS} 5000");
        let report = follow(
            &mut handling,
            &[
                (Start, 0.0, "claim wa:message:whatsapp:a 30000 5000"),
                (Claimed(New), 0.0, "claim wa:message:whatsapp:b 30000 5000"),
                (Claimed(New), 0.0, &complete("a")),
                (Done, 0.0, &complete("b")),
                (Done, 0.0, "reply ok"),
                (Done, 700.0, "call 0 0 8300"),
                (TimedOut, late_ms, "end 2 0 0 0 errors [] failed [0, 1]"),
            ],
        );
        assert!(report.timed_out && !report.log_timed_out);
    }
}

#[test]
fn answering_first_needs_a_store_that_remembers() {
    let report = follow(
        &mut handling(&account(), &[], POLICY, true),
        &[
            (Start, 0.0, &format!("claim {SIGNATURE} 30000 5000")),
            (Claimed(New), 0.0, "claim bd:id:d-1 30000 5000"),
            (Claimed(New), 0.0, &format!("complete {SIGNATURE} {DELIVERY_TTL_MS} 5000")),
            (Threw, 0.0, &format!("complete bd:id:d-1 {DELIVERY_TTL_MS} 5000")),
            (Done, 0.0, "reply handler_failed"),
            (Done, 0.0, "end 0 0 0 0 errors [] failed []"),
        ],
    );
    assert_eq!(report.store, Some(StoreFailure::Failed));
}

#[test]
fn answering_first_while_a_sibling_is_busy_runs_the_rest() {
    follow(
        &mut handling(&batch(&["a", "b"]), &["message"], POLICY, true),
        &[
            (Start, 0.0, "claim wa:message:whatsapp:a 30000 5000"),
            (Claimed(Busy), 0.0, "claim wa:message:whatsapp:b 30000 5000"),
            (Claimed(New), 0.0, &format!("complete wa:message:whatsapp:b {WHATSAPP_TTL_MS} 5000")),
            (Done, 0.0, "reply busy"),
            (Done, 0.0, "call 0 1 9000"),
            (Threw, 0.0, "end 1 0 0 0 errors [0] failed [1]"),
        ],
    );
}

#[test]
fn accepted_errors_count_as_handled() {
    let policy = Policy { accept_errors: true, ..POLICY };
    follow(
        &mut handling(&account(), &["any"], policy, false),
        &[
            (Start, 0.0, &format!("claim {SIGNATURE} 30000 5000")),
            (Claimed(New), 0.0, "claim bd:id:d-1 30000 5000"),
            (Claimed(New), 0.0, "call 0 0 9000"),
            (Threw, 0.0, &format!("complete {SIGNATURE} {DELIVERY_TTL_MS} 5000")),
            (Done, 0.0, &format!("complete bd:id:d-1 {DELIVERY_TTL_MS} 5000")),
            (Done, 0.0, "reply ok"),
            (Done, 0.0, "end 0 0 1 0 errors [0] failed [0]"),
        ],
    );
}

#[test]
fn one_failed_event_releases_a_whole_delivery() {
    follow(
        &mut handling(&account(), &["any"], POLICY, false),
        &[
            (Start, 0.0, &format!("claim {SIGNATURE} 30000 5000")),
            (Claimed(New), 0.0, "claim bd:id:d-1 30000 5000"),
            (Claimed(New), 0.0, "call 0 0 9000"),
            (Threw, 0.0, &format!("release {SIGNATURE} 5000")),
            (Done, 0.0, "release bd:id:d-1 5000"),
            (Done, 0.0, "reply handler_failed"),
            (Done, 0.0, "end 0 0 1 0 errors [0] failed [0]"),
        ],
    );
}

#[test]
fn what_nobody_handles_is_counted_for_the_log() {
    let report = |body: &str, lines: &[&str]| {
        let (source, events) = parse_inbound(body.as_bytes(), 64, None);
        let mut handling = Handling::of_events(source, &events, &registry(lines), POLICY);
        follow(&mut handling, &[(Start, 0.0, "end 0 0 1 0 errors [] failed []")])
    };
    let unknown = report(r#"{"what":1}"#, &["message"]);
    assert_eq!((unknown.processed, unknown.unhandled), (false, 1));
    let account = report(VERIFIED, &[]);
    assert_eq!((account.processed, account.unhandled), (true, 0));
}

#[test]
fn the_times_a_host_does_not_choose() {
    for (handlers_ms, before, want, lease) in [
        (None, false, 9000.0, 30_000.0),
        (None, true, 25_000.0, 50_000.0),
        (Some(20_000.0), false, 20_000.0, 40_000.0),
        (Some(1.0), true, 1.0, 30_000.0),
    ] {
        let policy = Policy::of(handlers_ms, false, before);
        let patience = Patience::with(policy);
        assert_eq!((policy.handlers_ms, patience.lease_ms, patience.store_ms), (want, lease, 5000.0));
    }
}

#[test]
fn a_registry_of_lines_is_the_one_that_was_built() {
    let mut built = Registry::default();
    let on = [
        (On::Message(None), "message"),
        (On::Message(Some("sms".into())), "message:sms"),
        (On::Named("a.b".into()), "event:a.b"),
        (On::DeliveryReceipt, "delivery_receipt"),
        (On::StatusUpdate, "status_update"),
        (On::AccountVerified, "account_verified"),
        (On::AccountEvent, "account_event"),
        (On::Echo, "echo"),
        (On::FailedOutbound, "failed_outbound"),
        (On::Unknown, "unknown"),
        (On::Any, "any"),
        (On::Error, "error"),
    ];
    let mut lines = Vec::new();
    for (place, (on, line)) in on.into_iter().enumerate() {
        assert_eq!(built.add(on) as usize, place);
        lines.push(line);
    }
    assert_eq!(built, registry(&lines));
    let tells = |registry: &Registry| {
        let mut tells = Vec::new();
        registry.append("error", &mut tells);
        tells
    };
    assert_eq!(tells(&built), [11]);
    built.remove(11);
    assert_eq!((tells(&built), built.add(On::Error)), (vec![], 12));
}
