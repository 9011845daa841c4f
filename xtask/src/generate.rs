//! `cargo xtask generate`: the files that follow from tables in the source.

use crate::context::Context;
use crate::{Outcome, run};

/// Rewrites what is out of date. The test that compares the files does it when it is told to.
pub fn generate(context: &Context) -> Outcome {
    let mut cargo = context.cargo();
    cargo.args(["test", "--quiet", "--lib", "--all-features", TEST, "--", "--exact"]);
    let text = run::quiet(cargo.env("XTASK_GENERATE", "1"))?;
    if text.contains("1 passed") { Ok(()) } else { Err(format!("there is no test {TEST}")) }
}

const TEST: &str = "agent::tools::tests::generated_files_are_up_to_date";
