//! What follows from the table for people and compilers: declarations and documentation. Native only.

use super::answer::CODES;
use super::row::{Row, Text};
use super::types::{AGENT_ANSWERS, ANSWERS, FORMS, GIVEN, Interface};
use super::{AGENT_ROWS, ROWS};
use crate::agent::tools::Key;
use crate::agent::tools::docs::cell;

/// The files that are generated, as (path in the repository, text). `cargo xtask generate` writes them; a test keeps
/// them in step.
#[must_use]
pub fn generate() -> Vec<(&'static str, String)> {
    vec![
        ("js/accounts.d.ts", declarations("accounts", "AccountsCalls", "AccountsClient", ROWS)),
        ("js/rest.d.ts", declarations("agent", "AgentRest", "Agent", AGENT_ROWS)),
        ("docs/accounts.md", page(ROWS)),
        ("docs/rest.md", page(AGENT_ROWS)),
    ]
}

fn declarations(source: &str, interface: &str, class: &str, rows: &'static [Row]) -> String {
    let file = if source == "accounts" { "rows" } else { "agent_rows" };
    let mut body = String::new();
    let (given, answers): (&[Interface], _) =
        if source == "accounts" { (GIVEN, ANSWERS) } else { (&[], AGENT_ANSWERS) };
    for one in given {
        declare(&mut body, one, false);
    }
    let base = if source == "accounts" { "WaitOptions" } else { "CallOptions" };
    let mut done = vec![base];
    for row in rows {
        let Text { options, docs, .. } = row.text;
        if done.contains(&options) {
            continue;
        }
        done.push(options);
        let methods: Vec<_> = rows
            .iter()
            .filter(|row| row.text.options == options)
            .map(|row| format!("`{class}.{}`", row.js()))
            .collect();
        body.push_str(&format!(
            "\n/** Options of {}. */\nexport interface {options} extends {base} {{\n",
            methods.join(", ")
        ));
        for (key, (name, typescript, doc)) in row.keys().zip(docs) {
            let optional = if needed(&key) { "" } else { "?" };
            body.push_str(&format!("  /** {doc} */\n  {name}{optional}: {typescript};\n"));
        }
        body.push_str("}\n");
    }
    for one in answers {
        declare(&mut body, one, true);
    }
    body.push_str(&format!(
        "\n/** The methods of `{class}` that the table makes. */\nexport interface {interface} {{\n"
    ));
    for row in rows {
        let Text { options, returns, doc, .. } = row.text;
        let doc = format!("  /** {} */\n", with_wire(doc, row));
        for (_, form) in FORMS.iter().filter(|(js, _)| *js == row.js()) {
            body.push_str(&format!("{doc}  {}({form};\n", row.js()));
        }
        let optional = if row.keys().any(|key| needed(&key)) { "" } else { "?" };
        body.push_str(&format!("{doc}  {}(options{optional}: {options}): Promise<{returns}>;\n", row.js()));
    }
    body.push_str("}\n");
    let mut out = format!(
        "// Generated from src/accounts/{file}.rs by `cargo xtask generate`. Edit the table, not this file.\n\nimport type {{\n"
    );
    for name in
        ["Answer", "CallOptions", "Channel", "IsoDateTime", "JsonObject", "Open", "Secret", "WaitOptions"]
    {
        let code = body.lines().filter(|line| !line.trim_start().starts_with("/**"));
        if code.flat_map(|line| line.split(|c: char| !c.is_ascii_alphanumeric())).any(|word| word == name) {
            out.push_str(&format!("  {name},\n"));
        }
    }
    out.push_str("} from \"./types.d.ts\";\n");
    out + &body
}

fn declare(out: &mut String, interface: &Interface, answer: bool) {
    let (extends, readonly) = if answer { (" extends Answer", "readonly ") } else { ("", "") };
    out.push_str(&format!("\n/** {} */\nexport interface {}{extends} {{\n", interface.doc, interface.name));
    for (name, typescript, doc) in interface.members {
        out.push_str(&format!("  /** {doc} */\n  {readonly}{name}: {typescript};\n"));
    }
    out.push_str("}\n");
}

fn with_wire(doc: &str, row: &Row) -> String {
    let (method, path) = row.route();
    let path = if path == "{path}" { "/api/v1/usage" } else { path };
    let wire = format!("wire: `{method} {path}`.");
    match doc.split_once(" @throws ") {
        Some((text, throws)) => format!("{text} {wire} @throws {throws}"),
        None => format!("{doc} {wire}"),
    }
}

pub(super) fn needed(key: &Key) -> bool {
    key.has(b'!') || key.has(b'+') || key.has(b'/')
}

fn page(rows: &'static [Row]) -> String {
    let agents = rows.iter().all(|row| row.is_agents());
    let mut out = if agents {
        String::from(
            "<!-- Generated from src/accounts/agent_rows.rs by `cargo xtask generate`. Edit the table, not this file. -->\n\n\
             # REST calls of the agent\n\n\
             Methods of `Agent` that call the service over REST, with the agent's token. Each also takes `timeoutMs`, `signal` and\n\
             `agentToken`. Failures are thrown, as the error of `parseErrorResponse`. [answers.md](answers.md) has the answers.\n",
        )
    } else {
        String::from(
            "<!-- Generated from src/accounts/rows.rs by `cargo xtask generate`. Edit the table, not this file. -->\n\n\
             # The workspace's calls\n\n\
             Methods of `AccountsClient`. Each also takes `timeoutMs` and `signal`. Answers are camelCase, whatever casing the server\n\
             uses for the members that a type names; other members pass through as they are. An answer that is empty or no JSON is `{}`.\n\n\
             Made of several of them: `startOnboarding` registers and gives a handshake, whose `state` is JSON to be kept; its `wait` and\n\
             `check` (of `resumeOnboarding({ state })` too) poll, and fetch the team token with the webhook secret, or take it from the\n\
             webhook, by `inbound` or by a `store`. `rotateToken({ otpPrompt })` is both steps of a rotation. They and the options of\n\
             the client are in [accounts-client.md](accounts-client.md).\n\n\
             Nothing is tried again by itself, but by `wait`. Each call has a deadline (`timeoutMs`, 15 seconds by default). Redirects are\n\
             not followed. What the service calls deprecated is logged once per route and client. [answers.md](answers.md) has the answers.\n",
        )
    };
    if !agents {
        out.push_str("\n## Errors\n\nFailures are thrown, as the error of `parseErrorResponse`, but for these:\n\n| code | class |\n|---|---|\n");
        for (code, kind) in CODES {
            out.push_str(&format!("| `{code}` | `{}` |\n", kind.name()));
        }
        out.push_str("| any other that has no class of its own | `AccountsError` |\n| the answer asks for terms to be accepted | `OnboardingRequired` |\n");
    }
    for row in rows {
        section(&mut out, row);
    }
    out
}

fn section(out: &mut String, row: &Row) {
    let Text { returns, doc, docs, .. } = row.text;
    let (method, path) = row.route();
    out.push_str(&format!("\n## `{}`\n\n{}\n\n", row.js(), cell(doc)));
    let rights: Vec<_> = row
        .rights()
        .filter_map(|word| match word {
            "T" => Some("the team token".to_owned()),
            "A" => Some("the agent's token".to_owned()),
            "N" | "D" | "W" => None,
            option => Some(format!("`{option}`")),
        })
        .collect();
    let rights = if rights.is_empty() {
        "without `Authorization`".to_owned()
    } else {
        format!("with {}", rights.join(", else "))
    };
    out.push_str(&format!("`{method} {path}`, {rights}. Answers `{}`.\n", cell(returns)));
    if row.keys().next().is_none() {
        return;
    }
    out.push_str("\n| option | type | on the wire | sent | what |\n|---|---|---|---|---|\n");
    for (key, (name, typescript, doc)) in row.keys().zip(docs) {
        let wire = key.wire();
        let place = match () {
            () if key.has(b'/') => "a segment of the path".to_owned(),
            () if key.has(b'%') => "the path".to_owned(),
            () if key.has(b';') => format!("`?{wire}=`"),
            () if key.has(b'^') => "`Idempotency-Key`".to_owned(),
            () if key.has(b'-') => "`Authorization`".to_owned(),
            () if key.has(b'*') => "its members".to_owned(),
            () => format!("`{wire}`"),
        };
        let sent = match () {
            () if key.has(b'+') || key.has(b'/') => "always, required, not empty",
            () if key.has(b'!') => "always, required",
            () if !key.default.is_empty() => "always",
            () if key.has(b'~') => "unless empty",
            () => "if given",
        };
        out.push_str(&format!("| `{name}` | `{}` | {place} | {sent} | {} |\n", cell(typescript), cell(doc)));
    }
}
