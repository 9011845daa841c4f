//! Instants as plain numbers: milliseconds since 1970 UTC, read from and written as ISO 8601 and HTTP dates.

use crate::prelude::*;
const DAY_MS: i64 = 86_400_000;

/// `2026-05-10T09:30:00.000Z`. Years outside 0000 to 9999 give `None`.
#[must_use]
pub fn iso(ms: i64) -> Option<String> {
    let (days, in_day) = (ms.div_euclid(DAY_MS), ms.rem_euclid(DAY_MS));
    let (year, month, day) = civil(days);
    if !(0..=9999).contains(&year) {
        return None;
    }
    let mut out = String::with_capacity(24);
    pad(year, 4, &mut out);
    out.push('-');
    pad(month, 2, &mut out);
    out.push('-');
    pad(day, 2, &mut out);
    out.push('T');
    pad(in_day / 3_600_000, 2, &mut out);
    out.push(':');
    pad(in_day / 60_000 % 60, 2, &mut out);
    out.push(':');
    pad(in_day / 1000 % 60, 2, &mut out);
    out.push('.');
    pad(in_day % 1000, 3, &mut out);
    out.push('Z');
    Some(out)
}

/// Reads `2026-05-10T09:30:00Z`, with fraction, offset (`+02:00`, `+0200`), a space for `T`, or without a zone, which
/// then means UTC (the service's old builds write `YYYY-MM-DD HH:MM:SS` so). A bare date is midnight.
#[must_use]
pub fn parse_iso(text: &str) -> Option<i64> {
    let mut cursor = Cursor(text.trim_ascii().as_bytes());
    let year = cursor.number(4)?;
    cursor.eat(b'-')?;
    let month = cursor.number(2)?;
    cursor.eat(b'-')?;
    let day = cursor.number(2)?;
    let midnight = days_from_civil(year, month, day)?.wrapping_mul(DAY_MS);
    if cursor.0.is_empty() {
        return Some(midnight);
    }
    cursor.eat(b'T').or_else(|| cursor.eat(b't')).or_else(|| cursor.eat(b' '))?;
    let time = cursor.clock()?;
    let mut fraction = 0;
    if cursor.eat(b'.').or_else(|| cursor.eat(b',')).is_some() {
        let mut scale = 100;
        cursor.peek().filter(u8::is_ascii_digit)?;
        while let Some(digit) = cursor.digit() {
            fraction = digit.wrapping_mul(scale).wrapping_add(fraction);
            scale /= 10;
        }
    }
    let offset = match cursor.peek() {
        None => 0,
        Some(b'Z' | b'z') => {
            cursor.bump();
            0
        }
        Some(sign @ (b'+' | b'-')) => {
            cursor.bump();
            let hours = cursor.number(2)?;
            let _colon = cursor.eat(b':');
            let minutes = if cursor.0.is_empty() { 0 } else { cursor.number(2)? };
            if hours > 23 || minutes > 59 {
                return None;
            }
            let span = millis(hours, minutes, 0);
            if sign == b'+' { span } else { span.wrapping_neg() }
        }
        Some(_) => return None,
    };
    if !cursor.0.is_empty() {
        return None;
    }
    // Four-digit years: far from the bounds of an i64.
    Some(midnight.wrapping_add(time).wrapping_add(fraction).wrapping_sub(offset))
}

/// Reads an HTTP date in the form of RFC 9110 (`Mon, 27 Jul 2026 00:00:00 GMT`).
#[must_use]
pub fn parse_http_date(text: &str) -> Option<i64> {
    let mut cursor = Cursor(text.trim_ascii().as_bytes());
    for _ in 0..3 {
        cursor.peek().filter(u8::is_ascii_alphabetic)?;
        cursor.bump();
    }
    cursor.eat(b',')?;
    cursor.eat(b' ')?;
    let day = cursor.number(2)?;
    cursor.eat(b' ')?;
    let month = cursor.month()?;
    cursor.eat(b' ')?;
    let year = cursor.number(4)?;
    cursor.eat(b' ')?;
    let time = cursor.clock()?;
    if cursor.0 != b" GMT" {
        return None;
    }
    Some(days_from_civil(year, month, day)?.wrapping_mul(DAY_MS).wrapping_add(time))
}

struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    fn peek(&self) -> Option<u8> {
        self.0.first().copied()
    }

    fn bump(&mut self) {
        self.0 = self.0.get(1..).unwrap_or_default();
    }

    fn eat(&mut self, byte: u8) -> Option<()> {
        (self.peek() == Some(byte)).then(|| self.bump())
    }

    fn digit(&mut self) -> Option<i64> {
        let byte = self.peek().filter(u8::is_ascii_digit)?;
        self.bump();
        Some(i64::from(byte.wrapping_sub(b'0')))
    }

    /// Up to four digits, so that nothing wraps.
    fn number(&mut self, digits: usize) -> Option<i64> {
        let mut value = 0_i64;
        for _ in 0..digits {
            value = value.wrapping_mul(10).wrapping_add(self.digit()?);
        }
        Some(value)
    }

    /// `HH:MM:SS` or `HH:MM` in milliseconds.
    fn clock(&mut self) -> Option<i64> {
        let hours = self.number(2)?;
        self.eat(b':')?;
        let minutes = self.number(2)?;
        let seconds = if self.eat(b':').is_some() { self.number(2)? } else { 0 };
        if hours > 23 || minutes > 59 || seconds > 59 {
            return None;
        }
        Some(millis(hours, minutes, seconds))
    }

    fn month(&mut self) -> Option<i64> {
        const NAMES: &[u8; 36] = b"JanFebMarAprMayJunJulAugSepOctNovDec";
        let name = self.0.get(..3)?;
        let index = NAMES.chunks_exact(3).position(|known| known == name)?;
        self.0 = self.0.get(3..)?;
        i64::try_from(index).ok()?.checked_add(1)
    }
}

#[expect(clippy::arithmetic_side_effects, reason = "bounded: two digits each")]
fn millis(hours: i64, minutes: i64, seconds: i64) -> i64 {
    ((hours * 60 + minutes) * 60 + seconds) * 1000
}

fn pad(number: i64, width: usize, out: &mut String) {
    let digits = crate::json::integer(number);
    for _ in digits.len()..width {
        out.push('0');
    }
    out.push_str(&digits);
}

/// Days since 1970 of a calendar day that exists, by Howard Hinnant's published formula.
fn days_from_civil(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let length = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return None,
    };
    if !(1..=length).contains(&day) || !(0..=9999).contains(&year) {
        return None;
    }
    Some(days_unchecked(year, month, day))
}

#[expect(clippy::arithmetic_side_effects, reason = "bounded: four-digit years, checked months and days")]
fn days_unchecked(year: i64, month: i64, day: i64) -> i64 {
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let year_of_era = shifted.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The calendar day of days since 1970.
#[expect(clippy::arithmetic_side_effects, reason = "bounded: the days come from an i64 of milliseconds")]
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 { month_index + 3 } else { month_index - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_read_back_as_written() {
        for ms in [
            0,
            -1,
            1,
            951_782_400_000,
            951_868_799_999,
            1_778_405_400_123,
            253_402_300_799_999,
            -62_167_219_200_000,
        ] {
            assert_eq!(parse_iso(&iso(ms).unwrap()), Some(ms), "{ms}");
        }
        assert_eq!(iso(1_778_405_400_123).unwrap(), "2026-05-10T09:30:00.123Z");
        assert_eq!(iso(951_782_400_000).unwrap(), "2000-02-29T00:00:00.000Z");
        assert_eq!(iso(253_402_300_800_000), None);
        assert_eq!(iso(i64::MIN), None);
        assert_eq!(iso(i64::MAX), None);
    }

    #[test]
    fn iso_forms() {
        let want = Some(1_778_405_400_000);
        for text in [
            "2026-05-10T09:30:00Z",
            "2026-05-10T09:30:00.000Z",
            "2026-05-10 09:30:00",
            "2026-05-10T11:30:00+02:00",
            "2026-05-10T04:00:00-0530",
            "2026-05-10T09:30Z",
            "2026-05-10t09:30:00z",
            "2026-05-10T09:30:00.000000Z",
        ] {
            assert_eq!(parse_iso(text), want, "{text}");
        }
        assert_eq!(parse_iso("2026-05-10"), Some(1_778_371_200_000));
        for text in [
            "",
            "2026",
            "2026-13-01",
            "2026-02-29",
            "2026-05-10T",
            "2026-05-10T24:00:00Z",
            "2026-05-10T09:30:00X",
            "2026-05-10T09:30:00+25:00",
            "2026-05-10T09:30:00.Z",
        ] {
            assert_eq!(parse_iso(text), None, "{text}");
        }
    }

    #[test]
    fn http_dates() {
        assert_eq!(parse_http_date("Mon, 27 Jul 2026 00:00:00 GMT"), parse_iso("2026-07-27T00:00:00Z"));
        for text in [
            "",
            "27 Jul 2026",
            "Mon, 27 Foo 2026 00:00:00 GMT",
            "Mon, 27 Jul 2026 00:00:00 CET",
            "Mon, 31 Feb 2026 00:00:00 GMT",
        ] {
            assert_eq!(parse_http_date(text), None, "{text}");
        }
    }
}
