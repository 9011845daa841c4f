//! Runs a session over a network and a clock: one future that holds every request, and handles for callers.
//!
//! Nothing here spawns. The [`Driver`] is a future that somebody must poll: next to the work ([`Scope::run`]), or as a
//! task of the host. All wakers stay within one scope, because in Workers a waker that is reached from another request
//! hangs one of the two.

use crate::prelude::*;
use alloc::rc::Rc;
use core::cell::{Cell, RefCell};
use core::future::poll_fn;
use core::pin::{Pin, pin};
use core::task::{Context, Poll, Waker};

use super::session::{Action, CallError, CallId, Config, Outcome, PostId, Reply, Session};
use crate::error::Error;
use crate::http::{Body, Head, Http, NetError, Request, SMALL_BODY, read_body};
use crate::wait::{Clock, Either, race};

/// A handle for calls: sessions open with the first call, and anew with the next one after a loss.
/// Dropping it closes what is open.
pub struct Scope(Rc<Shared>);

/// The future that does the work of a [`Scope`]. It ends when the scope is closed. If it is dropped before, every call
/// waiting gets an `InternalError`.
pub struct Driver<H: Http, C> {
    shared: Rc<Shared>,
    http: Rc<H>,
    clock: Rc<C>,
    stream: Option<Task<StreamStep<H::Body>>>,
    posts: Vec<(PostId, Task<PostEnd>)>,
    timer: Option<Task<()>>,
}

/// Gets the `params` of each `notifications/message`, as JSON.
pub type OnPush = Rc<dyn Fn(&str)>;

type Task<T> = LocalTask<'static, T>;

type DynTask<'a> = Pin<&'a mut (dyn Future<Output = ()> + 'a)>;

/// A boxed future of this thread.
pub type LocalTask<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

type PostEnd = Result<(Head, Vec<u8>, bool), NetError>;

enum StreamStep<B> {
    Refused(Head, Vec<u8>),
    Opened(B),
    Bytes(B, Vec<u8>),
    Ended(Option<NetError>),
}

struct Shared {
    config: Rc<Config>,
    now: Box<dyn Fn() -> f64>,
    on_push: Option<OnPush>,
    session: RefCell<Session>,
    actions: RefCell<Vec<Action>>,
    waiting: RefCell<Vec<Waiting>>,
    driver: RefCell<Option<Waker>>,
    phase: Cell<Phase>,
}

struct Waiting {
    call: CallId,
    result: Option<Result<Reply, CallError>>,
    waker: Option<Waker>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Open,
    /// No new calls; closes when the last one ends.
    Draining,
    Closed,
    /// The driver is gone without having been closed.
    Dead,
}

/// Steps of the driver at one go, before it lets others have their turn.
const STEPS: u32 = 256;

impl Scope {
    /// A scope and its driver. Nothing is opened before the first call.
    pub fn new<H, C>(
        config: Rc<Config>,
        http: Rc<H>,
        clock: Rc<C>,
        on_push: Option<OnPush>,
    ) -> (Self, Driver<H, C>)
    where
        H: Http + 'static,
        C: Clock + 'static,
    {
        let watch = Rc::clone(&clock);
        let shared = Rc::new(Shared {
            session: RefCell::new(Session::new(Rc::clone(&config), 0)),
            config,
            now: Box::new(move || watch.now_ms()),
            on_push,
            actions: RefCell::default(),
            waiting: RefCell::default(),
            driver: RefCell::default(),
            phase: Cell::new(Phase::Open),
        });
        let driver =
            Driver { shared: Rc::clone(&shared), http, clock, stream: None, posts: Vec::new(), timer: None };
        (Self(shared), driver)
    }

    /// Calls a tool; `arguments` is a JSON object.
    pub fn call_tool(&self, name: &str, arguments: &str, timeout_ms: f64) -> Call {
        let mut params = crate::json::Writer::new();
        params.object().key("name").string(name).key("arguments").raw(arguments).end_object();
        self.call("tools/call", Some(&params.finish()), timeout_ms)
    }

    /// Calls a method; `params` is JSON.
    pub fn call(&self, method: &str, params: Option<&str>, timeout_ms: f64) -> Call {
        let shared = &self.0;
        let refusal = match shared.phase.get() {
            Phase::Open => None,
            Phase::Draining | Phase::Closed => {
                Some(Error::transport("STREAM_LOST", "the session was closed"))
            }
            Phase::Dead => Some(Error::internal("the session's task is gone")),
        };
        if let Some(error) = refusal {
            let error = CallError { error, outcome: Outcome::NotSent, posted: false };
            return Call { shared: Rc::clone(shared), id: None, early: Some(error) };
        }
        let id = {
            let mut session = shared.session.borrow_mut();
            if session.ended() {
                let next = session.next_id();
                *session = Session::new(Rc::clone(&shared.config), next);
            }
            let id =
                session.call(method, params, timeout_ms, (shared.now)(), &mut shared.actions.borrow_mut());
            shared.waiting.borrow_mut().push(Waiting { call: id, result: None, waker: None });
            id
        };
        shared.wake_driver();
        Call { shared: Rc::clone(shared), id: Some(id), early: None }
    }

    /// Calls under way.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.0.session.borrow().calls()
    }

    /// What the session ignored so far; see [`Session::ignored`].
    #[must_use]
    pub fn ignored(&self) -> u32 {
        self.0.session.borrow().ignored()
    }

    /// Ends it now: calls under way fail.
    pub fn close(&self) {
        self.0.finish(Phase::Closed);
    }

    /// Takes no further call and ends with the last one under way.
    pub fn drain(&self) {
        self.0.finish(Phase::Draining);
    }

    /// The driver is gone and cannot tell: every call waiting gets an `InternalError`, and so do later ones. Dropping a
    /// driver does this by itself; one that trapped is never dropped.
    pub fn driver_lost(&self) {
        self.0.bury();
    }

    /// Runs some work with its driver; then drains, and ends with both.
    pub async fn run<T>(&self, driver: impl Future<Output = ()>, work: impl Future<Output = T>) -> T {
        let mut value = None;
        self.run_both(pin!(driver), pin!(async { value = Some(work.await) })).await;
        match value {
            Some(value) => value,
            // Never: both do not end before the work has.
            None => core::future::pending().await,
        }
    }

    /// The one copy of what every kind of work needs.
    async fn run_both(&self, mut driver: DynTask<'_>, mut work: DynTask<'_>) {
        match race(work.as_mut(), driver.as_mut()).await {
            Either::Left(()) => {
                self.drain();
                driver.await;
            }
            // The driver ended first, as somebody closed the scope: the work still gets to its own end.
            Either::Right(()) => work.await,
        }
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        self.close();
    }
}

impl Shared {
    fn wake_driver(&self) {
        let waker = self.driver.borrow_mut().take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn finish(&self, phase: Phase) {
        match self.phase.get() {
            Phase::Open | Phase::Draining => self.phase.set(phase),
            Phase::Closed | Phase::Dead => return,
        }
        self.wake_driver();
    }

    fn settle(&self, call: CallId, result: Result<Reply, CallError>) {
        let waker =
            self.waiting.borrow_mut().iter_mut().find(|waiting| waiting.call == call).and_then(|waiting| {
                waiting.result = Some(result);
                waiting.waker.take()
            });
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn take_waiting(&self, call: CallId) -> Option<Waiting> {
        let mut waiting = self.waiting.borrow_mut();
        let at = waiting.iter().position(|waiting| waiting.call == call)?;
        Some(waiting.swap_remove(at))
    }

    /// The driver goes: nobody is left who could settle anything.
    fn bury(&self) {
        if self.phase.get() != Phase::Closed {
            self.phase.set(Phase::Dead);
        }
        let left: Vec<CallId> = {
            let waiting = self.waiting.borrow();
            waiting.iter().filter(|waiting| waiting.result.is_none()).map(|waiting| waiting.call).collect()
        };
        for call in left {
            // After a trap the session may still be borrowed by what is gone.
            let session = self.session.try_borrow_mut();
            let outcome =
                session.map_or(Outcome::Unknown, |mut session| session.cancel(call, 0.0, &mut Vec::new()));
            let posted = outcome == Outcome::Unknown;
            let error = Error::internal("the session's task is gone");
            self.settle(call, Err(CallError { error, outcome, posted }));
        }
    }
}

/// A call under way. Dropping it gives it up.
#[must_use = "a call that is dropped is given up"]
pub struct Call {
    shared: Rc<Shared>,
    id: Option<CallId>,
    /// Why it never was one.
    early: Option<CallError>,
}

impl Call {
    /// Gives it up and tells whether it may be carried out all the same.
    #[must_use]
    pub fn give_up(self) -> Outcome {
        self.abandon()
    }

    fn abandon(&self) -> Outcome {
        let shared = &self.shared;
        let Some(id) = self.id else { return Outcome::NotSent };
        let outcome = match shared.take_waiting(id) {
            None => return Outcome::NotSent,
            Some(Waiting { result: Some(Err(error)), .. }) => return error.outcome,
            Some(Waiting { result: Some(Ok(_)), .. }) => return Outcome::Unknown,
            Some(Waiting { result: None, .. }) => {
                let mut actions = shared.actions.borrow_mut();
                shared.session.borrow_mut().cancel(id, (shared.now)(), &mut actions)
            }
        };
        shared.wake_driver();
        outcome
    }
}

impl Future for Call {
    type Output = Result<Reply, CallError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if let Some(error) = self.early.take() {
            return Poll::Ready(Err(error));
        }
        let mut waiting = self.shared.waiting.borrow_mut();
        let Some(at) = waiting.iter().position(|waiting| Some(waiting.call) == self.id) else {
            return Poll::Pending;
        };
        let Some(slot) = waiting.get_mut(at) else { return Poll::Pending };
        match slot.result.take() {
            Some(result) => {
                waiting.swap_remove(at);
                Poll::Ready(result)
            }
            None => {
                slot.waker = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let _ = self.abandon();
    }
}

impl<H: Http + 'static, C: Clock + 'static> Future for Driver<H, C> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let driver = &mut *self;
        *driver.shared.driver.borrow_mut() = Some(cx.waker().clone());
        for _ in 0..STEPS {
            if driver.is_over() {
                return Poll::Ready(());
            }
            let acted = driver.act();
            let moved = driver.poll_stream(cx) | driver.poll_posts(cx) | driver.poll_timer(cx);
            if !acted && !moved {
                return Poll::Pending;
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

impl<H: Http + 'static, C: Clock + 'static> Driver<H, C> {
    /// Closes what is to be closed; true when nothing is left to do.
    fn is_over(&mut self) -> bool {
        let over = match self.shared.phase.get() {
            Phase::Open => return false,
            Phase::Draining => self.shared.session.borrow().calls() == 0,
            Phase::Closed | Phase::Dead => true,
        };
        if over {
            self.shared.phase.set(Phase::Closed);
            self.input(|session, _, out| session.close(out));
            self.act();
            (self.stream, self.timer) = (None, None);
            self.posts.clear();
        }
        over
    }

    /// Gives the machine an input; the actions wait for [`Driver::act`].
    fn input(&self, input: impl FnOnce(&mut Session, f64, &mut Vec<Action>)) {
        let now = self.clock.now_ms();
        input(&mut self.shared.session.borrow_mut(), now, &mut self.shared.actions.borrow_mut());
    }

    fn act(&mut self) -> bool {
        let actions = core::mem::take(&mut *self.shared.actions.borrow_mut());
        let any = !actions.is_empty();
        for action in actions {
            match action {
                Action::OpenStream(request) => {
                    self.stream = Some(Box::pin(open(Rc::clone(&self.http), request)))
                }
                Action::CloseStream => self.stream = None,
                Action::Post { id, request } => {
                    let limit = self.shared.config.max_event_bytes;
                    self.posts.push((id, Box::pin(post(Rc::clone(&self.http), request, limit))));
                }
                Action::AbortPost(id) => self.posts.retain(|(post, _)| *post != id),
                Action::Wake(at) => {
                    let (clock, ms) = (Rc::clone(&self.clock), at - self.clock.now_ms());
                    self.timer = Some(Box::pin(async move { clock.sleep(ms).await }));
                }
                Action::Settle { call, result } => self.shared.settle(call, result),
                Action::Push(params) => {
                    if let Some(on_push) = &self.shared.on_push {
                        on_push(&params);
                    }
                }
            }
        }
        any
    }

    fn poll_stream(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(task) = self.stream.as_mut() else { return false };
        let Poll::Ready(step) = task.as_mut().poll(cx) else { return false };
        self.stream = None;
        match step {
            StreamStep::Opened(body) => self.stream = Some(Box::pin(next_chunk(body))),
            StreamStep::Bytes(body, bytes) => {
                self.stream = Some(Box::pin(next_chunk(body)));
                self.input(|session, now, out| session.stream_bytes(&bytes, now, out));
            }
            StreamStep::Refused(head, body) => {
                self.input(|session, now, out| session.stream_refused(&head, &body, now, out));
            }
            StreamStep::Ended(error) => self.input(|session, now, out| session.stream_ended(error, now, out)),
        }
        true
    }

    fn poll_posts(&mut self, cx: &mut Context<'_>) -> bool {
        let mut ended = Vec::new();
        self.posts.retain_mut(|(id, task)| match task.as_mut().poll(cx) {
            Poll::Ready(end) => {
                ended.push((*id, end));
                false
            }
            Poll::Pending => true,
        });
        let any = !ended.is_empty();
        for (id, end) in ended {
            self.input(|session, now, out| match end {
                Ok((head, body, whole)) => session.post_answered(id, &head, &body, whole, now, out),
                Err(error) => session.post_failed(id, error, now, out),
            });
        }
        any
    }

    fn poll_timer(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(timer) = self.timer.as_mut() else { return false };
        let fired = timer.as_mut().poll(cx).is_ready();
        if fired {
            self.timer = None;
            self.input(|session, now, out| session.tick(now, out));
        }
        fired
    }
}

impl<H: Http, C> Drop for Driver<H, C> {
    fn drop(&mut self) {
        self.shared.bury();
    }
}

async fn open<H: Http>(http: Rc<H>, request: Request) -> StreamStep<H::Body> {
    match http.send(request).await {
        Ok((head, body)) if Session::accepts(&head) => StreamStep::Opened(body),
        Ok((head, mut body)) => {
            let bytes = read_body(&mut body, SMALL_BODY).await.map(|(bytes, _)| bytes);
            StreamStep::Refused(head, bytes.unwrap_or_default())
        }
        Err(error) => StreamStep::Ended(Some(error)),
    }
}

async fn next_chunk<B: Body>(mut body: B) -> StreamStep<B> {
    match body.chunk().await {
        Ok(Some(bytes)) => StreamStep::Bytes(body, bytes),
        Ok(None) => StreamStep::Ended(None),
        Err(error) => StreamStep::Ended(Some(error)),
    }
}

async fn post<H: Http>(http: Rc<H>, request: Request, limit: usize) -> PostEnd {
    let (head, mut body) = http.send(request).await?;
    let limit = if head.ok() { limit } else { SMALL_BODY };
    let (bytes, more) = read_body(&mut body, limit).await?;
    Ok((head, bytes, !more))
}

/// Runs several futures at once, at most `limit` at a time; the results are in the order of the futures.
pub async fn join_all<'a, T>(mut futures: Vec<LocalTask<'a, T>>, limit: usize) -> Vec<T> {
    let mut results: Vec<Option<T>> = futures.iter().map(|_| None).collect();
    futures.reverse();
    let mut running: Vec<(usize, LocalTask<'a, T>)> = Vec::new();
    let mut started = 0_usize;
    poll_fn(|cx| {
        loop {
            while running.len() < limit.max(1) {
                let Some(future) = futures.pop() else { break };
                running.push((started, future));
                started = started.saturating_add(1);
            }
            let mut ended = false;
            running.retain_mut(|(index, future)| match future.as_mut().poll(cx) {
                Poll::Ready(value) => {
                    if let Some(slot) = results.get_mut(*index) {
                        *slot = Some(value);
                    }
                    ended = true;
                    false
                }
                Poll::Pending => true,
            });
            if running.is_empty() && futures.is_empty() {
                return Poll::Ready(());
            }
            if !ended {
                return Poll::Pending;
            }
        }
    })
    .await;
    results.into_iter().flatten().collect()
}
