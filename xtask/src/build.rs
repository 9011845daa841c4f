//! From Rust to `pkg/`: cargo, wasm-bindgen and wasm-opt for each module, then the package around them.

use std::fs;
use std::path::{Path, PathBuf};

use crate::context::Context;
use crate::modules::{MODULES, Module, Profile};
use crate::{Outcome, hash, package, run};

/// Builds the package; does nothing but restore `pkg/` when no input changed.
pub fn build(context: &Context, profile: Profile) -> Outcome {
    let inputs = hash::of(&inputs(context), &format!("{profile:?}"))?;
    let stamp = context.state.join("package.stamp");
    let package = context.state.join("package");
    if !hash::fresh(&stamp, &format!("{inputs} {}", hash::of(std::slice::from_ref(&package), "")?)) {
        let glue = context.state.join("glue");
        empty(&glue)?;
        for module in &MODULES {
            run::timed(&format!("build: {}.wasm", module.name), || compile(context, module, profile, &glue))?;
        }
        empty(&package)?;
        package::assemble(context, &glue, &package)?;
        hash::keep(&stamp, &format!("{inputs} {}", hash::of(std::slice::from_ref(&package), "")?))?;
    }
    publish(&package, &context.root.join("pkg"))
}

fn inputs(context: &Context) -> Vec<PathBuf> {
    let sources = ["src", "js", "Cargo.toml", "Cargo.lock", "package-lock.json"];
    let documents = ["README.md", "CHANGELOG.md", "LICENSE"];
    let recipe = ["xtask/src/build.rs", "xtask/src/modules.rs", "xtask/src/package.rs"];
    sources.into_iter().chain(documents).chain(recipe).map(|name| context.root.join(name)).collect()
}

/// One module: `<name>.wasm` and `<name>.js` in the glue folder, and the snippets, which all modules share.
fn compile(context: &Context, module: &Module, profile: Profile, glue: &Path) -> Outcome {
    let mut cargo = context.cargo();
    cargo.args(["build", "--quiet", "--lib", "--target", "wasm32-unknown-unknown", "--no-default-features"]);
    cargo.args(["--features", module.name]);
    if profile == Profile::Release {
        cargo.arg("--release");
    }
    run::loud(&mut cargo)?;

    let folder = if profile == Profile::Release { "release" } else { "debug" };
    let compiled = context.target.join("wasm32-unknown-unknown").join(folder).join("butt_dial_edge.wasm");
    let mut bindgen = context.command(context.tool("wasm-bindgen"));
    bindgen.args(["--target", "web", "--omit-default-module-path", "--no-typescript"]);
    bindgen.args(["--out-name", module.name, "--out-dir"]).arg(glue).arg(compiled);
    run::quiet(&mut bindgen)?;

    let bound = glue.join(format!("{}_bg.wasm", module.name));
    let done = glue.join(format!("{}.wasm", module.name));
    if profile == Profile::Release {
        let mut opt = context.node("node_modules/binaryen/bin/wasm-opt");
        // Any of -O2 to -Oz gives the same gzip size within 30 bytes; the two sections that only tools read are 200 bytes.
        opt.args(["-O3", "--strip-producers", "--strip-target-features"]);
        run::quiet(opt.arg(&bound).arg("-o").arg(&done))?;
        fs::remove_file(&bound).map_err(|error| format!("{}: {error}", bound.display()))
    } else {
        fs::rename(&bound, &done).map_err(|error| format!("{}: {error}", done.display()))
    }
}

/// Makes `pkg/` equal to the package, but for the one file that is tracked there.
fn publish(package: &Path, pkg: &Path) -> Outcome {
    let ignore = pkg.join(".gitignore");
    let there: Vec<PathBuf> = hash::files(pkg)?.into_iter().filter(|file| *file != ignore).collect();
    let same = |file: &PathBuf| {
        let made = fs::read(package.join(file.strip_prefix(pkg).unwrap_or(file)));
        made.is_ok_and(|made| fs::read(file).is_ok_and(|kept| kept == made))
    };
    if there.len() == hash::files(package)?.len() && there.iter().all(same) {
        return Ok(());
    }
    for entry in fs::read_dir(pkg).map_err(|error| format!("pkg: {error}"))? {
        let path = entry.map_err(|error| format!("pkg: {error}"))?.path();
        let removed = match path.is_dir() {
            true => fs::remove_dir_all(&path),
            false if path == ignore => Ok(()),
            false => fs::remove_file(&path),
        };
        removed.map_err(|error| format!("{}: {error}", path.display()))?;
    }
    copy(package, pkg)
}

/// Copies a folder's files into another folder.
pub fn copy(from: &Path, to: &Path) -> Outcome {
    for file in hash::files(from)? {
        let target = to.join(file.strip_prefix(from).unwrap_or(&file));
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        fs::copy(&file, &target).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    Ok(())
}

/// Makes a folder that has nothing in it.
pub fn empty(folder: &Path) -> Outcome {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))
}
