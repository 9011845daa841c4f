//! The modules of the package and the hosts that load them: rows, from which entries, exports and sizes follow.

/// A WebAssembly module: one cargo feature, one public face.
pub struct Module {
    /// The cargo feature, and the name of the `.wasm`.
    pub name: &'static str,
    /// The hand-written face in `js/`: `<face>.js` and `<face>.d.ts`.
    pub face: &'static str,
    /// The import path inside the package.
    pub subpath: &'static str,
    /// Whether it needs the standard library, with panics that say where, and formatting.
    pub std: bool,
    /// The gzip bytes it may cost, as the workerd entry loads it.
    pub budget: u64,
}

impl Module {
    /// The cargo features it is built with.
    pub fn features(&self) -> String {
        if self.std { self.name.to_owned() } else { format!("{},bare", self.name) }
    }
}

/// The modules, the main one first.
pub const MODULES: [Module; 3] = [
    Module { name: "main", face: "index", subpath: ".", std: false, budget: 75_000 },
    Module { name: "webhooks", face: "webhooks", subpath: "./webhooks", std: false, budget: 20_000 },
    Module { name: "testing", face: "testing", subpath: "./testing", std: true, budget: 150_000 },
];

/// A way to get at the compiled module.
pub struct Host {
    /// The condition in `exports`, and the name of the entry.
    pub condition: &'static str,
    /// The name of the entry: `<face>.<entry>.js`.
    pub entry: &'static str,
    /// The statements that make `wasm`, with `{name}` for the module and `{base64}` for its bytes.
    pub load: &'static str,
}

/// The hosts, in the order in which `exports` lists them: workerd and Vercel refuse bytes, so `default` is last.
pub const HOSTS: [Host; 4] = [
    Host { condition: "workerd", entry: "workerd", load: "import wasm from \"./glue/{name}.wasm\";\n" },
    Host {
        condition: "edge-light",
        entry: "edge-light",
        load: "import wasm from \"./glue/{name}.wasm?module\";\n",
    },
    Host { condition: "deno", entry: "deno", load: "import source wasm from \"./glue/{name}.wasm\";\n" },
    Host {
        condition: "default",
        entry: "inline",
        load: "import { bytes } from \"./bytes.js\";\n\nconst wasm = new WebAssembly.Module(bytes(\"{base64}\"));\n",
    },
];

/// How the wasm is compiled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Profile {
    /// Optimised, without names: what is published.
    Release,
    /// Quick to build, with names and debug assertions.
    Dev,
}
