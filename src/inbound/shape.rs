//! Shapes: what an event looks like, as data, and the one function that fills it.
//!
//! A shape is a text of members, each `name`, a mark that says how it is read, and the path it is read from (the name itself
//! where there is none): `"id! groupId!group_id|groupId raw."`. In a path `a|b` are alternatives (see [`Reader::look`]), `a.b` goes
//! into an object, `1a` reads from the second source, `1` is that source, and `"a"` is that text. The marks:
//!
//! | mark | what it is | wrong or missing |
//! |---|---|---|
//! | `:` | text | `null` |
//! | `~` | text that is not empty | `null` |
//! | `!` | text or `null` | wrong: malformed |
//! | `+` | text that is not empty | malformed |
//! | `^` | text that is not empty, or nothing | wrong: malformed |
//! | `>` | text, an object, or `null` | wrong: malformed |
//! | `&` | text, or a number as text | `null` |
//! | `_` | text, or anything else as text | `null` |
//! | `#` | a number, or text that is one | `null` |
//! | `*` | the same | malformed |
//! | `?` | a flag, see [`is_no`] | `false` |
//! | `%` | `true` or `false` | `null` |
//! | `<` | an object as it came | `null` |
//! | `@` | seconds since 1970, written as ISO 8601 | `null` |
//! | `;` | the same, or ISO 8601 | `null` |
//! | `,` | JSON inside of text; text that is not JSON stays text | `null` |
//! | `=` | the path itself, which is JSON | |
//! | `$` | JSON as it is | `null` |
//! | `.` | the object that is being read, as it came | |
//! | `{` … `}` | an object with members of its own; the path `.` stays in this one | `null` |
//! | `[` … `]` | a list of such objects; behind `$|` a path that decides whether this one is in it | empty |
//!
//! Data and one loop instead of code for each member: this is what keeps the small module small.

use crate::json::doc::Node;
use crate::json::parse_str;
use crate::prelude::*;
use crate::text::{cut, part, whole};
use crate::time;

use super::read::{Reader, is_no};

impl Reader {
    /// An object of this type and shape, as JSON.
    #[inline(never)]
    pub(crate) fn fill(&mut self, kind: &str, shape: &'static str) -> String {
        self.writer.object().key("type").string(kind);
        self.finish(shape)
    }

    /// The same without a type.
    pub(crate) fn untyped(&mut self, shape: &'static str) -> String {
        self.writer.object();
        self.finish(shape)
    }

    fn finish(&mut self, shape: &'static str) -> String {
        self.members(&mut Tokens(shape));
        core::mem::take(&mut self.writer).finish()
    }

    /// The members up to the closing bracket, and the end of the object.
    #[inline(never)]
    fn members(&mut self, tokens: &mut Tokens) {
        while let Some((name, mark, path)) = tokens.next() {
            if name.is_empty() {
                break; // the closing bracket
            }
            self.writer.key(name);
            match mark {
                b'{' if path == "." => {
                    self.writer.object();
                    self.members(tokens);
                }
                b'{' => {
                    let value = self.look(path);
                    if !self.inside(value, *tokens) {
                        self.writer.null();
                    }
                    tokens.skip();
                }
                b'[' => {
                    self.writer.array();
                    if let Some(path) = path.strip_prefix("$|") {
                        if self.says(path) {
                            let [this, ..] = self.sources;
                            self.inside(this, *tokens);
                        }
                    } else {
                        let list = self.look(path);
                        let mut item = self.doc.item(list);
                        while item != Node::NONE {
                            self.inside(item, *tokens);
                            item = self.doc.after(item, list);
                        }
                    }
                    self.writer.end_array();
                    tokens.skip();
                }
                b'=' => {
                    self.writer.raw(path);
                }
                _ => {
                    let value = self.look(if mark == b'.' { "." } else { path });
                    if !self.put(value, mark) && self.malformed.is_empty() {
                        self.malformed = name;
                    }
                }
            }
        }
        self.writer.end_object();
    }

    /// An object inside takes the place of the first source; anything else is left out.
    #[inline(never)]
    fn inside(&mut self, value: Node, mut tokens: Tokens) -> bool {
        let is = self.doc.is_object(value);
        if is {
            let [before, ..] = self.sources;
            self.sources[0] = value;
            self.writer.object();
            self.members(&mut tokens);
            self.sources[0] = before;
        }
        is
    }

    /// Writes one value as its mark says; `false` if it is malformed.
    #[inline(never)]
    fn put(&mut self, value: Node, mark: u8) -> bool {
        let raw = self.doc.raw(value);
        let first = self.doc.first(value);
        let (text, number) = (first == b'"', first == b'-' || first.is_ascii_digit());
        let says = self.doc.says(value);
        let fits = match mark {
            b':' | b'!' => text,
            b'~' | b'+' | b'^' => text && says,
            b'>' => text || first == b'{',
            b'<' => first == b'{',
            b'%' => first == b't' || first == b'f',
            b'$' | b'.' => true,
            b'&' | b'_' => {
                if number || (mark == b'_' && !text && first != b'n') {
                    self.writer.string(raw);
                    return true;
                }
                text
            }
            b'#' | b'*' => {
                if text
                    && let Ok(value) = parse_str(self.doc.bare(value), 0)
                    && value.number().is_some()
                {
                    self.writer.raw(value.raw());
                    return true;
                }
                number
            }
            b'?' => {
                self.writer.bool(says && !is_no(raw));
                return true;
            }
            b',' => {
                if text {
                    let text = self.doc.chars(value);
                    match parse_str(&text, crate::json::DEFAULT_DEPTH) {
                        Ok(value) => self.writer.raw(value.raw()),
                        Err(_) => self.writer.string(&text),
                    };
                    return true;
                }
                false
            }
            _ => {
                let instant = instant(self.doc.bare(value), says, text && mark == b';');
                self.writer.string_or_null(instant.as_deref());
                return true;
            }
        };
        if fits {
            self.writer.raw(raw);
            return true;
        }
        self.writer.null();
        match mark {
            b'+' | b'*' => false,
            b'!' | b'>' => first == b'n',
            b'^' => !says,
            _ => true,
        }
    }
}

const FIRST_SECOND: i64 = -62_135_596_800; // 0001-01-01
const LAST_SECOND: i64 = 253_402_300_799; // 9999-12-31T23:59:59Z

/// Whole seconds since 1970, as a number or as text, and ISO 8601 if that is allowed, in ISO 8601 UTC.
#[inline(never)]
fn instant(text: &str, says: bool, iso: bool) -> Option<String> {
    let ms = match whole(text) {
        Some(seconds) if says && (FIRST_SECOND..=LAST_SECOND).contains(&seconds) => {
            Some(seconds.wrapping_mul(1000))
        }
        _ if iso => time::parse_iso(text),
        _ => None,
    };
    time::iso(ms?)
}

/// The members of a shape that are still to come.
#[derive(Clone, Copy)]
pub(crate) struct Tokens(pub(crate) &'static str);

impl Tokens {
    /// Name, mark and path; the name of a closing bracket is empty.
    #[inline(never)]
    pub(crate) fn next(&mut self) -> Option<(&'static str, u8, &'static str)> {
        if self.0.is_empty() {
            return None;
        }
        let (token, rest) = cut(self.0, b' ');
        self.0 = rest;
        let place = token.bytes().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or_default();
        let name = part(token, 0, place);
        let path = part(token, place.wrapping_add(1), token.len());
        let mark = token.as_bytes().get(place).copied().unwrap_or_default();
        Some((name, mark, if path.is_empty() { name } else { path }))
    }

    /// Goes on behind the bracket that closes the one just opened.
    #[inline(never)]
    fn skip(&mut self) {
        let mut open = 1_usize;
        while let Some((name, mark, _)) = self.next() {
            if name.is_empty() {
                open = open.wrapping_sub(1);
            } else if matches!(mark, b'{' | b'[') {
                open = open.wrapping_add(1);
            }
            if open == 0 {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(json: &str, shape: &'static str) -> Result<String, &'static str> {
        let mut reader =
            Reader::of(format!(r#"{{"this":{json},"other":{{"z":"other"}}}}"#).as_bytes(), 64).unwrap();
        let this = reader.look("this");
        let sources = [this, reader.look("other"), reader.doc.add("1"), reader.doc.add("[2]")];
        reader.set_sources(&sources);
        let json = reader.fill("x", shape).replacen("\"type\":\"x\",", "", 1);
        if reader.malformed.is_empty() { Ok(json) } else { Err(reader.malformed) }
    }

    fn ok(json: &str, shape: &'static str) -> String {
        filled(json, shape).unwrap()
    }

    #[test]
    fn marks() {
        let values = [
            ("null", "null"),
            ("true", "true"),
            ("false", "false"),
            ("zero", "0"),
            ("number", "-1.5e400"),
            ("empty", "\"\""),
            ("text", "\"x\\ud800\""),
            ("digits", "\" 12 \""),
            ("list", "[1]"),
            ("object", "{\"a\":1}"),
        ];
        let json = values.map(|(name, value)| format!("\"{name}\":{value}")).join(",");
        let json = format!("{{{json}}}");
        // For each value what the mark makes of it: `-` null, `=` itself, `!` malformed, anything else as it stands.
        let table: [(&str, [&str; 10]); 17] = [
            (":", ["-", "-", "-", "-", "-", "=", "=", "=", "-", "-"]),
            ("~", ["-", "-", "-", "-", "-", "-", "=", "=", "-", "-"]),
            ("!", ["-", "!", "!", "!", "!", "=", "=", "=", "!", "!"]),
            ("+", ["!", "!", "!", "!", "!", "!", "=", "=", "!", "!"]),
            ("^", ["-", "!", "-", "-", "!", "-", "=", "=", "!", "!"]),
            (">", ["-", "!", "!", "!", "!", "=", "=", "=", "!", "="]),
            ("&", ["-", "-", "-", "\"0\"", "\"-1.5e400\"", "=", "=", "=", "-", "-"]),
            (
                "_",
                [
                    "-",
                    "\"true\"",
                    "\"false\"",
                    "\"0\"",
                    "\"-1.5e400\"",
                    "=",
                    "=",
                    "=",
                    "\"[1]\"",
                    "\"{\\\"a\\\":1}\"",
                ],
            ),
            ("#", ["-", "-", "-", "=", "=", "-", "-", "12", "-", "-"]),
            ("*", ["!", "!", "!", "=", "=", "!", "!", "12", "!", "!"]),
            ("?", ["false", "true", "false", "false", "true", "false", "true", "true", "true", "true"]),
            ("%", ["-", "=", "=", "-", "-", "-", "-", "-", "-", "-"]),
            ("<", ["-", "-", "-", "-", "-", "-", "-", "-", "-", "="]),
            ("@", ["-"; 10]),
            (";", ["-"; 10]),
            (",", ["-", "-", "-", "-", "-", "=", "\"x\u{fffd}\"", "12", "-", "-"]),
            ("{", ["-", "-", "-", "-", "-", "-", "-", "-", "-", "{\"a\":1}"]),
        ];
        for (mark, wants) in table {
            for ((name, value), want) in values.iter().zip(wants) {
                let shape: &'static str = match mark {
                    "{" => format!("m{{{name} a# }}").leak(),
                    _ => format!("m{mark}{name}").leak(),
                };
                let want = match want {
                    "!" => Err("m"),
                    "-" => Ok("{\"m\":null}".to_owned()),
                    "=" => Ok(format!("{{\"m\":{value}}}")),
                    other => Ok(format!("{{\"m\":{other}}}")),
                };
                assert_eq!(filled(&json, shape), want, "{mark} {name}");
            }
        }
    }

    #[test]
    fn paths() {
        assert_eq!(
            ok(r#"{"a":"","b":"2"}"#, "x:a|b y:b|a a: z:1z"),
            r#"{"x":"2","y":"2","a":"","z":"other"}"#
        );
        assert_eq!(
            ok(r#"{"a":{"b":"1"},"c":5}"#, "x:a.b y:c.b w:c.b|a.b z:1z|a"),
            r#"{"x":"1","y":null,"w":"1","z":"other"}"#
        );
        assert_eq!(
            ok(r#"{"a":1}"#, "x=[] y$3 z$n|2 q$4 p:n|\"\" raw."),
            r#"{"x":[],"y":[2],"z":1,"q":null,"p":"","raw":{"a":1}}"#
        );
    }

    #[test]
    fn insides() {
        let shape = "x{a b: c[ d: raw. ] } y[l e{ f: } g=1 ] z{. b: } end:";
        assert_eq!(
            ok(r#"{"a":{"b":"1","c":[{"d":"2"},5,{}]},"l":[{"e":{"f":"3"}}],"b":"4","end":"5"}"#, shape),
            concat!(
                r#"{"x":{"b":"1","c":[{"d":"2","raw":{"d":"2"}},{"d":null,"raw":{}}]},"#,
                r#""y":[{"e":{"f":"3"},"g":1}],"z":{"b":"4"},"end":"5"}"#
            )
        );
        assert_eq!(
            ok(r#"{"a":[],"l":{}}"#, "x{a b: c[ d: ] } y[l e{ f: } ] end:"),
            r#"{"x":null,"y":[],"end":null}"#
        );
        assert_eq!(filled(r#"{"l":[{"a":"1"},{"a":2}]}"#, "l[ deep! a+ ]"), Err("a"));
        for (json, inside) in
            [(r#"{"a":0,"b":[{"c":"1"}],"c":"2"}"#, r#"{"c":"2"}"#), (r#"{"a":0,"b":[],"c":"2"}"#, "")]
        {
            assert_eq!(ok(json, "l[$|a|b c: ] c:"), format!(r#"{{"l":[{inside}],"c":"2"}}"#));
        }
    }

    #[test]
    fn times() {
        for (value, unix, any) in [
            ("1770000000", "2026-02-02T02:40:00.000Z", "2026-02-02T02:40:00.000Z"),
            ("\"1770000000\"", "2026-02-02T02:40:00.000Z", "2026-02-02T02:40:00.000Z"),
            ("\"2026-02-02T03:40:00+01:00\"", "", "2026-02-02T02:40:00.000Z"),
            ("\"253402300799\"", "9999-12-31T23:59:59.000Z", "9999-12-31T23:59:59.000Z"),
            ("253402300800", "", ""),
            ("\"+1770000000\"", "", ""),
            ("1770000000.5", "", ""),
            ("\"\"", "", ""),
            ("99999999999999999999999", "", ""),
        ] {
            let got = ok(&format!("{{\"t\":{value}}}"), "t@ u;t");
            let quote = |text: &str| if text.is_empty() { "null".to_owned() } else { format!("\"{text}\"") };
            assert_eq!(got, format!("{{\"t\":{},\"u\":{}}}", quote(unix), quote(any)), "{value}");
        }
    }
}
