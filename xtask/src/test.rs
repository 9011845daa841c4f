//! `cargo xtask test`: every check, one step after the other. A failed step does not stop the others. The last line is
//! `N passed, N failed`; when something was left out it ends in `, N skipped`, and the line before says what.

mod counts;
mod javascript;
mod rust;

use std::process::ExitCode;
use std::time::Instant;

pub use counts::Counts;

use crate::context::Context;
use crate::modules::Profile;
use crate::{Outcome, build, setup, size};

/// What a step is given.
pub struct Bench<'a> {
    pub context: &'a Context,
    /// Chromium and its driver, unless they are left out.
    pub browser: Option<Browser>,
}

/// Where the browser is.
pub struct Browser {
    pub chrome: std::path::PathBuf,
    pub driver: std::path::PathBuf,
}

/// What a step cannot do without.
#[derive(PartialEq, Eq)]
enum Needs {
    Cargo,
    Package,
    Browser,
}

struct Step {
    name: &'static str,
    needs: Needs,
    run: fn(&Bench<'_>) -> Outcome<Counts>,
}

/// The steps in order: the quick ones first. A new check is a line here and a function that returns its counts.
const STEPS: &[Step] = &[
    Step { name: "format", needs: Needs::Cargo, run: rust::format },
    Step { name: "lockfiles", needs: Needs::Cargo, run: rust::lockfiles },
    Step { name: "generated pages", needs: Needs::Cargo, run: javascript::pages },
    Step { name: "clippy, native", needs: Needs::Cargo, run: rust::clippy_native },
    Step { name: "clippy, wasm32", needs: Needs::Cargo, run: rust::clippy_wasm },
    Step { name: "rustdoc", needs: Needs::Cargo, run: rust::docs },
    Step { name: "native tests", needs: Needs::Cargo, run: rust::native },
    Step { name: "build", needs: Needs::Package, run: package },
    Step { name: "size", needs: Needs::Package, run: |bench| size::size(bench.context) },
    Step { name: "types", needs: Needs::Package, run: javascript::types },
    Step { name: "conformance", needs: Needs::Package, run: javascript::conformance },
    Step { name: "the package in its runtimes", needs: Needs::Package, run: javascript::runtimes },
    Step { name: "the fake service", needs: Needs::Package, run: javascript::fake },
    Step { name: "the official MCP server", needs: Needs::Package, run: javascript::mcp },
    Step { name: "stores", needs: Needs::Package, run: javascript::stores },
    Step { name: "overlap and memory in workerd", needs: Needs::Package, run: javascript::workerd },
    Step { name: "demo", needs: Needs::Package, run: javascript::demo },
    Step { name: "wasm-pack test --node", needs: Needs::Package, run: rust::wasm_pack_node },
    Step { name: "wasm-pack test --headless --chrome", needs: Needs::Browser, run: rust::wasm_pack_chrome },
    Step { name: "wasm-pack build", needs: Needs::Package, run: rust::wasm_pack_build },
];

/// Runs the steps. `quick` leaves out what needs the package.
pub fn test(context: &Context, browser: bool, quick: bool) -> Outcome<ExitCode> {
    let browser = if browser && !quick { Some(find_browser()?) } else { None };
    setup::for_tests(context)?;
    let bench = Bench { context, browser };
    let mut total = Counts::default();
    let mut failures = Vec::new();
    let mut left_out = Vec::new();
    for step in STEPS {
        if (quick && step.needs != Needs::Cargo) || (step.needs == Needs::Browser && bench.browser.is_none())
        {
            left_out.push(step.name.to_owned());
            total.skipped += 1;
            continue;
        }
        let start = Instant::now();
        let counts = (step.run)(&bench).unwrap_or_else(|message| {
            eprintln!("{message}");
            Counts { failed: 1, ..Counts::default() }
        });
        println!("{:<36} {:<34} {:>6.1} s", step.name, counts.to_string(), start.elapsed().as_secs_f64());
        total += &counts;
        if counts.failed > 0 {
            failures.push(step.name);
        }
        left_out.extend(counts.left_out);
    }
    println!();
    if !failures.is_empty() {
        println!("failed: {}", failures.join(", "));
    }
    if total.skipped > 0 {
        println!("left out: {}", left_out.join(", "));
    }
    println!("{total}");
    Ok(if total.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn package(bench: &Bench<'_>) -> Outcome<Counts> {
    build::build(bench.context, Profile::Release)?;
    Ok(Counts::passed(1))
}

/// By `CHROME` and `CHROMEDRIVER`, else in `PATH`.
fn find_browser() -> Outcome<Browser> {
    let find = |variable: &str, names: &[&str]| {
        let named =
            std::env::var_os(variable).filter(|value| !value.is_empty()).map(std::path::PathBuf::from);
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut in_path =
            std::env::split_paths(&path).flat_map(|dir| names.iter().map(move |name| dir.join(name)));
        named.or_else(|| in_path.find(|file| file.is_file())).filter(|file| file.is_file())
    };
    let chrome =
        find("CHROME", &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]);
    let driver = find("CHROMEDRIVER", &["chromedriver"]);
    match (chrome, driver) {
        (Some(chrome), Some(driver)) => Ok(Browser { chrome, driver }),
        _ => {
            Err("no browser: set CHROME and CHROMEDRIVER, have them in PATH, or say --no-browser".to_owned())
        }
    }
}
