//! Instants as plain numbers: milliseconds since 1970 UTC, read from and written as ISO 8601 and HTTP dates.

use crate::prelude::*;
const DAY_MS: i64 = 86_400_000;

/// `2026-05-10T09:30:00.000Z`. Years outside 0000 to 9999 give `None`.
#[must_use]
pub fn iso(ms: i64) -> Option<String> {
    if !(FIRST_MS..=LAST_MS).contains(&ms) {
        return None;
    }
    let ms = ms.wrapping_sub(FIRST_MS);
    let mut rest = digits(civil(ms / DAY_MS), ms % DAY_MS);
    let mut out = *b"0000-00-00T00:00:00.000Z";
    for slot in out.iter_mut().rev().filter(|slot| **slot == b'0') {
        *slot = b'0'.wrapping_add(u8::try_from(rest % 10).unwrap_or_default());
        rest /= 10;
    }
    Some(crate::text::owned(crate::text::valid(&out)))
}

/// All digits of an instant as one number, the milliseconds last.
#[expect(clippy::arithmetic_side_effects, reason = "bounded: at most 17 digits")]
fn digits(date: i64, in_day: i64) -> i64 {
    let minutes = in_day / 60_000;
    (date * 10_000 + minutes / 60 * 100 + minutes % 60) * 100_000 + in_day % 60_000
}

/// Reads `2026-05-10T09:30:00Z`, with fraction, offset (`+02:00`, `+0200`), a space for `T`, or without a zone, which
/// then means UTC (the service's old builds write `YYYY-MM-DD HH:MM:SS` so). A bare date is midnight.
#[must_use]
pub fn parse_iso(text: &str) -> Option<i64> {
    let mut cursor = Cursor { rest: text.trim_ascii().as_bytes(), wrong: false };
    let year = cursor.number(4);
    cursor.must(b"-");
    let month = cursor.number(2);
    cursor.must(b"-");
    let day = cursor.number(2);
    let mut ms = cursor.midnight(year, month, day);
    if !cursor.rest.is_empty() {
        cursor.must(b"Tt ");
        ms = ms.wrapping_add(cursor.clock());
        if cursor.one_of(b".,") != 0 {
            // The first digit must be there; those after the third count for nothing.
            let mut scale = 100;
            cursor.wrong |= !cursor.peek().is_ascii_digit();
            while cursor.peek().is_ascii_digit() {
                ms = cursor.number(1).wrapping_mul(scale).wrapping_add(ms);
                scale /= 10;
            }
        }
        if !cursor.rest.is_empty() && cursor.one_of(b"Zz") == 0 {
            let sign = cursor.must(b"+-");
            let hours = cursor.number(2);
            cursor.one_of(b":");
            let minutes = if cursor.rest.is_empty() { 0 } else { cursor.number(2) };
            let span = cursor.millis(hours, minutes, 0);
            // Four-digit years: far from the bounds of an i64.
            ms = if sign == b'+' { ms.wrapping_sub(span) } else { ms.wrapping_add(span) };
        }
    }
    cursor.end(ms)
}

/// Reads an HTTP date in the form of RFC 9110 (`Mon, 27 Jul 2026 00:00:00 GMT`).
#[must_use]
pub fn parse_http_date(text: &str) -> Option<i64> {
    let mut cursor = Cursor { rest: text.trim_ascii().as_bytes(), wrong: false };
    for _ in 0..3 {
        cursor.wrong |= !cursor.peek().is_ascii_alphabetic();
        cursor.bump();
    }
    cursor.must(b",");
    cursor.must(b" ");
    let day = cursor.number(2);
    cursor.must(b" ");
    let month = cursor.month();
    cursor.must(b" ");
    let year = cursor.number(4);
    cursor.must(b" ");
    let ms = cursor.midnight(year, month, day).wrapping_add(cursor.clock());
    for byte in b" GMT" {
        cursor.must(&[*byte]);
    }
    cursor.end(ms)
}

/// Reads a date from left to right. What is not as it must be is remembered, and asked for once, at the end.
struct Cursor<'a> {
    rest: &'a [u8],
    wrong: bool,
}

impl Cursor<'_> {
    /// The next byte; 0 at the end.
    fn peek(&self) -> u8 {
        self.rest.first().copied().unwrap_or_default()
    }

    fn bump(&mut self) {
        self.rest = self.rest.get(1..).unwrap_or_default();
    }

    /// Takes one of these bytes if it is the next one; else it is 0.
    #[inline(never)]
    fn one_of(&mut self, bytes: &[u8]) -> u8 {
        let byte = self.peek();
        if bytes.iter().all(|known| *known != byte) {
            return 0;
        }
        self.bump();
        byte
    }

    /// Takes one of these bytes.
    #[inline(never)]
    fn must(&mut self, bytes: &[u8]) -> u8 {
        let byte = self.one_of(bytes);
        self.wrong |= byte == 0;
        byte
    }

    /// Takes up to four digits, so that nothing wraps.
    #[inline(never)]
    fn number(&mut self, digits: usize) -> i64 {
        let mut value = 0_i64;
        for _ in 0..digits {
            value = value.wrapping_mul(10).wrapping_add(i64::from(self.must(b"0123456789") & 15));
        }
        value
    }

    /// `HH:MM:SS` or `HH:MM` in milliseconds.
    fn clock(&mut self) -> i64 {
        let hours = self.number(2);
        self.must(b":");
        let minutes = self.number(2);
        let seconds = if self.one_of(b":") == 0 { 0 } else { self.number(2) };
        self.millis(hours, minutes, seconds)
    }

    fn month(&mut self) -> i64 {
        const NAMES: &[u8; 36] = b"JanFebMarAprMayJunJulAugSepOctNovDec";
        let (name, rest) = self.rest.split_at_checked(3).unwrap_or_default();
        self.rest = rest;
        // Behind the last one there is none.
        let index = NAMES.chunks_exact(3).take_while(|known| *known != name).count();
        i64::try_from(index).unwrap_or_default().wrapping_add(1)
    }

    #[expect(clippy::arithmetic_side_effects, reason = "bounded: two digits each")]
    #[inline(never)]
    fn millis(&mut self, hours: i64, minutes: i64, seconds: i64) -> i64 {
        self.wrong |= hours > 23 || minutes > 59 || seconds > 59;
        ((hours * 60 + minutes) * 60 + seconds) * 1000
    }

    /// The instant at which a calendar day that exists begins.
    #[expect(clippy::arithmetic_side_effects, reason = "bounded: four digits, two, two")]
    fn midnight(&mut self, year: i64, month: i64, day: i64) -> i64 {
        let years = year + 400 - i64::from(month <= 2);
        let days = years * 365 + years / 4 - years / 100 + years / 400;
        let days = days + (153 * ((month + 9) % 12) + 2) / 5 + day - 1 - DAYS_BEFORE;
        // What does not exist comes back as another day.
        self.wrong |= civil(days) != (year * 100 + month) * 100 + day;
        days * DAY_MS + FIRST_MS
    }

    /// The result, if all was as it must be and nothing is left.
    fn end(&self, ms: i64) -> Option<i64> {
        (!self.wrong && self.rest.is_empty()).then_some(ms)
    }
}

const FIRST_MS: i64 = -62_167_219_200_000; // 0000-01-01
const LAST_MS: i64 = 253_402_300_799_999; // 9999-12-31T23:59:59.999Z

// Days are counted by Howard Hinnant's published formulas, in years that begin in March, from four centuries before the
// year 0, so that nothing is ever negative.

/// From March of four centuries before the year 0 to its January: 146097 days less two months.
const DAYS_BEFORE: i64 = 146_037;

/// The calendar day, as the number YYYYMMDD, of days since the year 0 began.
#[expect(clippy::arithmetic_side_effects, reason = "bounded: four-digit years")]
#[inline(never)]
fn civil(days: i64) -> i64 {
    let shifted = days + DAYS_BEFORE;
    let era = shifted / 146_097;
    let day_of_era = shifted % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_index + 2) / 5 + 1;
    // January and February belong to the year before.
    let late = month_index >= 10;
    let month = if late { month_index - 9 } else { month_index + 3 };
    let year = year_of_era + era * 400 - 400 + i64::from(late);
    (year * 100 + month) * 100 + day
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
