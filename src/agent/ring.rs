//! The last so many of something.

use crate::prelude::*;

/// Keeps the last `MOST`: a new one takes the place of the oldest.
pub(crate) struct Ring<T, const MOST: usize> {
    pub(crate) items: Vec<T>,
    next: usize,
}

impl<T, const MOST: usize> Ring<T, MOST> {
    pub(crate) const fn new() -> Self {
        Self { items: Vec::new(), next: 0 }
    }

    /// Takes one in; gives its place.
    pub(crate) fn push(&mut self, item: T) -> usize {
        let place = self.next;
        self.next = place.wrapping_add(1).checked_rem(MOST).unwrap_or_default();
        match self.items.get_mut(place) {
            Some(oldest) => *oldest = item,
            None => self.items.push(item),
        }
        place
    }
}
