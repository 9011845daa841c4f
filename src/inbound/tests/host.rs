//! A host for tests: a virtual clock, an executor that turns it, and handlers that write down what they saw.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use super::drive::{Handlers, Store};
use crate::inbound::dedupe::Claim;
use crate::inbound::tests::wait::Clock;
use crate::model::event::Event;

/// Time that passes only when everybody waits.
#[derive(Clone, Default)]
pub(crate) struct VirtualClock(Rc<State>);

#[derive(Default)]
struct State {
    now: Cell<f64>,
    timers: RefCell<Vec<(u64, f64)>>,
    next: Cell<u64>,
}

impl VirtualClock {
    pub(crate) fn at(now_ms: f64) -> Self {
        let clock = Self::default();
        clock.0.now.set(now_ms);
        clock
    }

    pub(crate) fn advance(&self, ms: f64) {
        self.0.now.set(self.0.now.get() + ms);
    }

    fn advance_to_next(&self) {
        let next = self.0.timers.borrow().iter().map(|(_, at)| *at).fold(f64::INFINITY, f64::min);
        assert!(next.is_finite(), "everybody waits, and no timer is set");
        self.0.now.set(self.0.now.get().max(next));
    }
}

struct Sleep {
    clock: VirtualClock,
    id: u64,
    at: f64,
}

impl Future for Sleep {
    type Output = ();
    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if self.clock.0.now.get() >= self.at { Poll::Ready(()) } else { Poll::Pending }
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.clock.0.timers.borrow_mut().retain(|(id, _)| *id != self.id);
    }
}

impl Clock for VirtualClock {
    fn now_ms(&self) -> f64 {
        self.0.now.get()
    }

    fn sleep(&self, ms: f64) -> impl Future<Output = ()> {
        let id = self.0.next.get();
        self.0.next.set(id + 1);
        let at = self.0.now.get() + ms;
        self.0.timers.borrow_mut().push((id, at));
        Sleep { clock: self.clone(), id, at }
    }
}

/// Runs futures together until all have ended.
pub(crate) fn run_all<'a, T>(
    clock: &VirtualClock,
    futures: Vec<Pin<Box<dyn Future<Output = T> + 'a>>>,
) -> Vec<T> {
    let mut context = Context::from_waker(Waker::noop());
    let mut running: Vec<_> = futures.into_iter().map(|future| (Some(future), None)).collect();
    loop {
        let mut progress = false;
        for (future, value) in &mut running {
            if let Some(running) = future
                && let Poll::Ready(ready) = running.as_mut().poll(&mut context)
            {
                *value = Some(ready);
                *future = None;
                progress = true;
            }
        }
        if running.iter().all(|(future, _)| future.is_none()) {
            return running.into_iter().map(|(_, value)| value.unwrap()).collect();
        }
        if !progress {
            clock.advance_to_next();
        }
    }
}

pub(crate) fn run<T>(clock: &VirtualClock, future: impl Future<Output = T>) -> T {
    run_all(clock, vec![Box::pin(future)]).pop().unwrap()
}

/// Handlers that write down what they saw, and do as they are told.
pub(crate) struct Script {
    pub(crate) clock: VirtualClock,
    /// Handler and the event's id, in order.
    pub(crate) calls: RefCell<Vec<(u32, String)>>,
    /// What error handlers were told.
    pub(crate) told: RefCell<Vec<(u32, String)>>,
    /// Handlers that throw, and how often still.
    pub(crate) throws: RefCell<HashMap<u32, usize>>,
    /// How long each handler takes.
    pub(crate) takes_ms: Cell<f64>,
}

impl Script {
    pub(crate) fn new(clock: &VirtualClock) -> Self {
        Self {
            clock: clock.clone(),
            calls: RefCell::default(),
            told: RefCell::default(),
            throws: RefCell::default(),
            takes_ms: Cell::new(0.0),
        }
    }

    pub(crate) fn throwing(self, handler: u32, times: usize) -> Self {
        self.throws.borrow_mut().insert(handler, times);
        self
    }

    pub(crate) fn seen(&self) -> Vec<(u32, String)> {
        self.calls.borrow().clone()
    }
}

pub(crate) fn member(event: &Event, name: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(&event.json).unwrap();
    value[name].as_str().unwrap_or_default().to_owned()
}

impl Handlers for Script {
    type Error = String;

    async fn call(&self, handler: u32, _: usize, event: &Event) -> Result<(), String> {
        if self.takes_ms.get() > 0.0 {
            self.clock.sleep(self.takes_ms.get()).await;
        }
        let id = match member(event, "id") {
            id if id.is_empty() => member(event, "messageSid"),
            id => id,
        };
        let id = if id.is_empty() { member(event, "type") } else { id };
        self.calls.borrow_mut().push((handler, id));
        if let Some(left) = self.throws.borrow_mut().get_mut(&handler)
            && *left > 0
        {
            *left -= 1;
            return Err(format!("handler {handler} threw"));
        }
        Ok(())
    }

    async fn failed(&self, handler: u32, _: usize, _: &Event, error: &String) {
        self.told.borrow_mut().push((handler, error.clone()));
    }
}

/// A store that fails, or never answers, from the given call on.
pub(crate) struct Broken<S> {
    pub(crate) inner: S,
    pub(crate) clock: VirtualClock,
    pub(crate) good_calls: Cell<usize>,
    pub(crate) hangs: bool,
}

impl<S: Store> Broken<S> {
    async fn check(&self) -> Result<(), &'static str> {
        if self.good_calls.get() == 0 {
            if self.hangs {
                self.clock.sleep(1e12).await;
            }
            return Err("store down");
        }
        self.good_calls.set(self.good_calls.get() - 1);
        Ok(())
    }
}

impl<S: Store<Error = std::convert::Infallible>> Store for Broken<S> {
    type Error = &'static str;

    async fn claim(&self, key: &str, lease_ms: f64) -> Result<Claim, &'static str> {
        self.check().await?;
        let Ok(claim) = self.inner.claim(key, lease_ms).await;
        Ok(claim)
    }

    async fn complete(&self, key: &str, ttl_ms: f64) -> Result<(), &'static str> {
        self.check().await?;
        let Ok(()) = self.inner.complete(key, ttl_ms).await;
        Ok(())
    }

    async fn release(&self, key: &str) -> Result<(), &'static str> {
        self.check().await?;
        let Ok(()) = self.inner.release(key).await;
        Ok(())
    }
}
