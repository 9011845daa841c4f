//! What follows from the table for people and compilers: declarations and documentation. Native only.

use super::row::{Key, Row};
use super::rows::{DOCS, KEYS};

/// A row for people.
#[derive(Clone, Copy, Debug)]
pub(super) struct Doc {
    pub(super) row: Row,
    /// The options type, and the answer's.
    pub(super) options: &'static str,
    pub(super) returns: &'static str,
    pub(super) doc: &'static str,
    /// Options of which [`KEYS`] says something else, or nothing: name, type, what it is.
    pub(super) keys: &'static [(&'static str, &'static str, &'static str)],
}

impl Doc {
    /// The type of an option, and what it is.
    pub(super) fn of(&self, name: &str) -> Option<(&'static str, &'static str)> {
        let mut known = self.keys.iter().chain(KEYS);
        known.find(|(key, ..)| *key == name).map(|(_, typescript, text)| (*typescript, *text))
    }

    /// What it does, with its tool, its action and its errors.
    fn text(&self) -> String {
        if self.doc.contains("wire: ") || self.row.js() == "sendMessages" || self.row.js() == "callTool" {
            return self.doc.to_owned();
        }
        let (tool, action) = (self.row.tool(), self.row.wire());
        let wire = if self.row.is_action() {
            format!(
                "wire: `{tool}`, action `{action}`, or `comms_whatsapp_{action}` where the server lists it. @throws ProviderCapabilityError the sender's provider cannot do it"
            )
        } else {
            let names: Vec<_> = super::row::Names(self.row.named())
                .skip(1)
                .map(|name| format!(", or `comms_{name}`"))
                .collect();
            format!("wire: `{tool}`{}.", names.concat())
        };
        match self.doc.split_once(" @throws") {
            Some((doc, throws)) => format!("{doc} {wire} @throws{throws}"),
            None => format!("{} {wire}", self.doc),
        }
    }

    fn requires_options(&self) -> bool {
        self.row.keys().any(|key| key.has(b'!'))
    }
}

/// The files that are generated, as (path in the repository, text). `cargo xtask generate` writes them; a test keeps
/// them in step.
#[must_use]
pub fn generate() -> Vec<(&'static str, String)> {
    vec![("js/tools.d.ts", declarations()), ("docs/tools.md", page())]
}

fn declarations() -> String {
    let mut out = String::from(
        "// Generated from src/agent/tools/rows.rs by `cargo xtask generate`. Edit the table, not this file.\n\n",
    );
    out.push_str(&imports("./answers.d.ts", |name| {
        name == "Capabilities"
            || name == "ClientLimits"
            || (DOCS.iter().any(|doc| doc.returns == name) && !SHARED.contains(&name))
    }));
    out.push_str(&imports("./types.d.ts", |name| SHARED.contains(&name)));
    let mut made: Vec<&str> = Vec::new();
    for doc in DOCS {
        if made.contains(&doc.options) || doc.options == "CallOptions" {
            continue;
        }
        made.push(doc.options);
        let sends = doc.options == "SendMessageOptions";
        if sends {
            out.push_str(
                "\n/** A message to send. wire: `comms_send_message`. */\nexport interface MessageFields {\n",
            );
            members(&mut out, doc, |key| key.name != "maxAttempts");
            out.push_str("}\n");
        }
        let of: Vec<_> = DOCS
            .iter()
            .filter(|other| other.options == doc.options)
            .map(|doc| format!("`Agent.{}`", doc.row.js()))
            .collect();
        let (extends, options) = (if sends { "MessageFields, " } else { "" }, doc.options);
        out.push_str(&format!(
            "\n/** Options of {}. */\nexport interface {options} extends {extends}CallOptions {{\n",
            of.join(", ")
        ));
        members(&mut out, doc, |key| !sends || key.name == "maxAttempts");
        if options == "SendMessagesOptions" {
            out.push_str("  /** Deadline of each message in milliseconds, from when it is begun. @defaultValue the agent's `timeoutMs`, itself 30000 */\n  timeoutMs?: number;\n");
        }
        if options == "WhatsappActionOptions" {
            out.push_str(
                "  /** Further wire arguments, verbatim; must be JSON. */\n  [argument: string]: unknown;\n",
            );
        }
        out.push_str("}\n");
    }
    out.push_str("\n/** The methods of `Agent` that the table makes. */\nexport interface AgentTools {\n");
    for doc in DOCS {
        let optional = if doc.requires_options() { "" } else { "?" };
        for (place, method) in super::row::Names(doc.row.methods()).enumerate() {
            let text = if place == 0 { doc.text() } else { format!("The same as `{}`.", doc.row.js()) };
            out.push_str(&format!(
                "  /** {text} */\n  {method}(options{optional}: {}): Promise<{}>;\n",
                doc.options, doc.returns
            ));
        }
    }
    out.push_str("}\n");
    out
}

/// Types that are not only the table's.
const SHARED: [&str; 10] = [
    "Answer",
    "CallOptions",
    "Channel",
    "IsoDateTime",
    "JsonObject",
    "JsonValue",
    "Open",
    "Secret",
    "SendResult",
    "TargetGender",
];

/// The names in the table that this tells, as an import.
fn imports(file: &str, wanted: impl Fn(&str) -> bool) -> String {
    let mut words: Vec<&str> = vec!["CallOptions"];
    for doc in DOCS {
        words.extend(doc.returns.split(|letter: char| !letter.is_alphanumeric()));
        for key in doc.row.keys() {
            let (typescript, _) = doc.of(key.name).unwrap_or_default();
            words.extend(typescript.split(|letter: char| !letter.is_alphanumeric()));
        }
    }
    words.push("WhatsappActionName");
    words.retain(|word| {
        *word != "boolean" && wanted(word) || (*word == "WhatsappActionName" && file.contains("answers"))
    });
    words.sort_unstable();
    words.dedup();
    format!("import type {{\n  {},\n}} from \"{file}\";\n", words.join(",\n  "))
}

fn members(out: &mut String, doc: &Doc, wanted: impl Fn(&Key) -> bool) {
    for key in doc.row.keys().filter(wanted) {
        let optional = if key.has(b'!') { "" } else { "?" };
        let (typescript, mut text) =
            doc.of(key.name).map(|(typescript, text)| (typescript, text.to_owned())).unwrap_or_default();
        if !key.default.is_empty() {
            text = format!("{text} @defaultValue {}", key.default);
        }
        out.push_str(&format!("  /** {text} */\n  {}{optional}: {typescript};\n", key.name));
    }
}

fn page() -> String {
    let mut out = String::from(
        "<!-- Generated from src/agent/tools/rows.rs by `cargo xtask generate`. Edit the table, not this file. -->\n\n\
         # Tools\n\n\
         Methods of `Agent` that call a tool of the service. Each also takes `timeoutMs`, `signal` and `agentToken`.\n\
         [answers.md](answers.md) has their answers.\n\n\
         An option with several names on the wire goes out under the first one that the server's `tools/list` shows. Calls that only read are\n\
         tried again, as sends are, after failures that may heal; all others are tried once. An answer that is not an object arrives as `{ raw }`;\n\
         members in snake case arrive in camel case; an answer that says `error` is thrown: `ToolError`, or the class of its code.\n",
    );
    for doc in DOCS {
        let row = doc.row;
        let reads = if row.reads() { " Only reads." } else { "" };
        out.push_str(&format!(
            "\n## `{}`\n\n{} Answers `{}`.{reads}\n",
            row.methods().replace('|', "`, `"),
            cell(&doc.text()),
            cell(doc.returns)
        ));
        if row.keys().next().is_none() {
            continue;
        }
        out.push_str("\n| option | type | on the wire | sent | what |\n|---|---|---|---|---|\n");
        for key in row.keys() {
            let (typescript, text) = doc.of(key.name).unwrap_or_default();
            let wires: Vec<_> = super::row::Names(key.wires).map(|wire| format!("`{wire}`")).collect();
            let (mut wire, mut sent) = (wires.join(" or "), "if given".to_owned());
            if key.has(b'*') {
                (wire, sent) = ("its members".to_owned(), "verbatim".to_owned());
            } else if key.has(b'-') && !matches!(key.name, "channel" | "idempotencyKey") {
                (wire, sent) = ("–".to_owned(), "–".to_owned());
            } else if key.has(b'-') {
                sent = "always".to_owned();
            } else if !key.default.is_empty() {
                sent = format!("always, `{}` by default", key.default);
            } else if key.has(b'~') {
                sent = "unless empty".to_owned();
            } else if key.has(b'^') {
                sent = "if given, `null` too".to_owned();
            }
            if key.has(b'!') {
                sent = "always, required".to_owned();
            }
            out.push_str(&format!(
                "| `{}` | `{}` | {wire} | {sent} | {} |\n",
                key.name,
                cell(typescript),
                cell(text)
            ));
        }
    }
    out
}

/// Text for a cell of a table.
pub(crate) fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace("@defaultValue", "Default:").replace("@throws", "Throws:")
}

/// Fails where a generated file is not what it must be; rewrites it instead where `cargo xtask generate` asks for that.
#[cfg(test)]
pub(crate) fn keep_in_step(files: Vec<(&'static str, String)>) {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for (path, text) in files {
        let committed = std::fs::read_to_string(root.join(path)).unwrap_or_default();
        if committed != text && std::env::var_os("XTASK_GENERATE").is_some() {
            std::fs::write(root.join(path), text).unwrap();
            continue;
        }
        assert!(committed == text, "{path} is out of date: run `cargo xtask generate`");
    }
}
