//! Options objects: JSON in, typed values out, every mistake named.

use crate::error::Error;
use crate::json::{self, MAX_DEPTH, Object, Value};
use crate::prelude::*;
use crate::secret::Secret;
use crate::text::{concat, contains, split_once, whole};
use crate::wait::Clock;

/// An options object; the call it belongs to stands in the messages of its errors.
#[derive(Debug)]
pub struct Options<'a> {
    call: &'a str,
    object: Object<'a>,
}

/// Options that every call takes.
#[derive(Clone, Debug, Default)]
pub struct CallOptions {
    /// Deadline of the whole call.
    pub timeout_ms: Option<f64>,
    /// A token for this call only.
    pub token: Option<Secret>,
}

impl CallOptions {
    /// The instant by which the call must have ended.
    pub(crate) fn deadline(&self, default_ms: f64, clock: &impl Clock) -> f64 {
        clock.now_ms() + self.timeout_ms.unwrap_or(default_ms)
    }
}

impl<'a> Options<'a> {
    /// Reads the JSON of an options object; nothing at all counts as an empty one.
    ///
    /// # Errors
    /// A `ConfigError` for anything but an object.
    pub fn parse(call: &'a str, text: &'a str) -> Result<Self, Error> {
        let value = if text.is_empty() { Ok(Value::NULL) } else { json::parse_str(text, MAX_DEPTH) };
        match value {
            Ok(value) if value.is_null() => Ok(Self { call, object: Object::default() }),
            Ok(value) => match value.object() {
                Some(object) => Ok(Self { call, object }),
                None => Err(Error::config(concat(&[call, ": the options must be an object"]))),
            },
            Err(_) => Err(Error::config(concat(&[call, ": the options nest too deep"]))),
        }
    }

    /// The members as given, duplicates and `null` included.
    #[must_use]
    pub fn object(&self) -> &Object<'a> {
        &self.object
    }

    /// A member that is there and not `null`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Value<'a>> {
        self.object.get(key).filter(|value| !value.is_null())
    }

    /// The error for a member that is not what it must be.
    #[must_use]
    pub fn bad(&self, key: &str, must: &str) -> Error {
        Error::config(concat(&[self.call, ": `", key, "` ", must]))
    }

    /// A text.
    ///
    /// # Errors
    /// A `ConfigError` for anything else.
    pub fn text(&self, key: &str) -> Result<Option<String>, Error> {
        let Some(value) = self.get(key) else { return Ok(None) };
        match value.text() {
            Some(text) => Ok(Some(text.decode().into_owned())),
            None => Err(self.bad(key, "must be a string")),
        }
    }

    /// A text that has characters.
    ///
    /// # Errors
    /// As [`Options::text`].
    pub fn filled(&self, key: &str) -> Result<Option<String>, Error> {
        Ok(self.text(key)?.filter(|text| !text.is_empty()))
    }

    /// A truth value.
    ///
    /// # Errors
    /// A `ConfigError` for anything else.
    pub fn flag(&self, key: &str, default: bool) -> Result<bool, Error> {
        match self.get(key) {
            None => Ok(default),
            Some(value) => value.bool().ok_or_else(|| self.bad(key, "must be true or false")),
        }
    }

    /// A number, cut to a whole one. What is too large becomes the largest.
    ///
    /// # Errors
    /// A `ConfigError` for anything else.
    pub fn whole(&self, key: &str) -> Result<Option<i64>, Error> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let Some(text) = value.number() else { return Err(self.bad(key, "must be a number")) };
        // JavaScript writes exponents, in small letters, only for what is far too large, or nearly nothing.
        let digits = split_once(text, ".").map_or(text, |(digits, _)| digits);
        let huge = if digits.starts_with('-') { i64::MIN } else { i64::MAX };
        Ok(Some(match text {
            text if contains(text, "e-") => 0,
            text if contains(text, "e") => huge,
            _ => whole(digits).unwrap_or(huge),
        }))
    }

    /// A number of at least 1.
    ///
    /// # Errors
    /// A `ConfigError` for anything else.
    pub fn positive(&self, key: &str) -> Result<Option<i64>, Error> {
        match self.whole(key)? {
            Some(number) if number < 1 => Err(self.bad(key, "must be at least 1")),
            number => Ok(number),
        }
    }

    /// A duration in milliseconds, at least 1.
    ///
    /// # Errors
    /// As [`Options::positive`].
    pub fn millis(&self, key: &str) -> Result<Option<f64>, Error> {
        #[expect(clippy::cast_precision_loss, reason = "durations beyond 2^53 ms do not matter")]
        Ok(self.positive(key)?.map(|ms| ms as f64))
    }

    /// What every call takes: `timeoutMs` and `agentToken`.
    ///
    /// # Errors
    /// A `ConfigError` naming the key.
    pub fn call_options(&self) -> Result<CallOptions, Error> {
        let token = self.filled("agentToken")?.map(Secret::new);
        Ok(CallOptions { timeout_ms: self.millis("timeoutMs")?, token })
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
            let got = Options::parse("x", &json).unwrap().positive("n");
            match want {
                Ok(number) => assert_eq!(got, Ok(Some(number)), "{text}"),
                Err(message) => assert_eq!(got.unwrap_err().message, message, "{text}"),
            }
        }
        assert_eq!(Options::parse("x", "{\"n\":null}").unwrap().positive("n"), Ok(None));
    }

    #[test]
    fn only_objects_are_options() {
        assert!(Options::parse("x", "").unwrap().object().is_empty());
        assert!(Options::parse("x", "null").unwrap().object().is_empty());
        assert_eq!(Options::parse("x", "[]").unwrap_err().message, "x: the options must be an object");
        assert_eq!(Options::parse("x", "\"t\"").unwrap_err().message, "x: the options must be an object");
    }

    #[test]
    fn secrets_do_not_show() {
        let options =
            Options::parse("x", r#"{"agentToken":"tok","timeoutMs":5}"#).unwrap().call_options().unwrap();
        assert_eq!(format!("{options:?}"), "CallOptions { timeout_ms: Some(5.0), token: Some(Secret(…)) }");
    }
}
