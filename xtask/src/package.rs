//! The package around the modules: the hand-written files of `js/`, one entry per module and host, `package.json`.

use std::fs;
use std::path::Path;

use crate::context::Context;
use crate::modules::{HOSTS, Host, MODULES, Module};
use crate::{Outcome, build, hash};

/// Puts the package together in an empty folder, from the glue and the wasm that wasm-bindgen made.
pub fn assemble(context: &Context, glue: &Path, package: &Path) -> Outcome {
    let js = context.root.join("js");
    let dist = package.join("dist");
    build::copy(&js, &dist)?;
    remove(&dist.join("package.json"))?;
    let made = dist.join("glue");
    fs::create_dir_all(&made).map_err(|error| format!("{}: {error}", made.display()))?;
    for module in &MODULES {
        write(&made.join(format!("{}.js", module.name)), &plain_glue(glue, &js, module)?)?;
        let wasm = read_bytes(&glue.join(format!("{}.wasm", module.name)))?;
        let base64 = base64(&wasm);
        for host in &HOSTS {
            let file = dist.join(format!("{}.{}.js", module.face, host.entry));
            write(&file, &entry(module, host, &base64))?;
        }
        let target = made.join(format!("{}.wasm", module.name));
        fs::write(&target, wasm).map_err(|error| format!("{}: {error}", target.display()))?;
    }
    write(&package.join("package.json"), &manifest(context, &dist)?)?;
    write(&dist.join("version.js"), &format!("export const VERSION = \"{}\";\n", version(context)?))?;
    for name in ["README.md", "CHANGELOG.md", "LICENSE"] {
        let file = context.root.join(name);
        if file.is_file() {
            write(&package.join(name), &read(&file)?)?;
        }
    }
    Ok(())
}

/// An entry: gets the module as its host can, starts it, and shows the face. Nothing waits.
fn entry(module: &Module, host: &Host, base64: &str) -> String {
    let load = host.load.replace("{name}", module.name).replace("{base64}", base64);
    let (imports, rest) = load.split_once("\n\n").unwrap_or((load.trim_end(), ""));
    let (face, name) = (module.face, module.name);
    format!(
        "/* @ts-self-types=\"./{face}.d.ts\" */\n{imports}\nimport {{ launch }} from \"./glue/{name}.js\";\n\n\
         {rest}launch(wasm);\n\nexport * from \"./{face}.js\";\n"
    )
}

/// What the glue has besides: the module's memory, for `js/trap.js`, a start without the forms of `initSync` that nobody
/// uses here, and what is to be done then.
const MORE_GLUE: &str = "export const memory = () => wasm.memory.buffer;
export const ready = [];
export function launch(module) {
    wasm = new WebAssembly.Instance(module, IMPORTS).exports;
    wasm.__wbindgen_start?.();
    for (const start of ready) start();
}
";

/// The glue as wasm-bindgen made it, but for a few lines: it names no types (Deno would look for them), it imports the
/// snippets from where the hand-written files are, so that there is one copy of each for all modules, and has [`MORE_GLUE`].
fn plain_glue(glue: &Path, js: &Path, module: &Module) -> Outcome<String> {
    let mut text = String::new();
    let mut keys: Vec<String> = Vec::new();
    for line in read(&glue.join(format!("{}.js", module.name)))?.lines() {
        if line.starts_with("/* @ts-self-types=") {
            continue;
        }
        // A snippet that several blocks import stands in the import object once for each; users' bundlers warn of that.
        if let Some((key, _)) =
            line.trim_start().strip_prefix("\"./snippets/").and_then(|rest| rest.split_once("\":"))
        {
            if keys.iter().any(|known| known == key) {
                continue;
            }
            keys.push(key.to_owned());
        }
        // Only where they come from changes: inside the wasm the snippets keep the names that it asks for.
        let import = line.strip_prefix("import ").map(|_| line).unwrap_or_default();
        match import.split_once("\"./snippets/").or_else(|| import.split_once("'./snippets/")) {
            Some((before, path)) => {
                let file = path.split_once("/js/").map_or("", |(_, file)| file);
                let name = file.split(['"', '\'']).next().unwrap_or_default();
                if !js.join(name).is_file() {
                    return Err(format!("{}.js imports a snippet that is not in js/: {line}", module.name));
                }
                text.push_str(&format!("{before}\"../{name}\";\n"));
            }
            None => text.push_str(&format!("{line}\n")),
        }
    }
    if ["\nlet wasmModule, wasmInstance, wasm;\n", "\nfunction __wbg_get_imports() {\n"]
        .iter()
        .any(|line| !text.contains(line))
    {
        return Err(format!("{}.js does not keep the module where it did", module.name));
    }
    // Where nothing is imported, not even the list of that.
    let nothing = text.contains("const import0 = {\n        __proto__: null,\n    };");
    text.push_str(&MORE_GLUE.replace(", IMPORTS", if nothing { "" } else { ", __wbg_get_imports()" }));
    Ok(text)
}

/// `js/package.json` with the version of `Cargo.toml` and what follows from the modules and stores.
fn manifest(context: &Context, dist: &Path) -> Outcome<String> {
    let mut exports = Vec::new();
    let mut side_effects = Vec::new();
    for module in &MODULES {
        let face = module.face;
        let mut lines = vec![format!("\"types\": \"./dist/{face}.d.ts\"")];
        for host in &HOSTS {
            let file = format!("\"./dist/{face}.{}.js\"", host.entry);
            lines.push(format!("\"{}\": {file}", host.condition));
            side_effects.push(format!("    {file}"));
        }
        exports.push(format!("    \"{}\": {{\n      {}\n    }}", module.subpath, lines.join(",\n      ")));
        let inline = format!("./{}", format!("{}/inline", module.subpath).trim_start_matches("./"));
        exports.push(one_file(&inline, face, &format!("{face}.inline")));
    }
    for store in hash::files(&dist.join("stores"))? {
        let name = store.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if let Some(name) = name.strip_suffix(".js") {
            exports.push(one_file(
                &format!("./stores/{name}"),
                &format!("stores/{name}"),
                &format!("stores/{name}"),
            ));
        }
    }
    exports.push("    \"./package.json\": \"./package.json\"".to_owned());

    let mut text = read(&context.root.join("js/package.json"))?;
    for (slot, value) in [
        ("\"VERSION\"", format!("\"{}\"", version(context)?)),
        ("\"EXPORTS\"", format!("{{\n{}\n  }}", exports.join(",\n"))),
        ("\"SIDE EFFECTS\"", format!("[\n{}\n  ]", side_effects.join(",\n"))),
    ] {
        if text.matches(slot).count() != 1 {
            return Err(format!("js/package.json needs {slot} once"));
        }
        text = text.replace(slot, &value);
    }
    Ok(text)
}

fn one_file(subpath: &str, types: &str, file: &str) -> String {
    format!(
        "    \"{subpath}\": {{\n      \"types\": \"./dist/{types}.d.ts\",\n      \"default\": \"./dist/{file}.js\"\n    }}"
    )
}

/// The version of the crate: the only place where it stands.
fn version(context: &Context) -> Outcome<String> {
    let manifest = read(&context.root.join("Cargo.toml"))?;
    let package = manifest.split("[package]").nth(1).and_then(|rest| rest.split("\n[").next()).unwrap_or("");
    let line = package.lines().find_map(|line| line.strip_prefix("version = \""));
    Ok(line.and_then(|rest| rest.split('"').next()).ok_or("Cargo.toml has no version")?.to_owned())
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |index: usize| u32::from(group.get(index).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4 {
            let value = (bits >> (18 - 6 * digit)) & 63;
            text.push(if digit <= group.len() { char::from(DIGITS[value as usize]) } else { '=' });
        }
    }
    text
}

fn read(file: &Path) -> Outcome<String> {
    fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))
}

fn read_bytes(file: &Path) -> Outcome<Vec<u8>> {
    fs::read(file).map_err(|error| format!("{}: {error}", file.display()))
}

fn write(file: &Path, text: &str) -> Outcome {
    fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()))
}

fn remove(file: &Path) -> Outcome {
    fs::remove_file(file).map_err(|error| format!("{}: {error}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_as_in_rfc_4648() {
        for (plain, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(plain.as_bytes()), text);
        }
    }
}
