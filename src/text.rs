//! Searching in text. The standard library's searcher is made for long needles and costs some 3 KB of wasm; ours are
//! short and rare.

/// Where `needle` first occurs.
#[must_use]
pub fn find(haystack: &str, needle: &str) -> Option<usize> {
    let needle = needle.as_bytes();
    (0..=haystack.len())
        .find(|at| haystack.as_bytes().get(*at..).is_some_and(|rest| rest.starts_with(needle)))
}

/// Whether `needle` occurs.
#[must_use]
pub fn contains(haystack: &str, needle: &str) -> bool {
    find(haystack, needle).is_some()
}

/// What stands before and after the first `needle`.
#[must_use]
pub fn split_once<'a>(haystack: &'a str, needle: &str) -> Option<(&'a str, &'a str)> {
    let at = find(haystack, needle)?;
    Some((haystack.get(..at)?, haystack.get(at.saturating_add(needle.len())..)?))
}

/// The text with `with` for every `needle`, which must not be empty.
#[must_use]
pub fn replace(haystack: &str, needle: &str, with: &str) -> String {
    let mut out = String::with_capacity(haystack.len());
    let mut rest = haystack;
    while let Some((before, after)) = split_once(rest, needle).filter(|_| !needle.is_empty()) {
        out.push_str(before);
        out.push_str(with);
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_the_standard_library_does_it() {
        for (haystack, needle) in [
            ("", "a"),
            ("a", "a"),
            ("banana", "an"),
            ("aaaa", "aa"),
            ("אבגאב", "אב"),
            ("x", "xyz"),
            ("ab", "b"),
        ] {
            assert_eq!(find(haystack, needle), haystack.find(needle), "{haystack} {needle}");
            assert_eq!(contains(haystack, needle), haystack.contains(needle), "{haystack} {needle}");
            assert_eq!(split_once(haystack, needle), haystack.split_once(needle), "{haystack} {needle}");
            assert_eq!(replace(haystack, needle, "-"), haystack.replace(needle, "-"), "{haystack} {needle}");
        }
        assert_eq!(replace("ab", "", "-"), "ab");
    }
}
