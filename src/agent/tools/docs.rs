//! What follows from the table for people and compilers: declarations and documentation. Native only.

use super::{Answer, Key, TOOLS, Tool, When};

/// The files that are generated, as (path in the repository, text). `cargo xtask generate` writes them; a test keeps
/// them in step.
#[must_use]
pub fn generate() -> Vec<(&'static str, String)> {
    vec![("js/tools.d.ts", declarations()), ("docs/tools.md", page())]
}

fn declarations() -> String {
    let mut out = String::from(
        "// Generated from src/agent/tools/rows.rs by `cargo xtask generate`. Edit the table, not this file.\n\n\
         import type {\n  CallOptions,\n  Channel,\n  IsoDateTime,\n  JsonObject,\n  JsonValue,\n  SendResult,\n  \
         TargetGender,\n} from \"./types.d.ts\";\n",
    );
    for tool in TOOLS {
        if tool.answer == Answer::Send {
            out.push_str(
                "\n/** A message to send. wire: `comms_send_message`. */\nexport interface MessageFields {\n",
            );
            members(&mut out, tool.keys.iter().filter(|key| key.option != "maxAttempts"));
            out.push_str("}\n");
        }
        if tool.keys.is_empty() {
            continue;
        }
        let fields = if tool.answer == Answer::Send { "MessageFields, " } else { "" };
        let (options, js) = (tool.text.options, tool.js);
        out.push_str(&format!(
            "\n/** Options of `Agent.{js}`. */\nexport interface {options} extends {fields}CallOptions {{\n"
        ));
        members(&mut out, tool.keys.iter().filter(|key| fields.is_empty() || key.option == "maxAttempts"));
        out.push_str("}\n");
    }
    out.push_str("\n/** The methods of `Agent` that the table makes. */\nexport interface AgentTools {\n");
    for tool in TOOLS {
        let optional = if requires_options(tool) { "" } else { "?" };
        out.push_str(&format!(
            "  /** {} */\n  {}(options{optional}: {}): Promise<{}>;\n",
            tool.text.doc, tool.js, tool.text.options, tool.text.returns
        ));
    }
    out.push_str("}\n");
    out
}

fn requires_options(tool: &Tool) -> bool {
    tool.keys.iter().any(|key| key.when == When::Required)
}

fn members<'a>(out: &mut String, keys: impl Iterator<Item = &'a Key>) {
    for key in keys {
        let optional = if key.when == When::Required { "" } else { "?" };
        out.push_str(&format!("  /** {} */\n  {}{optional}: {};\n", key.doc, key.option, key.typescript));
    }
}

fn page() -> String {
    let mut out = String::from(
        "<!-- Generated from src/agent/tools/rows.rs by `cargo xtask generate`. Edit the table, not this file. -->\n\n\
         # Tools\n\n\
         Methods of `Agent` that call a tool of the service. Each also takes `timeoutMs`, `signal` and `agentToken`.\n",
    );
    for tool in TOOLS {
        out.push_str(&format!(
            "\n## `{}`\n\n{} Answers `{}`.\n",
            tool.js,
            cell(tool.text.doc),
            cell(tool.text.returns)
        ));
        if tool.keys.is_empty() {
            continue;
        }
        out.push_str("\n| option | type | on the wire | sent | what |\n|---|---|---|---|---|\n");
        for key in tool.keys {
            let wire = if key.wire.is_empty() { "–".to_owned() } else { format!("`{}`", key.wire) };
            let sent = match key.when {
                When::Required => "always, required",
                When::Filled => "unless empty",
                When::Local if key.wire.is_empty() => "–",
                When::Local => "always",
            };
            out.push_str(&format!(
                "| `{}` | `{}` | {wire} | {sent} | {} |\n",
                key.option,
                cell(key.typescript),
                cell(key.doc)
            ));
        }
    }
    out
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace("@defaultValue", "Default:").replace("@throws", "Throws:")
}
