//! The steps that Node does: types, the packed package in its runtimes, and what surrounds it.

use super::{Bench, Counts};
use crate::{Outcome, conformance, demo, generate, run};

/// The pages of docs/ that follow from the declarations are what the generator makes.
pub fn pages(bench: &Bench<'_>) -> Outcome<Counts> {
    script(bench, generate::PAGES, &["--check"])
}

/// Strict `tsc` over the type tests, the examples and those of docs/intro, against the packed package.
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

/// The agent against a server of the official MCP SDK.
pub fn mcp(bench: &Bench<'_>) -> Outcome<Counts> {
    script(bench, "tests/mcp/run.mjs", &[])
}

/// The stores of the package.
pub fn stores(bench: &Bench<'_>) -> Outcome<Counts> {
    script(bench, "tests/stores/run.mjs", &[])
}

/// Overlapping requests, and 100,000 of them, in workerd.
pub fn workerd(bench: &Bench<'_>) -> Outcome<Counts> {
    script(bench, "tests/workerd/run.mjs", &[])
}

/// The demo, against its own service whatever the environment says. Its transcript is shown only when it fails.
pub fn demo(bench: &Bench<'_>) -> Outcome<Counts> {
    let mut node = bench.context.node(demo::SCRIPT);
    let printed =
        run::capture(node.env("XTASK_STATE", &bench.context.state).env_remove("BUTT_DIAL_BASE_URL"))?;
    let checks = printed.text.lines().filter(|line| line.contains(" ms  ok  ")).count();
    if printed.ok && checks > 0 { Ok(Counts::passed(checks as u64)) } else { Err(printed.text) }
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
