//! `cargo xtask demo`: the main job, start to end.

use crate::context::Context;
use crate::{Outcome, run};

/// Prints a transcript; fails when anything differs.
pub fn demo(context: &Context, flags: &[&str]) -> Outcome {
    run::loud(context.node(SCRIPT).args(flags).env("XTASK_STATE", &context.state))
}

/// Prints a line with `ok` for every check. It finds the package by its name, through the link that the build makes.
pub const SCRIPT: &str = "tests/demo/run.mjs";
