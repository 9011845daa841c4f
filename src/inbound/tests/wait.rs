//! Waiting without a runtime, for the native drivers of the machines: a race of two futures, a deadline, time, and bodies.

use crate::http::NetError;
use core::future::poll_fn;
use core::pin::pin;
use core::task::Poll;

/// Time. Features take it as an argument; only hosts and tests implement it.
pub(crate) trait Clock {
    /// Milliseconds since 1970 UTC.
    fn now_ms(&self) -> f64;
    /// Ends after so many milliseconds. Dropping it stops the timer.
    fn sleep(&self, ms: f64) -> impl Future<Output = ()>;
}

/// Which of two futures ended first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Either<A, B> {
    /// The first.
    Left(A),
    /// The second.
    Right(B),
}

/// Runs two futures until one ends; drops the other. The first is asked first.
pub(crate) async fn race<A, B>(
    left: impl Future<Output = A>,
    right: impl Future<Output = B>,
) -> Either<A, B> {
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

/// A body as it arrives. Dropping it cancels it.
pub(crate) trait Body {
    /// The next bytes; `None` at the end.
    ///
    /// # Errors
    /// [`NetError`] when the connection breaks.
    fn chunk(&mut self) -> impl Future<Output = Result<Option<Vec<u8>>, NetError>>;
}

/// Reads a body to its end, or to `limit` bytes; the flag says that it went on beyond.
///
/// # Errors
/// [`NetError`] when the connection breaks.
pub(crate) async fn read_body(body: &mut impl Body, limit: usize) -> Result<(Vec<u8>, bool), NetError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = body.chunk().await? {
        let room = limit.saturating_sub(bytes.len());
        if chunk.len() > room {
            bytes.extend(chunk.into_iter().take(room));
            return Ok((bytes, true));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok((bytes, false))
}
