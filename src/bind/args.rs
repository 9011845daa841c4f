//! What comes in: a JSON array, the name of what is asked first. One text instead of many parameters, because each
//! parameter of an exported function costs on both sides of the border.

use crate::json::{self, Items, Value};
use crate::prelude::*;
use crate::secret::Secret;

/// The arguments that are still to be read.
pub(crate) struct Args<'a>(Items<'a>);

impl<'a> Args<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        Self(json::parse_str(text, json::MAX_DEPTH).unwrap_or(Value::NULL).items())
    }

    /// The next one; `null` behind the last.
    #[inline(never)]
    pub(crate) fn next(&mut self) -> Value<'a> {
        self.0.next().unwrap_or(Value::NULL)
    }

    /// A text, or `null`.
    #[cfg(feature = "main")]
    #[inline(never)]
    pub(crate) fn text(&mut self) -> Option<String> {
        Some(self.next().text()?.chars())
    }

    /// A text, or an empty one.
    #[cfg(feature = "main")]
    pub(crate) fn chars(&mut self) -> String {
        self.next().chars()
    }

    /// A whole number, or not a number.
    #[inline(never)]
    #[expect(clippy::cast_precision_loss, reason = "times and sizes are far below 2^53")]
    pub(crate) fn number(&mut self) -> f64 {
        self.next().integer().map_or(f64::NAN, |number| number as f64)
    }

    /// A whole number, or something else.
    pub(crate) fn number_or(&mut self, default: f64) -> f64 {
        let number = self.number();
        if number.is_nan() { default } else { number }
    }

    /// A size, or something else.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "float to integer casts saturate; the defaults are small"
    )]
    pub(crate) fn size_or(&mut self, default: usize) -> usize {
        self.number_or(default as f64) as usize
    }

    /// A number that counts.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "float to integer casts saturate"
    )]
    #[cfg(feature = "main")]
    pub(crate) fn count(&mut self) -> u32 {
        self.number() as u32
    }

    /// Texts, as secrets.
    #[inline(never)]
    pub(crate) fn secrets(&mut self) -> Vec<Secret> {
        let mut secrets = Vec::new();
        for secret in self.next().items() {
            secrets.push(Secret::new(secret.chars()));
        }
        secrets
    }
}
