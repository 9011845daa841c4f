//! The network between the client and the service double.

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::rc::{Rc, Weak};
use std::task::{Poll, Waker};

use butt_dial_edge::http::{Head, Headers, NetError, Request};
use butt_dial_edge::testing::{Action, AskAnswer, Close, RequestIn, Service};

use super::Dice;
use super::exec::World;

/// How often what breaks, as probabilities.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Breakage {
    /// One way through the network takes from this to twice this, in milliseconds.
    pub(crate) latency_ms: f64,
    /// A request is lost, and its connection breaks.
    pub(crate) lose_request: f64,
    /// A request is lost, and nothing tells.
    pub(crate) swallow_request: f64,
    /// A request arrives twice, as proxies that repeat make it.
    pub(crate) repeat_request: f64,
    /// The answer to a request is lost, and its connection breaks.
    pub(crate) lose_answer: f64,
    /// The answer to a request is lost, and nothing tells.
    pub(crate) swallow_answer: f64,
    /// A stream breaks when it is written to: what was written is lost, wholly or in part.
    pub(crate) cut_stream: f64,
    /// A stream ends in good order when it is written to, what was written is lost.
    pub(crate) end_stream: f64,
    /// What is written to a stream, and everything after it, is lost, and nothing tells.
    pub(crate) freeze_stream: f64,
    /// What is written to a stream arrives twice.
    pub(crate) repeat_event: f64,
    /// What is written to a stream arrives after what is written next.
    pub(crate) swap_events: f64,
    /// What is written to a stream arrives in pieces.
    pub(crate) split_event: f64,
    /// Something takes a hundred times as long.
    pub(crate) stall: f64,
}

/// The way to the network. Clones are one.
#[derive(Clone)]
pub(crate) struct Net(Rc<Inner>);

struct Inner {
    world: Rc<World>,
    service: RefCell<Service>,
    breakage: RefCell<Breakage>,
    dice: RefCell<Dice>,
    next: RefCell<u64>,
    /// Requests of which the client still wants to hear.
    exchanges: RefCell<HashMap<u64, Exchange>>,
    /// Streams of the service, by name: the request they answer.
    streams: RefCell<HashMap<u64, u64>>,
    tick: RefCell<Option<u64>>,
    counts: RefCell<HashMap<&'static str, u64>>,
    seen: RefCell<Vec<Request>>,
    asked: RefCell<Vec<(u64, AskAnswer)>>,
}

#[derive(Default)]
struct Exchange {
    head: Option<Head>,
    chunks: VecDeque<Vec<u8>>,
    end: Option<Result<(), NetError>>,
    waker: Option<Waker>,
    stream: Option<u64>,
    frozen: bool,
    /// What waits to be overtaken by the next event.
    held: Option<Vec<u8>>,
    /// When the last piece arrives: a stream's pieces keep their order.
    last_at: f64,
}

impl Net {
    pub(crate) fn new(world: &Rc<World>, service: Service, seed: u64, breakage: Breakage) -> Self {
        Self(Rc::new(Inner {
            world: Rc::clone(world),
            service: RefCell::new(service),
            breakage: RefCell::new(breakage),
            dice: RefCell::new(Dice::new(seed)),
            next: RefCell::new(0),
            exchanges: RefCell::default(),
            streams: RefCell::default(),
            tick: RefCell::default(),
            counts: RefCell::default(),
            seen: RefCell::default(),
            asked: RefCell::default(),
        }))
    }

    pub(crate) fn world(&self) -> &Rc<World> {
        &self.0.world
    }

    /// Does something to the service, and carries out what it says.
    pub(crate) fn service<T>(&self, with: impl FnOnce(&mut Service, u64, &mut Vec<Action>) -> T) -> T {
        self.0.input(with)
    }

    /// What broke so far, by name, in alphabetical order.
    pub(crate) fn counts(&self) -> Vec<(&'static str, u64)> {
        let mut counts: Vec<_> = self.0.counts.borrow().iter().map(|(name, count)| (*name, *count)).collect();
        counts.sort_unstable();
        counts
    }

    pub(crate) fn breakage(&self) -> Breakage {
        *self.0.breakage.borrow()
    }

    pub(crate) fn set_breakage(&self, breakage: Breakage) {
        *self.0.breakage.borrow_mut() = breakage;
    }

    /// Requests the client made, kept only where `seen` was asked for before: see [`Net::requests`].
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.0.seen.borrow().clone()
    }

    /// How the requests of the service ended.
    pub(crate) fn asked(&self) -> Vec<(u64, AskAnswer)> {
        self.0.asked.borrow().clone()
    }

    /// Exchanges the client still holds open.
    pub(crate) fn open_exchanges(&self) -> usize {
        self.0.exchanges.borrow().len()
    }
}

impl Inner {
    fn dice(&self, name: &'static str, of: impl Fn(&Breakage) -> f64) -> bool {
        let probability = of(&self.breakage.borrow());
        let hit = self.dice.borrow_mut().chance(probability);
        if hit {
            *self.counts.borrow_mut().entry(name).or_default() += 1;
        }
        hit
    }

    fn delay(&self) -> f64 {
        let base = self.breakage.borrow().latency_ms;
        let stall = if self.dice("stall", |b| b.stall) { 100.0 } else { 1.0 };
        base * (1.0 + self.dice.borrow_mut().unit()) * stall
    }

    /// The service sees whole milliseconds, rounded up: it never acts before its time.
    fn now(&self) -> u64 {
        self.world.now().ceil() as u64
    }

    fn input<T>(self: &Rc<Self>, with: impl FnOnce(&mut Service, u64, &mut Vec<Action>) -> T) -> T {
        let mut actions = Vec::new();
        let value = with(&mut self.service.borrow_mut(), self.now(), &mut actions);
        for action in actions {
            self.act(action);
        }
        value
    }

    fn act(self: &Rc<Self>, action: Action) {
        match action {
            Action::Respond { request, status, headers, body } => {
                if self.dice("swallow answer", |b| b.swallow_answer) {
                    return;
                }
                if self.dice("lose answer", |b| b.lose_answer) {
                    return self.later(request, |exchange| exchange.end = Some(Err(reset())));
                }
                self.later(request, move |exchange| {
                    exchange.head = Some(Head { status, headers: Headers::new(headers) });
                    exchange.chunks.push_back(body);
                    exchange.end = Some(Ok(()));
                });
            }
            Action::Reset { request } => self.later(request, |exchange| exchange.end = Some(Err(reset()))),
            Action::OpenStream { request, stream, headers } => {
                if !self.exchanges.borrow().contains_key(&request) {
                    return self.lost_stream(stream);
                }
                self.streams.borrow_mut().insert(stream, request);
                if let Some(exchange) = self.exchanges.borrow_mut().get_mut(&request) {
                    exchange.stream = Some(stream);
                }
                self.in_order(request, move |exchange| {
                    exchange.head = Some(Head { status: 200, headers: Headers::new(headers) });
                });
            }
            Action::Write { stream, bytes } => self.write(stream, bytes),
            Action::Close { stream, how } => {
                let Some(request) = self.streams.borrow_mut().remove(&stream) else { return };
                self.in_order(request, move |exchange| {
                    exchange.end = Some(if how == Close::Clean { Ok(()) } else { Err(reset()) });
                });
            }
            Action::WakeAt { ms } => {
                if let Some(old) = self.tick.borrow_mut().take() {
                    self.world.call_off(old);
                }
                let wait = ms as f64 - self.world.now();
                let net = Rc::clone(self);
                let id =
                    self.world.after(wait, move || net.input(|service, now, out| service.tick(now, out)));
                *self.tick.borrow_mut() = Some(id);
            }
            Action::Asked { ask, answer } => self.asked.borrow_mut().push((ask, answer)),
            Action::CallTool { .. } => {}
        }
    }

    fn write(self: &Rc<Self>, stream: u64, bytes: Vec<u8>) {
        let Some(request) = self.streams.borrow().get(&stream).copied() else { return };
        if self.exchanges.borrow().get(&request).is_none_or(|exchange| exchange.frozen) {
            return;
        }
        if self.dice("freeze stream", |b| b.freeze_stream) {
            if let Some(exchange) = self.exchanges.borrow_mut().get_mut(&request) {
                exchange.frozen = true;
            }
            return;
        }
        let cut = self.dice("cut stream", |b| b.cut_stream);
        if cut || self.dice("end stream", |b| b.end_stream) {
            let keep = self.dice.borrow_mut().below(bytes.len() as u64) as usize;
            let kept = bytes[..keep].to_vec();
            self.in_order(request, move |exchange| {
                exchange.chunks.push_back(kept);
                exchange.end = Some(if cut { Err(reset()) } else { Ok(()) });
            });
            return self.lost_stream(stream);
        }
        if self.dice("swap events", |b| b.swap_events) {
            let mut exchanges = self.exchanges.borrow_mut();
            let Some(exchange) = exchanges.get_mut(&request) else { return };
            if exchange.held.is_none() {
                exchange.held = Some(bytes);
                return;
            }
        }
        let times = if self.dice("repeat event", |b| b.repeat_event) { 2 } else { 1 };
        for _ in 0..times {
            let at = if self.dice("split event", |b| b.split_event) {
                self.dice.borrow_mut().below(bytes.len() as u64) as usize
            } else {
                0
            };
            let (head, tail) = bytes.split_at(at);
            for piece in [head, tail] {
                let piece = piece.to_vec();
                if !piece.is_empty() {
                    self.in_order(request, move |exchange| exchange.chunks.push_back(piece));
                }
            }
        }
        let held = self.exchanges.borrow_mut().get_mut(&request).and_then(|exchange| exchange.held.take());
        if let Some(held) = held {
            self.in_order(request, move |exchange| exchange.chunks.push_back(held));
        }
    }

    fn lost_stream(self: &Rc<Self>, stream: u64) {
        self.streams.borrow_mut().remove(&stream);
        let net = Rc::clone(self);
        self.world
            .after(self.delay(), move || net.input(|service, _, out| service.stream_closed(stream, out)));
    }

    /// Does something to an exchange when it has come through the network.
    fn later(self: &Rc<Self>, request: u64, change: impl FnOnce(&mut Exchange) + 'static) {
        let delay = self.delay();
        self.deliver(request, delay, change);
    }

    /// The same, behind everything that is on its way to this exchange.
    fn in_order(self: &Rc<Self>, request: u64, change: impl FnOnce(&mut Exchange) + 'static) {
        let now = self.world.now();
        let mut at = now + self.delay();
        if let Some(exchange) = self.exchanges.borrow_mut().get_mut(&request) {
            at = at.max(exchange.last_at);
            exchange.last_at = at;
        }
        self.deliver(request, at - now, change);
    }

    fn deliver(self: &Rc<Self>, request: u64, delay: f64, change: impl FnOnce(&mut Exchange) + 'static) {
        let net = Rc::downgrade(self);
        self.world.after(delay, move || {
            let Some(net) = Weak::upgrade(&net) else { return };
            let waker = net.exchanges.borrow_mut().get_mut(&request).and_then(|exchange| {
                change(exchange);
                exchange.waker.take()
            });
            if let Some(waker) = waker {
                waker.wake();
            }
        });
    }

    fn arrive(self: &Rc<Self>, request: u64, incoming: &Request) {
        let path = incoming.url.strip_prefix("https://bd.test").unwrap_or(&incoming.url).to_owned();
        let incoming = RequestIn {
            id: request,
            method: incoming.method.as_str().to_owned(),
            path,
            headers: incoming
                .headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect(),
            body: incoming.body.clone().unwrap_or_default().into_bytes(),
        };
        self.input(|service, now, out| service.request(now, incoming, out));
    }
}

fn reset() -> NetError {
    NetError("connection reset".to_owned())
}

/// The client's end of an exchange; dropping it gives it up.
pub(crate) struct Handle {
    net: Rc<Inner>,
    request: u64,
}

impl Drop for Handle {
    fn drop(&mut self) {
        let exchange = self.net.exchanges.borrow_mut().remove(&self.request);
        if let Some(stream) = exchange.and_then(|exchange| exchange.stream) {
            self.net.lost_stream(stream);
        }
    }
}

impl Net {
    /// Sends a request and waits for the head of the answer. Dropping it gives it up.
    pub(crate) async fn send(&self, request: Request) -> Result<(Head, Handle), NetError> {
        let net = Rc::clone(&self.0);
        assert!(request.url.starts_with("https://bd.test/"), "a request to {}", request.url);
        let id = net.next.replace_with(|id| *id + 1);
        net.exchanges.borrow_mut().insert(id, Exchange::default());
        let handle = Handle { net: Rc::clone(&net), request: id };
        if net.seen.borrow().len() < 1000 {
            net.seen.borrow_mut().push(request.clone());
        }
        if net.dice("lose request", |b| b.lose_request) {
            net.later(id, |exchange| exchange.end = Some(Err(reset())));
        } else if !net.dice("swallow request", |b| b.swallow_request) {
            let twice = request.body.is_some() && net.dice("repeat request", |b| b.repeat_request);
            let delay = net.delay();
            let net2 = Rc::clone(&net);
            net.world.after(delay, move || {
                net2.arrive(id, &request);
                if twice {
                    // The repeat has a name of its own, which nobody listens to.
                    let ghost = net2.next.replace_with(|id| *id + 1);
                    let (net3, delay) = (Rc::clone(&net2), net2.delay());
                    net2.world.after(delay, move || net3.arrive(ghost, &request));
                }
            });
        }
        let head = std::future::poll_fn(|cx| {
            let mut exchanges = net.exchanges.borrow_mut();
            let Some(exchange) = exchanges.get_mut(&id) else { return Poll::Pending };
            if let Some(head) = exchange.head.take() {
                return Poll::Ready(Ok(head));
            }
            if let Some(Err(error)) = &exchange.end {
                return Poll::Ready(Err(error.clone()));
            }
            exchange.waker = Some(cx.waker().clone());
            Poll::Pending
        })
        .await?;
        Ok((head, handle))
    }
}

impl Handle {
    /// The next bytes; `None` at the end.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Vec<u8>>, NetError> {
        std::future::poll_fn(|cx| {
            let mut exchanges = self.net.exchanges.borrow_mut();
            let Some(exchange) = exchanges.get_mut(&self.request) else { return Poll::Ready(Ok(None)) };
            if let Some(chunk) = exchange.chunks.pop_front() {
                return Poll::Ready(Ok(Some(chunk)));
            }
            match &exchange.end {
                Some(Ok(())) => Poll::Ready(Ok(None)),
                Some(Err(error)) => Poll::Ready(Err(error.clone())),
                None => {
                    exchange.waker = Some(cx.waker().clone());
                    Poll::Pending
                }
            }
        })
        .await
    }
}
