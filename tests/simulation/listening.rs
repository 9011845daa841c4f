//! Pushes, questions of the service, listeners and calls on one session.
//!
//! What is pushed is heard once at most, in order on each session; what the service repeats until it was heard is heard,
//! once; callers on the phone get the answer to their question, or are told that there is none; no call is the worse for it.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::rc::Rc;

use butt_dial_edge::json;
use butt_dial_edge::testing::{AskAnswer, Options, Service};
use serde_json::json;

use super::{Ended, TIMEOUT_MS, Totals, check, net, rough, script, timed};
use net::{Breakage, Cancel, Dice, Net, World, agent};

const SENDS: usize = 60;
const PUSHES: usize = 200;
const ASKS: usize = 20;

#[derive(Debug, Default, PartialEq)]
struct Heard {
    connects: usize,
    losses: usize,
    held: usize,
    /// Heard at the first push.
    at_once: usize,
    answered: usize,
    refused: usize,
    unheard: usize,
    sent: usize,
}

fn message(number: usize) -> serde_json::Value {
    json!({ "type": "message", "messageId": format!("m{number}"), "channel": "sms", "from": "+1", "body": "x" })
}

/// One agent that listens, sends, and speaks, for half an hour; `slow` readers hold what they hear.
fn station(seed: u64, breakage: Breakage, slow: bool) -> Heard {
    let world = World::new();
    let options = Options { record_requests: false, ..Options::default() };
    let network = Net::new(&world, Service::new(options, [3; 16]), seed, breakage);
    let heard: Rc<RefCell<Vec<(usize, usize)>>> = Rc::default();
    let over = Rc::new(Cell::new(false));
    let totals: Rc<RefCell<Heard>> = Rc::default();
    let ended: Rc<RefCell<Vec<Ended>>> = Rc::default();
    let agent = agent(&network, seed, r#""keepAlive":true"#);
    let (kept, driver) = agent.keep();
    let kept = Rc::new(kept);
    let mut dice = Dice::new(seed ^ 0x11);

    let (events, counts, ends, speaker, clock) =
        (Rc::clone(&heard), Rc::clone(&totals), Rc::clone(&over), Rc::downgrade(&kept), Rc::clone(&world));
    let chances = RefCell::new(Dice::new(seed ^ 0x22));
    let on_say = move |what: &str, number: u32, text: &str| {
        let value = json::parse_str(text, 64).unwrap();
        let Some(kept) = speaker.upgrade() else { return };
        match what {
            "event" => {
                let id = value.at("id").chars();
                let session = counts.borrow().connects;
                events.borrow_mut().push((session, id.trim_start_matches('m').parse().unwrap()));
                let wait = if slow { chances.borrow_mut().unit() * 20_000.0 } else { 0.0 };
                clock.after(wait, move || kept.took(number));
            }
            "state" => {
                let word = value.items().next().unwrap().chars();
                counts.borrow_mut().connects += usize::from(word == "open");
                counts.borrow_mut().losses += usize::from(word == "waiting");
            }
            "prompt" => {
                let question = value.items().nth(1).unwrap().at("messages").items().next().unwrap();
                let answer = format!("re {}", question.at("text").chars());
                let wait = chances.borrow_mut().unit() * 9000.0;
                clock.after(wait, move || kept.said(number, &answer));
            }
            "over" => ends.set(true),
            _ => assert_eq!(what, "hush"),
        }
    };
    let buffered = if slow { 3 } else { 1000 };
    let options = format!(r#"{{"maxBuffered":{buffered},"idlePingMs":10000,"maxBackoffMs":8000}}"#);
    kept.listen(&options, true, Rc::new(on_say));

    // What the service does of itself.
    let length = 1_800_000.0;
    for number in 0..PUSHES {
        let (network, at) = (network.clone(), length * (number + 1) as f64 / PUSHES as f64);
        world.after(at, move || {
            network.service(|service, _, out| service.push(&message(number), out));
        });
    }
    let asked: Rc<RefCell<Vec<(u64, String)>>> = Rc::default();
    for number in 0..ASKS {
        let (network, asked, at) = (network.clone(), Rc::clone(&asked), dice.unit() * length);
        world.after(at, move || {
            let text = format!("question {number}");
            let params =
                json!({ "messages": [{ "role": "user", "content": { "type": "text", "text": text } }] });
            let ask = network.service(|service, now, out| {
                service.ask(now, "sampling/createMessage", &params, 20_000, out)
            });
            asked.borrow_mut().extend(ask.map(|ask| (ask, text)));
        });
    }

    let (sender, caller, sends, clock, net) =
        (Rc::clone(&kept), agent.clone(), Rc::clone(&ended), Rc::clone(&world), network.clone());
    world.spawn(async move {
        let work = async {
            for index in 0..SENDS {
                clock.sleep(length / SENDS as f64 - TIMEOUT_MS / 4.0 * dice.unit()).await;
                let chance = dice.next();
                if breakage.cut_stream > 0.0 {
                    script(&net, chance);
                }
                let options = super::options(0, index);
                let send = async { vec![caller.send_message(Some(&sender), &options, &Cancel::new()).await] };
                timed(&caller, send, &sends).await;
            }
            clock.sleep((length - clock.elapsed()).max(0.0) + 60_000.0).await;
            let first = heard_once(&heard.borrow());
            totals.borrow_mut().at_once = first.len();
            if breakage.swap_events == 0.0 {
                assert!(heard.borrow().is_sorted(), "in order");
            }
            // In quiet, the service repeats everything: what was heard is not heard again, the rest is.
            net.set_breakage(Breakage { latency_ms: 5.0, ..Breakage::default() });
            clock.sleep(60_000.0).await;
            for number in 0..PUSHES {
                net.service(|service, _, out| service.push(&message(number), out));
                clock.sleep(1000.0).await;
            }
            clock.sleep(PUSHES as f64 * 20_000.0).await;
            assert_eq!(heard_once(&heard.borrow()).len(), PUSHES, "nothing that is repeated is lost");
            assert!(!over.get(), "it listens on");
            let answers = net.asked();
            for (ask, text) in asked.borrow().iter() {
                let answer = answers.iter().find(|(known, _)| known == ask).map(|(_, answer)| answer);
                let mut totals = totals.borrow_mut();
                match answer.unwrap() {
                    AskAnswer::Result { value } => {
                        assert_eq!(value["content"]["text"], format!("re {text}"));
                        totals.answered += 1;
                    }
                    AskAnswer::Error { value } => {
                        assert_eq!(value["code"], -32603, "{value}");
                        totals.refused += 1;
                    }
                    _ => totals.unheard += 1,
                }
            }
            totals.borrow_mut().held = usize::from(slow);
            let mut sums = Totals::default();
            check(&net, &sends.borrow(), &mut sums);
            totals.borrow_mut().sent = sums.sent;
            TOTALS.with(|all| all.borrow_mut().push(totals.take()));
        };
        sender.run(driver, work).await;
    });
    world.run(|| false);
    assert_eq!((world.tasks(), network.open_exchanges()), (0, 0), "nothing stays open");
    assert_eq!(ended.borrow().len(), SENDS);
    TOTALS.with(|all| all.borrow_mut().pop().unwrap())
}

thread_local! {
    static TOTALS: RefCell<Vec<Heard>> = RefCell::default();
}

/// Each once.
fn heard_once(heard: &[(usize, usize)]) -> HashSet<usize> {
    let mut all = HashSet::new();
    for (_, number) in heard {
        assert!(all.insert(*number), "m{number} was heard twice");
    }
    all
}

#[test]
fn pushes_questions_and_calls_share_one_session() {
    let mut sum = Heard::default();
    for seed in 0..60 {
        let heard = station(seed, rough(), seed % 2 == 1);
        sum.connects += heard.connects;
        sum.losses += heard.losses;
        sum.at_once += heard.at_once;
        sum.answered += heard.answered;
        sum.refused += heard.refused;
        sum.unheard += heard.unheard;
        sum.sent += heard.sent;
        sum.held += heard.held;
    }
    println!("{sum:?}");
    assert!(sum.connects > 300 && sum.losses > 300, "it is rough: {sum:?}");
    assert!(sum.at_once > 60 * PUSHES * 8 / 10, "most is heard at once: {sum:?}");
    assert!(sum.answered > 60 * ASKS / 2 && sum.refused > 0, "{sum:?}");
    assert!(sum.sent > 60 * SENDS * 8 / 10, "{sum:?}");
    assert_eq!(station(7, rough(), true), station(7, rough(), true), "one seed, one course of events");
}

#[test]
fn in_a_quiet_network_all_is_heard_at_once_and_in_order() {
    let quiet = Breakage { latency_ms: 20.0, ..Breakage::default() };
    for slow in [false, true] {
        let heard = station(5, quiet, slow);
        let (connects, losses, at_once, sent) = (heard.connects, heard.losses, heard.at_once, heard.sent);
        assert_eq!((connects, losses, at_once, sent), (1, 0, PUSHES, SENDS), "{heard:?}");
        assert_eq!(heard.answered + heard.refused, ASKS, "{heard:?}");
    }
    // What is heard keeps its order where only streams are lost.
    let heard = station(6, Breakage { swap_events: 0.0, repeat_event: 0.0, ..rough() }, true);
    assert!(heard.losses > 0, "{heard:?}");
}
