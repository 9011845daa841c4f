//! Options objects: JSON in, values out. The first mistake is kept and told at the end, so that reading goes straight on.

use crate::error::Error;
use crate::json::{self, MAX_DEPTH, Object, Value};
use crate::prelude::*;
use crate::secret::Secret;
use crate::text::{concat, contains, split_once, whole};

/// An options object; the call it belongs to stands in the messages of its errors.
#[derive(Debug)]
pub struct Options<'a> {
    call: &'a str,
    value: Value<'a>,
    mistake: Option<Error>,
}

/// Options that every call takes.
#[derive(Clone, Debug, Default)]
pub struct CallOptions {
    /// Deadline of the whole call.
    pub timeout_ms: f64,
    /// A token for this call only; empty if there is none.
    pub token: Secret,
}

impl<'a> Options<'a> {
    /// Reads the JSON of an options object; nothing at all counts as an empty one. Anything but an object is a mistake.
    #[must_use]
    pub fn parse(call: &'a str, text: &'a str) -> Self {
        let text = if text.is_empty() { "null" } else { text };
        let value = json::parse_str(text, MAX_DEPTH);
        let mut options = Self { call, value: value.unwrap_or(Value::NULL), mistake: None };
        if value.is_err() {
            options.wrong(": the options nest too deep");
        } else if !options.value.is_null() && !options.value.raw().starts_with('{') {
            options.wrong(": the options must be an object");
        }
        options
    }

    /// The members as given, duplicates and `null` included.
    #[must_use]
    pub fn object(&self) -> Object<'a> {
        self.value.object().unwrap_or_default()
    }

    /// A member that is there and not `null`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Value<'a>> {
        Some(self.value.at(key)).filter(|value| !value.is_null())
    }

    /// A member; `null` where there is none.
    #[must_use]
    pub fn at(&self, key: &str) -> Value<'a> {
        self.value.at(key)
    }

    /// Keeps a mistake, if it is the first: a `ConfigError` whose message is the call's name and this text.
    #[inline(never)]
    pub fn wrong(&mut self, text: &str) {
        if self.is_fine() {
            self.mistake = Some(Error::config(concat(&[self.call, text])));
        }
    }

    /// Keeps the mistake that a member is not what it must be.
    #[inline(never)]
    pub fn bad(&mut self, key: &str, must: &str) {
        self.wrong(&concat(&[": `", key, "` ", must]));
    }

    /// Whether there is no mistake so far.
    #[must_use]
    pub fn is_fine(&self) -> bool {
        self.mistake.is_none()
    }

    /// The end of reading.
    ///
    /// # Errors
    /// The first mistake: a `ConfigError`.
    pub fn end(&mut self) -> Result<(), Error> {
        self.mistake.take().map_or(Ok(()), Err)
    }

    /// A text; empty where there is none.
    #[inline(never)]
    pub fn text(&mut self, key: &str) -> String {
        let value = self.value.at(key);
        if !value.is_null() && !value.is_text() {
            self.bad(key, "must be a string");
        }
        value.chars()
    }

    /// A text; this one where it is empty or missing.
    pub fn text_or(&mut self, key: &str, default: &str) -> String {
        let mut text = self.text(key);
        if text.is_empty() {
            text.push_str(default);
        }
        text
    }

    /// A truth value.
    #[inline(never)]
    pub fn flag(&mut self, key: &str, default: bool) -> bool {
        match self.value.at(key).raw() {
            "null" => default,
            "true" => true,
            "false" => false,
            _ => {
                self.bad(key, "must be true or false");
                default
            }
        }
    }

    /// A number, cut to a whole one. What is too large becomes the largest.
    #[inline(never)]
    pub fn whole(&mut self, key: &str, default: i64) -> i64 {
        let value = self.value.at(key);
        if value.is_null() {
            return default;
        }
        let Some(text) = value.number() else {
            self.bad(key, "must be a number");
            return default;
        };
        // JavaScript writes exponents, in small letters, only for what is far too large, or nearly nothing.
        let digits = split_once(text, ".").map_or(text, |(digits, _)| digits);
        let huge = if digits.starts_with('-') { i64::MIN } else { i64::MAX };
        if contains(text, "e-") {
            0
        } else if contains(text, "e") {
            huge
        } else {
            whole(digits).unwrap_or(huge)
        }
    }

    /// A number of at least 1.
    #[inline(never)]
    pub fn positive(&mut self, key: &str, default: i64) -> i64 {
        let number = self.whole(key, default);
        if number < 1 {
            self.bad(key, "must be at least 1");
        }
        number
    }

    /// A duration in milliseconds, at least 1.
    #[inline(never)]
    pub fn millis(&mut self, key: &str, default: f64) -> f64 {
        let given = self.positive(key, i64::MAX);
        #[expect(clippy::cast_precision_loss, reason = "durations beyond 2^53 ms do not matter")]
        if self.value.at(key).is_null() { default } else { given as f64 }
    }

    /// A number of at least 1, for counting in memory.
    pub fn size(&mut self, key: &str, default: usize) -> usize {
        let given = self.positive(key, i64::try_from(default).unwrap_or(i64::MAX));
        usize::try_from(given).unwrap_or(usize::MAX)
    }

    /// What every call takes: `timeoutMs` and `agentToken`.
    pub fn call_options(&mut self, timeout_ms: f64) -> CallOptions {
        CallOptions {
            timeout_ms: self.millis("timeoutMs", timeout_ms),
            token: Secret::new(self.text("agentToken")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_cut_and_bounded() {
        for (text, want) in [
            ("1", Ok(1)),
            ("1500.9", Ok(1500)),
            ("1e+21", Ok(i64::MAX)),
            ("123456789012345678901", Ok(i64::MAX)),
            ("0.5", Err("x: `n` must be at least 1")),
            ("1e-7", Err("x: `n` must be at least 1")),
            ("0", Err("x: `n` must be at least 1")),
            ("-1", Err("x: `n` must be at least 1")),
            ("-1e+21", Err("x: `n` must be at least 1")),
            ("\"1\"", Err("x: `n` must be a number")),
        ] {
            let json = format!("{{\"n\":{text}}}");
            let mut options = Options::parse("x", &json);
            let got = options.positive("n", 77);
            match want {
                Ok(number) => assert_eq!((got, options.end()), (number, Ok(())), "{text}"),
                Err(message) => assert_eq!(options.end().unwrap_err().message, message, "{text}"),
            }
        }
        let mut options = Options::parse("x", "{\"n\":null}");
        assert_eq!((options.positive("n", 77), options.millis("n", 0.5), options.size("n", 7)), (77, 0.5, 7));
        assert_eq!(options.end(), Ok(()));
    }

    #[test]
    fn only_objects_are_options() {
        for text in ["", "null"] {
            let options = Options::parse("x", text);
            assert!(options.object().is_empty() && options.is_fine());
        }
        for text in ["[]", "\"t\""] {
            let mut options = Options::parse("x", text);
            assert_eq!(options.text("a"), "");
            options.bad("b", "is a later mistake");
            assert_eq!(options.end().unwrap_err().message, "x: the options must be an object");
        }
        let deep = ["[".repeat(800), "]".repeat(800)].concat();
        assert_eq!(Options::parse("x", &deep).end().unwrap_err().message, "x: the options nest too deep");
    }

    #[test]
    fn secrets_do_not_show() {
        let options = Options::parse("x", r#"{"agentToken":"tok","timeoutMs":5}"#).call_options(7.0);
        assert_eq!(format!("{options:?}"), "CallOptions { timeout_ms: 5.0, token: Secret(…) }");
    }
}
