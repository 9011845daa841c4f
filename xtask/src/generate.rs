//! `cargo xtask generate`: the files that follow from tables in the source, and the pages that follow from the declarations.

use crate::context::Context;
use crate::{Outcome, run, setup};

/// The script that writes the pages, and checks them with `--check`.
pub const PAGES: &str = "xtask/docs.mjs";

/// Rewrites what is out of date. The test that compares the files does it when it is told to.
pub fn generate(context: &Context) -> Outcome {
    let mut cargo = context.cargo();
    cargo.args(["test", "--quiet", "--lib", "--all-features", "--", "--exact"]).args(TESTS);
    let text = run::quiet(cargo.env("XTASK_GENERATE", "1"))?;
    let all = format!("{} passed", TESTS.len());
    if !text.contains(&all) {
        return Err(format!("not all of these tests are there: {TESTS:?}"));
    }
    // Behind the tables: some of the declarations follow from them.
    setup::npm(context)?;
    run::loud(&mut context.node(PAGES))
}

const TESTS: [&str; 2] = [
    "accounts::tests::table::generated_files_are_up_to_date",
    "agent::tools::tests::generated_files_are_up_to_date",
];
