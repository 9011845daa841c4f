//! Drives a link over the world's network and time: one future that holds every request, and handles for callers.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use butt_dial_edge::agent::link::{Action, At, End, Link, Method};
use butt_dial_edge::http::{Head, NetError, Request, SMALL_BODY};

use super::exec::{Cancel, Either, race};
use super::wire::{Handle, Net};
use super::{OnPush, OnSay, WorldRandom};

type Task<T> = Pin<Box<dyn Future<Output = T>>>;

type PostEnd = Result<(Head, Vec<u8>, bool), NetError>;

enum StreamStep {
    Refused(Head, Vec<u8>),
    Opened(Handle),
    Bytes(Handle, Vec<u8>),
    Ended(Option<NetError>),
}

/// A link and those who wait for it.
pub(crate) struct Shared {
    link: RefCell<Link>,
    net: Net,
    random: Rc<WorldRandom>,
    on_push: Option<OnPush>,
    on_say: RefCell<Option<OnSay>>,
    actions: RefCell<Vec<Action>>,
    waiting: RefCell<HashMap<u32, Waiting>>,
    driver: RefCell<Option<Waker>>,
    closed: Cell<bool>,
}

#[derive(Default)]
struct Waiting {
    end: Option<End>,
    waker: Option<Waker>,
}

/// The future that does the work of a link. It ends when the link is closed.
pub(crate) struct Driver {
    shared: Rc<Shared>,
    streams: Vec<(u32, Task<StreamStep>)>,
    posts: Vec<(u32, Task<PostEnd>)>,
    /// Streams that are not read for now.
    held: Vec<u32>,
    timer: Option<Task<()>>,
}

impl Shared {
    pub(crate) fn new(
        link: Link,
        net: Net,
        random: Rc<WorldRandom>,
        on_push: Option<OnPush>,
    ) -> (Rc<Self>, Driver) {
        let shared = Rc::new(Self {
            link: RefCell::new(link),
            net,
            random,
            on_push,
            on_say: RefCell::default(),
            actions: RefCell::default(),
            waiting: RefCell::default(),
            driver: RefCell::default(),
            closed: Cell::new(false),
        });
        let driver = Driver {
            shared: Rc::clone(&shared),
            streams: Vec::new(),
            posts: Vec::new(),
            held: Vec::new(),
            timer: None,
        };
        (shared, driver)
    }

    /// Gives the machine an input; its actions wait for the driver.
    pub(crate) fn input<T>(&self, input: impl FnOnce(&mut Link, &At, &mut Vec<Action>) -> T) -> T {
        let at = At { ms: self.net.world().now(), chance: self.random.unit() };
        let value = input(&mut self.link.borrow_mut(), &at, &mut self.actions.borrow_mut());
        if let Some(waker) = self.driver.borrow_mut().take() {
            waker.wake();
        }
        value
    }

    /// Begins a call.
    pub(crate) fn call(self: &Rc<Self>, method: Method, options: &str, chain: u32, cancel: &Cancel) -> Call {
        let given_up = cancel.given_up();
        let job = self.input(|link, at, out| link.call(method, options, chain, given_up, at, out));
        assert!(self.waiting.borrow_mut().insert(job, Waiting::default()).is_none(), "jobs have own names");
        Call { shared: Rc::clone(self), job }
    }

    /// Runs some work with the driver; then drains, and ends with both.
    pub(crate) async fn run<T>(&self, driver: Driver, work: impl Future<Output = T>) -> T {
        let mut driver = pin!(driver);
        let mut work = pin!(work);
        match race(work.as_mut(), driver.as_mut()).await {
            Either::Left(value) => {
                self.input(|link, at, out| link.drain(at, out));
                driver.await;
                value
            }
            // Somebody closed the link: the work still gets to its own end.
            Either::Right(()) => work.await,
        }
    }

    /// Begins to listen.
    pub(crate) fn listen(&self, options: &str, speaks: bool, on_say: OnSay) -> u32 {
        *self.on_say.borrow_mut() = Some(on_say);
        self.input(|link, at, out| link.listen(options, speaks, at, out))
    }

    fn ended(&self, job: u32, end: End) {
        let mut waiting = self.waiting.borrow_mut();
        let Some(slot) = waiting.get_mut(&job) else { return };
        assert!(slot.end.is_none(), "a job ends once");
        slot.end = Some(end);
        if let Some(waker) = slot.waker.take() {
            waker.wake();
        }
    }
}

/// A call under way. Dropping it gives it up.
pub(crate) struct Call {
    shared: Rc<Shared>,
    job: u32,
}

impl Call {
    /// Its end; when it is given up, the machine still says one.
    pub(crate) async fn end(self, cancel: &Cancel) -> End {
        let mut end = pin!(poll_fn(|cx| self.poll(cx)));
        match race(end.as_mut(), cancel.wait()).await {
            Either::Left(end) => end,
            Either::Right(()) => {
                self.shared.input(|link, at, out| link.abort(self.job, at, out));
                end.await
            }
        }
    }

    fn poll(&self, cx: &mut Context<'_>) -> Poll<End> {
        let mut waiting = self.shared.waiting.borrow_mut();
        let Some(slot) = waiting.get_mut(&self.job) else { return Poll::Pending };
        if let Some(end) = slot.end.take() {
            waiting.remove(&self.job);
            return Poll::Ready(end);
        }
        slot.waker = Some(cx.waker().clone());
        Poll::Pending
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if self.shared.waiting.borrow_mut().remove(&self.job).is_some() {
            self.shared.input(|link, at, out| link.abort(self.job, at, out));
        }
    }
}

impl Future for Driver {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let driver = &mut *self;
        loop {
            *driver.shared.driver.borrow_mut() = Some(cx.waker().clone());
            let acted = driver.act();
            if driver.shared.closed.get() {
                let open = (driver.streams.len(), driver.posts.len());
                assert_eq!(open, (0, 0), "what is closed has nothing open");
                driver.timer = None;
                return Poll::Ready(());
            }
            let moved = driver.poll_streams(cx) | driver.poll_posts(cx) | driver.poll_timer(cx);
            if !acted && !moved {
                return Poll::Pending;
            }
        }
    }
}

impl Driver {
    fn act(&mut self) -> bool {
        let actions = std::mem::take(&mut *self.shared.actions.borrow_mut());
        let any = !actions.is_empty();
        for action in actions {
            assert!(!self.shared.closed.get(), "nothing comes after the end: {action:?}");
            let net = self.shared.net.clone();
            match action {
                Action::OpenStream { lane, request } => {
                    assert!(self.streams.iter().all(|(known, _)| *known != lane), "lanes have own names");
                    self.streams.push((lane, Box::pin(open(net, request))));
                }
                Action::CloseStream { lane } => self.streams.retain(|(known, _)| *known != lane),
                Action::Post { post, request, limit } => {
                    assert!(self.posts.iter().all(|(known, _)| *known != post), "POSTs have own names");
                    self.posts.push((post, Box::pin(send(net, request, limit))));
                }
                Action::AbortPost(post) => self.posts.retain(|(known, _)| *known != post),
                Action::Wake(at) => {
                    let world = Rc::clone(net.world());
                    let ms = at - world.now();
                    self.timer = Some(Box::pin(async move { world.sleep(ms).await }));
                }
                Action::Ended { job, end } => self.shared.ended(job, end),
                Action::Push(params) => {
                    if let Some(on_push) = &self.shared.on_push {
                        on_push(&params);
                    }
                }
                Action::Closed => self.shared.closed.set(true),
                Action::Say { what: "hold", number, json } => {
                    self.held.retain(|known| *known != number);
                    if json == "true" {
                        self.held.push(number);
                    }
                }
                Action::Say { what, number, json } => {
                    let on_say = self.shared.on_say.borrow().clone();
                    on_say.expect("somebody listens")(what, number, &json);
                }
            }
        }
        any
    }

    fn poll_streams(&mut self, cx: &mut Context<'_>) -> bool {
        let mut steps = Vec::new();
        let held = &self.held;
        self.streams.retain_mut(|(lane, task)| {
            if held.contains(lane) {
                return true;
            }
            let Poll::Ready(step) = task.as_mut().poll(cx) else { return true };
            steps.push((*lane, step));
            false
        });
        let any = !steps.is_empty();
        for (lane, step) in steps {
            match step {
                StreamStep::Opened(body) => self.streams.push((lane, Box::pin(next_chunk(body)))),
                StreamStep::Bytes(body, bytes) => {
                    self.streams.push((lane, Box::pin(next_chunk(body))));
                    self.shared.input(|link, at, out| link.stream_bytes(lane, &bytes, at, out));
                }
                StreamStep::Refused(head, body) => {
                    self.shared.input(|link, at, out| link.stream_refused(lane, &head, &body, at, out));
                }
                StreamStep::Ended(error) => {
                    self.shared.input(|link, at, out| link.stream_ended(lane, error, at, out));
                }
            }
        }
        any
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
            self.shared.input(|link, at, out| match end {
                Ok((head, body, whole)) => link.post_answered(id, &head, &body, whole, at, out),
                Err(error) => link.post_failed(id, error, at, out),
            });
        }
        any
    }

    fn poll_timer(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(timer) = self.timer.as_mut() else { return false };
        let fired = timer.as_mut().poll(cx).is_ready();
        if fired {
            self.timer = None;
            self.shared.input(|link, at, out| link.tick(at, out));
        }
        fired
    }
}

async fn open(net: Net, request: Request) -> StreamStep {
    match net.send(request).await {
        Ok((head, body)) if Link::accepts(head.status, head.headers.get("content-type")) => {
            StreamStep::Opened(body)
        }
        Ok((head, mut body)) => {
            let bytes = read_body(&mut body, SMALL_BODY).await.map(|(bytes, _)| bytes);
            StreamStep::Refused(head, bytes.unwrap_or_default())
        }
        Err(error) => StreamStep::Ended(Some(error)),
    }
}

async fn next_chunk(mut body: Handle) -> StreamStep {
    match body.chunk().await {
        Ok(Some(bytes)) => StreamStep::Bytes(body, bytes),
        Ok(None) => StreamStep::Ended(None),
        Err(error) => StreamStep::Ended(Some(error)),
    }
}

async fn send(net: Net, request: Request, limit: usize) -> PostEnd {
    let (head, mut body) = net.send(request).await?;
    let limit = if head.ok() { limit } else { SMALL_BODY };
    let (bytes, whole) = read_body(&mut body, limit).await?;
    Ok((head, bytes, whole))
}

/// A body up to a limit, and whether that is all of it.
async fn read_body(body: &mut Handle, limit: usize) -> Result<(Vec<u8>, bool), NetError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = body.chunk().await? {
        bytes.extend(chunk);
        if bytes.len() > limit {
            bytes.truncate(limit);
            return Ok((bytes, false));
        }
    }
    Ok((bytes, true))
}
