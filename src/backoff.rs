//! Pauses between attempts.

/// The pause after the `attempt`th attempt failed, in milliseconds: min(10, 2^n) seconds (wire-contract 4.3), shortened
/// by up to a half. `chance` is from 0 up to 1; 0 gives the full pause.
#[must_use]
pub fn pause_ms(attempt: u32, chance: f64) -> f64 {
    let seconds = 1_u32.checked_shl(attempt).map_or(10, |seconds| seconds.clamp(1, 10));
    f64::from(seconds) * 1000.0 * (1.0 - 0.5 * chance.clamp(0.0, 1.0))
}

/// The pause after the `attempt`th connect in a row failed: one second, twice as long each time up to a longest one, and
/// shortened as above.
#[must_use]
pub fn growing_ms(attempt: u32, longest_ms: f64, chance: f64) -> f64 {
    let factor = 1_u32.checked_shl(attempt.saturating_sub(1)).unwrap_or(u32::MAX);
    (f64::from(factor) * 1000.0).min(longest_ms) * (1.0 - 0.5 * chance.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_to_ten_seconds_and_jitter_shortens_them() {
        let full: Vec<f64> = (1..=6).map(|attempt| pause_ms(attempt, 0.0)).collect();
        assert_eq!(full, [2000.0, 4000.0, 8000.0, 10_000.0, 10_000.0, 10_000.0]);
        assert_eq!(pause_ms(40, 0.0), 10_000.0);
        assert_eq!(pause_ms(31, 0.0), 10_000.0);
        assert_eq!(pause_ms(1, 0.5), 1500.0);
        assert_eq!(pause_ms(1, 1.0), 1000.0);
    }
    #[test]
    fn pauses_between_connects_grow_to_the_longest() {
        let full: Vec<f64> = (1..=8).map(|attempt| growing_ms(attempt, 60_000.0, 0.0)).collect();
        assert_eq!(full, [1000.0, 2000.0, 4000.0, 8000.0, 16_000.0, 32_000.0, 60_000.0, 60_000.0]);
        assert_eq!(growing_ms(u32::MAX, 60_000.0, 0.5), 45_000.0);
        assert_eq!(growing_ms(0, 500.0, 1.0), 250.0);
    }
}
