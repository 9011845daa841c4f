//! The recorded answers of the reference, with our deviations as rules over the input.
#[test]
fn explore() {
    use serde_json::{Value, json};
    for file in ["whatsapp_payload", "generic_payload"] {
        let text =
            std::fs::read_to_string(format!("{}/tests/vectors/{file}.json", env!("CARGO_MANIFEST_DIR")))
                .unwrap();
        let all: Value = serde_json::from_str(&text).unwrap();
        for case in all["cases"].as_array().unwrap() {
            let body = case["input"]["payload"].to_string();
            let value = crate::json::parse(body.as_bytes(), 64).unwrap();
            let events = if file == "whatsapp_payload" {
                crate::inbound::parse::parse_whatsapp(value)
            } else {
                vec![crate::inbound::parse::parse_generic(value)]
            };
            let events: Vec<Value> = events.iter().map(|e| serde_json::from_str(&e.json).unwrap()).collect();
            let (shape, _) = crate::inbound::parse::parse_inbound(body.as_bytes(), 64);
            let parsed: Vec<Value> = crate::inbound::parse::parse_inbound(body.as_bytes(), 64)
                .1
                .iter()
                .map(|e| serde_json::from_str(&e.json).unwrap())
                .collect();
            println!(
                "{}",
                json!({"file": file, "case": case, "events": events, "shape": shape.as_str(), "parsed": parsed})
            );
        }
    }
}
