//! Every check.

use std::process::ExitCode;

use crate::Outcome;
use crate::context::Context;

pub fn test(_context: &Context, _browser: bool, _quick: bool) -> Outcome<ExitCode> {
    Ok(ExitCode::SUCCESS)
}
