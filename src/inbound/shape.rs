//! Shapes: what an event looks like, as data, and the one function that fills it.
//!
//! A shape is a text of members, each `name`, a mark that says how it is read, and the path it is read from (the name itself
//! where there is none): `"id! groupId!group_id|groupId raw."`. In a path `a|b` are alternatives (see [`Sources::look`]), `a.b` goes
//! into an object, `1a` reads from the second object, `$a` is the first register, and `"a"` is that text. The marks:
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
//! | `?` | a flag, see [`flag`] | `false` |
//! | `%` | `true` or `false` | `null` |
//! | `<` | an object as it came | `null` |
//! | `@` | seconds since 1970, written as ISO 8601 | `null` |
//! | `;` | the same, or ISO 8601 | `null` |
//! | `,` | JSON inside of text; text that is not JSON stays text | `null` |
//! | `=` | the path itself, which is JSON | |
//! | `$` | JSON as it is: a register | |
//! | `.` | the object that is being read, as it came | |
//! | `{` … `}` | an object with members of its own; the path `.` stays in this one | `null` |
//! | `[` … `]` | a list of such objects; behind `$|` a path that decides whether this one is in it | empty |
//!
//! Data and one loop instead of code for each member: this is what keeps the small module small.

use crate::json::{Value, Writer, parse_str};
use crate::prelude::*;
use crate::text::{cut, part, whole};
use crate::time;

use super::read::{Sources, bare, decoded, flag, inside, items, truthy};

/// Fills shapes, and remembers the first member that is not what it must be: one check at the end instead of one at each
/// step.
#[derive(Default)]
pub(crate) struct Filler {
    pub(crate) writer: Writer,
    /// The name of that member; empty if there is none.
    pub(crate) malformed: &'static str,
}

impl Filler {
    /// An object of this type and shape, as JSON.
    #[inline(never)]
    pub(crate) fn fill(&mut self, kind: &str, sources: &Sources<'_, '_>, shape: &'static str) -> String {
        self.writer.object().key("type").string(kind);
        self.members(sources, &mut Tokens(shape));
        core::mem::take(&mut self.writer).finish()
    }

    /// The members up to the closing bracket, and the end of the object.
    #[inline(never)]
    fn members(&mut self, sources: &Sources<'_, '_>, tokens: &mut Tokens) {
        while let Some((name, mark, path)) = tokens.next() {
            if name.is_empty() {
                break; // the closing bracket
            }
            self.writer.key(name);
            let value = match mark {
                b'=' => Value::known(path),
                b'.' => sources.look("."),
                _ => sources.look(path),
            };
            match mark {
                b'{' if path == "." => {
                    self.writer.object();
                    self.members(sources, tokens);
                }
                b'{' => {
                    if !self.inside(value, sources, *tokens) {
                        self.writer.null();
                    }
                    tokens.skip();
                }
                b'[' => {
                    self.writer.array();
                    if !path.starts_with('$') {
                        for item in items(value) {
                            self.inside(item, sources, *tokens);
                        }
                    } else if truthy(value) {
                        self.inside(sources.look("."), sources, *tokens);
                    }
                    self.writer.end_array();
                    tokens.skip();
                }
                _ => {
                    if !put(&mut self.writer, value, mark) && self.malformed.is_empty() {
                        self.malformed = name;
                    }
                }
            }
        }
        self.writer.end_object();
    }

    /// An object inside takes the place of the first one; anything else is left out.
    #[inline(never)]
    fn inside(&mut self, value: Value<'_>, sources: &Sources<'_, '_>, mut tokens: Tokens) -> bool {
        let is = value.is_object();
        if is {
            self.writer.object();
            let sources = Sources { objects: &[&inside(value)], registers: sources.registers };
            self.members(&sources, &mut tokens);
        }
        is
    }
}

/// Writes one value as its mark says; `false` if it is malformed.
#[inline(never)]
fn put(writer: &mut Writer, value: Value<'_>, mark: u8) -> bool {
    let raw = value.raw();
    let first = value.first();
    let (text, number) = (first == b'"', first == b'-' || first.is_ascii_digit());
    let says = truthy(value);
    let fits = match mark {
        b':' | b'!' => text,
        b'~' | b'+' | b'^' => text && says,
        b'>' => text || first == b'{',
        b'<' => first == b'{',
        b'%' => first == b't' || first == b'f',
        b'$' | b'=' | b'.' => true,
        b'&' | b'_' => {
            if number || (mark == b'_' && !text && first != b'n') {
                writer.string(raw);
                return true;
            }
            text
        }
        b'#' | b'*' => {
            if let Some(text) = value.text()
                && let Ok(value) = parse_str(text.raw(), 0)
                && value.number().is_some()
            {
                writer.raw(value.raw());
                return true;
            }
            number
        }
        b'?' => {
            writer.bool(flag(value));
            return true;
        }
        b',' => {
            if text {
                let text = decoded(value);
                match parse_str(&text, crate::json::DEFAULT_DEPTH) {
                    Ok(value) => writer.raw(value.raw()),
                    Err(_) => writer.string(&text),
                };
                return true;
            }
            false
        }
        _ => {
            writer.string_or_null(instant(value, mark == b';').as_deref());
            return true;
        }
    };
    if fits {
        writer.raw(raw);
        return true;
    }
    writer.null();
    match mark {
        b'+' | b'*' => false,
        b'!' | b'>' => first == b'n',
        b'^' => !says,
        _ => true,
    }
}

const FIRST_SECOND: i64 = -62_135_596_800; // 0001-01-01
const LAST_SECOND: i64 = 253_402_300_799; // 9999-12-31T23:59:59Z

/// Whole seconds since 1970, as a number or as text, and ISO 8601 if that is allowed, in ISO 8601 UTC.
#[inline(never)]
fn instant(value: Value<'_>, iso: bool) -> Option<String> {
    let text = bare(value);
    let ms = match whole(text) {
        Some(seconds) if truthy(value) && (FIRST_SECOND..=LAST_SECOND).contains(&seconds) => {
            Some(seconds.wrapping_mul(1000))
        }
        _ if iso && value.is_text() => time::parse_iso(text),
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
        let value = crate::json::parse(json.as_bytes(), 64).unwrap();
        let object = value.object().unwrap();
        let other = crate::json::parse(br#"{"z":"other"}"#, 64).unwrap().object().unwrap();
        let sources = Sources { objects: &[&object, &other], registers: &["1", "[2]"] };
        let mut filler = Filler::default();
        let json = filler.fill("x", &sources, shape).replacen("\"type\":\"x\",", "", 1);
        if filler.malformed.is_empty() { Ok(json) } else { Err(filler.malformed) }
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
            ok(r#"{"a":1}"#, "x=[] y$$b z$n|$a q$$c p:n|\"\" raw."),
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
