//! Where things are: the repository, its state, and the tools.

use std::env::consts::{ARCH, OS};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Outcome;

/// The paths every command needs.
pub struct Context {
    /// The repository.
    pub root: PathBuf,
    /// Cargo's target folder: `CARGO_TARGET_DIR`, else `target/`.
    pub target: PathBuf,
    /// This tool's own state, in the target folder.
    pub state: PathBuf,
    /// Programs installed from crates.io: `XTASK_TOOLS_DIR`, else `tools/` in the target folder.
    pub tools: PathBuf,
}

impl Context {
    pub fn find() -> Outcome<Self> {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = manifest.parent().ok_or("the build tool lies outside the repository")?.to_path_buf();
        let from_env = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        let target = from_env("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |dir| root.join(dir));
        let tools = from_env("XTASK_TOOLS_DIR").map_or_else(|| target.join("tools"), |dir| root.join(dir));
        Ok(Self { state: target.join("xtask"), root, target, tools })
    }

    /// A command in the repository, with the pinned tools first in `PATH`.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root).env("PATH", self.path()).env("CARGO_TARGET_DIR", &self.target);
        // What `cargo run` sets for this program is not for the programs it starts.
        for name in ["CARGO_MANIFEST_DIR", "CARGO_PKG_NAME", "CARGO_PKG_VERSION", "RUSTC", "RUSTDOC"] {
            command.env_remove(name);
        }
        command
    }

    pub fn cargo(&self) -> Command {
        self.command("cargo")
    }

    /// Node running a script: the pinned Node of the tools.
    pub fn node(&self, script: &str) -> Command {
        let mut command = self.command(self.node_bin(24));
        command.arg(self.root.join(script));
        command
    }

    /// A locked Node, by major version. Where npm has none for this machine, the machine's own.
    pub fn node_bin(&self, major: u32) -> PathBuf {
        let (os, cpu) = (npm_os(), npm_cpu());
        let locked = self.root.join(format!("node_modules/node{major}-{os}-{cpu}/bin/node"));
        if locked.is_file() { locked } else { PathBuf::from("node") }
    }

    /// A program of the tools folder.
    pub fn tool(&self, name: &str) -> PathBuf {
        self.tools.join("bin").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }

    fn path(&self) -> OsString {
        let node = self.node_bin(24).parent().map(Path::to_path_buf).unwrap_or_default();
        let pinned = [self.tools.join("bin"), node].into_iter().filter(|dir| dir.is_absolute());
        let inherited = std::env::var_os("PATH").unwrap_or_default();
        std::env::join_paths(pinned.chain(std::env::split_paths(&inherited))).unwrap_or(inherited)
    }
}

fn npm_os() -> &'static str {
    match OS {
        "macos" => "darwin",
        "windows" => "win32",
        other => other,
    }
}

fn npm_cpu() -> &'static str {
    match ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    }
}
