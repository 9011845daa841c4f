//! What the hosts give: time, chance, and the network.

pub(crate) mod clock;
#[cfg(feature = "main")]
pub(crate) mod fetch;
pub(crate) mod random;
pub(crate) mod stream;
