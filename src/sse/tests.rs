use super::*;

/// Name, bytes, the events as (name, data, id). The cases cover what the Web Platform
/// Tests ask of `eventsource/format-*`, in our own words.
type Case = (&'static str, &'static [u8], &'static [(&'static str, &'static str, &'static str)]);

const CASES: &[Case] = &[
    ("empty stream", b"", &[]),
    ("one line", b"data:x\n\n", &[("", "x", "")]),
    ("one leading space goes", b"data: x\n\ndata:  y\n\n", &[("", "x", ""), ("", " y", "")]),
    ("a tab stays", b"data:\tx\n\n", &[("", "\tx", "")]),
    ("lines are joined", b"data: a\ndata\ndata: b\n\n", &[("", "a\n\nb", "")]),
    ("a field without colon", b"data\n\ndata\ndata\n\n", &[("", "", ""), ("", "\n", "")]),
    ("empty data counts", b"data:\n\n", &[("", "", "")]),
    ("no data, no event", b"event: x\nid: 1\n\n", &[]),
    ("the name does not outlive its event", b"event: a\n\ndata: x\n\n", &[("", "x", "")]),
    ("named", b"event: endpoint\ndata: /m?x=1\n\n", &[("endpoint", "/m?x=1", "")]),
    ("the last name counts", b"event: a\nevent: b\ndata: x\n\n", &[("b", "x", "")]),
    ("an empty name is none", b"event: a\nevent:\ndata: x\n\n", &[("", "x", "")]),
    ("comments", b":\n: hello\n:data: no\ndata: x\n:\n\n:\n", &[("", "x", "")]),
    ("unknown fields", b"foo: bar\ndatas: no\n data: no\nData: no\nda ta: no\ndata: x\n\n", &[("", "x", "")]),
    ("a field name is not trimmed", b"data : no\ndata\t: no\ndata: x\n\n", &[("", "x", "")]),
    ("a very long field name", b"dataaaaaaaaaaaaaaaaaa: no\ndata: x\n\n", &[("", "x", "")]),
    ("colons in values", b"data:x:y\ndata: :z\n\n", &[("", "x:y\n:z", "")]),
    ("CRLF", b"data: a\r\ndata: b\r\n\r\n", &[("", "a\nb", "")]),
    ("CR only", b"data: a\rdata: b\r\r", &[("", "a\nb", "")]),
    (
        "mixed ends",
        b"data: a\n\rdata: b\r\n\ndata: c\r\rdata: d\n\n",
        &[("", "a", ""), ("", "b", ""), ("", "c", ""), ("", "d", "")],
    ),
    ("CRLF CRLF is one blank line", b"data\r\n\r\ndata\r\n\r\n", &[("", "", ""), ("", "", "")]),
    ("byte order mark", b"\xef\xbb\xbfdata: x\n\n", &[("", "x", "")]),
    ("a second mark is a name", b"\xef\xbb\xbf\xef\xbb\xbfdata: x\n\ndata: y\n\n", &[("", "y", "")]),
    ("a mark in the middle", b"data: 1\n\n\xef\xbb\xbfdata: x\n\n", &[("", "1", "")]),
    ("half a mark", b"\xef\xbbdata: x\ndata: y\n\n", &[("", "y", "")]),
    ("half a mark, then a line end", b"\xef\n\ndata: y\n\n", &[("", "y", "")]),
    ("a colon behind the mark", b"\xef\xbb\xbf:\ndata: x\n\n", &[("", "x", "")]),
    (
        "id stays",
        b"id: 1\ndata: a\n\ndata: b\n\nid\ndata: c\n\n",
        &[("", "a", "1"), ("", "b", "1"), ("", "c", "")],
    ),
    ("id with NUL is ignored", b"id: 1\nid: 2\0\ndata: a\n\n", &[("", "a", "1")]),
    ("id without data is kept", b"id: 7\n\ndata: a\n\n", &[("", "a", "7")]),
    ("retry is nothing to us", b"retry: 3000\ndata: a\n\n", &[("", "a", "")]),
    ("NUL in data", b"data: a\0b\n\n", &[("", "a\0b", "")]),
    ("UTF-8", "data: שלום 😀\n\n".as_bytes(), &[("", "שלום 😀", "")]),
    ("broken UTF-8", b"data: a\xffb\xe2\x82\ndata: c\n\n", &[("", "a\u{fffd}b\u{fffd}\nc", "")]),
    ("an unfinished event is none", b"data: a\n\ndata: b\n", &[("", "a", "")]),
    ("an unfinished line is none", b"data: a\n\ndata: b", &[("", "a", "")]),
    ("blank lines only", b"\n\n\r\r\r\n\r\n", &[]),
];

fn decode<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Vec<(String, String, String)> {
    let mut decoder = Decoder::new(MAX_EVENT_BYTES);
    let mut out = Vec::new();
    for chunk in chunks {
        decoder.push(chunk, &mut out).unwrap();
    }
    out.into_iter().map(|event| (event.name, event.data, event.id)).collect()
}

#[test]
fn every_case_whole_byte_by_byte_and_in_every_two_parts() {
    for (name, bytes, events) in CASES {
        let want: Vec<_> =
            events.iter().map(|(n, d, i)| ((*n).to_owned(), (*d).to_owned(), (*i).to_owned())).collect();
        assert_eq!(decode([*bytes]), want, "{name}");
        assert_eq!(decode(bytes.chunks(1)), want, "{name}, byte by byte");
        for at in 0..=bytes.len() {
            let (head, tail) = bytes.split_at(at);
            assert_eq!(decode([head, tail]), want, "{name}, split at {at}");
            assert_eq!(decode([head, &[], tail]), want, "{name}, split at {at} by nothing");
        }
    }
}

#[test]
fn an_event_does_not_wait_for_the_byte_after_its_cr() {
    for end in ["\n\n", "\r\n\r\n", "\r\r", "\n\r", "\r\n\r"] {
        let mut decoder = Decoder::new(100);
        let mut out = Vec::new();
        decoder.push(format!("data: x{end}").as_bytes(), &mut out).unwrap();
        assert_eq!(out.len(), 1, "{end:?}");
    }
}

#[test]
fn the_limit_is_exact_and_final() {
    let mut decoder = Decoder::new(10);
    let mut out = Vec::new();
    // Nine bytes and the line end.
    decoder.push(b"data: 123456789\n\n", &mut out).unwrap();
    assert_eq!(out.pop().unwrap().data, "123456789");
    // Comments and unknown fields are not counted.
    decoder.push(&[b':'; 1000], &mut out).unwrap();
    decoder.push(b"\nfoo: 123456789012345678901234567890\n", &mut out).unwrap();
    // Name and data are counted together.
    assert_eq!(
        decoder.push(b"event: 12345\ndata: ok\n\ndata: 1\n\nevent: 12345\ndata: 67890\n\n", &mut out),
        Err(TooLarge)
    );
    assert_eq!(out.iter().map(|event| event.data.as_str()).collect::<Vec<_>>(), ["ok", "1"]);
    assert_eq!(decoder.push(b"data: x\n\n", &mut out), Err(TooLarge));
    assert_eq!(out.len(), 2);
}

#[test]
fn an_endless_line_holds_no_more_than_the_limit() {
    let mut decoder = Decoder::new(1 << 20);
    let mut out = Vec::new();
    decoder.push(b"data: ", &mut out).unwrap();
    let mut taken = 0;
    while decoder.push(&[b'x'; 1000], &mut out).is_ok() {
        taken += 1000;
        assert!(decoder.data.capacity() <= 1 << 20);
    }
    assert_eq!(taken, 1_048_000);
    assert_eq!(decoder.data.capacity(), 0);
}

#[test]
fn comments_without_end_leave_nothing_behind() {
    let mut decoder = Decoder::new(100);
    let mut out = Vec::new();
    let flood = ": keep-alive, and nothing else\n".repeat(2000);
    for _ in 0..500 {
        decoder.push(flood.as_bytes(), &mut out).unwrap();
    }
    assert!(out.is_empty());
    assert_eq!((decoder.data.capacity(), decoder.value.capacity(), decoder.name.capacity()), (0, 0, 0));
}

#[test]
fn a_long_line_in_drips_takes_linear_time() {
    // Ten megabytes, seven bytes at a time: quadratic work would not end today.
    let mut decoder = Decoder::new(16 << 20);
    let mut out = Vec::new();
    decoder.push(b"data: ", &mut out).unwrap();
    for _ in 0..1_500_000 {
        decoder.push(b"1234567", &mut out).unwrap();
    }
    decoder.push(b"\r", &mut out).unwrap();
    decoder.push(b"\r", &mut out).unwrap();
    assert_eq!(out.len(), 1);
    assert_eq!(out[0].data.len(), 10_500_000);
}

#[test]
fn a_long_id_is_none_however_many_events_follow() {
    let id = "i".repeat(MAX_ID);
    for (id, kept) in [(id.clone(), id.as_str()), (format!("{id}i"), "")] {
        let text = format!("id: 1\n\nid: {id}\ndata: a\n\ndata: b\n\n");
        let events = decode([text.as_bytes()]);
        assert_eq!(events, ["a", "b"].map(|data| (String::new(), data.to_owned(), kept.to_owned())));
    }
}
