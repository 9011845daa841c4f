//! What the hosts give: time, chance, and the network.

#[cfg(feature = "webhooks")]
pub(crate) mod abort;
#[cfg(feature = "webhooks")]
pub(crate) mod clock;
#[cfg(feature = "main")]
pub(crate) mod fetch;
#[cfg(any(feature = "main", feature = "testing"))]
pub(crate) mod random;
#[cfg(feature = "webhooks")]
pub(crate) mod stream;

#[cfg(feature = "main")]
pub(crate) use whole::Host;

#[cfg(feature = "main")]
mod whole {
    use super::clock::HostClock;
    use super::fetch::HostFetch;
    use super::random::HostRandom;
    use super::stream::HostBody;
    use crate::http::{Head, Http, NetError, Request};
    use crate::wait::{Clock, Random};

    /// One object's way to the world: the runtime's parts, or the user's.
    #[derive(Clone, Default)]
    pub(crate) struct Host {
        pub(crate) fetch: HostFetch,
        pub(crate) clock: HostClock,
        pub(crate) random: HostRandom,
    }

    impl Http for Host {
        type Body = HostBody;
        async fn send(&self, request: Request) -> Result<(Head, HostBody), NetError> {
            self.fetch.send(request).await
        }
    }

    impl Clock for Host {
        fn now_ms(&self) -> f64 {
            self.clock.now_ms()
        }
        async fn sleep(&self, ms: f64) {
            self.clock.sleep(ms).await;
        }
    }

    impl Random for Host {
        fn unit(&self) -> f64 {
            self.random.unit()
        }
        fn bytes16(&self) -> [u8; 16] {
            self.random.bytes16()
        }
    }
}
