//! The main job, start to end.

use crate::Outcome;
use crate::context::Context;

pub fn demo(_context: &Context, _flags: &[&str]) -> Outcome {
    Ok(())
}
