//! Shapes: what an event looks like, as data, and the one function that fills it.
//!
//! A shape is a text of members, each `name`, a mark that says how it is read, and the path it is read from (the name itself
//! where there is none): `"id! groupId!group_id|groupId raw."`. In a path `a|b` are alternatives (see [`Sources::look`]), `a.b` goes
//! into an object, `1a` reads from the second object, and `$a` is the first register. The marks:
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
//! | `[` … `]` | a list of such objects | empty |
//!
//! Data and one loop instead of code for each member: this is what keeps the small module small.

use crate::json::{Value, Writer, parse_str, quoted};
use crate::prelude::*;
use crate::time;

use super::read::{Sources, cut, flag, truthy, whole};

/// The name of a member that is not what it must be.
pub(crate) type Malformed = &'static str;

/// Fills shapes, and remembers the first member that is not what it must be: one check at the end instead of one at each
/// step.
#[derive(Default)]
pub(crate) struct Filler {
    pub(crate) malformed: Option<Malformed>,
}

impl Filler {
    /// An object of this shape, as JSON. `raw` is the text of the first object.
    #[inline(never)]
    pub(crate) fn fill(&mut self, raw: &str, sources: Sources<'_, '_>, shape: &'static str) -> String {
        let mut writer = Writer::new();
        self.object(&mut writer, raw, sources, &mut Tokens(shape));
        writer.finish()
    }

    #[inline(never)]
    fn object(&mut self, writer: &mut Writer, raw: &str, sources: Sources<'_, '_>, tokens: &mut Tokens) {
        writer.object();
        while let Some((name, mark, path)) = tokens.next() {
            if name.is_empty() {
                break; // the closing bracket
            }
            writer.key(name);
            let path = if path.is_empty() { name } else { path };
            let nests = matches!(mark, b'{' | b'[');
            if nests && path == "." {
                self.object(writer, raw, sources, tokens);
                continue;
            }
            let value = match mark {
                b'=' => Value::known(path),
                b'.' => Value::known(raw),
                _ => sources.look(path),
            };
            if nests {
                let inside = *tokens;
                tokens.skip();
                if mark == b'[' {
                    writer.array();
                    for item in value.array().into_iter().flatten() {
                        self.inside(writer, item, sources, inside);
                    }
                    writer.end_array();
                } else if value.raw().starts_with('{') {
                    self.inside(writer, value, sources, inside);
                } else {
                    writer.null();
                }
            } else if !put(writer, value, mark) {
                self.malformed.get_or_insert(name);
            }
        }
        writer.end_object();
    }

    /// An object inside takes the place of the first one; anything else is left out.
    fn inside(
        &mut self,
        writer: &mut Writer,
        value: Value<'_>,
        sources: Sources<'_, '_>,
        mut tokens: Tokens,
    ) {
        if let Some(object) = value.object() {
            let sources = Sources { objects: &[&object], registers: sources.registers };
            self.object(writer, value.raw(), sources, &mut tokens);
        }
    }
}

/// Writes one value as its mark says; `false` if it is malformed.
#[inline(never)]
fn put(writer: &mut Writer, value: Value<'_>, mark: u8) -> bool {
    let raw = value.raw();
    let first = raw.bytes().next().unwrap_or_default();
    let (text, number) = (first == b'"', first == b'-' || first.is_ascii_digit());
    let says = truthy(value);
    let fits = match mark {
        b':' | b'!' => text,
        b'~' | b'+' | b'^' => text && says,
        b'>' => text || first == b'{',
        b'<' => first == b'{',
        b'%' => first == b't' || first == b'f',
        b'$' | b'=' | b'.' => true,
        b'&' => {
            if number {
                writer.string(raw);
                return true;
            }
            text
        }
        b'#' | b'*' => {
            let digits = value.text().map_or("", |text| text.raw());
            if text && parse_str(digits, 0).is_ok_and(|value| value.number().is_some()) {
                writer.raw(digits.trim_ascii());
                return true;
            }
            number
        }
        b'?' => {
            writer.bool(flag(value));
            return true;
        }
        b',' => {
            if let Some(text) = value.text() {
                let text = text.decode();
                match parse_str(&text, crate::json::DEFAULT_DEPTH) {
                    Ok(value) => writer.raw(value.raw()),
                    Err(_) => writer.string(&text),
                };
                return true;
            }
            false
        }
        _ => {
            writer.raw(&instant(value, mark == b';'));
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

/// Whole seconds since 1970, as a number or as text, and ISO 8601 if that is allowed, as a JSON string in ISO 8601 UTC; else
/// `null`.
#[inline(never)]
fn instant(value: Value<'_>, iso: bool) -> String {
    let text = value.text().map(|text| text.raw());
    let seconds = if truthy(value) { whole(text.unwrap_or(value.raw())) } else { None };
    let mut ms = seconds
        .filter(|seconds| (FIRST_SECOND..=LAST_SECOND).contains(seconds))
        .and_then(|seconds| seconds.checked_mul(1000));
    if iso && ms.is_none() {
        ms = text.and_then(time::parse_iso);
    }
    ms.and_then(time::iso).map_or_else(|| "null".to_owned(), |text| quoted(&text))
}

/// The members of a shape that are still to come.
#[derive(Clone, Copy)]
struct Tokens(&'static str);

impl Tokens {
    /// Name, mark and path; the name of a closing bracket is empty.
    fn next(&mut self) -> Option<(&'static str, u8, &'static str)> {
        if self.0.is_empty() {
            return None;
        }
        let (token, rest) = cut(self.0, b' ');
        self.0 = rest;
        let place = token.bytes().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(token.len());
        let mark = token.as_bytes().get(place).copied().unwrap_or_default();
        Some((
            token.get(..place).unwrap_or_default(),
            mark,
            token.get(place.saturating_add(1)..).unwrap_or_default(),
        ))
    }

    /// Goes on behind the bracket that closes the one just opened.
    fn skip(&mut self) {
        let mut open = 1_usize;
        while open > 0 {
            match self.next() {
                None => return,
                Some(("", _, _)) => open = open.saturating_sub(1),
                Some((_, b'{' | b'[', _)) => open = open.saturating_add(1),
                Some(_) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(json: &str, shape: &'static str) -> Result<String, Malformed> {
        let value = crate::json::parse(json.as_bytes(), 64).unwrap();
        let object = value.object().unwrap();
        let other = crate::json::parse(br#"{"z":"other"}"#, 64).unwrap().object().unwrap();
        let sources = Sources { objects: &[&object, &other], registers: &["1", "[2]"] };
        let mut filler = Filler::default();
        let json = filler.fill(value.raw(), sources, shape);
        filler.malformed.map_or(Ok(json), Err)
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
        let table: [(&str, [&str; 10]); 16] = [
            (":", ["-", "-", "-", "-", "-", "=", "=", "=", "-", "-"]),
            ("~", ["-", "-", "-", "-", "-", "-", "=", "=", "-", "-"]),
            ("!", ["-", "!", "!", "!", "!", "=", "=", "=", "!", "!"]),
            ("+", ["!", "!", "!", "!", "!", "!", "=", "=", "!", "!"]),
            ("^", ["-", "!", "-", "-", "!", "-", "=", "=", "!", "!"]),
            (">", ["-", "!", "!", "!", "!", "=", "=", "=", "!", "="]),
            ("&", ["-", "-", "-", "\"0\"", "\"-1.5e400\"", "=", "=", "=", "-", "-"]),
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
