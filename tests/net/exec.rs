//! Tasks, timers and events in virtual time.

use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

type Job = Box<dyn FnOnce()>;
type Task = Pin<Box<dyn Future<Output = ()>>>;

/// Time that jumps from event to event.
pub(crate) struct World {
    now: Cell<u64>,
    sequence: Cell<u64>,
    queue: RefCell<BinaryHeap<Reverse<(u64, u64)>>>,
    jobs: RefCell<HashMap<u64, Job>>,
    tasks: RefCell<HashMap<u64, Task>>,
    ready: Arc<Mutex<Vec<u64>>>,
}

/// Microseconds: fine enough for delays, exact in every order.
const SCALE: f64 = 1000.0;

/// When every test begins: 2026-05-10T09:30:00Z.
const EPOCH_MS: f64 = 1_778_405_400_000.0;

impl World {
    pub(crate) fn new() -> Rc<Self> {
        Rc::new(Self {
            now: Cell::new(0),
            sequence: Cell::new(0),
            queue: RefCell::default(),
            jobs: RefCell::default(),
            tasks: RefCell::default(),
            ready: Arc::default(),
        })
    }

    /// Milliseconds since 1970.
    pub(crate) fn now(&self) -> f64 {
        EPOCH_MS + self.now.get() as f64 / SCALE
    }

    /// Milliseconds since the beginning.
    pub(crate) fn elapsed(&self) -> f64 {
        self.now.get() as f64 / SCALE
    }

    /// Does something later; gives its name, by which it can be called off.
    pub(crate) fn after(&self, ms: f64, job: impl FnOnce() + 'static) -> u64 {
        let id = self.sequence.get();
        self.sequence.set(id + 1);
        let at = self.now.get() + (ms.max(0.0) * SCALE).ceil() as u64;
        self.queue.borrow_mut().push(Reverse((at, id)));
        self.jobs.borrow_mut().insert(id, Box::new(job));
        id
    }

    pub(crate) fn call_off(&self, id: u64) {
        let job = self.jobs.borrow_mut().remove(&id);
        drop(job);
    }

    /// Ends after so long; dropping it stops it.
    pub(crate) async fn sleep(self: &Rc<Self>, ms: f64) {
        struct Sleep {
            world: Rc<World>,
            id: u64,
            fired: Rc<Cell<bool>>,
            waker: Rc<RefCell<Option<Waker>>>,
        }
        impl Drop for Sleep {
            fn drop(&mut self) {
                self.world.call_off(self.id);
            }
        }
        let fired = Rc::new(Cell::new(false));
        let waker: Rc<RefCell<Option<Waker>>> = Rc::default();
        let (flag, slot) = (Rc::clone(&fired), Rc::clone(&waker));
        let id = self.after(ms, move || {
            flag.set(true);
            if let Some(waker) = slot.borrow_mut().take() {
                waker.wake();
            }
        });
        let sleep = Sleep { world: Rc::clone(self), id, fired, waker };
        poll_fn(|cx| {
            if sleep.fired.get() {
                return Poll::Ready(());
            }
            *sleep.waker.borrow_mut() = Some(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// Runs a task to its end, sometime.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        let id = self.sequence.get();
        self.sequence.set(id + 1);
        self.tasks.borrow_mut().insert(id, Box::pin(task));
        self.ready.lock().unwrap().push(id);
    }

    /// Runs until nothing is left to happen, or until `done` says so.
    pub(crate) fn run(&self, done: impl Fn() -> bool) {
        loop {
            loop {
                let ready = std::mem::take(&mut *self.ready.lock().unwrap());
                if ready.is_empty() {
                    break;
                }
                for id in ready {
                    let Some(mut task) = self.tasks.borrow_mut().remove(&id) else { continue };
                    let waker = Waker::from(Arc::new(Ready {
                        id,
                        set: AtomicBool::new(false),
                        ready: Arc::clone(&self.ready),
                    }));
                    if task.as_mut().poll(&mut Context::from_waker(&waker)).is_pending() {
                        self.tasks.borrow_mut().insert(id, task);
                    }
                }
            }
            if done() {
                return;
            }
            let Some(Reverse((at, id))) = self.queue.borrow_mut().pop() else { return };
            let Some(job) = self.jobs.borrow_mut().remove(&id) else { continue };
            self.now.set(at);
            job();
        }
    }

    /// Tasks that have not ended.
    pub(crate) fn tasks(&self) -> usize {
        self.tasks.borrow().len()
    }
}

struct Ready {
    id: u64,
    set: AtomicBool,
    ready: Arc<Mutex<Vec<u64>>>,
}

impl Wake for Ready {
    fn wake(self: Arc<Self>) {
        // Each poll has its own waker, so that one wake-up is enough.
        if !self.set.swap(true, Ordering::Relaxed) {
            self.ready.lock().unwrap().push(self.id);
        }
    }
}

/// Runs one future to its end in the world. Panics if the world comes to rest before.
pub(crate) fn block_on<T: 'static>(world: &Rc<World>, future: impl Future<Output = T> + 'static) -> T {
    let slot: Rc<RefCell<Option<T>>> = Rc::default();
    let out = Rc::clone(&slot);
    world.spawn(async move {
        let value = future.await;
        *out.borrow_mut() = Some(value);
    });
    world.run(|| slot.borrow().is_some());
    let value = slot.borrow_mut().take();
    value.expect("the world came to rest and the future did not end")
}

/// Which of two futures ended first.
pub(crate) enum Either<A, B> {
    Left(A),
    Right(B),
}

/// Runs two futures until one ends; drops the other. The first is asked first.
pub(crate) async fn race<A, B>(
    left: impl Future<Output = A>,
    right: impl Future<Output = B>,
) -> Either<A, B> {
    let (mut left, mut right) = (pin!(left), pin!(right));
    poll_fn(|cx| {
        if let Poll::Ready(value) = left.as_mut().poll(cx) {
            return Poll::Ready(Either::Left(value));
        }
        right.as_mut().poll(cx).map(Either::Right)
    })
    .await
}

/// What an `AbortSignal` is in JavaScript. Clones are one.
#[derive(Clone, Default)]
pub(crate) struct Cancel(Rc<(Cell<bool>, RefCell<Option<Waker>>)>);

impl Cancel {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn give_up(&self) {
        self.0.0.set(true);
        if let Some(waker) = self.0.1.borrow_mut().take() {
            waker.wake();
        }
    }

    pub(crate) fn given_up(&self) -> bool {
        self.0.0.get()
    }

    /// Ends when it is given up.
    pub(crate) async fn wait(&self) {
        poll_fn(|cx| {
            if self.given_up() {
                return Poll::Ready(());
            }
            *self.0.1.borrow_mut() = Some(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }
}
