//! The steps that cargo and wasm-pack do.

use std::fs;

use super::{Bench, Counts};
use crate::modules::{MODULES, Profile};
use crate::{Outcome, build, hash, run};

const WASM: [&str; 2] = ["--target", "wasm32-unknown-unknown"];

pub fn format(bench: &Bench<'_>) -> Outcome<Counts> {
    run::quiet(bench.context.cargo().args(["fmt", "--all", "--check"]))?;
    Ok(Counts::passed(1))
}

/// The npm lockfile names no host; the Cargo lockfiles name no source but crates.io.
pub fn lockfiles(bench: &Bench<'_>) -> Outcome<Counts> {
    let allowed = ["https://registry.npmjs.org/", "registry+https://github.com/rust-lang/crates.io-index"];
    let mut counts = Counts::default();
    for name in ["package-lock.json", "Cargo.lock", "xtask/wasm-bindgen-cli/Cargo.lock"] {
        let text =
            fs::read_to_string(bench.context.root.join(name)).map_err(|error| format!("{name}: {error}"))?;
        let sources = text.lines().map(str::trim).filter_map(|line| {
            line.strip_prefix("\"resolved\": \"").or_else(|| line.strip_prefix("source = \""))
        });
        for source in sources {
            if !allowed.iter().any(|host| source.starts_with(host)) {
                return Err(format!("{name}: a foreign source: {source}"));
            }
        }
        counts.passed += 1;
    }
    Ok(counts)
}

pub fn clippy_native(bench: &Bench<'_>) -> Outcome<Counts> {
    let mut cargo = bench.context.cargo();
    cargo.args([
        "clippy",
        "--quiet",
        "--workspace",
        "--all-features",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]);
    run::quiet(&mut cargo)?;
    Ok(Counts::passed(1))
}

/// Each feature set by itself, as it is built, and all together with the tests.
pub fn clippy_wasm(bench: &Bench<'_>) -> Outcome<Counts> {
    let mut counts = Counts::default();
    for module in &MODULES {
        let mut cargo = bench.context.cargo();
        cargo.args(["clippy", "--quiet", "--lib"]).args(WASM);
        cargo.args(["--no-default-features", "--features", &module.features(), "--", "-D", "warnings"]);
        run::quiet(&mut cargo)?;
        counts.passed += 1;
    }
    let mut cargo = bench.context.cargo();
    cargo.args(["clippy", "--quiet", "--all-features", "--all-targets"]).args(WASM);
    run::quiet(cargo.args(["--", "-D", "warnings"]))?;
    counts.passed += 1;
    Ok(counts)
}

/// The docs for the native target, and for wasm32, which alone has `bind`.
pub fn docs(bench: &Bench<'_>) -> Outcome<Counts> {
    for target in [&[][..], &WASM[..]] {
        let mut cargo = bench.context.cargo();
        cargo
            .args(["doc", "--quiet", "--no-deps", "--all-features", "--document-private-items"])
            .args(target);
        run::quiet(cargo.env("RUSTDOCFLAGS", "-D warnings"))?;
    }
    Ok(Counts::passed(2))
}

pub fn native(bench: &Bench<'_>) -> Outcome<Counts> {
    let printed = run::capture(bench.context.cargo().args([
        "test",
        "--workspace",
        "--all-features",
        "--no-fail-fast",
    ]))?;
    let counts = Counts::of_test_results(&printed.text);
    if counts.failed > 0 || !printed.ok {
        eprintln!("{}", printed.text);
    }
    if counts.passed == 0 || (!printed.ok && counts.failed == 0) {
        return Err("cargo test ran no tests, or did not build".to_owned());
    }
    Ok(counts)
}

pub fn wasm_pack_node(bench: &Bench<'_>) -> Outcome<Counts> {
    wasm_pack_test(bench, &["--node"], "node.rs")
}

pub fn wasm_pack_chrome(bench: &Bench<'_>) -> Outcome<Counts> {
    wasm_pack_test(bench, &["--headless", "--chrome"], "web.rs")
}

/// A run that skips everything exits with 0, so the runner's count must be the number of cases in the source.
fn wasm_pack_test(bench: &Bench<'_>, mode: &[&str], file: &str) -> Outcome<Counts> {
    let context = bench.context;
    let mut pack = context.command(context.tool("wasm-pack"));
    pack.arg("test").args(mode).args(["--mode", "no-install", "--features", "main,testing"]);
    if let Some(browser) = &bench.browser {
        let options = format!("{{\"goog:chromeOptions\":{{\"binary\":{:?}}}}}", browser.chrome);
        let file = context.state.join("webdriver.json");
        fs::write(&file, options).map_err(|error| format!("{}: {error}", file.display()))?;
        pack.env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", file).env("CHROMEDRIVER", &browser.driver);
    }
    let printed = run::capture(&mut pack)?;
    let counts = Counts::of_test_results(&printed.text);
    let wanted = cases(bench)?;
    if counts.failed > 0 || !printed.ok || counts.passed != wanted {
        eprintln!("{}", printed.text);
    }
    if counts.failed == 0 && (!printed.ok || counts.passed != wanted) {
        return Err(format!("tests/{file} has {wanted} cases, but {} passed", counts.passed));
    }
    Ok(counts)
}

fn cases(bench: &Bench<'_>) -> Outcome<u64> {
    let mut cases = 0;
    for file in hash::files(&bench.context.root.join("tests/cases"))? {
        let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        cases +=
            text.lines().filter(|line| line.trim_start().starts_with("#[wasm_bindgen_test")).count() as u64;
    }
    if cases == 0 { Err("tests/cases has no cases".to_owned()) } else { Ok(cases) }
}

/// `wasm-pack build` works in the repository and harms nothing that is tracked. What it leaves in `pkg/` is replaced.
pub fn wasm_pack_build(bench: &Bench<'_>) -> Outcome<Counts> {
    let context = bench.context;
    let status =
        || run::quiet(context.command("git").args(["status", "--porcelain", "--untracked-files=all"]));
    let before = status()?;
    let built =
        run::quiet(context.command(context.tool("wasm-pack")).args(["build", "--mode", "no-install"]));
    let after = status()?;
    build::build(context, Profile::Release)?;
    built?;
    if before == after {
        Ok(Counts::passed(1))
    } else {
        Err(format!("wasm-pack build changed the repository:\n{after}"))
    }
}
