//! The steps that Node does: types, and the packed package in its runtimes.

use super::{Bench, Counts};
use crate::{Outcome, conformance, run};

/// Strict `tsc` over the type tests and the examples, against the packed package.
pub fn types(bench: &Bench<'_>) -> Outcome<Counts> {
    script(bench, "tests/package/types.mjs", &[])
}

/// The same scenario in every runtime, against the packed package.
pub fn runtimes(bench: &Bench<'_>) -> Outcome<Counts> {
    let flags: &[&str] = if bench.browser.is_some() { &[] } else { &["--no-browser"] };
    script(bench, "tests/package/run.mjs", flags)
}

/// The tests of the fake service, in the runtimes that can serve it.
pub fn fake(bench: &Bench<'_>) -> Outcome<Counts> {
    script(bench, "tests/fake/run.mjs", &[])
}

/// The recorded answers of the reference SDK.
pub fn conformance(bench: &Bench<'_>) -> Outcome<Counts> {
    script(bench, conformance::SCRIPT, &[])
}

/// Runs a script that prints a line per part and ends in `N passed, N failed`.
pub fn script(bench: &Bench<'_>, file: &str, flags: &[&str]) -> Outcome<Counts> {
    let mut node = bench.context.node(file);
    node.args(flags).env("XTASK_STATE", &bench.context.state);
    if let Some(browser) = &bench.browser {
        node.env("CHROME", &browser.chrome).env("CHROMEDRIVER", &browser.driver);
    }
    let printed = run::capture(&mut node)?;
    for line in printed.text.lines() {
        println!("  {line}");
    }
    match Counts::of_last_line(&printed.text) {
        Some(counts) if printed.ok == (counts.failed == 0) && counts.passed + counts.failed > 0 => Ok(counts),
        _ => Err(format!("{file} did not run to its end")),
    }
}
