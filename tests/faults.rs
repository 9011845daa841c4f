//! The faults of transport, by name: each ends by its deadline, with a typed error and an outcome.

mod net;

use net::{Breakage, Net, World, agent, block_on};

use butt_dial_edge::agent::cancel::Cancel;
use butt_dial_edge::testing::{Options, Service};

fn quiet() -> Net {
    let world = World::new();
    let service = Service::new(Options::default(), [7; 16]);
    Net::new(&world, service, 1, Breakage { latency_ms: 10.0, ..Breakage::default() })
}

#[test]
fn a_message_goes_out() {
    let net = quiet();
    let agent = agent(&net, 1, "");
    let world = net.world().clone();
    let result = block_on(&world, async move {
        agent.send_message(None, r#"{"to":"+15555550123","body":"hi"}"#, &Cancel::new()).await
    });
    assert_eq!(result.outcome(), "sent", "{result:?}");
    assert_eq!(net.service(|service, _, _| service.sent().count()), 1);
    assert!(world.elapsed() < 200.0, "{}", world.elapsed());
    println!("{} {}", world.elapsed(), result.to_json());
}
