//! Waiting without a runtime: a race of two futures, a deadline, and the traits through which time and chance come in.

use core::future::poll_fn;
use core::pin::pin;
use core::task::Poll;

/// Time. Features take it as an argument; only hosts and tests implement it.
pub trait Clock {
    /// Milliseconds since 1970 UTC.
    fn now_ms(&self) -> f64;
    /// Ends after so many milliseconds. Dropping it stops the timer.
    fn sleep(&self, ms: f64) -> impl Future<Output = ()>;
}

/// Chance. Features take it as an argument; only hosts and tests implement it.
pub trait Random {
    /// A number from 0 up to, not including, 1: for jitter.
    fn unit(&self) -> f64;
    /// 16 random bytes that nobody can guess.
    fn bytes16(&self) -> [u8; 16];
}

/// Which of two futures ended first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Either<A, B> {
    /// The first.
    Left(A),
    /// The second.
    Right(B),
}

/// Runs two futures until one ends; drops the other. The first is asked first.
pub async fn race<A, B>(left: impl Future<Output = A>, right: impl Future<Output = B>) -> Either<A, B> {
    let mut left = pin!(left);
    let mut right = pin!(right);
    poll_fn(|cx| {
        if let Poll::Ready(value) = left.as_mut().poll(cx) {
            return Poll::Ready(Either::Left(value));
        }
        right.as_mut().poll(cx).map(Either::Right)
    })
    .await
}

/// The future's value, or `None` when `ms` milliseconds passed first and it was dropped.
pub async fn within<T>(clock: &impl Clock, ms: f64, future: impl Future<Output = T>) -> Option<T> {
    match race(future, clock.sleep(ms)).await {
        Either::Left(value) => Some(value),
        Either::Right(()) => None,
    }
}
