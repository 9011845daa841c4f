use super::*;
use crate::error::Kind as ErrorKind;

fn bound(tool: &Tool, json: &str) -> Result<String, String> {
    let mut options = Options::parse(tool.js, json);
    let mut out = Writer::new();
    out.object();
    bind(tool, &mut options, &mut out);
    match options.end() {
        Ok(()) => {
            out.end_object();
            Ok(out.finish())
        }
        Err(error) => {
            assert_eq!(error.kind, ErrorKind::ConfigError);
            Err(error.message.clone())
        }
    }
}

#[test]
fn generated_files_are_up_to_date() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for (path, text) in docs::generate() {
        let committed = std::fs::read_to_string(root.join(path)).unwrap_or_default();
        if committed != text && std::env::var_os("XTASK_GENERATE").is_some() {
            std::fs::write(root.join(path), text).unwrap();
            continue;
        }
        assert!(committed == text, "{path} is out of date: run `cargo xtask generate`");
    }
}

#[test]
fn rows_are_well_formed() {
    for tool in TOOLS {
        for (index, key) in tool.keys.iter().enumerate() {
            assert!(
                tool.keys[..index].iter().all(|other| other.option != key.option),
                "{}.{}",
                tool.js,
                key.option
            );
            assert!(!COMMON.contains(&key.option), "{}.{}", tool.js, key.option);
            assert!(key.when != When::Filled || !key.wire.is_empty(), "{}.{}", tool.js, key.option);
            assert!(!key.doc.is_empty() && !key.typescript.is_empty());
        }
    }
}

#[test]
fn full_options_reach_the_wire() {
    assert_eq!(
        bound(
            &SEND_MESSAGE,
            r#"{"to":"+1","channel":"sms","body":"hi","mediaUrl":"https://m.example/a.jpg","senderSid":"s","senderName":"n",
            "language":"he","fallbackChannels":["sms","email"],"scheduledAt":"2026-08-21T10:10:05Z","threadId":"t","entityId":"e",
            "replyMsgId":"r","idempotencyKey":"k","subject":"S","html":"<b>","templateId":"T","templateVars":{"a":"b"},
            "targetGender":"male","maxAttempts":2,"timeoutMs":5,"agentToken":"x","signal":{},"extra":{"c":null,"d":[1]}}"#
        ),
        Ok(concat!(
            r#"{"to":"+1","body":"hi","media":["https://m.example/a.jpg"],"subject":"S","html":"<b>","templateId":"T","#,
            r#""templateVars":{"a":"b"},"targetGender":"male","senderSid":"s","senderName":"n","language":"he","#,
            r#""fallbackChannels":["sms","email"],"scheduledAt":"2026-08-21T10:10:05Z","threadId":"t","entityId":"e","#,
            r#""replyMsgId":"r","c":null,"d":[1]}"#
        )
        .to_owned())
    );
}

#[test]
fn empty_and_absent_options_stay_behind() {
    let want = Ok(r#"{"to":""}"#.to_owned());
    assert_eq!(
        bound(&SEND_MESSAGE, r#"{"to":"","body":"","fallbackChannels":[],"templateVars":{},"extra":{}}"#),
        want
    );
    assert_eq!(
        bound(&SEND_MESSAGE, r#"{"to":"","body":null,"fallbackChannels":null,"extra":null,"what":null}"#),
        want
    );
}

#[test]
fn odd_text_passes_verbatim() {
    assert_eq!(
        bound(&SEND_MESSAGE, r#"{"to":"+1","body":"\ud83d \u0000 é"}"#),
        Ok(r#"{"to":"+1","body":"\ud83d \u0000 é"}"#.to_owned())
    );
}

#[test]
fn mistakes_name_the_option() {
    for (json, want) in [
        ("{}", "sendMessage: `to` is required"),
        (r#"{"to":null}"#, "sendMessage: `to` is required"),
        (r#"{"to":1}"#, "sendMessage: `to` must be a string"),
        (r#"{"to":"+1","body":["x"]}"#, "sendMessage: `body` must be a string"),
        (r#"{"to":"+1","media":"x"}"#, "sendMessage: `media` must be an array of strings"),
        (r#"{"to":"+1","media":["x",1]}"#, "sendMessage: `media` must be an array of strings"),
        (r#"{"to":"+1","templateVars":{"a":1}}"#, "sendMessage: `templateVars` must be an object of strings"),
        (r#"{"to":"+1","maxAttempts":"3"}"#, "sendMessage: `maxAttempts` must be a number"),
        (r#"{"to":"+1","extra":[]}"#, "sendMessage: `extra` must be an object"),
        (r#"{"to":"+1","extra":{"to":"+2"}}"#, "sendMessage: `extra.to` has an option of its own"),
        (r#"{"to":"+1","extra":{"t\u006f":"+2"}}"#, "sendMessage: `extra.to` has an option of its own"),
        (
            r#"{"to":"+1","extra":{"idempotencyKey":"x"}}"#,
            "sendMessage: `extra.idempotencyKey` has an option of its own",
        ),
        (r#"{"to":"+1","extra":{"media":[]}}"#, "sendMessage: `extra.media` has an option of its own"),
        (
            r#"{"to":"+1","boddy":"x"}"#,
            "sendMessage: `boddy` is no option; further wire arguments go into `extra`, where there is one",
        ),
    ] {
        assert_eq!(bound(&SEND_MESSAGE, json), Err(want.to_owned()), "{json}");
    }
    assert_eq!(bound(&CALL_TOOL, "{}"), Err("callTool: `toolName` is required".to_owned()));
    assert_eq!(
        bound(&CALL_TOOL, r#"{"toolName":"x","arguments":[]}"#),
        Err("callTool: `arguments` must be an object".to_owned())
    );
    assert_eq!(bound(&CALL_TOOL, r#"{"toolName":"","arguments":null}"#), Ok("{}".to_owned()));
}
