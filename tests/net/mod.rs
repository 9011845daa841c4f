//! A world for tests: a clock that jumps, a network that breaks by the dice, the service double at its end. One thread,
//! one seed, one course of events.

#![allow(clippy::allow_attributes, reason = "an expectation would be unfulfilled where a part is not used")]
#![allow(dead_code, unused_imports, reason = "each test crate uses its own part of this module")]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test support: a panic is a failed test"
)]

mod exec;
mod wire;

pub(crate) use exec::{World, block_on};
pub(crate) use wire::{Breakage, Net};

use std::cell::RefCell;
use std::rc::Rc;

use butt_dial_edge::agent::config::AgentConfig;
use butt_dial_edge::agent::scope::Agent;
use butt_dial_edge::wait::{Clock, Random};

/// A small, fast, good enough generator (xorshift64*).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// From 0 up to, not including, 1.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit.max(1)
    }

    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        probability > 0.0 && self.unit() < probability
    }
}

/// The world's time.
#[derive(Clone)]
pub(crate) struct WorldClock(pub(crate) Rc<World>);

impl Clock for WorldClock {
    fn now_ms(&self) -> f64 {
        self.0.now()
    }

    async fn sleep(&self, ms: f64) {
        self.0.sleep(ms).await;
    }
}

/// The world's chance. With a `unit` jitter is always that.
pub(crate) struct WorldRandom {
    dice: RefCell<Dice>,
    pub(crate) unit: Option<f64>,
}

impl Random for WorldRandom {
    fn unit(&self) -> f64 {
        self.unit.unwrap_or_else(|| self.dice.borrow_mut().unit())
    }

    fn bytes16(&self) -> [u8; 16] {
        let mut dice = self.dice.borrow_mut();
        let (a, b) = (dice.next().to_be_bytes(), dice.next().to_be_bytes());
        let mut out = [0; 16];
        out[..8].copy_from_slice(&a);
        out[8..].copy_from_slice(&b);
        out
    }
}

pub(crate) type TestAgent = Agent<Net, WorldClock, WorldRandom>;

/// An agent at `https://bd.test`; `options` are further members of its options, as JSON without braces.
pub(crate) fn agent(net: &Net, seed: u64, options: &str) -> TestAgent {
    let comma = if options.is_empty() { "" } else { "," };
    let json = format!("{{\"baseUrl\":\"https://bd.test\",\"agentToken\":\"tok\"{comma}{options}}}");
    Agent {
        config: Rc::new(AgentConfig::parse(&json).unwrap()),
        http: Rc::new(net.clone()),
        clock: Rc::new(WorldClock(Rc::clone(net.world()))),
        random: Rc::new(WorldRandom { dice: RefCell::new(Dice::new(seed)), unit: None }),
        on_push: None,
    }
}
