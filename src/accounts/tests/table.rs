//! The table against itself, and against what is generated from it.

use std::collections::BTreeSet;

use super::super::AGENT_ROWS;
use super::super::docs;
use super::super::row::Row;
use super::super::types::{AGENT_ANSWERS, ANSWERS, FORMS};
use super::{row, rows};

#[test]
fn generated_files_are_up_to_date() {
    crate::agent::tools::docs::keep_in_step(docs::generate());
}

#[test]
fn rows_are_well_formed() {
    let mut names = BTreeSet::new();
    for row in rows() {
        assert!(names.insert(row.js()), "{}: twice", row.js());
        let (method, path) = row.route();
        assert!(["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&method), "{}", row.js());
        assert_eq!(row.is_agents(), AGENT_ROWS.iter().any(|other| other.js() == row.js()), "{}", row.js());
        let mut options = BTreeSet::new();
        for key in row.keys() {
            let what = format!("{}.{}", row.js(), key.name);
            assert!(options.insert(key.name), "{what}: twice");
            assert!(!["timeoutMs", "signal", "agentToken"].contains(&key.name), "{what}");
            let in_path = path.contains(&format!("{{{}}}", key.name));
            assert_eq!(
                in_path,
                key.has(b'/') || key.has(b'%'),
                "{what}: not in the path, or not meant to be"
            );
            if !key.default.is_empty() {
                let value =
                    crate::json::parse_str(key.default, 2).unwrap_or_else(|_| panic!("{what}: default"));
                assert_eq!(key.complaint(value), "", "{what}: default");
            }
            assert!(
                method != "GET" || key.has(b'/') || key.has(b';') || key.has(b'%'),
                "{what}: a body on GET"
            );
        }
        for part in path.split('{').skip(1) {
            let name = part.split('}').next().unwrap();
            assert!(options.contains(name), "{}: {{{name}}} is no option", row.js());
        }
        for word in row.rights().filter(|word| word.len() > 1) {
            assert!(row.keys().any(|key| key.name == word && key.has(b'-')), "{}: {word}", row.js());
        }
        assert!(super::row(row.js()).is_some());
    }
    assert!(row("rotateToken").is_none());
}

#[test]
fn every_option_is_described_and_named_types_agree() {
    for row in rows() {
        let keys: Vec<_> = row.keys().map(|key| key.name).collect();
        let described: Vec<_> = row.text.docs.iter().map(|(name, ..)| *name).collect();
        assert_eq!(keys, described, "{}", row.js());
        assert!(row.text.docs.iter().all(|(_, typescript, doc)| !typescript.is_empty() && !doc.is_empty()));
        assert!(!row.text.doc.is_empty());
        for other in rows().filter(|other| other.text.options == row.text.options) {
            assert_eq!(row.text.docs, other.text.docs, "{} and {}", row.js(), other.js());
            let needs = |row: &Row| row.keys().map(|key| docs::needed(&key)).collect::<Vec<_>>();
            assert_eq!(needs(row), needs(other), "{} and {}", row.js(), other.js());
        }
        for key in row.keys() {
            let (_, typescript, doc) = row.text.docs.iter().find(|(name, ..)| *name == key.name).unwrap();
            let kind = match () {
                () if key.has(b'?') => "boolean",
                () if key.has(b'#') => "number",
                () if key.has(b'[') => "readonly string[]",
                () if key.has(b'{') => continue,
                () => {
                    assert!(
                        ["string", "Secret", "Channel"].contains(typescript) || typescript.contains('"'),
                        "{}.{}",
                        row.js(),
                        key.name
                    );
                    ""
                }
            };
            assert!(kind.is_empty() || kind == *typescript, "{}.{}", row.js(), key.name);
            if !key.default.is_empty() && key.default != "\"\"" {
                assert!(doc.contains(&format!("@defaultValue {}", key.default)), "{}.{}", row.js(), key.name);
            }
        }
    }
    for (js, _) in FORMS {
        assert!(row(js).is_some(), "{js}");
    }
}

#[test]
fn answers_are_read_as_they_are_typed() {
    let types = || ANSWERS.iter().chain(AGENT_ANSWERS);
    for row in rows() {
        let returns = row.text.returns.split(' ').next().unwrap();
        let shape = row.answer().trim_start_matches(['!', '?']);
        let Some(kind) = types().find(|kind| kind.name == returns) else {
            assert_eq!(returns, "Answer", "{}", row.js());
            continue;
        };
        let typed = |name: &str| {
            kind.members.iter().any(|(member, typescript, _)| {
                let listed = types().find(|other| typescript.contains(&format!("readonly {}[]", other.name)));
                member.trim_end_matches('?') == name
                    || typescript.contains(&format!("readonly {name}:"))
                    || typescript.contains(&format!("readonly {name}?:"))
                    || listed.is_some_and(|other| {
                        other.members.iter().any(|(member, ..)| member.trim_end_matches('?') == name)
                    })
            })
        };
        let words: Vec<_> = shape.split(' ').filter(|word| !word.is_empty() && *word != "]").collect();
        for word in &words {
            let name = word.trim_end_matches('[').split('|').next().unwrap();
            assert!(typed(name), "{}: {name} has no type", row.js());
        }
        for (member, ..) in kind.members {
            let member = member.trim_end_matches('?');
            let plain = !member.bytes().any(|byte| byte.is_ascii_uppercase());
            assert!(
                plain || words.iter().any(|word| word.split('|').next() == Some(member)),
                "{}: {member} is not read in both casings",
                row.js()
            );
        }
    }
}

#[test]
fn what_is_declared_a_secret_is_kept_out_of_errors() {
    let declared = rows().flat_map(|row| row.text.docs).filter(|(_, typescript, _)| *typescript == "Secret");
    // The agent's rows take this one of all of them.
    let declared: BTreeSet<_> = declared.map(|(name, ..)| *name).chain(["agentToken"]).collect();
    assert_eq!(super::super::flow::SECRETS.split(' ').collect::<BTreeSet<_>>(), declared);
}
