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
    publish(&package, &context.root.join("pkg"))?;
    link(context)
}

/// Makes the package known by its name to scripts and examples of the repository: `node_modules/butt-dial-edge` is `pkg/`.
fn link(context: &Context) -> Outcome {
    let link = context.root.join("node_modules/butt-dial-edge");
    let pkg = context.root.join("pkg");
    let canonical = |path: &Path| fs::canonicalize(path).ok();
    if canonical(&link).is_some_and(|there| Some(there) == canonical(&pkg)) {
        return Ok(());
    }
    // A link whose target is gone.
    if fs::symlink_metadata(&link).is_ok() {
        fs::remove_file(&link).map_err(|error| format!("{}: {error}", link.display()))?;
    }
    #[cfg(windows)]
    let made = std::os::windows::fs::symlink_dir(&pkg, &link);
    #[cfg(not(windows))]
    let made = std::os::unix::fs::symlink("../pkg", &link);
    made.map_err(|error| format!("{}: {error}", link.display()))
}

fn inputs(context: &Context) -> Vec<PathBuf> {
    let sources = ["src", "js", ".cargo/config.toml", "Cargo.toml", "Cargo.lock", "package-lock.json"];
    let documents = ["README.md", "CHANGELOG.md", "LICENSE"];
    let recipe = ["xtask/src/build.rs", "xtask/src/modules.rs", "xtask/src/package.rs"];
    sources.into_iter().chain(documents).chain(recipe).map(|name| context.root.join(name)).collect()
}

/// One module: `<name>.wasm` and `<name>.js` in the glue folder, and the snippets, which all modules share.
fn compile(context: &Context, module: &Module, profile: Profile, glue: &Path) -> Outcome {
    let mut cargo = context.cargo();
    // Added to the flags of `.cargo/config.toml`; in the environment they would take their place.
    cargo.env_remove("RUSTFLAGS").args(["--config", &nameless_paths(context)?]);
    // Only as a cdylib: beside an rlib everything public stays, and is kept apart from its callers.
    cargo.args(["rustc", "--quiet", "--lib", "--crate-type", "cdylib"]);
    cargo.args(["--target", "wasm32-unknown-unknown", "--no-default-features"]);
    cargo.arg("--features").arg(module.features());
    if profile == Profile::Release {
        cargo.arg("--release");
    }
    if !module.std {
        // No JavaScript value comes in: without reference types wasm-bindgen makes no table for such values.
        let features =
            "mutable-globals,sign-ext,nontrapping-fptoint,bulk-memory,bulk-memory-opt,call-indirect-overlong";
        cargo.args(["--", "-Clink-arg=--no-check-features"]).arg(format!("-Clink-arg=--features={features}"));
        // They copy code, or add variables to loops: faster, and larger.
        for flag in ["enable-load-pre=false", "enable-pre=false", "bonus-inst-threshold=0", "disable-lsr"] {
            cargo.arg(format!("-Cllvm-args=--{flag}"));
        }
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
        // What wasm-bindgen needs only where panics unwind.
        opt.args(["--remove-exports=__abort_handler", "--remove-exports=__instance_terminated"]);
        // Much inlining makes code that compresses worse; the two sections that only tools read are 200 bytes. Nothing lies in
        // the first 1024 bytes but the end of the stack.
        opt.args(["--always-inline-max-function-size=6", "--flexible-inline-max-function-size=6"]);
        opt.args(["--one-caller-inline-max-function-size=12", "--low-memory-unused", "-Oz"]);
        // What was made anew out of its flat form is smaller.
        opt.args(["--flatten", "--rereloop", "-Oz", "--flatten", "--rereloop", "-Oz", "-Oz"]);
        opt.args(["--strip-producers", "--strip-target-features"]);
        run::quiet(opt.arg(&bound).arg("-o").arg(&done))?;
        fs::remove_file(&bound).map_err(|error| format!("{}: {error}", bound.display()))
    } else {
        fs::rename(&bound, &done).map_err(|error| format!("{}: {error}", done.display()))
    }
}

/// The flags of rustc that keep the paths of this machine out of the messages of panics, as a setting of cargo.
fn nameless_paths(context: &Context) -> Outcome<String> {
    let home = |name: &str, folder: &str| match std::env::var_os(name) {
        Some(path) => Ok(PathBuf::from(path)),
        None => std::env::home_dir().map(|home| home.join(folder)).ok_or("there is no home folder"),
    };
    let mut rustc = context.command("rustc");
    let sysroot = PathBuf::from(run::quiet(rustc.args(["--print", "sysroot"]))?.trim());
    // Of several that fit the last one counts.
    let mut flags = Vec::new();
    for (path, name) in [
        (context.root.clone(), "butt-dial-edge"),
        (home("CARGO_HOME", ".cargo")?, "cargo"),
        (sysroot.join("lib/rustlib/src/rust"), "rust"),
    ] {
        flags.push(format!("\"--remap-path-prefix={}={name}\"", path.display()).replace('\\', "\\\\"));
    }
    Ok(format!("target.wasm32-unknown-unknown.rustflags=[{}]", flags.join(",")))
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
