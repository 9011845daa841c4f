//! How many checks passed, and reading that from what test runners print.

use std::fmt;
use std::ops::AddAssign;

/// The result of a step.
#[derive(Default, Clone, PartialEq, Eq, Debug)]
pub struct Counts {
    pub passed: u64,
    pub failed: u64,
    pub skipped: u64,
    /// What was skipped, for the reader.
    pub left_out: Vec<String>,
}

impl Counts {
    pub fn passed(passed: u64) -> Self {
        Self { passed, ..Self::default() }
    }

    /// The sum of all lines `test result: ok. N passed; N failed; N ignored; …`, as cargo and wasm-bindgen print them. An
    /// ignored test counts as a failed one: here nothing is ignored.
    pub fn of_test_results(text: &str) -> Self {
        let mut counts = Self::default();
        for line in text.lines().filter_map(|line| line.trim().strip_prefix("test result: ")) {
            counts.passed += number_before(line, " passed");
            counts.failed += number_before(line, " failed") + number_before(line, " ignored");
        }
        counts
    }

    /// The last line `N passed, N failed` or `N passed, N failed, N skipped`, with the line `left out: …` where it is.
    pub fn of_last_line(text: &str) -> Option<Self> {
        let line = text.lines().rev().find(|line| line.contains(" passed, ") && !line.contains(':'))?;
        let left_out = text.lines().rev().find_map(|line| line.strip_prefix("left out: "));
        Some(Self {
            passed: number_before(line, " passed"),
            failed: number_before(line, " failed"),
            skipped: number_before(line, " skipped"),
            left_out: left_out
                .map(|names| names.split(", ").map(str::to_owned).collect())
                .unwrap_or_default(),
        })
    }
}

impl AddAssign<&Self> for Counts {
    fn add_assign(&mut self, other: &Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 { write!(f, ", {} skipped", self.skipped) } else { Ok(()) }
    }
}

fn number_before(line: &str, word: &str) -> u64 {
    let before = line.split(word).next().filter(|before| before.len() < line.len()).unwrap_or("");
    before.rsplit(' ').next().and_then(|number| number.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::Counts;

    #[test]
    fn sums_the_results_of_several_binaries() {
        let text = "running 2 tests\ntest result: ok. 16 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n\
                    noise\ntest result: FAILED. 3 passed; 2 failed; 1 ignored; 0 measured\n";
        assert_eq!(Counts::of_test_results(text), Counts { passed: 19, failed: 3, ..Counts::default() });
        assert_eq!(Counts::of_test_results("no tests to run!"), Counts::default());
    }

    #[test]
    fn reads_the_last_line_of_a_script() {
        let text = "bun: 3 passed, 0 failed\nleft out: Chromium, www\n12 passed, 1 failed, 2 skipped\n";
        let want =
            Counts { passed: 12, failed: 1, skipped: 2, left_out: vec!["Chromium".into(), "www".into()] };
        assert_eq!(Counts::of_last_line(text), Some(want));
        assert_eq!(Counts::of_last_line("bun: 3 passed, 0 failed"), None);
    }

    #[test]
    fn shows_skipped_only_when_there_are_some() {
        assert_eq!(Counts::passed(3).to_string(), "3 passed, 0 failed");
        let counts = Counts { passed: 3, skipped: 1, ..Counts::default() };
        assert_eq!(counts.to_string(), "3 passed, 0 failed, 1 skipped");
    }
}
