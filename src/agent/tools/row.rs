//! What a row says, and how it is read.
//!
//! A row is a line of words. The first is the name of the method (`a|b`: of both methods), marks, and where the tool is not named
//! as the method, in snake case, `@` and its name without `comms_`, then those that other servers have for it (`@a|b`).
//!
//! | mark | what it says of the tool |
//! |---|---|
//! | `~` | it is an action of `comms_whatsapp_action` |
//! | `?` | it only reads: a call that failed may be made again |
//! | `*` | options without a name here go to the wire as they are |
//!
//! The other words are the options: a name, marks, `>` and its names on the wire where they are others, ours first, then those of other
//! servers; `=` and the JSON that is sent where nothing is given.
//!
//! | mark | what it says of the option |
//! |---|---|
//! | (none) | text |
//! | `?` | `true` or `false` |
//! | `#` | a number |
//! | `{` | an object |
//! | `$` | an object of texts |
//! | `[` | an array of texts |
//! | `&` | an array |
//! | `:` | text that goes out as an array of one |
//! | `*` | an object whose members go out as they are, but for those that have an option |
//! | `!` | must be given |
//! | `~` | goes out only when it says something; everything else when it is given |
//! | `^` | goes out also when it is `null` |
//! | `-` | the code behind the row has its own way with it |

use crate::json::Value;
use crate::prelude::*;
use crate::text::{concat, contains, cut, lossy, part};

/// A row of the table: its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row(pub(super) &'static str);

impl Row {
    /// The row with this number, counted from 0.
    #[must_use]
    pub fn nth(number: u32) -> Self {
        let mut rest = super::rows::ROWS;
        for _ in 0..number {
            rest = cut(rest, b'\n').1;
        }
        Self(cut(rest, b'\n').0)
    }

    fn head(self) -> &'static str {
        cut(self.0, b' ').0
    }

    /// The names of its methods.
    #[must_use]
    pub fn methods(self) -> &'static str {
        let head = self.head();
        part(head, 0, plain(head))
    }

    /// The name of its method.
    #[must_use]
    pub fn js(self) -> &'static str {
        cut(self.methods(), b'|').0
    }

    fn marked(self, mark: u8) -> bool {
        cut(self.head(), b'@').0.bytes().any(|byte| byte == mark)
    }

    /// Whether it is an action of WhatsApp.
    #[must_use]
    pub fn is_action(self) -> bool {
        self.marked(b'~')
    }

    /// Whether it only reads.
    #[must_use]
    pub fn reads(self) -> bool {
        self.marked(b'?')
    }

    /// Whether it is an action of WhatsApp, or any.
    pub(super) fn acts(self) -> bool {
        self.is_action() || self.js() == ACTION
    }

    pub(super) fn passes(self) -> bool {
        self.marked(b'*')
    }

    /// The names of its tool at servers of different age, without `comms_`; empty where it is named as the method.
    pub(super) fn named(self) -> &'static str {
        cut(self.head(), b'@').1
    }

    /// The name of its tool without `comms_`, or of its action.
    #[must_use]
    pub fn wire(self) -> String {
        let named = cut(self.named(), b'|').0;
        if named.is_empty() { snake(self.js()) } else { named.to_owned() }
    }

    /// The tool it calls.
    #[must_use]
    pub fn tool(self) -> String {
        if self.is_action() { Self(ACTION).tool() } else { concat(&["comms_", &self.wire()]) }
    }

    /// Its options.
    #[must_use]
    pub fn keys(self) -> Keys {
        Keys(cut(self.0, b' ').1)
    }

    /// Whether the list of tools says how to call it: it has other names at other servers, or shows a preview, which old servers
    /// do not know.
    #[must_use]
    pub fn asks(self) -> bool {
        self.acts() || contains(self.0, "|") || self.previews()
    }

    /// Whether it does nothing but say what it would do, unless it is confirmed.
    pub(super) fn previews(self) -> bool {
        contains(self.0, CONFIRM)
    }

    /// Whether an option goes out under this name.
    pub(super) fn covers(self, name: &str) -> bool {
        (self.is_action() && name == "action")
            || self.keys().any(|key| Names(key.wires).any(|wire| wire == name))
    }
}

/// The option that makes a preview the real thing.
pub(super) const CONFIRM: &str = "confirm";
/// The row of any action.
pub(super) const ACTION: &str = "whatsappAction";

/// An option of a row.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Its name in JavaScript.
    pub name: &'static str,
    pub(super) marks: &'static str,
    /// Its names on the wire.
    pub(super) wires: &'static str,
    /// JSON; empty if there is none.
    pub(crate) default: &'static str,
}

impl Key {
    pub(crate) fn has(&self, mark: u8) -> bool {
        self.marks.bytes().any(|known| known == mark)
    }

    /// Its name on the wire.
    #[must_use]
    pub fn wire(&self) -> &'static str {
        cut(self.wires, b'|').0
    }

    /// What is wrong with a value; empty: nothing.
    pub(crate) fn complaint(&self, value: Value<'_>) -> &'static str {
        let first = value.first();
        let (mut fits, mut must) = (first == b'"', "must be a string");
        for mark in self.marks.bytes() {
            (fits, must) = match mark {
                b'?' => (matches!(first, b't' | b'f'), "must be true or false"),
                b'#' => (first == b'-' || first.is_ascii_digit(), "must be a number"),
                b'{' | b'*' => (first == b'{', "must be an object"),
                b'$' | b'[' => {
                    let mut texts = first == mark || (mark == b'$' && first == b'{');
                    for (_, item) in value.inside().members() {
                        texts &= item.is_text();
                    }
                    for item in value.items() {
                        texts &= item.is_text();
                    }
                    (
                        texts,
                        if mark == b'$' {
                            "must be an object of strings"
                        } else {
                            "must be an array of strings"
                        },
                    )
                }
                b'&' => (first == b'[', "must be an array"),
                b'^' => (fits || value.is_null(), must),
                _ => continue,
            };
        }
        if fits { "" } else { must }
    }
}

/// The options of a row.
pub struct Keys(&'static str);

impl Keys {
    /// From their words.
    pub(crate) fn of(words: &'static str) -> Self {
        Self(words)
    }
}

impl Iterator for Keys {
    type Item = Key;

    #[inline(never)]
    fn next(&mut self) -> Option<Key> {
        let (word, rest) = cut(self.0, b' ');
        self.0 = rest;
        let (left, default) = cut(word, b'=');
        let (left, wires) = cut(left, b'>');
        let place = plain(left);
        let name = part(left, 0, place);
        let marks = part(left, place, left.len());
        let wires = if wires.is_empty() { name } else { wires };
        (!name.is_empty()).then_some(Key { name, marks, wires, default })
    }
}

/// Names with bars between them.
pub(super) struct Names(pub(super) &'static str);

impl Iterator for Names {
    type Item = &'static str;

    fn next(&mut self) -> Option<&'static str> {
        let (name, rest) = cut(self.0, b'|');
        self.0 = rest;
        (!name.is_empty()).then_some(name)
    }
}

/// Where the marks begin.
fn plain(word: &str) -> usize {
    word.bytes().position(|byte| !byte.is_ascii_alphanumeric() && byte != b'|').unwrap_or(word.len())
}

/// `sendVoiceMessage` as `send_voice_message`.
fn snake(name: &str) -> String {
    let mut out = Vec::new();
    for byte in name.bytes() {
        if byte.is_ascii_uppercase() {
            out.push(b'_');
        }
        out.push(byte.to_ascii_lowercase());
    }
    lossy(out)
}

/// `agent_id` as `agentId`. What begins with a bar keeps it.
pub(super) fn camel(name: &str) -> String {
    let mut out = Vec::new();
    let mut bar = false;
    for byte in name.bytes() {
        if byte == b'_' && out.last().is_some_and(|last| *last != b'_') {
            bar = true;
            continue;
        }
        out.push(if bar { byte.to_ascii_uppercase() } else { byte });
        bar = false;
    }
    lossy(out)
}
