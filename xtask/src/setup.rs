//! What a bare machine with rustup and Node lacks: the wasm target, the pinned command line tools, the npm packages.
//! Each part looks first and is quick when there is nothing to do.

use std::fs;
use std::path::Path;

use crate::context::Context;
use crate::{Outcome, hash, run};

const WASM_PACK: &str = "0.15.1";
const TARGET: &str = "wasm32-unknown-unknown";

/// What building the package and running it needs.
pub fn for_build(context: &Context) -> Outcome {
    if !wasm_target_is_there(context)? {
        run::timed("setup: the wasm target", || {
            run::quiet(context.command("rustup").args(["target", "add", TARGET]))
        })?;
    }
    // One waits for the network, the other for the processor.
    std::thread::scope(|scope| {
        let packages = scope.spawn(|| npm(context));
        wasm_bindgen(context)?;
        packages.join().map_err(|_| "the setup of the npm packages broke off".to_owned())?
    })
}

/// What the checks need, too.
pub fn for_tests(context: &Context) -> Outcome {
    for (tool, component) in [("cargo-clippy", "clippy"), ("rustfmt", "rustfmt")] {
        if !works(context, tool, "") {
            run::timed(&format!("setup: {component}"), || {
                run::quiet(context.command("rustup").args(["component", "add", component]))
            })?;
        }
    }
    for_build(context)?;
    wasm_pack(context)
}

fn wasm_target_is_there(context: &Context) -> Outcome<bool> {
    let libdir = run::quiet(context.command("rustc").args(["--print", "target-libdir", "--target", TARGET]))?;
    Ok(Path::new(libdir.trim()).is_dir())
}

/// The CLI must be the version of the crate, or the glue does not fit the wasm.
fn wasm_bindgen(context: &Context) -> Outcome {
    let version = locked_version(context, "wasm-bindgen")?;
    let expected = format!("wasm-bindgen {version}");
    let installed = |tool: &str| works(context, context.tool(tool), &expected);
    if installed("wasm-bindgen") && context.tool("wasm-bindgen-test-runner").is_file() {
        return Ok(());
    }
    println!("setup: wasm-bindgen {version}, from crates.io (once, some minutes)");
    run::timed("setup: wasm-bindgen", || {
        let mut install = context.cargo();
        install.args(["install", "--quiet", "--locked", "--force", "--path", "xtask/wasm-bindgen-cli"]);
        run::loud(install.arg("--root").arg(&context.tools))
    })?;
    if installed("wasm-bindgen") {
        Ok(())
    } else {
        Err(format!("xtask/wasm-bindgen-cli is not pinned to {version}, the version in Cargo.lock"))
    }
}

fn wasm_pack(context: &Context) -> Outcome {
    if works(context, context.tool("wasm-pack"), &format!("wasm-pack {WASM_PACK}")) {
        return Ok(());
    }
    println!("setup: wasm-pack {WASM_PACK}, from crates.io (once, some minutes)");
    run::timed("setup: wasm-pack", || {
        let mut install = context.cargo();
        // It does little itself, so the quick build is good enough.
        install.args([
            "install",
            "--quiet",
            "--locked",
            "--force",
            "--debug",
            "wasm-pack",
            "--version",
            WASM_PACK,
        ]);
        run::loud(install.arg("--root").arg(&context.tools))
    })
}

/// The npm packages of the lockfile, without running any of their scripts.
pub fn npm(context: &Context) -> Outcome {
    let lock = hash::of(&[context.root.join("package.json"), context.root.join("package-lock.json")], "")?;
    let stamp = context.state.join("npm.stamp");
    if hash::fresh(&stamp, &lock) && context.root.join("node_modules/.package-lock.json").is_file() {
        return Ok(());
    }
    run::timed("setup: npm packages", || {
        run::quiet(context.command("npm").args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))
    })?;
    hash::keep(&stamp, &lock)
}

/// Whether a program runs and names this version.
fn works(context: &Context, program: impl AsRef<std::ffi::OsStr>, version: &str) -> bool {
    run::capture(context.command(program).arg("--version"))
        .is_ok_and(|printed| printed.ok && printed.text.contains(version))
}

/// The version of a package in `Cargo.lock`.
fn locked_version(context: &Context, package: &str) -> Outcome<String> {
    let lock = fs::read_to_string(context.root.join("Cargo.lock")).map_err(|e| format!("Cargo.lock: {e}"))?;
    let after = lock.split(&format!("name = \"{package}\"\nversion = \"")).nth(1);
    let version = after.and_then(|rest| rest.split('"').next());
    Ok(version.ok_or_else(|| format!("Cargo.lock has no {package}"))?.to_owned())
}
