use super::*;
use crate::error::Kind as ErrorKind;

fn bound(row: u32, json: &str) -> Result<String, String> {
    let row = Row::nth(row);
    let mut options = Options::parse(row.js(), json);
    let mut out = Writer::new();
    out.object();
    bind(row, &mut options, &mut out);
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
    docs::keep_in_step(docs::generate());
}

/// The number of a method's row.
fn number(method: &str) -> u32 {
    u32::try_from(rows().position(|row| row::Names(row.methods()).any(|name| name == method)).unwrap())
        .unwrap()
}

#[test]
fn rows_are_well_formed() {
    let mut methods = Vec::new();
    for (place, doc) in rows::DOCS.iter().enumerate() {
        let (row, js) = (doc.row, doc.row.js());
        assert_eq!(Row::nth(u32::try_from(place).unwrap()), row, "{js}");
        for method in row::Names(row.methods()) {
            assert!(!methods.contains(&method), "{method} twice");
            methods.push(method);
        }
        let head = row.0.split(' ').next().unwrap();
        let marks = head.split('@').next().unwrap().trim_start_matches(row.methods());
        assert!(marks.bytes().all(|mark| b"~?*".contains(&mark)), "{js}: {marks}");
        assert!(!doc.doc.is_empty() && !doc.options.is_empty() && !doc.returns.is_empty(), "{js}");
        let keys: Vec<Key> = row.keys().collect();
        assert_eq!(keys.len(), row.0.split(' ').count() - 1, "{js}");
        for (index, key) in keys.iter().enumerate() {
            let name = key.name;
            assert!(keys[..index].iter().all(|other| other.name != name), "{js}.{name}");
            assert!(!COMMON.contains(&name), "{js}.{name}");
            assert!(
                key.marks.bytes().all(|mark| b"?#{$[&:*!~^-".contains(&mark)),
                "{js}.{name}: {}",
                key.marks
            );
            assert!(!key.has(b'!') || key.default.is_empty(), "{js}.{name}: a default that is never used");
            if !key.default.is_empty() {
                let value = crate::json::parse_str(key.default, 8).unwrap();
                assert_eq!(key.complaint(value), "", "{js}.{name}: the default does not fit");
            }
            let (typescript, text) = doc.of(name).unwrap_or_else(|| panic!("{js}.{name} is not described"));
            assert!(!text.is_empty(), "{js}.{name}");
            agrees(key, typescript, js);
        }
        for (name, ..) in doc.keys {
            assert!(keys.iter().any(|key| key.name == *name), "{js}: {name} is described and no option");
        }
    }
    for (index, (name, ..)) in rows::KEYS.iter().enumerate() {
        assert!(rows::KEYS[..index].iter().all(|(other, ..)| other != name), "{name} twice");
        assert!(
            rows().any(|row| row.keys().any(|key| key.name == *name)),
            "{name} is described and no option"
        );
    }
}

/// The TypeScript type of an option says what the check asks for.
fn agrees(key: &Key, typescript: &str, js: &str) {
    let open = typescript.trim_end_matches(" | null");
    let is = if open.starts_with("readonly string[]") || open.starts_with("readonly Channel[]") {
        "["
    } else if open.ends_with("[]") {
        "&"
    } else if open.starts_with("Readonly<Record<string, ") {
        "$"
    } else if matches!(open, "JsonObject" | "Capabilities" | "ClientLimits") {
        if key.has(b'*') { "*" } else { "{" }
    } else if open == "boolean" {
        "?"
    } else if open == "number" {
        "#"
    } else {
        ""
    };
    let kind: String = key.marks.chars().filter(|mark| "?#{$[&*".contains(*mark)).collect();
    assert_eq!(kind, is, "{js}.{}: {typescript}", key.name);
    assert_eq!(key.has(b'^'), open != typescript, "{js}.{}: {typescript}", key.name);
}

/// A value for an option. No two options of a row get the same.
fn sample(key: &Key, number: usize) -> String {
    match () {
        () if key.has(b'*') => format!(r#"{{"member_{number}":null}}"#),
        () if key.has(b'{') => format!(r#"{{"in_{number}":{number}}}"#),
        () if key.has(b'$') => format!(r#"{{"in":"{number}"}}"#),
        () if key.has(b'[') => format!(r#"["{number}"]"#),
        () if key.has(b'&') => format!("[{number}]"),
        () if key.has(b'?') => (key.default != "true").to_string(),
        () if key.has(b'#') => format!("{number}"),
        () => format!("\"value {number}\""),
    }
}

/// Every row with all of its options, and with the least.
#[test]
fn every_row_places_each_option_once() {
    for (place, row) in rows().enumerate() {
        for full in [true, false] {
            let (mut given, mut want, mut wires) = (Vec::new(), Vec::new(), Vec::new());
            if row.is_action() {
                want.push(format!("\"action\":\"{}\"", row.wire()));
            }
            for (number, key) in row.keys().enumerate() {
                let wire = key.wire();
                // Two options for one name exclude each other.
                if wires.contains(&wire) {
                    continue;
                }
                let mut value = sample(&key, number);
                if full || key.has(b'!') {
                    given.push(format!("\"{}\":{value}", key.name));
                } else if key.default.is_empty() {
                    continue;
                } else {
                    value = key.default.to_owned();
                }
                wires.push(wire);
                match () {
                    () if key.has(b'*') => want.push(value.trim_matches(['{', '}']).to_owned()),
                    () if key.has(b'-') => {}
                    () if key.has(b':') => want.push(format!("\"{wire}\":[{value}]")),
                    () => want.push(format!("\"{wire}\":{value}")),
                }
            }
            let out = bound(u32::try_from(place).unwrap(), &format!("{{{}}}", given.join(",")));
            assert_eq!(out, Ok(format!("{{{}}}", want.join(","))), "{}", row.js());
        }
    }
}

#[test]
fn options_of_one_name_are_the_same_options() {
    for doc in rows::DOCS {
        let told = |doc: &docs::Doc| -> Vec<_> {
            doc.row.keys().map(|key| (key.name, key.has(b'!'), key.default, doc.of(key.name))).collect()
        };
        for other in rows::DOCS.iter().filter(|other| other.options == doc.options) {
            assert_eq!(told(doc), told(other), "{}", doc.options);
        }
    }
}

#[test]
fn names_on_the_wire() {
    for (method, tool, wire) in [
        ("ping", "comms_ping", "ping"),
        ("getMe", "comms_get_me", "get_me"),
        ("generateTts", "comms_generate_tts", "generate_tts"),
        ("rotateAgentToken", "comms_rotate_token", "rotate_token"),
        ("setClientLimitsSafe", "comms_set_client_limits", "set_client_limits"),
        ("markRead", "comms_whatsapp_action", "mark_read"),
        ("delete", "comms_whatsapp_action", "delete"),
        ("whatsappAction", "comms_whatsapp_action", "whatsapp_action"),
    ] {
        let row = Row::nth(number(method));
        assert_eq!((row.tool(), row.wire()), (tool.to_owned(), wire.to_owned()));
    }
    assert_eq!(number("delete"), number("deleteMessage"));
    assert_eq!((number("sendMessage"), number("ping")), (SEND_MESSAGE, PING));
    assert_eq!(
        (number("sendMessages"), number("callTool"), number("listTools")),
        (SEND_MANY, CALL_TOOL, LIST_TOOLS)
    );
    assert_eq!(Row::nth(10_000).js(), "");
}

#[test]
fn defaults_and_nulls() {
    for (method, options, want) in [
        ("getSession", r#"{"sessionId":"s"}"#, r#"{"sessionId":"s","historyLimit":20}"#),
        ("getSession", r#"{"sessionId":"s","historyLimit":null}"#, r#"{"sessionId":"s","historyLimit":20}"#),
        ("listSessions", "", r#"{"status":"active","limit":50}"#),
        ("generateTts", r#"{"text":"","voice":""}"#, r#"{"text":"","voice":"","format":"ogg"}"#),
        ("checkTrust", r#"{"contact":"+1"}"#, r#"{"contact":"+1"}"#),
        ("revokeTrust", r#"{"contact":"+1"}"#, r#"{"contactAddress":"+1","confirm":false}"#),
        (
            "updateProfile",
            r#"{"greeting":null,"language":"","x_y":{"a":1}}"#,
            r#"{"greeting":null,"language":"","x_y":{"a":1}}"#,
        ),
        (
            "react",
            r#"{"messageId":"m","emoji":"","senderSid":"","chatId":"c","x":null,"extra":{"y":1},"timeoutMs":5}"#,
            r#"{"action":"react","messageId":"m","emoji":"","y":1,"chatId":"c","x":null}"#,
        ),
        ("deleteMessage", r#"{"messageId":"m","signal":{}}"#, r#"{"action":"delete","messageId":"m"}"#),
        (
            "sendLocation",
            r#"{"to":"+1","lat":-0.5,"lng":1e3,"name":""}"#,
            r#"{"action":"send_location","to":"+1","lat":-0.5,"lng":1e3,"name":""}"#,
        ),
        ("whatsappAction", r#"{"action":"new_one","a":[null]}"#, r#"{"action":"new_one","a":[null]}"#),
        (
            "sendOtp",
            r#"{"to":"+1","channel":"sms","failover":false,"channels":[]}"#,
            r#"{"to":"+1","channel":"sms","failover":false,"channels":[]}"#,
        ),
    ] {
        assert_eq!(bound(number(method), options), Ok(want.to_owned()), "{method}");
    }
    for (method, options, want) in [
        ("react", r#"{"messageId":"m"}"#, "react: `emoji` is required"),
        (
            "typing",
            r#"{"to":"+1","action":"delete"}"#,
            "typing: `action` is no option; further wire arguments go into `extra`, where there is one",
        ),
        (
            "typing",
            r#"{"to":"+1","extra":{"action":"delete"}}"#,
            "typing: `extra.action` has an option of its own",
        ),
        (
            "whatsappAction",
            r#"{"action":"x","extra":{"action":"y"}}"#,
            "whatsappAction: `extra.action` has an option of its own",
        ),
        (
            "sendPoll",
            r#"{"to":"+1","title":"t","options":["a",1]}"#,
            "sendPoll: `options` must be an array of strings",
        ),
        ("sendButtons", r#"{"to":"+1","body":"t","buttons":{}}"#, "sendButtons: `buttons` must be an array"),
        ("sendLocation", r#"{"to":"+1","lat":"1","lng":2}"#, "sendLocation: `lat` must be a number"),
        (
            "closeSession",
            r#"{"sessionId":"s","confirm":"yes"}"#,
            "closeSession: `confirm` must be true or false",
        ),
        (
            "registerProvider",
            r#"{"provider":"p","credentials":{"a":1}}"#,
            "registerProvider: `credentials` must be an object of strings",
        ),
        ("updateProfile", r#"{"status":7}"#, "updateProfile: `status` must be a string"),
        (
            "getMe",
            r#"{"a":1}"#,
            "getMe: `a` is no option; further wire arguments go into `extra`, where there is one",
        ),
        ("grantTrust", r#"{"contactAddress":"+1"}"#, "grantTrust: `contact` is required"),
    ] {
        assert_eq!(bound(number(method), options), Err(want.to_owned()), "{method}");
    }
}

#[test]
fn the_servers_names() {
    let fits = |method: &str, params: &str, listed: &str| {
        fitting(Row::nth(number(method)), params, listed).map_err(|error| error.message.clone())
    };
    let tool = |name: &str, keys: &str| {
        let keys: Vec<_> =
            keys.split_whitespace().map(|key| format!("\"{key}\":{{\"type\":\"string\"}}")).collect();
        format!(
            r#"{{"name":"{name}","inputSchema":{{"type":"object","properties":{{{}}}}}}}"#,
            keys.join(",")
        )
    };
    let call = |name: &str, arguments: &str| format!(r#"{{"name":"{name}","arguments":{arguments}}}"#);
    let old = format!(
        "[{},{},{},{}]",
        tool("comms_check_consent", "contactAddress channel"),
        tool("comms_expand_agent_pool", "maxAgents"),
        tool("comms_whatsapp_react", "messageId emoji"),
        tool("comms_deprovision_channels", "agentId releaseNumber"),
    );
    for (method, given, listed, want) in [
        (
            "checkConsent",
            call("comms_check_consent", r#"{"contact":"+1","channel":"sms"}"#),
            &*old,
            call("comms_check_consent", r#"{"contactAddress":"+1","channel":"sms"}"#),
        ),
        (
            "checkConsent",
            call("comms_check_consent", r#"{"contact":"+1"}"#),
            "[]",
            call("comms_check_consent", r#"{"contact":"+1"}"#),
        ),
        (
            "checkConsent",
            call("comms_check_consent", r#"{"contact":"+1"}"#),
            r#"[{"name":"comms_check_consent"}]"#,
            call("comms_check_consent", r#"{"contact":"+1"}"#),
        ),
        (
            "expandClientPool",
            call("comms_expand_client_pool", r#"{"maxAgents":5,"confirm":true}"#),
            &old,
            call("comms_expand_agent_pool", r#"{"maxAgents":5,"confirm":true}"#),
        ),
        (
            "react",
            call("comms_whatsapp_action", r#"{"action":"react","messageId":"m"}"#),
            &old,
            call("comms_whatsapp_react", r#"{"messageId":"m"}"#),
        ),
        (
            "whatsappAction",
            call("comms_whatsapp_action", r#"{"action":"react","messageId":"m"}"#),
            &old,
            call("comms_whatsapp_react", r#"{"messageId":"m"}"#),
        ),
        (
            "edit",
            call("comms_whatsapp_action", r#"{"action":"edit"}"#),
            &old,
            call("comms_whatsapp_action", r#"{"action":"edit"}"#),
        ),
        (
            "deprovisionChannels",
            call("comms_deprovision_channels", r#"{"confirm":false}"#),
            "[]",
            call("comms_deprovision_channels", r#"{"confirm":false}"#),
        ),
        (
            "deprovisionChannels",
            call("comms_deprovision_channels", r#"{"confirm":true}"#),
            &old,
            call("comms_deprovision_channels", r#"{"confirm":true}"#),
        ),
    ] {
        assert_eq!(fits(method, &given, listed), Ok(want), "{method}");
    }
    for (method, tool) in [
        ("deprovisionChannels", "comms_deprovision_channels"),
        ("expandClientPool", "comms_expand_client_pool"),
    ] {
        let asked = fits(method, &call(tool, r#"{"confirm":false}"#), &old);
        assert_eq!(
            asked,
            Err(format!(
                "{method}: this server knows no preview and would act at once: `confirm` must be true"
            ))
        );
    }
    for (method, asks) in [
        ("react", true),
        ("whatsappAction", true),
        ("checkTrust", true),
        ("listTeams", true),
        ("closeSession", true),
        ("verifyOtp", true),
        ("getMe", false),
        ("makeCall", false),
    ] {
        assert_eq!(Row::nth(number(method)).asks(), asks, "{method}");
    }
}

#[test]
fn answers_are_objects_in_camel_case() {
    for (given, want) in [
        (r#"{"ok":true}"#, r#"{"ok":true}"#),
        (
            r#"{"agent_id":"a","_unverified":true,"n":{"x_y":1}}"#,
            r#"{"agentId":"a","_unverified":true,"n":{"x_y":1}}"#,
        ),
        (r#"{"agent_id":"a","agentId":"b"}"#, r#"{"agent_id":"a","agentId":"b"}"#),
        ("[1]", r#"{"raw":[1]}"#),
        ("null", r#"{"raw":null}"#),
    ] {
        assert_eq!(answer(crate::json::parse_str(given, 8).unwrap()), want);
    }
}

#[test]
fn full_options_reach_the_wire() {
    assert_eq!(
        bound(
            SEND_MESSAGE,
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
        bound(SEND_MESSAGE, r#"{"to":"","body":"","fallbackChannels":[],"templateVars":{},"extra":{}}"#),
        want
    );
    assert_eq!(
        bound(SEND_MESSAGE, r#"{"to":"","body":null,"fallbackChannels":null,"extra":null,"what":null}"#),
        want
    );
}

#[test]
fn odd_text_passes_verbatim() {
    assert_eq!(
        bound(SEND_MESSAGE, r#"{"to":"+1","body":"\ud83d \u0000 é"}"#),
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
        assert_eq!(bound(SEND_MESSAGE, json), Err(want.to_owned()), "{json}");
    }
    assert_eq!(bound(CALL_TOOL, "{}"), Err("callTool: `toolName` is required".to_owned()));
    assert_eq!(
        bound(CALL_TOOL, r#"{"toolName":"x","arguments":[]}"#),
        Err("callTool: `arguments` must be an object".to_owned())
    );
    assert_eq!(bound(CALL_TOOL, r#"{"toolName":"","arguments":null}"#), Ok("{}".to_owned()));
}
