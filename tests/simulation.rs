//! 100,000 sends through a network that breaks by the dice, against the service double: none lost, none twice.
//!
//! Two networks: one that also repeats requests, and one where the service also refuses. (Both at once, a message is
//! refused and its ghost is taken, which no client can know.)
//!
//! What "sent" says must be recorded, what "not_sent" says must not be; a key is recorded once at most, also after the
//! unknown ones are sent again with their keys; and every send ends by its deadline. One seed, one course of events.

#![cfg(not(target_arch = "wasm32"))]
#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "test code: a panic is a failed test"
)]

#[path = "simulation/listening.rs"]
mod listening;
mod net;

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use butt_dial_edge::agent::report::SendResult;
use butt_dial_edge::testing::{Fault, Options, SendScript, SendWhat, Service};
use net::{Breakage, Cancel, Dice, Net, TestAgent, World, agent};
use serde_json::json;

/// What one send came to.
struct Ended {
    result: SendResult,
    took_ms: f64,
}

#[derive(Debug, Default, PartialEq)]
struct Totals {
    sent: usize,
    not_sent: usize,
    unknown: usize,
    /// Unknown ones that a repeat with the same key settled.
    cleared: usize,
    recorded: usize,
    replayed: usize,
    attempts: u64,
    slowest_ms: f64,
    broken: Vec<(&'static str, u64)>,
}

const TIMEOUT_MS: f64 = 30_000.0;

fn rough() -> Breakage {
    Breakage {
        latency_ms: 20.0,
        lose_request: 0.01,
        swallow_request: 0.003,
        repeat_request: 0.02,
        lose_answer: 0.01,
        swallow_answer: 0.003,
        cut_stream: 0.008,
        end_stream: 0.004,
        freeze_stream: 0.002,
        repeat_event: 0.03,
        swap_events: 0.03,
        split_event: 0.3,
        stall: 0.01,
    }
}

/// Runs `groups` of 50 sends, and gives the totals after checking every promise.
fn simulate(seed: u64, groups: usize, breakage: Breakage) -> Totals {
    let world = World::new();
    let options = Options { record_requests: false, ..Options::default() };
    let network = Net::new(&world, Service::new(options, [9; 16]), seed, breakage);
    let ended: Rc<RefCell<Vec<Ended>>> = Rc::default();
    let mut dice = Dice::new(seed ^ 0x5eed);

    for group in 0..groups {
        let agent = agent(&network, seed.wrapping_add(group as u64 + 1), "");
        let start = dice.unit() * 1000.0 * groups as f64 / 20.0;
        let (kind, sender) = (dice.below(4), Rc::clone(&ended));
        let scripts = dice.next();
        let network = network.clone();
        let clock = Rc::clone(&world);
        world.spawn(async move {
            clock.sleep(start).await;
            script(&network, scripts);
            match kind {
                0 => one_by_one(&agent, group, &sender).await,
                1 => batch(&agent, group, &sender).await,
                _ => session(&agent, group, &sender).await,
            }
        });
    }
    world.run(|| false);
    assert_eq!(world.tasks(), 0, "every send ends");
    assert_eq!(network.open_exchanges(), 0, "nothing stays open");
    assert_eq!(ended.borrow().len(), groups * 50);

    let mut totals = Totals { broken: network.counts(), ..Totals::default() };
    check(&network, &ended.borrow(), &mut totals);
    repeat_unknown(&network, &ended.borrow(), &mut totals, seed);
    totals
}

/// Now and then the service itself breaks.
fn script(network: &Net, chance: u64) {
    let faults = [
        Fault::CutAfterAccept,
        Fault::CutMidEvent,
        Fault::CleanEnd,
        Fault::PostReset,
        Fault::DuplicateAnswer,
        Fault::UnknownIdFirst,
        Fault::StringId,
        Fault::AnswerInPostBody,
        Fault::AnswerAfter202,
        Fault::GarbageFirst,
        Fault::BothResultAndError,
        Fault::HalfOpen,
        Fault::PostHangs,
        Fault::NoAnswer,
        Fault::SlowDrip,
    ];
    let refuses = network.breakage().repeat_request == 0.0;
    network.service(|service, _, _| match chance % 8 {
        0 => service.on_send(SendScript::fault(faults[(chance / 8) as usize % faults.len()])),
        1 if refuses => service.on_send(SendScript::new(SendWhat::Http {
            status: [500, 503, 429][(chance / 8) as usize % 3],
            body: None,
            headers: vec![("retry-after".into(), "3".into())],
        })),
        2 if refuses => service
            .on_send(SendScript::new(SendWhat::Refused { body: json!({"error": "no"}), is_error: true })),
        3 => {
            let fault = faults[(chance / 8) as usize % faults.len()];
            service.on_send(SendScript::fault(fault).times(3).after(50));
        }
        _ => {}
    });
}

fn options(group: usize, index: usize) -> String {
    format!(r#"{{"to":"+1555{group:05}{index:02}","body":"message {index} of {group}","channel":"sms"}}"#)
}

async fn timed(agent: &TestAgent, sends: impl Future<Output = Vec<SendResult>>, ended: &RefCell<Vec<Ended>>) {
    let clock = Rc::clone(agent.net.world());
    let start = clock.now();
    let results = sends.await;
    let took_ms = clock.now() - start;
    ended.borrow_mut().extend(results.into_iter().map(|result| Ended { result, took_ms }));
}

/// Each with a session of its own, as in a Worker.
async fn one_by_one(agent: &TestAgent, group: usize, ended: &RefCell<Vec<Ended>>) {
    for index in 0..50 {
        let send = async { vec![agent.send_message(None, &options(group, index), &Cancel::new()).await] };
        timed(agent, send, ended).await;
    }
}

/// All at once over one session, in waves that fit the deadline.
async fn batch(agent: &TestAgent, group: usize, ended: &RefCell<Vec<Ended>>) {
    for wave in 0..5 {
        let messages: Vec<String> = (0..10).map(|index| options(group, wave * 10 + index)).collect();
        let batch = format!(r#"{{"messages":[{}]}}"#, messages.join(","));
        let send = async { agent.send_messages(None, &batch, &Cancel::new()).await.unwrap() };
        timed(agent, send, ended).await;
    }
}

/// One after the other over a session that is kept, and opened anew when it is lost.
async fn session(agent: &TestAgent, group: usize, ended: &RefCell<Vec<Ended>>) {
    let (kept, driver) = agent.keep();
    let work = async {
        for index in 0..50 {
            let send =
                async { vec![agent.send_message(Some(&kept), &options(group, index), &Cancel::new()).await] };
            timed(agent, send, ended).await;
        }
    };
    kept.run(driver, work).await;
}

fn check(network: &Net, ended: &[Ended], totals: &mut Totals) {
    let recorded = recorded(network);
    let mut keys = HashSet::new();
    for Ended { result, took_ms } in ended {
        let key = result.idempotency_key.as_str();
        assert!(keys.insert(key.to_owned()), "keys are unique");
        assert!(*took_ms <= TIMEOUT_MS + 1.0, "{key} took {took_ms} ms");
        totals.slowest_ms = totals.slowest_ms.max(*took_ms);
        totals.attempts += u64::from(result.attempts);
        match result.outcome() {
            "sent" => {
                totals.sent += 1;
                assert_eq!(recorded.get(key), Some(&1), "{key} is said to be sent: {}", result.to_json());
            }
            "not_sent" => {
                totals.not_sent += 1;
                assert_eq!(recorded.get(key), None, "{key} is said not to be sent: {}", result.to_json());
            }
            _ => totals.unknown += 1,
        }
        let failed = result.cause().is_some();
        assert_eq!(failed, result.outcome() != "sent", "every failure has a typed error");
    }
}

/// How often each key was carried out.
fn recorded(network: &Net) -> HashMap<String, u32> {
    network.service(|service, _, _| {
        let mut counts = HashMap::new();
        for call in service.sent() {
            *counts.entry(call.idempotency_key.clone().unwrap()).or_default() += 1;
        }
        counts
    })
}

/// What nobody could say is asked again with the same key, in quiet: the service says it, and sends nothing twice.
fn repeat_unknown(network: &Net, ended: &[Ended], totals: &mut Totals, seed: u64) {
    network.set_breakage(Breakage { latency_ms: 5.0, ..Breakage::default() });
    network.service(|service, _, _| service.on_send(SendScript::new(SendWhat::Sid("x".into())).times(0)));
    let world = Rc::clone(network.world());
    let before = recorded(network);
    let cleared: Rc<RefCell<usize>> = Rc::default();
    for Ended { result, .. } in ended.iter().filter(|ended| ended.result.outcome() == "unknown") {
        let key = result.idempotency_key.clone();
        let agent = agent(network, seed, "");
        let cleared = Rc::clone(&cleared);
        world.spawn(async move {
            let options = format!(r#"{{"to":"+15550000000","body":"again","idempotencyKey":"{key}"}}"#);
            let again = agent.send_message(None, &options, &Cancel::new()).await;
            *cleared.borrow_mut() += usize::from(again.outcome() == "sent");
        });
    }
    world.run(|| false);
    totals.cleared = *cleared.borrow();
    let after = recorded(network);
    assert!(after.values().all(|count| *count == 1), "none twice");
    assert!(before.keys().all(|key| after.contains_key(key)), "none lost");
    totals.recorded = after.len();
    totals.replayed =
        network.service(|service, _, _| service.calls().iter().filter(|call| call.replayed).count());
}

#[test]
fn none_lost_none_twice() {
    let totals = simulate(1, 1200, rough());
    println!("{totals:#?}");
    assert_eq!(totals.sent + totals.not_sent + totals.unknown, 60_000);
}

#[test]
fn none_lost_none_twice_where_the_service_refuses() {
    let totals = simulate(2, 800, Breakage { repeat_request: 0.0, ..rough() });
    println!("{totals:#?}");
    assert_eq!(totals.sent + totals.not_sent + totals.unknown, 40_000);
}

#[test]
fn one_seed_one_course_of_events() {
    assert_eq!(simulate(7, 20, rough()), simulate(7, 20, rough()));
    assert_ne!(simulate(7, 20, rough()), simulate(8, 20, rough()));
}

#[test]
fn a_quiet_network_loses_nothing_at_all() {
    let totals = simulate(3, 100, Breakage { latency_ms: 20.0, ..Breakage::default() });
    assert!(totals.broken.is_empty());
    // What fails here was broken by the service itself, and most of it heals.
    assert!(totals.sent > 4900, "{totals:?}");
}
