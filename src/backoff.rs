//! Pauses between attempts.

/// The pause after the `attempt`th attempt failed, in milliseconds: min(10, 2^n) seconds (wire-contract 4.3), shortened
/// by up to a half. `chance` is from 0 up to 1; 0 gives the full pause.
#[must_use]
pub fn pause_ms(attempt: u32, chance: f64) -> f64 {
    let seconds = 1_u32.checked_shl(attempt).map_or(10, |seconds| seconds.clamp(1, 10));
    f64::from(seconds) * 1000.0 * (1.0 - 0.5 * chance.clamp(0.0, 1.0))
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
}
