//! Handlers run once: order, failures, duplicates, redeliveries, stores that fail.

use std::cell::Cell;

use super::drive::{self, Deduper, Handled, Store, StoreFailure, admit_at_most_once, dispatch, handle};
use super::host::{Broken, Script, VirtualClock, run, run_all};
use super::memory::MemoryStore;
use crate::inbound::dedupe::Patience;
use crate::inbound::dispatch::{Policy, Registry};
use crate::inbound::keys::{WHATSAPP_TTL_MS, event_key, send_key};
use crate::inbound::parse::{parse, parse_inbound};
use crate::inbound::receive::Webhook;
use crate::inbound::tests::on::On;
use crate::inbound::verify::{Reason, Scheme, accept_insecure, verify_webhook, verify_whatsapp};
use crate::secret::{Secret, hex, hmac_sha256};

const POLICY: Policy = Policy { handlers_ms: 9000.0, accept_errors: false };
const NOW: f64 = 1_770_000_000_000.0;

/// What really comes from `verify` and `parse`.
fn service(body: &str, delivery_id: &str, timestamp: u64) -> Webhook {
    let stamp = timestamp.to_string();
    let tag = hex(&hmac_sha256(b"s", &[stamp.as_bytes(), b".", body.as_bytes()]).bytes());
    let signature = format!("hmac-sha256={tag}");
    let secrets = [Secret::new("s")];
    let now = timestamp as f64;
    let verified =
        verify_webhook(body.as_bytes(), Some(&stamp), Some(&signature), &secrets, 300.0, now).unwrap();
    let (source, events) = parse(&verified, 64).unwrap();
    Webhook {
        source,
        proof: verified.scheme(),
        delivery_id: Some(delivery_id.to_owned()),
        digest: verified.digest(),
        events,
        body: body.as_bytes().to_vec(),
    }
}

fn meta(ids: &[&str]) -> Webhook {
    let messages: Vec<String> = ids
        .iter()
        .map(|id| format!(r#"{{"from":"1","id":"{id}","type":"text","text":{{"body":"hi"}}}}"#))
        .collect();
    meta_body(&format!(
        r#"{{"entry":[{{"changes":[{{"value":{{"messages":[{}]}}}}]}}]}}"#,
        messages.join(",")
    ))
}

fn meta_body(body: &str) -> Webhook {
    let signature = format!("sha256={}", hex(&hmac_sha256(b"s", &[body.as_bytes()]).bytes()));
    let verified = verify_whatsapp(body.as_bytes(), Some(&signature), &[Secret::new("s")]).unwrap();
    let (source, events) = parse(&verified, 64).unwrap();
    Webhook {
        source,
        proof: Scheme::Meta,
        delivery_id: None,
        digest: verified.digest(),
        events,
        body: body.as_bytes().to_vec(),
    }
}

fn insecure(body: &str) -> Webhook {
    let (source, events) = parse(&accept_insecure(body.as_bytes()), 64).unwrap();
    let body = body.as_bytes().to_vec();
    Webhook { source, proof: Scheme::Insecure, delivery_id: None, digest: None, events, body }
}

const VERIFIED: &str = r#"{"event":"account.verified","orgId":"o","teamToken":"t"}"#;

struct Bench<S> {
    clock: VirtualClock,
    store: S,
    registry: Registry,
    script: Script,
}

impl Bench<MemoryStore<VirtualClock>> {
    fn new(on: &[On]) -> Self {
        let clock = VirtualClock::at(NOW);
        let store = MemoryStore::new(1000, clock.clone());
        Self::with(on, clock, store)
    }
}

impl<S: Store> Bench<S> {
    fn with(on: &[On], clock: VirtualClock, store: S) -> Self {
        let mut registry = Registry::default();
        for on in on {
            registry.add(on.clone());
        }
        let script = Script::new(&clock);
        Self { clock, store, registry, script }
    }

    fn deduper(&self) -> Deduper<'_, S, VirtualClock> {
        Deduper { store: &self.store, clock: &self.clock, patience: Patience::default() }
    }

    async fn handle(&self, webhook: &Webhook) -> Handled<String, S::Error> {
        let deduper = self.deduper();
        handle(webhook, &self.registry, &self.script, Some(&deduper), POLICY, &self.clock).await
    }

    fn deliver(&self, webhook: &Webhook) -> Option<Reason> {
        run(&self.clock, self.handle(webhook)).reason
    }

    fn ids(&self) -> Vec<String> {
        self.script.seen().into_iter().map(|(_, id)| id).collect()
    }
}

fn message(channel: &str) -> String {
    format!(r#"{{"from":"1","body":"x","channel":"{channel}","id":"m-{channel}"}}"#)
}

fn dispatch_all(bench: &Bench<impl Store>, body: &str) -> drive::Report<String> {
    let (source, events) = parse_inbound(body.as_bytes(), 64, None);
    run(&bench.clock, dispatch(source, &events, &bench.registry, &bench.script, &bench.clock, 9000.0))
}

#[test]
fn by_channel_then_for_all_then_any_as_registered() {
    let bench = Bench::new(&[
        On::Any,
        On::Message(None),
        On::Message(Some("sms".into())),
        On::Message(Some("email".into())),
        On::Message(Some("sms".into())),
        On::Message(None),
        On::Unknown,
        On::DeliveryReceipt,
    ]);
    let report = dispatch_all(&bench, &message("sms"));
    let order: Vec<u32> = bench.script.seen().into_iter().map(|(handler, _)| handler).collect();
    assert_eq!(order, [2, 4, 1, 5, 0]);
    assert_eq!((report.processed, report.messages, report.receipts, report.others), (true, 1, 0, 0));
}

#[test]
fn every_kind_has_its_handlers() {
    let on = [
        On::DeliveryReceipt,
        On::StatusUpdate,
        On::AccountVerified,
        On::AccountEvent,
        On::Named("agent.suspended".into()),
        On::Named("account.verified".into()),
        On::Echo,
        On::FailedOutbound,
        On::Unknown,
    ];
    for (body, want) in [
        (r#"{"status":"sent","messageId":"x"}"#, vec![0]),
        (r#"{"type":"status_update","kind":"x"}"#, vec![1]),
        (VERIFIED, vec![5, 2]),
        (r#"{"event":"agent.suspended"}"#, vec![4, 3]),
        (r#"{"event":"org.suspended"}"#, vec![3]),
        (r#"{"from":"1","body":"x","echo":true}"#, vec![6]),
        (r#"{"from":"1","body":"x","direction":"outbound"}"#, vec![7]),
        (r#"{"what":1}"#, vec![8]),
    ] {
        let bench = Bench::new(&on);
        dispatch_all(&bench, body);
        let order: Vec<u32> = bench.script.seen().into_iter().map(|(handler, _)| handler).collect();
        assert_eq!(order, want, "{body}");
    }
}

#[test]
fn an_account_event_that_nobody_wants_is_unknown() {
    let bench = Bench::new(&[On::Unknown, On::Named("org.suspended".into()), On::AccountVerified]);
    dispatch_all(&bench, r#"{"event":"agent.suspended"}"#);
    assert_eq!(bench.script.seen(), [(0, "account_event".to_owned())]);
    dispatch_all(&bench, r#"{"event":"org.suspended"}"#);
    assert_eq!(bench.script.seen().len(), 2);
    assert_eq!(bench.script.seen()[1].0, 1);
}

#[test]
fn a_removed_handler_is_not_called() {
    let mut bench = Bench::new(&[On::Message(None), On::Message(None)]);
    bench.registry.remove(0);
    assert_eq!(bench.registry.add(On::Message(None)), 2, "numbers are not used again");
    dispatch_all(&bench, &message("sms"));
    let order: Vec<u32> = bench.script.seen().into_iter().map(|(handler, _)| handler).collect();
    assert_eq!(order, [1, 2]);
}

#[test]
fn one_failing_handler_does_not_stop_the_next() {
    let mut bench = Bench::new(&[On::Message(None), On::Message(None), On::Error, On::Error]);
    bench.script = Script::new(&bench.clock).throwing(0, 1);
    let report = dispatch_all(&bench, &message("sms"));
    assert_eq!(bench.script.seen().len(), 2);
    assert_eq!(report.errors, [(0, "handler 0 threw".to_owned())]);
    assert_eq!(report.failed, [0]);
    let told = bench.script.told.borrow().clone();
    assert_eq!(told, [(2, "handler 0 threw".to_owned()), (3, "handler 0 threw".to_owned())]);
}

#[test]
fn a_repeat_is_answered_but_not_handled() {
    let bench = Bench::new(&[On::AccountVerified]);
    let first = service(VERIFIED, "d-1", 1_770_000_000);
    assert_eq!(bench.deliver(&first), None);
    let again = run(&bench.clock, bench.handle(&first));
    assert_eq!((again.reason, again.report.duplicates, again.report.others), (None, 1, 0));
    assert_eq!(
        bench.deliver(&service(VERIFIED, "d-2", 1_770_000_000)),
        None,
        "same signature, fresh delivery id"
    );
    assert_eq!(bench.deliver(&service(VERIFIED, "d-1", 1_770_000_005)), None, "signed anew for the retry");
    assert_eq!(bench.ids().len(), 1);
    assert_eq!(bench.deliver(&service(VERIFIED, "d-3", 1_770_000_009)), None);
    assert_eq!(bench.ids().len(), 2, "another delivery");
}

#[test]
fn redelivery_after_751_seconds_and_after_an_hour() {
    let bench = Bench::new(&[On::AccountVerified]);
    let webhook = service(VERIFIED, "d-1", 1_770_000_000);
    assert_eq!(bench.deliver(&webhook), None);
    for wait_s in [1.0, 5.0, 25.0, 120.0, 600.0] {
        bench.clock.advance(wait_s * 1000.0);
        assert_eq!(bench.deliver(&webhook), None);
    }
    assert_eq!(bench.ids().len(), 1);
    bench.clock.advance(3_600_000.0);
    assert_eq!(bench.deliver(&webhook), None);
    assert_eq!(bench.ids().len(), 2, "forgotten by then; its timestamp is refused anyway");
}

#[test]
fn of_two_at_once_one_runs_and_the_other_comes_again() {
    let bench = Bench::new(&[On::AccountVerified]);
    bench.script.takes_ms.set(50.0);
    let webhook = service(VERIFIED, "d-1", 1_770_000_000);
    let retry = service(VERIFIED, "d-1", 1_770_000_001);
    let both = run_all(
        &bench.clock,
        vec![
            Box::pin(bench.handle(&webhook)),
            Box::pin(bench.handle(&webhook)),
            Box::pin(bench.handle(&retry)),
        ],
    );
    let reasons: Vec<_> = both.iter().map(|handled| handled.reason).collect();
    assert_eq!(reasons, [None, Some(Reason::Busy), Some(Reason::Busy)]);
    assert_eq!(bench.ids().len(), 1);
    assert_eq!(bench.deliver(&webhook), None);
    assert_eq!(
        bench.deliver(&retry),
        None,
        "the busy one's own signature was released, its delivery id is done"
    );
    assert_eq!(bench.ids().len(), 1);
}

#[test]
fn a_failed_handler_is_delivered_again() {
    let mut bench = Bench::new(&[On::AccountVerified, On::AccountVerified]);
    bench.script = Script::new(&bench.clock).throwing(1, 1);
    let webhook = service(VERIFIED, "d-1", 1_770_000_000);
    assert_eq!(bench.deliver(&webhook), Some(Reason::HandlerFailed));
    assert_eq!(bench.deliver(&webhook), None);
    assert_eq!(bench.deliver(&webhook), None);
    let order: Vec<u32> = bench.script.seen().into_iter().map(|(handler, _)| handler).collect();
    assert_eq!(order, [0, 1, 0, 1], "both again: their sends repeat the same keys");
}

#[test]
fn a_failed_handler_can_be_accepted() {
    let mut bench = Bench::new(&[On::AccountVerified]);
    bench.script = Script::new(&bench.clock).throwing(0, 1);
    let webhook = service(VERIFIED, "d-1", 1_770_000_000);
    let policy = Policy { accept_errors: true, ..POLICY };
    let deduper = bench.deduper();
    let future = handle(&webhook, &bench.registry, &bench.script, Some(&deduper), policy, &bench.clock);
    let handled = run(&bench.clock, future);
    assert_eq!((handled.reason, handled.report.errors.len()), (None, 1));
    assert_eq!(bench.deliver(&webhook), None);
    assert_eq!(bench.ids().len(), 1);
}

#[test]
fn in_a_batch_only_the_failed_message_runs_again() {
    let mut bench = Bench::new(&[On::Message(None)]);
    bench.script = Script::new(&bench.clock).throwing(0, 1);
    assert_eq!(bench.deliver(&meta(&["a", "b", "c"])), Some(Reason::HandlerFailed));
    assert_eq!(bench.deliver(&meta(&["a", "b", "c"])), None);
    assert_eq!(bench.ids(), ["a", "b", "c", "a"]);
    assert_eq!(bench.deliver(&meta(&["c", "d"])), None, "another batch");
    assert_eq!(bench.ids(), ["a", "b", "c", "a", "d"]);
}

#[test]
fn a_busy_message_asks_for_redelivery_and_its_siblings_run() {
    let bench = Bench::new(&[On::Message(None)]);
    bench.script.takes_ms.set(50.0);
    let (first, second) = (meta(&["a"]), meta(&["a", "b"]));
    let both = run_all(&bench.clock, vec![Box::pin(bench.handle(&first)), Box::pin(bench.handle(&second))]);
    assert_eq!((both[0].reason, both[1].reason), (None, Some(Reason::Busy)));
    assert_eq!(bench.deliver(&second), None);
    assert_eq!(bench.ids(), ["a", "b"]);
}

#[test]
fn the_same_message_twice_in_one_batch_runs_once() {
    let bench = Bench::new(&[On::Message(None)]);
    let handled = run(&bench.clock, bench.handle(&meta(&["a", "a"])));
    assert_eq!((handled.reason, handled.report.messages, handled.report.duplicates), (None, 1, 1));
}

#[test]
fn whatsapp_is_remembered_for_eight_days() {
    let bench = Bench::new(&[On::Message(None)]);
    assert_eq!(bench.deliver(&meta(&["a"])), None);
    bench.clock.advance(WHATSAPP_TTL_MS - 1.0);
    assert_eq!(bench.deliver(&meta(&["a"])), None);
    assert_eq!(bench.ids().len(), 1);
    bench.clock.advance(1.0);
    assert_eq!(bench.deliver(&meta(&["a"])), None);
    assert_eq!(bench.ids().len(), 2);
}

#[test]
fn each_state_of_a_message_is_its_own_event() {
    let bench = Bench::new(&[On::DeliveryReceipt]);
    let status = |status: &str, at: &str| {
        meta_body(&format!(
            r#"{{"entry":[{{"changes":[{{"value":{{"statuses":[{{"id":"a","status":"{status}","timestamp":"{at}"}}]}}}}]}}]}}"#
        ))
    };
    for (word, at, want) in [("sent", "1", 1), ("sent", "1", 1), ("read", "1", 2), ("sent", "2", 3)] {
        assert_eq!(bench.deliver(&status(word, at)), None);
        assert_eq!(bench.ids().len(), want, "{word} {at}");
    }
}

#[test]
fn what_nothing_names_is_remembered_by_its_body_only_where_that_is_signed() {
    let bench = Bench::new(&[On::Any]);
    let unknown = r#"{"entry":[{"changes":[{"field":"x","value":{"y":1}}]}]}"#;
    assert_eq!(bench.deliver(&meta_body(unknown)), None);
    assert_eq!(bench.deliver(&meta_body(unknown)), None);
    assert_eq!(bench.ids().len(), 1);
    let nameless = r#"{"from":"1","body":"ok"}"#;
    assert_eq!(bench.deliver(&insecure(nameless)), None);
    assert_eq!(bench.deliver(&insecure(nameless)), None);
    assert_eq!(bench.ids().len(), 3, "two people may say the same");
    let named = r#"{"from":"1","body":"ok","externalId":"e"}"#;
    assert_eq!(bench.deliver(&insecure(named)), None);
    assert_eq!(bench.deliver(&insecure(named)), None);
    assert_eq!(bench.ids().len(), 4);
}

#[test]
fn an_unsigned_request_cannot_mark_a_signed_one_as_done() {
    let bench = Bench::new(&[On::Message(None)]);
    let forged =
        r#"{"entry":[{"changes":[{"value":{"messages":[{"from":"1","id":"a","text":{"body":"x"}}]}}]}]}"#;
    assert_eq!(bench.deliver(&insecure(forged)), None);
    assert_eq!(bench.deliver(&meta(&["a"])), None);
    assert_eq!(bench.ids(), ["a", "a"]);
}

#[test]
fn a_dead_isolate_leaves_a_claim_that_ends() {
    let bench = Bench::new(&[On::AccountVerified]);
    let webhook = service(VERIFIED, "d-1", 1_770_000_000);
    run(&bench.clock, async {
        let deduper = bench.deduper();
        assert_eq!(deduper.admit(&webhook).await.unwrap().events.len(), 1); // and never settled
    });
    assert_eq!(bench.deliver(&webhook), Some(Reason::Busy));
    bench.clock.advance(30_000.0);
    assert_eq!(bench.deliver(&webhook), None);
    assert_eq!(bench.ids().len(), 1);
}

#[test]
fn handlers_have_a_deadline() {
    let bench = Bench::new(&[On::Message(None)]);
    bench.script.takes_ms.set(4000.0);
    let handled = run(&bench.clock, bench.handle(&meta(&["a", "b", "c", "d"])));
    assert_eq!(handled.reason, Some(Reason::HandlerFailed));
    assert!(handled.report.timed_out);
    assert_eq!(handled.report.failed, [2, 3]);
    assert_eq!(bench.ids(), ["a", "b"]);
    bench.script.takes_ms.set(0.0);
    assert_eq!(bench.deliver(&meta(&["a", "b", "c", "d"])), None);
    assert_eq!(bench.ids(), ["a", "b", "c", "d"]);
}

#[test]
fn answering_first_means_at_most_once() {
    let mut bench = Bench::new(&[On::AccountVerified]);
    bench.script = Script::new(&bench.clock).throwing(0, 1);
    let webhook = service(VERIFIED, "d-1", 1_770_000_000);
    let report = run(&bench.clock, async {
        let deduper = bench.deduper();
        let mut admitted = admit_at_most_once(&webhook, &bench.registry, &deduper, POLICY).await.unwrap();
        assert_eq!(admitted.reply, Some(None), "the answer goes out here");
        drive::run(&webhook, &mut admitted, &bench.script, &bench.clock).await
    });
    assert_eq!(report.failed, [0]);
    assert_eq!(bench.deliver(&webhook), None);
    assert_eq!(bench.ids().len(), 1, "lost, as promised");
}

fn broken(good_calls: usize, hangs: bool) -> Bench<Broken<MemoryStore<VirtualClock>>> {
    let clock = VirtualClock::at(NOW);
    let inner = MemoryStore::new(1000, clock.clone());
    let store = Broken { inner, clock: clock.clone(), good_calls: Cell::new(good_calls), hangs };
    Bench::with(&[On::Any], clock, store)
}

#[test]
fn a_store_that_fails_before_anything_ran_stops_it() {
    for (good_calls, hangs) in [(0, false), (1, false), (0, true), (1, true)] {
        let bench = broken(good_calls, hangs);
        let webhook = service(VERIFIED, "d-1", 1_770_000_000);
        let handled = run(&bench.clock, bench.handle(&webhook));
        assert_eq!(handled.reason, Some(Reason::HandlerFailed));
        let want = if hangs { StoreFailure::TimedOut } else { StoreFailure::Failed("store down") };
        assert_eq!(handled.store, Some(want));
        assert_eq!(bench.ids().len(), 0);
    }
}

#[test]
fn a_store_that_fails_afterwards_does_not_undo_what_was_handled() {
    let bench = broken(2, false);
    let webhook = service(VERIFIED, "d-1", 1_770_000_000);
    let handled = run(&bench.clock, bench.handle(&webhook));
    assert_eq!((handled.reason, handled.store), (None, Some(StoreFailure::Failed("store down"))));
    assert_eq!(bench.ids().len(), 1);
}

#[test]
fn without_a_store_everything_runs() {
    let bench = Bench::new(&[On::Any]);
    let webhook = meta(&["a"]);
    for _ in 0..2 {
        let none: Option<&Deduper<'_, MemoryStore<VirtualClock>, VirtualClock>> = None;
        let future = handle(&webhook, &bench.registry, &bench.script, none, POLICY, &bench.clock);
        assert_eq!(run(&bench.clock, future).reason, None);
    }
    assert_eq!(bench.ids(), ["a", "a"]);
}

#[test]
fn keys_of_sends() {
    let webhook = meta(&["a", "b"]);
    assert_eq!(event_key(&webhook, 0), "message:whatsapp:a");
    let account = service(VERIFIED, "d-1", 1_770_000_000);
    assert_eq!(event_key(&account, 0), "delivery:d-1:0");
    let unnamed = Webhook { delivery_id: None, ..service(VERIFIED, "", 1_770_000_000) };
    assert!(event_key(&unnamed, 0).starts_with("signature:"));
    let body = insecure(r#"{"from":"1","body":"ok"}"#);
    assert!(event_key(&body, 0).starts_with("body:"));
    assert_ne!(event_key(&body, 0), event_key(&insecure(r#"{"from":"1","body":"no"}"#), 0));

    let key = event_key(&webhook, 0);
    assert_eq!(send_key(&key, 0, 0), send_key(&key, 0, 0));
    let all = [
        send_key(&key, 0, 0),
        send_key(&key, 0, 1),
        send_key(&key, 1, 0),
        send_key(&event_key(&webhook, 1), 0, 0),
    ];
    for (at, one) in all.iter().enumerate() {
        assert!(all[at + 1..].iter().all(|other| other != one));
        assert_eq!((one.len(), one.as_bytes()[14]), (36, b'8'), "a UUID of version 8");
    }
    assert_eq!(all[0], "08fdba59-ea0e-8a20-b4be-3bfaa72e54d9", "the same in every version");
}
