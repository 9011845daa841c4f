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

mod drive;
mod exec;
mod wire;

pub(crate) use drive::Driver;
pub(crate) use exec::{Cancel, World, block_on};
pub(crate) use wire::{Breakage, Net};

use std::cell::RefCell;
use std::rc::Rc;

use butt_dial_edge::agent::config::AgentConfig;
use butt_dial_edge::agent::link::{End, Link, Method};
use butt_dial_edge::agent::report::SendResult;
use butt_dial_edge::error::Error;
use drive::Shared;

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

/// The world's chance. With a `unit` jitter is always that.
pub(crate) struct WorldRandom {
    dice: RefCell<Dice>,
    pub(crate) unit: Option<f64>,
}

impl WorldRandom {
    pub(crate) fn unit(&self) -> f64 {
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

/// Gets the `params` of each push, as JSON.
pub(crate) type OnPush = Rc<dyn Fn(&str)>;

/// Gets what concerns listeners: see `Action::Say`.
pub(crate) type OnSay = Rc<dyn Fn(&str, u32, &str)>;

/// What `Agent` is in JavaScript: configuration; each call has a link of its own, unless it is made on one that is kept.
#[derive(Clone)]
pub(crate) struct TestAgent {
    config: AgentConfig,
    pub(crate) net: Net,
    pub(crate) random: Rc<WorldRandom>,
    pub(crate) on_push: Option<OnPush>,
}

/// A link that somebody keeps: `session(fn)`, a webhook, `keepAlive`.
pub(crate) struct Kept {
    shared: Rc<Shared>,
    chain: u32,
}

impl Kept {
    /// The same link for one handler, whose sends get derived keys.
    pub(crate) fn handler(&self, event_key: &str, handler: u32) -> Self {
        let chain = self.shared.input(|link, at, _| link.chain(event_key, handler, at.ms));
        Self { shared: Rc::clone(&self.shared), chain }
    }

    /// Runs some work with the driver; then drains, and ends with both.
    pub(crate) async fn run<T>(&self, driver: Driver, work: impl Future<Output = T>) -> T {
        self.shared.run(driver, work).await
    }

    pub(crate) fn listen(&self, options: &str, speaks: bool, on_say: OnSay) -> u32 {
        self.shared.listen(options, speaks, on_say)
    }

    pub(crate) fn took(&self, listener: u32) {
        self.shared.input(|link, at, out| link.took(listener, at, out));
    }

    pub(crate) fn said(&self, question: u32, text: &str) {
        self.shared.input(|link, at, out| link.said(question, Some(text), "", at, out));
    }

    pub(crate) fn close(&self) {
        self.shared.input(|link, at, out| link.close(at, out));
    }

    pub(crate) fn drain(&self) {
        self.shared.input(|link, at, out| link.drain(at, out));
    }
}

impl TestAgent {
    pub(crate) fn keep(&self) -> (Kept, Driver) {
        let link = Link::new(self.config.clone(), self.random.bytes16());
        let (net, random) = (self.net.clone(), Rc::clone(&self.random));
        let (shared, driver) = Shared::new(link, net, random, self.on_push.clone());
        (Kept { shared, chain: 0 }, driver)
    }

    async fn call(&self, on: Option<&Kept>, method: Method, options: &str, cancel: &Cancel) -> End {
        if let Some(kept) = on {
            return kept.shared.call(method, options, kept.chain, cancel).end(cancel).await;
        }
        let (kept, driver) = self.keep();
        let call = kept.shared.call(method, options, 0, cancel);
        // It takes no other call: it may close with this one.
        kept.drain();
        kept.shared.run(driver, call.end(cancel)).await
    }

    pub(crate) async fn send_message(&self, on: Option<&Kept>, options: &str, cancel: &Cancel) -> SendResult {
        match self.call(on, Method::Send, options, cancel).await {
            End::Sent(result) => result,
            end => panic!("a send ends with a result: {end:?}"),
        }
    }

    pub(crate) async fn send_messages(
        &self,
        on: Option<&Kept>,
        options: &str,
        cancel: &Cancel,
    ) -> Result<Vec<SendResult>, Error> {
        match self.call(on, Method::SendMany, options, cancel).await {
            End::SentMany(results) => Ok(results),
            End::Failed(error) => Err(error),
            end => panic!("a batch ends with results: {end:?}"),
        }
    }

    async fn json(&self, on: Option<&Kept>, method: Method, options: &str) -> Result<String, Error> {
        match self.call(on, method, options, &Cancel::new()).await {
            End::Json(json) => Ok(json),
            End::Failed(error) => Err(error),
            end => panic!("{method:?} ends with JSON: {end:?}"),
        }
    }

    pub(crate) async fn call_tool(&self, on: Option<&Kept>, options: &str) -> Result<String, Error> {
        self.json(on, Method::CallTool, options).await
    }

    pub(crate) async fn list_tools(&self, on: Option<&Kept>, options: &str) -> Result<String, Error> {
        self.json(on, Method::ListTools, options).await
    }

    pub(crate) async fn ping(&self, on: Option<&Kept>, options: &str) -> bool {
        self.json(on, Method::Ping, options).await.unwrap() == "true"
    }
}

/// An agent at `https://bd.test`; `options` are further members of its options, as JSON without braces.
pub(crate) fn agent(net: &Net, seed: u64, options: &str) -> TestAgent {
    let comma = if options.is_empty() { "" } else { "," };
    let json = format!("{{\"baseUrl\":\"https://bd.test\",\"agentToken\":\"tok\"{comma}{options}}}");
    TestAgent {
        config: AgentConfig::parse(&json).unwrap(),
        net: net.clone(),
        random: Rc::new(WorldRandom { dice: RefCell::new(Dice::new(seed)), unit: None }),
        on_push: None,
    }
}
