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

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    /// A promise of `js/host.js` that can be stopped.
    #[wasm_bindgen(extends = Promise)]
    pub(crate) type Stoppable;
    #[wasm_bindgen(method)]
    fn stop(this: &Stoppable);
}

/// Stops what it waits for when dropped.
struct Stop(Stoppable);

impl Drop for Stop {
    fn drop(&mut self) {
        self.0.stop();
    }
}

impl Stoppable {
    /// Waits for the end; stops it when dropped before.
    #[cfg_attr(not(feature = "webhooks"), expect(dead_code, reason = "nothing waits there"))]
    pub(crate) async fn ended(self) {
        let stop = Stop(self);
        let promise: &Promise = stop.0.as_ref();
        let _none_of_them_rejects = JsFuture::from(promise.clone()).await;
    }
}

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
