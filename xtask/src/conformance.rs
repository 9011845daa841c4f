//! `cargo xtask conformance`: the recorded answers of the reference SDK against the built package.

use crate::context::Context;
use crate::{Outcome, run};

/// Compares the package with the project's vectors, or with those in another folder, and prints what passed, deviated and
/// failed. Fails if anything does.
pub fn conformance(context: &Context, flags: &[&str]) -> Outcome {
    let mut node = context.node(SCRIPT);
    match flags {
        [] => {}
        ["--vectors", folder] => {
            let here = std::env::current_dir().map_err(|error| format!("no current folder: {error}"))?;
            node.arg("--vectors").arg(here.join(folder));
        }
        _ => return Err("conformance knows --vectors DIR and nothing else".to_owned()),
    }
    run::loud(&mut node)
}

/// Ends in the line `N passed, N failed`.
pub const SCRIPT: &str = "tests/conformance/run.mjs";
