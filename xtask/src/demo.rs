//! The main job, start to end: `tests/demo/run.mjs`, which prints a transcript and fails when anything differs.

use crate::context::Context;
use crate::{Outcome, run};

pub fn demo(context: &Context, flags: &[&str]) -> Outcome {
    run::loud(context.node("tests/demo/run.mjs").args(flags).env("XTASK_STATE", &context.state))
}
