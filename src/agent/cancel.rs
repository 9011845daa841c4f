//! A way to give up a send that still reports how far it got.

use alloc::rc::Rc;
use core::cell::{Cell, RefCell};
use core::future::poll_fn;
use core::task::{Poll, Waker};

/// Given up, or not yet. Clones are one; all of them must stay within one task.
#[derive(Clone, Default)]
pub struct Cancel(Rc<State>);

#[derive(Default)]
struct State {
    given_up: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

impl Cancel {
    /// Not given up.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives up: what waits under way ends now, and says whether the message may have gone out.
    pub fn give_up(&self) {
        self.0.given_up.set(true);
        let waker = self.0.waker.borrow_mut().take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Whether it was given up.
    #[must_use]
    pub fn given_up(&self) -> bool {
        self.0.given_up.get()
    }

    /// Ends when it is given up.
    pub async fn wait(&self) {
        poll_fn(|cx| {
            if self.given_up() {
                return Poll::Ready(());
            }
            *self.0.waker.borrow_mut() = Some(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }
}
