//! What the modules weigh, and whether they keep to their budgets.

use crate::context::Context;
use crate::modules::MODULES;
use crate::test::Counts;
use crate::{Outcome, run};

/// Prints the sizes of the built package; fails when a module is over its budget.
pub fn size(context: &Context) -> Outcome<Counts> {
    let mut node = context.node("xtask/size.mjs");
    node.arg(context.root.join("pkg"));
    node.args(MODULES.iter().map(|module| format!("{}={}", module.name, module.face)));
    let text = run::quiet(&mut node)?;
    print!("{text}");
    let mut counts = Counts::default();
    let mut over = Vec::new();
    for module in &MODULES {
        let gzip = gzip_of(&text, module.name).ok_or_else(|| format!("no size of {}", module.name))?;
        if gzip > module.budget {
            over.push(format!("{}: {gzip} gzip is over its budget of {}", module.name, module.budget));
        } else {
            counts.passed += 1;
        }
    }
    if over.is_empty() { Ok(counts) } else { Err(over.join("\n")) }
}

/// The gzip bytes in the line `NAME: RAW raw, GZIP gzip`.
fn gzip_of(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))?;
    line.strip_suffix(" gzip")?.split(' ').next_back()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::gzip_of;

    #[test]
    fn reads_the_line_of_the_module() {
        let text = "main: 50 raw, 20 gzip\nmain (inline): 60 raw, 30 gzip\nwebhooks: 5 raw, 2 gzip\n";
        assert_eq!(gzip_of(text, "main"), Some(20));
        assert_eq!(gzip_of(text, "webhooks"), Some(2));
        assert_eq!(gzip_of(text, "testing"), None);
    }
}
