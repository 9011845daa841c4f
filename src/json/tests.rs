use super::*;

fn accepts(text: &str) -> bool {
    parse(text.as_bytes(), DEFAULT_DEPTH).is_ok()
}

#[test]
fn agrees_with_serde_json_on_a_torture_table() {
    let table = [
        "",
        " ",
        "null",
        "nul",
        "nulll",
        "true",
        "True",
        "false",
        "0",
        "-0",
        "-",
        "01",
        "1.",
        ".5",
        "1.5e",
        "1e5",
        "1E+5",
        "1e-",
        "-1.5E-10",
        "+1",
        "0x1",
        "NaN",
        "Infinity",
        "\"\"",
        "\"a\\nb\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u0041\"",
        "\"\u{1}\"",
        "\"\u{7f}\"",
        "\"unterminated",
        "'a'",
        "[]",
        "[1]",
        "[1,]",
        "[,1]",
        "[1 2]",
        "[1,2",
        "[1]]",
        "{}",
        "{\"a\":1}",
        "{\"a\":1,}",
        "{\"a\"}",
        "{a:1}",
        "{\"a\":}",
        "{\"a\":1 \"b\":2}",
        "{\"a\":1,\"a\":2}",
        "{,}",
        "{1:2}",
        " [ 1 , { \"a\" : [ ] } ] ",
        "[1]\n",
        "\u{b}1",
        "1 1",
        "{}{}",
        "[\"\u{2028}\"]",
        "// c\n1",
        "\u{a0}1",
    ];
    for text in table {
        let oracle = serde_json::from_str::<serde_json::Value>(text).is_ok();
        assert_eq!(accepts(text), oracle, "{text:?}");
    }
}

#[test]
fn accepts_what_the_runtimes_accept_and_serde_json_does_not() {
    for text in ["\"\\ud83d\"", "[1e400]", "[-1e-400]", "\"\\udc00\\ud800\"", "{\"__proto__\":{}}"] {
        assert!(accepts(text), "{text:?}");
    }
}

#[test]
fn a_text_passes_at_every_cut_only_when_it_is_whole() {
    let text = " {\"a\\\"\\u00e9\": [1, -2.5e3, true, null, {\"b\": \"\\ud83d\\ude00\"}], \"c\": {}} ";
    for cut in 0..text.len() {
        assert_eq!(parse(&text.as_bytes()[..cut], 64).is_ok(), cut == text.len() - 1, "cut at {cut}");
    }
}

#[test]
fn nesting_ends_at_the_limit_and_never_deeper_than_the_cap() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse(nested(64).as_bytes(), 64).is_ok());
    assert_eq!(parse(nested(65).as_bytes(), 64), Err(JsonError::TooDeep));
    assert!(parse(nested(512).as_bytes(), usize::MAX).is_ok());
    assert_eq!(parse(nested(100_000).as_bytes(), usize::MAX), Err(JsonError::TooDeep));
    let objects = format!("{}1{}", "{\"a\":[".repeat(20), "]}".repeat(20));
    assert!(parse(objects.as_bytes(), 40).is_ok());
    assert_eq!(parse(objects.as_bytes(), 39), Err(JsonError::TooDeep));
}

#[test]
fn bytes_that_are_not_utf8_are_refused_and_one_byte_order_mark_is_skipped() {
    assert_eq!(parse(b"\"\xff\"", 8), Err(JsonError::NotUtf8));
    assert_eq!(parse("\u{feff}1".as_bytes(), 8).map(Value::raw), Ok("1"));
    assert!(parse("\u{feff}\u{feff}1".as_bytes(), 8).is_err());
}

#[test]
fn members_and_items_are_slices_of_the_text() {
    let text = r#"{ "a" : [ 1e400 , "\ud83d" , { "x" : null } ] , "b": true , "a\u0062": "z" }"#;
    let object = parse(text.as_bytes(), 8).unwrap().object().unwrap();
    assert_eq!(object.len(), 3);
    let items: Vec<_> = object.get("a").unwrap().array().unwrap().map(Value::raw).collect();
    assert_eq!(items, ["1e400", r#""\ud83d""#, r#"{ "x" : null }"#]);
    assert_eq!(object.get("b").and_then(Value::bool), Some(true));
    assert_eq!(object.get("ab").unwrap().text().unwrap().decode(), "z");
    assert!(object.get("c").is_none());
}

#[test]
fn the_last_of_several_members_counts() {
    let object = parse(br#"{"a":1,"b":2,"a":3}"#, 8).unwrap().object().unwrap();
    assert_eq!(object.get("a").and_then(Value::integer), Some(3));
}

#[test]
fn text_decodes_as_the_oracle_decodes_it() {
    for text in [
        r#""""#,
        r#""plain""#,
        r#""\u00e9\n\t\"\\\/\b\f\r""#,
        r#""\ud83d\ude00""#,
        r#""\ud800\udc00\udbff\udfff""#,
    ] {
        let ours = parse(text.as_bytes(), 8).unwrap().text().unwrap().decode().into_owned();
        assert_eq!(ours, serde_json::from_str::<String>(text).unwrap(), "{text}");
    }
    for (text, want) in [
        (r#""\ud83dx""#, "\u{fffd}x"),
        (r#""x\ud83d""#, "x\u{fffd}"),
        (r#""\udc00""#, "\u{fffd}"),
        (r#""\ud83d\ud83d\ude00""#, "\u{fffd}😀"),
        (r#""\ud83d\n""#, "\u{fffd}\n"),
    ] {
        assert_eq!(parse(text.as_bytes(), 8).unwrap().text().unwrap().decode(), want, "{text}");
    }
}

#[test]
fn what_is_written_reads_back() {
    let mut writer = Writer::new();
    writer.object().key("a\"\u{1}\n").string("é\u{2028}😀\\").key("n").array();
    writer.integer(0).integer(i64::MIN).integer(i64::MAX).bool(true).null().raw("[1]").end_array();
    writer.key("o").object().end_object().key("z").string_or_null(None).end_object();
    let value: serde_json::Value = serde_json::from_str(&writer.finish()).unwrap();
    let want = serde_json::json!({
        "a\"\u{1}\n": "é\u{2028}😀\\", "n": [0, i64::MIN, i64::MAX, true, null, [1]], "o": {}, "z": null
    });
    assert_eq!(value, want);
}
